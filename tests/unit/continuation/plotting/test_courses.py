from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

import continuation as ct
from continuation.orbit import Orbit


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_every_state_is_drawn_against_time(circles):
    orbit = circles.orbits[2]
    ax = ct.time_course(orbit)
    assert [line.get_label() for line in ax.lines] == ["$x$", "$y$"]
    assert np.array_equal(ax.lines[1].get_ydata(), orbit.x[1])
    assert len({line.get_linestyle() for line in ax.lines}) == 2


def test_a_special_point_gives_its_orbit(circles, rest):
    ax = ct.time_course(circles.special[0])
    assert ax.get_xlim() == (0.0, pytest.approx(2.0 * np.pi))
    with pytest.raises(ValueError, match="H1 is an equilibrium and has no orbit"):
        ct.time_course(rest["H1"])


def test_many_states_are_drawn_without_names():
    t = np.linspace(0.0, 1.0, 5)
    ax = ct.time_course(Orbit(t, np.tile(t, (20, 1)), None, {}))
    assert len(ax.lines) == 20
    assert not ax.figure.legends


def test_it_draws_into_given_axes(circles):
    _, ax = plt.subplots()
    assert ct.time_course(circles.orbits[1], ax=ax) is ax

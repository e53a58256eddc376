from __future__ import annotations

import numpy as np
import pytest

import continuation as ct


@pytest.fixture(scope="module")
def lorenz():
    return ct.System.from_strings(
        {"x": "sigma*(y - x)", "y": "x*(rho - z) - y", "z": "x*y - beta*z"},
        parameters={"sigma": 10.0, "rho": 28.0, "beta": "8/3"},
    )


@pytest.fixture(scope="module")
def logistic():
    return ct.System.from_strings({"x": "r*x*(1 - x)"}, parameters={"r": 2.5}, kind="map")


def test_a_stable_equilibrium_is_returned_to_the_last_digits(lorenz):
    state = ct.settle(lorenz, (1.0, 1.0, 1.0), rho=14.0)
    side = np.sqrt(13.0 * 8.0 / 3.0)
    assert np.abs(state) == pytest.approx([side, side, 13.0], rel=1e-14)


def test_a_weakly_stable_focus_is_reached(hopf):
    assert ct.settle(hopf, (0.3, 0.0), mu=-0.01) == pytest.approx([0.0, 0.0], abs=1e-14)


@pytest.mark.parametrize("mu", [0.04, 0.25, 1.0])
def test_a_state_on_the_cycle_is_returned(hopf, mu):
    state = ct.settle(hopf, (0.01, 0.0), mu=mu)
    assert np.linalg.norm(state) == pytest.approx(np.sqrt(mu), rel=1e-8)


def test_a_start_on_an_unstable_equilibrium_is_pushed_off_it(hopf):
    state = ct.settle(hopf, (0.0, 0.0), mu=0.25)
    assert np.linalg.norm(state) == pytest.approx(0.5, rel=1e-8)


def test_a_start_on_a_stable_equilibrium_stays(hopf):
    assert ct.settle(hopf, (0.0, 0.0), mu=-0.25).tolist() == [0.0, 0.0]


def test_on_a_chaotic_attractor_a_state_of_it_is_returned(lorenz):
    state = ct.settle(lorenz, (1.0, 1.0, 1.0))
    # The attractor lies in the ellipsoid of Lorenz and off the equilibria.
    assert np.all(np.abs(state) < [25.0, 30.0, 55.0])
    assert np.linalg.norm(lorenz.f(state)) > 1.0


def test_a_fixed_point_of_a_map_is_returned_to_the_last_digits(logistic):
    assert ct.settle(logistic, (0.1,)) == pytest.approx([0.6], rel=1e-15)


def test_a_cycle_of_a_map_is_recognised(logistic):
    r = 3.2
    cycle = (r + 1.0 + np.array([1.0, -1.0]) * np.sqrt((r - 3.0) * (r + 1.0))) / (2.0 * r)
    state = ct.settle(logistic, (0.1,), r=r)
    assert np.abs(cycle - state).min() < 1e-12


def test_escape_to_infinity_is_an_error_in_one_sentence(logistic):
    with pytest.raises(ct.ContinuationError, match="escapes to infinity") as caught:
        ct.settle(logistic, (2.0,))
    assert "\n" not in str(caught.value)
    growth = ct.System.from_strings({"x": "x", "y": "-y"}, parameters={})
    with pytest.raises(ct.ContinuationError, match="escapes to infinity"):
        ct.settle(growth, (1.0, 1.0))


def test_a_centre_returns_its_own_cycle():
    centre = ct.System.from_strings({"x": "y", "y": "-x"}, parameters={})
    assert np.linalg.norm(ct.settle(centre, (2.0, 0.0))) == pytest.approx(2.0, rel=1e-8)


def test_a_wrong_shape_is_refused(hopf):
    with pytest.raises(ValueError, match=r"`start` has shape \(3,\)"):
        ct.settle(hopf, (0.0, 0.0, 0.0))
    with pytest.raises(ValueError, match="no parameter"):
        ct.settle(hopf, (0.0, 0.0), nu=1.0)


@pytest.mark.parametrize(
    ("rhs", "kind"), [("1", "flow"), ("1/(1 + x**2)", "flow"), ("x + 1", "map")]
)
def test_an_orbit_that_never_settles_is_an_error_and_no_attractor(rhs, kind):
    system = ct.System.from_strings({"x": rhs}, parameters={}, kind=kind)
    with pytest.raises(
        ct.ContinuationError, match=r"no attractor was reached .* moves on, to x = "
    ):
        ct.settle(system, [0.0])


def test_the_attractor_of_a_very_stiff_system_is_reached():
    stiff = ct.System.from_strings({"x": "-1e9*(x - y)", "y": "cos(y)"}, parameters={})
    assert ct.settle(stiff, [1.0, 0.0]) == pytest.approx([np.pi / 2, np.pi / 2], rel=1e-14)

"""All folds and Hopf points of a box: exact ones are found, and completeness is proved."""

from __future__ import annotations

import flint
import pytest
from flint import arb

import continuation as ct
import symgru as sg


def strings(rhs, **parameters):
    return ct.System.from_strings(rhs, parameters=parameters)


def test_nine_has_exactly_three_folds_and_one_supercritical_hopf_point():
    nine = sg.families.eq9().compile(b1=0.32, gamma=0.0)
    # Every equilibrium is a value of tanh.
    found = ct.certified_points(nine, "gamma", (-0.6, 0.6), states={"x": (-1, 1), "y": (-1, 1)})
    assert found.complete
    assert [point.kind for point in found.points] == ["LP", "H", "LP", "LP"]
    assert all(point.radius < 1e-15 for point in found.points)
    (hopf,) = found.of("H")
    assert hopf.coefficients["l1"] < 0


def test_folds_of_a_cubic_are_at_two_over_three_root_three():
    found = ct.certified_points(
        strings({"x": "a + x - x**3"}, a=0.0), "a", (-1, 1), states={"x": (-2, 2)}, radius=1e-30
    )
    assert found.complete
    with flint.ctx.workprec(200):
        exact = 2 / (3 * arb(3).sqrt())
        low, high = (point.enclosure["a"] for point in found.points)
        assert low.overlaps(-exact)
        assert high.overlaps(exact)


def test_lorenz_equations_have_two_subcritical_hopf_points_at_470_over_19():
    lorenz = strings(
        {"x": "10*(y - x)", "y": "r*x - y - x*z", "z": "x*y - 8/3*z"},
        r=1.0,
    )
    box = {"x": (-20, 20), "y": (-20, 20), "z": (-5, 45)}
    found = ct.certified_points(lorenz, "r", (2, 40), states=box)
    assert found.complete
    assert [point.kind for point in found.points] == ["H", "H"]
    assert all(point.enclosure["r"].overlaps(arb(470) / 19) for point in found.points)
    assert all(point.coefficients["l1"] > 0 for point in found.points)
    # 470/19 = s (s + b + 3)/(s - b - 1) with s = 10, b = 8/3: Sparrow, The Lorenz Equations (1982).


def test_neutral_saddles_are_proved_and_not_counted():
    saddle = strings({"x": "x - x**3", "y": "a*y - y**3"}, a=0.0)
    found = ct.certified_points(
        saddle, "a", (-1.5, -0.5), states={"x": (-0.25, 0.3), "y": (-0.25, 0.3)}
    )
    assert found.complete
    assert len(found) == 0
    assert found.boxes > 1


@pytest.mark.parametrize("text", ["a - x**3", "a*x - x**2", "(x - a)**2"])
def test_degenerate_points_leave_the_count_undecided(text):
    found = ct.certified_points(
        strings({"x": text}, a=0.0), "a", (-1, 1.1), states={"x": (-1, 1.2)}, limit=300
    )
    assert not found.complete
    assert found.undecided
    assert len(found) == 0


def test_a_point_on_the_edge_of_the_box_is_not_said_to_be_in_it():
    fold = strings({"x": "a - x**2"}, a=1.0)
    found = ct.certified_points(fold, "a", (0.0, 1.0), states={"x": (-1, 1.2)})
    beyond = ct.certified_points(fold, "a", (0.25, 1.0), states={"x": (-1, 1.2)})
    assert beyond.complete
    assert len(beyond) == 0
    # The fold at a = 0 is on the edge to the last digit: only an exact zero decides that it is in.
    assert found.complete == all(p.enclosure["a"].is_zero() for p in found.points)


def test_what_cannot_be_searched_is_refused_in_a_sentence():
    four = strings({name: f"-{name}" for name in "uvwx"}, a=1.0)
    with pytest.raises(ValueError, match="up to 3 states"):
        ct.certified_points(four, "a", (0, 1), states={})
    one = strings({"x": "a - x"}, a=1.0)
    with pytest.raises(ValueError, match="range for each"):
        ct.certified_points(one, "a", (0, 1), states={})

"""The loop: lazy, oriented, on the curve."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

import continuation as ct
from continuation.curve import Point, Start
from continuation.curves.equilibrium import EquilibriumCurve
from continuation.engine import Step, first_point, steps

CIRCLE = ct.System.from_strings({"x": "x**2 + a**2 - 1"}, parameters={"a": 0.0})
CURVE = EquilibriumCurve(CIRCLE, ("a",), np.array([0.0]))
SETTINGS = ct.Settings(max_step=0.3)


def test_steps_are_lazy_and_go_round_the_circle() -> None:
    start = first_point(CURVE, Start(np.array([1.0, 0.0]), np.array([0.0, 1.0])), SETTINGS)
    walked = list(islice(steps(CURVE, start, SETTINGS), 40))
    points = np.array([step.after.z for step in walked])
    assert np.hypot(*points.T) == pytest.approx(1.0, abs=1e-9)
    angles = np.unwrap(np.arctan2(points[:, 1], points[:, 0]))
    assert np.all(np.diff(angles) > 0) and angles[-1] > 4.0


def test_tangents_are_unit_tangent_and_keep_their_orientation() -> None:
    start = first_point(CURVE, Start(np.array([1.0, 0.0]), np.array([0.0, 1.0])), SETTINGS)
    for step in islice(steps(CURVE, start, SETTINGS), 20):
        assert step.before.row @ step.after.tangent > 0
        assert step.after.row @ step.after.tangent == pytest.approx(1.0)
        assert step.after.tangent @ step.after.z == pytest.approx(0.0, abs=1e-5)


def test_reversed_point_walks_the_other_way() -> None:
    start = first_point(CURVE, Start(np.array([1.0, 0.0]), np.array([0.0, 1.0])), SETTINGS)
    forward = next(steps(CURVE, start, SETTINGS)).after.z
    backward = next(steps(CURVE, start.reversed(), SETTINGS)).after.z
    assert forward[1] == pytest.approx(-backward[1])


def test_start_that_cannot_be_corrected_names_the_parameter() -> None:
    start = Start(np.array([0.0, 5.0]), np.array([0.0, 1.0]), "H1 on equilibria")
    with pytest.raises(ct.NoConvergence, match=r"a = 5 \(H1 on equilibria\)"):
        first_point(CURVE, start, SETTINGS)


@pytest.mark.parametrize("tangent", [[0.0, 0.0], [np.nan, 1.0]])
def test_start_without_direction_is_refused(tangent: list[float]) -> None:
    with pytest.raises(ValueError, match="tangent"):
        first_point(CURVE, Start(np.array([1.0, 0.0]), np.array(tangent)), SETTINGS)


def test_a_step_along_a_parabola_is_smooth_and_one_onto_a_crossing_line_is_not() -> None:
    """On x = 0 and x = a: from (0, -1) a step of the chord's direction that lands on x = a."""
    crossing = ct.System.from_strings({"x": "x*(a - x)"}, parameters={"a": -1.0})
    curve = EquilibriumCurve(crossing, ("a",), np.array([-1.0]))
    before = Point(np.array([0.0, -1.0]), np.array([0.0, 1.0]), 1.0, curve)
    jump = Point(np.array([0.01, 0.01]), np.array([1.0, 1.0]) / np.sqrt(2.0), 1.0, curve)
    assert not Step(before, jump, 1.01).is_smooth
    assert Step(before, Point(np.array([0.0, 0.01]), before.tangent, -1.0, curve), 1.01).is_smooth
    bent = np.array([1.0, 1.0]) / np.sqrt(2.0)
    assert Step(before, Point(np.array([0.25, -0.5]), bent, 1.0, curve), 0.5).is_smooth

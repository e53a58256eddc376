"""Strips between barriers: what is true of them is proved, what is false is not."""

from __future__ import annotations

import flint
import numpy as np
import pytest
from flint import arb

import continuation as ct
from continuation.certification.equations import ball_equations
from continuation.certification.strips import Lines, PlaneField, Strip, barrier

DELTA, GAP, QUARTER = 1e-5, 1e-3, 0.5 * np.pi


@pytest.fixture(scope="module")
def rotation():
    system = ct.System.from_strings({"x": "-y", "y": "x"}, parameters={})
    return PlaneField(ball_equations(system, (), {}), (), (), 1)


def strip(field, turns, outer=DELTA, inner=DELTA, gap=GAP):
    """Along the unit circle from (1, 0); left of the orbits is inside."""
    start, side = np.array([1.0, 0.0]), np.array([gap, 0.0])
    lines = Lines.along(field, start, turns * QUARTER, 0.1)
    left = barrier(field, lines, start - side, inner)
    right = barrier(field, lines, start + side, -outer)
    return Strip(field, left, right)


@pytest.fixture(autouse=True)
def bits():
    with flint.ctx.workprec(106):
        yield


def test_orbits_of_a_rotation_run_through_a_strip_that_widens(rotation):
    whole = strip(rotation, 1)
    assert whole.failure() == ""
    # r' = -delta r on the left barrier, delta r on the right one.
    for side, sign in ((whole.left, -1.0), (whole.right, 1.0)):
        radius = np.linalg.norm(side.points[[0, -1]], axis=1)
        assert radius[1] / radius[0] == pytest.approx(np.exp(sign * DELTA * QUARTER), abs=1e-9)


def test_barriers_turned_the_wrong_way_are_not_crossed_inward(rotation):
    assert "left barrier" in strip(rotation, 1, inner=-DELTA).failure()
    assert "right barrier" in strip(rotation, 1, outer=-DELTA).failure()
    assert "run through" in strip(rotation, 1, gap=-GAP).failure()


def test_divergence_of_a_rotation_vanishes(rotation):
    integral = strip(rotation, 1).divergence()
    assert integral.contains(0)
    assert integral.rad() < arb(1e-20)


@pytest.mark.parametrize(("turns", "count"), [(1, 1), (3, 2), (5, 3)])
def test_crossings_of_a_line_are_counted(rotation, turns, count):
    # The last line is a coordinate line, x = 0.
    assert strip(rotation, turns).crossings(0, 0.0) == count

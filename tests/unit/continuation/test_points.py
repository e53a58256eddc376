"""Defining systems of special equilibria."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation.points import Equations, branch_point, curvature, equilibrium, fold, hopf

PLANE = ct.System.from_strings(
    {"x": "a*x - y - x*(x**2 + y**2)", "y": "x + a*y - y*(x**2 + y**2)"}, parameters={"a": 0.1}
)


def test_bend_is_the_derivative_of_a_times_q() -> None:
    system = ct.System.from_strings(
        {"x": "sin(x*y) + a*x**2", "y": "exp(a*y) - x*y**2"}, parameters={"a": 0.3}
    )
    equations = Equations(system, "a", np.array([0.3]))
    x, value, q, h = np.array([0.4, 0.7]), 0.3, np.array([0.6, -0.8]), 1e-6
    exact = equations.bend(x, value, q)
    for i in range(2):
        e = h * np.eye(2)[i]
        plus, minus = equations.first(x + e, value)[1] @ q, equations.first(x - e, value)[1] @ q
        assert exact[:, i] == pytest.approx((plus - minus) / (2 * h), abs=1e-8)
    plus, minus = equations.first(x, value + h)[1] @ q, equations.first(x, value - h)[1] @ q
    assert exact[:, 2] == pytest.approx((plus - minus) / (2 * h), abs=1e-8)


def test_curvature_is_symmetric() -> None:
    equations = Equations(PLANE, "a", np.array([0.1]))
    second = curvature(equations, np.array([0.2, 0.3]), 0.1, np.array([0.5, -1.0]))
    assert second == pytest.approx(second.T, abs=1e-14)


def test_fold_is_reached_from_a_distance_with_unit_vectors() -> None:
    system = ct.System.from_strings({"x": "a - x**2 + y", "y": "-y + x*y"}, parameters={"a": 0.1})
    found = fold(Equations(system, "a", np.array([0.1])), np.array([0.2, 0.1]), 0.1)
    assert found.x == pytest.approx([0.0, 0.0], abs=1e-14)
    assert found.value == pytest.approx(0.0, abs=1e-14)
    assert np.linalg.norm(found.q) == pytest.approx(1.0)
    assert found.p @ found.q == pytest.approx(1.0)


def test_hopf_is_reached_from_a_distance_with_its_frequency() -> None:
    found = hopf(Equations(PLANE, "a", np.array([0.2])), np.array([0.05, -0.02]), 0.2, 0.8)
    assert found.value == pytest.approx(0.0, abs=1e-14)
    assert found.omega == pytest.approx(1.0, abs=1e-14)
    assert np.vdot(found.p, found.q) == pytest.approx(1.0)


def test_branch_point_of_the_pitchfork_is_reached() -> None:
    system = ct.System.from_strings({"x": "a*x - x**3"}, parameters={"a": 0.1})
    found = branch_point(Equations(system, "a", np.array([0.1])), np.array([0.05]), 0.1)
    assert (found.x[0], found.value) == pytest.approx((0.0, 0.0), abs=1e-12)


def test_equilibrium_is_reached_by_halved_steps_where_full_ones_diverge() -> None:
    """Newton's method for atan diverges from |x| > 1.39."""
    system = ct.System.from_strings({"x": "-atan(x - a)"}, parameters={"a": 0.0})
    x, residual = equilibrium(Equations(system, "a", np.array([0.0])), np.array([3.0]), 0.0)
    assert x[0] == pytest.approx(0.0, abs=1e-14)
    assert residual < 1e-14


def test_stationary_point_of_the_residual_is_no_equilibrium() -> None:
    system = ct.System.from_strings({"x": "1 + x**2 + a"}, parameters={"a": 0.0})
    with pytest.raises(ct.NoConvergence, match="no equilibrium"):
        equilibrium(Equations(system, "a", np.array([0.0])), np.array([1.0]), 0.0)

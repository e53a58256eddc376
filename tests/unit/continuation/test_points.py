"""Defining systems of special equilibria."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation.defining import Equations
from continuation.points import (
    bogdanov_takens,
    branch_point,
    cusp,
    double_hopf,
    equilibrium,
    fold,
    hopf,
    zero_hopf,
)

PLANE = ct.System.from_strings(
    {"x": "a*x - y - x*(x**2 + y**2)", "y": "x + a*y - y*(x**2 + y**2)"}, parameters={"a": 0.1}
)


def test_bend_is_the_derivative_of_a_times_q_and_of_b_of_q_and_q() -> None:
    system = ct.System.from_strings(
        {"x": "sin(x*y) + a*x**2", "y": "exp(a*y) - x*y**2"}, parameters={"a": 0.3}
    )
    equations = Equations(system, ("a",), np.array([0.3]))
    y, q, h = np.array([0.4, 0.7, 0.3]), np.array([0.6, -0.8]), 1e-6
    for i, e in enumerate(h * np.eye(3)):
        first = (equations.first(y + e)[1] @ q - equations.first(y - e)[1] @ q) / (2 * h)
        second = (equations.form(y + e, q, q) - equations.form(y - e, q, q)) / (2 * h)
        assert equations.bend(y, q)[:, i] == pytest.approx(first, abs=1e-8)
        assert equations.bend(y, q, q)[:, i] == pytest.approx(second, abs=1e-8)


def test_curvature_is_symmetric() -> None:
    equations = Equations(PLANE, ("a",), np.array([0.1]))
    second = equations.curvature(np.array([0.2, 0.3, 0.1]), np.array([0.5, -1.0]))
    assert second == pytest.approx(second.T, abs=1e-14)


def test_fold_is_reached_from_a_distance_with_unit_vectors() -> None:
    system = ct.System.from_strings({"x": "a - x**2 + y", "y": "-y + x*y"}, parameters={"a": 0.1})
    found = fold(Equations(system, ("a",), np.array([0.1])), np.array([0.2, 0.1, 0.1]))
    assert found.y == pytest.approx([0.0, 0.0, 0.0], abs=1e-14)
    assert np.linalg.norm(found.q) == pytest.approx(1.0)
    assert found.p @ found.q == pytest.approx(1.0)


def test_hopf_is_reached_from_a_distance_with_its_frequency() -> None:
    found = hopf(Equations(PLANE, ("a",), np.array([0.2])), np.array([0.05, -0.02, 0.2]), 0.8)
    assert found.y[2] == pytest.approx(0.0, abs=1e-14)
    assert found.omega == pytest.approx(1.0, abs=1e-14)
    assert np.vdot(found.p, found.q) == pytest.approx(1.0)


def test_branch_point_of_the_pitchfork_is_reached() -> None:
    system = ct.System.from_strings({"x": "a*x - x**3"}, parameters={"a": 0.1})
    found = branch_point(Equations(system, ("a",), np.array([0.1])), np.array([0.05, 0.1]))
    assert found.y == pytest.approx([0.0, 0.0], abs=1e-12)


def test_cusp_is_reached_in_two_parameters() -> None:
    system = ct.System.from_strings({"x": "a + b*x - x**3"}, parameters={"a": 0.1, "b": 0.1})
    found = cusp(Equations(system, ("a", "b"), np.array([0.1, 0.1])), np.array([0.2, 0.1, 0.1]))
    assert found.y == pytest.approx([0.0, 0.0, 0.0], abs=1e-13)


def test_bogdanov_takens_point_of_its_normal_form_is_reached() -> None:
    system = ct.System.from_strings(
        {"x": "y", "y": "a + b*y + x**2 - x*y"}, parameters={"a": 0.0, "b": 0.0}
    )
    equations = Equations(system, ("a", "b"), np.zeros(2))
    found = bogdanov_takens(equations, np.array([0.05, 0.02, -0.03, 0.04]))
    assert found.y == pytest.approx(np.zeros(4), abs=1e-13)


def test_zero_hopf_point_of_its_normal_form_is_reached() -> None:
    system = ct.System.from_strings(
        {
            "x": "a + x**2 + y**2 + z**2",
            "y": "(b + x)*y - 2*z",
            "z": "2*y + (b + x)*z",
        },
        parameters={"a": 0.0, "b": 0.0},
    )
    equations = Equations(system, ("a", "b"), np.zeros(2))
    found = zero_hopf(equations, np.array([0.03, 0.01, 0.0, -0.02, 0.03]), 1.9)
    assert found.y == pytest.approx(np.zeros(5), abs=1e-13)
    assert found.omega == pytest.approx(2.0, abs=1e-13)


def test_double_hopf_point_is_reached_with_both_frequencies() -> None:
    system = ct.System.from_strings(
        {
            "x": "a*x - y - x*(x**2 + y**2)",
            "y": "x + a*y - y*(x**2 + y**2)",
            "u": "b*u - 3*v - u*(x**2 + u**2)",
            "v": "3*u + b*v - v*(u**2 + v**2)",
        },
        parameters={"a": 0.0, "b": 0.0},
    )
    equations = Equations(system, ("a", "b"), np.zeros(2))
    guess = np.array([0.01, 0.0, 0.02, 0.0, 0.03, -0.04])
    found, second = double_hopf(equations, guess, (1.1, 2.9))
    assert second == pytest.approx(3.0, abs=1e-13)
    assert found.y == pytest.approx(np.zeros(6), abs=1e-13)
    assert found.omega == pytest.approx(1.0, abs=1e-13)


def test_equilibrium_is_reached_by_halved_steps_where_full_ones_diverge() -> None:
    """Newton's method for atan diverges from |x| > 1.39."""
    system = ct.System.from_strings({"x": "-atan(x - a)"}, parameters={"a": 0.0})
    equations = Equations(system, ("a",), np.array([0.0]))
    x, residual = equilibrium(equations, np.array([3.0]), np.array([0.0]))
    assert x[0] == pytest.approx(0.0, abs=1e-14)
    assert residual < 1e-14


def test_stationary_point_of_the_residual_is_no_equilibrium() -> None:
    system = ct.System.from_strings({"x": "1 + x**2 + a"}, parameters={"a": 0.0})
    equations = Equations(system, ("a",), np.array([0.0]))
    with pytest.raises(ct.NoConvergence, match="no equilibrium"):
        equilibrium(equations, np.array([1.0]), np.array([0.0]))

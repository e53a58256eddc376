"""Newton's method for curves and for square systems."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation.curves.equilibrium import EquilibriumCurve
from continuation.newton import correct, solve

CIRCLE = ct.System.from_strings({"x": "x**2 + a**2 - 1"}, parameters={"a": 0.0})
CURVE = EquilibriumCurve(CIRCLE, ("a",), np.array([0.0]))


def test_corrected_point_lies_on_the_curve_and_on_the_hyperplane() -> None:
    row = np.array([-0.8, 0.6])
    found = correct(CURVE, np.array([0.7, 0.8]), row, 0.0, ct.Settings())
    assert found.converged
    assert found.z == pytest.approx([0.6, 0.8], abs=1e-7)
    assert CURVE.residual(found.z) == pytest.approx(0.0, abs=1e-9)


def test_accepted_point_is_as_accurate_as_the_tolerance_says() -> None:
    """The iteration ends early on an estimate; the estimate must not promise too much."""
    for angle in np.linspace(0.1, 1.4, 14):
        exact = np.array([np.cos(angle), np.sin(angle)])
        row = np.array([-exact[1], exact[0]])
        found = correct(CURVE, 1.1 * exact + 0.1 * row, row, 0.0, ct.Settings(tolerance=1e-8))
        assert found.converged
        assert np.abs(found.z - exact).max() < 1e-8


def test_correction_without_solution_is_reported_not_raised() -> None:
    found = correct(CURVE, np.array([1.0, 2.0]), np.array([0.0, 1.0]), 2.0, ct.Settings())
    assert not found.converged
    assert len(found.residuals) > 0


def test_solve_reaches_round_off_and_tells_the_conditioning() -> None:
    root = solve(
        lambda u: (np.array([u[0] ** 2 - 2.0]), np.array([[2.0 * u[0]]])), np.array([1.0]), "a root"
    )
    assert root.u[0] == pytest.approx(np.sqrt(2.0), abs=1e-15)
    assert root.residual < 1e-15
    assert root.conditioning == pytest.approx(1.0)


def test_solve_without_root_raises_with_the_history() -> None:
    with pytest.raises(ct.NoConvergence, match="did not reach a root") as caught:
        solve(
            lambda u: (np.array([u[0] ** 2 + 1.0]), np.array([[2.0 * u[0]]])),
            np.array([1.0]),
            "a root",
        )
    assert len(caught.value.residuals) > 1

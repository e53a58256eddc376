"""The compiled corrector of states at rest does what Newton's method call by call does."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation import newton
from continuation.curve import Point
from continuation.curves.equilibrium import EquilibriumCurve
from continuation.engine import first_point

SETTINGS = ct.Settings()
EQUATIONS = {"x": "y + a*x*(1 - x)", "y": "tanh(x) - y/2 + a"}


def first(kind: str) -> Point:
    system = ct.System.from_strings(EQUATIONS, parameters={"a": 0.4}, kind=kind)
    curve, start = EquilibriumCurve.from_state(system, "a", np.array([1.0, 1.0]), system.vector({}))
    return first_point(curve, start, SETTINGS)


@pytest.mark.parametrize("kind", ["flow", "map"])
@pytest.mark.parametrize("s", [1e-7, 0.01, 0.1, 0.5])
def test_compiled_corrector_takes_the_same_iterations_to_the_same_point(
    kind: str, s: float
) -> None:
    point = first(kind)
    arguments = (point.z + s * point.tangent, point.row, float(point.row @ point.z) + s, SETTINGS)
    one = newton.correct(point.curve, *arguments)
    other = newton.iterate(point.curve, *arguments)
    assert one.converged
    assert one.iterations == other.iterations
    assert one.z == pytest.approx(other.z, abs=1e-13)
    assert one.residuals == pytest.approx(other.residuals, rel=1e-9, abs=1e-14)
    assert one.determinant == pytest.approx(other.determinant, rel=1e-9)
    assert one.tangent == pytest.approx(other.tangent, rel=1e-9)


@pytest.mark.parametrize("s", [np.nan, 1e300])
def test_compiled_corrector_gives_up_where_the_other_does(s: float) -> None:
    point = first("flow")
    arguments = (point.z + s * point.tangent, point.row, float(point.row @ point.z), SETTINGS)
    one = newton.correct(point.curve, *arguments)
    other = newton.iterate(point.curve, *arguments)
    assert not one.converged
    assert not other.converged
    assert one.iterations == other.iterations


def test_singular_matrix_does_not_converge() -> None:
    point = first("flow")
    found = newton.correct(point.curve, point.z, np.zeros(3), 1.0, SETTINGS)
    assert not found.converged
    assert found.tangent is None

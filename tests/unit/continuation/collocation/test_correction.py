"""The compiled corrector of cycles does what Newton's method call by call does."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation import newton
from continuation.curve import Point
from continuation.curves.cycle import CycleCurve
from continuation.engine import first_point

VAN_DER_POL = ct.System.from_strings({"x": "y", "y": "mu*y - x**2*y - x"}, parameters={"mu": 0.0})
SETTINGS = ct.Settings(intervals=20)


@pytest.fixture(scope="module")
def small() -> Point:
    hopf = ct.equilibria(VAN_DER_POL, start=(0.0, 0.0), free="mu", within=(-1.0, 1.0), mu=-0.5)
    curve, start = CycleCurve.from_hopf(hopf["H1"], "mu", 2.0, SETTINGS)
    return first_point(curve, start, SETTINGS)


def both(point: Point, s: float) -> tuple[newton.Correction, newton.Correction]:
    """Corrections of a step of length s, compiled and call by call."""
    guess, level = point.z + s * point.tangent, float(point.row @ point.z) + s
    arguments = (guess, point.row, level, SETTINGS)
    return newton.correct(point.curve, *arguments), newton.iterate(point.curve, *arguments)


@pytest.mark.parametrize("s", [1e-6, 0.01, 0.1, 0.4])
def test_compiled_corrector_takes_the_same_iterations_to_the_same_point(
    small: Point, s: float
) -> None:
    one, other = both(small, s)
    assert one.converged
    assert other.converged
    assert one.iterations == other.iterations
    assert one.z == pytest.approx(other.z, abs=1e-11)
    assert one.residuals == pytest.approx(other.residuals, rel=1e-6, abs=1e-12)
    assert one.determinant == pytest.approx(other.determinant, rel=1e-9)
    assert one.tangent is not None
    assert other.tangent is not None
    assert one.tangent == pytest.approx(other.tangent, abs=1e-9 * np.abs(other.tangent).max())


def test_transport_of_the_compiled_corrector_belongs_to_its_solution(small: Point) -> None:
    one, _ = both(small, 0.1)
    curve = small.curve
    assert isinstance(curve, CycleCurve)
    transitions, flow = curve.transport(one.z)
    assert transitions == pytest.approx(curve.intervals(one.z).transitions, abs=1e-12)
    at_mesh = curve.profile(one.z)[:: SETTINGS.degree].copy()
    assert flow == pytest.approx(curve.system.evaluate(at_mesh, curve.parameters(one.z)), abs=1e-12)


@pytest.mark.parametrize("s", [1e3, np.nan])
def test_compiled_corrector_gives_up_where_the_other_does(small: Point, s: float) -> None:
    one, other = both(small, s)
    assert not one.converged
    assert not other.converged
    assert one.iterations == other.iterations


def test_guess_with_negative_period_is_given_up_at_once(small: Point) -> None:
    guess = small.z.copy()
    guess[-2] = -1.0
    found = newton.correct(small.curve, guess, small.row, 0.0, SETTINGS)
    assert (found.converged, found.residuals) == (False, (np.inf,))


def test_python_functions_are_corrected_call_by_call() -> None:
    def f(x: np.ndarray, p: dict[str, float]) -> np.ndarray:
        return np.array([x[1], p["mu"] * x[1] - x[0] ** 2 * x[1] - x[0]])

    system = ct.System.from_callables(f, states=("x", "y"), parameters={"mu": 0.0})
    settings = ct.Settings(intervals=20, max_points=5)
    exact, differenced = (
        ct.cycles(
            ct.equilibria(one, start=(0.0, 0.0), free="mu", within=(-1.0, 1.0), mu=-0.5)["H1"],
            settings=settings,
        )
        for one in (VAN_DER_POL, system)
    )
    assert differenced.periods == pytest.approx(exact.periods, rel=1e-7)

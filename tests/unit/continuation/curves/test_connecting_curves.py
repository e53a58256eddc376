"""Curves of connecting orbits: exact derivatives, weights, and what refreshing leaves unchanged."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import continuation as ct
from continuation.curve import Curve
from continuation.curves.heteroclinic import HeteroclinicCurve
from continuation.curves.homoclinic import HomoclinicCurve
from continuation.curves.saddle_node_homoclinic import SaddleNodeHomoclinicCurve
from continuation.engine import first_point

Array = NDArray[np.float64]
FEW = ct.Settings(intervals=12)
UNITS = np.array([1.0, 0.5])


def loop() -> ct.Orbit:
    """The exact loop of x' = y, y' = x - x^2 + y (m + k x) at k = m = 0, and a third state."""
    system = ct.System.from_strings(
        {"x": "y + m*x*z", "y": "x - x**2 + y*(m + k*x)", "z": "x*y/5 - 2*z + m*z**2"},
        parameters={"m": 0.0, "k": 0.0},
    )
    t = np.linspace(-8.0, 8.0, 97)
    x, y = 1.5 / np.cosh(t / 2) ** 2, -1.5 * np.tanh(t / 2) / np.cosh(t / 2) ** 2
    return ct.Orbit(t + 8.0, np.array([x, y, 0.1 * x * y]), system, system.parameters, 4)


def front() -> ct.Orbit:
    system = ct.System.from_strings(
        {"x": "y", "y": "-c*y - x*(1 - x)*(x - a)"}, parameters={"c": -0.3535, "a": 0.25}
    )
    t = np.linspace(-9.0, 9.0, 97)
    x = (1.0 + np.tanh(t / (2.0 * np.sqrt(2.0)))) / 2.0
    return ct.Orbit(
        t + 9.0, np.array([x, x * (1 - x) / np.sqrt(2.0)]), system, system.parameters, 4
    )


def circle() -> ct.Orbit:
    system = ct.System.from_strings(
        {"x": "x*(1 - x**2 - y**2) - y*(mu - y + q)", "y": "y*(1 - x**2 - y**2) + x*(mu - y + q)"},
        parameters={"mu": 1.0, "q": 0.0},
    )
    angle = np.linspace(np.pi / 2 + 0.2, 5 * np.pi / 2 - 0.2, 97)
    t = np.concatenate(([0.0], np.cumsum(np.diff(angle) / (1.0 - np.sin(angle[1:] + 1e-3)))))
    return ct.Orbit(t, np.array([np.cos(angle), np.sin(angle)]), system, system.parameters, 4)


def curves() -> dict[str, tuple[Curve, Array]]:
    made: dict[str, tuple[Curve, Array]] = {}
    orbit = loop()
    assert orbit.system is not None
    curve, start = HomoclinicCurve.from_orbit(orbit, orbit.system, "m", 4)
    made["homoclinic, one parameter"] = curve, start.z
    origin = np.zeros(3)
    two, start = HomoclinicCurve.from_connection(orbit, origin, ("m", "k"), UNITS, FEW, "")
    made["homoclinic, two parameters"] = two, start.z
    ends = np.zeros(2), np.array([1.0, 0.0])
    for free, units in ((("c",), UNITS[:1]), (("c", "a"), UNITS)):
        other, start = HeteroclinicCurve.from_orbit(front(), ends, free, units, FEW, "")
        made[f"heteroclinic, {len(free)}"] = other, start.z
    north = np.array([[0.0, 1.0]])
    for free, units in ((("mu",), UNITS[:1]), (("mu", "q"), UNITS)):
        third, start = SaddleNodeHomoclinicCurve.from_orbit(circle(), north, free, units, FEW, "")
        made[f"saddle-node, {len(free)}"] = third, start.z
    return made


CURVES = curves()


@pytest.mark.parametrize("name", CURVES)
def test_jacobian_agrees_with_central_differences(name: str) -> None:
    """A direction d with <row, d> = 1 and DH d = r is solved for; differences must give r."""
    curve, z = CURVES[name]
    rng = np.random.default_rng(1)
    z = z + 1e-3 * rng.normal(size=len(z))
    row = rng.normal(size=len(z))
    rhs = rng.normal(size=len(z))
    direction = curve.jacobian(z).bordered(row).solve(rhs)  # type: ignore[union-attr]
    h = 1e-6 / float(np.abs(direction).max())
    slope = (curve.residual(z + h * direction) - curve.residual(z - h * direction)) / (2.0 * h)
    size = float(np.abs(direction).max())
    assert slope == pytest.approx(rhs[:-1], abs=1e-7 * size)
    assert row @ direction == pytest.approx(rhs[-1], abs=1e-9 * size)


@pytest.mark.parametrize("name", CURVES)
def test_curve_says_what_it_stands_for(name: str) -> None:
    curve, z = CURVES[name]
    solution = curve.state(z)
    assert curve.residual(z).shape == (len(z) - 1,)
    assert np.all(curve.weights(z) > 0.0)
    assert [solution.parameters[p] for p in curve.free] == z[-len(curve.free) :].tolist()
    assert solution.orbit is not None and solution.orbit.t[-1] == solution.period
    assert len(curve.spectrum(z)) in (curve.system.dimension, 2 * curve.system.dimension)


@pytest.mark.parametrize("name", [name for name in CURVES if "two" in name or "2" in name])
def test_refreshing_stays_at_the_same_orbit(name: str) -> None:
    curve, z = CURVES[name]
    tangent = np.zeros(len(z))
    tangent[-1] = 1.0
    settings = ct.Settings(newton_steps=20)
    from continuation.curve import Start

    point = first_point(curve, Start(z, tangent, ""), settings)
    fresh, moved = point.curve.refresh(point, 0)
    assert moved.z[-2:] == pytest.approx(point.z[-2:], abs=2e-3)
    assert float(np.abs(fresh.residual(moved.z)).max()) < 1e-9

"""Heteroclinic and shot homoclinic orbits: the bistable front, and the Lorenz equations."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation.system import System


def front(a: float = 0.25) -> System:
    """Travelling waves of the bistable equation: c = (1 - 2 a) / sqrt(2), up to sign.

    Its profile is x = (1 + tanh(t / (2 sqrt(2)))) / 2 (J. D. Murray, Mathematical Biology I, 3rd
    ed., section 13.3).
    """
    return ct.System.from_strings(
        {"x": "y", "y": "-c*y - x*(1 - x)*(x - a)"}, parameters={"c": -0.3, "a": a}
    )


def profile(system: System) -> ct.Orbit:
    t = np.linspace(-15.0, 15.0, 1601)
    x = (1.0 + np.tanh(t / (2.0 * np.sqrt(2.0)))) / 2.0
    y = 1.0 / (4.0 * np.sqrt(2.0) * np.cosh(t / (2.0 * np.sqrt(2.0))) ** 2)
    return ct.Orbit(t + 15.0, np.array([x, y]), system, {"c": -0.3, "a": 0.25})


@pytest.fixture(scope="module")
def connection() -> ct.SpecialPoint:
    return ct.heteroclinic(profile(front()), free="c")


def test_front_has_its_exact_speed_and_profile(connection: ct.SpecialPoint) -> None:
    assert connection.kind == "HET"
    assert connection.parameters["c"] == pytest.approx(-0.5 / np.sqrt(2.0), abs=1e-12)
    assert connection.state == pytest.approx([0.0, 0.0], abs=1e-13)
    assert connection.vectors["reached"] == pytest.approx([1.0, 0.0], abs=1e-13)
    x, y = connection.orbit.x[:, :: connection.orbit.degree]  # at mesh points the order is highest
    assert y == pytest.approx(x * (1.0 - x) / np.sqrt(2.0), abs=1e-11)


def test_curve_of_fronts_is_the_exact_line(connection: ct.SpecialPoint) -> None:
    window = {"c": (-1.0, 1.0), "a": (0.05, 0.95)}
    curve = ct.heteroclinic_curve(connection, free=("c", "a"), within=window)
    assert curve.kind == "heteroclinic orbits"
    assert curve.stop == (ct.StopReason.BOUND, ct.StopReason.BOUND)
    exact = -(1.0 - 2.0 * curve.parameters["a"]) / np.sqrt(2.0)
    assert curve.parameters["c"] == pytest.approx(exact, abs=1e-10)


def test_shooting_finds_the_front_from_its_saddles_alone() -> None:
    orbit = ct.shoot(front(), (0.0, 0.0), "c", within=(-1.0, 1.0), towards=(1.0, 0.0))
    assert orbit.parameters["c"] == pytest.approx(-0.5 / np.sqrt(2.0), abs=1e-6)


def test_homoclinic_orbit_of_the_lorenz_equations_lies_at_its_known_value() -> None:
    """C. Sparrow, The Lorenz Equations, Springer 1982: r = 13.926..., for sigma = 10, b = 8/3."""
    system = ct.System.from_strings(
        {"x": "sigma*(y - x)", "y": "r*x - y - x*z", "z": "x*y - b*z"},
        parameters={"sigma": 10.0, "r": 14.0, "b": 8.0 / 3.0},
    )
    loop = ct.homoclinic(ct.shoot(system, (0, 0, 0), "r", within=(10.0, 20.0)), free="r")
    assert loop.parameters["r"] == pytest.approx(13.926557407520, abs=1e-9)
    window = {"r": (5.0, 30.0), "b": (0.5, 4.0)}
    curve = ct.homoclinic_curve(loop, free=("r", "b"), within=window)
    assert curve.stop == (ct.StopReason.BOUND, ct.StopReason.BOUND)
    assert curve.special == ()


def test_a_connection_that_is_not_isolated_is_refused_in_one_sentence() -> None:
    system = ct.System.from_strings({"x": "y", "y": "-c*y - x*(1 - x)"}, parameters={"c": 3.0})
    orbit = ct.simulate(system, [1.0 - 1e-3, -2e-4], np.linspace(0.0, 60.0, 801))
    with pytest.raises(ct.ContinuationError, match="not isolated") as caught:
        ct.heteroclinic(orbit, free="c")
    assert "\n" not in str(caught.value)


def test_shooting_says_what_it_needs() -> None:
    with pytest.raises(ct.ContinuationError, match="no connection was found"):
        ct.shoot(front(), (0.0, 0.0), "c", within=(0.5, 1.0), towards=(1.0, 0.0))
    with pytest.raises(ValueError, match="bounded"):
        ct.shoot(front(), (0.0, 0.0), "c", within=(0.0, np.inf))
    with pytest.raises(ct.ContinuationError, match="one unstable eigenvalue"):
        ct.shoot(front(), (0.25, 0.0), "c", within=(0.5, 1.0))


def test_curve_of_fronts_of_degree_five_is_the_exact_line() -> None:
    """With x' = k x (1 - x^2), k = 1 / sqrt(3), the front has c = sqrt(3) a - 1 / sqrt(3)."""
    system = ct.System.from_strings(
        {"x": "y", "y": "-c*y - x*(1 - x**2)*(x**2 - a)"}, parameters={"c": -0.2, "a": 0.2}
    )
    k, t = 1.0 / np.sqrt(3.0), np.linspace(-25.0, 25.0, 1601)
    x = 1.0 / np.sqrt(1.0 + np.exp(-2.0 * k * t))
    orbit = ct.Orbit(t + 25.0, np.array([x, k * x * (1.0 - x**2)]), system, system.parameters)
    start = ct.heteroclinic(orbit, free="c")
    assert start.parameters["c"] == pytest.approx(np.sqrt(3.0) * 0.2 - k, abs=1e-12)
    window = {"c": (-2.0, 2.0), "a": (0.05, 0.9)}
    curve = ct.heteroclinic_curve(start, free=("c", "a"), within=window)
    assert curve.stop == (ct.StopReason.BOUND, ct.StopReason.BOUND)
    exact = np.sqrt(3.0) * curve.parameters["a"] - k
    assert curve.parameters["c"] == pytest.approx(exact, abs=1e-10)


def test_running_pendulum_begins_where_the_torque_balances_the_friction() -> None:
    """Over one turn along y = 2 / cosh(t) friction takes d int y^2 dt = 8 d, the torque gives 2 pi.

    So M = 4 d / pi + O(d^3) (J. Guckenheimer, P. Holmes, Nonlinear Oscillations, section 4.5; both
    signs of d are the same by symmetry).
    """
    system = ct.System.from_strings(
        {"x": "y", "y": "-sin(x) - d*y + M"}, parameters={"d": 0.0, "M": 0.0}
    )
    t = np.linspace(-16.0, 16.0, 1601)
    x, y = 4.0 * np.arctan(np.exp(t)) - np.pi, 2.0 / np.cosh(t)
    turn = ct.heteroclinic(ct.Orbit(t + 16.0, np.array([x, y]), system, {}), free="M")
    assert turn.parameters["M"] == pytest.approx(0.0, abs=1e-13)
    window = {"M": (-0.4, 0.4), "d": (-0.3, 0.3)}
    report = {"d": [-0.1, 0.05, 0.1, 0.2]}
    curve = ct.heteroclinic_curve(turn, free=("M", "d"), within=window, report=report)
    found = {round(p.parameters["d"], 9): p.parameters["M"] for p in curve.special}
    assert found[-0.1] == pytest.approx(-found[0.1], abs=1e-9)
    ratios = np.array([found[d] / d for d in (0.05, 0.1, 0.2)])
    series = np.polyfit(np.array([0.05, 0.1, 0.2]) ** 2, ratios, 2)
    assert series[-1] == pytest.approx(4.0 / np.pi, abs=1e-6)

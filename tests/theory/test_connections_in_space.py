"""Connecting orbits in three and four dimensions: saddle-foci, three unstable directions."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation.system import System

# b by bisection on the side on which the unstable manifold leaves again (DOP853 at 1e-13, the
# manifold to third order, brackets down to round-off), good to 1e-13.
ARNEODO = {0.5: 1.00513935530924, 1.0: 1.26940609896705}


def arneodo(a: float = 0.5, b: float = 0.8) -> System:
    """The jerk equation with a cubic (A. Arneodo, P. Coullet, C. Tresser, J. Stat. Phys. 27, 1982).

    The origin has lambda^3 + a lambda^2 + lambda - b = 0: a saddle-focus, or a saddle for large a.
    """
    return ct.System.from_strings(
        {"x": "y", "y": "z", "z": "-a*z - y + b*x - x**3"}, parameters={"a": a, "b": b}
    )


@pytest.fixture(scope="module")
def spiral() -> ct.SpecialPoint:
    """The loop of one round, found from the saddle-focus alone."""
    return ct.homoclinic(ct.shoot(arneodo(), (0, 0, 0), "b", within=(0.8, 1.2)), free="b")


@pytest.fixture(scope="module")
def spirals(spiral: ct.SpecialPoint) -> ct.Branch:
    window = {"b": (0.05, 8.0), "a": (0.3, 3.5)}
    settings = ct.Settings(intervals=100)
    return ct.homoclinic_curve(
        spiral, free=("b", "a"), within=window, report={"a": [1.0]}, settings=settings
    )


def test_loop_of_a_saddle_focus_is_found_by_shooting(spiral: ct.SpecialPoint) -> None:
    assert spiral.parameters["b"] == pytest.approx(ARNEODO[0.5], abs=2e-13)
    assert np.count_nonzero(spiral.eigenvalues.imag) == 2


def test_loop_of_a_saddle_focus_is_found_from_a_simulated_orbit() -> None:
    """It begins near the unstable manifold at b = 1.005, and is cut where it comes back."""
    system = arneodo(b=1.005)
    rate = 0.60336
    start = 1e-4 * np.array([1.0, rate, rate**2])
    orbit = ct.simulate(system, start, np.linspace(0.0, 30.0, 1201))
    away = np.linalg.norm(orbit.x, axis=0)
    last = int(np.argmax(away)) + int(np.argmin(away[np.argmax(away) :]))
    cut = ct.Orbit(orbit.t[: last + 1], orbit.x[:, : last + 1], system, orbit.parameters)
    loop = ct.homoclinic(cut, free="b")
    assert loop.parameters["b"] == pytest.approx(ARNEODO[0.5], abs=2e-13)


def test_long_cycles_in_space_lead_to_the_same_loop() -> None:
    rest = ct.equilibria(arneodo(a=1.0), start=[0.63, 0, 0], free="b", within=(0.3, 3.0), b=0.4)
    assert rest["H1"].parameters["b"] == pytest.approx(0.5, abs=1e-12)
    loop = ct.homoclinic(ct.cycles(rest["H1"], period_below=40.0))
    assert loop.parameters["b"] == pytest.approx(ARNEODO[1.0], abs=1e-12)


def test_curve_goes_on_from_a_saddle_focus_to_a_saddle(spirals: ct.Branch) -> None:
    """Neutral where lambda = -rho, b = 2 a^3 + a; double where the discriminant vanishes."""
    assert spirals.stop == (ct.StopReason.BOUND, ct.StopReason.BOUND)
    assert spirals["UZ1"].parameters["b"] == pytest.approx(ARNEODO[1.0], abs=2e-11)
    neutral, double = spirals["NSF1"].parameters, spirals["DRS1"].parameters
    assert neutral["b"] == pytest.approx(2.0 * neutral["a"] ** 3 + neutral["a"], abs=1e-11)
    a, b = double["a"], double["b"]
    assert a**2 - 4.0 + 4.0 * a**3 * b - 18.0 * a * b - 27.0 * b**2 == pytest.approx(0.0, abs=1e-9)


def swirl(time: int, d: float, e: float) -> ct.Orbit:
    """A loop in the plane drives z' = -d z + w + x/10, w' = -e z - d w, forwards or backwards."""
    right = {
        "x": "y + m*x*(2 - 3*x)",
        "y": "x - 3*x**2/2 - 2*m*y",
        "z": "-d*z + w + x/10",
        "w": "-e*z - d*w",
    }
    values = {"m": 0.0, "d": d, "e": e}
    forwards = ct.System.from_strings(right, parameters=values)
    orbit = ct.simulate(forwards, [1e-7, 1e-7, 0.0, 0.0], np.linspace(0.0, 34.0, 1601))
    if time > 0:
        return orbit
    backwards = {name: f"-({value})" for name, value in right.items()}
    system = ct.System.from_strings(backwards, parameters=values)
    return ct.Orbit(orbit.t, orbit.x[:, ::-1].copy(), system, values)


@pytest.mark.parametrize(("time", "kinds"), [(1, {"DRS": 1}), (-1, {"DRU": 1})])
def test_three_unstable_directions_are_as_good_as_three_stable_ones(
    time: int, kinds: dict[str, int]
) -> None:
    orbit = swirl(time, 0.5, 0.1)
    loop = ct.homoclinic(orbit, free="m")
    assert loop.parameters["m"] == pytest.approx(0.0, abs=1e-12)
    window = {"e": (-0.15, 0.2), "m": (-1.0, 1.0)}
    detect = ct.Settings(detect=("DRS", "DRU", "NCH", "SHH"))
    curve = ct.homoclinic_curve(loop, free=("e", "m"), within=window, settings=detect)
    found = {kind: sum(p.kind == kind for p in curve.special) for kind in kinds}
    assert found == kinds
    double = next(p for p in curve.special if p.kind in kinds)
    assert double.parameters["e"] == pytest.approx(0.0, abs=1e-9)
    assert np.abs(curve.parameters["m"]).max() < 1e-9

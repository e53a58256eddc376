"""Special points of homoclinic curves whose eigenvalues at the saddle are known in closed form.

A planar loop that persists at m = 0, with eigenvalues 1 and -1, drives linear equations with a pair
-d +- i and with a real rate g or a second pair g +- 2 i, so that the eigenvalues are those of the
linear part. Backwards in time the stable and the unstable ones change places.
"""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation import saddles


def response(rate: complex, t: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The bounded solution of v' = rate v + x / 10."""
    if rate.real > 0.0:
        return -response(-rate, t, x[::-1])[::-1]
    v, step = np.zeros(len(t), dtype=complex), t[1] - t[0]
    turn = np.exp(rate * step)
    for i in range(1, len(t)):
        v[i] = turn * v[i - 1] + step * (x[i] + turn * x[i - 1]) / 20.0
    return v


def driven(d: float, g: float, second: float = 0.0, backwards: bool = False) -> ct.SpecialPoint:
    """The loop x = 1 / cosh(t/2)^2, y = x', with z, w (the pair -d +- i) and v of rate g.

    For ``second`` not 0, v and u are a pair g +- i second.
    """
    rhs = {
        "x": "y + m*x*(2 - 3*x)",
        "y": "x - 3*x**2/2 - 2*m*y",
        "z": "-d*z + w + x/10",
        "w": "-z - d*w",
        "v": "g*v + x/10",
    }
    t = np.linspace(-17.0, 17.0, 2001)
    x = 1.0 / np.cosh(t / 2) ** 2
    pair, other = response(-d - 1j, t, x), response(g - 1j * second, t, x)
    states = [x, -x * np.tanh(t / 2), pair.real, pair.imag, other.real]
    if second:
        rhs |= {"v": f"g*v + {second}*u + x/10", "u": f"-{second}*v + g*u"}
        states.append(other.imag)
    values = {"m": 0.0, "d": d, "g": g}
    orbit = np.array(states)
    if backwards:
        rhs = {name: f"-({text})" for name, text in rhs.items()}
        orbit = orbit[:, ::-1].copy()
    system = ct.System.from_strings(rhs, parameters=values)
    return ct.homoclinic(ct.Orbit(t + 17.0, orbit, system, values), free="m")


def found(branch: ct.Branch, free: str) -> dict[str, float]:
    """Values of a parameter at the special points, by kind."""
    return {point.kind: point.parameters[free] for point in branch.special}


def along(loop: ct.SpecialPoint, lo: float, hi: float) -> ct.Branch:
    return ct.homoclinic_curve(loop, free=("d", "m"), within={"d": (lo, hi), "m": (-1, 1)})


@pytest.mark.parametrize("backwards", [False, True], ids=["stable", "unstable"])
def test_neutral_divergence_and_three_leading_eigenvalues(backwards: bool) -> None:
    """The pair leads for d < 0.7; with rate 1 of the loop, 1 - 2 d = 0; at d = 0 it is neutral.

    Where the real rate leads, 0.7 < 1, the saddle is real and the sum of rates has no zero.
    """
    curve = along(driven(0.6, -0.7, backwards=backwards), -0.5, 0.9)
    letter = "U" if backwards else "S"
    exact = {f"TL{letter}": 0.7, f"ND{letter}": 0.5, "SHH": 0.0}
    assert found(curve, "d") == pytest.approx(exact, abs=1e-9)
    assert ct.StopReason.SHILNIKOV_HOPF in curve.stop
    assert all(point.residual < 1e-9 for point in curve.special)


@pytest.mark.parametrize("backwards", [False, True], ids=["stable", "unstable"])
def test_neutral_saddle_focus_is_not_the_neutrally_divergent_one(backwards: bool) -> None:
    """A pair of rate -d against a real rate 0.6 that leads: d = 0.6, and 2 d = 0.6."""
    curve = along(driven(0.5, 0.6, backwards=backwards), 0.2, 0.8)
    divergent = "NDU" if backwards else "NDS"
    assert found(curve, "d") == pytest.approx({"NSF": 0.6, divergent: 0.3}, abs=1e-9)


def test_neutral_bi_focus() -> None:
    """Two pairs of rates -d and 0.6; a bi-focus has no neutral divergence."""
    curve = along(driven(0.5, 0.6, second=2.0), 0.2, 0.8)
    assert found(curve, "d") == pytest.approx({"NFF": 0.6}, abs=1e-9)


def flipping(free: str, backwards: bool, **values: float) -> ct.Branch:
    """A loop in the plane z = 0 that drives z' = -z/2 + mu x and is coupled to z by alpha.

    It persists at m = 0 for all mu with alpha = 0, and for all alpha with mu = 0 (after B.
    Sandstede, J. Dyn. Differ. Equ. 9 (1997) 269-288).
    """
    values = {"m": 0.0, "alpha": 0.0, "mu": 0.0} | values
    rhs = {
        "x": "y + (m - alpha*z)*x*(2 - 3*x)",
        "y": "x - 3*x**2/2 - 2*(m - alpha*z)*y",
        "z": "-z/2 + mu*x",
    }
    t = np.linspace(-17.0, 17.0, 2001)
    x = 1.0 / np.cosh(t / 2) ** 2
    orbit = np.array([x, -x * np.tanh(t / 2), 10.0 * values["mu"] * response(-0.5, t, x).real])
    if backwards:
        rhs = {name: f"-({text})" for name, text in rhs.items()}
        orbit = orbit[:, ::-1].copy()
    system = ct.System.from_strings(rhs, parameters=values)
    loop = ct.homoclinic(ct.Orbit(t + 17.0, orbit, system, values), free="m")
    window = {free: (-0.3, 0.3), "m": (-1.0, 1.0)}
    return ct.homoclinic_curve(loop, free=(free, "m"), within=window)


@pytest.mark.parametrize("backwards", [False, True], ids=["stable", "unstable"])
def test_orbit_flips_where_its_leading_component_vanishes(backwards: bool) -> None:
    """The adjoint equation stays in the plane z = 0 all along: that is no inclination flip."""
    curve = flipping("mu", backwards, mu=0.1)
    assert found(curve, "mu") == pytest.approx({"OFU" if backwards else "OFS": 0.0}, abs=1e-9)


@pytest.mark.parametrize("backwards", [False, True], ids=["stable", "unstable"])
def test_inclination_flips_where_the_coupling_changes_sign(backwards: bool) -> None:
    """The component of psi along z is alpha times the integral of a positive function.

    The orbit stays in the plane z = 0 all along: that is no orbit flip.
    """
    curve = flipping("alpha", backwards, alpha=0.1)
    assert found(curve, "alpha") == pytest.approx({"IFU" if backwards else "IFS": 0.0}, abs=1e-9)


def test_double_unstable_eigenvalue_is_the_stable_one_backwards() -> None:
    """The pair z' = -z/2 + w + x/10, w' = -e z - w/2 has the rates -1/2 +- sqrt(-e).

    Their sum with that of the loop, 1, is zero all along: no neutral divergence.
    """
    rhs = {
        "x": "y + m*x*(2 - 3*x)",
        "y": "x - 3*x**2/2 - 2*m*y",
        "z": "-z/2 + w + x/10",
        "w": "-e*z - w/2",
    }
    values = {"m": 0.0, "e": 0.1}
    forwards = ct.System.from_strings(rhs, parameters=values)
    orbit = ct.simulate(forwards, [1e-7, 1e-7, 0.0, 0.0], np.linspace(0.0, 34.0, 1601))
    backwards = ct.System.from_strings(
        {name: f"-({text})" for name, text in rhs.items()}, parameters=values
    )
    loop = ct.homoclinic(ct.Orbit(orbit.t, orbit.x[:, ::-1].copy(), backwards, values), free="m")
    window = {"e": (-0.15, 0.2), "m": (-1.0, 1.0)}
    curve = ct.homoclinic_curve(loop, free=("e", "m"), within=window)
    assert found(curve, "e") == pytest.approx({"DRU": 0.0}, abs=1e-9)


def test_a_loop_whose_rates_are_equal_all_along_has_no_neutral_saddle() -> None:
    """Where its own rates lead, 1 and -1, their sum is round-off."""
    assert found(along(driven(1.3, -1.5), 1.1, 1.6), "d") == {}


def test_a_real_and_a_complex_eigenvalue_are_no_double_one() -> None:
    """Re (mu_1 - mu_2)^2 vanishes where their distance is the imaginary part, which means nothing.

    It did so on the curve of the first test, at d = 1.7.
    """
    spectrum = np.array([-1.7 - 1.0j, -1.7 + 1.0j, -0.7, 1.0])
    for half, ordered in (("lhp", spectrum), ("rhp", -spectrum[::-1])):
        assert np.isnan(saddles.discriminant(ordered, 3 if half == "lhp" else 1, half))

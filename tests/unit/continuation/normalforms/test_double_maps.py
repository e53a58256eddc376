"""Double points of maps: products of normal forms must give their coefficients back."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation.defining import Equations
from continuation.normalforms import CycleFoldPairNormalForm, CyclePairsNormalForm
from continuation.normalforms.double_maps import double_normal_form


def turned(angle: float, factor: str, one: str, other: str) -> dict[str, str]:
    """A map of a plane that turns it and stretches it."""
    c, s = float(np.cos(angle)), float(np.sin(angle))
    return {
        one: f"({factor})*({c!r}*{one} - {s!r}*{other})",
        other: f"({factor})*({s!r}*{one} + {c!r}*{other})",
    }


def form_of(kind: str, rhs: dict[str, str], cycle: int = 1) -> object:
    """The normal form at the origin."""
    system = ct.System.from_strings(rhs, dict.fromkeys("ab", 0.0), kind="map")
    equations = Equations(system, ("a", "b"), system.vector(), cycle)
    return double_normal_form(kind, equations, np.zeros(equations.n + 2))


@pytest.mark.parametrize("kind", ["LPPD", "LPNS"])
def test_fold_pair_coefficients(kind: str) -> None:
    """X -> x + a - 0.6 x^2 + 0.4 r^2, r -> r (1 + b - 0.7 x); with |w| = 1, r^2 = 2 |zeta|^2."""
    if kind == "LPPD":
        square, more = "p**2", {"p": "-(1 + b - 0.7*x)*p"}
    else:
        square, more = "(p**2 + q**2)", turned(1.2, "1 + b - 0.7*x", "p", "q")
    form = form_of(kind, {"x": f"x + a - 0.6*x**2 + 0.4*{square}"} | more)
    assert isinstance(form, CycleFoldPairNormalForm)
    turn = np.sign(form.g200) * np.sign(-1.2)
    exact = -1.2, 0.4 if kind == "LPPD" else 0.8, -0.7
    assert turn * np.array([form.g200, form.g011, form.g110.real]) == pytest.approx(exact)
    assert form.g110.imag == pytest.approx(0.0, abs=1e-12)
    assert (form.s, form.theta) == (-1, pytest.approx(0.7 / 1.2))


@pytest.mark.parametrize("kind", ["PDNS", "NSNS"])
def test_coefficients_of_two_pairs(kind: str) -> None:
    """The damped z is slaved to (2/5) r2^2 and adds half of that to the factor of r1."""
    one, other = "p**2" if kind == "PDNS" else "(p**2 + q**2)", "(u**2 + v**2)"
    factor = f"1 + a - {one} + 2*{other} + z/2"
    more = {"p": f"-({factor})*p"} if kind == "PDNS" else turned(0.5, factor, "p", "q")
    more |= turned(1.2, f"1 + b - 3*{one} + 1.5*{other}", "u", "v")
    form = form_of(kind, more | {"z": f"z/2 + {other}/5"})
    assert isinstance(form, CyclePairsNormalForm)
    share = 1.0 if kind == "PDNS" else 2.0
    found = form.p11, form.p12, form.p21, form.p22
    assert found == pytest.approx((-share, 4.4, -3.0 * share, 3.0), rel=1e-12)
    assert form.theta == pytest.approx(4.4 / 3.0)
    assert form.delta == pytest.approx(3.0)


def test_fold_flip_coefficients_of_the_generalized_henon_map() -> None:
    """At alpha = 0, beta = -1: x -> y, y -> x - y^2 + g x y, and h = (x + y)/2, k = (x - y)/2.

    h -> h + (-y^2 + g x y)/2, k -> -k + (y^2 - g x y)/2 with x = h + k, y = h - k. Vectors of
    length 1 are sqrt(2) times smaller, g = 1/2: -(h - k)^2 + g (h^2 - k^2) at h^2, k^2 and h k.
    """
    rhs = {"x": "y + 0*a*x", "y": "x - y**2 + x*y/2 + 0*b*x"}
    form = form_of("LPPD", rhs)
    assert isinstance(form, CycleFoldPairNormalForm)
    turn, root = np.sign(-form.g200), np.sqrt(2.0)
    exact = np.array([-0.5 / root, -0.75 / root, 1.0 / root])
    found = turn * np.array([form.g200, form.g011, form.g110.real])
    assert found == pytest.approx(exact, rel=1e-12)

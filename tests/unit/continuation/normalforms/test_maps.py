"""Normal forms of maps: a bent copy of a normal form must give its coefficients back."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation import map_points
from continuation.defining import Equations
from continuation.normalforms import maps, resonances
from continuation.normalforms.chenciner import chenciner_normal_form

FREE = ("p", "r")
REST = np.zeros(4)


def bent(u: str, v: str, k: float = 0.3, m: float = -0.7) -> Equations:
    """The map (u, v) in coordinates x = u + m v^2, y = v + k x^2, which are inverted exactly."""
    back_v = f"(y - ({k})*x**2)"
    back_u = f"(x - ({m})*{back_v}**2)"
    u, v = (text.replace("u", back_u).replace("v", back_v) for text in (u, v))
    x = f"({u} + ({m})*({v})**2)"
    system = ct.System.from_strings(
        {"x": x, "y": f"({v}) + ({k})*{x}**2"}, dict.fromkeys(FREE, 0.0), kind="map"
    )
    return Equations(system, FREE, system.vector())


def turned(mu: complex, *terms: tuple[complex, str, str]) -> Equations:
    """The bent map w -> (1 + p + i r) mu w + sum of c (a + i b), w = u + i v."""
    re, im = "(u + p*u - r*v)", "(v + p*v + r*u)"
    parts = [(mu, re, im), *terms]
    return bent(
        " + ".join(f"({c.real!r})*{a} - ({c.imag!r})*{b}" for c, a, b in parts),
        " + ".join(f"({c.real!r})*{b} + ({c.imag!r})*{a}" for c, a, b in parts),
    )


def square_modulus(c: complex) -> tuple[complex, str, str]:
    """The term c w |w|^2."""
    return c, "(u*(u**2 + v**2))", "(v*(u**2 + v**2))"


def test_flip_coefficient() -> None:
    equations = bent("-u + p*u + 0.8*u**3", "v/2 + r")
    found = map_points.flip(Equations(equations.system, ("p",), equations.p), np.zeros(3))
    form = maps.flip_normal_form(Equations(equations.system, ("p",), equations.p), found)
    assert form.b == pytest.approx(0.8, abs=1e-13)
    assert form.criticality == "supercritical"


def test_fold_coefficient() -> None:
    equations = bent("u + p - 0.8*u**2", "v/2 + r")
    one = Equations(equations.system, ("p",), equations.p)
    assert maps.fold_normal_form(one, map_points.fold(one, np.zeros(3))).a == pytest.approx(-0.8)


def test_neimark_sacker_coefficient() -> None:
    d = complex(-0.6, 0.35)
    mu = complex(np.exp(0.7j))
    equations = turned(mu, square_modulus(d * mu))
    one = Equations(equations.system, ("p",), equations.p)
    form = maps.neimark_sacker_normal_form(one, map_points.neimark_sacker(one, np.zeros(3), 0.7))
    assert (form.d, form.im_d) == pytest.approx((2.0 * d.real, 2.0 * d.imag), abs=1e-12)


def test_chenciner_coefficients() -> None:
    """With w = sqrt(2) z the quintic coefficient gains 4; l2 does not depend on the coordinates."""
    d1, d2, mu = 0.35j, -0.6 + 0.2j, complex(np.exp(0.7j))
    quintic = (d2 * mu, "(u*(u**2 + v**2)**2)", "(v*(u**2 + v**2)**2)")
    equations = turned(mu, square_modulus(d1 * mu), quintic)
    one = Equations(equations.system, ("p",), equations.p)
    form = chenciner_normal_form(one, map_points.neimark_sacker(one, np.zeros(3), 0.7))
    assert form.d1 == pytest.approx(2.0 * d1, abs=1e-12)
    assert form.l2 == pytest.approx(4.0 * d2.real + (2.0 * d1.imag) ** 2 / 2.0, abs=1e-11)


def test_first_resonance_coefficients() -> None:
    equations = bent("u + v", "v + 0.8*u**2 - 1.3*u*v + r + p*v")
    found = map_points.first_resonance(equations, REST)
    form = resonances.first_resonance_normal_form(equations, found)
    assert (form.a, form.b) == pytest.approx((0.8, -1.3), abs=1e-12)


def test_second_resonance_coefficients() -> None:
    equations = bent("-u + v + p*u", "-v + 0.8*u**3 - 1.3*u**2*v + r*u")
    found = map_points.second_resonance(equations, REST)
    form = resonances.second_resonance_normal_form(equations, found)
    assert (form.c, form.d) == pytest.approx((0.8, -1.3), abs=1e-12)


def test_third_resonance_coefficients() -> None:
    """With w = sqrt(2) z the quadratic coefficient gains sqrt(2), the cubic one 2."""
    mu, b, c = complex(np.exp(2j * np.pi / 3.0)), 0.4 - 0.3j, -0.2 + 0.9j
    equations = turned(mu, (b, "(u**2 - v**2)", "(-2*u*v)"), square_modulus(c))
    found = map_points.resonance(equations, REST, -0.5)
    form = resonances.third_resonance_normal_form(equations, found)
    assert form.b == pytest.approx(np.sqrt(2.0) * abs(b), abs=1e-12)
    exact = (2.0 * c * mu.conjugate()).real - 2.0 * abs(b) ** 2
    assert form.a == pytest.approx(exact, abs=1e-12)


def test_fourth_resonance_coefficients() -> None:
    """With w = sqrt(2) z the cubic coefficients double."""
    c, d = -0.2 + 0.9j, 0.5 + 0.1j
    cube = (d, "(u**3 - 3*u*v**2)", "(v**3 - 3*u**2*v)")
    equations = turned(1j, cube, square_modulus(c))
    found = map_points.resonance(equations, REST, 0.0)
    form = resonances.fourth_resonance_normal_form(equations, found)
    assert form.c == pytest.approx(2.0 * c, abs=1e-12)
    assert form.d == pytest.approx(2.0 * abs(d), abs=1e-12)
    assert form.a0 == pytest.approx(-1j * c / abs(d), abs=1e-12)


def test_coefficient_that_a_second_multiplier_spoils_is_called_degenerate() -> None:
    system = ct.System.from_strings(
        {"x": "-x + p*x + x*y", "y": "y + x**2 + r*y"}, dict.fromkeys(FREE, 0.0), kind="map"
    )
    terms = maps.flip_terms(
        Equations(system, ("p",), system.vector()), np.zeros(3), np.eye(2)[0], np.eye(2)[0]
    )
    assert not np.all(np.isfinite(terms))

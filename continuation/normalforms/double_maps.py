r"""Cycles of maps with two conditions on the multipliers: LPPD, LPNS, PDNS and NSNS.

The discrete counterpart of `double_cycles`, with the same names of coefficients: at a fold with a
further multiplier mu, -1 or of a pair,

.. math::

    \xi \mapsto \xi + \tfrac12 g_{200} \xi^2 + g_{011} |\zeta|^2 + \ldots, \qquad
    \zeta \mapsto \mu \zeta (1 + g_{110} \xi) + \ldots, \\
    g_{200} = \langle p, B(q, q) \rangle, \qquad
    g_{011} = \langle p, B(w, \bar w) \rangle \; (\text{LPPD: half of it}), \qquad
    \mu\, g_{110} = \langle p_w, B(q, w) \rangle;

at two multipliers mu, nu on the unit circle other than 1, with critical vectors v and w,

.. math::

    r_1 \mapsto r_1 (1 + p_{11} r_1^2 + p_{12} r_2^2), \qquad
    r_2 \mapsto r_2 (1 + p_{21} r_1^2 + p_{22} r_2^2), \\
    p_{12} = \mathrm{Re}\, \bar\mu \langle p_v, C(v, w, \bar w) + B(v, h_{ww}) + B(\bar w, h_{vw})
             + B(w, h_{v \bar w}) \rangle

(half of it where w is real), p_11 = -b for a multiplier -1 and Re d for a pair, as in `maps`. As
there, all is carried around a cycle, h_vw = (mu nu I - A)^{-1} B(v, w) and so on, and critical
vectors have length 1 at the first point.

References
----------
Yu. A. Kuznetsov, H. G. E. Meijer, L. van Veen, The fold-flip bifurcation, Int. J. Bifurcation and
Chaos 14 (2004) 2253-2282. Yu. A. Kuznetsov and H. G. E. Meijer, Numerical Bifurcation Analysis of
Maps, Cambridge University Press 2019, chapters 3 and 4.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from continuation.defining import Equations, smallest_singular
from continuation.linalg.unit_circle import pairs_on_circle
from continuation.map_points import special_cycle, spectrum, twisted
from continuation.normalforms.double_cycles import CycleFoldPairNormalForm, CyclePairsNormalForm
from continuation.normalforms.maps import flip_normal_form, inverse, neimark_sacker_normal_form
from continuation.points import Polished
from continuation.special import NormalForm, SpecialPoint, ratio

Array = NDArray[np.float64]
AnyArray = NDArray[Any]


def double_point(kind: str, equations: Equations, found: Polished) -> SpecialPoint:
    """A polished double point under its name, with the coefficients of its multipliers."""
    return special_cycle(kind, equations, found, double_normal_form(kind, equations, found.y))


def double_normal_form(kind: str, equations: Equations, y: Array) -> NormalForm:
    """Compute the coefficients of LPPD, LPNS, PDNS or NSNS at a polished point."""
    pairs = pairs_on_circle(spectrum(equations, y), 2 if kind == "NSNS" else 1)
    if kind.startswith("LP"):
        return _fold_pair(equations, y, -1.0 if kind == "LPPD" else pairs[0])
    mu, nu = (-1.0, pairs[0]) if kind == "PDNS" else pairs
    p11, p22 = _own(equations, y, mu), _own(equations, y, nu)
    p12, p21 = _other(equations, y, mu, nu), _other(equations, y, nu, mu)
    return CyclePairsNormalForm(p11, p12, p21, p22, ratio(p12, p22), ratio(p21, p11))


def _fold_pair(equations: Equations, y: Array, mu: complex) -> CycleFoldPairNormalForm:
    (q, p), (w, left) = _critical(equations, y, 1.0), _critical(equations, y, mu)
    g200 = float(np.real(p @ equations.form(y, q, q)))
    g011 = _share(mu) * float(np.real(p @ equations.form(y, w, w.conj())))
    g110 = complex(np.vdot(left, equations.form(y, q, w)) / mu)
    s = int(np.sign(g200 * g011))
    return CycleFoldPairNormalForm(g200, g011, g110, s, ratio(g110.real, g200))


def _share(mu: complex) -> float:
    """1 for a pair; 1/2 for a real vector, which has no conjugate beside it."""
    return 1.0 if np.imag(mu) else 0.5


def _critical(equations: Equations, y: Array, mu: complex) -> tuple[AnyArray, AnyArray]:
    """Right and left vector, |q| = 1 at the first point and <p, E q> = 1."""
    left, q = smallest_singular(twisted(equations, y, mu))
    q = q / np.linalg.norm(equations.points(q)[0])
    return q, left / np.vdot(left, equations.closing @ q).conj()


def _own(equations: Equations, y: Array, mu: complex) -> float:
    """Coefficient of r^3 in the image of r."""
    q, p = _critical(equations, y, mu)
    point = Polished(y, q, p, float(np.angle(mu)), 0.0, float("nan"))
    if np.imag(mu):
        return neimark_sacker_normal_form(equations, point).d
    return -flip_normal_form(equations, point).b


def _other(equations: Equations, y: Array, mu: complex, nu: complex) -> float:
    """Coefficient p_12, of the amplitude of nu in the image of that of mu."""
    (v, left), (w, _) = _critical(equations, y, mu), _critical(equations, y, nu)

    def f(*directions: AnyArray) -> AnyArray:
        return equations.form(y, *directions)

    c = w.conj()
    mean = inverse(equations, y, 1.0, f(w, c))
    with_w = inverse(equations, y, mu * nu, f(v, w))
    with_c = inverse(equations, y, mu * np.conj(nu), f(v, c))
    cubic = f(v, w, c) + f(v, mean) + f(c, with_w) + f(w, with_c)
    return _share(nu) * float((np.vdot(left, cubic) / mu).real)

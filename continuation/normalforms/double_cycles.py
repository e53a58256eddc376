r"""Cycles of flows with two conditions on the multipliers: LPPD, LPNS, PDNS and NSNS.

Beside a fold, with the generalised eigenfunction v_1 of the multiplier 1, v_1' = A v_1 + sigma f,
and a further critical function w of the multiplier mu, w' = A w (real for mu = -1, LPPD; complex
for mu = exp(i theta), LPNS),

.. math::

    \dot\tau = 1 - \sigma \xi + \ldots, \qquad
    \dot\xi = \tfrac12 g_{200} \xi^2 + g_{011} |\zeta|^2 + \ldots, \qquad
    \dot\zeta = g_{110}\, \xi \zeta + \ldots, \\
    g_{200} = \langle \varphi, B(v_1, v_1) + 2 \sigma A v_1 \rangle, \qquad
    g_{011} = \langle \varphi, B(w, \bar w) \rangle \; (\text{LPPD: half of it}), \qquad
    g_{110} = \langle w^*, B(v_1, w) + \sigma A w \rangle,

as at a zero-Hopf point, with zeta real at LPPD. Two critical functions v, w of multipliers mu, nu
on the unit circle other than 1 (-1 and a pair at PDNS, two pairs at NSNS) have amplitudes r_1, r_2
with

.. math::

    \dot r_1 = r_1 (p_{11} r_1^2 + p_{12} r_2^2), \qquad
    \dot r_2 = r_2 (p_{21} r_1^2 + p_{22} r_2^2),

as at a double Hopf point. p_11 and p_22 are those of `cycles` (b at -1, Re d of a pair), and

.. math::

    p_{12} = \mathrm{Re} \langle v^*, C(v, w, \bar w) + B(v, h_{ww}) + B(\bar w, h_{vw})
             + B(w, h_{v \bar w}) - a A v \rangle, \\
    h_{ww}' = A h_{ww} + B(w, \bar w) - a f, \quad h_{vw}' = A h_{vw} + B(v, w), \quad
    h_{v \bar w}' = A h_{v \bar w} + B(v, \bar w),

multiplied by 1, mu nu, and mu conj(nu) after one turn; half of it where w is real. Everywhere the
integral of |v|^2 over one period is 1, and the adjoint functions give 1 with v.

References
----------
V. De Witte, W. Govaerts, Yu. A. Kuznetsov, H. G. E. Meijer, Analysis of bifurcations of limit
cycles with Lyapunov exponents and numerical normal forms, Physica D 269 (2014) 126-141 (LPNS, PDNS,
NSNS; the fold there with the amplitude measured by the change of speed, tau' = 1 - xi).
Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., Springer 2004, sections 8.5, 8.6
(amplitude equations).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from continuation.collocation.variational import Eigenfunction, Variation
from continuation.normalforms.cycles import period_doubling_normal_form, torus_normal_form
from continuation.special import NormalForm, by_sign, ratio


@dataclass(frozen=True)
class CycleFoldPairNormalForm(NormalForm):
    """Fold-flip (LPPD) and fold-Neimark-Sacker points (LPNS) of cycles, of flows and of maps.

    Attributes
    ----------
    g200, g011 : float
        Coefficients of the fold; their signs change with that of v_1, together with that of g110.
    g110 : complex
        How the other amplitude grows with xi; real at LPPD.
    s : int
        Sign of g200 g011.
    theta : float
        Re g110 / g200. For s theta < 0 both amplitudes together may become periodic.
    """

    g200: float
    g011: float
    g110: complex
    s: int
    theta: float

    @property
    def unfolding(self) -> str:
        """Whether what branches off beside the fold has a further bifurcation."""
        born = "The doubled cycles (LPPD) or tori (LPNS) that are born beside the fold have"
        return by_sign(
            self.s * self.theta,
            f"{born} a Neimark-Sacker bifurcation of their own on a curve that begins here.",
            f"{born} no further bifurcation.",
        )


@dataclass(frozen=True)
class CyclePairsNormalForm(NormalForm):
    """Flip-Neimark-Sacker (PDNS) and double Neimark-Sacker points (NSNS), of flows and of maps.

    Attributes
    ----------
    p11, p12, p21, p22 : float
        Coefficients of the amplitude equations; the first amplitude is that of the multiplier -1,
        or of the pair with the smaller angle.
    theta, delta : float
        p12 / p22 and p21 / p11.
    """

    p11: float
    p12: float
    p21: float
    p22: float
    theta: float
    delta: float

    @property
    def unfolding(self) -> str:
        """What has both amplitudes, as at a double Hopf point."""
        between = "Between two further curves that begin here there is a"
        torus = "torus, around the doubled cycle (PDNS) or of dimension three (NSNS)"
        strong, simple = self.theta * self.delta > 1.0, self.p11 * self.p22
        if not abs(simple) > 0.0:
            return ""
        if simple > 0.0:
            node = by_sign(self.p11, "stable", "repelling")
            return f"{between} {'saddle' if strong else node} {torus} (simple case)."
        more = f"{torus}, from which another one may be born"
        return f"{between} {more if strong else f'saddle {torus}'} (difficult case)."


def fold_pair_normal_form(cycle: Variation, mu: complex) -> CycleFoldPairNormalForm:
    """Compute the quadratic coefficients at a fold with a multiplier -1, or a pair mu."""
    fold, size = cycle.fold_function(), np.sqrt(cycle.period)
    v, sigma = np.real(cycle.at_gauss(fold.y)) / size, fold.shift / size
    w, adjoint = _critical(cycle, mu)
    phi = fold.adjoint / float(cycle.pairing(fold.adjoint, v))
    g200 = float(cycle.pairing(phi, cycle.form(v, v) + 2.0 * sigma * cycle.along(v)))
    g011 = _share(mu) * float(np.real(cycle.pairing(phi, cycle.form(w, w.conj()))))
    g110 = complex(cycle.pairing(adjoint, cycle.form(v, w) + sigma * cycle.along(w)))
    s = int(np.sign(g200 * g011))
    return CycleFoldPairNormalForm(g200, g011, g110, s, ratio(g110.real, g200))


def pairs_normal_form(cycle: Variation, mu: complex, nu: complex) -> CyclePairsNormalForm:
    """Compute the cubic coefficients at two multipliers on the unit circle, -1 or of a pair."""
    (p11, p12), (p21, p22) = (
        (_own(cycle, mu), _other(cycle, mu, nu)),
        (_other(cycle, nu, mu), _own(cycle, nu)),
    )
    return CyclePairsNormalForm(p11, p12, p21, p22, ratio(p12, p22), ratio(p21, p11))


def _share(mu: complex) -> float:
    """1 for a pair; 1/2 for a real function, which has no conjugate beside it."""
    return 1.0 if np.imag(mu) else 0.5


def _critical(cycle: Variation, mu: complex) -> tuple[Any, Any]:
    """The eigenfunction at the Gauss points and its adjoint, normalised."""
    found: Eigenfunction = cycle.eigenfunction(mu)
    w = cycle.at_gauss(found.y) / np.sqrt(cycle.period)
    return w, found.adjoint / cycle.pairing(found.adjoint, w)


def _own(cycle: Variation, mu: complex) -> float:
    """Coefficient of r^3 in the equation of r."""
    if np.imag(mu):
        return torus_normal_form(cycle, float(np.angle(mu))).d
    return period_doubling_normal_form(cycle).b


def _other(cycle: Variation, mu: complex, nu: complex) -> float:
    """Coefficient p_12, of the amplitude of nu in the equation of that of mu."""
    form, (v, adjoint), (w, _) = cycle.form, _critical(cycle, mu), _critical(cycle, nu)
    c, other = w.conj(), complex(nu).conjugate() if np.imag(nu) else nu
    mean, a = cycle.forced_with_shift(form(w, c).real)
    with_w = cycle.at_gauss(cycle.forced(form(v, w), mu * nu))
    with_c = cycle.at_gauss(cycle.forced(form(v, c), mu * other))
    cubic = form(v, w, c) + form(v, cycle.at_gauss(mean)) + form(c, with_w) + form(w, with_c)
    value = cycle.pairing(adjoint, cubic - float(a) * cycle.along(v))
    return _share(nu) * float(np.real(value))

r"""Bifurcations of cycles, by periodic normalisation: LPC, PD and NS.

With u_0 the cycle of period T, A = f_x(u_0), B and C the second and third derivatives of f in two
and three directions, tau the time along the cycle and xi a coordinate of the centre manifold,

.. math::

    \text{LPC: } \dot\tau &= 1 - \xi + \ldots, & \dot\xi &= b \xi^2 + \ldots, \\
    \text{PD: } \dot\tau &= 1 + a \xi^2 + \ldots, & \dot\xi &= b \xi^3 + \ldots, \\
    \text{NS: } \dot\tau &= 1 + a |\xi|^2 + \ldots, & \dot\xi &= i \omega \xi + d \xi |\xi|^2
        + \ldots,

with u = u_0 + xi v + ... and, the adjoint functions normalised to give 1 with v and with f,

.. math::

    \text{LPC: } & \dot v = A v + f, & b &= \tfrac12 \int \langle \varphi, B(v, v) + 2 A v \rangle,
    \\ \text{PD: } & \dot v = A v, \; v(T) = -v(0), & b &= \tfrac16 \int \langle v^*,
        C(v, v, v) + 3 B(v, h) - 6 a A v \rangle, \\
    \text{NS: } & \dot w = A w, \; w(T) = e^{i\theta} w(0), & d &= \tfrac12 \int \langle w^*,
        C(w, w, \bar w) + 2 B(w, h_{11}) + B(\bar w, h_{20}) - 2 a A w \rangle + i a \omega,

    \dot h &= A h + B(v, v) - 2 a f, & h(T) &= h(0), & a &= \tfrac12 \int \langle \varphi, B(v, v)
        \rangle, \\ \dot h_{11} &= A h_{11} + B(w, \bar w) - a f, & h_{11}(T) &= h_{11}(0), & a &=
        \int \langle \varphi, B(w, \bar w) \rangle, \\ \dot h_{20} &= A h_{20} + B(w, w), &
        h_{20}(T) &= e^{2 i \theta} h_{20}(0).

Here w = v exp(i omega t), omega = theta / T, is the eigenfunction in the frame at rest. The
normalisation is that of [1]_: the integral of |v|^2 over one period T is 1 at PD and NS. Time is
that of the system. At a fold where the period does not change, f drops out of the equation for v,
and b is infinite: there and everywhere ``quadratic`` is the coefficient for v of mean square 1,
xi' = quadratic xi^2, tau' = 1 - shift xi, b = quadratic / shift.

References
----------
.. [1] Yu. A. Kuznetsov, W. Govaerts, E. J. Doedel, A. Dhooge, Numerical periodic normalization for
   codim 1 bifurcations of limit cycles, SIAM J. Numer. Anal. 43 (2005) 1407-1435, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from continuation.collocation.variational import Eigenfunction, Variation
from continuation.special import NormalForm

DEGENERATE = 1e-7
"""A coefficient below this fraction of the terms that it is the sum of is called degenerate: the
terms are as good as the mesh."""

VANISHING = 1e-5
"""A coefficient below this fraction of its terms has no sign, as a test function: along a curve on
which it vanishes for all parameters (of uncoupled or integrable systems) the mesh leaves so much
of it, now of one sign and now of the other."""

ISOCHRONOUS = 1e-9
"""A period that changes less with the amplitude, relative to itself, does not change at all."""


@dataclass(frozen=True)
class CycleFoldNormalForm(NormalForm):
    r"""Fold of cycles: :math:`\dot\xi = b \xi^2`.

    Attributes
    ----------
    b : float
        With the amplitude measured by the change of speed along the cycle, tau' = 1 - xi; nan where
        the period does not change.
    quadratic : float
        With |v| of mean square 1, up to the sign of v.
    shift : float
        tau' = 1 - shift xi, with that v.
    terms : float
        Sum of the moduli of the two terms of ``quadratic``, by which to judge a small one.
    pairing : float
        <phi, v> for unit vectors, the number divided by: near zero at a 1:1 resonance.
    """

    b: float
    quadratic: float
    shift: float
    terms: float
    pairing: float


@dataclass(frozen=True)
class PeriodDoublingNormalForm(NormalForm):
    r"""Period doubling: :math:`\dot\xi = b \xi^3`.

    Attributes
    ----------
    b : float
        Cubic coefficient, the integral of |v|^2 over a period being 1.
    a : float
        tau' = 1 + a xi^2: how the period changes.
    terms : float
        Sum of the moduli of the terms of b, by which to judge a small b.
    pairing : float
        <v*, v> for unit vectors, the number divided by: near zero at a 1:2 resonance.
    criticality : str
        "supercritical" (b < 0, the doubled cycle is as stable as the cycle was), "subcritical" or
        "degenerate".
    """

    b: float
    a: float
    terms: float
    pairing: float
    criticality: str = "degenerate"


@dataclass(frozen=True)
class CycleTorusNormalForm(NormalForm):
    r"""Neimark-Sacker: :math:`\dot\xi = i \omega \xi + d \xi |\xi|^2`.

    Attributes
    ----------
    d : float
        Re d, the integral of |v|^2 over a period being 1.
    im_d : float
        Im d.
    a : float
        tau' = 1 + a |xi|^2.
    theta : float
        Angle of the pair of multipliers, 0 < theta < pi, in radians.
    terms : float
        Sum of the moduli of the terms of d, by which to judge a small d.
    pairing : float
        |<v*, v>| for unit vectors, the number divided by.
    criticality : str
        "supercritical" (d < 0, the torus is as stable as the cycle was), "subcritical" or
        "degenerate".
    """

    d: float
    im_d: float
    a: float
    theta: float
    terms: float
    pairing: float
    criticality: str = "degenerate"


def signed(coefficient: float, terms: float) -> float:
    """The coefficient as a test function: 1 where it is below `VANISHING` of its terms."""
    return coefficient if abs(coefficient) > VANISHING * terms else 1.0


def fold_normal_form(cycle: Variation, found: Eigenfunction | None = None) -> CycleFoldNormalForm:
    """Compute the quadratic coefficient at a fold of cycles.

    Parameters
    ----------
    cycle : Variation
        The cycle at the fold.
    found : Eigenfunction, optional
        From ``cycle.fold_function()``, for a sign of v of one's own.
    """
    found = cycle.fold_function() if found is None else found
    v, phi, sigma = cycle.at_gauss(found.y), found.adjoint, found.shift
    product = float(cycle.pairing(phi, v))
    terms = np.array(
        [
            cycle.pairing(phi, cycle.form(v, v)) / 2.0,
            cycle.pairing(phi, sigma * cycle.along(v)),
        ]
    )
    quadratic = float(terms.sum()) / product
    return CycleFoldNormalForm(
        b=quadratic / sigma if abs(sigma) > ISOCHRONOUS else float("nan"),
        quadratic=quadratic,
        shift=sigma,
        terms=float(np.abs(terms / product).sum()),
        pairing=_normalised(cycle, found),
    )


def period_doubling_normal_form(cycle: Variation) -> PeriodDoublingNormalForm:
    """Compute the cubic coefficient at a period doubling."""
    found = cycle.eigenfunction(-1.0)
    v = cycle.at_gauss(found.y) / np.sqrt(cycle.period)
    second = cycle.form(v, v)
    h, twice_a = cycle.forced_with_shift(second)
    a = float(twice_a) / 2.0
    cubic = [
        cycle.form(v, v, v),
        3.0 * cycle.form(v, cycle.at_gauss(h)),
        -6.0 * a * cycle.along(v),
    ]
    product = float(cycle.pairing(found.adjoint, v))
    terms = np.array([cycle.pairing(found.adjoint, g) for g in cubic]) / (6.0 * product)
    b, size = float(terms.sum()), float(np.abs(terms).sum())
    return PeriodDoublingNormalForm(b, a, size, _normalised(cycle, found), _word(b, size))


def torus_normal_form(cycle: Variation, theta: float) -> CycleTorusNormalForm:
    """Compute the cubic coefficient at a Neimark-Sacker point with multipliers exp(+- i theta)."""
    mu = complex(np.exp(1j * theta))
    found = cycle.eigenfunction(mu)
    w = cycle.at_gauss(found.y) / np.sqrt(cycle.period)
    h11, shift = cycle.forced_with_shift(cycle.form(w, w.conj()).real)
    a = float(shift)
    h20 = cycle.forced(cycle.form(w, w), mu * mu)
    cubic = [
        cycle.form(w, w, w.conj()),
        2.0 * cycle.form(w, cycle.at_gauss(h11)),
        cycle.form(w.conj(), cycle.at_gauss(h20)),
        -2.0 * a * cycle.along(w),
    ]
    product = complex(cycle.pairing(found.adjoint, w))
    terms = np.array([cycle.pairing(found.adjoint, g) for g in cubic]) / (2.0 * product)
    d = complex(terms.sum()) + 1j * a * theta / cycle.period
    size = float(np.abs(terms).sum())
    pairing = _normalised(cycle, found)
    return CycleTorusNormalForm(d.real, d.imag, a, theta, size, pairing, _word(d.real, size))


def _normalised(cycle: Variation, found: Eigenfunction) -> float:
    """|<phi, y>| for a function y and a response to it, both of size 1."""
    forcing = cycle.at_gauss(found.y)
    response = cycle.response(forcing)[:, -1]
    sizes = float(np.linalg.norm(found.adjoint) * np.linalg.norm(response))
    return float(abs(cycle.pairing(found.adjoint, forcing))) / sizes


def _word(coefficient: float, size: float) -> str:
    if abs(coefficient) <= DEGENERATE * size:
        return "degenerate"
    return "supercritical" if coefficient < 0.0 else "subcritical"

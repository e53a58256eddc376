r"""Degenerate bifurcations of cycles: cusps (CPC), period doublings (GPD), Chenciner points (CH).

Where the first coefficient of `cycles` vanishes, the next one decides:

.. math::

    \text{CPC: } \dot\tau &= 1 - \xi + \ldots, & \dot\xi &= c\, \xi^3 + \ldots, \\
    \text{GPD: } \dot\tau &= 1 + a_1 \xi^2 + a_2 \xi^4 + \ldots, & \dot\xi &= e\, \xi^5 + \ldots, \\
    \text{CH: } \dot\tau &= 1 + a_1 |\xi|^2 + a_2 |\xi|^4 + \ldots, &
        \dot\xi &= i \omega \xi + d\, \xi |\xi|^2 + e\, \xi |\xi|^4 + \ldots .

With u = u_0 + v xi + sum h_j xi^j / j! in the equation, the terms of each order give, in turn,
functions h_j with L h = h' - A h, and scalars as conditions for them to exist. CPC, with
v' = A v + f:

.. math::

    L h_2 = B(v, v) + 2 A v + (\ldots) f, \qquad
    c = \tfrac16 \langle \varphi, C(v, v, v) + 3 B(v, h_2) + 3 A h_2 \rangle .

GPD, with D and E the fourth and fifth derivatives of f:

.. math::

    L h_2 &= B(v, v) - 2 a_1 f, \\
    L h_3 &= C(v, v, v) + 3 B(v, h_2) - 6 a_1 A v, \\
    L h_4 &= D(v, v, v, v) + 6 C(v, v, h_2) + 3 B(h_2, h_2) + 4 B(v, h_3)
        - 12 a_1 \dot h_2 - 24 a_2 f, \\
    120\, e &= \langle v^*, E(v, v, v, v, v) + 10 D(v, v, v, h_2) + 15 C(v, h_2, h_2)
        + 10 C(v, v, h_3) \\ &\quad + 10 B(h_2, h_3) + 5 B(v, h_4)
        - 20 a_1 \dot h_3 - 120 a_2 A v \rangle .

CH, with w = v exp(i omega t) in the frame at rest, h_jk(T) = exp(i (j - k) theta) h_jk(0) and the
slope h_jk' - i (j - k) omega h_jk in the frame that turns, has the terms of a generalised Hopf
point (Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., section 8.7.3) and those with
a_1, a_2 and d that stand in the code. Normalisation as in `cycles`.

References
----------
V. De Witte, F. Della Rossa, W. Govaerts, Yu. A. Kuznetsov, Numerical periodic normalization for
codim 2 bifurcations of limit cycles: computational formulas, numerical implementation, and
examples, SIAM J. Appl. Dyn. Syst. 12 (2013) 722-788, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from continuation.collocation.variational import Eigenfunction, Variation
from continuation.normalforms.cycles import ISOCHRONOUS
from continuation.special import NormalForm, by_sign


@dataclass(frozen=True)
class CycleCuspNormalForm(NormalForm):
    r"""Cusp of cycles: :math:`\dot\xi = c \xi^3`.

    Attributes
    ----------
    c : float
        With the amplitude measured by the change of speed, tau' = 1 - xi; nan where the period does
        not change.
    cubic : float
        With |v| of mean square 1.
    shift : float
        tau' = 1 - shift xi, with that v.
    """

    c: float
    cubic: float
    shift: float

    @property
    def unfolding(self) -> str:
        """How the three cycles share stability."""
        three = "Of the three cycles between the curves of folds"
        return by_sign(
            self.cubic, f"{three} the outer two are stable.", f"{three} the middle one is stable."
        )


@dataclass(frozen=True)
class DegenerateDoublingNormalForm(NormalForm):
    r"""Generalised period doubling: :math:`\dot\xi = e \xi^5`.

    Attributes
    ----------
    e : float
        Quintic coefficient, the integral of |v|^2 over a period being 1.
    a1, a2 : float
        tau' = 1 + a1 xi^2 + a2 xi^4.
    criticality : str
        "degenerate": the cubic coefficient vanishes. The cycle itself is weakly stable for e < 0.
    """

    e: float
    a1: float
    a2: float
    criticality: str = "degenerate"

    @property
    def unfolding(self) -> str:
        """Which of the two doubled cycles that meet in a fold is the stable one."""
        two = "Of the two doubled cycles that meet on the curve of their folds the"
        return by_sign(self.e, f"{two} outer one is stable.", f"{two} inner one is stable.")


def cycle_cusp_normal_form(cycle: Variation, found: Eigenfunction) -> CycleCuspNormalForm:
    """Compute the cubic coefficient at a cusp of cycles."""
    v, sigma = cycle.at_gauss(found.y), found.shift
    second = cycle.form(v, v) + 2.0 * sigma * (cycle.along(v) + sigma * cycle.flow)
    h = cycle.at_gauss(cycle.forced_at_fold(second, found)[0])
    third = cycle.form(v, v, v) + 3.0 * cycle.form(v, h) + 3.0 * sigma * cycle.along(h)
    product = float(cycle.pairing(found.adjoint, v))
    cubic = float(cycle.pairing(found.adjoint, third)) / (6.0 * product)
    c = cubic / sigma**2 if abs(sigma) > ISOCHRONOUS else float("nan")
    return CycleCuspNormalForm(c, cubic, sigma)


def degenerate_doubling_normal_form(cycle: Variation) -> DegenerateDoublingNormalForm:
    """Compute the quintic coefficient at a generalised period doubling."""
    found = cycle.eigenfunction(-1.0)
    v = np.real(cycle.at_gauss(found.y)) / np.sqrt(cycle.period)
    form, along, flow = cycle.form, cycle.along, cycle.flow
    even, twice = cycle.forced_with_shift(form(v, v))
    a1, h2 = float(twice) / 2.0, cycle.at_gauss(even)
    h2_slope = along(h2) + form(v, v) - 2.0 * a1 * flow
    third = form(v, v, v) + 3.0 * form(v, h2) - 6.0 * a1 * along(v)
    h3 = cycle.at_gauss(cycle.forced_critically(third, -1.0, found))
    h3_slope = along(h3) + third
    fourth = form(v, v, v, v) + 6.0 * form(v, v, h2) + 3.0 * form(h2, h2) + 4.0 * form(v, h3)
    even, total = cycle.forced_with_shift(fourth - 12.0 * a1 * h2_slope)
    a2, h4 = float(total) / 24.0, cycle.at_gauss(even)
    quintic = (
        form(v, v, v, v, v) + 10.0 * form(v, v, v, h2) + 15.0 * form(v, h2, h2)
        + 10.0 * form(v, v, h3) + 10.0 * form(h2, h3) + 5.0 * form(v, h4)
        - 20.0 * a1 * h3_slope - 120.0 * a2 * along(v)
    )  # fmt: skip
    product = float(cycle.pairing(found.adjoint, v))
    e = float(cycle.pairing(found.adjoint, quintic)) / (120.0 * product)
    return DegenerateDoublingNormalForm(e, a1, a2)


@dataclass(frozen=True)
class CycleChencinerNormalForm(NormalForm):
    r"""Chenciner point: :math:`\dot\xi = i \omega \xi + d \xi |\xi|^2 + e \xi |\xi|^4`, Re d = 0.

    Attributes
    ----------
    e : float
        Re e, the integral of |v|^2 over a period being 1.
    im_d : float
        Im d.
    a1, a2 : float
        tau' = 1 + a1 |xi|^2 + a2 |xi|^4.
    theta : float
        Angle of the pair of multipliers, in radians.
    criticality : str
        "degenerate": Re d vanishes. The cycle itself is weakly stable for e < 0.
    """

    e: float
    im_d: float
    a1: float
    a2: float
    theta: float
    criticality: str = "degenerate"

    @property
    def unfolding(self) -> str:
        """Which of the two tori that meet is the stable one."""
        two = "Of the two tori that meet near a curve that begins here the"
        return by_sign(self.e, f"{two} outer one is stable.", f"{two} inner one is stable.")


def chenciner_normal_form(cycle: Variation, theta: float) -> CycleChencinerNormalForm:
    """Compute the quintic coefficient at a Chenciner point with multipliers exp(+- i theta)."""
    mu, form, flow = complex(np.exp(1j * theta)), cycle.form, cycle.flow
    omega = theta / cycle.period
    found = cycle.eigenfunction(mu)
    w = cycle.at_gauss(found.y) / np.sqrt(cycle.period)
    c = w.conj()
    product = cycle.pairing(found.adjoint, w)

    def slope(h: Any, g: Any, turns: int) -> Any:
        """The slope h' - i turns omega h in the frame that turns, for h' = A h + g."""
        return cycle.along(h) + g - 1j * turns * omega * h

    def solved(g: Any, turns: int) -> Any:
        return cycle.at_gauss(cycle.forced(g, mu**turns))

    w_slope = slope(w, 0.0 * w, 1)
    g20, g11 = form(w, w), form(w, c).real
    h20 = solved(g20, 2)
    even, shift = cycle.forced_with_shift(g11)
    a1, h11 = float(shift), cycle.at_gauss(even)
    g11 = g11 - a1 * flow
    h30 = solved(form(w, w, w) + 3.0 * form(w, h20), 3)
    g21 = form(w, w, c) + 2.0 * form(w, h11) + form(c, h20) - 2.0 * a1 * w_slope
    d = complex(cycle.pairing(found.adjoint, g21) / (2.0 * product))
    g21 = g21 - 2.0 * d * w
    h21 = cycle.at_gauss(cycle.forced_critically(g21, mu, found))
    h02, h12 = h20.conj(), h21.conj()
    g31 = (
        form(w, w, w, c) + 3.0 * form(w, w, h11) + 3.0 * form(w, c, h20) + 3.0 * form(w, h21)
        + 3.0 * form(h20, h11) + form(c, h30) - 3.0 * a1 * slope(h20, g20, 2) - 6.0 * d * h20
    )  # fmt: skip
    h31 = solved(g31, 2)
    g22 = (
        form(w, w, c, c) + 4.0 * form(w, c, h11) + 2.0 * form(w, w, h02).real
        + 4.0 * form(w, h12).real + 2.0 * form(h11, h11) + form(h20, h02)
        - 4.0 * a1 * slope(h11, g11, 0) - 8.0 * d.real * h11
    ).real  # fmt: skip
    even, shift = cycle.forced_with_shift(g22)
    a2, h22 = float(shift) / 4.0, cycle.at_gauss(even)
    g32 = (
        form(w, w, w, c, c) + form(w, w, w, h02) + 6.0 * form(w, w, c, h11)
        + 3.0 * form(w, c, c, h20) + 3.0 * form(w, w, h12) + 6.0 * form(w, c, h21)
        + form(c, c, h30) + 3.0 * form(w, h20, h02) + 6.0 * form(w, h11, h11)
        + 6.0 * form(c, h20, h11) + 3.0 * form(w, h22) + 2.0 * form(c, h31) + form(h30, h02)
        + 3.0 * form(h20, h12) + 6.0 * form(h11, h21)
        - 6.0 * a1 * slope(h21, g21, 1) - 12.0 * a2 * w_slope
        - (12.0 * d + 6.0 * d.conjugate()) * h21
    )  # fmt: skip
    e = complex(cycle.pairing(found.adjoint, g32) / (12.0 * product))
    return CycleChencinerNormalForm(e.real, d.imag, a1, a2, theta)

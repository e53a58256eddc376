r"""Normal forms of cycles of maps on the centre manifold: LP, PD, NS, and degenerate cases.

For a fixed point (m = 1) with A, B, C the derivatives of f itself, |q| = 1 and <p, q> = 1:

.. math::

    \text{LP: } \xi &\mapsto \xi + a \xi^2, & a &= \tfrac12 \langle p, B(q, q) \rangle, \\
    \text{PD: } \xi &\mapsto -\xi + b \xi^3, & b &= \tfrac16 \langle p, C(q, q, q)
        + 3 B(q, (I - A)^{-1} B(q, q)) \rangle, \\
    \text{NS: } z &\mapsto e^{i\theta} z (1 + d |z|^2), & d &= \tfrac12 e^{-i\theta} \langle p,
        C(q, q, \bar q) + 2 B(q, (I - A)^{-1} B(q, \bar q))
        + B(\bar q, (e^{2i\theta} I - A)^{-1} B(q, q)) \rangle

(Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., section 5.4). A period doubling with b
> 0 is supercritical (the doubled cycle is stable), a Neimark-Sacker point with Re d < 0 (the
invariant circle is).

For a cycle of m points the centre manifold is carried from point to point and closes after one
turn: h_{i+1} = A_i h_i + (terms at x_i), h_{m+1} = mu h_1. The solution is that of one linear
system with the matrix A + (1 - mu) E of `defining`, and (mu I - A)^{-1} above stands for -(A + (1
- mu) E)^{-1}. The coefficients are those of f^m at x_1, without derivatives of f^m.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from continuation.defining import Equations
from continuation.map_points import twisted
from continuation.points import Polished
from continuation.special import NormalForm, by_sign

Array = NDArray[np.float64]
AnyArray = NDArray[Any]

DEGENERATE = 1e-9
"""A coefficient below this fraction of the terms that it is the sum of is called degenerate: exact
derivatives leave about six digits of cancellation before round-off decides the sign."""


@dataclass(frozen=True)
class MapFoldNormalForm(NormalForm):
    r"""Fold: :math:`\xi \mapsto \xi + a \xi^2`.

    Attributes
    ----------
    a : float
        Quadratic coefficient, with the largest component of q positive; zero at a cusp.
    pairing : float
        |<p, E q>| for unit vectors, the number divided by: near zero at a 1:1 resonance.
    """

    a: float
    pairing: float


@dataclass(frozen=True)
class FlipNormalForm(NormalForm):
    r"""Period doubling: :math:`\xi \mapsto -\xi + b \xi^3`.

    Attributes
    ----------
    b : float
        Cubic coefficient.
    terms : float
        Sum of the moduli of the two terms of b, by which to judge a small b.
    pairing : float
        |<p, E q>| for unit vectors, the number divided by: near zero at a 1:2 resonance.
    criticality : str
        "supercritical" (b > 0, the doubled cycle is stable), "subcritical" or "degenerate".
    """

    b: float
    terms: float
    pairing: float
    criticality: str = "degenerate"


@dataclass(frozen=True)
class NeimarkSackerNormalForm(NormalForm):
    r"""Neimark-Sacker: :math:`z \mapsto e^{i\theta} z (1 + d |z|^2)`.

    Attributes
    ----------
    d : float
        Re d.
    im_d : float
        Im d: how the rotation changes with the amplitude.
    theta : float
        Angle of the pair, 0 < theta < pi, in radians.
    terms : float
        Sum of the moduli of the three terms of d, by which to judge a small d.
    pairing : float
        |<p, E q>| for unit vectors, the number divided by.
    criticality : str
        "supercritical" (d < 0, the invariant circle is stable), "subcritical" or "degenerate".
    """

    d: float
    im_d: float
    theta: float
    terms: float
    pairing: float
    criticality: str = "degenerate"


@dataclass(frozen=True)
class MapCuspNormalForm(NormalForm):
    r"""Cusp: :math:`\xi \mapsto \xi + c \xi^3`.

    Attributes
    ----------
    c : float
        <p, C(q, q, q) + 3 B(q, h)> / 6 with A h = -B(q, q) (the A of `defining`).
    """

    c: float

    @property
    def unfolding(self) -> str:
        """How the three cycles share stability."""
        three = "Of the three cycles between the curves of folds"
        return by_sign(
            self.c, f"{three} the outer two are stable.", f"{three} the middle one is stable."
        )


@dataclass(frozen=True)
class GeneralizedFlipNormalForm(NormalForm):
    r"""Generalised period doubling: :math:`\xi \mapsto -\xi + c \xi^5`.

    Attributes
    ----------
    c : float
        Quintic coefficient; the cycle itself is weakly stable for c > 0.
    """

    c: float

    @property
    def unfolding(self) -> str:
        """Which of the two doubled cycles that meet in a fold is the stable one."""
        two = "Of the two doubled cycles that meet on the curve of their folds the"
        return by_sign(-self.c, f"{two} outer one is stable.", f"{two} inner one is stable.")


def fold_normal_form(equations: Equations, point: Polished) -> MapFoldNormalForm:
    """Compute the quadratic coefficient at a polished fold."""
    second = equations.form(point.y, point.q, point.q)
    return MapFoldNormalForm(float(point.p @ second) / 2.0, _pairing(point))


def flip_normal_form(equations: Equations, point: Polished) -> FlipNormalForm:
    """Compute the cubic coefficient at a polished period doubling."""
    terms = flip_terms(equations, point.y, np.real(point.q), np.real(point.p))
    b, size = float(terms.sum()), float(np.abs(terms).sum())
    word = "supercritical" if b > 0.0 else "subcritical"
    return FlipNormalForm(b, size, _pairing(point), _unless_degenerate(word, b, size))


def flip_terms(equations: Equations, y: Array, q: Array, p: Array) -> Array:
    """The two terms of b for given vectors, shape (2,); NaN where a multiplier is 1."""
    h = inverse(equations, y, 1.0, equations.form(y, q, q))
    cubic = p @ equations.form(y, q, q, q), 3.0 * (p @ equations.form(y, q, h))
    return np.array(cubic) / 6.0


def neimark_sacker_normal_form(equations: Equations, point: Polished) -> NeimarkSackerNormalForm:
    """Compute the cubic coefficient at a polished Neimark-Sacker point."""
    y, theta = point.y, point.omega
    q: AnyArray = point.q
    p: AnyArray = point.p

    h11 = inverse(equations, y, 1.0, equations.form(y, q, q.conj()))
    h20 = inverse(equations, y, complex(np.exp(2j * theta)), equations.form(y, q, q))
    terms = np.array(
        [
            np.vdot(p, equations.form(y, q, q, q.conj())),
            2.0 * np.vdot(p, equations.form(y, q, h11)),
            np.vdot(p, equations.form(y, q.conj(), h20)),
        ]
    )
    d = complex(np.exp(-1j * theta) * terms.sum() / 2.0)
    size = float(np.abs(terms).sum() / 2.0)
    word = "supercritical" if d.real < 0.0 else "subcritical"
    return NeimarkSackerNormalForm(
        d=d.real,
        im_d=d.imag,
        theta=theta,
        terms=size,
        pairing=_pairing(point),
        criticality=_unless_degenerate(word, d.real, size),
    )


def cusp_normal_form(equations: Equations, point: Polished) -> MapCuspNormalForm:
    """Compute the cubic coefficient at a polished cusp."""
    y, q, p = point.y, np.real(point.q), np.real(point.p)
    h = _bordered(equations, y, 1.0, q, -equations.form(y, q, q))
    c = p @ (equations.form(y, q, q, q) + 3.0 * equations.form(y, q, h)) / 6.0
    return MapCuspNormalForm(float(c))


def generalized_flip_normal_form(
    equations: Equations, point: Polished
) -> GeneralizedFlipNormalForm:
    r"""Compute the quintic coefficient at a polished generalised period doubling.

    The terms of order 2 to 5 of f(H(xi)) = H(-xi + c xi^5), H = q xi + sum h_j xi^j / j!, give
    h_2, h_3, h_4 in turn and c as the condition for h_5 to exist (Kuznetsov and Meijer, SIAM J.
    Sci. Comput. 26 (2005) 1932-1954).
    """
    y, q, p = point.y, np.real(point.q), np.real(point.p)

    def f(*directions: Array) -> Array:
        return np.asarray(equations.form(y, *directions))

    def even(rhs: Array) -> Array:
        return np.asarray(inverse(equations, y, 1.0, rhs))

    h2 = even(f(q, q))
    h3 = _bordered(equations, y, -1.0, q, -f(q, q, q) - 3.0 * f(q, h2))
    h4 = even(f(q, q, q, q) + 6.0 * f(q, q, h2) + 3.0 * f(h2, h2) + 4.0 * f(q, h3))
    quintic = (
        f(q, q, q, q, q) + 10.0 * f(q, q, q, h2) + 15.0 * f(q, h2, h2) + 10.0 * f(q, q, h3)
        + 10.0 * f(h2, h3) + 5.0 * f(q, h4)
    )  # fmt: skip
    return GeneralizedFlipNormalForm(float(p @ quintic) / 120.0)


def inverse(equations: Equations, y: Array, mu: complex, rhs: AnyArray) -> AnyArray:
    """(mu I - A)^{-1} rhs, carried around the cycle; NaN where mu is a multiplier."""
    try:
        return np.asarray(-np.linalg.solve(twisted(equations, y, mu), rhs))
    except np.linalg.LinAlgError:
        return np.full_like(rhs, np.nan)


def _bordered(equations: Equations, y: Array, mu: float, q: Array, rhs: Array) -> Array:
    """Solve the singular system of mu for the solution with <q, h> = 0; rhs must be in its range.

    The border E q absorbs what round-off leaves of <p, rhs>.
    """
    n = len(q)
    bordered = np.zeros((n + 1, n + 1))
    bordered[:n, :n], bordered[:n, n] = twisted(equations, y, mu), equations.closing @ q
    bordered[n, :n] = q
    return np.asarray(np.linalg.solve(bordered, np.append(rhs, 0.0))[:n])


def _pairing(point: Polished) -> float:
    """|<p, E q>| of the vectors scaled to length 1."""
    return float(1.0 / (np.linalg.norm(point.p) * np.linalg.norm(point.q)))


def _unless_degenerate(word: str, coefficient: float, size: float) -> str:
    """The word where the coefficient is known well enough, which NaN is not."""
    return word if abs(coefficient) > DEGENERATE * size else "degenerate"

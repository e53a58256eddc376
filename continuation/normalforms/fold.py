r"""Fold: :math:`\dot\xi = a \xi^2 + O(\xi^3)` on the centre manifold.

With A q = 0, A^T p = 0, |q| = 1, <p, q> = 1 and B the second derivative of f in two directions,

.. math:: a = \tfrac12 \langle p, B(q, q) \rangle

(Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., eq. (5.26)). The sign of a follows the
sign of q, whose largest component is positive here.
"""

from __future__ import annotations

from dataclasses import dataclass

from continuation.defining import Equations
from continuation.points import Polished
from continuation.special import NormalForm


@dataclass(frozen=True)
class FoldNormalForm(NormalForm):
    """Coefficient of a fold.

    Attributes
    ----------
    a : float
        Quadratic coefficient; nonzero at a fold, zero at a cusp.
    pairing : float
        |<p, q>| for unit vectors, the number divided by: near zero at a Bogdanov-Takens point.
    """

    a: float
    pairing: float


def fold_normal_form(equations: Equations, point: Polished) -> FoldNormalForm:
    """Compute the quadratic coefficient at a polished fold."""
    second = equations.form(point.y, point.q, point.q)
    length = float((point.p @ point.p) ** 0.5)
    return FoldNormalForm(a=float(point.p @ second) / 2.0, pairing=1.0 / length)

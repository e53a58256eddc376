r"""The second proof: python-flint's balls check what the compiled search claims.

Arithmetic, functions, formulas and the argument for completeness share nothing with the kernels: a
ball is a midpoint and a radius in arbitrary precision, products are those of matrices, and the
claims are taken as claims. With g(h) the candidate's pre-activation as a function of the state,
a = g(tanh a) is the equation, and what is checked is

1. *Existence and uniqueness.* By Krawczyk's operator (see `krawczyk`) each region holds exactly one
   equilibrium. Repeating it from there gives an enclosure as narrow as the precision allows.
2. *Difference.* These enclosures have no point in common.
3. *The published box.* An equilibrium with its state in the box [lo, hi], h = tanh a enclosed and
   rounded outward, has a = g(h) in g([lo, hi]). That lies in the region, so there is only one.
4. *Nothing else.* Bisection of the trapping box into parts that lie in one of the regions, or in a
   box that the search left undecided, or are proved empty by contraction.

A ball that is not finite proves nothing; FLINT's "no overlap" is asked only of finite ones. The
logistic function is evaluated at the two ends of a ball, where 1/(1 + exp(-x)) is harmless.

References
----------
Johansson (2017), Arb: efficient arbitrary-precision midpoint-radius interval arithmetic, IEEE
Transactions on Computers 66, 1281-1292.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import flint
import numpy as np
from flint import arb, arb_mat
from numpy.typing import NDArray

from continuation.certification.balls import enclose_ends, sigmoid
from symgru.certified.network import Network, outward

Array = NDArray[np.float64]
Box = list[arb]

__all__ = ["BallNetwork", "confirmed", "covers", "narrowed", "published_box", "states", "to_box"]

HALVINGS = 16
"""Halvings of a box of the search for a proof by balls. Of 3944 equilibria of random networks 41
needed any, one of them six."""

SETTLED = 0.99
"""An enclosure is refined while its width falls by a hundredth: slowly first, then fast."""


def from_ends(lo: float, hi: float) -> arb:
    """The smallest ball that holds an interval of doubles."""
    return arb(lo) if lo == hi else arb(lo).union(arb(hi))


def to_box(ends: Array) -> Box:
    """Balls of a box given by its ends, shape (d, 2)."""
    return [from_ends(lo, hi) for lo, hi in ends.tolist()]


def _bell(x: arb, slope: Callable[[arb], arb]) -> arb:
    """Enclose an even function that falls with the distance from zero."""
    near, far = x.abs_lower(), x.abs_upper()
    return slope(near).union(slope(far))


def _tanh_slope(x: arb) -> arb:
    return x.sech() ** 2


def _sigmoid_slope(x: arb) -> arb:
    return (x / 2).sech() ** 2 / 4


def _column(entries: Sequence[arb]) -> arb_mat:
    return arb_mat(len(entries), 1, list(entries))


def _diagonal(entries: Sequence[arb]) -> arb_mat:
    d = len(entries)
    return arb_mat(d, d, [entries[i] if i == j else 0 for i in range(d) for j in range(d)])


def _finite(entries: Sequence[arb]) -> bool:
    return all(x.is_finite() for x in entries)


@dataclass(frozen=True)
class BallNetwork:
    """A network with matrices of balls, at the precision in force when it was made.

    Attributes
    ----------
    network : Network
    U_h, U_r, U_z : arb_mat, (d, d)
    b_h, b_r, b_z, c_h : arb_mat, (d, 1)
    """

    network: Network
    U_h: arb_mat
    U_r: arb_mat
    U_z: arb_mat
    b_h: arb_mat
    b_r: arb_mat
    b_z: arb_mat
    c_h: arb_mat

    @classmethod
    def of(cls, network: Network) -> BallNetwork:
        """Take the weights of a network as balls."""
        d = network.units

        def matrix(ends: Array) -> arb_mat:
            balls = [from_ends(lo, hi) for lo, hi in ends.reshape(-1, 2).tolist()]
            return arb_mat(d, len(balls) // d, balls)

        return cls(network, *map(matrix, network.U), *map(matrix, network.b))

    def pre_activation(self, h: Box) -> Box:
        """Enclose g(h), the pre-activation of the candidate."""
        r = [sigmoid(x) for x in (self.U_r * _column(h) + self.b_r).entries()]
        if self.network.after:
            inner = (self.U_h * _column(h) + self.c_h).entries()
            gated = [x * y for x, y in zip(r, inner, strict=True)]
            return list((_column(gated) + self.b_h).entries())
        gated = [x * y for x, y in zip(r, h, strict=True)]
        return list((self.U_h * _column(gated) + self.b_h).entries())

    def slope(self, h: Box) -> arb_mat:
        """Enclose the derivative M of g."""
        drive = (self.U_r * _column(h) + self.b_r).entries()
        r = _diagonal([sigmoid(x) for x in drive])
        bells = [_bell(x, _sigmoid_slope) for x in drive]
        if self.network.after:
            inner = (self.U_h * _column(h) + self.c_h).entries()
            return r * self.U_h + _diagonal(_products(inner, bells)) * self.U_r
        return self.U_h * (r + _diagonal(_products(h, bells)) * self.U_r)

    def krawczyk(self, box: Box) -> tuple[Box, bool]:
        """Krawczyk's operator for a - g(tanh a); whether it maps the box to its interior."""
        d = len(box)
        one = _diagonal([arb(1)] * d)
        bells = _diagonal([_bell(x, _tanh_slope) for x in box])
        C = one - self.slope(states(box)) * bells
        Y = _approximate_inverse(C)
        if Y is None:
            return box, False
        middle = [x.mid() for x in box]
        residual = _column(middle) - _column(self.pre_activation(states(middle)))
        deviation = _column([x - m for x, m in zip(box, middle, strict=True)])
        K = (_column(middle) - Y * residual + (one - Y * C) * deviation).entries()
        inside = _finite(K) and all(x.contains_interior(k) for x, k in zip(box, K, strict=True))
        return list(K), inside

    def jacobian(self, box: Box) -> arb_mat:
        """Enclose the Jacobian A of the flow at an equilibrium in a box; that of the map is 1 + A.

        Parameters
        ----------
        box : list of arb
            Its pre-activations.

        Returns
        -------
        arb_mat, (d, d)
            The part that vanishes at an equilibrium, where the candidate is the state, is left out.
        """
        h, one = states(box), _diagonal([arb(1)] * len(box))
        A = _diagonal([_bell(x, _tanh_slope) for x in box]) * self.slope(h) - one
        if self.network.gated:
            drive = (self.U_z * _column(h) + self.b_z).entries()
            A = _diagonal([sigmoid(-x) for x in drive]) * A
        return A


def states(box: Box) -> Box:
    """Enclose tanh on every side of a box."""
    return [enclose_ends(arb.tanh, x) for x in box]


def _products(left: Sequence[arb], right: Sequence[arb]) -> list[arb]:
    return [x * y for x, y in zip(left, right, strict=True)]


def _approximate_inverse(C: arb_mat) -> arb_mat | None:
    try:
        Y = C.mid().inv().mid()
    except ZeroDivisionError:
        return None
    return Y if _finite(Y.entries()) else None


def _meet(box: Box, other: Box) -> Box | None:
    """The part of a box in another one; None if that is proved empty."""
    if not _finite(other):
        return box
    if not all(x.overlaps(y) for x, y in zip(box, other, strict=True)):
        return None
    return [x if y.contains(x) else x.intersection(y) for x, y in zip(box, other, strict=True)]


def narrowed(network: BallNetwork, region: Box) -> Box | None:
    """Enclose the one equilibrium of a region as narrowly as the precision allows.

    Parameters
    ----------
    network : BallNetwork
    region : list of arb, length d
        A box of pre-activations.

    Returns
    -------
    list of arb, or None
        None unless the region is proved to hold exactly one equilibrium.
    """
    image, unique = network.krawczyk(region)
    if not unique:
        return None
    box, last = image, math.inf
    while True:
        smaller = _meet(box, network.krawczyk(box)[0])
        if smaller is None:
            # The proof of existence says otherwise: an error of arithmetic or of this program.
            return None
        box, width = smaller, max(float(x.rad()) for x in smaller)
        # A ball at zero has no smallest radius.
        if width <= 0.5**flint.ctx.prec or not width < SETTLED * last:
            return box
        last = width


def confirmed(network: BallNetwork, region: Array, tight: Array) -> tuple[Box, Box] | None:
    """Confirm that a box of the search holds exactly one equilibrium.

    Balls make wider products than intervals. Where the box is too large for them it is halved about
    the enclosure that the search gave, as often as `HALVINGS` says.

    Parameters
    ----------
    network : BallNetwork
    region, tight : ndarray, shape (d, 2)
        The box, and a narrow enclosure of its equilibrium.

    Returns
    -------
    (list of arb, list of arb), or None
        The enclosure of `narrowed`, and the box in which it is the only one; None if nothing was
        proved, or the equilibrium is outside of the box of the search.
    """
    middle = tight.mean(axis=1, keepdims=True)
    for k in range(HALVINGS):
        box = to_box(np.clip(middle + 0.5**k * (region - middle), region[:, :1], region[:, 1:]))
        enclosure = narrowed(network, box)
        if enclosure is not None:
            return enclosure, box
    return None


def published_box(network: BallNetwork, enclosure: Box, region: Box) -> Array | None:
    """Round the states of an equilibrium outward to doubles, and see that the box holds no other.

    Parameters
    ----------
    network : BallNetwork
    enclosure, region : list of arb
        Pre-activations of the equilibrium, narrow, and where it is the only one.

    Returns
    -------
    ndarray, shape (d, 2), or None
        None where that is not proved.
    """
    ends: Array = np.clip([outward(x) for x in states(enclosure)], -1.0, 1.0)
    around = network.pre_activation(to_box(ends))
    if all(x.contains(y) for x, y in zip(region, around, strict=True)):
        return ends
    return None


def covers(network: BallNetwork, start: Box, known: Sequence[Box], limit: int) -> bool:
    """Prove that all equilibria of a box lie in known boxes.

    Parameters
    ----------
    network : BallNetwork
    start : list of arb
        Where to look.
    known : sequence of list of arb
        Boxes that are accounted for.
    limit : int
        Number of boxes to look at.

    Returns
    -------
    bool
        False where the limit was reached first.
    """
    pull = _influence(network)
    waiting = [start]
    for _ in range(limit):
        if not waiting:
            return True
        box = _contracted(network, waiting.pop(), known, pull)
        if box is not None:
            waiting.extend(_halves(box, pull))
    return not waiting


def _influence(network: BallNetwork) -> list[float]:
    """Bound how strongly g depends on each state, roughly: only the order of cuts depends on it."""
    U_h, U_r = np.abs(network.network.U[0, :, :, 1]), np.abs(network.network.U[1, :, :, 1])
    direct = U_h.sum(axis=0)
    return [float(x) for x in direct + direct @ U_r / 4]


def _variation(box: Box, pull: Sequence[float]) -> list[float]:
    return [float(h.rad()) * w for h, w in zip(states(box), pull, strict=True)]


def _contracted(
    network: BallNetwork, box: Box, known: Sequence[Box], pull: Sequence[float]
) -> Box | None:
    """What is left of a box after contraction; None if it is empty or in a known box."""
    last = math.inf
    while True:
        if any(all(k.contains(x) for k, x in zip(other, box, strict=True)) for other in known):
            return None
        h = states(box)
        variation = sum(float(x.rad()) * w for x, w in zip(h, pull, strict=True))
        # The map first: of a wide box Krawczyk's operator says nothing, however little g varies.
        narrow = variation < 1 and last < math.inf
        image = network.krawczyk(box)[0] if narrow else network.pre_activation(h)
        smaller = _meet(box, image)
        if smaller is None:
            return None
        box = smaller
        if not variation < 0.8 * last:
            return box
        last = variation


def _halves(box: Box, pull: Sequence[float]) -> list[Box]:
    """Two boxes that cover a box, cut across the axis along which g varies most."""
    variation = _variation(box, pull)
    axis = variation.index(max(variation))
    x = box[axis]
    lo, hi = x.lower(), x.upper()
    cut = x.mid()
    if hi - lo > 1:
        h = (lo.tanh().mid() + hi.tanh().mid()) / 2
        middle = h.atanh().mid()
        cut = middle if middle.is_finite() and lo < middle < hi else cut
    parts = lo.union(cut), cut.union(hi)
    return [[*box[:axis], part, *box[axis + 1 :]] for part in parts]

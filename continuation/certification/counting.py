r"""All folds and Hopf points in a box of states and one parameter, proved to be all.

An equilibrium has the eigenvalue zero where det A = 0, and two eigenvalues with sum zero where the
determinant of the bialternate product 2 A (.) I vanishes. So all folds, and all Hopf points and
neutral saddles, are zeros of

.. math:: F(x, \lambda) = (f, \det A), \qquad F(x, \lambda) = (f, \det 2 A \odot I),

n + 1 equations in n + 1 unknowns. The box is bisected. A part is empty if an enclosure of F on it,
by its values or by Krawczyk's operator (`krawczyk`), excludes zero; it is done if it lies in the
region in which a proved zero is the only one. Every zero is then handed to `certify`; a zero with
two real eigenvalues of opposite sign is a neutral saddle, by proof, and no Hopf point.

References
----------
A. Neumaier, Interval Methods for Systems of Equations, Cambridge University Press 1990, section
5.6 (branch and bound). Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., section
10.2.1 (bialternate product).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import flint
import numpy as np
from flint import arb

from continuation.certification.balls import evaluate
from continuation.certification.equations import BallEquations, ball_equations
from continuation.certification.extended import Term, Terms, Writer
from continuation.certification.krawczyk import (
    SquareSystem,
    Zero,
    approximate_inverse,
    krawczyk,
    zero_near,
)
from continuation.certification.points import Certificate, NotCertified, certify, outward
from continuation.special import SpecialPoint
from continuation.system import System
from continuation.tape import Tape

__all__ = ["CertifiedPoints", "certified_points"]

Box = list[arb]

BITS = 64
"""Precision of the search; the proofs of `certify` choose their own."""

LARGEST = 3
"""States beyond this make bisection of n + 1 unknowns, and determinants, too expensive."""

SMALLEST = 1e-9
"""Boxes narrower than this are left undecided: a degenerate point lies there."""

LOCAL = 2.0**-4
"""Boxes narrower than this are tried with a zero near their middle."""


@dataclass(frozen=True)
class CertifiedPoints:
    """Folds and Hopf points of a box.

    Attributes
    ----------
    points : tuple of Certificate
        Sorted by the parameter.
    complete : bool
        Whether these are proved to be all, and each is proved to be what it is.
    undecided : tuple of mapping of str to (float, float)
        Boxes of which nothing was proved.
    boxes : int
        How many were looked at.
    """

    points: tuple[Certificate, ...]
    complete: bool
    undecided: tuple[Mapping[str, tuple[float, float]], ...]
    boxes: int

    def __len__(self) -> int:
        return len(self.points)

    def of(self, kind: str) -> tuple[Certificate, ...]:
        """Those of one kind."""
        return tuple(point for point in self.points if point.kind == kind)


def certified_points(
    system: System,
    free: str,
    within: tuple[float, float],
    states: Mapping[str, tuple[float, float]],
    parameters: Mapping[str, float] | None = None,
    radius: float = 1e-16,
    limit: int = 100_000,
) -> CertifiedPoints:
    """Find all folds and Hopf points of equilibria in a box, and prove that there are no more.

    Parameters
    ----------
    system : System
        A flow of up to three states from `System.from_sympy` or `System.from_strings`.
    free : str
        The parameter.
    within : (float, float)
        Its range.
    states : mapping of str to (float, float)
        The range of every state.
    parameters : mapping of str to float, optional
        Those that differ from the defaults.
    radius : float
        Of the enclosures; see `certify`.
    limit : int
        Number of boxes to look at, for each of both kinds.

    Returns
    -------
    CertifiedPoints

    Raises
    ------
    ValueError
        Where the system has more states, no exact derivatives, or ranges are missing.

    Examples
    --------
    >>> import continuation as ct
    >>> cubic = ct.System.from_strings({"x": "a + x - x**3"}, parameters={"a": 0.0})
    >>> found = ct.certified_points(cubic, "a", (-1, 1), states={"x": (-2, 2)})
    >>> found.complete, [point.kind for point in found.points]
    (True, ['LP', 'LP'])
    """
    _check(system, states)
    values = dict(zip(system.parameters, system.vector(parameters).tolist(), strict=True))
    equations = ball_equations(system, (free,), values)
    sides = [*(states[name] for name in system.states), within]
    points: list[Certificate] = []
    undecided: list[Box] = []
    looked = 0
    for kind in ("LP", "H")[: min(system.dimension, 2)]:
        with flint.ctx.workprec(BITS):
            found, left, count = _search(_Test.of(equations, kind), sides, limit)
        undecided, looked = undecided + left, looked + count
        for zero in found:
            try:
                points.append(certify(_claimed(system, free, values, kind, zero), radius))
            except NotCertified:
                undecided.append(zero.enclosure)
    points.sort(key=lambda point: float(point.enclosure[free]))
    names = (*system.states, free)
    ends = tuple(
        {name: outward(x) for name, x in zip(names, box, strict=True)} for box in undecided
    )
    decided = all(point.certified and _is_inside(point.enclosure, sides) for point in points)
    distinct = not any(_may_be_one(p, q) for p, q in combinations(points, 2))
    return CertifiedPoints(tuple(points), decided and distinct and not undecided, ends, looked)


def _may_be_one(point: Certificate, other: Certificate) -> bool:
    """Whether two points are not proved to be different."""
    pairs = zip(point.enclosure.values(), other.enclosure.values(), strict=True)
    return point.kind == other.kind and all(x.overlaps(y) for x, y in pairs)


def _check(system: System, states: Mapping[str, tuple[float, float]]) -> None:
    if system.dimension > LARGEST or system.kind != "flow":
        raise ValueError(
            f"all points are found by bisection for flows of up to {LARGEST} states; system "
            f"{system.name!r} is a {system.kind} with {system.dimension}."
        )
    if set(states) != set(system.states):
        raise ValueError(f"`states` needs a range for each of {', '.join(system.states)}.")


def _claimed(
    system: System, free: str, values: Mapping[str, float], kind: str, zero: Zero
) -> SpecialPoint:
    """What a zero of a test function is said to be, to be certified."""
    *x, value = (float(ball) for ball in zero.enclosure)
    return SpecialPoint(
        kind=kind,
        system=system,
        free=(free,),
        parameters={**values, free: value},
        state=np.array(x),
        residual=zero.radius,
    )


@dataclass(frozen=True)
class _Test:
    """F = (f, test function), and what tells a Hopf point from a neutral saddle.

    Attributes
    ----------
    system : SquareSystem
    constants : list of arb
    product : Tape or None
        Of the two eigenvalues with sum zero, as numerator and denominator.
    """

    system: SquareSystem
    constants: list[arb]
    product: Tape | None

    @classmethod
    def of(cls, equations: BallEquations, kind: str) -> _Test:
        """Write the test function of folds or of Hopf points."""
        n = equations.n
        w = Writer(equations, [np.zeros(n), np.zeros(1)], [np.zeros(0)])
        x = w.unknowns[0]
        a = np.column_stack([w.form(x, e) for e in w.basis(n)])
        critical = _determinant(a if kind == "LP" else _bialternate(a))
        whole = w.finish([w.form(x), critical])
        trace: Term = sum(a.diagonal()[1:], a[0, 0])
        sides = [_determinant(a), trace if n == 3 else trace * 0 + 1]
        product = w.finish(sides).tape if kind == "H" else None
        return cls(SquareSystem(whole.tape), equations.values(), product)

    def is_saddle(self, zero: Zero) -> bool:
        """Whether the two eigenvalues with sum zero are proved to be real."""
        if self.product is None:
            return False
        top, bottom = evaluate(self.product, [*zero.enclosure, *self.constants])
        return bool(top / bottom < 0)


def _determinant(a: Terms) -> Term:
    """By its first row; for three rows at most."""
    if len(a) == 1:
        one: Term = a[0, 0]
        return one
    total: Term = a[0, 0] * 0
    for j in range(len(a)):
        minor = _determinant(np.delete(a[1:], j, axis=1))
        total = total + a[0, j] * minor * (1 if j % 2 == 0 else -1)
    return total


def _bialternate(a: Terms) -> Terms:
    """2 A (.) I: what A does to e_r ^ e_s, in the basis e_p ^ e_q with p > q."""
    pairs = [(p, q) for p in range(len(a)) for q in range(p)]

    def entry(p: int, q: int, r: int, s: int) -> Term:
        diagonal = a[p, r] * int(q == s) + a[q, s] * int(p == r)
        whole: Term = diagonal - a[q, r] * int(p == s) - a[p, s] * int(q == r)
        return whole

    rows = [[entry(*row, *column) for column in pairs] for row in pairs]
    return np.array(rows, dtype=object)


def _search(
    test: _Test, sides: Sequence[tuple[float, float]], limit: int
) -> tuple[list[Zero], list[Box], int]:
    """Zeros of a test function in a box, the boxes that are left, and how many were looked at."""
    system, constants = test.system, test.constants
    found: list[Zero] = []
    small: list[Box] = []
    waiting = [[arb(lo).union(arb(hi)) for lo, hi in sides]]
    count = 0
    while waiting and count < limit:
        count += 1
        box = _pruned(system, waiting.pop(), constants)
        if box is None or any(_covers(zero.region, box) for zero in found):
            continue
        width = max(float(x.rad()) for x in box)
        zero = zero_near(system, box, constants) if width < LOCAL else None
        if zero is not None and not any(_covers(z.region, zero.enclosure) for z in found):
            found.append(zero)
        if zero is not None and _covers(zero.region, box):
            continue
        if width < SMALLEST:
            small.append(box)
        else:
            waiting.extend(_halves(box))
    kept = [z for z in found if not (_is_outside(z.enclosure, sides) or test.is_saddle(z))]
    return kept, small + waiting, count


def _covers(region: Box, box: Box) -> bool:
    return all(r.contains(x) for r, x in zip(region, box, strict=True))


def _pruned(system: SquareSystem, box: Box, constants: Sequence[arb]) -> Box | None:
    """What is left of a box; None if it is proved to hold no zero."""
    there = system.linearize(box, constants)
    if there is None:
        return box
    if not all(value.contains(0) for value in there[0].entries()):
        return None
    middle = [x.mid() for x in box]
    at_middle = system.linearize(middle, constants)
    inverse = None if at_middle is None else approximate_inverse(at_middle[1])
    if inverse is None:
        return box
    image = krawczyk(system, box, middle, inverse, constants)
    if image is None:
        return box
    if not all(x.overlaps(k) for x, k in zip(box, image, strict=True)):
        return None
    return [x if k.contains(x) else x.intersection(k) for x, k in zip(box, image, strict=True)]


def _halves(box: Box) -> list[Box]:
    """Two boxes that cover a box, cut across its longest side."""
    axis = max(range(len(box)), key=lambda i: float(box[i].rad()))
    x = box[axis]
    parts = x.lower().union(x.mid()), x.mid().union(x.upper())
    return [[*box[:axis], part, *box[axis + 1 :]] for part in parts]


def _is_inside(balls: Mapping[str, arb] | Box, sides: Sequence[tuple[float, float]]) -> bool:
    entries = balls.values() if isinstance(balls, Mapping) else balls
    return all(lo <= x <= hi for x, (lo, hi) in zip(entries, sides, strict=True))


def _is_outside(box: Box, sides: Sequence[tuple[float, float]]) -> bool:
    return any(x < lo or x > hi for x, (lo, hi) in zip(box, sides, strict=True))

r"""Krawczyk's operator: a box of balls that is proved to hold exactly one zero of a tape.

For F: R^N -> R^N, a box X with midpoint m and any matrix Y,

.. math:: K(X) = m - Y F(m) + (I - Y F'(X)) (X - m) .

If K(X) lies in the interior of X, then X holds exactly one zero, it lies in K(X), and F' is regular
on X. Here m is refined by Newton's method at the precision in force, Y is the inverse of F'(m), and
X is the widest of a few boxes about m for which the proof succeeds; then X is replaced by its
intersection with K(X) while that makes it narrower.

A switch (|x|, max, ...) whose side is not decided on X makes F' meaningless, and is no proof.

References
----------
R. Krawczyk, Computing 4 (1969) 187-201; A. Neumaier, Interval Methods for Systems of Equations,
Cambridge University Press 1990, section 5.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import flint
from flint import arb, arb_mat

from continuation.certification.balls import evaluate
from continuation.certification.equations import is_exact
from continuation.derivatives import jacobian
from continuation.tape import Tape

__all__ = [
    "CertainTape",
    "SquareSystem",
    "Zero",
    "approximate_inverse",
    "krawczyk",
    "zero_near",
]

Box = list[arb]

WIDTHS = tuple(2.0**-k for k in range(4, 64, 6))
"""Half-widths of the boxes that are tried, relative to 1 + |m|; the last is that of a double."""

REFINEMENTS = 60
"""Newton steps; from 1e-8 on seven give a thousand bits, from a double root none is enough."""


@dataclass(frozen=True)
class SquareSystem:
    """A tape with N outputs as a function of its first N inputs.

    Attributes
    ----------
    tape : Tape
    """

    tape: Tape

    @property
    def size(self) -> int:
        """N."""
        return len(self.tape.outputs)

    @cached_property
    def _linearized(self) -> CertainTape:
        """F, then the rows of F'."""
        return CertainTape.of(jacobian(self.tape, range(self.size)))

    def linearize(self, u: Box, constants: Sequence[arb]) -> tuple[arb_mat, arb_mat] | None:
        """Enclose F and F' on a box; None where they are not finite or a switch is undecided."""
        size = self.size
        values = self._linearized([*u, *constants])
        if values is None:
            return None
        return arb_mat(size, 1, values[:size]), arb_mat(size, size, values[size:])


@dataclass(frozen=True)
class CertainTape:
    """A tape of derivatives that says nothing where it would prove nothing.

    Attributes
    ----------
    whole : Tape
        With what every switch depends on among its outputs.
    count : int
        Number of outputs proper.
    """

    whole: Tape
    count: int

    @classmethod
    def of(cls, tape: Tape) -> CertainTape:
        """Take a tape; a ValueError where numbers of it were rounded."""
        if not is_exact(tape):
            raise ValueError("the derivatives of these equations hold numbers that were rounded.")
        switches = [i[1] for i in tape.instructions if i[0] == "select"]
        outputs = (*tape.outputs, *switches)
        return cls(Tape(tape.inputs, tape.instructions, outputs), len(tape.outputs))

    def __call__(self, inputs: Sequence[arb]) -> list[arb] | None:
        """Enclose the outputs; None where one is not finite or a switch is not decided."""
        values = evaluate(self.whole, inputs)
        outputs, sides = values[: self.count], values[self.count :]
        smooth = all(c >= 0 or c < 0 for c in sides)
        return outputs if smooth and all(x.is_finite() for x in outputs) else None


@dataclass(frozen=True)
class Zero:
    """A zero that is proved to exist.

    Attributes
    ----------
    enclosure : list of arb, length N
        Holds the zero.
    region : list of arb, length N
        It is the only one there.
    """

    enclosure: Box
    region: Box

    @property
    def radius(self) -> float:
        """Largest radius of the enclosure."""
        return max(float(x.rad()) for x in self.enclosure)


def zero_near(system: SquareSystem, guess: Box, constants: Sequence[arb]) -> Zero | None:
    """Prove that there is exactly one zero near a guess, at the precision in force.

    Parameters
    ----------
    system : SquareSystem
    guess : list of arb, length N
    constants : sequence of arb
        The other inputs of the tape.

    Returns
    -------
    Zero or None
        None where nothing was proved.
    """
    middle = _refined(system, [x.mid() for x in guess], constants)
    at_middle = None if middle is None else system.linearize(middle, constants)
    if middle is None or at_middle is None:
        return None
    inverse = approximate_inverse(at_middle[1])
    if inverse is None:
        return None
    for width in (*WIDTHS, 0.5 ** (flint.ctx.prec // 2), 0.5 ** (3 * flint.ctx.prec // 4)):
        box = [m + (1 + abs(m)).mid() * arb(0, width) for m in middle]
        image = krawczyk(system, box, middle, inverse, constants)
        if image is not None and _is_interior(image, box):
            return Zero(_narrowed(system, image, constants), box)
    return None


def _is_interior(image: Box, box: Box) -> bool:
    return all(x.contains_interior(k) for x, k in zip(box, image, strict=True))


def krawczyk(
    system: SquareSystem, box: Box, middle: Box, inverse: arb_mat, constants: Sequence[arb]
) -> Box | None:
    """Krawczyk's operator on a box; None where F' is not enclosed by finite numbers."""
    size = system.size
    at_middle = system.linearize(middle, constants)
    around = system.linearize(box, constants)
    if at_middle is None or around is None:
        return None
    m, one = (
        arb_mat(size, 1, middle),
        arb_mat(size, size, [int(i == j) for i in range(size) for j in range(size)]),
    )
    deviation = arb_mat(size, 1, [x - y for x, y in zip(box, middle, strict=True)])
    image = m - inverse * at_middle[0] + (one - inverse * around[1]) * deviation
    entries = list(image.entries())
    return entries if all(x.is_finite() for x in entries) else None


def _refined(system: SquareSystem, u: Box, constants: Sequence[arb]) -> Box | None:
    """Newton's method for midpoints, until steps no longer get shorter."""
    last = None
    for _ in range(REFINEMENTS):
        there = system.linearize(u, constants)
        if there is None:
            return None
        value, slope = there
        try:
            step = slope.mid().solve(value.mid()).entries()
        except ZeroDivisionError:
            return None
        u = [(x - s).mid() for x, s in zip(u, step, strict=True)]
        length = max(float(abs(s).mid() / (1 + abs(x))) for x, s in zip(u, step, strict=True))
        if length <= 0.5 ** (flint.ctx.prec - 20) or (last is not None and not length < last):
            return u
        last = length
    return u


def _narrowed(system: SquareSystem, box: Box, constants: Sequence[arb]) -> Box:
    """Intersect with Krawczyk's operator while that makes the enclosure narrower."""
    width = max(float(x.rad()) for x in box)
    while True:
        middle = [x.mid() for x in box]
        there = system.linearize(middle, constants)
        inverse = None if there is None else approximate_inverse(there[1])
        if inverse is None:
            return box
        image = krawczyk(system, box, middle, inverse, constants)
        if image is None:
            return box
        box = [x if k.contains(x) else x.intersection(k) for x, k in zip(box, image, strict=True)]
        last, width = width, max(float(x.rad()) for x in box)
        if not width < 0.5 * last:
            return box


def approximate_inverse(slope: arb_mat) -> arb_mat | None:
    """An approximate inverse, exact as it is; None where there is none."""
    try:
        inverse = slope.mid().inv().mid()
    except ZeroDivisionError:
        return None
    return inverse if all(x.is_finite() for x in inverse.entries()) else None

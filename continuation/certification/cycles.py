r"""A limit cycle of the plane, proved by a strip that closes on itself.

A strip (`strips`) along one round of a computed cycle begins and ends on the same coordinate line.
If it ends within its beginning, the first return to the line maps an interval to its interior and
has a fixed point there: a cycle. Its multiplier is the exponential of the integral of div f over
one round; where an enclosure of that integral for all orbits of the strip is negative, every cycle
in the strip attracts, and there is exactly one. A cycle that repels is proved with time reversed.

The strip is begun twice as wide as one that would return to its own width: with the multiplier mu
and the widening b delta of one round, that is e = 2 b delta / (1 - mu).
"""

from __future__ import annotations

from dataclasses import dataclass

import flint
import numpy as np
from flint import arb
from numpy.typing import NDArray

from continuation.certification.equations import ball_equations
from continuation.certification.points import NotCertified
from continuation.certification.strips import TURN, Lines, PlaneField, Strip, barrier
from continuation.special import SpecialPoint

__all__ = ["CertifiedCycle", "certified_cycle"]

Array = NDArray[np.float64]

BITS = 106
DELTA = 1e-6
"""Angle by which barriers turn away from the vector field, in radians."""

PIECES = 320
"""Of a strip: the Taylor remainder on a piece of it is below `DELTA` for cycles of moderate
relaxation."""


@dataclass(frozen=True)
class CertifiedCycle:
    """A proved cycle.

    Attributes
    ----------
    stable : bool
        Whether the strip attracts; otherwise it does so with time reversed.
    unique : bool
        Whether it is proved to hold one cycle only, which is hyperbolic.
    multiplier : arb or None
        Encloses the multiplier, where ``unique``.
    line : (str, float)
        A coordinate and its value, ...
    interval : (float, float)
        ... and an interval of the other one, which the cycle crosses there.
    strip : Strip
    """

    stable: bool
    unique: bool
    multiplier: arb | None
    line: tuple[str, float]
    interval: tuple[float, float]
    strip: Strip


def certified_cycle(point: SpecialPoint, pieces: int = PIECES) -> CertifiedCycle:
    """Prove that a planar system has a cycle near a computed one.

    Parameters
    ----------
    point : SpecialPoint
        On a branch of cycles of a planar flow with exact derivatives, with one multiplier off the
        unit circle; for instance a value that was asked for by ``report``.
    pieces : int
        Of the strip.

    Returns
    -------
    CertifiedCycle

    Raises
    ------
    NotCertified
        Where something is not proved; the message says what.
    ValueError
        Where the point is no cycle of a planar flow with exact derivatives.
    """
    system = point.system
    if system.kind != "flow" or system.dimension != 2 or point.multipliers is None:
        raise ValueError(
            f"`certified_cycle` proves cycles of planar flows; this is a point {point.kind} of a "
            f"{system.kind} with {system.dimension} states."
        )
    equations = ball_equations(system.with_defaults(**point.parameters), (), point.parameters)
    values = np.abs(point.multipliers)
    multiplier = float(values[np.argmax(np.abs(values - 1.0))])
    stable = multiplier < 1.0
    field = PlaneField(equations, (), (), 1 if stable else -1)
    with flint.ctx.workprec(BITS):
        strip = _strip(field, point, multiplier if stable else 1.0 / multiplier, pieces)
        failure = strip.failure()
        if failure:
            raise NotCertified(f"the cycle is not certified: {failure}; try more `pieces`.")
        axis = int(np.argmax(np.abs(field.f(point.state))))
        interval = _interval(strip, axis)
        if not interval[0] <= point.state[1 - axis] <= interval[1]:
            raise NotCertified(
                f"the cycle is not certified: one is proved to cross in {interval}, which does not "
                f"hold the given one at {float(point.state[1 - axis])!r}."
            )
        integral = strip.divergence()
        unique = bool(integral < 0)
        growth = (integral if stable else -integral).exp() if unique else None
    line = system.states[axis], float(point.state[axis])
    return CertifiedCycle(stable, unique, growth, line, interval, strip)


def _strip(field: PlaneField, point: SpecialPoint, multiplier: float, pieces: int) -> Strip:
    """The barriers, begun at twice the distance that would return to itself."""
    start = np.asarray(point.state)
    period = float(point.period or 0.0)
    axis = int(np.argmax(np.abs(field.f(start))))
    lines = Lines.along(field, start, period, period / pieces).ending(start, axis)
    across = np.eye(2)[1 - axis]
    across = across * np.sign(across @ (TURN @ field.f(start)))
    trial = barrier(field, lines, start + DELTA * across, DELTA)
    widening = float((trial.points[-1] - start) @ across) - multiplier * DELTA
    distance = 2.0 * widening / max(1.0 - multiplier, DELTA)
    left = barrier(field, lines, start + distance * across, DELTA)
    right = barrier(field, lines, start - distance * across, -DELTA)
    return Strip(field, left, right)


def _interval(strip: Strip, axis: int) -> tuple[float, float]:
    """The ends of the strip on the line, if it ends within its beginning."""
    begin, end = (
        sorted(float(side.points[i][1 - axis]) for side in (strip.left, strip.right))
        for i in (0, -1)
    )
    if not begin[0] < end[0] < end[1] < begin[1]:
        raise NotCertified(
            f"the cycle is not certified: its strip, {begin[1] - begin[0]:.1e} wide, returns "
            f"with the width {end[1] - end[0]:.1e} and not within itself."
        )
    return end[0], end[1]

r"""The one predictor-corrector loop: it follows any curve and knows none by name.

From a point z with unit tangent t a step of length s solves

.. math:: H(z^+) = 0, \qquad \langle t, z^+ - z \rangle_w = s

by Newton's method from z + s t (pseudo-arclength continuation; Keller 1977). The same bordered
matrix gives the next tangent: it maps the new tangent to (0, ..., 0, 1), so that the orientation
is kept.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from continuation.curve import Curve, Point, Start
from continuation.errors import NoConvergence
from continuation.linalg.small import compiled
from continuation.newton import Correction, correct
from continuation.settings import Settings
from continuation.steplength import LARGEST_ANGLE, next_length

Array = NDArray[np.float64]
log = logging.getLogger(__name__)

UNEVEN = 1.0 / 3.0
"""A step is smooth up to this ratio of its kink to the change of its tangent, that of a step along
which the curvature grows evenly from nothing. A step that lands on a crossing branch has 1: its
chord goes on along the old tangent, and the new tangent is another."""

STRAIGHT = 0.02
"""A kink below this (radians) is none. Branches that cross at a smaller angle are told apart by
their determinants only."""


@dataclass(frozen=True)
class Step:
    """One accepted step: both ends, as the same curve object sees them.

    Attributes
    ----------
    before, after : Point
        The two ends.
    length : float
        <t, after - before> in the inner product of the curve.
    iterations : int
        Newton iterations that the corrector took.
    """

    before: Point
    after: Point
    length: float
    iterations: int = 0

    @cached_property
    def comparison(self) -> tuple[float, float, float]:
        """Cosine of the angle between both tangents; squares of their change and of the kink."""
        before, after = self.before, self.after
        weights = before.curve.weights(before.z)
        ends = (before.z, after.z, before.tangent, after.tangent)
        cosine, change, kink = compared(weights, *ends)
        return cosine, change, kink

    @property
    def turn(self) -> float:
        """Angle between the tangents at the two ends, in radians."""
        return math.acos(min(1.0, max(-1.0, self.comparison[0])))

    @property
    def is_smooth(self) -> bool:
        r"""Whether one smooth arc joins both ends along their tangents t and t^+.

        With the chord c, of the same length as t + t^+, the kink is :math:`|t + t^+ - c|`. It
        vanishes on a circle and is :math:`s |\Delta \kappa| / 6` where the curvature changes by
        :math:`\Delta \kappa` along a step of length s.
        """
        _, change, kink = self.comparison
        return kink <= max(STRAIGHT**2, UNEVEN**2 * change)

    @cached_property
    def _bend(self) -> Array:
        chord = self.after.z - self.before.z
        return np.asarray((chord - self.length * self.before.tangent) / self.length**2)

    def guess(self, s: float) -> Array:
        """Quadratic interpolation at 0 <= s <= length, tangent to the branch at ``before``."""
        return np.asarray(self.before.z + s * self.before.tangent + s**2 * self._bend)

    def on_arc(self, s: float) -> Point:
        """The point of the arc that `guess` describes, near the curve; it has no determinant."""
        return Point(self.guess(s), self.direction(s), math.nan, self.before.curve)

    def direction(self, s: float) -> Array:
        """Unit tangent of the arc that `guess` describes."""
        along = self.before.tangent + 2.0 * s * self._bend
        return along / norm(self.before.curve, self.before.z, along)

    def point(self, s: float, settings: Settings) -> Point:
        """The point of the curve at distance s from ``before`` along its tangent.

        Raises
        ------
        NoConvergence
            When Newton's method fails, which a converged step of full length makes unlikely.
        """
        curve = self.before.curve
        row = self.before.row
        found = correct(curve, self.guess(s), row, float(row @ self.before.z) + s, settings)
        if not found.converged:
            message = f"no point of the branch was found at {s / self.length:.3g} of a step."
            raise NoConvergence(message, found.z, found.residuals)
        return completed(curve, found, self.before.tangent)


@compiled
def compared(weights, z, after, tangent, tangent_after):  # type: ignore[no-untyped-def]
    """Compare both ends of a step, see `Step.comparison`; all arrays have shape (N,).

    Weights change along a step: the new tangent gets the length 1 in those of the old end.
    """
    cosine, square, way = 0.0, 0.0, 0.0
    for i in range(z.shape[0]):
        weighted = weights[i] * tangent_after[i]
        cosine += weighted * tangent[i]
        square += weighted * tangent_after[i]
        way += weights[i] * (after[i] - z[i]) ** 2
    size, change, sum_of_both = np.sqrt(square), 0.0, 0.0
    for i in range(z.shape[0]):
        turned = tangent_after[i] / size
        change += weights[i] * (turned - tangent[i]) ** 2
        sum_of_both += weights[i] * (turned + tangent[i]) ** 2
    ratio, kink = np.sqrt(sum_of_both / way), 0.0
    for i in range(z.shape[0]):
        bent = tangent_after[i] / size + tangent[i] - (after[i] - z[i]) * ratio
        kink += weights[i] * bent * bent
    return cosine, change, kink


def norm(curve: Curve, z: Array, v: Array) -> float:
    """Length of v in the inner product of the curve at z."""
    return math.sqrt(float((curve.weights(z) * v) @ v))


def completed(curve: Curve, found: Correction, tangent: Array) -> Point:
    """The corrected point with its own tangent, by the elimination at hand.

    Parameters
    ----------
    curve : Curve
        That corrected it.
    found : Correction
        Converged.
    tangent : ndarray, shape (N,)
        The border with which it was corrected; it is kept where the matrix is singular.
    """
    v = found.tangent
    assert v is not None
    length = norm(curve, found.z, v)
    if not 0.0 < length < np.inf:
        v, length = tangent, norm(curve, found.z, tangent)
    return Point(found.z, v / length, found.determinant, curve)


def point_near(curve: Curve, z: Array, tangent: Array, settings: Settings) -> Point | None:
    """The point of the curve in the hyperplane through z across a tangent, if Newton finds it."""
    row = curve.weights(z) * tangent
    found = correct(curve, z, row, float(row @ z), settings)
    return completed(curve, found, tangent) if found.converged else None


def first_point(curve: Curve, start: Start, settings: Settings) -> Point:
    """Correct a start, or say why it cannot be corrected.

    Raises
    ------
    NoConvergence
        When Newton's method fails; the message names the start and the residual.
    """
    length = norm(curve, start.z, start.tangent)
    if not (np.all(np.isfinite(start.z)) and 0.0 < length < np.inf):
        raise ValueError("a start needs finite unknowns and a finite tangent that is not zero.")
    tangent = start.tangent / length
    row = curve.weights(start.z) * tangent
    found = correct(curve, start.z, row, float(row @ start.z), settings)
    if not found.converged:
        at = ", ".join(
            f"{name} = {value:.6g}"
            for name, value in zip(curve.free, start.z[-len(curve.free) :], strict=True)
        )
        if found.residuals[-1] < settings.tolerance:
            raise NoConvergence(
                f"the Jacobian is singular at the start, {at}, as at a branch point: start at "
                f"another value of the parameter, and use `switch` where the branches cross.",
                found.z,
                found.residuals,
            )
        raise NoConvergence(
            f"the first point was not found: residual {found.residuals[-1]:.1e} after "
            f"{found.iterations} Newton steps at {at} ({start.provenance or 'given start'}). "
            f"Start closer, or allow more Settings.newton_steps.",
            found.z,
            found.residuals,
        )
    return completed(curve, found, tangent)


def try_step(curve: Curve, before: Point, length: float, settings: Settings) -> Step | None:
    """Take one step of a given length; None if Newton fails or the tangent turns too far."""
    row = before.row
    guess = before.z + length * before.tangent
    found = correct(curve, guess, row, float(row @ before.z) + length, settings)
    if not found.converged:
        return None
    after = completed(curve, found, before.tangent)
    step = Step(before, after, length, found.iterations)
    return step if step.turn <= LARGEST_ANGLE and step.is_smooth else None


def steps(curve: Curve, start: Point, settings: Settings) -> Iterator[Step]:
    """Follow a curve from a point of it, lazily: one `Step` at a time, without end.

    The iterator ends only when steps fall below ``settings.min_step``. It knows no bounds and no
    events; `collect.continue_branch` does.

    Parameters
    ----------
    curve : Curve
        What to follow.
    start : Point
        As made by `first_point`; the tangent gives the direction.
    settings : Settings
        Step control.
    """
    point = start
    length = min(settings.initial_step, settings.max_step)
    taken = 0
    while True:
        curve, point = curve.refresh(point, taken)
        step = try_step(curve, point, length, settings)
        if step is None:
            length /= 2.0
            if length < settings.min_step:
                log.info("no step of length %.1e from %s", length, point.z[-len(curve.free) :])
                return
            continue
        yield step
        length = next_length(step.length, step.iterations, step.turn, settings)
        point = step.after
        taken += 1

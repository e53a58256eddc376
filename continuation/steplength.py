"""How long the next step should be: a pure function of how the last one went."""

from __future__ import annotations

import math

from continuation.settings import Settings

LARGEST_ANGLE = 0.45
"""A step that turns the tangent by more (radians) is taken again at half its length: beyond half a
radian a corrector orthogonal to the old tangent may land on a neighbouring branch."""

IDEAL_ANGLE = 0.15
"""The turn at which the step is kept: some forty points on a circle, smooth to the eye."""


def next_length(length: float, iterations: int, angle: float, settings: Settings) -> float:
    """Return the length of the next step.

    Fewer Newton iterations than the target lengthen it, by at most 2 so that one lucky step does
    little harm; more iterations, or a tangent that turns fast, shorten it.

    Parameters
    ----------
    length : float
        Of the last accepted step.
    iterations : int
        Newton iterations that it took.
    angle : float
        Between the tangents at its two ends, in radians.
    settings : Settings
        Target and limits.
    """
    by_newton = math.sqrt(2.0) ** (settings.target_steps - iterations)
    by_turn = IDEAL_ANGLE / max(angle, 1e-3)
    factor = min(max(min(by_newton, by_turn), 0.5), 1.6)
    return min(max(length * factor, settings.min_step), settings.max_step)

"""Points of a curve at which a scalar function vanishes, to round-off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from continuation.curve import Point
from continuation.engine import norm, point_near
from continuation.errors import NoConvergence
from continuation.linalg.bordered import factorise
from continuation.settings import Settings

SECANT_STEP = 1e-4
"""First step of the secant method, in the inner product of the curve."""


def zero_along(value: Callable[[Point], float], point: Point, settings: Settings) -> Point:
    """Solve H(z) = 0 and value(z) = 0: Newton on H, the secant method along the tangent.

    Every iterate lies on the curve to round-off; the iteration ends when its steps no longer
    shrink.

    Raises
    ------
    NoConvergence
        When the corrector fails or the secant method leaves the neighbourhood.
    """
    curve = point.curve
    tight = replace(settings, tolerance=1e-13)

    def at(s: float) -> Point:
        near = point_near(curve, point.z + s * point.tangent, point.tangent, tight)
        if near is None:
            raise NoConvergence("the branch was lost near a special point.", point.z, ())
        return sharpened(near)

    s, best = 0.0, sharpened(point)
    g = value(best)
    least = abs(g)
    after, move = SECANT_STEP, SECANT_STEP
    for _ in range(settings.newton_steps + 4):
        trial = at(after)
        h = value(trial)
        if abs(h) < least:
            best, least = trial, abs(h)
        if h == g or h == 0.0:
            return best
        step = -h * (after - s) / (h - g)
        s, g = after, h
        if abs(step) < 1e-14 or (abs(step) < 1e-8 and abs(step) > 0.5 * abs(move)):
            return best
        after, move = after + step, step
        if abs(after) > 1.0:
            break
    raise NoConvergence("a special point was not reached along the branch.", best.z, (least,))


def sharpened(point: Point) -> Point:
    """The point with tangent and determinant computed at itself, not at the iterate before."""
    curve = point.curve
    factors = factorise(curve.jacobian(point.z), curve.weights(point.z) * point.tangent)
    unit = np.zeros(len(point.z))
    unit[-1] = 1.0
    tangent = factors.solve(unit)
    tangent = tangent / norm(curve, point.z, tangent)
    return Point(point.z, tangent, factors.determinant, curve)

"""Events of cycles: what vanishes there, and the point as a solution of its own equations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from continuation.curve import Event, Point
from continuation.engine import norm, point_near
from continuation.errors import NoConvergence
from continuation.linalg import unit_circle
from continuation.linalg.bordered import factorise
from continuation.settings import Settings
from continuation.special import SpecialPoint, special_point

SECANT_STEP = 1e-4
"""First step of the secant method, in the inner product of the curve."""


def period_doubling(settings: Settings) -> Event:
    """The event PD: a multiplier -1."""

    def exact(point: Point) -> float:
        return unit_circle.from_minus_one(point.spectrum)

    return Event(
        "PD",
        lambda point: unit_circle.doubling(point.spectrum),
        lambda point: unit_circle.is_doubling(point.spectrum),
        partial(polished, "PD", exact, settings),
        crossing=1,
    )


def neimark_sacker(settings: Settings) -> Event:
    """The event NS: a complex pair of multipliers on the unit circle."""

    def exact(point: Point) -> float:
        return unit_circle.from_circle(point.spectrum)

    return Event(
        "NS",
        lambda point: unit_circle.torus(point.spectrum),
        lambda point: unit_circle.is_torus(point.spectrum),
        partial(polished, "NS", exact, settings),
        crossing=2,
    )


def polished(
    kind: str, value: Callable[[Point], float], settings: Settings, point: Point
) -> SpecialPoint:
    """Solve H(z) = 0 and value(z) = 0 from a located point, and name the solution."""
    exact = zero_along(value, point, settings)
    residual = max(float(np.abs(exact.curve.residual(exact.z)).max()), abs(value(exact)))
    return special_point(kind, exact, residual)


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
    after, move = SECANT_STEP, SECANT_STEP
    for _ in range(settings.newton_steps + 4):
        trial = at(after)
        h = value(trial)
        if abs(h) < abs(g):
            best = trial
        if h == g or h == 0.0:
            return best
        step = -h * (after - s) / (h - g)
        s, g = after, h
        if abs(step) < 1e-14 or (abs(step) < 1e-8 and abs(step) > 0.5 * abs(move)):
            return best
        after, move = after + step, step
        if abs(after) > 1.0:
            break
    raise NoConvergence("a special point was not reached along the branch.", best.z, (abs(g),))


def sharpened(point: Point) -> Point:
    """The point with tangent and determinant computed at itself, not at the iterate before."""
    curve = point.curve
    factors = factorise(curve.jacobian(point.z), curve.weights(point.z) * point.tangent)
    unit = np.zeros(len(point.z))
    unit[-1] = 1.0
    tangent = factors.solve(unit)
    tangent = tangent / norm(curve, point.z, tangent)
    return Point(point.z, tangent, factors.determinant, curve)

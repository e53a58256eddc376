"""Between the two ends of a step: which events lie there, where exactly, and are they real.

A sign change of a test function is located by bracketing (Brent), asked whether it is what it
seems, and polished on its own defining system. The spectrum is the witness: where the number of
unstable directions changes by an amount that the events found cannot explain, the step is halved.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from continuation.curve import Event, Point, Solution, units
from continuation.engine import Step, norm, point_near
from continuation.errors import NoConvergence
from continuation.newton import correct
from continuation.settings import Settings
from continuation.special import SpecialPoint, special_point

Array = NDArray[np.float64]
log = logging.getLogger(__name__)

BRACKET = 1e-7
"""Relative width of the bracket in which an event is handed to its own defining system: close
enough for Newton's method there, and far enough above round-off for every test function."""

HALVINGS = 6
"""A step whose events do not explain the change of stability is halved at most this often."""

SAME = 1e-6
"""Two points of one kind are the same when state and parameters differ by less, in their units.
Folds and Hopf points of textbook systems come within 0.01 of each other; located points are
exact to 1e-12, so that anything between would do."""


TOUCH = 1e-6
"""A point lies on a special point if polishing moves it by less, in the units of a step."""

SMALL = 1e-4
"""Test functions smaller than this part of their value a first step away, a hundredth of a unit,
may vanish within `TOUCH`."""

TOGETHER = 1e-2
"""Two events of a step lie at the same place when they are closer than this fraction of the step:
near a branch point the bordered matrix is singular, so that tangents there have few digits."""


SECANT_STEP, SECANT_STEPS = 1e-6, 30
"""First step of the secant method, relative to 1 + |z|, and the largest number of steps."""


@dataclass(frozen=True)
class Found:
    """A special point, its place on the branch, and the event that found it."""

    position: float
    special: SpecialPoint
    event: Event


@dataclass(frozen=True)
class Place:
    """Where a test function changes sign on a step.

    Attributes
    ----------
    event : Event
        The test function.
    s : float
        Distance along the step.
    point : Point
        The point of the curve there, or that of the arc of the step where the corrector failed.
    reached : bool
        Whether the corrector found the point.
    """

    event: Event
    s: float
    point: Point
    reached: bool = True


def test_values(events: Sequence[Event], point: Point) -> Array:
    """Values of all test functions at a point."""
    return np.array([event.value(point) for event in events])


def find_events(
    step: Step,
    events: Sequence[Event],
    before: Array,
    after: Array,
    settings: Settings,
    halvings: int = HALVINGS,
) -> list[Found]:
    """All events on a step, in the order of the branch.

    Parameters
    ----------
    step : Step
        Both ends as the same curve object sees them.
    events : sequence of Event
        What to look for.
    before, after : ndarray, shape (len(events),)
        Their values at the two ends.
    settings : Settings
        For the corrector.
    halvings : int
        How often the step may still be halved.
    """
    crossed = [
        event
        for event, a, b in zip(events, before.tolist(), after.tolist(), strict=True)
        if (a < 0.0) != (b < 0.0)
        and math.isfinite(a)
        and math.isfinite(b)
        and max(abs(a), abs(b)) > event.noise
    ]
    alone = [event for event in crossed if not event.coincident]
    places = _yielding([bracket(step, event, settings) for event in alone], step)
    judged = [(place, _polished(step, place)) for place in places]
    found = [one for _, one in judged if one]
    if not found:
        coincident = [bracket(step, event, settings) for event in crossed if event.coincident]
        several = [one for place in coincident if (one := _polished(step, place))]
        if several:
            return several
    lost = any(one is None and not place.reached for place, one in judged)
    pairs = [(e, a) for e, a in zip(events, before.tolist(), strict=True) if e not in crossed]
    hidden = next((one.position for one in found if _hides(step, one, pairs, settings)), None)
    if halvings and (lost or hidden or not _explained(step, found)):
        halves = _split(step, hidden or step.length / 2.0, settings)
        if halves is not None:
            first, second = halves
            middle = test_values(events, first.after)
            shift = first.length
            return [
                *find_events(first, events, before, middle, settings, halvings - 1),
                *(
                    Found(shift + f.position, f.special, f.event)
                    for f in find_events(second, events, middle, after, settings, halvings - 1)
                ),
            ]
    return sorted(found, key=lambda one: one.position)


def _yielding(places: list[Place], step: Step) -> list[Place]:
    """Leave out events that yield to another at the same place."""
    return [
        place
        for place in places
        if not any(
            other.event.kind == place.event.yields_to
            and abs(other.s - place.s) < TOGETHER * step.length
            for other in places
        )
    ]


def _explained(step: Step, found: Sequence[Found]) -> bool:
    """Whether the events account for the change in the number of unstable directions."""
    if step.before.unstable is None or step.after.unstable is None:
        return True
    change = abs(step.after.unstable - step.before.unstable)
    most = sum(one.event.crossing for one in found)
    return change <= most and (most - change) % 2 == 0


def _hides(
    step: Step, found: Found, uncrossed: Sequence[tuple[Event, float]], settings: Settings
) -> bool:
    """Whether a pair crosses the axis twice on a step, on either side of an event found on it.

    With a Hopf point before a fold and a neutral saddle behind it, their test function has one sign
    at both ends of the step and the other sign at the fold.
    """
    if not TOGETHER < found.position / step.length < 1.0 - TOGETHER:
        return False
    pairs = [(event, a) for event, a in uncrossed if event.crossing == 2 and math.isfinite(a)]
    try:
        middle = step.point(found.position, settings) if pairs else step.before
    except NoConvergence:
        return False
    values = [(event.value(middle), a, event.noise) for event, a in pairs]
    return any(abs(b) > noise and (a < 0.0) != (b < 0.0) for b, a, noise in values)


def _split(step: Step, position: float, settings: Settings) -> tuple[Step, Step] | None:
    """Two steps in place of one, through the point at a position on it."""
    try:
        middle = step.point(position, settings)
    except NoConvergence:
        return None
    weights = step.before.curve.weights(middle.z)
    rest = float(np.sum(weights * middle.tangent * (step.after.z - middle.z)))
    if rest <= 0.0:
        return None
    return Step(step.before, middle, position), Step(middle, step.after, rest)


def bracket(step: Step, event: Event, settings: Settings, width: float = BRACKET) -> Place:
    """Where on the step the test function vanishes, to a relative width.

    The corrector that took the step fails within it next to a branch point, where the bordered
    matrix is singular. The place at which it failed is then as good: the defining system of the
    branch point, which is regular, is solved from the arc of the step there.
    """
    tried = 0.5 * step.length

    def value(s: float) -> float:
        nonlocal tried
        if s == 0.0:
            return event.value(step.before)
        if s == step.length:
            return event.value(step.after)
        tried = s
        return event.value(step.point(s, settings))

    try:
        # At a zero of higher order the bracket shrinks slowly; where it has got by then is good
        # enough.
        root, _ = brentq(
            value,
            0.0,
            step.length,
            xtol=width * step.length,
            rtol=4.0 * np.finfo(float).eps,
            maxiter=60,
            full_output=True,
            disp=False,
        )
        # At a branch point the bordered matrix is singular: the step knows the tangent better.
        point = replace(step.point(float(root), settings), tangent=step.direction(float(root)))
    except NoConvergence as error:
        log.info("%s near %s: the corrector failed: %s", event.kind, step.before.z[-1], error)
        return Place(event, tried, step.on_arc(tried), reached=False)
    return Place(event, float(root), point)


def touched(point: Point, events: Sequence[Event], beside: Point) -> list[SpecialPoint]:
    """Special points that a point already is: a start, or an end, that lies exactly on one.

    There no test function need change sign; one that is small there, compared with the point
    ``beside`` it, is tried. Only points that stay where they are when they are polished count.
    """
    found: list[tuple[Event, SpecialPoint]] = []
    for event in events:
        if not abs(event.value(point)) < SMALL * abs(event.value(beside)):
            continue
        try:
            if event.accept(point):
                found.append((event, event.polish(point)))
        except NoConvergence as error:
            log.info("%s at %s was not polished: %s", event.kind, point.z[-1], error)
    kinds = {event.kind for event, _ in found}
    return [s for event, s in found if event.yields_to not in kinds and _is_at(s, point)]


def _is_at(special: SpecialPoint, point: Point) -> bool:
    """Whether a polished point is the point that it was polished from."""
    solution, weights = point.curve.state(point.z), point.curve.weights(point.z)
    free = point.curve.free
    away = float(np.abs(special.state - solution.state).max())
    return away <= TOUCH * special.system.extent(solution.state) and all(
        abs(special.parameters[name] - solution.parameters[name])
        <= TOUCH * _unit(weights, i, len(free))
        for i, name in enumerate(free)
    )


def _polished(step: Step, place: Place) -> Found | None:
    """Judge and polish an event at a place on the step; None if it is not what it seems."""
    event, point = place.event, place.point
    if place.reached and _is_pole(step, event, point):
        return None
    try:
        if not event.accept(point):
            return None
        special = event.polish(point)
    except NoConvergence as error:
        log.warning("%s near %s was not polished: %s", event.kind, step.before.z[-1], error)
        return None
    if not _near(step, point, special):
        log.info("%s: the defining system led away from the bracket; not reported", event.kind)
        return None
    return Found(place.s, special, event)


def _is_pole(step: Step, event: Event, point: Point) -> bool:
    """Whether the test function grows towards its change of sign, as an eigenvalue at a pole."""
    ends = abs(event.value(step.before)), abs(event.value(step.after))
    return abs(event.value(point)) >= max(ends)


def _near(step: Step, point: Point, special: SpecialPoint) -> bool:
    """Whether the polished point lies where the test function changed sign."""
    curve = step.before.curve
    moved = norm(curve, point.z, step.after.z - step.before.z)
    return all(
        abs(special.parameters[name] - value)
        <= 0.1 * moved * _unit(curve.weights(point.z), i, len(curve.free))
        for i, (name, value) in enumerate(zip(curve.free, point.z[-len(curve.free) :], strict=True))
    )


def _unit(weights: Array, i: int, free: int) -> float:
    """Unit in which the i-th free parameter is measured."""
    return float(1.0 / np.sqrt(weights[len(weights) - free + i]))


def polish_by_secant(value: Callable[[Point], float], point: Point, settings: Settings) -> Point:
    """Solve H(z) = 0 and value(z) = 0 by the secant method along the tangent, to round-off.

    For test functions without a derivative at hand. Every iterate lies on the curve.

    Raises
    ------
    NoConvergence
        When the corrector or the secant method fails.
    """
    curve = point.curve
    reach = norm(curve, point.z, point.z) + 1.0

    def at(s: float) -> Point:
        near = point_near(curve, point.z + s * point.tangent, point.tangent, settings)
        if near is None:
            raise NoConvergence("the branch was lost near a special point.", point.z, ())
        return near

    s, step, best = 0.0, SECANT_STEP * reach, at(0.0)
    before = smallest = value(best)
    for _ in range(SECANT_STEPS):
        trial = at(s + step)
        after = value(trial)
        if abs(after) < abs(smallest):
            best, smallest = trial, after
        if after in (0.0, before):
            return best
        s, step, last = s + step, -after * step / (after - before), step
        # Steps at round-off no longer shrink.
        if abs(step) <= 1e-15 * reach or (abs(step) < 1e-9 * reach and abs(step) > 0.5 * abs(last)):
            return best
        if not abs(step) < reach:
            break
        before = after
    raise NoConvergence("the secant method did not converge.", point.z, (abs(smallest),))


def value_event(name: str, i: int, target: float, settings: Settings) -> Event:
    """Report the points where the i-th of k free parameters takes a value ("UZ").

    The defining system is H(z) = 0 and z[i - k] = target.
    """

    def polish(point: Point) -> SpecialPoint:
        row = np.zeros(len(point.z))
        row[i - len(point.curve.free)] = 1.0
        found = correct(point.curve, point.z, row, target, settings)
        if not found.converged:
            raise NoConvergence(f"no point at {name} = {target:.6g}.", found.z, found.residuals)
        # Once more: a special point is solved to round-off, not to the tolerance of steps.
        again = correct(point.curve, found.z, row, target, settings)
        found = again if again.converged else found
        exact = Point(found.z, point.tangent, point.determinant, point.curve)
        return special_point("UZ", exact, float(np.abs(point.curve.residual(found.z)).max()))

    def value(point: Point) -> float:
        return float(point.z[i - len(point.curve.free)]) - target

    return Event("UZ", value, lambda point: True, polish)


def user_event(name: str, function: Callable[[Solution], float], settings: Settings) -> Event:
    """Report the zeros of a user's function of a `Solution` under the user's own name."""

    def value(point: Point) -> float:
        answer = function(point.curve.state(point.z))
        try:
            return float(answer)
        except (TypeError, ValueError):
            raise TypeError(
                f"the event {name!r} must return a real number, got {answer!r}."
            ) from None

    def polish(point: Point) -> SpecialPoint:
        exact = polish_by_secant(value, point, settings)
        left = abs(value(exact))
        if left > max(settings.tolerance, 0.5 * abs(value(point))):
            raise NoConvergence(f"{name} jumps there and has no zero.", exact.z, (left,))
        h = float(np.abs(exact.curve.residual(exact.z)).max())
        return special_point(name, exact, max(h, left))

    return Event(name, value, lambda point: True, polish)


def same(one: SpecialPoint, other: SpecialPoint, within: Mapping[str, tuple[float, float]]) -> bool:
    """Whether two special points are one: same kind, and close in state, period and parameters.

    ``within`` gives the widths of the windows in which parameters are measured.
    """
    if one.kind != other.kind:
        return False
    here, there = ([point.parameters[name] for name in one.free] for point in (one, other))
    apart = np.abs(np.subtract(here, there)) / (units(one.free, within) + np.abs(here))
    away = np.abs(one.state - other.state).max() / one.system.extent(one.state)
    longer = abs((one.period or 0.0) - (other.period or 0.0))
    return bool(max(*apart, away) <= SAME and longer <= SAME * (one.period or 0.0))

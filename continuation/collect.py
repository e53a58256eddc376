"""Follow a curve in both directions and collect what was found into a `Branch`."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from continuation.branch import Branch
from continuation.checks import numbers
from continuation.curve import Curve, Event, Point, Solution, Start
from continuation.engine import Step, first_point, point_near, steps
from continuation.errors import NoConvergence, StopReason
from continuation.kinds import KINDS
from continuation.location import (
    find_events,
    same,
    test_values,
    touched,
    user_event,
    value_event,
)
from continuation.newton import correct
from continuation.settings import Settings
from continuation.special import SpecialPoint

Array = NDArray[np.float64]
log = logging.getLogger(__name__)

Watch = Callable[[Point], None]
UserEvents = (
    Mapping[str, Callable[[Solution], float]] | Iterable[tuple[str, Callable[[Solution], float]]]
)

INFINITE = 1e6
"""A solution that grew by this factor runs to infinity: small components have lost six digits."""

CLOSED = 0.1
"""A branch is closed when its start lies on a step to this fraction of the step's length; the
chord of a step that turns by 0.45 radian leaves the curve by 0.06 of its length."""


@dataclass
class Half:
    """One direction of a branch while it grows."""

    points: list[Point]
    special: list[tuple[int, SpecialPoint]] = field(default_factory=list)
    stop: StopReason = StopReason.MAX_POINTS
    turned: bool = False

    def watch_turn(self, point: Point) -> None:
        """Note when the parameter turned back, which it must before a branch can close."""
        self.turned = self.turned or point.tangent[-1] * self.points[0].tangent[-1] <= 0.0

    def keep(
        self, special: Sequence[SpecialPoint], within: Mapping[str, tuple[float, float]]
    ) -> None:
        """Add special points behind the last point, without those found just before."""
        for one in special:
            if not any(same(one, other, within) for _, other in self.special[-3:]):
                self.special.append((len(self.points) - 1, one))


@dataclass(frozen=True)
class Search:
    """What one direction needs to know: events, window, settings, and who watches."""

    events: tuple[Event, ...]
    within: Mapping[str, tuple[float, float]]
    settings: Settings
    watch: Watch | None


def continue_branch(
    curve: Curve,
    start: Start,
    settings: Settings,
    within: Mapping[str, tuple[float, float]] | None = None,
    report: Mapping[str, Sequence[float]] | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
    both: bool = True,
) -> Branch:
    """Follow a curve from a start, locate its events, and return the branch.

    The branch runs through both directions, ordered from one end to the other, in the direction of
    increasing free parameter at the start; that direction is followed first. An interruption
    (Ctrl-C) keeps the points found so far.

    Parameters
    ----------
    curve : Curve
        What to follow.
    start : Start
        Near a point of it.
    settings : Settings
        Steps, tolerances, kinds to detect.
    within : mapping of str to (float, float), optional
        Bounds of the free parameters. The branch ends on them exactly.
    report : mapping of str to sequence of float, optional
        Values of free parameters at which a point is wanted ("UZ").
    events : mapping of str to callable, or pairs, optional
        The user's own test functions of a `Solution`.
    watch : callable, optional
        Called with every accepted `Point`.
    both : bool
        False follows only the direction of the start's tangent.

    Raises
    ------
    NoConvergence
        When the first point is not found.
    """
    if not isinstance(settings, Settings):
        raise TypeError(f"`settings` must be a Settings, got {type(settings).__name__}.")
    within = dict(within or {})
    if watch is not None and not callable(watch):
        raise TypeError(f"`watch` must be a function of a point, got {type(watch).__name__}.")
    looked_for = _looked_for(curve, settings, report or {}, events)
    search = Search(looked_for, within, settings, watch)
    first = first_point(curve, start, settings)
    if both and first.tangent[-len(curve.free)] < 0.0:
        first = first.reversed()
    forward = _follow(first, search)
    backward = Half([first], stop=StopReason.START)
    if both and forward.stop in (StopReason.CLOSED, StopReason.INTERRUPTED):
        backward = Half([first], stop=forward.stop)
    elif both:
        backward = _follow(first.reversed(), search)
    beside = [*forward.points[1:2], *backward.points[1:2]]
    if both and beside:
        passed = [event for event in looked_for if _may_vanish(event, backward, forward)]
        found = [special for _, special in (*backward.special[:3], *forward.special[:3])]
        at_start = touched(first, passed, beside[0])
        forward.special[:0] = [
            (0, s) for s in at_start if not any(same(s, one, within) for one in found)
        ]
    return _branch(forward, backward, search, start.provenance)


def _looked_for(
    curve: Curve, settings: Settings, report: Mapping[str, Sequence[float]], events: UserEvents
) -> tuple[Event, ...]:
    """Events of the curve that the settings ask for, reported values, and the user's own.

    Raises
    ------
    ValueError
        For a parameter in ``report`` that is not free.
    """
    if not isinstance(report, Mapping):
        raise TypeError(f"`report` must map a free parameter to a list of values, got {report!r}.")
    unknown = set(report) - set(curve.free)
    if unknown:
        raise ValueError(
            f"`report` names {', '.join(sorted(unknown))}, but the free parameters are "
            f"{', '.join(curve.free)}."
        )
    own = [e for e in curve.events() if settings.detect is None or e.kind in settings.detect]
    values = [
        value_event(name, i, target, settings)
        for i, name in enumerate(curve.free)
        for target in _targets(name, report.get(name, ()))
    ]
    pairs = list(events.items() if isinstance(events, Mapping) else events or ())
    if not all(isinstance(p, tuple) and len(p) == 2 and callable(p[1]) for p in pairs):
        raise TypeError("`events` must map names to functions of a solution.")
    for name, _ in pairs:
        if not isinstance(name, str) or not name.isprintable() or not name or name in KINDS:
            raise ValueError(f"an event needs a name of its own, which no kind has; got {name!r}.")
    return (*own, *values, *(user_event(name, function, settings) for name, function in pairs))


def _targets(name: str, values: Sequence[float]) -> list[float]:
    """Values of a parameter to report, checked."""
    try:
        targets = numbers(values)
    except ValueError:
        targets = np.array(np.nan)
    if targets.ndim != 1 or not np.all(np.isfinite(targets)):
        raise ValueError(f"`report` needs a list of finite numbers for {name}, got {values!r}.")
    return [float(value) for value in targets]


def _may_vanish(event: Event, backward: Half, forward: Half) -> bool:
    """Whether a test function that is small at the start may have a zero there that counts.

    Where eigenvalues cross it changes its sign, which one curve object can tell, see `Curve`; along
    a whole branch of degenerate points it is noise.
    """
    sides = [*(p.reversed() for p in backward.points[1:2]), *forward.points[1:2]]
    if not event.crossing or not sides:
        return True
    values = [event.value(point) for point in sides]
    if max(map(abs, values)) <= event.noise:
        return False
    one, other = sides[0], sides[-1]
    return len(sides) < 2 or one.curve is not other.curve or (values[0] < 0.0) != (values[1] < 0.0)


def _follow(first: Point, search: Search) -> Half:
    """One direction, until something ends it."""
    half = Half([first])
    values: Array | None = None
    last: Point | None = None
    try:
        for step in steps(first.curve, first, search.settings):
            stop = _stop(step, half, search)
            if stop is not None:
                half.stop = stop
                last_step = _last_step(step, stop, half, search)
                if last_step is None:
                    return half
                step = last_step
            if values is None or step.before is not last:
                values = test_values(search.events, step.before)
            after = test_values(search.events, step.after)
            found = find_events(step, search.events, values, after, search.settings)
            ending = next((one for one in found if one.event.ends is not None), None)
            if ending is not None:
                half.stop = stop = ending.event.ends or half.stop
                found = found[: found.index(ending) + 1]
                shortened = _up_to(ending.position, step, search.settings)
                if shortened is None:
                    half.keep([one.special for one in found], search.within)
                    return half
                step = shortened
            half.keep([one.special for one in found], search.within)
            half.points.append(step.after)
            if stop is StopReason.BOUND:
                moving = np.abs(values) > [event.noise for event in search.events]
                there = touched(step.after, list(compress(search.events, moving)), step.before)
                half.keep(there, search.within)
            values, last = after, step.after
            if search.watch is not None:
                search.watch(step.after)
            if stop is not None:
                return half
        half.stop = StopReason.STEP_TOO_SMALL
    except KeyboardInterrupt:
        half.stop = StopReason.INTERRUPTED
    return half


def _up_to(position: float, step: Step, settings: Settings) -> Step | None:
    """The step as far as an event that ends the branch.

    None where the corrector fails there, as at a 1:1 resonance, which is a branch point of the
    equations of tori: then the branch ends with the point before.
    """
    try:
        return replace(step, after=step.point(position, settings), length=position)
    except NoConvergence:
        return None


def _stop(step: Step, half: Half, search: Search) -> StopReason | None:
    """Why the branch ends with this step, if it does."""
    curve = step.before.curve
    if _outside(step.after, search.within) is not None:
        return StopReason.BOUND
    half.watch_turn(step.after)
    if half.turned and _closes(step, half.points):
        return StopReason.CLOSED
    natural = curve.end(step.before, step.after)
    if natural is not None:
        return natural
    largest, first = np.abs(step.after.z).max(), np.abs(half.points[0].z).max()
    if float(largest) > INFINITE * (1.0 + float(first)):
        return StopReason.UNBOUNDED
    return StopReason.MAX_POINTS if len(half.points) + 1 >= search.settings.max_points else None


def _outside(point: Point, within: Mapping[str, tuple[float, float]]) -> tuple[int, float] | None:
    """Index (from the end of z) and value of the first bound that a point has passed."""
    free = point.curve.free
    for i, name in enumerate(free):
        lo, hi = within.get(name, (-np.inf, np.inf))
        value = point.z[i - len(free)]
        if not lo <= value <= hi:
            return i - len(free), lo if value < lo else hi
    return None


def _last_step(step: Step, stop: StopReason, half: Half, search: Search) -> Step | None:
    """The last step, shortened to where the branch ends; None if nothing is left of it."""
    if stop is StopReason.CLOSED:
        return _onto(step, half.points[0]) or step
    before, after = step.before, step.after
    passed = _outside(after, search.within)
    if stop is StopReason.BOUND and passed is not None:
        index, level = passed
        row = np.zeros(len(before.z))
        row[index] = 1.0
    else:
        condition = before.curve.boundary(before, stop)
        if condition is None:
            return step
        row, level = condition
    fraction = float((level - row @ before.z) / (row @ (after.z - before.z)))
    found = correct(before.curve, step.guess(fraction * step.length), row, level, search.settings)
    if not found.converged:
        return None if stop is StopReason.BOUND else step
    z = found.z.copy()
    if stop is StopReason.BOUND:
        z[index] = level
    return _onto(step, _completed(z, after, search.settings))


def _completed(z: Array, beyond: Point, settings: Settings) -> Point:
    """The point z with its own tangent and determinant, not those of the point beyond it."""
    near = point_near(beyond.curve, z, beyond.tangent, settings)
    return replace(beyond, z=z) if near is None else replace(near, z=z)


def _onto(step: Step, end: Point) -> Step | None:
    """The step that ends in a given point of it instead, with the length that belongs to it."""
    if len(end.z) != len(step.before.z):
        return None
    end = replace(end, curve=step.before.curve)
    length = float(step.before.row @ (end.z - step.before.z))
    return Step(step.before, end, length) if 0.0 < length <= 1.5 * step.length else None


def _closes(step: Step, points: Sequence[Point]) -> bool:
    """Whether the start of the branch lies on this step, passed in the same direction.

    The direction is that of the signature: a cycle may come back with another phase, and then its
    tangent, as a function of time, is another one.
    """
    first = points[0]
    if len(points) < 4 or not _on_step(first.signature, step):
        return False
    if len(first.z) != len(step.after.z):
        return True
    outward = points[1].signature - first.signature
    here = step.after.signature - step.before.signature
    if len(outward) != len(here):
        return False
    if outward @ here < 0.5 * np.linalg.norm(outward) * np.linalg.norm(here):
        return False
    curve = step.before.curve
    # The start tells its signature in the units of its own size and period. Along a family of
    # cycles these change, so that it is compared in those of the step before it is believed.
    return _on_step(curve.signature(first.z), step)


def _on_step(origin: Array, step: Step) -> bool:
    """Whether a signature lies on the chord of a step."""
    a, b = step.before.signature, step.after.signature
    if len(origin) != len(a):
        return False
    chord = b - a
    length = float(chord @ chord)
    along = float((origin - a) @ chord) / length if length > 0.0 else -1.0
    if not 0.0 <= along <= 1.0:
        return False
    off = origin - a - along * chord
    return float(off @ off) < CLOSED**2 * length


def _branch(forward: Half, backward: Half, search: Search, provenance: str) -> Branch:
    """Put the two directions together: backward reversed, then forward."""
    points = [*backward.points[:0:-1], *forward.points]
    shift = len(backward.points) - 1
    placed = [(shift - 1 - place, special) for place, special in reversed(backward.special)]
    found_twice = [special for _, special in placed[-1:]]
    placed += [
        (shift + place, special)
        for place, special in forward.special
        if place > 0 or not any(same(special, other, search.within) for other in found_twice)
    ]
    curve = forward.points[0].curve
    solutions = [point.curve.state(point.z) for point in points]
    spectra = np.array([point.spectrum for point in points]).T
    measures = [point.curve.measures(point) for point in points]
    names = tuple(solutions[0].parameters)
    return Branch(
        kind=curve.kind,
        system=curve.system,
        free=curve.free,
        within=search.within,
        parameters={name: np.array([s.parameters[name] for s in solutions]) for name in names},
        states=np.array([s.state for s in solutions]).T.copy(),
        stable=np.array([p.curve.is_stable(p.spectrum) for p in points], dtype=bool),
        stop=(forward.stop, backward.stop),
        special=_labelled([special for _, special in placed], search.within),
        positions=tuple(place for place, _ in placed),
        periods=_column([s.period for s in solutions]),
        measures={key: np.array([m[key] for m in measures]) for key in measures[0]},
        orbits=tuple(s.orbit for s in solutions if s.orbit is not None),
        settings=search.settings,
        provenance=provenance,
        **({curve.spectrum_name: spectra} if spectra.size else {}),
    )


def joined(branch: Branch, before: Branch | None, after: Branch | None) -> Branch:
    """A branch with continuations at its two ends, each begun at the end point and leaving it.

    Parameters
    ----------
    branch : Branch
        The middle.
    before, after : Branch or None
        Begun at its first and at its last point; None where an end stays as it is.
    """
    parts: list[tuple[Branch, NDArray[np.int_]]] = []
    if before is not None:
        parts.append((before, np.arange(len(before) - 1, 0, -1)))
    parts.append((branch, np.arange(len(branch))))
    if after is not None:
        parts.append((after, np.arange(1, len(after))))

    def join(pick: Callable[[Branch], NDArray[Any] | None]) -> Any:
        picked = [(pick(part), order) for part, order in parts]
        if any(values is None for values, _ in picked):
            return None
        return np.concatenate([v[..., order] for v, order in picked if v is not None], axis=-1)

    def columns(table: Callable[[Branch], Mapping[str, Array]]) -> dict[str, Array]:
        return {
            name: np.concatenate([table(part)[name][order] for part, order in parts])
            for name in table(branch)
        }

    shift = len(before) - 1 if before is not None else 0
    last = shift + len(branch) - 1
    placed = [
        *(((shift - 1 - i), s) for i, s in _reversed(before)),
        *((shift + i, s) for i, s in zip(branch.positions, branch.special, strict=True)),
        *((last + i, s) for i, s in _placed(after)),
    ]
    placed = [
        (i, s)
        for k, (i, s) in enumerate(placed)
        if not any(same(s, t, branch.within) for _, t in placed[:k])
    ]
    stops = (
        after.stop[0] if after is not None else branch.stop[0],
        before.stop[0] if before is not None else branch.stop[1],
    )
    orbits = [part.orbits[i] for part, order in parts if part.orbits for i in order]
    return replace(
        branch,
        parameters=columns(lambda part: part.parameters),
        states=join(lambda b: b.states),
        stable=join(lambda b: b.stable),
        periods=join(lambda b: b.periods),
        eigenvalues=join(lambda b: b.eigenvalues),
        multipliers=join(lambda b: b.multipliers),
        measures=columns(lambda part: part.measures),
        orbits=tuple(orbits),
        special=_labelled([s for _, s in placed], branch.within),
        positions=tuple(i for i, _ in placed),
        stop=stops,
    )


def _placed(branch: Branch | None) -> list[tuple[int, SpecialPoint]]:
    """Special points with their positions."""
    if branch is None:
        return []
    return list(zip(branch.positions, branch.special, strict=True))


def _reversed(branch: Branch | None) -> list[tuple[int, SpecialPoint]]:
    """Special points with their positions, last first."""
    return _placed(branch)[::-1]


def _column(values: Sequence[float | None]) -> Array | None:
    """An array of values, or None where the curve has none."""
    return None if values[0] is None else np.array(values, dtype=float)


def _labelled(
    special: Sequence[SpecialPoint], within: Mapping[str, tuple[float, float]]
) -> tuple[SpecialPoint, ...]:
    """Give the special points the bounds of the branch, and labels counted along it."""
    count: Counter[str] = Counter()
    labelled = []
    for one in special:
        count[one.kind] += 1
        labelled.append(replace(one, label=f"{one.kind}{count[one.kind]}", within=within))
    return tuple(labelled)

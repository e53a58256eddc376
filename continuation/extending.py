"""The verb that goes on where a branch of any kind ended.

An end of a branch is a point like any other. A curve of its kind is begun there, and left in the
direction that leads away from the point next to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from continuation import ways
from continuation.branch import Branch
from continuation.collect import UserEvents, Watch, joined
from continuation.connections import way_in as connecting
from continuation.curve import Curve, Solution, Start, units
from continuation.curves.cycle import CycleCurve
from continuation.curves.equilibrium import EquilibriumCurve
from continuation.curves.map_cycle import MapCycleCurve
from continuation.errors import ContinuationError, StopReason
from continuation.options import Bounds, Options, Report, Windows, bounds, windows
from continuation.saddles import with_collapse
from continuation.settings import Settings
from continuation.special import SpecialPoint

Array = NDArray[np.float64]
Begin = Callable[[Branch, int, Array, Settings], tuple[Curve, Start]]
NamedEvent = tuple[str, Callable[[Solution], float]]

CUT_SHORT = frozenset(
    {
        StopReason.BOUND,
        StopReason.MAX_POINTS,
        StopReason.STEP_TOO_SMALL,
        StopReason.INTERRUPTED,
        StopReason.PERIOD_BOUND,
        StopReason.NEAR_HOMOCLINIC,
        StopReason.NEAR_CIRCLE,
        StopReason.UNRESOLVED,
        StopReason.TOO_SLOW,
        StopReason.UNBOUNDED,
        StopReason.START,
    }
)
"""Reasons why a branch stopped although the curve goes on; the others are natural ends of it."""

LOCI: Mapping[str, tuple[str, ways.Ways]] = {
    "folds": ("LP", ways.FOLDS),
    "Hopf points": ("H", ways.HOPF_POINTS),
    "folds of cycles": ("LPC", ways.CYCLE_FOLDS),
    "period doublings": ("PD", ways.PERIOD_DOUBLINGS),
    "Neimark-Sacker points": ("NS", ways.tori()),
    "cycles of fixed period": ("UZ", ways.FIXED_PERIODS),
    "branch points": ("BP", ways.BRANCH_POINTS),
    "branch points of cycles": ("BPC", ways.BRANCH_POINTS),
}
"""Kinds of curves in two parameters: the kind of their points, and how a curve starts at one."""

CONNECTIONS: Mapping[str, str] = {
    "homoclinic orbits": "HHS",
    "homoclinic orbits to a saddle-node": "HSN",
    "heteroclinic orbits": "HET",
}
"""Kinds of curves of connecting orbits, and the kind of their points."""


def extend(
    branch: Branch,
    within: Bounds | Windows | None = None,
    settings: Settings | None = None,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
) -> Branch:
    """Go on where a branch ended or was interrupted, at both ends, and return the whole.

    Where the branch came to a natural end, such as a Hopf point at which cycles vanish, it ends as
    before.

    Parameters
    ----------
    branch : Branch
        Of any kind, in one or two parameters.
    within : (float, float), or mapping of str to (float, float), optional
        New bounds of the free parameter, or of both by name; the old ones by default.
    settings : Settings, optional
        Those of the branch by default; its ``max_points`` counts anew.
    report, events, watch
        As in `equilibria`. For a curve of events (`event_curve`) the first function of ``events``
        is the one that is held at zero.

    Raises
    ------
    ValueError
        For something that is no branch, or a curve of events without its function.
    ContinuationError
        For a branch that is closed, or too short to have a direction.

    Examples
    --------
    >>> import continuation as ct
    >>> cusp = ct.System.from_strings({"x": "a + b*x - x**3"}, parameters={"a": 1.0, "b": 1.0})
    >>> rest = ct.equilibria(cusp, start=[1.3], free="a", within=(-1, 2))
    >>> part = ct.fold_curve(rest["LP1"], free=("a", "b"), within={"a": (-1, 1), "b": (0.5, 2)})
    >>> part.special
    ()
    >>> whole = ct.extend(part, within={"a": (-1, 1), "b": (-1, 2)})
    >>> [point.label for point in whole.special]
    ['CP1']
    """
    if not isinstance(branch, Branch):
        raise ValueError(f"`branch` must be a Branch, got {type(branch).__name__}.")
    if StopReason.CLOSED in branch.stop:
        raise ContinuationError("the branch is a closed curve: there is nothing to go on to.")
    if len(branch) < 2:
        raise ContinuationError(
            "the branch has one point only, so it has no direction to go on in."
        )
    window = _window(branch, within)
    settings = branch.settings if settings is None else settings
    pairs = tuple(events.items() if isinstance(events, Mapping) else events)
    begin = _beginning(branch, pairs)
    options = Options(settings, report, pairs[1:] if branch.kind == "events" else pairs, watch)
    pieces: list[Branch | None] = []
    for end, stop in zip((0, -1), branch.stop[::-1], strict=True):
        values = [(branch.parameters[name][end], window[name]) for name in branch.free]
        if stop not in CUT_SHORT or not all(lo < value < hi for value, (lo, hi) in values):
            pieces.append(None)
            continue
        curve, start = begin(branch, end, units(branch.free, window), settings)
        pieces.append(with_collapse(options.follow(curve, start, window, both=False)))
    return replace(joined(branch, pieces[0], pieces[1]), within=window, settings=settings)


def _window(branch: Branch, within: Bounds | Windows | None) -> dict[str, Bounds]:
    """Bounds of the free parameters: the new ones, or those of the branch."""
    if len(branch.free) == 2:
        one, other = branch.free
        return windows((one, other), within, branch)
    free = branch.free[0]
    return {free: bounds(free, within if within is not None else branch.within.get(free))}


def _beginning(branch: Branch, pairs: Sequence[NamedEvent]) -> Begin:
    """How a curve of the branch's kind begins at an end, in the direction that leaves it."""
    one_parameter: Mapping[str, Callable[..., tuple[Curve, Start]]] = {
        "equilibria": EquilibriumCurve.from_branch,
        "fixed points": EquilibriumCurve.from_branch,
        "cycles": (MapCycleCurve if branch.system.kind == "map" else CycleCurve).from_branch,
    }
    if branch.kind in one_parameter:
        way_in = one_parameter[branch.kind]
        return lambda branch, end, scales, settings: way_in(branch, end, float(scales[0]), settings)
    if branch.kind in CONNECTIONS:
        return partial(_leaving, CONNECTIONS[branch.kind], connecting)
    if branch.kind == "events":
        if not pairs:
            raise ValueError("a curve of events goes on with its function, `events={name: ...}`.")
        kind, onto = pairs[0][0], ways.zeros(pairs[0][1])
    else:
        kind, onto = LOCI[branch.kind]
    return partial(_leaving, kind, ways.way_at(_end_point(branch, 0, kind), onto))


def _leaving(
    kind: str, way_in: ways.WayIn, branch: Branch, end: int, scales: Array, settings: Settings
) -> tuple[Curve, Start]:
    """A curve that begins at an end of a branch, away from the point next to it."""
    free = branch.free[0], branch.free[1]
    curve, start = way_in(_end_point(branch, end, kind), free, scales, settings)
    here, ahead = (curve.state(z) for z in (start.z, start.z + start.tangent))
    back = 1 if end == 0 else -2
    size = max(1.0, float(np.abs(here.state).max()))
    forth = float((ahead.state - here.state) @ (here.state - branch.states[:, back])) / size**2
    for name, scale in zip(free, scales.tolist(), strict=True):
        change = ahead.parameters[name] - here.parameters[name]
        forth += change * (here.parameters[name] - branch.parameters[name][back]) / scale**2
    return curve, replace(start, tangent=start.tangent * np.copysign(1.0, forth))


def _end_point(branch: Branch, end: int, kind: str) -> SpecialPoint:
    """An end of a branch (0 or -1) as a point of its kind."""
    reached = [branch.measures.get(f"{name}_reached") for name in branch.system.states]
    return SpecialPoint(
        kind=kind,
        system=branch.system,
        free=branch.free,
        parameters={name: float(column[end]) for name, column in branch.parameters.items()},
        state=branch.states[:, end].copy(),
        residual=float("nan"),
        within=branch.within,
        orbit=branch.orbits[end] if branch.orbits else None,
        period=None if branch.periods is None else float(branch.periods[end]),
        multipliers=None if branch.multipliers is None else branch.multipliers[:, end],
        vectors={"reached": np.array([x[end] for x in reached if x is not None])},
    )

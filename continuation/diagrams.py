"""The verb for whole diagrams: the branches that nobody named, and what branches off them.

At a few values of the parameter all equilibria that can be found are looked for (`search`), and
what lies on no branch yet is followed, which makes more of those at the other values known.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

from continuation.branch import Branch, Diagram
from continuation.checks import once, state_of
from continuation.collect import UserEvents, Watch
from continuation.defining import Equations
from continuation.errors import ContinuationError, StopReason
from continuation.location import same
from continuation.options import DEFAULT, Bounds, Report, bounds, known
from continuation.search import SCATTER, Search
from continuation.settings import Settings
from continuation.special import SpecialPoint
from continuation.system import checked_system
from continuation.verbs import cycles, equilibria, switch

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
log = logging.getLogger(__name__)

MEET = 0.02
"""A family of cycles that shrank ended at a Hopf point or period doubling of the diagram if the two
are this close, in units of the window and of the state; it ends next to the point, not on it."""

PROBES = 9
"""Values of the parameter at which equilibria are looked for: both ends and seven between. A closed
branch that lives between two of them is not found; give more `starts`, or a narrower window."""


def diagram(
    system: System,
    free: str,
    within: Bounds,
    depth: int = 1,
    starts: Sequence[ArrayLike] | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    parameters: Mapping[str, float] | None = None,
    watch: Watch | None = None,
    **named: float,
) -> Diagram:
    """Find the branches of equilibria in a window, follow them, and follow what branches off.

    Parameters
    ----------
    system : System
        The system. Its ``box``, where it has one, says where equilibria lie.
    free : str
        The parameter to vary.
    within : (float, float)
        Its bounds, both finite.
    depth : int
        1 for equilibria, branches of branch points included; 2 also for the cycles that are born at
        Hopf points (of a map, at period doublings); 3 for what branches off those, and so on.
    starts : sequence of array_like, shape (n,), optional
        Further states to start from, at every probed value.
    settings : Settings
        Steps, tolerances; ``seed`` for the scattered starts.
    report, events, parameters, watch
        As in `equilibria`.
    **named : float
        Values of parameters.

    Returns
    -------
    Diagram
        Branches of equilibria in the order found, then cycles; what was found before an
        interruption (Ctrl-C) is kept, and marked by ``interrupted``.

    Notes
    -----
    The search is thorough, not complete: only `certify` proves that nothing is missing.

    Raises
    ------
    ValueError
        For unknown names or a window that is not finite.
    ContinuationError
        When no equilibrium is found at all.
    """
    lo, hi = _finite(bounds(known(checked_system(system), free), within))
    if not isinstance(settings, Settings):
        raise TypeError(f"`settings` must be a Settings, got {type(settings).__name__}.")
    if isinstance(depth, bool) or not isinstance(depth, int) or depth < 1:
        raise ValueError(f"`depth` must be a whole number, at least 1, got {depth!r}.")
    p = system.vector({free: 0.5 * (lo + hi)} | once(parameters, named))
    own = [state_of(system, start) for start in (() if starts is None else starts)]
    search = Search(Equations(system, (free,), p), settings.seed, own)
    options: _Options = {
        "settings": settings,
        "report": report,
        "events": events,
        "watch": watch,
    }
    found = _Found(options, (lo, hi))
    try:
        for value in np.linspace(lo, hi, PROBES):
            at = dict(zip(system.parameters, p.tolist(), strict=True)) | {free: float(value)}
            for x in search.unknown(float(value), found.branches):
                found.try_(equilibria, system, x, free, (lo, hi), parameters=at)
        for _ in range(depth - 1):
            found.follow_births()
    except KeyboardInterrupt:
        if not found.branches:
            raise
        return Diagram(tuple(found.branches), interrupted=True)
    if not found.branches:
        raise ContinuationError(
            f"no equilibrium was found for {free} in ({lo:.6g}, {hi:.6g}) from {SCATTER} starts at "
            f"each of {PROBES} values; give `starts` near one, or a `box` to the system."
        )
    return Diagram(tuple(found.branches))


class _Options(TypedDict):
    """What every verb is told alike."""

    settings: Settings
    report: Report | None
    events: UserEvents
    watch: Watch | None


@dataclass
class _Found:
    """The branches found so far, and how the next ones are followed."""

    options: _Options
    window: Bounds
    branches: list[Branch] = field(default_factory=list)

    def try_(self, verb: Callable[..., Branch], *arguments: Any, **named: Any) -> None:
        """Follow a branch, if it can be begun, and what crosses it at branch points.

        Raises
        ------
        KeyboardInterrupt
            When the branch was interrupted; it is kept.
        """
        try:
            branch = verb(*arguments, **named, **self.options)
        except ContinuationError as error:
            log.info("nothing followed: %s", error)
            return
        self.branches.append(branch)
        if StopReason.INTERRUPTED in branch.stop:
            raise KeyboardInterrupt
        for point in branch.special:
            if point.kind == "BP" and not _crossed(point, self.branches):
                self.try_(switch, point, self.window)

    def follow_births(self) -> None:
        """Follow the cycles born at Hopf points and period doublings, where nobody did."""
        for point in [p for b in self.branches for p in b.special if p.kind in ("H", "PD")]:
            if not any(_from(branch, point) for branch in self.branches):
                before = len(self.branches)
                self.try_(cycles, point)
                if len(self.branches) > before:
                    born = replace(self.branches[before], provenance=_origin(point))
                    self.branches[before] = born


def _finite(window: Bounds) -> Bounds:
    if not np.all(np.isfinite(window)):
        raise ValueError(f"`within` must be finite for `diagram`, got {window}.")
    return window


def _origin(point: SpecialPoint) -> str:
    """Words by which a branch that left a point is known again."""
    return f"{point} of period {point.period}" if point.period else str(point)


def _from(branch: Branch, point: SpecialPoint) -> bool:
    """Whether a family of cycles began at a Hopf point or period doubling, or ended there."""
    if branch.kind != "cycles":
        return False
    if branch.provenance == _origin(point):
        return True
    if not {StopReason.AT_HOPF, StopReason.AT_PERIOD_DOUBLING} & set(branch.stop):
        return False
    end = 0 if branch.stop[1] in (StopReason.AT_HOPF, StopReason.AT_PERIOD_DOUBLING) else -1
    name = branch.free[0]
    lo, hi = branch.within[name]
    near = abs(branch.parameters[name][end] - point.parameters[name]) < MEET * (hi - lo)
    away = np.abs(branch.orbits[end].x - point.state[:, None]).max(axis=0).min()
    return bool(near and away < MEET * point.system.extent(point.state))


def _crossed(point: SpecialPoint, branches: Sequence[Branch]) -> bool:
    """Whether both branches through a simple branch point are known: each shows the point."""
    return (
        sum(any(same(point, s, branch.within) for s in branch.special) for branch in branches) >= 2
    )

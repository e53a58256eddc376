"""The public verbs: find the start, follow, collect. Each is thin; the mathematics lies below.

A parameter of the system may be given by its name as a keyword; one that is called like an argument
(``free``, ``start``) goes into ``parameters={...}``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from continuation import backends
from continuation.branch import Branch
from continuation.collect import UserEvents, Watch, continue_branch, joined
from continuation.curve import Curve, Start, units
from continuation.curves.cycle import CycleCurve
from continuation.curves.equilibrium import EquilibriumCurve
from continuation.curves.fixed_point import FixedPointCurve
from continuation.curves.map_cycle import MapCycleCurve
from continuation.errors import ContinuationError
from continuation.orbit import Orbit
from continuation.settings import Settings
from continuation.special import SpecialPoint
from continuation.switching import other_tangent
from continuation.system import checked_system

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
Bounds = tuple[float, float]
Report = Mapping[str, Sequence[float]]

DEFAULT = Settings()

NARROWEST, WIDEST = 1e-12, 1e100
"""A window is wider than the first, relative to its ends, so that round-off does not fill it, and
no wider than the second, so that squares of its width are numbers."""

SWITCH_STEP = 0.2
"""Distance from a branch point at which the other branch is begun, in units of
Settings.initial_step: the Jacobian is singular at the point itself."""


def equilibria(
    system: System,
    start: ArrayLike,
    free: str,
    within: Bounds | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    engine: str | None = None,
    parameters: Mapping[str, float] | None = None,
    watch: Watch | None = None,
    **named: float,
) -> Branch:
    """Follow the equilibria of a system in one parameter, in both directions.

    Newton's method brings the start onto an equilibrium first. Folds (LP), branch points (BP) and
    Hopf points (H) are located, polished and classified. For a map these are its fixed points, with
    folds, branch points, period doublings (PD) and Neimark-Sacker points (NS).

    Parameters
    ----------
    system : System
        x' = f(x, p), or the map x -> f(x, p).
    start : array_like, shape (n,)
        A state near an equilibrium.
    free : str
        The parameter to vary.
    within : (float, float), optional
        Its bounds; they must contain its starting value. The branch ends exactly on them.
    settings : Settings
        Steps, tolerances, kinds to detect.
    report : mapping of str to sequence of float, optional
        ``{"gamma": [0.05, 0.06]}``: points wanted at these values, of kind "UZ".
    events : mapping of str to callable, or pairs, optional
        ``{"name": function}``: zeros of the user's function of a `Solution` are special points.
    engine : str, optional
        None for this engine; "pydstool" or "auto" for a peer, where it is installed.
    parameters : mapping of str to float, optional
        Values of parameters, the starting value of the free one included.
    watch : callable, optional
        Called with every accepted point, for a progress bar.
    **named : float
        The same as ``parameters``, by name.

    Returns
    -------
    Branch
        Ordered in the direction of increasing parameter at the start.

    Raises
    ------
    ValueError
        For unknown names, wrong shapes, or a window that excludes the start.
    NoConvergence
        When no equilibrium is reached from the start.

    Examples
    --------
    >>> import continuation as ct
    >>> fold = ct.System.from_strings({"x": "a - x**2"}, parameters={"a": 1.0})
    >>> branch = ct.equilibria(fold, start=[1.0], free="a", within=(-1, 2))
    >>> [point.label for point in branch.special]
    ['LP1']
    """
    if engine is not None:
        _only_ours(report=report, events=events, watch=watch)
        values = {**(parameters or {}), **named}
        return backends.equilibria(engine, system, start, free, within, settings, values)
    p = checked_system(system).vector({**(parameters or {}), **named})
    x = state_of(system, start)
    window = {known(system, free): bounds(free, within)}
    value = float(p[list(system.parameters).index(free)])
    contains(free, window[free], value)
    unit = float(units((free,), window)[0])
    curve: Curve
    first: Start
    if system.kind == "map":
        curve, first = FixedPointCurve.from_state(system, free, x, p, unit)
    else:
        curve, first = EquilibriumCurve.from_state(system, free, x, p, unit)
    return continue_branch(curve, first, settings, window, report, events, watch)


def cycles(
    source: SpecialPoint | Orbit,
    free: str | None = None,
    within: Bounds | None = None,
    period_below: float | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    engine: str | None = None,
    watch: Watch | None = None,
) -> Branch:
    """Follow a family of cycles of a flow (limit cycles) or of a map in one parameter.

    Parameters
    ----------
    source : SpecialPoint or Orbit
        A Hopf point or a period doubling, at which the family is born, or an orbit that comes close
        to a cycle (from `simulate`, or ``sp.orbit``).
    free : str, optional
        The parameter to vary; that of the source's branch by default.
    within : (float, float), optional
        Its bounds; those of the source's branch by default.
    period_below : float, optional
        The branch ends where the period reaches this.
    settings : Settings
        Steps, tolerances, mesh.
    report, events, engine, watch
        As in `equilibria`.

    Returns
    -------
    Branch
        With ``periods``, ``multipliers`` and ``orbits``. The period of a cycle of a map is the
        number of its points.

    Raises
    ------
    ValueError
        For a source of the wrong kind, unknown names, or a window that excludes the start.
    NoConvergence
        When no cycle is found near the source.
    """
    if engine is not None:
        _only_ours(report=report, events=events, watch=watch)
        return backends.cycles(engine, source, free, within, period_below, settings)
    if not isinstance(source, SpecialPoint | Orbit):
        raise ValueError(
            f"`source` must be a Hopf point or an Orbit, got {type(source).__name__}; take "
            f"branch['H1'] of a branch of equilibria, or simulate(system, start, t)."
        )
    if period_below is not None and not period_below > 0.0:
        raise ValueError(f"`period_below` must be positive, got {period_below}.")
    system = source.system
    if system is None:
        raise ValueError("the source carries no system.")
    if free is None:
        if not isinstance(source, SpecialPoint):
            raise ValueError("`free` must name a parameter when the source is an orbit.")
        free = source.free[0]
    known(system, free)
    inherited = source.within if isinstance(source, SpecialPoint) else {}
    window = {free: bounds(free, within if within is not None else inherited.get(free))}
    contains(free, window[free], float(source.parameters[free]))
    unit = float(units((free,), window)[0])
    curve: Curve
    first: Start
    if system.kind == "map":
        if period_below is not None:
            raise ValueError(
                "`period_below` has no meaning for a map: its cycles keep their period."
            )
        curve, first, both = _map_cycle(source, free, unit, settings)
        return continue_branch(curve, first, settings, window, report, events, watch, both)
    if isinstance(source, SpecialPoint) and source.kind == "PD":
        curve, first = CycleCurve.from_doubling(source, free, unit, settings, period_below)
        return continue_branch(curve, first, settings, window, report, events, watch, both=False)
    if isinstance(source, Orbit) or source.orbit is not None:
        orbit = source if isinstance(source, Orbit) else source.orbit
        assert orbit is not None
        curve, first = CycleCurve.from_orbit(orbit, free, unit, settings, period_below)
        return continue_branch(curve, first, settings, window, report, events, watch)
    if source.kind != "H":
        raise ValueError(
            f"no family of cycles starts at a point of kind {source.kind}; H or PD is needed."
        )
    curve, first = CycleCurve.from_hopf(source, free, unit, settings, period_below)
    return continue_branch(curve, first, settings, window, report, events, watch, both=False)


def _map_cycle(
    source: SpecialPoint | Orbit, free: str, unit: float, settings: Settings
) -> tuple[Curve, Start, bool]:
    """Start on cycles of a map, and whether they go on in both directions: not at their birth."""
    if isinstance(source, Orbit):
        return *MapCycleCurve.from_orbit(source, free, unit, settings), True
    if source.kind == "PD":
        return *MapCycleCurve.from_doubling(source, free, unit, settings), False
    if source.orbit is None:
        raise ValueError(
            f"no cycles of a map start at a point of kind {source.kind}; PD is needed, or an orbit."
        )
    return *MapCycleCurve.from_orbit(source.orbit, free, unit, settings), True


def switch(
    point: SpecialPoint,
    within: Bounds | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
) -> Branch:
    """Follow the other branch of the same kind at a branch point.

    Parameters
    ----------
    point : SpecialPoint
        Of kind BP, or BPC on cycles of a flow.
    within : (float, float), optional
        Bounds of the free parameter; those of the point's branch by default.
    settings, report, events, watch
        As in `equilibria`.

    Returns
    -------
    Branch
        Through the branch point, in both directions.

    Raises
    ------
    ValueError
        For a point of another kind.
    ContinuationError
        Where no second branch leaves the point.
    """
    if not isinstance(point, SpecialPoint):
        raise ValueError(f"`switch` needs a branch point (BP or BPC), got {type(point).__name__}.")
    if point.kind not in ("BP", "BPC"):
        raise ValueError(
            f"`switch` needs a branch point (BP or BPC), got {point.label or point.kind}."
        )
    free = point.free[0]
    window = {free: bounds(free, within if within is not None else point.within.get(free))}
    unit = float(units((free,), window)[0])
    step = SWITCH_STEP * settings.initial_step
    way_in: Callable[..., tuple[Curve, Start]] = EquilibriumCurve.from_branch_point
    if point.kind == "BPC":
        way_in = partial(CycleCurve.from_branch_point, settings=settings)
    elif point.system.kind == "map":
        kind = FixedPointCurve if point.orbit is None else MapCycleCurve
        way_in = kind.from_branch_point
    curve, first = way_in(point, unit, step, other_tangent(point))
    return continue_branch(curve, first, settings, window, report, events, watch)


def extend(
    branch: Branch,
    within: Bounds | None = None,
    settings: Settings | None = None,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
) -> Branch:
    """Go on where a branch ended or was interrupted, at both ends, and return the whole.

    Parameters
    ----------
    branch : Branch
        Equilibria or cycles of a flow, fixed points or cycles of a map.
    within : (float, float), optional
        New bounds of the free parameter; the old ones by default.
    settings : Settings, optional
        Those of the branch by default; its ``max_points`` counts anew.
    report, events, watch
        As in `equilibria`.

    Raises
    ------
    ContinuationError
        For a branch that is closed, or too short to have a direction.
    """
    if not isinstance(branch, Branch):
        raise ValueError(f"`branch` must be a Branch, got {type(branch).__name__}.")
    starts: dict[str, Callable[..., tuple[Curve, Start]]] = {
        "equilibria": EquilibriumCurve.from_branch,
        "fixed points": FixedPointCurve.from_branch,
        "cycles": (MapCycleCurve if branch.system.kind == "map" else CycleCurve).from_branch,
    }
    if branch.kind not in starts:
        raise ValueError(f"a branch of {branch.kind} cannot be extended.")
    if len(branch) < 2:
        raise ContinuationError(
            "the branch has one point only, so it has no direction to go on in."
        )
    settings = branch.settings if settings is None else settings
    free = branch.free[0]
    window = {free: bounds(free, within if within is not None else branch.within.get(free))}
    unit = float(units((free,), window)[0])
    pieces: list[Branch | None] = []
    for end in (0, -1):
        lo, hi = window[free]
        if not lo < branch.parameters[free][end] < hi:
            pieces.append(None)
            continue
        curve, first = starts[branch.kind](branch, end, unit, settings)
        pieces.append(
            continue_branch(curve, first, settings, window, report, events, watch, both=False)
        )
    return replace(joined(branch, pieces[0], pieces[1]), within=window, settings=settings)


def _only_ours(**options: object) -> None:
    """Refuse options that another engine cannot honour.

    Raises
    ------
    ValueError
        With the names of those given.
    """
    given = [name for name, value in options.items() if value]
    if given:
        raise ValueError(f"another engine knows no `{'`, `'.join(given)}`; leave them out.")


def known(system: System, name: str) -> str:
    """Return the name if it is a parameter of the system.

    Raises
    ------
    ValueError
        If not; the message lists the parameters.
    """
    if not isinstance(name, str) or name not in system.parameters:
        raise ValueError(
            f"unknown parameter {name!r}; system {system.name!r} has the parameters "
            f"{', '.join(system.parameters) or '(none)'}."
        )
    return name


def bounds(name: str, within: Bounds | None) -> Bounds:
    """Check a window; None is unbounded.

    Raises
    ------
    ValueError
        Unless it is a pair lo < hi.
    """
    if within is None:
        return (-np.inf, np.inf)
    try:
        lo, hi = (float(value) for value in within)
    except (TypeError, ValueError):
        raise ValueError(f"`within` for {name} must be a pair (lo, hi), got {within!r}.") from None
    if not lo < hi:
        raise ValueError(f"`within` for {name} needs lo < hi, got ({lo}, {hi}).")
    if -np.inf < lo and hi < np.inf and not NARROWEST * max(abs(lo), abs(hi)) < hi - lo < WIDEST:
        raise ValueError(
            f"`within` for {name} is too {'wide' if hi - lo >= WIDEST else 'narrow'} for double "
            f"precision, got ({lo}, {hi})."
        )
    return lo, hi


def contains(name: str, window: Bounds, value: float) -> None:
    """Refuse a window that does not contain the start.

    Raises
    ------
    ValueError
        With the parameter, its starting value and the window.
    """
    lo, hi = window
    if not lo <= value <= hi:
        raise ValueError(
            f"`within` must contain the start: {name} starts at {value:.6g}, outside ({lo:.6g}, "
            f"{hi:.6g}). Set {name}=... to a value inside, or widen the window."
        )


def state_of(system: System, start: ArrayLike) -> Array:
    """Return a start as a state of the system.

    Raises
    ------
    ValueError
        Where it has not as many finite numbers as there are states.
    """
    try:
        x = np.asarray(start, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"`start` must be {system.dimension} numbers, got {start!r}.") from None
    if x.shape != (system.dimension,):
        raise ValueError(
            f"`start` has shape {x.shape}, but system {system.name!r} has {system.dimension} "
            f"states: {', '.join(system.states)}."
        )
    if not np.all(np.isfinite(x)):
        raise ValueError(f"`start` must be finite, got {x}.")
    return x

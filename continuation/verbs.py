"""The public verbs: find the start, follow, collect. Each is thin; the mathematics lies below.

A parameter of the system may be given by its name as a keyword; one that is called like an argument
(``free``, ``start``) goes into ``parameters={...}``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from continuation import backends
from continuation.branch import Branch
from continuation.checks import finite_number, once, state_of
from continuation.collect import UserEvents, Watch
from continuation.curve import Curve, Start, units
from continuation.curves.cycle import CycleCurve
from continuation.curves.equilibrium import EquilibriumCurve
from continuation.curves.map_cycle import MapCycleCurve
from continuation.options import (
    DEFAULT,
    Bounds,
    Options,
    Report,
    bounds,
    contains,
    known,
)
from continuation.orbit import Orbit
from continuation.settings import Settings
from continuation.special import SpecialPoint
from continuation.switching import one_pair, other_tangent
from continuation.system import checked_system

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]

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
        values = once(parameters, named)
        return backends.equilibria(engine, system, start, free, within, settings, values)
    p = checked_system(system).vector(once(parameters, named))
    x = state_of(system, start)
    window = {known(system, free): bounds(free, within)}
    value = float(p[list(system.parameters).index(free)])
    contains(free, window[free], value)
    unit = float(units((free,), window)[0])
    curve, first = EquilibriumCurve.from_state(system, free, x, p, unit)
    return Options(settings, report, events, watch).follow(curve, first, window)


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
        A Hopf point (H, GH) or a period doubling (PD), at which the family is born, or an orbit
        that comes close to a cycle (from `simulate`, or ``sp.orbit``).
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
    if period_below is not None and not finite_number("`period_below`", period_below) > 0.0:
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
    curve, first, both = _family(source, free, unit, settings, period_below)
    period = curve.state(first.z).period
    if period_below is not None and period is not None and period >= period_below:
        raise ValueError(
            f"`period_below` = {period_below:.6g} is not above the period {period:.6g} of the "
            f"cycles with which the family starts."
        )
    return Options(settings, report, events, watch).follow(curve, first, window, both)


def _family(
    source: SpecialPoint | Orbit,
    free: str,
    unit: float,
    settings: Settings,
    period_below: float | None,
) -> tuple[Curve, Start, bool]:
    """Start on cycles, and whether they go on in both directions: not at their birth."""
    assert source.system is not None
    born = isinstance(source, SpecialPoint) and source.kind == "PD"
    if source.system.kind == "map":
        if period_below is not None:
            raise ValueError(
                "`period_below` has no meaning for a map: its cycles keep their period."
            )
        if isinstance(source, SpecialPoint) and born:
            return *MapCycleCurve.from_doubling(source, free, unit, settings), False
        return *MapCycleCurve.from_orbit(_orbit(source, "PD"), free, unit, settings), True
    if isinstance(source, SpecialPoint) and born:
        return *CycleCurve.from_doubling(source, free, unit, settings, period_below), False
    if isinstance(source, SpecialPoint) and source.orbit is None and source.kind in ("H", "GH"):
        return *CycleCurve.from_hopf(one_pair(source), free, unit, settings, period_below), False
    orbit = _orbit(source, "H, GH or PD")
    return *CycleCurve.from_orbit(orbit, free, unit, settings, period_below), True


def _orbit(source: SpecialPoint | Orbit, kinds: str) -> Orbit:
    """The orbit that a source is or carries.

    Raises
    ------
    ValueError
        For a point without one.
    """
    if isinstance(source, Orbit):
        return source
    if source.orbit is None:
        raise ValueError(
            f"no cycles start at a point of kind {source.kind}; {kinds} is needed, or an orbit."
        )
    return source.orbit


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
    elif point.orbit is not None:
        way_in = MapCycleCurve.from_branch_point
    curve, first = way_in(point, unit, step, other_tangent(point))
    return Options(settings, report, events, watch).follow(curve, first, window)


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

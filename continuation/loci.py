"""The public verbs for curves of special points in two parameters.

All have one shape: ``fold_curve(point, free=("p", "q"), within={"p": (lo, hi), "q": (lo, hi)})``.
What is followed depends on whose special point it is: of equilibria and of cycles of a flow, and
of fixed points and cycles of a map, the curves are different ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from continuation.branch import Branch
from continuation.collect import UserEvents, Watch, continue_branch
from continuation.curve import Curve, Solution, Start, units
from continuation.curves import (
    fixed_period,
    flip,
    fold,
    fold_cycle,
    hopf,
    map_fold,
    neimark_sacker,
    period_doubling,
    torus,
)
from continuation.curves.branch_point import BranchPointCurve
from continuation.curves.branch_point_cycle import BranchPointCycleCurve
from continuation.curves.event_curve import EventCurve
from continuation.settings import Settings
from continuation.special import SpecialPoint
from continuation.verbs import DEFAULT, Bounds, Report, bounds, contains, known

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
Windows = Mapping[str, Bounds]
WayIn = Callable[[SpecialPoint, tuple[str, str], Array], tuple[Curve, Start]]
Ways = Mapping[str, tuple[tuple[str, ...], WayIn]]
"""For whose special points ("equilibria", "cycles", "maps") a curve exists: at which kinds it
starts, and how."""


def fold_curve(
    point: SpecialPoint,
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
) -> Branch:
    """Follow folds of equilibria, or of fixed points or cycles of a map, in two parameters.

    Parameters
    ----------
    point : SpecialPoint
        A fold (LP), or a cusp, Bogdanov-Takens or zero-Hopf point; of a map also R1, LPPD, LPNS.
    free : (str, str)
        The two parameters.
    within : mapping of str to (float, float), optional
        Their bounds; those of the point's branch where it has some.
    settings, report, events, watch
        As in `equilibria`.

    Returns
    -------
    Branch
        With cusps (CP), Bogdanov-Takens (BT) and zero-Hopf points (ZH); for a map with cusps, 1:1
        resonances (R1), fold-flip (LPPD) and fold-Neimark-Sacker points (LPNS).

    Raises
    ------
    ValueError
        For a point of another kind, or parameters that are not two different ones of the system.
    """
    ways: Ways = {
        "equilibria": (("LP", "CP", "BT", "ZH"), fold.from_fold),
        "maps": (("LP", "CP", "R1", "LPPD", "LPNS"), map_fold.from_fold),
    }
    return _locus(point, ways, free, within, settings, report, events, watch)


def hopf_curve(
    point: SpecialPoint,
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
) -> Branch:
    """Follow Hopf points of equilibria in two parameters.

    Parameters
    ----------
    point : SpecialPoint
        A Hopf point (H), or a generalised, zero- or double Hopf point.
    free : (str, str)
        The two parameters.
    within : mapping of str to (float, float), optional
        Their bounds; those of the point's branch where it has some.
    settings, report, events, watch
        As in `equilibria`.

    Returns
    -------
    Branch
        With generalised (GH), zero- (ZH) and double Hopf points (HH); it ends at Bogdanov-Takens
        points (BT).

    Raises
    ------
    ValueError
        For a point of another kind, or parameters that are not two different ones of the system.
    """
    ways: Ways = {"equilibria": (("H", "GH", "ZH", "HH", "BT"), _hopf)}
    return _locus(point, ways, free, within, settings, report, events, watch)


def cycle_fold_curve(
    point: SpecialPoint,
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
) -> Branch:
    """Follow folds of cycles of a flow in two parameters.

    Parameters
    ----------
    point : SpecialPoint
        A fold of cycles (LPC), a point CPC, R1, LPPD or LPNS on a curve of them, or a generalised
        Hopf point (GH), where they are born.
    free : (str, str)
        The two parameters.
    within : mapping of str to (float, float), optional
        Their bounds; those of the point's branch where it has some.
    settings, report, events, watch
        As in `cycles`.

    Returns
    -------
    Branch
        With cusps of cycles (CPC), 1:1 resonances (R1) and the double points LPPD and LPNS; it ends
        at generalised Hopf points.

    Raises
    ------
    ValueError
        For a point of another kind, or parameters that are not two different ones of the system.
    """
    way_in = partial(fold_cycle.from_fold, settings=settings)
    born = partial(fold_cycle.from_generalised_hopf, settings=settings)
    ways: Ways = {
        "cycles": (("LPC", "CPC", "R1", "LPPD", "LPNS"), way_in),
        "equilibria": (("GH",), born),
    }
    return _locus(point, ways, free, within, settings, report, events, watch)


def period_doubling_curve(
    point: SpecialPoint,
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
) -> Branch:
    """Follow period doublings of cycles of a flow, or of fixed points or cycles of a map.

    Parameters
    ----------
    point : SpecialPoint
        A period doubling (PD), or a point GPD, R2, LPPD or PDNS on a curve of them.
    free : (str, str)
        The two parameters.
    within : mapping of str to (float, float), optional
        Their bounds; those of the point's branch where it has some.
    settings, report, events, watch
        As in `equilibria`.

    Returns
    -------
    Branch
        In two parameters, with generalised period doublings (GPD), 1:2 resonances (R2), fold-flip
        (LPPD) and flip-Neimark-Sacker points (PDNS).

    Raises
    ------
    ValueError
        For a point of another kind, or parameters that are not two different ones of the system.
    """
    kinds = ("PD", "GPD", "R2", "LPPD", "PDNS")
    way_in = partial(period_doubling.from_period_doubling, settings=settings)
    ways: Ways = {"cycles": (kinds, way_in), "maps": (kinds, flip.from_flip)}
    return _locus(point, ways, free, within, settings, report, events, watch)


def torus_curve(
    point: SpecialPoint,
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
    pair: int = 0,
) -> Branch:
    """Follow Neimark-Sacker points of cycles of a flow, or of fixed points or cycles of a map.

    Parameters
    ----------
    point : SpecialPoint
        A Neimark-Sacker point (NS), or a point CH, R3, R4, LPNS, PDNS or NSNS on a curve of them;
        of a map also R1 and R2, at which such curves end.
    free : (str, str)
        The two parameters.
    within : mapping of str to (float, float), optional
        Their bounds; those of the point's branch where it has some.
    settings, report, events, watch
        As in `equilibria`.
    pair : int
        At a double Hopf point, to which pair the cycle belongs: 0 for the slower, 1 for the faster
        one. From either there starts a curve.

    Returns
    -------
    Branch
        In two parameters, with Chenciner points (CH), 1:3 and 1:4 resonances (R3, R4) and the
        double points LPNS, PDNS and NSNS; it ends at 1:1 and 1:2 resonances (R1, R2).

    Raises
    ------
    ValueError
        For a point of another kind, or parameters that are not two different ones of the system.
    """
    kinds = ("NS", "CH", "R3", "R4", "LPNS", "PDNS", "NSNS")
    way_in = partial(torus.from_torus, settings=settings)
    if pair not in (0, 1):
        raise ValueError(f"`pair` must be 0 or 1, got {pair!r}.")
    born = partial(torus.from_equilibrium, settings=settings, pair=pair)
    ways: Ways = {
        "cycles": (kinds, way_in),
        "equilibria": (("ZH", "HH"), born),
        "maps": ((*kinds, "R1", "R2"), _neimark_sacker),
    }
    return _locus(point, ways, free, within, settings, report, events, watch)


def fixed_period_curve(
    point: SpecialPoint,
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
) -> Branch:
    """Follow cycles of a flow in two parameters, with the period that they have at the start.

    Parameters
    ----------
    point : SpecialPoint
        Any special point of a branch of cycles; ``report={name: values}`` of `cycles` makes some.
    free : (str, str)
        The two parameters.
    within : mapping of str to (float, float), optional
        Their bounds; those of the point's branch where it has some.
    settings, report, events, watch
        As in `cycles`.

    Returns
    -------
    Branch
        With the points at which a further multiplier is on the unit circle (LPC, PD, NS).

    Raises
    ------
    ValueError
        For a point without a cycle, or parameters that are not two different ones of the system.
    """
    way_in = partial(fixed_period.from_cycle, settings=settings)
    ways: Ways = {"cycles": ((getattr(point, "kind", ""),), way_in)}
    return _locus(point, ways, free, within, settings, report, events, watch)


def branch_point_curve(
    point: SpecialPoint,
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
) -> Branch:
    """Follow branch points in two parameters, as far as a symmetry or a known solution keeps them.

    Parameters
    ----------
    point : SpecialPoint
        A branch point (BP) of equilibria, or of fixed points or cycles of a map, or one of cycles
        of a flow (BPC).
    free : (str, str)
        The two parameters, among them the one in which the point was found.
    within : mapping of str to (float, float), optional
        Their bounds; those of the point's branch where it has some.
    settings, report, events, watch
        As in `equilibria`.

    Returns
    -------
    Branch
        It ends, with a reason that says so, where the second parameter breaks the branch point.

    Raises
    ------
    ValueError
        For a point of another kind, or parameters that are not two different ones of the system.
    ContinuationError
        Where the second parameter breaks the branch point at once.
    """
    way_in = BranchPointCurve.from_branch_point
    cycles = partial(BranchPointCycleCurve.from_branch_point, settings=settings)
    ways: Ways = {
        "equilibria": (("BP",), way_in),
        "cycles": (("BPC",), cycles),
        "maps": (("BP",), way_in),
    }
    return _locus(point, ways, free, within, settings, report, events, watch)


def event_curve(
    point: SpecialPoint,
    events: Mapping[str, Callable[[Solution], float]],
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    watch: Watch | None = None,
) -> Branch:
    """Follow the zeros of a user's own function in two parameters.

    Parameters
    ----------
    point : SpecialPoint
        A zero of the function on a branch of equilibria, or of fixed points or cycles of a map; a
        point found by ``events={"name": function}`` has the kind "name".
    events : mapping of str to callable
        ``{"name": function}``: the function of a `Solution` that is held at zero. Where there are
        several, it is the one called as the point, and zeros of the others are special points. The
        derivative of the function is a central difference, see `curves.event_curve`.
    free : (str, str)
        The two parameters.
    within : mapping of str to (float, float), optional
        Their bounds; those of the point's branch where it has some.
    settings, report, watch
        As in `equilibria`.

    Returns
    -------
    Branch
        Of kind "events".

    Raises
    ------
    ValueError
        Where no function belongs to the point or it does not vanish there, or for parameters that
        are not two different ones of the system.

    Examples
    --------
    >>> import continuation as ct
    >>> parabola = ct.System.from_strings({"x": "a - b*x**2"}, parameters={"a": 1.0, "b": 1.0})
    >>> half = {"half": lambda solution: solution.state[0] - 0.5}
    >>> branch = ct.equilibria(parabola, start=[1.0], free="a", within=(0.1, 2), events=half)
    >>> box = {"a": (0.1, 1), "b": (0.1, 3)}
    >>> curve = ct.event_curve(branch["half1"], events=half, free=("a", "b"), within=box)
    >>> float(abs(curve.parameters["a"] - curve.parameters["b"] / 4).max()) < 1e-9
    True
    """
    if not isinstance(events, Mapping) or not events:
        raise ValueError("`events` must map a name to the function that is held at zero.")
    kind = getattr(point, "kind", "")
    name = next(iter(events)) if len(events) == 1 else kind
    if name not in events:
        raise ValueError(f"`events` has no function {name!r}; it has {', '.join(events)}.")
    way_in = partial(EventCurve.from_event, function=events[name])
    others = {key: function for key, function in events.items() if key != name}
    ways: Ways = {"equilibria": ((kind,), way_in), "maps": ((kind,), way_in)}
    return _locus(point, ways, free, within, settings, report, others, watch)


def _locus(
    point: SpecialPoint,
    ways: Ways,
    free: tuple[str, str],
    within: Windows | None,
    settings: Settings,
    report: Report | None,
    events: UserEvents,
    watch: Watch | None,
) -> Branch:
    """Check the request, start the curve, follow it."""
    kinds, way_in = _way(point, ways)
    if point.kind not in kinds:
        raise ValueError(
            f"this curve starts at a point of kind {' or '.join(kinds)}, got "
            f"{point.label or point.kind}."
        )
    free = two(point.system, free)
    window = windows(free, within, point)
    for name in free:
        contains(name, window[name], point.parameters[name])
    curve, start = way_in(point, free, units(free, window))
    return continue_branch(curve, start, settings, window, report, events, watch)


def _hopf(point: SpecialPoint, free: tuple[str, str], units: Array) -> tuple[Curve, Start]:
    born = point.kind == "BT"
    return (hopf.from_bogdanov_takens if born else hopf.from_hopf)(point, free, units)


def _neimark_sacker(
    point: SpecialPoint, free: tuple[str, str], units: Array
) -> tuple[Curve, Start]:
    born = point.kind in ("R1", "R2")
    way_in = neimark_sacker.from_resonance if born else neimark_sacker.from_neimark_sacker
    return way_in(point, free, units)


def _way(point: object, ways: Ways) -> tuple[tuple[str, ...], WayIn]:
    """At which kinds the curve starts and how, for equilibria, cycles or maps.

    Raises
    ------
    ValueError
        For something that is no special point, or where there is no such curve.
    """
    if not isinstance(point, SpecialPoint):
        kinds = dict.fromkeys(kind for kinds, _ in ways.values() for kind in kinds)
        raise ValueError(
            f"this curve starts at a special point of kind {' or '.join(kinds)}, got "
            f"{type(point).__name__}."
        )
    cycles = "equilibria" if point.orbit is None else "cycles"
    whose = "maps" if point.system.kind == "map" else cycles
    if whose not in ways:
        raise ValueError(
            f"this curve is one of special points of {' or '.join(ways)}, got "
            f"{point.label or point.kind} of {whose}."
        )
    return ways[whose]


def two(system: System, free: tuple[str, str]) -> tuple[str, str]:
    """Check that two different parameters of the system are named.

    Raises
    ------
    ValueError
        Otherwise.
    """
    names = (free,) if isinstance(free, str) else tuple(free)
    for name in names:
        known(system, name)
    if len(names) != 2 or names[0] == names[1]:
        raise ValueError(f"`free` must name two different parameters, got {', '.join(names)}.")
    return names[0], names[1]


def windows(
    free: tuple[str, str], within: Windows | None, point: SpecialPoint
) -> dict[str, Bounds]:
    """Bounds of both parameters: as given, else those of the point's branch, else none.

    Raises
    ------
    ValueError
        For bounds of a parameter that is not free, or a pair that is none.
    """
    within = within or {}
    if not isinstance(within, Mapping):
        raise ValueError(f"`within` must map both parameters to (lo, hi), got {within!r}.")
    unknown = set(within) - set(free)
    if unknown:
        raise ValueError(
            f"`within` names {', '.join(sorted(unknown))}, but the free parameters are "
            f"{', '.join(free)}."
        )
    return {name: bounds(name, within.get(name, point.within.get(name))) for name in free}

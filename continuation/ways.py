"""At which special points the curves in two parameters start, and how.

What is followed depends on whose point it is: those of equilibria and of cycles of a flow, and
those of fixed points and cycles of a map, lie on different curves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from continuation.curve import Curve, Solution, Start
from continuation.curves import (
    event_curve,
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

Array = NDArray[np.float64]
Free = tuple[str, str]
WayIn = Callable[[SpecialPoint, Free, Array, Settings], tuple[Curve, Start]]
Ways = Mapping[str, Mapping[tuple[str, ...], WayIn]]
"""For whose special points ("equilibria", "cycles", "maps") a curve exists, at which kinds it
starts, and how. No kinds at all stand for every kind."""


def _at_rest(way_in: Callable[[SpecialPoint, Free, Array], tuple[Curve, Start]]) -> WayIn:
    """A way onto a curve that needs no mesh."""
    return lambda point, free, units, settings: way_in(point, free, units)


FOLDS: Ways = {
    "equilibria": {("LP", "CP", "BT", "ZH"): _at_rest(fold.from_fold)},
    "maps": {("LP", "CP", "R1", "LPPD", "LPNS"): _at_rest(map_fold.from_fold)},
}
HOPF_POINTS: Ways = {
    "equilibria": {
        ("H", "GH", "ZH", "HH"): _at_rest(hopf.from_hopf),
        ("BT",): _at_rest(hopf.from_bogdanov_takens),
    }
}
CYCLE_FOLDS: Ways = {
    "cycles": {("LPC", "CPC", "R1", "LPPD", "LPNS"): fold_cycle.from_fold},
    "equilibria": {("GH",): fold_cycle.from_generalised_hopf},
}
PERIOD_DOUBLINGS: Ways = {
    "cycles": {("PD", "GPD", "R2", "LPPD", "PDNS"): period_doubling.from_period_doubling},
    "maps": {("PD", "GPD", "R2", "LPPD", "PDNS"): _at_rest(flip.from_flip)},
}
FIXED_PERIODS: Ways = {"cycles": {(): fixed_period.from_cycle}}
BRANCH_POINTS: Ways = {
    "equilibria": {("BP",): _at_rest(BranchPointCurve.from_branch_point)},
    "cycles": {("BPC",): BranchPointCycleCurve.from_branch_point},
    "maps": {("BP",): _at_rest(BranchPointCurve.from_branch_point)},
}


def tori(pair: int = 0) -> Ways:
    """Ways onto curves of Neimark-Sacker points; at a double Hopf point onto that of a pair."""
    kinds = ("NS", "CH", "R3", "R4", "LPNS", "PDNS", "NSNS")
    return {
        "cycles": {kinds: torus.from_torus},
        "equilibria": {("ZH", "HH"): partial(torus.from_equilibrium, pair=pair)},
        "maps": {
            kinds: _at_rest(neimark_sacker.from_neimark_sacker),
            ("R1", "R2"): _at_rest(neimark_sacker.from_resonance),
        },
    }


def zeros(function: Callable[[Solution], float]) -> Ways:
    """Ways onto the curve on which a user's function vanishes."""
    way_in = _at_rest(partial(EventCurve.from_event, function=function))
    cycles = partial(event_curve.from_cycle, function=function)
    return {"equilibria": {(): way_in}, "cycles": {(): cycles}, "maps": {(): way_in}}


def way_at(point: object, ways: Ways) -> WayIn:
    """How a curve starts at a point.

    Raises
    ------
    ValueError
        For something that is no special point, where there is no such curve, or for another kind.
    """
    if not isinstance(point, SpecialPoint):
        every = dict.fromkeys(kind for own in ways.values() for kinds in own for kind in kinds)
        kinds = f"special point of kind {' or '.join(every)}" if every else "special point"
        raise ValueError(f"this curve starts at a {kinds}, got {type(point).__name__}.")
    given = point.label or point.kind
    cycles = "equilibria" if point.orbit is None else "cycles"
    whose = "maps" if point.system.kind == "map" else cycles
    if whose not in ways:
        raise ValueError(
            f"this curve is one of special points of {' or '.join(ways)}, got {given} of {whose}."
        )
    for own, way_in in ways[whose].items():
        if point.kind in own or not own:
            return way_in
    known = " or ".join(kind for own in ways[whose] for kind in own)
    raise ValueError(f"this curve starts at a point of kind {known}, got {given}.")

"""The public verbs for curves of special points in two parameters.

All have one shape: ``fold_curve(point, free=("p", "q"), within={"p": (lo, hi), "q": (lo, hi)})``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from continuation.branch import Branch
from continuation.collect import UserEvents, Watch, continue_branch
from continuation.curve import Curve, Start, units
from continuation.curves.fold import FoldCurve
from continuation.curves.hopf import HopfCurve
from continuation.settings import Settings
from continuation.special import SpecialPoint
from continuation.verbs import DEFAULT, Bounds, Report, bounds, contains, known

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
Windows = Mapping[str, Bounds]
WayIn = Callable[[SpecialPoint, tuple[str, str], Array], tuple[Curve, Start]]


def fold_curve(
    point: SpecialPoint,
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
) -> Branch:
    """Follow folds of equilibria in two parameters.

    Parameters
    ----------
    point : SpecialPoint
        A fold (LP), or a cusp, Bogdanov-Takens or zero-Hopf point.
    free : (str, str)
        The two parameters.
    within : mapping of str to (float, float), optional
        Their bounds; those of the point's branch where it has some.
    settings, report, events, watch
        As in `equilibria`.

    Returns
    -------
    Branch
        With cusps (CP), Bogdanov-Takens (BT) and zero-Hopf points (ZH).

    Raises
    ------
    ValueError
        For a point of another kind, or parameters that are not two different ones of the system.
    """
    return _locus(
        point,
        ("LP", "CP", "BT", "ZH"),
        FoldCurve.from_fold,
        free,
        within,
        settings,
        report,
        events,
        watch,
    )


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
    return _locus(
        point,
        ("H", "GH", "ZH", "HH"),
        HopfCurve.from_hopf,
        free,
        within,
        settings,
        report,
        events,
        watch,
    )


def _locus(
    point: SpecialPoint,
    kinds: tuple[str, ...],
    way_in: WayIn,
    free: tuple[str, str],
    within: Windows | None,
    settings: Settings,
    report: Report | None,
    events: UserEvents,
    watch: Watch | None,
) -> Branch:
    """Check the request, start the curve, follow it."""
    if not isinstance(point, SpecialPoint) or point.kind not in kinds:
        given = getattr(point, "label", "") or getattr(point, "kind", type(point).__name__)
        raise ValueError(f"this curve starts at a point of kind {' or '.join(kinds)}, got {given}.")
    free = two(point.system, free)
    window = windows(free, within, point)
    for name in free:
        contains(name, window[name], point.parameters[name])
    curve, start = way_in(point, free, units(free, window))
    return continue_branch(curve, start, settings, window, report, events, watch)


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

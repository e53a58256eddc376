"""What the caller of a verb asks for: where to go, how, what to look for; checked at the door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from continuation.branch import Branch
from continuation.checks import numbers
from continuation.collect import UserEvents, Watch, continue_branch
from continuation.curve import Curve, Start
from continuation.settings import Settings
from continuation.special import SpecialPoint

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
Bounds = tuple[float, float]
Windows = Mapping[str, Bounds]
Report = Mapping[str, Sequence[float]]

DEFAULT = Settings()

NARROWEST, WIDEST = 1e-12, 1e100
"""A window is wider than the first, relative to its ends, so that round-off does not fill it, and
no wider than the second, so that squares of its width are numbers."""


@dataclass(frozen=True)
class Options:
    """How a curve is followed and what is looked for: the choices that all verbs offer.

    Attributes
    ----------
    settings, report, events, watch
        As in `verbs.equilibria`.
    """

    settings: Settings
    report: Report | None
    events: UserEvents
    watch: Watch | None

    def follow(self, curve: Curve, start: Start, window: Windows, both: bool = True) -> Branch:
        """Follow a curve within a window, in both directions or in that of the start."""
        return continue_branch(
            curve, start, self.settings, window, self.report, self.events, self.watch, both
        )


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


def bounds(name: str, within: object) -> Bounds:
    """Check a window; None is unbounded.

    Raises
    ------
    ValueError
        Unless it is a pair lo < hi.
    """
    if within is None:
        return (-np.inf, np.inf)
    try:
        lo, hi = map(float, numbers(within))
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


def two(system: System, free: tuple[str, str]) -> tuple[str, str]:
    """Check that two different parameters of the system are named.

    Raises
    ------
    ValueError
        Otherwise.
    """
    names = tuple(free) if isinstance(free, Sequence) and not isinstance(free, str) else (free,)
    for name in names:
        known(system, name)
    if len(names) != 2 or names[0] == names[1]:
        raise ValueError(f"`free` must name two different parameters, got {', '.join(names)}.")
    return names[0], names[1]


def plane(
    source: SpecialPoint, free: tuple[str, str], within: object
) -> tuple[tuple[str, str], dict[str, Bounds]]:
    """The two parameters of a curve that starts at a point, and its window around it, checked.

    Raises
    ------
    ValueError
        For parameters that are not two different ones of the system, or a window that is none or
        does not contain the point.
    """
    free = two(source.system, free)
    window = windows(free, within, source)
    for name in free:
        contains(name, window[name], source.parameters[name])
    return free, window


def windows(
    free: tuple[str, str], within: object, source: SpecialPoint | Branch
) -> dict[str, Bounds]:
    """Bounds of both parameters: as given, else those of the source's branch, else none.

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
    return {name: bounds(name, within.get(name, source.within.get(name))) for name in free}

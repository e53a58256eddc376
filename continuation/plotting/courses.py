"""Time courses: the states of an orbit against time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from continuation.orbit import Orbit
from continuation.plotting import style
from continuation.special import SpecialPoint

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 1.9
"""Of a figure of its own, in inches."""

NAMED = 6
"""Up to this many states each has a line style and a name; more are drawn thin, without."""

_LINES = (
    (style.BLACK, "solid"),
    (style.VERMILION, "dashed"),
    (style.BLUE, "dashdot"),
    (style.GREEN, "dotted"),
    (style.PURPLE, (0, (6.0, 1.5))),
    (style.ORANGE, (0, (3.0, 1.0, 1.0, 1.0, 1.0, 1.0))),
)


def time_course(orbit: Orbit | SpecialPoint, ax: Axes | None = None) -> Axes:
    """Draw every state of an orbit against time.

    Parameters
    ----------
    orbit : Orbit or SpecialPoint
        Of a simulation, a cycle, a connecting orbit.
    ax : Axes, optional
        Where to draw; by default in a new figure of one column's width.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        For a special point without an orbit.
    """
    if isinstance(orbit, SpecialPoint):
        if orbit.orbit is None:
            raise ValueError(f"{orbit.label or orbit.kind} is an equilibrium and has no orbit.")
        orbit = orbit.orbit
    if not isinstance(orbit, Orbit):
        raise TypeError(f"`orbit` must be an Orbit or a special point, got {type(orbit).__name__}.")
    ax = style.axes_or_new(ax, HEIGHT)
    n = len(orbit.x)
    names = [f"x{i}" for i in range(1, n + 1)] if orbit.system is None else orbit.system.states
    for i, (name, x) in enumerate(zip(names, orbit.x, strict=True)):
        color, line = _LINES[i] if n <= NAMED else ("0.3", "solid")
        ax.plot(
            orbit.t,
            x,
            color=color,
            linestyle=line,
            linewidth=style.LINE_WIDTH if n <= NAMED else 0.5,
            label=style.symbol(name) if n <= NAMED else f"_{i}",
        )
    ax.set_xlim(orbit.t[0], orbit.t[-1])
    is_map = orbit.system is not None and orbit.system.kind == "map"
    style.set_type(ax, "iterate" if is_map else "time $t$", "state")
    style.set_legend(ax)
    return ax

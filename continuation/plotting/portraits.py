"""Phase portraits of planar flows: nullclines, flow, equilibria, separatrices, cycles, orbits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from continuation.orbit import Orbit
from continuation.plotting import style
from continuation.plotting.phaseplane import (
    Equilibrium,
    classified,
    find_equilibria,
    manifolds,
)
from continuation.simulation import simulate
from continuation.special import SpecialPoint
from continuation.system import checked_system

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from continuation.system import System

Array = NDArray[np.float64]

HEIGHT = 3.9
"""Of a figure of its own, in inches, the legend included."""

FINE, COARSE = 241, 15
"""Nodes on each side of the grids for nullclines and for the flow."""

ROOM = 0.08
"""Space around the box of a system or of what is known, relative to its width."""

WIDE = 10.0
"""Equilibria are looked for in [-10, 10] when nothing says where the system lives."""

TRAJECTORY_TIME = 20.0
"""Time for which a trajectory is followed from its start, in units of the slowest rate there, but
at most five times this in units of the fastest."""

_FLOW = "0.8"
_NULLCLINES = ((style.ORANGE, "solid"), (style.PURPLE, (0, (5.0, 1.2))))
_MANIFOLDS = {"stable": (style.BLUE, "solid"), "unstable": (style.VERMILION, (0, (3.0, 1.0)))}
_FILLS = {"sink": "full", "source": "full", "saddle": "left", "neutral": "bottom"}
_WORDS = {"neutral": "neutral equilibrium"}


def portrait(
    system: System,
    at: Mapping[str, float] | None = None,
    equilibria: Iterable[ArrayLike | SpecialPoint] = (),
    cycles: Iterable[Orbit | SpecialPoint] = (),
    homoclinic: Orbit | SpecialPoint | None = None,
    box: Sequence[tuple[float, float]] | None = None,
    ax: Axes | None = None,
    nullclines: bool = True,
    trajectories: Iterable[Orbit | ArrayLike] = (),
    separatrices: bool = True,
    legend: bool = True,
) -> Axes:
    """Draw the phase portrait of a flow in the plane.

    Parameters
    ----------
    system : System
        A flow with two states.
    at : mapping of str to float, optional
        Parameters; the others have their defaults.
    equilibria : iterable of array-like, shape (2,), or SpecialPoint, optional
        By default those in the box are found, by Newton's method from a grid.
    cycles : iterable of Orbit or SpecialPoint, optional
        Cycles to draw.
    homoclinic : Orbit or SpecialPoint, optional
        A homoclinic orbit to draw.
    box : sequence of two (float, float), optional
        Bounds of the picture; by default the box of the system, or what surrounds everything that
        is known.
    ax : Axes, optional
        Where to draw; by default in a new figure of one column's width.
    nullclines : bool
        Whether to draw the curves on which one component of f is zero.
    trajectories : iterable of Orbit, or of array-like, shape (2,)
        Orbits, or starts of orbits to follow.
    separatrices : bool
        Whether to draw the stable and unstable manifolds of saddles.
    legend : bool
        Whether to draw a legend.

    Returns
    -------
    Axes
        Its title gives the parameters in ``at``.

    Raises
    ------
    ValueError
        For a system that is no flow in the plane, an unknown parameter, a box without area.
    """
    if len(checked_system(system).states) != 2 or system.kind != "flow":
        raise ValueError(
            f"a phase portrait needs a flow with 2 states, but system {system.name!r} is a "
            f"{system.kind} with {len(system.states)}: {', '.join(system.states)}."
        )
    p = system.vector(at)
    cycle_orbits = [_orbit(cycle) for cycle in cycles]
    loop = [] if homoclinic is None else [_orbit(homoclinic)]
    paths = [_path(system, p, item) for item in trajectories]
    states = [_equilibrium_state(item) for item in equilibria]
    corners = _corners(system, p, box, states, [*cycle_orbits, *loop, *paths])
    known = classified(system, p, states or find_equilibria(system, p, corners))

    ax = style.axes_or_new(ax, HEIGHT)
    _draw_field(ax, system, p, corners, nullclines)
    if separatrices:
        _draw_manifolds(ax, manifolds(system, p, known, corners))
    _draw_orbits(ax, paths, "trajectory", "0.25", 0.9, "solid")
    _draw_orbits(ax, cycle_orbits, "cycle", style.GREEN, 2.0, "solid")
    _draw_orbits(ax, loop, "homoclinic orbit", style.BLACK, 1.8, (0, (6.0, 1.0)))
    _draw_equilibria(ax, known)
    ax.set_xlim(*corners[0])
    ax.set_ylim(*corners[1])
    style.set_type(ax, *map(style.symbol, system.states))
    ax.set_title(_title(system, at or {}), fontsize=style.LABEL_SIZE)
    if legend:
        style.set_legend(ax)
    return ax


def _orbit(item: Orbit | SpecialPoint) -> Orbit:
    """The orbit of a special point, or the orbit itself."""
    orbit = item.orbit if isinstance(item, SpecialPoint) else item
    if not isinstance(orbit, Orbit):
        raise ValueError(f"an orbit or a special point with an orbit is needed, got {item}.")
    return orbit


def _equilibrium_state(item: ArrayLike | SpecialPoint) -> Array:
    state = np.asarray(item.state if isinstance(item, SpecialPoint) else item, dtype=np.float64)
    if state.shape != (2,):
        raise ValueError(f"an equilibrium in the plane has shape (2,), got {state.shape}.")
    return state


def _path(system: System, p: Array, item: Orbit | ArrayLike) -> Orbit:
    """A trajectory: as given, or followed from its start for a time that suits the system there."""
    if isinstance(item, Orbit):
        return item
    start = _equilibrium_state(item)
    _, a, _ = system.linearize(())(start[None, :].copy(), p)
    rates = np.abs(np.linalg.eigvals(a[0]))
    slowest = max(float(rates.min()), float(rates.max()) / 5.0) or 1.0
    values = dict(zip(system.parameters, map(float, p), strict=True))
    return simulate(system, start, TRAJECTORY_TIME / slowest, parameters=values)


def _corners(
    system: System,
    p: Array,
    box: Sequence[tuple[float, float]] | None,
    states: list[Array],
    orbits: list[Orbit],
) -> Array:
    """Bounds of the picture, shape (2, 2)."""
    if box is not None:
        corners = np.array(box, dtype=float)
        if corners.shape != (2, 2) or not np.all(np.isfinite(corners)):
            raise ValueError(f"`box` must be two pairs of finite numbers, got {box}.")
        if np.any(corners[:, 0] >= corners[:, 1]):
            raise ValueError(f"each pair of `box` must increase, got {box}.")
        return corners
    room = ROOM
    if system.box is not None:
        corners = np.array(system.box, dtype=float)
    else:
        wide = np.array([[-WIDE, WIDE], [-WIDE, WIDE]])
        points = np.array(states or find_equilibria(system, p, wide)).reshape(-1, 2)
        points = np.concatenate((points, *(orbit.x.T for orbit in orbits)))
        if len(points) == 0:
            points = np.zeros((1, 2))
        corners = np.column_stack((points.min(axis=0), points.max(axis=0)))
        room = 0.3
    width = corners[:, 1] - corners[:, 0]
    width = np.where(width > 0.0, width, max(1.0, float(width.max())))
    return np.asarray(corners + room * width[:, None] * np.array([-1.0, 1.0]))


def _draw_field(ax: Axes, system: System, p: Array, corners: Array, nullclines: bool) -> None:
    """Draw the direction of the flow, and the nullclines if wanted."""
    x, y, f = _field(system, p, corners, COARSE)
    # Directions on the page: a component counts in units of the width of its axis.
    u, v = f / (corners[:, 1] - corners[:, 0])[:, None, None]
    length = np.hypot(u, v)
    length = np.where(length > 0.0, length, np.nan)
    ax.quiver(
        x, y, u / length, v / length, color=_FLOW, pivot="mid", scale=1.6 * COARSE,
        width=0.0035, headwidth=4.5, headlength=5.0, headaxislength=4.5, zorder=1,
    )  # fmt: skip
    if nullclines:
        x, y, fine = _field(system, p, corners, FINE)
        for component, name, (color, line) in zip(fine, system.states, _NULLCLINES, strict=True):
            # A component without a zero in the box has no contour, and Matplotlib would warn.
            if not np.nanmin(component) < 0.0 < np.nanmax(component):
                continue
            ax.contour(
                x,
                y,
                component,
                levels=[0.0],
                colors=color,
                linestyles=[line],
                linewidths=1.4,
                zorder=2,
            )
            label = f"{style.symbol(name)}-nullcline"
            ax.plot([], [], color=color, linestyle=line, linewidth=1.4, label=label)


def _field(system: System, p: Array, corners: Array, nodes: int) -> tuple[Array, Array, Array]:
    """Grid x (k,), y (k,), and f on it, shape (2, k, k); NaN where it is not finite."""
    x, y = (np.linspace(lo, hi, nodes) for lo, hi in corners)
    points = np.column_stack([side.ravel() for side in np.meshgrid(x, y)])
    with np.errstate(all="ignore"):
        f = np.asarray(system.evaluate(points, p)).T.reshape(2, nodes, nodes)
    return x, y, np.where(np.isfinite(f), f, np.nan)


def _draw_manifolds(ax: Axes, curves: list[tuple[str, Array]]) -> None:
    """Draw stable and unstable manifolds, in two colours and two line styles."""
    for name, curve in curves:
        color, line = _MANIFOLDS[name]
        words = f"{name} manifold"
        ax.plot(*curve.T, color=color, linestyle=line, linewidth=0.9, label=words, zorder=3)


def _draw_orbits(
    ax: Axes, orbits: list[Orbit], words: str, color: str, width: float, line: Any
) -> None:
    for orbit in orbits:
        ax.plot(*orbit.x, color=color, linewidth=width, linestyle=line, label=words, zorder=4)
        if words == "trajectory":
            ax.plot(*orbit.x[:, 0], marker=".", markersize=4.0, color=color, zorder=4)


def _draw_equilibria(ax: Axes, known: list[Equilibrium]) -> None:
    """Filled sinks, open sources, half-filled saddles."""
    for equilibrium in known:
        ax.plot(
            *equilibrium.state,
            linestyle="none",
            marker="o",
            markersize=5.5,
            fillstyle=_FILLS[equilibrium.kind],
            color=style.BLACK,
            markerfacecoloralt="white",
            markerfacecolor="white" if equilibrium.kind == "source" else style.BLACK,
            markeredgecolor=style.BLACK,
            markeredgewidth=0.9,
            label=_WORDS.get(equilibrium.kind, equilibrium.kind),
            zorder=6,
        )


def _title(system: System, at: Mapping[str, float]) -> str:
    """The parameters that were given, else up to three defaults."""
    values = dict(at) or (dict(system.parameters) if len(system.parameters) <= 3 else {})
    return ", ".join(f"{style.symbol(name)} = {value:.11g}" for name, value in values.items())

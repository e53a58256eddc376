"""Bifurcation diagrams: branches drawn by their stability, special points by their kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from continuation.branch import Branch, Diagram
from continuation.plotting import style
from continuation.plotting.labels import place_labels
from continuation.special import SpecialPoint
from continuation.tables import columns, measures, own_name, spectrum

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]
Drawable = Branch | Diagram | SpecialPoint

HEIGHT = 3.0
"""Of a figure of its own, in inches, the legend included."""

CONNECTIONS = ("HHS", "HSN")
"""Connecting orbits: their period is infinite, and the truncated one is no quantity to draw."""

NOT_NEUTRAL = 1e-9
"""An eigenvalue counts as unstable above this real part, relative to the largest modulus."""


@dataclass(frozen=True)
class _Mark:
    """A special point on the page."""

    kind: str
    label: str
    x: float
    y: float


def plot(what: Drawable | Iterable[Drawable], x: str, y: str, ax: Axes | None = None) -> Axes:
    """Draw branches in the plane of two of their quantities.

    Stable solutions are solid; solutions unstable in some directions (saddles) are dashed, in all
    directions (sources) dotted. Of a cycle, a state is drawn by its least and its largest value.
    Curves in two parameters are solid. Special points have a marker by kind and their label.

    Parameters
    ----------
    what : Branch, Diagram, SpecialPoint, or iterable of those
        A special point by itself, such as a homoclinic orbit, is drawn as a marker. A branch that
        does not have one of the two quantities is left out.
    x, y : str
        A parameter, a state, "period", or a measure such as "x_max".
    ax : Axes, optional
        Where to draw; by default in a new figure of one column's width.

    Returns
    -------
    Axes
        ``ax.figure.savefig(...)`` writes the picture.

    Raises
    ------
    ValueError
        When no branch has the quantity.
    """
    branches, points = _sorted_out(what)
    drawn = [b for b in branches if _pairs(columns(b), b.system, x, y)]
    known = [p for p in points if _pairs(_quantities(p), p.system, x, y)]
    if not drawn and not known:
        raise ValueError(_unknown(branches, points, x, y))
    ax = style.axes_or_new(ax, HEIGHT)
    curves: list[Array] = []
    marks: list[_Mark] = []
    colors = _colors(ax, drawn)
    for branch in drawn:
        curves += _draw_branch(ax, branch, x, y, colors[branch.kind])
        marks += _marks(branch, x, y)
    for point in known:
        pairs = _pairs(_quantities(point), point.system, x, y)
        marks += [
            _Mark(point.kind, (point.label or point.kind) * last, float(a[0]), float(b[0]))
            for last, (a, b) in _flag_last(pairs)
        ]
    _draw_marks(ax, marks)
    style.set_type(ax, style.symbol(x), style.symbol(y))
    style.set_legend(ax)
    place_labels(ax, _labels(marks), curves)
    return ax


def _sorted_out(what: Drawable | Iterable[Any]) -> tuple[list[Branch], list[SpecialPoint]]:
    """Branches and single special points of whatever was given."""
    if isinstance(what, Branch):
        return [what], []
    if isinstance(what, SpecialPoint):
        return [], [what]
    if isinstance(what, str) or not isinstance(what, Iterable):
        raise TypeError(f"`what` must be branches, a diagram or special points, got {what!r}.")
    branches: list[Branch] = []
    points: list[SpecialPoint] = []
    if isinstance(what, Diagram):
        points += what.connections
    for item in what:
        more_branches, more_points = _sorted_out(item)
        branches += more_branches
        points += more_points
    return branches, points


def _quantities(point: SpecialPoint) -> dict[str, Array]:
    """What can be drawn of a special point by itself; each of shape (1,)."""
    values = dict(point.parameters) | dict(zip(point.system.states, point.state, strict=True))
    values |= {own_name(point.system, key): value for key, value in measures(point).items()}
    if point.period is not None and point.kind not in CONNECTIONS:
        values[own_name(point.system, "period")] = point.period
    return {name: np.array([value], dtype=float) for name, value in values.items()}


def _pairs(table: dict[str, Any], system: Any, x: str, y: str) -> list[tuple[Array, Array]]:
    """Columns to draw against each other; two pairs where a quantity has a least and a largest."""

    def found(name: str) -> list[Array]:
        ends = [own_name(system, f"{name}_{end}") for end in ("min", "max")]
        if name in system.states and all(end in table for end in ends):
            return [table[end] for end in ends]
        if name in table and table[name].dtype == float:
            return [table[name]]
        return []

    xs, ys = found(x), found(y)
    if len(xs) == len(ys):
        return list(zip(xs, ys, strict=True))
    return [(a, b) for a in xs for b in ys]


def _unknown(branches: list[Branch], points: list[SpecialPoint], x: str, y: str) -> str:
    """Say which of the two names is not known, and what is."""
    tables = [columns(b) for b in branches] + [_quantities(p) for p in points]
    names = list(dict.fromkeys(k for t in tables for k, v in t.items() if v.dtype == float))
    if not tables:
        return "there is nothing to plot: `what` is empty."
    missing = [f"`{axis}` = {name!r}" for axis, name in (("x", x), ("y", y)) if name not in names]
    if missing:
        return f"{' and '.join(missing)} is no quantity of what is plotted: {', '.join(names)}."
    return f"nothing that is plotted has both {x!r} and {y!r}."


def _colors(ax: Axes, branches: list[Branch]) -> dict[str, str]:
    """A colour for each kind of branch."""
    colors: dict[str, str] = {}
    others = iter(style.OTHER_COLORS * (1 + len(branches)))
    for branch in branches:
        if branch.kind not in colors:
            colors[branch.kind] = style.BRANCH_COLORS.get(branch.kind) or next(others)
    return colors


def _draw_branch(ax: Axes, branch: Branch, x: str, y: str, color: str) -> list[Array]:
    """Draw one branch in pieces of one line style each; the curves, shape (k, 2), for labels."""
    curves = []
    for xs, ys in _pairs(columns(branch), branch.system, x, y):
        for first, last, line, words in _pieces(branch):
            (drawn,) = ax.plot(
                xs[first : last + 1],
                ys[first : last + 1],
                color=color,
                linestyle=line,
                linewidth=style.LINE_WIDTH,
                label=words,
                solid_capstyle="butt",
                dash_capstyle="butt",
            )
            curves.append(np.asarray(drawn.get_xydata(), dtype=float))
    return curves


def _pieces(branch: Branch) -> Iterator[tuple[int, int, Any, str]]:
    """First and last row, line style and words of every piece of constant stability."""
    if len(branch.free) > 1:
        rows = len(branch) + len(branch.special)
        yield 0, rows - 1, style.STABLE, branch.kind
        return
    links = _link_classes(branch)
    names = _words(branch.kind)
    lines = (style.STABLE, style.SADDLE, style.SOURCE)
    changes = np.flatnonzero(np.diff(links)) + 1
    starts = [0, *map(int, changes)]
    ends = [*map(int, changes), len(links)]
    for first, last in zip(starts, ends, strict=True):
        kind = int(links[first]) if len(links) else 0
        yield first, last, lines[kind], names[kind]


def _link_classes(branch: Branch) -> NDArray[np.int64]:
    """0 stable, 1 unstable in some directions, 2 in all: for each link between rows of the table.

    A special point lies between two classes and has none itself: a link takes that of its first
    end, or where this is a special point that of its second.
    """
    of_points = np.where(branch.stable, 0, np.where(_is_source(branch), 2, 1))
    places = np.asarray(branch.positions, dtype=int) + 1
    rows = np.insert(of_points, places, -1)
    links = np.where(rows[:-1] >= 0, rows[:-1], rows[1:])
    for i in np.flatnonzero(links < 0):
        links[i] = links[i - 1] if i else 0
    return links


def _is_source(branch: Branch) -> NDArray[np.bool_]:
    """Whether every direction is unstable, shape (m,); of cycles all but that along the orbit."""
    found = spectrum(branch)
    if found is None:
        return np.zeros(len(branch), dtype=bool)
    name, _ = found
    if name == "eigenvalue":
        assert branch.eigenvalues is not None
        if branch.system.kind == "map":
            return np.asarray(np.all(np.abs(branch.eigenvalues) > 1.0, axis=0))
        size = np.abs(branch.eigenvalues).max(axis=0)
        return np.asarray(np.all(branch.eigenvalues.real > NOT_NEUTRAL * size, axis=0))
    assert branch.multipliers is not None
    nontrivial = len(branch.multipliers) - 1
    return np.asarray((np.abs(branch.multipliers) > 1.0 + 1e-4).sum(axis=0) >= nontrivial)


def _words(kind: str) -> tuple[str, str, str]:
    """What the legend calls the three classes of a kind of branch."""
    if kind == "equilibria":
        return "stable equilibrium", "saddle", "source"
    return f"stable {kind}", f"{kind}, saddle type", f"unstable {kind}"


def _marks(branch: Branch, x: str, y: str) -> list[_Mark]:
    """Special points of a branch on the page; of a pair only the last carries the label."""
    places = np.asarray(branch.positions, dtype=int) + 1 + np.arange(len(branch.special))
    return [
        _Mark(sp.kind, sp.label * last, float(xs[place]), float(ys[place]))
        for last, (xs, ys) in _flag_last(_pairs(columns(branch), branch.system, x, y))
        for place, sp in zip(places, branch.special, strict=True)
    ]


def _flag_last(pairs: list[tuple[Array, Array]]) -> list[tuple[bool, tuple[Array, Array]]]:
    return [(i == len(pairs) - 1, pair) for i, pair in enumerate(pairs)]


def _draw_marks(ax: Axes, marks: list[_Mark]) -> None:
    """Draw markers, one kind at a time, so that each has one line in the legend."""
    for kind in dict.fromkeys(mark.kind for mark in marks):
        marker, color = style.MARKERS.get(kind, (*style.OTHER, ""))[:2]
        words = f"{kind}: {style.MARKERS[kind][2]}" if kind in style.MARKERS else kind
        ax.plot(
            [mark.x for mark in marks if mark.kind == kind],
            [mark.y for mark in marks if mark.kind == kind],
            linestyle="none",
            marker=marker,
            color=color,
            markersize=style.MARKER_SIZE * (1.5 if marker == "*" else 1.0),
            markeredgecolor=color if marker == "|" else style.BLACK,
            markeredgewidth=0.6,
            label=words,
            zorder=5,
        )


def _labels(marks: list[_Mark]) -> list[tuple[float, float, str]]:
    """Labels to write: none at values asked for, one where the same would be written twice."""
    unique = {
        (mark.label, f"{mark.x:.6g}", f"{mark.y:.6g}"): (mark.x, mark.y, mark.label)
        for mark in marks
        if mark.label and mark.kind != "UZ" and np.isfinite(mark.x) and np.isfinite(mark.y)
    }
    return list(unique.values())

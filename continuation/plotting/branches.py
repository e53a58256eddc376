"""Bifurcation diagrams: branches drawn by their stability, special points by their kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
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
"""Of a figure of its own, in inches, with a legend of up to `LEGEND_LINES`; more make it higher."""

LEGEND_LINES = 4

CONNECTIONS = ("HHS", "HSN")
"""Connecting orbits: their period is infinite, and the truncated one is no quantity to draw."""

BROAD = 2.0
"""Lines broader than this, in points, lie below all others."""

NOT_NEUTRAL = 1e-9
"""An eigenvalue counts as unstable above this real part, relative to the largest modulus."""


ALIKE = 1e-3
"""Two points of one kind in two parameters are drawn as one when they are this close, relative to
the extent of the curves: a tenth of a marker's width."""


@dataclass(frozen=True)
class _Look:
    """Of a kind of branch: colour, line style (in one parameter, that of the stable), width."""

    color: str
    line: Any
    width: float


@dataclass(frozen=True)
class _Mark:
    """A special point on the page; ``locus`` says whether it lies on a curve in two parameters."""

    kind: str
    label: str
    x: float
    y: float
    locus: bool = False


def plot(
    what: Drawable | Iterable[Drawable],
    x: str,
    y: str,
    ax: Axes | None = None,
    regions: Mapping[str, tuple[float, float]] | None = None,
) -> Axes:
    """Draw branches in the plane of two of their quantities.

    Stable solutions are solid; solutions unstable in some directions (saddles) are dashed, in all
    directions (sources) dotted. Of a cycle, a state is drawn by its least and its largest value.
    Special points have a marker by kind and their label.

    Curves in two parameters (folds, Hopf points, homoclinic orbits, ...) have a colour and a line
    style by kind. A point of codimension two that several of them share is drawn once, with the
    label of the first; where two different points have one label, only kinds are written.

    Parameters
    ----------
    what : Branch, Diagram, SpecialPoint, or iterable of those
        A special point by itself, such as a homoclinic orbit, is drawn as a marker. A branch that
        does not have one of the two quantities is left out.
    x, y : str
        A parameter, a state, "period", or a measure such as "x_max".
    ax : Axes, optional
        Where to draw; by default in a new figure of one column's width. To magnify a part, set
        the limits of the axes first: labels are placed where they are.
    regions : mapping of str to (float, float), optional
        ``{"1": (0.2, 0.05)}``: a short text and the point (x, y) at which it is written, in a
        circle. The same mapping gives the parameters of the phase portrait of each region.

    Returns
    -------
    Axes
        ``ax.figure.savefig(...)`` writes the picture.

    Raises
    ------
    ValueError
        When no branch has the quantity, or a region has no point.
    """
    branches, points = _sorted_out(what)
    places = _places(regions or {})
    drawn = [b for b in branches if _pairs(columns(b), b.system, x, y)]
    known = [p for p in points if _pairs(_quantities(p), p.system, x, y)]
    if not drawn and not known:
        raise ValueError(_unknown(branches, points, x, y))
    own = ax is None
    ax = style.axes_or_new(ax, HEIGHT)
    curves: list[Array] = []
    marks: list[_Mark] = []
    looks = _looks(drawn)
    for branch in drawn:
        curves += _draw_branch(ax, branch, x, y, looks[branch.kind])
        marks += _marks(branch, x, y)
    for point in known:
        pairs = _pairs(_quantities(point), point.system, x, y)
        text = point.label or point.kind
        marks += [
            _Mark(point.kind, text * last, float(a[0]), float(b[0]), len(point.free) > 1)
            for last, (a, b) in _flag_last(pairs)
        ]
    marks = _without_twins(marks, curves)
    _draw_marks(ax, marks)
    _draw_regions(ax, places)
    style.set_type(ax, style.symbol(x), style.symbol(y))
    more = style.set_legend(ax) - LEGEND_LINES
    if own and more > 0:
        ax.figure.canvas.figure.set_figheight(HEIGHT + more * style.LEGEND_LINE)
    place_labels(ax, _labels(marks), curves, list(places.values()))
    return ax


def _places(regions: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Check the regions."""
    if not isinstance(regions, Mapping):
        raise TypeError(f"`regions` must map a text to a point (x, y), got {regions!r}.")
    for text, place in regions.items():
        values = np.asarray(place, dtype=float)
        if values.shape != (2,) or not np.all(np.isfinite(values)):
            raise ValueError(f"region {text!r} needs a point (x, y), got {place!r}.")
    return {text: (float(a), float(b)) for text, (a, b) in regions.items()}


def _draw_regions(ax: Axes, places: Mapping[str, tuple[float, float]]) -> None:
    """Write the name of every region in a circle at its point."""
    for text, place in places.items():
        ax.text(
            *place,
            text,
            fontsize=style.TEXT_SIZE,
            ha="center",
            va="center",
            zorder=4,
            clip_on=True,
            bbox={"boxstyle": "circle,pad=0.25", "fc": "white", "ec": "0.3", "lw": 0.6},
        )


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


def _looks(branches: list[Branch]) -> dict[str, _Look]:
    """Colour, line style and width of each kind of branch."""
    looks: dict[str, _Look] = {}
    colors = cycle(style.OTHER_COLORS)
    curves = cycle(style.OTHER_CURVES)
    for kind, locus in dict.fromkeys((b.kind, len(b.free) > 1) for b in branches):
        if locus:
            looks[kind] = _Look(*(style.CURVES.get(kind) or next(curves)))
        else:
            color = style.BRANCH_COLORS.get(kind) or next(colors)
            looks[kind] = _Look(color, style.STABLE, style.LINE_WIDTH)
    return looks


def _draw_branch(ax: Axes, branch: Branch, x: str, y: str, look: _Look) -> list[Array]:
    """Draw one branch in pieces of one line style each; the curves, shape (k, 2), for labels."""
    curves = []
    for xs, ys in _pairs(columns(branch), branch.system, x, y):
        for first, last, line, words in _pieces(branch, look):
            (drawn,) = ax.plot(
                xs[first : last + 1],
                ys[first : last + 1],
                color=look.color,
                linestyle=line,
                linewidth=look.width,
                zorder=2.0 if look.width < BROAD else 1.5,
                label=words,
                solid_capstyle="butt",
                dash_capstyle="butt",
            )
            curves.append(np.asarray(drawn.get_xydata(), dtype=float))
    return curves


def _pieces(branch: Branch, look: _Look) -> Iterator[tuple[int, int, Any, str]]:
    """First and last row, line style and words of every piece of constant stability."""
    if len(branch.free) > 1:
        rows = len(branch) + len(branch.special)
        yield 0, rows - 1, look.line, branch.kind
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
        _Mark(sp.kind, sp.label * last, float(xs[place]), float(ys[place]), len(branch.free) > 1)
        for last, (xs, ys) in _flag_last(_pairs(columns(branch), branch.system, x, y))
        for place, sp in zip(places, branch.special, strict=True)
    ]


def _flag_last(pairs: list[tuple[Array, Array]]) -> list[tuple[bool, tuple[Array, Array]]]:
    return [(i == len(pairs) - 1, pair) for i, pair in enumerate(pairs)]


def _without_twins(marks: Sequence[_Mark], curves: Sequence[Array]) -> list[_Mark]:
    """Draw each point in two parameters once, and write no label at two different ones."""
    loci = [mark for mark in marks if mark.locus]
    if not loci:
        return list(marks)
    found = np.concatenate([*curves, [(mark.x, mark.y) for mark in loci]])
    found = found[np.all(np.isfinite(found), axis=1)]
    extent = np.ptp(found, axis=0) if len(found) else np.ones(2)
    once: list[_Mark] = []
    for mark in loci:
        twins = (
            one.kind == mark.kind
            and abs(one.x - mark.x) <= ALIKE * extent[0]
            and abs(one.y - mark.y) <= ALIKE * extent[1]
            for one in once
        )
        if not any(twins):
            once.append(mark)
    counts = Counter(mark.label for mark in once if mark.label)
    unclear = {mark.kind for mark in once if counts[mark.label] > 1}
    named = [replace(one, label=one.kind) if one.kind in unclear else one for one in once]
    return [mark for mark in marks if not mark.locus] + named


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
            markeredgecolor=color if marker in style.STROKES else style.BLACK,
            markeredgewidth=1.0 if marker in style.STROKES else 0.6,
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

"""Labels that do not sit on each other, on markers, or on curves.

Every label tries a few places around its point, nearest first, and takes the one that covers least.
Greedy and deterministic: good enough for the dozen labels of a diagram, and the same every time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from continuation.plotting.style import TEXT_SIZE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]

DISTANCES = (6.0, 10.0, 15.0, 22.0, 30.0)
"""Points between a special point and the nearest edge of its label."""

DIRECTIONS = tuple(np.deg2rad(a) for a in (45, 135, 315, 225, 90, 270, 0, 180))

LEADER = 12.0
"""From this distance on a thin line leads from the label to its point."""

COVERED_LABEL, COVERED_LINE, OUTSIDE, FAR = 50.0, 1.0, 400.0, 0.15
"""Costs of covering another label or marker, of covering a piece of curve three points long, of
leaving the axes, and of a point of distance."""

PIECE = 3.0
"""Curves are cut into pieces of this length, in points, to see what a label covers."""


def place_labels(
    ax: Axes,
    labels: Sequence[tuple[float, float, str]],
    curves: Sequence[Array],
    avoid: Sequence[tuple[float, float]] = (),
) -> None:
    """Write labels beside their points.

    Parameters
    ----------
    ax : Axes
        With everything drawn that the labels shall avoid.
    labels : sequence of (float, float, str)
        Point in data coordinates, and text. Points outside the axes get no label.
    curves : sequence of ndarray, shape (k, 2)
        In data coordinates.
    avoid : sequence of (float, float)
        Further points in data coordinates that a label must not cover, such as numbers of regions.
    """
    if not labels:
        return
    from matplotlib.patheffects import withStroke

    figure = ax.figure.canvas.figure
    ax.get_xlim()  # settles the limits, as the layout settles where the axes are
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
    unit = 72.0 / figure.dpi
    corners = ax.transAxes.transform([(0.0, 0.0), (1.0, 1.0)]) * unit
    pieces = _pieces(ax, curves, unit)
    labels = [one for one in labels if _inside(one, ax)]
    if not labels:
        return
    anchors = ax.transData.transform([label[:2] for label in labels]) * unit
    taken = [np.concatenate((anchor - 3.0, anchor + 3.0)) for anchor in anchors]
    if avoid:
        centres = ax.transData.transform(np.asarray(avoid, dtype=float)) * unit
        taken += [np.concatenate((one - TEXT_SIZE, one + TEXT_SIZE)) for one in centres]
    for (x, y, text), anchor in zip(labels, anchors, strict=True):
        size = np.array([0.62 * TEXT_SIZE * len(text), 1.1 * TEXT_SIZE])
        offset, box = _best(anchor, size, taken, pieces, corners)
        taken.append(box)
        leader = {"arrowstyle": "-", "lw": 0.4, "color": "0.4", "shrinkA": 0.0, "shrinkB": 3.0}
        label = ax.annotate(
            text,
            (x, y),
            xytext=tuple(offset),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=TEXT_SIZE,
            zorder=6,
            path_effects=[withStroke(linewidth=1.5, foreground="white")],
            arrowprops=leader if _gap(box, anchor) > LEADER else None,
        )
        label.set_in_layout(False)  # it was placed in the layout that there is


def _inside(label: tuple[float, float, str], ax: Axes) -> bool:
    """Whether the point of a label lies in the axes, their frame included."""
    place = ax.transAxes.inverted().transform(ax.transData.transform(label[:2]))
    return bool(np.all(np.abs(place - 0.5) <= 0.5 + 1e-9))


def _pieces(ax: Axes, curves: Sequence[Array], unit: float) -> Array:
    """Points along the curves, evenly spaced, shape (k, 2), in points of the page."""
    found = [np.empty((0, 2))]
    for curve in curves:
        finite = curve[np.all(np.isfinite(curve), axis=1)]
        if len(finite) < 2:
            continue
        page = ax.transData.transform(finite) * unit
        length = np.append(0.0, np.cumsum(np.hypot(*np.diff(page, axis=0).T)))
        s = np.arange(0.0, length[-1], PIECE)
        found.append(np.column_stack([np.interp(s, length, side) for side in page.T]))
    return np.concatenate(found)


def _best(
    anchor: Array, size: Array, taken: Sequence[Array], pieces: Array, corners: Array
) -> tuple[Array, Array]:
    """Offset of the centre, shape (2,), and box, shape (4,), of the place that covers least."""
    best: tuple[float, Array, Array] | None = None
    for distance in DISTANCES:
        for angle in DIRECTIONS:
            direction = np.array([np.cos(angle), np.sin(angle)])
            offset = direction * distance + np.sign(np.round(direction, 9)) * size / 2.0
            box = np.concatenate((anchor + offset - size / 2.0, anchor + offset + size / 2.0))
            cost = FAR * distance + _covered(box, taken, pieces, corners)
            if best is None or cost < best[0] - 1e-9:
                best = cost, offset, box
    assert best is not None
    return best[1], best[2]


def _covered(box: Array, taken: Sequence[Array], pieces: Array, corners: Array) -> float:
    """Cost of what a box covers."""
    others = sum(
        bool(np.all(box[:2] < other[2:]) and np.all(other[:2] < box[2:])) for other in taken
    )
    inside = np.all((pieces > box[:2] - 1.0) & (pieces < box[2:] + 1.0), axis=1).sum()
    outside = np.any(box[:2] < corners[0]) or np.any(box[2:] > corners[1])
    return COVERED_LABEL * others + COVERED_LINE * float(inside) + OUTSIDE * float(outside)


def _gap(box: Array, anchor: Array) -> float:
    """Distance from a point to a box."""
    beyond = np.maximum(np.maximum(box[:2] - anchor, anchor - box[2:]), 0.0)
    return float(np.hypot(*beyond))

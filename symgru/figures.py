"""The pictures of a traced family: its bifurcation diagram, and its phase plane at a few values.

Figures are two columns of a journal wide. They are written as PNG and SVG, the same bytes for the
same findings.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from continuation.orbit import Orbit
from continuation.plotting import plot, portrait, time_course
from continuation.plotting.style import LABEL_SIZE, ORANGE, TEXT_SIZE
from symgru.tracing import Findings, connections_at, cycles_at, time_courses

Box = list[tuple[float, float]]

WIDTH = 7.2
"""Inches: two columns."""

PER_ROW = 3
"""Phase portraits in a row; four would need type below 7 points."""

ROW, GAP, TITLE, LEGEND = 3.75, 0.54, 0.3, 0.95
"""Heights in inches: a portrait with its time course and the two gaps below them, one gap, the
title above, the legend below. Fixed, because a layout that is solved for is slow."""

FACTOR = 20.0
"""Periods that differ by more than this are drawn on a logarithmic scale."""

SMALL = 0.5
"""Cycles whose surroundings are narrower than this part of the plane are looked at closely."""

RESOLUTION = 200
"""Dots per inch of the PNG: sharp at twice the width of a column on a screen."""

NARROW = 0.25
"""Cycles that fill less of the window than this get a panel of their own."""

MARGIN = 0.3
"""Room on both sides of the cycles in that panel, in units of their range."""


def write(found: Findings, folder: Path) -> list[Path]:
    """Draw the diagram and the phase portraits into a folder.

    Returns
    -------
    list of Path
        ``diagram.png``, ``diagram.svg``, ``portraits.png``, ``portraits.svg``.
    """
    figures = {"diagram": diagram(found)}
    if found.sections:
        figures["portraits"] = portraits(found)
    written = []
    # Without a salt and a fixed date the names inside an SVG differ from run to run.
    with matplotlib.rc_context({"svg.hashsalt": "symgru"}):
        for name, figure in figures.items():
            for kind in ("png", "svg"):
                path = folder / f"{name}.{kind}"
                metadata = {"Date": None} if kind == "svg" else None
                figure.savefig(path, dpi=RESOLUTION, metadata=metadata)
                figure.set_layout_engine("none")  # once arranged, the same for the other file
                written.append(path)
    return written


def diagram(found: Findings) -> Figure:
    """Draw equilibria and cycles over the window, near the cycles, and the period of the cycles.

    Returns
    -------
    Figure
        One to three panels in a row, with one legend.
    """
    narrow = _narrow(found)
    panels = 1 + (narrow is not None) + bool(found.cycles)
    # Fixed places: a label is placed by where the panels are, so these must not move afterwards.
    figure = Figure(figsize=(WIDTH, 3.1))
    figure.subplots_adjust(left=0.075, right=0.965, bottom=0.32, top=0.92, wspace=0.3)
    axes = iter(figure.subplots(1, panels, squeeze=False)[0])
    free, state = found.study.free, found.system.states[0]
    whole = next(axes)
    whole.set_xlim(*found.within)
    plot(found.diagram, free, state, whole)
    if narrow is not None:
        near = next(axes)
        near.set_xlim(*narrow[0])
        near.set_ylim(*narrow[1])
        plot(found.diagram, free, state, near)
        _draw_printed(near, found)
    if found.cycles:
        periods = next(axes)
        periods.set_xlim(*(found.within if narrow is None else narrow[0]))
        plot(found.cycles, free, "period", periods)
        longest, shortest = periods.dataLim.y1, periods.dataLim.y0
        if longest > FACTOR * shortest:
            periods.set_yscale("log")
        for point in found.connections:
            _draw_value(periods, point.parameters[free], ORANGE, "dashed", "homoclinic orbit")
        _draw_printed(periods, found)
    _letter(figure.axes)
    _one_legend(figure)
    return figure


def portraits(found: Findings) -> Figure:
    """Draw the phase plane at every section, each above the time course of one of its orbits.

    Returns
    -------
    Figure
        Three portraits in a row. Where the cycles fill little of the plane, the portraits are of
        their surroundings, and a last one, of the last section, is of the whole.
    """
    sections, courses = found.sections, time_courses(found)
    box = _surroundings(found)
    panels = len(sections) + (box is not None)
    rows, columns = -(-panels // PER_ROW), min(PER_ROW, panels)
    height = TITLE + ROW * rows - GAP + LEGEND
    figure = Figure(figsize=(WIDTH, height))
    figure.subplots_adjust(
        left=0.07,
        right=0.985,
        bottom=LEGEND / height,
        top=1.0 - TITLE / height,
        wspace=0.3,
        hspace=2.0 * GAP / (ROW - 2.0 * GAP),
    )
    grid = figure.subplots(2 * rows, columns, squeeze=False, height_ratios=[2.4, 1.0] * rows)
    places = [(above, below) for k in range(rows) for above, below in grid[2 * k : 2 * k + 2].T]
    for (above, below), value, course in zip(places, sections, courses, strict=False):
        _draw_section(above, found, value, course, box)
        time_course(course, below)
    if box is not None:
        whole = places[len(sections)][0]
        _draw_section(whole, found, sections[-1], courses[-1], None)
        (left, right), (low, high) = box
        whole.add_patch(Rectangle((left, low), right - left, high - low, fill=False, linewidth=0.8))
    for ax in grid.flat:
        ax.set_visible(ax.has_data())
    _letter(above for above, _ in places[:panels])
    _one_legend(figure)
    return figure


def _draw_section(ax: Axes, found: Findings, value: float, course: Orbit, box: Box | None) -> None:
    """One phase portrait, with what is known to be there."""
    cycles = [point for point in cycles_at(found, value) if point.orbit is not None]
    loops = connections_at(found, value)
    portrait(
        found.system,
        at={found.study.free: value},
        cycles=cycles,
        homoclinic=loops[0] if loops else None,
        trajectories=() if cycles or loops else (course,),
        box=box,
        ax=ax,
        legend=False,
    )
    ax.set_aspect("equal")


def _surroundings(found: Findings) -> Box | None:
    """A square around all cycles, where it is much smaller than the box of the system."""
    orbits = [orbit.x for branch in found.cycles for orbit in branch.orbits]
    if not orbits or found.system.box is None:
        return None
    lo = np.min([x.min(axis=1) for x in orbits], axis=0)
    hi = np.max([x.max(axis=1) for x in orbits], axis=0)
    half = (0.5 + MARGIN) * float((hi - lo).max())
    if 2.0 * half > min(right - left for left, right in found.system.box) * SMALL:
        return None
    return [(float(c) - half, float(c) + half) for c in 0.5 * (lo + hi)]


def _narrow(found: Findings) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Limits of a panel around the cycles, where these fill little of the window."""
    free, state = found.study.free, found.system.states[0]
    if not found.cycles:
        return None
    values = np.concatenate([branch.parameters[free] for branch in found.cycles])
    lo, hi = float(values.min()), float(values.max())
    if hi - lo > NARROW * (found.within[1] - found.within[0]):
        return None
    lows = np.concatenate([branch.measures[f"{state}_min"] for branch in found.cycles])
    highs = np.concatenate([branch.measures[f"{state}_max"] for branch in found.cycles])
    return _widened(lo, hi), _widened(float(lows.min()), float(highs.max()))


def _widened(lo: float, hi: float) -> tuple[float, float]:
    room = MARGIN * (hi - lo)
    return lo - room, hi + room


def _draw_printed(ax: Axes, found: Findings) -> None:
    """Mark the homoclinic value that the paper prints, where it is within the panel."""
    printed = found.study.printed_homoclinic
    lo, hi = ax.get_xlim()
    if printed is not None and lo < printed < hi:
        _draw_value(ax, printed, "0.5", "dotted", "printed in the paper")


def _draw_value(ax: Axes, value: float, color: str, line: str, label: str) -> None:
    """Draw a vertical line at a value of the free parameter."""
    ax.axvline(value, color=color, linestyle=line, linewidth=0.8, label=label)


def _letter(axes: Iterable[Axes]) -> None:
    """Name the panels A, B, C, ..., at their upper left corners."""
    for letter, ax in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", axes, strict=False):
        ax.set_title(letter, loc="left", fontsize=LABEL_SIZE, fontweight="bold")


def _one_legend(figure: Figure) -> None:
    """One legend for all panels, below them, in place of their own."""
    entries: dict[str, Any] = {}
    for ax in figure.axes:
        own = ax.get_legend()
        if own is not None:
            own.remove()
        handles, labels = ax.get_legend_handles_labels()
        entries |= dict(zip(labels, handles, strict=True))
    figure.legend(
        entries.values(),
        entries.keys(),
        loc="lower center",
        ncols=4,
        fontsize=TEXT_SIZE,
        frameon=False,
    )

"""What was found, in words and as files: the table of special points and the time courses."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from continuation.tables import special_rows
from symgru.tracing import Findings, time_courses

DIAGRAM, SPECIAL, COURSES = "diagram.ct", "special_points.csv", "time_courses.csv"


def write(found: Findings, folder: Path) -> list[Path]:
    """Write the diagram, its special points and, of a whole diagram, the time courses.

    Parameters
    ----------
    found : Findings
        With one branch at least.
    folder : Path
        An existing folder; files of these names are replaced.

    Returns
    -------
    list of Path
        ``diagram.ct``, which `continuation.load` reads, and tables of comma-separated values, in
        which every number has the digits that determine it.
    """
    written = [found.diagram.save(folder / DIAGRAM)]
    written.append(_table(folder / SPECIAL, special_rows(found.diagram)))
    if not found.interrupted:
        written.append(_table(folder / COURSES, _samples(found)))
    return written


def text(found: Findings) -> str:
    """Say what was found: the special points with all their digits, and what there is to remark.

    Returns
    -------
    str
        Several lines. Cycles that were only asked for at a value are among the points ("UZ").
    """
    free, system = found.study.free, found.system
    fixed = ", ".join(f"{k} = {v:.15g}" for k, v in system.parameters.items() if k != free)
    lo, hi = found.within
    columns = ["branch", "label", free, *system.states, "period", "criticality"]
    rows = [
        [*(_cell(row.get(name, "")) for name in columns), f"{row['residual']:.0e}"]
        for row in special_rows(found.diagram)
    ]
    lines = [f"{found.study.title}: {fixed}, {free} from {lo:.15g} to {hi:.15g}", ""]
    lines += [*_aligned([[*columns, "residual"], *rows]), ""]
    lines += [
        f"{name}, {len(branch)} points: {' '.join(dict.fromkeys(map(str, branch.stop)))}"
        for name, branch in zip(found.diagram.names, found.branches, strict=True)
    ]
    return "\n".join([*lines, "", *_homoclinic(found), *found.remarks]).rstrip()


def _homoclinic(found: Findings) -> list[str]:
    """The homoclinic value computed, beside the one that the paper prints."""
    free, printed = found.study.free, found.study.printed_homoclinic
    said = "" if printed is None else f"; the paper prints {printed!r}"
    return [
        f"The cycles end in a homoclinic orbit at {free} = {point.parameters[free]:.12f}, "
        f"computed with residual {point.residual:.0e}{said}."
        for point in found.connections
    ]


def _samples(found: Findings) -> Iterable[Mapping[str, Any]]:
    """Rows of the time courses: the free parameter, the time, the states."""
    free, states = found.study.free, found.system.states
    for value, (t, x) in zip(found.sections, time_courses(found), strict=True):
        for time, state in zip(t.tolist(), x.T.tolist(), strict=True):
            yield {free: value, "t": time, **dict(zip(states, state, strict=True))}


def _table(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    """Write rows as comma-separated values; what a row does not have is empty."""
    rows = [{name: _known(value) for name, value in row.items()} for row in rows]
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    return path


def _known(value: Any) -> Any:
    """Return the value, or nothing where it is not known."""
    return "" if isinstance(value, float) and math.isnan(value) else value


def _cell(value: Any) -> str:
    """Text of a number with all its digits; nothing for what is not known."""
    value = _known(value)
    return repr(value) if isinstance(value, float) else str(value)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table whose columns are as wide as their widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]

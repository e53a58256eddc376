"""Certified equilibria on paper: a table, the data as JSON, and the phase portrait of two units."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symgru.equilibria import Equilibria
from symgru.gru import GRU

__all__ = ["data", "draw", "table", "write"]

DIGITS = 6

INCHES = 4.5
"""Side of the picture."""


def table(gru: GRU, found: Equilibria) -> str:
    """A table with one line an equilibrium, below it what is proved.

    Parameters
    ----------
    gru : GRU
    found : Equilibria

    Returns
    -------
    str

    Examples
    --------
    >>> import symgru as sg
    >>> gru = GRU(1).with_weights(U_h=[[8]], rest=0)
    >>> print(table(gru, sg.all_equilibria(gru)))
    kind    shape  h1         eigenvalues
    sink    node   -0.999326  -0.497304
    source  node   0          1.5
    sink    node   0.999326   -0.497304
    <BLANKLINE>
    exactly 3 equilibria (2 sinks, 1 source); proved
    """
    what = "multipliers" if gru.time == "map" else "eigenvalues"
    rows = [["kind", "shape", *map(str, gru.states), what]]
    for item in found:
        states = [f"{x:.{DIGITS}g}" for x in item.state]
        rows.append([item.kind, item.shape, *states, "  ".join(map(_number, item.eigenvalues))])
    for box in found.undecided:
        sides = [f"{lo:.{DIGITS}g} .. {hi:.{DIGITS}g}" for lo, hi in box]
        rows.append(["undecided", "", *sides, ""])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, "", str(found)])


def _number(value: complex) -> str:
    """A real or complex number with few digits."""
    if value.imag == 0:
        return f"{value.real:.{DIGITS}g}"
    return f"{value.real:.{DIGITS}g}{value.imag:+.{DIGITS}g}i"


def data(gru: GRU, found: Equilibria, values: Mapping[str, float]) -> dict[str, Any]:
    """What was proved as numbers and lists that JSON can hold, to the last digit."""
    return {
        "network": gru.name,
        "parameters": gru.numbers(**values),
        "complete": found.complete,
        "certified": found.certified,
        "limits": found.limits,
        "undecided": found.undecided.tolist(),
        "equilibria": [
            {
                "state": item.state.tolist(),
                "box": item.box.tolist(),
                "pre_activations": item.pre_activations.tolist(),
                "kind": item.kind,
                "shape": item.shape,
                "index": item.index,
                "eigenvalues": _parts(item.eigenvalues),
                "eigenvalue_error": item.eigenvalue_error,
            }
            for item in found
        ],
    }


def _parts(eigenvalues: NDArray[np.complex128]) -> list[list[float]]:
    return [[float(x.real), float(x.imag)] for x in eigenvalues]


def write(gru: GRU, found: Equilibria, values: Mapping[str, float], folder: Path) -> Path:
    """Write the data to ``equilibria.json`` in a folder, and return the file."""
    target = folder / "equilibria.json"
    target.write_text(json.dumps(data(gru, found, values), indent=1), encoding="utf-8")
    return target


def draw(gru: GRU, found: Equilibria, values: Mapping[str, float], folder: Path) -> Path:
    """Draw the phase portrait of a flow of two units, nullclines included; return the file.

    Parameters
    ----------
    gru : GRU
        With two units and time "flow".
    found : Equilibria
    values : mapping of str to float
        Values by parameter name.
    folder : Path

    Returns
    -------
    Path
    """
    # Here, because pictures are slow to import and not always wanted.
    from matplotlib.figure import Figure

    import continuation as ct

    figure = Figure(figsize=(INCHES, INCHES), layout="constrained")
    axes = figure.subplots()
    ct.portrait(gru.compile(**values), equilibria=[item.state for item in found], ax=axes)
    target = folder / "portrait.png"
    figure.savefig(target, dpi=200)
    return target

"""The record of a sweep: a grid with named axes, and for every cell a result or a reason.

Cells are counted in the order of the axes, the last one fastest, as `numpy.ravel` counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    import xarray as xr

VALUE = "value"
"""Name of the column of a job that returns a number or an array without a name."""

PENDING = "This cell has not been computed."


class SweepStop(StrEnum):
    """Why a sweep ended; the value is a sentence."""

    DONE = "All cells were computed."
    INTERRUPTED = "The sweep was interrupted; the cells found so far are kept."
    BROKEN = (
        "The executor broke, and only its owner can make a new one; the cells found so far are "
        "kept, and the same call with a new executor and the same `path` goes on."
    )


class Failure(NamedTuple):
    """A cell without a result: its place in the grid, and why."""

    cell: dict[str, float]
    reason: str


@dataclass(frozen=True)
class Sweep:
    """What a job gave in every cell of a grid.

    Attributes
    ----------
    job : str
        Name of the job.
    axes : mapping of str to ndarray, shape (m_i,)
        Values along each axis, in the order of the grid.
    results : tuple
        What the job returned, one a cell; None where there is none.
    reasons : tuple of str
        Why there is no result, one a cell; empty where there is one.
    done : ndarray of bool, shape (cells,)
        Whether a cell was computed, be it that it failed.
    stop : str
        Why the sweep ended, a sentence; see `SweepStop`.
    fingerprint : str
        Digest of the job with what is bound to it, and of the grid: a file goes on with its own
        job only.

    Notes
    -----
    ``found["frequency"]`` is the array of what the job returned under that name, of the shape of
    the grid, then that of the result. Where there is no result it is NaN; arrays of unequal length
    are filled with NaN up to the longest, and truth values are 0 and 1. A job that returns a
    number or an array alone has the one column "value". Results that are no numbers (branches,
    orbits) are in ``results`` alone.
    """

    job: str
    axes: Mapping[str, NDArray[Any]]
    results: tuple[Any, ...]
    reasons: tuple[str, ...]
    done: NDArray[np.bool_]
    stop: str
    fingerprint: str

    def __post_init__(self) -> None:
        count = int(np.prod(self.shape))
        if not len(self.results) == len(self.reasons) == len(self.done) == count:
            raise ValueError(f"a sweep over {count} cells needs a result or a reason for each.")

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of every axis."""
        return tuple(len(values) for values in self.axes.values())

    @property
    def cells(self) -> Iterator[dict[str, float]]:
        """The values on the axes, by name, cell after cell."""
        return cells_of(self.axes)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The cells that were computed without a result, in order, with reasons."""
        rows = zip(self.cells, self.reasons, self.done, strict=True)
        return tuple(Failure(cell, reason) for cell, reason, done in rows if done and reason)

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """All numbers and texts that the job returned, by name, over the grid."""
        rows = [named(result) for result in self.results]
        names = dict.fromkeys(name for row in rows for name in row)
        return {name: self._column([row.get(name) for row in rows]) for name in names}

    def _column(self, cells: list[NDArray[Any] | None]) -> NDArray[Any]:
        """One column from what its cells have."""
        known = [cell for cell in cells if cell is not None]
        if any(cell.dtype.kind == "U" for cell in known):
            texts = np.array(["" if cell is None else str(cell) for cell in cells], dtype=object)
            return texts.reshape(self.shape)
        depth = max(cell.ndim for cell in known)
        sides = [cell.shape + (1,) * (depth - cell.ndim) for cell in known]
        longest = np.max(np.array(sides, dtype=np.int64), axis=0)
        kind = np.result_type(np.float64, *(cell.dtype for cell in known))
        column = np.full((len(cells), *longest.tolist()), np.nan, dtype=kind)
        places = [i for i, cell in enumerate(cells) if cell is not None]
        for i, cell, side in zip(places, known, sides, strict=True):
            place: tuple[int | slice, ...] = (i, *(slice(length) for length in side))
            column[place] = cell.reshape(side)
        return column.reshape(self.shape + column.shape[1:])

    def __getitem__(self, name: str) -> NDArray[Any]:
        columns = self.columns
        if name not in columns:
            raise KeyError(f"no column {name!r}; there are: {', '.join(columns) or 'none'}.")
        return columns[name]

    def __len__(self) -> int:
        return len(self.results)

    def __str__(self) -> str:
        axes = ", ".join(f"{name} ({len(values)})" for name, values in self.axes.items())
        lines = [f"{self.job} over {axes}: {int(self.done.sum())} of {len(self)} cells"]
        lines += [f"  {failure.cell}: {failure.reason}" for failure in self.failures]
        return "\n".join([*lines, f"  ends: {self.stop}"])

    def to_dataframe(self) -> pd.DataFrame:
        """One row a cell: the axes, the columns, and "reason" where there is no result.

        Returns
        -------
        DataFrame
            An array of length q is the q columns "name1", "name2", ...; a complex number is
            "name_re" and "name_im".
        """
        import pandas as pd

        cells = list(self.cells)
        table: dict[str, Any] = {name: [cell[name] for cell in cells] for name in self.axes}
        for name, column in self.columns.items():
            for part, values in _flat(name, column.reshape(len(self), -1)):
                table[_free(part, table)] = values
        table[_free("reason", table)] = list(self.reasons)
        return pd.DataFrame(table)

    def to_xarray(self) -> xr.Dataset:
        """The columns as variables over the axes, with "reason"; the job and the end as attributes.

        Returns
        -------
        Dataset
            An array of a cell has the further dimensions "name_1", "name_2", ....
        """
        import xarray as xr

        grid = tuple(self.axes)
        variables: dict[str, Any] = {}
        for name, column in self.columns.items():
            further = tuple(f"{name}_{i}" for i in range(1, column.ndim - len(grid) + 1))
            variables[_free(name, self.axes)] = (grid + further, column)
        reasons = np.array(self.reasons, dtype=object).reshape(self.shape)
        variables[_free("reason", {**self.axes, **variables})] = (grid, reasons)
        attributes = {"job": self.job, "stop": str(self.stop)}
        return xr.Dataset(variables, coords=dict(self.axes), attrs=attributes)

    def save(self, path: str | Path) -> Path:
        """Write the sweep to one file that `continuation.load` reads; see `store.save`."""
        from continuation.store import save

        return save(self, path)


def cells_of(axes: Mapping[str, NDArray[Any]]) -> Iterator[dict[str, float]]:
    """The cells of a grid as mappings from axis to value, the last axis fastest."""
    lists = [values.tolist() for values in axes.values()]
    return (dict(zip(axes, values, strict=True)) for values in product(*lists))


def named(result: Any) -> dict[str, NDArray[Any]]:
    """The numbers and texts in a result, by name."""
    given = result if isinstance(result, Mapping) else {VALUE: result}
    found = {}
    for name, value in given.items():
        if isinstance(value, str | bool | int | float | complex | np.ndarray | np.generic):
            found[str(name)] = np.asarray(value)
        elif isinstance(value, list | tuple):
            array = np.array(value) if all(map(np.isscalar, value)) else np.empty(0, dtype=object)
            if array.dtype.kind in "biufc":
                found[str(name)] = array
    return found


def _flat(name: str, column: NDArray[Any]) -> Iterator[tuple[str, NDArray[Any]]]:
    """Real one-dimensional columns of a column of shape (cells, q), each with its name."""
    width = column.shape[1]
    for i, values in enumerate(column.T, start=1):
        own = name if width == 1 else f"{name}{i}"
        if np.iscomplexobj(values):
            yield f"{own}_re", values.real
            yield f"{own}_im", values.imag
        else:
            yield own, values


def _free(name: str, taken: Mapping[str, Any]) -> str:
    """A name with underscores until it is not taken."""
    while name in taken:
        name += "_"
    return name

"""Branches as tables: a data frame, a labelled dataset, and the list of special points.

A row is a point of the branch, or a special point at its place between two of them. The columns
carry the user's own names of states and parameters; where one of those equals a name that is used
here ("period", "stable", ...), the column made here gets an underscore: "period_".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from continuation.branch import Branch, Diagram

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from continuation.orbit import Orbit
    from continuation.special import SpecialPoint
    from continuation.system import System

Array = NDArray[np.float64]

BIFURCATIONS = frozenset(
    "LP H BP CP BT GH ZH HH LPC PD NS BPC CPC GPD CH R1 R2 R3 R4 LPPD LPNS PDNS NSNS HHS HSN"
    "".split()
)
"""Kinds of points at which the linearisation is neutral, so that it does not decide stability."""


def columns(branch: Branch) -> dict[str, NDArray[Any]]:
    """Real columns of the table of a branch, special points included at their place.

    Returns
    -------
    dict of str to ndarray, shape (rows,)
        "label" (empty but at special points), every parameter, every state, "period" of cycles,
        "stable", and the measures of the branch, in this order. A special point counts as not
        stable where its kind is a bifurcation; points that were asked for ("UZ", a user's event)
        are as stable as their neighbour. What is not known is NaN.
    """
    special, system = branch.special, branch.system
    label, period, stable = (own_name(system, name) for name in ("label", "period", "stable"))
    empty = np.full(len(branch), "", dtype=object)
    table: dict[str, NDArray[Any]] = {label: _merge(branch, empty, [sp.label for sp in special])}
    for name in system.parameters:
        known = [sp.parameters[name] for sp in special]
        table[name] = _merge(branch, branch.parameters[name], known)
    for i, name in enumerate(system.states):
        table[name] = _merge(branch, branch.states[i], [sp.state[i] for sp in special])
    if branch.periods is not None:
        table[period] = _merge(branch, branch.periods, [_period(sp) for sp in special])
    table[stable] = _merge(branch, branch.stable, _stability(branch))
    measured = [measures(sp) for sp in special]
    for name, values in branch.measures.items():
        known = [m.get(name, np.nan) for m in measured]
        table[own_name(system, name)] = _merge(branch, values, known)
    return table


def spectrum(branch: Branch) -> tuple[str, NDArray[np.complex128]] | None:
    """Eigenvalues or multipliers of every row of `columns`, or None where a branch has neither.

    Returns
    -------
    (str, ndarray) or None
        "eigenvalue" or "multiplier", and the values, shape (k, rows); NaN where they are not known.
    """
    for name in ("eigenvalue", "multiplier"):
        along: NDArray[np.complex128] | None = getattr(branch, f"{name}s")
        if along is None:
            continue
        at_special = np.full((len(along), len(branch.special)), complex(np.nan, np.nan))
        for k, point in enumerate(branch.special):
            known = getattr(point, f"{name}s")
            if known is not None and len(known) == len(along):
                at_special[:, k] = known
        return name, np.insert(along, _places(branch), at_special, axis=1)
    return None


def dataframe(branch: Branch) -> pd.DataFrame:
    """Every point of a branch as a row, in the order of the branch, special points at their place.

    Returns
    -------
    DataFrame
        The columns of `columns`, then "eigenvalue1_re", "eigenvalue1_im", ... (of cycles:
        "multiplier1_re", ...).

    Notes
    -----
    ``frame[frame["label"] != ""]`` are the special points, ``frame[frame["stable"]]`` is what a
    simulation can see.
    """
    import pandas as pd

    table = columns(branch)
    found = spectrum(branch)
    if found is not None:
        for i, values in enumerate(found[1], start=1):
            table[own_name(branch.system, f"{found[0]}{i}_re")] = values.real
            table[own_name(branch.system, f"{found[0]}{i}_im")] = values.imag
    return pd.DataFrame(table)


def stacked(diagram: Diagram) -> pd.DataFrame:
    """The frames of all branches of a diagram, one below the other.

    Returns
    -------
    DataFrame
        "branch" (its name), then the columns of `dataframe`; what a branch has not is empty.
    """
    import pandas as pd

    frames = [
        dataframe(branch).assign(**{own_name(branch.system, "branch"): name})
        for name, branch in zip(diagram.names, diagram.branches, strict=True)
    ]
    if not frames:
        return pd.DataFrame()
    frame = pd.concat(frames, ignore_index=True)
    first = own_name(diagram.system, "branch")
    return frame[[first, *(name for name in frame.columns if name != first)]]


def special_rows(branches: Branch | Iterable[Branch]) -> list[dict[str, Any]]:
    """Every special point of one or more branches as a mapping from column to value.

    Returns
    -------
    list of dict
        The rows of `special_table`, each without the columns that mean nothing for it.
    """
    sequence: Sequence[Branch] = [branches] if isinstance(branches, Branch) else list(branches)
    free = list(dict.fromkeys(name for branch in sequence for name in branch.free))
    rows = [
        _special_row(number, sp.system, sp, free)
        for number, branch in enumerate(sequence, start=1)
        for sp in branch.special
    ]
    if isinstance(branches, Diagram):
        rows += [_special_row(0, sp.system, sp, free) for sp in branches.connections]
    return rows


def special_table(branches: Branch | Iterable[Branch]) -> pd.DataFrame:
    """Every special point of one or more branches as a row, with all its digits.

    Returns
    -------
    DataFrame
        "branch" (number in the sequence, from 1; 0 for a connecting orbit of a diagram), "label",
        "kind", the parameters that are free on any of the branches, the states, "period",
        "residual" and "conditioning" of the defining system, "criticality", and the coefficients of
        the normal forms by their names. A column that means nothing for a point is NaN there, or
        empty.
    """
    import pandas as pd

    return pd.DataFrame(special_rows(branches))


def dataset(branch: Branch) -> xr.Dataset:
    """A branch as a labelled dataset: the rows of `dataframe` along the dimension "point".

    Returns
    -------
    Dataset
        States, "period" of cycles, "stable" and measures as variables over "point"; "eigenvalue" or
        "multiplier", complex, over ("index", "point"); parameters and "label" as coordinates of
        "point". The attributes say what kind of branch it is and why it ended.
    """
    import xarray as xr

    system = branch.system
    point, index = own_name(system, "point"), own_name(system, "index")
    table = columns(branch)
    coordinates = {own_name(system, "label"), *system.parameters}
    variables: dict[str, Any] = {
        name: (point, values) for name, values in table.items() if name not in coordinates
    }
    found = spectrum(branch)
    if found is not None:
        variables[own_name(system, found[0])] = ((index, point), found[1])
    return xr.Dataset(
        variables,
        coords={
            name: (point, table[name].astype(str if name not in system.parameters else float))
            for name in table
            if name in coordinates
        },
        attrs={
            "kind": branch.kind,
            "system": system.name or "",
            "free": list(branch.free),
            "stop": [str(reason) for reason in branch.stop],
            "provenance": branch.provenance,
        },
    )


def own_name(system: System, name: str) -> str:
    """Name of a column made here, with underscores until it is none of the system's own names."""
    while name in system.states or name in system.parameters:
        name += "_"
    return name


def coefficients(point: SpecialPoint) -> dict[str, float]:
    """Numbers in the normal form of a special point, by name; empty where there is none."""
    form: Any = point.normal_form
    values: dict[str, Any] = {}
    if is_dataclass(form):
        values = {entry.name: getattr(form, entry.name) for entry in fields(form)}
    return {name: float(value) for name, value in values.items() if isinstance(value, int | float)}


def measures(point: SpecialPoint) -> dict[str, float]:
    """Least and largest value of each state x on the orbit of a special point: "x_min", "x_max"."""
    if point.orbit is None:
        return {}
    found: dict[str, float] = {}
    for name, (least, largest) in zip(point.system.states, extremes(point.orbit), strict=True):
        found[f"{name}_min"], found[f"{name}_max"] = float(least), float(largest)
    return found


def extremes(orbit: Orbit) -> Array:
    """Least and largest value of every state on an orbit, between its nodes too.

    Collocation pieces are polynomials, whose extremes are found exactly among the pieces that touch
    the extreme node; samples of a simulation are interpolated by a parabola through three of them.

    Returns
    -------
    ndarray, shape (n, 2)
        Least and largest value of each state.
    """
    return np.array([(-_largest(orbit, -x), _largest(orbit, x)) for x in orbit.x])


def _largest(orbit: Orbit, x: Array) -> float:
    """Largest value of one state, shape (m,), on an orbit."""
    t, last = orbit.t, len(orbit.t) - 1
    top = int(np.argmax(x))
    if orbit.degree is None:
        pieces = [(top - 1, top + 1)]
    else:
        first = top // orbit.degree * orbit.degree
        starts = {first, top - orbit.degree} if top == first else {first}
        pieces = [(j, j + orbit.degree) for j in sorted(starts)]
    best = float(x[top])
    for lo, hi in pieces:
        if lo < 0 or hi > last:
            continue
        s = (t[lo : hi + 1] - t[lo]) / (t[hi] - t[lo])
        piece = np.polynomial.Polynomial.fit(s, x[lo : hi + 1], hi - lo, domain=[0.0, 1.0])
        turns = piece.deriv().roots()
        inside = turns.real[np.isreal(turns) & (turns.real > 0.0) & (turns.real < 1.0)]
        best = max([best, *map(float, piece(inside))])
    return best


def _places(branch: Branch) -> NDArray[np.int64]:
    """Where the special points go among the points, as `numpy.insert` counts."""
    return np.asarray(branch.positions, dtype=np.int64) + 1


def _merge(branch: Branch, along: NDArray[Any], at_special: Sequence[Any]) -> NDArray[Any]:
    """One column: values along the branch, shape (m,), with those of special points put between."""
    return np.insert(along, _places(branch), np.asarray(at_special, dtype=along.dtype))


def _stability(branch: Branch) -> list[bool]:
    """Stability of the special points: False at bifurcations, that of the neighbour elsewhere."""
    return [
        sp.kind not in BIFURCATIONS and bool(branch.stable[place])
        for sp, place in zip(branch.special, branch.positions, strict=True)
    ]


def _period(point: SpecialPoint) -> float:
    return np.nan if point.period is None else point.period


def _special_row(number: int, system: System, sp: SpecialPoint, free: list[str]) -> dict[str, Any]:
    """One special point for `special_table`."""
    row: dict[str, Any] = {"branch": number, "label": sp.label, "kind": sp.kind}
    row = {own_name(system, name): value for name, value in row.items()}
    row |= {name: sp.parameters[name] for name in free}
    row |= dict(zip(system.states, map(float, sp.state), strict=True))
    own: dict[str, Any] = {
        "period": _period(sp),
        "residual": sp.residual,
        "conditioning": sp.conditioning,
        "criticality": "" if sp.normal_form is None else sp.normal_form.criticality,
    }
    own |= coefficients(sp)
    return row | {own_name(system, name): value for name, value in own.items()}

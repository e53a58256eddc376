"""A branch: read-only arrays along a curve, its special points, and why it stopped at both ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

import numpy as np
from numpy.typing import NDArray

from continuation.errors import StopReason
from continuation.settings import Settings
from continuation.special import SpecialPoint

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    import xarray as xr

    from continuation.orbit import Orbit
    from continuation.system import System

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Branch:
    """A family of solutions, ordered from one end to the other.

    Attributes
    ----------
    kind : str
        "equilibria", "cycles", ...: the kind of the curve.
    system : System
        The system whose solutions these are.
    free : tuple of str
        Free parameters.
    within : mapping of str to (float, float)
        Bounds of the free parameters.
    parameters : mapping of str to ndarray, shape (m,)
        Every parameter along the branch.
    states : ndarray, shape (n, m)
        States, one point a column; of a cycle its first point.
    stable : ndarray of bool, shape (m,)
        Whether the solution is linearly stable.
    periods : ndarray or None, shape (m,)
        Of cycles.
    eigenvalues, multipliers : ndarray or None, shape (n, m)
        One of the two, one point a column.
    measures : mapping of str to ndarray, shape (m,)
        Further columns: for cycles "x_min" and "x_max" of each state x.
    orbits : tuple of Orbit
        Of cycles, one a point; empty for equilibria.
    special : tuple of SpecialPoint
        In the order of the branch; ``branch["H1"]`` finds one by its label.
    positions : tuple of int
        For each special point the index of the branch point that it follows.
    stop : tuple of two StopReason
        At the end that points were first followed to, and at the other.
    settings : Settings
        With which it was computed.
    provenance : str
        Where the start came from.
    """

    kind: str
    system: System
    free: tuple[str, ...]
    within: Mapping[str, tuple[float, float]]
    parameters: Mapping[str, Array]
    states: Array
    stable: NDArray[np.bool_]
    stop: tuple[StopReason, StopReason]
    special: tuple[SpecialPoint, ...] = ()
    positions: tuple[int, ...] = ()
    periods: Array | None = None
    eigenvalues: NDArray[np.complex128] | None = None
    multipliers: NDArray[np.complex128] | None = None
    measures: Mapping[str, Array] = field(default_factory=dict)
    orbits: tuple[Orbit, ...] = ()
    settings: Settings = field(default_factory=Settings)
    provenance: str = ""

    def __post_init__(self) -> None:
        arrays = (
            self.states,
            self.stable,
            self.periods,
            self.eigenvalues,
            self.multipliers,
            *self.parameters.values(),
            *self.measures.values(),
        )
        for array in arrays:
            if array is not None:
                array.setflags(write=False)

    def __len__(self) -> int:
        return int(self.states.shape[1])

    def __getitem__(self, label: str) -> SpecialPoint:
        for point in self.special:
            if point.label == label:
                return point
        labels = ", ".join(point.label for point in self.special) or "none"
        raise KeyError(f"no special point {label!r} on this branch; there are: {labels}.")

    def __repr__(self) -> str:
        lines = [f"{len(self)} {self.kind} in {', '.join(self.free)}"]
        lines += [f"  {point}" for point in self.special]
        lines += [f"  ends: {reason}" for reason in self.stop]
        return "\n".join(lines)

    def to_dataframe(self) -> pd.DataFrame:
        """One row a point, special points included; see `tables.dataframe`."""
        from continuation.tables import dataframe

        return dataframe(self)

    def to_xarray(self) -> xr.Dataset:
        """The branch as a labelled dataset with dimension "point"; see `tables.dataset`."""
        from continuation.tables import dataset

        return dataset(self)

    def save(self, path: str | Path) -> Path:
        """Write the branch to one file that `continuation.load` reads; see `store.save`."""
        from continuation.store import save

        return save(self, path)


@dataclass(frozen=True)
class Diagram(Sequence[Branch]):
    """Branches over one system, with names: a sequence, and a mapping from name to branch.

    Attributes
    ----------
    branches : tuple of Branch
        In the order in which they were found.
    names : tuple of str
        One a branch: "equilibria 1", "cycles from H1", ...; made from the kinds where not given.
    connections : tuple of SpecialPoint
        Connecting orbits (HHS, HSN) that belong to the picture but lie on no branch of it.
    interrupted : bool
        Whether an interruption cut the search short, so that branches are missing.

    Raises
    ------
    ValueError
        Where the branches belong to different systems, or names are missing or not unique.
    """

    branches: tuple[Branch, ...]
    names: tuple[str, ...] = ()
    connections: tuple[SpecialPoint, ...] = ()
    interrupted: bool = False

    def __post_init__(self) -> None:
        given: object = self.branches
        if not isinstance(given, Sequence) or not all(isinstance(b, Branch) for b in given):
            raise TypeError(f"a diagram is made of a list of branches, got {type(given).__name__}.")
        object.__setattr__(self, "branches", tuple(self.branches))
        names = tuple(self.names) or _numbered(branch.kind for branch in self.branches)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "connections", tuple(self.connections))
        if len(set(names)) != len(self.branches):
            raise ValueError(
                f"a diagram needs one name a branch, all different; got "
                f"{len(self.branches)} branches and the names {', '.join(names)}."
            )
        systems = {(b.system.states, tuple(b.system.parameters)) for b in self.branches}
        if len(systems) > 1:
            raise ValueError("the branches of a diagram must belong to one system.")

    @property
    def system(self) -> System:
        """The system of all branches."""
        return self.branches[0].system

    @property
    def special(self) -> tuple[SpecialPoint, ...]:
        """All special points, branch after branch, and the connecting orbits."""
        return (*(p for branch in self.branches for p in branch.special), *self.connections)

    @overload
    def __getitem__(self, key: int | str) -> Branch: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[Branch]: ...
    def __getitem__(self, key: int | str | slice) -> Branch | Sequence[Branch]:
        if isinstance(key, str):
            if key not in self.names:
                raise KeyError(f"no branch {key!r}; there are: {', '.join(self.names)}.")
            return self.branches[self.names.index(key)]
        return self.branches[key]

    def __len__(self) -> int:
        return len(self.branches)

    def __repr__(self) -> str:
        parts = [f"{n}: {b}" for n, b in zip(self.names, self.branches, strict=True)]
        return "\n".join([*parts, *(str(point) for point in self.connections)])

    def to_dataframe(self) -> pd.DataFrame:
        """One row a point of any branch, with the branch's name; see `tables.stacked`.

        Special points have a label; `tables.special_table` lists them with their coefficients.
        """
        from continuation.tables import stacked

        return stacked(self)

    def save(self, path: str | Path) -> Path:
        """Write the diagram to one file that `continuation.load` reads; see `store.save`."""
        from continuation.store import save

        return save(self, path)


def _numbered(kinds: Iterable[str]) -> tuple[str, ...]:
    """Names "equilibria 1", "equilibria 2", "cycles 1", ... in order."""
    count: Counter[str] = Counter()
    names = []
    for kind in kinds:
        count[kind] += 1
        names.append(f"{kind} {count[kind]}")
    return tuple(names)

"""What was computed at the point asked for last."""

from __future__ import annotations

from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
T = TypeVar("T")


class LastPoint(Generic[T]):
    """One result of a costly computation, shared by the curves of a branch: memory stays flat."""

    def __init__(self) -> None:
        self._z: Array = np.empty(0)
        self._mesh: Array | None = None
        self._kept: T | None = None

    def find(self, z: Array, mesh: Array) -> T | None:
        """What was kept, if it belongs to this z on this mesh."""
        same = self._mesh is mesh and (z is self._z or np.array_equal(z, self._z))
        return self._kept if same else None

    def keep(self, z: Array, mesh: Array, kept: T) -> None:
        """Keep a result in place of the last one; z is not changed afterwards."""
        self._z, self._mesh, self._kept = z, mesh, kept

"""The elimination of a collocation problem at the point asked for last."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from continuation.collocation.assembly import Intervals

Array = NDArray[np.float64]


class LastPoint:
    """The last elimination, shared by the curves of a branch, so that memory stays flat."""

    def __init__(self) -> None:
        self._z: Array = np.empty(0)
        self._mesh: Array | None = None
        self._intervals: Intervals | None = None

    def find(self, z: Array, mesh: Array) -> Intervals | None:
        """What was kept, if it belongs to this z on this mesh."""
        same = self._mesh is mesh and np.array_equal(z, self._z)
        return self._intervals if same else None

    def keep(self, z: Array, mesh: Array, intervals: Intervals) -> None:
        """Keep an elimination in place of the last one."""
        self._z, self._mesh, self._intervals = z.copy(), mesh, intervals

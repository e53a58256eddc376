"""An orbit: times and states, with the system and the parameters that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from continuation.system import System


@dataclass(frozen=True)
class Orbit:
    """A trajectory, a cycle or a connecting orbit; unpacks as ``t, x = orbit``.

    Attributes
    ----------
    t : ndarray, shape (m,)
        Times, increasing. A cycle runs from 0 to its period, both ends included.
    x : ndarray, shape (n, m)
        States, one time a column.
    system : System or None
        The system whose orbit it is.
    parameters : mapping of str to float
        All parameters, by name.
    degree : int or None
        Where the orbit is a collocation solution: the degree of its pieces, so that ``t[::degree]``
        is the mesh. None for samples of a simulation.
    """

    t: NDArray[np.float64]
    x: NDArray[np.float64]
    system: System | None
    parameters: Mapping[str, float]
    degree: int | None = None

    def __len__(self) -> int:
        return 2

    def __iter__(self) -> Iterator[NDArray[np.float64]]:
        return iter((self.t, self.x))

    def __getitem__(self, i: int) -> NDArray[np.float64]:
        return (self.t, self.x)[i]

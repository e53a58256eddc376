"""An orbit: times and states, with the system and the parameters that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.polynomial import Polynomial
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

    def __repr__(self) -> str:
        span = f", t from {self.t[0]:.12g} to {self.t[-1]:.12g}" if len(self.t) else ""
        return f"orbit of {len(self.t)} points{span}"

    def __len__(self) -> int:
        return 2

    def __iter__(self) -> Iterator[NDArray[np.float64]]:
        return iter((self.t, self.x))

    def __getitem__(self, i: int) -> NDArray[np.float64]:
        return (self.t, self.x)[i]

    def max(self, name: str) -> float:
        """Largest value of a state on the orbit; of the polynomials, where it is a solution.

        Raises
        ------
        ValueError
            When no state has this name.
        """
        return self._largest(name, 1.0)

    def min(self, name: str) -> float:
        """Smallest value of a state on the orbit, as in `max`."""
        return -self._largest(name, -1.0)

    def _largest(self, name: str, sign: float) -> float:
        """Largest value of a state, or of its negative."""
        states = () if self.system is None else self.system.states
        if name not in states:
            known = ", ".join(states) or "(none)"
            raise ValueError(f"unknown state {name!r}; the orbit has {known}.")
        values = sign * self.x[list(states).index(name)]
        best = int(np.argmax(values))
        found = [float(values[best])]
        if self.degree is not None:
            # The largest value at the nodes belongs to one piece, or to two.
            for piece in {max(best - 1, 0) // self.degree, best // self.degree}:
                part = slice(piece * self.degree, (piece + 1) * self.degree + 1)
                found += _maxima(self.t[part], values[part])
        return max(found)


def _maxima(t: NDArray[np.float64], values: NDArray[np.float64]) -> list[float]:
    """Values of the polynomial through some points where its slope vanishes between them."""
    if len(t) < 2:
        return []
    s = (t - t[0]) / (t[-1] - t[0])
    polynomial = Polynomial(np.linalg.solve(np.vander(s, increasing=True), values))
    roots = polynomial.deriv().roots()
    inside = roots.real[(roots.imag == 0.0) & (roots.real > 0.0) & (roots.real < 1.0)]
    return [float(value) for value in polynomial(inside)]

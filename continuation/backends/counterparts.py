r"""The point of our branch that belongs to a point of another: where a hyperplane meets our curve.

Let y be a point of the other branch, and let a segment of our branch from u to v be the closest one
to it. The counterpart of y is the solution of

.. math:: H(z) = 0, \qquad \langle v - u, z - y \rangle = 0,

found by Newton's method from the interpolated point: a comparison at equal parameter values where
the branch is flat, at equal states where it is vertical. Equilibria are compared in states and free
parameters, cycles in period, parameter and the extremes of the states, because the phase of a
cycle and its mesh are each program's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from continuation.backends.records import extremes
from continuation.collocation import profile as profiles
from continuation.curve import Curve, units
from continuation.curves import fold, hopf
from continuation.curves.cycle import CycleCurve
from continuation.curves.equilibrium import EquilibriumCurve
from continuation.errors import StopReason
from continuation.newton import correct
from continuation.special import SpecialPoint

if TYPE_CHECKING:
    from continuation.branch import Branch
    from continuation.orbit import Orbit

Array = NDArray[np.float64]

AT_END = 1e-9
"""A point beyond the end of a branch by less than this counts as its end."""


@dataclass(frozen=True)
class Counterpart:
    """Our point for one of theirs.

    Attributes
    ----------
    values : ndarray, shape (k,)
        Free parameters; NaN where our branch has no such point.
    difference : float
        Largest difference, states relative to 1 or their size, parameters in units of the window,
        the period relative to itself; NaN where there is no counterpart.
    """

    values: Array
    difference: float


@dataclass(frozen=True)
class Path:
    """A branch as a polygon in scaled coordinates.

    Attributes
    ----------
    branch : Branch
        Ours.
    """

    branch: Branch

    @cached_property
    def free(self) -> tuple[str, ...]:
        """Free parameters."""
        return self.branch.free

    @cached_property
    def units(self) -> Array:
        """Widths of the windows, shape (k,)."""
        return units(self.free, self.branch.within)

    @cached_property
    def size(self) -> float:
        """In which states are measured."""
        return max(1.0, float(np.abs(self.branch.states).max()))

    @cached_property
    def corners(self) -> Array:
        """Scaled coordinates of all points, shape (m, d)."""
        return coordinates(self, self.branch)

    def coordinates_of(self, point: SpecialPoint) -> Array:
        """Scaled coordinates of a special point, shape (d,)."""
        values = np.array([point.parameters[name] for name in self.free]) / self.units
        if point.orbit is None:
            return np.append(point.state / self.size, values)
        return self.of_cycle(values, point.orbit)

    def of_cycle(self, values: Array, orbit: Orbit) -> Array:
        """Scaled coordinates of a cycle: parameter, logarithm of the period, extremes."""
        return np.concatenate((values, [np.log(orbit.t[-1])], extremes(orbit).ravel() / self.size))

    def closest(self, y: Array) -> tuple[int, float, float]:
        """Index of the closest segment, the place on it from 0 to 1, and the distance.

        Beyond an end of the branch the place is below 0 or above 1.
        """
        starts, chords = self.corners[:-1], np.diff(self.corners, axis=0)
        square = np.maximum(np.einsum("ij,ij->i", chords, chords), np.finfo(float).tiny)
        along = np.einsum("ij,ij->i", y - starts, chords) / square
        inside = np.clip(along, 0.0, 1.0)
        distance = np.linalg.norm(starts + inside[:, None] * chords - y, axis=1)
        best = int(np.argmin(distance))
        place = float(along[best])
        open_end = self.branch.stop[0] is not StopReason.CLOSED
        at_end = (best == 0 and place < 0.0) or (best == len(chords) - 1 and place > 1.0)
        if not (open_end and at_end) or abs(place - inside[best]) * square[best] ** 0.5 < AT_END:
            place = float(inside[best])
        return best, place, float(distance[best])


def coordinates(path: Path, branch: Branch) -> Array:
    """Scaled coordinates of the points of a branch, shape (m, d), in the units of a path."""
    values = np.array([branch.parameters[name] for name in path.free]) / path.units[:, None]
    if branch.kind != "cycles":
        return np.vstack((branch.states / path.size, values)).T
    return np.array([path.of_cycle(values[:, i], orbit) for i, orbit in enumerate(branch.orbits)])


def counterpart(path: Path, theirs: Branch, j: int, y: Array) -> Counterpart:
    """Our point for point j of another branch.

    Parameters
    ----------
    path : Path
        Ours.
    theirs : Branch
        Theirs.
    j : int
        Which of its points.
    y : ndarray, shape (d,)
        Its scaled coordinates.
    """
    nothing = Counterpart(np.full(len(path.free), np.nan), float("nan"))
    i, place, _ = path.closest(y)
    if not 0.0 <= place <= 1.0:
        return nothing
    if theirs.kind == "cycles":
        return _cycle(path, theirs, j, y, i, place) or nothing
    return _equilibrium(path, y, i, place) or nothing


def _equilibrium(path: Path, y: Array, i: int, place: float) -> Counterpart | None:
    """Where the hyperplane through y meets our curve of equilibria."""
    n, k = path.branch.system.dimension, len(path.free)
    scale = np.append(np.full(n, path.size), path.units)
    chord = path.corners[i + 1] - path.corners[i]
    curve, z = _curve(path, scale * (path.corners[i] + place * chord))
    row = np.zeros(len(z))
    row[:n], row[-k:] = (chord / scale)[:n], (chord / scale)[n:]
    level = float(row[:n] @ (scale * y)[:n] + row[-k:] @ (scale * y)[n:])
    found = correct(curve, z, row, level, path.branch.settings)
    if not found.converged:
        return None
    ours = np.append(found.z[:n], found.z[-k:]) / scale
    return Counterpart(found.z[-k:], float(np.abs(ours - y).max()))


def _curve(path: Path, point: Array) -> tuple[Curve, Array]:
    """The curve of the branch near (state, free parameters), and that point as a first guess."""
    branch = path.branch
    n = branch.system.dimension
    parameters = {name: float(column[0]) for name, column in branch.parameters.items()}
    parameters |= dict(zip(path.free, point[n:].tolist(), strict=True))
    if branch.kind == "equilibria":
        p = branch.system.vector(parameters)
        return EquilibriumCurve(branch.system, path.free, p, float(path.units[0])), point
    kind, way_in = {
        "folds": ("LP", fold.from_fold),
        "Hopf points": ("H", hopf.from_hopf),
    }[branch.kind]
    guess = SpecialPoint(kind, branch.system, path.free, parameters, point[:n], float("nan"))
    first, second = path.free
    curve, start = way_in(guess, (first, second), path.units)
    return curve, start.z


def _cycle(
    path: Path, theirs: Branch, j: int, y: Array, i: int, place: float
) -> Counterpart | None:
    """Where the line across ours in the plane of period and parameter meets our curve of cycles."""
    branch, unit = path.branch, float(path.units[0])
    here, there = branch.orbits[i], branch.orbits[i + 1]
    assert here.degree is not None
    intervals = (len(here.t) - 1) // here.degree
    settings = replace(branch.settings, intervals=intervals, degree=here.degree)
    curve, z = CycleCurve.from_data(here, path.free[0], unit, settings)
    span = _on_mesh_of(here, there, path.free[0]) - z
    value, period = theirs.parameters[path.free[0]][j], theirs.orbits[j].t[-1]
    row = np.zeros(len(z))
    row[-2:] = span[-2] / here.t[-1] ** 2, span[-1] / unit**2
    level = float(row[-2] * period + row[-1] * value)
    found = correct(curve, z + place * span, row, level, settings)
    if not found.converged:
        return None
    values = found.z[-1:]
    orbit = curve.state(found.z).orbit
    assert orbit is not None
    ours = path.of_cycle(values / path.units, orbit)
    return Counterpart(values, float(np.abs(ours - y).max()))


def _on_mesh_of(here: Orbit, there: Orbit, free: str) -> Array:
    """A neighbouring cycle as unknowns (profile, period, parameter) on the mesh of another."""
    assert here.degree is not None and there.degree is not None
    mesh = there.t[:: there.degree] / there.t[-1]
    states = np.ascontiguousarray(there.x.T)
    x = profiles.evaluate(states, mesh, there.degree, here.t / here.t[-1])
    return np.append(x.ravel(), (there.t[-1], there.parameters[free]))

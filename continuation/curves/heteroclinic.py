r"""Heteroclinic orbits between two hyperbolic equilibria, truncated to a finite time.

.. math::

    u' = T f(u, p), \quad f(x_1, p) = f(x_2, p) = 0, \quad
    L_-^T (u(0) - x_1) = 0, \quad L_+^T (u(1) - x_2) = 0,

with the phase condition of `connecting`: L_- spans the left stable subspace at x_1, L_+ the left
unstable subspace at x_2, with n_1 and n_2 conditions. z = (u, x_1, x_2, T, lambda). In k parameters
such orbits form a family of dimension k - 1 when

.. math:: n_1 + n_2 = n,

as for a saddle-to-saddle connection in the plane: isolated in one parameter, a curve in two, with
T = T_ref. (With n_1 + n_2 = n - 1 a connection persists for all parameters, with more it needs
more.) Sources as in `connecting`; W.-J. Beyn, IMA J. Numer. Anal. 10 (1990) 379-405, section 2.

The curve in two parameters ends where one of the equilibria loses its type, or another one comes
close to the orbit.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from continuation import points, saddles
from continuation.collocation.assembly import BorderedProblem
from continuation.collocation.reference import Reference
from continuation.connecting import (
    Conditions,
    Parts,
    Projection,
    Truncation,
    equations_of,
    linear_tails,
)
from continuation.curve import Curve, Event, Point, Solution, Start
from continuation.engine import norm, point_near
from continuation.errors import ContinuationError, StopReason
from continuation.linalg.subspaces import left_subspace
from continuation.orbit import Orbit
from continuation.settings import Settings
from continuation.tails import wanted_distances

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

DRIFT = 3.0
"""The ends are put back when a distance is off by more than this factor."""

HYPERBOLIC = 1e-6
"""Real parts below this part of the spectral radius make an equilibrium too close to a fold."""

NEAR = 0.3
"""Ends nearer to the equilibria than this part of the size of the orbit are near a connection."""


@dataclass(frozen=True)
class HeteroclinicCurve(Curve):
    """Truncated heteroclinic orbits; z = (u at the base points, x_1, x_2, T / T_ref, lambda).

    Attributes
    ----------
    system : System
        x' = f(x, p).
    free : tuple of one or two str
        The free parameters lambda.
    truncation : Truncation
        Mesh, phase reference, units.
    leaving, arriving : Projection
        References of L_- at x_1 and L_+ at x_2.
    settings : Settings
        How often the mesh is adapted, tolerance.
    """

    kind: ClassVar[str] = "heteroclinic orbits"

    system: System
    free: tuple[str, ...]
    truncation: Truncation
    leaving: Projection
    arriving: Projection
    settings: Settings = field(default_factory=Settings)

    @classmethod
    def from_orbit(
        cls,
        orbit: Orbit,
        rests: tuple[Array, Array],
        free: tuple[str, ...],
        units: Array,
        settings: Settings,
        provenance: str,
    ) -> tuple[HeteroclinicCurve, Start]:
        """Start at an orbit that leaves one equilibrium and comes close to another.

        Parameters
        ----------
        orbit : Orbit
            A collocation solution of some degree, or samples.
        rests : tuple of two ndarrays, shape (n,)
            Guesses of x_1 and x_2.
        free : tuple of one or two str
            The free parameters.
        units : ndarray, shape (k,)
            Widths of their windows.
        settings : Settings
            Number of intervals and degree.
        provenance : str
            Where the orbit came from.

        Raises
        ------
        ContinuationError
            When the ends are not near two different hyperbolic equilibria, or the dimensions of
            their manifolds do not make the connection isolated in one parameter.
        """
        equations, value = equations_of(orbit.system, free, orbit)
        x, period = np.ascontiguousarray(orbit.x.T), float(orbit.t[-1] - orbit.t[0])
        found = [points.equilibrium(equations, rest, value)[0] for rest in rests]
        matrices = [equations.first(np.concatenate((rest, value)))[1] for rest in found]
        _check(found, matrices, x)
        degree = orbit.degree or settings.degree
        count = (len(x) - 1) // degree
        x = x[: count * degree + 1]
        mesh = (orbit.t[: count * degree + 1 : degree] - orbit.t[0]) / period
        mesh = mesh / mesh[-1]
        leaving = Projection("lhp", left_subspace(matrices[0], "lhp").basis)
        arriving = Projection("rhp", left_subspace(matrices[1], "rhp").basis)
        truncation = Truncation(equations, Reference(mesh, degree, x, period), 2, units)
        z = truncation.join(x, np.array(found), period, value)
        system = equations.system
        curve = cls(system, free, truncation, leaving, arriving, settings)
        if len(free) == 2:
            curve, z, _ = curve.trimmed(z)
        curve, z = curve.remeshed(z, settings.intervals)
        row = np.zeros(len(z))
        row[-1 if len(free) == 2 else -2] = 1.0
        if len(free) == 1:
            return curve, Start(z, row, provenance)
        tangent = curve.jacobian(z).bordered(row).solve(np.append(np.zeros(len(z) - 1), 1.0))
        return curve, Start(z, tangent, provenance)

    # ----------------------------------------------------------------------------------------------
    # The defining system

    def residual(self, z: Array) -> Array:
        """Collocation, equilibria, projections, T - T_ref with two parameters, phase."""
        return self.linearize(z)[0]

    def jacobian(self, z: Array) -> BorderedProblem:
        """DH, ready to be bordered."""
        return self.linearize(z)[1]

    def linearize(self, z: Array) -> tuple[Array, BorderedProblem]:
        """Evaluate H and DH together; H is infinite where the subspaces are not separated."""
        parts = self.truncation.split(z)
        return self.truncation.assembled(z, parts, self._conditions(parts))

    def _conditions(self, parts: Parts) -> list[Conditions]:
        problem = self.truncation
        found = []
        for i, (end, projection) in enumerate(((0, self.leaving), (-1, self.arriving))):
            rest, a = problem.equilibrium(parts, i)
            second = problem.second(parts, i)
            found += [rest, problem.projected(parts, i, end, projection, a, second)]
        return [*found, problem.fixed_time(parts)] if len(self.free) == 2 else found

    def matrices(self, z: Array) -> tuple[Array, Array]:
        """A at x_1 and at x_2, each of shape (n, n)."""
        parts, equations = self.truncation.split(z), self.truncation.equations
        return equations.first(parts.y(0))[1], equations.first(parts.y(1))[1]

    # ----------------------------------------------------------------------------------------------
    # What z stands for

    def state(self, z: Array) -> Solution:
        """The equilibrium that is left, the parameters, the truncation time and the orbit."""
        return self.truncation.solution(z)

    def weights(self, z: Array) -> Array:
        """See `connecting`."""
        return self.truncation.weights

    def spectrum(self, z: Array) -> ComplexArray:
        """Eigenvalues of the equilibrium that is left, then of the other one."""
        return np.concatenate([saddles.ordered(matrix) for matrix in self.matrices(z)])

    def signature(self, z: Array) -> Array:
        """Extremes of the orbit and the parameters."""
        return self.truncation.signature(z)

    def measures(self, point: Point) -> dict[str, float]:
        """Size of the orbit, distances of its ends, and the equilibrium that it reaches."""
        first, last = self.distances(point.z)
        rest = self.truncation.split(point.z).rests[1]
        named = zip(self.system.states, rest.tolist(), strict=True)
        return {
            "diameter": self.truncation.diameter(point.z),
            "first_distance": first,
            "last_distance": last,
            **{f"{name}_reached": value for name, value in named},
        }

    def distances(self, z: Array) -> tuple[float, float]:
        """How far the two ends are from their equilibria."""
        return self.truncation.distances(z)

    # ----------------------------------------------------------------------------------------------
    # Along a branch

    def remeshed(self, z: Array, intervals: int) -> tuple[HeteroclinicCurve, Array]:
        """The curve on a mesh adapted to an orbit, and the orbit on that mesh."""
        truncation, moved = self.truncation.remeshed(z, intervals)
        return self._with(truncation, z), moved

    def lengthened(self, z: Array, distance: float) -> tuple[HeteroclinicCurve, Array]:
        """Add tails of the linear flow, so that both ends come as close as asked."""
        tails = linear_tails(*self.matrices(z))
        truncation, longer, _ = self.truncation.tailored(z, tails, (distance, distance))
        return self._with(truncation, z), longer

    def trimmed(self, z: Array) -> tuple[HeteroclinicCurve, Array, float]:
        """Cut or lengthen to `wanted_distances`; also when the old orbit starts in the new."""
        first, last = self.matrices(z)
        unstable = float(saddles.ordered(first)[self.leaving.dimension].real)
        stable = -float(saddles.ordered(last)[len(last) - self.arriving.dimension - 1].real)
        wanted = wanted_distances(self.truncation.diameter(z), unstable, stable)
        ratios = np.array(self.distances(z)) / wanted
        if np.all((ratios > 1.0 / DRIFT) & (ratios < DRIFT)):
            return self, z, 0.0
        tails = linear_tails(first, last)
        truncation, moved, start = self.truncation.tailored(z, tails, wanted, cut=True)
        return self._with(truncation, z), moved, start

    def _with(self, truncation: Truncation, z: Array) -> HeteroclinicCurve:
        """The curve with another truncation and with the projections' references taken at z."""
        first, last = self.matrices(z)
        leaving, arriving = self.leaving.at(first), self.arriving.at(last)
        return replace(self, truncation=truncation, leaving=leaving, arriving=arriving)

    def refresh(self, point: Point, step: int) -> tuple[Curve, Point]:
        """Put the ends back, adapt the mesh, take the orbit as phase reference."""
        if len(self.free) < 2:
            return self, point
        trimmed, z, start = self.trimmed(point.z)
        if trimmed is self and step % self.settings.adapt_every:
            return self, point
        curve, z = trimmed.remeshed(z, len(self.truncation.scheme.steps))
        tangent = self.truncation.moved(point.tangent, curve.truncation, start)
        length = norm(curve, z, tangent)
        found = point_near(curve, z, tangent / length, self.settings) if length > 0.0 else None
        return (curve, found) if found is not None else (self, point)

    def end(self, before: Point, after: Point) -> StopReason | None:
        """An equilibrium that lost its type, or another one on the orbit."""
        if len(self.free) < 2:
            return None
        n = self.truncation.n
        first, last = after.spectrum[:n], after.spectrum[n:]
        margins = (
            saddles.margin(first, self.leaving.dimension),
            saddles.margin(last, n - self.arriving.dimension),
        )
        if min(margins) < 0.0:
            critical = first if margins[0] < margins[1] else last
            real = saddles.critical_is_real(critical)
            return StopReason.SADDLE_NODE_REACHED if real else StopReason.SHILNIKOV_HOPF
        return saddles.end(self.truncation, before.z, after.z)

    def events(self) -> tuple[Event, ...]:
        """None."""
        return ()


def _check(rests: list[Array], matrices: list[Array], x: Array) -> None:
    """Refuse an orbit that is not near an isolated connection of two equilibria."""
    size = float(np.linalg.norm(np.ptp(x, axis=0)))
    n = len(rests[0])
    if float(np.linalg.norm(rests[0] - rests[1])) < NEAR * size / 10.0:
        raise ContinuationError(
            f"both ends lead to the same equilibrium {np.round(rests[0], 6)}: `homoclinic` finds "
            f"such orbits."
        )
    for name, rest, matrix, place in zip(("first", "last"), rests, matrices, (0, -1), strict=True):
        values = np.linalg.eigvals(matrix)
        if np.abs(values.real).min() < HYPERBOLIC * np.abs(values).max():
            raise ContinuationError(
                f"the equilibrium {np.round(rest, 6)} is not hyperbolic: it has the eigenvalue "
                f"{values[np.argmin(np.abs(values.real))]:.2e}."
            )
        if not float(np.linalg.norm(x[place] - rest)) < NEAR * size:
            raise ContinuationError(
                f"the {name} point of the orbit is {np.linalg.norm(x[place] - rest):.2g} away from "
                f"the equilibrium {np.round(rest, 6)}, a large part of its size {size:.2g}."
            )
    stable = int(np.count_nonzero(np.linalg.eigvals(matrices[0]).real < 0.0))
    unstable = int(np.count_nonzero(np.linalg.eigvals(matrices[1]).real > 0.0))
    if stable + unstable != n:
        raise ContinuationError(
            f"a connection from an equilibrium with {stable} stable eigenvalues to one with "
            f"{unstable} unstable ones is not isolated in one parameter: the two numbers must add "
            f"up to {n}."
        )

r"""Homoclinic orbits to a saddle-node: the orbit leaves along the centre manifold and comes back.

.. math::

    u' = T f(u, p), \quad f(x_0, p) = 0, \quad g(x_0, p) = 0, \quad
    L_s^T (u(0) - x_0) = 0, \quad L_u^T (u(1) - x_0) = 0,

with the phase condition of `connecting`. g is the singularity function of A = f_x(x_0, p),

.. math:: \begin{pmatrix} A & b \\ c^T & 0 \end{pmatrix} \begin{pmatrix} v \\ g \end{pmatrix}
          = \begin{pmatrix} 0 \\ 1 \end{pmatrix},

which vanishes where A is singular. L_s and L_u belong to the strictly stable and strictly unstable
eigenvalues, n - 1 in all: the orbit leaves in the centre-unstable and returns in the centre-stable
eigenspace. With one free parameter lambda is that of the fold; with two, and T = T_ref, the curve
is a part of the curve of folds (Champneys, Kuznetsov and Sandstede, Int. J. Bifurcation and Chaos
6 (1996) 867-887, section 2.3). Along the centre direction the orbit decays like 1 / t, so that
its ends stay at a distance; what this neglects is contracted by the strictly stable directions on
the way and does not enter lambda.

Test function, with p_0 the left null vector:

NCH
    <p_0, u(1) - x_0> for an orbit that leaves along the centre, or <p_0, u(0) - x_0> for one that
    arrives along it: where it vanishes, the orbit comes back in the strictly stable eigenspace (or
    leaves in the strictly unstable one), and the curve goes over to that of homoclinic orbits to a
    saddle.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from continuation import saddles
from continuation.collocation.assembly import BorderedProblem
from continuation.collocation.events import zero_along
from continuation.collocation.reference import Reference
from continuation.connecting import Conditions, Parts, Projection, Truncation
from continuation.curve import Curve, Event, Point, Solution, Start
from continuation.defining import Equations, smallest_singular
from continuation.engine import norm, point_near
from continuation.errors import ContinuationError, StopReason
from continuation.linalg.subspaces import left_subspace
from continuation.orbit import Orbit
from continuation.settings import Settings
from continuation.special import SpecialPoint, special_point
from continuation.tails import cycle_cut_at

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

LOOK_AHEAD = 0.1
"""Part of the first step at which a side is looked at."""

APART, STRONG = 0.03, 1e-3
"""The ends are cut off at the first of these parts of the size of the orbit, at the second where it
comes along a strong direction."""

LOST = 0.15
"""Ends farther from the saddle-node than this part of the size of the orbit are lost."""

CENTRAL = 0.5
"""Share of the central component from which on an end belongs to the centre manifold."""


@dataclass(frozen=True)
class SaddleNodeHomoclinicCurve(Curve):
    """Truncated homoclinic orbits to a saddle-node; z = (u at the base points, x_0, T, lambda).

    Attributes
    ----------
    system : System
        x' = f(x, p).
    free : tuple of one or two str
        The free parameters lambda.
    truncation : Truncation
        Mesh, phase reference, units.
    leaving, arriving : Projection
        References of L_s and L_u.
    left, right : ndarray, shape (n,)
        b and c: the null vectors of a neighbour.
    settings : Settings
        How often the mesh is adapted, tolerance.
    """

    kind: ClassVar[str] = "homoclinic orbits to a saddle-node"

    system: System
    free: tuple[str, ...]
    truncation: Truncation
    leaving: Projection
    arriving: Projection
    left: Array
    right: Array
    settings: Settings = field(default_factory=Settings)

    @classmethod
    def from_orbit(
        cls,
        orbit: Orbit,
        rests: Array,
        free: tuple[str, ...],
        units: Array,
        settings: Settings,
        provenance: str,
    ) -> tuple[SaddleNodeHomoclinicCurve, Start]:
        """Start at a connection, or at a cycle that passes the place of the saddle-node.

        Parameters
        ----------
        orbit : Orbit
            A collocation solution with the parameters of the fold; it is cut where it is nearest to
            the saddle-node, if it is a cycle, and both ends are cut off at `APART` times its size.
        rests : ndarray, shape (r, n)
            The saddle-node first, then others that lie on the cycle at the same parameter: the
            orbit is followed from the first one to the next that it meets.
        free : tuple of one or two str
            The free parameters.
        units : ndarray, shape (k,)
            Widths of their windows.
        settings : Settings
            Number of intervals, how often the mesh is adapted.
        provenance : str
            Where the orbit came from.
        """
        assert orbit.system is not None and orbit.degree is not None
        rest = rests[0]
        equations = Equations(orbit.system, free, orbit.system.vector(orbit.parameters))
        value = equations.p[equations.indices]
        degree, period = orbit.degree, float(orbit.t[-1] - orbit.t[0])
        mesh, x = (orbit.t[::degree] - orbit.t[0]) / period, np.ascontiguousarray(orbit.x.T)
        shares = [1.0, 1.0]
        if np.linalg.norm(x[0] - x[-1]) < SAME * np.linalg.norm(np.ptp(x, axis=0)):
            mesh, x = cycle_cut_at(orbit, degree, rest)
        else:
            left = np.real(smallest_singular(equations.first(np.append(rest, value))[1])[0])
            shares = [abs(left @ w) / np.linalg.norm(w) for w in (x[0] - rest, x[-1] - rest)]
        matrix = equations.first(np.concatenate((rest, value)))[1]
        values = saddles.ordered(matrix)
        zero = int(np.argmin(np.abs(values)))
        stable = left_subspace(matrix, "lhp", None, zero).basis
        unstable = left_subspace(matrix, "rhp", None, len(values) - zero - 1).basis
        left, right = (np.real(v) for v in smallest_singular(matrix))
        truncation = Truncation(equations, Reference(mesh, degree, x, period), 1, units)
        z = truncation.join(x, rest, period, value)
        size = truncation.diameter(z)
        first, last = (size * (APART if share > CENTRAL else STRONG) for share in shares)
        truncation, z = truncation.beheaded(z, rests, (first, last))
        truncation, z = truncation.remeshed(z, settings.intervals)
        leaving, arriving = Projection("lhp", stable), Projection("rhp", unstable)
        curve = cls(orbit.system, free, truncation, leaving, arriving, left, right, settings)
        row = np.zeros(len(z))
        row[-1] = 1.0
        if len(free) == 1:
            return curve, Start(z, np.roll(row, -1), provenance)
        tangent = curve.jacobian(z).bordered(row).solve(row)
        return curve, Start(z, tangent, provenance)

    def into_the_central(self, start: Start) -> Start:
        """Turn a start at a non-central orbit to the side where the orbit comes back centrally.

        There it arrives on the other side of the saddle-node than it left.

        Raises
        ------
        ContinuationError
            When neither side has such an orbit.
        """
        tangent = start.tangent / norm(self, start.z, start.tangent)
        for sign in (1.0, -1.0):
            ahead = start.z + sign * self.settings.initial_step * LOOK_AHEAD * tangent
            near = point_near(self, ahead, sign * tangent, self.settings)
            if near is not None and np.prod(self.central(near.z)) < 0.0:
                return Start(start.z, sign * tangent, start.provenance)
        raise ContinuationError(
            f"no central homoclinic orbits to a saddle-node were found on either side of "
            f"{start.provenance}."
        )

    # ----------------------------------------------------------------------------------------------
    # The defining system

    def residual(self, z: Array) -> Array:
        """Collocation, f(x_0), g, projections, T - T_ref with two parameters, phase."""
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
        rest, a = problem.equilibrium(parts, 0)
        second = problem.second(parts, 0)
        found = [
            rest,
            self._singular(a, second),
            problem.projected(parts, 0, 0, self.leaving, a, second),
            problem.projected(parts, 0, -1, self.arriving, a, second),
        ]
        return [*found, problem.fixed_time(parts)] if len(self.free) == 2 else found

    def _singular(self, a: Array, second: Array) -> Conditions:
        """The row g = 0 with its derivative -w^T A' v."""
        n, problem = self.truncation.n, self.truncation
        border = np.zeros((n + 1, n + 1))
        border[:n, :n], border[:n, n], border[n, :n] = a, self.left, self.right
        unit = np.append(np.zeros(n), 1.0)
        v, w = np.linalg.solve(border, unit), np.linalg.solve(border.T, unit)
        slope = -np.einsum("a,abc,b->c", w[:n], second, v[:n])
        rows = np.zeros((1, problem.columns))
        rows[0, 2 * n : 3 * n], rows[0, -problem.k :] = slope[:n], slope[n:]
        return Conditions(v[n:], rows)

    def matrix(self, z: Array) -> Array:
        """A at the saddle-node, shape (n, n)."""
        return self.truncation.equations.first(self.truncation.split(z).y(0))[1]

    # ----------------------------------------------------------------------------------------------
    # What z stands for

    def state(self, z: Array) -> Solution:
        """The saddle-node, the parameters, the truncation time and the orbit."""
        return self.truncation.solution(z)

    def weights(self, z: Array) -> Array:
        """See `connecting`."""
        return self.truncation.weights

    def spectrum(self, z: Array) -> ComplexArray:
        """Eigenvalues of the saddle-node, by their real parts."""
        return saddles.ordered(self.matrix(z))

    def signature(self, z: Array) -> Array:
        """Extremes of the orbit and the parameters."""
        return self.truncation.signature(z)

    def central(self, z: Array) -> tuple[float, float]:
        """Central components of both ends: <p_0, u(0) - x_0> and <p_0, u(1) - x_0>, |p_0| = 1."""
        parts = self.truncation.split(z)
        p = np.real(smallest_singular(self.matrix(z))[0])
        p = p if p @ self.left >= 0.0 else -p
        return float(p @ (parts.x[0] - parts.rests[0])), float(p @ (parts.x[-1] - parts.rests[0]))

    def measures(self, point: Point) -> dict[str, float]:
        """Size of the orbit and distances of its ends from the saddle-node."""
        first, last = self.truncation.distances(point.z)
        return {
            "diameter": self.truncation.diameter(point.z),
            "first_distance": first,
            "last_distance": last,
        }

    # ----------------------------------------------------------------------------------------------
    # Along a branch

    def refresh(self, point: Point, step: int) -> tuple[Curve, Point]:
        """Adapt the mesh, take the orbit as phase reference, let the null vectors follow."""
        if step % self.settings.adapt_every:
            return self, point
        matrix = self.matrix(point.z)
        left, right = (np.real(v) for v in smallest_singular(matrix))
        truncation, z = self.truncation.remeshed(point.z, len(self.truncation.scheme.steps))
        curve = replace(
            self,
            truncation=truncation,
            leaving=self.leaving.at(matrix),
            arriving=self.arriving.at(matrix),
            left=left if left @ self.left >= 0.0 else -left,
            right=right if right @ self.right >= 0.0 else -right,
        )
        tangent = self.truncation.moved(point.tangent, truncation, 0.0)
        found = point_near(curve, z, tangent / norm(curve, z, tangent), self.settings)
        return (curve, found) if found is not None else (self, point)

    def end(self, before: Point, after: Point) -> StopReason | None:
        """Another equilibrium on the orbit, or ends that are far; with one parameter nothing."""
        if len(self.free) < 2:
            return None
        if min(self.truncation.distances(after.z)) > LOST * self.truncation.diameter(after.z):
            return StopReason.TOO_SLOW
        return saddles.end(self.truncation, before.z, after.z)

    def events(self) -> tuple[Event, ...]:
        """NCH in two parameters."""
        if len(self.free) < 2:
            return ()
        return (Event("NCH", _returning, _always, _polished, ends=StopReason.NON_CENTRAL),)


SAME = 1e-8
"""An orbit whose ends differ by less than this part of its size is a cycle."""


def _curve(point: Point) -> SaddleNodeHomoclinicCurve:
    assert isinstance(point.curve, SaddleNodeHomoclinicCurve)
    return point.curve


def _returning(point: Point) -> float:
    """The central component that the end away from the centre manifold has."""
    curve = _curve(point)
    first, last = curve.central(point.z)
    away, back = curve.truncation.distances(point.z)
    return last / back if abs(first) / away >= abs(last) / back else first / away


def _always(point: Point) -> bool:
    return True


def _polished(point: Point) -> SpecialPoint:
    exact = zero_along(_returning, point, _curve(point).settings)
    residual = float(np.abs(exact.curve.residual(exact.z)).max())
    return special_point("NCH", exact, max(residual, abs(_returning(exact))))

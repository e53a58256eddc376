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
6 (1996) 867-887, section 2.3).

Along the centre direction the orbit decays like 1 / t: s' = a s^2 for s = <p_0, u - x_0>, where
<p_0, q_0> = 1 and a = <p_0, B(q_0, q_0)> / 2. Its ends stay at a distance; what this neglects is
contracted by the strictly stable directions on the way and does not enter lambda. Between steps
central ends are cut or lengthened by this flow, back to `APART` times the size of the orbit. The
curve ends where a s^2 explains less than half of the speed at an end: beside a cusp.

Test function, with the shares c_0, c_1 of the centre in u(0) - x_0 and u(1) - x_0:

NCH
    -c_0 c_1: where it vanishes, the orbit comes back in the strictly stable eigenspace (or leaves
    in the strictly unstable one), and the curve goes over to that of homoclinic orbits to a saddle.

That point has its own equations: one eigenvalue more, the zero one, belongs to L_u (or L_s), and
the n conditions at the ends make the orbit isolated in two parameters; T is free instead. It is
solved with the strong end ever closer to x_0, until the parameters no longer move.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from continuation import saddles
from continuation.collocation.assembly import BorderedProblem
from continuation.collocation.reference import Reference
from continuation.connecting import Conditions, Parts, Projection, Truncation, linear_tails
from continuation.curve import Curve, Event, Point, Solution, Start
from continuation.defining import Equations, smallest_singular
from continuation.engine import completed, norm, point_near
from continuation.errors import ContinuationError, NoConvergence, StopReason
from continuation.linalg.subspaces import left_subspace
from continuation.newton import correct
from continuation.orbit import Orbit
from continuation.settings import Settings
from continuation.special import SpecialPoint, special_point
from continuation.tails import CLOSE, CentralTail, cycle_cut_at, no_tail

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

LOOK_AHEAD = 0.1
"""Part of the first step at which a side is looked at."""

APART, STRONG = 0.03, 1e-3
"""The ends are cut off at the first of these parts of the size of the orbit, at the second where it
comes along a strong direction."""

DRIFT, SHORT, PURE = 2.0, 0.1, 0.95
"""The ends are put back when a distance is too large by the first factor or too small by the
second. An end with a smaller share of the centre than the third is lengthened too, so that the
strong part decays: its square would shift the place where the orbit comes back along it."""

LOST = 0.15
"""Ends farther from the saddle-node than this part of the size of the orbit are lost."""

CLOSER, ROUNDS, SETTLED = 0.1, 40, 1e-12
"""A non-central orbit is solved with its strong end ever closer by the first factor, or by its root
where that fails, so many times at most, until the parameters move by less than the last, relative
to 1 + |value|."""

CUBIC, ALONG = 0.5, 0.9
"""Where the quadratic term explains less than the first part of the speed along the centre, the
saddle-node is near a cusp. Only an end with the second share of the centre tells: a strong
component adds products of its own."""

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
    returns : bool
        Whether the orbit comes back to the saddle-node: a piece of a chain goes to another one.
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
    returns: bool = True

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
            matrix = equations.first(np.append(rest, value))[1]
            shares = [_share(matrix, x[end] - rest) for end in (0, -1)]
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
        returns = truncation.distances(z)[1] < LOST * size
        vectors = leaving, arriving, left, right
        curve = cls(orbit.system, free, truncation, *vectors, settings, returns)
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
            if near is not None and np.prod(self.shares(near.z)) < 0.0:
                return Start(near.z, near.tangent, start.provenance)
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
            self._singular(parts, a, second),
            problem.projected(parts, 0, 0, self.leaving, a, second),
            problem.projected(parts, 0, -1, self.arriving, a, second),
        ]
        isolated = len(self.free) == 2 and not self.is_non_central
        return [*found, problem.fixed_time(parts)] if isolated else found

    def _singular(self, parts: Parts, a: Array, second: Array) -> Conditions:
        """The row g = 0 with its derivative -w^T A' v; infinite beyond a cusp.

        There the orbit would leave against the flow on the centre manifold.
        """
        n, problem = self.truncation.n, self.truncation
        border = np.zeros((n + 1, n + 1))
        border[:n, :n], border[:n, n], border[n, :n] = a, self.left, self.right
        unit = np.append(np.zeros(n), 1.0)
        v, w = np.linalg.solve(border, unit), np.linalg.solve(border.T, unit)
        slope = -np.einsum("a,abc,b->c", w[:n], second, v[:n])
        rows = np.zeros((1, problem.columns))
        rows[0, 2 * n : 3 * n], rows[0, -problem.k :] = slope[:n], slope[n:]
        back = parts.x[-1] if self.returns else parts.rests[0]
        leaves = float((slope[:n] @ v[:n]) * (w[:n] @ (parts.x[0] - back))) < 0.0
        return Conditions(v[n:] if leaves else np.full(1, np.inf), rows)

    @property
    def is_non_central(self) -> bool:
        """Whether one end lies in the strong eigenspace, by one condition more."""
        return self.leaving.dimension + self.arriving.dimension == self.truncation.n

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

    def is_central(self, z: Array) -> NDArray[np.bool_]:
        """Whether the two ends belong to the centre manifold of the saddle-node, shape (2,)."""
        return (np.abs(self.shares(z)) > CENTRAL) & (True, self.returns)

    def shares(self, z: Array) -> tuple[float, float]:
        """Central components of both ends in units of their distances, 1 or -1 along the centre."""
        parts, matrix = self.truncation.split(z), self.matrix(z)
        w = parts.x[[0, -1]] - parts.rests[0]
        sign = 1.0 if np.real(smallest_singular(matrix)[0]) @ self.left >= 0.0 else -1.0
        return sign * _share(matrix, w[0]), sign * _share(matrix, w[1])

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

    def trimmed(self, z: Array) -> tuple[Truncation, Array, float]:
        """Cut or lengthen central ends to `APART`; also when the old orbit starts in the new.

        An end that comes along a strong direction is exponentially close and stays as it is.
        """
        size = APART * self.truncation.diameter(z)
        ratios = np.array(self.truncation.distances(z)) / size
        shares = np.abs(self.shares(z))
        mixed = (shares < PURE) & (ratios > SHORT)
        wanted = size * np.where(mixed, 0.5 * shares * ratios, 1.0)
        off = self.is_central(z) & ((ratios > DRIFT) | (ratios < SHORT) | mixed)
        if not off.any():
            return self.truncation, z, 0.0
        first, last = self._tails(z)
        tails = first if off[0] else no_tail, last if off[1] else no_tail
        distances = wanted * off
        return self.truncation.tailored(z, tails, (distances[0], distances[1]), cut=True)

    def _tails(self, z: Array) -> tuple[CentralTail, CentralTail]:
        """How the orbit goes on along the centre manifold, at either end."""
        parts, a = self.truncation.split(z), self.matrix(z)
        p, q = (np.real(v) for v in smallest_singular(a))
        p = p / (p @ q)
        bend = self.truncation.second(parts, 0)[:, :, : len(a)] @ q @ q
        normal = float(p @ bend) / 2.0
        stable = int(np.argmin(np.abs(saddles.ordered(a))))
        leave = CentralTail(a, p, q, normal, len(a) - 1 - stable)
        return leave, replace(leave, matrix=-a, unstable=stable)

    def _is_near_cusp(self, z: Array) -> bool:
        """Whether the orbit leaves faster than a s^2 tells, or comes back so."""
        parts, (tail, _) = self.truncation.split(z), self._tails(z)
        ends = parts.x[[0, -1]]
        f = self.system.evaluate(ends, self.truncation.parameters(parts.free))
        s = (ends - parts.rests[0]) @ tail.p
        slow = np.sign(s[0]) * (tail.a * s**2 - CUBIC * f @ tail.p) < 0.0
        along = (np.abs(self.shares(z)) > ALONG) & (True, self.returns)
        return bool(np.any(slow & along))

    def non_central(self, z: Array) -> SaddleNodeHomoclinicCurve:
        """Equations of the orbit nearby whose less central end lies in the strong eigenspace."""
        matrix = self.matrix(z)
        first, last = np.abs(self.shares(z))
        stable, unstable = self.leaving.dimension, self.arriving.dimension
        if last <= first:
            arriving = left_subspace(matrix, "rhp", None, unstable + 1).basis
            return replace(self, arriving=Projection("rhp", arriving))
        leaving = left_subspace(matrix, "lhp", None, stable + 1).basis
        return replace(self, leaving=Projection("lhp", leaving))

    def sharpened(self, z: Array, closer: float) -> tuple[SaddleNodeHomoclinicCurve, Array]:
        """A non-central orbit with the strong end closer by a factor, on a finer mesh."""
        matrix, distances = self.matrix(z), self.truncation.distances(z)
        size, shares = self.truncation.diameter(z), np.abs(self.shares(z))
        strong = int(np.argmin(shares))
        wanted = list(distances)
        wanted[strong] = max(closer * distances[strong], CLOSE * size)
        tails = linear_tails(matrix, matrix)
        truncation, longer, _ = self.truncation.tailored(z, tails, (wanted[0], wanted[1]))
        count = max(len(self.truncation.scheme.steps), 2 * self.settings.intervals)
        truncation, moved = truncation.remeshed(longer, count)
        return self._with(truncation, moved), moved

    def _with(self, truncation: Truncation, z: Array) -> SaddleNodeHomoclinicCurve:
        """The curve with another truncation, and with its references taken at z."""
        matrix = self.matrix(z)
        left, right = (np.real(v) for v in smallest_singular(matrix))
        return replace(
            self,
            truncation=truncation,
            leaving=self.leaving.at(matrix),
            arriving=self.arriving.at(matrix),
            left=left if left @ self.left >= 0.0 else -left,
            right=right if right @ self.right >= 0.0 else -right,
        )

    def refresh(self, point: Point, step: int) -> tuple[Curve, Point]:
        """Put the ends back, adapt the mesh, take the orbit as reference of phase and vectors.

        Where the corrector fails on the new mesh, everything stays as it is.
        """
        trimmed, z, start = self.trimmed(point.z)
        if trimmed is self.truncation and step % self.settings.adapt_every:
            return self, point
        truncation, z = trimmed.remeshed(z, len(self.truncation.scheme.steps))
        curve = self._with(truncation, z)
        tangent = self.truncation.moved(point.tangent, truncation, start)
        found = point_near(curve, z, tangent / norm(curve, z, tangent), self.settings)
        return (curve, found) if found is not None else (self, point)

    def end(self, before: Point, after: Point) -> StopReason | None:
        """Another equilibrium on the orbit, or ends that are far; with one parameter nothing."""
        if len(self.free) < 2:
            return None
        if self.returns and np.prod(self.shares(after.z)) > 0.0:
            return StopReason.NON_CENTRAL
        if self._is_near_cusp(after.z):
            return StopReason.CUSP
        first, last = self.truncation.distances(after.z)
        if max(first, self.returns * last) > LOST * self.truncation.diameter(after.z):
            return StopReason.TOO_SLOW
        return saddles.end(self.truncation, before.z, after.z)

    def events(self) -> tuple[Event, ...]:
        """NCH in two parameters, where the orbit comes back."""
        if len(self.free) < 2 or not self.returns:
            return ()
        return (Event("NCH", _centrality, _always, _polished, ends=StopReason.NON_CENTRAL),)


SAME = 1e-8
"""An orbit whose ends differ by less than this part of its size is a cycle."""


def _curve(point: Point) -> SaddleNodeHomoclinicCurve:
    assert isinstance(point.curve, SaddleNodeHomoclinicCurve)
    return point.curve


def _centrality(point: Point) -> float:
    """1 where both ends lie along the centre, on its two sides; 0 where one end lies across."""
    first, last = _curve(point).shares(point.z)
    return -first * last


def _always(point: Point) -> bool:
    return True


def _share(matrix: Array, w: Array) -> float:
    """<p, w> / (<p, q> |w|) with the null vectors of A: the share of q in w, signed by p."""
    p, q = (np.real(v) for v in smallest_singular(matrix))
    return float(p @ w / (abs(p @ q) * np.linalg.norm(w)))


def _polished(point: Point) -> SpecialPoint:
    """Solve the equations of a non-central orbit, with the strong end ever closer."""
    curve, z = _curve(point).non_central(point.z), point.z
    strict = replace(curve.settings, tolerance=1e-12, newton_steps=20)
    closer = CLOSER
    for _ in range(ROUNDS):
        nearer, guess = curve.sharpened(z, closer)
        row = np.zeros(len(guess))
        row[-3] = 1.0
        found = correct(nearer, guess, row, float(guess[-3]), strict)
        if not found.converged:
            closer = np.sqrt(closer)
            continue
        change = float(np.abs(found.z[-2:] - z[-2:]).max())
        curve, z, closer = nearer, found.z, max(CLOSER, closer**2)
        if change < SETTLED * (1.0 + float(np.abs(z[-2:]).max())):
            residual = float(np.abs(curve.residual(z)).max())
            return special_point("NCH", completed(curve, found, row), residual)
    raise NoConvergence("the parameters of a non-central orbit did not settle.", z, ())

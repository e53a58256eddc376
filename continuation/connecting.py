r"""What all truncated connecting orbits share: unknowns, conditions at the ends, mesh, tails.

An orbit that leaves an equilibrium x_1 and arrives at x_2 is cut off near both. The unknowns are

.. math:: z = (u(t_0), \dots, u(t_{Nm}), x_1, \dots, x_r, T / T_{ref}, \lambda_1, \dots, \lambda_k),

with r = 1 for a homoclinic orbit and r = 2 for a heteroclinic one. Every kind solves u' = T f(u,
lambda) on [0, 1], f(x_i, lambda) = 0, and projection conditions

.. math:: L_-(x_1, \lambda)^T (u(0) - x_1) = 0, \qquad L_+(x_r, \lambda)^T (u(1) - x_r) = 0

on left invariant subspaces (`linalg.subspaces`), so that the orbit leaves and arrives in the
complementary right eigenspaces; the error of the truncation is of the order of the square of the
distances of the ends (Beyn, IMA J. Numer. Anal. 10 (1990) 379-405; Champneys, Kuznetsov and
Sandstede, Int. J. Bifurcation and Chaos 6 (1996) 867-887). An integral condition fixes the phase.
The equilibria are unknowns, and a subspace belongs to a number of eigenvalues and not to a half
plane: so the equations stay smooth where a leading eigenvalue passes through zero.

As boundary rows of `collocation.assembly`, with the columns u(0), u(1), x_1..x_r, T, lambda:

.. code-block:: text

    [  .     .    A   .  f_lambda ]   equilibria
    [ L_-^T  .    *   .     *     ]   leaving
    [  .   L_+^T  *   .     *     ]   arriving
    [  .     .    .   1     .     ]   T = T_ref, with two free parameters
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from continuation.collocation import mesh as meshes
from continuation.collocation import profile as profiles
from continuation.collocation.assembly import BorderedProblem, Intervals, Scheme
from continuation.collocation.memo import LastPoints
from continuation.collocation.reference import Reference
from continuation.curve import Solution
from continuation.defining import Equations
from continuation.linalg.subspaces import Half, left_subspace
from continuation.orbit import Orbit
from continuation.tails import SLIVER, Tail, kept, reached, tail

if TYPE_CHECKING:
    from continuation.fields import MultilinearForm
    from continuation.system import System

Array = NDArray[np.float64]

COLLAPSED = 0.3
"""An orbit smaller than this part of the reference is none of its neighbours: the constant orbit u
= x_1 solves every equation, and Newton's method would fall into it beside a Bogdanov-Takens
point."""

TIME_WEIGHT = 1e-6
"""Weight of a relative change of the truncation time in the inner product: it must hardly count,
for it only says how much of the tails is seen."""


@dataclass(frozen=True)
class Projection:
    """One end of the orbit: L^T (u - x) = 0 with a left invariant subspace L of A at x.

    Attributes
    ----------
    half : {"lhp", "rhp"}
        Whether L belongs to the leftmost or to the rightmost eigenvalues.
    reference : ndarray, shape (n, d)
        L_ref, which fixes the basis and the number d of eigenvalues.
    """

    half: Half
    reference: Array

    @property
    def dimension(self) -> int:
        """Number of conditions."""
        return int(self.reference.shape[1])

    def rows(self, a: Array, second: Array, w: Array) -> tuple[Array, Array, Array]:
        """Value, shape (d,), and derivatives by w, (d, n), and by A along y at fixed w, (d, n + k).

        Parameters
        ----------
        a : ndarray, shape (n, n)
            A.
        second : ndarray, shape (n, n, n + k)
            Its derivatives by y = (x, lambda).
        w : ndarray, shape (n,)
            u - x.
        """
        found = left_subspace(a, self.half, self.reference, self.dimension)
        turned = found.turning(w).reshape(self.dimension, -1) @ second.reshape(a.size, -1)
        return found.basis.T @ w, found.basis.T, turned

    def at(self, a: Array) -> Projection:
        """The same condition with an orthonormal reference taken at another matrix.

        Where the eigenvalues are not separated there, it stays as it is: the residual then says so.
        """
        try:
            basis = left_subspace(a, self.half, None, self.dimension).basis
        except ValueError:
            return self
        if self.dimension:
            u, _, vh = np.linalg.svd(basis.T @ self.reference)
            basis = basis @ u @ vh
        return replace(self, reference=basis)


@dataclass(frozen=True)
class Conditions:
    """Boundary rows: values, shape (c,), and derivatives by u(0), u(1), x_1..x_r, T, lambda."""

    value: Array
    rows: Array


@dataclass(frozen=True)
class Parts:
    """What z consists of: profile (N m + 1, n), equilibria (r, n), T, free parameters (k,)."""

    x: Array
    rests: Array
    time: float
    free: Array

    def y(self, i: int) -> Array:
        """Equilibrium i and the free parameters, shape (n + k,)."""
        return np.concatenate((self.rests[i], self.free))


@dataclass(frozen=True)
class Truncation:
    """A truncated boundary value problem on one mesh, without its end conditions.

    Attributes
    ----------
    equations : Equations
        f and its derivatives in the k free parameters.
    reference : Reference
        Mesh, degree, truncation time, and the orbit that fixes the phase.
    rests : int
        Number r of equilibria among the unknowns.
    units : ndarray, shape (k,)
        In which the free parameters are measured.
    """

    equations: Equations
    reference: Reference
    rests: int
    units: Array
    last: LastPoints[Intervals] = field(default_factory=LastPoints, repr=False, compare=False)

    @cached_property
    def n(self) -> int:
        """Number of states."""
        return self.equations.n

    @cached_property
    def k(self) -> int:
        """Number of free parameters."""
        return len(self.equations.free)

    @cached_property
    def columns(self) -> int:
        """Columns of a boundary row."""
        return 2 * self.n + self.rests * self.n + 1 + self.k

    @cached_property
    def scheme(self) -> Scheme:
        """Collocation on this mesh."""
        mesh, degree = self.reference.mesh, self.reference.degree
        return Scheme(self.equations.linearized, mesh, degree, self.n, self.k)

    def split(self, z: Array) -> Parts:
        """Take z apart."""
        cut = len(z) - self.k - 1
        rests = z[cut - self.rests * self.n : cut].reshape(self.rests, self.n)
        x = z[: cut - self.rests * self.n].reshape(-1, self.n)
        return Parts(x, rests, float(z[cut]) * self.reference.period, z[cut + 1 :])

    def join(self, x: Array, rests: Array, time: float, free: Array) -> Array:
        """Put z together."""
        return np.concatenate((x.ravel(), np.ravel(rests), [time / self.reference.period], free))

    def parameters(self, free: Array) -> Array:
        """All parameters, shape (n_p,)."""
        return self.equations.parameters(np.concatenate((np.empty(self.n), free)))

    # ----------------------------------------------------------------------------------------------
    # Equations

    def equilibrium(self, parts: Parts, i: int) -> tuple[Conditions, Array]:
        """The rows f(x_i, lambda) = 0, and A there."""
        f, a, b = self.equations.first(parts.y(i))
        rows = np.zeros((self.n, self.columns))
        start = (2 + i) * self.n
        rows[:, start : start + self.n], rows[:, -self.k :] = a, b
        return Conditions(f, rows), a

    @cached_property
    def form(self) -> MultilinearForm:
        """D^2 f in directions of (x, lambda), compiled."""
        return self.equations.system.form(2, self.equations.free)

    @cached_property
    def pairs(self) -> Array:
        """Pairs of unit directions, of x and of (x, lambda), shape (n (n + k), 2, n + k)."""
        unit, n = np.eye(self.n + self.k), self.n
        pairs = (np.repeat(unit[:n], self.n + self.k, axis=0), np.tile(unit, (n, 1)))
        return np.stack(pairs, axis=1)

    def second(self, parts: Parts, i: int) -> Array:
        """Derivatives of A by (x, lambda) at equilibrium i, shape (n, n, n + k)."""
        flat = self.form(parts.rests[i], self.parameters(parts.free), self.pairs)
        return np.ascontiguousarray(flat.T).reshape(self.n, self.n, -1)

    def projected(
        self, parts: Parts, i: int, end: int, projection: Projection, a: Array, second: Array
    ) -> Conditions:
        """Rows of a projection condition at equilibrium i of the first (0) or last (-1) point.

        The value is infinite where the eigenvalues of the subspace are not separated.
        """
        rows, n = np.zeros((projection.dimension, self.columns)), self.n
        try:
            value, basis, turned = projection.rows(a, second, parts.x[end] - parts.rests[i])
        except ValueError:
            return Conditions(np.full(len(rows), np.inf), rows)
        at, rest = (0 if end == 0 else n), (2 + i) * n
        rows[:, at : at + n] = basis
        rows[:, rest : rest + n] = turned[:, :n] - basis
        rows[:, -self.k :] = turned[:, n:]
        return Conditions(value, rows)

    def fixed_time(self, parts: Parts) -> Conditions:
        """The row T = T_ref, relative."""
        rows = np.zeros((1, self.columns))
        rows[0, -1 - self.k] = 1.0
        return Conditions(np.array([parts.time / self.reference.period - 1.0]), rows)

    def intervals(self, z: Array, parts: Parts) -> Intervals:
        """The condensed differential equation, with columns of zeros for the equilibria."""
        kept = self.last.find(z, self.reference.mesh)
        if kept is not None:
            return kept
        found = self.scheme.condense(parts.x, parts.time, self.parameters(parts.free))
        n, extra = self.n, self.rests * self.n
        count, mn, columns = found.maps.shape
        maps = np.zeros((count, mn, columns + extra))
        maps[:, :, :n], maps[:, :, n + extra :] = found.maps[:, :, :n], found.maps[:, :, n:]
        maps[:, :, n + extra] *= self.reference.period
        padded = replace(found, maps=maps, local=(*found.local[:-1], maps))
        self.last.keep(z, self.reference.mesh, padded)
        return padded

    def assembled(
        self, z: Array, parts: Parts, conditions: Sequence[Conditions]
    ) -> tuple[Array, BorderedProblem]:
        """H and DH: collocation, the conditions, the phase; H is infinite for a collapsed orbit."""
        intervals = self.intervals(z, parts)
        ends = np.concatenate([c.rows for c in conditions])
        values = [c.value for c in conditions]
        shift = self.reference.shift(parts.x)
        h = np.concatenate((intervals.residual.ravel(), *values, [shift]))
        if not parts.time > 0.0 or self.reference.swing(parts.x) < COLLAPSED:
            h[:] = np.inf
        return h, BorderedProblem(intervals, ends, self._phase)

    @cached_property
    def _phase(self) -> Array:
        row = self.reference.phase_row
        return np.append(row, np.zeros(self.columns - 2 * self.n))[None, :]

    # ----------------------------------------------------------------------------------------------
    # What z stands for

    def solution(self, z: Array) -> Solution:
        """The (first) equilibrium, all parameters, the truncation time and the orbit."""
        parts = self.split(z)
        named = self.equations.named(parts.y(0))
        degree = self.reference.degree
        t = parts.time * profiles.base_points(self.reference.mesh, degree)
        orbit = Orbit(t, parts.x.T.copy(), self.equations.system, named, degree)
        return Solution(parts.rests[0].copy(), named, parts.time, orbit)

    @cached_property
    def size(self) -> float:
        """Unit of length, see `System.extent`."""
        return self.equations.system.extent(self.reference.x)

    @cached_property
    def weights(self) -> Array:
        """The mean of the states squared, the equilibria likewise, parameters in units."""
        size = self.size**2
        nodes = np.repeat(self.reference.nodes / size, self.n)
        rests = np.full(self.rests * self.n, 1.0 / size)
        time = TIME_WEIGHT / self.reference.period**2
        return np.concatenate((nodes, rests, [time], 1.0 / self.units**2))

    def signature(self, z: Array) -> Array:
        """Extremes of the states and the parameters, in the units of the step length."""
        parts = self.split(z)
        low, high = profiles.extremes(np.ascontiguousarray(parts.x), self.reference.degree)
        return np.concatenate((low / self.size, high / self.size, parts.free / self.units))

    def distances(self, z: Array) -> tuple[float, float]:
        """How far the two ends are from their equilibria."""
        parts = self.split(z)
        first = np.linalg.norm(parts.x[0] - parts.rests[0])
        return float(first), float(np.linalg.norm(parts.x[-1] - parts.rests[-1]))

    def diameter(self, z: Array) -> float:
        """Length of the diagonal of the smallest box around the orbit."""
        return float(np.linalg.norm(np.ptp(self.split(z).x, axis=0)))

    # ----------------------------------------------------------------------------------------------
    # Along a branch

    def on(self, mesh: Array, x: Array, time: float) -> Truncation:
        """The problem on another mesh, with another orbit as reference."""
        return replace(self, reference=Reference(mesh, self.reference.degree, x, time))

    def remeshed(self, z: Array, intervals: int) -> tuple[Truncation, Array]:
        """The problem on a mesh adapted to an orbit, and the orbit on that mesh."""
        parts, old = self.split(z), self.reference
        scaled = parts.x / np.maximum(np.ptp(parts.x, axis=0), np.finfo(float).tiny)
        mesh = meshes.adapted(scaled, old.mesh, old.degree, intervals, periodic=False)
        x = profiles.transferred(parts.x, old.mesh, mesh, old.degree)
        fresh = self.on(mesh, x, parts.time)
        return fresh, fresh.join(x, parts.rests, parts.time, parts.free)

    def moved(self, v: Array, onto: Truncation, start: float) -> Array:
        """A tangent on the mesh of another problem, which sees time 0 of this one as ``start``."""
        parts, old, fresh = self.split(v), self.reference, onto.reference
        t = fresh.period * profiles.base_points(fresh.mesh, fresh.degree) - start
        x = profiles.evaluate(parts.x, old.mesh, old.degree, np.clip(t / old.period, 0.0, 1.0))
        return onto.join(x, parts.rests, parts.time, parts.free)

    def beheaded(
        self, z: Array, rests: Array, distances: tuple[float, float]
    ) -> tuple[Truncation, Array]:
        """Cut both ends off where they are closer to equilibria than asked, at mesh points.

        Parameters
        ----------
        z : ndarray, shape (N,)
            An orbit that starts near the first of the equilibria.
        rests : ndarray, shape (q, n)
            Of several, the orbit ends at the first one that it meets after the start.
        distances : tuple of two float
            Of the first and of the last point from the equilibria.
        """
        parts = self.split(z)
        away = np.linalg.norm(parts.x[:, None] - rests, axis=2).min(axis=1)
        first = int(np.argmax(away > max(distances)))
        inside = first + np.flatnonzero(away[first:] <= distances[1])
        t = profiles.base_points(self.reference.mesh, self.reference.degree)
        outside = int(np.argmax(away > distances[0]))
        start, stop = reached(t, away, outside, outside - 1, distances[0]), 1.0
        if len(inside):
            stop = reached(t, away, int(inside[0]) - 1, int(inside[0]), distances[1])
        mesh, x = self.cut(parts.x, start, stop)
        total = float(mesh[-1] - mesh[0]) * parts.time
        fresh = self.on((mesh - mesh[0]) / (mesh[-1] - mesh[0]), x, total)
        return fresh, fresh.join(x, parts.rests, total, parts.free)

    def cut(self, x: Array, start: float, stop: float) -> tuple[Array, Array]:
        """The part of a profile between two points of [0, 1], with its mesh points.

        A mesh point that would leave a sliver of an interval at a cut is left out: differences
        across it would be round-off, and the mesh adapted to them crowded there.
        """
        mesh, degree = self.reference.mesh, self.reference.degree
        steps = np.diff(mesh)
        after_start = mesh[1:-1] - start > SLIVER * steps[:-1]
        before_stop = stop - mesh[1:-1] > SLIVER * steps[1:]
        kept = np.concatenate(([start], mesh[1:-1][after_start & before_stop], [stop]))
        unit = (kept - start) / (stop - start)
        at = start + (stop - start) * profiles.base_points(unit, degree)
        return kept, profiles.evaluate(x, mesh, degree, np.clip(at, 0.0, 1.0))

    def tailored(
        self,
        z: Array,
        tails: tuple[Tail, Tail],
        distances: tuple[float, float],
        cut: bool = False,
    ) -> tuple[Truncation, Array, float]:
        """Lengthen or cut the orbit so that both ends come as close to their equilibria as asked.

        Parameters
        ----------
        z : ndarray, shape (N,)
            A truncated orbit.
        tails : tuple of two Tail
            How the orbit goes on towards the equilibria that it leaves and reaches.
        distances : tuple of two float
            Wanted distances of the ends.
        cut : bool
            Whether an end that is closer is cut off; otherwise it stays as it is.

        Returns
        -------
        Truncation
            With the new orbit as reference.
        ndarray
            The new z.
        float
            When the old orbit starts, in the time of the new one; negative where it was cut.
        """
        parts, degree = self.split(z), self.reference.degree
        leave, arrive = parts.rests[0], parts.rests[-1]
        mesh, x = self.reference.mesh, parts.x
        if cut:
            base = profiles.base_points(mesh, degree)
            mesh, x = self.cut(x, *kept(base, x, leave, arrive, distances))
        cut_off = parts.time * float(mesh[0])
        t = parts.time * mesh - cut_off
        step = parts.time / len(self.scheme.steps)
        before, x_before = tails[0](x[0] - leave, distances[0], degree, step)
        after, x_after = tails[1](x[-1] - arrive, distances[1], degree, step)
        longer = np.concatenate((leave + x_before[::-1], x[1:-1], arrive + x_after))
        start = before[-1]
        mesh = np.concatenate((start - before[::-1], start + t[1:-1], start + t[-1] + after))
        total = float(mesh[-1])
        mesh = mesh / total
        mesh[-1] = 1.0
        fresh = self.on(mesh, longer, total)
        return fresh, fresh.join(longer, parts.rests, total, parts.free), float(start) - cut_off


def linear_tails(leave: Array, arrive: Array) -> tuple[Tail, Tail]:
    """Tails by the linear flow of A at the equilibria that an orbit leaves and reaches."""
    return partial(tail, leave), partial(tail, -arrive)


def equations_of(
    system: System | None, free: tuple[str, ...], orbit: Orbit
) -> tuple[Equations, Array]:
    """The equations at the parameters of an orbit, and the values of the free ones, shape (k,)."""
    assert system is not None
    p = system.vector(orbit.parameters)
    equations = Equations(system, free, p)
    return equations, p[equations.indices]

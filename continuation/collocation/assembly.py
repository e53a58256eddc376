r"""Boundary value problems by orthogonal collocation: residual, elimination, bordered solves.

Unknowns are the profile x at N m + 1 base points and s scalars, the period (or truncated time) T
first and then the free parameters. On interval j of length h_j, with x_jl at node l and x_j0 =
x_(j-1)m,

.. math:: x_{jl} - x_{j0} - h_j T \sum_i a_{li} f(u_j(c_i), p) = 0, \quad l = 1..m,

then come boundary rows in x(0), x(1) and the scalars, and integral rows in everything. A cycle has
the boundary rows x(1) - x(0) = 0 and one integral row, the phase condition; a connecting orbit has
projections at both ends and the same assembly. With the border b the matrix is

.. code-block:: text

    [ L S         | D ]   interval 0: left end, own unknowns y, scalars
    [     L S     | D ]   interval 1: its left end is the last of the y before
    [         L S | D ]
    [ B0       B1 | Bs]   boundary rows
    [ r r r r r r | r ]   integral rows
    [ b b b b b b | b ]   border

Elimination has three stages. Inside an interval the unknowns are expressed by increments k_i of the
slopes at the Gauss points, y = x_left + h a k + rhs, which solve

.. math::

    k_i - h T A_i \sum_l \mathcal{A}_{il} k_l
    = T A_i (x_{left} + \textstyle\sum_l L_{il} rhs_l) + f_i \delta T + T B_i \delta p

with A_i = f_x and B_i = f_p at Gauss point i, Lagrange polynomials L and the matrix of the Gauss
method; the determinant is that of S. At the
right end this leaves x_(j+1) = G_j x_j + C_j s + g_j. Then the inner mesh points are eliminated one
after the other by Householder reflections of the two block rows that meet there. Multiplying the
G_j out would lose decaying directions beside growing ones; orthogonal elimination is stable [1]_.
At last the equations in x(0), x(1) and the scalars are solved densely.

References
----------
.. [1] S. J. Wright, Stable parallel algorithms for two-point boundary value problems,
   SIAM J. Sci. Stat. Comput. 13 (1992) 742-764.
.. [2] E. J. Doedel, H. B. Keller, J. P. Kernevez, Numerical analysis and control of bifurcation
   problems II, Int. J. Bifurcation and Chaos 1 (1991) 745-772.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from continuation.collocation import condensation, kernels, plain
from continuation.collocation.basis import Basis, basis

if TYPE_CHECKING:
    from collections.abc import Callable

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

LARGEST_COMPILED = 128
"""Largest m n solved by compiled loops. On one core they are ten times as fast as LAPACK, call by
call, at m n = 32 and half as fast at 128, where LAPACK with threads in its way is slower still."""


class LinearizedField(Protocol):
    """What `System.linearize(free)` returns: f, f_x and f_p at many points in one call."""

    def into(self, x: Array, p: Array, out: Array) -> None:
        """Write f, f_x and f_free of each point of x (m, n) into out (m, n + n n + n k)."""


@dataclass(frozen=True)
class Intervals:
    """The differential equation of a boundary value problem, linearised and condensed.

    Attributes
    ----------
    residual : ndarray, shape (N, m n)
        Of the collocation equations.
    newton : ndarray, shape (N, m n)
        What cancels the residual of each interval while its left end and the scalars are held.
    local : tuple
        What the kernels need to solve inside an interval: period, steps (N,), value (m, m + 1),
        integral (m, m), packed (N m, n + n n + n k), lu (N, m n, m n), pivots (N, m n), maps.
    maps : ndarray, shape (N, m n, n + s)
        How the unknowns of an interval follow from its left end and the scalars (T, p).
    sign : float
        Of the product of the determinants of the S.
    states : int
        n.
    """

    residual: Array
    newton: Array
    local: tuple[float, Array, Array, Array, Array, Array, Integers, Array]
    maps: Array
    sign: float
    states: int

    @property
    def transitions(self) -> Array:
        """G_j, shape (N, n, n): d x_(j+1) / d x_j."""
        n = self.states
        return np.ascontiguousarray(self.maps[:, -n:, :n])


@dataclass(frozen=True)
class Scheme:
    """Mesh, degree and equations: everything about a collocation problem except its unknowns.

    Attributes
    ----------
    field : LinearizedField
        f and its derivatives with respect to the state and the free parameters.
    mesh : ndarray, shape (N + 1,)
        From 0 to 1, increasing; N >= 2.
    degree : int
        m.
    states, free : int
        n, and the number k of free parameters.
    """

    field: LinearizedField
    mesh: Array
    degree: int
    states: int
    free: int

    @cached_property
    def steps(self) -> Array:
        """Lengths of the intervals, shape (N,)."""
        return np.diff(self.mesh)

    @property
    def basis(self) -> Basis:
        """Matrices of the polynomials."""
        return basis(self.degree)

    @property
    def is_small(self) -> bool:
        """Whether compiled loops beat LAPACK on blocks of this size."""
        return self.degree * self.states <= LARGEST_COMPILED

    def field_at_gauss(self, x: Array, p: Array) -> Array:
        """Evaluate f, f_x, f_p at all Gauss points of a profile: shape (N m, n + n n + n k)."""
        n, points = self.states, len(self.steps) * self.degree
        at = np.empty((points, n))
        gauss_states = kernels.gauss_states if self.is_small else plain.gauss_states
        gauss_states(x, self.basis.value, at)
        packed = np.empty((points, n + n * n + n * self.free))
        self.field.into(at, p, packed)
        return packed

    def condense(self, x: Array, period: float, p: Array) -> Intervals:
        """Linearise at a profile x (N m + 1, n) and eliminate inside the intervals.

        Parameters
        ----------
        x : ndarray, shape (N m + 1, n)
            The profile at the base points.
        period : float
            T, in units of time.
        p : ndarray, shape (n_p,)
            All parameters of the system.
        """
        n, count, matrices = self.states, len(self.steps), self.basis
        mn, scalars = self.degree * n, 1 + self.free
        packed = self.field_at_gauss(x, p)
        residual, newton = np.empty((2, count, mn))
        lu = np.empty((count, mn, mn))
        pivots, maps = np.empty((count, mn), dtype=np.int64), np.empty((count, mn, n + scalars))
        condense: Callable[..., float] = condensation.condense if self.is_small else plain.condense
        value, gauss, integral = matrices.value, matrices.runge_kutta, matrices.integral
        out = (residual, newton, lu, pivots, maps)
        sign = condense(x, period, self.steps, value, gauss, integral, packed, *out)
        local = (period, self.steps, value, integral, packed, lu, pivots, maps)
        return Intervals(residual, newton, local, maps, float(sign), n)


@dataclass(frozen=True)
class BorderedProblem:
    """The Jacobian of a boundary value problem, one row short of square.

    Attributes
    ----------
    intervals : Intervals
        The differential equation; ``maps`` has the n + s columns of this problem.
    ends : ndarray, shape (n_b, 2 n + s)
        Boundary rows: columns x(0), x(1), scalars.
    rows : ndarray, shape (q, (N m + 1) n + s)
        Integral rows over all unknowns; n_b + q + 1 = n + s.
    """

    intervals: Intervals
    ends: Array
    rows: Array

    def bordered(self, row: Array) -> CollocationFactors:
        """Factorise with one more row, shape ((N m + 1) n + s,), below."""
        return CollocationFactors(self, np.vstack((self.rows, row)))


class CollocationFactors:
    """Factors of a bordered boundary value problem; fulfils `linalg.bordered.Factorization`.

    The unknowns of `solve` are the profile, flattened, and the scalars; its right-hand sides have
    the rows of the matrix in the order of the module's picture.
    """

    def __init__(self, problem: BorderedProblem, rows: Array):
        intervals, ends = problem.intervals, problem.ends
        maps = intervals.maps
        count, mn, columns = maps.shape
        n, s, q = intervals.states, columns - intervals.states, len(rows)
        size = 2 * n + s
        if n + len(ends) + q != size:
            raise ValueError(
                f"a problem of {n} states and {s} scalars needs {n + s} boundary, integral and "
                f"border rows, got {len(ends)} + {q}."
            )
        self._small = mn <= LARGEST_COMPILED
        floor = kernels if self._small else plain
        condensed = np.empty((q, (count + 1) * n + s))
        floor.condense_rows(rows, maps, n, condensed)
        panels, taus = np.empty((count - 1, 2 * n, 3 * n + s)), np.empty((count - 1, n))
        multipliers, last = np.empty((q, count - 1, n)), np.empty((size, size))
        last_pivots = np.empty(size, dtype=np.int64)
        sign, modulus = floor.reduce(
            maps, ends, condensed, panels, taus, multipliers, last, last_pivots
        )
        # Elimination takes x(0) past the N m - 1 other base points but the last.
        order = -1.0 if n * (count * mn // n - 1) % 2 else 1.0
        self._determinant = float(order * sign * modulus * intervals.sign)
        self._local = intervals.local
        self._reduced = (rows, panels, taus, multipliers, last, last_pivots)
        self._length = rows.shape[1]

    @property
    def determinant(self) -> float:
        """Sign of the determinant times the mean modulus of the last pivots; zero if singular."""
        return self._determinant

    def solve(self, rhs: Array) -> Array:
        """Solve for right-hand sides, shape (M,) or (M, k); infinite if the matrix is singular."""
        if self._determinant == 0.0 or not np.isfinite(self._determinant):
            return np.full_like(rhs, np.inf)
        solve = kernels.solve if self._small else plain.solve
        columns = np.array(rhs.T, dtype=float, ndmin=2, order="C")
        out = np.empty((len(columns), self._length))
        for column, solution in zip(columns, out, strict=True):
            solve(self._local, self._reduced, column, solution)
        return out[0] if rhs.ndim == 1 else out.T

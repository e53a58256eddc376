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
right end this leaves x_(j+1) = G_j x_j + C_j s + g_j. Then the inner mesh points are eliminated by
Householder reflections of the two block rows that meet there, see `segments`. Multiplying the
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

from continuation.collocation import condensation, kernels, plain, reduction
from continuation.collocation.basis import Basis, basis
from continuation.collocation.reduction import Elimination

if TYPE_CHECKING:
    from collections.abc import Callable

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

LARGEST_COMPILED = 128
"""Largest m n solved by compiled loops. On one core they are ten times as fast as LAPACK, call by
call, at m n = 32 and half as fast at 128, where LAPACK with threads in its way is slower still."""


Condensed = tuple[Array, Array, Array, Array, Integers, Array]


class LinearizedField(Protocol):
    """What `System.linearize(free)` returns: f, f_x and f_p at many points in one call."""

    @property
    def address(self) -> int | None:
        """Of the machine code; None for a Python function."""

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

    def field_at_gauss(self, x: Array, p: Array, packed: Array) -> None:
        """Write f, f_x, f_p at all Gauss points of a profile: shape (N m, n + n n + n k)."""
        at = np.empty((len(packed), self.states))
        gauss_states = kernels.gauss_states if self.is_small else plain.gauss_states
        gauss_states(x, self.basis.value, at)
        self.field.into(at, p, packed)

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
        out = self.space()
        self.field_at_gauss(x, p, out[0])
        condense: Callable[..., float] = condensation.condense if self.is_small else plain.condense
        b = self.basis
        sign = condense(x, period, self.steps, b.value, b.runge_kutta, b.integral, *out)
        return self.intervals(period, out, float(sign))

    def space(self) -> Condensed:
        """Empty arrays for `condense`: packed, residual, newton, lu, pivots, maps."""
        n, count, scalars = self.states, len(self.steps), 1 + self.free
        mn = self.degree * n
        packed = np.empty((count * self.degree, n + n * n + n * self.free))
        residual, newton = np.empty((count, mn)), np.empty((count, mn))
        lu, pivots = np.empty((count, mn, mn)), np.empty((count, mn), dtype=np.int64)
        return packed, residual, newton, lu, pivots, np.empty((count, mn, n + scalars))

    def intervals(self, period: float, condensed: Condensed, sign: float) -> Intervals:
        """What the kernels left in the arrays of `space`, under names."""
        packed, residual, newton, lu, pivots, maps = condensed
        value, integral = self.basis.value, self.basis.integral
        local = (period, self.steps, value, integral, packed, lu, pivots, maps)
        return Intervals(residual, newton, local, maps, sign, self.states)


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
        """Factorise with one more row, shape ((N m + 1) n + s,), below.

        Raises
        ------
        ValueError
            When the matrix would not be square.
        """
        rows = np.vstack((self.rows, row))
        maps, n = self.intervals.maps, self.intervals.states
        check_square(maps.shape[2], n, self.ends, rows)
        condensed = np.empty((len(rows), len(maps) * n + maps.shape[2]))
        fast = is_compiled(maps)
        (kernels if fast else plain).condense_rows(rows, maps, n, condensed)
        reduce = reduction.reduced if fast else plain.reduced
        sign, modulus, elimination = reduce(maps, self.ends, condensed)
        return CollocationFactors.of(self.intervals, rows, elimination, sign * modulus)


def is_compiled(maps: Array) -> bool:
    """Whether compiled loops solve intervals with these maps."""
    return bool(maps.shape[1] <= LARGEST_COMPILED)


def check_square(needed: int, n: int, ends: Array, rows: Array) -> None:
    """Raise `ValueError` unless n + s boundary, integral and border rows are there."""
    if len(ends) + len(rows) != needed:
        raise ValueError(
            f"a problem of {n} states and {needed - n} scalars needs {needed} boundary, integral "
            f"and border rows, got {len(ends)} + {len(rows)}."
        )


def oriented(determinant: float, count: int, m: int, n: int) -> float:
    """Determinant of the whole matrix, up to a positive factor, from those of its parts.

    Elimination takes x(0) past the N m - 1 other base points but the last.
    """
    return float(-determinant if (count * m - 1) * n % 2 else determinant)


@dataclass(frozen=True)
class CollocationFactors:
    """Factors of a bordered boundary value problem; fulfils `linalg.bordered.Factorization`.

    The unknowns of `solve` are the profile, flattened, and the scalars; its right-hand sides have
    the rows of the matrix in the order of the module's picture.

    Attributes
    ----------
    intervals : Intervals
        The condensed differential equation.
    rows : ndarray, shape (q, (N m + 1) n + s)
        Integral rows and border over all unknowns.
    elimination : Elimination
        Of the mesh points.
    determinant : float
        Sign of the determinant times the mean modulus of the last pivots; zero if singular.
    """

    intervals: Intervals
    rows: Array
    elimination: Elimination
    determinant: float

    @classmethod
    def of(
        cls, intervals: Intervals, rows: Array, elimination: Elimination, determinant: float
    ) -> CollocationFactors:
        """Complete the determinant, up to a positive factor, of the equations in the ends."""
        count, n = len(intervals.maps), intervals.states
        own = oriented(intervals.sign * determinant, count, intervals.maps.shape[1] // n, n)
        return cls(intervals, rows, elimination, own)

    def solve(self, rhs: Array) -> Array:
        """Solve for right-hand sides, shape (M,) or (M, k); infinite if the matrix is singular."""
        if not 0.0 < abs(self.determinant) < np.inf:
            return np.full_like(rhs, np.inf)
        solve = reduction.solve if is_compiled(self.intervals.maps) else plain.solve
        where = (self.intervals.local, self.rows, self.elimination)
        if rhs.ndim == 1:
            out = np.empty(len(rhs))
            solve(*where, rhs.astype(float), out)
            return out
        columns = np.array(rhs.T, dtype=float, order="C")
        solutions = np.empty(columns.shape)
        for column, solution in zip(columns, solutions, strict=True):
            solve(*where, column, solution)
        return solutions.T

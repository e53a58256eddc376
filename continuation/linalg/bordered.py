r"""Bordered linear systems: the Jacobian of a curve, one row more, and the determinant's sign.

A curve gives N-1 equations in N unknowns; Newton's method and the tangent need the square matrix

.. math:: \begin{pmatrix} DH \\ b^T \end{pmatrix}

with a row b. A curve may return its Jacobian as an array, or as any object with a method
``bordered(row)`` that returns a `Factorization`, when its blocks allow something better than dense
elimination.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dgetrf, dgetrs

Array = NDArray[np.float64]


class Factorization(Protocol):
    """A factorised square matrix."""

    @property
    def determinant(self) -> float:
        """A number with the sign of the determinant, zero where the matrix is singular."""

    def solve(self, rhs: Array) -> Array:
        """Solve for right-hand sides of shape (N,) or (N, k)."""


class StructuredJacobian(Protocol):
    """A Jacobian DH, shape (N-1, N), that knows how to eliminate itself."""

    def bordered(self, row: Array) -> Factorization:
        """Factorise DH with one more row, shape (N,), below it."""


class DenseFactorization:
    """LU factorisation of a dense bordered matrix, shape (N, N)."""

    def __init__(self, matrix: Array):
        self._lu, self._pivots, info = dgetrf(matrix)
        self._singular = info > 0

    @property
    def determinant(self) -> float:
        """Sign times N-th root of the modulus, which neither over- nor underflows."""
        if self._singular:
            return 0.0
        diagonal = self._lu.diagonal().tolist()
        odd = sum(i != k for i, k in enumerate(self._pivots.tolist())) + sum(
            v < 0.0 for v in diagonal
        )
        size = math.exp(math.fsum(math.log(abs(v)) for v in diagonal) / len(diagonal))
        return -size if odd % 2 else size

    def solve(self, rhs: Array) -> Array:
        """Solve for right-hand sides, shape (N,) or (N, k); infinite if singular."""
        if self._singular:
            return np.full_like(rhs, np.inf)
        return np.asarray(dgetrs(self._lu, self._pivots, rhs)[0])


def factorise(jacobian: Array | StructuredJacobian, row: Array) -> Factorization:
    """Factorise a Jacobian bordered by one row, densely unless it knows better."""
    if isinstance(jacobian, np.ndarray):
        matrix = np.empty((len(row), len(row)), order="F")
        matrix[:-1] = jacobian
        matrix[-1] = row
        return DenseFactorization(matrix)
    return jacobian.bordered(row)


@dataclass(frozen=True)
class RowByProducts:
    r"""A Jacobian whose last row g is known by its products with vectors only.

    With any row r in its place, (B; r) can be eliminated; solutions with g follow from those with
    r,

    .. math:: \begin{pmatrix} B \\ r^T \\ b^T \end{pmatrix} c = e_r, \qquad
              x = x_0 + \frac{\beta - g^T x_0}{g^T c}\, c,

    where x_0 has the right-hand side 0 in the row of r, and x has beta in the row of g. The
    determinants differ by the factor :math:`g^T c`.

    Attributes
    ----------
    known : StructuredJacobian
        (B; r), which must be regular with the border.
    product : callable
        ``product(v)`` is the product of g with v, shape (N,).
    """

    known: StructuredJacobian
    product: Callable[[Array], float]

    def bordered(self, row: Array) -> Factorization:
        """Factorise with one more row, shape (N,), below."""
        factors = self.known.bordered(row)
        change = self.across(factors, len(row))
        return ExchangedRow(factors, self.product, change, self.product(change))

    def across(self, factors: Factorization, size: int) -> Array:
        """c, shape (N,): it keeps all conditions but the last."""
        unit = np.zeros(size)
        unit[-2] = 1.0
        return factors.solve(unit)


@dataclass(frozen=True)
class ExchangedRow:
    """The factorisation of `RowByProducts`."""

    factors: Factorization
    product: Callable[[Array], float]
    change: Array
    rate: float

    @property
    def determinant(self) -> float:
        """A number with the sign of the determinant, zero where the matrix is singular."""
        return self.factors.determinant * self.rate

    def solve(self, rhs: Array) -> Array:
        """Solve for right-hand sides of shape (N,) or (N, k)."""
        if rhs.ndim > 1:
            return np.column_stack([self.solve(column) for column in rhs.T])
        without = rhs.copy()
        without[-2] = 0.0
        x = self.factors.solve(without)
        return np.asarray(x + (rhs[-2] - self.product(x)) / self.rate * self.change)

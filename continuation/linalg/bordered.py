r"""Bordered linear systems: the Jacobian of a curve, one row more, and the determinant's sign.

A curve gives N-1 equations in N unknowns; Newton's method and the tangent need the square matrix

.. math:: \begin{pmatrix} DH \\ b^T \end{pmatrix}

with a row b. A curve may return its Jacobian as an array, or as any object with a method
``bordered(row)`` that returns a `Factorization`, when its blocks allow something better than dense
elimination.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dgetrf, dgetrs

Array = NDArray[np.float64]


class Factorization(Protocol):
    """A factorised square matrix."""

    @property
    def determinant(self) -> float:
        """Something continuous with the sign of the determinant, zero where the matrix is singular."""

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
        """Sign of the determinant times its N-th root in modulus, which neither over- nor underflows."""
        diagonal = np.diag(self._lu)
        if self._singular:
            return 0.0
        swaps = np.count_nonzero(self._pivots != np.arange(len(diagonal)))
        sign = np.prod(np.sign(diagonal)) * (-1.0) ** swaps
        return float(sign * np.exp(np.mean(np.log(np.abs(diagonal)))))

    def solve(self, rhs: Array) -> Array:
        """Solve for right-hand sides of shape (N,) or (N, k); infinite where the matrix is singular."""
        if self._singular:
            return np.full_like(rhs, np.inf)
        solution, _ = dgetrs(self._lu, self._pivots, rhs)
        return solution


def factorise(jacobian: Array | StructuredJacobian, row: Array) -> Factorization:
    """Factorise a Jacobian bordered by one row, densely unless it knows better."""
    if isinstance(jacobian, np.ndarray):
        return DenseFactorization(np.vstack((jacobian, row)))
    return jacobian.bordered(row)

r"""Left invariant subspaces of a matrix that depends on parameters, with their derivatives.

A point u lies in the unstable subspace of an equilibrium x, to first order, when the rows of the
stable left subspace vanish on u - x: with A^T L = L M, M stable,

.. math:: L^T (u - x) = 0.

These are the projection conditions of connecting orbits (Beyn, IMA J. Numer. Anal. 10 (1990)
379-405). An ordered real Schur form A^T Q = Q R gives an orthonormal basis Q_1 that jumps with the
parameter; the basis

.. math:: L = Q_1 (L_{ref}^T Q_1)^{-1}, \qquad L_{ref}^T L = I,

does not depend on the choice of Q_1 and is as smooth as A. Along A' the subspace moves by Q_2 X
with

.. math:: R_{22} X - X R_{11} = -Q_2^T A'^T Q_1

(Demmel, SIAM J. Numer. Anal. 24 (1987) 212-223; Dieci and Friedman, Numer. Linear Algebra Appl. 8
(2001) 317-327).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dgees, dtrsen, dtrsyl

Array = NDArray[np.float64]
Half = Literal["lhp", "rhp"]


@dataclass(frozen=True)
class LeftSubspace:
    """A left invariant subspace that belongs to one half of the spectrum.

    Attributes
    ----------
    basis : ndarray, shape (n, k)
        L, with L_ref^T L = I.
    schur : tuple of ndarray
        Q, shape (n, n), and R, shape (n, n), of A^T Q = Q R with the half's eigenvalues first.
    change : ndarray, shape (k, k)
        (L_ref^T Q_1)^-1.
    reference : ndarray, shape (n, k)
        L_ref.
    """

    basis: Array
    schur: tuple[Array, Array]
    change: Array
    reference: Array

    @property
    def dimension(self) -> int:
        """Number k of eigenvalues in the half."""
        return int(self.basis.shape[1])

    def derivative(self, slope: Array) -> Array:
        """L', shape (n, k), along A' = slope, shape (n, n)."""
        k = self.dimension
        q, r = self.schur
        if k in (0, len(q)):
            return np.zeros_like(self.basis)
        x = dtrsyl(r[k:, k:], r[:k, :k], -q[:, k:].T @ slope.T @ q[:, :k], isgn=-1)[0]
        moved = q[:, k:] @ x @ self.change
        return np.asarray(moved - self.basis @ (self.reference.T @ moved))

    def turning(self, w: Array) -> Array:
        r"""How L^T w changes with A at fixed w: D, shape (k, n, n), with (L'^T w)_i = <D_i, A'>.

        The adjoint of `derivative`, one Sylvester equation a row and none for every direction of
        A': with s = Q_2^T (w - L_ref L^T w) and row i of L^T,

        .. math:: R_{22}^T Z - Z R_{11}^T = s\, (C e_i)^T, \qquad D_i = -Q_1 Z^T Q_2^T,

        where C = (L_ref^T Q_1)^-1.
        """
        k, n = self.dimension, len(self.basis)
        q, r = self.schur
        rows = np.zeros((k, n, n))
        if k in (0, n):
            return rows
        s = q[:, k:].T @ (w - self.reference @ (self.basis.T @ w))
        for i in range(k):
            product = s[:, None] * self.change[:, i]
            z = dtrsyl(r[k:, k:], r[:k, :k], product, trana="T", tranb="T", isgn=-1)[0]
            rows[i] = -q[:, :k] @ z.T @ q[:, k:].T
        return rows


def left_subspace(
    matrix: Array, half: Half, reference: Array | None = None, dimension: int | None = None
) -> LeftSubspace:
    """Left invariant subspace of the eigenvalues in the left ("lhp") or right ("rhp") half plane.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        A.
    half : {"lhp", "rhp"}
        Stable or unstable eigenvalues.
    reference : ndarray, shape (n, k), optional
        L_ref; the orthonormal basis of this matrix itself by default.
    dimension : int, optional
        The subspace of so many leftmost ("lhp") or rightmost ("rhp") eigenvalues instead, which
        stays smooth where one of them passes through the imaginary axis.

    Raises
    ------
    ValueError
        When the reference has another dimension: an eigenvalue has crossed the imaginary axis; or
        when the eigenvalues of the subspace are not separated from the others.
    """
    r, _, real, _, q, _, failed = dgees(_unsorted, matrix.T)
    rising = np.sort(real)
    below = int(np.count_nonzero(real < 0.0)) if dimension is None else dimension
    if dimension is not None and half == "rhp":
        below = len(real) - dimension
    if failed or (0 < below < len(real) and not rising[below - 1] < rising[below]):
        raise ValueError(f"the {below} leftmost eigenvalues are not separated from the others.")
    k = below if half == "lhp" else len(real) - below
    if 0 < k < len(real):
        chosen = real < rising[below] if half == "lhp" else real > rising[below - 1]
        r, q, *_ = dtrsen(chosen.astype(np.int32), r, q, job="N")
    first = q[:, :k]
    if reference is None:
        return LeftSubspace(first, (q, r), np.eye(k), first)
    if reference.shape[1] != k:
        raise ValueError(
            f"the subspace has dimension {k}, its reference {reference.shape[1]}: an eigenvalue "
            f"has crossed the imaginary axis."
        )
    change = np.asarray(np.linalg.inv(reference.T @ first), dtype=float)
    return LeftSubspace(first @ change, (q, r), change, reference)


def _unsorted(real: float, imaginary: float) -> bool:
    """No order of eigenvalues: they are ordered by `dtrsen`, which asks no Python function."""
    return False

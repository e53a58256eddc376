r"""The bialternate product :math:`2A \odot I`: singular where two eigenvalues have sum zero.

For an n x n matrix A it is a square matrix of size n(n - 1)/2 whose eigenvalues are the sums
:math:`\lambda_i + \lambda_j`, i > j. So it is singular at every Hopf point, and also at every
neutral saddle, where two real eigenvalues differ by their sign only.

References
----------
Kuznetsov (2004), Elements of Applied Bifurcation Theory, 3rd edition, Springer, section 10.2.2,
where the six cases of an element are given; they follow from the general definition used here.
Govaerts (2000), Numerical Methods for Bifurcations of Dynamical Equilibria, SIAM, section 4.4.
"""

from __future__ import annotations

from typing import Any

import sympy

__all__ = ["bialternate"]


def bialternate(matrix: Any) -> Any:
    r"""Bialternate product of 2A with the identity.

    Rows and columns are numbered by pairs (p, q) and (r, s) with p > q, r > s, in the order (1, 0),
    (2, 0), (2, 1), (3, 0), ... The element is

    .. math::
        a_{pr}\delta_{qs} - a_{ps}\delta_{qr} + a_{qs}\delta_{pr} - a_{qr}\delta_{ps} .

    Parameters
    ----------
    matrix : Matrix, shape (n, n)
        The matrix A; n is at least 2.

    Returns
    -------
    Matrix, shape (n (n - 1)/2, n (n - 1)/2)

    Examples
    --------
    >>> bialternate(sympy.diag(1, 10, 100))
    Matrix([
    [11,   0,   0],
    [ 0, 101,   0],
    [ 0,   0, 110]])
    """
    n = matrix.rows
    pairs = [(p, q) for p in range(n) for q in range(p)]
    position = {pair: k for k, pair in enumerate(pairs)}
    elements: dict[tuple[int, int], Any] = {}
    for row, (p, q) in enumerate(pairs):
        # A pair that shares no index with (p, q) has element zero; these are the others.
        near = {tuple(sorted((keep, m), reverse=True)) for keep in (p, q) for m in range(n)}
        for r, s in near - {(p, p), (q, q)}:
            value = sum(
                sign * matrix[element]
                for sign, element, condition in (
                    (1, (p, r), q == s),
                    (-1, (p, s), q == r),
                    (1, (q, s), p == r),
                    (-1, (q, r), p == s),
                )
                if condition
            )
            if value != 0:
                elements[row, position[r, s]] = value
    return sympy.ImmutableSparseMatrix(len(pairs), len(pairs), elements)

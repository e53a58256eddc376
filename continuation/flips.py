r"""Orbit and inclination flips of a homoclinic orbit, by its ends and by the adjoint equation.

With real leading eigenvalues mu (stable) and nu (unstable), their right eigenvectors q_s, q_u and
left ones p_s, p_u, <p, q> = 1, the orbit approaches along q_s and leaves along q_u. It flips where

.. math::

    \text{OFS: } \langle p_s, u(1) - x_0 \rangle = 0, \quad \text{OFU: } \langle p_u, u(0) - x_0
    \rangle = 0.

The bounded solution psi of psi' = -A(t)^T psi is orthogonal to the tangent spaces of both invariant
manifolds along the orbit. They change their inclination where

.. math:: \text{IFS: } \langle q_s, \psi(0) \rangle = 0, \quad \text{IFU: } \langle q_u, \psi(1)
\rangle = 0

(Champneys, Kuznetsov and Sandstede, Int. J. Bifurcation and Chaos 6 (1996) 867-887, section 3.2:
there with exponential factors, which have no zeros and are left out). psi is in the orthogonal
complement of the unstable eigenspace at the left end, in that of the stable one at the right end.
From both the subspaces are carried to the middle by orthogonal bases,

.. math:: G_j^{-T} Q_j = Q_{j+1} R_{j+1} \text{ from the left}, \qquad G_j^T Q_{j+1} = Q_j R_j
\text{ from the right},

with the transition matrices G_j of the collocation solution. There psi spans their intersection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from continuation.linalg.subspaces import left_subspace

Array = NDArray[np.float64]
Flip = Literal["OFS", "OFU", "IFS", "IFU"]

STABLE: tuple[Flip, ...] = ("OFS", "IFS")
UNSTABLE: tuple[Flip, ...] = ("OFU", "IFU")
"""Flips with respect to stable manifolds need two stable eigenvalues, the others two unstable."""


@dataclass(frozen=True)
class Orientation:
    """Signs of the vectors that flips are measured by; they follow the curve.

    Attributes
    ----------
    stable, unstable : ndarray, shape (n,)
        Right eigenvectors of the leading eigenvalues at the point where they were last taken.
    middle : int
        Mesh point at which psi is oriented.
    adjoint : ndarray, shape (n,)
        psi there.
    """

    stable: Array
    unstable: Array
    middle: int
    adjoint: Array


@dataclass(frozen=True)
class Ends:
    """What flips are read from.

    Attributes
    ----------
    matrix : ndarray, shape (n, n)
        A at the saddle.
    dimension : int
        Of its stable subspace.
    away, back : ndarray, shape (n,)
        u(0) - x_0 and u(1) - x_0.
    transitions : ndarray, shape (N, n, n)
        G_j.
    """

    matrix: Array
    dimension: int
    away: Array
    back: Array
    transitions: Array


def leading_vectors(matrix: Array, place: int, like: Array) -> tuple[Array, Array] | None:
    """Right and left eigenvector of one eigenvalue, counted by real parts; None if it is complex.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        A.
    place : int
        Which eigenvalue.
    like : ndarray, shape (n,)
        The right vector, of length 1, is turned to its side; the left one has <p, q> = 1.
    """
    values, right = np.linalg.eig(matrix)
    which = int(np.argsort(values.real)[place])
    if values[which].imag != 0.0:
        return None
    q = np.real(right[:, which])
    q = q / np.linalg.norm(q) * (1.0 if q @ like >= 0.0 else -1.0)
    others, left = np.linalg.eig(matrix.T)
    p = np.real(left[:, int(np.argmin(np.abs(others - values[which])))])
    return q, p / (p @ q)


def flip(kind: Flip, ends: Ends, orientation: Orientation) -> float:
    """Value of one of the four test functions, nan where the leading eigenvalue is complex."""
    stable = kind.endswith("S")
    place = ends.dimension - 1 if stable else ends.dimension
    like = orientation.stable if stable else orientation.unstable
    vectors = leading_vectors(ends.matrix, place, like)
    if vectors is None:
        return float("nan")
    q, p = vectors
    if kind.startswith("O"):
        w = ends.back if stable else ends.away
        return float(p @ w / np.linalg.norm(w))
    first, middle, last = bounded_adjoint(ends, orientation.middle)
    sign = 1.0 if middle @ orientation.adjoint >= 0.0 else -1.0
    return sign * float(q @ (first if stable else last))


def oriented(ends: Ends, orientation: Orientation | None, middle: int) -> Orientation:
    """The orientation taken at an orbit, continued from the last one where there is one.

    Parameters
    ----------
    ends : Ends
        Of the orbit.
    orientation : Orientation or None
        The last one.
    middle : int
        Mesh point at which psi is oriented from now on.
    """
    n = len(ends.away)
    _, psi, _ = bounded_adjoint(ends, middle)
    if orientation is None:
        orientation = Orientation(np.ones(n), np.ones(n), middle, psi)
    stable = leading_vectors(ends.matrix, ends.dimension - 1, orientation.stable)
    unstable = leading_vectors(ends.matrix, ends.dimension, orientation.unstable)
    return Orientation(
        orientation.stable if stable is None else stable[0],
        orientation.unstable if unstable is None else unstable[0],
        middle,
        psi if psi @ orientation.adjoint >= 0.0 else -psi,
    )


def bounded_adjoint(ends: Ends, middle: int) -> tuple[Array, Array, Array]:
    """Directions of psi at the left end, at a mesh point, and at the right end, of length 1.

    The three belong to one solution: their signs agree.
    """
    g, d = ends.transitions, ends.dimension
    forwards = np.asarray(np.linalg.inv(g[:middle]).transpose(0, 2, 1), dtype=float)
    backwards = g[middle:][::-1].transpose(0, 2, 1)
    start = left_subspace(ends.matrix, "lhp", None, d).basis
    finish = left_subspace(ends.matrix, "rhp", None, len(ends.away) - d).basis
    left, lefts = _carried(start, forwards)
    right, rights = _carried(finish, backwards)
    shares = np.linalg.svd(np.hstack((left, -right)))[2][-1]
    psi = left @ shares[:d]
    first = start @ _traced(shares[:d], lefts)
    last = finish @ _traced(shares[d:], rights)
    return first, psi / np.linalg.norm(psi), last


def _carried(basis: Array, matrices: Array) -> tuple[Array, list[Array]]:
    """Carry an orthonormal basis through matrices; the last one, and all triangles on the way."""
    triangles = []
    for matrix in matrices:
        basis, triangle = np.linalg.qr(matrix @ basis)
        triangles.append(triangle)
    return basis, triangles


def _traced(shares: Array, triangles: list[Array]) -> Array:
    """Coordinates of length 1 in the first basis of a vector given in the last one."""
    for triangle in reversed(triangles):
        traced = np.linalg.solve(triangle, shares)
        shares = np.asarray(traced / np.linalg.norm(traced), dtype=float)
    return shares

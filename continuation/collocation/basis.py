r"""Polynomials of degree m on [0, 1]: nodes, collocation points, and the matrices between them.

A piece of a collocation solution is the polynomial u(s), s in [0, 1], given by its values at m+1
nodes. The nodes are those of Gauss-Lobatto quadrature, for three reasons. The leading error of
collocation, of order h^(m+1), is proportional to the integral of the Legendre polynomial P_m, which
vanishes there, so that nodal values have order m+2. Their Lebesgue constant stays below 2 at degree
7, where that of equidistant nodes is 7. And their quadrature weights are positive and integrate
degree 2m-1 exactly, so that the inner product of two profiles is a weighted sum of products of
nodal values.

Collocation is done at the m Gauss points c_i, in the integrated form

.. math:: u(s_l) = u(0) + h T \sum_i a_{li} f(u(c_i)), \qquad a_{li} = \int_0^{s_l} \ell_i(s)\,ds,

with Lagrange polynomials l_i on the Gauss points: the same solution as u'(c_i) = h T f(u(c_i)), but
a matrix near the identity, whose condition does not grow with the degree.

References
----------
.. [1] E. Hairer, S. P. Norsett, G. Wanner, Solving Ordinary Differential Equations I, 2nd ed.,
   Springer 1993, section II.7 (collocation as an implicit Runge-Kutta method).
.. [2] C. de Boor, B. Swartz, Collocation at Gaussian points, SIAM J. Numer. Anal. 10 (1973) 582.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import factorial

import numpy as np
from numpy.polynomial import Legendre
from numpy.polynomial.legendre import leggauss
from numpy.typing import NDArray

Array = NDArray[np.float64]

NEWTON_ON_NODES = 3  # LAPACK gives the nodes to about 1e-15; three Newton steps remove the rest


@dataclass(frozen=True)
class Basis:
    """Matrices of the polynomials of one degree m; make it by `basis`.

    Attributes
    ----------
    degree : int
        m.
    nodes, node_weights : ndarray, shape (m+1,)
        Gauss-Lobatto points on [0, 1], both ends included, and their quadrature weights.
    gauss, gauss_weights : ndarray, shape (m,)
        Gauss points in (0, 1) and their quadrature weights.
    value, slope : ndarray, shape (m, m+1)
        u(c_i) and u'(c_i) from nodal values.
    integral : ndarray, shape (m, m)
        a_li for l = 1..m: integrals from 0 to node l, from values at Gauss points.
    runge_kutta : ndarray, shape (m, m)
        Integrals from 0 to c_i, from values at Gauss points: the matrix of the Gauss method.
    phase : ndarray, shape (m+1, m+1)
        P with u^T P v = integral of u v' over [0, 1], exact for polynomials.
    top : ndarray, shape (m+1,)
        The m-th derivative, a constant, from nodal values.
    monomial : ndarray, shape (m+1, m+1)
        Coefficients of 1, s, ..., s^m from nodal values.
    barycentric : ndarray, shape (m+1,)
        Barycentric weights of the nodes.
    """

    degree: int
    nodes: Array
    node_weights: Array
    gauss: Array
    gauss_weights: Array
    value: Array
    slope: Array
    integral: Array
    runge_kutta: Array
    phase: Array
    top: Array
    monomial: Array
    barycentric: Array

    def at(self, s: Array) -> Array:
        """Matrix, shape (k, m+1), from nodal values to values at s, shape (k,), in [0, 1]."""
        return interpolation(self.nodes, self.barycentric, s)


def lobatto(degree: int) -> tuple[Array, Array]:
    """Nodes, shape (m+1,), and weights of Gauss-Lobatto quadrature on [0, 1].

    The interior nodes are the zeros of P_m'; the weights are 1 / (m (m+1) P_m^2).
    """
    legendre = Legendre.basis(degree)
    slope, curvature = legendre.deriv(), legendre.deriv(2)
    interior = np.sort(slope.roots().real)
    for _ in range(NEWTON_ON_NODES):
        interior = interior - slope(interior) / curvature(interior)
    interior = 0.5 * (interior - interior[::-1])
    nodes = np.concatenate(([-1.0], interior, [1.0]))
    weights = 1.0 / (degree * (degree + 1) * legendre(nodes) ** 2)
    return 0.5 * (nodes + 1.0), weights


def barycentric_weights(points: Array) -> Array:
    """1 / prod (s_i - s_k) over k != i, shape (k,), for distinct points, shape (k,)."""
    return np.array([1.0 / np.prod(s - np.delete(points, i)) for i, s in enumerate(points)])


def interpolation(points: Array, weights: Array, s: Array) -> Array:
    """Matrix, shape (len(s), len(points)), from values at points to values at s.

    Barycentric formula of the second kind, stable for any s.
    """
    difference = s[:, None] - points
    exact = difference == 0.0
    terms = weights / np.where(exact, 1.0, difference)
    rows = terms / terms.sum(axis=1, keepdims=True)
    hit = exact.any(axis=1)
    rows[hit] = exact[hit]
    return np.asarray(rows)


def differentiation(points: Array, weights: Array) -> Array:
    """Matrix from values to slopes of the interpolant at the same points."""
    difference = points[:, None] - points + np.eye(len(points))
    matrix = weights / weights[:, None] / difference
    np.fill_diagonal(matrix, 0.0)
    np.fill_diagonal(matrix, -matrix.sum(axis=1))
    return np.asarray(matrix)


@lru_cache(maxsize=16)
def basis(degree: int) -> Basis:
    """Nodes and matrices for polynomials of the given degree, computed once.

    Parameters
    ----------
    degree : int
        m, 2 to 7.

    Returns
    -------
    Basis

    Raises
    ------
    ValueError
        Outside 2..7: piecewise lines have no m-th derivative to adapt a mesh by, and beyond degree
        7 round-off in the highest derivative spoils the adaptation.
    """
    if not 2 <= degree <= 7:
        raise ValueError(f"the degree of collocation must lie in [2, 7], got {degree}.")
    nodes, node_weights = lobatto(degree)
    points, gauss_weights = leggauss(degree)
    gauss = 0.5 * (points + 1.0)
    gauss_weights = 0.5 * gauss_weights
    barycentric, on_gauss = barycentric_weights(nodes), barycentric_weights(gauss)
    value = interpolation(nodes, barycentric, gauss)
    slope = value @ differentiation(nodes, barycentric)
    integral = np.array(
        [s * gauss_weights @ interpolation(gauss, on_gauss, s * gauss) for s in nodes[1:]]
    )
    monomial = np.linalg.inv(np.vander(nodes, increasing=True))
    matrices = Basis(
        degree=degree,
        nodes=nodes,
        node_weights=node_weights,
        gauss=gauss,
        gauss_weights=gauss_weights,
        value=np.ascontiguousarray(value),
        slope=np.ascontiguousarray(slope),
        integral=np.ascontiguousarray(integral),
        runge_kutta=np.ascontiguousarray(value[:, 1:] @ integral),
        phase=value.T @ (gauss_weights[:, None] * slope),
        top=factorial(degree) * barycentric,
        monomial=np.ascontiguousarray(monomial),
        barycentric=barycentric,
    )
    for array in vars(matrices).values():
        if isinstance(array, np.ndarray):
            array.setflags(write=False)
    return matrices

r"""Linear periodic problems along a cycle: eigenfunctions, their adjoints, forced solutions.

In the time t of [0, 1] of a cycle of period T, with A(t) = f_x(x(t)),

.. math:: y' = T (A(t) y + g(t)), \qquad y(1) = \mu\, y(0),

for real or complex functions g, known at the Gauss points. Inside an interval y follows from its
value at the left end and g, as in `assembly`; what is left is y_(j+1) = G_j y_j + r_j(g) between
mesh points, closed by y_N = mu y_0, with the matrix

.. code-block:: text

    [ -G_0   I             ]
    [       -G_1   I       ]
    [              ..   I  ]
    [ mu I           -G_N-1]

Where mu is a multiplier it is singular; the right null vector is the eigenfunction at mesh points,
and the left null vector phi is the adjoint eigenfunction of the discrete problem: g has a solution
if and only if

.. math:: \langle \varphi, g \rangle = \sum_j \varphi_j \cdot r_j(g) = 0,

exactly, so that no quadrature error enters. Null vectors come from matrices with a border, which
are regular.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csc_matrix, hstack, vstack
from scipy.sparse.linalg import splu

from continuation.collocation.basis import basis
from continuation.collocation.plain import pieces

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
AnyArray = NDArray[Any]

ROUNDS = 3
"""Solves that turn any border into the null vectors: the error falls by 1e-10 each time, where the
other multipliers keep away from the critical one."""


@dataclass(frozen=True)
class Eigenfunction:
    """Null vectors of the problem of one multiplier.

    Attributes
    ----------
    y : ndarray, shape (N m + 1, n)
        The eigenfunction at the base points, of mean square 1; complex for complex mu.
    adjoint : ndarray, shape (N, n)
        phi.
    shift : float
        sigma, for a fold of cycles: y' = T (A y + sigma f); else 0.
    """

    y: AnyArray
    adjoint: AnyArray
    shift: float = 0.0


@dataclass(frozen=True)
class Variation:
    """A cycle with the equation linearised along it.

    Attributes
    ----------
    system : System
        x' = f(x, p).
    p : ndarray, shape (n_p,)
        All parameters.
    x : ndarray, shape (N m + 1, n)
        The profile at the base points.
    period : float
        T.
    mesh : ndarray, shape (N + 1,)
        Mesh of [0, 1].
    degree : int
        m.
    """

    system: System
    p: Array
    x: Array
    period: float
    mesh: Array
    degree: int

    @cached_property
    def states(self) -> Array:
        """The profile at the Gauss points, shape (N m, n)."""
        return self.at_gauss(self.x)

    @cached_property
    def flow(self) -> Array:
        """The right-hand side f at the Gauss points, shape (N m, n)."""
        return self.system.evaluate(self.states, self.p)

    @cached_property
    def jacobians(self) -> Array:
        """A at the Gauss points, shape (N m, n, n)."""
        return self.system.linearize(())(self.states, self.p)[1]

    @cached_property
    def quadrature(self) -> Array:
        """Weights, shape (N m,), of the integral over [0, 1] from values at the Gauss points."""
        return np.outer(np.diff(self.mesh), basis(self.degree).gauss_weights).ravel()

    def at_gauss(self, y: AnyArray) -> AnyArray:
        """Values at the Gauss points, shape (N m, n), of a profile."""
        if np.iscomplexobj(y):
            return self.at_gauss(y.real.copy()) + 1j * self.at_gauss(y.imag.copy())
        values = basis(self.degree).value @ pieces(y, self.degree)
        return np.ascontiguousarray(values.reshape(-1, y.shape[1]))

    def mean_square(self, y: AnyArray) -> float:
        """Integral of |y|^2 over [0, 1]."""
        return float(self.quadrature @ np.sum(np.abs(self.at_gauss(y)) ** 2, axis=1))

    def along(self, v: AnyArray) -> AnyArray:
        """A v at the Gauss points, shape (N m, n), for v given there."""
        return np.asarray(np.einsum("kab,kb->ka", self.jacobians, v))

    def form(self, *directions: AnyArray) -> AnyArray:
        """The multilinear form D^k f at the Gauss points, shape (N m, n), of v given there."""
        columns = (v.T for v in directions)
        return np.asarray(self.system.derivative(self.states.T, self.p, *columns).T)

    def response(self, g: AnyArray) -> AnyArray:
        """Solution at the nodes, shape (N, m, n), that is zero at the left end of each interval."""
        if np.iscomplexobj(g):
            return self.response(g.real) + 1j * self.response(g.imag)
        m, n = self.degree, self.x.shape[1]
        forcing = self.period * g.reshape(-1, m * n, 1)
        slopes = (self.stages @ forcing).reshape(-1, m, n)
        return np.asarray(np.diff(self.mesh)[:, None, None] * (basis(m).integral @ slopes))

    @cached_property
    def stages(self) -> Array:
        """Inverse of the stage equations k - h T A (a k) = T g of each interval, (N, m n, m n)."""
        m, n = self.degree, self.x.shape[1]
        a = self.jacobians.reshape(-1, m, n, n)
        coupling = np.einsum("il,jiab->jialb", basis(m).runge_kutta, a).reshape(-1, m * n, m * n)
        scale = self.period * np.diff(self.mesh)[:, None, None]
        return np.linalg.inv(np.eye(m * n) - scale * coupling)

    @cached_property
    def maps(self) -> Array:
        """Solutions at the nodes from the value at the left end, shape (N, m, n, n)."""
        m, n = self.degree, self.x.shape[1]
        slopes = self.period * self.stages @ self.jacobians.reshape(-1, m * n, n)
        rise = np.einsum("li,jiab->jlab", basis(m).integral, slopes.reshape(-1, m, n, n))
        return np.asarray(np.eye(n) + np.diff(self.mesh)[:, None, None, None] * rise)

    def pairing(self, adjoint: AnyArray, g: AnyArray) -> Any:
        """<phi, g>, see the head of this module."""
        return np.sum(adjoint * self.response(g)[:, -1])

    def cyclic(self, mu: complex) -> Any:
        """The matrix between mesh points, real for real mu."""
        transitions = self.maps[:, -1]
        count, n, _ = transitions.shape
        blocks = np.arange(count * n).reshape(count, n)
        rows = np.broadcast_to(blocks[:, :, None], (count, n, n))
        columns = np.broadcast_to(blocks[:, None, :], (count, n, n))
        after = np.roll(np.arange(count * n), -n)
        identity = np.ones(count * n, dtype=complex if np.imag(mu) else float)
        identity[-n:] = mu if np.imag(mu) else np.real(mu)
        values = np.concatenate((-transitions.ravel(), identity))
        at = np.concatenate((rows.ravel(), blocks.ravel()))
        across = np.concatenate((columns.ravel(), after))
        return coo_matrix((values, (at, across))).tocsc()

    def profile(self, mesh_values: AnyArray, mu: complex, g: AnyArray | None) -> AnyArray:
        """Values at all base points, shape (N m + 1, n), from those at mesh points, (N, n)."""
        n = self.x.shape[1]
        own = np.einsum("jlab,jb->jla", self.maps, mesh_values)
        if g is not None:
            own = own + self.response(g)
        y = np.empty((len(self.x), n), dtype=own.dtype)
        y[:-1] = np.concatenate((mesh_values[:, None], own[:, :-1]), axis=1).reshape(-1, n)
        y[-1] = mu * mesh_values[0]
        return y

    def forced(self, g: AnyArray, mu: complex) -> AnyArray:
        """The solution y at the base points, for mu that is no multiplier."""
        rhs = self.response(g)[:, -1].ravel()
        found = _solve(self.cyclic(mu), rhs)
        return self.profile(found.reshape(-1, self.x.shape[1]), mu, g)

    def forced_with_shift(self, g: AnyArray) -> tuple[AnyArray, Any]:
        """Periodic y and a scalar a with y' = T (A y + g - a f), y across the flow on the average.

        The trivial multiplier makes the problem without a singular.
        """
        n = self.x.shape[1]
        rhs = self.response(g)[:, -1].ravel()
        found = _solve(self._with_shift(), np.append(rhs, 0.0))
        a = -found[-1]
        return self.profile(found[:-1].reshape(-1, n), 1.0, g - a * self.flow), a

    def forced_critically(self, g: AnyArray, mu: complex, found: Eigenfunction) -> AnyArray:
        """A solution y for a multiplier mu, where <phi, g> = 0; the one across ``found``.

        A border absorbs what round-off leaves of <phi, g>.
        """
        rhs = np.append(self.response(g)[:, -1].ravel(), 0.0)
        at_mesh = found.y[: -1 : self.degree].ravel()
        solved = _solve(
            _bordered(self.cyclic(mu), found.adjoint.ravel().conj(), at_mesh.conj()), rhs
        )
        return self.profile(solved[:-1].reshape(-1, self.x.shape[1]), mu, g)

    def forced_at_fold(self, g: Array, found: Eigenfunction) -> tuple[Array, float]:
        """Periodic y and a scalar a with y' = T (A y + g - a f) at a fold, where <phi, g> = 0."""
        n = self.x.shape[1]
        rhs = np.append(self.response(g)[:, -1].ravel(), (0.0, 0.0))
        right = np.append(found.y[: -1 : self.degree].ravel(), found.shift)
        left = np.append(found.adjoint.ravel(), 0.0)
        solved = _solve(_bordered(self._with_shift(), left, right), rhs)
        a = -float(solved[-2])
        y = self.profile(solved[:-2].reshape(-1, n), 1.0, g - a * self.flow)
        return np.real(y), a

    def eigenfunction(self, mu: complex) -> Eigenfunction:
        """Null vectors for a multiplier mu other than the trivial one."""
        right, left = _null_vectors(self.cyclic(mu))
        y = self.profile(right.reshape(-1, self.x.shape[1]), mu, None)
        y = y / np.sqrt(self.mean_square(y))
        return Eigenfunction(y, left.reshape(-1, self.x.shape[1]))

    def fold_function(self) -> Eigenfunction:
        """Null vectors (y, sigma) and phi of y' = T (A y + sigma f), y across the flow: a fold."""
        right, left = _null_vectors(self._with_shift())
        n, shift = self.x.shape[1], float(right[-1])
        y = self.profile(right[:-1].reshape(-1, n), 1.0, shift * self.flow)
        size = np.sqrt(self.mean_square(y))
        return Eigenfunction(y / size, left[:-1].reshape(-1, n), shift / float(size))

    def adjoint_profile(self, adjoint: Array) -> Array:
        """Periodic phi' = -T A^T phi at the base points, (N m + 1, n), from a left null vector.

        The null vector has the values at the right ends of the intervals; phi has mean square 1.
        """
        n, m = self.x.shape[1], self.degree
        phi = np.empty((len(self.x), n))
        phi[m::m], phi[0] = adjoint, adjoint[-1]
        left = phi[:-1:m]
        for node in range(1, m):
            turned = self.maps[:, node - 1].transpose(0, 2, 1)
            phi[node::m] = np.linalg.solve(turned, left[:, :, None])[:, :, 0]
        return np.asarray(phi / np.sqrt(self.mean_square(phi)))

    def trivial_adjoint(self) -> AnyArray:
        """The left null vector phi of the trivial multiplier, with <phi, f> = 1."""
        left = _null_vectors(self.cyclic(1.0))[1].reshape(-1, self.x.shape[1])
        return np.asarray(left / self.pairing(left, self.flow))

    def _with_shift(self) -> Any:
        """The matrix of mu = 1 with sigma as further unknown: [-G .., -r(f); f^T, 0]."""
        column = -self.response(self.flow)[:, -1].ravel()
        at_mesh = np.ascontiguousarray(self.x[: -1 : self.degree])
        row = self.system.evaluate(at_mesh, self.p).ravel()
        return _bordered(self.cyclic(1.0), column, row / np.linalg.norm(row))


def _bordered(matrix: Any, column: AnyArray, row: AnyArray) -> Any:
    """[matrix, column; row, 0]."""
    right = vstack((csc_matrix(column[:, None]), csc_matrix((1, 1))))
    return hstack((vstack((matrix, csc_matrix(row[None, :]))), right), format="csc")


def _solve(matrix: Any, rhs: AnyArray) -> AnyArray:
    """Solve with partial pivoting, in complex numbers where either side has them."""
    kind = np.result_type(matrix.dtype, rhs.dtype)
    return np.asarray(splu(matrix.astype(kind)).solve(rhs.astype(kind)))


def _null_vectors(matrix: Any) -> tuple[AnyArray, AnyArray]:
    """Right and left null vectors, M q = 0 and p^T M = 0, of a matrix with a simple zero."""
    size = matrix.shape[0]
    column = row = np.cos(np.arange(size) ** 2 + 1.0)
    last = np.append(np.zeros(size), 1.0).astype(matrix.dtype)
    for _ in range(ROUNDS):
        bordered = _bordered(matrix, column, row)
        q, p = (_solve(side, last)[:-1] for side in (bordered, bordered.T.tocsc()))
        q, p = q / np.linalg.norm(q), p / np.linalg.norm(p)
        row, column = q.conj(), p.conj()
    return q, p

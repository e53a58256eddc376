r"""Defining systems of special equilibria: f = 0 and one block for each critical eigenvalue.

The unknowns are u = (x, blocks, lambda) with k free parameters lambda; the equations are f(x,
lambda) = 0 (f(x, lambda) - x for a map) and those of the blocks. Every block has one equation more
than unknowns, so that a point with j blocks is isolated in j parameters and lies on a curve in j +
1.

NullVector
    A q = 0, <q0, q> = 1 in q: a zero eigenvalue.
OppositePair
    A q = v, A v = -kappa q, <l1, q> = 1, <l2, q> = 0 in (q, v, kappa): eigenvalues +-
    sqrt(-kappa), a pair on the imaginary axis at +- i omega for kappa = omega^2 > 0, a neutral
    saddle for kappa < 0. At kappa = 0 it is a Jordan chain, and the equations stay regular; with
    complex vectors, A q = i omega q, the curve of Hopf points would meet that of folds there.
JordanVector
    A v = q, <q0, v> = 0 in v, with the q of the first block: the zero eigenvalue is double.
CuspVector
    A v + B(q, q) = 0, <q0, v> = 0 in v: B(q, q) is in the range of A, that is <p, B(q, q)> = 0.
FlippedVector
    (A + 2 E) q = 0, <q0, q> = 1 in q: a multiplier -1 of a map.
FlippedJordanVector
    (A + 2 E) v = E q, <q0, v> = 0 in v, with the q of a FlippedVector: the multiplier -1 is double.
UnitPair
    (A + E) q = E v, (A + E) v = E (2 c v - q), <l1, q> = 1, <l2, q> = 0 in (q, v, c): multipliers
    with product 1 and sum 2 c, a pair exp(+- i theta) on the unit circle for c = cos(theta), a
    neutral saddle for |c| > 1. At c = 1 and c = -1 it is a Jordan chain, and the equations stay
    regular.

A fold is [NullVector], a Hopf point [OppositePair], a cusp [NullVector, CuspVector], a
Bogdanov-Takens point [NullVector, JordanVector], a zero-Hopf point [NullVector, OppositePair], a
double Hopf point two OppositePairs. All derivatives are exact.

References
----------
G. Moore and A. Spence, SIAM J. Numer. Anal. 17 (1980) 567-576 (folds).
D. Roose and V. Hlavacek, SIAM J. Appl. Math. 45 (1985) 879-894 (Hopf points, by A^2 + kappa).
W. Govaerts, Numerical Methods for Bifurcations of Dynamical Equilibria, SIAM 2000, chapters 4 and
9.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag

from continuation.fields import in_complex_directions

if TYPE_CHECKING:
    from continuation.fields import Linearization
    from continuation.system import System

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Equations:
    """The equations of equilibria of a flow, or of cycles of a map, with derivatives of any order.

    f(x) = 0 for a flow; for a cycle of a map f(x_i) - x_{i+1} = 0 around the cycle. States and free
    parameters together are y = (x, lambda), shape (n + k,).

    Attributes
    ----------
    system : System
        The system.
    free : tuple of str
        The k free parameters.
    p : ndarray, shape (n_p,)
        All parameters; the free ones are taken from y.
    period : int
        Points m of the cycle of a map; 1 for a fixed point and for a flow.
    compiled : bool
        Whether forms are compiled, which pays along a curve and not for a single point.
    """

    system: System
    free: tuple[str, ...]
    p: Array
    period: int = 1
    compiled: bool = False

    @property
    def n(self) -> int:
        """Number of states, those of all points of a cycle together."""
        return self.period * self.system.dimension

    @cached_property
    def indices(self) -> list[int]:
        """Positions of the free parameters among all."""
        names = list(self.system.parameters)
        return [names.index(name) for name in self.free]

    @cached_property
    def linearized(self) -> Linearization:
        """Evaluates f, f_x and f_lambda."""
        return self.system.linearize(self.free)

    @cached_property
    def closing(self) -> Array:
        """E, shape (n, n): the first point as it enters the last equation of a cycle."""
        d = self.system.dimension
        matrix = np.zeros((self.n, self.n))
        matrix[-d:, :d] = np.eye(d)
        return matrix

    @cached_property
    def directions(self) -> Array:
        """Unit directions of (x_i, lambda) among states and parameters, (d + n_p, d + k)."""
        d = self.system.dimension
        unit = np.zeros((d + len(self.p), d + len(self.free)))
        unit[:d, :d] = np.eye(d)
        unit[[d + i for i in self.indices], range(d, unit.shape[1])] = 1.0
        return unit

    def columns(self, i: int) -> list[int]:
        """Positions of (x_i, lambda) in y."""
        d = self.system.dimension
        return [*range(i * d, (i + 1) * d), *range(self.n, self.n + len(self.free))]

    def points(self, y: NDArray[Any]) -> NDArray[Any]:
        """The points of a cycle, or the parts of a vector that belong to them, shape (m, d)."""
        return y[: self.n].reshape(self.period, -1)

    def parameters(self, y: Array) -> Array:
        """All parameters, shape (n_p,), with the free ones taken from y."""
        p = self.p.copy()
        for i, value in zip(self.indices, y[self.n :].tolist(), strict=True):
            p[i] = value
        return p

    def named(self, y: Array) -> dict[str, float]:
        """All parameters by name."""
        return dict(zip(self.system.parameters, self.parameters(y).tolist(), strict=True))

    def first(self, y: Array) -> tuple[Array, Array, Array]:
        """The equations, shape (n,), A, shape (n, n), and the derivative by lambda, (n, k)."""
        x = self.points(y)
        f, a, b = self.linearized(x, self.parameters(y))
        if self.system.kind == "flow":
            return f[0], a[0], b[0]
        after = np.roll(x, -1, axis=0)
        shift = np.roll(np.eye(self.n), self.system.dimension, axis=1)
        return (f - after).ravel(), block_diag(*a) - shift, b.reshape(self.n, -1)

    def form(self, y: Array, *directions: NDArray[Any]) -> NDArray[Any]:
        """The multilinear form D^j f at y, j >= 2, in j directions of x, each of shape (n,)."""
        p = self.parameters(y)
        parts = (self.points(v) for v in directions)
        values = [
            self._form(x, p, [self._column(v) for v in each])[:, 0]
            for x, *each in zip(self.points(y), *parts, strict=True)
        ]
        return values[0] if len(values) == 1 else np.concatenate(values)

    def _column(self, v: NDArray[Any]) -> NDArray[Any]:
        """A direction of a point as one column, with the parameters fixed, shape (d + k, 1)."""
        return np.append(v, np.zeros(len(self.free)))[:, None]

    def _form(self, x: Array, p: Array, directions: list[NDArray[Any]]) -> NDArray[Any]:
        """The form at a point of a cycle, in columns of (x_i, lambda), shape (d, m)."""
        if self.compiled:
            form = self.system.form(len(directions), self.free)
            return in_complex_directions(form, x, p, directions)
        return self.system.derivative(x, p, *(self.directions @ v for v in directions))

    def bend(self, y: Array, *q: NDArray[Any]) -> NDArray[Any]:
        """Derivative by y of the form D^j f(q_1, ..., q_j), shape (n, n + k); j = 1: of A q."""
        p, d = self.parameters(y), self.system.dimension
        unit = np.eye(d + len(self.free))
        bend = np.zeros((self.n, len(y)), dtype=np.result_type(y, *q))
        parts = (self.points(v) for v in q)
        for i, (x, *each) in enumerate(zip(self.points(y), *parts, strict=True)):
            value = self._form(x, p, [*(self._column(v) for v in each), unit])
            bend[i * d : (i + 1) * d, self.columns(i)] = value
        return bend

    def curvature(self, y: Array, p: Array) -> Array:
        """<p, D^2 f(., .)> in the directions of y, shape (n + k, n + k)."""
        unit, m = self.directions, self.directions.shape[1]
        pairs = np.repeat(unit, m, axis=1), np.tile(unit, (1, m))
        curvature = np.zeros((len(y), len(y)))
        for i, (x, left) in enumerate(zip(self.points(y), self.points(p), strict=True)):
            second = self.system.derivative(x, self.parameters(y), *pairs)
            curvature[np.ix_(self.columns(i), self.columns(i))] += (left @ second).reshape(m, m)
        return curvature


class Block(Protocol):
    """Equations for critical vectors of n states, one more than their unknowns."""

    def count(self, n: int) -> int:
        """Number of unknowns; the block has one equation more."""

    def guess(self) -> Array:
        """First guess of the unknowns."""

    def rows(
        self, equations: Equations, y: Array, a: Array, w: Array, q: Array
    ) -> tuple[Array, Array, Array, Array]:
        """Residual and its derivatives by y, by the own w, and by the q of the first block."""


@dataclass(frozen=True)
class NullVector:
    """A q = 0, <reference, q> = 1."""

    reference: Array

    def count(self, n: int) -> int:
        """Q has n components."""
        return n

    def guess(self) -> Array:
        """The reference itself, which has length 1."""
        return self.reference

    def rows(
        self, equations: Equations, y: Array, a: Array, w: Array, q: Array
    ) -> tuple[Array, Array, Array, Array]:
        """See `Block`."""
        n = equations.n
        by_y, by_w = np.zeros((n + 1, len(y))), np.vstack((a, self.reference))
        by_y[:n] = equations.bend(y, w)
        value = np.append(a @ w, self.reference @ w - 1.0)
        return value, by_y, by_w, np.zeros((n + 1, len(q)))


@dataclass(frozen=True)
class OppositePair:
    """A q = v, A v = -kappa q, <along, q> = 1, <across, q> = 0: see the head of this module.

    ``along`` and ``across`` lie in the invariant plane, so that the two conditions single out one
    q of it; q must not be a null vector where kappa = 0.
    """

    along: Array
    across: Array
    first: Array

    def count(self, n: int) -> int:
        """Number of components of q and v, and kappa."""
        return 2 * n + 1

    def guess(self) -> Array:
        """The guess given, (q, v, kappa)."""
        return self.first

    def rows(
        self, equations: Equations, y: Array, a: Array, w: Array, q: Array
    ) -> tuple[Array, Array, Array, Array]:
        """See `Block`."""
        n, kappa = equations.n, float(w[-1])
        u, v = w[:n], w[n:-1]
        by_y = np.zeros((2 * n + 2, len(y)))
        by_y[:n], by_y[n : 2 * n] = equations.bend(y, u), equations.bend(y, v)
        by_w = np.zeros((2 * n + 2, 2 * n + 1))
        by_w[:n, :n], by_w[:n, n:-1] = a, -np.eye(n)
        by_w[n : 2 * n, :n], by_w[n : 2 * n, n:-1], by_w[n : 2 * n, -1] = kappa * np.eye(n), a, u
        by_w[-2, :n], by_w[-1, :n] = self.along, self.across
        value = np.concatenate(
            (a @ u - v, a @ v + kappa * u, [self.along @ u - 1.0, self.across @ u])
        )
        return value, by_y, by_w, np.zeros((2 * n + 2, len(q)))


@dataclass(frozen=True)
class JordanVector:
    """A v = E q, <reference, v> = 0, with q of a `NullVector` before it; E = I for a flow."""

    reference: Array
    first: Array

    def count(self, n: int) -> int:
        """V has n components."""
        return n

    def guess(self) -> Array:
        """The guess given."""
        return self.first

    def rows(
        self, equations: Equations, y: Array, a: Array, w: Array, q: Array
    ) -> tuple[Array, Array, Array, Array]:
        """See `Block`."""
        n = equations.n
        by_y, by_w = np.zeros((n + 1, len(y))), np.vstack((a, self.reference))
        by_y[:n] = equations.bend(y, w)
        value = np.append(a @ w - equations.closing @ q, self.reference @ w)
        return value, by_y, by_w, np.vstack((-equations.closing, np.zeros(n)))


@dataclass(frozen=True)
class CuspVector:
    """A v + B(q, q) = 0, <reference, v> = 0, with q of a `NullVector` before it."""

    reference: Array
    first: Array

    def count(self, n: int) -> int:
        """V has n components."""
        return n

    def guess(self) -> Array:
        """The guess given."""
        return self.first

    def rows(
        self, equations: Equations, y: Array, a: Array, w: Array, q: Array
    ) -> tuple[Array, Array, Array, Array]:
        """See `Block`."""
        n = equations.n
        by_y, by_w = np.zeros((n + 1, len(y))), np.vstack((a, self.reference))
        by_y[:n] = equations.bend(y, w) + equations.bend(y, q, q)
        value = np.append(a @ w + equations.form(y, q, q), self.reference @ w)
        return value, by_y, by_w, np.vstack((2.0 * equations.bend(y, q)[:, :n], np.zeros(n)))


@dataclass(frozen=True)
class FlippedVector:
    """(A + 2 E) q = 0, <reference, q> = 1."""

    reference: Array

    def count(self, n: int) -> int:
        """Q has n components."""
        return n

    def guess(self) -> Array:
        """The reference itself, which has length 1."""
        return self.reference

    def rows(
        self, equations: Equations, y: Array, a: Array, w: Array, q: Array
    ) -> tuple[Array, Array, Array, Array]:
        """See `Block`."""
        n, turned = equations.n, a + 2.0 * equations.closing
        by_y, by_w = np.zeros((n + 1, len(y))), np.vstack((turned, self.reference))
        by_y[:n] = equations.bend(y, w)
        value = np.append(turned @ w, self.reference @ w - 1.0)
        return value, by_y, by_w, np.zeros((n + 1, len(q)))


@dataclass(frozen=True)
class FlippedJordanVector:
    """(A + 2 E) v = E q, <reference, v> = 0, with q of a `FlippedVector` before it."""

    reference: Array
    first: Array

    def count(self, n: int) -> int:
        """V has n components."""
        return n

    def guess(self) -> Array:
        """The guess given."""
        return self.first

    def rows(
        self, equations: Equations, y: Array, a: Array, w: Array, q: Array
    ) -> tuple[Array, Array, Array, Array]:
        """See `Block`."""
        n, closing = equations.n, equations.closing
        turned = a + 2.0 * closing
        by_y, by_w = np.zeros((n + 1, len(y))), np.vstack((turned, self.reference))
        by_y[:n] = equations.bend(y, w)
        value = np.append(turned @ w - closing @ q, self.reference @ w)
        return value, by_y, by_w, np.vstack((-closing, np.zeros(n)))


@dataclass(frozen=True)
class UnitPair:
    """(A + E) q = E v, (A + E) v = E (2 c v - q), <along, q> = 1, <across, q> = 0.

    As for an `OppositePair`, the two conditions single out one q of the invariant plane, which
    must not be an eigenvector where c = 1 or c = -1.
    """

    along: Array
    across: Array
    first: Array

    def count(self, n: int) -> int:
        """Number of components of q and v, and c."""
        return 2 * n + 1

    def guess(self) -> Array:
        """The guess given, (q, v, c)."""
        return self.first

    def rows(
        self, equations: Equations, y: Array, a: Array, w: Array, q: Array
    ) -> tuple[Array, Array, Array, Array]:
        """See `Block`."""
        n, e, c = equations.n, equations.closing, float(w[-1])
        u, v, open_a = w[:n], w[n:-1], a + equations.closing
        by_y = np.zeros((2 * n + 2, len(y)))
        by_y[:n], by_y[n : 2 * n] = equations.bend(y, u), equations.bend(y, v)
        by_w = np.zeros((2 * n + 2, 2 * n + 1))
        by_w[:n, :n], by_w[:n, n:-1] = open_a, -e
        by_w[n : 2 * n, :n], by_w[n : 2 * n, n:-1] = e, open_a - 2.0 * c * e
        by_w[n : 2 * n, -1] = -2.0 * (e @ v)
        by_w[-2, :n], by_w[-1, :n] = self.along, self.across
        first = open_a @ u - e @ v
        second = open_a @ v - e @ (2.0 * c * v - u)
        ends = [self.along @ u - 1.0, self.across @ u]
        return np.concatenate((first, second, ends)), by_y, by_w, np.zeros((2 * n + 2, len(q)))


@dataclass(frozen=True)
class DefiningSystem:
    """f = 0 and the equations of blocks; u = (x, unknowns of the blocks, lambda).

    Attributes
    ----------
    equations : Equations
        f and its derivatives.
    blocks : sequence of Block
        The first one carries the q that the others refer to.
    """

    equations: Equations
    blocks: Sequence[Block]

    def __call__(self, u: Array) -> tuple[Array, Array]:
        """Evaluate F(u) and DF(u), square in as many parameters as there are blocks."""
        n, k = self.equations.n, len(self.equations.free)
        y = self.split(u)[0]
        f, a, b = self.equations.first(y)
        size = n + sum(block.count(n) + 1 for block in self.blocks)
        value, jacobian = np.zeros(size), np.zeros((size, len(u)))
        value[:n], jacobian[:n, :n], jacobian[:n, -k:] = f, a, b
        row = column = n
        first = slice(n, n + self.blocks[0].count(n))
        for block in self.blocks:
            m = block.count(n)
            own, rows = slice(column, column + m), slice(row, row + m + 1)
            part, by_y, by_own, by_first = block.rows(self.equations, y, a, u[own], u[first])
            value[rows] = part
            jacobian[rows, :n], jacobian[rows, -k:] = by_y[:, :n], by_y[:, n:]
            jacobian[rows, first] = by_first
            jacobian[rows, own] += by_own
            row, column = row + m + 1, column + m
        return value, jacobian

    def split(self, u: Array) -> tuple[Array, list[Array]]:
        """Take y = (x, lambda) and the unknowns of each block out of u."""
        n, k = self.equations.n, len(self.equations.free)
        parts, column = [], n
        for block in self.blocks:
            m = block.count(n)
            parts.append(u[column : column + m])
            column += m
        return np.concatenate((u[:n], u[-k:])), parts

    def join(self, y: Array) -> Array:
        """First guess of u from y and the guesses of the blocks."""
        n = self.equations.n
        return np.concatenate((y[:n], *(block.guess() for block in self.blocks), y[n:]))


def smallest_singular(matrix: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Left and right singular vectors of the smallest singular value, each of length 1."""
    u, _, vh = np.linalg.svd(matrix)
    return u[:, matrix.shape[1] - 1], vh[-1].conj()

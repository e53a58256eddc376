r"""Defining systems of special equilibria: f = 0 and one block for each critical eigenvalue.

The unknowns are u = (x, blocks, lambda) with k free parameters lambda; the equations are f(x,
lambda) = 0 (f(x, lambda) - x for a map) and those of the blocks. Every block has one equation more
than unknowns, so that a point with j blocks is isolated in j parameters and lies on a curve in j +
1.

NullVector
    (A + (1 - mu) E) q = 0, <q0, q> = 1 in q. With mu = 1 a zero eigenvalue of A; for cycles of maps
    E carries the step that closes the cycle, and mu = 1 or -1 is a multiplier.
OppositePair
    A q = v, A v = -kappa q, <l1, q> = 1, <l2, q> = 0 in (q, v, kappa): eigenvalues +-
    sqrt(-kappa), a pair on the imaginary axis at +- i omega for kappa = omega^2 > 0, a neutral
    saddle for kappa < 0. At kappa = 0 it is a Jordan chain, and the equations stay regular; with
    complex vectors, A q = i omega q, the curve of Hopf points would meet that of folds there.
UnitPair
    (A + E) q = E v, (A + E) v = E (2 c v - q), <l1, q> = 1, <l2, q> = 0 in (q, v, c): multipliers
    with product 1 and sum 2 c, a pair exp(+- i theta) on the unit circle for c = cos(theta), a
    neutral saddle for |c| > 1. At c = 1 and c = -1 it is a Jordan chain, and the equations stay
    regular.
JordanVector
    (A + (1 - mu) E) v = E q, <q0, v> = 0 in v, with the q of a NullVector: mu is double.
CuspVector
    A v + B(q, q) = 0, <q0, v> = 0 in v: B(q, q) is in the range of A, that is <p, B(q, q)> = 0.

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
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import block_diag

from continuation.fields import in_complex_directions

if TYPE_CHECKING:
    from continuation.fields import Linearization
    from continuation.system import System

Array = NDArray[np.float64]
Pair = TypeVar("Pair", "OppositePair", "UnitPair")


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
    def slots(self) -> NDArray[np.int64]:
        """The same as an array, shape (k,)."""
        return np.array(self.indices)

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

    def twisted(self, a: Array, mu: float) -> Array:
        """A + (1 - mu) E, shape (n, n), which is singular where mu is a multiplier."""
        return a if mu == 1.0 else a + (1.0 - mu) * self.closing

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

    @property
    def first(self) -> Array:
        """First guess of the unknowns."""

    def rows(
        self, equations: Equations, y: Array, a: Array, w: Array, q: Array
    ) -> tuple[Array, Array, Array, Array]:
        """Residual and its derivatives by y, by the own w, and by the q of the first block."""


class LeadingBlock(Block, Protocol):
    """A block that is followed in two parameters: its normalisation goes along with its vectors."""

    def weights(self) -> Array:
        """Of its unknowns, in the inner product of a curve."""

    def followed(self, w: Array, slope: Array) -> tuple[LeadingBlock, Array, Array]:
        """The block with w as its reference, and w and a tangent of it as that block wants them."""

    def measures(self, w: Array) -> dict[str, float]:
        """Columns for the table of a branch, such as a frequency."""


@dataclass(frozen=True)
class NullVector:
    """(A + (1 - mu) E) q = 0, <reference, q> = 1, for mu = 1 or -1; in a flow mu = 1."""

    reference: Array
    mu: float = 1.0

    @property
    def first(self) -> Array:
        """The reference itself, which has length 1."""
        return self.reference

    def rows(
        self, equations: Equations, y: Array, a: Array, w: Array, q: Array
    ) -> tuple[Array, Array, Array, Array]:
        """See `Block`."""
        value, by_y, by_w = _vector_rows(equations, y, equations.twisted(a, self.mu), self, w)
        value[-1] -= 1.0
        return value, by_y, by_w, np.zeros((len(value), len(q)))

    def weights(self) -> Array:
        """Q counts by its angle."""
        return np.ones(len(self.reference))

    def followed(self, w: Array, slope: Array) -> tuple[NullVector, Array, Array]:
        """Scale q to length 1, and let it be the reference."""
        size = float(np.linalg.norm(w))
        w, slope = w / size, slope / size
        return replace(self, reference=w), w, slope - (w @ slope) * w

    def measures(self, w: Array) -> dict[str, float]:
        """None."""
        return {}


@dataclass(frozen=True)
class JordanVector:
    """(A + (1 - mu) E) v = E q, <reference, v> = 0, with q of a `NullVector` before it."""

    reference: Array
    first: Array
    mu: float = 1.0

    def rows(
        self, equations: Equations, y: Array, a: Array, w: Array, q: Array
    ) -> tuple[Array, Array, Array, Array]:
        """See `Block`."""
        value, by_y, by_w = _vector_rows(equations, y, equations.twisted(a, self.mu), self, w)
        value[:-1] -= equations.closing @ q
        return value, by_y, by_w, np.vstack((-equations.closing, np.zeros(len(q))))


@dataclass(frozen=True)
class CuspVector:
    """A v + B(q, q) = 0, <reference, v> = 0, with q of a `NullVector` before it."""

    reference: Array
    first: Array

    def rows(
        self, equations: Equations, y: Array, a: Array, w: Array, q: Array
    ) -> tuple[Array, Array, Array, Array]:
        """See `Block`."""
        value, by_y, by_w = _vector_rows(equations, y, a, self, w)
        value[:-1] += equations.form(y, q, q)
        by_y[:-1] += equations.bend(y, q, q)
        by_q = 2.0 * equations.bend(y, q)[:, : equations.n]
        return value, by_y, by_w, np.vstack((by_q, np.zeros(len(q))))


def _vector_rows(
    equations: Equations,
    y: Array,
    matrix: Array,
    block: NullVector | JordanVector | CuspVector,
    w: Array,
) -> tuple[Array, Array, Array]:
    """M w and <reference, w>, with their derivatives by y and by w; M is A but for a constant."""
    by_y = np.vstack((equations.bend(y, w), np.zeros(len(y))))
    by_w = np.vstack((matrix, block.reference))
    return by_w @ w, by_y, by_w


@dataclass(frozen=True)
class OppositePair:
    """A q = v, A v = -kappa q, <along, q> = 1, <across, q> = 0: see the head of this module.

    ``along`` and ``across`` lie in the invariant plane, so that the two conditions single out one
    q of it; q must not be a null vector where kappa = 0. ``unit`` is what kappa is measured in.
    """

    along: Array
    across: Array
    first: Array
    unit: float = 1.0

    def rows(
        self, equations: Equations, y: Array, a: Array, w: Array, q: Array
    ) -> tuple[Array, Array, Array, Array]:
        """See `Block`."""
        sides = a, np.eye(equations.n)
        value, by_y, by_w = _pair_rows(equations, y, sides, self, w)
        return value, by_y, by_w, np.zeros((len(value), len(q)))

    def image(self, kappa: float) -> tuple[Array, Array]:
        """Coefficients of q and v in the image of v, and their derivatives."""
        return np.array((-kappa, 0.0)), np.array((-1.0, 0.0))

    def weights(self) -> Array:
        """Q counts by its angle, v = A q in units of its first guess, kappa in its own."""
        n = len(self.along)
        square = float(np.sum(self.first[n:-1] ** 2))
        return np.repeat((1.0, 1.0 / square, 1.0 / self.unit**2), (n, n, 1))

    def followed(self, w: Array, slope: Array) -> tuple[OppositePair, Array, Array]:
        """See `_followed_pair`."""
        return _followed_pair(self, w, slope)

    def measures(self, w: Array) -> dict[str, float]:
        """The frequency."""
        return {"omega": float(np.sqrt(max(w[-1], 0.0)))}


@dataclass(frozen=True)
class UnitPair:
    """(A + E) q = E v, (A + E) v = E (2 c v - q), <along, q> = 1, <across, q> = 0.

    As for an `OppositePair`, the two conditions single out one q of the invariant plane, which
    must not be an eigenvector where c = 1 or c = -1.
    """

    along: Array
    across: Array
    first: Array

    def rows(
        self, equations: Equations, y: Array, a: Array, w: Array, q: Array
    ) -> tuple[Array, Array, Array, Array]:
        """See `Block`."""
        sides = a + equations.closing, equations.closing
        value, by_y, by_w = _pair_rows(equations, y, sides, self, w)
        return value, by_y, by_w, np.zeros((len(value), len(q)))

    def image(self, c: float) -> tuple[Array, Array]:
        """Coefficients of q and v in the image of v, and their derivatives."""
        return np.array((-1.0, 2.0 * c)), np.array((0.0, 2.0))

    def weights(self) -> Array:
        """All as they are."""
        return np.ones(len(self.first))

    def followed(self, w: Array, slope: Array) -> tuple[UnitPair, Array, Array]:
        """See `_followed_pair`."""
        return _followed_pair(self, w, slope)

    def measures(self, w: Array) -> dict[str, float]:
        """The angle of the pair, in radians."""
        return {"theta": float(np.arccos(np.clip(w[-1], -1.0, 1.0)))}


def _pair_rows(
    equations: Equations,
    y: Array,
    sides: tuple[Array, Array],
    pair: OppositePair | UnitPair,
    w: Array,
) -> tuple[Array, Array, Array]:
    r"""M q - K v, M v - K (alpha q + beta v) and the two conditions, with derivatives by y and w.

    By w = (q, v, s), where alpha and beta are functions of the scalar s, the derivative is

    .. math:: \begin{pmatrix} M & -K & 0 \\ -\alpha K & M - \beta K & -K (\alpha' q + \beta' v) \\
              l_1^T & 0 & 0 \\ l_2^T & 0 & 0 \end{pmatrix}.
    """
    n, (m, k) = equations.n, sides
    both = w[:-1].reshape(2, n)
    (alpha, beta), slopes = pair.image(float(w[-1]))
    by_y = np.vstack((*(equations.bend(y, u) for u in both), np.zeros((2, len(y)))))
    by_w = np.zeros((2 * n + 2, 2 * n + 1))
    by_w[:n, :n], by_w[:n, n:-1] = m, -k
    by_w[n:-2, :n], by_w[n:-2, n:-1] = -alpha * k, m - beta * k
    by_w[-2, :n], by_w[-1, :n] = pair.along, pair.across
    value = by_w[:, :-1] @ w[:-1]
    value[-2] -= 1.0
    by_w[n:-2, -1] = -k @ (slopes @ both)
    return value, by_y, by_w


def _followed_pair(pair: Pair, w: Array, slope: Array) -> tuple[Pair, Array, Array]:
    """See `LeadingBlock`: q is turned to where it is farthest from an eigenvector.

    In the plane of (q, v) any a q + b v may stand for q, with a v + b (alpha q + beta v) for v. The
    unit vector is taken of which the image differs most from its multiple by beta / 2, to which all
    images come close where the two eigenvalues do. Then the tangent is moved along the same freedom
    until it obeys the new conditions.
    """
    pairing, slopes = pair.image(float(w[-1]))
    both, rates = w[:-1].reshape(2, -1).T, slope[:-1].reshape(2, -1).T
    # Columns of ``both`` are q and v; ``image`` takes coefficients in them to those of the image.
    image = np.array(((0.0, pairing[0]), (1.0, pairing[1])))
    plane, triangle = np.linalg.qr(both)
    away = both @ (image - 0.5 * pairing[1] * np.eye(2)) @ np.linalg.inv(triangle)
    _, _, vh = np.linalg.svd(away)
    chosen = np.linalg.solve(triangle, vh[0])
    turn = np.column_stack((chosen, image @ chosen))
    both, rates = both @ turn, rates @ turn
    rates[:, 1] += slope[-1] * chosen[1] * (w[:-1].reshape(2, -1).T @ slopes)
    along, across = (plane @ v for v in vh)
    conditions = np.array((along, across))
    free = np.linalg.solve(conditions @ both, -conditions @ rates[:, 0])
    rates += both @ np.column_stack((free, image @ free))
    w, slope = np.append(both.T.ravel(), w[-1]), np.append(rates.T.ravel(), slope[-1])
    return replace(pair, along=along, across=across), w, slope


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
        size = n + sum(len(block.first) + 1 for block in self.blocks)
        value, jacobian = np.zeros(size), np.zeros((size, len(u)))
        value[:n], jacobian[:n, :n], jacobian[:n, -k:] = f, a, b
        row = column = n
        first = slice(n, n + len(self.blocks[0].first))
        for block in self.blocks:
            m = len(block.first)
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
            m = len(block.first)
            parts.append(u[column : column + m])
            column += m
        return np.concatenate((u[:n], u[-k:])), parts

    def join(self, y: Array) -> Array:
        """First guess of u from y and the guesses of the blocks."""
        n = self.equations.n
        return np.concatenate((y[:n], *(block.first for block in self.blocks), y[n:]))


def smallest_singular(matrix: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Left and right singular vectors of the smallest singular value, each of length 1."""
    u, _, vh = np.linalg.svd(matrix)
    return u[:, matrix.shape[1] - 1], vh[-1].conj()

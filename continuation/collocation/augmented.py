r"""Cycles with eigenfunctions as one boundary value problem: what curves of bifurcations follow.

The unknowns are the profile x, one or two vectors v_i along it, the period T, perhaps a scalar c,
and two free parameters,

.. math::

    x' = T f(x, \lambda), \qquad v_i' = T (f_x(x, \lambda) v_i + s f(x, \lambda)), \qquad
    x(1) = x(0), \qquad L v(0) + R v(1) + c\, C v(0) = 0,

z = ((x, v_1, ..) at the base points, T, c, lambda_1, lambda_2), with the phase condition of a cycle
for x and linear conditions that fix the size (and for a complex pair the phase) of the vectors:

cycles of fixed period
    no vectors, and T = T_ref.
cycles with a property g
    no vectors, and g(x, T, lambda) = 0, where g is any smooth function of a `Solution`. Its
    derivative is known by its products with vectors, which are central differences.
fold of cycles (LPC)
    v(1) = v(0), c = s; <v, x_ref'> = 0, <v_ref, v> = 1: the generalised eigenfunction of the
    multiplier 1.
period doubling (PD)
    v(1) = -v(0), s = 0; <v_ref, v> = 1.
torus (NS)
    v_2(0) = v_1(1), v_2(1) = 2 c v_2(0) - v_1(0), s = 0: v_1 is a solution on [0, 1] and v_2 on
    [1, 2]; the multipliers of their span have product 1 and sum 2 c, so that c = cos(theta), and
    the equations stay regular at c = 1 and c = -1. <v_ref, v_1> = 1, <w_ref, v_1> = 0.

Because f_x has its exact derivatives along v (`carrying`), this is an ordinary collocation problem
of n (1 + k) states with the assembly of `assembly`; the Jacobian is exact. The systems are those of
[1]_ (fold, period doubling) and, without complex numbers, [2]_.

References
----------
.. [1] E. J. Doedel, W. Govaerts, Yu. A. Kuznetsov, Computation of periodic solution bifurcations in
   ODEs using bordered systems, SIAM J. Numer. Anal. 41 (2003) 401-435, section 2 (the extended
   systems there are the ones used here).
.. [2] W. Govaerts, Numerical Methods for Bifurcations of Dynamical Equilibria, SIAM 2000, section
   4.3: a pair by a quadratic polynomial of the matrix.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from continuation.collocation import mesh as meshes
from continuation.collocation import profile as profiles
from continuation.collocation.assembly import BorderedProblem, Intervals, Scheme
from continuation.collocation.memo import LastPoints
from continuation.collocation.reference import PERIOD_WEIGHT, Reference
from continuation.collocation.variational import Variation
from continuation.curve import Solution
from continuation.linalg.bordered import RowByProducts, StructuredJacobian
from continuation.linalg.floquet import multipliers
from continuation.orbit import Orbit
from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

STEP = float(np.finfo(float).eps ** (1.0 / 3.0))
"""Of a central difference, where the errors of the difference and of rounding are alike."""


@dataclass(frozen=True)
class Closing:
    """Boundary conditions L v(0) + R v(1) + c C v(0) = 0 of k vectors; L, R, C have shape (k, k).

    Attributes
    ----------
    left, right, turn : tuple of tuple of float
        L, R and C.
    scalar : bool
        Whether there is an unknown c, in these conditions or as the shift s.
    across_flow : bool
        Whether the vector has to be orthogonal to x_ref'.
    held : float or None
        The multiplier that one vector belongs to; two belong to a pair.
    """

    left: tuple[tuple[float, ...], ...]
    right: tuple[tuple[float, ...], ...]
    turn: tuple[tuple[float, ...], ...]
    scalar: bool
    across_flow: bool = False
    held: float | None = None


PERIOD = Closing((), (), (), scalar=False)
FOLD = Closing(((-1.0,),), ((1.0,),), ((0.0,),), scalar=True, across_flow=True, held=1.0)
FLIP = Closing(((1.0,),), ((1.0,),), ((0.0,),), scalar=False, held=-1.0)
TORUS = Closing(
    ((0.0, 1.0), (1.0, 0.0)), ((-1.0, 0.0), (0.0, 1.0)), ((0.0, 0.0), (0.0, -2.0)), scalar=True
)


@dataclass(frozen=True)
class Augmented:
    """Cycles and vectors along them, as a collocation problem.

    Attributes
    ----------
    system, carrying : System
        x' = f(x, p), and the same with vectors.
    closing : Closing
        Boundary conditions of the vectors.
    free : tuple of two str
        The free parameters.
    p : ndarray, shape (n_p,)
        All parameters; the free ones are taken from z.
    units : ndarray, shape (2,)
        Widths of their windows.
    reference : Reference
        Mesh, degree, and the cycle that fixes the phase and the units.
    along : ndarray or None, shape (N m + 1, n)
        v_ref: its mean product with the first vector is 1. None where there is no vector; then the
        period is that of the reference, or g vanishes.
    across : ndarray or None, shape (N m + 1, n)
        w_ref: its mean product with the first vector is 0.
    function : callable or None
        g.
    spare : ndarray or None, shape (N,)
        Along the cycles that have not the property g: a direction across the curve, by which its
        equations are eliminated, see `linalg.bordered.RowByProducts`.
    """

    system: System
    carrying: System
    closing: Closing
    free: tuple[str, ...]
    p: Array
    units: Array
    reference: Reference
    along: Array | None = None
    across: Array | None = None
    function: Callable[[Solution], float] | None = None
    spare: Array | None = None
    last: LastPoints[Intervals] = field(default_factory=LastPoints, repr=False, compare=False)

    # ----------------------------------------------------------------------------------------------
    # What z consists of

    @property
    def scalars(self) -> int:
        """How many of T, c, lambda_1 and lambda_2 there are."""
        return 4 if self.closing.scalar else 3

    @cached_property
    def indices(self) -> list[int]:
        """Positions of the free parameters among all."""
        names = list(self.system.parameters)
        return [names.index(name) for name in self.free]

    def join(self, x: Array, vectors: Array, period: float, c: float) -> Array:
        """Put z together from a profile, vectors (k, N m + 1, n), T and c, at the parameters p."""
        body = np.hstack((x, *vectors)).ravel()
        scalars = (period, c) if self.closing.scalar else (period,)
        return np.concatenate((body, scalars, self.p[self.indices]))

    def body(self, z: Array) -> Array:
        """The profile and the vectors side by side, shape (N m + 1, n (1 + k))."""
        return z[: -self.scalars].reshape(-1, self.carrying.dimension)

    def profile(self, z: Array) -> Array:
        """The cycle at the base points, shape (N m + 1, n)."""
        return np.ascontiguousarray(self.body(z)[:, : self.system.dimension])

    def vector(self, z: Array, i: int = 0) -> Array:
        """A vector at the base points, shape (N m + 1, n)."""
        n = self.system.dimension
        return np.ascontiguousarray(self.body(z)[:, (1 + i) * n : (2 + i) * n])

    def period(self, z: Array) -> float:
        """T."""
        return float(z[-self.scalars])

    def scalar(self, z: Array) -> float:
        """c; 0 where there is none."""
        return float(z[-3]) if self.closing.scalar else 0.0

    def parameters(self, z: Array) -> Array:
        """All parameters, shape (n_p,)."""
        p = self.p.copy()
        p[self.indices] = z[-2:]
        return p

    def state(self, z: Array) -> Solution:
        """The first point of the cycle, all parameters, the period and the orbit."""
        x, period, degree = self.profile(z).T.copy(), self.period(z), self.reference.degree
        values = dict(zip(self.system.parameters, self.parameters(z).tolist(), strict=True))
        t = period * profiles.base_points(self.reference.mesh, degree)
        return Solution(x[:, 0].copy(), values, period, Orbit(t, x, self.system, values, degree))

    # ----------------------------------------------------------------------------------------------
    # The equations

    @cached_property
    def scheme(self) -> Scheme:
        """Mesh, degree and equations of profile and vectors; s is the last of the parameters."""
        shift = tuple(self.carrying.parameters)[-1:] if self.closing.scalar else ()
        linearized = self.carrying.linearize((*shift, *self.free))
        mesh, degree = self.reference.mesh, self.reference.degree
        return Scheme(linearized, mesh, degree, self.carrying.dimension, self.scalars - 1)

    def intervals(self, z: Array) -> Intervals:
        """The differential equation, linearised and condensed at z."""
        kept = self.last.find(z, self.reference.mesh)
        if kept is None:
            p = np.append(self.parameters(z), self.scalar(z))
            kept = self.scheme.condense(self.body(z), self.period(z), p)
            self.last.keep(z, self.reference.mesh, kept)
        return kept

    def ends(self, z: Array) -> Array:
        """Boundary rows, shape (n (1 + k), 2 n (1 + k) + scalars), see the head of this module."""
        n, size = self.system.dimension, self.carrying.dimension
        closing, identity = self.closing, np.eye(self.system.dimension)
        rows = np.zeros((size, 2 * size + self.scalars))
        rows[:n, :n], rows[:n, size : size + n] = -identity, identity
        if self.along is None:
            return rows
        left, right, turn = (
            np.kron(np.array(m), identity) for m in (closing.left, closing.right, closing.turn)
        )
        rows[n:, n:size], rows[n:, size + n : 2 * size] = left, right
        if closing.scalar:
            rows[n:, n:size] += self.scalar(z) * turn
            rows[n:, -3] = turn @ self.body(z)[0, n:]
        return rows

    @cached_property
    def conditions(self) -> Array:
        """Phase condition and conditions of the vectors, as rows over all unknowns."""
        n, size = self.system.dimension, self.carrying.dimension
        shape = self.reference.x.shape
        phase = self.reference.phase_row.reshape(shape)
        parts = [(0, phase)]
        if self.closing.across_flow:
            parts.append((n, phase))
        means = [v for v in (self.along, self.across) if v is not None]
        parts += [(n, self.reference.nodes[:, None] * v) for v in means]
        rows = np.zeros((len(parts), shape[0] * size + self.scalars))
        for row, (column, part) in zip(rows, parts, strict=True):
            row[: -self.scalars].reshape(-1, size)[:, column : column + n] = part
        if self.along is None:
            rows = np.vstack((rows, np.zeros(rows.shape[1])))
            rows[-1, -self.scalars] = 1.0
        if self.spare is not None:
            rows[-1] = self.weights * self.spare
        return rows

    @cached_property
    def levels(self) -> Array:
        """What the conditions shall give."""
        phase = float(self.reference.phase_row @ self.reference.x.ravel())
        if self.along is None:
            return np.array((phase, self.reference.period))
        orthogonal = (0.0,) if self.closing.across_flow else ()
        rest = () if self.across is None else (0.0,)
        return np.array((phase, *orthogonal, 1.0, *rest))

    def linearize(self, z: Array) -> tuple[Array, StructuredJacobian]:
        """Residual and condensed Jacobian; the residual is infinite for T <= 0."""
        intervals, ends, body = self.intervals(z), self.ends(z), self.body(z)
        size = self.carrying.dimension
        boundary = ends[:, :size] @ body[0] + ends[:, size : 2 * size] @ body[-1]
        h = np.concatenate(
            (intervals.residual.ravel(), boundary, self.conditions @ z - self.levels)
        )
        problem: StructuredJacobian = BorderedProblem(intervals, ends, self.conditions)
        if self.function is not None:
            h[-1], problem = self.value(z), RowByProducts(problem, partial(self.slope, z))
        if not self.period(z) > 0.0:
            h[:] = np.inf
        return h, problem

    def value(self, z: Array) -> float:
        """g(z)."""
        assert self.function is not None
        return float(self.function(self.state(z)))

    def slope(self, z: Array, v: Array) -> float:
        """The derivative of g along v, by a central difference."""
        length = max(float(np.sqrt(self.weights @ v**2)), abs(self.period(v) / self.period(z)))
        h = STEP / length if 0.0 < length < np.inf else 1.0
        return (self.value(z + h * v) - self.value(z - h * v)) / (2.0 * h)

    # ----------------------------------------------------------------------------------------------
    # Along a curve

    @cached_property
    def size(self) -> float:
        """Unit of length, see `System.extent`."""
        return self.system.extent(self.reference.x)

    @cached_property
    def weights(self) -> Array:
        """Means over the orbit, of states in units of their size; vectors as they are."""
        n, size = self.system.dimension, self.carrying.dimension
        body = np.tile(self.reference.nodes[:, None], (1, size))
        body[:, :n] /= self.size**2
        scalars = [
            PERIOD_WEIGHT / self.reference.period**2,
            *([1.0] if self.closing.scalar else []),
        ]
        return np.concatenate((body.ravel(), scalars, 1.0 / self.units**2))

    def spectrum(self, z: Array) -> ComplexArray:
        """Multipliers: the trivial one first, the others by falling modulus."""
        n, at_mesh = self.system.dimension, self.profile(z)[:: self.reference.degree]
        flow = self.system.evaluate(np.ascontiguousarray(at_mesh), self.parameters(z))
        transitions = self.intervals(z).transitions[:, :n, :n]
        return multipliers(np.ascontiguousarray(transitions), flow)

    def held(self, z: Array) -> tuple[complex, ...]:
        """Multipliers that the equations hold: none, 1, -1, or exp(+- i theta), cos(theta) = c."""
        if self.along is None or self.closing.held is not None:
            return () if self.closing.held is None else (self.closing.held,)
        mu = complex(np.exp(1j * np.arccos(np.clip(self.scalar(z), -1.0, 1.0))))
        return mu, mu.conjugate()

    def variation(self, z: Array) -> Variation:
        """The equation linearised along the cycle."""
        mesh, degree = self.reference.mesh, self.reference.degree
        x, p = self.profile(z), self.parameters(z)
        return Variation(self.system, p, x, self.period(z), mesh, degree)

    def renewed(self, z: Array, tangent: Array, count: int) -> tuple[Augmented, Array, Array]:
        """The problem on a mesh adapted to z, with z as the reference, and z and tangent there.

        The vectors are scaled to a mean square of 1 for the first, and c with them where it is the
        shift that belongs to them. The spare direction is taken at z, across the tangent.
        """
        n, old, degree = self.system.dimension, self.reference, self.reference.degree
        body = self.body(z)
        scale = old.swing(self.profile(z)) * self.size
        shaped = np.hstack((body[:, :n], scale * body[:, n:]))
        mesh = meshes.adapted(shaped, old.mesh, degree, count)
        spare = None if self.spare is None else self.across_from(z, tangent)
        moving = [z, tangent] if spare is None else [z, tangent, spare]
        bodies = np.hstack([self.body(one) for one in moving])
        bodies = profiles.transferred(bodies, old.mesh, mesh, degree)
        body, along, *rest = (part.copy() for part in np.hsplit(bodies, len(moving)))
        if spare is not None:
            spare = np.append(rest[0].ravel(), spare[-self.scalars :])
        scalars, slopes = z[-self.scalars :].copy(), tangent[-self.scalars :].copy()
        nodes = profiles.quadrature(mesh, degree)
        v = across = None
        if self.along is not None:
            size = float(np.sqrt(nodes @ np.sum(body[:, n : 2 * n] ** 2, axis=1)))
            body[:, n:] /= size
            along[:, n:] /= size
            if self.closing.across_flow:
                scalars[1] /= size
                slopes[1] /= size
            v = np.ascontiguousarray(body[:, n : 2 * n])
            across = None if self.across is None else orthogonal(nodes, v, body[:, 2 * n :])
        x = np.ascontiguousarray(body[:, :n])
        reference = Reference(mesh, degree, x, float(scalars[0]))
        fresh = replace(self, reference=reference, along=v, across=across, spare=spare)
        moved = np.append(body.ravel(), scalars)
        return fresh, moved, np.append(along.ravel(), slopes)

    def across_from(self, z: Array, tangent: Array) -> Array:
        """Where cycles go that keep all but g, across a tangent at z; of length 1."""
        problem = self.linearize(z)[1]
        assert isinstance(problem, RowByProducts)
        across = problem.across(problem.known.bordered(self.weights * tangent), len(z))
        return across / np.sqrt(self.weights @ across**2)


def orthogonal(nodes: Array, v: Array, w: Array) -> Array:
    """The part of w, shape (N m + 1, n), that is orthogonal to v on the average, of mean square 1.

    Parameters
    ----------
    nodes : ndarray, shape (N m + 1,)
        Weights of the integral.
    v : ndarray, shape (N m + 1, n)
        Of mean square 1.
    w : ndarray, shape (N m + 1, n)
    """
    rest = w - float(nodes @ np.sum(v * w, axis=1)) * v
    return np.asarray(rest / np.sqrt(float(nodes @ np.sum(rest**2, axis=1))))

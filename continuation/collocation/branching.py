r"""Branch points of cycles, by the bifurcation function of Lyapunov and Schmidt.

At a branch point the equations H(z) = 0 of a family of cycles have a Jacobian with a kernel of
dimension two, spanned by the tangent of the family and the eigenfunction v of a second multiplier
1. With v as forcing, x' = T (f + beta v), the equations

.. math:: H(z) + \beta v = 0, \qquad \langle e_1, z - z_0 \rangle = c_1, \qquad
          \langle e_2, z - z_0 \rangle = c_2

are regular and give z(c) and beta(c). Solutions of H = 0 are the zeros of beta; they cross where
its gradient vanishes as well. The gradient is exact, by solves with the same matrix, and its own
derivative is a central difference, which Newton's method for grad beta = 0 can do with. Directions
of the two branches are the zeros of the quadratic form of the second derivatives.

References
----------
M. Golubitsky, D. G. Schaeffer, Singularities and Groups in Bifurcation Theory I, Springer 1985,
section I.3 (reduction), section II.1 (branch points of one state and one parameter).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from continuation.collocation.assembly import BorderedProblem, LinearizedField, Scheme
from continuation.errors import NoConvergence

if TYPE_CHECKING:
    from continuation.collocation.reference import Reference
    from continuation.collocation.variational import Variation

Array = NDArray[np.float64]

DIFFERENCE = 1e-4
"""Distance for second derivatives of beta: their error is of its square, about 1e-8."""

STEPS = 20
"""Newton steps allowed."""

SOLVED = 1e-13
"""Newton steps below this, relative to 1 + |z|, are round-off."""

KEPT = 1e-8
"""Forcing, relative to the speed, beyond which a zero of the gradient is no branch point."""


@dataclass(frozen=True)
class Forced:
    """A vector field with given forcing: f + beta g, where beta is the last of the parameters.

    Attributes
    ----------
    field : LinearizedField
        f and its derivatives.
    forcing : ndarray, shape (N m, n)
        g at the Gauss points of one mesh, the only points at which it is evaluated.
    free : int
        Number k of parameters besides beta.
    """

    field: LinearizedField
    forcing: Array
    free: int

    @property
    def address(self) -> None:
        """There is no machine code: the forcing belongs to one mesh."""

    def into(self, x: Array, p: Array, out: Array) -> None:
        """Write f + beta g, its derivative by x, those by the parameters, and g."""
        count, n = x.shape
        inner = np.empty((count, n + n * n + n * self.free))
        self.field.into(x, np.ascontiguousarray(p[:-1]), inner)
        split = n + n * n
        out[:, :split] = inner[:, :split]
        out[:, :n] += p[-1] * self.forcing
        by_parameters = out[:, split:].reshape(count, n, self.free + 1)
        by_parameters[:, :, :-1] = inner[:, split:].reshape(count, n, self.free)
        by_parameters[:, :, -1] = self.forcing


@dataclass(frozen=True)
class Crossing:
    """A branch point.

    Attributes
    ----------
    z : ndarray, shape (N,)
        (profile, T, lambda).
    tangents : ndarray, shape (2, N)
        Of the two branches, each of length 1; zeros where there are none.
    discriminant : float
        b_12^2 - b_11 b_22 of the second derivatives of beta; positive where two branches cross.
    residual : float
        Of the equations, with the gradient and beta.
    """

    z: Array
    tangents: Array
    discriminant: float
    residual: float


@dataclass(frozen=True)
class Reduction:
    """The regular problem in (z, beta), and its bifurcation function.

    Attributes
    ----------
    cycle : Variation
        Near the branch point.
    reference : Reference
        Mesh, degree and phase condition.
    free : tuple of str
        The free parameter.
    forcing : ndarray, shape (N m, n)
        v at the Gauss points.
    frame : ndarray, shape (2, N)
        Rows <e_1, .> and <e_2, .>.
    """

    cycle: Variation
    reference: Reference
    free: tuple[str, ...]
    forcing: Array
    frame: Array

    @cached_property
    def scheme(self) -> Scheme:
        """The forced equation."""
        field = Forced(self.cycle.system.linearize(self.free), self.forcing, 1)
        n = self.cycle.system.dimension
        return Scheme(field, self.reference.mesh, self.reference.degree, n, 2)

    def equations(self, u: Array, level: Array) -> tuple[Array, BorderedProblem]:
        """Residual at u = (profile, T, lambda, beta), the frame's conditions last, and Jacobian."""
        n = self.cycle.system.dimension
        x, period = u[:-3].reshape(-1, n), float(u[-3])
        p = self.cycle.p.copy()
        p[list(self.cycle.system.parameters).index(self.free[0])] = u[-2]
        intervals = self.scheme.condense(x, period, np.append(p, u[-1]))
        ends = np.hstack((-np.eye(n), np.eye(n), np.zeros((n, 3))))
        rows = np.zeros((2, len(u)))
        rows[0, :-3], rows[1, :-1] = self.reference.phase_row, self.frame[0]
        h = np.concatenate(
            (
                intervals.residual.ravel(),
                x[-1] - x[0],
                [self.reference.shift(x)],
                self.frame @ u[:-1] - level,
            )
        )
        return h, BorderedProblem(intervals, ends, rows)

    def at(self, u: Array, level: Array) -> tuple[Array, Array, float]:
        """Solve for u at a level c: u, du/dc of shape (2, N + 1), and the residual.

        Raises
        ------
        NoConvergence
            When Newton's method fails.
        """
        row = np.append(self.frame[1], 0.0)
        last = np.inf
        for _ in range(STEPS):
            h, problem = self.equations(u, level)
            factors = problem.bordered(row)
            step = factors.solve(-h)
            u = u + step
            length = float(np.abs(step).max()) / (1.0 + float(np.abs(u).max()))
            if length < SOLVED or (length < 1e-9 and length > 0.5 * last):
                unit = np.zeros((len(u), 2))
                unit[-2, 0] = unit[-1, 1] = 1.0
                return u, factors.solve(unit).T, float(np.abs(h).max())
            last = length
        raise NoConvergence("the cycle was lost near a branch point.", u, ())


def crossing(reduction: Reduction, z: Array) -> Crossing:
    """Solve for a branch point from a point of the family close to it.

    Raises
    ------
    NoConvergence
        When the gradient has no zero nearby, or beta is not zero there.
    """
    u = np.append(z, 0.0)
    level = reduction.frame @ z
    u, slopes, residual = reduction.at(u, level)
    last = np.inf
    for _ in range(STEPS):
        curvature = _curvature(reduction, u, level)
        step = -np.linalg.solve(curvature, slopes[:, -1])
        level = level + step
        u, slopes, residual = reduction.at(u + step @ slopes, level)
        length = float(np.abs(step).max())
        if length < SOLVED or (length < 1e-9 and length > 0.1 * last):
            break
        last = length
    else:
        raise NoConvergence("no branch point of cycles was reached.", u[:-1], ())
    speed = float(np.abs(reduction.cycle.flow).max())
    if abs(u[-1]) > KEPT * speed:
        raise NoConvergence("the two branches part before they cross.", u[:-1], ())
    residual = max(residual, abs(float(u[-1])), float(np.abs(slopes[:, -1]).max()))
    discriminant, directions = _directions(_curvature(reduction, u, level))
    tangents = directions @ slopes[:, :-1]
    lengths = np.linalg.norm(tangents, axis=1)[:, None]
    return Crossing(
        u[:-1], tangents / np.where(lengths > 0.0, lengths, 1.0), discriminant, residual
    )


def _curvature(reduction: Reduction, u: Array, level: Array) -> Array:
    """Second derivatives of beta, shape (2, 2), by central differences of its gradient."""
    rows = []
    for unit in np.eye(2):
        sides = [reduction.at(u, level + s * DIFFERENCE * unit)[1][:, -1] for s in (1.0, -1.0)]
        rows.append((sides[0] - sides[1]) / (2.0 * DIFFERENCE))
    matrix = np.array(rows)
    return np.asarray(0.5 * (matrix + matrix.T))


def _directions(curvature: Array) -> tuple[float, Array]:
    """The discriminant of a quadratic form and its two zero directions, as rows; zeros if none."""
    discriminant = -float(np.linalg.det(curvature))
    if not discriminant > 0.0:
        return discriminant, np.zeros((2, 2))
    values, frame = np.linalg.eigh(curvature)
    slope = np.sqrt(-values[0] / values[1])
    rows = [frame[:, 0] + sign * slope * frame[:, 1] for sign in (1.0, -1.0)]
    return discriminant, np.array(rows)

r"""Branch points in two free parameters, where the second one keeps them.

.. math:: f + \beta p = 0, \quad A^T p = 0, \quad \langle p, f_{\lambda_1} \rangle = 0, \quad
          \langle p_0, p \rangle = 1

in z = (x, p, beta, lambda_1, lambda_2): the system of a single branch point in lambda_1 (`points`;
Moore 1980) with one parameter more. For a map, f is f(x_i) - x_{i+1} around its cycle.

Branch points have codimension two. They lie on curves in two parameters only where something keeps
them: a symmetry, or a state that is a solution for all parameters. Along the curve above that is
so as long as beta = 0. Where beta departs from zero the second parameter breaks the branch point,
and the curve ends with the first point that shows it. At the start the tangent tells, because
d beta / d lambda_2 = -<p, f_{lambda_2}> / <p, p>.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from continuation import map_points
from continuation.curve import Curve, Event, Point, Solution, Start
from continuation.defining import Equations, smallest_singular
from continuation.errors import ContinuationError, StopReason

if TYPE_CHECKING:
    from continuation.special import SpecialPoint
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

KEPT = 1e-6
"""A branch point is kept while |beta| is below this part of |A| (1 + |x|), the size of the terms
of f; at the start, while the tangent changes beta by less for a step across the window."""

SINGULAR = 1e-8
"""Singular values of A below this part of the largest one are zero at a branch point."""


@dataclass(frozen=True)
class BranchPointCurve(Curve):
    """Branch points of equilibria, or of fixed points or cycles of a map, in two parameters.

    Attributes
    ----------
    system : System
        The system.
    free : tuple of two str
        The free parameters.
    p : ndarray, shape (n_p,)
        All parameters; the free ones are taken from z.
    period : int
        Number of points m of the cycle of a map, else 1.
    units : ndarray, shape (2,)
        Widths of the windows.
    branching : int
        Index among the free parameters of lambda_1, in which the branches cross.
    left : ndarray, shape (m n,)
        Reference p_0, of length 1.
    """

    kind: ClassVar[str] = "branch points"

    system: System
    free: tuple[str, ...]
    p: Array
    period: int
    units: Array
    branching: int
    left: Array

    @classmethod
    def from_branch_point(
        cls, point: SpecialPoint, free: tuple[str, str], units: Array
    ) -> tuple[BranchPointCurve, Start]:
        """Start at a branch point found in one parameter.

        Parameters
        ----------
        point : SpecialPoint
            Of kind BP.
        free : tuple of two str
            The free parameters, among them that of the point; lambda_1 is the one in which it was
            found, or at a point of such a curve the one that moves the zero eigenvalue more.
        units : ndarray, shape (2,)
            Widths of their windows.

        Raises
        ------
        ValueError
            Where the parameter of the point is not free.
        ContinuationError
            Where the second parameter breaks the branch point.
        """
        if point.free[0] not in free:
            raise ValueError(
                f"{point.label or point.kind} was found in {point.free[0]}, which must be one of "
                f"the free parameters, got {', '.join(free)}."
            )
        equations, y = map_points.cycle_in(point, free)
        branching = free.index(point.free[0])
        if len(point.free) > 1:
            branching = int(np.argmax(np.abs(_rates(equations, y) * units)))
        _, a, b = equations.first(y)
        left = np.real(smallest_singular(np.column_stack((a, b[:, branching])).T)[1])
        curve = cls(point.system, free, equations.p, equations.period, units, branching, left)
        z = np.concatenate((y[: equations.n], left, [0.0], y[equations.n :]))
        _, _, vh = np.linalg.svd(curve.jacobian(z))
        weights = curve.weights(z)
        tangent = vh[-1] / np.sqrt(np.sum(weights * vh[-1] ** 2))
        if abs(tangent[-3]) > KEPT * curve.size(z):
            other = free[1 - branching]
            raise ContinuationError(
                f"{other} breaks {point.label or point.kind}: <p, f_{other}> = "
                f"{float(left @ b[:, 1 - branching]):.3g} is not zero, so the two branches part as "
                f"{other} changes."
            )
        return curve, Start(z, tangent, point.label or point.kind)

    @cached_property
    def equations(self) -> Equations:
        """The equations and their derivatives in the free parameters."""
        return Equations(self.system, self.free, self.p, self.period)

    def residual(self, z: Array) -> Array:
        """The four equations, shape (2 m n + 2,)."""
        return self.linearize(z)[0]

    def jacobian(self, z: Array) -> Array:
        """The exact derivative, shape (2 m n + 2, 2 m n + 3)."""
        return self.linearize(z)[1]

    def linearize(self, z: Array) -> tuple[Array, Array]:
        r"""Both in one evaluation.

        With C = <p, D^2 f(., .)> and the columns (x, p, beta, lambda),

        .. math:: \begin{pmatrix} A & \beta I & p & f_\lambda \\ C_{xx} & A^T & 0 & C_{x\lambda} \\
                  C_{\lambda_1 x} & f_{\lambda_1}^T & 0 & C_{\lambda_1 \lambda} \\
                  0 & p_0^T & 0 & 0 \end{pmatrix}.
        """
        n, y = self.equations.n, self.split(z)
        p, beta = z[n : 2 * n], float(z[2 * n])
        f, a, b = self.equations.first(y)
        first = b[:, self.branching]
        bent = self.equations.curvature(y, p)[[*range(n), n + self.branching]]
        jacobian = np.zeros((2 * n + 2, 2 * n + 3))
        jacobian[:n, :n], jacobian[:n, n : 2 * n] = a, beta * np.eye(n)
        jacobian[:n, 2 * n], jacobian[:n, -2:] = p, b
        jacobian[n:-1, :n], jacobian[n:-1, -2:] = bent[:, :n], bent[:, n:]
        jacobian[n : 2 * n, n : 2 * n], jacobian[2 * n, n : 2 * n] = a.T, first
        jacobian[-1, n : 2 * n] = self.left
        residual = np.concatenate((f + beta * p, a.T @ p, [first @ p, self.left @ p - 1.0]))
        return residual, jacobian

    def split(self, z: Array) -> Array:
        """Y = (x, lambda)."""
        return np.concatenate((z[: self.equations.n], z[-2:]))

    def size(self, z: Array) -> float:
        """|A| (1 + |x|), the size of the terms of f."""
        a = self.equations.first(self.split(z))[1]
        return float(np.abs(a).max() * (1.0 + np.abs(z[: self.equations.n]).max()))

    def state(self, z: Array) -> Solution:
        """The equilibrium or cycle and all parameters."""
        return map_points.cycle_solution(self.equations, self.split(z))

    def weights(self, z: Array) -> Array:
        """States relative to 1 or their size, p by its angle, beta as is, parameters in units."""
        return map_points.vector_weights(self.equations, z, self.units)

    def refresh(self, point: Point, step: int) -> tuple[Curve, Point]:
        """Let the reference follow p."""
        left, z, tangent = map_points.rescaled(self.equations, point.z, point.tangent)
        curve = replace(self, left=left)
        tangent = tangent / np.sqrt(np.sum(curve.weights(z) * tangent**2))
        return curve, Point(z, tangent, point.determinant, curve)

    def spectrum(self, z: Array) -> ComplexArray:
        """Eigenvalues, or multipliers of a map."""
        return map_points.spectrum(self.equations, self.split(z))

    def events(self) -> tuple[Event, ...]:
        """None of its own."""
        return ()

    def end(self, before: Point, after: Point) -> StopReason | None:
        """The second parameter breaks the branch point: beta has left zero."""
        broken = abs(after.z[-3]) > KEPT * self.size(after.z)
        return StopReason.BROKEN if broken else None


def _rates(equations: Equations, y: Array) -> Array:
    """How fast the zero eigenvalue moves with each parameter along the branch that crosses it.

    <p, D^2 f(q, t_i)> with t_i = (-A^+ f_{lambda_i}, e_i), for |q| = |p| = 1; shape (k,).
    """
    n, (_, a, b) = equations.n, equations.first(y)
    p, q = (np.real(v) for v in smallest_singular(a))
    along = np.vstack((np.linalg.lstsq(a, -b, rcond=SINGULAR)[0], np.eye(b.shape[1])))
    return np.asarray(q @ equations.curvature(y, p)[:n] @ along)

r"""Branch points of cycles in two free parameters, where the second one keeps them.

.. math::

    x' = T (f + \beta \varphi), \qquad \varphi' = -T (f_x^T \varphi + \gamma f), \qquad
    x(1) = x(0), \; \varphi(1) = \varphi(0), \\
    \int \langle \varphi, f \rangle = 0, \qquad
    \int \langle \varphi, f_{\lambda_1} \rangle = 0, \qquad
    \int \langle \varphi_{ref}, \varphi \rangle = 1

and the phase condition of a cycle, in z = (x, phi and the two integrals at the base points, T,
gamma, beta, lambda_1, lambda_2): the left null vector of the linearised problem annihilates its
derivatives by T and by lambda_1, in which the branches cross. gamma vanishes at every solution; it
makes the adjoint equation, of which the trivial multiplier is 1, regular. The integrals are states
that begin and end at zero.

Branch points have codimension two. As for equilibria, they lie on curves in two parameters only
where something keeps them, a symmetry or a known solution: as long as beta = 0. Where beta departs
from zero the second parameter breaks the branch point, and the curve ends.

References
----------
E. J. Doedel, W. Govaerts, Yu. A. Kuznetsov, A. Dhooge, Numerical continuation of branch points of
equilibria and periodic orbits, Int. J. Bifurcation and Chaos 15 (2005) 841-860, section 4.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from continuation.carrying import BETA, GAMMA, carrying_adjoint
from continuation.collocation import along
from continuation.collocation import mesh as meshes
from continuation.collocation import profile as profiles
from continuation.collocation.assembly import BorderedProblem, Intervals, Scheme
from continuation.collocation.memo import LastPoints
from continuation.collocation.reference import Reference
from continuation.curve import Curve, Event, Point, Solution, Start
from continuation.cycle_locus import cycle_at, tangent_at
from continuation.engine import norm, point_near
from continuation.errors import ContinuationError, StopReason
from continuation.linalg.floquet import multipliers
from continuation.orbit import Orbit
from continuation.settings import Settings
from continuation.system import System

if TYPE_CHECKING:
    from continuation.special import SpecialPoint

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

KEPT = 1e-6
"""A branch point is kept while the forcing beta phi is below this part of f; at the start, while
the tangent changes beta by less for a step across the window."""

SCALARS = 5
"""T, gamma, beta, lambda_1 and lambda_2."""

FAINT = 1e-6
"""Weight of integrals, gamma and the relative change of the period in the inner product."""


@dataclass(frozen=True)
class BranchPointCycleCurve(Curve):
    """Branch points of cycles in two parameters.

    Attributes
    ----------
    system, carrying : System
        x' = f(x, p), and the same with the adjoint vector and the integrals.
    free : tuple of two str
        The free parameters.
    p : ndarray, shape (n_p,)
        All parameters; the free ones are taken from z.
    units : ndarray, shape (2,)
        Widths of the windows.
    reference : Reference
        Mesh, degree, and the cycle that fixes the phase and the units.
    left : ndarray, shape (N m + 1, n)
        phi_ref, of mean square 1.
    settings : Settings
        Degree, number of intervals, how often the mesh is adapted.
    """

    kind: ClassVar[str] = "branch points of cycles"
    spectrum_name: ClassVar[str] = "multipliers"

    system: System
    carrying: System
    free: tuple[str, ...]
    p: Array
    units: Array
    reference: Reference
    left: Array
    settings: Settings
    last: LastPoints[Intervals] = field(default_factory=LastPoints, repr=False, compare=False)

    @classmethod
    def from_branch_point(
        cls, point: SpecialPoint, free: tuple[str, str], units: Array, settings: Settings
    ) -> tuple[BranchPointCycleCurve, Start]:
        """Start at a branch point of cycles found in one parameter.

        Parameters
        ----------
        point : SpecialPoint
            Of kind BPC.
        free : tuple of two str
            The free parameters, among them that of the point.
        units : ndarray, shape (2,)
            Widths of their windows.
        settings : Settings
            Mesh.

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
        cycle = cycle_at(point, settings)
        left = cycle.adjoint_profile(cycle.fold_function().adjoint)
        reference = Reference(cycle.mesh, cycle.degree, cycle.x, cycle.period)
        carrying = carrying_adjoint(cycle.system, point.free[0])
        curve = cls(cycle.system, carrying, free, cycle.p, units, reference, left, settings)
        body = np.hstack((cycle.x, left, np.zeros((len(left), 2))))
        z = np.concatenate((body.ravel(), [cycle.period, 0.0, 0.0], cycle.p[curve.indices]))
        tangent = tangent_at(curve, z)
        if abs(tangent[-3]) > KEPT * curve.speed(z):
            other = free[1 - free.index(point.free[0])]
            raise ContinuationError(
                f"{other} breaks {point.label or point.kind}: the two branches part as {other} "
                f"changes."
            )
        return curve, Start(z, tangent, point.label or point.kind)

    @cached_property
    def indices(self) -> list[int]:
        """Positions of the free parameters among all."""
        names = list(self.system.parameters)
        return [names.index(name) for name in self.free]

    @cached_property
    def scheme(self) -> Scheme:
        """Mesh, degree and equations."""
        linearized = self.carrying.linearize((GAMMA, BETA, *self.free))
        mesh, degree = self.reference.mesh, self.reference.degree
        return Scheme(linearized, mesh, degree, self.carrying.dimension, SCALARS - 1)

    def body(self, z: Array) -> Array:
        """Profile, adjoint and integrals side by side, shape (N m + 1, 2 n + 2)."""
        return z[:-SCALARS].reshape(-1, self.carrying.dimension)

    def profile(self, z: Array) -> Array:
        """The cycle at the base points, shape (N m + 1, n)."""
        return np.ascontiguousarray(self.body(z)[:, : self.system.dimension])

    def parameters(self, z: Array) -> Array:
        """All parameters, shape (n_p,)."""
        p = self.p.copy()
        p[self.indices] = z[-2:]
        return p

    def speed(self, z: Array) -> float:
        """Largest component of f on the cycle."""
        return float(np.abs(self.system.evaluate(self.profile(z), self.parameters(z))).max())

    def intervals(self, z: Array) -> Intervals:
        """The differential equation, linearised and condensed at z."""
        kept = self.last.find(z, self.reference.mesh)
        if kept is None:
            p = np.concatenate((self.parameters(z), z[-4:-2]))
            kept = self.scheme.condense(self.body(z), float(z[-SCALARS]), p)
            self.last.keep(z, self.reference.mesh, kept)
        return kept

    @cached_property
    def ends(self) -> Array:
        """Cyclic conditions of x and phi, and both ends of the integrals, as boundary rows."""
        n, size = self.system.dimension, self.carrying.dimension
        rows = np.zeros((2 * n + 4, 2 * size + SCALARS))
        rows[: 2 * n, : 2 * n] = -np.eye(2 * n)
        rows[: 2 * n, size : size + 2 * n] = np.eye(2 * n)
        for row, column in enumerate((size - 2, size - 1, 2 * size - 2, 2 * size - 1)):
            rows[2 * n + row, column] = 1.0
        return rows

    @cached_property
    def conditions(self) -> Array:
        """Phase condition and size of phi, as rows over all unknowns."""
        n, size = self.system.dimension, self.carrying.dimension
        rows = np.zeros((2, len(self.left) * size + SCALARS))
        bodies = rows[:, :-SCALARS].reshape(2, -1, size)
        bodies[0, :, :n] = self.reference.phase_row.reshape(self.left.shape)
        bodies[1, :, n : 2 * n] = self.reference.nodes[:, None] * self.left
        return rows

    def linearize(self, z: Array) -> tuple[Array, BorderedProblem]:
        """Residual and condensed Jacobian; the residual is infinite for T <= 0."""
        intervals, body, size = self.intervals(z), self.body(z), self.carrying.dimension
        boundary = self.ends[:, :size] @ body[0] + self.ends[:, size : 2 * size] @ body[-1]
        phase = float(self.reference.phase_row @ self.reference.x.ravel())
        rest = self.conditions @ z - (phase, 1.0)
        h = np.concatenate((intervals.residual.ravel(), boundary, rest))
        if not z[-SCALARS] > 0.0:
            h[:] = np.inf
        return h, BorderedProblem(intervals, self.ends, self.conditions)

    def residual(self, z: Array) -> Array:
        """The equations at the head of this module."""
        return self.linearize(z)[0]

    def jacobian(self, z: Array) -> BorderedProblem:
        """Their exact derivative, condensed."""
        return self.linearize(z)[1]

    def state(self, z: Array) -> Solution:
        """The cycle and all parameters."""
        x, period, degree = self.profile(z).T.copy(), float(z[-SCALARS]), self.reference.degree
        values = dict(zip(self.system.parameters, self.parameters(z).tolist(), strict=True))
        t = period * profiles.base_points(self.reference.mesh, degree)
        return Solution(x[:, 0].copy(), values, period, Orbit(t, x, self.system, values, degree))

    @cached_property
    def _weights(self) -> Array:
        n, reference = self.system.dimension, self.reference
        body = np.tile(reference.nodes[:, None], (1, self.carrying.dimension))
        body[:, :n] /= self.system.extent(reference.x) ** 2
        body[:, 2 * n :] *= FAINT
        scalars = (FAINT / reference.period**2, FAINT, 1.0)
        return np.concatenate((body.ravel(), scalars, 1.0 / self.units**2))

    def weights(self, z: Array) -> Array:
        """Means over the orbit, of phi as it is, parameters in their units."""
        return self._weights

    def refresh(self, point: Point, step: int) -> tuple[Curve, Point]:
        """Adapt the mesh to the cycle, and let the references follow."""
        if step % self.settings.adapt_every:
            return self, point
        n, old, size = self.system.dimension, self.reference, self.carrying.dimension
        x, degree = self.profile(point.z), self.reference.degree
        mesh = meshes.adapted(x, old.mesh, degree, len(old.mesh) - 1)
        both = np.hstack((self.body(point.z), self.body(point.tangent)))
        both = profiles.transferred(both, old.mesh, mesh, degree)
        body, slope = both[:, :size].copy(), both[:, size:].copy()
        nodes = profiles.quadrature(mesh, degree)
        length = float(np.sqrt(nodes @ np.sum(body[:, n : 2 * n] ** 2, axis=1)))
        scalars, slopes = point.z[-SCALARS:].copy(), point.tangent[-SCALARS:].copy()
        for values, rest in ((body, scalars), (slope, slopes)):
            values[:, n:] /= length
            rest[1:3] *= (1.0 / length, length)
        reference = Reference(mesh, degree, np.ascontiguousarray(body[:, :n]), float(scalars[0]))
        fresh = replace(self, reference=reference, left=body[:, n : 2 * n].copy())
        z, tangent = np.append(body.ravel(), scalars), np.append(slope.ravel(), slopes)
        found = point_near(fresh, z, tangent / norm(fresh, z, tangent), self.settings)
        return (fresh, found) if found is not None else (self, point)

    def spectrum(self, z: Array) -> ComplexArray:
        """Multipliers: the trivial one first, the others by falling modulus."""
        n, at_mesh = self.system.dimension, self.profile(z)[:: self.reference.degree]
        flow = self.system.evaluate(np.ascontiguousarray(at_mesh), self.parameters(z))
        transitions = self.intervals(z).transitions[:, :n, :n]
        return multipliers(np.ascontiguousarray(transitions), flow)

    def signature(self, z: Array) -> Array:
        """Extremes of the states, period and parameters."""
        period, parameters = float(z[-SCALARS]), z[-2:] / self.units
        x, reference = self.profile(z), self.reference
        size = self.system.extent(reference.x)
        return along.signature(x, reference.degree, size, period, parameters)

    def events(self) -> tuple[Event, ...]:
        """None of its own."""
        return ()

    def end(self, before: Point, after: Point) -> StopReason | None:
        """The second parameter breaks the branch point, or the cycle shrank to an equilibrium."""
        n = self.system.dimension
        forcing = abs(float(after.z[-3])) * float(np.abs(self.body(after.z)[:, n : 2 * n]).max())
        if forcing > KEPT * self.speed(after.z):
            return StopReason.BROKEN
        shrank = self.reference.swing(self.profile(after.z)) < along.VANISHED
        return StopReason.AT_HOPF if shrank else None

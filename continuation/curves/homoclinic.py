r"""Homoclinic orbits to a hyperbolic saddle, truncated to a finite time, as a boundary value problem.

.. math::

    u' = T f(u, p), \quad L_s(p)^T (u(0) - x_0(p)) = 0, \quad L_u(p)^T (u(1) - x_0(p)) = 0, \quad
    \int_0^1 \langle u, u_{ref}' \rangle \, dt = \int_0^1 \langle u_{ref}, u_{ref}' \rangle \, dt .

L_s and L_u span the left invariant subspaces of the stable and of the unstable eigenvalues of
A = f_x(x_0, p), so that the orbit leaves in the unstable and returns in the stable eigenspace
(Beyn, IMA J. Numer. Anal. 10 (1990) 379-405; Champneys, Kuznetsov and Sandstede, Int. J. Bifurcation
and Chaos 6 (1996) 867-887). The saddle x_0(p) is solved for inside the residual, and the bases are smooth
in p (see `linalg.subspaces`), so that DH is exact.

With one free parameter these are N - 1 equations in the N unknowns z = (u, T, lambda): a curve along which
the truncation time grows and lambda tends to the homoclinic value, with an error of the square of the
distances of the ends from the saddle.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from continuation import points
from continuation.collocation.assembly import BorderedProblem, Scheme
from continuation.collocation.mesh import adapted
from continuation.collocation.profile import base_points, phase_row, quadrature, transferred
from continuation.curve import Curve, Event, Solution, Start
from continuation.defining import Equations
from continuation.errors import ContinuationError
from continuation.linalg.subspaces import LeftSubspace, left_subspace
from continuation.orbit import Orbit

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

NEAR = 0.2
"""A cycle is near a homoclinic orbit if it passes an equilibrium within this fraction of its diameter."""

HYPERBOLIC = 1e-6
"""Real parts below this fraction of the spectral radius make a saddle too close to a saddle-node."""


@dataclass(frozen=True)
class Saddle:
    """The equilibrium at the ends and its two projections.

    Attributes
    ----------
    y : ndarray, shape (n + 1,)
        x_0 and the free parameter.
    matrix : ndarray, shape (n, n)
        A.
    stable, unstable : LeftSubspace
        L_s and L_u.
    """

    y: Array
    matrix: Array
    stable: LeftSubspace
    unstable: LeftSubspace

    @property
    def x(self) -> Array:
        """The equilibrium x_0, shape (n,)."""
        return self.y[: len(self.matrix)]


@dataclass(frozen=True)
class HomoclinicCurve(Curve):
    """Truncated homoclinic orbits; z = (u at the base points, T, lambda).

    Attributes
    ----------
    system : System
        x' = f(x, p).
    free : tuple of one str
        The free parameter lambda.
    p : ndarray, shape (n_p,)
        All parameters.
    scheme : Scheme
        Collocation: mesh and degree.
    reference : ndarray, shape (N m + 1, n)
        u_ref of the phase condition.
    saddle : Saddle
        A guess for x_0 and reference bases of its projections.
    """

    kind: ClassVar[str] = "homoclinic orbits"

    system: System
    free: tuple[str, ...]
    p: Array
    scheme: Scheme
    reference: Array
    saddle: Saddle

    @classmethod
    def from_orbit(
        cls, orbit: Orbit, system: System, free: str, degree: int
    ) -> tuple[HomoclinicCurve, Start]:
        """Cut a cycle of long period where it is closest to a saddle.

        Parameters
        ----------
        orbit : Orbit
            One period, as a collocation solution of some degree or as samples.
        system : System
            Whose orbit it is.
        free : str
            The free parameter.
        degree : int
            Of the collocation, used where the orbit has none of its own.

        Raises
        ------
        ContinuationError
            When no hyperbolic saddle lies near the orbit; the message says what was found.
        """
        p = system.vector(orbit.parameters)
        equations = Equations(system, (free,), p)
        value = p[equations.indices]
        degree = orbit.degree or degree
        t, x = orbit.t, np.ascontiguousarray(orbit.x.T)
        slowest = int(np.argmin(np.linalg.norm(system.evaluate(x, p), axis=1)))
        rest, _ = points.equilibrium(equations, x[slowest], value)
        saddle = _saddle(equations, np.concatenate((rest, value)))
        _check(saddle, x, orbit.t[-1] - orbit.t[0])
        mesh = (t[::degree] - t[0]) / (t[-1] - t[0])
        cut = degree * int(np.argmin(np.linalg.norm(x[::degree] - rest, axis=1)))
        turned = np.concatenate((x[cut:], x[1 : cut + 1]))
        mesh = np.concatenate((mesh[cut // degree :], mesh[1 : cut // degree + 1] + 1.0))
        mesh = mesh - mesh[0]
        mesh[-1] = 1.0
        scheme = Scheme(system.linearize((free,)), mesh, degree, system.dimension, 1)
        curve = cls(system, (free,), p, scheme, turned, saddle)
        z = np.concatenate((turned.ravel(), [t[-1] - t[0]], value))
        tangent = np.zeros_like(z)
        tangent[-2] = 1.0
        return curve, Start(z, tangent, f"cycle of period {t[-1] - t[0]:.6g}")

    @cached_property
    def equations(self) -> Equations:
        """f and its derivatives in the free parameter."""
        return Equations(self.system, self.free, self.p)

    def profile(self, z: Array) -> Array:
        """u at the base points, shape (N m + 1, n)."""
        return z[:-2].reshape(-1, self.system.dimension)

    def residual(self, z: Array) -> Array:
        """Collocation, projections at both ends, phase; shape (N - 1,)."""
        return self.linearize(z)[0]

    def jacobian(self, z: Array) -> BorderedProblem:
        """DH, ready to be bordered."""
        return self.linearize(z)[1]

    def linearize(self, z: Array) -> tuple[Array, BorderedProblem]:
        """Evaluate H and DH together."""
        x, time = self.profile(z), float(z[-2])
        saddle = self.saddle_at(z)
        intervals = self.scheme.condense(x, time, self.equations.parameters(saddle.y))
        ends, projected = self._ends(x[0], x[-1], saddle)
        phase = np.append(self._phase, np.zeros(2))
        shift = self._phase @ (x - self.reference).ravel()
        h = np.concatenate((intervals.residual.ravel(), projected, [shift]))
        return h, BorderedProblem(intervals, ends, phase[None, :])

    @cached_property
    def _phase(self) -> Array:
        return phase_row(self.reference, self.scheme.mesh, self.scheme.degree).ravel()

    def saddle_at(self, z: Array) -> Saddle:
        """The saddle and its projections at the parameter of z."""
        x, _ = points.equilibrium(self.equations, self.saddle.x, z[-1:])
        return _saddle(self.equations, np.append(x, z[-1]), self.saddle)

    def _ends(self, first: Array, last: Array, saddle: Saddle) -> tuple[Array, Array]:
        """Boundary rows, shape (n, 2 n + 2), and their values, shape (n,)."""
        n = self.system.dimension
        _, a, b = self.equations.first(saddle.y)
        drift = np.linalg.solve(a, -b[:, 0])
        second = np.array([self.equations.bend(saddle.y, e) for e in np.eye(n)])
        slope = (second @ np.append(drift, 1.0)).T
        stable, unstable = saddle.stable, saddle.unstable
        k = stable.dimension
        rows = np.zeros((n, 2 * n + 2))
        rows[:k, :n], rows[k:, n : 2 * n] = stable.basis.T, unstable.basis.T
        away, back = first - saddle.x, last - saddle.x
        rows[:k, -1] = stable.derivative(slope).T @ away - stable.basis.T @ drift
        rows[k:, -1] = unstable.derivative(slope).T @ back - unstable.basis.T @ drift
        return rows, np.concatenate((stable.basis.T @ away, unstable.basis.T @ back))

    def state(self, z: Array) -> Solution:
        """The first point of the orbit, the parameters, the truncation time and the orbit."""
        saddle, time, x = self.saddle_at(z), float(z[-2]), self.profile(z)
        parameters = self.equations.named(saddle.y)
        t = time * base_points(self.scheme.mesh, self.scheme.degree)
        orbit = Orbit(t, x.T.copy(), self.system, parameters, self.scheme.degree)
        return Solution(saddle.x, parameters, time, orbit)

    def weights(self, z: Array) -> Array:
        """The integral over the orbit for u, and 1 for the truncation time and the parameter."""
        nodes = quadrature(self.scheme.mesh, self.scheme.degree)
        return np.append(np.repeat(nodes, self.system.dimension), [1.0, 1.0])

    def spectrum(self, z: Array) -> ComplexArray:
        """Eigenvalues of the saddle."""
        return np.linalg.eigvals(self.saddle_at(z).matrix).astype(complex)

    def events(self) -> tuple[Event, ...]:
        """None yet in one parameter."""
        return ()

    def distances(self, z: Array) -> tuple[float, float]:
        """How far the two ends are from the saddle."""
        rest, x = self.saddle_at(z).x, self.profile(z)
        return float(np.linalg.norm(x[0] - rest)), float(np.linalg.norm(x[-1] - rest))

    def remeshed(self, z: Array, intervals: int) -> tuple[HomoclinicCurve, Array]:
        """The curve on a mesh adapted to an orbit, and the orbit on that mesh."""
        scheme, x = self.scheme, self.profile(z)
        mesh = adapted(x, scheme.mesh, scheme.degree, intervals, periodic=False)
        moved = transferred(x, scheme.mesh, mesh, scheme.degree)
        return self._on(mesh, moved, z)

    def lengthened(self, z: Array, distance: float) -> tuple[HomoclinicCurve, Array]:
        """Add tails of the linear flow, so that both ends come as close to the saddle as asked.

        Parameters
        ----------
        z : ndarray, shape (N,)
            A truncated orbit.
        distance : float
            Wanted distance of the ends; an end that is closer stays as it is.
        """
        x, time, saddle = self.profile(z), float(z[-2]), self.saddle_at(z)
        before, x_before = _tail(saddle.matrix, x[0] - saddle.x, distance, self.scheme.degree)
        after, x_after = _tail(-saddle.matrix, x[-1] - saddle.x, distance, self.scheme.degree)
        longer = np.concatenate(
            (saddle.x + x_before[::-1], x[1:-1], saddle.x + x_after)
        )
        mesh = np.concatenate(
            (before[-1] - before[::-1], before[-1] + time * self.scheme.mesh[1:-1], before[-1] + time + after)
        )
        total = float(mesh[-1])
        return self._on(mesh / total, longer, np.append(z[:-2], [total, z[-1]]))

    def _on(self, mesh: Array, x: Array, z: Array) -> tuple[HomoclinicCurve, Array]:
        scheme = Scheme(self.scheme.field, mesh, self.scheme.degree, self.scheme.states, 1)
        curve = HomoclinicCurve(
            self.system, self.free, self.p, scheme, x, self.saddle_at(z)
        )
        return curve, np.concatenate((x.ravel(), z[-2:]))


TAIL = 8
"""Mesh intervals of an added tail, before the mesh is adapted."""


def _tail(matrix: Array, away: Array, distance: float, degree: int) -> tuple[Array, Array]:
    """Backward linear flow from a point in the unstable eigenspace of a matrix towards the saddle.

    Returns
    -------
    ndarray, shape (k + 1,)
        Times at the mesh points, counted backwards from 0.
    ndarray, shape (k m + 1, n)
        Offsets from the saddle at the base points.
    """
    far = float(np.linalg.norm(away))
    if far <= distance:
        return np.zeros(1), away[None, :]
    k = int(np.count_nonzero(np.linalg.eigvals(matrix).real > 0.0))
    right = left_subspace(matrix.T, "rhp").basis
    inner = right.T @ matrix @ right
    slowest = float(np.linalg.eigvals(inner).real.min())
    length = float(np.log(far / distance)) / slowest
    mesh = np.linspace(0.0, length, TAIL + 1)
    times = length * base_points(mesh / length, degree)
    start = right.T @ away if k else away
    return mesh, np.array([right @ (expm(-inner * t) @ start) for t in times])


def _saddle(equations: Equations, y: Array, like: Saddle | None = None) -> Saddle:
    """Projections at an equilibrium, in the bases of another one nearby."""
    _, a, _ = equations.first(y)
    try:
        return Saddle(
            y,
            a,
            left_subspace(a, "lhp", None if like is None else like.stable.reference),
            left_subspace(a, "rhp", None if like is None else like.unstable.reference),
        )
    except ValueError as error:
        raise ContinuationError(f"the saddle lost its type: {error}") from None


def _check(saddle: Saddle, x: Array, period: float) -> None:
    """Refuse an orbit that is not near a homoclinic orbit to this equilibrium."""
    values = np.linalg.eigvals(saddle.matrix)
    radius = float(np.abs(values).max())
    if np.abs(values.real).min() < HYPERBOLIC * radius:
        raise ContinuationError(
            f"the orbit rests at an equilibrium with eigenvalue {values[np.argmin(np.abs(values.real))]:.2e}, "
            f"a saddle-node: its homoclinic orbit is not one to a hyperbolic saddle."
        )
    if saddle.stable.dimension in (0, len(values)):
        raise ContinuationError(
            f"the equilibrium nearest to the orbit, {np.round(saddle.x, 6)}, is no saddle, so the "
            f"orbit (period {period:.6g}) is not close to a homoclinic one; follow the cycles further."
        )
    size = float(np.linalg.norm(np.ptp(x, axis=0)))
    near = float(np.linalg.norm(x - saddle.x, axis=1).min())
    if near > NEAR * size:
        raise ContinuationError(
            f"the orbit (period {period:.6g}) stays {near:.2g} away from the saddle "
            f"{np.round(saddle.x, 6)}, a large part of its size {size:.2g}: it is not close to a "
            f"homoclinic orbit; follow the cycles further."
        )

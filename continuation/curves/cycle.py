r"""Limit cycles in one free parameter, by orthogonal collocation.

The unknowns are a profile x on [0, 1], its period T and the free parameter lambda, with

.. math::

    x' = T f(x, \lambda), \qquad x(1) = x(0), \qquad
    \int_0^1 \langle x - x_{ref}, x_{ref}' \rangle\, dt = 0,

z = (x at the base points, T, lambda). The last equation fixes the phase by a reference profile,
the one from which the mesh was last adapted [1]_. Test functions along the branch, with t the unit
tangent and mu_i the multipliers other than the trivial one:

LPC
    the component of t along the parameter. It vanishes at a Hopf point too, where the cycle shrinks
    to nothing and grows again with a phase shifted by half a period: the sign of the cycle is taken
    out. It is round-off where a branch runs vertically into a homoclinic orbit; there it is not accepted,
    because no further multiplier is 1.
PD
    the product of all mu_i + 1.
NS
    the product of all mu_i mu_j - 1, i < j. It vanishes at a neutral saddle cycle as well, where the
    two are real; there it is not accepted.

Each is polished as the solution of the collocation equations and of its own scalar equation: t_lambda
= 0; mu + 1 = 0; |mu|^2 - 1 = 0.

References
----------
.. [1] E. J. Doedel, H. B. Keller, J. P. Kernevez, Numerical analysis and control of bifurcation
   problems II, Int. J. Bifurcation and Chaos 1 (1991) 745-772, sections 3 and 5.
.. [2] Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., Springer 2004, section 10.1.4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from continuation.collocation import mesh as meshes
from continuation.collocation import profile as profiles
from continuation.collocation.adjoint import phase_response
from continuation.collocation.assembly import BorderedProblem, Intervals, Scheme
from continuation.collocation.recurrence import closest_return
from continuation.curve import Curve, Event, Point, Solution, Start
from continuation.engine import norm, point_near
from continuation.errors import ContinuationError, NoConvergence, StopReason
from continuation.linalg.floquet import multipliers
from continuation.newton import correct
from continuation.orbit import Orbit
from continuation.settings import Settings
from continuation.special import SpecialPoint, special_point

if TYPE_CHECKING:
    from continuation.branch import Branch
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

PERIOD_WEIGHT = 1e-6
"""Weight of a relative change of the period in the inner product. Steps are measured by profile and
parameter: with the period left out a branch walks to a homoclinic orbit in steps that double it. A
weight of zero would leave nothing to measure where only the period changes."""

SMALLEST, LARGEST_BEND = 1e-5, 0.1
"""A family is begun at a Hopf point with an amplitude at which the second harmonic is at most a tenth of
the first, and not below 1e-5, where the equations of a cycle are singular to half of all digits."""

UNIT_MULTIPLIER = 1e-2
"""A located LPC has a multiplier this close to 1; events are located to seven digits of a step, and
multipliers are as good as the mesh."""

VANISHED = 1e-3
"""A cycle smaller than this part of the reference profile has shrunk to a Hopf point."""

COMPLEX = 1e-3
"""Smallest angle, in radians, of a pair of multipliers on the unit circle that counts as complex: at
0 and pi two curves of other kinds meet, and two real multipliers cross the circle together nearby."""

STANDSTILL = 1e-8
"""A parameter stands still when a relative change of the period by one would move it less than this
part of its window: on fifty intervals the discretisation moves it as much."""

RESOLVED = 1e-2
"""A cycle is resolved while its trivial multiplier is 1 within this; beyond, no label is given."""

REFINE, LARGEST_MESH = 1e-6, 4
"""Where the trivial multiplier is farther from 1 than this, half as many intervals again are taken,
up to four times as many as the settings say."""

REST = 1e-3
"""A cycle rests at an equilibrium where the speed falls below this part of its mean."""

SECANT_STEP = 1e-4
"""First step of the secant method, in the inner product of the curve."""


class LastPoint:
    """The elimination at the point asked for last; shared along a branch, so that memory stays flat."""

    def __init__(self) -> None:
        self._z: Array = np.empty(0)
        self._mesh: Array | None = None
        self._intervals: Intervals | None = None

    def find(self, z: Array, mesh: Array) -> Intervals | None:
        """What was kept, if it belongs to this z on this mesh."""
        same = self._mesh is mesh and np.array_equal(z, self._z)
        return self._intervals if same else None

    def keep(self, z: Array, mesh: Array, intervals: Intervals) -> None:
        """Keep an elimination in place of the last one."""
        self._z, self._mesh, self._intervals = z.copy(), mesh, intervals


@dataclass(frozen=True)
class CycleCurve(Curve):
    """Limit cycles of a flow in one free parameter; z = (profile, T, lambda).

    Attributes
    ----------
    system : System
        x' = f(x, p).
    free : tuple of one str
        The free parameter.
    p : ndarray, shape (n_p,)
        All parameters; the free one is taken from z.
    mesh : ndarray, shape (N + 1,)
        Mesh of [0, 1].
    reference : ndarray, shape (N m + 1, n)
        Profile that fixes the phase and the units.
    scale : float
        A period of the size of those nearby, in which the period is measured.
    unit : float
        Width of the window, in which the parameter is measured.
    settings : Settings
        Degree, number of intervals, how often the mesh is adapted, tolerance.
    period_below : float or None
        The branch ends where the period reaches this.
    """

    kind: ClassVar[str] = "cycles"
    spectrum_name: ClassVar[str] = "multipliers"

    system: System
    free: tuple[str, ...]
    p: Array
    mesh: Array
    reference: Array
    scale: float
    unit: float
    settings: Settings
    period_below: float | None = None
    last: LastPoint = field(default_factory=LastPoint, repr=False, compare=False)

    # ----------------------------------------------------------------------------------------------
    # Ways in

    @classmethod
    def from_hopf(
        cls,
        point: SpecialPoint,
        free: str,
        unit: float,
        settings: Settings,
        period_below: float | None = None,
    ) -> tuple[CycleCurve, Start]:
        r"""Start on the small cycles that are born at a Hopf point.

        The guess is x_0 + epsilon Re(q exp(2 pi i t)) with A q = i omega q, |q| = 1, and T = 2 pi / omega;
        the tangent is the derivative by epsilon, without a component along the parameter. The
        guess is corrected here, at fixed amplitude, with smaller epsilon if need be.

        Raises
        ------
        ContinuationError
            When the equilibrium has no pair on the imaginary axis.
        NoConvergence
            When no small cycle is found.
        """
        system, p = point.system, point.system.vector(point.parameters)
        q, omega = critical_pair(system, point.state, p)
        mesh = meshes.uniform(settings.intervals)
        angle = 2.0 * np.pi * profiles.base_points(mesh, settings.degree)[:, None]
        wave = np.cos(angle) * q.real - np.sin(angle) * q.imag
        value, period = p[list(system.parameters).index(free)], 2.0 * np.pi / omega
        tangent = np.concatenate((wave.ravel(), (0.0, 0.0)))
        amplitude = min(settings.initial_step, LARGEST_BEND / bend(system, point.state, p, q, omega))
        while amplitude > SMALLEST:
            profile = point.state + amplitude * wave
            curve = cls(
                system, (free,), p, mesh, profile, period, unit, settings, period_below
            )
            guess = np.concatenate((profile.ravel(), (period, value)))
            found = point_near(curve, guess, tangent / norm(curve, guess, tangent), settings)
            if found is not None and curve.grew_from(point.state, amplitude, found.z):
                return curve, Start(found.z, found.tangent, f"{point.label or 'H'} on equilibria")
            amplitude /= 4.0
        raise NoConvergence(
            f"no small cycle was found at {point.label or 'H'}: a Hopf point so close to degenerate "
            f"needs Settings(intervals=...) larger than {settings.intervals}.",
            np.append(point.state, value),
            (),
        )

    @classmethod
    def from_orbit(
        cls,
        orbit: Orbit,
        free: str,
        unit: float,
        settings: Settings,
        period_below: float | None = None,
    ) -> tuple[CycleCurve, Start]:
        """Start on the cycle that an orbit has settled on, or that it is (a collocation solution).

        Raises
        ------
        ContinuationError
            When the orbit rests at an equilibrium or does not return.
        NoConvergence
            When Newton's method finds no cycle near its closest return.
        """
        if orbit.system is None:
            raise ContinuationError("the orbit carries no system, so no cycle can be computed.")
        system, p = orbit.system, orbit.system.vector(orbit.parameters)
        value = p[list(system.parameters).index(free)]
        if orbit.degree is not None:
            curve, z = cls.from_data(orbit, free, unit, settings, period_below)
        else:
            loop = closest_return(orbit, system, p)
            mesh = meshes.uniform(settings.intervals)
            for _ in range(3):
                x = loop.at(loop.period * profiles.base_points(mesh, settings.degree))
                x[-1] = x[0]
                mesh = meshes.adapted(x, mesh, settings.degree, settings.intervals)
            x = loop.at(loop.period * profiles.base_points(mesh, settings.degree))
            z = np.concatenate((x.ravel(), (loop.period, value)))
            curve = cls(system, (free,), p, mesh, x, loop.period, unit, settings, period_below)
        row = np.zeros(len(z))
        row[-1] = 1.0
        found = correct(curve, z, row, value, settings)
        if not found.converged or found.factors is None:
            raise NoConvergence(
                f"no cycle was found near the orbit: residual {found.residuals[-1]:.1e} after "
                f"{found.iterations} Newton steps at {free} = {value:.6g}. Simulate for longer, so "
                f"that it settles, or use more Settings.intervals.",
                found.z,
                found.residuals,
            )
        profile = curve.profile(found.z)
        if curve.swing(profile) < VANISHED * curve.swing(curve.reference):
            raise ContinuationError("the orbit led to an equilibrium, not to a cycle.")
        settled = replace(curve, reference=profile, scale=float(found.z[-2]))
        return settled, Start(found.z, found.factors.solve(row), f"orbit at {free} = {value:.6g}")

    @classmethod
    def from_data(
        cls,
        orbit: Orbit,
        free: str,
        unit: float,
        settings: Settings,
        period_below: float | None = None,
    ) -> tuple[CycleCurve, Array]:
        """The curve through a collocation solution, and its z, on a mesh as the settings ask for."""
        assert orbit.system is not None and orbit.degree is not None
        system, p = orbit.system, orbit.system.vector(orbit.parameters)
        period = float(orbit.t[-1])
        mesh = np.ascontiguousarray(orbit.t[:: orbit.degree]) / period
        x = np.ascontiguousarray(orbit.x.T)
        if orbit.degree != settings.degree or len(mesh) != settings.intervals + 1:
            onto = meshes.adapted(x, mesh, orbit.degree, settings.intervals)
            at = profiles.base_points(onto, settings.degree)
            x, mesh = profiles.evaluate(x, mesh, orbit.degree, at), onto
        z = np.concatenate((x.ravel(), (period, p[list(system.parameters).index(free)])))
        return cls(system, (free,), p, mesh, x, period, unit, settings, period_below), z

    @classmethod
    def from_branch(
        cls,
        branch: Branch,
        end: int,
        unit: float,
        settings: Settings,
        period_below: float | None = None,
    ) -> tuple[CycleCurve, Start]:
        """Start at an end of a branch of cycles (0 or -1), in the direction that leaves it."""
        free = branch.free[0]
        curve, z = cls.from_data(branch.orbits[end], free, unit, settings, period_below)
        other = branch.orbits[1 if end == 0 else -2]
        assert other.degree is not None
        period = float(other.t[-1])
        mesh = np.ascontiguousarray(other.t[:: other.degree]) / period
        x = profiles.evaluate(
            np.ascontiguousarray(other.x.T), mesh, other.degree,
            profiles.base_points(curve.mesh, settings.degree),
        )  # fmt: skip
        before = np.concatenate((x.ravel(), (period, other.parameters[free])))
        return curve, Start(z, z - before, branch.provenance)

    # ----------------------------------------------------------------------------------------------
    # The defining system

    @cached_property
    def scheme(self) -> Scheme:
        """Mesh, degree and equations."""
        linearized = self.system.linearize(self.free)
        return Scheme(linearized, self.mesh, self.settings.degree, self.system.dimension, 1)

    @cached_property
    def phase(self) -> Array:
        """The phase condition as a row over all unknowns, shape (1, N m n + n + 2)."""
        row = profiles.phase_row(self.reference, self.mesh, self.settings.degree)
        return np.append(row.ravel(), (0.0, 0.0))[None, :]

    @cached_property
    def closing(self) -> Array:
        """x(1) - x(0) = 0 as boundary rows, shape (n, 2 n + 2)."""
        n = self.system.dimension
        return np.hstack((-np.eye(n), np.eye(n), np.zeros((n, 2))))

    @cached_property
    def index(self) -> int:
        """Position of the free parameter among all."""
        return list(self.system.parameters).index(self.free[0])

    def profile(self, z: Array) -> Array:
        """Values at the base points, shape (N m + 1, n)."""
        return z[:-2].reshape(-1, self.system.dimension)

    def parameters(self, z: Array) -> Array:
        """All parameters, shape (n_p,)."""
        p = self.p.copy()
        p[self.index] = z[-1]
        return p

    def intervals(self, z: Array) -> Intervals:
        """The differential equation, linearised and condensed at z."""
        kept = self.last.find(z, self.mesh)
        if kept is None:
            kept = self.scheme.condense(self.profile(z), float(z[-2]), self.parameters(z))
            self.last.keep(z, self.mesh, kept)
        return kept

    def residual(self, z: Array) -> Array:
        """Collocation equations, x(1) - x(0), and the phase condition; infinite for T <= 0."""
        return self.linearize(z)[0]

    def jacobian(self, z: Array) -> BorderedProblem:
        """The matrix of `collocation.assembly`, condensed."""
        return BorderedProblem(self.intervals(z), self.closing, self.phase)

    def linearize(self, z: Array) -> tuple[Array, BorderedProblem]:
        """Evaluate the residual and the condensed Jacobian together."""
        intervals, x = self.intervals(z), self.profile(z)
        h = np.empty(len(z) - 1)
        h[: intervals.residual.size] = intervals.residual.ravel()
        h[intervals.residual.size : -1] = x[-1] - x[0]
        h[-1] = self.phase[0, :-2] @ (x - self.reference).ravel()
        if not z[-2] > 0.0:
            h[:] = np.inf
        return h, BorderedProblem(intervals, self.closing, self.phase)

    # ----------------------------------------------------------------------------------------------
    # What z stands for

    def state(self, z: Array) -> Solution:
        """The first point of the cycle, all parameters, the period and the orbit."""
        x, period = self.profile(z).T.copy(), float(z[-2])
        values = dict(zip(self.system.parameters, self.parameters(z).tolist(), strict=True))
        t = period * profiles.base_points(self.mesh, self.settings.degree)
        orbit = Orbit(t, x, self.system, values, self.settings.degree)
        return Solution(x[:, 0].copy(), values, period, orbit)

    @cached_property
    def _weights(self) -> Array:
        size = max(1.0, float(np.abs(self.reference).max()))
        nodes = self.nodes / size**2
        scalars = (PERIOD_WEIGHT / self.scale**2, 1.0 / self.unit**2)
        return np.append(np.repeat(nodes, self.system.dimension), scalars)

    def weights(self, z: Array) -> Array:
        """The mean over the orbit of the states squared, in units of 1 or of their size if larger.

        The parameter counts in its unit; the period hardly counts, see `PERIOD_WEIGHT`.
        """
        return self._weights

    def spectrum(self, z: Array) -> ComplexArray:
        """Multipliers: the trivial one first, the others by falling modulus."""
        at_mesh = np.ascontiguousarray(self.profile(z)[:: self.settings.degree])
        flow = self.system.evaluate(at_mesh, self.parameters(z))
        return multipliers(self.intervals(z).transitions, flow)

    def is_stable(self, spectrum: ComplexArray) -> bool:
        """All multipliers but the trivial one lie inside the unit circle."""
        return bool(np.all(np.abs(spectrum[1:]) < 1.0))

    def unstable_count(self, spectrum: ComplexArray) -> int:
        """Multipliers outside the unit circle, the trivial one not counted."""
        return int(np.count_nonzero(np.abs(spectrum[1:]) > 1.0))

    def measures(self, point: Point) -> dict[str, float]:
        """Smallest and largest value of each state, and the error of the trivial multiplier."""
        low, high = profiles.extremes(self.profile(point.z), self.settings.degree)
        found = {}
        for name, lo, hi in zip(self.system.states, low.tolist(), high.tolist(), strict=True):
            found[f"{name}_min"], found[f"{name}_max"] = lo, hi
        found["trivial_error"] = float(abs(point.spectrum[0] - 1.0))
        return found

    def signature(self, z: Array) -> Array:
        """Extremes of the states, period and parameter, in the units of the step length."""
        size = max(1.0, float(np.abs(self.reference).max()))
        low, high = profiles.extremes(self.profile(z), self.settings.degree)
        scalars = (z[-2] / self.scale, z[-1] / self.unit)
        return np.concatenate((low / size, high / size, scalars))

    @cached_property
    def nodes(self) -> Array:
        """Weights of the integral over the base points, shape (N m + 1,)."""
        return profiles.quadrature(self.mesh, self.settings.degree)

    def swing(self, x: Array) -> float:
        """Root mean square distance of a profile, shape (N m + 1, n), from its mean."""
        return float(np.sqrt(self.nodes @ np.sum((x - self.nodes @ x) ** 2, axis=1)))

    @cached_property
    def _swings(self) -> Array:
        """The reference's distances from its mean, times the weights of the integral, flattened."""
        distances = self.reference - self.nodes @ self.reference
        return np.asarray((self.nodes[:, None] * distances).ravel())

    def overlap(self, x: Array) -> float:
        """Integral of the product of a profile and the reference, each without its mean.

        It changes sign where the cycle shrinks to an equilibrium and grows again, for then it is shifted
        by half a period.
        """
        return float(self._swings @ x.ravel())

    def grew_from(self, equilibrium: Array, amplitude: float, z: Array) -> bool:
        """Whether z is a cycle of about this amplitude around an equilibrium, of about its period."""
        offset = float(np.abs(self.nodes @ self.profile(z) - equilibrium).max())
        expected = self.swing(self.reference)
        same_size = 0.5 * expected < self.swing(self.profile(z)) < 2.0 * expected
        return same_size and offset < amplitude and 0.5 * self.scale < z[-2] < 2.0 * self.scale

    # ----------------------------------------------------------------------------------------------
    # Along a branch

    def refresh(self, point: Point, step: int) -> tuple[Curve, Point]:
        """Adapt the mesh and take the present profile as the reference of the phase.

        The point is interpolated onto the new mesh and corrected there; where that fails, which is a
        sign of a mesh too coarse, everything stays as it is.
        """
        if step % self.settings.adapt_every:
            return self, point
        degree, x = self.settings.degree, self.profile(point.z)
        mesh = meshes.adapted(x, self.mesh, degree, self._intervals_for(point))
        moved = self._moved(point.z, mesh)
        reference = moved[:-2].reshape(-1, self.system.dimension)
        fresh = replace(self, mesh=mesh, reference=reference, scale=float(point.z[-2]))
        tangent = self._moved(point.tangent, mesh)
        tangent = tangent / norm(fresh, moved, tangent)
        found = point_near(fresh, moved, tangent, self.settings)
        return (fresh, found) if found is not None else (self, point)

    def _intervals_for(self, point: Point) -> int:
        """As many intervals as there are, or more where the trivial multiplier shows an error."""
        count = len(self.mesh) - 1
        if abs(point.spectrum[0] - 1.0) < REFINE:
            return count
        return min(count + count // 2, max(count, LARGEST_MESH * self.settings.intervals))

    def _moved(self, v: Array, mesh: Array) -> Array:
        """Interpolate unknowns or a tangent onto another mesh."""
        x = profiles.transferred(self.profile(v), self.mesh, mesh, self.settings.degree)
        return np.concatenate((x.ravel(), v[-2:]))

    def end(self, before: Point, after: Point) -> StopReason | None:
        """The period's bound, an equilibrium to which the cycle shrank, or a homoclinic orbit.

        Near a homoclinic orbit the parameter stands still while the period grows. A branch for which a
        bound of the period was asked goes on to it, as long as the mesh resolves the cycle.
        """
        if self.period_below is not None and after.z[-2] >= self.period_below:
            return StopReason.PERIOD_BOUND
        if self._shrank(self.profile(before.z), self.profile(after.z)):
            return StopReason.AT_HOPF
        lost = not _resolved(after)
        standing = self.period_below is None and self._stands_still(before.z, after.z)
        if (lost or standing) and after.z[-2] > before.z[-2] and self._rests(after.z):
            return StopReason.NEAR_HOMOCLINIC
        return None

    def _shrank(self, before: Array, after: Array) -> bool:
        """The cycle vanished, or turned inside out: it comes back shifted by half a period."""
        turned = self.overlap(before) * self.overlap(after) < 0.0
        return turned or self.swing(after) < VANISHED * self.swing(self.reference)

    def _stands_still(self, before: Array, after: Array) -> bool:
        growth = float(np.log(after[-2] / before[-2]))
        return growth > 0.0 and abs(after[-1] - before[-1]) < STANDSTILL * self.unit * growth

    def _rests(self, z: Array) -> bool:
        """Somewhere the cycle is far slower than on the average: it passes an equilibrium."""
        speed = np.linalg.norm(self.system.evaluate(self.profile(z), self.parameters(z)), axis=1)
        return float(speed.min()) < REST * float(self.nodes @ speed)

    # ----------------------------------------------------------------------------------------------
    # Special points

    def events(self) -> tuple[Event, ...]:
        """LPC and PD, and NS from three states on."""
        folds = Event("LPC", _fold, _is_fold, _polish_fold, crossing=1)
        doublings = Event("PD", _doubling, _is_doubling, _polish_doubling, crossing=1)
        if self.system.dimension < 3:
            return folds, doublings
        tori = Event("NS", _torus, _is_torus, _polish_torus, crossing=2)
        return folds, doublings, tori

    def phase_response(self, z: Array) -> Array:
        """Shift in time by an infinitesimal push in each state, shape (n, N m + 1), at the base points."""
        flow = self.system.evaluate(self.profile(z), self.parameters(z))
        return np.ascontiguousarray(phase_response(self.intervals(z), flow).T)


def critical_pair(system: System, x: Array, p: Array) -> tuple[ComplexArray, float]:
    """Eigenvector, |q| = 1, and frequency of the eigenvalue i omega, omega > 0, of an equilibrium.

    Raises
    ------
    ContinuationError
        When no pair is on the imaginary axis.
    """
    a = system.linearize(())(x[None, :], p)[1][0]
    values, vectors = np.linalg.eig(a)
    upper = np.flatnonzero(values.imag > 0.0)
    if not len(upper):
        raise ContinuationError("the equilibrium has no complex eigenvalues: no cycles start there.")
    best = upper[np.argmin(np.abs(values[upper].real))]
    return vectors[:, best] / np.linalg.norm(vectors[:, best]), float(values[best].imag)


def bend(system: System, x: Array, p: Array, q: ComplexArray, omega: float) -> float:
    """Second harmonics and mean shift, relative to the first harmonic, by unit amplitude.

    Half the sum of the moduli of (2 i omega - A)^-1 B(q, q) and A^-1 B(q, qbar), and the cube term's
    share of the frequency (Kuznetsov, 3rd ed., section 3.5): larger means that the linear cycle holds for
    smaller amplitudes only.
    """
    a = system.linearize(())(x[None, :], p)[1][0]
    identity = np.eye(len(x))
    second = system.derivative(x, p, q, q)
    mean = system.derivative(x, p, q, q.conj())
    cube = system.derivative(x, p, q, q, q.conj())
    doubled = np.linalg.lstsq(2j * omega * identity - a, second, rcond=None)[0]
    shift = np.linalg.lstsq(a.astype(complex), mean, rcond=None)[0]
    harmonics = 0.5 * float(np.linalg.norm(doubled) + np.linalg.norm(shift))
    return harmonics + float(np.sqrt(np.linalg.norm(cube) / omega)) + np.finfo(float).tiny


def zero_along(value: Callable[[Point], float], point: Point, settings: Settings) -> Point:
    """Solve H(z) = 0 and value(z) = 0 by Newton's method on H and the secant method along the tangent.

    Every iterate lies on the curve to round-off; the iteration ends when its steps no longer shrink.

    Raises
    ------
    NoConvergence
        When the corrector fails or the secant method leaves the neighbourhood.
    """
    curve = point.curve
    tight = replace(settings, tolerance=1e-13)

    def at(s: float) -> Point:
        near = point_near(curve, point.z + s * point.tangent, point.tangent, tight)
        if near is None:
            raise NoConvergence("the branch was lost near a special point.", point.z, ())
        return sharpened(near)

    s, best = 0.0, sharpened(point)
    g = value(best)
    after, move = SECANT_STEP, SECANT_STEP
    for _ in range(settings.newton_steps + 4):
        trial = at(after)
        h = value(trial)
        if abs(h) < abs(g):
            best = trial
        if h == g or h == 0.0:
            return best
        step = -h * (after - s) / (h - g)
        s, g = after, h
        if abs(step) < 1e-14 or (abs(step) < 1e-8 and abs(step) > 0.5 * abs(move)):
            return best
        after, move = after + step, step
        if abs(after) > 1.0:
            break
    raise NoConvergence("a special point was not reached along the branch.", best.z, (abs(g),))


def sharpened(point: Point) -> Point:
    """The point with tangent and determinant computed at itself, not at the iterate before."""
    curve = point.curve
    factors = curve.jacobian(point.z).bordered(curve.weights(point.z) * point.tangent)  # type: ignore[union-attr]
    unit = np.zeros(len(point.z))
    unit[-1] = 1.0
    tangent = factors.solve(unit)
    tangent = tangent / norm(curve, point.z, tangent)
    return Point(point.z, tangent, factors.determinant, curve)


def _polished(kind: str, value: Callable[[Point], float], point: Point) -> SpecialPoint:
    """Solve H(z) = 0 and value(z) = 0 from a point of a cycle curve, and name the solution."""
    curve = _curve(point)
    exact = zero_along(value, point, curve.settings)
    residual = max(float(np.abs(curve.residual(exact.z)).max()), abs(value(exact)))
    return special_point(kind, exact, residual, phase_response=curve.phase_response(exact.z))


def _curve(point: Point) -> CycleCurve:
    """The curve object that computed a point: along a branch it is not the one that made the events."""
    assert isinstance(point.curve, CycleCurve)
    return point.curve


def _resolved(point: Point) -> bool:
    """Whether the mesh resolves the multipliers: the trivial one must be 1."""
    return bool(abs(point.spectrum[0] - 1.0) < RESOLVED)


def _is_fold(point: Point) -> bool:
    """A cycle of some size with a second multiplier 1."""
    curve = _curve(point)
    if curve.swing(curve.profile(point.z)) < VANISHED * curve.swing(curve.reference):
        return False
    closest = np.min(np.abs(point.spectrum[1:] - 1.0), initial=np.inf)
    return _resolved(point) and bool(closest < UNIT_MULTIPLIER)


def _polish_fold(point: Point) -> SpecialPoint:
    return _polished("LPC", _fold, point)


def _polish_doubling(point: Point) -> SpecialPoint:
    return _polished("PD", _from_minus_one, point)


def _polish_torus(point: Point) -> SpecialPoint:
    return _polished("NS", _from_circle, point)


def _fold(point: Point) -> float:
    """t_lambda, with the sign that the cycle has: beyond a Hopf point both have changed."""
    curve = _curve(point)
    return float(np.copysign(1.0, curve.overlap(curve.profile(point.z))) * point.tangent[-1])


def _bounded(factors: ComplexArray) -> float:
    """Real product of factors, each squeezed below 1 in modulus so that many large ones do not overflow."""
    return float(np.prod(factors / (1.0 + np.abs(factors))).real)


def _doubling(point: Point) -> float:
    return _bounded(point.spectrum[1:] + 1.0)


def _torus(point: Point) -> float:
    others = point.spectrum[1:]
    i, j = np.triu_indices(len(others), 1)
    return _bounded(others[i] * others[j] - 1.0)


def _from_minus_one(point: Point) -> float:
    others = point.spectrum[1:]
    return float(others[np.argmin(np.abs(others + 1.0))].real) + 1.0


def _from_circle(point: Point) -> float:
    pair = _closest_pair(point.spectrum)
    return float(abs(pair) ** 2 - 1.0)


def _closest_pair(spectrum: ComplexArray) -> complex:
    """The complex multiplier above the real axis that is closest to the unit circle; 0 if none is."""
    above = spectrum[1:][spectrum[1:].imag > 0.0]
    return complex(above[np.argmin(np.abs(np.abs(above) - 1.0))]) if len(above) else 0j


def _is_doubling(point: Point) -> bool:
    return _resolved(point) and abs(_from_minus_one(point)) < UNIT_MULTIPLIER


def _is_torus(point: Point) -> bool:
    """A complex pair on the unit circle: no neutral saddle cycle."""
    pair = _closest_pair(point.spectrum)
    angle = abs(float(np.angle(pair)))
    on_circle = abs(abs(pair) - 1.0) < UNIT_MULTIPLIER
    return _resolved(point) and on_circle and COMPLEX < angle < np.pi - COMPLEX

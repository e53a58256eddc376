r"""Limit cycles in one free parameter, by orthogonal collocation.

The unknowns are a profile x on [0, 1], its period T and the free parameter lambda, with

.. math::

    x' = T f(x, \lambda), \qquad x(1) = x(0), \qquad
    \int_0^1 \langle x - x_{ref}, x_{ref}' \rangle\, dt = 0,

z = (x at the base points, T, lambda). The last equation fixes the phase by a reference profile,
the one from which the mesh was last adapted [1]_. Its special points are those of `cycle_events`.

.. [1] E. J. Doedel, H. B. Keller, J. P. Kernevez, Numerical analysis and control of bifurcation
   problems II, Int. J. Bifurcation and Chaos 1 (1991) 745-772, sections 3 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from continuation.collocation import along
from continuation.collocation import mesh as meshes
from continuation.collocation import profile as profiles
from continuation.collocation.adjoint import HYPERBOLIC, phase_response
from continuation.collocation.assembly import BorderedProblem, Intervals, Scheme
from continuation.collocation.birth import SMALLEST, birth
from continuation.collocation.correction import Transport, corrected
from continuation.collocation.doubling import doubled, is_doubled
from continuation.collocation.memo import LastPoints
from continuation.collocation.recurrence import one_period
from continuation.collocation.reference import PERIOD_WEIGHT, Reference
from continuation.collocation.variational import Variation
from continuation.curve import Curve, Event, Point, Solution, Start
from continuation.cycle_events import cycle_events
from continuation.engine import completed, norm, point_near
from continuation.errors import ContinuationError, NoConvergence, StopReason
from continuation.linalg import unit_circle
from continuation.linalg.floquet import multipliers
from continuation.newton import Correction, correct
from continuation.orbit import Orbit
from continuation.saddles import near_connection
from continuation.settings import Settings
from continuation.sizes import grown, sized
from continuation.special import SpecialPoint

if TYPE_CHECKING:
    from continuation.branch import Branch
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

DOUBLED_AMPLITUDE = 1.0
"""Amplitude of the first doubled cycle, relative to the size of the states and in units of
Settings.initial_step."""


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
    reference : Reference
        Mesh, degree, and the cycle that fixes the phase and the units.
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
    reference: Reference
    unit: float
    settings: Settings
    period_below: float | None = None
    last: LastPoints[Transport] = field(default_factory=LastPoints, repr=False, compare=False)

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
        """Start on the small cycles that are born at a Hopf point, see `collocation.birth`.

        The tangent is the derivative by the amplitude, without a component along the parameter. The
        guess is corrected here, at fixed amplitude, with smaller ones if need be.

        Raises
        ------
        ContinuationError
            When the equilibrium has no pair on the imaginary axis.
        NoConvergence
            When no small cycle is found.
        """
        p = point.system.vector(point.parameters)
        system = sized(point.system, point.state, p, (free,), np.array([unit]))
        born = birth(system, point.state, p)
        value = float(p[list(system.parameters).index(free)])
        mesh = meshes.uniform(settings.intervals)
        wave = born.wave(profiles.base_points(mesh, settings.degree))
        tangent = np.append(wave.ravel(), (0.0, 0.0))
        amplitude = min(settings.initial_step * born.size, born.reach)
        while amplitude > SMALLEST * born.size:
            x = point.state + amplitude * wave
            reference = Reference(mesh, settings.degree, x, born.period)
            curve = cls(system, (free,), p, reference, unit, settings, period_below)
            guess = np.append(x.ravel(), (born.period, value))
            found = point_near(curve, guess, tangent / norm(curve, guess, tangent), settings)
            if found is not None and reference.resembles(curve.profile(found.z), found.z[-2]):
                return curve, Start(found.z, found.tangent, f"{point.label or 'H'} on equilibria")
            amplitude /= 4.0
        raise NoConvergence(
            f"no small cycle was found at {point.label or 'H'}: a Hopf point so close to "
            f"degenerate needs Settings(intervals=...) larger than {settings.intervals}.",
            np.append(point.state, value),
            (),
        )

    @classmethod
    def from_doubling(
        cls,
        point: SpecialPoint,
        free: str,
        unit: float,
        settings: Settings,
        period_below: float | None = None,
    ) -> tuple[CycleCurve, Start]:
        """Start on cycles of twice the period at a period doubling, see `collocation.doubling`.

        Raises `NoConvergence` when none is found.
        """
        assert point.orbit is not None
        count = min(
            len(point.orbit.t) // settings.degree, along.LARGEST_MESH * settings.intervals // 2
        )
        fine = replace(settings, intervals=max(count, settings.intervals))
        single, z = cls.from_data(point.orbit, free, unit, fine, period_below)
        reference, wave = doubled(single.variation(z), single.size)
        curve = replace(single, reference=reference, settings=settings)
        tangent = np.append(wave.ravel(), (0.0, 0.0))
        amplitude = DOUBLED_AMPLITUDE * settings.initial_step
        while amplitude > SMALLEST:
            born = reference.x + amplitude * wave
            guess = np.append(born.ravel(), (reference.period, z[-1]))
            found = point_near(curve, guess, tangent / norm(curve, guess, tangent), settings)
            if found is not None and is_doubled(curve.profile(found.z), born, reference):
                return curve, Start(found.z, found.tangent, f"{point.label or 'PD'} on cycles")
            amplitude /= 4.0
        raise NoConvergence(f"no doubled cycle was found at {point.label or 'PD'}.", z, ())

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
        index = list(orbit.system.parameters).index(free)
        value = float(orbit.system.vector(orbit.parameters)[index])
        loop = orbit if orbit.degree is not None else one_period(orbit, orbit.system, settings)
        curve, z = cls.from_data(loop, free, unit, settings, period_below)
        row = np.zeros(len(z))
        row[-1] = 1.0
        found = correct(curve, z, row, value, settings)
        if not found.converged or found.tangent is None:
            raise NoConvergence(
                f"no cycle was found near the orbit: residual {found.residuals[-1]:.1e} after "
                f"{found.iterations} Newton steps at {free} = {value:.6g}. Simulate for longer, so "
                f"that it settles, or use more Settings.intervals.",
                found.z,
                found.residuals,
            )
        x = curve.profile(found.z)
        if curve.reference.swing(x) < along.VANISHED:
            raise ContinuationError("the orbit led to an equilibrium, not to a cycle.")
        settled = replace(curve, reference=replace(curve.reference, x=x, period=float(found.z[-2])))
        return settled, Start(found.z, found.tangent, f"orbit at {free} = {value:.6g}")

    @classmethod
    def from_branch_point(
        cls, point: SpecialPoint, unit: float, step: float, branch: int, settings: Settings
    ) -> tuple[CycleCurve, Start]:
        """Leave a branch point along one of its two tangents (0 or 1), by a small step."""
        assert point.orbit is not None
        count = (len(point.orbit.t) - 1) // settings.degree
        fine = replace(settings, intervals=count)
        curve, z = cls.from_data(point.orbit, point.free[0], unit, fine)
        tangent = np.real(point.vectors["tangents"][branch])
        tangent = tangent / norm(curve, z, tangent)
        fresh = replace(curve, settings=settings)
        return fresh, Start(z + step * tangent, tangent, f"{point.label} on cycles")

    @classmethod
    def from_data(
        cls,
        orbit: Orbit,
        free: str,
        unit: float,
        settings: Settings,
        period_below: float | None = None,
    ) -> tuple[CycleCurve, Array]:
        """The curve through a collocation solution and its z, on a mesh as the settings ask."""
        assert orbit.system is not None
        mesh, x = profiles.of_orbit(orbit, settings.intervals, settings.degree)
        system, p = grown(orbit.system, x), orbit.system.vector(orbit.parameters)
        period = float(orbit.t[-1])
        z = np.append(x.ravel(), (period, p[list(system.parameters).index(free)]))
        reference = Reference(mesh, settings.degree, x, period)
        return cls(system, (free,), p, reference, unit, settings, period_below), z

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
        mesh, x = profiles.of_orbit(other, settings.intervals, settings.degree)
        x = profiles.transferred(x, mesh, curve.reference.mesh, settings.degree)
        before = np.append(x.ravel(), (other.t[-1], other.parameters[free]))
        return curve, Start(z, z - before, branch.provenance)

    # ----------------------------------------------------------------------------------------------
    # The defining system

    @cached_property
    def scheme(self) -> Scheme:
        """Mesh, degree and equations."""
        linearized = self.system.linearize(self.free)
        mesh, degree = self.reference.mesh, self.reference.degree
        return Scheme(linearized, mesh, degree, self.system.dimension, 1)

    @cached_property
    def phase(self) -> Array:
        """The phase condition as a row over all unknowns, shape (1, N m n + n + 2)."""
        return along.joined(self.reference.phase_row, np.zeros(2))[None]

    @property
    def closing(self) -> Array:
        """x(1) - x(0) = 0 as boundary rows, shape (n, 2 n + 2)."""
        return along.closing(self.system.dimension)

    @cached_property
    def index(self) -> int:
        """Position of the free parameter among all."""
        return list(self.system.parameters).index(self.free[0])

    @cached_property
    def levels(self) -> Array:
        """Right-hand sides of the boundary rows and of the phase condition, shape (n + 1,)."""
        levels = np.zeros(self.system.dimension + 1)
        levels[-1] = self.reference.phase_row @ self.reference.x.ravel()
        return levels

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
        return self.scheme.condense(self.profile(z), float(z[-2]), self.parameters(z))

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
        h[-1] = self.reference.shift(x)
        if not z[-2] > 0.0:
            h[:] = np.inf
        return h, BorderedProblem(intervals, self.closing, self.phase)

    def correct(self, guess: Array, row: Array, level: float, settings: Settings) -> Correction:
        """Newton's method in one compiled call, where f is machine code."""
        rows, levels = np.empty((2, len(row))), np.empty(len(self.levels) + 1)
        rows[0], rows[1] = self.phase[0], row
        levels[:-1], levels[-1] = self.levels, level
        where = (self.p, np.array([self.index]))
        scales = self.scales(guess)
        found = corrected(self.scheme, *where, self.closing, rows, levels, guess, scales, settings)
        if found is None:
            return super().correct(guess, row, level, settings)
        correction, transport = found
        self.last.keep(correction.z, self.reference.mesh, transport)
        return correction

    # ----------------------------------------------------------------------------------------------
    # What z stands for

    def state(self, z: Array) -> Solution:
        """The first point of the cycle, all parameters, the period and the orbit."""
        x, period = self.profile(z).T.copy(), float(z[-2])
        values = dict(zip(self.system.parameters, self.parameters(z).tolist(), strict=True))
        t = period * self.reference.base_points
        orbit = Orbit(t, x, self.system, values, self.reference.degree)
        return Solution(x[:, 0].copy(), values, period, orbit)

    @cached_property
    def size(self) -> float:
        """Unit of length: the largest modulus of a state, or `System.size` if larger."""
        return self.system.extent(self.reference.x)

    @cached_property
    def _weights(self) -> Array:
        nodes = np.repeat(self.reference.nodes / self.size**2, self.system.dimension)
        period = PERIOD_WEIGHT / self.reference.period**2
        return np.append(nodes, (period, 1.0 / self.unit**2))

    def weights(self, z: Array) -> Array:
        """The mean of the states squared, the parameter, both in their units; hardly the period."""
        return self._weights

    def scales(self, z: Array) -> Array:
        """The size of the states, the period, the unit of the parameter plus its value."""
        scales = np.full(len(z), self.size)
        scales[-2:] = self.reference.period, self.unit + abs(float(z[-1]))
        return scales

    def spectrum(self, z: Array) -> ComplexArray:
        """Multipliers: the trivial one first, the others by falling modulus."""
        return multipliers(*self.transport(z))

    def transport(self, z: Array) -> Transport:
        """The linear flow from mesh point to mesh point."""
        kept = self.last.find(z, self.reference.mesh)
        if kept is None:
            at_mesh = np.ascontiguousarray(self.profile(z)[:: self.reference.degree])
            flow = self.system.evaluate(at_mesh, self.parameters(z))
            kept = Transport(self.intervals(z).transitions, flow)
            self.last.keep(z, self.reference.mesh, kept)
        return kept

    def is_stable(self, spectrum: ComplexArray) -> bool:
        """All multipliers but the trivial one lie inside the unit circle."""
        return bool(np.all(np.abs(spectrum[1:]) < 1.0))

    def unstable_count(self, spectrum: ComplexArray) -> int:
        """Multipliers outside the unit circle, the trivial one not counted."""
        return int(np.count_nonzero(np.abs(spectrum[1:]) > 1.0))

    def measures(self, point: Point) -> dict[str, float]:
        """Smallest and largest value of each state, and the error of the trivial multiplier."""
        x = self.profile(point.z)
        return along.measures(self.system, x, self.reference, point.spectrum)

    def signature(self, z: Array) -> Array:
        """Extremes of the states, period and parameter, in the units of the step length."""
        x, degree = self.profile(z), self.reference.degree
        return along.signature(x, degree, self.size, z[-2], z[-1:] / self.unit)

    # ----------------------------------------------------------------------------------------------
    # Along a branch

    def refresh(self, point: Point, step: int) -> tuple[Curve, Point]:
        """Adapt the mesh and take the present profile as the reference of the phase.

        The point is interpolated onto the new mesh and corrected there; where that fails, which is
        a sign of a mesh too coarse, everything stays as it is.
        """
        if step % self.settings.adapt_every:
            return self, point
        old, x = self.reference, self.profile(point.z)
        count = along.refined(len(old.mesh) - 1, point.spectrum, self.settings)
        mesh = meshes.adapted(x, old.mesh, old.degree, count)
        both = np.concatenate((x, self.profile(point.tangent)), axis=1)
        both = profiles.transferred(both, old.mesh, mesh, old.degree)
        moved = along.joined(both[:, : x.shape[1]], point.z[-2:])
        tangent = along.joined(both[:, x.shape[1] :], point.tangent[-2:])
        reference = Reference(mesh, old.degree, self.profile(moved), float(point.z[-2]))
        fresh = replace(self, reference=reference)
        tangent /= norm(fresh, moved, tangent)
        adapted = fresh.moved_to(moved, tangent)
        return (fresh, adapted) if adapted is not None else (self, point)

    def moved_to(self, z: Array, tangent: Array) -> Point | None:
        """The cycle near z, interpolated from another mesh, and its tangent; None if it is lost.

        One Newton step will do: it is accepted where it is short, see `along.once`.
        """
        row = self.weights(z) * tangent
        found = self.correct(z, row, float(row @ z), along.once(self.settings))
        if found.converged and found.iterations == 1:
            return completed(self, found, tangent)
        return point_near(self, z, tangent, self.settings)

    def end(self, before: Point, after: Point) -> StopReason | None:
        """The period's bound, an equilibrium to which the cycle shrank, or a homoclinic orbit.

        Near a homoclinic orbit the parameter stands still while the period grows. A branch for
        which a bound of the period was asked goes on to it, as long as the mesh resolves the cycle.
        """
        if self.period_below is not None and after.z[-2] >= self.period_below:
            return StopReason.PERIOD_BOUND
        if along.shrank(self.reference, self.profile(before.z), self.profile(after.z)):
            return StopReason.AT_HOPF
        if self.reference.is_reversed(self.profile(after.z)):
            return StopReason.AT_PERIOD_DOUBLING
        lost = not unit_circle.is_resolved(after.spectrum)
        standing = self.period_below is None and along.stands_still(before.z, after.z, self.unit)
        if (lost or standing) and after.z[-2] > before.z[-2]:
            x, p = self.profile(after.z), self.parameters(after.z)
            if along.rests(self.system, p, x, self.reference):
                return near_connection(self.state(after.z), self.free[0])
        return None

    def boundary(self, before: Point, reason: StopReason) -> tuple[Array, float] | None:
        """The period's bound exactly; a cycle that shrinks has a thousandth of its size left."""
        if reason is StopReason.PERIOD_BOUND and self.period_below is not None:
            row = np.zeros(len(before.z))
            row[-2] = 1.0
            return row, self.period_below
        shrinking = {
            StopReason.AT_HOPF: self.reference.swings,
            StopReason.AT_PERIOD_DOUBLING: self.reference.halves_row,
        }
        if reason in shrinking:
            row = np.append(shrinking[reason], (0.0, 0.0))
            return row, along.VANISHED * float(row @ before.z)
        return None

    # ----------------------------------------------------------------------------------------------
    # Special points

    def events(self) -> tuple[Event, ...]:
        """LPC, BPC and PD, and NS from three states on."""
        return cycle_events(self.settings, self.system.dimension)

    def variation(self, z: Array) -> Variation:
        """The equation linearised along the cycle."""
        mesh, degree = self.reference.mesh, self.reference.degree
        p, x = self.parameters(z), self.profile(z)
        return Variation(self.system, p, x, float(z[-2]), mesh, degree)

    def fields(self, z: Array) -> dict[str, object]:
        """The phase response at the base points, shape (n, N m + 1); none at a fold of cycles."""
        if np.min(np.abs(self.spectrum(z)[1:] - 1.0), initial=np.inf) < HYPERBOLIC:
            return {}
        flow = self.system.evaluate(self.profile(z), self.parameters(z))
        response = phase_response(self.intervals(z), flow)
        return {"phase_response": np.ascontiguousarray(response.T)}

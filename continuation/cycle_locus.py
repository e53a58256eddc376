r"""Curves of bifurcations of cycles in two free parameters.

A cycle with vectors along it, z = (x and the vectors at the base points, T, c, lambda_1, lambda_2):
the boundary value problem of `collocation.augmented`, of which folds of cycles, period doublings,
tori and cycles of a fixed period are special cases. They differ in how the vectors close, and in
what may happen along the curve: their events. Each kind is one file of `curves`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from continuation.carrying import carrying
from continuation.collocation import along
from continuation.collocation import profile as profiles
from continuation.collocation.augmented import Augmented, Closing, orthogonal
from continuation.collocation.reference import Reference
from continuation.collocation.variational import Variation
from continuation.curve import Curve, Event, Point, Solution, Start
from continuation.engine import norm, point_near
from continuation.errors import ContinuationError, StopReason
from continuation.linalg import unit_circle
from continuation.linalg.bordered import StructuredJacobian, factorise
from continuation.settings import Settings
from continuation.special import SpecialPoint

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

HELD = 1e-3
"""A multiplier that the equations hold is where they hold it within this."""

FAR_FROM_REAL = 0.999
"""Near |cos(theta)| = 1 two multipliers coalesce, and each is known to half the digits only."""


@dataclass(frozen=True)
class CycleLocus(Curve):
    """Bifurcating cycles of one kind in two parameters.

    Attributes
    ----------
    kind : str
        What is followed: "folds of cycles", "period doublings", ...
    problem : Augmented
        The defining system, with the references that follow the cycle and its vectors.
    settings : Settings
        Degree, number of intervals, how often the mesh is adapted.
    looked_for : tuple of Event
        What may happen along the curve.
    """

    kind: str
    problem: Augmented
    settings: Settings
    looked_for: tuple[Event, ...]

    spectrum_name: ClassVar[str] = "multipliers"

    @property
    def system(self) -> System:
        """The flow."""
        return self.problem.system

    @property
    def free(self) -> tuple[str, ...]:
        """The two free parameters."""
        return self.problem.free

    def start(self, z: Array, provenance: str) -> Start:
        """Start at a solution, or close to one, along the curve."""
        return Start(z, tangent_at(self, z), provenance)

    def small(self, z: Array, wave: Array, provenance: str) -> Start | None:
        """Start on a small cycle of the amplitude that the guess has, if there is one.

        Parameters
        ----------
        z : ndarray, shape (N,)
            The guess: a linear cycle.
        wave : ndarray, shape (N m + 1, n)
            Direction of the profile, as it grows with the amplitude.
        provenance : str
            See `Start`.
        """
        problem, tangent = self.problem, np.zeros(len(z))
        problem.body(tangent)[:, : self.system.dimension] = wave
        found = point_near(self, z, tangent / norm(self, z, tangent), self.settings)
        if found is None:
            return None
        x, period = problem.profile(found.z), problem.period(found.z)
        alike = problem.reference.resembles(x, period)
        return Start(found.z, found.tangent, provenance) if alike else None

    def residual(self, z: Array) -> Array:
        """The equations of `collocation.augmented`."""
        return self.problem.linearize(z)[0]

    def jacobian(self, z: Array) -> StructuredJacobian:
        """Their exact derivative, condensed."""
        return self.problem.linearize(z)[1]

    def linearize(self, z: Array) -> tuple[Array, StructuredJacobian]:
        """Both in one evaluation."""
        return self.problem.linearize(z)

    def state(self, z: Array) -> Solution:
        """The cycle and all parameters."""
        return self.problem.state(z)

    def weights(self, z: Array) -> Array:
        """Means over the orbit, parameters in their units."""
        return self.problem.weights

    def refresh(self, point: Point, step: int) -> tuple[Curve, Point]:
        """Adapt the mesh, and take profile and vectors as the references."""
        if step % self.settings.adapt_every:
            return self, point
        problem = self.problem
        count = along.refined(len(problem.reference.mesh) - 1, point.spectrum, self.settings)
        adapted, z, tangent = problem.renewed(point.z, point.tangent, count)
        fresh = replace(self, problem=adapted)
        found = point_near(fresh, z, tangent / norm(fresh, z, tangent), self.settings)
        return (fresh, found) if found is not None else (self, point)

    def spectrum(self, z: Array) -> ComplexArray:
        """Multipliers: the trivial one first, the others by falling modulus."""
        return self.problem.spectrum(z)

    def is_stable(self, spectrum: ComplexArray) -> bool:
        """All but the trivial one lie inside the unit circle, where none is held on it."""
        held = self.problem.along is not None
        return not held and bool(np.all(np.abs(spectrum[1:]) < 1.0))

    def measures(self, point: Point) -> dict[str, float]:
        """Extremes of the states, error of the trivial multiplier, and the angle of a pair."""
        problem = self.problem
        x = problem.profile(point.z)
        found = along.measures(self.system, x, problem.reference, point.spectrum)
        if problem.across is not None:
            found["theta"] = float(np.arccos(np.clip(problem.scalar(point.z), -1.0, 1.0)))
        return found

    def signature(self, z: Array) -> Array:
        """Extremes of the states, period and parameters, in the units of the step length."""
        problem = self.problem
        x, parameters = problem.profile(z), z[-2:] / problem.units
        degree = problem.reference.degree
        return along.signature(x, degree, problem.size, problem.period(z), parameters)

    def end(self, before: Point, after: Point) -> StopReason | None:
        """An equilibrium to which the cycle shrank, a homoclinic orbit, or a mesh too coarse.

        Close to a homoclinic orbit the discrete equations go on to have solutions when the cycle
        has none any more: its multipliers, which are computed by themselves, tell.
        """
        problem = self.problem
        reference, x = problem.reference, problem.profile(after.z)
        if along.shrank(reference, problem.profile(before.z), x):
            return StopReason.AT_HOPF
        held = problem.held(after.z)
        if problem.across is not None and abs(problem.scalar(after.z)) >= FAR_FROM_REAL:
            held = ()
        away = [float(np.abs(after.spectrum[1:] - mu).min()) for mu in held]
        if unit_circle.is_resolved(after.spectrum) and max(away, default=0.0) < HELD:
            return None
        rests = along.rests(problem.system, problem.parameters(after.z), x, reference)
        return StopReason.NEAR_HOMOCLINIC if rests else StopReason.UNRESOLVED

    def boundary(self, before: Point, reason: StopReason) -> tuple[Array, float] | None:
        """Next to a Hopf point, a cycle of a thousandth of the size."""
        if reason is not StopReason.AT_HOPF:
            return None
        row = np.zeros(len(before.z))
        body = self.problem.body(row)
        body[:, : self.system.dimension] = self.problem.reference.swings.reshape(len(body), -1)
        return row, along.VANISHED * float(row @ before.z)

    def events(self) -> tuple[Event, ...]:
        """Those that the kind has."""
        return self.looked_for


def problem_at(point: Point) -> Augmented:
    """The defining system of the curve that computed a point."""
    assert isinstance(point.curve, CycleLocus)
    return point.curve.problem


def variation_at(point: Point) -> Variation:
    """The equation linearised along the cycle of a point."""
    return problem_at(point).variation(point.z)


def others(point: Point) -> ComplexArray:
    """The multipliers, the trivial one first, without those that the curve holds."""
    return unit_circle.without(point.spectrum, *problem_at(point).held(point.z))


def cycle_at(point: SpecialPoint, settings: Settings) -> Variation:
    """The cycle of a special point, on a mesh at least as fine as the settings ask.

    Raises
    ------
    ContinuationError
        When the point carries no collocation solution.
    """
    orbit = point.orbit
    if orbit is None or orbit.degree is None or orbit.system is None:
        raise ContinuationError(f"{point.label or point.kind} carries no cycle to start from.")
    count = min((len(orbit.t) - 1) // orbit.degree, along.LARGEST_MESH * settings.intervals)
    mesh, x = profiles.of_orbit(orbit, max(count, settings.intervals), settings.degree)
    p = orbit.system.vector(point.parameters)
    return Variation(orbit.system, p, x, float(orbit.t[-1]), mesh, settings.degree)


def augmented(
    cycle: Variation,
    closing: Closing,
    free: tuple[str, str],
    units: Array,
    vectors: Array,
    scalar: float,
) -> tuple[Augmented, Array]:
    """The problem of a cycle and vectors along it, with itself as the reference, and its z.

    Parameters
    ----------
    cycle : Variation
        At the special point.
    closing : Closing
        Boundary conditions of the vectors.
    free : tuple of two str
        The free parameters.
    units : ndarray, shape (2,)
        Widths of their windows.
    vectors : ndarray, shape (k, N m + 1, n)
        The vectors, none or more; the first has mean square 1.
    scalar : float
        c.
    """
    reference = Reference(cycle.mesh, cycle.degree, cycle.x, cycle.period)
    count = len(vectors)
    first = vectors[0] if count else None
    across = orthogonal(reference.nodes, vectors[0], vectors[1]) if count == 2 else None
    with_vectors = cycle.system
    if count:
        with_vectors = carrying(cycle.system, count, closing.across_flow)
    problem = Augmented(
        cycle.system, with_vectors, closing, free, cycle.p, units, reference, first, across
    )
    return problem, problem.join(cycle.x, vectors, cycle.period, scalar)


def tangent_at(curve: Curve, z: Array) -> Array:
    """Unit tangent of a curve in two parameters at a solution, or close to one.

    It is begun across the windows, and found by the Jacobian bordered with that row; bordered with
    the result, the matrix is regular wherever the curve is.
    """
    row = np.zeros(len(z))
    row[-2:] = np.sqrt(curve.weights(z)[-2:]) * (1.0, 0.5)
    last = np.append(np.zeros(len(z) - 1), 1.0)
    tangent = last
    for _ in range(2):
        tangent = factorise(curve.jacobian(z), row).solve(last)
        tangent = tangent / norm(curve, z, tangent)
        row = curve.weights(z) * tangent
    return tangent

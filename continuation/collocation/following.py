"""What all curves of bifurcations of cycles share: a start, the adapted mesh, the natural end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from continuation.carrying import carrying
from continuation.collocation import along
from continuation.collocation import profile as profiles
from continuation.collocation.augmented import Augmented, Closing, orthogonal
from continuation.collocation.reference import Reference
from continuation.collocation.variational import Variation
from continuation.curve import Curve, Point
from continuation.engine import norm, point_near
from continuation.errors import ContinuationError, StopReason
from continuation.linalg import unit_circle
from continuation.linalg.bordered import factorise
from continuation.settings import Settings
from continuation.special import SpecialPoint

Array = NDArray[np.float64]

HELD = 1e-3
"""A multiplier that the equations hold is where they hold it within this."""


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


def refreshed(
    curve: Any, problem: Augmented, settings: Settings, point: Point, step: int
) -> tuple[Curve, Point]:
    """Adapt the mesh, and take profile and vectors as the references; see `Curve.refresh`."""
    if step % settings.adapt_every:
        return curve, point
    count = along.refined(len(problem.reference.mesh) - 1, point.spectrum, settings)
    adapted, z, tangent = problem.renewed(point.z, point.tangent, count)
    fresh = replace(curve, problem=adapted)
    found = point_near(fresh, z, tangent / norm(fresh, z, tangent), settings)
    return (fresh, found) if found is not None else (curve, point)


def ended(problem: Augmented, before: Point, after: Point, *held: complex) -> StopReason | None:
    """An equilibrium to which the cycle shrank, a homoclinic orbit, or a mesh too coarse.

    Close to a homoclinic orbit the discrete equations go on to have solutions when the cycle has
    none any more: its multipliers, which are computed by themselves, tell.

    Parameters
    ----------
    problem : Augmented
        The defining system.
    before, after : Point
        The two ends of a step.
    *held : complex
        Multipliers that the cycle must have.
    """
    reference, one, other = problem.reference, *map(problem.profile, (before.z, after.z))
    if along.shrank(reference, one, other):
        return StopReason.AT_HOPF
    away = [float(np.abs(after.spectrum[1:] - mu).min()) for mu in held]
    if unit_circle.is_resolved(after.spectrum) and max(away, default=0.0) < HELD:
        return None
    rests = along.rests(problem.system, problem.parameters(after.z), other, reference)
    return StopReason.NEAR_HOMOCLINIC if rests else StopReason.UNRESOLVED


def boundary(problem: Augmented, before: Point, reason: StopReason) -> tuple[Array, float] | None:
    """Next to a Hopf point, a cycle of a thousandth of the size."""
    if reason is not StopReason.AT_HOPF:
        return None
    row = np.zeros(len(before.z))
    body = row[: -problem.scalars].reshape(-1, problem.carrying.dimension)
    body[:, : problem.system.dimension] = problem.reference.swings.reshape(len(body), -1)
    return row, along.VANISHED * float(row @ before.z)


def measures(problem: Augmented, point: Point) -> dict[str, float]:
    """Smallest and largest value of each state, and the error of the trivial multiplier."""
    x = problem.profile(point.z)
    return along.measures(problem.system, x, problem.reference, point.spectrum)


def signature(problem: Augmented, z: Array) -> Array:
    """Extremes of the states, period and parameters, in the units of the step length."""
    x, parameters = problem.profile(z), z[-2:] / problem.units
    return along.signature(x, problem.period(z), parameters, problem.reference)

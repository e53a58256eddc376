"""Cut one period out of a trajectory that has come close to a cycle, by its closest return."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from continuation.collocation import mesh as meshes
from continuation.collocation.profile import base_points
from continuation.errors import ContinuationError
from continuation.orbit import Orbit

if TYPE_CHECKING:
    from continuation.settings import Settings
    from continuation.system import System

Array = NDArray[np.float64]

RELATIVE, ABSOLUTE = 1e-10, 1e-12
"""Tolerances of the integration: Newton's method does the rest."""

NEAR = 3.0
"""The first return that misses by at most this many times the closest one is one period: later
returns of a trajectory that still approaches its cycle are closer, but are many periods."""

MISS = 0.1
"""Largest miss, in units of the size of the orbit, that counts as a return at all."""

ADAPTATIONS = 3
"""The mesh is adapted to a known orbit so many times; then it no longer changes much."""

SMALLEST = 1e-6
"""An orbit, a miss or a time below this part of its scale counts as zero."""

SAMPLES = 1000
"""Points at which the size of the trajectory is measured."""

LONGER = 3.0
"""The trajectory is followed for this many times the duration of the given orbit."""


def one_period(orbit: Orbit, system: System, settings: Settings) -> Orbit:
    """One approximate period of a trajectory near a cycle, as a profile on an adapted mesh.

    Raises
    ------
    ContinuationError
        When the orbit rests at an equilibrium, or does not return.
    """
    period, states = closest_return(orbit, system, system.vector(orbit.parameters))
    mesh = meshes.uniform(settings.intervals)
    for _ in range(ADAPTATIONS):
        x = states(period * base_points(mesh, settings.degree)).T
        mesh = meshes.adapted(x, mesh, settings.degree, settings.intervals)
    t = period * base_points(mesh, settings.degree)
    return Orbit(t, states(t), system, orbit.parameters, settings.degree)


def closest_return(
    orbit: Orbit, system: System, p: Array
) -> tuple[float, Callable[[Array], Array]]:
    """Follow an orbit from its end until it returns, and say after which time.

    Returns are crossings of the plane through the last state normal to the flow, in the direction
    of the flow.

    Parameters
    ----------
    orbit : Orbit
        A trajectory that has settled near a cycle and lasts at least a third of a period.
    system : System
        Its system.
    p : ndarray, shape (n_p,)
        All parameters.

    Returns
    -------
    float
        Time of the return.
    callable
        States, shape (n, k), at times, shape (k,), from 0 to the return.

    Raises
    ------
    ContinuationError
        When the orbit rests at an equilibrium, or does not return.
    """
    start = np.array(orbit.x[:, -1], dtype=float)
    span = LONGER * float(orbit.t[-1] - orbit.t[0])
    path, times, misses = _returns(system, p, start, span)
    size = float(np.ptp(path(np.linspace(0.0, span, SAMPLES)), axis=1).max())
    if not size > SMALLEST * (1.0 + float(np.abs(start).max())):
        raise ContinuationError(
            f"the orbit rests at an equilibrium near {np.array2string(start, precision=4)}: no "
            f"cycle is there. Simulate from another start."
        )
    if not np.min(misses, initial=np.inf) < MISS * size:
        raise ContinuationError(
            f"the orbit did not return to its end within {span:.4g} units of time (closest miss "
            f"{np.min(misses, initial=np.inf):.2g}). Simulate for longer, so that it settles."
        )
    near = misses <= max(NEAR * float(misses.min()), SMALLEST * size)
    return float(times[np.argmax(near)]), path


def _returns(
    system: System, p: Array, start: Array, span: float
) -> tuple[Callable[[Array], Array], Array, Array]:
    """The trajectory from a state, and when and how closely it crosses the section there again."""
    normal = system.evaluate(start[None, :], p)[0]

    def field(t: float, x: Array) -> Array:
        return np.asarray(system.evaluate(np.ascontiguousarray(x)[None, :], p)[0])

    def section(t: float, x: Array) -> float:
        return float(normal @ (x - start))

    section.direction = 1.0  # type: ignore[attr-defined]
    path = solve_ivp(
        field, (0.0, span), start, "DOP853", dense_output=True, events=section,
        rtol=RELATIVE, atol=ABSOLUTE,
    )  # fmt: skip
    if not path.success or path.sol is None or path.t_events is None or path.y_events is None:
        raise ContinuationError(f"the orbit could not be followed: {path.message}")
    later = path.t_events[0] > SMALLEST * span
    states = np.reshape(path.y_events[0], (-1, len(start)))[later]
    return path.sol, path.t_events[0][later], np.linalg.norm(states - start, axis=1)

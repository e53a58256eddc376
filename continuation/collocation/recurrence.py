"""Cut one period out of a trajectory that has come close to a cycle, by its closest return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from continuation.errors import ContinuationError

if TYPE_CHECKING:
    from continuation.orbit import Orbit
    from continuation.system import System

Array = NDArray[np.float64]

RELATIVE, ABSOLUTE = 1e-10, 1e-12
"""Tolerances of the integration: Newton's method does the rest."""

NEAR = 3.0
"""The first return that misses by at most this many times the closest one is one period: later
returns of a trajectory that still approaches its cycle are closer, but are many periods."""

MISS = 0.1
"""Largest miss, in units of the size of the orbit, that counts as a return at all."""

LONGER = 3.0
"""The trajectory is followed for this many times the duration of the given orbit."""


@dataclass(frozen=True)
class Loop:
    """One approximate period of a trajectory.

    Attributes
    ----------
    period : float
        Time of the return.
    at : callable
        ``at(t)``, shape (k,) in [0, period], gives states, shape (k, n).
    miss : float
        Distance between start and return.
    """

    period: float
    miss: float
    solution: object

    def at(self, t: Array) -> Array:
        """States, shape (k, n), at times t, shape (k,), in [0, period]."""
        return np.asarray(self.solution(t).T)  # type: ignore[operator]


def closest_return(orbit: Orbit, system: System, p: Array) -> Loop:
    """Follow an orbit from its end until it returns, and say after which time.

    Returns are crossings of the plane through the last state normal to the flow, in the direction of
    the flow.

    Parameters
    ----------
    orbit : Orbit
        A trajectory that has settled near a cycle and lasts at least a third of a period.
    system : System
        Its system.
    p : ndarray, shape (n_p,)
        All parameters.

    Raises
    ------
    ContinuationError
        When the orbit rests at an equilibrium, or does not return.
    """
    start = np.array(orbit.x[:, -1], dtype=float)
    span = LONGER * float(orbit.t[-1] - orbit.t[0])
    normal = system.evaluate(start[None, :], p)[0]

    def field(t: float, x: Array) -> Array:
        return system.evaluate(np.ascontiguousarray(x)[None, :], p)[0]

    def section(t: float, x: Array) -> float:
        return float(normal @ (x - start))

    section.direction = 1.0  # type: ignore[attr-defined]
    path = solve_ivp(
        field, (0.0, span), start, "DOP853", dense_output=True, events=section,
        rtol=RELATIVE, atol=ABSOLUTE,
    )  # fmt: skip
    size = float(np.ptp(path.y, axis=1).max())
    if not size > 1e-6 * (1.0 + float(np.abs(start).max())):
        raise ContinuationError(
            f"the orbit rests at an equilibrium near {np.array2string(start, precision=4)}: no cycle "
            f"is there. Simulate from another start."
        )
    times, states = path.t_events[0], path.y_events[0]
    later = times > 1e-6 * span
    times, states = times[later], states[later]
    misses = np.linalg.norm(states - start, axis=1) if len(times) else np.array([np.inf])
    if not misses.min() < MISS * size:
        raise ContinuationError(
            f"the orbit did not return to its end within {span:.4g} units of time (closest miss "
            f"{misses.min():.2g}). Simulate for longer, so that it settles on its cycle."
        )
    first = int(np.argmax(misses <= max(NEAR * misses.min(), 1e-6 * size)))
    return Loop(float(times[first]), float(misses[first]), path.sol)

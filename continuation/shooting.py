r"""Shoot along a one-dimensional unstable manifold until it comes back, or comes to another saddle.

From x_0 + s eps v, with v the unstable eigenvector, s = 1 or -1 and eps small, the flow is
followed to its closest approach to a target, the saddle itself or another one. There

.. math:: \gamma(\lambda) = \langle p, u - x \rangle / |u - x|

with the left unstable eigenvector p of the target x tells on which side of the target's stable
manifold the orbit passes: it changes sign where the orbit is a connection. The interval of lambda
is searched for such changes and the one with the closest approach is bisected. What comes out is
a start for `homoclinic` or `heteroclinic`, good to about six digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from continuation import points
from continuation.checks import once
from continuation.defining import Equations
from continuation.errors import ContinuationError, NoConvergence
from continuation.options import Bounds, bounds, known, state_of
from continuation.orbit import Orbit

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]

OFFSET = 1e-6
"""Distance from the saddle at which the orbit is begun, in units of 1 + |x|."""

TRIALS = 60
"""Values of the parameter that are tried."""

PATIENCE = 60.0
"""An orbit that has not come to its closest approach is given up after so many times 1 / nu; it
takes log(1 / OFFSET) = 14 of them to leave."""

CLOSE = 1e-2
"""At a connection the closest approach is below this part of the size of the orbit."""

ACCURACY = 1e-10
"""Relative tolerance of the integration."""

SAMPLES = 1601
"""Of the orbit that is returned: four hundred intervals of degree four."""


@dataclass(frozen=True)
class Shot:
    """One orbit along the unstable manifold, up to its closest approach to the target.

    Attributes
    ----------
    gap : float
        gamma; nan where the orbit did not come back.
    nearest : float
        Distance at the closest approach, in units of the largest distance from the start.
    time : float
        At the closest approach.
    start : ndarray, shape (n,)
        First point.
    p : ndarray, shape (n_p,)
        All parameters.
    """

    gap: float
    nearest: float
    time: float
    start: Array
    p: Array


@dataclass(frozen=True)
class Shooter:
    """What is shot from where to where, at any value of one parameter.

    Attributes
    ----------
    equations : Equations
        With one free parameter.
    saddle, target : ndarray, shape (n,)
        Guesses of the two equilibria, followed from value to value by Newton's method.
    side : int
        1 or -1.
    direction, normal : ndarray, shape (n,)
        Orientation of v and of p.
    """

    equations: Equations
    saddle: Array
    target: Array
    side: int
    direction: Array
    normal: Array

    def __call__(self, value: float) -> Shot:
        """Shoot at a value of the parameter."""
        free = np.array([value])
        saddle, _ = points.equilibrium(self.equations, self.saddle, free)
        target, _ = points.equilibrium(self.equations, self.target, free)
        rate, v = _unstable(self.equations.first(np.append(saddle, value))[1], self.direction)
        _, p = _unstable(self.equations.first(np.append(target, value))[1].T, self.normal)
        start = saddle + self.side * OFFSET * (1.0 + float(np.linalg.norm(saddle))) * v
        parameters = self.equations.parameters(np.append(saddle, value))
        found = self._flow(start, parameters, target, PATIENCE / rate)
        if not len(found.t_events[0]):
            return Shot(np.nan, np.inf, np.nan, start, parameters)
        time, last = float(found.t_events[0][0]), found.y_events[0][0]
        away = last - target
        farthest = float(np.linalg.norm(found.y - start[:, None], axis=0).max())
        distance = float(np.linalg.norm(away))
        return Shot(float(p @ away) / distance, distance / farthest, time, start, parameters)

    def _flow(self, start: Array, p: Array, target: Array, duration: float) -> Any:
        """Integrate to the first minimum of the distance from the target."""
        evaluate = self.equations.system.evaluate

        def field(_: float, x: Array) -> Array:
            return np.asarray(evaluate(np.ascontiguousarray(x[None, :]), p)[0])

        def approach(t: float, x: Array) -> float:
            return float((x - target) @ field(t, x))

        approach.terminal, approach.direction = True, 1.0  # type: ignore[attr-defined]
        size = 1.0 + float(np.linalg.norm(start))
        return solve_ivp(
            field,
            (0.0, duration),
            start,
            method="DOP853",
            rtol=ACCURACY,
            atol=ACCURACY * OFFSET * size,
            events=approach,
            dense_output=True,
        )

    def orbit(self, shot: Shot) -> Orbit:
        """The orbit of a shot, sampled."""
        target, _ = points.equilibrium(self.equations, self.target, shot.p[self.equations.indices])
        solution = self._flow(shot.start, shot.p, target, 2.0 * shot.time)
        t = np.linspace(0.0, shot.time, SAMPLES)
        names = self.equations.system.parameters
        return Orbit(
            t,
            solution.sol(t),
            self.equations.system,
            dict(zip(names, shot.p.tolist(), strict=True)),
        )


def shoot(
    system: System,
    start: ArrayLike,
    free: str,
    within: Bounds,
    side: Literal[1, -1] = 1,
    towards: ArrayLike | None = None,
    parameters: Mapping[str, float] | None = None,
    **named: float,
) -> Orbit:
    """Find an orbit on a one-dimensional unstable manifold that almost connects.

    Parameters
    ----------
    system : System
        x' = f(x, p).
    start : array_like, shape (n,)
        Near a saddle with one unstable eigenvalue.
    free : str
        The parameter to vary.
    within : (float, float)
        Where to look.
    side : {1, -1}
        Which half of the manifold: in the direction in which the largest component of the
        eigenvector is positive, or the other.
    towards : array_like, shape (n,), optional
        Near the saddle that is to be reached, with one unstable eigenvalue; the same by default.
    parameters : mapping of str to float, optional
        Values of parameters.
    **named
        The same, by their names.

    Returns
    -------
    Orbit
        For `homoclinic(orbit, free)` or `heteroclinic(orbit, free)`.

    Raises
    ------
    ValueError
        For unknown names or a window that is none.
    ContinuationError
        When no connection is found in the window, or a saddle has not one unstable eigenvalue.
    """
    p = system.vector(once(parameters, named))
    known(system, free)
    lo, hi = bounds(free, within)
    if side not in (1, -1) or not np.all(np.isfinite([lo, hi])):
        raise ValueError(f"`side` must be 1 or -1 and `within` bounded, got {side} and {within}.")
    equations = Equations(system, (free,), p)
    value = float(p[equations.indices[0]])
    value = value if lo <= value <= hi else 0.5 * (lo + hi)
    guess = state_of(system, start)
    goal = guess if towards is None else state_of(system, towards)
    saddle, _ = points.equilibrium(equations, guess, np.array([value]))
    target, _ = points.equilibrium(equations, goal, np.array([value]))
    _, v = _unstable(equations.first(np.append(saddle, value))[1], None)
    _, normal = _unstable(equations.first(np.append(target, value))[1].T, None)
    shooter = Shooter(equations, saddle, target, side, v, normal)
    shot = _connection(shooter, lo, hi, free)
    return shooter.orbit(shot)


def _connection(shooter: Shooter, lo: float, hi: float, free: str) -> Shot:
    """The shot that comes closest where gamma changes sign."""
    values = np.linspace(lo, hi, TRIALS)
    shots = [_tried(shooter, float(value)) for value in values]
    gaps = np.array([shot.gap for shot in shots])
    nearest = np.array([shot.nearest for shot in shots])
    changes = np.flatnonzero(gaps[:-1] * gaps[1:] < 0.0)
    best = np.inf
    for i in changes[np.argsort(np.minimum(nearest[changes], nearest[changes + 1]))]:
        try:
            root = brentq(
                lambda v: shooter(v).gap, values[i], values[i + 1], xtol=1e-15, rtol=1e-14
            )
            candidates = [shooter(float(root)), shots[i], shots[i + 1]]
        except (NoConvergence, ContinuationError, ValueError):
            continue
        shot: Shot = candidates[int(np.argmin([one.nearest for one in candidates]))]
        best = min(best, shot.nearest)
        if shot.nearest < CLOSE:
            return shot
    came = (
        f"the closest approach was {best:.2g} of its size"
        if best < np.inf
        else "it never came back"
    )
    raise ContinuationError(
        f"no connection was found for {free} in ({lo:.6g}, {hi:.6g}) along this half of the "
        f"unstable manifold: {came}."
    )


def _tried(shooter: Shooter, value: float) -> Shot:
    """A shot, or none where the equilibria do not exist."""
    try:
        return shooter(value)
    except ContinuationError:
        return Shot(np.nan, np.inf, np.nan, np.empty(0), np.empty(0))


def _unstable(matrix: Array, like: Array | None) -> tuple[float, Array]:
    """The one unstable eigenvalue and its vector, of length 1, on the side of another one."""
    values, vectors = np.linalg.eig(matrix)
    unstable = np.flatnonzero(values.real > 0.0)
    if len(unstable) != 1 or len(values) == 1:
        raise ContinuationError(
            f"shooting needs saddles with one unstable eigenvalue, here there are {len(unstable)} "
            f"among {np.round(values, 6)}."
        )
    v = np.real(vectors[:, unstable[0]])
    v = v / np.linalg.norm(v)
    towards = v[np.argmax(np.abs(v))] if like is None else v @ like
    return float(values[unstable[0]].real), np.asarray(v if towards >= 0.0 else -v)

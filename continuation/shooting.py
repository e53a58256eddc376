r"""Shoot along a one-dimensional unstable manifold until it comes back, or comes to another saddle.

From x_0 + s eps v, with v the unstable eigenvector, s = 1 or -1 and eps small, the flow is
followed to its closest approach to a target, the saddle itself or another one. There

.. math:: \gamma(\lambda) = \langle p, u - x \rangle / |u - x|

with the left unstable eigenvector p of the target x tells on which side of the target's stable
manifold the orbit passes: it changes sign where the orbit is a connection. The interval of lambda
is searched for such changes, which are bisected, the quickest first, for others take more rounds.
What comes out is a start for `homoclinic` or `heteroclinic`, good to about six digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import DOP853
from scipy.optimize import brentq

from continuation import points
from continuation.checks import once, state_of
from continuation.defining import Equations
from continuation.errors import ContinuationError, NoConvergence
from continuation.options import Bounds, bounds, known
from continuation.orbit import Orbit

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]

OFFSET = 1e-6
"""Distance from the saddle at which the orbit is begun, in units of 1 + |x|."""

TRIALS = 60
"""Values of the parameter that are tried."""

PATIENCE, RETURN = 60.0, 20.0
"""An orbit that has not come close is given up after so many times 1 / nu and so many times 1 / mu,
with the rate mu at which it arrives; it takes log(1 / OFFSET) = 14 times 1 / nu to leave."""

NEAR = 0.25
"""A smallest distance is a close approach below this part of the largest one before: a pulse that
jumps between slow motions is nearest to its rest several times."""

CLOSE = 1e-2
"""At a connection the closest approach is below this part of the size of the orbit."""

ACCURACY, COARSE = 1e-10, 1e-7
"""Relative tolerance of the integration, at last and for the values that are tried first."""

BRACKETED = 1e-12
"""Relative width of the bracket at which the bisection ends."""

PIECES = 8
"""States that are kept of every step of the integration: its steps are long, of order eight."""

LEAVE, LOST = 10.0, 1e6
"""An orbit that has been close is followed until it is so many times as far, or twice as far as
`NEAR`: around a saddle-focus it comes closer with every turn, and after it has left a second round
begins. Any orbit is given up when it is so many times 1 + |x| away."""


@dataclass(frozen=True)
class Shot:
    """One orbit along the unstable manifold, up to its closest approach to the target.

    Attributes
    ----------
    gap : float
        gamma; nan where the orbit did not come back.
    nearest : float
        Distance at the closest approach, in units of the largest one before.
    t : ndarray, shape (m,)
        Times.
    x : ndarray, shape (m, n)
        States.
    p : ndarray, shape (n_p,)
        All parameters.
    """

    gap: float
    nearest: float
    t: Array
    x: Array
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
    accuracy : float
        Relative tolerance of the integration.
    """

    equations: Equations
    saddle: Array
    target: Array
    side: int
    direction: Array
    normal: Array
    accuracy: float = ACCURACY

    def __call__(self, value: float) -> Shot:
        """Shoot at a value of the parameter."""
        free = np.array([value])
        saddle, _ = points.equilibrium(self.equations, self.saddle, free)
        target, _ = points.equilibrium(self.equations, self.target, free)
        rate, v = _unstable(self.equations.first(np.append(saddle, value))[1], self.direction)
        reached = self.equations.first(np.append(target, value))[1]
        _, p = _unstable(reached.T, self.normal)
        arrival = float(np.abs(np.linalg.eigvals(reached).real).min())
        start = saddle + self.side * OFFSET * (1.0 + float(np.linalg.norm(saddle))) * v
        parameters = self.equations.parameters(np.append(saddle, value))
        t, x = self._flight(start, parameters, target, PATIENCE / rate + RETURN / arrival)
        distances = np.linalg.norm(x - target, axis=1)
        before = np.maximum.accumulate(distances)
        back = np.flatnonzero(distances < NEAR * before)
        if not len(back):
            return Shot(np.nan, np.inf, t, x, parameters)
        last = int(back[np.argmin(distances[back])])
        gap = float(p @ (x[last] - target)) / distances[last]
        nearest = distances[last] / before[last]
        return Shot(gap, float(nearest), t[: last + 1], x[: last + 1], parameters)

    def _flight(
        self, start: Array, p: Array, target: Array, duration: float
    ) -> tuple[Array, Array]:
        """Times and states, until the orbit has been close to the target and leaves it again."""
        evaluate = self.equations.system.evaluate

        def field(_: float, x: Array) -> Array:
            return np.asarray(evaluate(np.ascontiguousarray(x[None, :]), p)[0])

        size = 1.0 + float(np.linalg.norm(start))
        tolerances = self.accuracy, self.accuracy * OFFSET * size
        solver = DOP853(field, 0.0, start, duration, rtol=tolerances[0], atol=tolerances[1])
        times, states = [np.zeros(1)], [start[None]]
        farthest, closest = 0.0, np.inf
        while solver.status == "running":
            if solver.step() is not None:  # It says why it failed, as where the orbit blows up.
                break
            times.append(np.linspace(solver.t_old, solver.t, PIECES + 1)[1:])
            states.append(solver.dense_output()(times[-1]).T)
            away = np.linalg.norm(states[-1] - target, axis=1)
            if away.min() < NEAR * farthest:
                closest = min(closest, float(away.min()))
            farthest = max(farthest, float(away.max()))
            left = closest < np.inf and away[-1] > min(LEAVE * closest, 2.0 * NEAR * farthest)
            if left or away[-1] > LOST * size:
                break
        return np.concatenate(times), np.concatenate(states)

    def orbit(self, shot: Shot) -> Orbit:
        """The orbit of a shot, as it was integrated."""
        system = self.equations.system
        named = dict(zip(system.parameters, shot.p.tolist(), strict=True))
        return Orbit(shot.t, np.ascontiguousarray(shot.x.T), system, named)


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
    """The quickest shot that comes close where gamma changes sign: others take more rounds."""
    values = np.linspace(lo, hi, TRIALS)
    coarse = replace(shooter, accuracy=COARSE)
    shots = [_tried(coarse, float(value)) for value in values]
    gaps = np.array([shot.gap for shot in shots])
    times = np.array([shot.t[-1] if len(shot.t) else np.inf for shot in shots])
    changes = np.flatnonzero(gaps[:-1] * gaps[1:] < 0.0)
    best = np.inf
    for i in changes[np.argsort(np.maximum(times[changes], times[changes + 1]))]:
        try:
            root = brentq(lambda v: shooter(v).gap, values[i], values[i + 1], rtol=BRACKETED)
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
        return Shot(np.nan, np.inf, np.empty(0), np.empty((0, 0)), np.empty(0))


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

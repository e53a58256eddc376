r"""The attractor that a start reaches.

An equilibrium is recognised by Newton's method from the end of an orbit, a cycle by the orbit's
return through the plane that is normal to it at its start.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from continuation import newton
from continuation.checks import state_of
from continuation.errors import ContinuationError, NoConvergence
from continuation.simulation.orbits import (
    TooLongError,
    flow_rates,
    integrate,
    iterate,
    jacobian_at,
    parameter_vector,
)

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]

EVALUATIONS = 200_000
"""Evaluations of f, or iterates of a map, after which `settle` is content with where it is: a few
seconds for a small system."""

DRIFT = 0.5
"""An orbit has not settled if what it visits in the last half of its time lies outside what it
visited in the quarter before by more than this, relative to the size of the latter. On a torus or a
chaotic attractor both are the same, but for a few percent; a logarithm leaves by 1."""

ARRIVED = 1e-6
"""`settle` is at an equilibrium when it is this near to a stable one, relative to 1 + |x|: so near,
a start is in its basin but for systems made to deceive, and Newton gives the other digits."""

RETURNED = 1e-8
"""`settle` is on a cycle when the orbit comes back to itself this well, relative to the size of the
cycle: a hundred times the error of one turn."""

LONGEST_CYCLE = 64
"""Longest cycle of a map that `settle` recognises."""

PUSH = 1e-4
"""By how much `settle` moves a start off an unstable equilibrium, relative to 1 + |x|."""


def settle(
    system: System,
    start: ArrayLike,
    *,
    parameters: Mapping[str, float] | None = None,
    **values: float,
) -> Array:
    """State on the attractor that the orbit of a start reaches.

    A stable equilibrium is returned to the last digits, by Newton's method from the end of the
    orbit. If the orbit closes, a state on that cycle is returned, of a map too. Otherwise (a torus,
    chaos, a very slow approach) the state is returned at which the orbit was after `EVALUATIONS`
    evaluations of f, unless it still moves on to new places (`DRIFT`). A start on an unstable
    equilibrium is first pushed off it by `PUSH`.

    Parameters
    ----------
    system : System
        A flow or a map.
    start : array-like, shape (n,)
        In the basin of the attractor.
    parameters : mapping of str to float, optional
        Parameters whose names are those of arguments ("start").
    **values : float
        Parameters by name; the others have their defaults.

    Returns
    -------
    ndarray, shape (n,)
        On the attractor.

    Raises
    ------
    ValueError
        For a wrong shape or an unknown name.
    ContinuationError
        When the orbit escapes to infinity, or has reached no attractor yet.
    """
    p = parameter_vector(system, parameters, values)
    x = state_of(system, start)
    nearby = equilibrium_near(system, x, p)
    if nearby is not None:
        if is_stable(system, nearby, p):
            return nearby
        direction = 1.0 / np.arange(1.0, len(x) + 1.0)
        x = x + PUSH * (1.0 + np.linalg.norm(x)) * direction / np.linalg.norm(direction)
    return _settle_map(system, x, p) if system.kind == "map" else _settle_flow(system, x, p)


def _settle_flow(system: System, x: Array, p: Array) -> Array:
    """`settle` for a flow: integrate for longer and longer, until something is recognised."""
    rates = flow_rates(system, p)
    duration = 10.0 / fastest_rate(system, x, p)
    used, visited = 0, x[:, None]
    while True:
        origin, normal = x, rates.f(0.0, x)

        def section(t: float, y: Array, origin: Array = origin, normal: Array = normal) -> float:
            return float(normal @ (y - origin))

        section.direction = 1.0  # type: ignore[attr-defined]
        span = np.array([0.0, duration])
        try:
            found = integrate(
                rates, x, span, section=section, every_step=True, most=EVALUATIONS - used
            )
        except TooLongError:
            break
        used += found.nfev
        if _comes_back(found, origin):
            return x
        before, visited = visited, found.y
        x = found.y[:, -1].copy()
        equilibrium = equilibrium_near(system, x, p)
        if equilibrium is not None and is_stable(system, equilibrium, p):
            return equilibrium
        duration *= 2.0
    return _arrived(system, before, visited, f"{EVALUATIONS} evaluations of the equations")


def _arrived(system: System, before: Array, visited: Array, after: str) -> Array:
    """The last of the states visited, shape (n, m), unless they still move on to new places.

    Raises
    ------
    ContinuationError
        Where they leave the places visited ``before``.
    """
    lo, hi = before.min(axis=1), before.max(axis=1)
    out = np.maximum(lo - visited.min(axis=1), visited.max(axis=1) - hi)
    far = int(np.argmax(out))
    if out[far] > DRIFT * float((hi - lo).max()):
        raise ContinuationError(
            f"no attractor was reached in {after}: the orbit still moves on, to "
            f"{system.states[far]} = {visited[far, -1]:.6g}. It may escape; otherwise start nearer."
        )
    return visited[:, -1].copy()


def _comes_back(found: Any, origin: Array) -> bool:
    """Whether an orbit, after it went away, came back to its origin through the section there."""
    distance = np.linalg.norm(found.y - origin[:, None], axis=0)
    size = float(distance.max())
    if size < 10.0 * ARRIVED * (1.0 + float(np.linalg.norm(origin))):
        return False
    away = found.t[int(np.argmax(distance > 0.5 * size))]
    crossings = [
        float(np.linalg.norm(y - origin))
        for t, y in zip(found.t_events[0], found.y_events[0], strict=True)
        if t > away
    ]
    return bool(crossings) and min(crossings) < RETURNED * size


def _settle_map(system: System, x: Array, p: Array) -> Array:
    """`settle` for a map: iterate for longer and longer, until something is recognised."""
    count = 2 * LONGEST_CYCLE
    used, visited = 0, x[:, None]
    while used < EVALUATIONS:
        path = iterate(system, x, p, count)
        used += count
        x = path[-1]
        before, visited = visited, path.T
        fixed = equilibrium_near(system, x, p)
        if fixed is not None and is_stable(system, fixed, p):
            return fixed
        last = path[-1 - LONGEST_CYCLE :]
        away = np.linalg.norm(last[:-1] - x, axis=1)
        if 10.0 * ARRIVED < away.max() and away.min() < RETURNED * away.max():
            return x
        count *= 2
    return _arrived(system, before, visited, f"{used} iterates")


def equilibrium_near(system: System, x: Array, p: Array) -> Array | None:
    """The equilibrium (fixed point of a map) within `ARRIVED` of a state, if Newton finds one."""
    identity = np.eye(len(x)) if system.kind == "map" else np.zeros((len(x), len(x)))
    linearization = system.linearize(())

    def equations(u: Array) -> tuple[Array, Array]:
        f, jacobian, _ = linearization(np.ascontiguousarray(u[None, :]), p)
        return f[0] - identity @ u, jacobian[0] - identity

    try:
        root = newton.solve(equations, x, "an equilibrium")
    except NoConvergence:
        return None
    near = float(np.linalg.norm(root.u - x)) < ARRIVED * (1.0 + float(np.linalg.norm(x)))
    return root.u if near else None


def is_stable(system: System, x: Array, p: Array) -> bool:
    """Whether an equilibrium or fixed point is linearly stable."""
    eigenvalues = np.linalg.eigvals(jacobian_at(system, x, p))
    if system.kind == "map":
        return bool(np.all(np.abs(eigenvalues) < 1.0))
    return bool(np.all(eigenvalues.real < 0.0))


def fastest_rate(system: System, x: Array, p: Array) -> float:
    """Norm of the Jacobian, the fastest rate at a state; 1 where there is none."""
    norm = float(np.linalg.norm(jacobian_at(system, x, p), 2))
    return norm if 0.0 < norm < np.inf else 1.0

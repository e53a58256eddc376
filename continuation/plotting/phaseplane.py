r"""What there is to see in a phase plane: equilibria by type, and the separatrices of saddles.

The stable and unstable manifolds of a saddle leave it along its eigenvectors. They are followed in
arc length, backward and forward in time,

.. math:: \frac{dx}{ds} = \pm \frac{f(x)}{|f(x)|},

all at once by the classical Runge-Kutta method of order 4, so that their points are evenly spaced
and slow parts cost no more than others. Near an equilibrium, where the direction changes within
the distance from it, the steps are a part of that distance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]

STARTS = 25
"""Newton's method is begun at the nodes of a grid of this many by this many points."""

NEWTON_STEPS = 40
"""More than enough from a node whose neighbours are in other basins."""

FOUND = 1e-10
"""Largest Newton correction at an equilibrium, relative to the size of the box."""

SAME = 1e-6
"""Equilibria nearer than this, relative to the size of the box, are one."""

NEUTRAL = 1e-6
"""A real part below this, relative to the norm of the Jacobian, does not tell the type."""

OFFSET = 1e-4
"""Distance from a saddle at which a separatrix is begun, relative to the size of the box: its
curvature then moves it by 1e-8, far below the width of a line."""

STEP = 6e-3
"""Longest step along a separatrix, relative to the diagonal of the box: its error is far below the
width of a line where the curve bends less than a circle of ten times this radius."""

APPROACH = 0.25
"""Longest step relative to the distance from the nearest equilibrium."""

STEPS = 1000
"""Largest number of steps: six diagonals of the box, several turns of a spiral."""

ARRIVED = 2e-3
"""A separatrix that is this near to an equilibrium other than a saddle, relative to the diagonal of
the box, has reached it: less than the size of its marker."""

MARGIN = 0.5
"""A separatrix ends when it is outside the box by this part of its width."""

RETRACED = 3e-3
"""A separatrix ends when it runs so near to an earlier turn of itself, relative to the diagonal: on
the page it has become a cycle."""

LOOK_BACK = 25
"""Points that lie less than this many steps back are no earlier turn."""


@dataclass(frozen=True)
class Equilibrium:
    """An equilibrium in the plane.

    Attributes
    ----------
    state : ndarray, shape (2,)
        Where it is.
    kind : str
        "sink", "source", "saddle", or "neutral" where the linearisation does not tell.
    """

    state: Array
    kind: str


def find_equilibria(system: System, p: Array, box: Array) -> list[Array]:
    """Equilibria in a box, by Newton's method from a grid; all starts in one call.

    Parameters
    ----------
    system : System
        With n states.
    p : ndarray, shape (n_p,)
        Parameters.
    box : ndarray, shape (n, 2)
        Lower and upper bounds.

    Returns
    -------
    list of ndarray, shape (n,)
        In the order of their first state.
    """
    sides = [np.linspace(lo, hi, STARTS) for lo, hi in box]
    x = np.column_stack([side.ravel() for side in np.meshgrid(*sides, indexing="ij")])
    size = float(np.linalg.norm(box[:, 1] - box[:, 0]))
    linearization = system.linearize(())
    last = np.full(len(x), np.inf)
    with np.errstate(all="ignore"):
        for _ in range(NEWTON_STEPS):
            f, a, _ = linearization(np.ascontiguousarray(x), p)
            regular = np.all(np.isfinite(a), axis=(1, 2)) & np.all(np.isfinite(f), axis=1)
            regular[regular] = np.abs(np.linalg.det(a[regular])) > 0.0
            step = np.full_like(x, np.nan)
            step[regular] = np.linalg.solve(a[regular], -f[regular][..., None])[..., 0]
            last = np.linalg.norm(step, axis=1)
            # A step longer than the box says only that the Jacobian is nearly singular here.
            shrink = np.minimum(1.0, 0.5 * size / np.maximum(last, 1e-300))
            moved = regular & (last > 0.0)
            x[moved] += step[moved] * shrink[moved, None]
    inside = np.all((x >= box[:, 0]) & (x <= box[:, 1]), axis=1)
    found: list[Array] = []
    for candidate in x[inside & (last < FOUND * size)]:
        if all(np.linalg.norm(candidate - other) > SAME * size for other in found):
            found.append(candidate)
    return sorted(found, key=lambda state: float(state[0]))


def classified(system: System, p: Array, states: list[Array]) -> list[Equilibrium]:
    """Equilibria with their types, from the eigenvalues of the Jacobian."""
    if not states:
        return []
    _, jacobians, _ = system.linearize(())(np.array(states), p)
    found = []
    for state, a in zip(states, jacobians, strict=True):
        real = np.linalg.eigvals(a).real
        scale = NEUTRAL * max(float(np.linalg.norm(a, 2)), np.finfo(float).tiny)
        if np.any(np.abs(real) < scale):
            kind = "neutral"
        else:
            kind = ("sink", "saddle", "source")[int(np.sum(real > 0.0))]
        found.append(Equilibrium(state, kind))
    return found


def manifolds(
    system: System, p: Array, known: list[Equilibrium], box: Array
) -> list[tuple[str, Array]]:
    """Both branches of the stable and of the unstable manifold of every saddle in the plane.

    Parameters
    ----------
    system : System
        A flow in the plane.
    p : ndarray, shape (n_p,)
        Parameters.
    known : list of Equilibrium
        All equilibria in the box.
    box : ndarray, shape (2, 2)
        Lower and upper bounds of the picture.

    Returns
    -------
    list of (str, ndarray)
        "stable" or "unstable", and points, shape (k, 2), from the saddle on.
    """
    size = float(np.linalg.norm(box[:, 1] - box[:, 0]))
    names: list[str] = []
    saddles: list[Array] = []
    starts: list[Array] = []
    for saddle in (one.state for one in known if one.kind == "saddle"):
        _, a, _ = system.linearize(())(saddle[None, :].copy(), p)
        eigenvalues, vectors = np.linalg.eig(a[0])
        for eigenvalue, vector in zip(eigenvalues.real, vectors.real.T, strict=True):
            names += 2 * ["unstable" if eigenvalue > 0.0 else "stable"]
            saddles += [saddle, saddle]
            starts += [saddle + OFFSET * size * vector, saddle - OFFSET * size * vector]
    if not starts:
        return []
    signs = np.array([1.0 if name == "unstable" else -1.0 for name in names])
    curves = _follow(system, p, np.array(starts), signs, known, box)
    return [
        (name, np.vstack((saddle, _until_retraced(curve, RETRACED * size))))
        for name, saddle, curve in zip(names, saddles, curves, strict=True)
    ]


def _follow(
    system: System, p: Array, x: Array, signs: Array, known: list[Equilibrium], box: Array
) -> list[Array]:
    """Trajectories in arc length from the starts x, shape (k, 2), each until its end."""
    width = box[:, 1] - box[:, 0]
    size = float(np.linalg.norm(width))
    states = np.array([one.state for one in known])
    ends = np.array([one.kind != "saddle" for one in known])

    def direction(x: Array) -> Array:
        f = signs[:, None] * system.evaluate(np.ascontiguousarray(x), p)
        return np.asarray(f / np.hypot(f[:, :1], f[:, 1:]))

    path = np.full((STEPS + 1, *x.shape), np.nan)
    path[0] = x
    with np.errstate(all="ignore"):
        for step in range(STEPS):
            distance = np.hypot(x[:, :1] - states[:, 0], x[:, 1:] - states[:, 1])
            beyond = (np.maximum(box[:, 0] - x, x - box[:, 1]) / width).max(axis=1)
            arrived = np.any((distance < ARRIVED * size) & ends, axis=1)
            x = np.where((arrived | (beyond > MARGIN))[:, None], np.nan, x)
            if not np.any(np.isfinite(x)):
                break
            h = np.minimum(STEP * size, APPROACH * distance.min(axis=1))[:, None]
            k1 = direction(x)
            k2 = direction(x + h / 2.0 * k1)
            k3 = direction(x + h / 2.0 * k2)
            k4 = direction(x + h * k3)
            x = x + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
            path[step + 1] = x
    return [curve[np.all(np.isfinite(curve), axis=1)] for curve in np.moveaxis(path, 1, 0)]


def _until_retraced(curve: Array, near: float) -> Array:
    """The part of a curve, shape (k, 2), before it runs beside itself in the same direction."""
    tangents = np.gradient(curve, axis=0) if len(curve) > 1 else curve
    tangents = tangents / np.linalg.norm(tangents, axis=1, keepdims=True)
    for k in range(LOOK_BACK, len(curve), LOOK_BACK // 5):
        earlier = curve[: k - LOOK_BACK]
        beside = np.linalg.norm(earlier - curve[k], axis=1) < near
        if np.any(tangents[: k - LOOK_BACK][beside] @ tangents[k] > 0.95):
            return curve[:k]
    return curve

r"""The ends of truncated connecting orbits: how long they should be, where to cut, how to lengthen.

Profiles and meshes are those of `collocation.profile`. Near an equilibrium the orbit follows the
linear flow, so that a tail is lengthened by it; see `connecting` for the problem that this
serves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm

from continuation.collocation import profile as profiles
from continuation.linalg.subspaces import left_subspace
from continuation.orbit import Orbit

Array = NDArray[np.float64]

Tail = Callable[[Array, float, int, float], tuple[Array, Array]]
"""From an offset, a wanted distance, a degree and a length of intervals: a tail, see `tail`."""

CLOSE = 1e-6
"""Wanted distance of the ends from the equilibria, in units of the size of the orbit."""

FAR = 1e-2
"""Largest wanted distance: that of an end on a centre manifold."""

SLOW = 0.3
"""A leading eigenvalue below this part of the other sign's is slow, see `wanted_distances`."""

TAIL = 40
"""Largest number of mesh intervals of an added tail, before the mesh is adapted; a longer one is
added in pieces, as the orbit is followed."""

HYPERBOLIC = 1e-9
"""Eigenvalues below this part of the spectral radius are zero: no tail grows along them."""

SLIVER = 0.3
"""Smallest part of an interval that is kept as one when the orbit is cut."""


def wanted_distances(size: float, unstable: float, stable: float) -> tuple[float, float]:
    r"""How far the ends of an orbit should be from the equilibria that it leaves and reaches.

    What the linear projection neglects at the left end, the square of the distance d, is
    contracted by the stable directions until the orbit returns, by d^(-mu / nu): the error is of
    the order of

    .. math:: d^{\,2 - \mu / \nu}

    with the leading eigenvalues nu > 0 > mu, and likewise at the right end. So d = `CLOSE` suffices
    for comparable rates, and where nu is less than `SLOW` times -mu less is needed, which spares
    the mesh a tail that grows like 1 / nu beside a saddle-node.

    Parameters
    ----------
    size : float
        Of the orbit.
    unstable, stable : float
        nu at the equilibrium that is left and -mu at the one that is reached.
    """
    rates = max(unstable, 0.0), max(stable, 0.0)
    shares = [
        min(1.0, own / (SLOW * other)) if other > 0.0 else 1.0
        for own, other in (rates, rates[::-1])
    ]
    first, last = (size * min(FAR, CLOSE**share) for share in shares)
    return first, last


def cycle_cut_at(orbit: Orbit, degree: int, rest: Array) -> tuple[Array, Array]:
    """Cut a cycle open at its mesh point nearest to an equilibrium.

    Parameters
    ----------
    orbit : Orbit
        One period, as a collocation solution of this degree or as samples.
    degree : int
        m.
    rest : ndarray, shape (n,)
        The equilibrium.

    Returns
    -------
    ndarray, shape (N + 1,)
        The mesh of [0, 1].
    ndarray, shape (N m + 1, n)
        The profile.
    """
    t, x = orbit.t, np.ascontiguousarray(orbit.x.T)
    mesh = (t[::degree] - t[0]) / (t[-1] - t[0])
    x = x[: degree * (len(mesh) - 1) + 1]
    cut = int(np.argmin(np.linalg.norm(x[::degree] - rest, axis=1)))
    turned = np.concatenate((x[cut * degree :], x[1 : cut * degree + 1]))
    mesh = np.concatenate((mesh[cut:], mesh[1 : cut + 1] + mesh[-1]))
    mesh = (mesh - mesh[0]) / (mesh[-1] - mesh[0])
    return mesh, turned


def kept(
    t: Array, x: Array, leave: Array, arrive: Array, distances: tuple[float, float]
) -> tuple[float, float]:
    """Where the ends are cut off that are below their distances: two points of [0, 1]."""
    away = np.linalg.norm(x - leave, axis=1)
    first = int(np.argmax(away > distances[0]))
    start = reached(t, away, first, first - 1, distances[0])
    away = np.linalg.norm(x - arrive, axis=1)
    last = len(away) - 1 - int(np.argmax(away[::-1] > distances[1]))
    return start, reached(t, away, last, last + 1, distances[1])


def reached(t: Array, away: Array, outside: int, inside: int, distance: float) -> float:
    """Where the distance from an equilibrium has a value, between two base points."""
    if not 0 <= inside < len(t):
        return float(t[outside])
    far, near = np.log(away[outside]), np.log(max(away[inside], np.finfo(float).tiny))
    share = (far - np.log(distance)) / (far - near)
    return float(t[outside] + share * (t[inside] - t[outside]))


def tail(
    matrix: Array, away: Array, distance: float, degree: int, step: float
) -> tuple[Array, Array]:
    """Backward linear flow from a point in the unstable eigenspace of a matrix towards 0.

    It has intervals of about the usual length; a tail shorter than a sliver of one is left out.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        A; -A for an orbit that arrives, in the stable eigenspace of A.
    away : ndarray, shape (n,)
        Where the tail begins.
    distance : float
        Where it ends.
    degree : int
        m.
    step : float
        Usual length of an interval, in units of time.

    Returns
    -------
    ndarray, shape (k + 1,)
        Times at the mesh points, counted backwards from 0.
    ndarray, shape (k m + 1, n)
        Offsets from the equilibrium at the base points.
    """
    far, values = float(np.linalg.norm(away)), np.linalg.eigvals(matrix).real
    growing = values[values > HYPERBOLIC * np.abs(values).max()]
    if far <= distance or not len(growing):
        return np.zeros(1), away[None, :]
    mesh, times = _times(float(np.log(far / distance) / growing.min()), degree, step)
    return mesh, _decaying(matrix, len(growing), away, times)


def no_tail(away: Array, distance: float, degree: int, step: float) -> tuple[Array, Array]:
    """The end as it is."""
    return np.zeros(1), away[None, :]


@dataclass(frozen=True)
class CentralTail:
    r"""Backward flow from a point in the centre-unstable eigenspace of a saddle-node towards 0.

    With the null vectors <p, q> = 1 and a = <p, B(q, q)> / 2 the central component s = <p, w>
    follows s' = a s^2, the others the linear flow,

    .. math:: w(-t) = rac{s}{1 + |a s| t}\, q + e^{-At} (w - s q).

    Attributes
    ----------
    matrix : ndarray, shape (n, n)
        A; -A for an orbit that arrives.
    p, q : ndarray, shape (n,)
        Left and right null vector, |q| = 1.
    a : float
    unstable : int
        Number of unstable eigenvalues of the matrix besides the zero one.
    """

    matrix: Array
    p: Array
    q: Array
    a: float
    unstable: int

    def __call__(
        self, away: Array, distance: float, degree: int, step: float
    ) -> tuple[Array, Array]:
        """The tail, as `tail` gives it."""
        s = float(self.p @ away)
        rate = abs(self.a * s)
        if abs(s) <= distance:
            return np.zeros(1), away[None, :]
        mesh, times = _times((abs(s) / distance - 1.0) / rate, degree, step)
        x = (s / (1.0 + rate * times))[:, None] * self.q
        return mesh, x + _decaying(self.matrix, self.unstable, away - s * self.q, times)


def _times(length: float, degree: int, step: float) -> tuple[Array, Array]:
    """Mesh points and base points of a tail, counted backwards from 0; only 0 for a sliver."""
    length = min(length, TAIL * step)
    if length < SLIVER * step:
        return np.zeros(1), np.zeros(1)
    mesh = np.linspace(0.0, length, min(max(round(length / step), 1), TAIL) + 1)
    return mesh, length * profiles.base_points(mesh / length, degree)


def _decaying(matrix: Array, unstable: int, away: Array, times: Array) -> Array:
    """Backward linear flow in the unstable eigenspace, shape (len(times), n)."""
    right = left_subspace(matrix.T, "rhp", None, unstable).basis
    inner, start = right.T @ matrix @ right, right.T @ away
    found = np.array([right @ (expm(-inner * t) @ start) for t in times])
    found[0] = away
    return found

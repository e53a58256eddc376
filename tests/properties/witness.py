"""An independent witness of branches of equilibria: NumPy's eigenvalues, and nothing of the engine.

A label is true if the Jacobian at its point is what the kind says. Nothing was missed if the number
of unstable eigenvalues, sampled densely along the branch, changes only where labels explain it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

import continuation as ct

Array = NDArray[np.float64]

CROSSING = {"LP": 1, "BP": 1, "H": 2}
"""How many eigenvalues cross the axis at a point of a kind."""

CLOSE = 1e-6
"""Eigenvalues at located points, and residuals of points, relative to the largest derivative of f
on the branch: points are exact to 1e-10, and an eigenvalue at a fold moves with the square root of
an error in the parameter, but not with one in the state."""

BETWEEN = 3
"""Samples between two points of a branch."""


def attempted(job: Callable[[], ct.Branch]) -> ct.Branch | None:
    """The branch, or None where one of the package's errors says in one line why there is none."""
    try:
        branch = job()
    except (ct.ContinuationError, ValueError) as error:
        assert "\n" not in str(error) and len(str(error)) > 20
        return None
    assert len(branch.stop) == 2
    assert all(isinstance(reason, ct.StopReason) for reason in branch.stop)
    assert all(np.all(np.isfinite(column)) for column in branch.parameters.values())
    assert np.all(np.isfinite(branch.states))
    return branch


def assert_true_labels(branch: ct.Branch) -> None:
    """Every point solves f = 0, and every LP, BP and H is one."""
    system, scale = branch.system, size_of_derivatives(branch)
    for x, p in points(branch):
        assert np.abs(system.f(x, p)).max() < CLOSE * scale * (1.0 + np.abs(x).max())
    for point in branch.special:
        assert point.kind in CROSSING
        values = np.linalg.eigvals(system.jacobian(point.state, point.parameters))
        if point.kind == "H":
            off = [abs(v.real) for v in values if v.imag > 0.0]
            assert off and min(off) < CLOSE * scale
        else:
            assert np.abs(values).min() < np.sqrt(CLOSE) * scale
            matrix = system.jacobian(point.state, point.parameters)
            assert np.linalg.svd(matrix)[1][-1] < CLOSE * scale


def assert_nothing_missed(branch: ct.Branch) -> None:
    """Between any two samples the count of unstable eigenvalues changes as the labels say."""
    counts: list[tuple[float, int]] = []
    for position, x, p in samples(branch):
        count = unstable(branch.system.jacobian(x, p))
        if count is not None:
            counts.append((position, count))
    for (before, one), (after, other) in pairwise(counts):
        most = sum(
            CROSSING[point.kind]
            for point, at in zip(branch.special, branch.positions, strict=True)
            if np.floor(before) <= at < after
        )
        assert abs(other - one) <= most, (branch.free, before, one, other)


def points(branch: ct.Branch) -> Iterator[tuple[Array, dict[str, float]]]:
    """States and parameters along a branch."""
    for i in range(len(branch)):
        yield branch.states[:, i], {name: float(v[i]) for name, v in branch.parameters.items()}


def samples(branch: ct.Branch) -> Iterator[tuple[float, Array, dict[str, float]]]:
    """The points of a branch, and more between them, with positions that count its points."""
    system, free = branch.system, branch.free[0]
    known = list(points(branch))
    lo, hi = branch.within[free]
    unit = np.append(np.full(len(branch.states), np.abs(branch.states).max()), hi - lo)
    for i, ((x, p), (y, q)) in enumerate(pairwise(known)):
        yield float(i), x, p
        one, other = np.append(x, p[free]), np.append(y, q[free])
        for share in np.arange(1, BETWEEN + 1) / (BETWEEN + 1):
            z = on_hyperplane(system, free, p, one, other, share, unit)
            if z is not None:
                yield i + share, z[:-1], {**p, free: float(z[-1])}
    x, p = known[-1]
    yield len(known) - 1.0, x, p


def on_hyperplane(
    system: ct.System,
    free: str,
    p: dict[str, float],
    one: Array,
    other: Array,
    share: float,
    unit: Array,
) -> Array | None:
    """The equilibrium in the plane across the chord of two points, if Newton's method finds it.

    ``unit`` has the sizes of states and parameter, shape (n + 1,).
    """
    chord, row = other - one, (other - one) / unit**2
    z = base = one + share * chord
    n, h = len(z) - 1, 1e-6 * max(1e-3, float(np.abs(chord[-1])), abs(float(base[-1])))
    for _ in range(10):
        x, at = z[:-1], [{**p, free: float(z[-1] + d)} for d in (0.0, h, -h)]
        f, ahead, behind = (system.f(x, values) for values in at)
        matrix = np.zeros((n + 1, n + 1))
        matrix[:n, :n], matrix[:n, n] = system.jacobian(x, at[0]), (ahead - behind) / (2.0 * h)
        matrix[n] = row
        if not np.all(np.isfinite(matrix)) or np.linalg.cond(matrix * unit) > 1e14:
            return None
        step = np.linalg.solve(matrix, np.append(-f, row @ (base - z)))
        z = z + step
        if np.abs(step / unit).max() < 1e-11:
            away = np.abs((z - base) / unit).max()
            return z if away < np.abs(chord / unit).max() else None
    return None


def unstable(matrix: Array) -> int | None:
    """Eigenvalues with positive real parts; None where one is too close to the axis to tell."""
    values = np.linalg.eigvals(matrix)
    if np.abs(values.real).min() < CLOSE * np.abs(matrix).max():
        return None
    return int(np.count_nonzero(values.real > 0.0))


def size_of_derivatives(branch: ct.Branch) -> float:
    """The largest entry of f_x on a branch."""
    return max(float(np.abs(branch.system.jacobian(x, p)).max()) for x, p in points(branch))

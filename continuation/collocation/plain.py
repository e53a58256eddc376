"""The kernels of collocation in plain NumPy and LAPACK: for large systems, and as a reference.

Every function has the arguments of its twin in `kernels` and fills the same arrays.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.linalg.lapack import dgeqrf, dgetrf, dgetrs, dormqr

from continuation.collocation.basis import interpolation
from continuation.collocation.reduction import Elimination

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


def pieces(x: Array, degree: int) -> Array:
    """View a profile (N m + 1, n) interval by interval, shape (N, m + 1, n); ends are shared."""
    x = np.ascontiguousarray(x)
    row, column = x.strides
    shape = ((len(x) - 1) // degree, degree + 1, x.shape[1])
    return np.ndarray(shape, float, x, 0, (degree * row, row, column))


def gauss_states(x: Array, value: Array, out: Array) -> None:
    """Values at all Gauss points, out (N m, n)."""
    out[:] = (value @ pieces(x, value.shape[0])).reshape(out.shape)


def unpacked(packed: Array, m: int, n: int) -> tuple[Array, Array, Array]:
    """Split into f (N, m, n), f_x (N, m, n, n) and f_p (N, m, n, k), interval by interval."""
    points = packed.reshape(len(packed) // m, m, -1)
    count = len(points)
    fx = points[:, :, n : n + n * n].reshape(count, m, n, n)
    return points[:, :, :n], fx, points[:, :, n + n * n :].reshape(count, m, n, -1)


def condense(
    x: Array,
    period: float,
    steps: Array,
    value: Array,
    runge_kutta: Array,
    integral: Array,
    packed: Array,
    residual: Array,
    newton: Array,
    lu: Array,
    pivots: Integers,
    maps: Array,
) -> float:
    """Residual and elimination of every interval; the sign of the product of determinants."""
    n, (m, count) = x.shape[1], (len(integral), len(steps))
    mn = m * n
    f, fx, fp = unpacked(packed, m, n)
    of_x, scale = pieces(x, m), steps[:, None, None] * period
    residual[:] = (of_x[:, 1:] - of_x[:, :1] - scale * (integral @ f)).reshape(count, mn)
    coupling = np.einsum("il,jiab->jialb", runge_kutta, fx).reshape(count, mn, mn)
    matrix = np.eye(mn) - scale * coupling
    sides = np.concatenate((period * fx, f[..., None], period * fp), axis=3).reshape(count, mn, -1)
    integrate = np.kron(integral, np.eye(n))
    identity = np.tile(np.eye(n), (m, 1))
    sign = 1.0
    for j in range(count):
        lu[j], pivots[j], _ = dgetrf(matrix[j])
        maps[j] = steps[j] * (integrate @ dgetrs(lu[j], pivots[j], sides[j])[0])
        maps[j, :, :n] += identity
        swaps = np.count_nonzero(pivots[j] != np.arange(mn))
        sign *= float(np.prod(np.sign(np.diag(lu[j])))) * (-1.0) ** swaps
    newton[:] = -residual
    particular(period, steps, value, integral, packed, lu, pivots, newton)
    return sign


def particular(
    period: float,
    steps: Array,
    value: Array,
    integral: Array,
    packed: Array,
    lu: Array,
    pivots: Integers,
    rhs: Array,
) -> None:
    """Solve all intervals with zero left ends and scalars, in place of rhs (N, m n)."""
    count, m = len(steps), len(integral)
    n = rhs.shape[1] // m
    at = value[:, 1:] @ rhs.reshape(count, m, n)
    stages = period * np.einsum("jiab,jib->jia", unpacked(packed, m, n)[1], at).reshape(count, -1)
    for j in range(count):
        stages[j] = dgetrs(lu[j], pivots[j], stages[j])[0]
    rise = integral @ stages.reshape(count, m, n)
    rhs += (steps[:, None, None] * rise).reshape(count, -1)


def condense_rows(rows: Array, maps: Array, n: int, out: Array) -> None:
    """Rows over all base points, out (q, (N + 1) n + s) over the mesh points."""
    q, (intervals, mn, _) = len(rows), maps.shape
    body = rows[:, : intervals * mn].reshape(q, intervals, mn)
    inner = body[:, :, n:]
    out[:, : intervals * n] = (
        body[:, :, :n] + np.einsum("tji,jia->tja", inner, maps[:, : mn - n, :n], optimize=True)
    ).reshape(q, -1)
    out[:, intervals * n :] = rows[:, intervals * mn :]
    out[:, (intervals + 1) * n :] += np.einsum(
        "tji,jic->tc", inner, maps[:, : mn - n, n:], optimize=True
    )


def reduced(maps: Array, ends: Array, rows: Array) -> tuple[float, float, Elimination]:
    """Eliminate the inner mesh points one after the other: sign, modulus, and what is kept."""
    intervals, mn, columns = maps.shape
    n = (rows.shape[1] - columns) // intervals
    panels, taus = np.empty((intervals - 1, 2 * n, 2 * n + columns)), np.empty((intervals - 1, n))
    multipliers = np.empty((len(rows), intervals - 1, n))
    ends_of = maps[:, mn - n :]
    identity = np.eye(n)
    carry = np.hstack((-ends_of[0, :, :n], identity, -ends_of[0, :, n:]))
    sign = 1.0
    for j in range(1, intervals):
        zero = np.zeros((n, n))
        upper = np.hstack((carry[:, n : 2 * n], carry[:, :n], zero, carry[:, 2 * n :]))
        lower = np.hstack((-ends_of[j, :, :n], zero, identity, -ends_of[j, :, n:]))
        panel = np.vstack((upper, lower))
        factors, tau, _, _ = dgeqrf(panel[:, :n])
        panel[:, n:] = dormqr("L", "T", factors, tau, panel[:, n:], lwork=64 * panel.shape[1])[0]
        panel[:, :n] = factors
        panels[j - 1], taus[j - 1] = panel, tau
        sign *= float(np.prod(np.sign(np.diag(factors)[:n]))) * (-1.0) ** np.count_nonzero(tau)
        carry = panel[n:, n:]
        y = solve_triangular(factors[:n], rows[:, j * n : (j + 1) * n].T, trans=1, lower=False).T
        multipliers[:, j - 1] = y
        rows[:, :n] -= y @ panel[:n, n : 2 * n]
        rows[:, (j + 1) * n : (j + 2) * n] -= y @ panel[:n, 2 * n : 3 * n]
        rows[:, (intervals + 1) * n :] -= y @ panel[:n, 3 * n :]
    both_ends = np.hstack((rows[:, :n], rows[:, intervals * n :]))
    last, pivots, _ = dgetrf(np.vstack((carry, ends, both_ends)))
    diagonal = np.diag(last)
    swaps = np.count_nonzero(pivots != np.arange(len(last)))
    sign *= float(np.prod(np.sign(diagonal))) * (-1.0) ** swaps
    modulus = float(np.exp(np.mean(np.log(np.abs(diagonal))))) if sign != 0.0 else 0.0
    none = np.empty(0)
    kept = Elimination(none, none, none, none, panels, taus, multipliers, last, pivots)
    return sign, modulus, kept


def solve(
    local: tuple[float, Array, Array, Array, Array, Array, Integers, Array],
    rows: Array,
    elimination: Elimination,
    rhs: Array,
    out: Array,
) -> None:
    """Solve the bordered system for one right-hand side."""
    period, steps, value, integral, packed, lu, pivots, maps = local
    *_, panels, taus, multipliers, last, last_pivots = elimination
    intervals, mn, columns = maps.shape
    n, q = len(last) - columns, len(rows)
    split = intervals * mn
    own = rhs[:split].reshape(intervals, mn)
    particular(period, steps, value, integral, packed, lu, pivots, own)
    inner = rows[:, :split].reshape(q, intervals, mn)[:, :, n:]
    tail = rhs[split:].copy()
    tail[len(tail) - q :] -= np.einsum("tji,ji->t", inner, own[:, : mn - n])
    kept = np.empty((intervals - 1, n))
    carry = own[0, mn - n :]
    for j in range(1, intervals):
        b = np.concatenate((carry, own[j, mn - n :]))
        b = dormqr("L", "T", panels[j - 1][:, :n], taus[j - 1], b[:, None], lwork=64)[0][:, 0]
        kept[j - 1], carry = b[:n], b[n:]
    tail[len(tail) - q :] -= np.einsum("tja,ja->t", multipliers, kept)
    end = dgetrs(last, last_pivots, np.concatenate((carry, tail)))[0]
    scalars = end[2 * n :]
    mesh_values = np.empty((intervals + 1, n))
    mesh_values[0], mesh_values[-1] = end[:n], end[n : 2 * n]
    for j in range(intervals - 1, 0, -1):
        panel = panels[j - 1][:n]
        known = np.concatenate((end[:n], mesh_values[j + 1], scalars))
        mesh_values[j] = solve_triangular(
            panel[:, :n], kept[j - 1] - panel[:, n:] @ known, lower=False
        )
    body = out[:split].reshape(intervals, mn)
    body[:, :n] = mesh_values[:-1]
    body[:, n:] = own[:, : mn - n] + maps[:, : mn - n, n:] @ scalars
    body[:, n:] += np.einsum("jia,ja->ji", maps[:, : mn - n, :n], mesh_values[:-1])
    out[split : split + n] = mesh_values[-1]
    out[split + n :] = scalars


def interpolate(
    x: Array, mesh: Array, nodes: Array, barycentric: Array, t: Array, out: Array
) -> None:
    """Values out (k, n) of a profile at t (k,) in [0, 1]."""
    m = len(nodes) - 1
    interval = np.clip(np.searchsorted(mesh, t, side="right") - 1, 0, len(mesh) - 2)
    s = (t - mesh[interval]) / (mesh[interval + 1] - mesh[interval])
    rows = interpolation(nodes, barycentric, s)
    out[:] = np.einsum("kl,kla->ka", rows, pieces(x, m)[interval])


def phase_row(
    x: Array, steps: Array, phase: Array, slope: Array, gauss_weights: Array, out: Array
) -> None:
    """Row out (N m + 1, n) of `profile.phase_row`."""
    m = len(slope)
    of_x = pieces(x, m)
    local = phase @ of_x
    out[:-1], out[-1] = local[:, :-1].reshape(-1, x.shape[1]), 0.0
    out[m::m] += local[:, -1]
    square = np.einsum("jia,i->j", (slope @ of_x) ** 2, gauss_weights) @ (1.0 / steps)
    out /= np.sqrt(square)


def spread(x: Array, weights: Array) -> float:
    """Integral of |x - mean|^2, with weights (N m + 1,) of the integral over the base points."""
    return float(weights @ np.sum((x - weights @ x) ** 2, axis=1))


def base_points(mesh: Array, nodes: Array, out: Array) -> None:
    """All base points, out (N m + 1,), of a mesh (N + 1,)."""
    out[:-1] = (mesh[:-1, None] + np.diff(mesh)[:, None] * nodes[:-1]).ravel()
    out[-1] = mesh[-1]


def quadrature(mesh: Array, node_weights: Array, out: Array) -> None:
    """Weights, out (N m + 1,), of the integral over the mesh from values at the base points."""
    steps, m = np.diff(mesh), len(node_weights) - 1
    out[:-1], out[-1] = (steps[:, None] * node_weights[:-1]).ravel(), 0.0
    out[m::m] += steps * node_weights[-1]


def interpolation_row(
    weights: Array, mesh: Array, nodes: Array, barycentric: Array, t: Array, out: Array
) -> None:
    """Row out (N m + 1, n): <out, x> is the sum of weights (k, n) times values of x at t (k,)."""
    interval = np.clip(np.searchsorted(mesh, t, side="right") - 1, 0, len(mesh) - 2)
    s = (t - mesh[interval]) / (mesh[interval + 1] - mesh[interval])
    rows = interpolation(nodes, barycentric, s)
    at = interval[:, None] * (len(nodes) - 1) + np.arange(len(nodes))
    out[:] = 0.0
    np.add.at(out, at, rows[:, :, None] * weights[:, None, :])


def adapt(x: Array, mesh: Array, top: Array, periodic: bool, even: float, fresh: Array) -> None:
    """Mesh, fresh (N' + 1,), with equal integrals of the density of `mesh.adapted`."""
    steps, m = np.diff(mesh), len(top) - 1
    derivatives = (top @ pieces(x, m)) / steps[:, None] ** m
    change = np.linalg.norm(derivatives - np.roll(derivatives, 1, axis=0), axis=1)
    at_left = 2.0 * change / (steps + np.roll(steps, 1))
    at_right = np.roll(at_left, -1)
    if not periodic:
        at_left[0], at_right[-1] = at_left[1], at_left[-1]
    density = (0.5 * (at_left + at_right)) ** (1.0 / (m + 1))
    mean = float(density @ steps)
    density = density + even * mean if mean > 0.0 else np.ones(len(steps))
    cumulative = np.concatenate(([0.0], np.cumsum(density * steps)))
    fresh[:] = np.interp(np.linspace(0.0, cumulative[-1], len(fresh)), cumulative, mesh)
    fresh[0], fresh[-1] = 0.0, 1.0

"""The equations in the ends, compiled: mesh points eliminated, and all unknowns from the ends.

First the inner points of eight segments go, side by side, see `segments`; then the points between
the segments, one after the other, in the same way; at last the equations in x(0), x(1) and the
scalars are factorised. Notation as in `kernels`; the block matrix is drawn in `assembly`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from continuation.collocation import segments
from continuation.collocation.kernels import any_nonzero, particular
from continuation.collocation.lanes import LANES
from continuation.linalg.small import compiled, lu_rows, lu_solve, part

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


class Elimination(NamedTuple):
    """What the elimination of the mesh points leaves, for right-hand sides to come.

    With J relations to be joined (of the eight segments, or, in the plain twin, of all intervals)
    and q rows, the border among them.

    Attributes
    ----------
    panels, taus, inverses, multipliers : ndarray, flat
        Of the points inside the segments, in lanes, see `segments`; empty in the plain twin.
    joints : ndarray, shape (J - 1, 2 n, 3 n + s)
        Columns x_j, x_0, x_(j+1), scalars after the elimination of x_j.
    joint_taus : ndarray, shape (J - 1, n)
    joint_multipliers : ndarray, shape (q, J - 1, n)
    last : ndarray, shape (2 n + s, 2 n + s)
        Factors of the equations in x_0, x_N and the scalars.
    pivots : ndarray of int, shape (2 n + s,)
    """

    panels: Array
    taus: Array
    inverses: Array
    multipliers: Array
    joints: Array
    joint_taus: Array
    joint_multipliers: Array
    last: Array
    pivots: Integers


@part
def space(intervals, n, s, q):  # type: ignore[no-untyped-def]
    """Empty arrays for `reduce`."""
    size = 2 * n + s
    panels, taus, inverses, multipliers = segments.spaces(intervals, n, s, q)
    return Elimination(
        panels,
        taus,
        inverses,
        multipliers,
        np.empty((LANES - 1, 2 * n, 3 * n + s)),
        np.empty((LANES - 1, n)),
        np.empty((q, LANES - 1, n)),
        np.empty((size, size)),
        np.empty(size, dtype=np.int64),
    )


@compiled
def reduced(maps, ends, condensed):  # type: ignore[no-untyped-def]
    """Eliminate the inner mesh points: sign and modulus of the determinant, and an `Elimination`.

    Parameters
    ----------
    maps : (N, m n, n + s); ends : (n_b, 2 n + s), boundary rows
    condensed : (q, (N + 1) n + s), the rows over the mesh points
    """
    q = condensed.shape[0]
    n = (condensed.shape[1] - maps.shape[2]) // maps.shape[0]
    elimination = space(maps.shape[0], n, maps.shape[2] - n, q)
    sign, modulus = reduce(maps, ends, condensed, elimination)
    return sign, modulus, elimination


@part
def reduce(maps, ends, condensed, elimination):  # type: ignore[no-untyped-def]
    """Fill an `Elimination`; returns sign and modulus of the determinant, see `assembly`."""
    e = elimination
    columns = maps.shape[2]
    n = e.last.shape[0] - columns
    s, q = columns - n, condensed.shape[0]
    relations, joined = np.empty((LANES, n, 2 * n + s)), np.empty((q, (LANES + 1) * n + s))
    sign = segments.eliminate_points(maps, n, e.panels, e.taus, e.inverses, relations)
    segments.eliminate_in_rows(condensed, n, s, e.panels, e.inverses, e.multipliers, joined)
    return sign * join(relations, ends, joined, elimination), modulus_of(e.last)


@part
def modulus_of(lu):  # type: ignore[no-untyped-def]
    """Geometric mean of the moduli of the pivots."""
    size = 0.0
    for k in range(lu.shape[0]):
        size += np.log(abs(lu[k, k]))
    return np.exp(size / lu.shape[0])


@part
def join(relations, ends, rows, elimination):  # type: ignore[no-untyped-def]
    """Eliminate the points between relations (J, n, 2 n + s), and factorise what is left.

    Rows (q, (J + 1) n + s) are destroyed. Returns the sign of the determinant.
    """
    panels, taus, last = elimination.joints, elimination.joint_taus, elimination.last
    count, n, width = relations.shape
    s = width - 2 * n
    sign = 1.0
    carry = relations[0].copy()
    for j in range(1, count):
        k = j - 1
        for a in range(n):
            for b in range(n):
                panels[k, a, b] = carry[a, n + b]
                panels[k, a, n + b] = carry[a, b]
                panels[k, a, 2 * n + b] = 0.0
                panels[k, n + a, b] = relations[j, a, b]
                panels[k, n + a, n + b] = 0.0
                panels[k, n + a, 2 * n + b] = relations[j, a, n + b]
            for c in range(s):
                panels[k, a, 3 * n + c] = carry[a, 2 * n + c]
                panels[k, n + a, 3 * n + c] = relations[j, a, 2 * n + c]
        sign *= reflect(panels, k, n, taus)
        for a in range(n):
            for c in range(width):
                carry[a, c] = panels[k, n + a, n + c]
        eliminate(rows, panels, k, n, elimination.joint_multipliers)
    fill_last(carry, ends, rows, n, count, last)
    return sign * lu_rows(last, elimination.pivots, last.shape[0])


@part
def reflect(panels, j, n, taus):  # type: ignore[no-untyped-def]
    """Reflect the first n columns of panel j (2n, width) away; sign of the determinant of Q R.

    Reflectors stay below the diagonal, with unit head not stored, as in LAPACK.
    """
    height, width = panels.shape[1], panels.shape[2]
    sign = 1.0
    for k in range(n):
        square = 0.0
        for i in range(k + 1, height):
            square += panels[j, i, k] * panels[j, i, k]
        head = panels[j, k, k]
        if square == 0.0:
            taus[j, k] = 0.0
            if head < 0.0:
                sign = -sign
            elif head == 0.0:
                sign = 0.0
            continue
        beta = np.sqrt(head * head + square)
        if head > 0.0:
            beta = -beta
        else:
            sign = -sign
        tau = (beta - head) / beta
        taus[j, k] = tau
        panels[j, k, k] = beta
        scale = 1.0 / (head - beta)
        for i in range(k + 1, height):
            panels[j, i, k] *= scale
        for c in range(k + 1, width):
            total = panels[j, k, c]
            for i in range(k + 1, height):
                total += panels[j, i, k] * panels[j, i, c]
            total *= tau
            panels[j, k, c] -= total
            for i in range(k + 1, height):
                panels[j, i, c] -= total * panels[j, i, k]
    return sign


@part
def eliminate(rows, panels, j, n, multipliers):  # type: ignore[no-untyped-def]
    """Remove mesh point j + 1 from the condensed rows with panel j; keep the multipliers."""
    s = panels.shape[2] - 3 * n
    here, after, scalars = (j + 1) * n, (j + 2) * n, rows.shape[1] - s
    for t in range(rows.shape[0]):
        for k in range(n):
            y = rows[t, here + k]
            for i in range(k):
                y -= multipliers[t, j, i] * panels[j, i, k]
            y /= panels[j, k, k]
            multipliers[t, j, k] = y
            for b in range(n):
                rows[t, b] -= y * panels[j, k, n + b]
                rows[t, after + b] -= y * panels[j, k, 2 * n + b]
            for c in range(s):
                rows[t, scalars + c] -= y * panels[j, k, 3 * n + c]


@part
def fill_last(carry, ends, rows, n, intervals, last):  # type: ignore[no-untyped-def]
    """Equations in x_0, x_N and scalars: what is carried, the boundary rows, the condensed rows."""
    boundary = n + ends.shape[0]
    for c in range(last.shape[0]):
        for a in range(n):
            last[a, c] = carry[a, c]
        for a in range(n, boundary):
            last[a, c] = ends[a - n, c]
        shift = 0 if c < n else (intervals - 1) * n
        for t in range(rows.shape[0]):
            last[boundary + t, c] = rows[t, shift + c]


@compiled
def solve(local, rows, elimination, rhs, out):  # type: ignore[no-untyped-def]
    """Solve the bordered system for one right-hand side; see `assembly`.

    Parameters
    ----------
    local : tuple of period, steps, value, integral, packed, lu, pivots, maps of the intervals
    rows : (q, (N m + 1) n + s), the integral rows and the border over all base points
    elimination : Elimination
    rhs : (N m n + n_b + q,), destroyed; out : ((N m + 1) n + s,), out
    """
    period, steps, value, integral, packed, lu, pivots, maps = local
    intervals, mn, _ = lu.shape
    m = integral.shape[0]
    stages = np.empty(mn)
    for j in range(intervals):
        own = rhs[j * mn : (j + 1) * mn]
        points = packed[j * m : (j + 1) * m]
        if any_nonzero(own):  # not for a tangent, whose only right-hand side is the border's
            particular(steps[j], period, value, integral, points, lu[j], pivots[j], own, stages)
    solve_condensed(maps, rows, elimination, rhs, out)


@part
def solve_condensed(maps, rows, elimination, rhs, out):  # type: ignore[no-untyped-def]
    """Solve the bordered system, with every interval solved for a fixed left end and scalars.

    Parameters
    ----------
    maps : (N, m n, n + s); rows, elimination : as in `solve`
    rhs : (N m n + n_b + q,), destroyed: solutions of the intervals, then the other rows
    out : ((N m + 1) n + s,), out
    """
    e = elimination
    intervals, mn, columns = maps.shape
    size, q = e.last.shape[0], rows.shape[0]
    n = size - columns
    s, inner = columns - n, mn - n
    split, tail = intervals * mn, rhs[rhs.shape[0] - q :]
    gaps, relations = np.empty((intervals, n)), np.empty((LANES, n))
    kept, joined = np.empty(e.taus.shape[0]), np.empty((LANES - 1, n))
    for j in range(intervals):
        for t in range(q):
            total = 0.0
            for i in range(inner):
                total += rows[t, j * mn + n + i] * rhs[j * mn + i]
            tail[t] -= total
        for a in range(n):
            gaps[j, a] = rhs[j * mn + inner + a]
    width = 3 * n + s
    segments.forward(gaps, n, width, e.panels, e.taus, e.multipliers, kept, relations, tail)
    end = np.empty(size)
    forward_joints(relations, elimination, joined, tail, end)
    for a in range(n, size):
        end[a] = rhs[split - n + a]
    lu_solve(e.last, e.pivots, end)
    points, mesh_values = np.empty((LANES + 1) * n + s), np.empty((intervals + 1, n))
    backward_joints(joined, e.joints, end, n, points)
    segments.backward(points, n, s, e.panels, e.inverses, kept, intervals, mesh_values)
    expand(maps, mesh_values, end[2 * n :], rhs, out)


@part
def forward_joints(relations, elimination, joined, tail, end):  # type: ignore[no-untyped-def]
    """Right-hand sides of the relations through `join`; what is carried comes into end."""
    multipliers = elimination.joint_multipliers
    count, n = relations.shape
    b = np.empty(2 * n)
    for a in range(n):
        b[n + a] = relations[0, a]
    for j in range(1, count):
        for a in range(n):
            b[a], b[n + a] = b[n + a], relations[j, a]
        rotate(elimination.joints, j - 1, n, elimination.joint_taus, b)
        for a in range(n):
            joined[j - 1, a] = b[a]
        for t in range(tail.shape[0]):
            for a in range(n):
                tail[t] -= multipliers[t, j - 1, a] * b[a]
    for a in range(n):
        end[a] = b[n + a]


@part
def backward_joints(joined, panels, end, n, points):  # type: ignore[no-untyped-def]
    """The ends of the relations and the scalars, from x_0, x_N and the scalars."""
    count = panels.shape[0] + 1
    s = end.shape[0] - 2 * n
    for a in range(n):
        points[a], points[count * n + a] = end[a], end[n + a]
    for c in range(s):
        points[(count + 1) * n + c] = end[2 * n + c]
    for k in range(count - 2, -1, -1):
        here = (k + 1) * n
        for a in range(n - 1, -1, -1):
            total = joined[k, a]
            for b in range(a + 1, n):
                total -= panels[k, a, b] * points[here + b]
            for b in range(n):
                total -= panels[k, a, n + b] * end[b]
                total -= panels[k, a, 2 * n + b] * points[here + n + b]
            for c in range(s):
                total -= panels[k, a, 3 * n + c] * end[2 * n + c]
            points[here + a] = total / panels[k, a, a]


@part
def rotate(panels, j, n, taus, b):  # type: ignore[no-untyped-def]
    """Apply the reflections of panel j to b (2n,), in place."""
    for k in range(n):
        total = b[k]
        for i in range(k + 1, b.shape[0]):
            total += panels[j, i, k] * b[i]
        total *= taus[j, k]
        b[k] -= total
        for i in range(k + 1, b.shape[0]):
            b[i] -= total * panels[j, i, k]


@part
def expand(maps, mesh_values, scalars, rhs, out):  # type: ignore[no-untyped-def]
    """Write all unknowns: mesh points (N + 1, n), points inside the intervals, scalars."""
    intervals, mn, columns = maps.shape
    s = scalars.shape[0]
    n = columns - s
    inner = mn - n
    for j in range(intervals):
        at = j * mn
        for a in range(n):
            out[at + a] = mesh_values[j, a]
        for i in range(inner):
            total = rhs[at + i]
            for b in range(n):
                total += maps[j, i, b] * mesh_values[j, b]
            for c in range(s):
                total += maps[j, i, n + c] * scalars[c]
            out[at + n + i] = total
    for a in range(n):
        out[intervals * mn + a] = mesh_values[intervals, a]
    for c in range(s):
        out[intervals * mn + n + c] = scalars[c]

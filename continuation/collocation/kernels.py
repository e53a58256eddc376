"""Compiled kernels of collocation: small, on arrays only; `plain` holds their NumPy twins.

Notation: N intervals, degree m, n states, c = n + s columns (state at the left end of an interval,
then s scalar unknowns). The equations and the block matrix are drawn in `assembly`.
"""

from __future__ import annotations

import numpy as np

from continuation.linalg.small import compiled, lu_solve, part


@compiled
def gauss_states(x, value, out):  # type: ignore[no-untyped-def]
    """Values at all Gauss points, out (N m, n), of the profile x (N m + 1, n); value (m, m + 1)."""
    m = value.shape[0]
    n = x.shape[1]
    for j in range(out.shape[0] // m):
        for i in range(m):
            for a in range(n):
                total = 0.0
                for k in range(m + 1):
                    total += value[i, k] * x[j * m + k, a]
                out[j * m + i, a] = total


@part
def particular(step, period, value, integral, points, lu, pivots, local, stages):  # type: ignore[no-untyped-def]
    """Solve one interval with zero left end and scalars, in place of local (m n,)."""
    m = integral.shape[0]
    n = local.shape[0] // m
    for i in range(m):
        for a in range(n):
            total = 0.0
            for b in range(n):
                at = 0.0
                for node in range(m):
                    at += value[i, node + 1] * local[node * n + b]
                total += points[i, n + a * n + b] * at
            stages[i * n + a] = period * total
    lu_solve(lu, pivots, stages)
    for node in range(m):
        for i in range(m):
            weight = step * integral[node, i]
            for a in range(n):
                local[node * n + a] += weight * stages[i * n + a]


@compiled
def condense_rows(rows, maps, n, out):  # type: ignore[no-untyped-def]
    """Turn rows over base points, (q, (N m + 1) n + s), into rows over mesh points."""
    intervals, mn, columns = maps.shape
    s = columns - n
    inner = mn - n
    first = (intervals + 1) * n
    for t in range(rows.shape[0]):
        for c in range(s):
            out[t, first + c] = rows[t, intervals * mn + n + c]
        for a in range(n):
            out[t, intervals * n + a] = rows[t, intervals * mn + a]
        for j in range(intervals):
            for a in range(n):
                out[t, j * n + a] = rows[t, j * mn + a]
            for i in range(inner):
                weight = rows[t, j * mn + n + i]
                for a in range(n):
                    out[t, j * n + a] += weight * maps[j, i, a]
                for c in range(s):
                    out[t, first + c] += weight * maps[j, i, n + c]


@part
def any_nonzero(b):  # type: ignore[no-untyped-def]
    """Whether b (k,) has an entry that is not zero."""
    for i in range(b.shape[0]):
        if b[i] != 0.0:
            return True
    return False


@compiled
def extremes(x, monomial, nodes, out):  # type: ignore[no-untyped-def]
    """Smallest and largest value of each column of a profile x (N m + 1, n), out (2, n).

    From the extreme base point, Newton's method on the derivative of the polynomial of an interval
    that contains it; a base point between two intervals is tried in both.
    """
    m = nodes.shape[0] - 1
    intervals = (x.shape[0] - 1) // m
    coefficients = np.empty(m + 1)
    for a in range(x.shape[1]):
        for side in range(2):
            sign = 1.0 if side == 1 else -1.0
            where = 0
            for i in range(1, x.shape[0]):
                if sign * x[i, a] > sign * x[where, a]:
                    where = i
            best = sign * x[where, a]
            first, last = (where - 1) // m, where // m
            for j in range(first, last + 1):
                if j < 0 or j >= intervals:
                    continue
                for k in range(m + 1):
                    total = 0.0
                    for i in range(m + 1):
                        total += monomial[k, i] * x[j * m + i, a]
                    coefficients[k] = sign * total
                reached = climbed(coefficients, nodes[where - j * m])
                if reached > best:
                    best = reached
            out[side, a] = sign * best


@part
def climbed(coefficients, s):  # type: ignore[no-untyped-def]
    """Largest value met by Newton's method for a maximum of a polynomial on [0, 1], from s."""
    best = -np.inf
    for _ in range(8):
        value, slope, curvature = 0.0, 0.0, 0.0
        for k in range(coefficients.shape[0] - 1, -1, -1):
            curvature = curvature * s + 2.0 * slope
            slope = slope * s + value
            value = value * s + coefficients[k]
        if value > best:
            best = value
        if curvature >= 0.0:
            break
        move = -slope / curvature
        after = s + move
        after = 0.0 if after < 0.0 else 1.0 if after > 1.0 else after
        if abs(after - s) < 1e-9:
            break
        s = after
    return best

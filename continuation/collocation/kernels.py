"""Compiled kernels of collocation: small, on arrays only; `plain` holds their NumPy twins.

Notation: N intervals, degree m, n states, c = n + s columns (state at the left end of an interval,
then s scalar unknowns). The equations and the block matrix are drawn in `assembly`.
"""

from __future__ import annotations

import numpy as np

from continuation.linalg.small import compiled, lu_rows, lu_solve, part


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


@compiled
def reduce(maps, ends, rows, panels, taus, multipliers, last, pivots):  # type: ignore[no-untyped-def]
    """Eliminate the inner mesh points; returns sign and modulus of the determinant, see `assembly`.

    Parameters
    ----------
    maps : (N, m n, n + s); ends : (n_b, 2 n + s), boundary rows
    rows : (q, (N + 1) n + s), condensed rows, destroyed
    panels : (N - 1, 2 n, 3 n + s), out: columns x_j, x_0, x_j+1, scalars after elimination of x_j
    taus : (N - 1, n), out; multipliers : (q, N - 1, n), out
    last : (2 n + s, 2 n + s), out, and pivots (2 n + s,): factors of the equations in x_0, x_N,
    scalars
    """
    intervals, mn, columns = maps.shape
    n = last.shape[0] - columns
    s = columns - n
    top = mn - n
    sign = 1.0
    carry = np.empty((n, 2 * n + s))
    for a in range(n):
        for b in range(n):
            carry[a, b] = -maps[0, top + a, b]
            carry[a, n + b] = 1.0 if a == b else 0.0
        for c in range(s):
            carry[a, 2 * n + c] = -maps[0, top + a, n + c]
    for j in range(1, intervals):
        k = j - 1
        for a in range(n):
            for b in range(n):
                panels[k, a, b] = carry[a, n + b]
                panels[k, a, n + b] = carry[a, b]
                panels[k, a, 2 * n + b] = 0.0
                panels[k, n + a, b] = -maps[j, top + a, b]
                panels[k, n + a, n + b] = 0.0
                panels[k, n + a, 2 * n + b] = 1.0 if a == b else 0.0
            for c in range(s):
                panels[k, a, 3 * n + c] = carry[a, 2 * n + c]
                panels[k, n + a, 3 * n + c] = -maps[j, top + a, n + c]
        sign *= reflect(panels, k, n, taus)
        for a in range(n):
            for c in range(2 * n + s):
                carry[a, c] = panels[k, n + a, n + c]
        eliminate(rows, panels, k, n, multipliers)
    fill_last(carry, ends, rows, n, intervals, last)
    sign *= lu_rows(last, pivots, last.shape[0])
    size = 0.0
    if sign != 0.0:
        for k in range(last.shape[0]):
            size += np.log(abs(last[k, k]))
    return sign, np.exp(size / last.shape[0])


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
def solve(local, reduced, rhs, out):  # type: ignore[no-untyped-def]
    """Solve the bordered system for one right-hand side; see `assembly`.

    Parameters
    ----------
    local : tuple of period, steps, value, integral, packed, lu, pivots, maps of the intervals
    reduced : tuple of rows (q, (N m + 1) n + s), the integral rows and the border over all base
        points, and panels, taus, multipliers, last, last_pivots as `reduce` left them
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
    solve_condensed(maps, reduced, rhs, out)


@part
def solve_condensed(maps, reduced, rhs, out):  # type: ignore[no-untyped-def]
    """Solve the bordered system, with every interval solved for a fixed left end and scalars.

    Parameters
    ----------
    maps : (N, m n, n + s); reduced : tuple, as in `solve`
    rhs : (N m n + n_b + q,), destroyed: solutions of the intervals, then the other rows
    out : ((N m + 1) n + s,), out
    """
    rows, panels, taus, multipliers, last, last_pivots = reduced
    intervals, mn, columns = maps.shape
    size = last.shape[0]
    n = size - columns
    inner = mn - n
    q = rows.shape[0]
    tail = rhs.shape[0] - q
    split = intervals * mn
    for j in range(intervals):
        for t in range(q):
            total = 0.0
            for i in range(inner):
                total += rows[t, j * mn + n + i] * rhs[j * mn + i]
            rhs[tail + t] -= total
    b = np.empty(2 * n)
    for a in range(n):
        b[n + a] = rhs[inner + a]
    for j in range(1, intervals):
        for a in range(n):
            b[a] = b[n + a]
            b[n + a] = rhs[j * mn + inner + a]
        rotate(panels, j - 1, n, taus, b)
        for a in range(n):
            rhs[(j - 1) * mn + inner + a] = b[a]
        for t in range(q):
            for a in range(n):
                rhs[tail + t] -= multipliers[t, j - 1, a] * b[a]
    end = np.empty(size)
    for a in range(n):
        end[a] = b[n + a]
    for a in range(n, size):
        end[a] = rhs[split - n + a]
    lu_solve(last, last_pivots, end)
    expand(maps, panels, rhs, end, n, out)


@part
def any_nonzero(b):  # type: ignore[no-untyped-def]
    """Whether b (k,) has an entry that is not zero."""
    for i in range(b.shape[0]):
        if b[i] != 0.0:
            return True
    return False


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
def expand(maps, panels, rhs, end, n, out):  # type: ignore[no-untyped-def]
    """Mesh points from the last to the first, then the points inside the intervals."""
    intervals, mn, columns = maps.shape
    s = columns - n
    inner = mn - n
    split = intervals * mn
    for a in range(n):
        out[a] = end[a]
    for a in range(n, end.shape[0]):
        out[split - n + a] = end[a]
    for j in range(intervals - 1, 0, -1):
        k, here = j - 1, j * mn
        for a in range(n - 1, -1, -1):
            total = rhs[k * mn + inner + a]
            for b in range(a + 1, n):
                total -= panels[k, a, b] * out[here + b]
            for b in range(n):
                total -= panels[k, a, n + b] * end[b] + panels[k, a, 2 * n + b] * out[here + mn + b]
            for c in range(s):
                total -= panels[k, a, 3 * n + c] * end[2 * n + c]
            out[here + a] = total / panels[k, a, a]
    for j in range(intervals):
        for i in range(inner):
            total = rhs[j * mn + i]
            for b in range(n):
                total += maps[j, i, b] * out[j * mn + b]
            for c in range(s):
                total += maps[j, i, n + c] * end[2 * n + c]
            out[j * mn + n + i] = total


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

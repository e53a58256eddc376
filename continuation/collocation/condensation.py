r"""Elimination inside the intervals, compiled: eight at a time, and with pivots where need be.

The stage equations of an interval of length h, for K_i = h k_i at the Gauss points, are those of
`assembly` times h,

.. math::

    K_i - h T A_i \sum_l \mathcal{A}_{il} K_l
    = h T A_i (x_{left} - \textstyle\sum_l L_{il} r_l) + h f_i \delta T + h T B_i \delta p,

where r is the residual, so that one more column holds Newton's correction of an interval with fixed
left end. For short intervals the matrix is close to the identity and needs no pivots: eight
intervals are eliminated side by side, see `lanes`. An interval in which a factor exceeds `GROWTH`
is done again with pivots. Notation as in `kernels`; row i n + a of the equations belongs to state a
at Gauss point i.
"""

from __future__ import annotations

import numpy as np

from continuation.collocation.lanes import LANES, combine, multiply, subtract_products
from continuation.linalg.small import back_substitute, compiled, lu_rows, part

GROWTH = 4.0
"""Largest factor of an elimination without pivots; pivots would keep them below 1. Threshold
pivoting of sparse matrices customarily allows 10."""


@compiled
def condense(  # type: ignore[no-untyped-def]
    x, period, steps, value, runge_kutta, integral, packed, residual, newton, lu, pivots, maps
):
    """Residual and elimination of every interval; returns the sign of the product of determinants.

    Parameters
    ----------
    x : (N m + 1, n), the profile; steps : (N,), lengths of the intervals
    packed : (N m, n + n n + n (s - 1)), f, f_x, f_p at the Gauss points
    residual : (N, m n), out
    newton : (N, m n), out: what cancels the residual of an interval, its left end and s held fixed
    lu : (N, m n, m n), out; pivots : (N, m n), out; both empty where factors are not wanted
    maps : (N, m n, n + s), out: the unknowns of an interval from its left end and the scalars
    """
    intervals, mn, columns = maps.shape
    n = x.shape[1]
    width = mn + columns + 1
    work = np.empty((mn * (width + 2) + n) * LANES)
    again = np.empty((mn * (width + 2) + n) * LANES)
    single, order = np.empty((mn, width)), np.empty(mn, dtype=np.int64)
    couplings = -runge_kutta
    sign = 1.0
    for first in range(0, intervals, LANES):
        load(period, steps, packed, first, n, width, work)
        mismatch(x, period, steps, integral, first, width, work)
        stage_equations(value, couplings, n, width, work)
        count = intervals - first if intervals - first < LANES else LANES
        eliminate_lanes(mn, width, work)
        reloaded = False
        for b in range(count):
            for i in range(mn):
                order[i] = i
            own = sign_without_pivots(mn, width, b, work)
            if own == 0.0:
                if not reloaded:
                    load(period, steps, packed, first, n, width, again)
                    mismatch(x, period, steps, integral, first, width, again)
                    stage_equations(value, couplings, n, width, again)
                    reloaded = True
                own = pivoted(mn, width, b, again, single, order, work)
            sign *= own
            if pivots.shape[0] > 0:
                pivots[first + b] = order
        if lu.shape[0] > 0:
            store_factors(first, count, width, work, lu)
        store(integral, first, count, n, width, work, residual, newton, maps)
    return sign


@part
def load(period, steps, packed, first, n, width, work):  # type: ignore[no-untyped-def]
    """Right-hand sides of eight intervals from the first on; the last one stands in for missing."""
    intervals = steps.shape[0]
    m = packed.shape[0] // intervals
    mn = m * n
    free = width - mn - n - 2
    scale, step, row = np.empty(LANES), np.empty(LANES), np.empty(LANES, dtype=np.int64)
    for b in range(LANES):
        j = first + b if first + b < intervals else intervals - 1
        step[b], scale[b], row[b] = steps[j], steps[j] * period, j * m
    for i in range(m):
        for a in range(n):
            start = ((i * n + a) * width + mn) * LANES
            for c in range(n):
                for b in range(LANES):
                    work[start + b] = scale[b] * packed[row[b] + i, n + a * n + c]
                start += LANES
            for b in range(LANES):
                work[start + b] = step[b] * packed[row[b] + i, a]
            for c in range(free):
                start += LANES
                for b in range(LANES):
                    work[start + b] = scale[b] * packed[row[b] + i, n + n * n + a * free + c]
            start += LANES
            for b in range(LANES):
                work[start + b] = 0.0


@part
def mismatch(x, period, steps, integral, first, width, work):  # type: ignore[no-untyped-def]
    """Residuals of eight intervals, into the entries of work beyond the matrix."""
    intervals, m, n = steps.shape[0], integral.shape[0], x.shape[1]
    mn = m * n
    for node in range(m):
        for a in range(n):
            entry = mn * width + node * n + a
            combine(work, entry, integral, node * m, a * width + mn + n, n * width, m)
            for b in range(LANES):
                left = (first + b if first + b < intervals else intervals - 1) * m
                jump = x[left + node + 1, a] - x[left, a]
                work[entry * LANES + b] = jump - period * work[entry * LANES + b]


@part
def stage_equations(value, couplings, n, width, work):  # type: ignore[no-untyped-def]
    """The matrix of the stage equations, and the column of the residual."""
    m = couplings.shape[0]
    mn = m * n
    residual = mn * width
    at = residual + 2 * mn
    for i in range(m):
        for c in range(n):
            combine(work, at + c, value, i * (m + 1) + 1, residual + c, n, m)
        for a in range(n):
            row = (i * n + a) * width
            subtract_products(work, row + width - 1, work, row + mn, 1, work, at, 1, n)
            for node in range(m):
                for c in range(n):
                    combine(work, row + node * n + c, couplings, i * m + node, row + mn + c, 0, 1)
            for b in range(LANES):
                work[(row + i * n + a) * LANES + b] += 1.0


@part
def eliminate_lanes(mn, width, work):  # type: ignore[no-untyped-def]
    """Factorise without pivots and solve for all right-hand sides, eight intervals at a time."""
    inverses = mn * (width + 1)
    for i in range(mn):
        row = i * width
        for k in range(i):
            subtract_products(work, row + k, work, row, 1, work, k, width, k)
            multiply(work, row + k, work, inverses + k)
        for c in range(i, width):
            subtract_products(work, row + c, work, row, 1, work, c, width, i)
        for b in range(LANES):
            work[(inverses + i) * LANES + b] = 1.0 / work[(row + i) * LANES + b]
    for i in range(mn - 1, -1, -1):
        row = i * width
        for c in range(mn, width):
            above = row + width + c
            subtract_products(work, row + c, work, row + i + 1, 1, work, above, width, mn - 1 - i)
            multiply(work, row + c, work, inverses + i)


@part
def sign_without_pivots(mn, width, b, work):  # type: ignore[no-untyped-def]
    """Sign of the determinant of lane b; zero where it should be done with pivots."""
    sign = 1.0
    for i in range(mn):
        for k in range(i):
            if not abs(work[(i * width + k) * LANES + b]) <= GROWTH:
                return 0.0
        diagonal = work[(i * width + i) * LANES + b]
        if not abs(diagonal) > 0.0:
            return 0.0
        if diagonal < 0.0:
            sign = -sign
    return sign


@part
def pivoted(mn, width, b, equations, single, pivots, work):  # type: ignore[no-untyped-def]
    """Solve the equations of lane b with pivots, into the same lane of work; the sign."""
    for i in range(mn):
        for c in range(width):
            single[i, c] = equations[(i * width + c) * LANES + b]
    sign = lu_rows(single, pivots, mn)
    back_substitute(single, mn)
    for i in range(mn):
        for c in range(width):
            work[(i * width + c) * LANES + b] = single[i, c]
    return sign


@part
def store_factors(first, count, width, work, lu):  # type: ignore[no-untyped-def]
    """Write the factors of ``count`` intervals, from the first on."""
    mn = lu.shape[1]
    for i in range(mn):
        for k in range(mn):
            entry = (i * width + k) * LANES
            for b in range(count):
                lu[first + b, i, k] = work[entry + b]


@part
def store(integral, first, count, n, width, work, residual, newton, maps):  # type: ignore[no-untyped-def]
    """Write the results of ``count`` intervals, from the first on."""
    m = integral.shape[0]
    mn = m * n
    columns = width - mn - 1
    scratch = mn * (width + 2)
    for node in range(m):
        for a in range(n):
            i = node * n + a
            for c in range(columns + 1):
                combine(work, scratch, integral, node * m, a * width + mn + c, n * width, m)
                if c < columns:
                    unit = 1.0 if c == a else 0.0
                    for b in range(count):
                        maps[first + b, i, c] = work[scratch * LANES + b] + unit
            for b in range(count):
                own = work[(mn * width + i) * LANES + b]
                residual[first + b, i] = own
                newton[first + b, i] = work[scratch * LANES + b] - own

r"""Elimination of the mesh points, compiled: eight segments of the mesh side by side.

Every interval relates the states at its ends and the scalars, x_(j+1) - G_j x_j - C_j s = g_j. The
mesh is cut into eight segments of nearly equal numbers of intervals, one for each lane of a vector
register, see `lanes`. Within a segment the inner points y_1, ..., y_(K-1) go one after the other:
Householder reflections of the two block rows in which y_k stands,

.. code-block:: text

      y_k   y_0  y_(k+1)  s                 y_k   y_0  y_(k+1)  s
    [  F     E      0     C  | g  ]   -->  [ R     .      .     .  | . ]   kept: gives y_k
    [ -G_k   0      I    -C_k| g_k]        [ 0     E'     F'    C' | g']   relates y_0, y_(k+1), s

leave a relation of the two ends of the segment. Orthogonal elimination is stable in any order, and
a shorter segment is filled up with intervals of length zero, G = I and C = 0. The relations of the
eight segments are eliminated alike, one after the other, by `kernels.join`.

Arrays of lanes are flat; positions count entries of eight numbers. With W = 3 n + s a panel has
the rows and columns drawn above, the lower part of its first n columns keeping the reflectors; a
row over the points of a segment has the columns y_0, ..., y_K, s.

References
----------
.. [1] S. J. Wright, Stable parallel algorithms for two-point boundary value problems,
   SIAM J. Sci. Stat. Comput. 13 (1992) 742-764.
"""

from __future__ import annotations

import numpy as np

from continuation.collocation.lanes import LANES, multiply, reflect, subtract_products
from continuation.linalg.small import part


@part
def first_of(b, intervals):  # type: ignore[no-untyped-def]
    """Number of the first interval of segment b, for 0 <= b <= LANES."""
    return b * intervals // LANES


@part
def longest(intervals):  # type: ignore[no-untyped-def]
    """Intervals K of the longest segment."""
    return (intervals + LANES - 1) // LANES


@part
def spaces(intervals, n, s, q):  # type: ignore[no-untyped-def]
    """Panels, factors tau, inverses of the diagonals of R, and multipliers of the rows."""
    inner = longest(intervals) - 1
    panels = np.empty(inner * 2 * n * (3 * n + s) * LANES)
    taus, inverses = np.empty(inner * n * LANES), np.empty(inner * n * LANES)
    return panels, taus, inverses, np.empty(q * inner * n * LANES)


@part
def eliminate_points(maps, n, panels, taus, inverses, relations):  # type: ignore[no-untyped-def]
    """Eliminate the inner points of all segments; the sign of the determinants of all Q R.

    Parameters
    ----------
    maps : (N, m n, n + s); panels, taus, inverses : out, as `spaces` makes them
    relations : (LANES, n, 2 n + s), out: E, F, C of every segment
    """
    intervals, mn, columns = maps.shape
    s, top = columns - n, mn - n
    width = 3 * n + s
    carry = np.empty(n * (2 * n + s) * LANES)
    place_map(maps, 0, top, n, carry, 0, 2 * n + s, 0, n, 2 * n)
    sign = 1.0
    for k in range(1, longest(intervals)):
        upper = (k - 1) * 2 * n * width
        lower = upper + n * width
        for a in range(n):
            row, old = (upper + a * width) * LANES, a * (2 * n + s) * LANES
            for i in range(n * LANES):
                panels[row + i] = carry[old + n * LANES + i]
                panels[row + n * LANES + i] = carry[old + i]
                panels[row + 2 * n * LANES + i] = 0.0
                panels[(lower + a * width + n) * LANES + i] = 0.0
            for i in range(s * LANES):
                panels[row + 3 * n * LANES + i] = carry[old + 2 * n * LANES + i]
        place_map(maps, k, top, n, panels, lower, width, 0, 2 * n, 3 * n)
        sign *= reflect_panel(panels, upper, n, width, (k - 1) * n, taus, inverses)
        for a in range(n):
            row, new = (lower + a * width + n) * LANES, a * (2 * n + s) * LANES
            for i in range((2 * n + s) * LANES):
                carry[new + i] = panels[row + i]
    for b in range(LANES):
        for a in range(n):
            for c in range(2 * n + s):
                relations[b, a, c] = carry[(a * (2 * n + s) + c) * LANES + b]
    return sign


@part
def place_map(maps, k, top, n, target, start, width, at_left, at_right, at_scalars):  # type: ignore[no-untyped-def]
    """Write -G, I and -C of interval k of every segment into columns of n rows of lanes."""
    intervals, _, columns = maps.shape
    for b in range(LANES):
        j = first_of(b, intervals) + k
        inside = j < first_of(b + 1, intervals)
        for a in range(n):
            row = start + a * width
            for c in range(n):
                unit = 1.0 if a == c else 0.0
                own = maps[j, top + a, c] if inside else unit
                target[(row + at_left + c) * LANES + b] = -own
                target[(row + at_right + c) * LANES + b] = unit
            for c in range(columns - n):
                own = maps[j, top + a, n + c] if inside else 0.0
                target[(row + at_scalars + c) * LANES + b] = -own


@part
def reflect_panel(panels, start, n, width, at, taus, inverses):  # type: ignore[no-untyped-def]
    """Reflect the first n columns of a panel away; the product of the signs of the det(Q R)."""
    sign = 1.0
    for k in range(n):
        head = start + k * width + k
        below, count = head + width, 2 * n - 1 - k
        for b in range(LANES):
            taus[(at + k) * LANES + b] = 0.0
        subtract_products(taus, at + k, panels, below, width, panels, below, width, count)
        for b in range(LANES):
            here = (at + k) * LANES + b
            square, old = -taus[here], panels[head * LANES + b]
            diagonal = np.sqrt(old * old + square)
            if old > 0.0:
                diagonal = -diagonal
            if square == 0.0:
                diagonal = old
            # A reflection has determinant -1, and the diagonal of R the sign of -old.
            if old < 0.0 or (old == 0.0 and square > 0.0):
                sign = -sign
            elif diagonal == 0.0:
                sign = 0.0
            taus[here] = (diagonal - old) / diagonal if square > 0.0 else 0.0
            inverses[here] = 1.0 / (old - diagonal) if square > 0.0 else 0.0
            panels[head * LANES + b] = diagonal
        for i in range(count):
            multiply(panels, below + i * width, inverses, at + k)
        for b in range(LANES):
            inverses[(at + k) * LANES + b] = 1.0 / panels[head * LANES + b]
        for c in range(1, width - k):
            reflect(panels, below, width, taus, at + k, panels, head + c, width, count)
    return sign


@part
def eliminate_in_rows(condensed, n, s, panels, inverses, multipliers, joined):  # type: ignore[no-untyped-def]
    """Remove the inner points of all segments from rows over the mesh points.

    Parameters
    ----------
    condensed : (q, (N + 1) n + s); panels, inverses : as `eliminate_points` left them
    multipliers : out
    joined : (q, (LANES + 1) n + s), out: rows over the ends of the segments
    """
    q = condensed.shape[0]
    intervals = (condensed.shape[1] - s) // n - 1
    steps, width = longest(intervals), 3 * n + s
    work = np.empty(((steps + 1) * n + s) * LANES)
    scalars = (steps + 1) * n
    for t in range(q):
        gather(condensed[t], n, intervals, work)
        for i in range(scalars * LANES, work.shape[0]):
            work[i] = 0.0
        for k in range(1, steps):
            panel, at = (k - 1) * 2 * n * width, (t * (steps - 1) + k - 1) * n
            for a in range(n):
                here = k * n + a
                subtract_products(work, here, multipliers, at, 1, panels, panel + a, width, a)
                multiply(work, here, inverses, (k - 1) * n + a)
                for b in range(LANES):
                    multipliers[(at + a) * LANES + b] = work[here * LANES + b]
            for c in range(n):
                after = panel + 2 * n + c
                subtract_products(work, c, multipliers, at, 1, panels, panel + n + c, width, n)
                subtract_products(work, here + 1 + c, multipliers, at, 1, panels, after, width, n)
            for c in range(s):
                column = panel + 3 * n + c
                subtract_products(work, scalars + c, multipliers, at, 1, panels, column, width, n)
        join_row(condensed[t], n, s, steps, work, joined[t])


@part
def gather(row, n, intervals, work):  # type: ignore[no-untyped-def]
    """Coefficients of the mesh points, by segments; a point shared by two belongs to the later."""
    steps = longest(intervals)
    for k in range(steps + 1):
        for b in range(LANES):
            j = first_of(b, intervals) + k
            inside = j < first_of(b + 1, intervals)
            for a in range(n):
                work[(k * n + a) * LANES + b] = row[j * n + a] if inside else 0.0
    for a in range(n):
        work[(steps * n + a) * LANES + LANES - 1] = row[intervals * n + a]


@part
def join_row(row, n, s, steps, work, joined):  # type: ignore[no-untyped-def]
    """What is left of a row over the ends of the segments and the scalars."""
    for i in range(joined.shape[0]):
        joined[i] = 0.0
    at, scalars = (LANES + 1) * n, (steps + 1) * n
    for b in range(LANES):
        for a in range(n):
            joined[b * n + a] += work[a * LANES + b]
            joined[(b + 1) * n + a] += work[(steps * n + a) * LANES + b]
        for c in range(s):
            joined[at + c] += work[(scalars + c) * LANES + b]
    for c in range(s):
        joined[at + c] += row[row.shape[0] - s + c]


@part
def forward(gaps, n, width, panels, taus, multipliers, kept, ends, tail):  # type: ignore[no-untyped-def]
    """Right-hand sides through the elimination.

    Parameters
    ----------
    gaps : (N, n), the g_j
    panels, taus, multipliers : as left by the elimination
    kept : flat lanes ((K - 1) n), out: right-hand sides that give the inner points
    ends : (LANES, n), out: those of the relations
    tail : (q,), those of the rows, changed
    """
    intervals = gaps.shape[0]
    steps = longest(intervals)
    work, sums = np.empty(2 * n * LANES), np.empty(LANES)
    place_gaps(gaps, 0, n, work)
    for k in range(1, steps):
        for i in range(n * LANES):
            work[i] = work[n * LANES + i]
        place_gaps(gaps, k, n, work)
        panel, at = (k - 1) * 2 * n * width, (k - 1) * n
        for i in range(n):
            below, count = panel + (i + 1) * width + i, 2 * n - 1 - i
            reflect(panels, below, width, taus, at + i, work, i, 1, count)
        for i in range(n * LANES):
            kept[at * LANES + i] = work[i]
    inner = (steps - 1) * n
    for t in range(tail.shape[0]):
        for b in range(LANES):
            sums[b] = 0.0
        subtract_products(sums, 0, multipliers, t * inner, 1, kept, 0, 1, inner)
        for b in range(LANES):
            tail[t] += sums[b]
    for b in range(LANES):
        for a in range(n):
            ends[b, a] = work[(n + a) * LANES + b]


@part
def place_gaps(gaps, k, n, work):  # type: ignore[no-untyped-def]
    """Write g of interval k of every segment into the lower half of work."""
    intervals = gaps.shape[0]
    for b in range(LANES):
        j = first_of(b, intervals) + k
        inside = j < first_of(b + 1, intervals)
        for a in range(n):
            work[(n + a) * LANES + b] = gaps[j, a] if inside else 0.0


@part
def backward(joints, n, s, panels, inverses, kept, intervals, out):  # type: ignore[no-untyped-def]
    """All mesh points from the ends of the segments.

    Parameters
    ----------
    joints : ((LANES + 1) n + s,), the ends of the segments, then the scalars
    panels, inverses, kept : as left by the elimination; kept is overwritten by the inner points
    out : (N + 1, n), out
    """
    steps, width = longest(intervals), 3 * n + s
    known = np.empty((2 * n + s) * LANES)
    for b in range(LANES):
        for a in range(n):
            known[a * LANES + b] = joints[b * n + a]
            known[(n + a) * LANES + b] = joints[(b + 1) * n + a]
        for c in range(s):
            known[(2 * n + c) * LANES + b] = joints[(LANES + 1) * n + c]
    for k in range(steps - 1, 0, -1):
        panel, at = (k - 1) * 2 * n * width, (k - 1) * n
        for a in range(n - 1, -1, -1):
            row, here = panel + a * width, at + a
            subtract_products(kept, here, panels, row + n, 1, known, 0, 1, 2 * n + s)
            subtract_products(kept, here, panels, row + a + 1, 1, kept, here + 1, 1, n - 1 - a)
            multiply(kept, here, inverses, here)
        for i in range(n * LANES):
            known[n * LANES + i] = kept[at * LANES + i]
    for b in range(LANES):
        start = first_of(b, intervals)
        for k in range(first_of(b + 1, intervals) - start):
            for a in range(n):
                inner = kept[((k - 1) * n + a) * LANES + b] if k > 0 else joints[b * n + a]
                out[start + k, a] = inner
    for a in range(n):
        out[intervals, a] = joints[LANES * n + a]

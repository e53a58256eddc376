"""Small dense linear algebra, compiled: for kernels, in which a call of LAPACK would cost more.

`plain` beside the collocation kernels, and the tests, hold NumPy twins of what is built on these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

compiled: Callable[[Any], Any] = numba.njit(cache=True, nogil=True, error_model="numpy")
"""Makes a kernel that Python calls; its machine code is kept on the disk."""

part: Callable[[Any], Any] = numba.njit(nogil=True, error_model="numpy")
"""Makes a part of kernels, which only they call: it is kept on the disk inside of them."""


@part
def lu_rows(a, pivots, size):  # type: ignore[no-untyped-def]
    """Factorise the leading square of a, pivoting whole rows; sign of its determinant.

    Columns of ``a`` beyond ``size`` are right-hand sides: they come out forward-substituted.
    """
    sign = 1.0
    width = a.shape[1]
    for k in range(size):
        best, where = abs(a[k, k]), k
        for i in range(k + 1, size):
            if abs(a[i, k]) > best:
                best, where = abs(a[i, k]), i
        pivots[k] = where
        if where != k:
            sign = -sign
            for c in range(width):
                kept = a[k, c]
                a[k, c] = a[where, c]
                a[where, c] = kept
        if best == 0.0:
            return 0.0
        if a[k, k] < 0.0:
            sign = -sign
        inverse = 1.0 / a[k, k]
        for i in range(k + 1, size):
            factor = a[i, k] * inverse
            a[i, k] = factor
            for c in range(k + 1, width):
                a[i, c] -= factor * a[k, c]
    return sign


@part
def back_substitute(a, size):  # type: ignore[no-untyped-def]
    """Finish the right-hand sides that `lu_rows` left in the columns of a beyond ``size``."""
    for i in range(size - 1, -1, -1):
        inverse = 1.0 / a[i, i]
        for c in range(size, a.shape[1]):
            total = a[i, c]
            for k in range(i + 1, size):
                total -= a[i, k] * a[k, c]
            a[i, c] = total * inverse


@part
def lu_solve(lu, pivots, b):  # type: ignore[no-untyped-def]
    """Solve for one right-hand side b, in place, with factors made by `lu_rows`."""
    size = b.shape[0]
    for k in range(size):
        where = pivots[k]
        if where != k:
            b[k], b[where] = b[where], b[k]
    for i in range(1, size):
        total = b[i]
        for k in range(i):
            total -= lu[i, k] * b[k]
        b[i] = total
    for i in range(size - 1, -1, -1):
        total = b[i]
        for k in range(i + 1, size):
            total -= lu[i, k] * b[k]
        b[i] = total / lu[i, i]


@part
def largest(v, count):  # type: ignore[no-untyped-def]
    """Largest modulus of the first entries of v; NaN where there is one."""
    most = 0.0
    for i in range(count):
        size = abs(v[i])
        if not size <= most:
            if size != size:
                return size
            most = size
    return most


@part
def largest_in(v, scales):  # type: ignore[no-untyped-def]
    """Largest modulus of the entries of v, each in its own scale; NaN where there is one."""
    most = 0.0
    for i in range(v.shape[0]):
        size = abs(v[i]) / scales[i]
        if not size <= most:
            if size != size:
                return size
            most = size
    return most

r"""Krawczyk's operator: proof that a box holds exactly one equilibrium, at most one, or none.

For F(a) = a - G(a) on a box X with midpoint m, C an enclosure of F' = I - DG on X and Y any matrix
(an approximate inverse of the midpoint of C),

.. math:: K(X) = m - Y F(m) + (I - Y C)(X - m).

Every zero of F in X lies in K(X). If K(X) is in the interior of X, there is exactly one. If with
w the half-widths :math:`|I - Y C| w < w` in every component, all matrices in C are regular and X
holds at most one.

References
----------
Krawczyk (1969), Computing 4, 187-201. Neumaier, Interval Methods for Systems of Equations,
Cambridge University Press 1990, section 5.1 (theorems 5.1.8 and 5.1.9).
"""

from __future__ import annotations

import numpy as np

from symgru.certified.interval_map import image, slope
from symgru.certified.rounding import LARGEST, add, down, part, product, subtract, up

__all__ = ["AT_MOST_ONE", "EMPTY", "NARROWED", "ONE", "UNKNOWN", "krawczyk", "meet"]

UNKNOWN, NARROWED, AT_MOST_ONE, ONE, EMPTY = range(5)


@part
def apart(box, other):  # type: ignore[no-untyped-def]
    """Whether two boxes have no point in common."""
    for i in range(box.shape[0]):
        if other[i, 0] > box[i, 1] or other[i, 1] < box[i, 0]:
            return True
    return False


@part
def meet(box, other):  # type: ignore[no-untyped-def]
    """Replace a box by its part in another one; False if that is proved empty.

    Written so that only a true comparison of two numbers shrinks or empties the box.
    """
    if apart(box, other):
        return False
    for i in range(box.shape[0]):
        if other[i, 0] > box[i, 0]:
            box[i, 0] = other[i, 0]
        if other[i, 1] < box[i, 1]:
            box[i, 1] = other[i, 1]
    return True


@part
def within(box, other):  # type: ignore[no-untyped-def]
    """Whether a box lies in another one."""
    for i in range(box.shape[0]):
        if not (other[i, 0] <= box[i, 0] and box[i, 1] <= other[i, 1]):
            return False
    return True


@part
def copy(box, out):  # type: ignore[no-untyped-def]
    """Write a box into another array; a slice assignment would take numba seconds to compile."""
    for i in range(box.shape[0]):
        out[i, 0], out[i, 1] = box[i, 0], box[i, 1]


@part
def _approximate_inverse(C, Y):  # type: ignore[no-untyped-def]
    """Inverse of the midpoint of C by Gauss and Jordan; False if it is not below `LARGEST`.

    No rounding is controlled here: any matrix Y is right, a poor one proves nothing.
    """
    d = C.shape[0]
    A = np.empty((d, d))
    for i in range(d):
        for j in range(d):
            A[i, j] = 0.5 * (C[i, j, 0] + C[i, j, 1])
            Y[i, j] = 1.0 if i == j else 0.0
    for k in range(d):
        best = k
        for i in range(k + 1, d):
            if abs(A[i, k]) > abs(A[best, k]):
                best = i
        if not abs(A[best, k]) > 1.0 / LARGEST:
            return False
        for j in range(d):
            A[k, j], A[best, j] = A[best, j], A[k, j]
            Y[k, j], Y[best, j] = Y[best, j], Y[k, j]
        scale = 1.0 / A[k, k]
        for j in range(d):
            A[k, j] *= scale
            Y[k, j] *= scale
        for i in range(d):
            if i != k:
                factor = A[i, k]
                for j in range(d):
                    A[i, j] -= factor * A[k, j]
                    Y[i, j] -= factor * Y[k, j]
    for i in range(d):
        for j in range(d):
            if not abs(Y[i, j]) < LARGEST:
                return False
    return True


@part
def krawczyk(U, b, after, box, C, out, haze):  # type: ignore[no-untyped-def]
    """Write K(box) into ``out`` and I - DG on the box into ``C``, shape (d, d, 2).

    Returns what is proved: `EMPTY`, `ONE`, `AT_MOST_ONE`, `NARROWED` (no more than that every zero
    in the box lies in ``out`` too), or `UNKNOWN` (``out`` and ``haze`` are of no use). ``haze``,
    shape (d,), is the width of K(box) that comes from rounding at the midpoint, less that which
    comes from the box and less the box itself: where it is positive, bisection is of no use.
    """
    d = box.shape[0]
    h, r, middle, value = np.empty((d, 2)), np.empty((d, 2)), np.empty((d, 2)), np.empty((d, 2))
    Y = np.empty((d, d))
    image(U, b, after, box, h, r, value)
    slope(U, b, after, box, h, r, C)
    for i in range(d):
        for j in range(d):
            one = 1.0 if i == j else 0.0
            C[i, j, 0], C[i, j, 1] = subtract(one, one, C[i, j, 0], C[i, j, 1])
    if not _approximate_inverse(C, Y):
        return UNKNOWN
    for i in range(d):
        middle[i] = 0.5 * (box[i, 0] + box[i, 1])
    image(U, b, after, middle, h, r, value)
    for i in range(d):
        value[i, 0], value[i, 1] = subtract(middle[i, 0], middle[i, 1], value[i, 0], value[i, 1])
    inside, regular = True, True
    for i in range(d):
        spread = 0.0
        lo = hi = middle[i, 0]
        for k in range(d):
            p_lo, p_hi = product(Y[i, k], Y[i, k], value[k, 0], value[k, 1])
            lo, hi = subtract(lo, hi, p_lo, p_hi)
        for j in range(d):
            e_lo = e_hi = 1.0 if i == j else 0.0
            for k in range(d):
                p_lo, p_hi = product(Y[i, k], Y[i, k], C[k, j, 0], C[k, j, 1])
                e_lo, e_hi = subtract(e_lo, e_hi, p_lo, p_hi)
            reach = up(max(box[j, 1] - middle[j, 0], middle[j, 0] - box[j, 0]))
            spread = up(spread + up(max(abs(e_lo), abs(e_hi)) * reach))
        haze[i] = (hi - lo) - 2.0 * spread - (box[i, 1] - box[i, 0])
        out[i, 0], out[i, 1] = add(lo, hi, -spread, spread)
        regular = regular and spread < down(min(box[i, 1] - middle[i, 0], middle[i, 0] - box[i, 0]))
        inside = inside and box[i, 0] < out[i, 0] and out[i, 1] < box[i, 1]
    if apart(box, out):
        return EMPTY
    if inside:
        return ONE
    return AT_MOST_ONE if regular else NARROWED

r"""The pre-activations of the candidate as a map of boxes, and its derivative, in compiled code.

An equilibrium h of a GRU, and a fixed point of the map, is h = tanh a where the pre-activation a of
the candidate solves

.. math::
    a = G(a), \qquad G(\tanh^{-1} h) = U_h (\sigma(a_r) * h) + b_h \quad\text{(reset "before")},

    G(\tanh^{-1} h) = b_h + \sigma(a_r) * (U_h h + c_h) \quad\text{("after")}, \qquad
    a_r = U_r h + b_r ,

with the inputs' contribution in the biases; the update gate does not enter. In a an equilibrium
near a corner of the cube is as well separated as one in the middle. The derivative is
DG = M diag(1 - h*h), with M as in `symgru.vectorfield.candidate_jacobian`.

Layout of a network, for all kernels of this package: ``U``, shape (3, d, d, 2), holds the intervals
of U_h, U_r, U_z; ``b``, shape (4, d, 2), those of b_h, b_r, b_z, c_h; ``after`` says where the
reset gate acts. A box is an array of shape (d, 2), [lower, upper].
"""

from __future__ import annotations

import numpy as np

from symgru.certified.functions import sigmoid, sigmoid_slope, tanh, tanh_slope
from symgru.certified.rounding import add, part, product

__all__ = ["CANDIDATE", "INNER", "RESET", "UPDATE", "affine", "image", "slope", "slope_in_h"]

CANDIDATE, RESET, UPDATE, INNER = 0, 1, 2, 3


@part
def affine(U, gate, b, bias, h, i):  # type: ignore[no-untyped-def]
    """Interval of row i of U[gate] h + b[bias]."""
    lo, hi = b[bias, i, 0], b[bias, i, 1]
    for j in range(h.shape[0]):
        p_lo, p_hi = product(U[gate, i, j, 0], U[gate, i, j, 1], h[j, 0], h[j, 1])
        lo, hi = add(lo, hi, p_lo, p_hi)
    return lo, hi


@part
def image(U, b, after, box, h, r, out):  # type: ignore[no-untyped-def]
    """Enclose G on a box: ``out``; on the way the states ``h`` and the reset gates ``r``."""
    d = box.shape[0]
    for j in range(d):
        h[j, 0], h[j, 1] = tanh(box[j, 0], box[j, 1])
    for j in range(d):
        lo, hi = affine(U, RESET, b, RESET, h, j)
        r[j, 0], r[j, 1] = sigmoid(lo, hi)
    for i in range(d):
        lo, hi = b[CANDIDATE, i, 0], b[CANDIDATE, i, 1]
        if after:
            p_lo, p_hi = affine(U, CANDIDATE, b, INNER, h, i)
            p_lo, p_hi = product(r[i, 0], r[i, 1], p_lo, p_hi)
            lo, hi = add(lo, hi, p_lo, p_hi)
        else:
            for j in range(d):
                p_lo, p_hi = product(r[j, 0], r[j, 1], h[j, 0], h[j, 1])
                p_lo, p_hi = product(U[CANDIDATE, i, j, 0], U[CANDIDATE, i, j, 1], p_lo, p_hi)
                lo, hi = add(lo, hi, p_lo, p_hi)
        out[i, 0], out[i, 1] = lo, hi


@part
def slope_in_h(U, b, after, h, r, M):  # type: ignore[no-untyped-def]
    """Enclose the derivative M of the candidate's pre-activation by h; ``M``, shape (d, d, 2)."""
    d = h.shape[0]
    for k in range(d):
        lo, hi = affine(U, RESET, b, RESET, h, k)
        s_lo, s_hi = sigmoid_slope(lo, hi)
        if after:
            lo, hi = affine(U, CANDIDATE, b, INNER, h, k)
            s_lo, s_hi = product(lo, hi, s_lo, s_hi)
        else:
            s_lo, s_hi = product(h[k, 0], h[k, 1], s_lo, s_hi)
        for j in range(d):
            # What reset gate k adds through entry (k, j) of U_r; "before" sums over k below.
            M[k, j, 0], M[k, j, 1] = product(s_lo, s_hi, U[RESET, k, j, 0], U[RESET, k, j, 1])
    if after:
        for i in range(d):
            for j in range(d):
                lo, hi = product(r[i, 0], r[i, 1], U[CANDIDATE, i, j, 0], U[CANDIDATE, i, j, 1])
                M[i, j, 0], M[i, j, 1] = add(lo, hi, M[i, j, 0], M[i, j, 1])
        return
    for j in range(d):
        M[j, j, 0], M[j, j, 1] = add(M[j, j, 0], M[j, j, 1], r[j, 0], r[j, 1])
    column = np.empty((d, 2))
    for j in range(d):
        for k in range(d):
            column[k] = M[k, j]
        for i in range(d):
            lo = hi = 0.0
            for k in range(d):
                p_lo, p_hi = product(
                    U[CANDIDATE, i, k, 0], U[CANDIDATE, i, k, 1], column[k, 0], column[k, 1]
                )
                lo, hi = add(lo, hi, p_lo, p_hi)
            M[i, j, 0], M[i, j, 1] = lo, hi


@part
def slope(U, b, after, box, h, r, D):  # type: ignore[no-untyped-def]
    """Enclose DG on a box whose states and reset gates are ``h`` and ``r``; ``D``: (d, d, 2)."""
    d = box.shape[0]
    slope_in_h(U, b, after, h, r, D)
    for j in range(d):
        s_lo, s_hi = tanh_slope(box[j, 0], box[j, 1])
        for i in range(d):
            D[i, j, 0], D[i, j, 1] = product(D[i, j, 0], D[i, j, 1], s_lo, s_hi)

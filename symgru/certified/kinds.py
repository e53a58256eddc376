r"""How many eigenvalues of an equilibrium are unstable, proved on its box for up to three units.

At an equilibrium the candidate is the state, so that the Jacobian of the flow (7) is

.. math::
    A_{ij} = \sigma(-a_{z,i}) \bigl((1 - h_i^2) M_{ij} - \delta_{ij}\bigr), \qquad
    \det(\lambda - A) = \lambda^d + c_1 \lambda^{d-1} + \dots + c_d,

the first factor being one without an update gate. The c_k are sums of principal minors with sign:
each term keeps the factors of its rows, so that a nearly closed gate does not drown in the others.
With Routh's array the number of eigenvalues with positive real part is the number of sign changes
in

.. math::
    1,\; c_1 \quad (d = 1), \qquad 1,\; c_1,\; c_2 \quad (d = 2), \qquad
    1,\; c_1,\; (c_1 c_2 - c_3)/c_1,\; c_3 \quad (d = 3),

where none of them vanishes. For the map the multipliers are 1 + lambda, and s = lambda/(lambda + 2)
maps those outside the unit circle to Re s > 0; there the same array is that of

.. math:: (1 - s)^d \det\bigl(2 s/(1 - s) - A\bigr) = \sum_k c_k (2 s)^{d-k} (1 - s)^k .

The sign of c_d, that of det(-A), is the index of the equilibrium as a zero of a - G(a). The indices
add up to one where all are known, because a - G(a) points outward on the border of the trapping
box.

References
----------
Gantmacher, The Theory of Matrices, vol. 2, Chelsea 1959, ch. XV, section 3 (Routh's theorem).
"""

from __future__ import annotations

import numpy as np

from symgru.certified.functions import sigmoid, tanh, tanh_slope
from symgru.certified.interval_map import RESET, UPDATE, affine, slope_in_h
from symgru.certified.rounding import add, compiled, part, product, subtract

__all__ = ["LARGEST_DIMENSION", "UNDECIDED", "unstable_dimensions"]

LARGEST_DIMENSION = 3
"""Units up to which the array is written out here; beyond, eigenvalues are enclosed by balls."""

UNDECIDED = -1


@part
def _jacobian(U, b, after, gated, box, A):  # type: ignore[no-untyped-def]
    """Enclose the Jacobian of the flow on the box of an equilibrium; ``A``, shape (d, d, 2)."""
    d = box.shape[0]
    h, r = np.empty((d, 2)), np.empty((d, 2))
    for j in range(d):
        h[j, 0], h[j, 1] = tanh(box[j, 0], box[j, 1])
    for j in range(d):
        lo, hi = affine(U, RESET, b, RESET, h, j)
        r[j, 0], r[j, 1] = sigmoid(lo, hi)
    slope_in_h(U, b, after, h, r, A)
    for i in range(d):
        s_lo, s_hi = tanh_slope(box[i, 0], box[i, 1])
        v_lo = v_hi = 1.0
        if gated:
            lo, hi = affine(U, UPDATE, b, UPDATE, h, i)
            v_lo, v_hi = sigmoid(-hi, -lo)
        for j in range(d):
            lo, hi = product(s_lo, s_hi, A[i, j, 0], A[i, j, 1])
            one = 1.0 if i == j else 0.0
            lo, hi = subtract(lo, hi, one, one)
            A[i, j, 0], A[i, j, 1] = product(v_lo, v_hi, lo, hi)


@part
def _minor(A, i, j, k, m):  # type: ignore[no-untyped-def]
    """Interval of the determinant of rows i, j and columns k, m."""
    p_lo, p_hi = product(A[i, k, 0], A[i, k, 1], A[j, m, 0], A[j, m, 1])
    q_lo, q_hi = product(A[i, m, 0], A[i, m, 1], A[j, k, 0], A[j, k, 1])
    return subtract(p_lo, p_hi, q_lo, q_hi)


@part
def _characteristic(A, c):  # type: ignore[no-untyped-def]
    """Enclose the coefficients of det(lambda - A), d <= 3; ``c``, shape (4, 2), c[0] = 1."""
    d = A.shape[0]
    c[:, :] = 0.0
    c[0, 0] = c[0, 1] = 1.0
    for i in range(d):
        c[1, 0], c[1, 1] = subtract(c[1, 0], c[1, 1], A[i, i, 0], A[i, i, 1])
        for j in range(i):
            lo, hi = _minor(A, j, i, j, i)
            c[2, 0], c[2, 1] = add(c[2, 0], c[2, 1], lo, hi)
    if d == 3:
        for k in range(3):
            lo, hi = _minor(A, 1, 2, (k + 1) % 3, (k + 2) % 3)
            lo, hi = product(A[0, k, 0], A[0, k, 1], lo, hi)
            c[3, 0], c[3, 1] = subtract(c[3, 0], c[3, 1], lo, hi)


@part
def _from_unit_circle(c, d):  # type: ignore[no-untyped-def]
    """Replace c by the coefficients in s, highest power first."""
    q = np.zeros((4, 2))
    for k in range(d + 1):
        # c_k (2 s)^(d-k) (1 - s)^k: power d - k + m has the factor (-1)^m binomial(k, m) 2^(d-k).
        factor = 2.0 ** (d - k)
        for m in range(k + 1):
            lo, hi = product(factor, factor, c[k, 0], c[k, 1])
            q[k - m, 0], q[k - m, 1] = add(q[k - m, 0], q[k - m, 1], lo, hi)
            factor = -(factor * (k - m)) / (m + 1)
    c[:, :] = q


@part
def _sign(lo, hi):  # type: ignore[no-untyped-def]
    """1, -1, or 0 where the sign is not proved."""
    return 1 if lo > 0.0 else (-1 if hi < 0.0 else 0)


@part
def _routh(c, d):  # type: ignore[no-untyped-def]
    """Roots with positive real part; `UNDECIDED` where an entry of the array may vanish."""
    signs = np.zeros(4, np.int64)
    for k in range(d + 1):
        signs[k] = _sign(c[k, 0], c[k, 1])
    if d == 3:
        p_lo, p_hi = product(c[1, 0], c[1, 1], c[2, 0], c[2, 1])
        q_lo, q_hi = product(c[0, 0], c[0, 1], c[3, 0], c[3, 1])
        lo, hi = subtract(p_lo, p_hi, q_lo, q_hi)
        signs[2] = _sign(lo, hi) * signs[1]
    changes = 0
    for k in range(d + 1):
        if signs[k] == 0:
            return UNDECIDED
        if k > 0 and signs[k] != signs[k - 1]:
            changes += 1
    return changes


@compiled
def unstable_dimensions(U, b, after, gated, discrete, boxes):  # type: ignore[no-untyped-def]
    """Unstable dimensions and indices of equilibria, d <= 3.

    Parameters
    ----------
    U, b : ndarray, shapes (3, d, d, 2) and (4, d, 2)
        The network, see `interval_map`.
    after, gated, discrete : bool
        Where the reset gate acts, whether there is an update gate, whether it is the map.
    boxes : ndarray, shape (n, d, 2)
        Narrow enclosures of the pre-activations.

    Returns
    -------
    unstable : ndarray of int, shape (n,)
        Eigenvalues with positive real part, for the map multipliers outside the unit circle;
        `UNDECIDED` where that is not proved.
    indices : ndarray of int, shape (n,)
        Sign of det(-A), or 0 where that is not proved.
    """
    n, d = boxes.shape[0], boxes.shape[1]
    unstable, indices = np.empty(n, np.int64), np.empty(n, np.int64)
    A, c = np.empty((d, d, 2)), np.empty((4, 2))
    for k in range(n):
        _jacobian(U, b, after, gated, boxes[k], A)
        _characteristic(A, c)
        indices[k] = _sign(c[d, 0], c[d, 1])
        if discrete:
            _from_unit_circle(c, d)
        unstable[k] = _routh(c, d)
    return unstable, indices

r"""Enclosures of exp, tanh and the logistic function in compiled code, without libm.

All come from the decay :math:`e = \exp(-y)` for :math:`y \ge 0`:

.. math::
    \tanh x = \frac{1 - e}{1 + e}, \quad \mathrm{sech}^2 x = \frac{4 e}{(1 + e)^2} \quad (y = 2|x|),
    \qquad
    \sigma(x) = \frac{1}{1 + e}, \quad \sigma'(x) = \frac{e}{(1 + e)^2} \quad (y = |x|)

for x >= 0, and :math:`\tanh(-x) = -\tanh x`, :math:`\sigma(-x) = e/(1 + e)`; this form neither
overflows nor divides by zero on any interval, however wide.

*Method.* With c = log(2)/64 and n the whole number nearest to y/c, exp(-y) = 2^(-n/64) exp(r) for
r = n c - y. The factor 2^(-n/64) is an entry of a table of 64 times a power of two, and exp(r) the
Taylor polynomial of degree five (Tang, ACM Transactions on Mathematical Software 15 (1989) 144-157,
uses the same reduction with 32 entries).

*Error bound.* Write u = 2^-53 and let 0 <= y <= 700, hence n < 2^17.

1. ``C_HI`` has its last 32 bits zero, so ``n C_HI`` is exact; it is within a factor two of y for
   n >= 1, so the difference ``n C_HI - y`` is exact too (Sterbenz). ``n C_LO`` is below 5e-4 in
   absolute value, its product and C_LO itself are rounded by u times that, and their sum by u
   abs(r), where abs(r) < 0.00545: the error of r is below 0.007 u.
2. The remainder of the polynomial is below 1.01 r^6/720 < 3.7e-17 < 0.34 u.
3. In Horner's scheme the last sum is rounded by at most u, because it is below 2, the product
   before it by 0.0055 u, and what comes earlier enters with a factor of at most 0.0055: below
   1.02 u in all. Together with 1 and 2, divided by the value, which is above 0.994: 1.38 u.
4. The table entry is the double nearest to 2^(-j/64), error u; its product with the polynomial, u;
   the power of two is exact, because the result is above 1e-305.

Together the relative error is below 3.4 u. The enclosure adds 8 u = 2^-50 on either side, which
also covers the rounding of that addition. Beyond 700 it is [0, 1e-300]; exp(-700) is about 1e-304.
"""

from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np
from numpy.typing import NDArray

from symgru.certified.rounding import TINY, down, part, up

__all__ = ["decay", "sigmoid", "sigmoid_slope", "tanh", "tanh_slope"]

STEPS = 64
LAST = 700.0
ERROR = 2.0**-50


def _constants() -> tuple[float, float, float, NDArray[np.float64]]:
    """Constants 64/log(2), the two parts of log(2)/64, and the table of 2^(-j/64), j < 64.

    `Decimal` rounds its functions correctly, so 50 digits give the nearest doubles.
    """
    with localcontext() as context:
        context.prec = 50
        step = Decimal(2).ln() / STEPS
        high = np.array([float(step)]).view(np.int64)
        high = ((high >> 32) << 32).view(np.float64)
        low = float(step - Decimal(float(high[0])))
        table = np.array([float((-j * step).exp()) for j in range(STEPS)])
        return float(1 / step), float(high[0]), low, table


PER_STEP, C_HI, C_LO, TABLE = _constants()
HALVES = 0.5 ** np.arange(1024)
A2, A3, A4, A5 = 1.0 / 2.0, 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0


@part
def decay(y):  # type: ignore[no-untyped-def]
    """Interval of exp(-y) for a double y >= 0."""
    if not y <= LAST:
        return 0.0, TINY if y > LAST else 1.0
    n = int(y * PER_STEP + 0.5)
    r = (n * C_HI - y) + n * C_LO
    series = 1.0 + r * (1.0 + r * (A2 + r * (A3 + r * (A4 + r * A5))))
    e = (TABLE[n & 63] * series) * HALVES[n >> 6]
    return e - e * ERROR, e + e * ERROR


@part
def _tanh_below(x):  # type: ignore[no-untyped-def]
    e_lo, e_hi = decay(2.0 * abs(x))
    if x >= 0.0:
        return max(0.0, down(down(1.0 - e_hi) / up(1.0 + e_hi)))
    return -min(1.0, up(up(1.0 - e_lo) / down(1.0 + e_lo)))


@part
def _sigmoid_below(x):  # type: ignore[no-untyped-def]
    e_lo, e_hi = decay(abs(x))
    if x >= 0.0:
        return down(1.0 / up(1.0 + e_hi))
    return down(e_lo / up(1.0 + e_lo))


@part
def _sigmoid_above(x):  # type: ignore[no-untyped-def]
    e_lo, e_hi = decay(abs(x))
    if x >= 0.0:
        return up(1.0 / down(1.0 + e_lo))
    return up(e_hi / down(1.0 + e_hi))


@part
def tanh(lo, hi):  # type: ignore[no-untyped-def]
    """Interval of tanh on [lo, hi], within [-1, 1]."""
    return _tanh_below(lo), -_tanh_below(-hi)


@part
def sigmoid(lo, hi):  # type: ignore[no-untyped-def]
    """Interval of the logistic function on [lo, hi]."""
    return _sigmoid_below(lo), _sigmoid_above(hi)


@part
def _bell(near, far):  # type: ignore[no-untyped-def]
    """Interval of e/(1 + e)^2 for exp(-far) <= e <= exp(-near): it grows with e up to e = 1."""
    e_lo = decay(far)[0]
    lower = down(down(e_lo / up(1.0 + e_lo)) / up(1.0 + e_lo))
    n_lo, n_hi = decay(near)
    upper = up(up(n_hi / down(1.0 + n_lo)) / down(1.0 + n_lo))
    return max(lower, 0.0), min(upper, 0.25)


@part
def sigmoid_slope(lo, hi):  # type: ignore[no-untyped-def]
    """Interval of the derivative of the logistic function, sigma(x) sigma(-x), on [lo, hi]."""
    near = 0.0 if lo <= 0.0 <= hi else min(abs(lo), abs(hi))
    return _bell(near, max(abs(lo), abs(hi)))


@part
def tanh_slope(lo, hi):  # type: ignore[no-untyped-def]
    """Interval of the derivative of tanh, 1 - tanh^2, on [lo, hi]."""
    lower, upper = sigmoid_slope(2.0 * lo, 2.0 * hi)
    return 4.0 * lower, 4.0 * upper

r"""Interval arithmetic in compiled code: every bound is moved outward past its rounding error.

Neither numba nor the processor's default mode rounds towards infinity, so each operation is done to
nearest and the result moved by more than the error it may have.

*Claim.* Let v be the exact value of a sum, difference, product or quotient of doubles, and x the
double that it is rounded to, not overflowing. Then ``down(x) <= v <= up(x)``.

*Proof.* With u = 2^-53 the gap between x and the double before it is at most 2 u abs(x) where x is
normal, and 2^-1074 where it is not. In ``down`` the exact number x - (2 u abs(x) + 1e-300)
therefore lies at or below the double before x: multiplying by the power of two 2 u is exact, or
rounds to something below 1e-300, and adding 1e-300 can, by monotonicity of rounding, not lead below
2 u abs(x). Rounding that number to nearest keeps it at or below the double before x, because
rounding is monotone; and v is not below that double, because it would have been rounded to it. The
same for ``up``. A compiler that fuses a product and a sum into one rounding makes errors smaller,
never larger: the claim is about each rounded result, whichever there are.

*No overflow.* Weights are at most `LARGEST` = 1e30 in absolute value, preconditioners too, states
and gates at most one and boxes at most 1e33. A slope has two weights, a determinant three slopes:
for up to a thousand units nothing exceeds 1e200, so that neither infinity nor NaN can occur. Where
no such bound holds, in the approximate inverse, the result is compared with `LARGEST` before use.

An interval is a pair of doubles (lower, upper). The functions are parts of kernels; they are plain
Python as well, under ``.py_func``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LARGEST", "add", "compiled", "down", "part", "product", "subtract", "up"]

compiled: Callable[[Any], Any] = numba.njit(cache=True, nogil=True, error_model="numpy")
"""Makes a kernel that Python calls; its machine code is kept on the disk."""

part: Callable[[Any], Any] = numba.njit(nogil=True, error_model="numpy")
"""Makes a part of kernels, which only they call: it is kept on the disk inside of them."""

LARGEST = 1e30
"""Bound of weights and preconditioners: with it nothing overflows."""

GAP = 2.0**-52
TINY = 1e-300


@part
def down(x):  # type: ignore[no-untyped-def]
    """A double below the exact value that was rounded to x."""
    return x - (abs(x) * GAP + TINY)


@part
def up(x):  # type: ignore[no-untyped-def]
    """A double above the exact value that was rounded to x."""
    return x + (abs(x) * GAP + TINY)


@part
def add(a_lo, a_hi, b_lo, b_hi):  # type: ignore[no-untyped-def]
    """Interval a + b."""
    return down(a_lo + b_lo), up(a_hi + b_hi)


@part
def subtract(a_lo, a_hi, b_lo, b_hi):  # type: ignore[no-untyped-def]
    """Interval a - b."""
    return down(a_lo - b_hi), up(a_hi - b_lo)


@part
def product(a_lo, a_hi, b_lo, b_hi):  # type: ignore[no-untyped-def]
    """Interval a b: the extremes are at the ends."""
    p, q, r, s = a_lo * b_lo, a_lo * b_hi, a_hi * b_lo, a_hi * b_hi
    return down(min(min(p, q), min(r, s))), up(max(max(p, q), max(r, s)))

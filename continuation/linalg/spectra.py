"""What a spectrum tells: which eigenvalues or multipliers are about to cross into instability."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dgeev

ComplexArray = NDArray[np.complex128]

ROUND_OFF = 1e-13
"""A real part below this fraction of the largest eigenvalue is zero: some hundred rounding errors.
"""

ON_AXIS = 1e-9
"""An eigenvalue is on the axis when its real part is below this fraction of its modulus: points
lie on a branch to `Settings.tolerance`, by default 1e-10, and their spectra are hardly better.
Along a family of centres the sign of a real part is noise."""

COMPLEX = 1e-5
"""Smallest imaginary part of a pair of multipliers on the unit circle that counts as complex."""


def eigenvalues(matrix: NDArray[np.float64]) -> ComplexArray:
    """Eigenvalues of a real matrix by decreasing real part, of a pair the upper one first.

    Raises
    ------
    LinAlgError
        When the QR iteration does not converge.
    """
    if matrix.shape == (2, 2):
        return _pair(matrix)
    real, imag, _, _, info = dgeev(matrix, compute_vl=0, compute_vr=0)
    if info != 0:
        raise np.linalg.LinAlgError("the eigenvalues of a Jacobian did not converge.")
    pairs = sorted(zip(real.tolist(), imag.tolist(), strict=True), reverse=True)
    return np.array([complex(*pair) for pair in pairs])


def _pair(matrix: NDArray[np.float64]) -> ComplexArray:
    """Eigenvalues of a 2 x 2 matrix, without cancellation in the smaller one of a real pair."""
    (a, b), (c, d) = matrix.tolist()
    middle, half = 0.5 * (a + d), 0.5 * (a - d)
    discriminant = half * half + b * c
    if discriminant < 0.0:
        root = math.sqrt(-discriminant)
        return np.array([complex(middle, root), complex(middle, -root)])
    outer = middle + math.copysign(math.sqrt(discriminant), middle)
    inner = (a * d - b * c) / outer if outer else 0.0
    return np.array([max(outer, inner), min(outer, inner)], dtype=complex)


def is_stable(values: ComplexArray, kind: str = "flow") -> bool:
    """Whether all eigenvalues lie left of the axis; for a map, all multipliers in the circle.

    Not where one lies on it to round-off.
    """
    return unstable_count(values, kind) == 0


def unstable_count(values: ComplexArray, kind: str = "flow") -> int | None:
    """Number of eigenvalues to the right of the imaginary axis; None where one lies on it.

    For a map, of multipliers out of the unit circle.
    """
    if kind == "map":
        sizes = np.abs(values)
        on_circle = np.any(np.abs(sizes - 1.0) <= ON_AXIS)
        return None if on_circle else int(np.count_nonzero(sizes > 1.0))
    listed = values.tolist()
    width = ROUND_OFF * max(map(abs, listed))
    count = 0
    for value in listed:
        if abs(value.real) <= max(width, ON_AXIS * abs(value)):
            return None
        count += value.real > 0.0
    return count


def opposite_pair(values: ComplexArray) -> tuple[complex, complex]:
    """Return the two eigenvalues with the smallest sum, relative to their moduli."""
    return min(combinations(values.tolist(), 2), key=lambda pair: _imbalance(*pair))


def _imbalance(one: complex, other: complex) -> float:
    """|sum| / sum of moduli: 0 where two eigenvalues are opposite, 1 where both are zero."""
    size = abs(one) + abs(other)
    return abs(one + other) / size if size > 0.0 else 1.0


def hopf_test(values: ComplexArray) -> float:
    r"""Vanish where two eigenvalues are opposite: a Hopf point or a neutral saddle.

    The product of all sums :math:`\lambda_i + \lambda_j`, i < j, is the determinant of the
    bialternate product 2 A (.) I (Kuznetsov, Elements, 3rd ed., section 10.2.2). Its sign is kept,
    and its size replaced by the smallest :math:`|\lambda_i + \lambda_j| / (|\lambda_i| +
    |\lambda_j|)`, which neither over- nor underflows in any dimension and has no unit.
    """
    sign = 1.0 + 0.0j
    smallest = math.inf
    for one, other in combinations(values.tolist(), 2):
        total = one + other
        size = abs(total)
        if size == 0.0:
            return 0.0
        sign *= total / size
        smallest = min(smallest, _imbalance(one, other))
    return math.copysign(smallest, sign.real)


def multipliers(matrix: NDArray[np.float64]) -> ComplexArray:
    """Eigenvalues of a real matrix by falling modulus, of a pair the upper one first."""
    values = eigenvalues(matrix)
    return values[np.lexsort((-values.imag, -np.abs(values)))]


def reciprocal_pair(values: ComplexArray) -> tuple[complex, complex]:
    """Return the two multipliers whose product is closest to 1."""
    return min(combinations(values.tolist(), 2), key=lambda pair: abs(pair[0] * pair[1] - 1.0))


def fold_test(values: ComplexArray) -> float:
    """Vanish where a multiplier is 1: the smallest mu - 1 with the sign of the product of all."""
    return _smallest(values - 1.0)


def flip_test(values: ComplexArray) -> float:
    """Vanish where a multiplier is -1: the smallest mu + 1 with the sign of the product of all."""
    return _smallest(values + 1.0)


def torus_test(values: ComplexArray) -> float:
    """Vanish where two multipliers have the product 1: a Neimark-Sacker point or a neutral saddle.

    The smallest mu_i mu_j - 1, i < j, with the sign of the product of all (Kuznetsov, Elements,
    3rd ed., section 10.2.2, for maps).
    """
    i, j = np.triu_indices(len(values), 1)
    return _smallest(values[i] * values[j] - 1.0)


def _smallest(factors: ComplexArray) -> float:
    """Sign of the real product of all factors, size of the smallest; 1 where there are none."""
    sizes = np.abs(factors)
    if not sizes.all():
        return 0.0
    sign = float(np.prod(factors / sizes).real)
    return math.copysign(float(sizes.min(initial=math.inf)), sign) if len(factors) else 1.0


def is_complex_pair(one: complex, other: complex) -> bool:
    """Whether two multipliers with product 1 are conjugate on the unit circle: no neutral saddle.

    At an event located to seven digits, a pair that has just collided at 1 or -1 is neither.
    """
    return min(abs(one.imag), abs(other.imag)) > COMPLEX

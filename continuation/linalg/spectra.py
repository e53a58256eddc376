"""Spectra of Jacobians, and pairs of opposite eigenvalues in them."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dgeev

ComplexArray = NDArray[np.complex128]


def eigenvalues(matrix: NDArray[np.float64]) -> ComplexArray:
    """Eigenvalues of a real matrix by decreasing real part, of a pair the upper one first.

    Raises
    ------
    LinAlgError
        When the QR iteration does not converge.
    """
    real, imag, _, _, info = dgeev(matrix, compute_vl=0, compute_vr=0)
    if info != 0:
        raise np.linalg.LinAlgError("the eigenvalues of a Jacobian did not converge.")
    values: ComplexArray = real + 1j * imag
    return values if len(values) < 2 else values[np.lexsort((-imag, -real))]


def opposite_pair(values: ComplexArray) -> tuple[complex, complex]:
    """Return the two eigenvalues with the smallest sum in modulus."""
    return min(combinations(values.tolist(), 2), key=lambda pair: abs(pair[0] + pair[1]))


def hopf_test(values: ComplexArray) -> float:
    r"""Vanish where two eigenvalues are opposite: a Hopf point or a neutral saddle.

    The product of all sums :math:`\lambda_i + \lambda_j`, i < j, is the determinant of the
    bialternate product 2 A (.) I (Kuznetsov, Elements, 3rd ed., section 10.2.2). Its sign is kept,
    and its size replaced by the smallest factor, which neither over- nor underflows in any
    dimension.
    """
    sign = 1.0 + 0.0j
    smallest = math.inf
    for one, other in combinations(values.tolist(), 2):
        total = one + other
        size = abs(total)
        if size == 0.0:
            return 0.0
        sign *= total / size
        smallest = min(smallest, size)
    return math.copysign(smallest, sign.real)

"""What a spectrum tells: the dimension of the unstable manifold, and pairs of opposite eigenvalues."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ComplexArray = NDArray[np.complex128]


def sorted_spectrum(values: NDArray[np.generic]) -> ComplexArray:
    """Eigenvalues by decreasing real part; of a pair the one with positive imaginary part first."""
    values = np.asarray(values, dtype=complex)
    return values[np.lexsort((-values.imag, -values.real))]


def opposite_pair(values: ComplexArray) -> tuple[int, int]:
    """Indices i < j of the pair with the smallest |lambda_i + lambda_j|."""
    rows, columns = np.triu_indices(len(values), 1)
    best = int(np.argmin(np.abs(values[rows] + values[columns])))
    return int(rows[best]), int(columns[best])


def hopf_test(values: ComplexArray) -> float:
    r"""Vanish where two eigenvalues are opposite: a Hopf point or a neutral saddle.

    The product of all sums :math:`\lambda_i + \lambda_j`, i < j, is the determinant of the bialternate
    product 2 A (.) I (Kuznetsov, Elements, 3rd ed., section 10.2.2); its sign is kept, and its size
    replaced by the smallest factor, which neither over- nor underflows in any dimension.
    """
    rows, columns = np.triu_indices(len(values), 1)
    sums = values[rows] + values[columns]
    sizes = np.abs(sums)
    smallest = float(sizes.min())
    if smallest == 0.0:
        return 0.0
    sign = np.sign(np.prod(sums / sizes).real)
    return float(sign) * smallest

from __future__ import annotations

import itertools

import numpy as np
import pytest
import sympy

from symgru.bialternate import bialternate


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_eigenvalues_are_the_sums_of_pairs(n):
    matrix = np.random.default_rng(n).normal(size=(n, n))
    product = np.array(bialternate(sympy.Matrix(matrix)).tolist(), float)
    values = np.linalg.eigvals(matrix)
    sums = [a + b for a, b in itertools.combinations(values, 2)]
    # Characteristic polynomials, because close eigenvalues have no order.
    assert np.poly(product) == pytest.approx(np.poly(np.array(sums)).real, rel=1e-10, abs=1e-12)


def test_it_is_the_matrix_printed_by_kuznetsov_for_three_dimensions():
    a = sympy.Matrix(3, 3, lambda i, j: sympy.Symbol(f"a{i + 1}{j + 1}"))
    printed = [
        [a[0, 0] + a[1, 1], a[1, 2], -a[0, 2]],
        [a[2, 1], a[0, 0] + a[2, 2], a[0, 1]],
        [-a[2, 0], a[1, 0], a[1, 1] + a[2, 2]],
    ]
    assert bialternate(a) == sympy.Matrix(printed)


def test_for_two_dimensions_it_is_the_trace():
    a = sympy.Matrix(2, 2, sympy.symbols("a b c d"))
    assert bialternate(a)[0, 0] == a.trace()

"""Dense bordered systems."""

from __future__ import annotations

import numpy as np
import pytest

from continuation.linalg.bordered import (
    DenseFactorization,
    Factorization,
    RowByProducts,
    factorise,
)


def test_factorisation_solves_one_and_several_right_hand_sides() -> None:
    rng = np.random.default_rng(0)
    jacobian, row, rhs = rng.normal(size=(4, 5)), rng.normal(size=5), rng.normal(size=(5, 3))
    factors = factorise(jacobian, row)
    matrix = np.vstack((jacobian, row))
    assert matrix @ factors.solve(rhs) == pytest.approx(rhs, abs=1e-12)
    assert matrix @ factors.solve(rhs[:, 0]) == pytest.approx(rhs[:, 0], abs=1e-12)


def test_determinant_is_the_signed_nth_root() -> None:
    rng = np.random.default_rng(1)
    for n in (1, 2, 3, 7):
        matrix = rng.normal(size=(n, n))
        exact = np.linalg.det(matrix)
        computed = DenseFactorization(np.asfortranarray(matrix)).determinant
        assert computed == pytest.approx(np.sign(exact) * np.abs(exact) ** (1.0 / n), rel=1e-10)


def test_determinant_of_a_large_matrix_neither_over_nor_underflows() -> None:
    matrix = np.asfortranarray(1e-200 * np.eye(50))
    assert DenseFactorization(matrix).determinant == pytest.approx(1e-200)


def test_singular_matrix_has_determinant_zero_and_infinite_solutions() -> None:
    factors = factorise(np.zeros((1, 2)), np.array([1.0, 0.0]))
    assert factors.determinant == 0.0
    assert np.all(np.isinf(factors.solve(np.ones(2))))


def test_row_by_products_solves_like_the_matrix_with_that_row() -> None:
    rng = np.random.default_rng(3)
    n = 6
    matrix, row, g = rng.normal(size=(n - 1, n)), rng.normal(size=n), rng.normal(size=n)
    exact = matrix.copy()
    exact[-1] = g
    known = _Dense(matrix)
    factors = RowByProducts(known, lambda v: float(g @ v)).bordered(row)
    full, rhs = np.vstack((exact, row)), rng.normal(size=(n, 2))
    assert factors.solve(rhs) == pytest.approx(np.linalg.solve(full, rhs), rel=1e-10)
    assert factors.solve(rhs[:, 0]) == pytest.approx(np.linalg.solve(full, rhs[:, 0]), rel=1e-10)
    for sign in (1.0, -1.0):
        turned = RowByProducts(known, lambda v, sign=sign: sign * float(g @ v)).bordered(row)
        exact[-1] = sign * g
        wanted = np.sign(np.linalg.det(np.vstack((exact, row))))
        assert np.sign(turned.determinant) == wanted


class _Dense:
    """A dense Jacobian as a structured one."""

    def __init__(self, matrix: np.ndarray):
        self.matrix = matrix

    def bordered(self, row: np.ndarray) -> Factorization:
        return factorise(self.matrix, row)

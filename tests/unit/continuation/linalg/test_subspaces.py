"""Left invariant subspaces."""

from __future__ import annotations

import numpy as np
import pytest

from continuation.linalg.subspaces import Half, left_subspace


@pytest.mark.parametrize("half", ["lhp", "rhp"])
@pytest.mark.parametrize("n", [2, 3, 6])
def test_subspace_is_left_invariant_and_normalised_by_its_reference(half: Half, n: int) -> None:
    rng = np.random.default_rng(n)
    matrix = rng.normal(size=(n, n))
    reference = left_subspace(matrix, half).basis
    moved = left_subspace(matrix + 1e-3 * rng.normal(size=(n, n)), half, reference)
    k = moved.dimension
    assert reference.T @ moved.basis == pytest.approx(np.eye(k), abs=1e-12)


@pytest.mark.parametrize("half", ["lhp", "rhp"])
@pytest.mark.parametrize("n", [2, 3, 6])
def test_derivative_agrees_with_central_differences(half: Half, n: int) -> None:
    rng = np.random.default_rng(n)
    matrix, slope, h = rng.normal(size=(n, n)), rng.normal(size=(n, n)), 1e-5
    here = left_subspace(matrix, half)
    plus = left_subspace(matrix + h * slope, half, here.reference).basis
    minus = left_subspace(matrix - h * slope, half, here.reference).basis
    assert here.derivative(slope) == pytest.approx((plus - minus) / (2.0 * h), abs=1e-8)


def test_vectors_of_the_complementary_right_subspace_are_annihilated() -> None:
    matrix = np.array([[1.0, 5.0], [0.0, -2.0]])
    unstable_direction = np.array([1.0, 0.0])
    assert left_subspace(matrix, "lhp").basis.T @ unstable_direction == pytest.approx(
        0.0, abs=1e-14
    )


def test_change_of_dimension_is_refused() -> None:
    reference = left_subspace(np.diag([1.0, -1.0]), "lhp").basis
    with pytest.raises(ValueError, match="crossed the imaginary axis"):
        left_subspace(np.diag([-1.0, -1.0]), "lhp", reference)


@pytest.mark.parametrize("half", ["lhp", "rhp"])
def test_turning_is_the_adjoint_of_the_derivative(half: Half) -> None:
    rng = np.random.default_rng(5)
    matrix, slope, w = rng.normal(size=(5, 5)), rng.normal(size=(5, 5)), rng.normal(size=5)
    found = left_subspace(matrix, half)
    direct = found.derivative(slope).T @ w
    assert np.einsum("iab,ab->i", found.turning(w), slope) == pytest.approx(direct, abs=1e-12)


@pytest.mark.parametrize("crossed", [-1e-3, 0.0, 1e-3])
def test_subspace_of_a_number_of_eigenvalues_passes_through_the_axis(crossed: float) -> None:
    matrix = np.diag([-2.0, crossed, 1.0])
    assert left_subspace(matrix, "lhp", None, 2).dimension == 2
    assert left_subspace(matrix, "rhp", None, 2).dimension == 2
    assert left_subspace(matrix, "rhp", None, 0).dimension == 0
    assert left_subspace(matrix, "lhp", None, 3).dimension == 3


def test_subspace_that_would_split_a_pair_is_refused() -> None:
    matrix = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 2.0]])
    with pytest.raises(ValueError, match="not separated"):
        left_subspace(matrix, "lhp", None, 1)

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

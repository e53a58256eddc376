"""Spectra and the test function of Hopf points."""

from __future__ import annotations

import numpy as np
import pytest

from continuation.linalg.spectra import eigenvalues, hopf_test, opposite_pair


def test_eigenvalues_fall_in_real_part_and_upper_ones_come_first() -> None:
    matrix = np.array([[0.0, -2.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 3.0]])
    assert eigenvalues(matrix) == pytest.approx([3.0, 2.0j, -2.0j])


def test_hopf_test_has_the_sign_of_the_bialternate_determinant() -> None:
    rng = np.random.default_rng(2)
    for n in (2, 3, 5, 20):
        values = eigenvalues(rng.normal(size=(n, n)))
        sums = [values[i] + values[j] for i in range(n) for j in range(i)]
        signs = np.prod([s / abs(s) for s in sums]).real
        assert np.sign(hopf_test(values)) == np.sign(signs)
        assert abs(hopf_test(values)) == pytest.approx(min(abs(s) for s in sums))


def test_hopf_test_vanishes_for_a_pair_on_the_axis_and_for_a_neutral_saddle() -> None:
    assert hopf_test(np.array([1j, -1j, -3.0])) == 0.0
    assert hopf_test(np.array([1.0, -1.0, -3.0], dtype=complex)) == 0.0


def test_opposite_pair_is_the_one_with_the_smallest_sum() -> None:
    pair = opposite_pair(np.array([2.0, 0.1 + 1j, 0.1 - 1j, -1.7], dtype=complex))
    assert set(pair) == {0.1 + 1j, 0.1 - 1j}

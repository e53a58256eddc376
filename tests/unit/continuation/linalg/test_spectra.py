"""Spectra and the test functions that look at them."""

from __future__ import annotations

import numpy as np
import pytest

from continuation.linalg.spectra import (
    eigenvalues,
    flip_test,
    fold_test,
    hopf_test,
    is_complex_pair,
    multipliers,
    opposite_pair,
    reciprocal_pair,
    torus_test,
    unstable_count,
)

OTHERS = (0.3, -0.2, 5.0)


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
        sizes = [abs(values[i]) + abs(values[j]) for i in range(n) for j in range(i)]
        assert abs(hopf_test(values)) == pytest.approx(np.min(np.abs(sums) / sizes))


def test_hopf_test_vanishes_for_a_pair_on_the_axis_and_for_a_neutral_saddle() -> None:
    assert hopf_test(np.array([1j, -1j, -3.0])) == 0.0
    assert hopf_test(np.array([1.0, -1.0, -3.0], dtype=complex)) == 0.0


def test_slow_eigenvalues_of_one_sign_are_not_opposite_however_small_their_sum() -> None:
    values = np.array([1e-9 + 1j, 1e-9 - 1j, -1e-12, -2e-12], dtype=complex)
    assert set(opposite_pair(values)) == {1e-9 + 1j, 1e-9 - 1j}


def test_an_eigenvalue_on_the_axis_leaves_the_count_of_unstable_ones_open() -> None:
    assert unstable_count(np.array([2.0, 1e-3, -1.0], dtype=complex)) == 2
    assert unstable_count(np.array([2.0, 1e-16, -1.0], dtype=complex)) is None
    assert unstable_count(np.array([1e-12 + 1j, 1e-12 - 1j], dtype=complex)) is None


def test_opposite_pair_is_the_one_with_the_smallest_sum_for_its_size() -> None:
    pair = opposite_pair(np.array([2.0, 0.1 + 1j, 0.1 - 1j, -1.5], dtype=complex))
    assert set(pair) == {0.1 + 1j, 0.1 - 1j}


def test_multipliers_fall_in_modulus_with_the_upper_one_of_a_pair_first() -> None:
    found = multipliers(np.array([[0.0, -2.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, -3.0]]))
    assert found == pytest.approx([-3.0, 2.0j, -2.0j])


@pytest.mark.parametrize(("test", "critical"), [(fold_test, 1.0), (flip_test, -1.0)])
def test_test_function_of_a_real_multiplier_changes_sign_at_it(test, critical) -> None:
    below, at, above = (
        test(np.array([*OTHERS, critical + e], dtype=complex)) for e in (-1e-3, 0.0, 1e-3)
    )
    assert at == 0.0
    assert below * above < 0.0
    assert abs(below) == pytest.approx(1e-3)


def test_torus_test_changes_sign_at_a_pair_on_the_circle_and_at_a_neutral_saddle() -> None:
    for pair in (np.exp([1.2j, -1.2j]), np.array([2.0, 0.5])):
        below, above = (
            torus_test(np.array([*OTHERS, *(pair * (1.0 + e))], dtype=complex))
            for e in (-1e-3, 1e-3)
        )
        assert below * above < 0.0
        one, other = reciprocal_pair(np.array([*OTHERS, *pair], dtype=complex))
        assert is_complex_pair(one, other) == bool(np.iscomplexobj(pair))
        assert one * other == pytest.approx(1.0)


def test_torus_test_of_a_single_multiplier_never_vanishes() -> None:
    assert torus_test(np.array([0.5 + 0j])) == 1.0

"""Eigenvalues of long products, against products that were built from known ones."""

from __future__ import annotations

import numpy as np
import pytest

from continuation.linalg.floquet import deflate, multipliers, product_eigenvalues


def rotation(modulus: float, angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return modulus * np.array([[c, -s], [s, c]])


def factors_of(eigenvalues: list[complex], count: int, seed: int) -> np.ndarray:
    """Factors S_(j+1) D_j S_j^-1 with well-conditioned random S_j, S_N = S_0, and known product.

    A complex number stands for itself and its conjugate.
    """
    rng = np.random.default_rng(seed)
    n = sum(1 if np.isreal(value) else 2 for value in eigenvalues)
    frames = [
        np.linalg.qr(rng.standard_normal((n, n)))[0]
        @ (np.eye(n) + 0.3 * np.triu(rng.standard_normal((n, n)), 1))
        for _ in range(count)
    ]
    frames.append(frames[0])
    factors = []
    for j in range(count):
        block = np.zeros((n, n))
        k = 0
        for value in eigenvalues:
            modulus = np.abs(value) ** (1.0 / count)
            if np.isreal(value):
                block[k, k] = modulus * (np.sign(np.real(value)) if j == 0 else 1.0)
                k += 1
            else:
                block[k : k + 2, k : k + 2] = rotation(modulus, np.angle(value) / count)
                k += 2
        factors.append(frames[j + 1] @ block @ np.linalg.inv(frames[j]))
    return np.array(factors)


def largest_relative_error(found: np.ndarray, eigenvalues: list[complex]) -> float:
    exact = [v for value in eigenvalues for v in {value, np.conj(value)}]
    assert len(found) == len(exact)
    return max(float(np.min(np.abs(found - value)) / np.abs(value)) for value in exact)


CASES: dict[str, list[complex]] = {
    "1e5 beside 1 beside 1e-30": [1e5, 1.0, 1e-30],
    "the same, slowest first": [1e-30, 1.0, 1e5],
    "negative ones of one modulus": [-1.0, 1.0, -1e-18],
    "two": [1.0, 1e-18],
    "a small complex pair": [1e-8 * np.exp(2.0j)],
    "pairs far apart": [1e-10 * np.exp(0.5j), np.exp(2.0j), 1e4 * np.exp(3.0j), 1e-25 * np.exp(1j)],
    "a pair, a small, a negative": [1e-20, 0.9 * np.exp(1.0j), 1.0, -3.0],
    "twenty in a row": [0.3**k for k in range(20)],
}


@pytest.mark.parametrize("count", [20, 200])
@pytest.mark.parametrize("name", CASES)
def test_every_eigenvalue_is_accurate_relative_to_itself(name: str, count: int) -> None:
    factors = factors_of(CASES[name], count, seed=count)
    found = product_eigenvalues(factors)
    assert largest_relative_error(found, CASES[name]) < 5e-12
    assert np.all(np.diff(np.abs(found)) <= 1e-12 * np.abs(found[:-1]))


def test_the_product_matrix_would_have_lost_the_small_one() -> None:
    factors = factors_of(CASES["1e5 beside 1 beside 1e-30"], 50, seed=1)
    product = np.linalg.multi_dot(factors[::-1])
    assert np.abs(np.linalg.eigvals(product)).min() > 1e-20


def test_singular_factor_gives_zero() -> None:
    factors = factors_of([1.0, 0.5], 10, seed=2)
    factors[3] = factors[3] @ np.diag([1.0, 0.0])
    assert np.min(np.abs(product_eigenvalues(factors))) < 1e-15


def flow_with(eigenvalues: list[complex], count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Transitions of a cycle whose trivial multiplier comes first in the list, and its flow."""
    factors = factors_of(eigenvalues, count, seed)
    n = factors.shape[1]
    values, vectors = np.linalg.eig(np.linalg.multi_dot(factors[::-1]))
    flow = np.empty((count + 1, n))
    flow[0] = np.real(vectors[:, np.argmin(np.abs(values - 1.0))])
    for j in range(count):
        flow[j + 1] = factors[j] @ flow[j]
    return factors, flow


def test_trivial_multiplier_is_deflated_and_comes_first() -> None:
    factors, flow = flow_with([1.0, 0.25, 1e-22], 50, seed=4)
    found = multipliers(factors, flow)
    assert found[0] == pytest.approx(1.0, abs=1e-13)
    assert found[1:].real == pytest.approx([0.25, 1e-22], rel=1e-11)


def test_double_multiplier_one_is_simple_after_deflation() -> None:
    """A Jordan block would scatter a double eigenvalue by the square root of round-off, 1e-8."""
    rng = np.random.default_rng(6)
    shear = np.array([[1.0, 0.02], [0.0, 1.0]])
    frames = [np.linalg.qr(rng.standard_normal((2, 2)))[0] for _ in range(50)]
    frames.append(frames[0])
    factors = np.array([frames[j + 1] @ shear @ frames[j].T for j in range(50)])
    flow = np.array([frame[:, 0] for frame in frames])
    assert np.abs(multipliers(factors, flow) - 1.0).max() < 1e-13


def test_useless_flow_direction_is_not_deflated() -> None:
    factors, flow = flow_with([1.0, 0.25, 0.5], 30, seed=8)
    garbage = np.random.default_rng(1).standard_normal(flow.shape)
    found = multipliers(factors, garbage)
    assert found == pytest.approx([1.0, 0.5, 0.25], rel=1e-11)


def test_leak_measures_the_error_of_the_transport() -> None:
    factors, flow = flow_with([1.0, 0.25], 20, seed=3)
    flow[7] += 1e-5 * np.array([-flow[7][1], flow[7][0]])
    _, leak = deflate(factors, flow, np.empty((20, 1, 1)))
    assert 1e-6 < leak < 1e-4

"""The compiled kernels that sample profiles equal their NumPy twins."""

from __future__ import annotations

import numpy as np
import pytest

from continuation.collocation import plain, sampling
from continuation.collocation.basis import basis
from continuation.collocation.profile import quadrature

CASES = [(0, 9, 2, 1), (1, 20, 4, 2), (2, 7, 7, 3)]


def profile(seed: int, intervals: int, degree: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """A random profile on a random mesh."""
    rng = np.random.default_rng(seed)
    mesh = np.sort(np.concatenate(([0.0, 1.0], rng.random(intervals - 1))))
    return rng.standard_normal((intervals * degree + 1, n)), mesh


@pytest.mark.parametrize("case", CASES)
def test_interpolation_equals_its_plain_twin_in_any_order(case: tuple[int, ...]) -> None:
    (x, mesh), b = profile(*case), basis(case[2])
    t = np.concatenate((np.random.default_rng(9).random(40), mesh, [0.0, 1.0]))
    one, other = np.empty((2, len(t), x.shape[1]))
    for module, out in ((sampling, one), (plain, other)):
        module.interpolate(x, mesh, b.nodes, b.barycentric, t, out)
    assert one == pytest.approx(other, abs=1e-13)


@pytest.mark.parametrize("case", CASES)
def test_phase_row_equals_its_plain_twin(case: tuple[int, ...]) -> None:
    (x, mesh), b = profile(*case), basis(case[2])
    one, other = np.empty((2, *x.shape))
    for module, out in ((sampling, one), (plain, other)):
        module.phase_row(x, np.diff(mesh), b.phase, b.slope, b.gauss_weights, out)
    assert one == pytest.approx(other, abs=1e-13)


@pytest.mark.parametrize("case", CASES)
def test_spread_equals_its_plain_twin(case: tuple[int, ...]) -> None:
    x, mesh = profile(*case)
    weights = quadrature(mesh, case[2])
    assert sampling.spread(x, weights) == pytest.approx(plain.spread(x, weights), rel=1e-13)


@pytest.mark.parametrize("case", CASES)
def test_jumps_equal_their_plain_twin(case: tuple[int, ...]) -> None:
    x, mesh = profile(*case)
    one, other = np.empty((2, case[1]))
    for module, out in ((sampling, one), (plain, other)):
        module.jumps(x, np.diff(mesh), basis(case[2]).top, out)
    assert one == pytest.approx(other, rel=1e-10)

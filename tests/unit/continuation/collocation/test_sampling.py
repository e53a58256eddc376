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


@pytest.mark.parametrize("periodic", [True, False])
@pytest.mark.parametrize("case", CASES)
def test_adapted_mesh_equals_that_of_the_plain_twin(case: tuple[int, ...], periodic: bool) -> None:
    x, mesh = profile(*case)
    one, other = np.empty((2, case[1] + 4))
    for module, out in ((sampling, one), (plain, other)):
        module.adapt(x, mesh, basis(case[2]).top, periodic, 0.5, out)
    assert one == pytest.approx(other, abs=1e-13)


def test_flat_profile_gets_an_even_mesh() -> None:
    one = np.empty(9)
    sampling.adapt(np.ones((17, 2)), np.linspace(0, 1, 5) ** 2, basis(4).top, True, 0.5, one)
    assert one == pytest.approx(np.linspace(0, 1, 9), abs=1e-15)


@pytest.mark.parametrize("case", CASES)
def test_row_of_values_is_the_transpose_of_interpolation(case: tuple[int, ...]) -> None:
    (x, mesh), b = profile(*case), basis(case[2])
    rng = np.random.default_rng(3)
    t, weights = rng.random(30), rng.standard_normal((30, x.shape[1]))
    one, other = np.empty((2, *x.shape))
    for module, out in ((sampling, one), (plain, other)):
        module.interpolation_row(weights, mesh, b.nodes, b.barycentric, t, out)
    values = np.empty((30, x.shape[1]))
    plain.interpolate(x, mesh, b.nodes, b.barycentric, t, values)
    assert one == pytest.approx(other, abs=1e-13)
    assert np.sum(one * x) == pytest.approx(np.sum(weights * values), abs=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_base_points_and_quadrature_equal_their_plain_twins(case: tuple[int, ...]) -> None:
    (_, mesh), b = profile(*case), basis(case[2])
    for name, values in (("base_points", b.nodes), ("quadrature", b.node_weights)):
        one, other = np.empty((2, case[1] * case[2] + 1))
        for module, out in ((sampling, one), (plain, other)):
            getattr(module, name)(mesh, values, out)
        assert one == pytest.approx(other, abs=1e-15)

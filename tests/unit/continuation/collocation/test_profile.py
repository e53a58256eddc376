"""Piecewise polynomials and the meshes that suit them."""

from __future__ import annotations

import numpy as np
import pytest

from continuation.collocation import mesh as meshes
from continuation.collocation import profile as profiles

MESH = np.array([0.0, 0.1, 0.3, 0.45, 0.8, 1.0])


def smooth(t: np.ndarray) -> np.ndarray:
    return np.column_stack((np.cos(2 * np.pi * t), np.sin(4 * np.pi * t)))


@pytest.mark.parametrize("degree", [2, 4, 7])
def test_interpolation_has_order_m_plus_1(degree: int) -> None:
    errors = []
    for intervals in (10, 20, 40):
        mesh = meshes.uniform(intervals)
        x = smooth(profiles.base_points(mesh, degree))
        t = np.linspace(0.0, 1.0, 777)
        errors.append(np.abs(profiles.evaluate(x, mesh, degree, t) - smooth(t)).max())
    assert np.log2(errors[0] / errors[1]) == pytest.approx(degree + 1, abs=0.3)


def test_transfer_to_a_finer_mesh_and_back_changes_nothing() -> None:
    x = smooth(profiles.base_points(MESH, 4))
    fine = np.sort(np.concatenate((MESH, 0.5 * (MESH[:-1] + MESH[1:]))))
    there = profiles.transferred(x, MESH, fine, 4)
    assert profiles.transferred(there, fine, MESH, 4) == pytest.approx(x, abs=1e-13)


def test_quadrature_integrates_products_of_profiles() -> None:
    weights = profiles.quadrature(MESH, 4)
    t = profiles.base_points(MESH, 4)
    assert weights @ t**7 == pytest.approx(1.0 / 8.0, abs=1e-15)
    assert np.all(weights > 0.0)


def test_phase_row_measures_a_shift_along_the_orbit() -> None:
    mesh = meshes.uniform(40)
    t = profiles.base_points(mesh, 5)
    x = smooth(t)
    row = profiles.phase_row(x, mesh, 5)
    speed = np.sqrt(
        np.mean(
            np.sum(
                (2 * np.pi * np.column_stack((-np.sin(2 * np.pi * t), 2 * np.cos(4 * np.pi * t))))
                ** 2,
                axis=1,
            )
        )
    )
    shifted = smooth(t + 1e-4)
    assert np.sum(row * x) == pytest.approx(0.0, abs=1e-12)
    assert np.sum(row * shifted) == pytest.approx(1e-4 * speed, rel=1e-2)


def test_extremes_are_those_of_the_polynomial_not_of_the_nodes() -> None:
    mesh = meshes.uniform(12)
    x = smooth(profiles.base_points(mesh, 6) + 0.0137)
    low, high = profiles.extremes(x, 6)
    assert low == pytest.approx([-1.0, -1.0], abs=2e-6)
    assert high == pytest.approx([1.0, 1.0], abs=2e-6)
    assert np.all(high > x.max(axis=0) - 1e-15)


def test_adapted_mesh_gathers_where_the_profile_is_steep_and_leaves_none_empty() -> None:
    mesh = meshes.uniform(50)
    for _ in range(5):
        t = profiles.base_points(mesh, 4)
        x = np.tanh(200.0 * (t - 0.5))[:, None]
        mesh = meshes.adapted(x, mesh, 4, 50)
    steps = np.diff(mesh)
    assert np.count_nonzero(np.abs(mesh - 0.5) < 0.05) > 20
    assert steps.max() < 3.5 / 50
    assert np.all(steps > 0.0)


def test_adaptation_lowers_the_error_of_interpolation_a_hundredfold() -> None:
    def error(mesh: np.ndarray) -> float:
        x = np.tanh(100.0 * (profiles.base_points(mesh, 4) - 0.5))[:, None]
        t = np.linspace(0.0, 1.0, 5001)
        exact = np.tanh(100.0 * (t - 0.5))
        return float(np.abs(profiles.evaluate(x, mesh, 4, t)[:, 0] - exact).max())

    mesh = meshes.uniform(40)
    before = error(mesh)
    for _ in range(6):
        x = np.tanh(100.0 * (profiles.base_points(mesh, 4) - 0.5))[:, None]
        mesh = meshes.adapted(x, mesh, 4, 40, periodic=False)
    assert error(mesh) < before / 100.0


def test_constant_profile_keeps_a_uniform_mesh() -> None:
    mesh = meshes.uniform(10)
    assert meshes.adapted(np.ones((41, 2)), mesh, 4, 10) == pytest.approx(mesh)

"""Ends of truncated connecting orbits."""

from __future__ import annotations

import numpy as np
import pytest

from continuation.collocation.profile import base_points
from continuation.tails import CLOSE, FAR, kept, tail, wanted_distances


def test_ends_of_comparable_rates_are_as_close_as_they_should_be() -> None:
    assert wanted_distances(2.0, 0.5, 0.7) == pytest.approx((2.0 * CLOSE, 2.0 * CLOSE))


def test_end_on_a_centre_manifold_may_be_far() -> None:
    assert wanted_distances(2.0, 0.0, 0.7) == pytest.approx((2.0 * FAR, 2.0 * CLOSE))
    assert wanted_distances(2.0, 0.7, -1e-3) == pytest.approx((2.0 * CLOSE, 2.0 * FAR))


def test_tail_is_the_linear_flow_backwards() -> None:
    matrix = np.array([[0.5, 1.0, 0.0], [-1.0, 0.5, 0.0], [0.0, 0.0, -2.0]])
    start = np.array([0.3, 0.1, 0.0])
    mesh, x = tail(matrix, start, 1e-3, 4, 1.0)
    assert mesh[0] == 0.0 and x[0] == pytest.approx(start)
    assert np.linalg.norm(x[-1]) == pytest.approx(1e-3, rel=1e-9)
    decay = np.exp(-0.5 * mesh[-1] * base_points(mesh / mesh[-1], 4))
    assert np.linalg.norm(x, axis=1) == pytest.approx(np.linalg.norm(start) * decay, rel=1e-9)


def test_tail_of_a_close_end_is_empty() -> None:
    mesh, x = tail(np.diag([1.0, -1.0]), np.array([1e-9, 0.0]), 1e-6, 4, 0.5)
    assert len(mesh) == 1 and len(x) == 1


def test_orbit_is_cut_where_its_distance_has_the_value() -> None:
    t = np.linspace(0.0, 1.0, 201)
    x = np.exp(-40.0 * np.abs(t - 0.5))[:, None] * np.array([1.0, 0.0])
    start, stop = kept(t, x, np.zeros(2), np.zeros(2), (1e-4, 1e-6))
    assert start == pytest.approx(0.5 - np.log(1e4) / 40.0, abs=1e-9)
    assert stop == pytest.approx(0.5 + np.log(1e6) / 40.0, abs=1e-9)

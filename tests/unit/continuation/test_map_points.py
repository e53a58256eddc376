"""Special cycles of maps on their defining systems."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation import map_points
from continuation.defining import Equations
from continuation.errors import NoConvergence

HENON = ct.System.from_strings(
    {"x": "1 - a*x**2 + y", "y": "b*x"}, parameters={"a": 0.9, "b": 0.3}, kind="map"
)


def two_cycle(a: float, b: float) -> np.ndarray:
    """The cycle of two points: a x^2 - (1 - b) x + (1 - b)^2 / a - 1 = 0."""
    x = np.roots([a, -(1.0 - b), (1.0 - b) ** 2 / a - 1.0]).real
    return np.array([x[0], b * x[1], x[1], b * x[0]])


def equations() -> tuple[Equations, np.ndarray]:
    """The cycle of two points of the Henon map in both parameters, and its y."""
    return Equations(HENON, ("a", "b"), HENON.vector(), 2), np.append(
        two_cycle(0.9, 0.3), (0.9, 0.3)
    )


def test_equations_of_a_cycle_vanish_on_it_with_the_right_derivatives() -> None:
    system, y = equations()
    f, a, b = system.first(y)
    assert np.abs(f).max() < 1e-15
    h = 1e-6
    for j, e in enumerate(np.eye(6)):
        slope = (system.first(y + h * e)[0] - system.first(y - h * e)[0]) / (2.0 * h)
        assert np.column_stack((a, b))[:, j] == pytest.approx(slope, abs=1e-9)


def test_forms_of_a_cycle_are_derivatives_of_each_other() -> None:
    system, y = equations()
    rng = np.random.default_rng(0)
    q, p, h = rng.normal(size=4), rng.normal(size=4), 1e-6
    second = system.curvature(y, p)
    for j, e in enumerate(np.eye(6)):
        up, down = system.first(y + h * e), system.first(y - h * e)
        assert system.bend(y, q)[:, j] == pytest.approx((up[1] - down[1]) @ q / (2 * h), abs=1e-8)
        slope = p @ (np.column_stack(up[1:]) - np.column_stack(down[1:])) / (2.0 * h)
        assert second[j] == pytest.approx(slope, abs=1e-8)


def test_multipliers_of_a_cycle_are_eigenvalues_of_the_product_and_make_the_twist_singular() -> (
    None
):
    system, y = equations()
    product = HENON.jacobian(y[2:4], {"a": 0.9}) @ HENON.jacobian(y[:2], {"a": 0.9})
    exact = np.linalg.eigvals(product)
    found = map_points.spectrum(system, y)
    assert np.sort(found.real) == pytest.approx(np.sort(exact.real), abs=1e-13)
    for mu in found:
        twisted = map_points.twisted(system, y, complex(mu))
        assert np.linalg.svd(twisted)[1][-1] < 1e-13


def test_period_doubling_of_a_cycle_is_reached_from_a_distance() -> None:
    one = Equations(HENON, ("a",), HENON.vector(), 2)
    found = map_points.flip(one, np.append(two_cycle(0.9, 0.3), 0.9))
    assert found.y[-1] == pytest.approx(0.7**2 + 1.3**2 / 4.0, abs=1e-14)
    assert np.linalg.norm(found.q[:2]) == pytest.approx(1.0)
    assert found.p @ one.closing @ found.q == pytest.approx(1.0)


def test_neutral_saddle_has_no_angle() -> None:
    system = ct.System.from_strings({"x": "(2 + a)*x", "y": "y/2"}, {"a": 0.0}, kind="map")
    one = Equations(system, ("a",), system.vector())
    with pytest.raises(NoConvergence, match="neutral saddle"):
        map_points.complex_point(one, np.zeros(3), np.array([1.0, 1.0, 1.0, 1.0, 1.25]), 0.0, 1.0)


def test_left_null_vector_goes_along_with_the_right_one() -> None:
    """A = R(2 t) diag(1, 0) R(t)^T with q = R(t) e_2: p = R(2 t) e_2 but for one sign for all t."""
    names = ("a", "b", "c", "d")
    system = ct.System.from_strings(
        {"x": "a*x + b*y", "y": "c*x + d*y"}, parameters=dict.fromkeys(names, 0.0)
    )

    def rotation(t: float) -> np.ndarray:
        return np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])

    signs = set()
    for t in np.linspace(0.0, 2.0 * np.pi, 50):
        matrix = rotation(2.0 * t) @ np.diag([1.0, 0.0]) @ rotation(t).T
        values = dict(zip(names, matrix.ravel().tolist(), strict=True))
        equations = Equations(system, ("a",), system.vector(values))
        y = np.array([0.0, 0.0, values["a"]])
        q, wanted = rotation(t)[:, 1], rotation(2.0 * t)[:, 1]
        found = map_points.left_null_vector(equations, y, 1.0, q)
        assert abs(found @ wanted) == pytest.approx(1.0, abs=1e-12)
        assert map_points.left_null_vector(equations, y, 1.0, -q) == pytest.approx(-found)
        signs.add(float(np.sign(found @ wanted)))
    assert len(signs) == 1

"""Multilinear forms prepared for many calls agree with the derivatives that they stand for."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation.fields import in_complex_directions


def model(x: np.ndarray, p: dict[str, float]) -> np.ndarray:
    """Bend in both states and in one parameter."""
    return np.array([np.sin(x[0] * x[1]) + p["a"] * x[0] ** 2, np.exp(p["a"] * x[1]) - x[0] ** 3])


EXACT = ct.System.from_strings(
    {"x": "sin(x*y) + a*x**2", "y": "exp(a*y) - x**3"}, parameters={"b": 1.0, "a": 0.3}
)
DIFFERENCED = ct.System.from_callables(model, states=("x", "y"), parameters={"b": 1.0, "a": 0.3})
X, P = np.array([0.4, 0.7]), np.array([1.0, 0.3])


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(("system", "error"), [(EXACT, 1e-13), (DIFFERENCED, 1e-6)])
def test_form_is_the_derivative_in_real_directions(
    system: ct.System, error: float, order: int
) -> None:
    rng = np.random.default_rng(order)
    directions = rng.normal(size=(5, order, 3))
    full = np.zeros((order, 4, 5))
    full[:, :2] = directions[:, :, :2].transpose(1, 2, 0)
    full[:, 3] = directions[:, :, 2].T
    exact = EXACT.derivative(X, P, *full).T
    assert system.form(order, ("a",))(X, P, directions) == pytest.approx(exact, abs=error)


def test_complex_directions_follow_by_linearity() -> None:
    rng = np.random.default_rng(0)
    q = rng.normal(size=(2, 1)) + 1j * rng.normal(size=(2, 1))
    r = rng.normal(size=(2, 3)) + 1j * rng.normal(size=(2, 3))
    value = in_complex_directions(EXACT.form(3, ()), X, P, [q, q.conj(), r])
    assert value == pytest.approx(EXACT.derivative(X, P, q, q.conj(), r), abs=1e-13)

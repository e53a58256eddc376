"""Derivatives of Python functions: order of the formulas, accuracy, and what a function may do."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from continuation.differences import STENCILS
from continuation.system import System

TEXT = {"x": "a - x**3 + sin(x)*y", "y": "tanh(b*x) - y*exp(-a*y)"}
EXACT = System.from_strings(TEXT, parameters={"a": 0.5, "b": 0.0})
P = EXACT.vector({"a": 0.7, "b": 0.4})


def _columns(x: np.ndarray, p: dict[str, float]) -> np.ndarray:
    return np.array(
        [
            p["a"] - x[0] ** 3 + np.sin(x[0]) * x[1],
            np.tanh(p["b"] * x[0]) - x[1] * np.exp(-p["a"] * x[1]),
        ]
    )


def _single(x: np.ndarray, p: dict[str, float]) -> list[float]:
    return [
        p["a"] - x[0] ** 3 + math.sin(x[0]) * x[1],
        math.tanh(p["b"] * x[0]) - x[1] * math.exp(-p["a"] * x[1]),
    ]


COLUMNS = System.from_callables(_columns, ("x", "y"), {"a": 0.5, "b": 0.0})
SINGLE = System.from_callables(_single, ("x", "y"), {"a": 0.5, "b": 0.0})
WITH_JACOBIAN = System.from_callables(
    _single, ("x", "y"), {"a": 0.5, "b": 0.0}, jacobian=EXACT.jacobian
)


@pytest.mark.parametrize("k", STENCILS)
def test_a_stencil_differentiates_polynomials_up_to_three_degrees_above_its_order(k: int) -> None:
    weights = STENCILS[k]
    j = np.arange(len(weights)) - len(weights) // 2
    sums = [weights @ j.astype(float) ** i for i in range(k + 4)]
    np.testing.assert_allclose(
        sums, [math.factorial(k) * (i == k) for i in range(k + 4)], atol=1e-12
    )


def test_whether_a_function_takes_many_states_is_found_out() -> None:
    assert COLUMNS.field.is_vectorised  # type: ignore[attr-defined]
    assert not SINGLE.field.is_vectorised  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "system", [COLUMNS, SINGLE, WITH_JACOBIAN], ids=["columns", "single", "jac"]
)
def test_linearizations_agree_with_exact_ones_to_eleven_digits(system: System) -> None:
    x = np.random.default_rng(0).normal(size=(5, 2))
    assert not system.exact_derivatives
    assert system.linearize(("b",)).address is None
    got, expected = system.linearize(("b", "a"))(x, P), EXACT.linearize(("b", "a"))(x, P)
    for value, exact in zip(got, expected, strict=True):
        assert value.flags.c_contiguous
        np.testing.assert_allclose(value, exact, rtol=0, atol=5e-12)


@pytest.mark.parametrize("length", [2, 4], ids=["states", "with parameters"])
@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
@pytest.mark.parametrize(
    "system", [COLUMNS, SINGLE, WITH_JACOBIAN], ids=["columns", "single", "jac"]
)
def test_forms_in_complex_directions_lose_the_digits_that_the_step_predicts(
    system: System, k: int, length: int
) -> None:
    rng = np.random.default_rng(k)
    directions = [
        rng.normal(size=(length, 3)) + 1j * rng.normal(size=(length, 3)) for _ in range(k)
    ]
    x = np.array([0.3, -0.6])
    exact = EXACT.derivative(x, P, *directions)
    # Both errors are of the size eps^(4/(k+4)); polarisation adds up 2^k of them.
    bound = 2**k * 20 * np.finfo(float).eps ** (4 / (k + 4))
    error = np.max(np.abs(system.derivative(x, P, *directions) - exact))
    assert error < bound * max(1.0, np.max(np.abs(exact)))


def test_an_exception_of_the_users_function_is_the_users_own() -> None:
    def missing(x: np.ndarray, p: dict[str, float]) -> np.ndarray:
        return p["missing"] * x

    with pytest.raises(KeyError, match="missing"):
        System.from_callables(missing, ("x",), {"a": 1.0})

    def fails_far_out(x: np.ndarray, p: dict[str, float]) -> np.ndarray:
        if np.any(x > 5):
            raise ArithmeticError("too far out")
        return p["a"] * x

    system = System.from_callables(fails_far_out, ("x",), {"a": 1.0})
    with pytest.raises(ArithmeticError, match="too far out"):
        system.f([6.0])


def test_a_function_of_the_wrong_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"f returned an array of shape \(1,\), but \(2,\)"):
        System.from_callables(lambda x, p: x[:1], ("x", "y"), {})
    with pytest.raises(ValueError, match=r"jacobian returned an array of shape \(1, 1\)"):
        System.from_callables(lambda x, p: x, ("x", "y"), {}, jacobian=lambda x, p: [[1.0]])


def test_a_function_that_changes_its_arguments_changes_nothing_of_ours() -> None:
    def careless(x: np.ndarray, p: dict[str, float]) -> np.ndarray:
        x *= 2.0
        p["a"] = 0.0
        return x

    system = System.from_callables(careless, ("x",), {"a": 1.0})
    x = np.array([3.0])
    assert system.f(x)[0] == 6.0
    assert x[0] == 3.0
    assert system.f(x, {"a": 2.0})[0] == 6.0


def test_a_python_function_cannot_be_saved() -> None:
    with pytest.raises(ValueError, match="Python function, which cannot be saved"):
        COLUMNS.to_data()


def test_a_jacobian_that_contradicts_its_function_is_refused_with_the_entry() -> None:
    def jacobian(x: Any, p: dict[str, float]) -> Any:
        return np.array([[0.0, 1.0], [-np.cos(x[0]), p["d"]]])

    def pendulum(x: Any, p: dict[str, float]) -> Any:
        return np.array([x[1], -np.sin(x[0]) - p["d"] * x[1]])

    with pytest.raises(
        ValueError, match=r"d\(v'\)/d\(v\) is 0.1, but differences give -0.1 at u ="
    ):
        System.from_callables(pendulum, ("u", "v"), {"d": 0.1}, jacobian=jacobian)


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
def test_a_right_jacobian_is_believed_however_steep_the_function(scale: float) -> None:
    """Differences over a step of 1e-3 are useless for tanh(1e4 x); their own error says so."""
    System.from_callables(
        lambda x, p: scale * np.tanh(1e4 * (x - 0.5501)),
        ("x",),
        {},
        jacobian=lambda x, p: (
            scale * 1e4 / np.cosh(np.clip(1e4 * (x - 0.5501), -300, 300))[None] ** 2
        ),
        box=[(0.0, 1.0)],
    )


@pytest.mark.parametrize(
    ("answer", "got"),
    [(np.array([1j]), "complex numbers"), ("x", "data of type"), ([{}], "data of type object")],
)
def test_a_function_that_returns_no_real_numbers_is_refused(answer: Any, got: str) -> None:
    with pytest.raises(ValueError, match=f"f must return real numbers; .* it returned {got}"):
        System.from_callables(lambda x, p: answer, ("x",), {})

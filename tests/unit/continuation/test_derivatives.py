"""Derivatives of tapes are those that SymPy finds, to any order."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp

from continuation.derivatives import jacobian, pushforward
from continuation.symbolic import tape_from_sympy
from continuation.tape import Tape, evaluate

X, Y = sp.symbols("x y", real=True)
EXPRESSIONS = (
    *(sp.exp(X * Y), sp.log(2 + X), sp.sqrt(1 + X**2 + Y), sp.sin(X) * sp.cos(Y), sp.tan(X * Y)),
    *(
        sp.asin(X / 2),
        sp.acos(X * Y / 2),
        sp.atan(X - Y),
        sp.sinh(X) / sp.cosh(Y),
        sp.tanh(X + 2 * Y),
    ),
    *(sp.asinh(X), sp.acosh(2 + X), sp.atanh(X / 3), sp.atan2(X, 1 + Y), 1 / (1 + sp.exp(-X * Y))),
    *(
        X**5 - Y**-3,
        (1 + X) ** sp.Rational(7, 2),
        (2 + X) ** Y,
        X**3 / (X**2 + Y**2),
        (2 + X) ** -1.7,
    ),
    *(
        sp.Abs(X - 2) * Y,
        sp.Max(X, 2 * Y) + sp.Min(X, Y),
        sp.sech(X) + sp.coth(Y),
        sp.pi * X * sp.E,
    ),
    sp.Piecewise((X**2, X < Y), (sp.sin(X), True)),
)
POINT = {X: 0.37, Y: 0.81}


def _value(expression: sp.Expr) -> float:
    """To thirty digits, so that SymPy's own rounding does not count."""
    exact = {X: sp.Rational(37, 100), Y: sp.Rational(81, 100)}
    return float(expression.subs(exact).doit().evalf(30))


def _inputs(*directions: np.ndarray) -> list[np.float64]:
    return [np.float64(v) for v in (*POINT.values(), *np.concatenate(directions or ([],)))]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_a_jacobian_is_that_of_sympy(expression: sp.Expr) -> None:
    tape = jacobian(tape_from_sympy([expression], ["x", "y"]), [0, 1])
    values = evaluate(tape, _inputs())
    expected = [_value(e) for e in (expression, expression.diff(X), expression.diff(Y))]
    np.testing.assert_allclose(values, expected, rtol=2e-14, atol=1e-15)


def _form(tape: Tape, order: int) -> Tape:
    for k in range(order):
        tape = pushforward(tape, {0: 2 + 2 * k, 1: 3 + 2 * k}, 4 + 2 * k)
    return tape


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("expression", EXPRESSIONS[:-4], ids=str)
def test_a_form_of_any_order_is_the_contraction_of_sympys_partial_derivatives(
    expression: sp.Expr, order: int
) -> None:
    directions = np.random.default_rng(order).normal(size=(order, 2))
    (value,) = evaluate(
        _form(tape_from_sympy([expression], ["x", "y"]), order), _inputs(*directions)
    )
    expected, size = 0.0, 0.0
    # Sum over all choices of one coordinate per direction; partial derivatives commute.
    partial = {
        j: _value(sp.diff(expression, *([X] * (order - j) + [Y] * j))) for j in range(order + 1)
    }
    for choice in np.ndindex(*(2,) * order):
        factor = math.prod(directions[i, c] for i, c in enumerate(choice))
        expected += factor * partial[sum(choice)]
        size += abs(factor * partial[sum(choice)])
    assert value == pytest.approx(expected, abs=1e-12 * max(size, 1.0))


def test_the_form_of_tanh_in_complex_directions_is_linear_in_each() -> None:
    tape = _form(tape_from_sympy([sp.tanh(X)], ["x", "y"]), 3)
    x, d = 0.3, np.array([1 + 2j, 0.5 - 1j, -1j])
    inputs = [np.float64(x), np.float64(0), *(c for u in d for c in (u, np.float64(0)))]
    (value,) = evaluate(tape, inputs)
    s = np.tanh(x)
    third = (1 - s**2) * (6 * s**2 - 2)  # tanh''' = -2 (1 - s^2)(1 - 3 s^2)
    assert value == pytest.approx(third * np.prod(d), rel=1e-14)


def test_an_input_that_does_not_occur_has_derivative_zero() -> None:
    tape = jacobian(tape_from_sympy([sp.exp(X)], ["x", "y"]), [1, 0])
    assert [float(v) for v in evaluate(tape, _inputs())[1:]] == [0.0, pytest.approx(np.exp(0.37))]

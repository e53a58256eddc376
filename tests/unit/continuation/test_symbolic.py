"""What SymPy expressions become, and which are refused."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from continuation.symbolic import name_of, tape_from_sympy
from continuation.tape import evaluate

X, A = sp.symbols("x a")


class _Logistic(sp.Function):  # type: ignore[misc]
    tape_operation = "sigmoid"


class _Unknown(sp.Function):  # type: ignore[misc]
    pass


def _at(expression: object, x: float, a: float = 0.0) -> float:
    (value,) = evaluate(tape_from_sympy([expression], ["x", "a"]), [np.float64(x), np.float64(a)])
    return float(value)


def test_a_function_class_may_name_its_operation() -> None:
    assert _at(_Logistic(X), 0.3) == pytest.approx(1 / (1 + np.exp(-0.3)), rel=1e-15)


def test_symbols_are_known_by_their_names_whatever_they_assume() -> None:
    assert _at(sp.Symbol("x", real=True) * X, 3.0) == 9.0


def test_numbers_and_integers_are_expressions_too() -> None:
    assert _at(2, 0.0) == 2.0
    assert _at(0.1, 0.0) == 0.1
    assert _at(sp.Rational(1, 3), 0.0) == 1 / 3
    assert _at(sp.GoldenRatio, 0.0) == pytest.approx((1 + 5**0.5) / 2)


def test_a_switch_takes_the_value_that_sympy_gives() -> None:
    strict = sp.Piecewise((sp.Integer(1), X > 0), (sp.Integer(2), X > -1), (sp.Integer(3), True))
    assert [_at(strict, x) for x in (0.5, 0.0, -1.0)] == [1.0, 2.0, 3.0]
    assert [_at(sp.Piecewise((1, X <= 0), (2, True)), x) for x in (0.0, 0.1)] == [1.0, 2.0]
    assert [_at(sp.sign(X), x) for x in (-2.0, 2.0)] == [-1.0, 1.0]
    assert [_at(sp.Heaviside(X), x) for x in (-2.0, 2.0)] == [0.0, 1.0]


def test_a_sum_of_negative_powers_is_divided_once() -> None:
    assert _at(A / (X * X), 2.0, 1.0) == 0.25
    assert _at(X**-A, 2.0, 3.0) == 0.125


@pytest.mark.parametrize(
    "expression", [_Unknown(X), sp.besselj(0, X), sp.Derivative(A, X), sp.gamma(X)]
)
def test_an_unknown_function_is_refused_by_name(expression: sp.Expr) -> None:
    with pytest.raises(ValueError, match=type(expression).__name__):
        tape_from_sympy([expression], ["x", "a"])


@pytest.mark.parametrize("expression", [sp.oo, sp.nan, sp.zoo, sp.I, sp.I * X, sp.Float("nan")])
def test_a_number_that_is_not_finite_and_real_is_refused(expression: sp.Expr) -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        tape_from_sympy([expression], ["x", "a"])


def test_an_unknown_symbol_is_refused_with_those_known() -> None:
    with pytest.raises(ValueError, match="'b' is neither a state nor a parameter; known are x, a"):
        tape_from_sympy([sp.Symbol("b")], ["x", "a"])


def test_a_string_is_no_sympy_expression() -> None:
    with pytest.raises(TypeError, match="from_strings"):
        tape_from_sympy(["x"], ["x", "a"])
    with pytest.raises(TypeError, match="symbol or a name"):
        name_of(X + 1)


def test_a_piecewise_without_a_last_piece_is_refused() -> None:
    with pytest.raises(ValueError, match="Piecewise"):
        tape_from_sympy([sp.Piecewise((1, X > 0))], ["x", "a"])
    with pytest.raises(ValueError, match="Piecewise"):
        tape_from_sympy([sp.Piecewise((1, (X > 0) & (A > 0)), (2, True))], ["x", "a"])


@pytest.mark.parametrize("number", [np.float32(0.5), Fraction(1, 2), 0.5])
def test_a_number_of_any_kind_keeps_its_value(number: object) -> None:
    assert _at(number, 0.0) == 0.5

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy

from symgru import sigma

a = sympy.Symbol("a")


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        (0, sympy.Rational(1, 2)),
        (sympy.oo, 1),
        (-sympy.oo, 0),
        (sympy.log(5), sympy.Rational(5, 6)),
        (-sympy.log(5), sympy.Rational(1, 6)),
    ],
)
def test_sigma_is_exact_where_its_value_is_rational(argument, value):
    assert sigma(argument) == value


def test_sigma_stays_symbolic_at_other_exact_arguments():
    assert sigma(1).func is sigma
    assert sigma(sympy.log(a)).func is sigma
    assert sigma(2 * sympy.log(5)).func is sigma


def test_sigma_evaluates_at_floats_and_to_any_precision():
    assert float(sigma(0.3)) == pytest.approx(1 / (1 + math.exp(-0.3)), rel=1e-15)
    assert abs(sigma(1).evalf(40) - 1 / (1 + sympy.exp(-1)).evalf(50)) < 1e-39


def test_slope_of_sigma_is_sigma_times_sigma_of_minus():
    by_hand = sympy.diff(1 / (1 + sympy.exp(-a)), a)
    assert sympy.simplify(sigma(a).diff(a).rewrite(sympy.exp) - by_hand) == 0


def test_sigma_rewrites_to_tanh():
    difference = sigma(a).rewrite(sympy.tanh) - sigma(a)
    assert abs(float(difference.subs(a, 0.7))) < 1e-15


def test_one_minus_update_keeps_its_digits_when_the_gate_is_nearly_one():
    closed = float(sigma(sympy.Float(-50)))
    assert closed == pytest.approx(math.exp(-50), rel=1e-14)


def test_solve_undoes_a_gate():
    assert sympy.solve(6 * sigma(-a) - 1, a) == [sympy.log(5)]


def test_sigma_of_a_real_argument_is_positive():
    assert sigma(sympy.Symbol("x", real=True)).is_positive
    assert sigma(a).is_positive is None


def test_sigma_prints_as_latex():
    assert sympy.latex(sigma(a) ** 2) == r"\sigma^{2}\left(a\right)"


@pytest.mark.parametrize("modules", [None, "numpy", "scipy"])
def test_lambdified_sigma_takes_arrays_and_does_not_overflow(modules):
    function = sympy.lambdify(a, sigma(a), modules)
    values = function(np.array([-1000.0, -1.0, 0.0, 1000.0]))
    assert values == pytest.approx([0, 1 / (1 + math.e), 0.5, 1], rel=1e-15)


@pytest.mark.parametrize("modules", ["math", "mpmath"])
def test_lambdified_sigma_takes_numbers(modules):
    assert float(sympy.lambdify(a, sigma(a), modules)(1.0)) == pytest.approx(0.7310585786300049)

from __future__ import annotations

import math

import flint
import pytest
import sympy
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from continuation.certification.balls import evaluate, sigmoid
from continuation.symbolic import tape_from_sympy
from continuation.tape import evaluate as evaluate_doubles

x, y = sympy.symbols("x y")

EXPRESSIONS = [
    x**3 - 2 * x * y + sympy.Rational(1, 3),
    sympy.pi * sympy.exp(-(x**2)) / (2 + sympy.cos(y)),
    sympy.tanh(x) * sympy.sin(x + y) - sympy.E,
    sympy.log(2 + x**2) * sympy.atan(y) + sympy.sqrt(1 + y**2),
    sympy.Piecewise((x, x > y), (y**2, True)),
    sympy.sinh(x) + sympy.cosh(y) - sympy.asinh(x * y) + abs(x),
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
@given(st.floats(-3, 3), st.floats(-3, 3))
def test_balls_of_points_agree_with_sympy_and_with_numpy(expression, a, b):
    tape = tape_from_sympy([expression], ["x", "y"])
    with flint.ctx.workprec(100):
        (ball,) = evaluate(tape, [arb(a), arb(b)])
    (double,) = evaluate_doubles(tape, [a, b])
    assert float(ball) == pytest.approx(float(double), rel=1e-12, abs=1e-12)
    assert ball.is_finite()


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0, 1), st.floats(-1, 1), st.floats(-1, 1))
def test_a_ball_holds_the_values_at_all_points_of_its_operands(expression, a, b, radius, s, t):
    tape = tape_from_sympy([expression], ["x", "y"])
    with flint.ctx.workprec(100):
        wide = [arb(a, radius), arb(b, radius)]
        point = [arb(a) + arb(s) * arb(radius), arb(b) + arb(t) * arb(radius)]
        assert evaluate(tape, wide)[0].overlaps(evaluate(tape, point)[0])


@pytest.mark.parametrize("radius", [1.0, 1e3, 1e30])
def test_the_logistic_function_stays_between_zero_and_one_on_wide_balls(radius):
    found = sigmoid(arb(0, radius))
    assert found.is_finite()
    assert -1e-6 < float(found.lower()) and float(found.upper()) < 1 + 1e-6


def test_outside_of_a_domain_the_ball_is_not_finite():
    tape = tape_from_sympy([sympy.log(x), 1 / x], ["x"])
    assert not any(ball.is_finite() for ball in evaluate(tape, [arb(0, 1)]))


def test_constants_are_exact():
    tape = tape_from_sympy([sympy.pi / 7 + 0.1], ["x"])
    with flint.ctx.workprec(300):
        (ball,) = evaluate(tape, [arb(0)])
        assert abs(ball - arb.pi() / 7 - arb(0.1)) < arb(2) ** -290
    assert float(ball) == pytest.approx(math.pi / 7 + 0.1, rel=1e-15)

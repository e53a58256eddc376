"""Exact constants: a derivative is that of the very function that is evaluated."""

from __future__ import annotations

from fractions import Fraction

import flint
import pytest
from flint import arb

import continuation as ct
from continuation.certification.equations import as_array, ball_equations, is_exact
from continuation.derivatives import jacobian


def test_derivatives_of_literal_doubles_are_not_rounded():
    system = ct.System.from_strings({"x": "0.1*x**3"}, parameters={"a": 1.0})
    # The tape itself multiplies 3 and 0.1 in doubles, and three times 0.1 is not a double.
    assert not is_exact(jacobian(system.field.tape, [0]))
    equations = ball_equations(system, (), {"a": 1.0})
    with flint.ctx.workprec(200):
        slope = equations.derivative(as_array([arb(1)]), as_array([arb(1)]))[0]
        exact = 3 * Fraction(0.1)
        assert slope.contains(arb(exact.numerator) / arb(exact.denominator))
        assert slope.rad() < 1e-55


def test_free_parameters_follow_the_states():
    system = ct.System.from_strings(
        {"x": "a*x + b*y", "y": "c*x*y"}, parameters=dict.fromkeys("abc", 2.0)
    )
    equations = ball_equations(system, ("c", "a"), {"b": 5.0})
    y = as_array([arb(v) for v in (2, 3, 7, 11)])  # x, y, c, a
    assert [float(v) for v in equations.derivative(y)] == [37.0, 42.0]
    columns = [[float(v) for v in row] for row in equations.columns(y)]
    assert columns == [[11.0, 5.0, 0.0, 2.0], [21.0, 14.0, 6.0, 0.0]]


def test_text_is_enclosed_at_the_precision_in_force():
    system = ct.System.from_strings({"x": "a - x"}, parameters={"a": 1.0})
    equations = ball_equations(system, (), {"a": "1/3"})
    with flint.ctx.workprec(300):
        value = equations.derivative(as_array([arb(0)]))[0]
        assert (3 * value).contains(1)
        assert value.rad() < 1e-85


def test_functions_of_python_are_refused():
    system = ct.System.from_callables(lambda x, p: -x, states=("x",), parameters={})
    with pytest.raises(ValueError, match="Python function"):
        ball_equations(system, (), {})

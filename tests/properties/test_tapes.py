"""For any expression: machine code is NumPy, exact derivatives are slopes, data are the tape."""

from __future__ import annotations

import json

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from continuation.derivatives import jacobian
from continuation.native import compile_tape
from continuation.parsing import parse_expressions
from continuation.tape import Tape, evaluate

# Smooth and bounded functions of bounded numbers, so that slopes can be taken anywhere.
LEAVES = st.sampled_from(["x", "y", "a", "0.3", "2", "pi", "1/3"])


def _grow(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    functions = st.sampled_from(["sin", "cos", "tanh", "sigmoid", "atan", "asinh"])
    return st.one_of(
        st.builds("{}({})".format, functions, children),
        st.builds("({} {} {})".format, children, st.sampled_from("+-*"), children),
        st.builds("({})/(2 + tanh({}))".format, children, children),
        st.builds("tanh({})**{}".format, children, st.sampled_from(["2", "3", "-0"])),
        st.builds("sqrt(1 + ({})**2)".format, children),
        st.builds("-{}".format, children),
    )


EXPRESSIONS = st.recursive(LEAVES, _grow, max_leaves=12)
POINTS = np.random.default_rng(7).uniform(-1, 1, size=(9, 2))
A = np.array([0.4])


@settings(max_examples=40)
@given(EXPRESSIONS)
def test_machine_code_agrees_with_numpy_for_any_expression(text: str) -> None:
    tape = jacobian(parse_expressions({"x": text, "y": "x"}, ("a",)), [0, 1, 2])
    native = compile_tape(tape, 2)(POINTS, A)
    rows = [np.broadcast_to(v, 9) for v in evaluate(tape, [*POINTS.T, A[0]])]
    scale = 1 + np.abs(native)
    assert np.max(np.abs(native - np.array(rows).T) / scale) < 1e-11


@settings(max_examples=60)
@given(EXPRESSIONS)
def test_derivatives_are_slopes_for_any_expression(text: str) -> None:
    tape = parse_expressions({"x": text, "y": "x"}, ("a",))
    slopes = evaluate(jacobian(tape, [0, 1, 2]), [*POINTS.T, A[0]])[2:5]
    h = 1e-20  # the complex step has no rounding error to balance
    for j, slope in enumerate(slopes):
        inputs = [*POINTS.T.astype(complex), A[0] + 0j]
        inputs[j] = inputs[j] + 1j * h
        step = np.imag(evaluate(tape, inputs)[0]) / h
        np.testing.assert_allclose(slope + 0 * step, step, rtol=1e-9, atol=1e-10)


@settings(max_examples=60)
@given(EXPRESSIONS)
def test_any_tape_survives_json(text: str) -> None:
    tape = parse_expressions({"x": text, "y": "x"}, ("a",))
    assert Tape.from_data(json.loads(json.dumps(tape.to_data()))) == tape

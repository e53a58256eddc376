"""Machine code and NumPy read the same tape to the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from continuation.native import call_native, compile_tape, write_module
from continuation.tape import BINARY, UNARY, Tape, evaluate
from continuation.taping import TapeBuilder


def _every_operation() -> Tape:
    b = TapeBuilder(3)
    x, y, p = b.input(0), b.input(1), b.input(2)
    above_one = b.add(b.constant(1), b.add(b.mul(x, x), b.unary("cos", p)))
    inside = b.div(x, b.constant(4))
    values = [b.unary(name, inside) for name in UNARY if name not in ("log", "sqrt", "acosh")]
    values += [b.unary(name, above_one) for name in ("log", "sqrt", "acosh")]
    values += [b.apply(name, above_one, b.add(y, p)) for name in BINARY]
    values += [b.power(y, b.constant(7)), b.select(x, y, p), b.named_constant("e"), b.neg(p), x]
    return b.finish(values)


def test_every_operation_agrees_with_numpy_to_the_last_digits() -> None:
    tape = _every_operation()
    x = np.random.default_rng(0).uniform(-1, 1, size=(13, 2))
    p = np.array([0.3])
    native = compile_tape(tape, 2)(x, p)
    rows = [np.broadcast_to(v, 13) for v in evaluate(tape, [x[:, 0], x[:, 1], p[0]])]
    np.testing.assert_allclose(native, np.array(rows).T, rtol=4e-15)


@pytest.mark.parametrize("terms", [20, 400, 4000])
def test_tapes_of_every_length_are_compiled_to_the_same_arithmetic(terms: int) -> None:
    b = TapeBuilder(2)
    total = b.constant(0)
    for k in range(terms):
        total = b.add(total, b.mul(b.input(0), b.add(b.input(1), b.constant(k))))
    tape = b.finish([total])
    x, p = np.array([[0.1], [-0.7], [2.0]]), np.array([0.3])
    (expected,) = evaluate(tape, [x[:, 0], p[0]])
    np.testing.assert_array_equal(compile_tape(tape, 1)(x, p)[:, 0], expected)


def test_no_points_are_no_work() -> None:
    assert compile_tape(_every_operation(), 2)(np.empty((0, 2)), np.ones(1)).shape[0] == 0


def test_what_needs_no_state_is_computed_before_the_loop() -> None:
    b = TapeBuilder(2)
    text = write_module(b.finish([b.mul(b.input(0), b.unary("cos", b.input(1)))]), 1)
    assert text.index("call double @cos") < text.index("loop:\n")


def test_functions_outside_their_domain_give_nan_and_large_numbers_saturate() -> None:
    b = TapeBuilder(1)
    x = b.input(0)
    tape = b.finish([b.unary(name, x) for name in ("log", "sigmoid", "tanh")])
    values = compile_tape(tape, 1)(np.array([[-1e3], [1e3]]), np.empty(0))
    assert np.isnan(values[0, 0])
    np.testing.assert_array_equal(values[:, 1:], [[0.0, -1.0], [1.0, 1.0]])


def test_an_array_that_is_not_contiguous_is_refused() -> None:
    function = compile_tape(_every_operation(), 2)
    out = np.empty((4, function.outputs))
    with pytest.raises(TypeError, match="contiguous"):
        call_native(function.address, np.ones((2, 4)).T, np.ones(1), out, 4)

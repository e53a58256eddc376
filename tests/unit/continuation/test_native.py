"""Machine code and NumPy read the same tape to the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from continuation.derivatives import jacobian, with_pushforward
from continuation.llvm_text import write_linearization, write_module
from continuation.native import call_native, compile_linearization, compile_tape
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


@pytest.mark.parametrize("free", [(), (2,)], ids=["n = 2", "n + k = 3"])
def test_derivatives_by_directions_are_those_written_out(free: tuple[int, ...]) -> None:
    whole = _every_operation()
    x = np.random.default_rng(1).uniform(-1, 1, size=(5, 2))
    p = np.array([0.3])
    k = len(free)
    for pair in zip(whole.outputs[::2], whole.outputs[1::2], strict=False):
        tape = Tape(whole.inputs, whole.instructions, pair)
        columns = [0, 1, *free]
        rows = compile_tape(jacobian(tape, columns), 2)(x, p)[:, 2:].reshape(5, 2, 2 + k)
        out = compile_linearization(with_pushforward(tape, columns), 2, k)(x, p)
        np.testing.assert_array_equal(out[:, :2], compile_tape(tape, 2)(x, p))
        np.testing.assert_allclose(out[:, 2:6].reshape(5, 2, 2), rows[:, :, :2], rtol=1e-13)
        np.testing.assert_allclose(out[:, 6:].reshape(5, 2, k), rows[:, :, 2:], rtol=1e-13)


def test_more_directions_than_lanes_are_worked_on_in_several_passes() -> None:
    n = 11
    b = TapeBuilder(n + 1)
    x = [b.input(i) for i in range(n)]
    products = [
        b.mul(b.input(n), b.mul(x[i], b.unary("sin", x[(3 * i + 1) % n]))) for i in range(n)
    ]
    tape = b.finish(products)
    columns = list(range(n + 1))
    points, p = np.random.default_rng(2).normal(size=(4, n)), np.array([0.7])
    rows = compile_tape(jacobian(tape, columns), n)(points, p)[:, n:].reshape(4, n, n + 1)
    out = compile_linearization(with_pushforward(tape, columns), n, 1)(points, p)
    np.testing.assert_array_equal(out[:, n : n + n * n].reshape(4, n, n), rows[:, :, :n])
    np.testing.assert_array_equal(out[:, n + n * n :], rows[:, :, n])


def test_what_is_not_linear_in_the_direction_is_refused() -> None:
    b = TapeBuilder(2)
    tape = b.finish([b.input(0), b.unary("sin", b.input(1))])
    with pytest.raises(ValueError, match="not linear"):
        write_linearization(tape, 1, 0)

"""Tapes: sharing, simplification, NumPy evaluation, and data that are not trusted."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import numpy as np
import pytest

from continuation.tape import LARGEST_EXPONENT, Tape, evaluate, sigmoid
from continuation.taping import TapeBuilder


def _sample() -> Tape:
    b = TapeBuilder(2)
    x, y = b.input(0), b.input(1)
    half = b.constant(Fraction(1, 2))
    first = b.mul(half, b.unary("tanh", b.add(x, b.named_constant("pi"))))
    return b.finish([first, b.select(x, b.power(y, b.constant(3)), b.constant(0.1))])


def test_equal_subexpressions_are_one_instruction() -> None:
    b = TapeBuilder(2)
    x, y = b.input(0), b.input(1)
    assert b.unary("exp", b.add(x, y)) == b.unary("exp", b.add(y, x))
    assert b.mul(b.mul(x, x), x) == b.power(x, b.constant(3))


def test_what_can_be_known_at_once_is_simplified() -> None:
    b = TapeBuilder(1)
    x, zero, one = b.input(0), b.constant(0), b.constant(1)
    assert b.mul(zero, x) == zero
    assert b.mul(one, x) == b.add(x, zero) == b.div(x, one) == b.power(x, one) == x
    assert b.sub(x, x) == zero
    assert b.power(x, zero) == one
    assert b.neg(b.neg(x)) == x
    assert b.add(b.constant(Fraction(1, 3)), b.constant(Fraction(2, 3))) == one


def test_instructions_that_no_output_needs_are_left_out() -> None:
    b = TapeBuilder(2)
    x, y = b.input(0), b.input(1)
    b.unary("exp", y)
    assert b.finish([x]).instructions == (("input", 0),)


def test_the_reciprocal_of_one_plus_exp_is_a_sigmoid_that_cannot_overflow() -> None:
    b = TapeBuilder(1)
    x = b.input(0)
    quotient = b.div(b.constant(2), b.add(b.constant(1), b.unary("exp", b.neg(x))))
    assert quotient == b.mul(b.constant(2), b.unary("sigmoid", x))


def test_evaluation_takes_numbers_batches_and_complex_numbers() -> None:
    tape = _sample()
    x, y = np.array([-0.3, 0.2]), np.array([1.5, -2.0])
    first, second = evaluate(tape, [x, y])
    np.testing.assert_allclose(first, np.tanh(x + np.pi) / 2, rtol=1e-15)
    np.testing.assert_allclose(second, [0.1, -8.0], rtol=1e-15)
    (value, _) = evaluate(tape, [np.complex128(0.1 + 0.2j), np.float64(0)])
    assert value == pytest.approx(np.tanh(0.1 + 0.2j + np.pi) / 2, rel=1e-14)


def test_sigmoid_keeps_its_relative_accuracy_and_does_not_overflow() -> None:
    x = np.array([-800.0, -700.0, -30.0, 0.0, 30.0, 800.0])
    exact = [
        0.0,
        math.exp(-700),
        math.exp(-30) / (1 + math.exp(-30)),
        0.5,
        1 / (1 + math.exp(-30)),
        1,
    ]
    np.testing.assert_allclose(sigmoid(x), exact, rtol=4e-16)
    assert sigmoid(0.3 + 0.1j) == pytest.approx(1 / (1 + np.exp(-0.3 - 0.1j)), rel=1e-15)


def test_a_tape_survives_json() -> None:
    tape = _sample()
    assert Tape.from_data(json.loads(json.dumps(tape.to_data()))) == tape


@pytest.mark.parametrize(
    "row",
    [
        ["system", 0],
        ["add", 0, 2],
        ["add", 0, -1],
        ["add", 0],
        ["add", 0, True],
        ["add", 0, 0.0],
        ["input", 2],
        ["float", float("nan")],
        ["float", 1],
        ["rational", 1, 0],
        ["rational", 2**70, 1],
        ["ipow", 0, LARGEST_EXPONENT + 1],
        ["ipow", 0, 1],
        ["pi", 0],
        ["select", 0, 0],
        [],
        [0],
        "add",
        None,
    ],
)
def test_an_instruction_that_does_not_fit_is_refused(row: object) -> None:
    good = [["input", 0], ["input", 1]]
    with pytest.raises(ValueError, match="instruction 2"):
        Tape.from_data({"inputs": 2, "instructions": [*good, row], "outputs": [0]})


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"inputs": -1, "instructions": [], "outputs": []},
        {"inputs": 1, "instructions": [["input", 0]], "outputs": [1]},
        {"inputs": 1, "instructions": [["input", 0]], "outputs": ["0"]},
    ],
)
def test_what_is_no_tape_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match="tape"):
        Tape.from_data(data)


@pytest.mark.parametrize("value", [math.nan, math.inf, 10**400])
def test_a_constant_that_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not a finite number"):
        TapeBuilder(0).constant(value)


def test_a_function_of_constants_outside_its_domain_is_refused() -> None:
    b = TapeBuilder(1)
    with pytest.raises(ValueError, match="not a finite number"):
        b.unary("log", b.constant(0))
    with pytest.raises(ValueError, match="not a finite number"):
        b.div(b.input(0), b.constant(0))
    with pytest.raises(ValueError, match="exponent"):
        b.power(b.input(0), b.constant(10**6))

"""Systems as texts for other programs."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation.backends import translation
from continuation.errors import ContinuationError


def test_texts_mean_what_the_equations_mean() -> None:
    system = ct.System.from_strings(
        {"x": "a*tanh(x - y)/(1 + exp(-x)) - pi*x", "y": "sin(x)*cos(y) - sqrt(a + y/3)"},
        parameters={"a": 2.0},
    )
    components = translation.rhs(system, np.array([2.0]), ("a",), (4.0,))
    again = ct.System.from_strings(
        dict(zip(("state000", "state001"), components, strict=True)), parameters={"par000": 0.5}
    )
    x = np.array([[0.3, -0.7, 1.1], [0.2, 0.9, 1.4]])
    assert again.f(x) == pytest.approx(system.f(x), rel=1e-14)


def test_fixed_parameters_are_numbers_that_read_back_exactly() -> None:
    system = ct.System.from_strings({"x": "gamma - b*x"}, parameters={"gamma": 1.0, "b": 0.1})
    (text,) = translation.rhs(system, np.array([1.0, -0.1]), ("gamma",), (1.0,))
    assert "(-0.1)" in text
    assert "gamma" not in text and "par000" in text


def test_powers_are_written_without_a_sign_that_languages_read_differently() -> None:
    system = ct.System.from_strings({"x": "x**3 - x**0.5"}, parameters={"a": 0.0})
    (text,) = translation.rhs(system, np.array([0.0]), ("a",), (1.0,))
    assert "pow(state000,3)" in text
    assert "**" not in text


def test_names_sort_by_number() -> None:
    assert translation.names("state", 120) == sorted(translation.names("state", 120))


def test_equations_that_grow_too_long_are_refused_in_one_sentence() -> None:
    text = "x"
    for _ in range(3):
        text = f"({text})*tanh({text})"
    doubled = ct.System.from_strings({"x": text}, parameters={"a": 0.0})
    tape = doubled.field.tape  # type: ignore[attr-defined]
    instructions = list(tape.instructions)
    for _ in range(20):
        instructions.append(("mul", len(instructions) - 1, len(instructions) - 1))
    long = type(tape)(tape.inputs, tuple(instructions), (len(instructions) - 1,))
    with pytest.raises(ContinuationError, match="too large for this peer"):
        translation.texts(long, ["x", "a"])


def test_a_python_function_cannot_be_sent() -> None:
    system = ct.System.from_callables(lambda x, p: -p["k"] * x, ("x",), {"k": 1.0})
    with pytest.raises(ContinuationError, match="from_sympy or from_strings"):
        translation.tape_of(system)

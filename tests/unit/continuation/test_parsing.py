"""Text is parsed, never run; what is no arithmetic is refused quickly, in one sentence."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from continuation.parsing import FUNCTIONS, parse_constant, parse_expressions
from continuation.system import System
from continuation.tape import evaluate

REFUSED = {
    "__import__('os').getpid()": "arithmetic only",
    "x.__class__": "not allowed",
    "lambda: 1": "arithmetic only",
    "open('a')": "arithmetic only",
    "x; y": "arithmetic only",
    "exec(x)": "'exec' is no function known here",
    "eval(x)": "'eval' is no function",
    "getattr(x, y)": "'getattr' is no function",
    "x^2": r"write \*\* instead",
    "q + 1": "the name 'q' is unknown; known are x, y, a, pi, E",
    "exp": "the name 'exp' is unknown",
    "exp(-t)": "the name 't' is unknown",
    "sin(x, y)": "sin takes 1 argument",
    "min(x)": "min takes 2 arguments",
    "sin(x=1)": "arithmetic only",
    "sin(*x)": "no arithmetic|not allowed",
    "sin(x)(y)": "no function",
    "x.sin(y)": "no function",
    "1j*x": "not allowed",
    "True": "not allowed",
    "None": "not allowed",
    "x if x else y": "not allowed",
    "x and y": "not allowed",
    "not x": "not allowed",
    "x < y": "arithmetic only",
    "[x]": "arithmetic only",
    "x, y": "not allowed",
    "x // y": "operators",
    "x @ y": "arithmetic only",
    "x % y": "arithmetic only",
    "x y": "no arithmetic",
    "x +": "no arithmetic",
    "": "no arithmetic",
    "...": "not allowed",
    "await x": "not allowed",
    "(x := 1)": "arithmetic only",
    "x\x00": "arithmetic only",
    "x # comment": "arithmetic only",
    "1e999": "not a finite number",
    "1/0": "not a finite number",
    "log(0)": "not a finite number",
    "sqrt(-1)": "not a finite number",
    "exp(1000)": "not a finite number",
    "10**400": "not a finite number",
    "1e308*10": "not a finite number",
}
LONG = {
    "powers of powers": "9**9**9**9",
    "a large exponent": "x**100000",
    "a very large exponent": "x**1e300",
    "many digits": "9" * 5000,
    "signs": "-" * 99_999 + "x",
    "open parentheses": "(" * 50_000 + "x",
    "nested calls": "sin(" * 500 + "x" + ")" * 500,
    "unbalanced calls": "sin(" * 55 + "x",
    "a tower of powers": "x**" * 20_000 + "x",
    "a very long sum": "+".join(["x"] * 40_000),
    "a megabyte": "x+" * 500_000 + "x",
}

# Equations as they stand in textbooks and in the examples of other programs: the catalytic
# oscillator and the Lur'e system of MATCONT, the Morris-Lecar model, the Brusselator, a predator
# with harvest, normal forms (Kuznetsov, Elements of Applied Bifurcation Theory), and a GRU with its
# gates written out.
TEXTBOOK: dict[str, tuple[dict[str, str], dict[str, float | str]]] = {
    "catalytic oscillator": (
        {
            "x": "2*q1*(1-x-y-s)**2-2*q5*x**2-q3*x*y",
            "y": "q2*(1-x-y-s)-q6*y-q3*x*y",
            "s": "q4*(1-x-y-s-k*s)",
        },
        {"q1": 2.5, "q2": 1.0, "q3": 10, "q4": 0.0675, "q5": 1, "q6": 0.1, "k": 0.4},
    ),
    "Lur'e": ({"x": "y", "y": "z", "z": "-alpha*z-beta*y-x+x**2"}, {"alpha": 1, "beta": 1}),
    "Morris-Lecar": (
        {
            "v": "y-(v+1/2)/2-2*w*(v+7/10)-(1+tanh((v+1/100)/(15/100)))/2*(v-1)",
            "w": "115/100*((1+tanh((v-z)/(145/1000)))/2-w)*cosh((v-1/10)/(29/100))",
        },
        {"y": 0.1, "z": 0.1},
    ),
    "predator and prey": (
        {"x": "r*x*(1-x/k)-x*y/(e+x)", "y": "y*(-d+x/(e+x))-h"},
        {"r": 1, "k": 2, "e": 1, "d": 0.2, "h": 0.3},
    ),
    "Bogdanov-Takens": ({"x": "y", "y": "b1+b2*y+x**2-x*y"}, {"b1": -0.04, "b2": -0.1}),
    "SNIC": (
        {"x": "x*(1-x**2-y**2)-y*(mu-x)", "y": "y*(1-x**2-y**2)+x*(mu-x)"},
        {"mu": 1.2},
    ),
    "Bautin": (
        {
            "x": "mu*x-y+x*(nu*(x**2+y**2)-(x**2+y**2)**2)",
            "y": "x+mu*y+y*(nu*(x**2+y**2)-(x**2+y**2)**2)",
        },
        {"mu": -0.1, "nu": 1},
    ),
    "Brusselator": ({"x": "A-(B+1)*x+x**2*y", "y": "B*x-x**2*y"}, {"A": 1, "B": 1.5}),
    "torus": (
        {
            "x": "(1-x**2-y**2)*x-y",
            "y": "(1-x**2-y**2)*y+x",
            "p": "al*p-be*q",
            "q": "be*p+al*q",
        },
        {"al": -0.05, "be": 0.3},
    ),
    "GRU": (
        {"h": "(1-1/(1+exp(-(uz*h+bz))))*(tanh(uh*h*1/(1+exp(-(ur*h+br)))+bh)-h)"},
        {"uz": 1, "bz": 0, "ur": 2, "br": 0.5, "uh": 4, "bh": "1/5"},
    ),
}


def _system(text: str) -> System:
    return System.from_strings({"x": text, "y": "x"}, parameters={"a": 1.0})


@pytest.mark.parametrize("text", REFUSED)
def test_a_text_that_is_no_arithmetic_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(ValueError, match=REFUSED[text]) as caught:
        _system(text)
    message = str(caught.value)
    assert message.startswith("the equation of 'x' cannot be read")
    assert "\n" not in message


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_no_text_takes_long(text: str) -> None:
    begin = time.perf_counter()
    with pytest.raises(ValueError, match="cannot be read") as caught:
        _system(text)
    assert time.perf_counter() - begin < 2.0
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("name", TEXTBOOK)
def test_textbook_systems_are_read(name: str) -> None:
    rhs, parameters = TEXTBOOK[name]
    system = System.from_strings(rhs, parameters)
    state = 0.1 + 0.2 * np.arange(1, 1 + system.dimension)
    assert np.isfinite(system.f(state)).all()
    assert np.isfinite(system.jacobian(state)).all()


def test_a_text_means_what_the_same_python_arithmetic_means() -> None:
    x, y = 0.3, 0.7
    r, k, e, d, h = 1.0, 2.0, 1.0, 0.2, 0.3
    prey = System.from_strings(*TEXTBOOK["predator and prey"])
    expected = [r * x * (1 - x / k) - x * y / (e + x), y * (-d + x / (e + x)) - h]
    np.testing.assert_allclose(prey.f([x, y]), expected, rtol=1e-15)
    neuron = System.from_strings(*TEXTBOOK["Morris-Lecar"])
    gate = 1.15 * ((1 + math.tanh((x - 0.1) / 0.145)) / 2 - y) * math.cosh((x - 0.1) / 0.29)
    assert neuron.f([x, y])[1] == pytest.approx(gate, rel=1e-14)
    unit = System.from_strings(*TEXTBOOK["GRU"])
    update, reset = 1 / (1 + math.exp(-x)), 1 / (1 + math.exp(-2 * x - 0.5))
    change = (1 - update) * (math.tanh(4 * x * reset + 0.2) - x)
    assert unit.f([x])[0] == pytest.approx(change, rel=1e-14)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_of_the_list_can_be_called(name: str) -> None:
    point = 1.5 if name == "acosh" else 0.4
    text = f"{name}({', '.join(['x'] * FUNCTIONS[name])})"
    value = _system(text).f([point, 0.0])[0]
    known = {
        **{"abs": point, "sign": 1.0, "heaviside": 1.0, "min": point, "max": point},
        **{"sigmoid": 1 / (1 + math.exp(-point)), "atan2": math.pi / 4},
    }
    expected = known[name] if name in known else getattr(math, name)(*[point] * FUNCTIONS[name])
    assert value == pytest.approx(expected, rel=1e-15)


def test_precedence_and_associativity_are_those_of_python() -> None:
    text = "-x**2 + 2**-x*3 - 4/2/5 - (-x)**3 + 2**3**2 + +x"
    x = 0.3
    assert _system(text).f([x, 0.0])[0] == pytest.approx(
        -(x**2) + 2**-x * 3 - 4 / 2 / 5 - (-x) ** 3 + 2**3**2 + +x, rel=1e-15
    )


def test_a_sum_of_a_thousand_terms_over_several_lines_is_read() -> None:
    tape = parse_expressions({"x": " +\n".join(f"a*x*{k}" for k in range(1000))}, ("a",))
    assert evaluate(tape, [np.float64(1), np.float64(2)])[0] == pytest.approx(999_000)


def test_declared_names_come_before_constants_and_time_is_a_name_like_others() -> None:
    system = System.from_strings({"t": "E*t + pi"}, parameters={"E": 2.0})
    assert system.f([1.0])[0] == pytest.approx(2 + math.pi)


def test_values_of_parameters_may_be_constant_text() -> None:
    assert parse_constant("sqrt(1/2)", "b") == math.sqrt(0.5)
    assert parse_constant("pi/3", "b") == math.pi / 3
    system = System.from_strings({"x": "b*x"}, parameters={"b": "1/3"})
    assert system.parameters["b"] == 1 / 3
    with pytest.raises(ValueError, match=r"the value of 'b' cannot be read.*'x' is unknown"):
        System.from_strings({"x": "b*x"}, parameters={"b": "x"})


@pytest.mark.parametrize("name", ["lambda", "None", "1a", "a b", "", "x-y"])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        System.from_strings({name: "1"}, parameters={})


def test_an_equation_must_be_a_string() -> None:
    with pytest.raises(TypeError, match="equation of 'x' must be a string"):
        System.from_strings({"x": 1}, parameters={})  # type: ignore[dict-item]

r"""A tape: expressions written as a straight-line program that several readers can run.

Instruction i computes the value v_i from earlier values, for instance

.. math:: v_0 = x, \quad v_1 = p, \quad v_2 = v_0 v_1, \quad v_3 = \tanh v_2,

and some of the values are the outputs. Equal subexpressions are one instruction. NumPy reads a tape
in `evaluate`, machine code in `native`, differentiation in `derivatives`; it can be written as
plain JSON and read back without running anything. A tape is a Wengert list (Griewank and Walther,
Evaluating Derivatives, 2nd ed., SIAM 2008, section 2.2).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeGuard

import numpy as np

Instruction = tuple[Any, ...]

CONSTANTS: Mapping[str, float] = {"pi": math.pi, "e": math.e}
UNARY = (
    *("neg", "sqrt", "exp", "log", "sin", "cos", "tan", "asin", "acos", "atan"),
    *("sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "sigmoid"),
)
BINARY = ("add", "sub", "mul", "div", "pow", "atan2")

# An integer power is a product of this many factors at most; nobody's model needs more, and a
# typing error such as x**1000000 should not become a program.
LARGEST_EXPONENT = 512
# Rationals with longer numerators or denominators than this are kept as the nearest double.
RATIONAL_BITS = 64


@dataclass(frozen=True)
class Tape:
    """A straight-line program from numbers to numbers.

    Attributes
    ----------
    inputs : int
        How many numbers go in.
    instructions : tuple of tuple
        Each is an operation and its operands, which are positions of earlier instructions:
        ``("input", j)``, ``("rational", p, q)``, ``("float", c)``, ``("pi",)``, ``("e",)``;
        one operand for those of `UNARY`, two for those of `BINARY`; ``("ipow", a, n)`` is the n-th
        power of value a with an integer n > 1; ``("select", c, a, b)`` is a where c >= 0, else b.
    outputs : tuple of int
        Positions of the values that come out.
    """

    inputs: int
    instructions: tuple[Instruction, ...]
    outputs: tuple[int, ...]

    @cached_property
    def last_uses(self) -> tuple[tuple[int, ...], ...]:
        """For every instruction, the values that nobody needs after it."""
        last = {i: i for i in range(len(self.instructions))}
        for i, instruction in enumerate(self.instructions):
            for a in operands(instruction):
                last[a] = i
        spent: list[list[int]] = [[] for _ in self.instructions]
        kept = set(self.outputs)
        for a, i in last.items():
            if a not in kept:
                spent[i].append(a)
        return tuple(map(tuple, spent))

    @cached_property
    def occurring_inputs(self) -> frozenset[int]:
        """Inputs on which some instruction depends."""
        return frozenset(i[1] for i in self.instructions if i[0] == "input")

    def to_data(self) -> dict[str, Any]:
        """The tape as lists, strings and numbers that JSON can hold."""
        return {
            "inputs": self.inputs,
            "instructions": [list(instruction) for instruction in self.instructions],
            "outputs": list(self.outputs),
        }

    @classmethod
    def from_data(cls, data: object) -> Tape:
        """Read what `to_data` wrote, trusting nothing.

        Raises
        ------
        ValueError
            Where an operation is unknown, an operand is no earlier instruction, or a constant is
            not finite.
        """
        if not isinstance(data, Mapping):
            raise ValueError("a tape must be a mapping with inputs, instructions and outputs.")
        rows, outputs = data.get("instructions"), data.get("outputs")
        inputs = data.get("inputs")
        if not (_is_count(inputs) and isinstance(rows, list) and isinstance(outputs, list)):
            raise ValueError("a tape needs a count `inputs` and lists `instructions`, `outputs`.")
        instructions = tuple(_checked(row, i, inputs) for i, row in enumerate(rows))
        if not all(_is_count(a) and a < len(instructions) for a in outputs):
            raise ValueError("an output of the tape is no instruction of it.")
        return cls(inputs, instructions, tuple(outputs))


def operands(instruction: Instruction) -> tuple[int, ...]:
    """Positions of the earlier values that an instruction needs."""
    operation = instruction[0]
    if operation == "ipow":
        return (instruction[1],)
    if operation in ("input", "rational", "float") or operation in CONSTANTS:
        return ()
    return instruction[1:]


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _checked(row: object, position: int, inputs: int) -> Instruction:
    """One instruction read from outside, or a ValueError that says where it is wrong."""
    where = f"instruction {position} of the tape"
    if not isinstance(row, list) or not row or not isinstance(row[0], str):
        raise ValueError(f"{where} is not a list that begins with an operation.")
    operation, rest = row[0], row[1:]
    if operation in CONSTANTS:
        valid = not rest
    elif operation == "input":
        valid = len(rest) == 1 and _is_count(rest[0]) and rest[0] < inputs
    elif operation == "float":
        valid = len(rest) == 1 and isinstance(rest[0], float) and math.isfinite(rest[0])
    elif operation == "rational":
        valid = len(rest) == 2 and all(type(k) is int for k in rest) and rest[1] > 0
        valid = valid and all(k.bit_length() <= RATIONAL_BITS for k in rest)
    elif operation == "ipow":
        valid = len(rest) == 2 and all(map(_is_count, rest))
        valid = valid and rest[0] < position and 2 <= rest[1] <= LARGEST_EXPONENT
    else:
        arity = {"select": 3} | dict.fromkeys(UNARY, 1) | dict.fromkeys(BINARY, 2)
        if operation not in arity:
            raise ValueError(f"{where} has the unknown operation {operation[:40]!r}.")
        valid = len(rest) == arity[operation] and all(_is_count(a) and a < position for a in rest)
    if not valid:
        raise ValueError(f"{where}, {operation!r}, has operands that do not fit.")
    return (operation, *rest)


# --------------------------------------------------------------------------------------------------
# NumPy reads a tape


def sigmoid(x: Any) -> Any:
    r"""The logistic function 1 / (1 + exp(-x)), without overflow for any x.

    Parameters
    ----------
    x : array_like
        Real or complex, any shape.

    Returns
    -------
    ndarray
        Of the same shape; relative accuracy is kept where the value is near zero.
    """
    positive = np.real(x) >= 0
    small = np.exp(np.where(positive, -x, x))
    return np.where(positive, 1.0, small) / (1.0 + small)


def _select(c: Any, a: Any, b: Any) -> Any:
    return np.where(np.real(c) >= 0, a, b)


# Operators rather than ufuncs: for single numbers they are ten times as fast.
NUMPY_OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "neg": operator.neg,
    "pow": np.power,
    "atan2": np.arctan2,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "sigmoid": sigmoid,
    "select": _select,
    **{"sqrt": np.sqrt, "exp": np.exp, "log": np.log, "sin": np.sin, "cos": np.cos},
    **{"tan": np.tan, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh},
}


def evaluate(tape: Tape, inputs: Sequence[Any]) -> list[Any]:
    """Run a tape with NumPy.

    Parameters
    ----------
    tape : Tape
    inputs : sequence of ndarray or NumPy number
        One for each input, real or complex, of shapes that broadcast against each other.

    Returns
    -------
    list of array_like
        One for each output, of the shape to which the inputs that it depends on broadcast.

    Notes
    -----
    Outside the domain of a function the result is NaN or infinite, as in machine code; NumPy's
    floating-point warnings are off, because a trial step of Newton's method may go there and
    whoever takes a step looks at the result.
    """
    values: list[Any] = [None] * len(tape.instructions)
    with np.errstate(all="ignore"):
        for i, (instruction, spent) in enumerate(
            zip(tape.instructions, tape.last_uses, strict=True)
        ):
            operation, *args = instruction
            if operation in NUMPY_OPERATIONS:
                values[i] = NUMPY_OPERATIONS[operation](*[values[a] for a in args])
            elif operation == "input":
                values[i] = inputs[args[0]]
            elif operation == "ipow":
                values[i] = integer_power(values[args[0]], args[1], operator.mul)
            else:
                values[i] = np.float64(constant_value(instruction))
            for a in spent:
                values[a] = None
    return [values[a] for a in tape.outputs]


def constant_value(instruction: Instruction) -> float:
    """The double nearest to a constant instruction."""
    operation = instruction[0]
    if operation == "rational":
        return float(instruction[1] / instruction[2])
    return float(instruction[1]) if operation == "float" else CONSTANTS[operation]


def integer_power(base: Any, exponent: int, multiply: Callable[[Any, Any], Any]) -> Any:
    """The power by repeated squaring, in the same order for every reader of a tape."""
    result = None
    while True:
        if exponent & 1:
            result = base if result is None else multiply(result, base)
        exponent >>= 1
        if not exponent:
            return result
        base = multiply(base, base)

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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
_RATIONAL_BITS = 64


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
        inputs, rows, outputs = (data.get(key) for key in ("inputs", "instructions", "outputs"))
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


def _is_count(value: object) -> bool:
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
        valid = valid and all(k.bit_length() <= _RATIONAL_BITS for k in rest)
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


_NUMPY: Mapping[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "pow": np.power,
    "neg": np.negative,
    "atan2": np.arctan2,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "sigmoid": sigmoid,
    "select": _select,
} | {name: getattr(np, name) for name in UNARY if hasattr(np, name)}


def evaluate(tape: Tape, inputs: Sequence[Any]) -> list[Any]:
    """Run a tape with NumPy.

    Parameters
    ----------
    tape : Tape
    inputs : sequence of array_like
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
            operation = instruction[0]
            if operation in _NUMPY:
                values[i] = _NUMPY[operation](*(values[a] for a in instruction[1:]))
            elif operation == "input":
                values[i] = inputs[instruction[1]]
            elif operation == "ipow":
                values[i] = integer_power(values[instruction[1]], instruction[2], np.multiply)
            else:
                values[i] = np.float64(constant_value(instruction))
            for a in spent:
                values[a] = None
    return [values[a] for a in tape.outputs]


def constant_value(instruction: Instruction) -> float:
    """The double nearest to a constant instruction."""
    operation = instruction[0]
    if operation == "rational":
        return instruction[1] / instruction[2]
    return instruction[1] if operation == "float" else CONSTANTS[operation]


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


# --------------------------------------------------------------------------------------------------
# Building


class TapeBuilder:
    """A tape in the making: every method appends an instruction and returns its position.

    Equal instructions are shared, and what can be simplified at once is (0 x, 1 x, x + 0, x - x,
    powers 0 and 1, arithmetic of constants), which keeps derivatives short.

    Parameters
    ----------
    inputs : int
        How many numbers go in.
    """

    def __init__(self, inputs: int):
        self.inputs = inputs
        self.instructions: list[Instruction] = []
        self._positions: dict[Instruction, int] = {}
        self._constants: dict[int, Fraction | float] = {}  # of instructions without inputs

    def _append(self, instruction: Instruction) -> int:
        position = self._positions.get(instruction)
        if position is None:
            position = self._positions[instruction] = len(self.instructions)
            self.instructions.append(instruction)
        return position

    def input(self, index: int) -> int:
        """Input number ``index``."""
        return self._append(("input", index))

    def constant(self, value: float | Fraction) -> int:
        """A number: integers and fractions exactly, others as the double that they are.

        Raises
        ------
        ValueError
            Where it is NaN or infinite, or too large for a double.
        """
        if isinstance(value, int | Fraction):
            numerator, denominator = value.numerator, value.denominator
            if max(numerator.bit_length(), denominator.bit_length()) <= _RATIONAL_BITS:
                position = self._append(("rational", numerator, denominator))
                self._constants[position] = Fraction(value)
                return position
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise ValueError(f"the constant {number} is not a finite number.")
        position = self._append(("float", number))
        self._constants[position] = number
        return position

    def named_constant(self, name: str) -> int:
        """One of `CONSTANTS`."""
        position = self._append((name,))
        self._constants[position] = CONSTANTS[name]
        return position

    def _exact(self, a: int) -> Fraction | float | None:
        """The value of a literal constant, or None; pi and functions of constants stay symbols."""
        return self._constants.get(a) if self.instructions[a][0] in ("rational", "float") else None

    def _is(self, a: int, value: int) -> bool:
        return self._exact(a) == value

    def _negated(self, a: int) -> int | None:
        """The operand b where a is -b."""
        instruction = self.instructions[a]
        return instruction[1] if instruction[0] == "neg" else None

    def _fold(self, operation: str, a: int, b: int) -> int | None:
        """Arithmetic of two literal constants, exactly where both are rational."""
        u, v = self._exact(a), self._exact(b)
        if u is None or v is None:
            return None
        if operation == "add":
            return self.constant(u + v)
        if operation == "sub":
            return self.constant(u - v)
        if operation == "mul":
            return self.constant(u * v)
        return self.constant(u / v)

    def add(self, a: int, b: int) -> int:
        """The sum a + b."""
        if self._is(a, 0):
            return b
        if self._is(b, 0):
            return a
        folded = self._fold("add", a, b)
        if folded is not None:
            return folded
        for u, v in ((a, b), (b, a)):
            minus = self._negated(v)
            if minus is not None:
                return self.sub(u, minus)
        return self.apply("add", min(a, b), max(a, b))

    def sub(self, a: int, b: int) -> int:
        """The difference a - b."""
        if a == b:
            return self.constant(0)
        if self._is(b, 0):
            return a
        if self._is(a, 0):
            return self.neg(b)
        folded = self._fold("sub", a, b)
        if folded is not None:
            return folded
        minus = self._negated(b)
        return self.apply("sub", a, b) if minus is None else self.add(a, minus)

    def neg(self, a: int) -> int:
        """The negative -a."""
        value = self._exact(a)
        if value is not None:
            return self.constant(-value)
        instruction = self.instructions[a]
        if instruction[0] == "neg":
            return int(instruction[1])
        if instruction[0] == "sub":
            return self.sub(instruction[2], instruction[1])
        return self.apply("neg", a)

    def mul(self, a: int, b: int) -> int:
        """The product a b."""
        for u, v in ((a, b), (b, a)):
            if self._is(u, 0):
                return self.constant(0)
            if self._is(u, 1):
                return v
            if self._is(u, -1):
                return self.neg(v)
        folded = self._fold("mul", a, b)
        if folded is not None:
            return folded
        for u, v in ((a, b), (b, a)):
            minus = self._negated(v)
            if minus is not None:
                return self.neg(self.mul(u, minus))
        return self._integer_power(a, 2) if a == b else self._product(min(a, b), max(a, b))

    def _product(self, a: int, b: int) -> int:
        """The product of different values; a^n a is a^(n+1)."""
        for u, v in ((a, b), (b, a)):
            instruction = self.instructions[u]
            if instruction[0] == "ipow" and instruction[1] == v:
                return self._integer_power(v, instruction[2] + 1)
        return self.apply("mul", a, b)

    def div(self, a: int, b: int) -> int:
        """The quotient a / b.

        Raises
        ------
        ValueError
            Where b is the constant 0.
        """
        if self._is(b, 0):
            raise ValueError("a division by the constant 0 is not a finite number.")
        if self._is(a, 0):
            return self.constant(0)
        if self._is(b, 1):
            return a
        if self._is(b, -1):
            return self.neg(a)
        folded = self._fold("div", a, b)
        if folded is not None:
            return folded
        for top, bottom in ((self._negated(a), b), (a, self._negated(b))):
            if top is not None and bottom is not None:
                return self.neg(self.div(top, bottom))
        argument = self._logistic_argument(b)
        if argument is not None:
            return self.mul(a, self.apply("sigmoid", argument))
        return self.apply("div", a, b)

    def _logistic_argument(self, a: int) -> int | None:
        """The operand u where a is 1 + exp(-u): unlike 1/a, sigmoid(u) cannot overflow."""
        operation, *args = self.instructions[a]
        if operation == "add" and any(self._is(term, 1) for term in args):
            other = self.instructions[args[1] if self._is(args[0], 1) else args[0]]
            if other[0] == "exp":
                return self.neg(other[1])
        return None

    def power(self, a: int, b: int) -> int:
        r"""The power a^b; integer and half-integer exponents become products and square roots.

        Raises
        ------
        ValueError
            Where an integer exponent is larger than `LARGEST_EXPONENT` in modulus.
        """
        exponent = self._exact(b)
        if exponent is None:
            return self.apply("pow", a, b)
        if exponent == int(exponent):
            return self._integer_power(a, int(exponent))
        if 2 * exponent == int(2 * exponent) and abs(exponent) < LARGEST_EXPONENT:
            whole = math.floor(abs(exponent))
            root = self.mul(self.unary("sqrt", a), self._integer_power(a, whole))
            return root if exponent > 0 else self.div(self.constant(1), root)
        return self.apply("pow", a, b)

    def _integer_power(self, a: int, exponent: int) -> int:
        if abs(exponent) > LARGEST_EXPONENT:
            raise ValueError(
                f"the integer exponent {float(exponent):.6g} is larger than {LARGEST_EXPONENT}."
            )
        if exponent < 0:
            return self.div(self.constant(1), self._integer_power(a, -exponent))
        if exponent == 0:
            return self.constant(1)
        if exponent == 1:
            return a
        value = self._exact(a)
        if value is not None:
            try:
                return self.constant(value**exponent)
            except OverflowError:
                return self.constant(math.inf)
        minus = self._negated(a)
        if minus is not None:
            power = self._integer_power(minus, exponent)
            return self.neg(power) if exponent % 2 else power
        return self.apply("ipow", a, exponent)

    def unary(self, operation: str, a: int) -> int:
        """A function of one value, out of `UNARY`."""
        if operation == "neg":
            return self.neg(a)
        if self._is(a, 0) and operation not in ("log", "acos", "cos", "exp", "cosh", "sigmoid"):
            if operation != "acosh":
                return a
        if self._is(a, 0) and operation in ("cos", "exp", "cosh"):
            return self.constant(1)
        if self._is(a, 1) and operation == "sqrt":
            return a
        return self.apply(operation, a)

    def select(self, condition: int, a: int, b: int) -> int:
        """The value a where the condition is >= 0, else b."""
        value = self._constants.get(condition)
        if a == b or (value is not None and value >= 0):
            return a
        return self.apply("select", condition, a, b) if value is None else b

    def apply(self, operation: str, *args: int) -> int:
        """Any operation, without simplification.

        Raises
        ------
        ValueError
            Where it is a function of constants whose value is not finite.
        """
        known = args[:1] if operation == "ipow" else args
        position = self._append((operation, *args))
        if position not in self._constants and all(a in self._constants for a in known):
            value = self._value_of_constants(operation, args)
            if not np.isfinite(value):
                raise ValueError(f"{operation} of these constants is not a finite number.")
            self._constants[position] = value
        return position

    def _value_of_constants(self, operation: str, args: tuple[int, ...]) -> float:
        numbers = [np.float64(self._constants[a]) for a in args[: 1 if operation == "ipow" else 3]]
        with np.errstate(all="ignore"):
            if operation == "ipow":
                return float(integer_power(numbers[0], args[1], np.multiply))
            return float(_NUMPY[operation](*numbers))

    def constant_of(self, a: int) -> float | None:
        """The value of an instruction that depends on no input, or None."""
        value = self._constants.get(a)
        return None if value is None else float(value)

    def replay(self, tape: Tape) -> list[int]:
        """Append a whole tape; returns the position here of each of its instructions."""
        positions: list[int] = []
        for instruction in tape.instructions:
            positions.append(self._replayed(instruction, positions))
        return positions

    def _replayed(self, instruction: Instruction, at: list[int]) -> int:
        operation = instruction[0]
        if operation in ("add", "sub", "mul", "div"):
            method: Callable[[int, int], int] = getattr(self, operation)
            return method(at[instruction[1]], at[instruction[2]])
        if operation == "ipow":
            return self._integer_power(at[instruction[1]], instruction[2])
        if operation == "rational":
            return self.constant(Fraction(instruction[1], instruction[2]))
        if operation == "float":
            return self.constant(instruction[1])
        if operation == "input":
            return self.input(instruction[1])
        if operation in CONSTANTS:
            return self.named_constant(operation)
        return self.apply(operation, *(at[a] for a in instruction[1:]))

    def finish(self, outputs: Sequence[int]) -> Tape:
        """The tape with these outputs, without the instructions that none of them needs."""
        needed = set(outputs)
        for i in range(len(self.instructions) - 1, -1, -1):
            if i in needed:
                needed.update(operands(self.instructions[i]))
        order = sorted(needed)
        place = {old: new for new, old in enumerate(order)}
        kept = []
        for old in order:
            instruction = self.instructions[old]
            renamed = tuple(place[a] for a in operands(instruction))
            kept.append((instruction[0], *renamed, *instruction[1 + len(renamed) :]))
        return Tape(self.inputs, tuple(kept), tuple(place[a] for a in outputs))


NumberArray = NDArray[np.float64] | NDArray[np.complex128]

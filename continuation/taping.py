r"""Write a tape: a builder that shares equal subexpressions and simplifies what it is given."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from continuation.tape import (
    CONSTANTS,
    LARGEST_EXPONENT,
    NUMPY_OPERATIONS,
    RATIONAL_BITS,
    Instruction,
    Tape,
    integer_power,
    operands,
)


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
            if max(numerator.bit_length(), denominator.bit_length()) <= RATIONAL_BITS:
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
        if 2 * exponent == int(2 * exponent) and abs(float(exponent)) < LARGEST_EXPONENT:
            whole = math.floor(abs(float(exponent)))
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
                return float(integer_power(numbers[0], args[1], operator.mul))
            return float(NUMPY_OPERATIONS[operation](*numbers))

    def constant_of(self, a: int) -> float | None:
        """The value of an instruction that depends on no input, or None."""
        value = self._constants.get(a)
        return None if value is None else float(value)

    def replay(self, tape: Tape, inputs: Sequence[int] | None = None) -> list[int]:
        """Append a whole tape; returns the position here of each of its instructions.

        Its inputs are those here, or the values whose positions are given.
        """
        positions: list[int] = []
        for instruction in tape.instructions:
            if inputs is not None and instruction[0] == "input":
                positions.append(inputs[instruction[1]])
            else:
                positions.append(self.replay_instruction(instruction, positions))
        return positions

    def replay_instruction(self, instruction: Instruction, at: Sequence[int]) -> int:
        """Append one instruction of another tape, whose values are at these positions here."""
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

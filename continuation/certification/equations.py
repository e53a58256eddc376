r"""The equations of a system with exact constants, and their derivatives of any order, in balls.

The derivatives of `derivatives` are exact in exact arithmetic; but a tape may hold literal
floating-point numbers, and a product of two of them is rounded when a derivative is written. Here
every number of the equations that is no small integer becomes an input, with a ball for its value,
so that the derivatives are those of the very function that is evaluated. The inputs are

.. math:: y = (x, \lambda), \quad c,

n states, k free parameters, and the constants: other parameters, then the numbers of the equations.
A floating-point number stands for itself, 0.1 for the double next to one tenth; a parameter given
as text, "1/10" or "pi/3", is enclosed at the precision in force.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from flint import acb, arb
from numpy.typing import NDArray

from continuation.certification.balls import evaluate
from continuation.derivatives import pushforward
from continuation.exact import ExactField
from continuation.parsing import parse_expressions
from continuation.system import System
from continuation.tape import Instruction, Tape

__all__ = ["BallEquations", "Balls", "as_array", "ball_equations", "is_exact"]

Balls = NDArray[Any]
"""An array of objects: `flint.arb` or `flint.acb`."""

SMALL_INTEGER = 1024
"""Integers up to here stay literal: products of five, as in fifth derivatives, are exact."""


@dataclass(frozen=True, eq=False)
class BallEquations:
    """f(y, c) and its derivatives by y.

    Attributes
    ----------
    system : System
    free : tuple of str
        The k free parameters.
    tape : Tape
        From y and c to f.
    constants : tuple of Tape
        Of no inputs and one output each: the values c.
    """

    system: System
    free: tuple[str, ...]
    tape: Tape
    constants: tuple[Tape, ...]
    _forms: dict[int, Tape] = field(default_factory=dict, repr=False)

    @property
    def n(self) -> int:
        """Number of states."""
        return self.system.dimension

    @property
    def unknowns(self) -> int:
        """Length n + k of y."""
        return self.n + len(self.free)

    def values(self) -> list[arb]:
        """Enclose the constants at the precision in force."""
        return [evaluate(constant, [])[0] for constant in self.constants]

    def form(self, order: int) -> Tape:
        """The tape of D^k f in k directions of y, which follow y and c among its inputs."""
        if order == 0:
            return self.tape
        if order not in self._forms:
            lower, size = self.form(order - 1), self.unknowns
            along = {i: lower.inputs + i for i in range(size)}
            self._forms[order] = pushforward(lower, along, lower.inputs + size)
        return self._forms[order]

    def derivative(self, y: Balls, *directions: Balls) -> Balls:
        """Enclose D^k f(y)(d_1, ..., d_k); without directions f itself.

        Parameters
        ----------
        y : array of arb, shape (n + k,)
        directions : array of arb or acb, shape (n,) or (n + k,)
            Of x alone, or of x and the free parameters.

        Returns
        -------
        array of arb or acb, shape (n,)
        """
        inputs: list[Any] = [*y, *self.values()]
        for d in directions:
            inputs += [*d, *[arb(0)] * (self.unknowns - len(d))]
        return as_array(evaluate(self.form(len(directions)), inputs))

    def columns(self, y: Balls) -> Balls:
        """Enclose the derivative by y, shape (n, n + k)."""
        size = self.unknowns
        unit = [as_array([arb(int(i == j)) for i in range(size)]) for j in range(size)]
        return np.column_stack([self.derivative(y, direction) for direction in unit])


def as_array(entries: Sequence[arb | acb]) -> Balls:
    """One-dimensional array of balls."""
    array = np.empty(len(entries), dtype=object)
    array[:] = entries
    return array


def ball_equations(
    system: System, free: tuple[str, ...], parameters: Mapping[str, float | str]
) -> BallEquations:
    """Take the equations of a system as exact ones.

    Parameters
    ----------
    system : System
        With exact derivatives.
    free : tuple of str
        Parameters among the unknowns.
    parameters : mapping of str to float or str
        Values of all the others.

    Raises
    ------
    ValueError
        Where a system was made from a Python function, or a text cannot be read.
    """
    if not isinstance(system.field, ExactField):
        raise ValueError(
            f"system {system.name!r} was made from a Python function, of which nothing can be "
            "proved; make it with from_sympy or from_strings."
        )
    names, n = list(system.parameters), system.dimension
    fixed = [name for name in names if name not in free]
    constants = [_constant(parameters[name], name) for name in fixed]
    places = [*range(n)]
    for name in names:
        places.append(n + free.index(name) if name in free else n + len(free) + fixed.index(name))
    instructions: list[Instruction] = []
    known: dict[Instruction, int] = {}
    first = n + len(free)
    for instruction in system.field.tape.instructions:
        if instruction[0] == "input":
            instructions.append(("input", places[instruction[1]]))
        elif _is_number(instruction):
            if instruction not in known:
                known[instruction] = first + len(constants)
                constants.append(Tape(0, (instruction,), (0,)))
            instructions.append(("input", known[instruction]))
        else:
            instructions.append(instruction)
    outputs = system.field.tape.outputs
    tape = Tape(first + len(constants), tuple(instructions), outputs)
    return BallEquations(system, free, tape, tuple(constants))


def is_exact(tape: Tape) -> bool:
    """Whether no number of a tape may have been rounded."""
    return all(instruction[0] != "float" for instruction in tape.instructions)


def _is_number(instruction: Instruction) -> bool:
    operation, *rest = instruction
    if operation == "rational":
        return bool(rest[1] != 1 or abs(rest[0]) > SMALL_INTEGER)
    return bool(operation == "float")


def _constant(value: float | str, name: str) -> Tape:
    if isinstance(value, str):
        return parse_expressions({name: value}, ())
    return Tape(0, (("float", float(value)),), (0,))

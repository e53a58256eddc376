r"""Invariant linear spaces of a vector field, proved from its equations.

A space V of states with x_i = 0 and x_i = s x_j, s = 1 or -1, is invariant for all parameters if f
obeys the same relations wherever x does. This is read off from the tape: the relations are put in
for its inputs, values that are then equal become one instruction, and those of the outputs are
compared. Signs are carried through odd and even functions. The result True is a proof; False only
means that this way does not show it, as for sums in another order.

A symmetry R that maps x_j to s x_i is proved likewise, by f(R x) = R f(x).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from continuation.tape import UNARY, Tape
from continuation.taping import TapeBuilder

__all__ = ["InvariantSpace", "invariant_spaces", "is_equivariant", "is_invariant"]

Array = NDArray[np.float64]

ODD = ("sin", "tan", "asin", "atan", "sinh", "tanh", "asinh", "atanh")
EVEN = ("cos", "cosh")

EQUAL = 1e-9
"""Coordinates this near to each other, relative to the largest, are tried as equal."""

RELATIONS = 8
"""With more relations than this among the coordinates only all of them together are tried."""


@dataclass(frozen=True)
class InvariantSpace:
    """States that obey relations x_i = s x_j, with s = 0 for x_i = 0.

    Attributes
    ----------
    relations : tuple of (int, int, int)
        Triples (i, s, j) with j < i; j = i where s = 0.
    dimension : int
        Number n of states.
    """

    relations: tuple[tuple[int, int, int], ...]
    dimension: int

    def inside(self) -> NDArray[np.int64]:
        """Orthogonal columns that span the space, shape (n, m)."""
        bound = {i: (s, j) for i, s, j in self.relations}
        matrix = np.zeros((self.dimension, self.dimension), dtype=np.int64)
        for i in range(self.dimension):
            s, j = bound.get(i, (1, i))
            matrix[i, j] = s
        return matrix[:, [i for i in range(self.dimension) if i not in bound]]

    def beside(self) -> NDArray[np.int64]:
        """Columns that span the orthogonal complement, shape (n, n - m)."""
        matrix = np.zeros((self.dimension, len(self.relations)), dtype=np.int64)
        for column, (i, s, j) in enumerate(self.relations):
            matrix[i, column] = 1
            if s:
                matrix[j, column] = -s
        return matrix

    def described(self, states: Sequence[str]) -> str:
        """The relations in words."""
        sides = {0: "0", 1: "", -1: "-"}
        return ", ".join(
            f"{states[i]} = {sides[s]}{states[j] if s else ''}" for i, s, j in self.relations
        )


def invariant_spaces(tape: Tape, x: Array, q: Array) -> Iterator[InvariantSpace]:
    """Spaces that are proved to be invariant, hold x as far as digits tell, and do not hold q.

    Parameters
    ----------
    tape : Tape
        Of f; its first n inputs are the states.
    x, q : ndarray, shape (n,)
        The branch point and its critical vector.

    Yields
    ------
    InvariantSpace
        Those with more relations first.
    """
    known = _relations(x)
    sizes = range(len(known), 0, -1) if len(known) <= RELATIONS else (len(known),)
    for size in sizes:
        for chosen in combinations(known, size):
            space = InvariantSpace(chosen, len(x))
            leaves = np.abs(space.beside().T @ q).max() > np.sqrt(EQUAL)
            if leaves and is_invariant(tape, space):
                yield space


def _relations(x: Array) -> list[tuple[int, int, int]]:
    unit = EQUAL * (1.0 + float(np.abs(x).max()))
    found: list[tuple[int, int, int]] = []
    for i, value in enumerate(x.tolist()):
        bound = {k for k, _, _ in found}
        if abs(value) <= unit:
            found.append((i, 0, i))
            continue
        for j in range(i):
            if j not in bound and abs(abs(value) - abs(float(x[j]))) <= unit:
                found.append((i, 1 if value * x[j] > 0 else -1, j))
                break
    return found


def is_invariant(tape: Tape, space: InvariantSpace) -> bool:
    """Whether f obeys the relations of a space wherever x does."""
    b = TapeBuilder(tape.inputs)
    inputs = [b.input(i) for i in range(tape.inputs)]
    for i, s, j in space.relations:
        inputs[i] = _signed(b, s, inputs[j])
    f = _walked(b, tape, inputs)
    return all(f[i] == _signed(b, s, f[j]) for i, s, j in space.relations)


def is_equivariant(tape: Tape, symmetry: NDArray[np.int64]) -> bool:
    """Whether f(R x) = R f(x) for a matrix R with one entry, 1 or -1, in each row and column."""
    b = TapeBuilder(tape.inputs)
    inputs = [b.input(i) for i in range(tape.inputs)]
    f = _walked(b, tape, inputs)
    rows = [(int(np.flatnonzero(row)[0]), int(row.sum())) for row in symmetry]
    turned = [_signed(b, s, inputs[j]) for j, s in rows]
    image = _walked(b, tape, [*turned, *inputs[len(rows) :]])
    return all(image[i] == _signed(b, s, f[j]) for i, (j, s) in enumerate(rows))


def _signed(b: TapeBuilder, sign: int, position: int) -> int:
    return position if sign > 0 else (b.neg(position) if sign else b.constant(0))


def _walked(b: TapeBuilder, tape: Tape, inputs: Sequence[int]) -> list[int]:
    """Append a tape with values for its inputs; -u leaves odd functions and vanishes in even ones.

    Returns
    -------
    list of int
        Positions of the outputs.
    """
    at: list[int] = []
    for instruction in tape.instructions:
        operation, *args = instruction
        if operation == "input":
            at.append(inputs[args[0]])
        elif operation in UNARY:
            at.append(_applied(b, operation, at[args[0]]))
        else:
            at.append(b.replay_instruction(instruction, at))
    return [at[a] for a in tape.outputs]


def _applied(b: TapeBuilder, operation: str, a: int) -> int:
    """A function of a value: g(-u) is -g(u) for odd functions, g(u) for even ones."""
    inner, *args = b.instructions[a]
    if inner != "neg" or operation not in (*ODD, *EVEN):
        return b.unary(operation, a)
    value = b.unary(operation, args[0])
    return b.neg(value) if operation in ODD else value

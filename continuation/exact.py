r"""A vector field that a tape computes: machine code for f and f_x, exact derivatives of any order.

The inputs of the tape are the n states, then the n_p parameters. The engine calls
``linearization(columns)``, which evaluates

.. math:: f(x, p), \qquad A = f_x(x, p), \qquad B = f_{p_c}(x, p)

for many points x in one call; normal forms call ``derivative``, the k-linear form of `derivatives`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from continuation.derivatives import jacobian, pushforward, with_pushforward
from continuation.tape import Tape, evaluate

if TYPE_CHECKING:
    from continuation.native import NativeFunction, NativeLinearization

Array = NDArray[np.float64]

# A longer f has its Jacobian computed by directions, because n^2 expressions would take too long to
# compile: from 16 units on for a GRU, where the two ways also run equally fast.
_EXPANDED_INSTRUCTIONS = 1500


@dataclass(frozen=True)
class NativeForm:
    """Machine code that evaluates a k-linear form; see `fields.MultilinearForm`.

    Attributes
    ----------
    function : NativeFunction
        Its points are sets of directions, its parameters x and p.
    """

    function: NativeFunction

    def __call__(self, x: Array, p: Array, directions: Array) -> Array:
        """Evaluate at x, shape (n,), in directions of shape (m, k, n + c); shape (m, n)."""
        rows = np.ascontiguousarray(directions.reshape(len(directions), -1))
        return self.function(rows, np.concatenate((x, p)))


@dataclass(frozen=True, eq=False)
class ExactField:
    """A vector field from a tape.

    Attributes
    ----------
    tape : Tape
        From states and parameters to f.
    dimension : int
        Number of states n.
    """

    tape: Tape
    dimension: int
    _function: list[NativeFunction] = field(default_factory=list, repr=False)
    _linearizations: dict[tuple[int, ...], NativeLinearization] = field(
        default_factory=dict, repr=False
    )
    _forms: dict[tuple[int, int], Tape] = field(default_factory=dict, repr=False)
    _native_forms: dict[tuple[int, tuple[int, ...]], NativeForm] = field(
        default_factory=dict, repr=False
    )

    def __reduce__(self) -> tuple[Any, ...]:
        # Machine code belongs to this process; another one compiles its own from the tape.
        return ExactField, (self.tape, self.dimension)

    @property
    def is_exact(self) -> bool:
        """Derivatives are exact."""
        return True

    def evaluate(self, x: Array, p: Array) -> Array:
        """Values f at the points x, shape (m, n); shape (m, n)."""
        if not self._function:
            from continuation.native import compile_tape

            self._function.append(compile_tape(self.tape, self.dimension))
        return self._function[0](x, p)

    def linearization(self, columns: tuple[int, ...]) -> NativeLinearization:
        """Machine code for f, f_x and derivatives by the parameters numbered ``columns``."""
        if columns not in self._linearizations:
            from continuation.native import (
                NativeLinearization,
                compile_linearization,
                compile_tape,
            )

            n, k = self.dimension, len(columns)
            varied = [*range(n), *(n + c for c in columns)]
            if len(self.tape.instructions) <= _EXPANDED_INSTRUCTIONS:
                function = compile_tape(_by_blocks(jacobian(self.tape, varied), n, k), n)
            else:
                function = compile_linearization(with_pushforward(self.tape, varied), n, k)
            self._linearizations[columns] = NativeLinearization(n, k, function.address, function)
        return self._linearizations[columns]

    def derivative(self, x: Array, p: Array, *directions: NDArray[Any]) -> NDArray[Any]:
        r"""Evaluate D^k f(x, p)(d_1, ..., d_k).

        Parameters
        ----------
        x : ndarray, shape (n,)
        p : ndarray, shape (n_p,)
        directions : ndarray, shape (n,), (n, m), (n + n_p,) or (n + n_p, m)
            Real or complex; directions without parameter components leave the parameters fixed.

        Returns
        -------
        ndarray, shape (n,) or (n, m)
        """
        length = max(len(d) for d in directions)
        tape = self._form(len(directions), length)
        inputs: list[Any] = [*x, *p]
        for d in directions:
            inputs += [*d, *[np.float64(0)] * (length - len(d))]
        values = evaluate(tape, inputs)
        shape = np.broadcast_shapes(*(d.shape[1:] for d in directions))
        return np.stack([np.broadcast_to(value, shape) for value in values])

    def form(self, order: int, columns: tuple[int, ...]) -> NativeForm:
        """Machine code for D^k f in directions of x and of the parameters numbered ``columns``."""
        key = (order, columns)
        if key not in self._native_forms:
            from continuation.native import compile_tape

            n, fixed = self.dimension, self.tape.inputs
            varied = [*range(n), *(n + c for c in columns)]
            tape, length = self.tape, len(varied)
            for k in range(order):
                along = {i: fixed + k * length + j for j, i in enumerate(varied)}
                tape = pushforward(tape, along, fixed + (k + 1) * length)
            # The directions are the points of the compiled loop; x and p are common to all of them.
            places = [*range(order * length, tape.inputs), *range(order * length)]
            function = compile_tape(_renumbered(tape, places), order * length)
            self._native_forms[key] = NativeForm(function)
        return self._native_forms[key]

    def _form(self, order: int, length: int) -> Tape:
        """The tape of the k-linear form with k directions of the given length."""
        key = (order, length)
        if key not in self._forms:
            tape = self.tape if order == 1 else self._form(order - 1, length)
            fixed = self.tape.inputs
            along = {i: fixed + (order - 1) * length + i for i in range(length)}
            self._forms[key] = pushforward(tape, along, fixed + order * length)
        return self._forms[key]


def _renumbered(tape: Tape, places: list[int]) -> Tape:
    """The same tape with its j-th input in another place."""
    instructions = tuple(
        ("input", places[i[1]]) if i[0] == "input" else i for i in tape.instructions
    )
    return Tape(tape.inputs, instructions, tape.outputs)


def _by_blocks(tape: Tape, n: int, k: int) -> Tape:
    """Reorder the outputs (f, rows of [A B]) as f, A, B."""
    rows = [n + i * (n + k) for i in range(n)]
    a = [row + j for row in rows for j in range(n)]
    b = [row + n + j for row in rows for j in range(k)]
    return Tape(tape.inputs, tape.instructions, tuple(tape.outputs[i] for i in [*range(n), *a, *b]))

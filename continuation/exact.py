r"""A vector field that a tape computes: machine code for f and f_x, exact derivatives of any order.

The inputs of the tape are the n states, then the n_p parameters. The engine calls
``linearization(columns)``, which evaluates

.. math:: f(x, p), \qquad A = f_x(x, p), \qquad B = f_{p_c}(x, p)

for many points x in one call; normal forms call ``derivative``, the k-linear form of `derivatives`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from continuation.derivatives import jacobian, pushforward
from continuation.tape import Tape, evaluate

Array = NDArray[np.float64]


def unpack(out: Array, n: int, k: int) -> tuple[Array, Array, Array]:
    """Split rows of f, A, B into three contiguous arrays.

    Parameters
    ----------
    out : ndarray, shape (m, n + n n + n k)
        For every point f, then A and B row by row.
    n, k : int
        States and free parameters.

    Returns
    -------
    f : ndarray, shape (m, n)
    A : ndarray, shape (m, n, n)
    B : ndarray, shape (m, n, k)
    """
    m = len(out)
    if m != 1:
        f = np.ascontiguousarray(out[:, :n])
        a = np.ascontiguousarray(out[:, n : n + n * n])
        return f, a.reshape(m, n, n), np.ascontiguousarray(out[:, n + n * n :]).reshape(m, n, k)
    row = out[0]
    a, b = row[n : n + n * n], row[n + n * n :]
    return row[:n].reshape(1, n), a.reshape(1, n, n), b.reshape(1, n, k)


@dataclass(frozen=True)
class NativeLinearization:
    """Machine code that evaluates f, A = f_x and B = f_free together.

    Attributes
    ----------
    dimension : int
        Number of states n.
    free : int
        Number of free parameters k.
    function : NativeFunction
    """

    dimension: int
    free: int
    function: Any

    @property
    def address(self) -> int:
        """Address of the function (x, p, out, m); see `native.call_native`."""
        return int(self.function.address)

    @property
    def width(self) -> int:
        """Numbers that come out per point, n + n n + n k."""
        n = self.dimension
        return n + n * n + n * self.free

    def into(self, x: Array, p: Array, out: Array) -> None:
        """Write f, A and B of every point into ``out``.

        Parameters
        ----------
        x : ndarray, shape (m, n), contiguous
        p : ndarray, shape (n_p,), contiguous
        out : ndarray, shape (m, n + n n + n k), contiguous
        """
        from continuation.native import call_native

        call_native(self.address, x, p, out, len(x))

    def __call__(self, x: Array, p: Array) -> tuple[Array, Array, Array]:
        """The values f, shape (m, n), A, shape (m, n, n), and B, shape (m, n, k)."""
        out = np.empty((len(x), self.width))
        self.into(x, p, out)
        return unpack(out, self.dimension, self.free)


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
    _compiled: dict[tuple[int, ...] | None, Any] = field(default_factory=dict, repr=False)
    _forms: dict[tuple[int, int], Tape] = field(default_factory=dict, repr=False)

    @property
    def is_exact(self) -> bool:
        """Derivatives are exact."""
        return True

    def evaluate(self, x: Array, p: Array) -> Array:
        """Values f at the points x, shape (m, n); shape (m, n)."""
        from continuation.native import call_native, compile_tape

        if None not in self._compiled:
            self._compiled[None] = compile_tape(self.tape, self.dimension)
        out = np.empty((len(x), self.dimension))
        call_native(self._compiled[None].address, x, p, out, len(x))
        return out

    def linearization(self, columns: tuple[int, ...]) -> NativeLinearization:
        """Machine code for f, f_x and derivatives by the parameters numbered ``columns``."""
        from continuation.native import compile_tape

        if columns not in self._compiled:
            n = self.dimension
            order = [*range(n), *(n + c for c in columns)]
            tape = _by_blocks(jacobian(self.tape, order), n, len(columns))
            native = compile_tape(tape, n)
            self._compiled[columns] = NativeLinearization(n, len(columns), native)
        found: NativeLinearization = self._compiled[columns]
        return found

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
            inputs += [*d, *([0.0] * (length - len(d)))]
        values = evaluate(tape, inputs)
        shape = np.broadcast_shapes(*(d.shape[1:] for d in directions))
        return np.stack([np.broadcast_to(value, shape) for value in values])

    def _form(self, order: int, length: int) -> Tape:
        """The tape of the k-linear form with k directions of the given length."""
        key = (order, length)
        if key not in self._forms:
            tape = self.tape if order == 1 else self._form(order - 1, length)
            fixed = self.tape.inputs
            along = {i: fixed + (order - 1) * length + i for i in range(length)}
            self._forms[key] = pushforward(tape, along, fixed + order * length)
        return self._forms[key]


def _by_blocks(tape: Tape, n: int, k: int) -> Tape:
    """Reorder the outputs (f, rows of [A B]) as f, A, B."""
    rows = [n + i * (n + k) for i in range(n)]
    a = [row + j for row in rows for j in range(n)]
    b = [row + n + j for row in rows for j in range(k)]
    return Tape(tape.inputs, tape.instructions, tuple(tape.outputs[i] for i in [*range(n), *a, *b]))

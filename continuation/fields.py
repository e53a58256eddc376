r"""The contract of whatever computes f: a tape, or a Python function.

Arrays go in and arrays come out, nothing is checked, and all points are evaluated in one call.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Linearization(Protocol):
    """f, A = f_x and B = f_free at many points; an implementer guarantees that all three agree."""

    @property
    def address(self) -> int | None:
        """Address of ``void(double *x, double *p, double *out, int64 m)``, for machine code."""

    def into(self, x: Array, p: Array, out: Array) -> None:
        """Write f, A, B, row by row, into ``out``, shape (m, n + n n + n k), contiguous."""

    def __call__(self, x: Array, p: Array) -> tuple[Array, Array, Array]:
        """Evaluate at x, shape (m, n): f, shape (m, n); A, shape (m, n, n); B, shape (m, n, k)."""


class MultilinearForm(Protocol):
    """The k-linear form D^k f at one point, in many sets of real directions at once."""

    def __call__(self, x: Array, p: Array, directions: Array) -> Array:
        """Evaluate at x, shape (n,), in directions of shape (m, k, n + c); shape (m, n).

        A direction has the components of the state, then those of c free parameters.
        """


class VectorField(Protocol):
    """What computes f: a tape, or a Python function. Arrays in, arrays out, nothing is checked."""

    @property
    def is_exact(self) -> bool:
        """Whether derivatives are exact, or differences."""

    def evaluate(self, x: Array, p: Array) -> Array:
        """Values f at the points x, shape (m, n); shape (m, n)."""

    def linearization(self, columns: tuple[int, ...]) -> Linearization:
        """f, f_x and the derivatives by the parameters with these numbers."""

    def derivative(self, x: Array, p: Array, *directions: NDArray[Any]) -> NDArray[Any]:
        """D^k f(x, p)(d_1, ..., d_k); shape (n,) or (n, m)."""

    def form(self, order: int, columns: tuple[int, ...]) -> MultilinearForm:
        """The form of that order, prepared for many calls, in x and the parameters numbered so."""


def parts(d: NDArray[Any]) -> list[tuple[complex, Array]]:
    """Real and imaginary part with their factors, without a part that vanishes."""
    if not np.iscomplexobj(d):
        return [(1.0, d)]
    both: list[tuple[complex, Array]] = [(1.0, d.real), (1j, d.imag)]
    return [(factor, part) for factor, part in both if part.any()] or both[:1]


def in_complex_directions(
    form: MultilinearForm, x: Array, p: Array, directions: Sequence[NDArray[Any]]
) -> NDArray[Any]:
    """Evaluate a form in complex directions, by its linearity in their real and imaginary parts.

    Parameters
    ----------
    form : MultilinearForm
        Of order k, in directions of length L.
    x : ndarray, shape (n,)
    p : ndarray, shape (n_p,)
    directions : sequence of k ndarrays, shape (L, m) or (L, 1)
        Columns broadcast against each other.

    Returns
    -------
    ndarray, shape (n, m)
        Complex where a direction is.
    """
    shape = np.broadcast_shapes(*(d.shape for d in directions))
    total: NDArray[Any] = np.zeros((), dtype=np.result_type(*directions))
    for chosen in product(*(parts(d) for d in directions)):
        columns = np.stack([np.broadcast_to(part, shape) for _, part in chosen])
        value = form(x, p, np.ascontiguousarray(columns.transpose(2, 0, 1))).T
        factor = math.prod(unit for unit, _ in chosen)
        total = total + (factor if np.iscomplexobj(total) else 1.0) * value
    return total


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

r"""The contract of whatever computes f: a tape, or a Python function.

Arrays go in and arrays come out, nothing is checked, and all points are evaluated in one call.
"""

from __future__ import annotations

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

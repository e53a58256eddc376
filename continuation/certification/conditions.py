r"""Coefficients of normal forms in balls, and the conditions of the theorems that rest on them.

Formulas and normalisations are those of `normalforms`; here all numbers are balls about a point
that is proved to exist. At such a point A is exactly singular, so that with any border that makes

.. math:: M = \begin{pmatrix} A & b \\ c^T & 0 \end{pmatrix}

regular, M^T (p, eta) = (0, 1) has the left null vector of A as its solution, and eta = 0. Only the
signs of coefficients matter for the theorems: a ball that does not contain zero proves one.

References
----------
Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., Springer 2004: theorems 3.1
(fold), 3.3 (Hopf), 8.1 (cusp), 8.2 (Bautin), 8.4 (Bogdanov-Takens). Regularity of the defining
system, which Krawczyk's operator proves, is the transversality of theorems 8.1, 8.2 and 8.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import acb, acb_mat, arb, arb_mat

from continuation.certification.equations import BallEquations, Balls, as_array

__all__ = [
    "Condition",
    "Locally",
    "bordered",
    "complex_of",
    "conj",
    "left_vector",
    "length",
    "nonzero",
    "others_off_the_axis",
    "solve",
]


@dataclass(frozen=True)
class Condition:
    """A statement about a special point, and whether it is proved.

    Attributes
    ----------
    name, statement : str
    proved : bool
    value : arb or None
        The number on which it rests.
    """

    name: str
    statement: str
    proved: bool
    value: arb | None = None

    def __str__(self) -> str:
        rests = "" if self.value is None else f" [{self.value.str(10)}]"
        return f"{self.statement}: {'proved' if self.proved else 'NOT PROVED'}{rests}"


def nonzero(name: str, statement: str, value: arb) -> Condition:
    """The condition that a number does not vanish."""
    return Condition(name, statement, bool(value.is_finite() and value != 0), value)


@dataclass(frozen=True, eq=False)
class Locally:
    """The equations at a point, as normal forms want them.

    Attributes
    ----------
    equations : BallEquations
    y : array of arb, shape (n + k,)
    """

    equations: BallEquations
    y: Balls

    def form(self, *directions: Balls) -> Balls:
        """D^k f, shape (n,)."""
        return self.equations.derivative(self.y, *directions)

    def linear(self) -> tuple[Balls, Balls]:
        """A, shape (n, n), and the derivative by lambda, shape (n, k)."""
        both, n = self.equations.columns(self.y), self.equations.n
        return both[:, :n], both[:, n:]

    def toward(self, direction: Balls, index: int) -> Balls:
        """A direction of x with that of a free parameter: shape (n + k,)."""
        free = [arb(int(i == index)) for i in range(len(self.equations.free))]
        return as_array([*direction, *free])


def solve(matrix: Balls, rhs: Balls) -> Balls:
    """Enclose the solution of linear equations; not numbers where regularity is not proved."""
    n = len(rhs)
    is_complex = any(isinstance(z, acb) for z in (*matrix.ravel(), *rhs))
    make: Any = acb_mat if is_complex else arb_mat
    try:
        solution = make(n, n, list(matrix.ravel())).solve(make(n, 1, list(rhs)))
    except ZeroDivisionError:
        return as_array([acb(arb.nan()) if is_complex else arb.nan()] * n)
    return as_array(solution.entries())


def conj(v: Balls) -> Balls:
    """Complex conjugates."""
    return as_array([z.conjugate() for z in v])


def complex_of(real: Balls, imaginary: Balls) -> Balls:
    """Real + i imaginary."""
    return as_array([acb(a, b) for a, b in zip(real, imaginary, strict=True)])


def length(v: Balls) -> arb:
    """Euclidean norm; squares as products, because a power of a ball about zero is not finite."""
    parts = [part for z in v for part in ((z.real, z.imag) if isinstance(z, acb) else (z,))]
    return sum((part * part for part in parts), arb(0)).sqrt()


def bordered(matrix: Balls, column: Balls, row: Balls) -> Balls:
    """The matrix with a column, a row and a zero added."""
    n = len(column)
    border = np.empty((n + 1, n + 1), dtype=object)
    border[:n, :n], border[:n, n], border[n, :n], border[n, n] = matrix, column, row, arb(0)
    return border


def left_vector(matrix: Balls) -> Balls:
    """W with w^T M = 0 for a singular matrix M, and w^T b = 1.

    The border of M are the singular vectors of its midpoint.
    """
    u, _, vh = np.linalg.svd(np.array([[complex(z) for z in row] for row in matrix]))
    is_complex = any(isinstance(z, acb) for z in matrix.ravel())
    b, c = (
        as_array([acb(z) if is_complex else arb(z.real) for z in v.tolist()])
        for v in (u[:, -1], vh[-1])
    )
    rhs = as_array([*[arb(0)] * len(b), arb(1)])
    return solve(bordered(matrix, b, c).T, rhs)[:-1]


def others_off_the_axis(a: Balls, critical: int) -> Condition:
    """The condition that no eigenvalues but the critical ones lie on the imaginary axis.

    Parameters
    ----------
    a : array of arb, shape (n, n)
    critical : int
        How many are known to lie there; if all but as many are proved to lie off it, these are the
        others.
    """
    n = len(a)
    try:
        values: Sequence[acb] = acb_mat(n, n, list(a.ravel())).eig(multiple=True)
    except ValueError:
        values = []
    off = sum(bool(z.real != 0) for z in values)
    stable = sum(bool(z.real < 0) for z in values)
    statement = "no other eigenvalue on the imaginary axis"
    if off == n - critical:
        statement += f" ({stable} in the left half-plane, {off - stable} in the right)"
    return Condition("hyperbolic", statement, off == n - critical)

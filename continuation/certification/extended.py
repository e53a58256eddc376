r"""Defining systems of special equilibria as tapes: equations in u, with an exact Jacobian.

The systems are those of `defining`, written down a second time as formulas; the Jacobian follows by
the chain rule, so that this is an independent path. With the right-hand side f(x, lambda), its
derivatives A, B, C by x, and fixed vectors q_0, l_1, l_2 that only normalise,

.. math::

    \text{LP:}\quad & f = 0,\; A q = 0,\; \langle q_0, q\rangle = 1 \\
    \text{CP:}\quad & \text{LP},\; A v + B(q, q) = 0,\; \langle q_0, v\rangle = 0 \\
    \text{BT:}\quad & \text{LP},\; A v = q,\; \langle q_0, v\rangle = 0 \\
    \text{H:}\quad & f = 0,\; A q = v,\; A v = -\kappa q,\; \langle l_1, q\rangle = 1,\;
                     \langle l_2, q\rangle = 0.

A generalised Hopf point (GH) has besides A q = i omega q the left vector p, with a number eta that
makes its equations square and vanishes at the solution, and the two solutions of the homological
equations that the first Lyapunov coefficient needs:

.. math::

    & A^T p + i \omega p + \eta q_0 = 0, \quad \langle p, q\rangle = 1, \\
    & A h_{11} = B(q, \bar q), \quad (2 i \omega - A) h_{20} = B(q, q), \\
    & \mathrm{Re} \langle p, C(q, q, \bar q) - 2 B(q, h_{11}) + B(\bar q, h_{20}) \rangle = 0.

A branch point (BP) is isolated in one parameter only where something keeps the two branches
together: a linear space V, spanned by the columns of E, that is invariant for all lambda and holds
one branch (`invariance` proves that it is). With D spanning a complement, it solves

.. math:: x = E a, \quad E^T f = 0, \quad D^T A D b = 0, \quad \langle b_0, b \rangle = 1

in (a, b, lambda).

References
----------
G. Moore and A. Spence, SIAM J. Numer. Anal. 17 (1980) 567-576 (folds).
B. Werner and A. Spence, SIAM J. Numer. Anal. 21 (1984) 388-399 (branch points under symmetry).
Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., Springer 2004, eq. (5.39).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from continuation.certification.equations import BallEquations
from continuation.defining import Equations, smallest_singular
from continuation.points import pair_near
from continuation.tape import Tape
from continuation.taping import TapeBuilder

__all__ = ["Extended", "broken_space", "extended"]

Array = NDArray[np.float64]
Terms = NDArray[Any]
"""Array of `Term`."""
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Term:
    """A value of a tape in the making, with the arithmetic of numbers."""

    builder: TapeBuilder
    position: int

    def _with(self, operation: Callable[[int, int], int], other: object) -> Any:
        """An operation with a term or an integer; arrays look after their own entries."""
        if isinstance(other, Term):
            return Term(self.builder, operation(self.position, other.position))
        if isinstance(other, int):
            constant = self.builder.constant(other)
            return Term(self.builder, operation(self.position, constant))
        return NotImplemented

    def __add__(self, other: object) -> Any:
        return self._with(self.builder.add, other)

    def __sub__(self, other: object) -> Any:
        return self._with(self.builder.sub, other)

    def __mul__(self, other: object) -> Any:
        return self._with(self.builder.mul, other)

    def __neg__(self) -> Term:
        return Term(self.builder, self.builder.neg(self.position))

    __radd__ = __add__
    __rmul__ = __mul__


@dataclass(frozen=True, eq=False)
class Extended:
    """A square system F(u) = 0.

    Attributes
    ----------
    equations : BallEquations
    tape : Tape
        From u, the constants of the equations and the reference vectors to F.
    first : ndarray, shape (N,)
        First guess of u.
    references : ndarray
        Entries of the fixed vectors, exact as they are.
    sizes : tuple of int
        Lengths of the parts of u: x (or a), the blocks, and the k free parameters.
    """

    equations: BallEquations
    tape: Tape
    first: Array
    references: Array
    sizes: tuple[int, ...]

    def constants(self) -> list[arb]:
        """Enclose what follows u among the inputs."""
        return [*self.equations.values(), *map(arb, self.references.tolist())]

    def parts(self, u: Sequence[Any]) -> list[NDArray[Any]]:
        """Take u apart."""
        array = np.empty(len(u), dtype=object)
        array[:] = u
        return np.split(array, np.cumsum(self.sizes)[:-1])


class Writer:
    """Writes f and its forms into the tape of a defining system.

    Parameters
    ----------
    equations : BallEquations
    unknowns, references : sequence of ndarray
        First guesses of the parts of u, of which the last is lambda, and the fixed vectors.
    """

    def __init__(
        self, equations: BallEquations, unknowns: Sequence[Array], references: Sequence[Array]
    ):
        self.equations, self.sizes = equations, tuple(map(len, unknowns))
        self.first = np.concatenate(unknowns)
        self.fixed = np.concatenate(references)
        size, constants = len(self.first), len(equations.constants)
        self.builder = TapeBuilder(size + constants + len(self.fixed))
        terms = [Term(self.builder, self.builder.input(i)) for i in range(self.builder.inputs)]
        lengths = [*self.sizes, constants, *map(len, references)]
        parts = np.split(np.array(terms, dtype=object), np.cumsum(lengths)[:-1])
        self.unknowns, self.references = parts[: len(unknowns)], parts[len(unknowns) + 1 :]
        self._constants = parts[len(unknowns)]

    def form(self, x: Terms, *directions: Terms) -> Terms:
        """D^k f at x, in directions of x, shape (n,)."""
        zero = [self.builder.constant(0)] * len(self.equations.free)
        y = [t.position for t in (*x, *self.unknowns[-1], *self._constants)]
        along = [p for d in directions for p in [*(t.position for t in d), *zero]]
        tape = self.equations.form(len(directions))
        positions = self.builder.replay(tape, [*y, *along])
        return self._terms(positions[a] for a in tape.outputs)

    def basis(self, n: int) -> list[Terms]:
        """The unit vectors of R^n."""
        rows = np.eye(n, dtype=int).tolist()
        return [self._terms(map(self.builder.constant, row)) for row in rows]

    def _terms(self, positions: Any) -> Terms:
        return np.array([Term(self.builder, p) for p in positions], dtype=object)

    def finish(self, rows: Sequence[Terms | Term]) -> Extended:
        """The system with these equations."""
        terms = [t for row in rows for t in np.atleast_1d(np.asarray(row, dtype=object))]
        tape = self.builder.finish([t.position for t in terms])
        return Extended(self.equations, tape, self.first, self.fixed, self.sizes)


def extended(equations: BallEquations, kind: str, point: Equations, y: Array) -> Extended:
    """Write the defining system of a special equilibrium.

    Parameters
    ----------
    equations : BallEquations
    kind : str
        "LP", "CP", "BT", "H" or "GH".
    point : Equations
        The same equations in floating point.
    y : ndarray, shape (n + k,)
        Near the point.
    """
    return _SYSTEMS[kind](equations, point, y)


def _null(point: Equations, y: Array) -> tuple[Array, Array]:
    a = point.first(y)[1]
    return a, np.asarray(np.real(smallest_singular(a)[1]))


def _fold_rows(w: Writer) -> list[Terms | Term]:
    x, q, q0 = *w.unknowns[:2], w.references[0]
    return [w.form(x), w.form(x, q), q0 @ q - 1]


def _fold(equations: BallEquations, point: Equations, y: Array) -> Extended:
    n = equations.n
    q0 = _null(point, y)[1]
    w = Writer(equations, [y[:n], q0, y[n:]], [q0])
    return w.finish(_fold_rows(w))


def _cusp(equations: BallEquations, point: Equations, y: Array) -> Extended:
    n = equations.n
    a, q0 = _null(point, y)
    v0 = np.linalg.lstsq(np.vstack((a, q0)), np.append(-point.form(y, q0, q0), 0.0))[0]
    w = Writer(equations, [y[:n], q0, v0, y[n:]], [q0])
    x, q, v, _ = w.unknowns
    return w.finish([*_fold_rows(w), w.form(x, v) + w.form(x, q, q), w.references[0] @ v])


def _bogdanov_takens(equations: BallEquations, point: Equations, y: Array) -> Extended:
    n = equations.n
    a, q0 = _null(point, y)
    v0 = np.linalg.lstsq(np.vstack((a, q0)), np.append(q0, 0.0))[0]
    w = Writer(equations, [y[:n], q0, v0, y[n:]], [q0])
    x, q, v, _ = w.unknowns
    return w.finish([*_fold_rows(w), w.form(x, v) - q, w.references[0] @ v])


def _nearest_pair(point: Equations, y: Array) -> tuple[Array, Array, Array]:
    """L_1, l_2 and the guess (q, v, kappa) of the pair nearest to the imaginary axis."""
    values = np.linalg.eigvals(point.first(y)[1])
    values = values[values.imag > 0.0]
    omega = float(values[np.argmin(np.abs(values.real))].imag) if len(values) else 0.0
    pair = pair_near(point, y, omega)
    return pair.along, pair.across, pair.first


def _hopf(equations: BallEquations, point: Equations, y: Array) -> Extended:
    n = equations.n
    along, across, guess = _nearest_pair(point, y)
    w = Writer(equations, [y[:n], guess[:n], guess[n:-1], guess[-1:], y[n:]], [along, across])
    x, q, v, kappa, _ = w.unknowns
    l1, l2 = w.references
    return w.finish([w.form(x), w.form(x, q) - v, w.form(x, v) + kappa[0] * q, l1 @ q - 1, l2 @ q])


def _bautin(equations: BallEquations, point: Equations, y: Array) -> Extended:
    """With q = r + i s and p = (pr + i pi), real and imaginary parts of all equations."""
    n = equations.n
    along, across, guess = _nearest_pair(point, y)
    a, omega = point.first(y)[1], float(np.sqrt(abs(guess[-1])))
    q0 = guess[:n] - 1j * guess[n:-1] / omega
    left = smallest_singular(a.T + 1j * omega * np.eye(n))[1]
    left = left / np.vdot(left, q0).conj()
    h11 = np.linalg.solve(a, point.form(y, q0, q0.conj())).real
    h20 = np.linalg.solve(2j * omega * np.eye(n) - a, point.form(y, q0, q0))
    unknowns = [y[:n], q0.real, q0.imag, np.array([omega]), left.real, left.imag, np.zeros(2)]
    unknowns += [h11, h20.real, h20.imag, y[n:]]
    w = Writer(equations, unknowns, [along, across, q0.real, q0.imag])
    return w.finish([w.form(w.unknowns[0]), *_pair_rows(w), *_lyapunov_rows(w)])


def _pair_rows(w: Writer) -> list[Terms | Term]:
    """Right and left vectors of i omega."""
    x, r, s, (omega,), pr, pi, (er, ei) = w.unknowns[:7]
    l1, l2, qr, qi = w.references
    columns = [w.form(x, e) for e in w.basis(len(x))]
    back_r = np.array([pr @ column for column in columns], dtype=object)
    back_i = np.array([pi @ column for column in columns], dtype=object)
    return [
        *(w.form(x, r) + omega * s, w.form(x, s) - omega * r, l1 @ r - 1, l2 @ r),
        back_r - omega * pi + er * qr - ei * qi,
        back_i + omega * pr + er * qi + ei * qr,
        *(pr @ r + pi @ s - 1, pr @ s - pi @ r),
    ]


def _lyapunov_rows(w: Writer) -> list[Terms | Term]:
    """H_11 and h_20, and the real part of the sum that the coefficient is."""
    x, r, s, (omega,), pr, pi, _, h, hr, hi, _ = w.unknowns

    def f(*directions: Terms) -> Terms:
        return w.form(x, *directions)

    real = f(r, r, r) + f(r, s, s) + -2 * f(r, h) + f(r, hr) + f(s, hi)
    imaginary = f(r, r, s) + f(s, s, s) + -2 * f(s, h) + f(r, hi) - f(s, hr)
    return [
        f(h) - f(r, r) - f(s, s),
        -f(hr) - 2 * omega * hi - f(r, r) + f(s, s),
        -f(hi) + 2 * omega * hr - 2 * f(r, s),
        pr @ real + pi @ imaginary,
    ]


_SYSTEMS: Mapping[str, Callable[[BallEquations, Equations, Array], Extended]] = {
    "LP": _fold,
    "CP": _cusp,
    "BT": _bogdanov_takens,
    "H": _hopf,
    "GH": _bautin,
}


def broken_space(
    equations: BallEquations, point: Equations, y: Array, inside: Integers, beside: Integers
) -> Extended:
    """Write the system of a branch point on a branch in an invariant space.

    Parameters
    ----------
    equations, point, y
        As in `extended`.
    inside, beside : ndarray of int, shapes (n, m) and (n, n - m)
        E, which spans the space, and D, which spans its orthogonal complement.
    """
    n = equations.n
    a0 = np.linalg.lstsq(inside.astype(float), y[:n])[0]
    block = beside.T @ point.first(y)[1] @ beside
    b0 = np.asarray(np.real(smallest_singular(block)[1]))
    w = Writer(equations, [a0, b0, y[n:]], [b0])
    a, b, _ = w.unknowns
    zero = w.basis(n)[0] * 0

    def combined(matrix: Integers, terms: Terms) -> Terms:
        """An integer matrix times terms."""
        rows = matrix.tolist()
        return np.array(
            [sum((t * k for t, k in zip(terms, row, strict=True)), zero[0]) for row in rows],
            dtype=object,
        )

    x, q = combined(inside, a) if len(a) else zero, combined(beside, b)
    rows: list[Terms | Term] = [combined(inside.T, w.form(x))] if len(a) else []
    return w.finish([*rows, combined(beside.T, w.form(x, q)), w.references[0] @ b - 1])

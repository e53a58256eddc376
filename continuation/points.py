r"""Special equilibria as solutions of their own defining systems, solved by Newton's method.

Each function takes a guess near the point and returns the polished unknowns. With A = f_x, lambda the
free parameter (and f(x) - x in place of f for a map; the folds and branch points are the same):

fold (LP)
    f = 0, A q = 0, <q0, q> = 1 in the unknowns (x, lambda, q);
    regular where the fold is quadratic and <p, f_lambda> is not zero (Moore and Spence 1980).
Hopf (H)
    f = 0, A q = i omega q, <q0, q> = 1 in (x, lambda, Re q, Im q, omega);
    regular where the pair crosses the axis with nonzero speed (Griewank and Reddien 1983).
branch point (BP)
    f + beta p = 0, A^T p = 0, <p, f_lambda> = 0, <p0, p> = 1 in (x, lambda, p, beta);
    regular at a simple branch point, where beta = 0 (Moore 1980).

References
----------
G. Moore and A. Spence, SIAM J. Numer. Anal. 17 (1980) 567-576.
G. Moore, Numer. Funct. Anal. Optim. 2 (1980) 441-472.
A. Griewank and G. Reddien, IMA J. Numer. Anal. 3 (1983) 295-303.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from continuation.errors import NoConvergence
from continuation.newton import solve

if TYPE_CHECKING:
    from continuation.fields import Linearization
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]


SOLVED = 1e-10
"""Residual of an equilibrium relative to |A| (1 + |x|), above which a vanishing Newton step means a
singular Jacobian and no solution."""


@dataclass(frozen=True)
class Equations:
    """f = 0 for equilibria of a system in one free parameter, with derivatives of any order.

    For a map, f(x, p) - x. All other parameters are fixed at ``p``.
    """

    system: System
    free: str
    p: Array

    @property
    def n(self) -> int:
        """Number of states."""
        return self.system.dimension

    def at(self, value: float) -> Array:
        """All parameters, with the free one at a value."""
        p = self.p.copy()
        p[self.index] = value
        return p

    @cached_property
    def index(self) -> int:
        """Position of the free parameter among all."""
        return list(self.system.parameters).index(self.free)

    @cached_property
    def linearized(self) -> Linearization:
        """Evaluates f, f_x and f_lambda."""
        return self.system.linearize((self.free,))

    def first(self, x: Array, value: float) -> tuple[Array, Array, Array]:
        """f, shape (n,), A, shape (n, n), and f_lambda, shape (n,)."""
        f, a, b = self.linearized(x[None, :], self.at(value))
        if self.system.kind == "map":
            return f[0] - x, a[0] - np.eye(self.n), b[0, :, 0]
        return f[0], a[0], b[0, :, 0]

    def directions(self) -> Array:
        """Unit directions of all states and of the free parameter, shape (n + n_p, n + 1)."""
        unit = np.zeros((self.n + len(self.p), self.n + 1))
        unit[: self.n, : self.n] = np.eye(self.n)
        unit[self.n + self.index, self.n] = 1.0
        return unit

    def bend(self, x: Array, value: float, q: NDArray[Any]) -> NDArray[Any]:
        """D(A q) with respect to (x, lambda), shape (n, n + 1): the second derivative in direction q."""
        extended = np.concatenate((q, np.zeros(len(self.p))))
        return self.system.derivative(x, self.at(value), extended[:, None], self.directions())


@dataclass(frozen=True)
class Polished:
    """A special equilibrium.

    Attributes
    ----------
    x : ndarray, shape (n,)
        The state.
    value : float
        Of the free parameter.
    q, p : ndarray, shape (n,)
        Right and left critical vectors: |q| = 1, and <p, q> = 1 unless that product vanishes (a
        branch point keeps |p| = 1). Complex at a Hopf point.
    omega : float
        Imaginary part of the critical pair; 0 at folds and branch points.
    residual, conditioning : float
        Of the defining system.
    """

    x: Array
    value: float
    q: NDArray[Any]
    p: NDArray[Any]
    omega: float
    residual: float
    conditioning: float


def smallest_singular(
    matrix: NDArray[Any],
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Left and right singular vectors of the smallest singular value, each of length 1."""
    u, _, vh = np.linalg.svd(matrix)
    return u[:, matrix.shape[1] - 1], vh[-1].conj()


def equilibrium(
    equations: Equations, guess: Array, value: float, iterations: int = 60
) -> tuple[Array, float]:
    """Solve f(x) = 0 at a fixed parameter from any guess, by Newton's method with halved steps.

    A step is halved until the residual falls (at most to 1/1024), which brings distant starts in.

    Parameters
    ----------
    equations : Equations
        The system.
    guess : ndarray, shape (n,)
        Start.
    value : float
        Of the free parameter.
    iterations : int
        Largest number of Newton steps.

    Returns
    -------
    ndarray, shape (n,)
        The equilibrium.
    float
        Its largest residual.

    Raises
    ------
    NoConvergence
        When none is reached; the message gives the residual and the parameter.
    """
    x = np.array(guess, dtype=float)
    f, a, _ = equations.first(x, value)
    history = [float(np.abs(f).max())]
    for _ in range(iterations):
        step = np.linalg.lstsq(a, -f, rcond=1e-12)[0] if np.all(np.isfinite(a)) else None
        if step is None or not np.all(np.isfinite(step)):
            break
        length = float(np.abs(step).max()) / (1.0 + float(np.abs(x).max()))
        solved = history[-1] <= SOLVED * max(1.0, float(np.abs(a).max() * (1.0 + np.abs(x).max())))
        if solved and length <= 1e-14:
            return x, history[-1]
        for halving in range(11):
            trial = x + step / 2.0**halving
            f, a, _ = equations.first(trial, value)
            size = float(np.abs(f).max())
            if size < history[-1]:
                break
        if not size < history[-1]:
            if solved and length <= 1e-9:
                return x, history[-1]
            break
        x = trial
        history.append(size)
    raise NoConvergence(
        f"no equilibrium was reached: residual {history[-1]:.1e} after {len(history) - 1} Newton "
        f"steps at {equations.free} = {value:.6g}. Start closer, for instance from "
        f"`settle(system, start)`.",
        x,
        tuple(history),
    )


def fold(equations: Equations, x: Array, value: float) -> Polished:
    """Solve for a fold from a guess; see the head of this module for the system."""
    n = equations.n
    q0 = np.real(smallest_singular(equations.first(x, value)[1])[1])

    def system(u: Array) -> tuple[Array, Array]:
        x, value, q = u[:n], u[n], u[n + 1 :]
        f, a, b = equations.first(x, value)
        jacobian = np.zeros((2 * n + 1, 2 * n + 1))
        jacobian[:n, :n], jacobian[:n, n] = a, b
        jacobian[n : 2 * n, : n + 1] = equations.bend(x, value, q)
        jacobian[n : 2 * n, n + 1 :] = a
        jacobian[2 * n, n + 1 :] = q0
        return np.concatenate((f, a @ q, [q0 @ q - 1.0])), jacobian

    root = solve(system, np.concatenate((x, [value], q0)), "a fold")
    x, value = root.u[:n], float(root.u[n])
    p, q = (np.real(v) for v in smallest_singular(equations.first(x, value)[1]))
    q = q * np.sign(q[np.argmax(np.abs(q))])
    pairing = p @ q
    p = p / pairing if abs(pairing) > 1e-12 else p
    return Polished(x, value, q, p, 0.0, root.residual, root.conditioning)


def hopf(equations: Equations, x: Array, value: float, omega: float) -> Polished:
    """Solve for a Hopf point from a guess; see the head of this module for the system."""
    n = equations.n
    eye = np.eye(n)
    q0 = smallest_singular(equations.first(x, value)[1] - 1j * omega * eye)[1]

    def system(u: Array) -> tuple[Array, Array]:
        x, value, omega = u[:n], u[n], u[-1]
        q = u[n + 1 : 2 * n + 1] + 1j * u[2 * n + 1 : -1]
        f, a, b = equations.first(x, value)
        rotated = a @ q - 1j * omega * q
        turned = np.vdot(q0, q) - 1.0
        bend = equations.bend(x, value, q)
        jacobian = np.zeros((3 * n + 2, 3 * n + 2))
        real, imag = slice(n + 1, 2 * n + 1), slice(2 * n + 1, 3 * n + 1)
        jacobian[:n, :n], jacobian[:n, n] = a, b
        jacobian[n : 2 * n, : n + 1] = bend.real
        jacobian[2 * n : 3 * n, : n + 1] = bend.imag
        jacobian[n : 2 * n, real], jacobian[n : 2 * n, imag] = a, omega * eye
        jacobian[2 * n : 3 * n, real], jacobian[2 * n : 3 * n, imag] = -omega * eye, a
        jacobian[n : 2 * n, -1], jacobian[2 * n : 3 * n, -1] = q.imag, -q.real
        jacobian[3 * n, real], jacobian[3 * n, imag] = q0.real, q0.imag
        jacobian[3 * n + 1, real], jacobian[3 * n + 1, imag] = -q0.imag, q0.real
        return (
            np.concatenate((f, rotated.real, rotated.imag, [turned.real, turned.imag])),
            jacobian,
        )

    root = solve(system, np.concatenate((x, [value], q0.real, q0.imag, [omega])), "a Hopf point")
    x, value, omega = root.u[:n], float(root.u[n]), float(root.u[-1])
    q = root.u[n + 1 : 2 * n + 1] + 1j * root.u[2 * n + 1 : -1]
    if omega < 0.0:
        q, omega = q.conj(), -omega
    q = q / np.linalg.norm(q)
    left = smallest_singular(equations.first(x, value)[1].T + 1j * omega * eye)[1]
    left = left / np.vdot(left, q).conj()
    return Polished(x, value, q, left, omega, root.residual, root.conditioning)


def branch_point(equations: Equations, x: Array, value: float) -> Polished:
    """Solve for a simple branch point from a guess; see the head of this module for the system."""
    n = equations.n
    f, a, b = equations.first(x, value)
    p0 = np.real(smallest_singular(np.column_stack((a, b)).T)[1])

    def system(u: Array) -> tuple[Array, Array]:
        x, value, p, beta = u[:n], u[n], u[n + 1 : -1], u[-1]
        f, a, b = equations.first(x, value)
        second = curvature(equations, x, value, p)
        jacobian = np.zeros((2 * n + 2, 2 * n + 2))
        jacobian[:n, :n], jacobian[:n, n] = a, b
        jacobian[:n, n + 1 : -1], jacobian[:n, -1] = beta * np.eye(n), p
        jacobian[n : 2 * n + 1, : n + 1] = second
        jacobian[n : 2 * n, n + 1 : -1], jacobian[2 * n, n + 1 : -1] = a.T, b
        jacobian[2 * n + 1, n + 1 : -1] = p0
        return np.concatenate((f + beta * p, a.T @ p, [p @ b, p0 @ p - 1.0])), jacobian

    root = solve(system, np.concatenate((x, [value], p0, [0.0])), "a branch point")
    x, value, p = root.u[:n], float(root.u[n]), root.u[n + 1 : -1]
    q = np.real(smallest_singular(equations.first(x, value)[1])[1])
    q = q * np.sign(q[np.argmax(np.abs(q))])
    residual = max(root.residual, abs(float(root.u[-1])))
    return Polished(x, value, q, p / np.linalg.norm(p), 0.0, residual, root.conditioning)


def curvature(equations: Equations, x: Array, value: float, p: Array) -> Array:
    """<p, D^2 f(., .)> in the directions of (x, lambda), shape (n + 1, n + 1)."""
    unit = equations.directions()
    m = unit.shape[1]
    second = equations.system.derivative(
        x, equations.at(value), np.repeat(unit, m, axis=1), np.tile(unit, (1, m))
    )
    return np.asarray((p @ second).reshape(m, m))

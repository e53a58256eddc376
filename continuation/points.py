r"""Special equilibria as solutions of their own defining systems, solved by Newton's method.

Each function takes a guess y = (x, lambda) near the point, with as many free parameters as the
point has codimension, and returns the polished unknowns. The systems are those of `defining`; a
simple branch point (BP) solves

.. math:: f + \beta p = 0, \quad A^T p = 0, \quad \langle p, f_\lambda \rangle = 0, \quad
          \langle p_0, p \rangle = 1

in (x, lambda, p, beta), with beta = 0 (Moore, Numer. Funct. Anal. Optim. 2 (1980) 441-472).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from continuation.defining import (
    Block,
    CuspVector,
    DefiningSystem,
    Equations,
    JordanVector,
    NullVector,
    OppositePair,
    smallest_singular,
)
from continuation.errors import NoConvergence
from continuation.linalg.spectra import eigenvalues
from continuation.newton import Root, solve
from continuation.special import NormalForm, SpecialPoint

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

SOLVED = 1e-10
"""Residual of an equilibrium relative to the size of x, each equation in units of the largest entry
its row of A, above which a vanishing Newton step means a singular Jacobian and no solution."""

AROUND = 1e-3
"""How far away, relative to 1 + |x|, an equation that says nothing vanishes as well."""


DOUBLE_ZERO = 1e-14
"""The square of a frequency below this, relative to the square of the largest entry of A, is zero:
round-off in A moves it by some 1e-16, from zero to the square of a frequency of 1e-8."""


@dataclass(frozen=True)
class Polished:
    """A special equilibrium.

    Attributes
    ----------
    y : ndarray, shape (n + k,)
        State and free parameters.
    q, p : ndarray, shape (n,)
        Right and left critical vectors: |q| = 1, and <p, q> = 1 unless that product vanishes, as at
        branch points and Bogdanov-Takens points; then |p| = 1. Complex at a Hopf point.
    omega : float
        Imaginary part of the critical pair; 0 where there is none.
    residual, conditioning : float
        Of the defining system.
    """

    y: Array
    q: NDArray[Any]
    p: NDArray[Any]
    omega: float
    residual: float
    conditioning: float

    def x(self, equations: Equations) -> Array:
        """The state, shape (n,)."""
        return self.y[: equations.n]


def equilibrium(
    equations: Equations, guess: Array, free: Array, iterations: int = 60
) -> tuple[Array, float]:
    """Solve f(x) = 0 at fixed parameters from any guess, by Newton's method with halved steps.

    A step is halved until the residual falls (at most to 1/1024), which brings distant starts in.
    Each equation is measured in its own unit, the largest entry of its row of A: beside a rate of
    1e30 in one equation, which a cosh far away makes, the others are still to be solved, and a rate
    of 1e-20 throughout solves none.

    Parameters
    ----------
    equations : Equations
        The system.
    guess : ndarray, shape (n,)
        Start.
    free : ndarray, shape (k,)
        Values of the free parameters.
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
        When none is reached; the message gives the residual and the parameters.
    """
    n = equations.n
    y = np.concatenate((guess, free))
    f, a, _ = equations.first(y)
    history, solved, silent = [float(np.abs(f).max())], False, False
    for _ in range(iterations):
        even, matrix = _equilibrated(f, a)
        if not (np.all(np.isfinite(even)) and np.all(np.isfinite(matrix))):
            break
        step = np.linalg.lstsq(matrix, -even, rcond=1e-12)[0]
        size = equations.system.extent(y[:n])
        length = float(np.abs(step).max()) / size
        silent = _is_silent(equations, y, f)
        solved = float(np.abs(even).max()) <= SOLVED * size and not silent
        if solved and length <= 1e-14:
            return y[:n], history[-1]
        for halving in range(11):
            trial = y.copy()
            trial[:n] += step / 2.0**halving
            f, a, _ = equations.first(trial)
            residual = float(np.abs(f).max())
            if residual < history[-1]:
                break
        if not residual < history[-1]:
            if solved and length <= 1e-9:
                return y[:n], history[-1]
            break
        y = trial
        history.append(residual)
    at = ", ".join(f"{name} = {v:.6g}" for name, v in zip(equations.free, free, strict=True))
    if not np.isfinite(history[0]):
        raise NoConvergence(
            f"the equations give no finite number at the start, {at}: it lies outside their "
            f"domain. Start elsewhere.",
            y[:n],
            tuple(history),
        )
    if solved or history[-1] == 0.0:
        raise NoConvergence(
            f"the equilibrium at {at} is not isolated: its Jacobian is singular, so that Newton's "
            f"method cannot solve for it. Start at another value of the parameter.",
            y[:n],
            tuple(history),
        )
    sought = "equilibrium" if equations.system.kind == "flow" else "fixed point"
    raise NoConvergence(
        f"no {sought} was reached: residual {history[-1]:.1e} after {len(history) - 1} Newton "
        f"steps at {at}. Start closer, for instance from `settle(system, start)`.",
        y[:n],
        tuple(history),
    )


def _equilibrated(f: Array, a: Array) -> tuple[Array, Array]:
    """The same linear equations, divided by the largest entry of each row of A."""
    unit = np.abs(a).max(axis=1)
    unit[unit == 0.0] = 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        return f / unit, a / unit[:, None]


def _is_silent(equations: Equations, y: Array, f: Array) -> bool:
    """Whether an equation underflows: it vanishes to the last bit, and beside the point as well."""
    if np.all(f):
        return False
    n = equations.n
    moved = y.copy()
    moved[:n] += AROUND * (1.0 + np.abs(y[:n]).max()) * np.sqrt(np.arange(2.0, n + 2.0))
    return bool(np.any((f == 0.0) & (equations.first(moved)[0] == 0.0)))


def fold(equations: Equations, y: Array) -> Polished:
    """Solve for a fold (LP) from a guess."""
    q0 = np.real(smallest_singular(equations.first(y)[1])[1])
    system, root = _solved(equations, y, [NullVector(q0)], "a fold")
    return _with_null_vectors(equations, system.split(root.u)[0], root)


def hopf(equations: Equations, y: Array, omega: float) -> Polished:
    """Solve for a Hopf point (H) from a guess.

    Raises
    ------
    NoConvergence
        When Newton's method fails, or reaches a neutral saddle or a double zero.
    """
    system, root = _solved(equations, y, [pair_near(equations, y, omega)], "a Hopf point")
    y, (w,) = system.split(root.u)
    if abs(w[-1]) <= DOUBLE_ZERO * float(np.abs(equations.first(y)[1]).max()) ** 2:
        raise NoConvergence("the pair of eigenvalues is a double zero, no Hopf point.", y, ())
    q, p, omega = normalised_pair(equations, y, w)
    return Polished(y, q, p, omega, root.residual, root.conditioning)


def cusp(equations: Equations, y: Array) -> Polished:
    """Solve for a cusp (CP) in two parameters from a guess."""
    _, a, _ = equations.first(y)
    q0 = np.real(smallest_singular(a)[1])
    v = np.linalg.lstsq(np.vstack((a, q0)), np.append(-equations.form(y, q0, q0), 0.0))[0]
    blocks: list[Block] = [NullVector(q0), CuspVector(q0, v)]
    system, root = _solved(equations, y, blocks, "a cusp")
    return _with_null_vectors(equations, system.split(root.u)[0], root)


def bogdanov_takens(equations: Equations, y: Array) -> Polished:
    """Solve for a Bogdanov-Takens point (BT) in two parameters from a guess."""
    _, a, _ = equations.first(y)
    q0 = np.real(smallest_singular(a)[1])
    v = np.linalg.lstsq(np.vstack((a, q0)), np.append(q0, 0.0))[0]
    blocks: list[Block] = [NullVector(q0), JordanVector(q0, v)]
    system, root = _solved(equations, y, blocks, "a Bogdanov-Takens point")
    return _with_null_vectors(equations, system.split(root.u)[0], root)


def zero_hopf(equations: Equations, y: Array, omega: float) -> Polished:
    """Solve for a zero-Hopf point (ZH) in two parameters; q and p belong to the zero."""
    q0 = np.real(smallest_singular(equations.first(y)[1])[1])
    blocks: list[Block] = [NullVector(q0), pair_near(equations, y, omega)]
    system, root = _solved(equations, y, blocks, "a zero-Hopf point")
    y, (_, w) = system.split(root.u)
    found = _with_null_vectors(equations, y, root)
    omega = float(np.sqrt(max(w[-1], 0.0)))
    return Polished(y, found.q, found.p, omega, root.residual, root.conditioning)


def double_hopf(
    equations: Equations, y: Array, omegas: tuple[float, float]
) -> tuple[Polished, float]:
    """Solve for a double Hopf point (HH) in two parameters from a guess.

    Returns
    -------
    Polished
        With q, p and omega of the first pair.
    float
        The second frequency.
    """
    blocks: list[Block] = [pair_near(equations, y, omega) for omega in omegas]
    system, root = _solved(equations, y, blocks, "a double Hopf point")
    y, (w, other) = system.split(root.u)
    q, p, omega = normalised_pair(equations, y, w)
    found = Polished(y, q, p, omega, root.residual, root.conditioning)
    return found, float(np.sqrt(max(other[-1], 0.0)))


def branch_point(equations: Equations, y: Array) -> Polished:
    """Solve for a simple branch point (BP) in one parameter from a guess."""
    n = equations.n
    _, a, b = equations.first(y)
    p0 = np.real(smallest_singular(np.column_stack((a, b)).T)[1])

    def system(u: Array) -> tuple[Array, Array]:
        y, p, beta = u[: n + 1], u[n + 1 : -1], u[-1]
        f, a, b = equations.first(y)
        jacobian = np.zeros((2 * n + 2, 2 * n + 2))
        jacobian[:n, :n], jacobian[:n, n] = a, b[:, 0]
        jacobian[:n, n + 1 : -1], jacobian[:n, -1] = beta * np.eye(n), p
        jacobian[n : 2 * n + 1, : n + 1] = equations.curvature(y, p)
        jacobian[n : 2 * n, n + 1 : -1], jacobian[2 * n, n + 1 : -1] = a.T, b[:, 0]
        jacobian[2 * n + 1, n + 1 : -1] = p0
        return np.concatenate((f + beta * p, a.T @ p, p @ b, [p0 @ p - 1.0])), jacobian

    root = solve(system, np.concatenate((y, p0, [0.0])), "a branch point")
    y, p = root.u[: n + 1], root.u[n + 1 : -1]
    q = _oriented(np.real(smallest_singular(equations.first(y)[1])[1]))
    residual = max(root.residual, abs(float(root.u[-1])))
    return Polished(y, q, p / np.linalg.norm(p), 0.0, residual, root.conditioning)


def pair_near(equations: Equations, y: Array, omega: float) -> OppositePair:
    """The block of the pair nearest to +- i omega, with q where |A q| is largest in its plane."""
    a = equations.first(y)[1]
    vector = smallest_singular(a - 1j * omega * np.eye(equations.n))[1]
    plane, _ = np.linalg.qr(np.column_stack((vector.real, vector.imag)))
    _, _, vh = np.linalg.svd(a @ plane)
    along, across = plane @ vh[0], plane @ vh[1]
    return OppositePair(along, across, np.concatenate((along, a @ along, [omega**2])))


def pair_at_zero(equations: Equations, y: Array) -> OppositePair:
    """The block of a double zero (BT), where kappa = 0, with q the generalised vector."""
    a = equations.first(y)[1]
    critical = np.real(smallest_singular(a)[1])
    v = np.linalg.lstsq(np.vstack((a, critical)), np.append(critical, 0.0))[0]
    size = float(np.linalg.norm(v))
    return OppositePair(v / size, critical, np.concatenate((v, critical, (0.0,))) / size)


def normalised_pair(
    equations: Equations, y: Array, w: Array
) -> tuple[ComplexArray, ComplexArray, float]:
    """Vectors q, p with |q| = 1, <p, q> = 1, and omega > 0, from the unknowns of an `OppositePair`.

    Raises
    ------
    NoConvergence
        For kappa <= 0: no Hopf point but a neutral saddle.
    """
    n, kappa = equations.n, float(w[-1])
    if not kappa > 0.0:
        raise NoConvergence("the pair of eigenvalues is real: a neutral saddle.", y, ())
    omega = float(np.sqrt(kappa))
    q = w[:n] - 1j * w[n:-1] / omega
    q = q / np.linalg.norm(q)
    left = smallest_singular(equations.first(y)[1].T + 1j * omega * np.eye(n))[1]
    return q, left / np.vdot(left, q).conj(), omega


def special_equilibrium(
    kind: str,
    equations: Equations,
    found: Polished,
    normal_form: NormalForm,
    **vectors: NDArray[Any],
) -> SpecialPoint:
    """A polished equilibrium under its name, with eigenvalues, vectors and normal form."""
    return SpecialPoint(
        kind=kind,
        system=equations.system,
        free=equations.free,
        parameters=equations.named(found.y),
        state=found.x(equations),
        residual=found.residual,
        conditioning=found.conditioning,
        eigenvalues=eigenvalues(equations.first(found.y)[1]),
        normal_form=normal_form,
        vectors={"q": found.q, "p": found.p, **vectors},
    )


def _solved(
    equations: Equations, y: Array, blocks: list[Block], what: str
) -> tuple[DefiningSystem, Root]:
    system = DefiningSystem(equations, blocks)
    return system, solve(system, system.join(y), what)


def _with_null_vectors(equations: Equations, y: Array, root: Root) -> Polished:
    """A solution with its null vectors, |q| = 1 and <p, q> = 1 where that is possible."""
    p, q = (np.real(v) for v in smallest_singular(equations.first(y)[1]))
    q = _oriented(q)
    pairing = float(p @ q)
    p = p / pairing if abs(pairing) > 1e-12 else p
    return Polished(y, q, p, 0.0, root.residual, root.conditioning)


def _oriented(q: Array) -> Array:
    """The vector with its largest component positive."""
    return np.asarray(q * np.sign(q[np.argmax(np.abs(q))]))

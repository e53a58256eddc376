"""Whether a special point is what its label says, by means that share nothing with the engine.

Of the system only f and its Jacobian are used; eigenvalues are NumPy's, cycles are integrated with
their variational equations by SciPy's DOP853, and derivatives in a parameter are differences.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

import continuation as ct

Array = NDArray[np.float64]

SMALL = 1e-7
"""Error of an eigenvalue or multiplier, relative to the largest: 1e-13 in the point is 3e-7 in a
double eigenvalue, and DOP853 at 1e-12 leaves 1e-9 after a period."""


def confirmed(point: ct.SpecialPoint) -> bool:
    """Whether the point solves its equations, is critical as its kind says, and generic."""
    assert point.system is not None
    return CHECKS[point.kind](point.system, point)


def spectrum(system: ct.System, x: Array, p: dict[str, float]) -> NDArray[np.complex128]:
    """Eigenvalues of the Jacobian, by NumPy."""
    return np.linalg.eigvals(system.jacobian(x, p)).astype(complex)


def is_fold(system: ct.System, point: ct.SpecialPoint) -> bool:
    """One eigenvalue vanishes; the parameter moves the branch and the branch bends."""
    x, p, [free] = point.state, dict(point.parameters), point.free
    a = system.jacobian(x, p)
    sizes = np.sort(np.abs(np.linalg.eigvals(a)))
    q, w = np.linalg.svd(a)[2][-1], np.linalg.svd(a)[0][:, -1]
    h = 1e-6 * (1.0 + abs(p[free]))
    slope = w @ (system.f(x, p | {free: p[free] + h}) - system.f(x, p)) / h
    h = 1e-4 * (1.0 + np.abs(x).max())
    bend = w @ (system.f(x + h * q, p) + system.f(x - h * q, p) - 2.0 * system.f(x, p)) / h**2
    size = float(np.abs(a).max())
    simple = len(sizes) == 1 or sizes[1] > 1e-4 * size
    vanishes = np.linalg.svd(a)[1][-1] < SMALL * max(size, 1.0)
    rests = np.abs(system.f(x, p)).max() < 1e-11 * max(size, 1.0)
    return bool(rests and vanishes and simple and abs(slope) > 1e-5 and abs(bend) > 1e-5)


def is_hopf(system: ct.System, point: ct.SpecialPoint) -> bool:
    """A pair lies on the imaginary axis, off zero, alone, and crosses as the parameter moves."""
    x, p, [free] = point.state, dict(point.parameters), point.free
    values = spectrum(system, x, p)
    size = float(np.abs(values).max())
    critical = np.abs(values.real) < SMALL * size
    h = 1e-5 * (1.0 + abs(p[free]))
    crossing = []
    for value in (p[free] - h, p[free] + h):
        at = p | {free: value}
        y = x.copy()
        for _ in range(10):
            y = y - np.linalg.solve(system.jacobian(y, at), system.f(y, at))
        near = spectrum(system, y, at)
        crossing.append(near[np.argmin(np.abs(near - values[critical][0]))].real)
    pair = int(critical.sum()) == 2 and bool(np.all(np.abs(values[critical].imag) > 1e-4 * size))
    return pair and crossing[0] * crossing[1] < 0.0


def monodromy(system: ct.System, x: Array, period: float, p: dict[str, float]) -> Array:
    """Derivative of the flow over a period at x, after a check that the orbit comes back."""
    n = len(x)

    def field(_: float, u: Array) -> Array:
        a, matrix = system.jacobian(u[:n], p), u[n:].reshape(n, n)
        return np.concatenate((system.f(u[:n], p), (a @ matrix).ravel()))

    start = np.concatenate((x, np.eye(n).ravel()))
    run = solve_ivp(field, (0.0, period), start, "DOP853", rtol=1e-12, atol=1e-13)
    m = run.y[n:, -1].reshape(n, n)
    assert np.abs(run.y[:n, -1] - x).max() < 1e-9 * max(1.0, float(np.abs(m).max()))
    return np.asarray(m)


def _monodromy_of(system: ct.System, point: ct.SpecialPoint) -> Array:
    assert point.period is not None
    return monodromy(system, point.state, point.period, dict(point.parameters))


def is_fold_of_cycles(system: ct.System, point: ct.SpecialPoint) -> bool:
    """The multiplier 1 is double: each is known to a square root, their sum to all digits."""
    m = _monodromy_of(system, point)
    found = np.linalg.eigvals(m)
    double = found[np.argsort(np.abs(found - 1.0))[:2]]
    return bool(abs(double.sum() - 2.0) < SMALL * max(1.0, float(np.abs(m).max())))


def is_period_doubling(system: ct.System, point: ct.SpecialPoint) -> bool:
    """One multiplier is -1."""
    found = np.linalg.eigvals(_monodromy_of(system, point))
    return bool(np.sum(np.abs(found + 1.0) < SMALL) == 1)


def is_torus(system: ct.System, point: ct.SpecialPoint) -> bool:
    """One pair of multipliers lies on the unit circle and is not real."""
    found = np.linalg.eigvals(_monodromy_of(system, point))
    pair = found[np.abs(found.imag) > 1e-4]
    return len(pair) == 2 and bool(np.all(np.abs(np.abs(pair) - 1.0) < SMALL))


CHECKS: dict[str, Callable[[ct.System, ct.SpecialPoint], bool]] = {
    "LP": is_fold,
    "H": is_hopf,
    "LPC": is_fold_of_cycles,
    "PD": is_period_doubling,
    "NS": is_torus,
}

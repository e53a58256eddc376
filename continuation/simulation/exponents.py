r"""Lyapunov exponents, by orthonormalising the solutions of the variational equation.

With the variational equation Q' = A(x(t)) Q, or Q -> A Q of a map, and a factorisation Q = Q_+ R
from time to time, the exponents are the means of log(R_ii) over time [1]_.

References
----------
.. [1] G. Benettin, L. Galgani, A. Giorgilli, J.-M. Strelcyn, Meccanica 15 (1980), 9-20 and 21-30.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from continuation.simulation.attractors import equilibrium_near, fastest_rate, settle
from continuation.simulation.orbits import (
    Rates,
    flow_rates,
    integrate,
    iterate,
    jacobian_at,
    named,
    parameter_vector,
)

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]

BLOCKS = 20
"""Parts of the orbit from whose means `lyapunov` estimates the errors, which are then known to
about 1 / sqrt(2 * 20), 16 percent."""

LYAPUNOV_TIME = 4000.0
"""Time of `lyapunov` in units of 1 / |A|, with the mean norm of the Jacobian A along the orbit:
errors of a percent or two of the largest rate on a chaotic attractor, in a few seconds."""

SEGMENT = 5.0
"""Time between two orthonormalisations in the same unit: two vectors can part by a factor of e^10
at most, and 12 of 16 digits tell them apart."""

MOST_SEGMENTS = 20_000
"""Longest time of `lyapunov`, in units of `SEGMENT`: errors a fifth of those of the default, after
a minute or two."""


@dataclass(frozen=True)
class LyapunovSpectrum:
    """Mean rates at which small differences grow along an orbit.

    Attributes
    ----------
    exponents : ndarray, shape (n,)
        From the largest down; per unit of time, or per iterate of a map.
    errors : ndarray, shape (n,)
        Standard errors, from the means over `BLOCKS` parts of the orbit.
    time : float
        Time, or number of iterates, over which the means were taken; 0 on an equilibrium.
    state : ndarray, shape (n,)
        On the attractor, where the orbit ended.
    """

    exponents: Array
    errors: Array
    time: float
    state: Array

    def __str__(self) -> str:
        pairs = zip(self.exponents, self.errors, strict=True)
        return ", ".join(f"{value:.6g} +- {error:.1g}" for value, error in pairs)


def lyapunov(
    system: System,
    start: ArrayLike,
    *,
    time: float | None = None,
    parameters: Mapping[str, float] | None = None,
    **values: float,
) -> LyapunovSpectrum:
    r"""Lyapunov exponents of the attractor that the orbit of a start reaches, with their errors.

    Means over time of log(R_ii); see the head of this module. On an equilibrium they are the real
    parts of the eigenvalues, on a fixed point of a map the logarithms of their moduli.

    Parameters
    ----------
    system : System
        A flow or a map.
    start : array-like, shape (n,)
        In the basin of the attractor; the orbit is first followed by `settle`.
    time : float, optional
        Over which the means are taken (iterates of a map); default `LYAPUNOV_TIME` in units of the
        rate of the system. A tenth of it is spent before, to align Q.
    parameters : mapping of str to float, optional
        Parameters whose names are those of arguments ("start", "time").
    **values : float
        Parameters by name; the others have their defaults.

    Returns
    -------
    LyapunovSpectrum
        Exponents from the largest down, with standard errors.
    """
    p = parameter_vector(system, parameters, values)
    x = settle(system, start, parameters=named(system, p))
    if equilibrium_near(system, x, p) is not None:
        return _equilibrium_spectrum(system, x, p)
    if time is not None and not 0.0 < time < np.inf:
        raise ValueError(f"`time` must be positive, got {time}.")
    growth = _map_growth if system.kind == "map" else _flow_growth
    lengths, logs, x = growth(system, x, p, time)
    skipped = len(lengths) // 11
    lengths, logs = lengths[skipped:], logs[skipped:]
    exponents = logs.sum(axis=0) / lengths.sum()
    parts = [
        part.sum(axis=0) / length.sum()
        for part, length in zip(
            np.array_split(logs, BLOCKS), np.array_split(lengths, BLOCKS), strict=True
        )
    ]
    errors = np.std(parts, axis=0, ddof=1) / np.sqrt(BLOCKS)
    order = np.argsort(-exponents)
    return LyapunovSpectrum(exponents[order], errors[order], float(lengths.sum()), x)


def _flow_growth(
    system: System, x: Array, p: Array, time: float | None
) -> tuple[Array, Array, Array]:
    """Durations (k,), logarithms of growth (k, n), and the last state (n,)."""
    n = len(x)
    trial = integrate(
        flow_rates(system, p), x, np.linspace(0.0, 50.0 / fastest_rate(system, x, p), 101)
    )
    rate = float(np.mean([fastest_rate(system, y, p) for y in trial.y.T]))
    total = LYAPUNOV_TIME / rate if time is None else time
    count = max(11 * BLOCKS, int(np.ceil(1.1 * total * rate / SEGMENT)))
    if count > MOST_SEGMENTS:
        longest = MOST_SEGMENTS * SEGMENT / (1.1 * rate)
        raise ValueError(
            f"`time` = {total:.6g} is too long for rates of {rate:.3g}; at most "
            f"{longest:.6g} can be asked for."
        )
    duration = 1.1 * total / count
    linearization = system.linearize(())

    def f(t: float, y: Array) -> Array:
        rates, jacobian, _ = linearization(y[None, :n], p)
        return np.concatenate((rates[0], (jacobian[0] @ y[n:].reshape(n, n)).ravel()))

    q = np.eye(n)
    logs = np.empty((count, n))
    for k in range(count):
        y = np.concatenate((x, q.ravel()))
        end = integrate(Rates(f, None), y, np.array([0.0, duration]), (1e-8, 1e-10)).y[:, -1]
        x = end[:n].copy()
        q, logs[k] = _orthonormalise(end[n:].reshape(n, n))
    return np.full(count, duration), logs, x


def _orthonormalise(q: Array) -> tuple[Array, Array]:
    """Q of a factorisation Q R, and the logarithms of the diagonal of R."""
    q, r = np.linalg.qr(q)
    # A column that shrank to nothing counts as the smallest positive number: its rate is -infinity.
    return q, np.log(np.maximum(np.abs(np.diag(r)), np.finfo(float).tiny))


def _map_growth(
    system: System, x: Array, p: Array, time: float | None
) -> tuple[Array, Array, Array]:
    """Ones (k,), logarithms of growth (k, n), and the last state (n,)."""
    total = 5.0 * LYAPUNOV_TIME if time is None else time
    path = iterate(system, x, p, max(11 * BLOCKS, int(np.ceil(1.1 * total))))
    _, jacobians, _ = system.linearize(())(path[:-1], p)
    q = np.eye(len(x))
    logs = np.empty((len(jacobians), len(x)))
    for k, jacobian in enumerate(jacobians):
        q, logs[k] = _orthonormalise(jacobian @ q)
    return np.ones(len(jacobians)), logs, path[-1]


def _equilibrium_spectrum(system: System, x: Array, p: Array) -> LyapunovSpectrum:
    """Exponents of an equilibrium or fixed point; the errors are the round-off of eigenvalues."""
    jacobian = jacobian_at(system, x, p)
    eigenvalues = np.linalg.eigvals(jacobian)
    error = np.finfo(float).eps * len(x) * (1.0 + float(np.linalg.norm(jacobian, 2)))
    rates = eigenvalues.real
    if system.kind == "map":
        rates = np.log(np.maximum(np.abs(eigenvalues), np.finfo(float).tiny))
    return LyapunovSpectrum(np.sort(rates)[::-1].copy(), np.full(len(x), error), 0.0, x)

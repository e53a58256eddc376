r"""All equilibria that can be found at one value of a parameter, by deflation from many starts.

With the known equilibria x_1, ..., x_k Newton's method is applied to

.. math:: M(x) f(x) = 0, \qquad M(x) = \prod_i \left( \frac{1}{|x - x_i|^2} + 1 \right),

which no longer converges to them. By the Sherman-Morrison formula its step is the Newton step of
f, :math:`\delta`, times :math:`1 / (1 - \nabla \log M \cdot \delta)`. All starts move together, so
that f and its Jacobian are evaluated in one call.

References
----------
P. E. Farrell, A. Birkisson and S. W. Funke, SIAM J. Sci. Comput. 37 (2015) A2026-A2045.
M. Roberts, The unreasonable effectiveness of quasirandom sequences (2018): the starts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from continuation import points
from continuation.branch import Branch
from continuation.defining import Equations
from continuation.errors import NoConvergence

Array = NDArray[np.float64]

SCATTER = 24
"""Starts at each value: enough for the 13 equilibria that a two-unit network is known to have, as
every start is used again until deflation leaves nothing to converge to."""

ITERATIONS = 60
"""Deflated Newton steps from a start; those that find something need ten to thirty."""

MOST = 200
"""The search ends after so many at one value: they are a curve of equilibria, not points."""

SAME_VALUE = 1e-12
"""Values of the parameter closer than this, relative to their size and to the length of the branch,
are one: as far from a fold, where states part like the square root, they differ by `SEPARATE`."""

SEPARATE = 1e-6
"""Equilibria at one parameter value closer than this, relative to 1 + |x|, are one."""


class Search:
    """Deflated search for equilibria at values of one parameter.

    Parameters
    ----------
    equations : Equations
        f and its derivatives.
    seed : int
        Of the scattered starts.
    starts : sequence of array_like, shape (n,)
        The user's own starts.
    """

    def __init__(self, equations: Equations, seed: int, starts: Sequence[Array]):
        self.equations = equations
        box, n = equations.system.box, equations.n
        lo, hi = (-np.ones(n), np.ones(n)) if box is None else np.array(box, dtype=float).T
        scales = (1.0,) if box is not None else (1.0, 10.0, 100.0)
        unit = 2.0 * scattered(n, SCATTER, seed) - 1.0
        middle, half = 0.5 * (hi + lo), 0.5 * (hi - lo)
        self.starts = np.array(
            [*starts, *(middle + scale * half * u for scale in scales for u in unit)]
        )
        self.reach = 10.0 * scales[-1] * float(np.abs(np.concatenate((lo, hi))).max())

    def unknown(self, value: float, branches: Sequence[Branch]) -> Iterator[Array]:
        """Equilibria at a value that lie on none of the branches, which may grow meanwhile."""
        seen: list[Array] = []
        known = [x for branch in branches for x in self._on(branch, value)]
        read = len(branches)
        while len(seen) < MOST:
            fresh = self._deflated(value, known + seen)
            if not fresh:
                return
            for x in fresh:
                known += [y for branch in branches[read:] for y in self._on(branch, value)]
                read = len(branches)
                if not any(close(x, y) for y in known):
                    yield x
                seen.append(x)

    def _on(self, branch: Branch, value: float) -> list[Array]:
        """Equilibria of a branch at a value, by interpolation and Newton's method.

        Special points count as points of the branch: beside a fold the points before and after it
        lie on one side of a value that the branch passes twice between them.
        """
        values, states = branch.parameters[self.equations.free[0]], branch.states
        after = np.asarray(branch.positions, dtype=int) + 1
        more = [point.parameters[self.equations.free[0]] for point in branch.special]
        along = np.insert(values, after, more) - value
        if more:
            inserted = np.column_stack([point.state for point in branch.special])
            states = np.insert(states, after, inserted, axis=1)
        met = np.abs(along) <= SAME_VALUE * (abs(value) + np.ptp(values))
        found = list(states[:, met].T)
        for i in np.flatnonzero((along[:-1] * along[1:] < 0.0) & ~met[:-1] & ~met[1:]):
            share = along[i] / (along[i] - along[i + 1])
            guess = (1.0 - share) * states[:, i] + share * states[:, i + 1]
            try:
                found.append(points.equilibrium(self.equations, guess, np.array([value]))[0])
            except NoConvergence:
                found.append(guess)
        return found

    def _deflated(self, value: float, have: Sequence[Array]) -> list[Array]:
        """New equilibria that deflated Newton iterations from all starts lead to."""
        p = self.equations.parameters(np.append(self.starts[0], value))
        x, found = self.starts, list(have)
        for _ in range(ITERATIONS):
            f, a = self._linearized(x, p)
            step = _deflated_step(x, f, a, have)
            longest = np.abs(step).max(axis=1)
            x = x + step * np.minimum(1.0, 0.3 * self.reach / np.maximum(longest, 1e-300))[:, None]
            size = np.abs(x).max(axis=1)
            done = longest < 1e-9 * (1.0 + size)
            for limit in x[done]:
                polished = self._polished(limit, value)
                if polished is not None and not any(close(polished, y) for y in found):
                    found.append(polished)
            x = x[~done & (size <= self.reach)]
            if not len(x):
                break
        return found[len(have) :]

    def _linearized(self, x: Array, p: Array) -> tuple[Array, Array]:
        """Evaluate f and A at many states, shapes (m, n) and (m, n, n)."""
        f, a, _ = self.equations.linearized(np.ascontiguousarray(x), p)
        if self.equations.system.kind == "map":
            return f - x, a - np.eye(x.shape[1])
        return f, a

    def _polished(self, x: Array, value: float) -> Array | None:
        try:
            return points.equilibrium(self.equations, x, np.array([value]))[0]
        except NoConvergence:
            return None


def _deflated_step(x: Array, f: Array, a: Array, have: Sequence[Array]) -> Array:
    """Deflated Newton steps, shape (m, n); infinite where f is not finite."""
    finite = np.all(np.isfinite(f), axis=1) & np.all(np.isfinite(a), axis=(1, 2))
    f, a = np.where(finite[:, None], f, 1.0), np.where(finite[:, None, None], a, 0.0)
    # A singular matrix is moved by round-off, so that its step is long and cut back by the caller;
    # each row by its own, because rates of different size may stand below each other.
    moved = a + 1e-14 * (np.abs(a).max(axis=2) + 1e-300)[:, :, None] * np.eye(x.shape[1])
    step = np.linalg.solve(moved, -f[..., None])[..., 0]
    step = np.where(np.abs(step) < 1e150, step, 1e150)
    bend = np.ones(len(x))
    for y in have:
        away = x - y
        square = np.sum(away**2, axis=1) + 1e-300
        bend += np.sum(2.0 * away * step, axis=1) / (square * (1.0 + square))
    step = step / np.where(np.abs(bend) > 1e-12, bend, 1.0)[:, None]
    return np.where(finite[:, None], np.clip(step, -1e150, 1e150), 1e150)


def scattered(n: int, count: int, seed: int) -> Array:
    """Points of the unit cube that fill it evenly, shape (count, n): an additive recurrence.

    Steps are powers of 1 / phi with phi^(n + 1) = phi + 1 (Roberts); the seed shifts all points.
    """
    phi = 2.0
    for _ in range(60):
        phi = (1.0 + phi) ** (1.0 / (n + 1))
    steps = phi ** -np.arange(1.0, n + 1.0)
    shift = np.random.default_rng(seed).random(n)
    return np.asarray((shift + np.arange(1.0, count + 1.0)[:, None] * steps) % 1.0)


def close(x: Array, y: Array) -> bool:
    """Whether two equilibria at one parameter value are one."""
    return bool(np.abs(x - y).max() <= SEPARATE * (1.0 + np.abs(y).max()))

r"""The branches that nobody named: equilibria from many starts, and what branches off them.

At a few values of the parameter, Newton's method is deflated: with the known equilibria x_1, ...,
x_k it is applied to

.. math:: M(x) f(x) = 0, \qquad M(x) = \prod_i \left( \frac{1}{|x - x_i|^2} + 1 \right),

which no longer converges to them. By the Sherman-Morrison formula its step is the Newton step of f
times
:math:`1 / (1 - \nabla \log M \cdot \delta)`. Whatever is found is followed, which makes more of the
equilibria at the other values known.

References
----------
P. E. Farrell, A. Birkisson and S. W. Funke, SIAM J. Sci. Comput. 37 (2015) A2026-A2045.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import qmc

from continuation import points
from continuation.branch import Branch, Diagram
from continuation.collect import UserEvents, Watch
from continuation.defining import Equations
from continuation.errors import ContinuationError, NoConvergence, StopReason
from continuation.location import same
from continuation.settings import Settings
from continuation.special import SpecialPoint
from continuation.verbs import DEFAULT, Bounds, Report, bounds, cycles, equilibria, known, switch

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
log = logging.getLogger(__name__)

PROBES = 9
"""Values of the parameter at which equilibria are looked for: both ends and seven between. A closed
branch that lives between two of them is not found; give more `starts`, or a narrower window."""

SCATTER = 16
"""Starts at each value: enough for the 13 equilibria that a two-unit network is known to have, as
every start is used until deflation leaves nothing to converge to."""

SEPARATE = 1e-6
"""Equilibria at one parameter value closer than this, relative to 1 + |x|, are one."""


def diagram(
    system: System,
    free: str,
    within: Bounds,
    depth: int = 1,
    starts: Sequence[ArrayLike] | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    parameters: Mapping[str, float] | None = None,
    watch: Watch | None = None,
    **named: float,
) -> Diagram:
    """Find the branches of equilibria in a window, follow them, and follow what branches off.

    Parameters
    ----------
    system : System
        The system. Its ``box``, where it has one, says where equilibria lie.
    free : str
        The parameter to vary.
    within : (float, float)
        Its bounds, both finite.
    depth : int
        1 for equilibria, branches of branch points included; 2 also for the cycles from Hopf
        points.
    starts : sequence of array_like, shape (n,), optional
        Further states to start from, at every probed value.
    settings : Settings
        Steps, tolerances; ``seed`` for the scattered starts.
    report, events, parameters, watch
        As in `equilibria`.
    **named : float
        Values of parameters.

    Returns
    -------
    Diagram
        Branches of equilibria in the order found, then cycles; what was found before an
        interruption (Ctrl-C) is kept, and marked by ``interrupted``.

    Notes
    -----
    The search is thorough, not complete: only `certify` proves that nothing is missing.

    Raises
    ------
    ValueError
        For unknown names or a window that is not finite.
    ContinuationError
        When no equilibrium is found at all.
    """
    lo, hi = _finite(bounds(known(system, free), within))
    if depth < 1:
        raise ValueError(f"`depth` must be at least 1, got {depth}.")
    p = system.vector({**(parameters or {}), free: 0.5 * (lo + hi), **named})
    values = dict(zip(system.parameters, p.tolist(), strict=True))
    search = _Search(Equations(system, (free,), p), (lo, hi), settings, starts or ())
    follow = partial(
        equilibria,
        system,
        free=free,
        within=(lo, hi),
        settings=settings,
        report=report,
        events=events,
        watch=watch,
    )
    branches: list[Branch] = []

    def add(branch: Branch) -> None:
        branches.append(branch)
        if StopReason.INTERRUPTED in branch.stop:
            raise KeyboardInterrupt
        for point in branch.special:
            if point.kind == "BP" and not _crossed(point, branches):
                try:
                    add(switch(point, (lo, hi), settings, report, events, watch))
                except ContinuationError as error:
                    log.info("nothing followed at %s: %s", point, error)

    interrupted = False
    try:
        for value in np.linspace(lo, hi, PROBES):
            for x in search.unknown(float(value), branches):
                add(follow(start=x, parameters={**values, free: float(value)}))
        if depth > 1:
            for point in [p for branch in branches for p in branch.special if p.kind == "H"]:
                add(cycles(point, settings=settings, report=report, events=events, watch=watch))
    except KeyboardInterrupt:
        if not branches:
            raise
        interrupted = True
    if not branches:
        raise ContinuationError(
            f"no equilibrium was found for {free} in ({lo:.6g}, {hi:.6g}) from {SCATTER} starts at "
            f"each of {PROBES} values; give `starts` near one, or a `box` to the system."
        )
    return Diagram(tuple(branches), interrupted=interrupted)


def _finite(window: Bounds) -> Bounds:
    if not np.all(np.isfinite(window)):
        raise ValueError(f"`within` must be finite for `diagram`, got {window}.")
    return window


def _crossed(point: SpecialPoint, branches: Sequence[Branch]) -> bool:
    """Whether both branches through a simple branch point are known: each shows the point."""
    return sum(any(same(point, s) for s in branch.special) for branch in branches) >= 2


class _Search:
    """Deflated search for equilibria at a value of the parameter.

    Parameters
    ----------
    equations : Equations
        f and its derivatives.
    within : (float, float)
        Bounds of the parameter.
    settings : Settings
        For the seed.
    starts : sequence of array_like
        The user's own starts.
    """

    def __init__(
        self, equations: Equations, within: Bounds, settings: Settings, starts: Sequence[ArrayLike]
    ):
        self.equations = equations
        self.within = within
        box = equations.system.box
        lo, hi = (-np.ones(equations.n), np.ones(equations.n)) if box is None else np.array(box).T
        sobol = qmc.Sobol(equations.n, rng=np.random.default_rng(settings.seed))
        unit = 2.0 * sobol.random(SCATTER) - 1.0
        middle, half = 0.5 * (hi + lo), 0.5 * (hi - lo)
        scales = (1.0,) if box is not None else (1.0, 10.0, 100.0)
        scattered = [middle + scale * half * u for scale in scales for u in unit]
        self.starts = [np.asarray(x, dtype=float) for x in starts] + scattered
        self.reach = 10.0 * scales[-1] * float(np.abs(np.concatenate((lo, hi))).max())

    def unknown(self, value: float, branches: Sequence[Branch]) -> Iterator[Array]:
        """Equilibria at a value that lie on none of the branches, which may grow meanwhile."""
        for start in self.starts:
            while True:
                have = [x for branch in branches for x in self._on(branch, value)]
                found = self._deflated(start, value, have)
                if found is None:
                    break
                yield found
                have_now = [x for branch in branches for x in self._on(branch, value)]
                if not any(_close(found, x) for x in have_now):
                    break

    def _on(self, branch: Branch, value: float) -> list[Array]:
        """Equilibria of a branch at a value, by interpolation and Newton's method."""
        along = branch.parameters[self.equations.free[0]] - value
        found = [branch.states[:, i] for i in np.flatnonzero(along == 0.0)]
        for i in np.flatnonzero(along[:-1] * along[1:] < 0.0):
            share = along[i] / (along[i] - along[i + 1])
            guess = (1.0 - share) * branch.states[:, i] + share * branch.states[:, i + 1]
            try:
                found.append(points.equilibrium(self.equations, guess, np.array([value]))[0])
            except NoConvergence:
                found.append(guess)
        return found

    def _deflated(self, start: Array, value: float, have: Sequence[Array]) -> Array | None:
        """Deflated Newton from a start; None where it leads nowhere."""
        x = start.copy()
        for _ in range(60):
            f, a, _ = self.equations.first(np.append(x, value))
            if not (np.all(np.isfinite(f)) and np.all(np.isfinite(a))):
                return None
            step = np.linalg.lstsq(a, -f, rcond=1e-12)[0]
            slope = np.zeros_like(x)
            for known_one in have:
                away = x - known_one
                square = float(away @ away) + 1e-300
                slope -= 2.0 * away / (square * (1.0 + square))
            bend = 1.0 - float(slope @ step)
            step = step / bend if abs(bend) > 1e-12 else step
            longest = float(np.abs(step).max())
            x = x + step * min(1.0, 0.3 * self.reach / max(longest, 1e-300))
            if not np.all(np.abs(x) <= self.reach):
                return None
            if longest < 1e-9 * (1.0 + float(np.abs(x).max())):
                return self._accepted(x, value, have)
        return None

    def _accepted(self, x: Array, value: float, have: Sequence[Array]) -> Array | None:
        """A limit of the deflated iteration, polished without it, if it is new."""
        try:
            x, _ = points.equilibrium(self.equations, x, np.array([value]))
        except NoConvergence:
            return None
        return None if any(_close(x, other) for other in have) else x


def _close(x: Array, y: Array) -> bool:
    return float(np.abs(x - y).max()) <= SEPARATE * (1.0 + float(np.abs(y).max()))

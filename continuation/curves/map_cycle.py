r"""Cycles of a map in one free parameter, by all their points: f(x_i, lambda) = x_{i+1}.

z = (x_1, ..., x_m, lambda), with x_{m+1} = x_1. Written for all points at once (multiple
shooting), the equations of a cycle of 64 points are as well conditioned as those of a fixed point,
while the composed map f^64 is not. Multipliers are the eigenvalues of the product of the m
Jacobians, which is never formed.

A family of cycles of m points that is born at a period doubling leaves it along (q, -q), where q
belongs to the multiplier -1 of the cycle of m/2 points. Where the family comes to another period
doubling, its difference D = (x_1, ..., x_{m/2}) - (x_{m/2+1}, ..., x_m) passes through zero and
returns with the other sign, which is the same cycle begun half a period later: there the branch
ends.

Special points are those of `map_events`: LP, BP, PD, NS.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from continuation import map_points
from continuation.curve import Curve, Event, Point, Solution, Start
from continuation.defining import Equations
from continuation.engine import norm, point_near
from continuation.errors import ContinuationError, NoConvergence, StopReason
from continuation.linalg.spectra import is_stable, unstable_count
from continuation.map_events import cycle_events
from continuation.points import equilibrium
from continuation.sizes import grown

if TYPE_CHECKING:
    from continuation.branch import Branch
    from continuation.orbit import Orbit
    from continuation.settings import Settings
    from continuation.special import SpecialPoint
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

BIRTH, SMALLEST = 0.2, 1e-7
"""Amplitude of the first doubled cycle in units of Settings.initial_step, and the smallest tried:
the Jacobian is singular at the period doubling itself."""

YOUNG = 0.3
"""A doubled cycle is born with a multiplier 1, and doubles again at -1: it is young while within
this of 1."""

REVERSED = -0.5
"""Cosine between D before and after a step below which D has passed through zero; along a branch it
turns by less than half a radian a step."""

VANISHED = 1e-3
"""A branch ends at a period doubling where D has shrunk to this part of its last value."""

RESOLVED = 1e-4
"""Points with a multiplier 1 are labelled while D, relative to 1 + |x|, exceeds this: nearer to a
period doubling, where the Jacobian has two small singular values, tangents are round-off."""

LONGEST = 64
"""Points of the longest cycle that is looked for in an orbit."""

SEPARATE = 1e-6
"""Points of a cycle closer than this, relative to 1 + their size, are one."""

RETURNS = 1e-2
"""A cycle is recognised where a state returns within this, relative to 1 + its size."""


@dataclass(frozen=True)
class MapCycleCurve(Curve):
    """Cycles of m points of a map in one free parameter; z = (x_1, ..., x_m, lambda).

    Attributes
    ----------
    system : System
        x -> f(x, p).
    free : tuple of one str
        The free parameter.
    p : ndarray, shape (n_p,)
        All parameters; the free one is taken from z.
    period : int
        Number of points m.
    unit : float
        Width of the window, in which the parameter is measured.
    difference : ndarray, shape (m n / 2,)
        D at the last point of the branch; empty for odd m.
    """

    kind: ClassVar[str] = "cycles"

    system: System
    free: tuple[str, ...]
    p: Array
    period: int
    unit: float
    difference: Array

    @classmethod
    def through(
        cls, system: System, free: str, p: Array, x: Array, unit: float
    ) -> tuple[MapCycleCurve, Array]:
        """The curve of the cycle with points x, shape (m, n), and its z."""
        z = np.append(x.ravel(), p[list(system.parameters).index(free)])
        return cls(system, (free,), p, len(x), unit, _difference(z, len(x))), z

    @classmethod
    def from_doubling(
        cls, point: SpecialPoint, free: str, unit: float, settings: Settings
    ) -> tuple[MapCycleCurve, Start]:
        """Start on the small cycles of twice the period that are born at a period doubling.

        Raises
        ------
        NoConvergence
            When no such cycle is found.
        """
        p, x = point.system.vector(point.parameters), map_points.cycle_of(point)
        born = Equations(point.system, (free,), p, len(x))
        y = np.append(x.ravel(), p[born.indices])
        q = map_points.null_vectors(born, y, -1.0)[0]
        curve, z = cls.through(point.system, free, p, np.vstack((x, x)), unit)
        tangent = np.concatenate((q, -q, [0.0]))
        tangent = tangent / norm(curve, z, tangent)
        amplitude = BIRTH * settings.initial_step
        while amplitude > SMALLEST:
            guess = z + amplitude * tangent
            found = point_near(curve, guess, tangent, settings)
            if found is not None and curve.newborn(found, guess):
                start = replace(curve, difference=_difference(found.z, 2 * len(x)))
                label = point.label or "PD"
                return start, Start(found.z, found.tangent, f"{label} on cycles of {len(x)}")
            amplitude /= 4.0
        raise NoConvergence(f"no doubled cycle was found at {point.label or 'PD'}.", z, ())

    @classmethod
    def from_orbit(
        cls, orbit: Orbit, free: str, unit: float, settings: Settings
    ) -> tuple[MapCycleCurve, Start]:
        """Start on the cycle that an orbit has settled on, or that it is.

        Raises
        ------
        ContinuationError
            When no state among the last `LONGEST` is close to the last one, or all are.
        NoConvergence
            When Newton's method finds no cycle there.
        """
        if orbit.system is None:
            raise ContinuationError("the orbit carries no system, so no cycle can be computed.")
        p = orbit.system.vector(orbit.parameters)
        states = orbit.x.T[::-1]
        away = np.abs(states[1 : LONGEST + 1] - states[0]).max(axis=1, initial=0.0)
        close = np.flatnonzero(away < RETURNS * float(np.abs(states[: LONGEST + 1]).max()))
        if not len(close):
            raise ContinuationError(
                f"the orbit does not return within {LONGEST} steps; simulate for longer."
            )
        # Multiples of the period return too: the least one whose states come as close as any.
        period = 1 + int(close[np.flatnonzero(away[close] <= 10.0 * away[close].min())[0]])
        guess = np.ascontiguousarray(states[1 : period + 1][::-1])
        equations = Equations(orbit.system, (free,), p, period)
        value = p[equations.indices]
        x = _primitive(equations.points(equilibrium(equations, guess.ravel(), value)[0]))
        if len(x) == 1:
            raise ContinuationError("the orbit led to a fixed point, not to a cycle.")
        curve, z = cls.through(grown(orbit.system, x), free, p, x, unit)
        _, _, vh = np.linalg.svd(curve.jacobian(z))
        return curve, Start(z, vh[-1], f"orbit at {free} = {value[0]:.6g}")

    @classmethod
    def from_branch_point(
        cls, point: SpecialPoint, unit: float, step: float, branch: int
    ) -> tuple[MapCycleCurve, Start]:
        """Leave a branch point along one of its two tangents (0 or 1), by a small step."""
        p, x = point.system.vector(point.parameters), map_points.cycle_of(point)
        curve, z = cls.through(point.system, point.free[0], p, x, unit)
        tangent = np.real(point.vectors["tangents"][branch])
        tangent = tangent / norm(curve, z, tangent)
        return curve, Start(z + step * tangent, tangent, f"{point.label} on cycles")

    @classmethod
    def from_branch(
        cls, branch: Branch, end: int, unit: float, settings: Settings
    ) -> tuple[MapCycleCurve, Start]:
        """Start at an end of a branch (0 or -1), in the direction that leaves it."""
        free = branch.free[0]
        both = [branch.orbits[i] for i in (end, 1 if end == 0 else -2)]
        (curve, z), (_, before) = (
            cls.through(
                branch.system,
                free,
                branch.system.vector(orbit.parameters),
                np.ascontiguousarray(orbit.x[:, :-1].T),
                unit,
            )
            for orbit in both
        )
        return curve, Start(z, z - before, branch.provenance)

    @cached_property
    def equations(self) -> Equations:
        """f(x_i) - x_{i+1} and its derivatives in the free parameter."""
        return Equations(self.system, self.free, self.p, self.period)

    def residual(self, z: Array) -> Array:
        """f(x_i) - x_{i+1}, shape (m n,)."""
        return self.linearize(z)[0]

    def jacobian(self, z: Array) -> Array:
        """The exact derivative, shape (m n, m n + 1)."""
        return self.linearize(z)[1]

    def linearize(self, z: Array) -> tuple[Array, Array]:
        """Both in one evaluation."""
        f, a, b = self.equations.first(z)
        return f, np.hstack((a, b))

    def state(self, z: Array) -> Solution:
        """The first point, all parameters, the number of points and the cycle itself."""
        return map_points.cycle_solution(self.equations, z)

    def weights(self, z: Array) -> Array:
        """Mean over the points, in units of their size; the parameter in its unit."""
        size = self.system.extent(z[:-1])
        weights = np.full(len(z), 1.0 / (self.period * size**2))
        weights[-1] = 1.0 / self.unit**2
        return weights

    def refresh(self, point: Point, step: int) -> tuple[Curve, Point]:
        """Let the difference follow."""
        curve = replace(self, difference=_difference(point.z, self.period))
        return curve, replace(point, curve=curve)

    def spectrum(self, z: Array) -> ComplexArray:
        """Multipliers by falling modulus."""
        return map_points.spectrum(self.equations, z)

    def is_stable(self, spectrum: ComplexArray) -> bool:
        """All multipliers lie inside the unit circle."""
        return is_stable(spectrum, "map")

    def unstable_count(self, spectrum: ComplexArray) -> int | None:
        """Multipliers outside the unit circle."""
        return unstable_count(spectrum, "map")

    def newborn(self, point: Point, guess: Array) -> bool:
        """Whether a cycle has just been born: D is that of the guess, a multiplier near 1."""
        wanted, got = _difference(guess, self.period), _difference(point.z, self.period)
        kept = float(np.linalg.norm(got - wanted)) < 0.5 * float(np.linalg.norm(wanted))
        return kept and float(np.abs(point.spectrum - 1.0).min()) < YOUNG

    def measures(self, point: Point) -> dict[str, float]:
        """Smallest and largest value of each state."""
        x = self.equations.points(point.z)
        found = {}
        for name, values in zip(self.system.states, x.T, strict=True):
            found[f"{name}_min"], found[f"{name}_max"] = float(values.min()), float(values.max())
        return found

    def end(self, before: Point, after: Point) -> StopReason | None:
        """A cycle of half the period, through which the difference came with the other sign."""
        return StopReason.AT_PERIOD_DOUBLING if self.sign(after.z) < 0.0 else None

    def boundary(self, before: Point, reason: StopReason) -> tuple[Array, float] | None:
        """The difference has shrunk to `VANISHED` of what it was."""
        if reason is not StopReason.AT_PERIOD_DOUBLING:
            return None
        row = np.concatenate((self.difference, -self.difference, [0.0]))
        return row, VANISHED * float(row @ before.z)

    def sign(self, z: Array) -> float:
        """-1 where the difference has passed through zero since the last point, else 1."""
        if not len(self.difference):
            return 1.0
        now = _difference(z, self.period)
        lengths = float(np.linalg.norm(now) * np.linalg.norm(self.difference))
        return -1.0 if now @ self.difference < REVERSED * lengths else 1.0

    def events(self) -> tuple[Event, ...]:
        """LP, BP, PD and, from two states on, NS."""
        return cycle_events(self.equations, _sign, _resolved)


def _resolved(point: Point) -> bool:
    """Whether the difference is large enough to tell a cycle from one of half its period."""
    curve = point.curve
    assert isinstance(curve, MapCycleCurve)
    difference = _difference(point.z, curve.period)
    size = curve.system.extent(point.z[:-1])
    return curve.period % 2 == 1 or float(np.abs(difference).max()) > RESOLVED * size


def _sign(point: Point) -> float:
    """Ask the curve that computed the point, which may not be the one that made the events."""
    assert isinstance(point.curve, MapCycleCurve)
    return point.curve.sign(point.z)


def _primitive(x: Array) -> Array:
    """The points of a cycle, shape (m, n), without those that repeat it."""
    for period in range(1, len(x)):
        if len(x) % period == 0:
            away = float(np.abs(x - np.roll(x, -period, axis=0)).max())
            if away <= SEPARATE * float(np.abs(x).max()):
                return x[:period].copy()
    return x


def _difference(z: Array, period: int) -> Array:
    """(x_1, ..., x_{m/2}) - (x_{m/2+1}, ..., x_m), shape (m n / 2,); empty for odd m."""
    if period % 2:
        return np.empty(0)
    half = (len(z) - 1) // 2
    return z[:half] - z[half:-1]

r"""A homoclinic orbit of the plane, proved by a change of sign of the splitting.

Near a saddle s, in coordinates z = (xi, eta) along its unstable and stable vectors, f(s + P z) = M
z with M in an enclosure of P^{-1} A P over the neighbourhood. In the cone |eta| <= kappa xi <=
kappa R orbits leave only through xi = R if balls prove

.. math:: M_{11} - \kappa |M_{12}| > 0, \qquad
          \pm M_{21} + \kappa (M_{22} - M_{11}) + \kappa^2 |M_{12}| < 0,

so that the unstable separatrix lies in it. From there it is followed in a strip (`strips`) to a
coordinate line, at a height in the interval between the two barriers; the stable
separatrix likewise with time reversed. For gamma in [lo, hi] both heights are continuous functions
of gamma, if strips of all gamma together are proved; if their difference has opposite signs at lo
and at hi, proved with narrow strips, it has a zero between: there is a homoclinic orbit.

References
----------
Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., Springer 2004, section 6.1 (the
split function).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import flint
import numpy as np
from flint import arb, arb_mat
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from continuation.certification.equations import BallEquations, as_array, ball_equations
from continuation.certification.krawczyk import SquareSystem, zero_near
from continuation.certification.points import NotCertified
from continuation.certification.strips import TOLERANCE, TURN, Lines, PlaneField, Strip, barrier
from continuation.special import SpecialPoint

__all__ = ["CertifiedHomoclinic", "certified_homoclinic"]

Array = NDArray[np.float64]

BITS = 106

NARROW = (1e-3, 1e-7)
"""R and delta at the ends of the interval. The cone is wide by some R^2, and this shrinks as orbits
leave the saddle; errors of 1e-14 of the numerical orbit are 1e-10 of f at the distance R / 2."""

DEPARTED = 1e-2
"""Fraction of its size at which the loop has left the saddle for good, whatever the parameter."""

WIDE = (1e-2, 1e-3)
"""R and delta for all parameters together: delta exceeds what a change of the parameter by some
1e-6 makes of the direction of f at the distance R / 2 from the saddle."""

STEPS = (0.1, 0.05, 0.025)
"""Times between the lines of a strip, in units of the largest rate at the saddle: the next one
where curved parts of the loop ask for shorter pieces."""

FARTHEST = 400.0
"""Time within which a separatrix reaches the line, in the same units."""


@dataclass(frozen=True)
class CertifiedHomoclinic:
    """A proved homoclinic orbit.

    Attributes
    ----------
    free : str
    interval : (float, float)
        Holds a value at which the separatrices coincide.
    splitting : (arb, arb)
        Height of the unstable separatrix above the stable one at both ends.
    line : (str, float)
        The coordinate and its value at which heights are compared.
    saddle : mapping of str to arb
        Encloses the saddle for all values of the interval.
    """

    free: str
    interval: tuple[float, float]
    splitting: tuple[arb, arb]
    line: tuple[str, float]
    saddle: Mapping[str, arb]


def certified_homoclinic(point: SpecialPoint, width: float = 1e-6) -> CertifiedHomoclinic:
    """Prove that a planar system has a homoclinic orbit for a parameter near a computed one.

    Parameters
    ----------
    point : SpecialPoint
        Of kind HHS, with one free parameter.
    width : float
        Of the interval that is proved to hold the parameter.

    Returns
    -------
    CertifiedHomoclinic

    Raises
    ------
    NotCertified
        Where something is not proved; the message says what.
    ValueError
        Where the point is no homoclinic orbit of a planar flow with exact derivatives.
    """
    system = point.system
    if point.kind != "HHS" or system.dimension != 2 or point.orbit is None or not point.free:
        raise ValueError(
            "`certified_homoclinic` proves homoclinic orbits to saddles (HHS) of planar flows; "
            f"this is a point {point.kind} with {system.dimension} states."
        )
    free = point.free[0]
    equations = ball_equations(system, (free,), point.parameters)
    value = point.parameters[free]
    lo, hi = value - 0.5 * width, value + 0.5 * width
    place, axis = _section(point)
    with flint.ctx.workprec(BITS):
        loop = np.asarray(point.orbit.x)
        problem = _Problem(equations, np.asarray(point.state), loop, place, axis)
        _, rounds, saddle = problem.heights(value, arb(lo).union(arb(hi)), WIDE)
        below, first, _ = problem.heights(lo, arb(lo), NARROW)
        above, second, _ = problem.heights(hi, arb(hi), NARROW)
    if not rounds == first == second:
        raise NotCertified("the separatrices are not proved to meet the line equally often.")
    if not (below < 0 < above or above < 0 < below):
        raise NotCertified(
            f"the splitting is not proved to change its sign: {below.str(5)} at {free} = {lo!r}, "
            f"{above.str(5)} at {hi!r}; ask for a larger width."
        )
    named = dict(zip(system.states, saddle, strict=True))
    return CertifiedHomoclinic(
        free, (lo, hi), (below, above), (system.states[axis], float(place[axis])), named
    )


def _section(point: SpecialPoint) -> tuple[Array, int]:
    """A point of the loop and a coordinate: far from the saddle in it, and crossing its line."""
    x = np.asarray(point.orbit.x if point.orbit else point.state[:, None])
    f = np.abs(point.system.f(x, point.parameters))
    away = np.abs(x - point.state[:, None]) * f / np.linalg.norm(f, axis=0)
    axis, place = np.unravel_index(np.nanargmax(away), away.shape)
    return np.asarray(x[:, place]), int(axis)


@dataclass(frozen=True, eq=False)
class _Problem:
    """The loop as computed: its saddle, its points (2, m), and the line of heights."""

    equations: BallEquations
    state: Array
    loop: Array
    place: Array
    axis: int

    def field(self, value: float, ball: arb, direction: int) -> PlaneField:
        """The field, or its reverse."""
        return PlaneField(self.equations, (value,), (ball,), direction)

    def heights(
        self, value: float, ball: arb, sizes: tuple[float, float]
    ) -> tuple[arb, tuple[int, int], list[arb]]:
        """Enclose the height of the unstable above the stable separatrix, and the saddle.

        Between them, how often either one meets the line until then.
        """
        saddle = self._saddle(ball)
        (unstable, once), (stable, again) = (
            self._height(self.field(value, ball, direction), saddle, *sizes)
            for direction in (1, -1)
        )
        return unstable - stable, (once, again), saddle

    def _saddle(self, ball: arb) -> list[arb]:
        constants = [ball, *self.equations.values()]
        start = [arb(v) for v in self.state.tolist()]
        zero = zero_near(SquareSystem(self.equations.tape), start, constants)
        if zero is None:
            raise NotCertified("the saddle of the homoclinic orbit is not proved to exist.")
        return zero.enclosure

    def _height(
        self, field: PlaneField, saddle: list[arb], size: float, delta: float
    ) -> tuple[arb, int]:
        """Enclose where the separatrix meets the line, as the other coordinate; how often."""
        middle = np.array([float(x) for x in saddle])
        rates, vectors = np.linalg.eig(field.slope(middle))
        order = np.argsort(-rates.real)
        frame = vectors.real[:, order]
        toward = self._departed(field.direction)
        frame[:, 0] *= np.sign(np.linalg.solve(frame, toward - middle)[0])
        frame[:, 1] *= np.sign((TURN @ frame[:, 0]) @ frame[:, 1])
        kappa = _cone(field, saddle, frame, size)
        starts = [
            middle + frame @ (0.5 * size * np.array([1.0, k])) for k in (2.0 * kappa, -2.0 * kappa)
        ]
        if not _outside(saddle, frame, starts, size, kappa):
            raise NotCertified("the barriers are not proved to begin outside of the cone.")
        unit = float(np.abs(rates).max())
        for step in STEPS:
            lines = self._lines(field, middle + frame[:, 0] * 0.5 * size, unit, step)
            left, right = (
                barrier(field, lines, start, sign * delta)
                for start, sign in zip(starts, (1.0, -1.0), strict=True)
            )
            strip = Strip(field, left, right)
            failure, value = strip.failure(), float(self.place[self.axis])
            if not failure:
                break
        count = strip.crossings(self.axis, value)
        # The cone, of length ``size``, must not meet the line either.
        near = not abs(saddle[self.axis] - value) > 2.0 * size
        if failure or near or count is None:
            raise NotCertified(f"{failure or 'crossings of a line are not proved'}.")
        ends = [float(one.points[-1][1 - self.axis]) for one in (left, right)]
        return arb(min(ends)).union(arb(max(ends))), count

    def _departed(self, direction: int) -> Array:
        """A point of the loop that has just left the saddle, or will soon reach it."""
        away = np.linalg.norm(self.loop - self.state[:, None], axis=0)
        left = np.flatnonzero(away > DEPARTED * away.max())
        return np.asarray(self.loop[:, left[0] if direction > 0 else left[-1]])

    def _lines(self, field: PlaneField, start: Array, unit: float, step: float) -> Lines:
        """Lines along the separatrix as far as the one where heights are compared."""
        axis, value = self.axis, float(self.place[self.axis])
        forward = float(np.sign(field.f(self.place)[axis]))

        def reached(_: float, x: Array) -> float:
            return float(x[axis]) - value

        reached.terminal, reached.direction = True, forward  # type: ignore[attr-defined]
        run = solve_ivp(
            lambda _, x: field.f(x),
            (0.0, FARTHEST / unit),
            start,
            method="DOP853",
            events=reached,
            rtol=TOLERANCE,
            atol=TOLERANCE,
        )
        times, places = run.t_events or [], run.y_events or []
        if not (len(times) and len(times[0])):
            raise NotCertified("a separatrix does not reach the line where heights are compared.")
        duration = float(times[0][0])
        place = np.array(places[0][0])
        place[axis] = value
        return Lines.along(field, start, duration, step / unit).ending(place, axis)


def _cone(field: PlaneField, saddle: list[arb], frame: Array, size: float) -> float:
    """Kappa of a cone that holds the unstable separatrix up to xi = size."""
    matrix = arb_mat(2, 2, [arb(v) for v in frame.ravel().tolist()])
    largest = 0.1
    corner = matrix * arb_mat(2, 1, [arb(0.5, 0.5) * size, arb(0, 1) * size * largest])
    x = as_array([s + c for s, c in zip(saddle, corner.entries(), strict=True)])
    both = field.equations.columns(as_array([*x, *field.balls]))[:, :2]
    a = arb_mat(2, 2, [field.direction * v for v in both.ravel()])
    m = (matrix.inv() * a * matrix).table()
    gap = m[0][0] - m[1][1]
    if not gap > 0:
        raise NotCertified("no cone is proved to hold the separatrix near the saddle.")
    kappa = 2.0 * float((abs(m[1][0]) / gap).upper()) + TOLERANCE
    narrow = abs(m[1][0]) - kappa * gap + kappa**2 * abs(m[0][1]) < 0
    if not (kappa < largest and narrow and m[0][0] - kappa * abs(m[0][1]) > 0):
        raise NotCertified("no cone is proved to hold the separatrix near the saddle.")
    return kappa


def _outside(
    saddle: list[arb], frame: Array, starts: list[Array], size: float, kappa: float
) -> bool:
    """Whether two points lie on the left and on the right of the cone, before its end."""
    matrix = arb_mat(2, 2, [arb(v) for v in frame.ravel().tolist()]).inv()
    for start, sign in zip(starts, (1, -1), strict=True):
        offset = [arb(v) - s for v, s in zip(start.tolist(), saddle, strict=True)]
        xi, eta = (matrix * arb_mat(2, 1, offset)).entries()
        if not (xi > 0 and xi < size and sign * eta > kappa * xi):
            return False
    return True

r"""Strips of the plane that orbits can only enter: barriers along a computed orbit, proved crossed.

With J the rotation by a right angle to the left, an orbit of the rotated vector field

.. math:: r' = f(r) + \delta J f(r), \qquad \det(r', f(r)) = -\delta |f(r)|^2,

is crossed by all orbits of f from left to right for delta > 0, from right to left for delta < 0
(Duff 1953). Numerical orbits for delta and -delta that start left and right of some orbit bound a
strip that it cannot leave, except at the end. That is proved here, not assumed: between the lines
N_i, across the computed orbit at equal times, the two barriers are quintic polynomials l(s), u(s)
with 0 <= s <= 1, that go through points on N_i and N_{i+1}, and with w = u - l, balls prove

.. math::

    \det(u', f(u)) < 0, \quad \det(l', f(l)) > 0, \quad
    \det(f, w) > 0 \text{ and } \det(r_\sigma', w) > 0 \text{ on } r_\sigma = l + \sigma w,\;
    0 \le \sigma \le 1 .

The last two say that (s, sigma) are coordinates in which s grows along orbits. So every orbit that
begins between the barriers runs through the strip from end to end. The first two are proved by a
Taylor expansion in s with an enclosed remainder, as they hold by little, delta |f|^2.

References
----------
G. F. D. Duff, Limit cycles and rotated vector fields, Annals of Mathematics 57 (1953) 15-31.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from flint import arb
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from continuation.certification.balls import evaluate
from continuation.certification.equations import BallEquations, as_array
from continuation.certification.krawczyk import CertainTape
from continuation.derivatives import pushforward
from continuation.taping import TapeBuilder

__all__ = ["Barrier", "Lines", "PlaneField", "Strip", "barrier"]

Array = NDArray[np.float64]
Coefficients = list[arb]

ORDER = 5
"""Of the Taylor expansion in s: with steps of a tenth of the time scale its remainder is some 1e-9
of |f|, well below delta."""

PARTS = 16
"""Of a piece, for the integral of the divergence: its error is one of the width of a part."""

TOLERANCE = 1e-13
"""Relative error of the numerical orbits; only what is proved of them counts."""

TURN = np.array([[0.0, -1.0], [1.0, 0.0]])
"""J."""


@dataclass(frozen=True, eq=False)
class PlaneField:
    """A planar vector field, or its reverse, as numbers and as balls.

    Attributes
    ----------
    equations : BallEquations
        With all parameters that may be balls free.
    free : tuple of float
        Values of the free parameters in numbers.
    balls : tuple of arb
        The same as balls.
    direction : int
        1, or -1 for time reversed.
    """

    equations: BallEquations
    free: tuple[float, ...]
    balls: tuple[arb, ...]
    direction: int

    @cached_property
    def _p(self) -> Array:
        system = self.equations.system
        values = dict(zip(self.equations.free, self.free, strict=True))
        return system.vector(values)

    def f(self, x: Array) -> Array:
        """The field in numbers, shape (2,)."""
        value = self.equations.system.evaluate(np.ascontiguousarray(x[None]), self._p)
        return np.asarray(self.direction * value[0])

    def slope(self, x: Array) -> Array:
        """Its Jacobian in numbers, shape (2, 2)."""
        value = self.equations.system.linearize(())(np.ascontiguousarray(x[None]), self._p)
        return np.asarray(self.direction * value[1][0])

    def rotated(self, x: Array, delta: float) -> Array:
        """F + delta J f."""
        f = self.f(x)
        return f + delta * (TURN @ f)

    @cached_property
    def crossing(self) -> list[CertainTape]:
        """Det(r', f(r)) of a quintic r(s) and its derivatives by s, up to `ORDER`.

        Inputs are s, six coefficients of each component, the free parameters and the constants.
        """
        equations = self.equations
        constants = len(equations.free) + len(equations.constants)
        b = TapeBuilder(13 + constants)
        inputs = [b.input(i) for i in range(b.inputs)]
        s, sides = inputs[0], (inputs[1:7], inputs[7:13])
        r, slope = zip(*(_horner(b, s, side) for side in sides), strict=True)
        positions = b.replay(equations.tape, [*r, *inputs[13:]])
        f = [positions[a] for a in equations.tape.outputs]
        value = b.sub(b.mul(slope[0], f[1]), b.mul(slope[1], f[0]))
        tapes = [b.finish([value if self.direction > 0 else b.neg(value)])]
        for _ in range(ORDER):
            # The direction is one more input, which is set to 1.
            tapes.append(pushforward(tapes[-1], {0: tapes[-1].inputs}, tapes[-1].inputs + 1))
        return [CertainTape.of(tape) for tape in tapes]

    @cached_property
    def constants(self) -> list[arb]:
        """Free parameters and constants."""
        return [*self.balls, *self.equations.values()]

    def enclosed(self, x: Sequence[arb]) -> list[arb]:
        """The field in balls."""
        value = evaluate(self.equations.tape, [*x, *self.constants])
        return [self.direction * v for v in value]

    def trace(self, x: Sequence[arb]) -> arb:
        """Its divergence in balls."""
        columns = self.equations.columns(as_array([*x, *self.balls]))
        total: arb = columns[0, 0] + columns[1, 1]
        return self.direction * total


def _horner(b: TapeBuilder, s: int, coefficients: Sequence[int]) -> tuple[int, int]:
    """A polynomial and its derivative."""
    value, slope = coefficients[-1], b.constant(0)
    for c in reversed(coefficients[:-1]):
        slope = b.add(b.mul(slope, s), value)
        value = b.add(b.mul(value, s), c)
    return value, slope


@dataclass(frozen=True)
class Barrier:
    """A curve of quintic pieces.

    Attributes
    ----------
    points : ndarray, shape (m + 1, 2)
        Its points on the lines N_i.
    pieces : list of (list of arb, list of arb)
        Coefficients of both components, from the constant one up.
    """

    points: Array
    pieces: list[tuple[Coefficients, Coefficients]]


@dataclass(frozen=True)
class Lines:
    """Lines across a computed orbit; the last is a coordinate line, x_axis = its value, exactly.

    Attributes
    ----------
    places, normals : ndarray, shape (m + 1, 2)
        Points of the orbit at equal times, and the directions in which the lines are crossed.
    axis : int
    step : float
        Time between lines.
    """

    places: Array
    normals: Array
    axis: int
    step: float

    @classmethod
    def along(cls, field: PlaneField, start: Array, duration: float, step: float) -> Lines:
        """Lines about `step` apart in time, along the orbit of a start."""
        count = max(1, round(duration / step))
        run = solve_ivp(
            lambda _, x: field.f(x),
            (0.0, duration),
            start,
            method="DOP853",
            t_eval=np.linspace(0.0, duration, count + 1),
            rtol=TOLERANCE,
            atol=TOLERANCE,
        )
        places = np.asarray(run.y.T)
        normals = np.array([field.f(x) for x in places])
        axis = int(np.argmax(np.abs(normals[-1])))
        normals[-1] = np.eye(2)[axis]
        return cls(places, normals, axis, duration / count)

    def ending(self, place: Array, axis: int) -> Lines:
        """The same with another last line."""
        places, normals = self.places.copy(), self.normals.copy()
        places[-1], normals[-1] = place, np.eye(2)[axis]
        return Lines(places, normals, axis, self.step)


def barrier(field: PlaneField, lines: Lines, first: Array, delta: float) -> Barrier:
    """Follow the rotated field from line to line.

    Parameters
    ----------
    field : PlaneField
    lines : Lines
    first : ndarray, shape (2,)
        On the first line, or near it.
    delta : float
        Positive on the left.
    """
    points, pieces, x = [first], [], first
    for i in range(1, len(lines.places)):
        place, normal = lines.places[i], lines.normals[i]
        after, time = _to_line(field, x, delta, lines.step, place, normal)
        if i == len(lines.places) - 1:
            after[lines.axis] = place[lines.axis]
        rates = [time * field.rotated(y, delta) for y in (x, after)]
        bends = [
            time * (slope + delta * (TURN @ slope)) @ rate
            for slope, rate in zip((field.slope(x), field.slope(after)), rates, strict=True)
        ]
        sides = [map(float, side) for side in zip(x, after, *rates, *bends, strict=True)]
        pieces.append((_quintic(*sides[0]), _quintic(*sides[1])))
        points.append(after)
        x = after
    return Barrier(np.array(points), pieces)


def _to_line(
    field: PlaneField, x: Array, delta: float, step: float, place: Array, normal: Array
) -> tuple[Array, float]:
    """The point where the rotated orbit reaches a line, and when."""
    time, total = step, 0.0
    for _ in range(4):
        run = solve_ivp(
            lambda _, y: field.rotated(y, delta),
            (0.0, time),
            x,
            method="DOP853",
            rtol=TOLERANCE,
            atol=1e-3 * TOLERANCE,
        )
        x, total = run.y[:, -1], total + time
        time = float((place - x) @ normal / (field.rotated(x, delta) @ normal))
        if abs(time) < 1e-12 * step:
            break
    return x, total


def _quintic(x0: float, x1: float, v0: float, v1: float, a0: float, a1: float) -> Coefficients:
    """The quintic with given values, slopes and second derivatives at 0 and 1."""
    c0, c1, c2 = arb(x0), arb(v0), arb(a0) / 2
    rise, slope, bend = arb(x1) - x0 - c1 - c2, arb(v1) - c1 - arb(a0), arb(a1) - a0
    c3 = 10 * rise - 4 * slope + bend / 2
    c4 = -15 * rise + 7 * slope - bend
    return [c0, c1, c2, c3, c4, rise - c3 - c4]


@dataclass(frozen=True, eq=False)
class Strip:
    """A left and a right barrier along the same lines.

    Attributes
    ----------
    field : PlaneField
    left, right : Barrier
    """

    field: PlaneField
    left: Barrier
    right: Barrier

    def failure(self) -> str:
        """What is not proved, in words; "" where everything is."""
        pieces = zip(self.left.pieces, self.right.pieces, strict=True)
        for i, (left, right) in enumerate(pieces):
            if not _crossed(self.field, left, -1):
                return f"the left barrier is not proved to be crossed on piece {i}"
            if not _crossed(self.field, right, 1):
                return f"the right barrier is not proved to be crossed on piece {i}"
            if not _runs_through(self.field, left, right):
                return f"orbits are not proved to run through piece {i}"
        return ""

    def divergence(self) -> arb:
        """Enclose the integral of div f along any orbit from end to end, over time."""
        total = arb(0)
        parts = [arb(k) / PARTS + arb(0.5, 0.5) / PARTS for k in range(PARTS)]
        for left, right in zip(self.left.pieces, self.right.pieces, strict=True):
            for s in parts:
                r, along, w = _between(left, right, s)
                f, divergence = self.field.enclosed(r), self.field.trace(r)
                speed = (f[0] * w[1] - f[1] * w[0]) / (along[0] * w[1] - along[1] * w[0])
                total += divergence / speed / PARTS
        return total

    def crossings(self, axis: int, value: float) -> int | None:
        """How often every orbit in the strip meets the line x_axis = value, the end included.

        Wherever pieces one after the other may meet the line, x_axis is proved to change in one
        direction, so that the orbit crosses there once if it is on different sides before and
        after, and not at all otherwise. None where that is not proved.
        """
        count, side, direction = 0, 0, 0
        for left, right in zip(self.left.pieces, self.right.pieces, strict=True):
            r, _, _ = _between(left, right, arb(0.5, 0.5))
            now = _sign(r[axis] - value)
            if now:
                count += side == -now
                side, direction = now, 0
                continue
            way = _sign(self.field.enclosed(r)[axis])
            if not (way and side and direction in (0, way)):
                return None
            direction = way
        return count + 1 if direction == -side else None


def _sign(x: arb) -> int:
    """1 or -1 where that is proved, else 0."""
    return 1 if x > 0 else -int(bool(x < 0))


def _crossed(field: PlaneField, piece: tuple[Coefficients, Coefficients], sign: int) -> bool:
    """Whether det(r', f(r)) has a sign for 0 <= s <= 1."""
    middle, whole = arb(0.5), arb(0.5, 0.5)
    offset, total, factor = whole - middle, arb(0), arb(1)
    coefficients = [*piece[0], *piece[1]]
    for k, tape in enumerate(field.crossing):
        s = whole if k == ORDER else middle
        inputs = [s, *coefficients, *field.constants, *[arb(1)] * k]
        value = tape(inputs)
        if value is None:
            return False
        total += value[0] * factor / math.factorial(k)
        factor *= offset
    return bool(sign * total > 0)


def _runs_through(
    field: PlaneField,
    left: tuple[Coefficients, Coefficients],
    right: tuple[Coefficients, Coefficients],
) -> bool:
    """Whether orbits between two pieces cross all segments from right to left barrier forward."""
    r, along, w = _between(left, right, arb(0.5, 0.5))
    f = field.enclosed(r)
    return bool(f[0] * w[1] - f[1] * w[0] > 0) and bool(along[0] * w[1] - along[1] * w[0] > 0)


def _between(
    left: tuple[Coefficients, Coefficients], right: tuple[Coefficients, Coefficients], s: arb
) -> tuple[list[arb], list[arb], list[arb]]:
    """Enclose r_sigma, r_sigma' and w for s in a ball and all sigma."""
    sigma = arb(0.5, 0.5)
    w = [
        _value([u - v for u, v in zip(a, b, strict=True)], s)
        for a, b in zip(left, right, strict=True)
    ]
    r = [_value(side, s) + sigma * d for side, d in zip(right, w, strict=True)]
    slopes = [[_slope(side, s) for side in piece] for piece in (left, right)]
    return r, [v + sigma * (u - v) for u, v in zip(*slopes, strict=True)], w


def _value(c: Coefficients, s: arb) -> arb:
    total = arb(0)
    for coefficient in reversed(c):
        total = total * s + coefficient
    return total


def _slope(c: Coefficients, s: arb) -> arb:
    return _value([k * coefficient for k, coefficient in enumerate(c)][1:], s)

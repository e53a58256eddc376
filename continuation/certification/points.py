r"""`certify`: a special equilibrium of a flow, proved to exist, with its type.

A certificate says that the defining system of `extended` has exactly one solution in a region and
encloses it; that the point is of its kind and not degenerate is said condition by condition. All of
it is about the equations with the parameters exactly as given: 0.1 is the double next to one tenth;
"1/10" is one tenth.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import flint
import numpy as np
from flint import arb
from numpy.typing import NDArray

from continuation.certification.coefficients import proved_at
from continuation.certification.conditions import Condition, Locally
from continuation.certification.equations import (
    BallEquations,
    Balls,
    as_array,
    ball_equations,
)
from continuation.certification.extended import Extended, broken_space, extended
from continuation.certification.invariance import (
    EQUAL,
    InvariantSpace,
    invariant_spaces,
    is_equivariant,
)
from continuation.certification.krawczyk import SquareSystem, Zero, zero_near
from continuation.defining import Equations, smallest_singular
from continuation.errors import ContinuationError
from continuation.special import SpecialPoint

__all__ = ["Certificate", "NotCertified", "certify"]

Array = NDArray[np.float64]

CODIMENSION = MappingProxyType({"LP": 1, "H": 1, "BP": 1, "CP": 2, "BT": 2, "GH": 2})

NEAR = 1e-8
"""The proved point lies within this distance of the given one, relative to 1 + |y|, or it is not
the point that was meant. Polished points are good to 1e-12 and, where the system is nearly
singular, to half the digits."""

FIRST_PRECISION, LAST_PRECISION = 128, 1024
"""Bits of the first attempt, and beyond those that a radius asks for, of the last."""

DOUBTFUL = 1e-6
"""Where nothing is proved, a residual above this, or a coefficient below it, is named as the
reason."""

GUARD = 40
"""Bits beyond those of the radius that is asked for."""


class NotCertified(ContinuationError):
    """A special point of which nothing was proved; the message says what failed."""


def _up(x: float) -> float:
    """The next double, so that what was rounded to nearest is a bound."""
    return math.nextafter(x, math.inf)


def outward(ball: arb) -> tuple[float, float]:
    """The ends of a ball as doubles, rounded outward."""
    lower, upper = ball.lower(), ball.upper()
    return math.nextafter(float(lower), -math.inf), math.nextafter(float(upper), math.inf)


@dataclass(frozen=True)
class Certificate:
    """What is proved about a special equilibrium.

    Attributes
    ----------
    kind : str
    enclosure : mapping of str to arb
        States and free parameters; each ball holds the exact value.
    region : mapping of str to arb
        Balls in which, with vectors near those that were found, it is the only point of its kind.
    coefficients : mapping of str to arb
        Of the normal form, named as there.
    conditions : tuple of Condition
        What the theorem on this kind asks for, and what of it is proved.
    assumptions : tuple of str
        What holds for these equations besides, and is proved as well: an invariant space that keeps
        the two branches of a branch point together.
    precision : int
        Bits in which it was proved.
    states, free : tuple of str
    """

    kind: str
    enclosure: Mapping[str, arb]
    region: Mapping[str, arb]
    coefficients: Mapping[str, arb]
    conditions: tuple[Condition, ...]
    assumptions: tuple[str, ...]
    precision: int
    states: tuple[str, ...]
    free: tuple[str, ...]

    @property
    def radius(self) -> float:
        """Largest radius of the enclosure of states and free parameters, rounded up."""
        return max(_up(float(ball.rad())) for ball in self.enclosure.values())

    @property
    def certified(self) -> bool:
        """Whether every condition is proved."""
        return all(condition.proved for condition in self.conditions)

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the conditions that are not proved."""
        return tuple(condition.name for condition in self.conditions if not condition.proved)

    @property
    def box(self) -> Array:
        """States, then free parameters, as [lo, hi] in doubles, rounded outward: (n + k, 2)."""
        return np.array([outward(ball) for ball in self.enclosure.values()])

    def __str__(self) -> str:
        digits = max(15, round(-math.log10(self.radius)) if self.radius > 0.0 else 15)
        lines = [f"{self.kind}, proved with {self.precision} bits"]
        lines += [f"  {name} = {ball.str(digits)}" for name, ball in self.enclosure.items()]
        lines += [f"  {condition}" for condition in self.conditions]
        return "\n".join([*lines, *(f"  {assumption}" for assumption in self.assumptions)])


def certify(
    point: SpecialPoint,
    radius: float = 1e-16,
    parameters: Mapping[str, float | str] | None = None,
) -> Certificate:
    """Prove that a special equilibrium exists, where it is, and of which type.

    Parameters
    ----------
    point : SpecialPoint
        Of kind LP, H, BP, CP, BT or GH, of a flow from `System.from_sympy` or
        `System.from_strings`.
    radius : float
        Wanted radius of the enclosure of states and free parameters; the precision is raised until
        it is reached.
    parameters : mapping of str to float or str, optional
        Values that replace those of the point, within round-off: text is exact, as "8/25" for the
        double 0.32 or "pi/3".

    Returns
    -------
    Certificate
        With ``certified`` False where a condition of the theorem is not proved; ``failed`` names
        it.

    Raises
    ------
    NotCertified
        Where not even existence is proved, or the proved point is not the one that was given.
    ValueError
        Where a point is of another kind or has no exact derivatives.

    Examples
    --------
    >>> import continuation as ct
    >>> fold = ct.System.from_strings({"x": "a - x**2"}, parameters={"a": 1.0})
    >>> branch = ct.equilibria(fold, start=(1.0,), free="a", within=(-1, 2))
    >>> proof = ct.certify(branch["LP1"])
    >>> proof.certified, proof.radius < 1e-16
    (True, True)
    """
    _check(point, radius)
    values = dict(point.parameters) | dict(parameters or {})
    for name in parameters or {}:
        if name in point.free or name not in point.parameters:
            raise ValueError(f"`parameters`: {name!r} is no fixed parameter of this point.")
    equations = ball_equations(point.system, point.free, values)
    numeric = Equations(point.system, point.free, point.system.vector(point.parameters))
    free = [point.parameters[name] for name in point.free]
    y = np.concatenate((point.state, free))
    reasons = []
    for problem in _problems(point, equations, numeric, y):
        outcome = _proved(problem, radius, y)
        if isinstance(outcome, Certificate):
            return outcome
        reasons.append(outcome)
    raise NotCertified(f"{point.label or point.kind} is not certified: {reasons[0]}")


def _check(point: SpecialPoint, radius: float) -> None:
    if not isinstance(point, SpecialPoint):
        raise TypeError(f"`point` must be a special point of a branch, got {type(point).__name__}.")
    if point.kind not in CODIMENSION or point.orbit is not None or point.system.kind != "flow":
        raise ValueError(
            f"`certify` proves equilibria of flows of the kinds {', '.join(CODIMENSION)}; this is "
            f"a point {point.kind} of a {'map' if point.system.kind == 'map' else 'flow'}."
        )
    if not point.system.exact_derivatives:
        raise ValueError(
            f"{point.kind} of system {point.system.name!r} has no symbolic derivatives, without "
            "which nothing can be proved; make the system with from_sympy or from_strings."
        )
    if len(point.free) != CODIMENSION[point.kind]:
        raise ValueError(
            f"a point {point.kind} is isolated in {CODIMENSION[point.kind]} free parameters; this "
            f"one has {len(point.free)}."
        )
    if not (isinstance(radius, int | float) and 0.0 < radius < math.inf):
        raise ValueError(f"`radius` must be a positive number, got {radius!r}.")


@dataclass(frozen=True)
class _Problem:
    """A defining system, and how its solution becomes states."""

    kind: str
    system: Extended
    space: InvariantSpace | None = None
    symmetric: bool = False

    def located(self, u: list[arb]) -> tuple[Balls, list[Balls]]:
        """Y = (x, lambda) and the unknowns of the blocks."""
        parts = self.system.parts(u)
        x = parts[0] if self.space is None else self.space.inside().astype(object) @ parts[0]
        if not len(parts[0]):
            x = [arb(0)] * self.system.equations.n
        return as_array([*x, *parts[-1]]), parts[1:-1] if self.space is None else []

    def assumptions(self) -> tuple[str, ...]:
        """What is proved of the equations as such."""
        if self.space is None:
            return ()
        relations = self.space.described(self.system.equations.system.states)
        mirror = "; so is the mirror symmetry about it" if self.symmetric else ""
        return (f"the space {relations} is invariant for all parameters: proved{mirror}",)


def _problems(
    point: SpecialPoint, equations: BallEquations, numeric: Equations, y: Array
) -> Iterator[_Problem]:
    """Defining systems whose solution the point may be."""
    if point.kind != "BP":
        yield _Problem(point.kind, extended(equations, point.kind, numeric, y))
        return
    x, q = y[: equations.n], np.real(smallest_singular(numeric.first(y)[1])[1])
    spaces = list(invariant_spaces(equations.tape, x, q))
    for space in spaces:
        inside, beside = space.inside(), space.beside()
        mirror = _mirror(inside)
        symmetric = mirror is not None and is_equivariant(equations.tape, mirror)
        system = broken_space(equations, numeric, y, inside, beside)
        yield _Problem("BP", system, space, symmetric)
    if not spaces:
        raise NotCertified(
            f"{point.label or 'BP'} is not certified: in one parameter two branches cross only "
            "where something keeps them together, and no space of states with x_i = 0 or x_i = +- "
            "x_j was proved to be invariant."
        )


def _mirror(inside: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """The reflection that fixes the space, where it is a permutation with signs."""
    n = len(inside)
    weights = np.sum(inside**2, axis=0)
    doubled = 2 * inside @ np.diag(1.0 / weights) @ inside.T if inside.size else np.zeros((n, n))
    mirror = doubled - np.eye(n)
    whole = np.rint(mirror).astype(np.int64)
    return (
        whole
        if np.abs(mirror - whole).max() < EQUAL and np.all(np.abs(whole).sum(axis=1) == 1)
        else None
    )


def _proved(problem: _Problem, radius: float, y: Array) -> Certificate | str:
    """Raise the precision until the radius is reached and all conditions are decided."""
    system = SquareSystem(problem.system.tape)
    least = max(FIRST_PRECISION, GUARD - math.floor(math.log2(radius)))
    precision, best, reason = least, None, ""
    while precision <= least + LAST_PRECISION:
        with flint.ctx.workprec(precision):
            guess = [arb(v) for v in problem.system.first.tolist()]
            zero = zero_near(system, guess, problem.system.constants())
            if zero is None:
                reason = _why_not(problem, y)
            elif (away := _distance(problem, zero, y)) > NEAR:
                return (
                    f"the nearest point {problem.kind} lies {away:.1e} away from the given one, "
                    f"more than {NEAR:.0e}."
                )
            else:
                best = _certificate(problem, zero, precision)
                if best.radius <= radius and best.certified:
                    return best
        precision *= 2
    if best is None:
        return reason
    if best.radius > radius:
        return f"the radius {radius:.1e} was not reached with {precision // 2} bits."
    return best


def _why_not(problem: _Problem, y: Array) -> str:
    """What is doubtful at the given point, by its numbers alone."""
    located, blocks = problem.located([arb(v) for v in problem.system.first.tolist()])
    at = Locally(problem.system.equations, located)
    residual = max(float(abs(value).upper()) for value in at.form())
    if not residual <= DOUBTFUL:
        return f"f = {residual:.1e} there, so that it is no equilibrium."
    doubtful = [
        f"{condition.statement} [{condition.value.str(3)}]"
        for condition in proved_at(problem.kind, at, blocks)[1]
        if condition.value is not None and not abs(condition.value) > DOUBTFUL
    ]
    failing = f"; doubtful are {', '.join(doubtful)}" if doubtful else ""
    return f"no contraction of its defining system was proved{failing}."


def _distance(problem: _Problem, zero: Zero, y: Array) -> float:
    """Largest distance of the proved point from the given one, relative to 1 + |y|."""
    there, _ = problem.located(zero.enclosure)
    away: list[float] = [
        float(abs(ball - v).upper()) / (1.0 + abs(v))
        for ball, v in zip(there, y.tolist(), strict=True)
    ]
    return max(away)


def _certificate(problem: _Problem, zero: Zero, precision: int) -> Certificate:
    equations = problem.system.equations
    names = (*equations.system.states, *equations.free)
    y, blocks = problem.located(zero.enclosure)
    coefficients, conditions = proved_at(problem.kind, Locally(equations, y), blocks)
    region, _ = problem.located(zero.region)
    return Certificate(
        kind=problem.kind,
        enclosure=MappingProxyType(dict(zip(names, y, strict=True))),
        region=MappingProxyType(dict(zip(names, region, strict=True))),
        coefficients=MappingProxyType(coefficients),
        conditions=tuple(conditions),
        assumptions=problem.assumptions(),
        precision=precision,
        states=equations.system.states,
        free=equations.free,
    )

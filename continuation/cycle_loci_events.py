r"""What may happen to a bifurcating cycle in two parameters: points of codimension two, as events.

Test functions, with mu_i the multipliers other than the trivial one and those that the curve holds,
and the coefficients of `normalforms.cycles`:

CPC
    on folds, the quadratic coefficient times <phi, v>^2; GPD, on period doublings, b; CH, on tori,
    d.
R1, R2
    the derivative of the characteristic polynomial at 1, on folds, and at -1, on period doublings:
    the multiplier that the curve holds is double. It has one vector only, orthogonal to its adjoint
    one; a product of two flows may have two, each with its own multiplier, which is no resonance.
    On a curve of tori c = cos(theta) = 1 and -1: there the curve ends. At c = 1 the equations of
    tori cross those of folds, for the span of f and of the fold's vector solves them too; the point
    is polished on the curve of folds.
R3, R4
    c = -1/2 and c = 0.
LPPD, LPNS, PDNS, NSNS
    the product of all mu_i - 1, of all mu_i + 1, or of all mu_i mu_j - 1, i < j; the last one
    vanishes at neutral saddles as well, which are not accepted. With the coefficients of
    `normalforms.double_cycles`, as R1 to R4 have those of `normalforms.resonant_cycles`.

Each is polished on the curve by the secant method, to round-off.

References
----------
Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., Springer 2004, section 9.1: the
list of codimension-two bifurcations of cycles.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from continuation.collocation.augmented import FOLD
from continuation.collocation.events import zero_along
from continuation.curve import Event, Point
from continuation.cycle_locus import (
    CycleLocus,
    augmented,
    others,
    problem_at,
    tangent_at,
    variation_at,
)
from continuation.engine import point_near
from continuation.errors import NoConvergence, StopReason
from continuation.linalg import unit_circle
from continuation.normalforms import cycles as forms
from continuation.normalforms.double_cycles import fold_pair_normal_form, pairs_normal_form
from continuation.settings import Settings
from continuation.special import NormalForm, SpecialPoint, special_point

ComplexArray = NDArray[np.complex128]
Others = Callable[[Point], ComplexArray]
Value = Callable[[Point], float]

JORDAN = 1e-2
"""|<phi, v>| of unit vectors below which a double multiplier has one vector: events are located to
seven digits of a step, and the product vanishes like the distance."""


def event(
    kind: str,
    settings: Settings,
    value: Value,
    exact: Value | None = None,
    accept: Callable[[Point], bool] | None = None,
    form: Callable[[Point], NormalForm] | None = None,
    yields_to: str | None = None,
    ends: StopReason | None = None,
    onto: Callable[[Point], Point] | None = None,
) -> Event:
    """Name the zeros of a function on a curve of bifurcating cycles.

    Parameters
    ----------
    kind : str
        "CPC", ...
    settings : Settings
        For the corrector.
    value : callable
        The test function.
    exact : callable, optional
        What vanishes at the polished point; the test function by default.
    accept : callable, optional
        Whether the zero is what it seems; by default wherever the cycle is resolved.
    form : callable, optional
        The normal form there.
    yields_to, ends
        As in `Event`.
    onto : callable, optional
        The point on the curve on which it is polished, by default the one it was found on.
    """
    target = value if exact is None else exact

    def polish(point: Point) -> SpecialPoint:
        found = zero_along(target, point if onto is None else onto(point), settings)
        residual = max(float(np.abs(found.curve.residual(found.z)).max()), abs(target(found)))
        fields = {} if form is None else {"normal_form": form(found)}
        return special_point(kind, found, residual, **fields)

    return Event(
        kind, value, _is_resolved if accept is None else accept, polish, 0, yields_to, ends
    )


def _is_resolved(point: Point) -> bool:
    return unit_circle.is_resolved(point.spectrum)


def _critical_form(kind: str, point: Point) -> NormalForm:
    """The normal form of a point with the multipliers that its name says, one or two."""
    cycle = variation_at(point)
    pairs = unit_circle.pairs_on_circle(point.spectrum, 2 if kind == "NSNS" else 1)
    if kind == "LPC":
        return forms.fold_normal_form(cycle, cycle.fold_function())
    if kind == "PD":
        return forms.period_doubling_normal_form(cycle)
    if kind == "NS":
        return forms.torus_normal_form(cycle, float(np.angle(pairs[0])))
    if kind == "LPPD":
        return fold_pair_normal_form(cycle, -1.0)
    if kind == "LPNS":
        return fold_pair_normal_form(cycle, pairs[0])
    first, second = (-1.0, pairs[0]) if kind == "PDNS" else pairs
    return pairs_normal_form(cycle, first, second)


def further_fold(kind: str, settings: Settings, others: Others) -> Event:
    """A further multiplier 1."""
    return event(
        kind,
        settings,
        lambda point: unit_circle.folding(others(point)),
        lambda point: unit_circle.from_one(others(point)),
        lambda point: unit_circle.is_fold(others(point)),
        partial(_critical_form, kind),
    )


def further_doubling(kind: str, settings: Settings, others: Others) -> Event:
    """A further multiplier -1."""
    return event(
        kind,
        settings,
        lambda point: unit_circle.doubling(others(point)),
        lambda point: unit_circle.from_minus_one(others(point)),
        lambda point: unit_circle.is_doubling(others(point)),
        partial(_critical_form, kind),
    )


def further_torus(kind: str, settings: Settings, others: Others) -> Event:
    """A further pair on the unit circle."""
    return event(
        kind,
        settings,
        lambda point: unit_circle.torus(others(point)),
        lambda point: unit_circle.from_circle(others(point)),
        lambda point: unit_circle.is_torus(others(point)),
        partial(_critical_form, kind),
    )


def crossings(n: int, settings: Settings) -> tuple[Event, ...]:
    """LPC and PD, and from three states on NS, on cycles of which no multiplier is held."""
    return (
        further_fold("LPC", settings, others),
        further_doubling("PD", settings, others),
        further_torus("NS", settings, others),
    )[: 2 if n < 3 else 3]


def double(
    kind: str,
    settings: Settings,
    target: float,
    pairing: Value,
    form: Callable[[Point], NormalForm],
) -> Event:
    """The multiplier that the curve holds, 1 or -1, is double, with the product |<phi, v>| zero."""
    return event(
        kind,
        settings,
        lambda point: unit_circle.doubled(point.spectrum, target),
        accept=lambda point: _is_resolved(point) and pairing(point) < JORDAN,
        form=form,
    )


def end_of_tori(settings: Settings, cosine: Value, form: Callable[[Point], NormalForm]) -> Event:
    """The 1:1 resonance in which a curve of tori ends, with c = cos(theta)."""
    return event(
        "R1",
        settings,
        lambda point: cosine(point) - 1.0,
        exact=lambda point: unit_circle.doubled(point.spectrum, 1.0),
        form=form,
        ends=StopReason.RESONANCE,
        onto=_as_fold,
    )


def _as_fold(point: Point) -> Point:
    """A cycle near a 1:1 resonance as a point of the curve of folds of cycles there."""
    problem, cycle = problem_at(point), variation_at(point)
    assert isinstance(point.curve, CycleLocus)
    one, other = problem.free
    found, settings = cycle.fold_function(), point.curve.settings
    vectors = np.real(found.y)[None]
    folding, z = augmented(cycle, FOLD, (one, other), problem.units, vectors, found.shift)
    folds = CycleLocus("folds of cycles", folding, settings, ())
    near = point_near(folds, z, tangent_at(folds, z), settings)
    if near is None:
        raise NoConvergence("no fold of cycles was found at a 1:1 resonance.", point.z, ())
    return near

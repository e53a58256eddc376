r"""What may happen to a bifurcating cycle in two parameters: points of codimension two, as events.

Test functions, with mu_i the multipliers other than the trivial one and those that the curve holds,
and the coefficients of `normalforms.cycles`:

CPC
    on folds, the quadratic coefficient times <phi, v>^2; GPD, on period doublings, b; CH, on tori,
    d.
R1, R2
    the derivative of the characteristic polynomial at 1, on folds, and at -1, on period doublings:
    the multiplier that the curve holds is double. On a curve of tori c = cos(theta) = 1 and -1:
    there the curve ends.
R3, R4
    c = -1/2 and c = 0.
LPPD, LPNS, PDNS, NSNS
    the product of all mu_i - 1, of all mu_i + 1, or of all mu_i mu_j - 1, i < j; the last one
    vanishes at neutral saddles as well, which are not accepted.

Each is polished on the curve by the secant method, to round-off.

References
----------
Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., Springer 2004, section 9.1: the
list of codimension-two bifurcations of cycles.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from continuation.collocation.events import zero_along
from continuation.curve import Event, Point
from continuation.errors import StopReason
from continuation.linalg import unit_circle
from continuation.settings import Settings
from continuation.special import NormalForm, SpecialPoint, special_point

ComplexArray = NDArray[np.complex128]
Others = Callable[[Point], ComplexArray]
Value = Callable[[Point], float]


def event(
    kind: str,
    settings: Settings,
    value: Value,
    exact: Value | None = None,
    accept: Callable[[Point], bool] | None = None,
    form: Callable[[Point], NormalForm] | None = None,
    yields_to: str | None = None,
    ends: StopReason | None = None,
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
    """
    target = value if exact is None else exact

    def polish(point: Point) -> SpecialPoint:
        found = zero_along(target, point, settings)
        residual = max(float(np.abs(found.curve.residual(found.z)).max()), abs(target(found)))
        fields = {} if form is None else {"normal_form": form(found)}
        return special_point(kind, found, residual, **fields)

    return Event(
        kind, value, _is_resolved if accept is None else accept, polish, 0, yields_to, ends
    )


def _is_resolved(point: Point) -> bool:
    return unit_circle.is_resolved(point.spectrum)


def further_fold(kind: str, settings: Settings, others: Others) -> Event:
    """A further multiplier 1."""
    return event(
        kind,
        settings,
        lambda point: unit_circle.folding(others(point)),
        lambda point: unit_circle.from_one(others(point)),
        lambda point: unit_circle.is_fold(others(point)),
    )


def further_doubling(kind: str, settings: Settings, others: Others) -> Event:
    """A further multiplier -1."""
    return event(
        kind,
        settings,
        lambda point: unit_circle.doubling(others(point)),
        lambda point: unit_circle.from_minus_one(others(point)),
        lambda point: unit_circle.is_doubling(others(point)),
    )


def further_torus(kind: str, settings: Settings, others: Others) -> Event:
    """A further pair on the unit circle."""
    return event(
        kind,
        settings,
        lambda point: unit_circle.torus(others(point)),
        lambda point: unit_circle.from_circle(others(point)),
        lambda point: unit_circle.is_torus(others(point)),
    )


def double(
    kind: str, settings: Settings, target: float, form: Callable[[Point], NormalForm]
) -> Event:
    """The multiplier that the curve holds, 1 or -1, is double."""
    return event(
        kind, settings, lambda point: unit_circle.doubled(point.spectrum, target), form=form
    )

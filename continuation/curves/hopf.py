r"""Hopf points in two free parameters: f = 0, A q = v, A v = -kappa q, and two normalisations of q.

z = (x, q, v, kappa, lambda_1, lambda_2) with kappa = omega^2, N = 3 n + 3: the `Locus` of one
`OppositePair`. The normalising vectors follow the plane of the pair.

At a Bogdanov-Takens point kappa passes through zero, and the curve goes on as one of neutral
saddles: the curve of Hopf points ends there.

Test functions:

BT
    kappa.
GH
    Re c1, the first Lyapunov coefficient times omega.
ZH
    det A, without the two factors of the pair.
HH
    the Hopf test of the other eigenvalues; it vanishes at neutral saddles too, which are not
    accepted.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from continuation import map_points, points
from continuation.curve import Event, Point, Start
from continuation.errors import ContinuationError, StopReason
from continuation.linalg.spectra import hopf_test, opposite_pair
from continuation.location import polish_by_secant
from continuation.locus import Locus, on_locus
from continuation.map_events import always
from continuation.normalforms import codimension_two as forms
from continuation.normalforms.hopf import hopf_normal_form
from continuation.points import Polished, special_equilibrium
from continuation.settings import Settings
from continuation.special import SpecialPoint

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

STRICT = Settings(tolerance=1e-13)
"""With which a generalised Hopf point is solved for along the curve."""

AWAY = 1e-3
"""How far from a Bogdanov-Takens point a curve that begins there is begun, in the length of a step,
lest the event lie at its start."""


def from_hopf(point: SpecialPoint, free: tuple[str, str], units: Array) -> tuple[Locus, Start]:
    """Start at a Hopf point found in one parameter (or at any point with an imaginary pair).

    Parameters
    ----------
    point : SpecialPoint
        Of kind H, GH, ZH or HH.
    free : tuple of two str
        The free parameters.
    units : ndarray, shape (2,)
        Widths of their windows.

    Raises
    ------
    ContinuationError
        When no pair of eigenvalues is near the imaginary axis.
    """
    equations, y = map_points.cycle_in(point, free, compiled=True)
    values = map_points.spectrum(equations, y)
    upper = values[values.imag > 0.0]
    if not len(upper):
        raise ContinuationError(f"{point.label or point.kind} has no complex eigenvalues.")
    omega = float(upper[np.argmin(np.abs(upper.real))].imag)
    pair = replace(points.pair_near(equations, y, omega), unit=omega**2)
    curve = Locus("Hopf points", equations, pair, units, _events(point.system.dimension))
    return curve, curve.start(y, point.label or point.kind)


def from_bogdanov_takens(
    point: SpecialPoint, free: tuple[str, str], units: Array
) -> tuple[Locus, Start]:
    """Start on the Hopf points that are born at a Bogdanov-Takens point, where kappa = 0.

    The equations are regular there. kappa is measured by what it changes across the window.

    Parameters
    ----------
    point : SpecialPoint
        Of kind BT.
    free, units
        As in `from_hopf`.
    """
    equations, y = map_points.cycle_in(point, free, compiled=True)
    pair = points.pair_at_zero(equations, y)
    curve = Locus("Hopf points", equations, pair, units, _events(point.system.dimension))
    start = curve.start(y, point.label or point.kind)
    across = float(np.linalg.norm(start.tangent[-2:] / units))
    curve = replace(curve, block=replace(pair, unit=abs(float(start.tangent[-3])) / across))
    tangent = start.tangent * np.sign(start.tangent[-3])
    tangent = tangent / np.sqrt(np.sum(curve.weights(start.z) * tangent**2))
    return curve, replace(start, z=start.z + AWAY * tangent, tangent=tangent)


def _events(n: int) -> tuple[Event, ...]:
    """BT and GH, from three states on ZH, from four on HH."""
    ends = StopReason.BOGDANOV_TAKENS
    return (
        Event("BT", _kappa, always, _polish_bogdanov_takens, ends=ends),
        Event("GH", _re_c1, always, _polish_bautin, yields_to="BT"),
        Event("ZH", _zero, always, _polish_zero_hopf, yields_to="BT"),
        Event("HH", _others, _is_pair, _polish_double_hopf),
    )[: max(n, 2)]


def _polished(point: Point) -> Polished:
    """The point as a polished Hopf point."""
    curve = on_locus(point)
    y, w = curve.split(point.z)
    q, p, omega = points.normalised_pair(curve.equations, y, w)
    residual = float(np.abs(curve.residual(point.z)).max())
    return Polished(y, q, p, omega, residual, float("nan"))


def _kappa(point: Point) -> float:
    return float(point.z[-3])


def _re_c1(point: Point) -> float:
    if not point.z[-3] > 0.0:
        return float("nan")
    return hopf_normal_form(on_locus(point).equations, _polished(point)).re_c1


def _without_pair(point: Point) -> ComplexArray:
    """The other eigenvalues: all but the two nearest to +- sqrt(-kappa)."""
    values, root = point.spectrum, np.emath.sqrt(-point.z[-3])
    values = np.delete(values, int(np.argmin(np.abs(values - root))))
    return np.delete(values, int(np.argmin(np.abs(values + root))))


def _zero(point: Point) -> float:
    others = _without_pair(point)
    return float(np.prod(others / (1.0 + np.abs(others))).real)


def _others(point: Point) -> float:
    return hopf_test(_without_pair(point))


def _is_pair(point: Point) -> bool:
    one, other = opposite_pair(_without_pair(point))
    return min(abs(one.imag), abs(other.imag)) > 10.0 * abs(one.real)


def _polish_bogdanov_takens(point: Point) -> SpecialPoint:
    curve = on_locus(point)
    found = points.bogdanov_takens(curve.equations, curve.split(point.z)[0])
    return special_equilibrium(
        "BT", curve.equations, found, forms.bogdanov_takens_normal_form(curve.equations, found)
    )


def _polish_bautin(point: Point) -> SpecialPoint:
    equations, exact = on_locus(point).equations, polish_by_secant(_re_c1, point, STRICT)
    found = _polished(exact)
    found = replace(found, residual=max(found.residual, abs(_re_c1(exact))))
    return special_equilibrium("GH", equations, found, forms.bautin_normal_form(equations, found))


def _polish_zero_hopf(point: Point) -> SpecialPoint:
    curve = on_locus(point)
    y, w = curve.split(point.z)
    found = points.zero_hopf(curve.equations, y, float(np.sqrt(abs(w[-1]))))
    return special_equilibrium(
        "ZH", curve.equations, found, forms.zero_hopf_normal_form(curve.equations, found)
    )


def _polish_double_hopf(point: Point) -> SpecialPoint:
    curve = on_locus(point)
    y, w = curve.split(point.z)
    second = abs(opposite_pair(_without_pair(point))[0].imag)
    found, second = points.double_hopf(curve.equations, y, (float(np.sqrt(abs(w[-1]))), second))
    form = forms.double_hopf_normal_form(curve.equations, found, second)
    return special_equilibrium("HH", curve.equations, found, form)

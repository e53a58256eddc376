r"""Folds in two free parameters: f = 0, A q = 0, <q0, q> = 1.

z = (x, q, lambda_1, lambda_2), N = 2 n + 2 (Moore and Spence 1980): the `Locus` of one
`NullVector`. The reference q0 follows the null vector along the curve.

Test functions, with p the left null vector, |p| = 1, oriented by q:

CP
    <p, B(q, q)>, the quadratic coefficient up to a factor.
BT
    <p, q>, which vanishes where the zero eigenvalue is double.
ZH
    the Hopf test of the other eigenvalues; it vanishes at neutral saddles too, which are not
    accepted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from continuation import map_points, points
from continuation.curve import Event, Point, Start
from continuation.defining import NullVector
from continuation.linalg.spectra import hopf_test, opposite_pair
from continuation.locus import Locus, on_locus
from continuation.map_events import always
from continuation.normalforms import codimension_two as forms
from continuation.points import special_equilibrium
from continuation.special import SpecialPoint

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]


def from_fold(point: SpecialPoint, free: tuple[str, str], units: Array) -> tuple[Locus, Start]:
    """Start at a fold found in one parameter (or at any point with a zero eigenvalue).

    Parameters
    ----------
    point : SpecialPoint
        Of a flow, of kind LP, CP, BT or ZH.
    free : tuple of two str
        The free parameters.
    units : ndarray, shape (2,)
        Widths of their windows.
    """
    equations, y = map_points.cycle_in(point, free, compiled=True)
    q = map_points.null_vectors(equations, y, 1.0)[0]
    curve = Locus("folds", equations, NullVector(q), units, _events(point.system.dimension))
    return curve, curve.start(y, point.label or point.kind)


def _events(n: int) -> tuple[Event, ...]:
    """CP, from two states on BT, from three on ZH."""
    cusps = Event("CP", _bend, always, _polish_cusp)
    doubles = Event("BT", _pairing, always, _polish_bogdanov_takens)
    pairs = Event("ZH", _others, _is_pair, _polish_zero_hopf, yields_to="BT")
    return (cusps, doubles, pairs)[: min(n, 3)]


def _bend(point: Point) -> float:
    curve = on_locus(point)
    y, q = curve.split(point.z)
    p = map_points.left_null_vector(curve.equations, y, 1.0, q)
    return float(p @ curve.equations.form(y, q, q))


def _pairing(point: Point) -> float:
    curve = on_locus(point)
    y, q = curve.split(point.z)
    return float(map_points.left_null_vector(curve.equations, y, 1.0, q) @ q)


def _without_zero(point: Point) -> ComplexArray:
    values = point.spectrum
    return np.delete(values, np.argmin(np.abs(values)))


def _others(point: Point) -> float:
    return hopf_test(_without_zero(point))


def _is_pair(point: Point) -> bool:
    one, other = opposite_pair(_without_zero(point))
    return min(abs(one.imag), abs(other.imag)) > 10.0 * abs(one.real)


def _polish_cusp(point: Point) -> SpecialPoint:
    curve = on_locus(point)
    found = points.cusp(curve.equations, curve.split(point.z)[0])
    return special_equilibrium(
        "CP", curve.equations, found, forms.cusp_normal_form(curve.equations, found)
    )


def _polish_bogdanov_takens(point: Point) -> SpecialPoint:
    curve = on_locus(point)
    found = points.bogdanov_takens(curve.equations, curve.split(point.z)[0])
    return special_equilibrium(
        "BT", curve.equations, found, forms.bogdanov_takens_normal_form(curve.equations, found)
    )


def _polish_zero_hopf(point: Point) -> SpecialPoint:
    curve = on_locus(point)
    omega = abs(opposite_pair(_without_zero(point))[0].imag)
    found = points.zero_hopf(curve.equations, curve.split(point.z)[0], omega)
    return special_equilibrium(
        "ZH", curve.equations, found, forms.zero_hopf_normal_form(curve.equations, found)
    )

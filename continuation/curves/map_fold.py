r"""Folds of cycles of maps in two free parameters: f(x_i) = x_{i+1}, A q = 0, <q0, q> = 1.

z = (x, q, lambda_1, lambda_2) with all m points of the cycle in x; m = 1 is a fixed point: the
`Locus` of one `NullVector`. The reference q0 follows the null vector along the curve.

Test functions, with p the left null vector, |p| = 1, oriented by q:

CP
    <p, B(q, q)>, the quadratic coefficient up to a factor.
R1
    <p, E q>, which vanishes where the multiplier 1 is double.
LPPD
    the smallest mu + 1 of the other multipliers, with the sign of their product.
LPNS
    the smallest mu_i mu_j - 1 of the other multipliers, with the sign of the product of all; it
    vanishes at neutral saddles too, which are not accepted.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from continuation import map_points
from continuation.curve import Event, Point, Start
from continuation.defining import NullVector
from continuation.linalg.spectra import flip_test, is_complex_pair, reciprocal_pair, torus_test
from continuation.locus import Locus, on_locus
from continuation.map_events import always
from continuation.map_points import special_cycle
from continuation.normalforms import maps as forms
from continuation.normalforms import resonances
from continuation.normalforms.double_maps import double_point
from continuation.special import SpecialPoint

Array = NDArray[np.float64]


def from_fold(point: SpecialPoint, free: tuple[str, str], units: Array) -> tuple[Locus, Start]:
    """Start at a fold found in one parameter (or at any point with a multiplier 1).

    Parameters
    ----------
    point : SpecialPoint
        Of a map, of kind LP, CP, R1, LPPD or LPNS.
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
    """CP, from two states on R1 and LPPD, from three on LPNS."""
    cusps = Event("CP", _bend, always, _polish_cusp)
    doubles = Event("R1", _pairing, always, _polish_resonance)
    flips = Event("LPPD", _flip, always, _polish_fold_flip)
    pairs = Event("LPNS", _torus, _is_torus, _polish_fold_torus, yields_to="R1")
    return (cusps, doubles, flips, pairs)[: {1: 1, 2: 3}.get(n, 4)]


_others = partial(map_points.others, mu=1.0)


def _bend(point: Point) -> float:
    curve = on_locus(point)
    y, q = curve.split(point.z)
    p = map_points.left_null_vector(curve.equations, y, 1.0, q)
    return float(p @ curve.equations.form(y, q, q))


def _pairing(point: Point) -> float:
    curve = on_locus(point)
    y, q = curve.split(point.z)
    p = map_points.left_null_vector(curve.equations, y, 1.0, q)
    return float(p @ curve.equations.closing @ q)


def _flip(point: Point) -> float:
    return flip_test(_others(point.spectrum))


def _torus(point: Point) -> float:
    return torus_test(_others(point.spectrum))


def _is_torus(point: Point) -> bool:
    return is_complex_pair(*reciprocal_pair(_others(point.spectrum)))


def _polish_cusp(point: Point) -> SpecialPoint:
    curve = on_locus(point)
    found = map_points.cusp(curve.equations, curve.split(point.z)[0])
    form = forms.cusp_normal_form(curve.equations, found)
    return special_cycle("CP", curve.equations, found, form)


def _polish_resonance(point: Point) -> SpecialPoint:
    curve = on_locus(point)
    found = map_points.first_resonance(curve.equations, curve.split(point.z)[0])
    form = resonances.first_resonance_normal_form(curve.equations, found)
    return special_cycle("R1", curve.equations, found, form)


def _polish_fold_flip(point: Point) -> SpecialPoint:
    curve = on_locus(point)
    found = map_points.fold_flip(curve.equations, curve.split(point.z)[0])
    return double_point("LPPD", curve.equations, found)


def _polish_fold_torus(point: Point) -> SpecialPoint:
    curve = on_locus(point)
    theta = abs(float(np.angle(reciprocal_pair(_others(point.spectrum))[0])))
    found = map_points.with_pair(curve.equations, curve.split(point.z)[0], 1.0, theta)
    return double_point("LPNS", curve.equations, found)

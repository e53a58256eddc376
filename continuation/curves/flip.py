r"""Period doublings of cycles of maps in two free parameters: (A + 2 E) q = 0, <q0, q> = 1.

z = (x, q, lambda_1, lambda_2) with f(x_i) = x_{i+1} for all m points of the cycle in x; m = 1 is a
fixed point: the `Locus` of one `NullVector` with mu = -1. The reference q0 follows the critical
vector along the curve.

Test functions, with p the left critical vector, |p| = 1, oriented by q:

GPD
    <p, C(q, q, q) + 3 B(q, h)>, the cubic coefficient up to a factor, times the squeezed product
    of all mu - 1, because h has a pole where a multiplier is 1.
R2
    <p, E q>, which vanishes where the multiplier -1 is double.
LPPD
    the smallest mu - 1 of the other multipliers, with the sign of their product.
PDNS
    the smallest mu_i mu_j - 1 of the other multipliers, with the sign of the product of all; it
    vanishes at neutral saddles too, which are not accepted.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from continuation import map_points
from continuation.curve import Event, Point, Start
from continuation.defining import NullVector
from continuation.linalg.spectra import fold_test, is_complex_pair, reciprocal_pair, torus_test
from continuation.location import polish_by_secant
from continuation.locus import Locus, on_locus
from continuation.map_events import always
from continuation.map_points import special_cycle
from continuation.normalforms import maps as forms
from continuation.normalforms import resonances
from continuation.normalforms.double_maps import double_point
from continuation.points import Polished
from continuation.settings import Settings
from continuation.special import SpecialPoint

Array = NDArray[np.float64]

STRICT = Settings(tolerance=1e-13)
"""With which a generalised period doubling is solved for along the curve."""


def from_flip(point: SpecialPoint, free: tuple[str, str], units: Array) -> tuple[Locus, Start]:
    """Start at a period doubling found in one parameter (or at any point with a multiplier -1).

    Parameters
    ----------
    point : SpecialPoint
        Of a map, of kind PD, GPD, R2, LPPD or PDNS.
    free : tuple of two str
        The free parameters.
    units : ndarray, shape (2,)
        Widths of their windows.
    """
    equations, y = map_points.cycle_in(point, free, compiled=True)
    block = NullVector(map_points.null_vectors(equations, y, -1.0)[0], -1.0)
    curve = Locus("period doublings", equations, block, units, _events(point.system.dimension))
    return curve, curve.start(y, point.label or point.kind)


def _events(n: int) -> tuple[Event, ...]:
    """GPD, from two states on R2 and LPPD, from three on PDNS."""
    degenerate = Event("GPD", _cubic, always, _polish_generalized)
    doubles = Event("R2", _pairing, always, _polish_resonance)
    folds = Event("LPPD", _fold, always, _polish_fold_flip)
    pairs = Event("PDNS", _torus, _is_torus, _polish_flip_torus, yields_to="R2")
    return (degenerate, doubles, folds, pairs)[: {1: 1, 2: 3}.get(n, 4)]


_others = partial(map_points.others, mu=-1.0)


def _cubic(point: Point) -> float:
    curve = on_locus(point)
    y, q = curve.split(point.z)
    p = map_points.left_null_vector(curve.equations, y, -1.0, q)
    terms = forms.flip_terms(curve.equations, y, q, p)
    from_one = point.spectrum - 1.0
    return float(terms.sum() * np.prod(from_one / (1.0 + np.abs(from_one))).real)


def _pairing(point: Point) -> float:
    curve = on_locus(point)
    y, q = curve.split(point.z)
    p = map_points.left_null_vector(curve.equations, y, -1.0, q)
    return float(p @ curve.equations.closing @ q)


def _fold(point: Point) -> float:
    return fold_test(_others(point.spectrum))


def _torus(point: Point) -> float:
    return torus_test(_others(point.spectrum))


def _is_torus(point: Point) -> bool:
    return is_complex_pair(*reciprocal_pair(_others(point.spectrum)))


def _polish_generalized(point: Point) -> SpecialPoint:
    exact = polish_by_secant(_cubic, point, STRICT)
    curve = on_locus(exact)
    y, q = curve.split(exact.z)
    residual = max(float(np.abs(curve.residual(exact.z)).max()), abs(_cubic(exact)))
    p = map_points.left_null_vector(curve.equations, y, -1.0, q)
    q, p = map_points.normalised(curve.equations, q, p)
    found = Polished(y, q, p, 0.0, residual, float("nan"))
    # Forms of order 4 and 5, needed once, are not worth a compilation.
    form = forms.generalized_flip_normal_form(replace(curve.equations, compiled=False), found)
    return special_cycle("GPD", curve.equations, found, form)


def _polish_resonance(point: Point) -> SpecialPoint:
    curve = on_locus(point)
    found = map_points.second_resonance(curve.equations, curve.split(point.z)[0])
    form = resonances.second_resonance_normal_form(curve.equations, found)
    return special_cycle("R2", curve.equations, found, form)


def _polish_fold_flip(point: Point) -> SpecialPoint:
    curve = on_locus(point)
    found = map_points.fold_flip(curve.equations, curve.split(point.z)[0])
    return double_point("LPPD", curve.equations, found)


def _polish_flip_torus(point: Point) -> SpecialPoint:
    curve = on_locus(point)
    theta = abs(float(np.angle(reciprocal_pair(_others(point.spectrum))[0])))
    found = map_points.with_pair(curve.equations, curve.split(point.z)[0], -1.0, theta)
    return double_point("PDNS", curve.equations, found)

r"""Neimark-Sacker points of cycles of maps in two free parameters.

z = (x, q, v, c, lambda_1, lambda_2) with all m points of the cycle in x and

.. math:: f(x_i) = x_{i+1}, \qquad (A + E) q = E v, \qquad (A + E) v = E (2 c v - q)

and two normalisations of q: the `Locus` of one `UnitPair`, a pair of multipliers exp(+- i theta)
with c = cos(theta). The normalising vectors follow the plane of the pair. At c = 1 and c = -1 the
pair becomes real, and the curve goes on as one of neutral saddles: the curve of Neimark-Sacker
points ends there.

Test functions:

R1, R2, R3, R4
    c - 1, c + 1, c + 1/2 and c: the strong resonances.
CH
    Re d, the cubic coefficient.
LPNS, PDNS
    the smallest mu - 1 and mu + 1 of the other multipliers, with the sign of their product.
NSNS
    the smallest mu_i mu_j - 1 of the other multipliers, with the sign of the product of all; it
    vanishes at neutral saddles too, which are not accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from continuation import map_points
from continuation.curve import Event, Point, Start
from continuation.errors import ContinuationError, StopReason
from continuation.linalg.spectra import (
    flip_test,
    fold_test,
    is_complex_pair,
    reciprocal_pair,
    torus_test,
)
from continuation.location import polish_by_secant
from continuation.locus import Locus, on_locus
from continuation.map_events import always
from continuation.map_points import special_cycle
from continuation.normalforms import maps as forms
from continuation.normalforms import resonances
from continuation.normalforms.chenciner import chenciner_normal_form
from continuation.normalforms.double_maps import double_point
from continuation.points import Polished
from continuation.settings import Settings
from continuation.special import SpecialPoint

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

STRICT = Settings(tolerance=1e-13)
"""With which a Chenciner point is solved for along the curve."""

AWAY = 1e-3
"""How far from R1 or R2 a curve that begins there is begun, lest the event lie at its start."""


def from_neimark_sacker(
    point: SpecialPoint, free: tuple[str, str], units: Array
) -> tuple[Locus, Start]:
    """Start at a Neimark-Sacker point found in one parameter, or at a point of such a curve.

    Parameters
    ----------
    point : SpecialPoint
        Of a map, of kind NS, CH, LPNS, PDNS, NSNS, R3 or R4.
    free : tuple of two str
        The free parameters.
    units : ndarray, shape (2,)
        Widths of their windows.

    Raises
    ------
    ContinuationError
        When no pair of multipliers is complex.
    """
    equations, y = map_points.cycle_in(point, free, compiled=True)
    values = map_points.spectrum(equations, y)
    upper = values[values.imag > 0.0]
    if not len(upper):
        raise ContinuationError(f"{point.label or point.kind} has no complex multipliers.")
    theta = float(np.angle(upper[np.argmin(np.abs(np.abs(upper) - 1.0))]))
    pair = map_points.unit_pair_near(equations, y, theta)
    curve = Locus("Neimark-Sacker points", equations, pair, units, _events(point.system.dimension))
    return curve, curve.start(y, point.label or point.kind)


def from_resonance(point: SpecialPoint, free: tuple[str, str], units: Array) -> tuple[Locus, Start]:
    """Start at a point R1 or R2, where c = 1 or -1, on the side where the pair is complex.

    The parameters are those of `from_neimark_sacker`.
    """
    equations, y = map_points.cycle_in(point, free, compiled=True)
    mu = 1.0 if point.kind == "R1" else -1.0
    pair = map_points.unit_pair_at(equations, y, mu)
    curve = Locus("Neimark-Sacker points", equations, pair, units, _events(point.system.dimension))
    start = curve.start(y, point.label or point.kind)
    tangent = -start.tangent * np.sign(mu * start.tangent[-3])
    tangent = tangent / np.sqrt(np.sum(curve.weights(start.z) * tangent**2))
    return curve, replace(start, z=start.z + AWAY * tangent, tangent=tangent)


def _events(n: int) -> tuple[Event, ...]:
    """R1 to R4 and CH, from three states on LPNS and PDNS, from four on NSNS."""
    ends = StopReason.RESONANCE
    found = (
        Event("R1", partial(_from, c=1.0), always, _polish_first, ends=ends),
        Event("R2", partial(_from, c=-1.0), always, _polish_second, ends=ends),
        Event("R3", partial(_from, c=-0.5), always, _polish_third),
        Event("R4", partial(_from, c=0.0), always, _polish_fourth),
        Event("CH", _re_d, always, _polish_chenciner),
        _with_multiplier("LPNS", fold_test, 1.0),
        _with_multiplier("PDNS", flip_test, -1.0),
        Event("NSNS", _torus, _is_torus, _polish_two_pairs),
    )
    return found[: {2: 5, 3: 7}.get(n, 8)]


def _cosine(point: Point) -> float:
    """The unknown c."""
    return float(point.z[-3])


def _polished(point: Point) -> Polished:
    """The point as a polished Neimark-Sacker point."""
    curve = on_locus(point)
    y, w = curve.split(point.z)
    residual = float(np.abs(curve.residual(point.z)).max())
    return map_points.complex_point(curve.equations, y, w, residual, float("nan"))


def _from(point: Point, c: float) -> float:
    return _cosine(point) - c


def _re_d(point: Point) -> float:
    if not abs(_cosine(point)) < 1.0:
        return float("nan")
    return forms.neimark_sacker_normal_form(on_locus(point).equations, _polished(point)).d


def _others(point: Point) -> ComplexArray:
    """All multipliers but the pair."""
    c = _cosine(point)
    root = np.emath.sqrt(c**2 - 1.0)
    return map_points.others(map_points.others(point.spectrum, c + root), c - root)


def _torus(point: Point) -> float:
    return torus_test(_others(point))


def _is_torus(point: Point) -> bool:
    return is_complex_pair(*reciprocal_pair(_others(point)))


def _with_multiplier(kind: str, test: Callable[[ComplexArray], float], mu: float) -> Event:
    """A further multiplier mu = 1 or -1."""

    def polish(point: Point) -> SpecialPoint:
        curve = on_locus(point)
        theta = float(np.arccos(_cosine(point)))
        found = map_points.with_pair(curve.equations, curve.split(point.z)[0], mu, theta)
        return double_point(kind, curve.equations, found)

    return Event(kind, lambda point: test(_others(point)), always, polish)


def _polish_first(point: Point) -> SpecialPoint:
    curve = on_locus(point)
    found = map_points.first_resonance(curve.equations, curve.split(point.z)[0])
    form = resonances.first_resonance_normal_form(curve.equations, found)
    return special_cycle("R1", curve.equations, found, form)


def _polish_second(point: Point) -> SpecialPoint:
    curve = on_locus(point)
    found = map_points.second_resonance(curve.equations, curve.split(point.z)[0])
    form = resonances.second_resonance_normal_form(curve.equations, found)
    return special_cycle("R2", curve.equations, found, form)


def _polish_third(point: Point) -> SpecialPoint:
    curve = on_locus(point)
    found = map_points.resonance(curve.equations, curve.split(point.z)[0], -0.5)
    form = resonances.third_resonance_normal_form(curve.equations, found)
    return special_cycle("R3", curve.equations, found, form)


def _polish_fourth(point: Point) -> SpecialPoint:
    curve = on_locus(point)
    found = map_points.resonance(curve.equations, curve.split(point.z)[0], 0.0)
    form = resonances.fourth_resonance_normal_form(curve.equations, found)
    return special_cycle("R4", curve.equations, found, form)


def _polish_chenciner(point: Point) -> SpecialPoint:
    exact = polish_by_secant(_re_d, point, STRICT)
    found = _polished(exact)
    found = replace(found, residual=max(found.residual, abs(_re_d(exact))))
    equations = replace(on_locus(exact).equations, compiled=False)
    return special_cycle("CH", equations, found, chenciner_normal_form(equations, found))


def _polish_two_pairs(point: Point) -> SpecialPoint:
    curve = on_locus(point)
    second = abs(float(np.angle(reciprocal_pair(_others(point))[0])))
    angles = (float(np.arccos(_cosine(point))), second)
    found = map_points.two_pairs(curve.equations, curve.split(point.z)[0], angles)
    return double_point("NSNS", curve.equations, found)

r"""Period doublings in two free parameters: a cycle with the eigenfunction of the multiplier -1.

.. math::

    x' = T f, \qquad v' = T f_x v, \qquad x(1) = x(0), \; v(1) = -v(0), \qquad
    \int \langle v_{ref}, v \rangle = 1

in z = (x and v at the base points, T, lambda_1, lambda_2), see `collocation.augmented`.

Special points: GPD, R2 and LPPD, from four states on PDNS, see `cycle_loci_events`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from continuation import cycle_loci_events as loci
from continuation.collocation.augmented import FLIP
from continuation.curve import Event, Point, Start
from continuation.cycle_locus import CycleLocus, augmented, cycle_at, others, variation_at
from continuation.normalforms import cycles as forms
from continuation.normalforms.degenerate_cycles import degenerate_doubling_normal_form
from continuation.normalforms.resonant_cycles import second_resonance_normal_form
from continuation.settings import Settings
from continuation.special import NormalForm, SpecialPoint

Array = NDArray[np.float64]


def from_period_doubling(
    point: SpecialPoint, free: tuple[str, str], units: Array, settings: Settings
) -> tuple[CycleLocus, Start]:
    """Start at a period doubling found in one parameter, or at a point of such a curve.

    Parameters
    ----------
    point : SpecialPoint
        Of kind PD, GPD, R2, LPPD or PDNS.
    free : tuple of two str
        The free parameters.
    units : ndarray, shape (2,)
        Widths of their windows.
    settings : Settings
        Mesh.
    """
    cycle = cycle_at(point, settings)
    vectors = np.real(cycle.eigenfunction(-1.0).y)[None]
    problem, z = augmented(cycle, FLIP, free, units, vectors, 0.0)
    events = _events(cycle.system.dimension, settings)
    curve = CycleLocus("period doublings", problem, settings, events)
    return curve, curve.start(z, point.label or point.kind)


def _events(n: int, settings: Settings) -> tuple[Event, ...]:
    """GPD, R2 and LPPD, and from four states on PDNS."""
    return (
        loci.event("GPD", settings, _bend_test, _bend, form=_quintic_form, yields_to="R2"),
        loci.double("R2", settings, -1.0, _pairing, _resonant_form),
        loci.further_fold("LPPD", settings, others),
        loci.further_torus("PDNS", settings, others),
    )[: 3 if n < 4 else 4]


def _pairing(point: Point) -> float:
    return forms.period_doubling_normal_form(variation_at(point)).pairing


def _bend(point: Point) -> float:
    """The cubic coefficient, without its pole at a 1:2 resonance."""
    form = forms.period_doubling_normal_form(variation_at(point))
    return form.b * form.pairing**2


def _bend_test(point: Point) -> float:
    form = forms.period_doubling_normal_form(variation_at(point))
    return forms.signed(form.b, form.terms) * form.pairing**2


def _quintic_form(point: Point) -> NormalForm:
    return degenerate_doubling_normal_form(variation_at(point))


def _resonant_form(point: Point) -> NormalForm:
    return second_resonance_normal_form(variation_at(point))

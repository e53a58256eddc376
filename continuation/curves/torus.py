r"""Neimark-Sacker points of cycles in two free parameters: a cycle with a pair on the unit circle.

.. math::

    x' = T f, \quad v_1' = T f_x v_1, \quad v_2' = T f_x v_2, \qquad x(1) = x(0), \;
    v_2(0) = v_1(1), \; v_2(1) = 2 c\, v_2(0) - v_1(0), \\
    \int \langle v_{ref}, v_1 \rangle = 1, \qquad \int \langle w_{ref}, v_1 \rangle = 0

in z = (x, v_1 and v_2 at the base points, T, c, lambda_1, lambda_2), see `collocation.augmented`;
the multipliers are exp(+- i theta) with c = cos(theta). For |c| > 1 they are real, mu and 1/mu:
neutral saddle cycles. At c = 1 and c = -1 the curve of tori ends.

Special points: CH, R3 and R4, R1 and R2 at the ends, from four states on LPNS and PDNS, from five
on NSNS, see `cycle_loci_events`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from continuation import cycle_loci_events as loci
from continuation.collocation import mesh as meshes
from continuation.collocation import profile as profiles
from continuation.collocation.augmented import TORUS
from continuation.collocation.birth import SMALLEST
from continuation.collocation.tori import new_torus
from continuation.collocation.variational import Variation
from continuation.curve import Event, Point, Start
from continuation.cycle_locus import (
    CycleLocus,
    augmented,
    cycle_at,
    others,
    problem_at,
    variation_at,
)
from continuation.errors import NoConvergence, StopReason
from continuation.linalg import unit_circle
from continuation.normalforms import cycles as forms
from continuation.normalforms import resonant_cycles
from continuation.normalforms.degenerate_cycles import chenciner_normal_form
from continuation.settings import Settings
from continuation.special import NormalForm, SpecialPoint

Array = NDArray[np.float64]

KIND = "Neimark-Sacker points"

RESONANCES = (
    ("R2", -1.0, resonant_cycles.second_resonance_normal_form),
    ("R3", -0.5, resonant_cycles.third_resonance_normal_form),
    ("R4", 0.0, resonant_cycles.fourth_resonance_normal_form),
)
"""The strong resonances other than R1 with their cos(theta)."""


def from_torus(
    point: SpecialPoint, free: tuple[str, str], units: Array, settings: Settings
) -> tuple[CycleLocus, Start]:
    """Start at a Neimark-Sacker point found in one parameter, or at a point of such a curve.

    Parameters
    ----------
    point : SpecialPoint
        Of kind NS, CH, R3, R4, LPNS, PDNS or NSNS.
    free : tuple of two str
        The free parameters.
    units : ndarray, shape (2,)
        Widths of their windows.
    settings : Settings
        Mesh.
    """
    cycle = cycle_at(point, settings)
    assert point.multipliers is not None
    mu = unit_circle.closest_pair(point.multipliers)
    mu = mu / abs(mu)
    y = cycle.eigenfunction(mu).y
    first = y.real / np.sqrt(cycle.mean_square(y.real))
    second = (mu * y).real / np.sqrt(cycle.mean_square(y.real))
    problem, z = augmented(cycle, TORUS, free, units, np.array([first, second]), mu.real)
    curve = CycleLocus(KIND, problem, settings, _events(cycle.system.dimension, settings))
    return curve, curve.start(z, point.label or point.kind)


def from_equilibrium(
    point: SpecialPoint, free: tuple[str, str], units: Array, settings: Settings, pair: int = 0
) -> tuple[CycleLocus, Start]:
    """Start on the tori that are born at a zero-Hopf or double Hopf point, see `tori`.

    The guess is the linear one at the point itself, corrected at a fixed amplitude of the cycle.

    Parameters
    ----------
    point : SpecialPoint
        Of kind ZH or HH.
    free, units, settings
        As in `from_torus`.
    pair : int
        At HH, which pair the cycle belongs to: 0 for the slower one, 1 for the faster one.

    Raises
    ------
    ContinuationError
        When no tori are born there.
    NoConvergence
        When none are found.
    """
    system, p = point.system, point.system.vector(point.parameters)
    born, name = new_torus(point, pair), point.label or point.kind
    mesh, events = meshes.uniform(settings.intervals), _events(system.dimension, settings)
    t = profiles.base_points(mesh, settings.degree)
    wave, amplitude = born.cycle.wave(t), born.reach
    while amplitude > SMALLEST * born.cycle.size:
        x = point.state + amplitude * wave
        cycle = Variation(system, p, x, born.cycle.period, mesh, settings.degree)
        y, theta = born.vector(t, amplitude), born.angle(amplitude)
        vectors = np.array([y.real, (np.exp(1j * theta) * y).real])
        vectors = vectors / np.sqrt(cycle.mean_square(y.real.copy()))
        problem, z = augmented(cycle, TORUS, free, units, vectors, float(np.cos(theta)))
        curve = CycleLocus(KIND, problem, settings, events)
        start = curve.small(z, wave, name)
        if start is not None:
            return curve, start
        amplitude /= 2.0
    raise NoConvergence(f"no torus was found at {name}.", point.state, ())


def _events(n: int, settings: Settings) -> tuple[Event, ...]:
    """CH, R1 to R4, from four states on LPNS and PDNS, from five on NSNS."""
    chenciner = loci.event("CH", settings, _bend_test, _bend, form=_quintic_form)
    resonances = (
        loci.event(
            kind,
            settings,
            partial(_beyond, cosine),
            form=partial(_resonant_form, form),
            ends=StopReason.RESONANCE if cosine == -1.0 else None,
        )
        for kind, cosine, form in RESONANCES
    )
    first = partial(_resonant_form, resonant_cycles.first_resonance_normal_form)
    doubles = (
        loci.further_fold("LPNS", settings, others),
        loci.further_doubling("PDNS", settings, others),
        loci.further_torus("NSNS", settings, others),
    )[: {3: 0, 4: 2}.get(n, 3)]
    return chenciner, loci.end_of_tori(settings, _cosine, first), *resonances, *doubles


def _cosine(point: Point) -> float:
    return problem_at(point).scalar(point.z)


def _beyond(cosine: float, point: Point) -> float:
    return _cosine(point) - cosine


def _resonant_form(form: Callable[[Variation], NormalForm], point: Point) -> NormalForm:
    return form(variation_at(point))


def _normal_form(point: Point) -> forms.CycleTorusNormalForm:
    return forms.torus_normal_form(variation_at(point), float(np.arccos(_cosine(point))))


def _quintic_form(point: Point) -> NormalForm:
    return chenciner_normal_form(variation_at(point), float(np.arccos(_cosine(point))))


def _bend(point: Point) -> float:
    """Re d; not a number where the pair is real."""
    return _normal_form(point).d if abs(_cosine(point)) < 1.0 else float("nan")


def _bend_test(point: Point) -> float:
    if not abs(_cosine(point)) < 1.0:
        return float("nan")
    form = _normal_form(point)
    return forms.signed(form.d, form.terms)

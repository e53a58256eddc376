r"""Folds of cycles in two free parameters: a cycle with the generalised eigenfunction of 1.

.. math::

    x' = T f, \qquad v' = T (f_x v + s f), \qquad x(1) = x(0), \; v(1) = v(0), \qquad
    \int \langle v, x_{ref}' \rangle = 0, \; \int \langle v_{ref}, v \rangle = 1

in z = (x and v at the base points, T, s, lambda_1, lambda_2), see `collocation.augmented`. With
v = dx/dxi and s = dT/(T dxi) it says that a neighbouring cycle exists to first order.

Special points: CPC, from three states on R1, from three on LPPD, from four on LPNS, see
`cycle_loci_events`. Towards a generalised Hopf point the cycle shrinks and the curve ends.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from continuation import cycle_loci_events as loci
from continuation.collocation import mesh as meshes
from continuation.collocation import profile as profiles
from continuation.collocation.augmented import FOLD
from continuation.collocation.birth import SMALLEST, birth
from continuation.collocation.variational import Eigenfunction, Variation
from continuation.curve import Event, Point, Start
from continuation.cycle_locus import (
    CycleLocus,
    augmented,
    cycle_at,
    others,
    problem_at,
    variation_at,
)
from continuation.errors import NoConvergence
from continuation.linalg import unit_circle
from continuation.normalforms import cycles as forms
from continuation.normalforms.degenerate_cycles import cycle_cusp_normal_form
from continuation.normalforms.resonant_cycles import first_resonance_normal_form
from continuation.settings import Settings
from continuation.special import NormalForm, SpecialPoint

Array = NDArray[np.float64]

KIND = "folds of cycles"

SHRUNK = 0.05
"""Part of the size of the reference below which a cycle is on its last steps to a Hopf point."""

LARGEST = 4.0
"""First amplitude tried at a generalised Hopf point, in units of the reach of the linear cycle: the
equations for the parameters are the better the larger it is."""


def from_fold(
    point: SpecialPoint, free: tuple[str, str], units: Array, settings: Settings
) -> tuple[CycleLocus, Start]:
    """Start at a fold of cycles found in one parameter, or at a point of such a curve.

    Parameters
    ----------
    point : SpecialPoint
        Of kind LPC, CPC, R1, LPPD or LPNS.
    free : tuple of two str
        The free parameters.
    units : ndarray, shape (2,)
        Widths of their windows.
    settings : Settings
        Mesh.
    """
    cycle = cycle_at(point, settings)
    found = cycle.fold_function()
    vectors = np.real(found.y)[None]
    problem, z = augmented(cycle, FOLD, free, units, vectors, found.shift)
    curve = CycleLocus(KIND, problem, settings, _events(cycle.system.dimension, settings))
    return curve, curve.start(z, point.label or point.kind)


def from_generalised_hopf(
    point: SpecialPoint, free: tuple[str, str], units: Array, settings: Settings
) -> tuple[CycleLocus, Start]:
    """Start on the small folds of cycles that are born at a generalised Hopf point.

    With r the amplitude, they lie at beta_1 = l_2 r^4, beta_2 = -2 l_2 r^2 in the unfolding
    r' = r (beta_1 + beta_2 r^2 + l_2 r^4), linear equations for the parameters at a given r; so the
    guess is the linear cycle at the point itself, with v along it, corrected at fixed amplitude.

    Raises
    ------
    NoConvergence
        When no such fold is found.
    """
    system, p = point.system, point.system.vector(point.parameters)
    born, name = birth(system, point.state, p), point.label or point.kind
    mesh, events = meshes.uniform(settings.intervals), _events(system.dimension, settings)
    wave = born.wave(profiles.base_points(mesh, settings.degree))
    amplitude = min(LARGEST * born.reach, 0.1 * LARGEST * born.size)
    while amplitude > SMALLEST * born.size:
        x = point.state + amplitude * wave
        cycle = Variation(system, p, x, born.period, mesh, settings.degree)
        v = wave / np.sqrt(cycle.mean_square(wave))
        problem, z = augmented(cycle, FOLD, free, units, v[None], 0.0)
        curve = CycleLocus(KIND, problem, settings, events)
        start = curve.small(z, wave, name)
        if start is not None:
            return curve, start
        amplitude /= 2.0
    raise NoConvergence(f"no fold of cycles was found at {name}.", point.state, ())


def _events(n: int, settings: Settings) -> tuple[Event, ...]:
    """CPC, and from three states on R1, LPPD and LPNS."""
    return (
        loci.event("CPC", settings, _bend_test, _bend, _has_size, _cusp_form, "R1"),
        loci.double("R1", settings, 1.0, _pairing, _resonant_form),
        loci.further_doubling("LPPD", settings, others),
        loci.further_torus("LPNS", settings, others),
    )[: 1 if n < 3 else 4]


def _eigenfunction(point: Point) -> Eigenfunction:
    """(v, s) of the point, with the sign that it has along the curve, and its adjoint."""
    found = variation_at(point).fold_function()
    sign = np.copysign(1.0, float(np.sum(found.y * problem_at(point).vector(point.z))))
    return Eigenfunction(sign * found.y, found.adjoint, float(sign * found.shift))


def _normal_form(point: Point) -> forms.CycleFoldNormalForm:
    return forms.fold_normal_form(variation_at(point), _eigenfunction(point))


def _pairing(point: Point) -> float:
    return _normal_form(point).pairing


def _cusp_form(point: Point) -> NormalForm:
    return cycle_cusp_normal_form(variation_at(point), _eigenfunction(point))


def _resonant_form(point: Point) -> NormalForm:
    return first_resonance_normal_form(variation_at(point))


def _bend(point: Point) -> float:
    """The quadratic coefficient, without its pole at a 1:1 resonance.

    Beyond a generalised Hopf point, where the cycle has turned inside out, its sign has changed.
    """
    form = _normal_form(point)
    return _sign(point) * form.quadratic * form.pairing**2


def _bend_test(point: Point) -> float:
    form = _normal_form(point)
    return _sign(point) * forms.signed(form.quadratic, form.terms) * form.pairing**2


def _sign(point: Point) -> float:
    problem = problem_at(point)
    return float(np.copysign(1.0, problem.reference.overlap(problem.profile(point.z))))


def _has_size(point: Point) -> bool:
    """No cycle that has just shrunk towards a generalised Hopf point, where all terms vanish."""
    problem = problem_at(point)
    large = problem.reference.swing(problem.profile(point.z)) > SHRUNK
    return large and unit_circle.is_resolved(point.spectrum)

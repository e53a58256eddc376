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

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from continuation import cycle_loci_events as loci
from continuation.collocation import following
from continuation.collocation import mesh as meshes
from continuation.collocation import profile as profiles
from continuation.collocation.augmented import FOLD, Augmented
from continuation.collocation.birth import SMALLEST, birth
from continuation.collocation.variational import Eigenfunction, Variation
from continuation.curve import Curve, Event, Point, Solution, Start
from continuation.engine import norm, point_near
from continuation.errors import NoConvergence, StopReason
from continuation.linalg import unit_circle
from continuation.linalg.bordered import StructuredJacobian
from continuation.normalforms import cycles as forms
from continuation.normalforms.degenerate_cycles import CycleCuspNormalForm, cycle_cusp_normal_form
from continuation.normalforms.resonances import FirstResonanceNormalForm
from continuation.normalforms.resonant_cycles import first_resonance_normal_form
from continuation.settings import Settings

if TYPE_CHECKING:
    from continuation.special import SpecialPoint
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

SHRUNK = 0.05
"""Part of the size of the reference below which a cycle is on its last steps to a Hopf point."""

LARGEST = 4.0
"""First amplitude tried at a generalised Hopf point, in units of the reach of the linear cycle: the
equations for the parameters are the better the larger it is."""


@dataclass(frozen=True)
class FoldCycleCurve(Curve):
    """Folds of cycles in two parameters.

    Attributes
    ----------
    system : System
        x' = f(x, p).
    free : tuple of two str
        The free parameters.
    problem : Augmented
        The defining system.
    settings : Settings
        Degree, number of intervals, how often the mesh is adapted.
    """

    kind: ClassVar[str] = "folds of cycles"
    spectrum_name: ClassVar[str] = "multipliers"

    system: System
    free: tuple[str, ...]
    problem: Augmented
    settings: Settings

    @classmethod
    def from_fold(
        cls, point: SpecialPoint, free: tuple[str, str], units: Array, settings: Settings
    ) -> tuple[FoldCycleCurve, Start]:
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
        cycle = following.cycle_at(point, settings)
        found = cycle.fold_function()
        vectors = np.real(found.y)[None]
        problem, z = following.augmented(cycle, FOLD, free, units, vectors, found.shift)
        curve = cls(cycle.system, free, problem, settings)
        return curve, Start(z, following.tangent_at(curve, z), point.label or point.kind)

    @classmethod
    def from_generalised_hopf(
        cls, point: SpecialPoint, free: tuple[str, str], units: Array, settings: Settings
    ) -> tuple[FoldCycleCurve, Start]:
        """Start on the small folds of cycles that are born at a generalised Hopf point.

        With r the amplitude, they lie at beta_1 = l_2 r^4, beta_2 = -2 l_2 r^2 in the unfolding
        r' = r (beta_1 + beta_2 r^2 + l_2 r^4), linear equations for the parameters at a given r;
        so the guess is the linear cycle at the point itself, with v along it, corrected at fixed
        amplitude.

        Raises
        ------
        NoConvergence
            When no such fold is found.
        """
        system, p = point.system, point.system.vector(point.parameters)
        born = birth(system, point.state, p)
        mesh = meshes.uniform(settings.intervals)
        wave = born.wave(profiles.base_points(mesh, settings.degree))
        size = max(1.0, float(np.abs(point.state).max()))
        amplitude = min(LARGEST * born.reach, 0.1 * LARGEST * size)
        while amplitude > SMALLEST:
            x = point.state + amplitude * wave
            cycle = Variation(system, p, x, born.period, mesh, settings.degree)
            v = wave / np.sqrt(cycle.mean_square(wave))
            problem, z = following.augmented(cycle, FOLD, free, units, v[None], 0.0)
            curve = cls(system, free, problem, settings)
            tangent = problem.join(wave, 0.0 * v[None], 0.0, 0.0)
            tangent[-2:] = 0.0
            found = point_near(curve, z, tangent / norm(curve, z, tangent), settings)
            if found is not None and problem.reference.resembles(
                problem.profile(found.z), problem.period(found.z)
            ):
                return curve, Start(found.z, found.tangent, point.label or point.kind)
            amplitude /= 2.0
        raise NoConvergence(
            f"no fold of cycles was found at {point.label or point.kind}.", point.state, ()
        )

    def residual(self, z: Array) -> Array:
        """The equations of `collocation.augmented`."""
        return self.problem.linearize(z)[0]

    def jacobian(self, z: Array) -> StructuredJacobian:
        """Their exact derivative, condensed."""
        return self.problem.linearize(z)[1]

    def linearize(self, z: Array) -> tuple[Array, StructuredJacobian]:
        """Both in one evaluation."""
        return self.problem.linearize(z)

    def state(self, z: Array) -> Solution:
        """The cycle and all parameters."""
        return self.problem.state(z)

    def weights(self, z: Array) -> Array:
        """Means over the orbit, parameters in their units."""
        return self.problem.weights

    def refresh(self, point: Point, step: int) -> tuple[Curve, Point]:
        """Adapt the mesh, and let the references follow."""
        return following.refreshed(self, self.problem, self.settings, point, step)

    def spectrum(self, z: Array) -> ComplexArray:
        """Multipliers: the trivial one first, the others by falling modulus."""
        return self.problem.spectrum(z)

    def measures(self, point: Point) -> dict[str, float]:
        """Smallest and largest value of each state, and the error of the trivial multiplier."""
        return following.measures(self.problem, point)

    def signature(self, z: Array) -> Array:
        """Extremes of the states, period and parameters."""
        return following.signature(self.problem, z)

    def end(self, before: Point, after: Point) -> StopReason | None:
        """An equilibrium to which the cycle shrank, a homoclinic orbit, or a coarse mesh."""
        return following.ended(self.problem, before, after, 1.0)

    def boundary(self, before: Point, reason: StopReason) -> tuple[Array, float] | None:
        """Next to a Hopf point, a cycle of a thousandth of the size."""
        return following.boundary(self.problem, before, reason)

    def events(self) -> tuple[Event, ...]:
        """CPC, and from three states on R1, LPPD and LPNS."""
        cusps = loci.event("CPC", self.settings, _bend_test, _bend, _has_size, _cusp_form, "R1")
        if self.system.dimension < 3:
            return (cusps,)
        return (
            cusps,
            loci.double("R1", self.settings, 1.0, _resonant_form),
            loci.further_doubling("LPPD", self.settings, _others),
            loci.further_torus("LPNS", self.settings, _others),
        )

    def eigenfunction(self, z: Array) -> Eigenfunction:
        """(v, s) of the point, with the sign that it has along the curve, and its adjoint."""
        found = self.problem.variation(z).fold_function()
        sign = np.copysign(1.0, float(np.sum(found.y * self.problem.vector(z))))
        return Eigenfunction(sign * found.y, found.adjoint, float(sign * found.shift))


def _curve(point: Point) -> FoldCycleCurve:
    assert isinstance(point.curve, FoldCycleCurve)
    return point.curve


def _normal_form(point: Point) -> forms.CycleFoldNormalForm:
    curve = _curve(point)
    found = curve.eigenfunction(point.z)
    return forms.fold_normal_form(curve.problem.variation(point.z), found)


def _cusp_form(point: Point) -> CycleCuspNormalForm:
    curve = _curve(point)
    found = curve.eigenfunction(point.z)
    return cycle_cusp_normal_form(curve.problem.variation(point.z), found)


def _resonant_form(point: Point) -> FirstResonanceNormalForm:
    return first_resonance_normal_form(_curve(point).problem.variation(point.z))


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
    problem = _curve(point).problem
    return float(np.copysign(1.0, problem.reference.overlap(problem.profile(point.z))))


def _has_size(point: Point) -> bool:
    """No cycle that has just shrunk towards a generalised Hopf point, where all terms vanish."""
    problem = _curve(point).problem
    large = problem.reference.swing(problem.profile(point.z)) > SHRUNK
    return large and unit_circle.is_resolved(point.spectrum)


def _others(point: Point) -> ComplexArray:
    return unit_circle.without(point.spectrum, 1.0)

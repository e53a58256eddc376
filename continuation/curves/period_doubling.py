r"""Period doublings in two free parameters: a cycle with the eigenfunction of the multiplier -1.

.. math::

    x' = T f, \qquad v' = T f_x v, \qquad x(1) = x(0), \; v(1) = -v(0), \qquad
    \int \langle v_{ref}, v \rangle = 1

in z = (x and v at the base points, T, lambda_1, lambda_2), see `collocation.augmented`.

Special points: GPD, R2 and LPPD, from four states on PDNS, see `cycle_loci_events`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from continuation import cycle_loci_events as loci
from continuation.collocation import following
from continuation.collocation.augmented import FLIP, Augmented
from continuation.curve import Curve, Event, Point, Solution, Start
from continuation.errors import StopReason
from continuation.linalg import unit_circle
from continuation.linalg.bordered import StructuredJacobian
from continuation.normalforms import cycles as forms
from continuation.normalforms.degenerate_cycles import (
    DegenerateDoublingNormalForm,
    degenerate_doubling_normal_form,
)
from continuation.normalforms.resonances import SecondResonanceNormalForm
from continuation.normalforms.resonant_cycles import second_resonance_normal_form
from continuation.settings import Settings

if TYPE_CHECKING:
    from continuation.special import SpecialPoint
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]


@dataclass(frozen=True)
class PeriodDoublingCurve(Curve):
    """Period doublings of cycles in two parameters.

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

    kind: ClassVar[str] = "period doublings"
    spectrum_name: ClassVar[str] = "multipliers"

    system: System
    free: tuple[str, ...]
    problem: Augmented
    settings: Settings

    @classmethod
    def from_period_doubling(
        cls, point: SpecialPoint, free: tuple[str, str], units: Array, settings: Settings
    ) -> tuple[PeriodDoublingCurve, Start]:
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
        cycle = following.cycle_at(point, settings)
        vectors = np.real(cycle.eigenfunction(-1.0).y)[None]
        problem, z = following.augmented(cycle, FLIP, free, units, vectors, 0.0)
        curve = cls(cycle.system, free, problem, settings)
        return curve, Start(z, following.tangent_at(curve, z), point.label or point.kind)

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
        return following.ended(self.problem, before, after, -1.0)

    def boundary(self, before: Point, reason: StopReason) -> tuple[Array, float] | None:
        """Next to a Hopf point, a cycle of a thousandth of the size."""
        return following.boundary(self.problem, before, reason)

    def events(self) -> tuple[Event, ...]:
        """GPD, R2 and LPPD, and from four states on PDNS."""
        found = (
            loci.event("GPD", self.settings, _bend_test, _bend, form=_quintic_form, yields_to="R2"),
            loci.double("R2", self.settings, -1.0, _resonant_form),
            loci.further_fold("LPPD", self.settings, _others),
        )
        if self.system.dimension < 4:
            return found
        return (*found, loci.further_torus("PDNS", self.settings, _others))


def _normal_form(point: Point) -> forms.PeriodDoublingNormalForm:
    assert isinstance(point.curve, PeriodDoublingCurve)
    return forms.period_doubling_normal_form(point.curve.problem.variation(point.z))


def _resonant_form(point: Point) -> SecondResonanceNormalForm:
    assert isinstance(point.curve, PeriodDoublingCurve)
    return second_resonance_normal_form(point.curve.problem.variation(point.z))


def _quintic_form(point: Point) -> DegenerateDoublingNormalForm:
    assert isinstance(point.curve, PeriodDoublingCurve)
    return degenerate_doubling_normal_form(point.curve.problem.variation(point.z))


def _bend(point: Point) -> float:
    """The cubic coefficient, without its pole at a 1:2 resonance."""
    form = _normal_form(point)
    return form.b * form.pairing**2


def _bend_test(point: Point) -> float:
    form = _normal_form(point)
    return forms.signed(form.b, form.terms) * form.pairing**2


def _others(point: Point) -> ComplexArray:
    return unit_circle.without(point.spectrum, -1.0)

r"""Cycles of a fixed period in two free parameters.

.. math:: x' = T f, \qquad x(1) = x(0), \qquad T = T_{ref}

in z = (x at the base points, T, lambda_1, lambda_2), see `collocation.augmented`: a stimulus of
given period locks such a cycle, and with a long period the curve approximates one of homoclinic
orbits.

Special points: LPC and PD, from three states on NS: a further multiplier on the unit circle, by
`cycle_loci_events`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from continuation import cycle_loci_events as loci
from continuation.collocation import following
from continuation.collocation.augmented import PERIOD, Augmented
from continuation.curve import Curve, Event, Point, Solution, Start
from continuation.errors import StopReason
from continuation.linalg.bordered import StructuredJacobian
from continuation.settings import Settings

if TYPE_CHECKING:
    from continuation.special import SpecialPoint
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]


@dataclass(frozen=True)
class FixedPeriodCurve(Curve):
    """Cycles of a fixed period in two parameters.

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

    kind: ClassVar[str] = "cycles of fixed period"
    spectrum_name: ClassVar[str] = "multipliers"

    system: System
    free: tuple[str, ...]
    problem: Augmented
    settings: Settings

    @classmethod
    def from_cycle(
        cls, point: SpecialPoint, free: tuple[str, str], units: Array, settings: Settings
    ) -> tuple[FixedPeriodCurve, Start]:
        """Start at a cycle, whose period is kept.

        Parameters
        ----------
        point : SpecialPoint
            Any special point that carries a cycle.
        free : tuple of two str
            The free parameters.
        units : ndarray, shape (2,)
            Widths of their windows.
        settings : Settings
            Mesh.
        """
        cycle = following.cycle_at(point, settings)
        none = np.empty((0, *cycle.x.shape))
        problem, z = following.augmented(cycle, PERIOD, free, units, none, 0.0)
        curve = cls(cycle.system, free, problem, settings)
        provenance = f"{point.label or point.kind}, period {cycle.period:.6g}"
        return curve, Start(z, following.tangent_at(curve, z), provenance)

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
        return following.ended(self.problem, before, after)

    def boundary(self, before: Point, reason: StopReason) -> tuple[Array, float] | None:
        """Next to a Hopf point, a cycle of a thousandth of the size."""
        return following.boundary(self.problem, before, reason)

    def is_stable(self, spectrum: ComplexArray) -> bool:
        """All multipliers but the trivial one lie inside the unit circle."""
        return bool(np.all(np.abs(spectrum[1:]) < 1.0))

    def events(self) -> tuple[Event, ...]:
        """LPC and PD, and from three states on NS."""
        found = (
            loci.further_fold("LPC", self.settings, _multipliers),
            loci.further_doubling("PD", self.settings, _multipliers),
        )
        if self.system.dimension < 3:
            return found
        return (*found, loci.further_torus("NS", self.settings, _multipliers))


def _multipliers(point: Point) -> ComplexArray:
    return point.spectrum

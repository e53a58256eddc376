r"""A user's own event in two free parameters: a solution on which a function g vanishes.

For states at rest f(x, lambda) = 0 and g = 0 in z = (x, lambda_1, lambda_2), where x is an
equilibrium, or all points of a cycle of a map, and g is the user's function of a `Solution`. For
cycles of a flow the equations are those of `collocation.augmented`. The derivative of g is a
central difference,

.. math:: \frac{\partial g}{\partial y_j} \approx \frac{g(y + h_j e_j) - g(y - h_j e_j)}{2 h_j},
          \qquad h_j = \epsilon^{1/3} (1 + |y_j|),

in y = (x, lambda): its error, about 1e-10, slows Newton's method a little and moves no solution.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from continuation import map_points
from continuation.collocation.augmented import PERIOD
from continuation.curve import Curve, Event, Solution, Start
from continuation.cycle_loci_events import crossings
from continuation.cycle_locus import CycleLocus, augmented, cycle_at
from continuation.defining import Equations
from continuation.linalg.spectra import is_stable
from continuation.settings import Settings

if TYPE_CHECKING:
    from continuation.special import SpecialPoint
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

STEP = float(np.finfo(float).eps ** (1.0 / 3.0))
"""h relative to 1 + |y_j|, where the errors of the difference and of rounding are alike."""

VANISHES = 1e-6
"""A function vanishes at a special point when its value there is below this."""


@dataclass(frozen=True)
class EventCurve(Curve):
    """Equilibria of a flow, or cycles of a map, at which a user's function vanishes.

    Attributes
    ----------
    system : System
        The system.
    free : tuple of two str
        The free parameters.
    p : ndarray, shape (n_p,)
        All parameters; the free ones are taken from z.
    period : int
        Number of points m of the cycle of a map, else 1.
    units : ndarray, shape (2,)
        Widths of the windows.
    function : callable
        ``function(solution)``, a smooth number.
    """

    kind: ClassVar[str] = "events"

    system: System
    free: tuple[str, ...]
    p: Array
    period: int
    units: Array
    function: Callable[[Solution], float]

    @classmethod
    def from_event(
        cls,
        point: SpecialPoint,
        free: tuple[str, str],
        units: Array,
        function: Callable[[Solution], float],
    ) -> tuple[EventCurve, Start]:
        """Start at an event found in one parameter.

        Parameters
        ----------
        point : SpecialPoint
            At which the function vanishes.
        free : tuple of two str
            The free parameters.
        units : ndarray, shape (2,)
            Widths of their windows.
        function : callable
            The user's function.

        Raises
        ------
        ValueError
            Where the function does not vanish at the point.
        """
        equations, z = map_points.cycle_in(point, free)
        curve = cls(point.system, free, equations.p, equations.period, units, function)
        _check(curve.value(z), point)
        _, _, vh = np.linalg.svd(curve.jacobian(z))
        return curve, Start(z, vh[-1], point.label or point.kind)

    @cached_property
    def equations(self) -> Equations:
        """The equations and their derivatives in the free parameters."""
        return Equations(self.system, self.free, self.p, self.period)

    def value(self, z: Array) -> float:
        """The user's function."""
        return float(self.function(self.state(z)))

    def residual(self, z: Array) -> Array:
        """The equations and g, shape (m n + 1,)."""
        return np.append(self.equations.first(z)[0], self.value(z))

    def jacobian(self, z: Array) -> Array:
        """(A, f_lambda) and the difference of g below, shape (m n + 1, m n + 2)."""
        _, a, b = self.equations.first(z)
        slope = np.empty(len(z))
        for j, h in enumerate(STEP * (1.0 + np.abs(z))):
            move = np.zeros(len(z))
            move[j] = h
            slope[j] = (self.value(z + move) - self.value(z - move)) / (2.0 * h)
        return np.vstack((np.hstack((a, b)), slope))

    def state(self, z: Array) -> Solution:
        """The equilibrium or cycle and all parameters."""
        return map_points.cycle_solution(self.equations, z)

    def weights(self, z: Array) -> Array:
        """States relative to 1 or their size, parameters in their units."""
        return map_points.vector_weights(self.equations, z, self.units)

    def spectrum(self, z: Array) -> ComplexArray:
        """Eigenvalues, or multipliers of a map."""
        return map_points.spectrum(self.equations, z)

    def is_stable(self, spectrum: ComplexArray) -> bool:
        """Whether the equilibrium or cycle is stable."""
        return is_stable(spectrum, self.system.kind)

    def events(self) -> tuple[Event, ...]:
        """None of its own."""
        return ()


def from_cycle(
    point: SpecialPoint,
    free: tuple[str, str],
    units: Array,
    settings: Settings,
    function: Callable[[Solution], float],
) -> tuple[CycleLocus, Start]:
    """Start at a cycle of a flow on which the function vanishes.

    Parameters
    ----------
    point, free, units, function
        As in `EventCurve.from_event`.
    settings : Settings
        Mesh.

    Raises
    ------
    ValueError
        Where the function does not vanish at the point.
    """
    cycle = cycle_at(point, settings)
    problem, z = augmented(cycle, PERIOD, free, units, np.empty((0, *cycle.x.shape)), 0.0)
    across = np.zeros(len(z))
    across[-2] = units[0]
    problem = replace(problem, function=function, spare=across)
    _check(problem.value(z), point)
    curve = CycleLocus("events", problem, settings, crossings(cycle.system.dimension, settings))
    start = curve.start(z, point.label or point.kind)
    across = problem.across_from(z, start.tangent)
    return replace(curve, problem=replace(problem, spare=across)), start


def _check(value: float, point: SpecialPoint) -> None:
    """Refuse a start at which the function does not vanish."""
    if not abs(value) < VANISHES:
        raise ValueError(
            f"the function must vanish at the start, but it is {value:.3g} at "
            f"{point.label or point.kind}."
        )

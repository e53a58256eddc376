r"""Fixed points of a map in one free parameter: H(x, lambda) = f(x, lambda) - x.

The multipliers are the eigenvalues of f_x. Special points are those of `map_events`: LP, BP, PD,
NS.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from continuation import dense, map_points, points
from continuation.curve import Curve, Event, Solution, Start
from continuation.defining import Equations
from continuation.map_events import cycle_events
from continuation.newton import Correction

if TYPE_CHECKING:
    from continuation.branch import Branch
    from continuation.settings import Settings
    from continuation.special import SpecialPoint
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]


@dataclass(frozen=True)
class FixedPointCurve(Curve):
    """Fixed points of a map in one free parameter; z = (x, lambda).

    Attributes
    ----------
    system : System
        x -> f(x, p).
    free : tuple of one str
        The free parameter.
    p : ndarray, shape (n_p,)
        All parameters; the free one is taken from z.
    unit : float
        Width of the window, in which the parameter is measured.
    """

    kind: ClassVar[str] = "fixed points"

    system: System
    free: tuple[str, ...]
    p: Array
    unit: float = 1.0

    @classmethod
    def from_state(
        cls, system: System, free: str, x: Array, p: Array, unit: float = 1.0
    ) -> tuple[FixedPointCurve, Start]:
        """Start at the fixed point that Newton's method reaches from a state.

        Parameters
        ----------
        system : System
            The map.
        free : str
            The free parameter.
        x : ndarray, shape (n,)
            A state near a fixed point.
        p : ndarray, shape (n_p,)
            All parameters, the free one at its starting value.
        unit : float
            Width of the window.

        Raises
        ------
        NoConvergence
            When no fixed point is reached.
        """
        curve = cls(system, (free,), p, unit)
        value = p[curve.equations.indices]
        x, _ = points.equilibrium(curve.equations, x, value)
        z = np.concatenate((x, value))
        _, _, vh = np.linalg.svd(curve.jacobian(z))
        return curve, Start(z, vh[-1], f"fixed point at {free} = {value[0]:.6g}")

    @classmethod
    def from_branch_point(
        cls, point: SpecialPoint, unit: float, step: float, branch: int
    ) -> tuple[FixedPointCurve, Start]:
        """Leave a branch point along one of its two tangents, by a small step.

        Parameters
        ----------
        point : SpecialPoint
            Of kind BP.
        unit : float
            Width of the window.
        step : float
            Length of the step away from the point, where the Jacobian is singular.
        branch : int
            Which of the two tangents: 0 or 1.
        """
        curve = cls(point.system, point.free, point.system.vector(point.parameters), unit)
        z = np.append(point.state, point.parameters[point.free[0]])
        tangent = np.real(point.vectors["tangents"][branch])
        tangent = tangent / np.sqrt(np.sum(curve.weights(z) * tangent**2))
        return curve, Start(z + step * tangent, tangent, f"{point.label} on fixed points")

    @classmethod
    def from_branch(
        cls, branch: Branch, end: int, unit: float, settings: Settings
    ) -> tuple[FixedPointCurve, Start]:
        """Start at an end of a branch (0 or -1), in the direction that leaves it."""
        free = branch.free[0]
        values = {name: column[end] for name, column in branch.parameters.items()}
        curve = cls(branch.system, branch.free, branch.system.vector(values), unit)
        column = branch.parameters[free]
        z, before = (
            np.append(branch.states[:, i], column[i]) for i in (end, 1 if end == 0 else -2)
        )
        return curve, Start(z, z - before, branch.provenance)

    @cached_property
    def equations(self) -> Equations:
        """Equations f - x = 0 and their derivatives in the free parameter."""
        return Equations(self.system, self.free, self.p)

    def residual(self, z: Array) -> Array:
        """f(x, lambda) - x, shape (n,)."""
        return self.linearize(z)[0]

    def jacobian(self, z: Array) -> Array:
        """(f_x - I, f_lambda), shape (n, n + 1)."""
        return self.linearize(z)[1]

    def linearize(self, z: Array) -> tuple[Array, Array]:
        """Both in one evaluation."""
        f, a, b = self.equations.first(z)
        return f, np.hstack((a, b))

    def correct(self, guess: Array, row: Array, level: float, settings: Settings) -> Correction:
        """Newton's method in one compiled call, where f is machine code."""
        field, slot = self.equations.linearized, self.equations.slots
        found = dense.corrected(field, 1.0, self.p, slot, row, level, guess, settings)
        return super().correct(guess, row, level, settings) if found is None else found

    def state(self, z: Array) -> Solution:
        """The fixed point and all parameters."""
        return Solution(z[:-1], self.equations.named(z))

    def weights(self, z: Array) -> Array:
        """States relative to 1 or to their size where that is larger; the parameter in its unit."""
        weights = np.full(len(z), 1.0 / max(1.0, float(np.abs(z[:-1]).max())) ** 2)
        weights[-1] = 1.0 / self.unit**2
        return weights

    def spectrum(self, z: Array) -> ComplexArray:
        """Multipliers by falling modulus."""
        return map_points.spectrum(self.equations, z)

    def is_stable(self, spectrum: ComplexArray) -> bool:
        """All multipliers lie inside the unit circle."""
        return bool(np.all(np.abs(spectrum) < 1.0))

    def unstable_count(self, spectrum: ComplexArray) -> int:
        """Multipliers outside the unit circle."""
        return int(np.count_nonzero(np.abs(spectrum) > 1.0))

    def events(self) -> tuple[Event, ...]:
        """LP, BP, PD and, from two states on, NS."""
        return cycle_events(self.equations)

r"""Curves of special equilibria of flows, and of special cycles of maps, in two free parameters.

.. math:: f(x, \lambda) = 0 \quad (f(x_i, \lambda) = x_{i+1} \text{ for a map}), \qquad
          \text{one block of } w

z = (x, w, lambda_1, lambda_2). One block of `defining` singles out the point: with one parameter it
is isolated (`points`, `map_points`), with one more it lies on a curve. So folds, Hopf points,
period doublings and Neimark-Sacker points differ in the block, and in what may happen to them along
the curve: their events. Each kind is one file of `curves`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from continuation import map_points
from continuation.curve import Curve, Event, Point, Solution, Start
from continuation.defining import DefiningSystem, Equations, LeadingBlock

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]


EVERY = 3
"""The references of the vectors follow after so many steps; a vector turns by less than 1.4 radian
in them. On a new curve the test functions, which cost more than a step, are evaluated anew."""


@dataclass(frozen=True)
class Locus(Curve):
    """Special equilibria, or special cycles of a map, of one kind in two parameters.

    Attributes
    ----------
    kind : str
        What is followed: "folds", "Hopf points", ...
    equations : Equations
        Of the equilibrium or the cycle, with their derivatives in the two free parameters.
    block : LeadingBlock
        Of the critical vectors, with the references that follow them along the curve.
    units : ndarray, shape (2,)
        Widths of the windows.
    looked_for : tuple of Event
        What may happen along the curve.
    """

    kind: str
    equations: Equations
    block: LeadingBlock
    units: Array
    looked_for: tuple[Event, ...]

    @property
    def system(self) -> System:
        """The flow or map."""
        return self.equations.system

    @property
    def free(self) -> tuple[str, ...]:
        """The two free parameters."""
        return self.equations.free

    @cached_property
    def defining(self) -> DefiningSystem:
        """The equations with these references."""
        return DefiningSystem(self.equations, (self.block,))

    def start(self, y: Array, provenance: str) -> Start:
        """Start at a solution y = (x, lambda) with the guess of the block, along the curve."""
        z = self.defining.join(y)
        _, _, vh = np.linalg.svd(self.jacobian(z))
        return Start(z, vh[-1], provenance)

    def residual(self, z: Array) -> Array:
        """Equations and block, shape (N - 1,)."""
        return self.defining(z)[0]

    def jacobian(self, z: Array) -> Array:
        """The exact derivative, shape (N - 1, N)."""
        return self.defining(z)[1]

    def linearize(self, z: Array) -> tuple[Array, Array]:
        """Both in one evaluation."""
        return self.defining(z)

    def split(self, z: Array) -> tuple[Array, Array]:
        """Y = (x, lambda) and w."""
        y, (w,) = self.defining.split(z)
        return y, w

    def state(self, z: Array) -> Solution:
        """The equilibrium or cycle and all parameters."""
        return map_points.cycle_solution(self.equations, self.split(z)[0])

    def weights(self, z: Array) -> Array:
        """States in units of their size, w as its block says, parameters in their units."""
        weights = map_points.vector_weights(self.equations, z, self.units)
        weights[self.equations.n : -2] = self.block.weights()
        return weights

    def refresh(self, point: Point, step: int) -> tuple[Curve, Point]:
        """Let the references of the block follow its vectors."""
        if step % EVERY:
            return self, point
        own = slice(self.equations.n, -2)
        z, tangent = point.z.copy(), point.tangent.copy()
        block, z[own], tangent[own] = self.block.followed(z[own], tangent[own])
        curve = replace(self, block=block)
        tangent = tangent / np.sqrt(np.sum(curve.weights(z) * tangent**2))
        return curve, Point(z, tangent, point.determinant, curve)

    def spectrum(self, z: Array) -> ComplexArray:
        """Eigenvalues, or multipliers of a map, the critical ones included."""
        return map_points.spectrum(self.equations, self.split(z)[0])

    def measures(self, point: Point) -> dict[str, float]:
        """The frequency or the angle of a pair."""
        return self.block.measures(self.split(point.z)[1])

    def signature(self, z: Array) -> Array:
        """State, frequency or angle, and parameters: vectors may come back with another sign."""
        y, w = self.split(z)
        own = tuple(self.block.measures(w).values())
        return np.concatenate((y[:-2], own, y[-2:] / self.units))

    def events(self) -> tuple[Event, ...]:
        """Those that the kind has."""
        return self.looked_for


def on_locus(point: Point) -> Locus:
    """The curve that computed a point, for the test functions of its events."""
    assert isinstance(point.curve, Locus)
    return point.curve

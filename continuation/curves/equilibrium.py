r"""Equilibria of a flow, or fixed points of a map, in one free parameter.

.. math:: H(x, \lambda) = f(x, \lambda) - \epsilon\, x, \qquad DH = (A, f_\lambda), \qquad
          A = f_x - \epsilon I,

with epsilon = 0 for a flow and 1 for a map. Special points of a map are those of `map_events`. Test
functions along the branch of a flow, with t its unit tangent:

LP
    the component of t along the parameter. It vanishes on a pitchfork's side branch as well, at the
    branch point; there it yields to BP.
BP
    the determinant of DH bordered by t.
H
    the smallest sum of two eigenvalues, with the sign of the product of all of them. It vanishes
    at a neutral saddle as well, where the two are real; there it is not accepted.

Where several eigenvalues cross at once, BP and H are looked for by the one nearest to the axis; see
`normalforms.coincident`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from continuation import dense, map_points, points
from continuation.curve import NOISE, Curve, Event, Point, Solution, Start
from continuation.defining import Equations
from continuation.errors import NoConvergence
from continuation.linalg.spectra import hopf_test, is_stable, opposite_pair, unstable_count
from continuation.location import polish_by_secant
from continuation.map_events import always, cycle_events
from continuation.newton import Correction
from continuation.normalforms.branching import branch_tangents
from continuation.normalforms.coincident import (
    NEAR,
    CoincidentNormalForm,
    crossing_pairs,
    deficiency,
    multiple_branch_point,
    nearest_pair,
    nearest_zero,
)
from continuation.normalforms.fold import fold_normal_form
from continuation.normalforms.hopf import hopf_normal_form
from continuation.points import special_equilibrium
from continuation.settings import Settings
from continuation.sizes import sized
from continuation.special import SpecialPoint, special_point

if TYPE_CHECKING:
    from continuation.branch import Branch
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

IMAGINARY = 10.0
"""A pair counts as complex if its imaginary part exceeds the real part, left over by the bracket,
this many times: a pair that collides at zero (Bogdanov-Takens) is neither a Hopf point nor a
neutral saddle."""


SINGULAR = 1e-13
"""Smallest singular value of DH, relative to the largest, at a start: what is smaller is zero to
round-off, so that the branch has no direction there."""


@dataclass(frozen=True)
class EquilibriumCurve(Curve):
    """Equilibria of a flow, or fixed points of a map, in one free parameter; z = (x, lambda).

    Attributes
    ----------
    system : System
        x' = f(x, p), or x -> f(x, p).
    free : tuple of one str
        The free parameter.
    p : ndarray, shape (n_p,)
        All parameters; the free one is taken from z.
    unit : float
        Width of the window, in which the parameter is measured.
    """

    system: System
    free: tuple[str, ...]
    p: Array
    unit: float = 1.0

    @classmethod
    def from_state(
        cls, system: System, free: str, x: Array, p: Array, unit: float = 1.0
    ) -> tuple[EquilibriumCurve, Start]:
        """Start at the equilibrium, or fixed point, that Newton's method reaches from a state.

        Parameters
        ----------
        system : System
            The system.
        free : str
            The free parameter.
        x : ndarray, shape (n,)
            A state near it.
        p : ndarray, shape (n_p,)
            All parameters, the free one at its starting value.
        unit : float
            Width of the window.

        Raises
        ------
        NoConvergence
            When none is reached.
        """
        window = (free,), np.array([unit])
        rough = cls(sized(system, x, p, *window), (free,), p, unit)
        value = p[rough.equations.indices]
        x, _ = points.equilibrium(rough.equations, x, value)
        curve = replace(rough, system=sized(system, x, p, *window))
        z = np.concatenate((x, value))
        what = "fixed point" if system.kind == "map" else "equilibrium"
        return curve, Start(z, curve.direction(z), f"{what} at {free} = {value[0]:.6g}")

    @classmethod
    def from_branch_point(
        cls, point: SpecialPoint, unit: float, step: float, branch: int
    ) -> tuple[EquilibriumCurve, Start]:
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
        p = point.system.vector(point.parameters)
        curve = cls(point.system, point.free, p, unit)
        z = np.append(point.state, point.parameters[point.free[0]])
        tangent = np.real(point.vectors["tangents"][branch])
        tangent = tangent / np.sqrt(np.sum(curve.weights(z) * tangent**2))
        return curve, Start(z + step * tangent, tangent, f"{point.label} on {curve.kind}")

    @classmethod
    def from_branch(
        cls, branch: Branch, end: int, unit: float, settings: Settings
    ) -> tuple[EquilibriumCurve, Start]:
        """Start at an end of a branch, in the direction that leaves it.

        Parameters
        ----------
        branch : Branch
            With at least two points.
        end : int
            0 for its first point, -1 for its last.
        unit : float
            Width of the window.
        settings : Settings
            Not needed here; a family of cycles reads its mesh from them.
        """
        free = branch.free[0]
        values = {name: column[end] for name, column in branch.parameters.items()}
        curve = cls(branch.system, branch.free, branch.system.vector(values), unit)
        column = branch.parameters[free]
        z, before = (
            np.append(branch.states[:, i], column[i]) for i in (end, 1 if end == 0 else -2)
        )
        return curve, Start(z, z - before, branch.provenance)

    @property
    def kind(self) -> str:
        """What a state at rest is called."""
        return "fixed points" if self.system.kind == "map" else "equilibria"

    @cached_property
    def equations(self) -> Equations:
        """The equations and their derivatives in the free parameter."""
        return Equations(self.system, self.free, self.p)

    def residual(self, z: Array) -> Array:
        """Evaluate H, shape (n,)."""
        return self.linearize(z)[0]

    def jacobian(self, z: Array) -> Array:
        """(A, f_lambda), shape (n, n + 1)."""
        return self.linearize(z)[1]

    def linearize(self, z: Array) -> tuple[Array, Array]:
        """Evaluate H, A and f_lambda in one call."""
        f, a, b = self.equations.first(z)
        jacobian = np.empty((len(f), len(z)))
        jacobian[:, :-1] = a
        jacobian[:, -1:] = b
        return f, jacobian

    def correct(self, guess: Array, row: Array, level: float, settings: Settings) -> Correction:
        """Newton's method in one compiled call, where f is machine code."""
        field, slot = self.equations.linearized, self.equations.slots
        epsilon, scales = 1.0 if self.system.kind == "map" else 0.0, self.scales(guess)
        found = dense.corrected(field, epsilon, self.p, slot, row, level, guess, scales, settings)
        return super().correct(guess, row, level, settings) if found is None else found

    def state(self, z: Array) -> Solution:
        """The state and all parameters."""
        return Solution(z[:-1], self.equations.named(z))

    def weights(self, z: Array) -> Array:
        """States in units of their size, see `System.extent`; the parameter in its unit."""
        weights = np.full(len(z), (1.0 / self.system.extent(z[:-1])) ** 2)
        weights[-1] = 1.0 / self.unit**2
        return weights

    def scales(self, z: Array) -> Array:
        """The size of the states, and the unit of the parameter plus its value."""
        scales = np.full(len(z), self.system.extent(z[:-1]))
        scales[-1] = self.unit + abs(float(z[-1]))
        return scales

    def direction(self, z: Array) -> Array:
        """Null vector of DH, shape (n + 1,), at a point with one.

        DH is taken in the units of the curve, each equation in units of its largest derivative.

        Raises
        ------
        NoConvergence
            Where DH has a second null vector: at a branch point, or where equilibria form a
            surface.
        """
        units = 1.0 / np.sqrt(self.weights(z))
        h, jacobian = self.linearize(z)
        matrix = jacobian * units
        largest = np.abs(matrix).max(axis=1, keepdims=True)
        _, singular, vh = np.linalg.svd(matrix / np.where(largest > 0.0, largest, 1.0))
        if singular[-1] <= SINGULAR * singular[0]:
            raise NoConvergence(
                f"several branches meet at the start, {self.free[0]} = {z[-1]:.6g}, or equilibria "
                f"form a surface: start at another value of the parameter, and use `switch` where "
                f"branches cross.",
                z,
                (float(np.abs(h).max()),),
            )
        return np.asarray(vh[-1] * units)

    def spectrum(self, z: Array) -> ComplexArray:
        """Eigenvalues of f_x by falling real part; of a map, multipliers by falling modulus."""
        return map_points.spectrum(self.equations, z)

    def is_stable(self, spectrum: ComplexArray) -> bool:
        """All eigenvalues have negative real parts, none of them zero to round-off.

        Of a map: all multipliers lie inside the unit circle.
        """
        return is_stable(spectrum, self.system.kind)

    def unstable_count(self, spectrum: ComplexArray) -> int | None:
        """Eigenvalues with positive real parts; None where one is zero to round-off.

        Of a map: multipliers outside the unit circle.
        """
        return unstable_count(spectrum, self.system.kind)

    def events(self) -> tuple[Event, ...]:
        """LP, BP and, from two states on, H; of a map LP, BP, PD and NS."""
        if self.system.kind == "map":
            return cycle_events(self.equations)
        folds = Event("LP", _advance, always, self._polish_fold, 1, "BP", noise=NOISE)
        branching = Event("BP", _determinant, always, self._polish_branch_point, crossing=1)
        if self.system.dimension == 1:
            return folds, branching
        hopfs = Event("H", _hopf, _is_hopf, self._polish_hopf, crossing=2, noise=NOISE)
        zeros = Event("BP", _vanishing, self._several_vanish, self._polish_zeros, coincident=True)
        pairs = Event("H", _crossing, _several_cross, self._polish_pairs, coincident=True)
        return folds, branching, hopfs, zeros, pairs

    def _polish_fold(self, point: Point) -> SpecialPoint:
        found = points.fold(self.equations, point.z)
        return special_equilibrium(
            "LP", self.equations, found, fold_normal_form(self.equations, found)
        )

    def _polish_branch_point(self, point: Point) -> SpecialPoint:
        found = points.branch_point(self.equations, point.z)
        k = deficiency(self.equations, found.y)
        if k > 1:
            return special_equilibrium(
                "BP", self.equations, found, CoincidentNormalForm(k), through=point.tangent
            )
        normal_form, tangents = branch_tangents(self.equations, found)
        return special_equilibrium(
            "BP", self.equations, found, normal_form, tangents=tangents, through=point.tangent
        )

    def _several_vanish(self, point: Point) -> bool:
        return deficiency(self.equations, point.z, NEAR) > 1

    def _polish_zeros(self, point: Point) -> SpecialPoint:
        found = multiple_branch_point(self.equations, point.z)
        form = CoincidentNormalForm(found.q.shape[1])
        return special_equilibrium("BP", self.equations, found, form, through=point.tangent)

    def _polish_pairs(self, point: Point) -> SpecialPoint:
        k = len(crossing_pairs(point.spectrum))

        def mean(near: Point) -> float:
            upper = near.spectrum[near.spectrum.imag > 0.0].real
            return float(np.mean(sorted(upper, key=abs)[:k]))

        exact = polish_by_secant(mean, point, Settings())
        omegas = tuple(float(value.imag) for value in crossing_pairs(exact.spectrum))
        form = CoincidentNormalForm(k, omegas)
        residual = max(float(np.abs(self.residual(exact.z)).max()), abs(mean(exact)))
        return special_point(
            "H", exact, residual, normal_form=form, vectors={"through": point.tangent}
        )

    def _polish_hopf(self, point: Point) -> SpecialPoint:
        omega = abs(opposite_pair(point.spectrum)[0].imag)
        found = points.hopf(self.equations, point.z, omega)
        return special_equilibrium(
            "H", self.equations, found, hopf_normal_form(self.equations, found)
        )


def _advance(point: Point) -> float:
    return point.advance


def _determinant(point: Point) -> float:
    return point.determinant


def _hopf(point: Point) -> float:
    return hopf_test(point.spectrum)


def _vanishing(point: Point) -> float:
    return nearest_zero(point.spectrum)


def _crossing(point: Point) -> float:
    return nearest_pair(point.spectrum)


def _several_cross(point: Point) -> bool:
    return len(crossing_pairs(point.spectrum)) > 1


def _is_hopf(point: Point) -> bool:
    """The opposite pair is complex: no neutral saddle."""
    one, other = opposite_pair(point.spectrum)
    return min(abs(one.imag), abs(other.imag)) > IMAGINARY * abs(one.real)

r"""Period doublings of cycles of maps in two free parameters: (A + 2 E) q = 0, <q0, q> = 1.

z = (x, q, lambda_1, lambda_2) with all m points of the cycle in x; m = 1 is a fixed point. The
system is that of a single period doubling, f(x_i) = x_{i+1} and the two equations above, see
`defining` and `map_points`, with one parameter more. The reference q0 follows the critical vector
along the curve.

Test functions, with p the left critical vector, |p| = 1, followed continuously:

GPD
    <p, C(q, q, q) + 3 B(q, h)>, the cubic coefficient up to a factor, times the squeezed product
    of all mu - 1, because h has a pole where a multiplier is 1.
R2
    <p, E q>, which vanishes where the multiplier -1 is double.
LPPD
    the smallest mu - 1 of the other multipliers, with the sign of their product.
PDNS
    the smallest mu_i mu_j - 1 of the other multipliers, with the sign of the product of all; it
    vanishes at neutral saddles too, which are not accepted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from continuation import map_points
from continuation.curve import Curve, Event, Point, Solution, Start
from continuation.defining import DefiningSystem, Equations, FlippedVector
from continuation.linalg.spectra import fold_test, is_complex_pair, reciprocal_pair, torus_test
from continuation.location import polish_by_secant
from continuation.map_points import special_cycle
from continuation.normalforms import maps as forms
from continuation.normalforms import resonances
from continuation.points import Polished
from continuation.settings import Settings
from continuation.special import SpecialPoint

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

STRICT = Settings(tolerance=1e-13)
"""With which a generalised period doubling is solved for along the curve."""


@dataclass(frozen=True)
class FlipCurve(Curve):
    """Period doublings of fixed points or cycles of a map in two parameters.

    Attributes
    ----------
    system : System
        x -> f(x, p).
    free : tuple of two str
        The free parameters.
    p : ndarray, shape (n_p,)
        All parameters; the free ones are taken from z.
    period : int
        Number of points m.
    units : ndarray, shape (2,)
        Widths of the windows.
    right, left : ndarray, shape (m n,)
        References q0 of the critical vector and of the orientation of the left one, of length 1.
    """

    kind: ClassVar[str] = "period doublings"

    system: System
    free: tuple[str, ...]
    p: Array
    period: int
    units: Array
    right: Array
    left: Array

    @classmethod
    def from_flip(
        cls, point: SpecialPoint, free: tuple[str, str], units: Array
    ) -> tuple[FlipCurve, Start]:
        """Start at a period doubling found in one parameter (or at any point with a multiplier -1).

        Parameters
        ----------
        point : SpecialPoint
            Of a map, of kind PD, GPD, R2, LPPD or PDNS.
        free : tuple of two str
            The free parameters.
        units : ndarray, shape (2,)
            Widths of their windows.
        """
        equations, y = map_points.cycle_in(point, free)
        right, left = map_points.null_vectors(equations, y, -1.0)
        curve = cls(point.system, free, equations.p, equations.period, units, right, left)
        z = curve.defining.join(y)
        _, _, vh = np.linalg.svd(curve.jacobian(z))
        return curve, Start(z, vh[-1], point.label or point.kind)

    @cached_property
    def equations(self) -> Equations:
        """f(x_i) - x_{i+1} and its derivatives in the free parameters."""
        return Equations(self.system, self.free, self.p, self.period, compiled=True)

    @cached_property
    def defining(self) -> DefiningSystem:
        """The equations of the period doubling with this reference."""
        return DefiningSystem(self.equations, [FlippedVector(self.right)])

    def residual(self, z: Array) -> Array:
        """f(x_i) - x_{i+1}, (A + 2 E) q, <q0, q> - 1; shape (2 m n + 1,)."""
        return self.defining(z)[0]

    def jacobian(self, z: Array) -> Array:
        """The exact derivative, shape (2 m n + 1, 2 m n + 2)."""
        return self.defining(z)[1]

    def linearize(self, z: Array) -> tuple[Array, Array]:
        """Both in one evaluation."""
        return self.defining(z)

    def split(self, z: Array) -> tuple[Array, Array]:
        """Y = (x, lambda) and q."""
        y, (q,) = self.defining.split(z)
        return y, q

    def state(self, z: Array) -> Solution:
        """The cycle and all parameters."""
        return map_points.cycle_solution(self.equations, self.split(z)[0])

    def weights(self, z: Array) -> Array:
        """States relative to 1 or their size, q by its angle, parameters in their units."""
        return map_points.vector_weights(self.equations, z, self.units)

    def refresh(self, point: Point, step: int) -> tuple[Curve, Point]:
        """Let the references follow the critical vectors."""
        right, z, tangent = map_points.rescaled(self.equations, point.z, point.tangent)
        curve = replace(self, right=right, left=self.left_vector(self.split(z)[0]))
        tangent = tangent / np.sqrt(np.sum(curve.weights(z) * tangent**2))
        return curve, Point(z, tangent, point.determinant, curve)

    def left_vector(self, y: Array) -> Array:
        """The left critical vector, |p| = 1, oriented as the reference."""
        p = map_points.null_vectors(self.equations, y, -1.0)[1]
        return np.asarray(p * (1.0 if p @ self.left >= 0.0 else -1.0))

    def spectrum(self, z: Array) -> ComplexArray:
        """Multipliers, the critical one included."""
        return map_points.spectrum(self.equations, self.split(z)[0])

    def events(self) -> tuple[Event, ...]:
        """GPD, from two states on R2 and LPPD, from three on PDNS."""
        found = [Event("GPD", _cubic, _always, _polish_generalized)]
        if self.system.dimension > 1:
            found.append(Event("R2", _pairing, _always, _polish_resonance))
            found.append(Event("LPPD", _fold, _always, _polish_fold_flip))
        if self.system.dimension > 2:
            found.append(Event("PDNS", _torus, _is_torus, _polish_flip_torus, yields_to="R2"))
        return tuple(found)


_others = partial(map_points.others, mu=-1.0)


def _curve(point: Point) -> FlipCurve:
    assert isinstance(point.curve, FlipCurve)
    return point.curve


def _cubic(point: Point) -> float:
    curve = _curve(point)
    y, q = curve.split(point.z)
    terms = forms.flip_terms(curve.equations, y, q, curve.left_vector(y))
    from_one = point.spectrum - 1.0
    return float(terms.sum() * np.prod(from_one / (1.0 + np.abs(from_one))).real)


def _pairing(point: Point) -> float:
    curve = _curve(point)
    y, q = curve.split(point.z)
    return float(curve.left_vector(y) @ curve.equations.closing @ q)


def _fold(point: Point) -> float:
    return fold_test(_others(point.spectrum))


def _torus(point: Point) -> float:
    return torus_test(_others(point.spectrum))


def _always(point: Point) -> bool:
    return True


def _is_torus(point: Point) -> bool:
    return is_complex_pair(*reciprocal_pair(_others(point.spectrum)))


def _polish_generalized(point: Point) -> SpecialPoint:
    exact = polish_by_secant(_cubic, point, STRICT)
    curve = _curve(exact)
    y, q = curve.split(exact.z)
    residual = max(float(np.abs(curve.residual(exact.z)).max()), abs(_cubic(exact)))
    q, p = map_points.normalised(curve.equations, q, curve.left_vector(y))
    found = Polished(y, q, p, 0.0, residual, float("nan"))
    # Forms of order 4 and 5, needed once, are not worth a compilation.
    form = forms.generalized_flip_normal_form(replace(curve.equations, compiled=False), found)
    return special_cycle("GPD", curve.equations, found, form)


def _polish_resonance(point: Point) -> SpecialPoint:
    curve = _curve(point)
    found = map_points.second_resonance(curve.equations, curve.split(point.z)[0])
    form = resonances.second_resonance_normal_form(curve.equations, found)
    return special_cycle("R2", curve.equations, found, form)


def _polish_fold_flip(point: Point) -> SpecialPoint:
    curve = _curve(point)
    found = map_points.fold_flip(curve.equations, curve.split(point.z)[0])
    return special_cycle("LPPD", curve.equations, found)


def _polish_flip_torus(point: Point) -> SpecialPoint:
    curve = _curve(point)
    theta = abs(float(np.angle(reciprocal_pair(_others(point.spectrum))[0])))
    found = map_points.with_pair(curve.equations, curve.split(point.z)[0], -1.0, theta)
    return special_cycle("PDNS", curve.equations, found)

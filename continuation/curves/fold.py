r"""Folds in two free parameters: f = 0, A q = 0, <q0, q> = 1.

z = (x, q, lambda_1, lambda_2), N = 2 n + 2 (Moore and Spence 1980; the system is that of a single
fold, see `defining`, with one parameter more). The reference q0 follows the null vector along the
curve.

Test functions, with p the left null vector, |p| = 1, followed continuously:

CP
    <p, B(q, q)>, the quadratic coefficient up to a factor.
BT
    <p, q>, which vanishes where the zero eigenvalue is double.
ZH
    the Hopf test of the other eigenvalues; it vanishes at neutral saddles too, which are not
    accepted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from continuation import points
from continuation.curve import Curve, Event, Point, Solution, Start
from continuation.defining import DefiningSystem, Equations, NullVector, smallest_singular
from continuation.linalg.spectra import eigenvalues, hopf_test, opposite_pair
from continuation.normalforms import codimension_two as forms
from continuation.points import special_equilibrium
from continuation.special import SpecialPoint

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]


@dataclass(frozen=True)
class FoldCurve(Curve):
    """Folds of equilibria in two parameters.

    Attributes
    ----------
    system : System
        x' = f(x, p).
    free : tuple of two str
        The free parameters.
    p : ndarray, shape (n_p,)
        All parameters; the free ones are taken from z.
    units : ndarray, shape (2,)
        Widths of the windows.
    right, left : ndarray, shape (n,)
        References q0 of the null vector and of the orientation of the left one, of length 1.
    """

    kind: ClassVar[str] = "folds"

    system: System
    free: tuple[str, ...]
    p: Array
    units: Array
    right: Array
    left: Array

    @classmethod
    def from_fold(
        cls, point: SpecialPoint, free: tuple[str, str], units: Array
    ) -> tuple[FoldCurve, Start]:
        """Start at a fold found in one parameter (or at any point with a zero eigenvalue).

        Parameters
        ----------
        point : SpecialPoint
            Of kind LP, CP, BT or ZH.
        free : tuple of two str
            The free parameters.
        units : ndarray, shape (2,)
            Widths of their windows.
        """
        p = point.system.vector(point.parameters)
        equations = Equations(point.system, free, p)
        y = np.concatenate((point.state, p[equations.indices]))
        left, right = (np.real(v) for v in smallest_singular(equations.first(y)[1]))
        curve = cls(point.system, free, p, units, right, left)
        z = curve.defining.join(y)
        _, _, vh = np.linalg.svd(curve.jacobian(z))
        return curve, Start(z, vh[-1], f"{point.label or point.kind}")

    @cached_property
    def equations(self) -> Equations:
        """F and its derivatives in the free parameters."""
        return Equations(self.system, self.free, self.p, compiled=True)

    @cached_property
    def defining(self) -> DefiningSystem:
        """The fold's equations with this reference."""
        return DefiningSystem(self.equations, [NullVector(self.right)])

    def residual(self, z: Array) -> Array:
        """Residual f, A q, <q0, q> - 1; shape (2 n + 1,)."""
        return self.defining(z)[0]

    def jacobian(self, z: Array) -> Array:
        """The exact derivative, shape (2 n + 1, 2 n + 2)."""
        return self.defining(z)[1]

    def linearize(self, z: Array) -> tuple[Array, Array]:
        """Both in one evaluation."""
        return self.defining(z)

    def split(self, z: Array) -> tuple[Array, Array]:
        """Take apart y = (x, lambda) and q."""
        y, (q,) = self.defining.split(z)
        return y, q

    def state(self, z: Array) -> Solution:
        """The fold and all parameters."""
        return Solution(z[: self.equations.n], self.equations.named(self.split(z)[0]))

    def weights(self, z: Array) -> Array:
        """States relative to 1 or their size, q by its angle, parameters in their units."""
        n = self.equations.n
        weights = np.ones(len(z))
        weights[:n] = 1.0 / max(1.0, float(np.abs(z[:n]).max())) ** 2
        weights[-2:] = 1.0 / self.units**2
        return weights

    def refresh(self, point: Point, step: int) -> tuple[Curve, Point]:
        """Let the references follow the null vectors."""
        n = self.equations.n
        y, q = self.split(point.z)
        size = float(np.linalg.norm(q))
        right = q / size
        curve = replace(self, right=right, left=self.left_vector(y))
        z, tangent = point.z.copy(), point.tangent.copy()
        z[n:-2] = right
        turned = tangent[n:-2] / size
        tangent[n:-2] = turned - (right @ turned) * right
        tangent = tangent / np.sqrt(np.sum(curve.weights(z) * tangent**2))
        return curve, Point(z, tangent, point.determinant, curve)

    def left_vector(self, y: Array) -> Array:
        """The left null vector, |p| = 1, oriented as the reference."""
        p = np.real(smallest_singular(self.equations.first(y)[1])[0])
        return np.asarray(p * (1.0 if p @ self.left >= 0.0 else -1.0))

    def spectrum(self, z: Array) -> ComplexArray:
        """Eigenvalues of A, the zero one included."""
        return eigenvalues(self.equations.first(self.split(z)[0])[1])

    def events(self) -> tuple[Event, ...]:
        """CP, from two states on BT, from three on ZH."""
        found = [Event("CP", _bend, _always, _polish_cusp)]
        if self.system.dimension > 1:
            found.append(Event("BT", _pairing, _always, _polish_bogdanov_takens))
        if self.system.dimension > 2:
            found.append(Event("ZH", _others, _is_pair, _polish_zero_hopf, yields_to="BT"))
        return tuple(found)


def _curve(point: Point) -> FoldCurve:
    assert isinstance(point.curve, FoldCurve)
    return point.curve


def _bend(point: Point) -> float:
    curve = _curve(point)
    y, q = curve.split(point.z)
    return float(curve.left_vector(y) @ curve.equations.form(y, q, q))


def _pairing(point: Point) -> float:
    curve = _curve(point)
    y, q = curve.split(point.z)
    return float(curve.left_vector(y) @ q)


def _without_zero(point: Point) -> ComplexArray:
    values = point.spectrum
    return np.delete(values, np.argmin(np.abs(values)))


def _others(point: Point) -> float:
    return hopf_test(_without_zero(point))


def _always(point: Point) -> bool:
    return True


def _is_pair(point: Point) -> bool:
    one, other = opposite_pair(_without_zero(point))
    return min(abs(one.imag), abs(other.imag)) > 10.0 * abs(one.real)


def _polish_cusp(point: Point) -> SpecialPoint:
    curve = _curve(point)
    found = points.cusp(curve.equations, curve.split(point.z)[0])
    return special_equilibrium(
        "CP", curve.equations, found, forms.cusp_normal_form(curve.equations, found)
    )


def _polish_bogdanov_takens(point: Point) -> SpecialPoint:
    curve = _curve(point)
    found = points.bogdanov_takens(curve.equations, curve.split(point.z)[0])
    return special_equilibrium(
        "BT", curve.equations, found, forms.bogdanov_takens_normal_form(curve.equations, found)
    )


def _polish_zero_hopf(point: Point) -> SpecialPoint:
    curve = _curve(point)
    omega = abs(opposite_pair(_without_zero(point))[0].imag)
    found = points.zero_hopf(curve.equations, curve.split(point.z)[0], omega)
    return special_equilibrium(
        "ZH", curve.equations, found, forms.zero_hopf_normal_form(curve.equations, found)
    )

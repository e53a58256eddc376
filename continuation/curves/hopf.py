r"""Hopf points in two free parameters: f = 0, A q = v, A v = -kappa q, and two normalisations of q.

z = (x, q, v, kappa, lambda_1, lambda_2) with kappa = omega^2, N = 3 n + 3: the system of a single
Hopf point (`defining.OppositePair`) with one parameter more. The normalising vectors follow the
plane of the pair.

At a Bogdanov-Takens point kappa passes through zero, and the curve goes on as one of neutral
saddles: the curve of Hopf points ends there.

Test functions:

BT
    kappa.
GH
    Re c1, the first Lyapunov coefficient times omega.
ZH
    det A, without the two factors of the pair.
HH
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
from continuation.defining import DefiningSystem, Equations, OppositePair
from continuation.errors import ContinuationError, StopReason
from continuation.linalg.spectra import eigenvalues, hopf_test, opposite_pair
from continuation.location import polish_by_secant
from continuation.normalforms import codimension_two as forms
from continuation.normalforms.hopf import HopfNormalForm, hopf_normal_form
from continuation.points import Polished, special_equilibrium
from continuation.settings import Settings
from continuation.special import SpecialPoint

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

STRICT = Settings(tolerance=1e-13)
"""With which a generalised Hopf point is solved for along the curve."""


@dataclass(frozen=True)
class HopfCurve(Curve):
    """Hopf points of equilibria in two parameters.

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
    pair : OppositePair
        Normalisation of the pair.
    unit_kappa : float
        In which kappa is measured: that of the start.
    """

    kind: ClassVar[str] = "Hopf points"

    system: System
    free: tuple[str, ...]
    p: Array
    units: Array
    pair: OppositePair
    unit_kappa: float

    @classmethod
    def from_hopf(
        cls, point: SpecialPoint, free: tuple[str, str], units: Array
    ) -> tuple[HopfCurve, Start]:
        """Start at a Hopf point found in one parameter.

        Parameters
        ----------
        point : SpecialPoint
            Of kind H, GH, ZH or HH.
        free : tuple of two str
            The free parameters.
        units : ndarray, shape (2,)
            Widths of their windows.

        Raises
        ------
        ContinuationError
            When no pair of eigenvalues is near the imaginary axis.
        """
        p = point.system.vector(point.parameters)
        equations = Equations(point.system, free, p)
        y = np.concatenate((point.state, p[equations.indices]))
        values = eigenvalues(equations.first(y)[1])
        upper = values[values.imag > 0.0]
        if not len(upper):
            raise ContinuationError(f"{point.label or point.kind} has no complex eigenvalues.")
        omega = float(upper[np.argmin(np.abs(upper.real))].imag)
        pair = points.pair_near(equations, y, omega)
        curve = cls(point.system, free, p, units, pair, omega**2)
        z = curve.defining.join(y)
        _, _, vh = np.linalg.svd(curve.jacobian(z))
        return curve, Start(z, vh[-1], f"{point.label or point.kind}")

    @cached_property
    def equations(self) -> Equations:
        """F and its derivatives in the free parameters."""
        return Equations(self.system, self.free, self.p, compiled=True)

    @cached_property
    def defining(self) -> DefiningSystem:
        """The Hopf point's equations with this normalisation."""
        return DefiningSystem(self.equations, [self.pair])

    def residual(self, z: Array) -> Array:
        """Residual of f, the pair and its normalisation; shape (3 n + 2,)."""
        return self.defining(z)[0]

    def jacobian(self, z: Array) -> Array:
        """The exact derivative, shape (3 n + 2, 3 n + 3)."""
        return self.defining(z)[1]

    def linearize(self, z: Array) -> tuple[Array, Array]:
        """Both in one evaluation."""
        return self.defining(z)

    def split(self, z: Array) -> tuple[Array, Array]:
        """Take apart y = (x, lambda) and the unknowns of the pair, (q, v, kappa)."""
        y, (w,) = self.defining.split(z)
        return y, w

    def state(self, z: Array) -> Solution:
        """The Hopf point and all parameters."""
        return Solution(z[: self.equations.n], self.equations.named(self.split(z)[0]))

    def weights(self, z: Array) -> Array:
        """States relative to 1 or their size, q by its angle, the others in their units."""
        n = self.equations.n
        weights = np.ones(len(z))
        weights[:n] = 1.0 / max(1.0, float(np.abs(z[:n]).max())) ** 2
        weights[2 * n : 3 * n] = 1.0 / self.unit_kappa
        weights[-3] = 1.0 / self.unit_kappa**2
        weights[-2:] = 1.0 / self.units**2
        return weights

    def refresh(self, point: Point, step: int) -> tuple[Curve, Point]:
        """Let the normalisation follow: <q, .> / |q|^2, and its orthogonal in the plane of q and v.

        z stays a solution. The tangent is moved along the freedom that the normalisation removes,
        (q, v) -> (a q + b v, a v - b kappa q), until it obeys the new conditions.
        """
        n = self.equations.n
        q, v, kappa = point.z[n : 2 * n], point.z[2 * n : 3 * n], float(point.z[-3])
        along = q / (q @ q)
        across = v - (along @ v) * q
        across = across / np.linalg.norm(across)
        curve = replace(self, pair=replace(self.pair, along=along, across=across))
        tangent = point.tangent.copy()
        conditions = np.array([[along @ q, along @ v], [across @ q, across @ v]])
        defect = np.array([along, across]) @ tangent[n : 2 * n]
        a, b = np.linalg.solve(conditions, -defect)
        tangent[n : 2 * n] += a * q + b * v
        tangent[2 * n : 3 * n] += a * v - b * kappa * q
        tangent = tangent / np.sqrt(np.sum(curve.weights(point.z) * tangent**2))
        return curve, Point(point.z, tangent, point.determinant, curve)

    def spectrum(self, z: Array) -> ComplexArray:
        """Eigenvalues of A, the pair included."""
        return eigenvalues(self.equations.first(self.split(z)[0])[1])

    def measures(self, point: Point) -> dict[str, float]:
        """The frequency."""
        return {"omega": float(np.sqrt(max(point.z[-3], 0.0)))}

    def events(self) -> tuple[Event, ...]:
        """BT and GH, from three states on ZH, from four on HH."""
        found = [
            Event("BT", _kappa, _always, _polish_bogdanov_takens, ends=StopReason.BOGDANOV_TAKENS),
            Event("GH", _re_c1, _always, _polish_bautin, yields_to="BT"),
        ]
        if self.system.dimension > 2:
            found.append(Event("ZH", _zero, _always, _polish_zero_hopf, yields_to="BT"))
        if self.system.dimension > 3:
            found.append(Event("HH", _others, _is_pair, _polish_double_hopf))
        return tuple(found)

    def polished(self, z: Array) -> Polished:
        """The point as a polished Hopf point."""
        y, w = self.split(z)
        q, p, omega = points.normalised_pair(self.equations, y, w)
        return Polished(y, q, p, omega, float(np.abs(self.residual(z)).max()), float("nan"))

    def normal_form(self, z: Array) -> HopfNormalForm:
        """First Lyapunov coefficient along the curve."""
        return hopf_normal_form(self.equations, self.polished(z))


def _curve(point: Point) -> HopfCurve:
    assert isinstance(point.curve, HopfCurve)
    return point.curve


def _always(point: Point) -> bool:
    return True


def _kappa(point: Point) -> float:
    return float(point.z[-3])


def _re_c1(point: Point) -> float:
    if not point.z[-3] > 0.0:
        return float("nan")
    return _curve(point).normal_form(point.z).re_c1


def _without_pair(point: Point) -> ComplexArray:
    """The other eigenvalues: all but the two nearest to +- sqrt(-kappa)."""
    values, root = point.spectrum, np.emath.sqrt(-point.z[-3])
    values = np.delete(values, int(np.argmin(np.abs(values - root))))
    return np.delete(values, int(np.argmin(np.abs(values + root))))


def _zero(point: Point) -> float:
    others = _without_pair(point)
    return float(np.prod(others / (1.0 + np.abs(others))).real)


def _others(point: Point) -> float:
    return hopf_test(_without_pair(point))


def _is_pair(point: Point) -> bool:
    one, other = opposite_pair(_without_pair(point))
    return min(abs(one.imag), abs(other.imag)) > 10.0 * abs(one.real)


def _polish_bogdanov_takens(point: Point) -> SpecialPoint:
    curve = _curve(point)
    found = points.bogdanov_takens(curve.equations, curve.split(point.z)[0])
    return special_equilibrium(
        "BT", curve.equations, found, forms.bogdanov_takens_normal_form(curve.equations, found)
    )


def _polish_bautin(point: Point) -> SpecialPoint:
    curve = _curve(point)
    found = _curve(exact := polish_by_secant(_re_c1, point, STRICT)).polished(exact.z)
    found = replace(found, residual=max(found.residual, abs(_re_c1(exact))))
    return special_equilibrium(
        "GH", curve.equations, found, forms.bautin_normal_form(curve.equations, found)
    )


def _polish_zero_hopf(point: Point) -> SpecialPoint:
    curve = _curve(point)
    y, w = curve.split(point.z)
    found = points.zero_hopf(curve.equations, y, float(np.sqrt(abs(w[-1]))))
    return special_equilibrium(
        "ZH", curve.equations, found, forms.zero_hopf_normal_form(curve.equations, found)
    )


def _polish_double_hopf(point: Point) -> SpecialPoint:
    curve = _curve(point)
    y, w = curve.split(point.z)
    second = abs(opposite_pair(_without_pair(point))[0].imag)
    found, second = points.double_hopf(curve.equations, y, (float(np.sqrt(abs(w[-1]))), second))
    form = forms.double_hopf_normal_form(curve.equations, found, second)
    return special_equilibrium("HH", curve.equations, found, form)

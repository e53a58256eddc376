r"""Neimark-Sacker points of cycles of maps in two free parameters.

z = (x, q, v, c, lambda_1, lambda_2) with all m points of the cycle in x and

.. math:: f(x_i) = x_{i+1}, \qquad (A + E) q = E v, \qquad (A + E) v = E (2 c v - q)

and two normalisations of q: the system of a single Neimark-Sacker point (`defining.UnitPair`), a
pair of multipliers exp(+- i theta) with c = cos(theta), with one parameter more. The normalising
vectors follow the plane of the pair. At c = 1 and c = -1 the pair becomes real, and the curve goes
on as one of neutral saddles: the curve of Neimark-Sacker points ends there.

Test functions:

R1, R2, R3, R4
    c - 1, c + 1, c + 1/2 and c: the strong resonances.
CH
    Re d, the cubic coefficient.
LPNS, PDNS
    the smallest mu - 1 and mu + 1 of the other multipliers, with the sign of their product.
NSNS
    the smallest mu_i mu_j - 1 of the other multipliers, with the sign of the product of all; it
    vanishes at neutral saddles too, which are not accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from continuation import map_points
from continuation.curve import Curve, Event, Point, Solution, Start
from continuation.defining import DefiningSystem, Equations, UnitPair
from continuation.errors import ContinuationError, StopReason
from continuation.linalg.spectra import (
    flip_test,
    fold_test,
    is_complex_pair,
    reciprocal_pair,
    torus_test,
)
from continuation.location import polish_by_secant
from continuation.map_points import special_cycle
from continuation.normalforms import maps as forms
from continuation.normalforms import resonances
from continuation.normalforms.chenciner import chenciner_normal_form
from continuation.points import Polished
from continuation.settings import Settings
from continuation.special import SpecialPoint

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

STRICT = Settings(tolerance=1e-13)
"""With which a Chenciner point is solved for along the curve."""

AWAY = 1e-3
"""How far from R1 or R2 a curve that begins there is begun, lest the event lie at its start."""


@dataclass(frozen=True)
class NeimarkSackerCurve(Curve):
    """Neimark-Sacker points of fixed points or cycles of a map in two parameters.

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
    pair : UnitPair
        Normalisation of the pair.
    """

    kind: ClassVar[str] = "Neimark-Sacker points"

    system: System
    free: tuple[str, ...]
    p: Array
    period: int
    units: Array
    pair: UnitPair

    @classmethod
    def from_neimark_sacker(
        cls, point: SpecialPoint, free: tuple[str, str], units: Array
    ) -> tuple[NeimarkSackerCurve, Start]:
        """Start at a Neimark-Sacker point found in one parameter.

        Parameters
        ----------
        point : SpecialPoint
            Of a map, of kind NS, CH, LPNS, PDNS, NSNS or R1 to R4.
        free : tuple of two str
            The free parameters.
        units : ndarray, shape (2,)
            Widths of their windows.

        Raises
        ------
        ContinuationError
            When no pair of multipliers is complex.
        """
        equations, y = map_points.cycle_in(point, free)
        if point.kind in ("R1", "R2"):
            mu = 1.0 if point.kind == "R1" else -1.0
            pair = map_points.unit_pair_at(equations, y, mu)
            curve = cls(point.system, free, equations.p, equations.period, units, pair)
            return curve, curve.leaving(y, mu, point.label or point.kind)
        values = map_points.spectrum(equations, y)
        upper = values[values.imag > 0.0]
        if not len(upper):
            raise ContinuationError(f"{point.label or point.kind} has no complex multipliers.")
        theta = float(np.angle(upper[np.argmin(np.abs(np.abs(upper) - 1.0))]))
        pair = map_points.unit_pair_near(equations, y, theta)
        curve = cls(point.system, free, equations.p, equations.period, units, pair)
        z = curve.defining.join(y)
        _, _, vh = np.linalg.svd(curve.jacobian(z))
        return curve, Start(z, vh[-1], point.label or point.kind)

    def leaving(self, y: Array, mu: float, provenance: str) -> Start:
        """Start a little away from c = mu, on the side where the pair is complex."""
        z = self.defining.join(y)
        _, _, vh = np.linalg.svd(self.jacobian(z))
        tangent = vh[-1] / np.sqrt(np.sum(self.weights(z) * vh[-1] ** 2))
        if mu * tangent[3 * self.equations.n] > 0.0:
            tangent = -tangent
        return Start(z + AWAY * tangent, tangent, provenance)

    @cached_property
    def equations(self) -> Equations:
        """f(x_i) - x_{i+1} and its derivatives in the free parameters."""
        return Equations(self.system, self.free, self.p, self.period, compiled=True)

    @cached_property
    def defining(self) -> DefiningSystem:
        """The equations of the point with this normalisation."""
        return DefiningSystem(self.equations, [self.pair])

    def residual(self, z: Array) -> Array:
        """The cycle, the pair and its normalisation; shape (3 m n + 2,)."""
        return self.defining(z)[0]

    def jacobian(self, z: Array) -> Array:
        """The exact derivative, shape (3 m n + 2, 3 m n + 3)."""
        return self.defining(z)[1]

    def linearize(self, z: Array) -> tuple[Array, Array]:
        """Both in one evaluation."""
        return self.defining(z)

    def split(self, z: Array) -> tuple[Array, Array]:
        """Y = (x, lambda) and the unknowns of the pair, (q, v, c)."""
        y, (w,) = self.defining.split(z)
        return y, w

    def state(self, z: Array) -> Solution:
        """The cycle and all parameters."""
        return map_points.cycle_solution(self.equations, self.split(z)[0])

    def weights(self, z: Array) -> Array:
        """States relative to 1 or their size, q, v and c as they are, parameters in their units."""
        return map_points.vector_weights(self.equations, z, self.units)

    def refresh(self, point: Point, step: int) -> tuple[Curve, Point]:
        """Let the normalisation follow: <q, .> / |q|^2, and its orthogonal in the plane of q and v.

        z stays a solution. The tangent is moved along the freedom that the normalisation removes,
        (q, v) -> (a q + b v, a v + b (2 c v - q)), until it obeys the new conditions.
        """
        n = self.equations.n
        q, v, c = point.z[n : 2 * n], point.z[2 * n : 3 * n], float(point.z[3 * n])
        along = q / (q @ q)
        across = v - (along @ v) * q
        across = across / np.linalg.norm(across)
        curve = replace(self, pair=replace(self.pair, along=along, across=across))
        tangent = point.tangent.copy()
        conditions = np.array([[along @ q, along @ v], [across @ q, across @ v]])
        defect = np.array([along, across]) @ tangent[n : 2 * n]
        a, b = np.linalg.solve(conditions, -defect)
        tangent[n : 2 * n] += a * q + b * v
        tangent[2 * n : 3 * n] += a * v + b * (2.0 * c * v - q)
        tangent = tangent / np.sqrt(np.sum(curve.weights(point.z) * tangent**2))
        return curve, Point(point.z, tangent, point.determinant, curve)

    def cosine(self, z: Array) -> float:
        """The unknown c."""
        return float(z[3 * self.equations.n])

    def spectrum(self, z: Array) -> ComplexArray:
        """Multipliers, the pair included."""
        return map_points.spectrum(self.equations, self.split(z)[0])

    def measures(self, point: Point) -> dict[str, float]:
        """The angle of the pair."""
        return {"theta": float(np.arccos(np.clip(self.cosine(point.z), -1.0, 1.0)))}

    def events(self) -> tuple[Event, ...]:
        """R1 to R4 and CH, from three states on LPNS and PDNS, from four on NSNS."""
        ends = StopReason.RESONANCE
        found = [
            Event("R1", partial(_cosine, beyond=1.0), _always, _polish_first, ends=ends),
            Event("R2", partial(_cosine, beyond=-1.0), _always, _polish_second, ends=ends),
            Event("R3", partial(_cosine, beyond=-0.5), _always, _polish_third),
            Event("R4", partial(_cosine, beyond=0.0), _always, _polish_fourth),
            Event("CH", _re_d, _always, _polish_chenciner),
        ]
        if self.system.dimension > 2:
            found.append(_with_multiplier("LPNS", fold_test, 1.0))
            found.append(_with_multiplier("PDNS", flip_test, -1.0))
        if self.system.dimension > 3:
            found.append(Event("NSNS", _torus, _is_torus, _polish_two_pairs))
        return tuple(found)

    def polished(self, z: Array) -> Polished:
        """The point as a polished Neimark-Sacker point."""
        y, w = self.split(z)
        residual = float(np.abs(self.residual(z)).max())
        return map_points.complex_point(self.equations, y, w, residual, float("nan"))


def _curve(point: Point) -> NeimarkSackerCurve:
    assert isinstance(point.curve, NeimarkSackerCurve)
    return point.curve


def _always(point: Point) -> bool:
    return True


def _cosine(point: Point, beyond: float) -> float:
    return _curve(point).cosine(point.z) - beyond


def _re_d(point: Point) -> float:
    curve = _curve(point)
    if not abs(curve.cosine(point.z)) < 1.0:
        return float("nan")
    return forms.neimark_sacker_normal_form(curve.equations, curve.polished(point.z)).d


def _others(point: Point) -> ComplexArray:
    """All multipliers but the pair."""
    c = _curve(point).cosine(point.z)
    root = np.emath.sqrt(c**2 - 1.0)
    return map_points.others(map_points.others(point.spectrum, c + root), c - root)


def _torus(point: Point) -> float:
    return torus_test(_others(point))


def _is_torus(point: Point) -> bool:
    return is_complex_pair(*reciprocal_pair(_others(point)))


def _with_multiplier(kind: str, test: Callable[[ComplexArray], float], mu: float) -> Event:
    """A further multiplier mu = 1 or -1."""

    def polish(point: Point) -> SpecialPoint:
        curve = _curve(point)
        theta = float(np.arccos(curve.cosine(point.z)))
        found = map_points.with_pair(curve.equations, curve.split(point.z)[0], mu, theta)
        return special_cycle(kind, curve.equations, found)

    return Event(kind, lambda point: test(_others(point)), _always, polish)


def _polish_first(point: Point) -> SpecialPoint:
    curve = _curve(point)
    found = map_points.first_resonance(curve.equations, curve.split(point.z)[0])
    form = resonances.first_resonance_normal_form(curve.equations, found)
    return special_cycle("R1", curve.equations, found, form)


def _polish_second(point: Point) -> SpecialPoint:
    curve = _curve(point)
    found = map_points.second_resonance(curve.equations, curve.split(point.z)[0])
    form = resonances.second_resonance_normal_form(curve.equations, found)
    return special_cycle("R2", curve.equations, found, form)


def _polish_third(point: Point) -> SpecialPoint:
    curve = _curve(point)
    found = map_points.resonance(curve.equations, curve.split(point.z)[0], -0.5)
    form = resonances.third_resonance_normal_form(curve.equations, found)
    return special_cycle("R3", curve.equations, found, form)


def _polish_fourth(point: Point) -> SpecialPoint:
    curve = _curve(point)
    found = map_points.resonance(curve.equations, curve.split(point.z)[0], 0.0)
    form = resonances.fourth_resonance_normal_form(curve.equations, found)
    return special_cycle("R4", curve.equations, found, form)


def _polish_chenciner(point: Point) -> SpecialPoint:
    exact = polish_by_secant(_re_d, point, STRICT)
    found = _curve(exact).polished(exact.z)
    found = replace(found, residual=max(found.residual, abs(_re_d(exact))))
    equations = replace(_curve(exact).equations, compiled=False)
    return special_cycle("CH", equations, found, chenciner_normal_form(equations, found))


def _polish_two_pairs(point: Point) -> SpecialPoint:
    curve = _curve(point)
    second = abs(float(np.angle(reciprocal_pair(_others(point))[0])))
    angles = (float(np.arccos(curve.cosine(point.z))), second)
    found = map_points.two_pairs(curve.equations, curve.split(point.z)[0], angles)
    return special_cycle("NSNS", curve.equations, found)

r"""Neimark-Sacker points of cycles in two free parameters: a cycle with a pair on the unit circle.

.. math::

    x' = T f, \quad v_1' = T f_x v_1, \quad v_2' = T f_x v_2, \qquad x(1) = x(0), \;
    v_2(0) = v_1(1), \; v_2(1) = 2 c\, v_2(0) - v_1(0), \\
    \int \langle v_{ref}, v_1 \rangle = 1, \qquad \int \langle w_{ref}, v_1 \rangle = 0

in z = (x, v_1 and v_2 at the base points, T, c, lambda_1, lambda_2), see `collocation.augmented`;
the multipliers are exp(+- i theta) with c = cos(theta). For |c| > 1 they are real, mu and 1/mu:
neutral saddle cycles. At c = 1 and c = -1 the curve of tori ends.

Special points: CH, R3 and R4, R1 and R2 at the ends, from four states on LPNS and PDNS, from five
on NSNS, see `cycle_loci_events`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from continuation import cycle_loci_events as loci
from continuation.collocation import following
from continuation.collocation import mesh as meshes
from continuation.collocation import profile as profiles
from continuation.collocation.augmented import TORUS, Augmented
from continuation.collocation.birth import SMALLEST
from continuation.collocation.tori import new_torus
from continuation.collocation.variational import Variation
from continuation.curve import Curve, Event, Point, Solution, Start
from continuation.engine import norm, point_near
from continuation.errors import NoConvergence, StopReason
from continuation.linalg import unit_circle
from continuation.linalg.bordered import StructuredJacobian
from continuation.normalforms import cycles as forms
from continuation.normalforms import resonant_cycles
from continuation.normalforms.degenerate_cycles import (
    CycleChencinerNormalForm,
    chenciner_normal_form,
)
from continuation.settings import Settings

if TYPE_CHECKING:
    from continuation.special import NormalForm, SpecialPoint
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

RESONANCES = (
    ("R1", 1.0, resonant_cycles.first_resonance_normal_form),
    ("R2", -1.0, resonant_cycles.second_resonance_normal_form),
    ("R3", -0.5, resonant_cycles.third_resonance_normal_form),
    ("R4", 0.0, resonant_cycles.fourth_resonance_normal_form),
)
"""The strong resonances with their cos(theta)."""

FAR_FROM_REAL = 0.999
"""Near |cos(theta)| = 1 two multipliers coalesce, and each is known to half the digits only."""


@dataclass(frozen=True)
class TorusCurve(Curve):
    """Neimark-Sacker points of cycles in two parameters.

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

    kind: ClassVar[str] = "Neimark-Sacker points"
    spectrum_name: ClassVar[str] = "multipliers"

    system: System
    free: tuple[str, ...]
    problem: Augmented
    settings: Settings

    @classmethod
    def from_torus(
        cls, point: SpecialPoint, free: tuple[str, str], units: Array, settings: Settings
    ) -> tuple[TorusCurve, Start]:
        """Start at a Neimark-Sacker point found in one parameter, or at a point of such a curve.

        Parameters
        ----------
        point : SpecialPoint
            Of kind NS, CH, R3, R4, LPNS, PDNS or NSNS.
        free : tuple of two str
            The free parameters.
        units : ndarray, shape (2,)
            Widths of their windows.
        settings : Settings
            Mesh.
        """
        cycle = following.cycle_at(point, settings)
        assert point.multipliers is not None
        mu = unit_circle.closest_pair(point.multipliers)
        mu = mu / abs(mu)
        y = cycle.eigenfunction(mu).y
        first = y.real / np.sqrt(cycle.mean_square(y.real))
        second = (mu * y).real / np.sqrt(cycle.mean_square(y.real))
        vectors = np.array([first, second])
        problem, z = following.augmented(cycle, TORUS, free, units, vectors, mu.real)
        curve = cls(cycle.system, free, problem, settings)
        return curve, Start(z, following.tangent_at(curve, z), point.label or point.kind)

    @classmethod
    def from_equilibrium(
        cls,
        point: SpecialPoint,
        free: tuple[str, str],
        units: Array,
        settings: Settings,
        pair: int = 0,
    ) -> tuple[TorusCurve, Start]:
        """Start on the tori that are born at a zero-Hopf or double Hopf point, see `tori`.

        The guess is the linear one at the point itself, corrected at a fixed amplitude of the
        cycle.

        Parameters
        ----------
        point : SpecialPoint
            Of kind ZH or HH.
        free, units, settings
            As in `from_torus`.
        pair : int
            At HH, which pair the cycle belongs to: 0 for the slower one, 1 for the faster one.

        Raises
        ------
        ContinuationError
            When no tori are born there.
        NoConvergence
            When none are found.
        """
        system, p = point.system, point.system.vector(point.parameters)
        born = new_torus(point, pair)
        mesh = meshes.uniform(settings.intervals)
        t = profiles.base_points(mesh, settings.degree)
        amplitude = born.reach
        while amplitude > SMALLEST:
            x = point.state + amplitude * born.cycle.wave(t)
            cycle = Variation(system, p, x, born.cycle.period, mesh, settings.degree)
            y, theta = born.vector(t, amplitude), born.angle(amplitude)
            vectors = np.array([y.real, (np.exp(1j * theta) * y).real])
            vectors = vectors / np.sqrt(cycle.mean_square(y.real.copy()))
            problem, z = following.augmented(
                cycle, TORUS, free, units, vectors, float(np.cos(theta))
            )
            curve = cls(system, free, problem, settings)
            tangent = problem.join(born.cycle.wave(t), 0.0 * vectors, 0.0, 0.0)
            tangent[-2:] = 0.0
            found = point_near(curve, z, tangent / norm(curve, z, tangent), settings)
            if found is not None and problem.reference.resembles(
                problem.profile(found.z), problem.period(found.z)
            ):
                return curve, Start(found.z, found.tangent, point.label or point.kind)
            amplitude /= 2.0
        raise NoConvergence(f"no torus was found at {point.label or point.kind}.", point.state, ())

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
        """As on the other curves, and the angle of the pair, in radians."""
        theta = float(np.arccos(np.clip(self.problem.scalar(point.z), -1.0, 1.0)))
        return {**following.measures(self.problem, point), "theta": theta}

    def signature(self, z: Array) -> Array:
        """Extremes of the states, period and parameters."""
        return following.signature(self.problem, z)

    def end(self, before: Point, after: Point) -> StopReason | None:
        """An equilibrium to which the cycle shrank, a homoclinic orbit, or a coarse mesh."""
        c = self.problem.scalar(after.z)
        held = (complex(np.exp(1j * np.arccos(c))),) if abs(c) < FAR_FROM_REAL else ()
        return following.ended(self.problem, before, after, *held)

    def boundary(self, before: Point, reason: StopReason) -> tuple[Array, float] | None:
        """Next to a Hopf point, a cycle of a thousandth of the size."""
        return following.boundary(self.problem, before, reason)

    def events(self) -> tuple[Event, ...]:
        """CH, R1 to R4, from four states on LPNS and PDNS, from five on NSNS."""
        settings = self.settings
        found = [loci.event("CH", settings, _bend_test, _bend, form=_quintic_form)]
        found += [
            loci.event(
                kind,
                settings,
                partial(_beyond, cosine),
                form=partial(_resonant_form, form),
                ends=StopReason.RESONANCE if abs(cosine) == 1.0 else None,
            )
            for kind, cosine, form in RESONANCES
        ]
        if self.system.dimension > 3:
            found.append(loci.further_fold("LPNS", settings, _others))
            found.append(loci.further_doubling("PDNS", settings, _others))
        if self.system.dimension > 4:
            found.append(loci.further_torus("NSNS", settings, _others))
        return tuple(found)


def _cosine(point: Point) -> float:
    assert isinstance(point.curve, TorusCurve)
    return point.curve.problem.scalar(point.z)


def _beyond(cosine: float, point: Point) -> float:
    return _cosine(point) - cosine


def _resonant_form(form: Callable[[Variation], NormalForm], point: Point) -> NormalForm:
    assert isinstance(point.curve, TorusCurve)
    return form(point.curve.problem.variation(point.z))


def _normal_form(point: Point) -> forms.CycleTorusNormalForm:
    assert isinstance(point.curve, TorusCurve)
    theta = float(np.arccos(_cosine(point)))
    return forms.torus_normal_form(point.curve.problem.variation(point.z), theta)


def _quintic_form(point: Point) -> CycleChencinerNormalForm:
    assert isinstance(point.curve, TorusCurve)
    theta = float(np.arccos(_cosine(point)))
    return chenciner_normal_form(point.curve.problem.variation(point.z), theta)


def _bend(point: Point) -> float:
    """Re d; not a number where the pair is real."""
    return _normal_form(point).d if abs(_cosine(point)) < 1.0 else float("nan")


def _bend_test(point: Point) -> float:
    if not abs(_cosine(point)) < 1.0:
        return float("nan")
    form = _normal_form(point)
    return forms.signed(form.d, form.terms)


def _others(point: Point) -> ComplexArray:
    mu = complex(np.exp(1j * np.arccos(np.clip(_cosine(point), -1.0, 1.0))))
    return unit_circle.without(point.spectrum, mu, mu.conjugate())

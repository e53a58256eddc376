r"""What may happen to a cycle of a flow in one parameter: LPC, BPC, PD and NS, as events.

Test functions along the branch, with t the unit tangent and mu_i the multipliers other than the
trivial one:

LPC
    the product of all mu_i - 1. The component of t along the parameter vanishes at the same points,
    but it is round-off where a branch runs vertically, on a canard or into a homoclinic orbit. At a
    branch point it yields to BPC.
BPC
    the determinant of DH bordered by t. At a Hopf point the cycle shrinks to nothing and grows
    again with a phase shifted by half a period: the sign of the cycle is taken out.
PD
    the product of all mu_i + 1.
NS
    the product of all mu_i mu_j - 1, i < j. It vanishes at a neutral saddle cycle as well, where
    the two are real; there it is not accepted.

Each is polished as the solution of the collocation equations and of its own scalar equation:
t_lambda = 0, or mu - 1 = 0 where round-off hides that; mu + 1 = 0; |mu|^2 - 1 = 0; a branch point
by the two equations of `collocation.branching`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from continuation.collocation import along
from continuation.collocation.branching import Reduction, crossing
from continuation.collocation.events import zero_along
from continuation.collocation.reference import Reference
from continuation.collocation.variational import Variation
from continuation.curve import Event, Point
from continuation.errors import NoConvergence
from continuation.linalg import unit_circle
from continuation.normalforms import cycles as forms
from continuation.normalforms.branching import BranchPointNormalForm
from continuation.settings import Settings
from continuation.special import NormalForm, SpecialPoint, special_point

Array = NDArray[np.float64]

FLAT = 1e-6
"""A branch whose tangent has a smaller component along the parameter leaves vertically."""

NOISE = 1e-7
"""A multiplier that stays this close to 1 says nothing by its sign, as along the cycles of a linear
centre; the meshes give it to nine digits."""


class CycleLike(Protocol):
    """What the events ask of the curve that computed a point."""

    @property
    def reference(self) -> Reference:
        """Mesh, degree and the cycle that fixes the phase."""

    def profile(self, z: Array) -> Array:
        """Values at the base points."""

    def variation(self, z: Array) -> Variation:
        """The equation linearised along the cycle."""


def cycle_events(settings: Settings, dimension: int) -> tuple[Event, ...]:
    """LPC, BPC and PD, and from three states on NS.

    Parameters
    ----------
    settings : Settings
        For the corrector.
    dimension : int
        Number of states.
    """

    def event(
        kind: str,
        test: Callable[[Point], float],
        accept: Callable[[Point], bool],
        exact: Callable[[Point], float],
        form: Callable[[Point], NormalForm],
        crossing: int,
        yields_to: str | None = None,
        noise: float = 0.0,
    ) -> Event:
        def polish(point: Point) -> SpecialPoint:
            found = zero_along(exact, point, settings)
            residual = max(float(np.abs(found.curve.residual(found.z)).max()), abs(exact(found)))
            return special_point(kind, found, residual, normal_form=form(found))

        return Event(kind, test, accept, polish, crossing, yields_to, noise=noise)

    def polish_fold(point: Point) -> SpecialPoint:
        try:
            return folds.polish(point)
        except NoConvergence:
            return steep.polish(point)

    folds = event("LPC", _fold, _is_fold, _along_parameter, _fold_form, 1, "BPC", NOISE)
    steep = event("LPC", _fold, _is_fold, _from_one, _fold_form, 1)
    branching = Event("BPC", _branching, _is_fold, _polish_branch_point, crossing=1)
    lpc = replace(folds, polish=polish_fold)
    flips = event("PD", _doubling, _is_doubling, _from_minus_one, _doubling_form, 1)
    if dimension < 3:
        return lpc, branching, flips
    return lpc, branching, flips, event("NS", _torus, _is_torus, _from_circle, _torus_form, 2)


def _cycle(point: Point) -> CycleLike:
    """The curve that computed a point: along a branch it is not the one that made the events."""
    return cast(CycleLike, point.curve)


def _sign(point: Point) -> float:
    """1, or -1 beyond a point at which the cycle shrank, and goes on shifted by half a period."""
    reference, x = _cycle(point).reference, _cycle(point).profile(point.z)
    sign = float(np.copysign(1.0, reference.overlap(x)))
    return -sign if sign > 0.0 and reference.is_reversed(x) else sign


def _vanished(point: Point) -> bool:
    curve = _cycle(point)
    return curve.reference.swing(curve.profile(point.z)) < along.VANISHED


def _fold(point: Point) -> float:
    return unit_circle.folding(point.spectrum)


def _along_parameter(point: Point) -> float:
    return float(point.tangent[-1])


def _from_one(point: Point) -> float:
    return unit_circle.from_one(point.spectrum)


def _is_fold(point: Point) -> bool:
    return not _vanished(point) and unit_circle.is_fold(point.spectrum)


def _fold_form(point: Point) -> NormalForm:
    return forms.fold_normal_form(_cycle(point).variation(point.z))


def _branching(point: Point) -> float:
    return _sign(point) * point.determinant


def _polish_branch_point(point: Point) -> SpecialPoint:
    """Solve for the branch point in the plane of the tangent and of the eigenfunction."""
    curve, weights = _cycle(point), point.curve.weights(point.z)
    cycle = curve.variation(point.z)
    v = np.real(cycle.fold_function().y)
    across = np.append(v.ravel(), (0.0, 0.0))
    across = across - float(point.row @ across) * point.tangent
    across = across / np.sqrt(np.sum(weights * across**2))
    frame = np.array([point.row, weights * across])
    reduction = Reduction(cycle, curve.reference, point.curve.free, cycle.at_gauss(v), frame)
    found = crossing(reduction, point.z)
    kind = "isolated"
    if found.discriminant > 0.0:
        flat = float(np.abs(found.tangents[:, -1]).min()) < FLAT
        kind = "pitchfork" if flat else "transcritical"
    exact = Point(found.z, point.tangent, 0.0, point.curve)
    return special_point(
        "BPC",
        exact,
        found.residual,
        normal_form=BranchPointNormalForm(found.discriminant, kind),
        vectors={"tangents": found.tangents, "through": point.tangent},
    )


def _doubling(point: Point) -> float:
    return unit_circle.doubling(point.spectrum)


def _is_doubling(point: Point) -> bool:
    return unit_circle.is_doubling(point.spectrum)


def _from_minus_one(point: Point) -> float:
    return unit_circle.from_minus_one(point.spectrum)


def _doubling_form(point: Point) -> NormalForm:
    return forms.period_doubling_normal_form(_cycle(point).variation(point.z))


def _torus(point: Point) -> float:
    return unit_circle.torus(point.spectrum)


def _is_torus(point: Point) -> bool:
    return unit_circle.is_torus(point.spectrum)


def _from_circle(point: Point) -> float:
    return unit_circle.from_circle(point.spectrum)


def _torus_form(point: Point) -> NormalForm:
    pair = unit_circle.closest_pair(point.spectrum)
    return forms.torus_normal_form(_cycle(point).variation(point.z), float(np.angle(pair)))

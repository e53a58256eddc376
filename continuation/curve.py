r"""The contract: every object that we follow is a curve in R^N given by N-1 equations.

.. math:: H(z) = 0, \qquad H: R^N \to R^{N-1}.

An equilibrium branch, a fold curve, a family of cycles, a homoclinic curve differ only in H. The
engine follows any `Curve` and knows none by name.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from continuation.errors import StopReason
from continuation.linalg.bordered import StructuredJacobian
from continuation.newton import Correction, iterate

if TYPE_CHECKING:
    from continuation.orbit import Orbit
    from continuation.settings import Settings
    from continuation.special import SpecialPoint
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]


@dataclass(frozen=True)
class Start:
    """A first guess for a point of a curve, with the direction in which to leave it.

    Attributes
    ----------
    z : ndarray, shape (N,)
        Near a solution of H(z) = 0.
    tangent : ndarray, shape (N,)
        Along the curve, of any length. A start must carry it: a family of cycles begun at a Hopf
        point leaves along the eigenvectors, and a start in the direction of the parameter fails.
    provenance : str
        Where it came from, as in "H1 on equilibria in a".
    """

    z: Array
    tangent: Array
    provenance: str = ""


@dataclass(frozen=True)
class Point:
    """A point on a curve, with what one elimination and one spectrum tell about it.

    Attributes
    ----------
    z : ndarray, shape (N,)
        The unknowns; the free parameters are the last ones.
    tangent : ndarray, shape (N,)
        Unit tangent in the inner product of the curve, oriented along the branch.
    determinant : float
        Of DH bordered by the tangent, up to a positive factor: its sign changes at branch points
        only.
    curve : Curve
        The curve object that computed it.
    """

    z: Array
    tangent: Array
    determinant: float
    curve: Curve

    @cached_property
    def row(self) -> Array:
        """The tangent as a linear form, shape (N,): <tangent, v> = row @ v."""
        return self.curve.weights(self.z) * self.tangent

    @property
    def advance(self) -> float:
        """Component of the tangent along the last free parameter, in the parameter's unit."""
        weight = float(self.curve.weights(self.z)[-1])
        return math.sqrt(weight) * float(self.tangent[-1])

    @cached_property
    def unstable(self) -> int | None:
        """Dimension of the unstable manifold, where the curve can tell."""
        return self.curve.unstable_count(self.spectrum)

    def reversed(self) -> Point:
        """The same point, to be left in the other direction."""
        return Point(self.z, -self.tangent, -self.determinant, self.curve)

    @cached_property
    def signature(self) -> Array:
        """Numbers that tell this solution from others, see `Curve.signature`."""
        return self.curve.signature(self.z)

    @cached_property
    def spectrum(self) -> ComplexArray:
        """Eigenvalues or multipliers, computed when first asked for."""
        return self.curve.spectrum(self.z)


NOISE = 1e-9
"""Test functions without a unit are hardly better than the points, which lie on a branch to
`Settings.tolerance`, by default 1e-10: a sign below this is noise, as that of the tangent's
component along the parameter where a branch is vertical, or that of a real part along a family of
centres."""


@dataclass(frozen=True)
class Event:
    """A function along the branch whose zeros are special points of one kind.

    Attributes
    ----------
    kind : str
        "LP", "H", ... or the user's own name.
    value : callable
        ``value(point)``: continuous along the branch, changes sign at the special point.
    accept : callable
        ``accept(point)``: whether a located zero is what it seems (a Hopf point and no neutral
        saddle). It is asked at a point located by bisection, to about six digits.
    polish : callable
        ``polish(point)``: the special point as the solution of its own defining system, by Newton's
        method from there; raises `NoConvergence`.
    crossing : int
        How many eigenvalues (or multipliers) change sides there: 1 at a fold, 2 at a Hopf point.
    yields_to : str or None
        Not reported where an event of this kind lies at the same place: on the side branch of a
        pitchfork the tangent is vertical at the branch point, which is no fold.
    ends : StopReason or None
        Why the branch ends at this event, where it does.
    noise : float
        Values up to this are round-off, whose sign means nothing: where the parameter stands still
        along a whole branch, its derivative is noise.
    coincident : bool
        Looked for only where a step shows no event that is not: several eigenvalues that cross at
        once, at which the equations of one are singular, or its test function keeps its sign.
    """

    kind: str
    value: Callable[[Point], float]
    accept: Callable[[Point], bool]
    polish: Callable[[Point], SpecialPoint]
    crossing: int = 0
    yields_to: str | None = None
    ends: StopReason | None = None
    noise: float = 0.0
    coincident: bool = False


@dataclass(frozen=True)
class Solution:
    """What the unknowns z stand for, in the user's terms.

    Attributes
    ----------
    state : ndarray, shape (n,)
        The equilibrium, or the first point of the orbit.
    parameters : mapping of str to float
        All parameters by name, free and fixed.
    period : float or None
        Of a cycle; the truncated time of a connecting orbit.
    orbit : Orbit or None
        Of a cycle or connecting orbit.
    """

    state: Array
    parameters: Mapping[str, float]
    period: float | None = None
    orbit: Orbit | None = None


class Curve(ABC):
    """N-1 equations in N unknowns, and what is interesting along their solutions.

    A subclass guarantees the following.

    1. ``z`` ends with the free parameters, in the order of ``free``.
    2. ``residual(z)`` has shape (N-1,) and is as smooth as f. ``jacobian(z)`` is its exact
    derivative. 3. An instance never changes. What evolves along a branch (a mesh, a phase
    reference, borders) is
       a new instance, made by ``refresh``.
    4. Both ends of a step are tested by the same instance, because refreshing may flip a border and
       fake a zero. Events may therefore depend on ``self``.

    Four things must be said (`residual`, `jacobian`, `state`, `events`); the others have defaults.
    """

    if TYPE_CHECKING:  # Read only: a class gives them as it likes, as fields or as properties.

        @property
        def kind(self) -> str:
            """What is followed: "equilibria", "folds", ..."""

        @property
        def system(self) -> System:
            """The system whose solutions are followed."""

        @property
        def free(self) -> tuple[str, ...]:
            """Names of the free parameters."""

    @property
    def spectrum_name(self) -> str:
        """What `spectrum` is: "eigenvalues", or "multipliers" for a map; a class may fix it."""
        return "multipliers" if self.system.kind == "map" else "eigenvalues"

    @abstractmethod
    def residual(self, z: Array) -> Array:
        """H(z), shape (N-1,)."""

    @abstractmethod
    def jacobian(self, z: Array) -> Array | StructuredJacobian:
        """DH(z), shape (N-1, N), or an object that can border and factorise itself."""

    @abstractmethod
    def state(self, z: Array) -> Solution:
        """Say what z stands for."""

    @abstractmethod
    def events(self) -> tuple[Event, ...]:
        """Kinds of special points that may lie on this curve."""

    def linearize(self, z: Array) -> tuple[Array, Array | StructuredJacobian]:
        """H(z) and DH(z) together; override where they share work."""
        return self.residual(z), self.jacobian(z)

    def correct(self, guess: Array, row: Array, level: float, settings: Settings) -> Correction:
        """Solve H(z) = 0 and <row, z> = level from a guess.

        Override where all of Newton's method runs in compiled code; the outcome must be that of
        `newton.iterate`.
        """
        return iterate(self, guess, row, level, settings)

    def weights(self, z: Array) -> Array:
        """Weights w > 0, shape (N,), of <u, v> = sum w u v; independent of a mesh."""
        return np.ones(len(z))

    def scales(self, z: Array) -> Array:
        """Sizes c > 0 of the unknowns, shape (N,): Newton's corrections d end at |d| <= tol c.

        By default the units of the inner product and the unknowns themselves, added. Override where
        weights belong to a mean, in which single unknowns count little.
        """
        return np.asarray(1.0 / np.sqrt(self.weights(z)) + np.abs(z))

    def refresh(self, point: Point, step: int) -> tuple[Curve, Point]:
        """The curve, and the point as that curve sees it, from which the next step is taken.

        ``step`` counts accepted steps. Override to adapt a mesh or to move a phase reference.
        """
        return self, point

    def spectrum(self, z: Array) -> ComplexArray:
        """Eigenvalues or multipliers at a point; empty where there is nothing of the kind."""
        return np.empty(0, dtype=complex)

    def is_stable(self, spectrum: ComplexArray) -> bool:
        """Whether the solution is stable; False on curves where that has no meaning."""
        return False

    def unstable_count(self, spectrum: ComplexArray) -> int | None:
        """Dimension of the unstable manifold, for the engine's check that no event was missed."""
        return None

    def measures(self, point: Point) -> dict[str, float]:
        """Further columns for the table of the branch, such as an amplitude."""
        return {}

    def fields(self, z: Array) -> dict[str, object]:
        """Further fields of a `SpecialPoint` at z, such as the phase response of a cycle."""
        return {}

    def signature(self, z: Array) -> Array:
        """Numbers that tell solutions apart, whatever the mesh: to recognise a closed branch.

        By default z, with the parameters in the units of the step length: in their own, a parameter
        that changes by ten hides that the state is another one.
        """
        k = len(self.free)
        return np.append(z[:-k], np.sqrt(self.weights(z)[-k:]) * z[-k:])

    def end(self, before: Point, after: Point) -> StopReason | None:
        """The natural end of this kind of curve, if the last step reached it."""
        return None

    def boundary(self, before: Point, reason: StopReason) -> tuple[Array, float] | None:
        """Row and level, <row, z> = level, that hold exactly where ``end`` said the branch ends.

        None where the branch ends with the point that was reached.
        """
        return None


def units(free: tuple[str, ...], within: Mapping[str, tuple[float, float]]) -> Array:
    """Widths of the windows, shape (k,): the units of the free parameters.

    A parameter without a bounded window is measured in its own unit.
    """
    widths = [hi - lo for lo, hi in (within.get(name, (0.0, np.inf)) for name in free)]
    return np.array([width if np.isfinite(width) else 1.0 for width in widths])

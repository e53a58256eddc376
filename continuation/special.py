"""A special point: a located zero of a test function, polished on its own defining system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from continuation.curve import Point
    from continuation.orbit import Orbit
    from continuation.system import System

Array = NDArray[np.float64]


class NormalForm:
    """Coefficients of a normal form: a frozen dataclass a kind, the convention in the names.

    ``criticality`` is "supercritical", "subcritical" or "degenerate" where the word has a meaning.
    """

    criticality: str = ""

    @property
    def unfolding(self) -> str:
        """What grows from a point of codimension two, in a sentence; "" where nothing is said.

        Stable means stable within the centre manifold.
        """
        return ""


def by_sign(coefficient: float, negative: str, positive: str) -> str:
    """The words that go with the sign of a coefficient; none where it has no sign."""
    if coefficient < 0.0:
        return negative
    return positive if coefficient > 0.0 else ""


def ratio(one: float, other: float) -> float:
    """Quotient of two coefficients; not a number where the second one vanishes, as by symmetry."""
    return one / other if other else float("nan")


@dataclass(frozen=True)
class SpecialPoint:
    """A point of a branch that is worth a name.

    Attributes
    ----------
    kind, label : str
        Kind ("LP", "H", ...) and the kind with a number, counted along the branch ("H1").
    system : System
        The system it belongs to.
    free : tuple of str
        Free parameters of the branch.
    within : mapping of str to (float, float)
        Bounds of the branch.
    parameters : mapping of str to float
        All parameters, by name.
    state : ndarray, shape (n,)
        The equilibrium, or the first point of the orbit.
    residual : float
        Largest residual of the defining system after the last Newton step.
    conditioning : float
        Condition number (1-norm estimate) of the defining system's Jacobian: digits lost to it.
    period : float or None
        Period of a cycle; truncated time of a connecting orbit.
    orbit : Orbit or None
        ``t, x = sp.orbit``.
    eigenvalues : ndarray or None, shape (n,)
        Of an equilibrium.
    multipliers : ndarray or None, shape (n,)
        Of a cycle, the trivial one included.
    normal_form : NormalForm or None
        Coefficients, where the kind has some.
    phase_response : ndarray or None, shape (n, m)
        Of a cycle: shift of the asymptotic phase, in time, by an infinitesimal push in each state,
        at the times ``orbit.t``.
    vectors : mapping of str to ndarray
        What the defining system solved for besides state and parameters: null vectors "q", "p", ...
    """

    kind: str
    system: System
    free: tuple[str, ...]
    parameters: Mapping[str, float]
    state: Array
    residual: float
    conditioning: float = float("nan")
    label: str = ""
    within: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    period: float | None = None
    orbit: Orbit | None = None
    eigenvalues: NDArray[np.complex128] | None = None
    multipliers: NDArray[np.complex128] | None = None
    normal_form: NormalForm | None = None
    phase_response: Array | None = None
    vectors: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def __repr__(self) -> str:
        free = ", ".join(f"{name} = {self.parameters[name]:.15g}" for name in self.free)
        period = "" if self.period is None else f", period {self.period:.12g}"
        return f"{self.label or self.kind}: {free}{period}"


def special_point(kind: str, point: Point, residual: float, **fields: Any) -> SpecialPoint:
    """Name a point of a curve: its solution, its spectrum, and the fields that its kind adds.

    Parameters
    ----------
    kind : str
        "UZ", "PD", ...
    point : Point
        Solved to round-off.
    residual : float
        Of the defining system.
    **fields
        Further fields of `SpecialPoint`.
    """
    curve = point.curve
    solution = curve.state(point.z)
    known: dict[str, Any] = {
        "parameters": solution.parameters,
        "state": solution.state,
        "period": solution.period,
        "orbit": solution.orbit,
        curve.spectrum_name: point.spectrum,
    }
    known |= curve.fields(point.z)
    return SpecialPoint(
        kind=kind, system=curve.system, free=curve.free, residual=residual, **(known | fields)
    )

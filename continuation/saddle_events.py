r"""Special points of a curve of homoclinic orbits to a saddle, as events.

Test functions, with the leading eigenvalues nu_1, nu_2, ... (unstable) and mu_1, mu_2, ... (stable)
counted from the imaginary axis, under the names of MatCont:

NSS, NSF, NFF
    Re nu_1 + Re mu_1, relative to Re nu_1 - Re mu_1: neutral saddle, saddle-focus (one leading pair
    is complex), bi-focus (both are).
DRS, DRU
    (mu_1 - mu_2)^2, (nu_1 - nu_2)^2: double real leading eigenvalue, between saddle and
    saddle-focus.
NDS, NDU
    Re (mu_1 + mu_2 + nu_1) with a pair mu_1, mu_2, Re (nu_1 + nu_2 + mu_1) with a pair nu_1, nu_2,
    the third one real, relative to the sum of their moduli: neutrally divergent saddle-focus.
TLS, TLU
    Re mu_pair - mu, Re nu_pair - nu of a pair and a real eigenvalue that lead together: three
    leading eigenvalues, between saddle and saddle-focus too.
OFS, OFU, IFS, IFU
    orbit and inclination flips, see `flips`; they have a meaning where the leading eigenvalue is
    real.
NCH
    Re nu_1 or Re mu_1: the saddle becomes a saddle-node, and the curve of homoclinic orbits to
    saddles ends (non-central homoclinic orbit to a saddle-node).
SHH
    the same with a complex pair: the saddle-focus undergoes a Hopf bifurcation (Shilnikov-Hopf);
    the curve ends there too.

References
----------
A. R. Champneys, Yu. A. Kuznetsov, B. Sandstede, A numerical toolbox for homoclinic bifurcation
analysis, Int. J. Bifurcation and Chaos 6 (1996) 867-887, section 3: psi_1 to psi_12 and the two of
saddle-nodes. (psi_7 and psi_8 there, Re mu_1 - Re mu_3, touch zero where eigenvalues are counted
by real parts; here the difference is that of the pair and the real one, and changes sign.)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from continuation import flips, saddles
from continuation.collocation.events import zero_along
from continuation.connecting import Projection
from continuation.curve import Event, Point
from continuation.errors import StopReason
from continuation.linalg.subspaces import Half
from continuation.settings import Settings
from continuation.special import SpecialPoint, special_point

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

NEUTRAL = 1e-9
"""Rates whose sum is less than this, relative to themselves, have the sum zero: in a conservative
or reversible flow it is zero along the whole curve, and computed as round-off."""

FLIPPED = 1e-6
"""A cosine below this has no sign: where orbit or adjoint equation stay in an invariant plane, it
is zero along the whole curve, and computed to about 1e-8."""


class SaddleCurve(Protocol):
    """What the events ask of a curve of homoclinic orbits."""

    @property
    def settings(self) -> Settings:
        """Tolerances."""

    @property
    def leaving(self) -> Projection:
        """The condition at the left end; it has as many rows as there are stable eigenvalues."""

    @property
    def orientation(self) -> flips.Orientation | None:
        """Signs of the vectors by which flips are measured."""

    def ends(self, z: Array) -> flips.Ends:
        """What flips are read from."""


def events(stable: int, n: int) -> tuple[Event, ...]:
    """All events of a curve with so many stable eigenvalues among n."""
    found = [
        _event("NCH", _margin, _is_real, StopReason.SADDLE_NODE),
        _event("NSS", _neutrality, partial(_has_complex, 0), noise=NEUTRAL),
    ]
    if n > 2:
        found += [
            _event("SHH", _margin, _is_pair, StopReason.SHILNIKOV_HOPF),
            _event("NSF", _neutrality, partial(_has_complex, 1), noise=NEUTRAL),
            _event("NFF", _neutrality, partial(_has_complex, 2), noise=NEUTRAL),
        ]
    halves: tuple[tuple[Half, str, int, tuple[flips.Flip, ...]], ...] = (
        ("lhp", "S", stable, flips.STABLE),
        ("rhp", "U", n - stable, flips.UNSTABLE),
    )
    for half, letter, count, own in halves:
        if count > 1:
            found.append(_event(f"DR{letter}", partial(_of_half, saddles.discriminant, half)))
            divergence = partial(_of_half, saddles.divergence, half)
            found.append(_event(f"ND{letter}", divergence, partial(_is_focus, half), noise=NEUTRAL))
            found += [_event(kind, partial(_flip, kind), noise=FLIPPED) for kind in own]
        if count > 2:
            found.append(_event(f"TL{letter}", partial(_of_half, saddles.pair_before_real, half)))
    return tuple(found)


def _curve(point: Point) -> SaddleCurve:
    return cast("SaddleCurve", point.curve)


def _always(point: Point) -> bool:
    return True


def _event(
    kind: str,
    value: Callable[[Point], float],
    accept: Callable[[Point], bool] = _always,
    ends: StopReason | None = None,
    noise: float = 0.0,
) -> Event:
    """A test function that is solved for along the curve."""

    def polish(point: Point) -> SpecialPoint:
        exact = zero_along(value, point, _curve(point).settings)
        residual = float(np.abs(exact.curve.residual(exact.z)).max())
        return special_point(kind, exact, max(residual, abs(value(exact))))

    return Event(kind, value, accept, polish, ends=ends, noise=noise)


def _margin(point: Point) -> float:
    return saddles.margin(point.spectrum, _curve(point).leaving.dimension)


def _neutrality(point: Point) -> float:
    """Re nu_1 + Re mu_1, relative to their distance."""
    stable = _curve(point).leaving.dimension
    nu, mu = point.spectrum[stable].real, point.spectrum[stable - 1].real
    return float((nu + mu) / (nu - mu))


def _of_half(test: Callable[[ComplexArray, int, Half], float], half: Half, point: Point) -> float:
    return test(point.spectrum, _curve(point).leaving.dimension, half)


def _is_focus(half: Half, point: Point) -> bool:
    """A pair leads in this half, and a real eigenvalue in the other."""
    paired = saddles.leads_by_pair(point.spectrum, _curve(point).leaving.dimension, half)
    return paired and _has_complex(1, point)


def _flip(kind: flips.Flip, point: Point) -> float:
    curve = _curve(point)
    assert curve.orientation is not None
    return flips.flip(kind, curve.ends(point.z), curve.orientation)


def _has_complex(count: int, point: Point) -> bool:
    return saddles.complex_leading(point.spectrum, _curve(point).leaving.dimension) == count


def _is_real(point: Point) -> bool:
    return saddles.critical_is_real(point.spectrum)


def _is_pair(point: Point) -> bool:
    return not saddles.critical_is_real(point.spectrum)

"""Special points of a curve of homoclinic orbits; `curves.homoclinic` lists them with formulas."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol, runtime_checkable

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


@runtime_checkable
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
        _event("NSS", _neutrality, partial(_has_complex, 0)),
    ]
    if n > 2:
        found += [
            _event("SHH", _margin, _is_pair, StopReason.SHILNIKOV_HOPF),
            _event("NSF", _neutrality, partial(_has_complex, 1)),
            _event("NFF", _neutrality, partial(_has_complex, 2)),
        ]
    if stable > 1:
        found.append(_event("DRS", partial(_discriminant, "lhp"), _always))
        found += [_event(kind, partial(_flip, kind), _always) for kind in flips.STABLE]
    if n - stable > 1:
        found.append(_event("DRU", partial(_discriminant, "rhp"), _always))
        found += [_event(kind, partial(_flip, kind), _always) for kind in flips.UNSTABLE]
    return tuple(found)


def _curve(point: Point) -> SaddleCurve:
    assert isinstance(point.curve, SaddleCurve)
    return point.curve


def _event(
    kind: str,
    value: Callable[[Point], float],
    accept: Callable[[Point], bool],
    ends: StopReason | None = None,
) -> Event:
    """A test function that is solved for along the curve."""

    def polish(point: Point) -> SpecialPoint:
        exact = zero_along(value, point, _curve(point).settings)
        residual = float(np.abs(exact.curve.residual(exact.z)).max())
        return special_point(kind, exact, max(residual, abs(value(exact))))

    return Event(kind, value, accept, polish, ends=ends)


def _margin(point: Point) -> float:
    return saddles.margin(point.spectrum, _curve(point).leaving.dimension)


def _neutrality(point: Point) -> float:
    return saddles.quantity(point.spectrum, _curve(point).leaving.dimension)


def _discriminant(half: Half, point: Point) -> float:
    return saddles.discriminant(point.spectrum, _curve(point).leaving.dimension, half)


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


def _always(point: Point) -> bool:
    return True

"""Refine a truncated connecting orbit until its parameter no longer moves.

It has two errors: the mesh, and the distance of its ends from the equilibria, whose square enters
the parameter. Both are made smaller in turn.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from continuation.curve import Curve
from continuation.curves.heteroclinic import HeteroclinicCurve
from continuation.curves.homoclinic import HomoclinicCurve
from continuation.errors import ContinuationError, NoConvergence
from continuation.newton import Correction, correct
from continuation.settings import Settings

Array = NDArray[np.float64]
C = TypeVar("C", HomoclinicCurve, HeteroclinicCurve)

SETTLED = 1e-12
"""The parameter has settled when a refinement moves it by less, relative to 1 + |value|."""

CLOSER = 1e-2
"""Factor by which the ends come closer to the saddle in one refinement: the truncation error falls
by its square."""

CLOSEST = 1e-8
"""Ends this close, relative to the size of the orbit, leave an error below round-off."""

FINEST = 800
"""Mesh intervals at which refinement gives up."""


def refined(curve: C, z: Array, settings: Settings) -> tuple[C, Array, float]:
    """Refine truncation and mesh until the parameter settles; also return its last change."""
    strict = replace(settings, tolerance=min(settings.tolerance, 1e-12), newton_steps=20)
    z = corrected(curve, z, strict).z
    size = curve.truncation.diameter(z)
    change = np.inf
    while True:
        value = float(z[-1])
        if max(curve.distances(z)) > CLOSEST * size:
            closer = max(CLOSER * max(curve.distances(z)), 0.5 * CLOSEST * size)
            curve, z = curve.lengthened(z, closer)
            curve, z = curve.remeshed(z, len(curve.truncation.scheme.steps))
        elif len(curve.truncation.scheme.steps) < FINEST:
            curve, z = curve.remeshed(z, 2 * len(curve.truncation.scheme.steps))
        else:
            raise ContinuationError(
                f"the value of {curve.free[0]} did not settle: it still moved by "
                f"{change:.1e} with {FINEST} mesh intervals."
            )
        z = corrected(curve, z, strict).z
        change = abs(float(z[-1]) - value)
        if change <= SETTLED * (1.0 + abs(value)) and max(curve.distances(z)) <= CLOSEST * size:
            return curve, z, change


def corrected(curve: Curve, z: Array, settings: Settings) -> Correction:
    """Solve at the truncation time of z."""
    row = np.zeros(len(z))
    row[-2] = 1.0
    found = correct(curve, z, row, float(z[-2]), settings)
    if not found.converged:
        raise NoConvergence(
            f"no connecting orbit was found near the given one of length "
            f"{curve.state(z).period:.6g}: residual {found.residuals[-1]:.1e} after "
            f"{found.iterations} Newton steps. Start from an orbit that comes closer, such as a "
            f"cycle of longer period.",
            found.z,
            found.residuals,
        )
    return found

r"""Cycles of a fixed period in two free parameters.

.. math:: x' = T f, \qquad x(1) = x(0), \qquad T = T_{ref}

in z = (x at the base points, T, lambda_1, lambda_2), see `collocation.augmented`: a stimulus of
given period locks such a cycle, and with a long period the curve approximates one of homoclinic
orbits.

Special points: LPC and PD, from three states on NS: a further multiplier on the unit circle, by
`cycle_loci_events`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from continuation.collocation.augmented import PERIOD
from continuation.curve import Start
from continuation.cycle_loci_events import crossings
from continuation.cycle_locus import CycleLocus, augmented, cycle_at
from continuation.settings import Settings
from continuation.special import SpecialPoint

Array = NDArray[np.float64]


def from_cycle(
    point: SpecialPoint, free: tuple[str, str], units: Array, settings: Settings
) -> tuple[CycleLocus, Start]:
    """Start at a cycle, whose period is kept.

    Parameters
    ----------
    point : SpecialPoint
        Any special point that carries a cycle.
    free : tuple of two str
        The free parameters.
    units : ndarray, shape (2,)
        Widths of their windows.
    settings : Settings
        Mesh.
    """
    cycle = cycle_at(point, settings)
    none = np.empty((0, *cycle.x.shape))
    problem, z = augmented(cycle, PERIOD, free, units, none, 0.0)
    events = crossings(cycle.system.dimension, settings)
    curve = CycleLocus("cycles of fixed period", problem, settings, events)
    return curve, curve.start(z, f"{point.label or point.kind}, period {cycle.period:.6g}")

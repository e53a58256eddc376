r"""Cycles of twice the period that are born at a period doubling.

With the eigenfunction v of the multiplier -1, v' = T A v, v(1) = -v(0), they are

.. math:: x(2 s) + \epsilon v(2 s), \quad 0 \le s \le 1, \qquad x(s + 1) = x(s), \quad
          v(s + 1) = -v(s),

to first order, with period 2 T + O(epsilon^2) and at the parameter of the period doubling +
O(epsilon^2). The other sign of epsilon is the same cycle begun half a period later.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from continuation.collocation.reference import Reference
from continuation.collocation.variational import Variation

Array = NDArray[np.float64]

DOUBLED = 0.3
"""The halves of a newborn cycle differ by what the first order says, within this part of it."""


def twice(mesh: Array, y: Array, sign: float) -> tuple[Array, Array]:
    """A profile passed through twice, the second time with a sign: mesh and profile."""
    both = np.concatenate((0.5 * mesh[:-1], 0.5 + 0.5 * mesh))
    return both, np.concatenate((y[:-1], sign * y))


def doubled(cycle: Variation, size: float) -> tuple[Reference, Array]:
    """The cycle of twice the period that the doubled ones bifurcate from, and epsilon v for 1.

    Parameters
    ----------
    cycle : Variation
        The cycle at the period doubling.
    size : float
        Mean square root of the second profile that is returned.
    """
    mesh, x = twice(cycle.mesh, cycle.x, 1.0)
    v = np.real(cycle.eigenfunction(-1.0).y)
    reference = Reference(mesh, cycle.degree, x, 2.0 * cycle.period)
    return reference, size * twice(cycle.mesh, v, -1.0)[1]


def is_doubled(x: Array, guess: Array, reference: Reference) -> bool:
    """Whether the halves of a cycle differ as those of the guess."""
    one, other = reference.halves(x), reference.halves(guess)
    return float(np.linalg.norm(one - other)) < DOUBLED * float(np.linalg.norm(other))

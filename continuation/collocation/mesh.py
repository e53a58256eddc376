r"""Where to put the mesh points: equidistribution of the error of collocation.

The error of collocation of degree m on an interval of length h is of order h^{m+1} |x^{(m+1)}|, so
that the mesh is chosen with equal integrals of

.. math:: \varphi(t) = |x^{(m+1)}(t)|^{1/(m+1)} + \theta \bar\varphi,

where the bar is the mean of the first term over [0, 1]. The derivative comes from differences of
the m-th derivatives of neighbouring pieces [1]_. The constant term keeps a share theta / (1 +
theta) of the intervals evenly spread: near a homoclinic orbit the cycle rests at a saddle, where
nothing happens but e^{lambda t}, and a single interval across that rest would ruin the multipliers.

References
----------
.. [1] C. de Boor, Good approximation by splines with variable knots II, Lecture Notes in
Mathematics
   363, Springer 1974, 12-20; R. D. Russell, J. Christiansen, Adaptive mesh selection strategies for
   solving boundary value problems, SIAM J. Numer. Anal. 15 (1978) 59-80.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from continuation.collocation import sampling
from continuation.collocation.basis import basis

Array = NDArray[np.float64]

EVEN = 0.5
"""theta: a third of the intervals is spread evenly."""


def uniform(intervals: int) -> Array:
    """Mesh with equal intervals, shape (N + 1,)."""
    return np.linspace(0.0, 1.0, intervals + 1)


def adapted(x: Array, mesh: Array, degree: int, intervals: int, periodic: bool = True) -> Array:
    """Mesh of so many intervals, shape (N + 1,), that spreads the error of a profile evenly.

    Parameters
    ----------
    x : ndarray, shape (N m + 1, n)
        The profile; scale its columns where states differ in size.
    mesh : ndarray, shape (N + 1,)
        Its mesh.
    degree : int
        m.
    intervals : int
        Of the new mesh.
    periodic : bool
        Whether the last piece is followed by the first.
    """
    fresh = np.empty(intervals + 1)
    sampling.adapt(np.ascontiguousarray(x), mesh, basis(degree).top, periodic, EVEN, fresh)
    return fresh

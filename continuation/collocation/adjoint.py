r"""The phase response of a cycle: the periodic solution of the adjoint variational equation.

.. math:: Z' = -f_x(x(t))^T Z, \qquad Z(0) = Z(T), \qquad \langle Z, f(x(t)) \rangle = 1,

shifts of the asymptotic phase, in units of time, by an infinitesimal push in each state. Between
mesh points Z_j = G_j^T Z_(j+1) with the transition matrices of the collocation solution, a cyclic
problem read backwards, with one scalar unknown and the normalisation as border. Its elimination is
that of `assembly`, stable whatever the other multipliers are. At mesh points the order is 2m, as
that of the cycle.

References
----------
E. Brown, J. Moehlis, P. Holmes, On the phase reduction and response dynamics of neural oscillator
populations, Neural Comput. 16 (2004) 673-715, section 2 (there in radians).
W. Govaerts, B. Sautois, Computation of the phase response curve: a direct numerical approach,
Neural Comput. 18 (2006) 817-847: the same null vector from the collocation matrix.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from continuation.collocation.assembly import BorderedProblem, Intervals

Array = NDArray[np.float64]

HYPERBOLIC = 1e-6
"""With a second multiplier this close to 1 there is no asymptotic phase, and no response of it."""


def backwards(transitions: Array) -> Intervals:
    """The cyclic problem y_(k+1) = G_(N-1-k)^T y_k, as intervals without inner points."""
    count, n, _ = transitions.shape
    maps = np.zeros((count, n, n + 1))
    maps[:, :, :n] = transitions[::-1].transpose(0, 2, 1)
    value, integral = np.full((1, 2), 0.5), np.ones((1, 1))
    for array in (
        value,
        integral,
    ):  # read-only, as those of a basis: one compiled version serves both
        array.setflags(write=False)
    packed = np.zeros((count, n + n * n))
    lu = np.broadcast_to(np.eye(n), (count, n, n)).copy()
    pivots = np.broadcast_to(np.arange(n, dtype=np.int64), (count, n)).copy()
    local = (0.0, np.zeros(count), value, integral, packed, lu, pivots, maps)
    rest = np.zeros((count, n))
    return Intervals(rest, rest, local, maps, 1.0, n)


def phase_response(intervals: Intervals, flow: Array) -> Array:
    """Phase response at the base points, shape (N m + 1, n), in time per unit of each state.

    Parameters
    ----------
    intervals : Intervals
        The linearised cycle.
    flow : ndarray, shape (N m + 1, n)
        f at the base points.
    """
    n = intervals.states
    count, mn, _ = intervals.maps.shape
    degree = mn // n
    at_mesh = flow[::degree]
    lengths = np.linalg.norm(at_mesh, axis=1)
    problem = backwards(intervals.transitions)
    direction = (at_mesh[0] / lengths[0])[:, None]
    ends = np.hstack((-np.eye(n), np.eye(n), direction))
    mean = (at_mesh[::-1] / (count + 1)).ravel()
    factors = BorderedProblem(problem, ends, np.empty((0, len(mean) + 1))).bordered(
        np.append(mean, 0.0)
    )
    rhs = np.zeros(len(mean) + 1)
    rhs[-1] = 1.0
    adjoint = factors.solve(rhs)[:-1].reshape(count + 1, n)[::-1]
    response = np.empty((count * degree + 1, n))
    response[::degree] = adjoint
    for node in range(1, degree):
        reached = intervals.maps[:, (node - 1) * n : node * n, :n]
        response[node::degree] = np.linalg.solve(reached.transpose(0, 2, 1), adjoint[:-1, :, None])[
            :, :, 0
        ]
    return np.asarray(response / np.einsum("ka,ka->k", response, flow)[:, None])

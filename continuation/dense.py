r"""Newton's method for states at rest, compiled from end to end.

The unknowns z = (x, lambda) solve

.. math:: f(x, \lambda) - \epsilon\, x = 0, \qquad \langle row, z \rangle = level,

with epsilon = 0 for equilibria of a flow and 1 for fixed points of a map. One call evaluates f and
its derivatives by the address of their machine code and eliminates, until the corrections are
small. The rule by which it stops is that of `newton.iterate`, and a test holds the two equal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from continuation.linalg.small import back_substitute, compiled, largest_in, lu_rows, part
from continuation.native import call_native
from continuation.newton import Correction, verdict

if TYPE_CHECKING:
    from continuation.fields import Linearization
    from continuation.settings import Settings

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

LARGEST = 40
"""Up to so many unknowns compiled loops beat LAPACK, most of whose time is then the call."""

judge = part(verdict)


def corrected(
    field: Linearization,
    epsilon: float,
    p: Array,
    slot: Integers,
    row: Array,
    level: float,
    guess: Array,
    scales: Array,
    settings: Settings,
) -> Correction | None:
    """Solve for a state at rest and the free parameter; None if f is not machine code, or large.

    Parameters
    ----------
    field : Linearization
        f, f_x and f_lambda.
    epsilon : float
        0 for a flow, 1 for a map.
    p : ndarray, shape (n_p,)
        All parameters; the free one is taken from the unknowns.
    slot : ndarray of int, shape (1,)
        Position of the free parameter among all.
    row : ndarray, shape (n + 1,)
        The last row of the bordered matrix.
    level : float
        Value of <row, z>.
    guess : ndarray, shape (n + 1,)
        First iterate.
    scales : ndarray, shape (n + 1,)
        Sizes of the unknowns.
    settings : Settings
        Tolerance and largest number of iterations.
    """
    if field.address is None or len(guess) > LARGEST:
        return None
    z, tangent, history = guess.copy(), np.empty(len(guess)), np.empty(settings.newton_steps)
    border, wanted = (row, level), (scales, settings.tolerance)
    iterations, converged, determinant = iterate(
        field.address, epsilon, p.copy(), slot, border, wanted, z, tangent, history
    )
    residuals = tuple(history[:iterations].tolist())
    if not converged:
        return Correction(z, False, iterations, residuals)
    return Correction(z, True, iterations, residuals, tangent, determinant)


@compiled
def iterate(address, epsilon, p, slot, border, wanted, z, tangent, history):  # type: ignore[no-untyped-def]
    """Newton's method in place; returns iterations, whether it converged, and the determinant.

    Parameters
    ----------
    border : tuple of the last row and the value of <row, z>
    wanted : tuple of scales (n + 1,), the tolerance in them
    z : (n + 1,), the first iterate, and the last, out; tangent : (n + 1,), out
    history : (iterations,), out: largest residuals
    """
    (row, level), (scales, tolerance) = border, wanted
    size = z.shape[0]
    n = size - 1
    x, packed = np.empty((1, n)), np.empty((1, n + n * n + n))
    matrix, pivots = np.empty((size, size + 2)), np.empty(size, dtype=np.int64)
    step, before, former = np.empty(size), np.inf, np.inf
    for iteration in range(1, history.shape[0] + 1):
        x[0] = z[:n]
        p[slot[0]] = z[n]
        call_native(address, x, p, packed, 1)
        history[iteration - 1] = fill(packed[0], epsilon, z, row, level, matrix)
        if not history[iteration - 1] < np.inf:
            return iteration, False, 0.0
        sign = lu_rows(matrix, pivots, size)
        if sign == 0.0:
            return iteration, False, 0.0
        back_substitute(matrix, size)
        for i in range(size):
            step[i] = matrix[i, size]
        length = largest_in(step, scales)
        if not length < np.inf:
            return iteration, False, 0.0
        for i in range(size):
            z[i] += step[i]
        outcome = judge(length, before, history[iteration - 1], former, tolerance)
        if outcome > 0:
            logs = 0.0
            for i in range(size):
                tangent[i] = matrix[i, size + 1]
                logs += np.log(abs(matrix[i, i]))
            return iteration, True, sign * np.exp(logs / size)
        if outcome < 0:
            return iteration, False, 0.0
        before, former = length, history[iteration - 1]
    return history.shape[0], False, 0.0


@part
def fill(packed, epsilon, z, row, level, matrix):  # type: ignore[no-untyped-def]
    """Fill the bordered matrix (n + 1, n + 3) with its right-hand sides; the largest residual.

    The right-hand sides are those of the correction, and (0, ..., 0, 1) for the tangent.
    """
    size = z.shape[0]
    n = size - 1
    most, missing = 0.0, level
    for i in range(n):
        for c in range(n):
            matrix[i, c] = packed[n + i * n + c]
        matrix[i, i] -= epsilon
        matrix[i, n] = packed[n + n * n + i]
        residual = packed[i] - epsilon * z[i]
        matrix[i, size], matrix[i, size + 1] = -residual, 0.0
        if not abs(residual) <= most:
            most = abs(residual)
    for c in range(size):
        matrix[n, c] = row[c]
        missing -= row[c] * z[c]
    matrix[n, size], matrix[n, size + 1] = missing, 1.0
    return most

r"""Newton's method for collocation with linear side conditions, compiled from end to end.

The unknowns z are the profile and the scalars (T, p); the equations are those of `assembly`, with
boundary rows E, integral rows and a border, all of them linear,

.. math:: E\,(x(0), x(1), T, p) = e, \qquad R z = r.

A cycle is such a problem: x(1) - x(0) = 0, the phase condition, and the condition that fixes the
point on the branch. One call evaluates f by the address of its machine code, eliminates and solves
until the corrections are small. The rule by which it stops is that of `newton.iterate`, which does
the same call by call for all other problems, and the two are held equal by a test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from continuation.collocation.assembly import (
    CollocationFactors,
    Scheme,
    check_square,
    space_of_border,
)
from continuation.collocation.condensation import condense
from continuation.collocation.kernels import (
    compiled,
    condense_rows,
    gauss_states,
    part,
    reduce,
    solve_condensed,
)
from continuation.native import call_native
from continuation.newton import Correction

if TYPE_CHECKING:
    from continuation.settings import Settings

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


def corrected(
    scheme: Scheme,
    p: Array,
    slots: Integers,
    ends: Array,
    rows: Array,
    levels: Array,
    guess: Array,
    settings: Settings,
) -> Correction | None:
    """Solve the collocation equations with linear side conditions; None if f is not machine code.

    Parameters
    ----------
    scheme : Scheme
        Mesh, degree and equations.
    p : ndarray, shape (n_p,)
        All parameters; the free ones are taken from the unknowns.
    slots : ndarray of int, shape (k,)
        Positions of the free parameters among all.
    ends : ndarray, shape (n_b, 2 n + s)
        E: columns x(0), x(1), scalars.
    rows : ndarray, shape (q, (N m + 1) n + s)
        R, the border last; n_b + q = n + s.
    levels : ndarray, shape (n_b + q,)
        e, then r.
    guess : ndarray, shape ((N m + 1) n + s,)
        First iterate.
    settings : Settings
        Tolerance and largest number of iterations.
    """
    address = scheme.field.address
    if address is None or not scheme.is_small:
        return None
    b, within = scheme.basis, scheme.space()
    maps = within[-1]
    check_square(maps, scheme.states, ends, rows)
    reduced = space_of_border(maps, scheme.states, len(rows))
    z, history = guess.copy(), np.empty(settings.newton_steps)
    x = z[: -1 - scheme.free].reshape(-1, scheme.states)
    field = (address, p.copy(), slots)
    polynomials = (scheme.steps, b.value, b.runge_kutta, b.integral)
    iterations, converged, period, sign, determinant = iterate(
        field, polynomials, (ends, rows, levels), z, x, settings.tolerance, within, reduced, history
    )
    factors = CollocationFactors.of(
        scheme.intervals(period, within, sign), (rows, *reduced[1:]), determinant
    )
    return Correction(z, converged, iterations, tuple(history[:iterations].tolist()), factors)


@compiled
def iterate(field, scheme, conditions, z, x, tolerance, within, reduced, history):  # type: ignore[no-untyped-def]
    """Newton's method on z, in place.

    Returns iterations, whether it converged, and of the last matrix the period, the sign of the
    intervals, and the determinant of the reduced equations.

    Parameters
    ----------
    field : tuple of address, p (n_p,), overwritten, slots (k,)
    scheme : tuple of steps, value, runge_kutta, integral
    conditions : tuple of ends, rows, levels
    z : ((N m + 1) n + s,); x : (N m + 1, n), the same memory: the profile in it
    within : tuple of packed, residual, newton, lu, pivots, maps, as in `condense`, out
    reduced : tuple of condensed rows, panels, taus, multipliers, last, last_pivots as in `reduce`,
        out: they belong to the iterate before the last
    history : (iterations,), out: largest residuals
    """
    rows, maps = conditions[1], within[5]
    period_at = x.size
    at, rhs = np.empty((within[0].shape[0], x.shape[1])), np.empty(z.shape[0])
    step = np.empty(z.shape[0])
    before, period, sign, determinant = np.inf, 0.0, 1.0, 0.0
    for iteration in range(1, history.shape[0] + 1):
        period = z[period_at]
        sign = linearise(field, scheme, conditions, z, x, period_at, within, at, rhs)
        largest_residual = largest(rhs, z.shape[0] - 1)
        history[iteration - 1] = largest_residual if period > 0.0 else np.inf
        if not history[iteration - 1] < np.inf:
            return iteration, False, period, sign, 0.0
        condense_rows(rows, maps, x.shape[1], reduced[0])
        own, modulus = reduce(maps, conditions[0], *reduced)
        determinant = own * modulus
        if sign == 0.0 or not 0.0 < abs(determinant) < np.inf:
            return iteration, False, period, sign, determinant
        place(within[2], rhs)
        solve_condensed(maps, (rows, *reduced[1:]), rhs, step)
        length = largest(step, step.shape[0])
        if not length < np.inf:
            return iteration, False, period, sign, determinant
        for i in range(z.shape[0]):
            z[i] += step[i]
        wanted = tolerance * (1.0 + largest(z, z.shape[0]))
        expected = length * (length / before) ** 2 if length < before < np.inf else np.inf
        if length < wanted or expected < wanted:
            return iteration, True, period, sign, determinant
        if length > 2.0 * before:
            return iteration, False, period, sign, determinant
        before = length
    return history.shape[0], False, period, sign, determinant


@part
def linearise(field, scheme, conditions, z, x, period_at, within, at, rhs):  # type: ignore[no-untyped-def]
    """Evaluate and condense at z; rhs receives all residuals. Returns the sign of the intervals."""
    address, p, slots = field
    packed, residual = within[0], within[1]
    for i in range(slots.shape[0]):
        p[slots[i]] = z[period_at + 1 + i]
    gauss_states(x, scheme[1], at)
    call_native(address, at, p, packed, packed.shape[0])
    sign = condense(x, z[period_at], *(scheme + within))
    place(residual, rhs)
    ends, rows, levels = conditions
    remainders(z, ends, rows, levels, x.shape[1], residual.size, rhs)
    return sign


@part
def place(blocks, rhs):  # type: ignore[no-untyped-def]
    """Write blocks (N, m n) into the first entries of rhs."""
    length = blocks.shape[1]
    for j in range(blocks.shape[0]):
        for i in range(length):
            rhs[j * length + i] = blocks[j, i]


@part
def remainders(z, ends, rows, levels, n, split, rhs):  # type: ignore[no-untyped-def]
    """What is missing from the side conditions, into rhs beyond the intervals."""
    for t in range(ends.shape[0]):
        total = levels[t]
        for a in range(n):
            total -= ends[t, a] * z[a]
        for a in range(n, ends.shape[1]):
            total -= ends[t, a] * z[split - n + a]
        rhs[split + t] = total
    for t in range(rows.shape[0]):
        total = levels[ends.shape[0] + t]
        for i in range(z.shape[0]):
            total -= rows[t, i] * z[i]
        rhs[split + ends.shape[0] + t] = total


@part
def largest(v, count):  # type: ignore[no-untyped-def]
    """Largest modulus of the first entries of v; NaN where there is one."""
    most = 0.0
    for i in range(count):
        size = abs(v[i])
        if not size <= most:
            if size != size:
                return size
            most = size
    return most

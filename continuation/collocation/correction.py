r"""Newton's method for collocation with linear side conditions, compiled from end to end.

The unknowns z are the profile and the scalars (T, p); the equations are those of `assembly`, with
boundary rows E, integral rows and a border, all of them linear,

.. math:: E\,(x(0), x(1), T, p) = e, \qquad R z = r.

A cycle is such a problem: x(1) - x(0) = 0, the phase condition, and the condition that fixes the
point on the branch. One call evaluates f by the address of its machine code, eliminates and solves
until the corrections are small; at the solution it linearises once more, for the multipliers. The
rule by which it stops is that of `newton.iterate`, which does the same call by call for all other
problems, and the two are held equal by a test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from continuation.collocation.assembly import Scheme, check_square, oriented
from continuation.collocation.condensation import condense
from continuation.collocation.kernels import condense_rows, gauss_states
from continuation.collocation.reduction import reduce, solve_condensed
from continuation.collocation.reduction import space as space_of_reduction
from continuation.linalg.small import compiled, largest, largest_in, part
from continuation.native import call_native
from continuation.newton import Correction, verdict

if TYPE_CHECKING:
    from continuation.settings import Settings

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


judge = part(verdict)


class Transport(NamedTuple):
    """The linear flow along a profile, from mesh point to mesh point.

    Attributes
    ----------
    transitions : ndarray, shape (N, n, n)
        G_j: derivative of the state at mesh point j+1 by that at mesh point j.
    flow : ndarray, shape (N + 1, n)
        f at the mesh points.
    """

    transitions: Array
    flow: Array


def corrected(
    scheme: Scheme,
    p: Array,
    slots: Integers,
    ends: Array,
    rows: Array,
    levels: Array,
    guess: Array,
    scales: Array,
    settings: Settings,
) -> tuple[Correction, Transport] | None:
    """Solve the collocation equations with linear side conditions; None if f is not machine code.

    The transport belongs to the solution, where there is one.

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
    scales : ndarray, shape ((N m + 1) n + s,)
        Sizes of the unknowns.
    settings : Settings
        Tolerance and largest number of iterations.
    """
    address = scheme.field.address
    if address is None or not scheme.is_small:
        return None
    n, scalars, count = scheme.states, 1 + scheme.free, len(scheme.steps)
    check_square(n + scalars, n, ends, rows)
    z, tangent, history = guess.copy(), np.empty(len(guess)), np.empty(settings.newton_steps)
    transport = Transport(np.empty((count, n, n)), np.empty((count + 1, n)))
    x = z[:-scalars].reshape(-1, n)
    b = scheme.basis
    iterations, converged, sign, determinant = iterate(
        (address, p.copy(), slots),
        (scheme.steps, b.value, b.runge_kutta, b.integral),
        (ends, rows, levels),
        (z, x, tangent, history),
        (scales, settings.tolerance),
        transport,
    )
    residuals = tuple(history[:iterations].tolist())
    if not converged:
        return Correction(z, False, iterations, residuals), transport
    determinant = oriented(sign * determinant, count, scheme.degree, n)
    return Correction(z, True, iterations, residuals, tangent, determinant), transport


@compiled
def iterate(field, scheme, conditions, unknowns, wanted, transport):  # type: ignore[no-untyped-def]
    """Newton's method in place; returns iterations, whether it converged, and signs.

    The signs are that of the intervals, and the determinant of the reduced equations; they belong
    to the iterate before the last.

    Parameters
    ----------
    field : tuple of address, p (n_p,), overwritten, slots (k,)
    scheme : tuple of steps, value, runge_kutta, integral
    conditions : tuple of ends, rows, levels
    unknowns : tuple of z ((N m + 1) n + s,), the first iterate, and the last, out; x (N m + 1, n),
        the same memory: the profile in it; tangent ((N m + 1) n + s,), out; history
        (iterations,), out: largest residuals
    wanted : tuple of scales ((N m + 1) n + s,), the tolerance in them
    transport : tuple, as in `Transport`, out
    """
    z, x, tangent, history = unknowns
    scales, tolerance = wanted
    rows = conditions[1]
    n, period_at = x.shape[1], x.size
    s, q, count = z.shape[0] - x.size, rows.shape[0], scheme[0].shape[0]
    within, elimination = space(scheme, n, s), space_of_reduction(count, n, s, q)
    maps, condensed = within[5], np.empty((q, (count + 1) * n + s))
    at, rhs, step = np.empty((within[0].shape[0], n)), np.empty(z.shape[0]), np.empty(z.shape[0])
    before, former, sign, determinant = np.inf, np.inf, 1.0, 0.0
    for iteration in range(1, history.shape[0] + 1):
        positive = z[period_at] > 0.0
        sign = linearise(field, scheme, z, x, within, at)
        place(within[1], rhs)
        remainders(z, conditions, n, within[1].size, rhs)
        history[iteration - 1] = largest(rhs, z.shape[0] - 1) if positive else np.inf
        if not history[iteration - 1] < np.inf:
            return iteration, False, sign, 0.0
        condense_rows(rows, maps, n, condensed)
        own, modulus = reduce(maps, conditions[0], condensed, elimination)
        determinant = own * modulus
        if sign == 0.0 or not 0.0 < abs(determinant) < np.inf:
            return iteration, False, sign, determinant
        place(within[2], rhs)
        solve_condensed(maps, rows, elimination, rhs, step)
        length = largest_in(step, scales)
        if not length < np.inf:
            return iteration, False, sign, determinant
        for i in range(z.shape[0]):
            z[i] += step[i]
        outcome = judge(length, before, history[iteration - 1], former, tolerance)
        if outcome > 0:
            rhs[:] = 0.0
            rhs[-1] = 1.0
            solve_condensed(maps, rows, elimination, rhs, tangent)
            linearise(field, scheme, z, x, within, at)
            carry(field, scheme, x, maps, transport)
            return iteration, True, sign, determinant
        if outcome < 0:
            return iteration, False, sign, determinant
        before, former = length, history[iteration - 1]
    return history.shape[0], False, sign, determinant


@part
def space(scheme, n, s):  # type: ignore[no-untyped-def]
    """Arrays that `condense` fills, without room for factors."""
    count, m = scheme[0].shape[0], scheme[3].shape[0]
    mn = m * n
    return (
        np.empty((count * m, n + n * n + n * (s - 1))),
        np.empty((count, mn)),
        np.empty((count, mn)),
        np.empty((0, mn, mn)),
        np.empty((0, mn), dtype=np.int64),
        np.empty((count, mn, n + s)),
    )


@part
def linearise(field, scheme, z, x, within, at):  # type: ignore[no-untyped-def]
    """Evaluate f at the Gauss points and condense; returns the sign of the intervals."""
    address, p, slots = field
    packed = within[0]
    for i in range(slots.shape[0]):
        p[slots[i]] = z[x.size + 1 + i]
    gauss_states(x, scheme[1], at)
    call_native(address, at, p, packed, packed.shape[0])
    return condense(x, z[x.size], *(scheme + within))


@part
def carry(field, scheme, x, maps, transport):  # type: ignore[no-untyped-def]
    """The transport along the profile, from its maps."""
    address, p, _ = field
    transitions, flow = transport
    count, n, _ = transitions.shape
    m, top = scheme[3].shape[0], maps.shape[1] - n
    at, packed = np.empty((count + 1, n)), np.empty((count + 1, n + n * (maps.shape[2] - 1)))
    for j in range(count + 1):
        for a in range(n):
            at[j, a] = x[j * m, a]
    call_native(address, at, p, packed, count + 1)
    for j in range(count + 1):
        for a in range(n):
            flow[j, a] = packed[j, a]
    for j in range(count):
        for a in range(n):
            for b in range(n):
                transitions[j, a, b] = maps[j, top + a, b]


@part
def place(blocks, rhs):  # type: ignore[no-untyped-def]
    """Write blocks (N, m n) into the first entries of rhs."""
    length = blocks.shape[1]
    for j in range(blocks.shape[0]):
        for i in range(length):
            rhs[j * length + i] = blocks[j, i]


@part
def remainders(z, conditions, n, split, rhs):  # type: ignore[no-untyped-def]
    """What is missing from the side conditions, into rhs beyond the intervals."""
    ends, rows, levels = conditions
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

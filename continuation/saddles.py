"""The saddle of a connecting orbit: its leading eigenvalues, and where a homoclinic curve ends.

Eigenvalues are ordered by their real parts; those of the stable subspace are the first d of them.
The leading ones are next to the imaginary axis: mu_1 is number d - 1 and nu_1 is number d, counted
from 0.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from continuation import points
from continuation.branch import Branch
from continuation.connecting import Truncation
from continuation.curve import Solution
from continuation.defining import Equations, smallest_singular
from continuation.errors import ContinuationError, NoConvergence, StopReason
from continuation.linalg.subspaces import Half
from continuation.normalforms.codimension_two import bogdanov_takens_normal_form
from continuation.orbit import Orbit
from continuation.points import Polished, special_equilibrium

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

NEAR_BOGDANOV_TAKENS = 1e-3
"""A homoclinic curve has come to a Bogdanov-Takens point when it is nearer than this part of the
window."""

SOON = 10.0
"""A Bogdanov-Takens point is looked for when it seems to be within so many times that distance."""

GHOST = 1e-2
"""Where the orbit is slower than this part of its largest speed, an equilibrium is looked for."""

NEAR_FOLD = 1e-3
"""The orbit meets a fold, or an equilibrium, when the parameters come nearer than this part of the
window."""

ROUGHLY = 1.2
"""By so much a first Newton step may overestimate how far an equilibrium or a fold is: the speed in
the bottleneck of a ghost is, to leading order, the distance of the parameter from the fold."""

NEAR = 0.2
"""A cycle is near a homoclinic orbit if it passes an equilibrium within this part of its size."""

HYPERBOLIC = 1e-6
"""Real parts below this part of the spectral radius make a saddle too close to a saddle-node."""

BOTTLENECK = 0.1
"""A cycle passes a bottleneck where its speed has a minimum below this part of its usual speed."""

GHOSTLY = 0.5
"""The slowness that a fold explains, relative to that observed: to leading order both agree."""

SAME = 1e-8
"""Two folds closer than this are one; two values closer than this are one."""

ENDS = 0.1
"""Part of the size of the orbit within which a point is counted to belong to an end."""


def ordered(matrix: Array) -> ComplexArray:
    """Eigenvalues by their real parts, of a pair the one with positive imaginary part first."""
    values = np.linalg.eigvals(matrix).astype(complex)
    return values[np.lexsort((-values.imag, values.real))]


def quantity(values: ComplexArray, stable: int) -> float:
    """Sum of the real parts of the two leading eigenvalues."""
    return float(values[stable - 1].real + values[stable].real)


def margin(values: ComplexArray, stable: int) -> float:
    """Distance of the spectrum from the imaginary axis, negative where one has crossed it."""
    return float(min(values[stable].real, -values[stable - 1].real))


def critical_is_real(values: ComplexArray) -> bool:
    """Whether the eigenvalue nearest to the imaginary axis is real: a fold, no Hopf point."""
    return bool(values[np.argmin(np.abs(values.real))].imag == 0.0)


def complex_leading(values: ComplexArray, stable: int) -> int:
    """How many of the two leading eigenvalues are complex: 0 saddle, 1 saddle-focus, 2 bi-focus."""
    return int(values[stable - 1].imag != 0.0) + int(values[stable].imag != 0.0)


def leading(values: ComplexArray, stable: int, half: Half) -> ComplexArray:
    """The eigenvalues of one half of the plane, from the imaginary axis outwards."""
    return values[:stable][::-1] if half == "lhp" else values[stable:]


def leads_by_pair(values: ComplexArray, stable: int, half: Half) -> bool:
    """Whether the two leading eigenvalues of one half are a complex pair."""
    return bool(leading(values, stable, half)[0].imag != 0.0)


def discriminant(values: ComplexArray, stable: int, half: Half) -> float:
    """(mu_1 - mu_2)^2 or (nu_1 - nu_2)^2: positive for two real ones, negative for a pair.

    Not a number where they belong neither to one pair nor to the real axis.
    """
    one, other = leading(values, stable, half)[:2].tolist()
    square = (one - other) ** 2
    together = one.imag == -other.imag
    return float(square.real) if together else float("nan")


def divergence(values: ComplexArray, stable: int, half: Half) -> float:
    """Re (mu_1 + mu_2 + nu_1), or Re (nu_1 + nu_2 + mu_1), relative to the sum of the moduli."""
    opposite: Half = "rhp" if half == "lhp" else "lhp"
    rates = np.append(leading(values, stable, half)[:2], leading(values, stable, opposite)[0]).real
    return float(rates.sum() / np.abs(rates).sum())


def pair_before_real(values: ComplexArray, stable: int, half: Half) -> float:
    """How far a pair lies outside a real eigenvalue, among the three leading ones of one half.

    Not a number where these are not a pair and a real one.
    """
    three = leading(values, stable, half)[:3]
    real, pair = three[three.imag == 0.0], three[three.imag != 0.0]
    if len(real) != 1 or len(pair) != 2 or pair[0] != pair[1].conjugate():
        return float("nan")
    return float(abs(pair[0].real) - abs(real[0].real))


def bogdanov_takens_near(truncation: Truncation, z: Array) -> Polished | None:
    """The Bogdanov-Takens point next to a saddle whose orbit is about to vanish, if any."""
    parts = truncation.split(z)
    try:
        found = points.bogdanov_takens(truncation.equations, parts.y(0))
    except NoConvergence:
        return None
    away = np.abs(found.y[truncation.n :] - parts.free) / truncation.units
    return found if float(away.max()) < NEAR_BOGDANOV_TAKENS else None


def with_collapse(branch: Branch) -> Branch:
    """A branch with the Bogdanov-Takens points, at its ends, where the orbit shrank to nothing."""
    special, positions = list(branch.special), list(branch.positions)
    for stop, at in zip(branch.stop, (len(branch) - 1, 0), strict=True):
        if stop is not StopReason.COLLAPSED:
            continue
        p = np.array([branch.parameters[name][at] for name in branch.system.parameters])
        equations = Equations(branch.system, branch.free, p)
        guess = np.concatenate((branch.states[:, at], p[equations.indices]))
        try:
            found = points.bogdanov_takens(equations, guess)
        except NoConvergence:
            continue
        form = bogdanov_takens_normal_form(equations, found)
        point = special_equilibrium("BT", equations, found, form)
        label = f"BT{1 + sum(one.kind == 'BT' for one in special)}"
        place = len(special) if at else 0
        special.insert(place, replace(point, label=label, within=branch.within))
        positions.insert(place, at)
    return replace(branch, special=tuple(special), positions=tuple(positions))


def end(truncation: Truncation, before: Array, after: Array) -> StopReason | None:
    """Why a curve of connecting orbits ends with a step, as far as the geometry tells.

    Parameters
    ----------
    truncation : Truncation
        By which the step was taken.
    before, after : ndarray, shape (N,)
        Its two ends, in two free parameters.
    """
    if truncation.rests == 1 and _soon_vanishes(truncation, before, after):
        if bogdanov_takens_near(truncation, after) is not None:
            return StopReason.COLLAPSED
    slow = _slow_place(truncation, after)
    if slow is not None and _meets_equilibrium(truncation, after, slow):
        return StopReason.NEAR_EQUILIBRIUM
    return None


def _soon_vanishes(truncation: Truncation, before: Array, after: Array) -> bool:
    """Whether the size of the orbit, which shrinks like the distance, says that it is near."""
    large, small = truncation.diameter(before), truncation.diameter(after)
    if not small < large:
        return False
    moved = np.abs(truncation.split(after).free - truncation.split(before).free)
    step = float((moved / truncation.units).max())
    return step * small < SOON * NEAR_BOGDANOV_TAKENS * (large - small)


def _slow_place(truncation: Truncation, z: Array) -> Array | None:
    """Where the orbit is slower, away from its ends, than before and after; shape (n,).

    None where the smallest such speed is above `GHOST` times the largest.
    """
    parts = truncation.split(z)
    f = truncation.equations.system.evaluate(parts.x, truncation.parameters(parts.free))
    speed = np.sqrt(np.einsum("ia,ia->i", f, f))
    inner = speed[1:-1]
    slow = (inner < GHOST * speed.max()) & (inner <= speed[:-2]) & (inner <= speed[2:])
    at = 1 + np.flatnonzero(slow)
    size = truncation.diameter(z)
    for rest in (*parts.rests, parts.x[0], parts.x[-1]):
        at = at[np.linalg.norm(parts.x[at] - rest, axis=1) > ENDS * size]
    return parts.x[at[np.argmin(speed[at])]] if len(at) else None


def _meets_equilibrium(truncation: Truncation, z: Array, slow: Array) -> bool:
    """Whether an equilibrium, or a fold that leaves its ghost, lies where the orbit is slow.

    Both are looked for where one step of Newton's method says that they may be near.
    """
    parts, equations = truncation.split(z), truncation.equations
    reach = ENDS * truncation.diameter(z)
    f, a, b = equations.first(np.concatenate((slow, parts.free)))
    left, _ = smallest_singular(a)
    speeds = np.abs(np.real(left @ b)) * truncation.units
    for i, name in enumerate(equations.free):
        if abs(left @ f) > ROUGHLY * NEAR_FOLD * speeds[i]:
            continue
        one = Equations(equations.system, (name,), truncation.parameters(parts.free))
        try:
            fold = points.fold(one, np.append(slow, parts.free[i]))
        except NoConvergence:
            continue
        close = abs(fold.y[-1] - parts.free[i]) < NEAR_FOLD * truncation.units[i]
        if close and float(np.linalg.norm(fold.x(one) - slow)) < reach:
            return True
    if float(np.linalg.norm(np.linalg.lstsq(a, f)[0])) > ROUGHLY * reach:
        return False
    try:
        found, _ = points.equilibrium(equations, slow, parts.free)
    except NoConvergence:
        return False
    apart = min(float(np.linalg.norm(found - rest)) for rest in parts.rests)
    return apart > reach > float(np.linalg.norm(found - slow))


def near_connection(cycle: Solution, free: str) -> StopReason:
    """Say which homoclinic orbit makes the period of a cycle long: to a saddle or a saddle-node."""
    orbit = cycle.orbit
    assert orbit is not None
    return StopReason.NEAR_CIRCLE if saddle_nodes_on(orbit, free) else StopReason.NEAR_HOMOCLINIC


def saddle_nodes_on(orbit: Orbit, free: str) -> list[Polished]:
    """Folds at one parameter value whose ghosts a cycle passes: it ends on an invariant circle.

    In the bottleneck beside a fold the cycle is as slow as the distance of the parameter makes it,
    |<p, f>| = |<p, f_lambda>| |lambda - lambda_0|; beside a saddle it is slower than that.

    Parameters
    ----------
    orbit : Orbit
        A cycle of long period.
    free : str
        The free parameter.
    """
    assert orbit.system is not None
    system, p = orbit.system, orbit.system.vector(orbit.parameters)
    equations = Equations(system, (free,), p)
    x = np.ascontiguousarray(orbit.x.T)
    f = system.evaluate(x, p)
    speed = np.linalg.norm(f, axis=1)
    slow = speed < BOTTLENECK * float(np.median(np.sort(speed)[-len(speed) // 2 :]))
    minima = slow & (speed <= np.roll(speed, 1)) & (speed <= np.roll(speed, -1))
    found: list[Polished] = []
    size = float(np.linalg.norm(np.ptp(x, axis=0)))
    for i in np.flatnonzero(minima)[np.argsort(speed[minima])]:
        fold = _ghost(equations, x, f, int(i), size)
        if fold is None:
            continue
        known = any(np.linalg.norm(one.y - fold.y) < SAME for one in found)
        together = not found or abs(found[0].y[-1] - fold.y[-1]) < SAME
        if together and not known:
            found.append(fold)
    return found


def _ghost(equations: Equations, x: Array, f: Array, slow: int, size: float) -> Polished | None:
    """The fold whose ghost makes an orbit slow at a point; None if a saddle does."""
    value = equations.p[equations.indices]
    try:
        rest, _ = points.equilibrium(equations, x[slow], value)
        if float(np.linalg.norm(rest - x[slow])) < ENDS * size:
            return None
    except NoConvergence:
        pass
    try:
        fold = points.fold(equations, np.append(x[slow], value))
    except NoConvergence:
        return None
    away = np.linalg.norm(x - fold.x(equations), axis=1)
    left = fold.p / np.linalg.norm(fold.p)
    gap = abs(float(left @ equations.first(fold.y)[2][:, 0] * (value[0] - fold.y[-1])))
    through = abs(float(left @ f[int(np.argmin(away))]))
    explained = GHOSTLY * through < gap < through / GHOSTLY
    return fold if explained and float(away.min()) < ENDS * size else None


def check_near(matrix: Array, rest: Array, x: Array, period: float) -> None:
    """Refuse an orbit that is not near a homoclinic orbit to this equilibrium."""
    values = np.linalg.eigvals(matrix)
    radius = float(np.abs(values).max())
    if np.abs(values.real).min() < HYPERBOLIC * radius:
        raise ContinuationError(
            f"the orbit rests at an equilibrium with eigenvalue "
            f"{values[np.argmin(np.abs(values.real))]:.2e}, a saddle-node: its homoclinic orbit is "
            f"not one to a hyperbolic saddle."
        )
    if not 0 < np.count_nonzero(values.real < 0.0) < len(values):
        raise ContinuationError(
            f"the equilibrium nearest to the orbit, {np.round(rest, 6)}, is no saddle, so the "
            f"orbit (period {period:.6g}) is not close to a homoclinic one; follow the cycles "
            f"further."
        )
    size = float(np.linalg.norm(np.ptp(x, axis=0)))
    near = float(np.linalg.norm(x - rest, axis=1).min())
    if near > NEAR * size:
        raise ContinuationError(
            f"the orbit (period {period:.6g}) stays {near:.2g} away from the saddle "
            f"{np.round(rest, 6)}, a large part of its size {size:.2g}: it is not close to a "
            f"homoclinic orbit; follow the cycles further."
        )

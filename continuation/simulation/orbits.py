r"""Orbits: integration of a flow, iteration of a map.

A flow x' = f(x, p) is integrated by the explicit Runge-Kutta method of order 8 of Dormand and
Prince [1]_, and where that needs too many steps (a stiff system) by the implicit method Radau IIA
of order 5 with the exact Jacobian [2]_. A map x -> f(x, p) is iterated.

References
----------
.. [1] E. Hairer, S. P. Norsett, G. Wanner, Solving Ordinary Differential Equations I, 2nd ed.,
   Springer 1993, section II.5.
.. [2] E. Hairer, G. Wanner, Solving Ordinary Differential Equations II, 2nd ed., Springer 1996,
   section IV.8.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import solve_ivp

from continuation.checks import numbers, once, state_of
from continuation.errors import ContinuationError
from continuation.orbit import Orbit
from continuation.system import checked_system

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]

RELATIVE_TOLERANCE = 1e-10
"""With the absolute one the limit of double precision for a method of order 8, so that a simulation
can confirm what a continuation found; about three times the work of the customary 1e-6."""

ABSOLUTE_TOLERANCE = 1e-12
"""For states that pass through zero."""

ESCAPED = 1e100
"""A state of this size has escaped to infinity; its square can still be computed with."""

SAMPLES = 1001
"""Samples of an orbit of which only the end is given: enough for a smooth picture."""

TRIAL = (20_000, 5_000)
"""Evaluations of f after which the explicit method, and then the implicit one, is asked how far it
got: half a second each for a small system. Whichever needs fewer for a unit of time goes on."""

MOST = 2_000_000
"""Evaluations of f, and iterates of a map, after which an orbit is given up: a minute for a small
system."""


def simulate(
    system: System,
    start: ArrayLike,
    t: ArrayLike,
    *,
    parameters: Mapping[str, float] | None = None,
    **values: float,
) -> Orbit:
    """Follow the orbit of a start forward in time.

    Parameters
    ----------
    system : System
        A flow, integrated to a relative error of 1e-10 a step, or a map, iterated.
    start : array-like, shape (n,)
        State at the first time.
    t : array-like, shape (m,), or float
        Times at which the state is wanted, increasing; the first is that of the start. One number
        is the end of an orbit from 0: `SAMPLES` times for a flow, every iterate for a map. Times
        of a map are integers.
    parameters : mapping of str to float, optional
        Parameters whose names are those of arguments ("start", "t").
    **values : float
        Parameters by name; the others have their defaults.

    Returns
    -------
    Orbit
        ``t`` (m,), ``x`` (n, m), the system, and all parameters by name.

    Raises
    ------
    ValueError
        For a wrong shape, an unknown name, times that do not increase, values that are not finite.
    ContinuationError
        When the orbit escapes to infinity before the last time, or needs more than `MOST`
        evaluations of f.
    """
    p = parameter_vector(system, parameters, values)
    x = state_of(system, start)
    times = _times(system, t)
    if system.kind == "map":
        path = iterate(system, x, p, int(times[-1] - times[0]))
        path = path[(times - times[0]).astype(int)]
    else:
        path = integrate(flow_rates(system, p), x, times).y.T
    return Orbit(times, np.ascontiguousarray(path.T), system, named(system, p))


def parameter_vector(
    system: System, parameters: Mapping[str, float] | None, values: Mapping[str, float]
) -> Array:
    """All parameters as a vector; a name given twice is refused."""
    return checked_system(system).vector(once(parameters, values))


def named(system: System, p: Array) -> dict[str, float]:
    """All parameters by name, from a vector in the order of the system."""
    return {name: float(value) for name, value in zip(system.parameters, p, strict=True)}


def _times(system: System, t: ArrayLike) -> Array:
    """The times as an array, checked."""
    try:
        times = numbers(t)
    except ValueError:
        raise ValueError(
            f"`t` must be a positive number or an array of times, got {t!r}."
        ) from None
    if times.ndim == 0 and np.isfinite(times) and times > 0.0:
        if system.kind == "map":
            if times > MOST:
                raise ValueError(f"`t` must be at most {MOST} iterates, got {times:.6g}.")
            times = np.arange(int(times) + 1.0) if times == int(times) else times
        else:
            times = np.linspace(0.0, float(times), SAMPLES)
    if times.ndim != 1 or len(times) == 0:
        raise ValueError(f"`t` must be a positive number or an array of times, got {t!r}.")
    if not (np.all(np.isfinite(times)) and np.all(np.diff(times) > 0.0)):
        raise ValueError("`t` must consist of finite times that increase.")
    if system.kind == "map" and np.any(times != np.round(times)):
        raise ValueError("`t` must consist of whole numbers, because the system is a map.")
    return times


def flow_rates(system: System, p: Array) -> Rates:
    """Rates for the integrator: f and its Jacobian at fixed parameters."""
    linearization = system.linearize(())

    def f(t: float, x: Array) -> Array:
        return np.asarray(system.evaluate(np.ascontiguousarray(x[None, :]), p)[0])

    def jacobian(t: float, x: Array) -> Array:
        return np.asarray(linearization(np.ascontiguousarray(x[None, :]), p)[1][0])

    return Rates(f, jacobian)


@dataclass(frozen=True)
class Rates:
    """Right-hand side y' = f(t, y) with its Jacobian, or None where differences must do."""

    f: Callable[[float, Array], Array]
    jacobian: Callable[[float, Array], Array] | None


class TooLongError(ContinuationError):
    """An orbit needs more evaluations of f than it may have.

    Attributes
    ----------
    reached : float
        The time that it got to.
    """

    def __init__(self, reached: float, last: float, limit: int):
        super().__init__(
            f"the orbit got to t = {reached:.6g} of {last:.6g} in {limit} evaluations of the "
            f"equations: it is too long, or too fast. Ask for less time, or follow it in parts."
        )
        self.reached = reached


def integrate(
    rates: Rates,
    y: Array,
    times: Array,
    tolerances: tuple[float, float] = (RELATIVE_TOLERANCE, ABSOLUTE_TOLERANCE),
    section: Callable[[float, Array], float] | None = None,
    every_step: bool = False,
    most: int = MOST,
) -> Any:
    """Integrate from the first of the times to the last, by whichever method gets on better.

    The explicit method begins. Where it needs more than a few evaluations the implicit one is tried
    as well, and the one that needs fewer for a unit of time goes on: that of a stiff system.

    Returns
    -------
    OptimizeResult
        As of `scipy.integrate.solve_ivp`: states ``y`` (n, m) at the times, or at every step, and
        crossings ``t_events``, ``y_events`` of the section.

    Raises
    ------
    TooLongError
        When that takes more than ``most`` evaluations.
    ContinuationError
        When the orbit does not reach the last time.
    """
    if len(times) == 1:
        return solve_ivp(rates.f, (times[0], times[0]), y)
    options: dict[str, Any] = {"rtol": tolerances[0], "atol": tolerances[1], "events": section}
    if not every_step:
        options["t_eval"] = times
    implicit = {"method": "Radau", "jac": rates.jacobian, **options}
    explicit = {"method": "DOP853", **options}

    def run(how: dict[str, Any], limit: int) -> Any:
        left, reached = limit, float(times[0])

        def counted(t: float, y: Array) -> Array:
            nonlocal left, reached
            left, reached = left - 1, max(t, reached)
            if left < 0:
                raise TooLongError(reached, float(times[-1]), limit)
            return rates.f(t, y)

        # Overflow is an answer here: the orbit escapes, and that is said below.
        with np.errstate(over="ignore", invalid="ignore"):
            return solve_ivp(counted, (times[0], times[-1]), y, **how)

    speeds = []
    for how, trial in zip((explicit, implicit), TRIAL, strict=True):
        try:
            found = run(how, min(trial, most))
            break
        except TooLongError as error:
            speeds.append((error.reached - times[0]) / trial)
    else:
        found = run(implicit if speeds[1] > speeds[0] else explicit, most)
    if not found.success or not np.all(np.abs(found.y) < ESCAPED):
        reached = found.t[-1] if len(found.t) else times[0]
        raise ContinuationError(
            f"the orbit could not be followed to t = {times[-1]:.6g}: after t = {reached:.6g} it "
            f"escapes to infinity or leaves the domain of the equations. Try another start."
        )
    return found


def iterate(system: System, x: Array, p: Array, count: int) -> Array:
    """Iterates 0 to ``count``, shape (count + 1, n)."""
    if count > MOST:
        raise ContinuationError(
            f"{count} iterates are too many to follow in one go; ask for at most {MOST}."
        )
    path = np.empty((count + 1, len(x)))
    path[0] = x
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(count):
            path[k + 1] = system.evaluate(path[k : k + 1], p)[0]
    lost = ~np.all(np.abs(path) < ESCAPED, axis=1)
    if np.any(lost):
        raise ContinuationError(
            f"the orbit escapes to infinity or leaves the domain of the map after "
            f"{np.argmax(lost) - 1} iterates. Try another start."
        )
    return path


def jacobian_at(system: System, x: Array, p: Array) -> Array:
    """A = f_x at one state, shape (n, n)."""
    return np.asarray(system.linearize(())(np.ascontiguousarray(x[None, :]), p)[1][0])

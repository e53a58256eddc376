"""The verbs for connecting orbits: find one from a family of cycles that runs into it, and follow
it.

A truncated homoclinic orbit has two errors: the mesh, and the distance of its ends from the
saddle, whose square enters the parameter. Both are refined until the parameter no longer moves.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from continuation.branch import Branch
from continuation.collect import UserEvents, Watch, continue_branch
from continuation.curve import units
from continuation.curves.homoclinic import HomoclinicCurve
from continuation.errors import ContinuationError, NoConvergence
from continuation.loci import Windows, two, windows
from continuation.newton import Correction, correct
from continuation.normalforms.connection import homoclinic_normal_form
from continuation.orbit import Orbit
from continuation.settings import Settings
from continuation.special import SpecialPoint
from continuation.verbs import DEFAULT, Report, contains, known

Array = NDArray[np.float64]

SETTLED = 1e-12
"""The parameter has settled when a refinement moves it by less, relative to 1 + |value|."""

CLOSER = 1e-2
"""Factor by which the ends come closer to the saddle in one refinement: the truncation error falls
by its square."""

CLOSEST = 1e-8
"""Ends this close to the saddle, relative to the size of the orbit, leave an error below round-off."""

FINEST = 800
"""Mesh intervals at which refinement gives up."""


def homoclinic(
    source: Branch | Orbit, free: str | None = None, settings: Settings = DEFAULT
) -> SpecialPoint:
    """Find the homoclinic orbit to a saddle that a family of cycles runs into.

    Parameters
    ----------
    source : Branch or Orbit
        A branch of cycles, whose longest is taken, or an orbit that almost closes at a saddle.
    free : str, optional
        The parameter to solve for; that of the branch by default.
    settings : Settings
        First mesh and degree.

    Returns
    -------
    SpecialPoint
        Of kind "HHS". ``state`` is the saddle, ``eigenvalues`` are its own, ``orbit`` is the
        connection, ``period`` its truncation time, and ``normal_form`` has the saddle quantity and
        the error.

    Raises
    ------
    ValueError
        For a source of another kind or an unknown parameter.
    ContinuationError
        When the source is not close to a homoclinic orbit, or the refinement does not settle.
    """
    orbit, free = _orbit(source, free)
    assert orbit.system is not None
    known(orbit.system, free)
    curve, start = HomoclinicCurve.from_orbit(orbit, orbit.system, free, settings.degree)
    curve, z = curve.remeshed(
        start.z, max(settings.intervals, 2 * len(curve.truncation.scheme.steps))
    )
    curve, z, error = _refined(curve, z, settings)
    solution = curve.state(z)
    values = curve.spectrum(z)
    return SpecialPoint(
        kind="HHS",
        label="HHS1",
        system=curve.system,
        free=curve.free,
        within=source.within if isinstance(source, Branch) else {},
        parameters=solution.parameters,
        state=solution.state,
        residual=float(np.abs(curve.residual(z)).max()),
        period=solution.period,
        orbit=solution.orbit,
        eigenvalues=values,
        normal_form=homoclinic_normal_form(values, curve.distances(z), error),
    )


def homoclinic_curve(
    source: SpecialPoint | Branch,
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
) -> Branch:
    """Follow homoclinic orbits to a saddle in two parameters.

    Parameters
    ----------
    source : SpecialPoint or Branch
        A homoclinic orbit (HHS), a Bogdanov-Takens point (BT), or a branch of cycles that runs into
        a homoclinic orbit.
    free : (str, str)
        The two parameters.
    within : mapping of str to (float, float), optional
        Their bounds; those of the source's branch where it has some.
    settings, report, events, watch
        As in `equilibria`.

    Returns
    -------
    Branch
        Of kind "homoclinic orbits": ``states`` are the saddles, ``eigenvalues`` theirs,
        ``periods`` the truncation times.

    Raises
    ------
    ValueError
        For a source of another kind, or parameters that are not two different ones of the system.
    ContinuationError
        When the source is not close to a homoclinic orbit.
    """
    if isinstance(source, Branch) and source.kind == "cycles":
        source = homoclinic(source, settings=settings)
    if not isinstance(source, SpecialPoint) or source.kind not in ("HHS", "BT"):
        given = getattr(source, "label", "") or getattr(source, "kind", type(source).__name__)
        raise ValueError(
            f"a curve of homoclinic orbits starts at a homoclinic orbit (HHS), a Bogdanov-Takens point "
            f"(BT), or a branch of cycles that runs into a homoclinic orbit; got {given}."
        )
    free = two(source.system, free)
    window = windows(free, within, source)
    for name in free:
        contains(name, window[name], source.parameters[name])
    if source.kind == "BT":
        curve, start = HomoclinicCurve.from_bogdanov_takens(
            source, free, units(free, window), settings
        )
        return continue_branch(curve, start, settings, window, report, events, watch, both=False)
    assert source.orbit is not None
    curve, start = HomoclinicCurve.from_connection(
        source.orbit, source.state, free, units(free, window), settings, source.label or source.kind
    )
    return continue_branch(curve, start, settings, window, report, events, watch)


def _orbit(source: Branch | Orbit, free: str | None) -> tuple[Orbit, str]:
    """The orbit to start from, and the free parameter."""
    if isinstance(source, Branch) and source.kind == "cycles" and source.periods is not None:
        longest = int(np.argmax(source.periods))
        return source.orbits[longest], free or source.free[0]
    if isinstance(source, Orbit) and source.system is not None and free is not None:
        return source, free
    raise ValueError(
        "`source` must be a branch of cycles that runs into the homoclinic orbit, or an Orbit of a "
        "system together with `free`."
    )


def _refined(
    curve: HomoclinicCurve, z: Array, settings: Settings
) -> tuple[HomoclinicCurve, Array, float]:
    """Refine truncation and mesh in turn until the parameter settles; also return its last change."""
    strict = replace(settings, tolerance=min(settings.tolerance, 1e-12), newton_steps=20)
    z = _corrected(curve, z, strict).z
    size = float(np.linalg.norm(np.ptp(curve.profile(z), axis=0)))
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
                f"the homoclinic value of {curve.free[0]} did not settle: it still moved by "
                f"{change:.1e} with {FINEST} mesh intervals."
            )
        z = _corrected(curve, z, strict).z
        change = abs(float(z[-1]) - value)
        if change <= SETTLED * (1.0 + abs(value)) and max(curve.distances(z)) <= CLOSEST * size:
            return curve, z, change


def _corrected(curve: HomoclinicCurve, z: Array, settings: Settings) -> Correction:
    """Solve at the truncation time of z."""
    row = np.zeros(len(z))
    row[-2] = 1.0
    found = correct(curve, z, row, float(z[-2]), settings)
    if not found.converged:
        raise NoConvergence(
            f"no homoclinic orbit was found near the given orbit of period {z[-2]:.6g}: residual "
            f"{found.residuals[-1]:.1e} after {found.iterations} Newton steps; follow the cycles further.",
            found.z,
            found.residuals,
        )
    return found

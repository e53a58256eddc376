"""The verbs for connecting orbits: find one, in one parameter, and follow it in two."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from continuation.branch import Branch
from continuation.checks import state_of
from continuation.collect import UserEvents, Watch
from continuation.curve import Curve, Start, units
from continuation.curves.heteroclinic import HeteroclinicCurve
from continuation.curves.homoclinic import HomoclinicCurve
from continuation.curves.saddle_node_homoclinic import SaddleNodeHomoclinicCurve
from continuation.defining import Equations
from continuation.normalforms.connection import (
    heteroclinic_form,
    homoclinic_normal_form,
    saddle_node_form,
)
from continuation.options import (
    DEFAULT,
    Options,
    Report,
    Windows,
    known,
    plane,
)
from continuation.orbit import Orbit
from continuation.points import Polished
from continuation.refinement import corrected, refined
from continuation.saddles import saddle_nodes_on, with_collapse
from continuation.settings import Settings
from continuation.special import NormalForm, SpecialPoint

Array = NDArray[np.float64]
Target = Literal["saddle", "saddle-node"]


def homoclinic(
    source: Branch | Orbit, free: str | None = None, settings: Settings = DEFAULT
) -> SpecialPoint:
    """Find the homoclinic orbit that a family of cycles runs into.

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
        Of kind "HHS" (to a saddle) or "HSN" (to a saddle-node, or a chain of connections between
        several that a symmetry makes at once). ``state`` is the saddle, ``eigenvalues`` are its
        own, ``orbit`` is the connection, ``period`` its truncation time, and ``normal_form`` has
        the saddle quantity and the error.

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
    within = source.within if isinstance(source, Branch) else {}
    nodes = saddle_nodes_on(orbit, free)
    if nodes:
        return replace(_to_saddle_node(orbit, free, nodes, settings), within=within)
    curve, start = HomoclinicCurve.from_orbit(orbit, orbit.system, free, settings.degree)
    twice = 2 * len(curve.truncation.scheme.steps)
    curve, z = curve.remeshed(start.z, max(settings.intervals, twice))
    curve, z, error = refined(curve, z, settings)
    form = homoclinic_normal_form(curve.spectrum(z), curve.distances(z), error)
    return replace(_found("HHS", curve, z, form), within=within)


def _to_saddle_node(
    orbit: Orbit, free: str, nodes: list[Polished], settings: Settings
) -> SpecialPoint:
    """The homoclinic orbit to a saddle-node, or the first piece of a chain through several."""
    assert orbit.system is not None
    p = orbit.system.vector(orbit.parameters)
    equations = Equations(orbit.system, (free,), p)
    node = nodes[0]
    placed = replace(orbit, parameters=equations.named(node.y))
    rests = np.array([one.x(equations) for one in nodes])
    curve, start = SaddleNodeHomoclinicCurve.from_orbit(
        placed, rests, (free,), np.ones(1), settings, f"cycle of period {orbit.t[-1]:.6g}"
    )
    strict = replace(settings, tolerance=min(settings.tolerance, 1e-12), newton_steps=20)
    z = corrected(curve, start.z, strict).z
    form = saddle_node_form(curve.matrix(z), len(nodes), *curve.central(z))
    return _found("HSN", curve, z, form)


def _found(kind: str, curve: Curve, z: Array, form: NormalForm) -> SpecialPoint:
    """A connecting orbit as the special point that it is."""
    solution = curve.state(z)
    return SpecialPoint(
        kind=kind,
        label=f"{kind}1",
        system=curve.system,
        free=curve.free,
        parameters=solution.parameters,
        state=solution.state,
        residual=float(np.abs(curve.residual(z)).max()),
        period=solution.period,
        orbit=solution.orbit,
        eigenvalues=curve.spectrum(z),
        normal_form=form,
    )


def homoclinic_curve(
    source: SpecialPoint | Branch,
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
    to: Target = "saddle-node",
) -> Branch:
    """Follow homoclinic orbits to a saddle, or to a saddle-node, in two parameters.

    Parameters
    ----------
    source : SpecialPoint or Branch
        A homoclinic orbit to a saddle (HHS) or to a saddle-node (HSN), a point where one goes
        over into the other (NCH), a Bogdanov-Takens point (BT), or a branch of cycles that runs
        into a homoclinic orbit.
    free : (str, str)
        The two parameters.
    within : mapping of str to (float, float), optional
        Their bounds; those of the source's branch where it has some.
    settings, report, events, watch
        As in `equilibria`.
    to : {"saddle-node", "saddle"}
        Which of its two curves to follow from an NCH.

    Returns
    -------
    Branch
        Of kind "homoclinic orbits" or "homoclinic orbits to a saddle-node": ``states`` are the
        saddles, ``eigenvalues`` theirs, ``periods`` the truncation times.

    Raises
    ------
    ValueError
        For a source of another kind, or parameters that are not two different ones of the system.
    ContinuationError
        When the source is not close to a homoclinic orbit.
    """
    if isinstance(source, Branch) and source.kind == "cycles":
        source = homoclinic(source, settings=settings)
    if not isinstance(source, SpecialPoint) or source.kind not in ("HHS", "HSN", "NCH", "BT"):
        given = getattr(source, "label", "") or getattr(source, "kind", type(source).__name__)
        raise ValueError(
            f"a curve of homoclinic orbits starts at a homoclinic orbit (HHS, HSN, NCH), a "
            f"Bogdanov-Takens point (BT), or a branch of cycles that runs into a homoclinic orbit; "
            f"got {given}."
        )
    free, window = plane(source, free, within)
    curve, start = way_in(source, free, units(free, window), settings, to)
    both = source.kind in ("HHS", "HSN")
    branch = Options(settings, report, events, watch).follow(curve, start, window, both)
    return with_collapse(branch)


def way_in(
    source: SpecialPoint,
    free: tuple[str, str],
    scales: Array,
    settings: Settings,
    to: Target = "saddle-node",
) -> tuple[Curve, Start]:
    """The curve of connecting orbits that leaves a point, and its start.

    Parameters
    ----------
    source : SpecialPoint
        Of kind BT, HHS, HSN, NCH or HET.
    free : (str, str)
        The two parameters.
    scales : ndarray, shape (2,)
        Widths of their windows.
    settings : Settings
        Mesh.
    to : {"saddle-node", "saddle"}
        Which curve of an NCH.
    """
    if source.kind == "BT":
        return HomoclinicCurve.from_bogdanov_takens(source, free, scales, settings)
    assert source.orbit is not None
    orbit, state, given = source.orbit, source.state, source.label or source.kind
    if source.kind == "HET":
        ends = state, np.real(source.vectors["reached"])
        return HeteroclinicCurve.from_orbit(orbit, ends, free, scales, settings, given)
    if source.kind == "HHS":
        return HomoclinicCurve.from_connection(orbit, state, free, scales, settings, given)
    if source.kind == "NCH" and to == "saddle":
        return HomoclinicCurve.from_non_central(orbit, state, free, scales, settings, given)
    curve, start = SaddleNodeHomoclinicCurve.from_orbit(
        orbit, state[None, :], free, scales, settings, given
    )
    return (curve, start) if source.kind == "HSN" else (curve, curve.into_the_central(start))


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


def heteroclinic(
    orbit: Orbit,
    free: str,
    ends: tuple[ArrayLike, ArrayLike] | None = None,
    settings: Settings = DEFAULT,
) -> SpecialPoint:
    """Find the orbit that connects two hyperbolic equilibria, at the value of one parameter.

    Parameters
    ----------
    orbit : Orbit
        That leaves near one equilibrium and ends near another: from `simulate`, `shoot`, samples.
    free : str
        The parameter to solve for.
    ends : pair of array_like, shape (n,), optional
        Guesses of the two equilibria; the two ends of the orbit by default.
    settings : Settings
        First mesh and degree.

    Returns
    -------
    SpecialPoint
        Of kind "HET". ``state`` is the equilibrium that is left, ``vectors["reached"]`` the other
        one, ``eigenvalues`` those of the first and then of the second, ``orbit`` the connection.

    Raises
    ------
    ValueError
        For a source of another kind or an unknown parameter.
    ContinuationError
        When the ends are not near two hyperbolic equilibria, when such a connection is not isolated
        in one parameter, or when the refinement does not settle.
    """
    if not isinstance(orbit, Orbit) or orbit.system is None:
        raise ValueError(f"`orbit` must be an Orbit of a system, got {type(orbit).__name__}.")
    known(orbit.system, free)
    first, last = (orbit.x[:, 0], orbit.x[:, -1]) if ends is None else ends
    rests = state_of(orbit.system, first), state_of(orbit.system, last)
    curve, start = HeteroclinicCurve.from_orbit(
        orbit, rests, (free,), np.ones(1), settings, "orbit"
    )
    curve, z, error = refined(curve, start.z, settings)
    stable = curve.leaving.dimension
    form = heteroclinic_form(curve.spectrum(z), stable, curve.distances(z), error)
    reached = curve.truncation.split(z).rests[1].copy()
    return replace(_found("HET", curve, z, form), vectors={"reached": reached})


def heteroclinic_curve(
    source: SpecialPoint,
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
) -> Branch:
    """Follow heteroclinic orbits between two hyperbolic equilibria in two parameters.

    Parameters
    ----------
    source : SpecialPoint
        A heteroclinic orbit (HET).
    free : (str, str)
        The two parameters.
    within : mapping of str to (float, float), optional
        Their bounds.
    settings, report, events, watch
        As in `equilibria`.

    Returns
    -------
    Branch
        Of kind "heteroclinic orbits": ``states`` are the equilibria that are left, ``eigenvalues``
        those of the first and then of the second, ``measures`` has the states that are reached.

    Raises
    ------
    ValueError
        For a source of another kind, or parameters that are not two different ones of the system.
    """
    if not isinstance(source, SpecialPoint) or source.kind != "HET":
        given = getattr(source, "label", "") or getattr(source, "kind", type(source).__name__)
        raise ValueError(f"a curve of heteroclinic orbits starts at one (HET), got {given}.")
    free, window = plane(source, free, within)
    curve, start = way_in(source, free, units(free, window), settings)
    return Options(settings, report, events, watch).follow(curve, start, window)

"""Other programs as engines: the questions of `equilibria` and `cycles`, and their answers.

"pydstool" is PyDSTool 0.91 with PyCont (equilibria in Python, cycles in the AUTO that it contains,
which is compiled for every system); "auto" is AUTO-07p through bifpy. Both run in their own
processes.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from continuation.backends import translation
from continuation.backends.exchange import Record, Task, ask
from continuation.backends.records import Request, branch_from
from continuation.checks import state_of
from continuation.collocation import profile as profiles
from continuation.curve import units
from continuation.curves.equilibrium import EquilibriumCurve
from continuation.errors import ContinuationError
from continuation.newton import correct
from continuation.orbit import Orbit
from continuation.settings import Settings
from continuation.special import SpecialPoint

if TYPE_CHECKING:
    from continuation.branch import Branch
    from continuation.system import System

Array = NDArray[np.float64]
Bounds = tuple[float, float]

DEFAULT = Settings()

SAME_VALUE = 1e-9
"""Relative difference of f between a peer and this package beyond which they compute two different
functions: both evaluate a few hundred operations in double precision."""

BESIDE = 0.02
"""How far before a special point AUTO begins, in units of a step: it locates the point itself."""

BOTH = (1, -1)

CURVE_OF = {"LP": "folds", "H": "Hopf points"}
"""What is followed in two parameters from each kind of point."""


@dataclass(frozen=True)
class Engine:
    """A program that can follow curves for us.

    Attributes
    ----------
    title : str
        Its name in messages.
    worker : str
        The module that runs it.
    package, extra : str
        What must be importable, and the extra that brings it.
    programs, programs_for_cycles : tuple of str
        What must be on the path to install it, and to run it on cycles; packages of Debian have
        these names.
    newest : (int, int)
        Last version of Python on which it works.
    written : bool
        Whether it reads the equations as text.
    locates : bool
        Whether it begins at special points only where it has located them itself.
    """

    title: str
    worker: str
    package: str
    extra: str
    programs: tuple[str, ...]
    programs_for_cycles: tuple[str, ...]
    newest: tuple[int, int]
    written: bool
    locates: bool


ENGINES: Mapping[str, Engine] = {
    "pydstool": Engine(
        title="PyDSTool",
        worker="continuation.backends.pydstool_worker",
        package="PyDSTool",
        extra="pydstool",
        programs=(),
        programs_for_cycles=("swig", "gcc"),
        newest=(3, 12),
        written=True,
        locates=False,
    ),
    "auto": Engine(
        title="AUTO-07p",
        worker="continuation.backends.auto_worker",
        package="bifpy",
        extra="bench",
        programs=("gfortran", "make"),
        programs_for_cycles=(),
        newest=(3, 99),
        written=False,
        locates=True,
    ),
}


def available(name: str, kind: str = "equilibria") -> Engine:
    """Return an engine that can run here.

    Parameters
    ----------
    name : str
        "pydstool" or "auto".
    kind : str
        "equilibria" or "cycles".

    Raises
    ------
    ValueError
        For a name that is no engine.
    ContinuationError
        Where something is missing; the message says what, and how to get it.
    """
    if not isinstance(name, str) or name not in ENGINES:
        raise ValueError(f"`engine` must be one of {', '.join(ENGINES)} or None, got {name!r}.")
    engine = ENGINES[name]
    if sys.version_info[:2] > engine.newest:
        raise ContinuationError(
            f"{engine.title} works up to Python {engine.newest[0]}.{engine.newest[1]}, and this is "
            f"{sys.version_info[0]}.{sys.version_info[1]}; make an environment with an older one."
        )
    if importlib.util.find_spec(engine.package) is None:
        first = f"apt-get install {' '.join(engine.programs)}; " if engine.programs else ""
        command = f"{first}pip install 'symgru[{engine.extra}]'"
        raise ContinuationError(f"{engine.title} is not installed; to get it: {command}.")
    needed = engine.programs_for_cycles if kind == "cycles" else ()
    absent = [program for program in needed if shutil.which(program) is None]
    if absent:
        raise ContinuationError(
            f"{engine.title} compiles every system whose cycles it follows, and "
            f"{' and '.join(absent)} cannot be found: apt-get install {' '.join(absent)}."
        )
    if kind == "cycles" and name == "pydstool" and sys.version_info >= (3, 12):
        raise ContinuationError(
            "cycles in PyDSTool need numpy.distutils, which ended with Python 3.11; use that one."
        )
    return engine


def equilibria(
    engine: str,
    system: System,
    start: ArrayLike,
    free: str,
    within: Bounds | None = None,
    settings: Settings = DEFAULT,
    parameters: Mapping[str, float] | None = None,
) -> Branch:
    """Follow equilibria in one parameter with another program.

    Parameters
    ----------
    engine : str
        "pydstool" or "auto".
    system : System
        A flow, from SymPy or from text.
    start : array_like, shape (n,)
        Near an equilibrium, to which our Newton's method brings it: peers jump or fail otherwise.
    free : str
        The parameter to vary.
    within : (float, float), optional
        Its bounds.
    settings : Settings
        Steps and tolerances.
    parameters : mapping of str to float, optional
        Values that differ from the defaults.

    Returns
    -------
    Branch
        As the peer found it: nothing is polished.

    Raises
    ------
    ValueError
        For an unknown engine or parameter, or a map.
    ContinuationError
        Where the engine is missing, or fails.
    """
    program = available(engine)
    p = system.vector(parameters)
    request = _request(program, "equilibria", system, (free,), p, {free: within}, settings)
    x = state_of(system, start)
    _, first = EquilibriumCurve.from_state(system, free, x, p, float(request.units[0]))
    return _followed(program, request, "the equilibrium", first.z[:-1])


def cycles(
    engine: str,
    source: SpecialPoint | Orbit,
    free: str | None = None,
    within: Bounds | None = None,
    period_below: float | None = None,
    settings: Settings = DEFAULT,
    directions: tuple[int, ...] = BOTH,
) -> Branch:
    """Follow a family of cycles in one parameter with another program.

    Parameters
    ----------
    engine : str
        "pydstool" or "auto".
    source : SpecialPoint or Orbit
        A Hopf point, or a cycle.
    free : str, optional
        The parameter to vary; that of the source's branch by default.
    within : (float, float), optional
        Its bounds; those of the source's branch by default.
    period_below : float, optional
        The branch ends where the period reaches this.
    settings : Settings
        Steps, tolerances, mesh.
    directions : tuple of int
        From a cycle: 1 towards larger values of the parameter, -1 towards smaller ones.

    Returns
    -------
    Branch
        As the peer found it: nothing is polished.

    Raises
    ------
    ValueError
        For an unknown engine or parameter, a map, or a source of the wrong kind.
    ContinuationError
        Where the engine is missing, or fails.
    """
    program = available(engine, "cycles")
    system = source.system
    if system is None:
        raise ValueError("the source carries no system.")
    hopf = source if isinstance(source, SpecialPoint) and source.kind == "H" else None
    orbit = None if hopf else _collocated(engine, source)
    if isinstance(source, SpecialPoint):
        free = source.free[0] if free is None else free
        within = source.within.get(free) if within is None else within
    if free is None:
        raise ValueError("`free` must name a parameter when the source is an orbit.")
    p, windows = system.vector(source.parameters), {free: within}
    request = _request(program, "cycles", system, (free,), p, windows, settings, period_below)
    if hopf is not None:
        return _followed(program, request, hopf.label or "H", hopf.state, directions=(1,))
    assert orbit is not None
    state = np.ascontiguousarray(orbit.x[:, 0])
    return _followed(program, request, "the cycle", state, orbit, directions)


def special_curve(
    engine: str,
    point: SpecialPoint,
    free: tuple[str, str],
    within: Mapping[str, Bounds] | None = None,
    settings: Settings = DEFAULT,
) -> Branch:
    """Follow folds (from LP) or Hopf points (from H) in two parameters with another program.

    Parameters
    ----------
    engine : str
        "pydstool" or "auto".
    point : SpecialPoint
        An equilibrium of kind LP or H.
    free : (str, str)
        The parameters to vary.
    within : mapping of str to (float, float), optional
        Their bounds.
    settings : Settings
        Steps and tolerances.

    Returns
    -------
    Branch
        As the peer found it: nothing is polished.

    Raises
    ------
    ValueError
        For an unknown engine or parameter, a map, or a point of the wrong kind.
    ContinuationError
        Where the engine is missing, or fails.
    """
    program = available(engine)
    if point.kind not in CURVE_OF:
        raise ValueError(f"a curve of special points begins at LP or H here, got {point.kind}.")
    p, windows = point.system.vector(point.parameters), within or {}
    kind = CURVE_OF[point.kind]
    request = _request(program, kind, point.system, free, p, windows, settings)
    return _followed(program, request, point.label or point.kind, point.state)


def _collocated(engine: str, source: SpecialPoint | Orbit) -> Orbit:
    """The cycle of a source, as a collocation solution."""
    orbit = source if isinstance(source, Orbit) else source.orbit
    if orbit is None or orbit.degree is None:
        given = "a simulated orbit" if isinstance(source, Orbit) else source.kind
        raise ValueError(
            f"engine {engine!r} follows cycles from a Hopf point or from a cycle of a branch, got "
            f"{given}; take branch.orbits[i] of ct.cycles(orbit)."
        )
    return orbit


def _request(
    program: Engine,
    kind: str,
    system: System,
    free: tuple[str, ...],
    p: Array,
    within: Mapping[str, Bounds | None],
    settings: Settings,
    period_below: float | None = None,
) -> Request:
    """What is asked, checked."""
    if system.kind != "flow":
        raise ValueError(
            f"{program.title} is asked about flows only, and {system.name!r} is a map."
        )
    for name in free:
        if name not in system.parameters:
            raise ValueError(f"`free` must name parameters of {system.name!r}, got {name!r}.")
    windows = {name: within.get(name) or (-np.inf, np.inf) for name in free}
    widths = units(free, windows)
    return Request(kind, system, free, p, windows, widths, settings, period_below)


def _followed(
    program: Engine,
    request: Request,
    source: str,
    state: Array,
    orbit: Orbit | None = None,
    directions: tuple[int, ...] = BOTH,
) -> Branch:
    """Ask, check that the peer computes with the same function, and make a branch of the answer."""
    start = ", ".join(f"{n} = {request.parameters(request.values)[n]:.6g}" for n in request.free)
    request = replace(request, provenance=f"{source} at {start}", given_cycle=orbit is not None)
    begin, towards = _Begin(state, request.values), 1
    if program.locates and orbit is None and request.kind != "equilibria":
        begin, towards = _beside(request, state)
    task = _task(program, request, begin, towards, orbit, directions)
    record = ask(program.worker, task, program.title)
    _check_values(program, task, request, begin.values, record)
    return branch_from(request, record)


@dataclass(frozen=True)
class _Begin:
    """State and free parameters with which a peer begins."""

    state: Array
    values: Array


def _beside(request: Request, state: Array) -> tuple[_Begin, int]:
    """An equilibrium a short way before a special one on its branch, and the way there.

    Raises
    ------
    ContinuationError
        Where there is none.
    """
    free, unit = request.free[0], float(request.units[0])
    curve = EquilibriumCurve(request.system, (free,), request.p, unit)
    z = np.append(state, request.values[0])
    _, _, vh = np.linalg.svd(curve.jacobian(z))
    row = curve.weights(z) * vh[-1]
    length = float(np.sqrt(row @ vh[-1]))
    tangent, row = vh[-1] / length, row / length
    lo, hi = request.within[free]
    for step in (BESIDE, -BESIDE, 0.1 * BESIDE, -0.1 * BESIDE):
        found = correct(curve, z + step * tangent, row, float(row @ z) + step, request.settings)
        inside = bool(lo <= found.z[-1] <= hi)
        if not found.converged or not inside:
            continue
        _, _, vh = np.linalg.svd(curve.jacobian(found.z))
        back = vh[-1] * -np.sign(step * (row @ vh[-1]))
        values = np.append(found.z[-1], request.values[1:])
        return _Begin(found.z[:-1], values), 1 if back[-1] >= 0.0 else -1
    raise ContinuationError(
        f"no equilibrium was found beside the one at {free} = {z[-1]:.6g} from which the other "
        f"engine could locate it."
    )


def _task(
    program: Engine,
    request: Request,
    begin: _Begin,
    towards: int,
    orbit: Orbit | None,
    directions: tuple[int, ...],
) -> Task:
    """What the peer is told, in its own units."""
    settings, scale, system = request.settings, request.units.tolist(), request.system
    translation.tape_of(system)
    n, k = system.dimension, len(request.free)
    states, free = translation.names("state", n), translation.names("par", k)
    rhs: list[str] = []
    if program.written:
        rhs = translation.rhs(system, request.p, request.free, scale)
    fixed = system.with_defaults(**dict(zip(system.parameters, request.p.tolist(), strict=True)))
    within = [
        [bound / unit for bound in request.within[name]]
        for name, unit in zip(request.free, scale, strict=True)
    ]
    x = begin.state
    return Task(
        kind=request.kind,
        states=states,
        free=free,
        rhs=rhs,
        system=fixed.to_data(),
        names=list(request.free),
        scale=scale,
        values=(begin.values / request.units).tolist(),
        within=within,
        start=x.tolist(),
        orbit=None if orbit is None else _equidistant(orbit),
        directions=list(directions),
        towards=towards,
        probes=[x.tolist(), (1.1 * x + 0.1).tolist()],
        initial_step=min(settings.initial_step, settings.max_step),
        min_step=settings.min_step,
        max_step=settings.max_step,
        tolerance=settings.tolerance,
        max_points=settings.max_points,
        newton_steps=settings.newton_steps,
        intervals=settings.intervals,
        degree=settings.degree,
        adapt_every=settings.adapt_every,
        period_below=request.period_below,
    )


def _equidistant(orbit: Orbit) -> list[list[float] | list[list[float]]]:
    """Times and states of a cycle at the points that AUTO keeps, see `records`."""
    assert orbit.degree is not None
    mesh = orbit.t[:: orbit.degree] / orbit.t[-1]
    inner = np.linspace(0.0, 1.0, orbit.degree, endpoint=False)
    times = np.append((mesh[:-1, None] + np.diff(mesh)[:, None] * inner).ravel(), 1.0)
    states = profiles.evaluate(np.ascontiguousarray(orbit.x.T), mesh, orbit.degree, times)
    return [(orbit.t[-1] * times).tolist(), states.T.tolist()]


def _check_values(
    program: Engine, task: Task, request: Request, values: Array, record: Record
) -> None:
    """Compare f as the peer evaluates it with ours.

    Raises
    ------
    ContinuationError
        Where they differ.
    """
    parameters = request.parameters(values)
    for probe, theirs in zip(task["probes"], record["f"], strict=True):
        ours = request.system.f(probe, parameters)
        if not np.abs(ours - theirs).max() <= SAME_VALUE * (1.0 + np.abs(probe).max()):
            raise ContinuationError(
                f"{program.title} evaluates the right-hand side as {theirs} where it is "
                f"{ours.tolist()}; the equations were not understood."
            )

"""From a family of the paper to its bifurcation diagram: what to follow, in which order.

Equilibria come first, on all branches within the window of the free parameter. From every Hopf
point on them a family of cycles is followed, and where a family runs into a homoclinic orbit, that
orbit is computed. What is found is handed out as it comes, so that an interruption loses nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

import continuation as ct
from continuation.branch import Branch, Diagram
from continuation.curve import Point
from continuation.errors import ContinuationError, StopReason
from continuation.options import known
from continuation.orbit import Orbit
from continuation.special import SpecialPoint
from continuation.system import System
from symgru import families

Watch = Callable[[str, Point], None]

EQUAL = 1e-9
"""Values of the free parameter this close, relative to 1 + |value|, are the same section."""

TURNS = 4
"""Turns of a cycle in a time course, enough to see that it repeats."""

REST = 20.0
"""Time of a turn where no cycle was found, in units of the time constant of the network."""

SAMPLES = 1001
"""Times of a simulated course."""

ON_FOLD = 1e-4
"""A family of cycles ends at a fold this close to its last cycle, in units of the window. Near a
saddle-node a cycle at a distance d in the parameter passes at a distance of order sqrt(d)."""

SAME_HOPF = 0.02
"""A family of cycles that shrinks to an equilibrium has ended at a Hopf point this close to it, in
units of the window and of the states, which lie in [-1, 1]; families stop well below this size."""


@dataclass(frozen=True)
class Study:
    """What to trace of a family, and where to look at its phase plane.

    Attributes
    ----------
    family : str
        Name of the function in `symgru.families`.
    title : str
        What it is, for a reader.
    free : str
        The parameter that changes.
    window : (float, float)
        Its range, unless another is asked for.
    portraits : tuple of float
        Its values in the phase portraits of the paper.
    printed_homoclinic : float or None
        Its value at which the paper prints a homoclinic orbit.
    """

    family: str
    title: str
    free: str
    window: tuple[float, float]
    portraits: tuple[float, ...]
    printed_homoclinic: float | None = None


STUDIES: Mapping[str, Study] = MappingProxyType(
    {
        "eq8": Study(
            family="eq8",
            title="family (8)",
            free="alpha",
            window=(0.0, 1.2),
            # Fig 5 prints the first; the other two are inside the range that it describes.
            portraits=(math.pi / 3, math.pi / 5, 0.15),
        ),
        "eq9": Study(
            family="eq9",
            title="family (9)",
            free="gamma",
            window=(-0.6, 0.6),
            portraits=(0.051, 0.0535, 0.054085, 0.0542),  # Figs 7 and 8
            printed_homoclinic=0.054085,
        ),
    }
)
"""The families that can be traced, by name, with the values of Jordan, Sokol and Park (2021)."""


@dataclass(frozen=True)
class Findings:
    """What has been found so far.

    Attributes
    ----------
    study : Study
        What was to be traced.
    system : System
        The family, with the parameters that were asked for as its defaults.
    within : (float, float)
        Window of the free parameter.
    branches : tuple of Branch
        Equilibria, then cycles.
    connections : tuple of SpecialPoint
        Homoclinic orbits in which families of cycles end.
    remarks : tuple of str
        What could not be computed, and why.
    interrupted : bool
        Whether an interruption cut the computation short.
    """

    study: Study
    system: System
    within: tuple[float, float]
    branches: tuple[Branch, ...] = ()
    connections: tuple[SpecialPoint, ...] = ()
    remarks: tuple[str, ...] = ()
    interrupted: bool = False

    def over(self, window: tuple[float, float]) -> Findings:
        """Return the same, to be traced over another window.

        Raises
        ------
        ValueError
            When the window excludes the start, the default of the free parameter.
        """
        free, (lo, hi) = self.study.free, window
        start = self.system.parameters[free]
        if not lo <= start <= hi:
            raise ValueError(
                f"the window {free}={lo:.6g}:{hi:.6g} excludes the start, {free} = {start:.6g}; "
                f"widen it, or move the start to a value inside, as {0.5 * (lo + hi):.6g}."
            )
        return replace(self, within=window)

    @property
    def diagram(self) -> Diagram:
        """All branches and connecting orbits over the one system."""
        return Diagram(self.branches, connections=self.connections, interrupted=self.interrupted)

    @property
    def cycles(self) -> tuple[Branch, ...]:
        """The families of cycles."""
        return tuple(branch for branch in self.branches if branch.periods is not None)

    @property
    def sections(self) -> tuple[float, ...]:
        """Values of the free parameter for portraits, in order, the homoclinic ones included."""
        lo, hi = self.within
        values = {value for value in self.study.portraits if lo <= value <= hi}
        values |= {point.parameters[self.study.free] for point in self.connections}
        return tuple(sorted(values))


def prepare(study: Study, values: Mapping[str, float] | None = None) -> Findings:
    """Compile the family of a study with the parameters asked for; nothing is found yet.

    Parameters
    ----------
    study : Study
        What to trace.
    values : mapping of str to float, optional
        Parameters that differ from the paper's; that of the free one moves the start.

    Raises
    ------
    ValueError
        For a name that the family does not have.
    """
    system: System = getattr(families, study.family)().compile()
    values = values or {}
    for name in values:
        known(system, name)
    return Findings(study, system.with_defaults(**values), study.window)


def trace(empty: Findings, watch: Watch | None = None) -> Iterator[Findings]:
    """Trace the diagram, handing out what has been found after every branch.

    Parameters
    ----------
    empty : Findings
        As made by `prepare`.
    watch : callable, optional
        Called with a line that says what is being followed, and every accepted point.

    Yields
    ------
    Findings
        Each more than the one before it; the last is complete unless ``interrupted`` is set.

    Raises
    ------
    ContinuationError
        When there is no equilibrium in the window.
    """
    free = empty.study.free
    report = {free: list(empty.sections)}
    diagram = ct.diagram(empty.system, free, empty.within, watch=_watcher(watch, "equilibria"))
    found = replace(empty, branches=diagram.branches, interrupted=diagram.interrupted)
    yield found
    hopfs = [sp for branch in diagram for sp in branch.special if sp.kind == "H"]
    for hopf in hopfs:
        if found.interrupted:
            return
        if _reached(hopf, found):
            continue
        before = len(found.cycles)
        found = _with_cycles(found, hopf, report, _watcher(watch, f"cycles from {hopf.label}"))
        yield found
        for family in found.cycles[before:]:
            if {StopReason.NEAR_HOMOCLINIC, StopReason.NEAR_CIRCLE} & set(family.stop):
                found = _with_homoclinic(found, family)
                yield found


def _with_cycles(
    found: Findings,
    hopf: SpecialPoint,
    report: Mapping[str, list[float]],
    watch: Callable[[Point], None] | None,
) -> Findings:
    """Add the family of cycles that is born at a Hopf point."""
    try:
        family = ct.cycles(hopf, report=report, watch=watch)
    except ContinuationError as error:
        remark = f"No cycles could be followed from {hopf.label} at {_at(hopf)}: {error}"
        return replace(found, remarks=(*found.remarks, remark))
    cut = StopReason.INTERRUPTED in family.stop
    return replace(found, branches=(*found.branches, family), interrupted=cut)


def _with_homoclinic(found: Findings, family: Branch) -> Findings:
    """Add the homoclinic orbit in which a family of cycles ends, or the folds that it runs into."""
    folds = _folds_on(found, family)
    if folds:
        value = folds[0].parameters[found.study.free]
        remark = (
            f"The cycles end at {found.study.free} = {value:.12f}, where {len(folds)} pairs of "
            f"equilibria are born on them: saddle-nodes on an invariant circle."
        )
        return replace(found, remarks=(*found.remarks, remark))
    try:
        point = ct.homoclinic(family, free=found.study.free)
    except ContinuationError as error:
        remark = f"The homoclinic orbit in which cycles end could not be computed: {error}"
        return replace(found, remarks=(*found.remarks, remark))
    labelled = replace(point, label=f"{point.kind}{len(found.connections) + 1}")
    return replace(found, connections=(*found.connections, labelled))


def _folds_on(found: Findings, family: Branch) -> list[SpecialPoint]:
    """Folds of equilibria that lie on the last cycle of a family."""
    free = found.study.free
    lo, hi = found.within
    assert family.periods is not None
    end = int(np.argmax(family.periods))
    value, x = family.parameters[free][end], family.orbits[end].x
    return [
        sp
        for branch in found.branches
        for sp in branch.special
        if sp.kind == "LP"
        and abs(sp.parameters[free] - value) < ON_FOLD * (hi - lo)
        and np.abs(x - sp.state[:, None]).max(axis=0).min() < ON_FOLD**0.5
    ]


def _reached(hopf: SpecialPoint, found: Findings) -> bool:
    """Whether a family of cycles that began at another Hopf point ended at this one."""
    free = found.study.free
    lo, hi = found.within
    return any(
        reason is StopReason.AT_HOPF
        and abs(branch.parameters[free][end] - hopf.parameters[free]) < SAME_HOPF * (hi - lo)
        and np.abs(branch.states[:, end] - hopf.state).max() < SAME_HOPF
        for branch in found.cycles
        for reason, end in zip(branch.stop, (-1, 0), strict=True)
    )


def _at(point: SpecialPoint) -> str:
    return ", ".join(f"{name} = {point.parameters[name]:.12g}" for name in point.free)


def _watcher(watch: Watch | None, stage: str) -> Callable[[Point], None] | None:
    """What a verb calls with every point, from what the caller of `trace` wants to be called."""
    return None if watch is None else lambda point: watch(stage, point)


def time_courses(found: Findings) -> tuple[Orbit, ...]:
    """An orbit for every portrait: the attracting cycle, the homoclinic orbit, or a way to rest.

    Where there is no cycle, the orbit starts on the largest one that was found elsewhere, so that
    it shows what became of it: decay to the equilibrium before the Hopf point, escape after the
    homoclinic orbit.

    Returns
    -------
    tuple of Orbit
        In the order of ``found.sections``; several turns of a cycle.
    """
    return tuple(_time_course(found, value) for value in found.sections)


def cycles_at(found: Findings, value: float) -> tuple[SpecialPoint, ...]:
    """The cycles that were asked for at a value of the free parameter."""
    free = found.study.free
    return tuple(
        sp
        for branch in found.cycles
        for sp in branch.special
        if sp.kind == "UZ" and abs(sp.parameters[free] - value) <= EQUAL * (1.0 + abs(value))
    )


def connections_at(found: Findings, value: float) -> tuple[SpecialPoint, ...]:
    """The homoclinic orbits at a value of the free parameter."""
    return tuple(sp for sp in found.connections if sp.parameters[found.study.free] == value)


def _time_course(found: Findings, value: float) -> Orbit:
    for connection in connections_at(found, value):
        if connection.orbit is not None:
            return connection.orbit
    for cycle in cycles_at(found, value):
        if cycle.orbit is not None:
            t, x = cycle.orbit
            turns = np.arange(TURNS)[:, None] * t[-1] + t[None, :-1]
            return replace(cycle.orbit, t=turns.ravel(), x=np.tile(x[:, :-1], TURNS), degree=None)
    start, unit = _elsewhere(found)
    t = np.linspace(0.0, TURNS * unit, SAMPLES)
    return ct.simulate(found.system, start, t, parameters={found.study.free: value})


def _elsewhere(found: Findings) -> tuple[NDArray[np.float64], float]:
    """A state on the largest cycle, and the shortest period; near the origin without cycles."""
    orbits = [orbit for branch in found.cycles for orbit in branch.orbits]
    if not orbits:
        return np.full(found.system.dimension, 0.1), REST
    largest = max(orbits, key=lambda orbit: float(np.ptp(orbit.x, axis=1).max()))
    far = int(np.argmax(np.abs(largest.x - largest.x.mean(axis=1, keepdims=True)).max(axis=0)))
    return largest.x[:, far], min(float(orbit.t[-1]) for orbit in orbits)

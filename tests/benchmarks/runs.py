"""The runs of the benchmark: what this engine does, what AUTO-07p does, and what must come out.

Every run is a curve that both programs follow with the same tolerance and mesh. A cost is either
that of a step (of a long run less a short one, divided by the steps between) or that of a whole
task, in milliseconds of the processor; AUTO's whole task is less its first steps, which are
reading, starting and writing. The result is one number, whose exact value is known independently.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import sympy
from scipy.integrate import solve_ivp

import continuation as ct
import symgru as sg
from tests.benchmarks import auto

SMALL = ct.Settings(initial_step=0.003, max_step=0.003)
ONE_CYCLE = ct.Settings(max_points=1, detect=(), intervals=20)
START = {"alpha": [0.79]}
WINDOW = (-0.6, 0.6)
PLANE = {"b1": (-0.7, 0.7), "gamma": (-0.7, 0.7)}
TURN = 0.8
"""Angle (radians) by which the pair of units of a network turns."""

HOPF = 0.05300939421975
"""gamma at the Hopf point of (9) with b1 = 0.32: Newton's method on its equations."""
TAKENS = 0.0761484706
"""gamma at a Bogdanov-Takens point of (9), by PyDSTool, ten digits."""
LOOP = 0.0541746769162
"""gamma of the homoclinic orbit of (9), by bisection of the unstable manifold; that of a cycle of
period 400 differs by exp(-400 lambda), far below."""


@dataclass(frozen=True)
class Side:
    """One program on one run: its cost in milliseconds, and what it found."""

    cost: Callable[[], float]
    found: Callable[[], float]


@dataclass(frozen=True)
class Run:
    """A row of the table.

    Attributes
    ----------
    name : str
        What is followed.
    goal : float
        Ratio of the costs that is to be reached.
    exact : float
        What both should find.
    unit : str
        What the cost is of: "step" or "task".
    ours, theirs : Side
        Theirs is None where AUTO is not there.
    """

    name: str
    goal: float
    exact: float
    unit: str
    ours: Side
    theirs: Side | None


def milliseconds(work: Callable[[], object]) -> float:
    """What some work takes of the processor."""
    begun = time.process_time()
    work()
    return 1e3 * (time.process_time() - begun)


def of_a_step(follow: Callable[[int], ct.Branch], short: int, long: int) -> Callable[[], float]:
    """The cost of a step of our engine."""

    def cost() -> float:
        times, lengths = [], []
        for points in (short, long):
            branches: list[ct.Branch] = []
            times.append(milliseconds(lambda n=points, kept=branches: kept.append(follow(n))))
            lengths.append(len(branches[0]))
        return (times[1] - times[0]) / (lengths[1] - lengths[0])

    return cost


def of_autos_step(short: auto.Auto, long: auto.Auto) -> Callable[[], float]:
    """The cost of a step of AUTO."""

    def cost() -> float:
        times = [run.seconds() for run in (short, long)]
        return 1e3 * (times[1] - times[0]) / (long.steps() - short.steps())

    return cost


def special(run: auto.Auto, kind: int, column: int = 0) -> float:
    """A column of the first point of a kind that AUTO found; NaN where there is none."""
    found = [point.values[column] for point in run.points() if point.kind == kind]
    return found[0] if found else float("nan")


Prepared = Callable[[Mapping[str, auto.Value]], auto.Auto]


def best(
    system: ct.System, prepared: Prepared, longest: Sequence[float], kind: int
) -> tuple[auto.Auto, dict[str, auto.Value]]:
    """The fastest of AUTO's settings that arrives, and those settings.

    Differences or the exact Jacobian, and some largest steps: with long ones it may pass the
    end without seeing it.
    """
    tried = []
    for jac in (0, -1) if auto.has_slopes(system) else (0,):
        for step in longest:
            constants: dict[str, auto.Value] = {"JAC": jac, "DSMAX": step}
            run = prepared(constants)
            cost = min(run.seconds() for _ in range(2))
            tried.append((not np.isfinite(special(run, kind)), cost, run, constants))
    _, _, run, constants = min(tried, key=lambda one: one[:2])
    return run, constants


@dataclass(frozen=True)
class Family:
    """A system on its way to a Hopf point, for both programs.

    Attributes
    ----------
    system : System
        What is followed.
    free : str
        Its parameter.
    rest : Branch
        Equilibria of our engine.
    folder : Path
        Where AUTO works.
    constants : mapping
        AUTO's constants of a run of equilibria; None without AUTO.
    """

    system: ct.System
    free: str
    rest: ct.Branch
    folder: Path
    equilibria: auto.Auto | None

    def cycles(self, constants: Mapping[str, auto.Value], name: str) -> auto.Auto:
        """AUTO on the cycles from its Hopf point."""
        assert self.equilibria is not None
        label = next(p.label for p in self.equilibria.points() if p.kind == auto.HOPF)
        base = {"NDIM": self.system.dimension, "NPAR": 11, "IPS": 2, "ICP": [1, auto.PERIOD]}
        base |= {"IRS": label, "NCOL": 4, "IAD": 3, "ISP": 2, "ILP": 1, "IID": 0}
        base |= {"DS": 0.01, "DSMIN": 1e-7, "RL0": -10.0, "RL1": 10.0, "THL": {auto.PERIOD: 0.0}}
        return auto.run(
            self.folder / "p", self.folder / name, {**base, **constants}, self.equilibria
        )


def family(
    system: ct.System,
    free: str,
    names: Sequence[str],
    start: Sequence[float],
    within: tuple[float, float],
    folder: Path | None,
) -> Family:
    """Find the Hopf point with both programs."""
    rest = ct.equilibria(system, start, free, within=within)
    if folder is None or auto.missing():
        return Family(system, free, rest, Path(), None)
    begin = {free: float(rest.parameters[free][0])}
    auto.program(folder / "p", system, names, rest.states[:, 0].tolist(), **begin)
    run = auto.run(folder / "p", folder / "rest", _equilibria(system, within, 2000))
    run.seconds()
    return Family(system, free, rest, folder, run)


def _equilibria(
    system: ct.System, within: tuple[float, float], points: int
) -> dict[str, auto.Value]:
    """AUTO's constants for equilibria in its first parameter, with its default diagnostics."""
    unit = within[1] - within[0]
    constants: dict[str, auto.Value] = {"NDIM": system.dimension, "NPAR": 11, "IPS": 1, "ICP": [1]}
    constants |= {"ISP": 2, "ILP": 1, "IID": 2, "NMX": points, "DSMIN": 1e-7}
    step = 0.003 * unit
    return constants | {"DS": step, "DSMAX": step, "RL0": within[0] - 0.1, "RL1": within[1] + 0.1}


def equilibria(nine: Family) -> Run:
    """The equilibria of (9) in gamma, with all events."""

    def follow(points: int) -> ct.Branch:
        settings = replace(SMALL, max_points=points)
        return ct.equilibria(nine.system, (-0.6, -0.5), "gamma", within=WINDOW, settings=settings)

    theirs = None
    if nine.equilibria is not None:
        short, long = (
            auto.run(nine.folder / "p", nine.folder / f"e{n}", _equilibria(nine.system, WINDOW, n))
            for n in (50, 2000)
        )
        theirs = Side(of_autos_step(short, long), lambda: special(long, auto.HOPF))
    ours = Side(of_a_step(follow, 50, 250), lambda: nine.rest["H1"].parameters["gamma"])
    return Run("equilibria of (9)", 1.0, HOPF, "step", ours, theirs)


def hopf_curve(nine: Family) -> Run:
    """The Hopf curve of (9) in both parameters, up to its Bogdanov-Takens point."""
    point = nine.rest["H1"]

    def follow(points: int, step: float = 0.001) -> ct.Branch:
        settings = ct.Settings(initial_step=step, max_step=step, max_points=points)
        return ct.hopf_curve(point, free=("b1", "gamma"), within=PLANE, settings=settings)

    def found() -> float:
        ends = follow(2000, 0.01).special
        return min((sp.parameters["gamma"] for sp in ends), key=lambda g: abs(g - TAKENS))

    theirs = None
    if nine.equilibria is not None:
        label = next(p.label for p in nine.equilibria.points() if p.kind == auto.HOPF)
        base: dict[str, auto.Value] = {"NDIM": 2, "NPAR": 11, "IPS": 1, "ICP": [1, 2], "ISW": 2}
        base |= {"IRS": label, "ISP": 2, "ILP": 1, "IID": 2, "DSMIN": 1e-7, "JAC": -1}
        base |= {"DS": 0.0014, "DSMAX": 0.0014, "RL0": -0.7, "RL1": 0.7}
        short, long = (
            auto.run(nine.folder / "p", nine.folder / f"h{n}", {**base, "NMX": n}, nine.equilibria)
            for n in (30, 200)
        )
        theirs = Side(of_autos_step(short, long), lambda: special(long, auto.TAKENS))
    ours = Side(of_a_step(follow, 30, 200), found)
    return Run("Hopf curve of (9)", 1.0, TAKENS, "step", ours, theirs)


def long_cycles(nine: Family, intervals: int) -> Run:
    """Cycles of (9) from the Hopf point to period 400."""
    settings = ct.Settings(intervals=intervals)

    def follow() -> ct.Branch:
        return ct.cycles(nine.rest["H1"], period_below=400.0, settings=settings)

    theirs = None
    if nine.equilibria is not None:

        def prepared(further: Mapping[str, auto.Value]) -> auto.Auto:
            # With folds looked for, AUTO takes the last steps for one and passes the end.
            constants: dict[str, auto.Value] = {"NTST": intervals, "NMX": 2000, "ILP": 0}
            constants |= {"UZSTOP": {auto.PERIOD: [400.0]}}
            name = "-".join(["c", str(intervals), *map(str, further.values())])
            return nine.cycles({**constants, **further}, name)

        whole, settled = best(nine.system, prepared, (1.0, 0.5), auto.ASKED)
        begin = prepared({**settled, "NMX": 3})
        theirs = Side(
            lambda: 1e3 * (whole.seconds() - begin.seconds()), lambda: special(whole, auto.ASKED)
        )
    ours = Side(lambda: milliseconds(follow), lambda: float(follow().parameters["gamma"][-1]))
    name = f"cycles of (9) to period 400, {intervals} intervals"
    return Run(name, 0.7, LOOP, "task", ours, theirs)


def network(units: int) -> ct.System:
    """A gated network with random weights, of which a pair of units turns with gain a."""
    rng = np.random.default_rng(units)

    def weights() -> np.ndarray:
        return np.round(0.3 * rng.standard_normal((units, units)) / np.sqrt(units), 6)

    gain = sympy.Symbol("a")
    recurrent = sympy.Matrix(weights().tolist())
    cos, sin = round(np.cos(TURN), 6), round(np.sin(TURN), 6)
    recurrent[0:2, 0:2] += gain * sympy.Matrix([[cos, -sin], [sin, cos]])
    bias = sympy.Matrix(rng.uniform(-0.1, 0.1, units).round(6).tolist())
    gates = {"U_r": weights(), "U_z": weights()}
    return sg.GRU(units).with_weights(U_h=recurrent, b_h=bias, **gates, rest=0).compile(a=1.0)


def network_cycles(units: int, goal: float, folder: Path | None) -> Run:
    """Cycles of a network from its Hopf point, by the gain of its turning pair."""
    system = network(units)
    both = family(system, "a", ["a"], [0.0] * units, (0.5, 6.0), inside(folder, f"n{units}"))
    hopf = both.rest["H1"]
    gain = hopf.parameters["a"] * 1.001

    def follow(points: int) -> ct.Branch:
        return ct.cycles(hopf, settings=replace(SMALL, max_points=points))

    def period(intervals: int) -> float:
        settings = ct.Settings(intervals=intervals, detect=())
        window = (0.5, gain * 1.0001)
        branch = ct.cycles(hopf, within=window, settings=settings, report={"a": [gain]})
        return branch["UZ1"].period or np.nan

    theirs = None
    if both.equilibria is not None:

        def prepared(further: Mapping[str, auto.Value]) -> auto.Auto:
            constants: dict[str, auto.Value] = {"NTST": 50, "NMX": 23, "UZR": {1: [gain]}}
            name = "-".join(["c", *map(str, further.values())])
            return both.cycles({**constants, **further}, name)

        long, settled = best(system, prepared, (0.02,), auto.ASKED)
        short = prepared({**settled, "NMX": 3})
        theirs = Side(of_autos_step(short, long), lambda: special(long, auto.ASKED, -1))
    ours = Side(of_a_step(follow, 10, 30), lambda: period(50))
    return Run(f"cycles of {units} units", goal, period(80), "step", ours, theirs)


def cell(system: ct.System, alpha: float, previous: ct.Orbit) -> ct.Orbit:
    """The cycle of (8) at one angle from that at the angle before."""
    near = replace(previous, parameters={**previous.parameters, "alpha": alpha})
    branch = ct.cycles(near, free="alpha", settings=ONE_CYCLE)
    return branch.orbits[int(np.argmin(np.abs(branch.parameters["alpha"] - alpha)))]


def frequency_map() -> Run:
    """A cell of the map of frequencies of (8), figure 6 of the paper, against SciPy."""
    system = sg.families.eq8().compile()
    angles = np.linspace(0.78, 0.38, 41)
    rest = ct.equilibria(system, (0, 0), "alpha", within=(0.3, 1.2))
    family = ct.cycles(rest["H1"], settings=replace(ONE_CYCLE, max_points=200), report=START)
    found: dict[str, float] = {}

    def line() -> None:
        orbit = family["UZ1"].orbit
        for alpha in angles:
            orbit = cell(system, float(alpha), orbit)
        found["ours"] = 2.0 * np.pi / orbit.t[-1]

    def simulated() -> None:
        def f(t: float, h: np.ndarray) -> np.ndarray:
            return system.evaluate(h[None], p)[0]

        def crossing(t: float, h: np.ndarray) -> float:
            return float(h[1])

        crossing.direction = 1.0  # type: ignore[attr-defined]
        p = system.vector({"alpha": float(angles[-1])})
        run = solve_ivp(
            f, (0.0, 250.0), [0.5, 0.1], "DOP853", rtol=1e-8, atol=1e-10, events=crossing
        )
        found["scipy"] = 2.0 * np.pi / float(np.diff(run.t_events[0])[-1])

    simulated()
    fine = replace(ONE_CYCLE, max_points=200, intervals=80)
    exact = ct.cycles(rest["H1"], settings=fine, report={"alpha": [float(angles[-1])]})["UZ1"]
    ours = Side(lambda: milliseconds(line) / len(angles), lambda: found["ours"])
    theirs = Side(lambda: milliseconds(simulated), lambda: found["scipy"])
    name = "frequency map of (8), against SciPy"
    return Run(name, 0.02, 2.0 * np.pi / (exact.period or np.nan), "cell", ours, theirs)


def inside(folder: Path | None, name: str) -> Path | None:
    """A folder in a folder, if there is one."""
    return None if folder is None else folder / name


def all_runs(folder: Path | None, large: bool = True) -> list[Run]:
    """The runs of the table, ready to be measured; without a folder for AUTO ours alone."""
    system = sg.families.eq9().compile()
    names = ["gamma", "b1"]
    nine = family(system, "gamma", names, (-0.6, -0.5), WINDOW, inside(folder, "nine"))
    runs = [equilibria(nine), hopf_curve(nine), long_cycles(nine, 50), long_cycles(nine, 200)]
    runs.append(network_cycles(8, 0.3, folder))
    if large:
        runs.append(network_cycles(32, 0.1, folder))
    return [*runs, frequency_map()]

"""What a step costs, on one thread and warm: ``make bench`` prints the table.

The cost of a step is the difference between a long and a short run of one branch, divided by the
difference of their points, so that starting and polishing the start do not count; detection,
multipliers and the collection into a `Branch` do. Runs are interleaved, and medians are taken, so
that other work on the machine troubles all rows alike. With the argument ``profile`` it prints
where the time of a step of cycles goes instead.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import median

import continuation as ct
import symgru as sg
from continuation.curves.cycle import CycleCurve
from continuation.engine import first_point, steps

ROUNDS = 9
SMALL = ct.Settings(initial_step=0.003, max_step=0.003)


@dataclass(frozen=True)
class Run:
    """A branch that can be followed for any number of points, and what a step should cost."""

    name: str
    follow: Callable[[int], ct.Branch]
    short: int
    long: int
    goal: float

    def cost(self) -> tuple[float, float]:
        """Milliseconds a step, of the processor and by the clock."""
        ends = []
        for points in (self.short, self.long):
            begun = time.process_time(), time.perf_counter()
            count = len(self.follow(points))
            ends.append((count, time.process_time() - begun[0], time.perf_counter() - begun[1]))
        (a, cpu, wall), (b, more_cpu, more_wall) = ends
        return 1e3 * (more_cpu - cpu) / (b - a), 1e3 * (more_wall - wall) / (b - a)


def equilibria(points: int) -> ct.Branch:
    """The family (9), with all events."""
    system = sg.families.eq9().compile()
    settings = replace(SMALL, max_points=points)
    return ct.equilibria(
        system, start=(-0.6, -0.5), free="gamma", within=(-0.6, 0.6), settings=settings
    )


def cycles(hopf: ct.SpecialPoint, intervals: int) -> Callable[[int], ct.Branch]:
    """The cycles of (9) from their Hopf point on, with all events and multipliers."""
    return lambda points: ct.cycles(
        hopf, settings=replace(SMALL, intervals=intervals, max_points=points)
    )


def growth_of_memory(hopf: ct.SpecialPoint) -> float:
    """Kilobytes that 100 further steps leave behind, when their points are not kept."""
    settings = replace(SMALL, intervals=50, max_step=1e-4, initial_step=1e-4)
    curve, start = CycleCurve.from_hopf(hopf, "gamma", 1.2, settings)
    walk = steps(curve, first_point(curve, start, settings), settings)
    for _ in islice(walk, 20):
        pass
    tracemalloc.start()
    sizes = []
    for i, _ in enumerate(islice(walk, 120)):
        if i in (19, 119):
            sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    return (sizes[1] - sizes[0]) / 1024.0


def first_use() -> float:
    """Seconds of the processor for one branch of cycles with no compiled kernel on the disk."""
    code = (
        "import symgru as sg, continuation as ct; s = sg.families.eq9().compile();"
        "b = ct.equilibria(s, start=(-0.6, -0.5), free='gamma', within=(-0.6, 0.6));"
        "ct.cycles(b['H1'])"
    )
    costs = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            before = os.times()
            subprocess.run(
                [sys.executable, "-c", code],
                env={**os.environ, "NUMBA_CACHE_DIR": folder},
                check=True,
            )
            after = os.times()
            costs.append(after.children_user - before.children_user)
    return costs[0] - costs[1]


def trace() -> float:
    """Seconds from the shell to the files of ``symgru trace eq9``, the second time."""
    command = [str(Path(sys.executable).parent / "symgru"), "trace", "eq9", "--quiet", "--out"]
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            begun = time.perf_counter()
            subprocess.run([*command, folder], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def profile(run: Run) -> None:
    """Print the functions in which a run spends its time."""
    run.follow(run.long)
    watch = cProfile.Profile()
    watch.runcall(run.follow, run.long)
    pstats.Stats(watch).sort_stats("tottime").print_stats(25)


def main() -> None:
    """Measure and print."""
    hopf = equilibria(2000)["H1"]
    runs = [
        Run("equilibrium of (9), with detection", equilibria, 50, 250, 0.2),
        Run("cycle of (9), 50 intervals of degree 4", cycles(hopf, 50), 10, 90, 0.5),
        Run("cycle of (9), 200 intervals of degree 4", cycles(hopf, 200), 10, 90, 1.5),
    ]
    if sys.argv[1:] == ["profile"]:
        profile(runs[1])
        return
    for run in runs:
        run.follow(run.short)
    costs = [[run.cost() for run in runs] for _ in range(ROUNDS)]
    lines = ["| a step | processor, ms | clock, ms | goal, ms |", "| --- | --- | --- | --- |"]
    for run, own in zip(runs, zip(*costs, strict=True), strict=True):
        cpu, wall = (median(values) for values in zip(*own, strict=True))
        lines.append(f"| {run.name} | {cpu:.3f} | {wall:.3f} | {run.goal} |")
    lines += [
        "",
        f"memory left by 100 steps of cycles: {growth_of_memory(hopf):.1f} kB (goal: 0)",
        f"compiling all kernels of cycles, once a machine: {first_use():.1f} s",
        f"`symgru trace eq9`, second run: {trace():.1f} s (goal: 6)",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

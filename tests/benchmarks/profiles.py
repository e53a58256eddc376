"""Where the time of a run of the benchmark goes: ``profiles Hopf``, any part of its name.

Without an argument it prints what is spent beside the steps: memory that steps leave behind, and
the time in which kernels are compiled, once a machine.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import subprocess
import sys
import tempfile
import tracemalloc
from dataclasses import replace
from itertools import islice

import continuation as ct
import symgru as sg
from continuation.curves.cycle import CycleCurve
from continuation.engine import first_point, steps
from tests.benchmarks.runs import SMALL, all_runs


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


def profile(name: str) -> None:
    """Print the functions in which a run spends its time, warm."""
    runs = all_runs(None, large="32" in name)
    found = [run for run in runs if name in run.name]
    if not found:
        names = "; ".join(run.name for run in runs)
        raise SystemExit(f"no run has {name!r} in its name; there are: {names}.")
    run = found[0]
    run.ours.cost()
    watch = cProfile.Profile()
    watch.runcall(run.ours.cost)
    sys.stdout.write(f"{run.name}\n")
    pstats.Stats(watch).sort_stats("tottime").print_stats(25)


def upkeep() -> None:
    """Print what is spent beside the steps."""
    rest = ct.equilibria(sg.families.eq9().compile(), (-0.6, -0.5), "gamma", within=(-0.6, 0.6))
    sys.stdout.write(
        f"memory left by 100 steps of cycles: {growth_of_memory(rest['H1']):.1f} kB (goal 0)\n"
        f"compiling all kernels of cycles, once a machine: {first_use():.1f} s\n"
    )


if __name__ == "__main__":
    profile(sys.argv[1]) if sys.argv[1:] else upkeep()

"""``make bench``: the table of costs, ours against AUTO-07p, into the README between its markers.

Rounds are interleaved, so that other work on the machine troubles both programs alike, and medians
are taken. With ``--short`` nothing is written: fewer rounds of the runs that take least, and a
failure where a ratio is more than twice that of the table in the README, twice in a row.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks import auto
from tests.benchmarks.runs import Run, all_runs

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- made by make bench -->", "<!-- end -->"
HEAD = "| run | ours, ms | AUTO-07p, ms | ratio | goal | error, ours | error, AUTO-07p |"
ROUNDS, FEW = 5, 3
WORSE = 2.0
"""A ratio this many times that of the table is a failure."""


def measured(runs: Sequence[Run], rounds: int) -> list[tuple[float, float | None]]:
    """Medians of the costs of every run, ours and theirs, rounds interleaved."""
    for run in runs:
        run.ours.cost()
    ours: list[list[float]] = [[] for _ in runs]
    theirs: list[list[float]] = [[] for _ in runs]
    for _ in range(rounds):
        for i, run in enumerate(runs):
            ours[i].append(run.ours.cost())
            if run.theirs is not None:
                theirs[i].append(run.theirs.cost())
    return [(median(a), median(b) if b else None) for a, b in zip(ours, theirs, strict=True)]


def row(run: Run, ours: float, theirs: float | None) -> str:
    """A line of the table."""
    cells = [f"{run.name}, a {run.unit}", f"{ours:.3g}"]
    cells += ["", ""] if theirs is None else [f"{theirs:.3g}", f"{ours / theirs:.2f}"]
    cells += [f"{run.goal:g}", f"{abs(run.ours.found() - run.exact):.0e}"]
    cells.append("" if run.theirs is None else f"{abs(run.theirs.found() - run.exact):.0e}")
    return f"| {' | '.join(cells)} |"


def shell_to_files() -> str:
    """Seconds from the shell to the files of a trace, the second time."""
    command = [str(Path(sys.executable).parent / "symgru"), "trace", "eq9", "--quiet"]
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(2):
            begun = time.perf_counter()
            subprocess.run([*command, "--data-only", "--out", folder], check=True)
            seconds = time.perf_counter() - begun
        subprocess.run([*command, "--out", folder], check=True)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024.0
    return (
        f"`symgru trace eq9 --data-only`, second run, by the clock: {seconds:.1f} s (goal 1.5). "
        f"Most memory of a part of `make demo`: {memory:.0f} MB (goal 400)."
    )


def table(runs: Sequence[Run], costs: Sequence[tuple[float, float | None]]) -> str:
    """The block of the README."""
    lines = [HEAD, "| --- " * 7 + "|"]
    lines += [row(run, *cost) for run, cost in zip(runs, costs, strict=True)]
    said = shell_to_files()
    lacks = auto.missing()
    if lacks:
        said += f" AUTO-07p was left out: {lacks} is not here."
    said += " Not measured: homoclinic curves by AUTO-07p, PyDSTool, jaxcont."
    return "\n".join([BEGIN, "", *lines, "", said, "", END])


def committed() -> dict[str, float]:
    """The ratios of the table in the README, by the names of the runs."""
    block = README.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    rows = [[part.strip() for part in line.split("|")[1:-1]] for line in block.splitlines()]
    return {cells[0]: float(cells[3]) for cells in rows if len(cells) == 7 and _is_number(cells[3])}


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) is not None


def worse(runs: Sequence[Run], costs: Sequence[tuple[float, float | None]]) -> list[str]:
    """The runs whose ratio is more than twice the committed one, in words."""
    before = committed()
    found = []
    for run, (ours, theirs) in zip(runs, costs, strict=True):
        known = before.get(f"{run.name}, a {run.unit}")
        if known is not None and theirs is not None and ours / theirs > WORSE * known:
            found.append(f"{run.name}: ratio {ours / theirs:.2f}, committed {known:.2f}")
    return found


def main() -> None:
    """Measure; write the table, or compare with it."""
    short = "--short" in sys.argv[1:]
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        runs = all_runs(Path(folder), large=not short)
        if short:
            found = worse(runs, measured(runs, FEW)) and worse(runs, measured(runs, FEW))
            sys.stdout.write("\n".join(found) + "\n" if found else "No ratio is twice as bad.\n")
            sys.exit(1 if found else 0)
        block = table(runs, measured(runs, ROUNDS))
    sys.stdout.write(f"{block}\n")
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    README.write_text(before + block + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()

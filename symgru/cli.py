"""The command line: ``symgru trace eq9`` traces a family of the paper and says where it wrote it.

``symgru equilibria FILE`` proves all equilibria of a saved network.

A mistake of the caller ends with one sentence on standard error and exit code 2, an interruption
(Ctrl-C) with what was computed saved and exit code 130. What takes long to import is imported where
it is needed.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click
from llvmlite import binding as llvm

if TYPE_CHECKING:
    from continuation.curve import Point
    from symgru.claims.ledger import Claim, Row
    from symgru.tracing import Findings, Watch

REFUSED, INTERRUPTED = 2, 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process by default.

    Raises
    ------
    SystemExit
        Always: 0, 2 for bad input, 130 after an interruption.
    """
    _without_unrolling()
    try:
        code = cli.main(args=arguments, prog_name="symgru", standalone_mode=False)
    except click.ClickException as error:
        click.echo(f"symgru: {' '.join(error.format_message().split())}", err=True)
        code = REFUSED
    except (click.Abort, KeyboardInterrupt):
        click.echo("symgru: interrupted before anything was found.", err=True)
        code = INTERRUPTED
    sys.exit(code)


@cache
def _without_unrolling() -> None:
    """Tell LLVM, for this process, to leave loops as they are.

    The kernels' loops over a few states run no faster unrolled, and compile in two thirds of the
    time without. It is set in a process of our own only, and once: LLVM takes no option twice.
    """
    for option in ("-unroll-threshold=0", "-unroll-partial-threshold=0", "-unroll-runtime=false"):
        llvm.set_option("symgru", option)


@click.group()
@click.version_option(package_name="symgru")
def cli() -> None:
    """Gated recurrent networks as dynamical systems."""


def assignments(
    context: click.Context, option: click.Parameter, texts: tuple[str, ...]
) -> dict[str, float]:
    """Values of parameters from texts like ``"b1=0.32"``.

    Raises
    ------
    click.BadParameter
        For anything else; the message says what was expected.
    """
    values = {}
    for text in texts:
        name, equals, number = (part.strip() for part in text.partition("="))
        if not (name and equals):
            raise click.BadParameter(f"{text!r} is not of the form NAME=NUMBER, as in b1=0.32.")
        values[name] = _number(number, text)
    return values


def windows(
    context: click.Context, option: click.Parameter, texts: tuple[str, ...]
) -> dict[str, tuple[float, float]]:
    """Windows of parameters from texts like ``"gamma=-0.6:0.6"``.

    Raises
    ------
    click.BadParameter
        For anything else, or an empty window.
    """
    values = {}
    for text in texts:
        name, equals, ends = (part.strip() for part in text.partition("="))
        low, colon, high = ends.partition(":")
        if not (name and equals and colon):
            raise click.BadParameter(
                f"{text!r} is not of the form NAME=LO:HI, as in gamma=-0.6:0.6."
            )
        lo, hi = _number(low, text), _number(high, text)
        if lo >= hi:
            raise click.BadParameter(
                f"{text!r} is empty: the lower end must be below the upper one."
            )
        values[name] = (lo, hi)
    return values


def _number(text: str, whole: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise click.BadParameter(f"{text.strip()!r} in {whole!r} is not a finite number.")
    return number


@cli.command()
@click.argument("family", metavar="FAMILY")
@click.option(
    "--out", "folder", type=click.Path(path_type=Path), help="Folder to write to [FAMILY]."
)
@click.option(
    "--set", "values", multiple=True, metavar="NAME=NUMBER", callback=assignments, help="Parameter."
)
@click.option(
    "--within", multiple=True, metavar="NAME=LO:HI", callback=windows, help="Window to trace."
)
@click.option("--data-only", is_flag=True, help="Write no pictures.")
@click.option("--quiet", is_flag=True, help="Print nothing.")
def trace(
    family: str,
    folder: Path | None,
    values: dict[str, float],
    within: dict[str, tuple[float, float]],
    data_only: bool,
    quiet: bool,
) -> int:
    """Trace the bifurcation diagram of FAMILY, eq8 or eq9.

    Equilibria, cycles and the homoclinic orbit in which they end, as pictures and as data.
    """
    from continuation.errors import ContinuationError
    from symgru import reports

    try:
        empty = _prepared(family, values, within)
        target = _writable(folder or Path(family))
        found = _followed(empty, quiet)
        if not found.branches:
            raise click.Abort
        written = reports.write(found, target)
        if not (data_only or found.interrupted):
            found, pictures = _drawn(found, target)
            written += pictures
    except (ValueError, ContinuationError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"cannot write to {target}: {error.strerror}.") from error
    if not quiet:
        names = " ".join(path.name for path in written)
        click.echo(f"{reports.text(found)}\n\nWritten to {target}: {names}")
    if found.interrupted:
        click.echo(f"symgru: interrupted; what was found is saved in {target}.", err=True)
    return INTERRUPTED if found.interrupted else 0


@cli.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "--out", "folder", type=click.Path(path_type=Path), help="Folder to write to [FILE's name]."
)
@click.option(
    "--set", "values", multiple=True, metavar="NAME=NUMBER", callback=assignments, help="Parameter."
)
@click.option("--limit", type=click.IntRange(min=1), metavar="BOXES", help="Boxes to look at.")
@click.option("--data-only", is_flag=True, help="Write no picture.")
def equilibria(
    file: Path, folder: Path | None, values: dict[str, float], limit: int | None, data_only: bool
) -> int:
    """Find all equilibria of the network in FILE, with proof.

    FILE is one that GRU.save wrote. Prints a table; writes the data, and for the flow of two units
    the phase portrait.
    """
    from continuation.errors import ContinuationError
    from symgru import inventory
    from symgru.equilibria import LIMIT, all_equilibria
    from symgru.gru import GRU

    try:
        gru = GRU.load(file)
        found = all_equilibria(gru, limit=limit or LIMIT, parameters=values)
        target = _writable(folder or Path(file.stem))
        written = [inventory.write(gru, found, values, target)]
        if not data_only and gru.units == 2 and gru.time == "flow":
            written.append(inventory.draw(gru, found, values, target))
    except (ValueError, ContinuationError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}.") from error
    names = " ".join(path.name for path in written)
    click.echo(f"{inventory.table(gru, found)}\n\nWritten to {target}: {names}")
    return 0


@cli.command()
@click.option("--only", type=int, multiple=True, metavar="NUMBER", help="Claim to check [all].")
@click.option(
    "--out", "folder", type=click.Path(path_type=Path), help="Folder to write to [claims]."
)
def claims(only: tuple[int, ...], folder: Path | None) -> int:
    """Check the claims of the paper, from scratch.

    Prints the verdicts, with the evidence if one claim is asked for, and writes a report in HTML
    and Markdown.
    """
    from symgru.claims import report, select

    try:
        chosen = select(only or None)
        target = _writable(folder or Path("claims"))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    rows, interrupted = _checked(chosen)
    if not rows:
        raise click.Abort
    written = report.write(rows, target)
    names = " ".join(path.name for path in written)
    click.echo(f"{report.table(rows)}\n\nWritten to {target}: {names}")
    if interrupted:
        said = f"{len(rows)} of {len(chosen)} claims were checked"
        click.echo(f"symgru: interrupted; {said}, and are in {target}.", err=True)
    return INTERRUPTED if interrupted else 0


def _checked(chosen: Sequence[Claim]) -> tuple[list[Row], bool]:
    """Check claims one by one, so that an interruption keeps those before it."""
    from tqdm import tqdm

    from symgru.claims.ledger import run

    shown = sys.stderr.isatty()
    rows: list[Row] = []
    bar = tqdm(chosen, unit=" claims", leave=False, file=sys.stderr, disable=not shown)
    try:
        for claim in bar:
            bar.set_description(f"claim {claim.number}")
            rows += run([claim])
    except KeyboardInterrupt:
        return rows, True
    finally:
        bar.close()
    return rows, False


def _prepared(
    family: str, values: dict[str, float], within: dict[str, tuple[float, float]]
) -> Findings:
    """Compile the family, or say what is wrong with what was asked for."""
    from continuation.options import known
    from symgru.tracing import STUDIES, prepare

    if family not in STUDIES:
        raise ValueError(f"unknown family {family!r}; there are {' and '.join(STUDIES)}.")
    study = STUDIES[family]
    empty = prepare(study, values)
    for name in within:
        if known(empty.system, name) != study.free:
            raise ValueError(
                f"--within {name}: {study.title} is traced in {study.free}; fix {name} by "
                f"--set {name}=NUMBER."
            )
    return empty.over(within.get(study.free, study.window))


def _writable(folder: Path) -> Path:
    """Make a folder and see that a file can be written in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ValueError(
            f"cannot write to the folder {str(folder)!r}: {error.strerror}; "
            f"choose another by --out."
        ) from error
    return folder


def _followed(empty: Findings, quiet: bool) -> Findings:
    """Trace to the end or to an interruption, with a progress bar on a terminal."""
    from symgru.tracing import trace as follow

    found = empty
    with _progress(shown=not quiet and sys.stderr.isatty()) as watch:
        try:
            for stage in follow(empty, watch):
                found = stage
        except KeyboardInterrupt:
            found = replace(found, interrupted=True)
    return found


@contextmanager
def _progress(shown: bool) -> Iterator[Watch | None]:
    """Count points on standard error, or nothing."""
    if not shown:
        yield None
        return
    from tqdm import tqdm

    with tqdm(unit=" points", leave=False, file=sys.stderr) as bar:

        def watch(stage: str, point: Point) -> None:
            bar.set_description(stage, refresh=False)
            bar.update()

        yield watch


def _drawn(found: Findings, folder: Path) -> tuple[Findings, list[Path]]:
    """Draw the pictures; an interruption marks the findings."""
    try:
        from symgru import figures

        return found, figures.write(found, folder)
    except KeyboardInterrupt:
        return replace(found, interrupted=True), []

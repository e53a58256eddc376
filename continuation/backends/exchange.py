"""A task for a peer and its answer, carried between processes as JSON; the process and its end.

A peer runs in a process of its own, in a temporary directory: what it changes in numpy, what it
prints and what files it leaves do not reach the user, and when it crashes only that process ends.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypedDict

import numpy as np

from continuation.errors import ContinuationError

TIME_LIMIT = 600.0
"""Seconds after which a peer is ended: PyDSTool compiles a model in half a minute and follows a
thousand points in ten seconds, so that one that takes this long will not come back."""

LAST_WORDS = 300
"""Characters of what a peer said last that an error quotes."""


class Task(TypedDict):
    """What a peer is asked to follow; every number is in the peer's own units, see `translation`.

    Attributes
    ----------
    kind : str
        "equilibria", "cycles", "folds" or "Hopf points", as in `Branch.kind`.
    states, free : list of str
        Names of the n states and of the k free parameters, safe in any language.
    rhs : list of str
        Components of f as texts in those names; every other parameter is a number in them.
    system : dict
        The same f as data, see `System.to_data`, for a peer that calls a function; its defaults are
        the values of the other parameters.
    names : list of str, shape (k,)
        What ``system`` calls the free parameters.
    scale : list of float, shape (k,)
        Parameter = scale times the peer's value.
    values : list of float, shape (k,)
        Free parameters at the start.
    within : list of [float, float], shape (k, 2)
        Their bounds.
    start : list of float, shape (n,)
        An equilibrium: a special one, where the curve consists of such or begins at one. For a peer
        that must locate it for itself, one from which it will come across it.
    orbit : [t, x] or None
        A cycle in place of a Hopf point, t of shape (m,) and x of shape (n, m).
    directions : list of int
        1 and -1 in the order in which they are followed.
    towards : int
        Direction in which a peer comes from ``start`` to the special point that it must locate.
    probes : list of list of float, shape (j, n)
        States at which f is compared.
    initial_step, min_step, max_step, tolerance, max_points, newton_steps : float or int
        As in `Settings`.
    intervals, degree, adapt_every : int
        As in `Settings`.
    period_below : float or None
        As in `cycles`.
    """

    kind: str
    states: list[str]
    free: list[str]
    rhs: list[str]
    system: dict[str, Any]
    names: list[str]
    scale: list[float]
    values: list[float]
    within: list[list[float]]
    start: list[float]
    orbit: list[Any] | None
    directions: list[int]
    towards: int
    probes: list[list[float]]
    initial_step: float
    min_step: float
    max_step: float
    tolerance: float
    max_points: int
    newton_steps: int
    intervals: int
    degree: int
    adapt_every: int
    period_below: float | None


class Record(TypedDict):
    """What a peer found.

    Attributes
    ----------
    f : list of list of float, shape (j, n)
        f at the probes, as the peer evaluates it.
    halves : list of dict
        One a direction: "points" ([x..., values...] of an equilibrium; "values", "t", "x" of a
        cycle), "spectra" (pairs [re, im]), "special" (each with "kind", "point" and "after", the
        index of the point before it), "stop" ("bound", "closed", "max_points", "failed", "bt") and
        "message".
    version : str
        Of the peer.
    """

    f: list[list[float]]
    halves: list[dict[str, Any]]
    version: str


def complex_pairs(values: Any) -> list[list[float]]:
    """Complex numbers as pairs [re, im], which JSON can hold."""
    return [[float(v.real), float(v.imag)] for v in np.asarray(values, dtype=complex)]


def ask(worker: str, task: Task, peer: str, time_limit: float = TIME_LIMIT) -> Record:
    """Have a task done by a worker in a process of its own, and wait for the answer.

    Parameters
    ----------
    worker : str
        Module to run.
    task : dict
        The task.
    peer : str
        Its name in messages.
    time_limit : float
        Seconds after which the process is ended.

    Raises
    ------
    ContinuationError
        Where the peer fails, crashes, or takes too long.
    """
    with tempfile.TemporaryDirectory(prefix="continuation-peer-") as folder:
        question, answer, words = (Path(folder) / name for name in ("task", "answer", "words"))
        question.write_text(json.dumps(task), encoding="utf-8")
        with words.open("wb") as spoken:
            process = subprocess.Popen(
                [sys.executable, "-m", worker, str(question), str(answer)],
                cwd=folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=spoken,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                process.wait(time_limit)
            except subprocess.TimeoutExpired:
                raise ContinuationError(
                    f"{peer} did not come back within {time_limit:g} s and was ended; ask for "
                    f"fewer points (Settings.max_points) or a narrower window."
                ) from None
            finally:
                _end(process)
        if not answer.exists():
            last = words.read_text(encoding="utf-8", errors="replace").strip()[-LAST_WORDS:]
            raise ContinuationError(
                f"{peer} crashed; its last words were: {' '.join(last.split())}"
            )
        record = json.loads(answer.read_text(encoding="utf-8"))
    if "error" in record:
        raise ContinuationError(f"{peer} failed: {record['error']}")
    found: Record = record
    return found


def answer_from(follow: Callable[[Task], Record]) -> None:
    """In the process of a worker: read the task, do it, write the answer; an error is an answer."""
    question, answer = map(Path, sys.argv[1:3])
    task: Task = json.loads(question.read_text(encoding="utf-8"))
    try:
        text = json.dumps(follow(task))
    except Exception as error:
        text = json.dumps({"error": " ".join(f"{type(error).__name__}: {error}".split())})
    answer.write_text(text, encoding="utf-8")


def _environment() -> dict[str, str]:
    """The variables of a worker: it finds this package, draws nothing and keeps to one thread.

    numpy.distutils, with which PyDSTool compiles, needs the distutils of Python 3.11 itself;
    setuptools puts its own in that place, which has lost parts that it imports.
    """
    package = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    own = {"PYTHONPATH": path, "MPLBACKEND": "Agg", "SETUPTOOLS_USE_DISTUTILS": "stdlib"}
    return {**os.environ, **threads, **own}


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a worker and what it started, if it still runs; what interrupted the waiting goes on."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()

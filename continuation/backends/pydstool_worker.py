"""The process in which PyDSTool runs: a task comes from a file, the answer goes to another.

``python -m continuation.backends.pydstool_worker TASK ANSWER``, both JSON; see `exchange.Task`.
What PyDSTool prints and the files that it leaves stay with this process.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from continuation.backends.compatibility import c_flags, has_distutils, restore
from continuation.backends.exchange import Record, Task, answer_from, complex_pairs

SEED = 0
"""Without one PyCont finds the same point today and not tomorrow."""

SECOND_DIFFERENCES = 1e-8
"""Smallest tolerance of curves in two parameters, whose Jacobians are differences of functions of
differences: with a smaller one PyCont's corrector stalls where round-off decides."""

EVERY_POINT = 1
"""AUTO keeps the whole orbit at every so many points."""

# PyDSTool compares these by identity, so that they must be literals of a program.
KINDS = {
    "equilibria": ["BP", "LP", "H", "B"],
    "folds": ["BT", "ZH", "CP", "B"],
    "Hopf points": ["BT", "ZH", "GH", "B"],
    "cycles": ["LPC", "PD", "NS"],
}
"""What PyCont looks for on each kind of curve; B is a bound."""

CURVES = {"equilibria": "EP-C", "folds": "LP-C", "Hopf points": "H-C2", "cycles": "LC-C"}
"""Its names of the kinds of curves."""

LEAST_STATES = {"H": 2, "BT": 2, "ZH": 3}
"""Kinds that need so many states; PyCont's test functions fail with fewer."""


def follow(task: Task) -> Record:
    """Run PyCont as a task says, in every direction that it names.

    Parameters
    ----------
    task : dict
        See `exchange.Task`.

    Returns
    -------
    dict
        See `exchange.Record`.
    """
    restore()
    # PyCont draws the borders of its matrices from numpy's global generator.
    np.random.seed(SEED)  # noqa: NPY002
    if task["kind"] == "cycles" and not has_distutils():
        raise RuntimeError(
            "cycles in PyDSTool need numpy.distutils, which ended with Python 3.11; use that one."
        )
    os.environ["CFLAGS"] = c_flags()
    import PyDSTool

    model = _model(PyDSTool, task)
    container = PyDSTool.ContClass(model)
    halves = []
    for number, direction in enumerate(task["directions"]):
        curve = _curve(container, task, f"curve{number}")
        half = (
            _cycles(curve, direction)
            if task["kind"] == "cycles"
            else _equilibria(curve, direction, task)
        )
        halves.append(half)
    return {"f": _values(model, task), "halves": halves, "version": "PyDSTool 0.91.0"}


def _model(pydstool: Any, task: Task) -> Any:
    """The vector field, from texts: each state's component of f."""
    arguments = pydstool.args(name="model")
    arguments.varspecs = dict(zip(task["states"], task["rhs"], strict=True))
    arguments.pars = dict(zip(task["free"], task["values"], strict=True))
    arguments.ics = dict(zip(task["states"], task["start"], strict=True))
    arguments.pdomain = dict(zip(task["free"], task["within"], strict=True))
    return pydstool.Generator.Vode_ODEsystem(arguments)


def _values(model: Any, task: Task) -> list[list[float]]:
    """The values of f at the probes, as PyDSTool evaluates them."""
    parameters = dict(zip(task["free"], task["values"], strict=True))
    return [
        np.asarray(
            model.Rhs(0.0, dict(zip(task["states"], x, strict=True)), parameters, asarray=True)
        ).tolist()
        for x in task["probes"]
    ]


def _curve(container: Any, task: Task, name: str) -> Any:
    """A new curve with the settings of the task."""
    cycles = task["kind"] == "cycles"
    tolerance = max(task["tolerance"], SECOND_DIFFERENCES if len(task["free"]) > 1 else 0.0)
    arguments: dict[str, Any] = {
        "name": name,
        "type": CURVES[task["kind"]],
        "force": True,
        "freepars": task["free"],
        "initpoint": dict(
            zip([*task["states"], *task["free"]], [*task["start"], *task["values"]], strict=True)
        ),
        "MaxNumPoints": task["max_points"],
        "StepSize": task["initial_step"],
        "MinStepSize": task["min_step"],
        "MaxStepSize": task["max_step"],
        "FuncTol": tolerance,
        "VarTol": tolerance,
        "TestTol": tolerance,
        "MaxCorrIters": task["newton_steps"],
        "MaxTestIters": 50,
        "SaveEigen": True,
        "verbosity": 0,
    }
    if cycles:
        arguments |= {
            "LocBifPoints": KINDS["cycles"],
            "NumIntervals": task["intervals"],
            "NumCollocation": task["degree"],
            "AdaptMesh": task["adapt_every"],
            "NumSPOut": EVERY_POINT,
            "DiagVerbosity": 0,
        }
        if task["orbit"] is not None:
            t, x = task["orbit"]
            arguments["initcycle"] = np.vstack((t, np.asarray(x)))
    else:
        # Beyond a Bogdanov-Takens point a curve of Hopf points consists of neutral saddles.
        ends = ["B", "BT"] if task["kind"] == "Hopf points" else ["B"]
        n = len(task["states"])
        kinds = [kind for kind in KINDS[task["kind"]] if n >= LEAST_STATES.get(kind, 1)]
        arguments |= {"LocBifPoints": kinds, "StopAtPoints": ends}
    container.newCurve(arguments)
    return container[name]


def _run(curve: Any, direction: int) -> str:
    """Follow in one direction; what PyCont says when it fails, or nothing.

    ``forward`` and ``backward`` call ``_compute``, and then join, reverse and name what it left in
    arrays; we read the arrays. PyCont raises exceptions of many types out of a curve that it had
    followed well so far: the points stay in its arrays, and the message goes into the answer.
    """
    try:
        curve._compute(v0=curve.initdirec, direc=direction)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _equilibria(curve: Any, direction: int, task: Task) -> dict[str, Any]:
    """One direction of a curve of equilibria, special ones or any."""
    failure = _run(curve, direction)
    # When a step fails the last row is a point that was not reached.
    count = getattr(curve, "loc", -1) + (0 if failure else 1)
    columns = len(task["states"]) + len(task["free"])
    points: list[list[float]] = []
    eigenvalues: list[list[list[float]]] = []
    special: list[dict[str, Any]] = []
    stop = "max_points"
    for i in range(count):
        labels = curve.CurveInfo[i]
        row = curve.curve[i][:columns].tolist()
        kind = next((kind for kind in KINDS[task["kind"]] if kind in labels), "")
        if kind == "B":
            stop = "bound"
        if kind not in ("", "B"):
            special.append({"kind": kind, "after": len(points) - 1, "point": row})
            stop = "bt" if kind == "BT" and task["kind"] == "Hopf points" else stop
            continue
        points.append(row)
        eigenvalues.append(complex_pairs(labels[curve._ptlabel]["data"].evals))
    if count > curve.ClosedCurve and np.array_equal(curve.curve[count - 1], curve.curve[0]):
        stop = "closed"
    return {
        "points": points,
        "spectra": eigenvalues,
        "special": special,
        "stop": "failed" if failure else stop,
        "message": failure,
    }


def _cycles(curve: Any, direction: int) -> dict[str, Any]:
    """One direction of a family of cycles; AUTO returns all points or none."""
    failure = _run(curve, direction)
    half: dict[str, Any] = {
        "points": [],
        "spectra": [],
        "special": [],
        "stop": "failed" if failure else "max_points",
        "message": failure,
    }
    for i in range(0 if failure else curve.loc + 1):
        labels = curve.CurveInfo[i]
        cycle = next((info["cycle"] for info in _infos(labels) if "cycle" in info), None)
        if cycle is None:
            continue
        kinds = [kind for kind in KINDS["cycles"] if kind in labels]
        point = {
            "values": [float(curve.curve[i][-2])],
            "t": np.asarray(cycle["t"]).tolist(),
            "x": [np.asarray(cycle[name]).tolist() for name in curve.varslist],
        }
        spectrum = complex_pairs(labels["LC"]["data"].evals)
        if kinds:
            found = {"kind": kinds[0], "after": len(half["points"]) - 1}
            half["special"].append({**found, "point": point, "spectrum": spectrum})
        else:
            half["points"].append(point)
            half["spectra"].append(spectrum)
    return half


def _infos(labels: Any) -> Iterator[Any]:
    """What PyCont knows about a point under each of its labels."""
    return (labels[key] for key in labels)


if __name__ == "__main__":
    answer_from(follow)

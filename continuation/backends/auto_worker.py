"""The process in which AUTO-07p runs, through bifpy: a task comes from a file, an answer goes out.

``python -m continuation.backends.auto_worker TASK ANSWER``, both JSON; see `exchange.Task`. AUTO
calls our f and takes its own differences for every derivative; only free parameters are parameters.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from continuation.backends.exchange import Record, Task, answer_from, complex_pairs
from continuation.collocation.basis import barycentric_weights, interpolation
from continuation.system import System

KINDS: dict[str, dict[str, str]] = {
    "equilibria": {"FOLD": "LP", "BRANCH_POINT": "BP", "HOPF_BIFURCATION": "H"},
    "folds": {"BOGDANOV_TAKENS": "BT", "CUSP": "CP", "ZERO_HOPF": "ZH"},
    "Hopf points": {"BOGDANOV_TAKENS": "BT", "GENERALIZED_HOPF": "GH", "ZERO_HOPF": "ZH"},
    "cycles": {"FOLD": "LPC", "BRANCH_POINT": "BPC", "PERIOD_DOUBLING": "PD", "TORUS": "NS"},
}
"""AUTO's words for special points on each kind of curve, and ours."""

BEGIN = {"folds": "FOLD", "Hopf points": "HOPF_BIFURCATION", "cycles": "HOPF_BIFURCATION"}
"""Where each kind of curve begins on a branch of equilibria."""

LOCATED = 100.0
"""Tolerance of special points in units of that of points, as AUTO's manual recommends for EPSS."""

FIRST_STEP = 0.01
"""AUTO sees no special point in its first step, which is therefore made this much shorter."""

GENTLE = 2
"""AUTO lengthens a step only after fewer iterations than half of those allowed; it iterates with
old derivatives, and needs more of them."""

PERIOD = 11
"""Number of the parameter in which AUTO keeps the period."""

AT_BOUND = 1e-9
"""A start closer to a bound than this part of the window lies on it."""

Equation = Callable[[Sequence[float], Sequence[float]], list[float]]


def follow(task: Task) -> Record:
    """Run AUTO as a task says, in every direction that it names.

    Parameters
    ----------
    task : dict
        See `exchange.Task`.

    Returns
    -------
    dict
        See `exchange.Record`.
    """
    equation = _equation(task)
    values = [equation(x, task["values"]) for x in task["probes"]]
    half = _cycles if task["kind"] == "cycles" else _equilibria
    halves = [half(task, equation, direction) for direction in task["directions"]]
    return {"f": values, "halves": halves, "version": f"AUTO-07p (bifpy {version('bifpy')})"}


def _equation(task: Task) -> Equation:
    """Make f a function of AUTO's state and parameters."""
    system = System.from_data(task["system"])
    free = [list(system.parameters).index(name) for name in task["names"]]
    p, scale = system.vector(), np.array(task["scale"])

    def equation(state: Sequence[float], parameters: Sequence[float]) -> list[float]:
        p[free] = scale * np.array(parameters[: len(free)])
        values: list[float] = system.evaluate(np.array([state], dtype=float), p)[0].tolist()
        return values

    return equation


def _settings(task: Task, direction: int, **further: Any) -> dict[str, Any]:
    """AUTO's constants; points of every step are kept, and no branch is followed but this one."""
    tolerance = task["tolerance"]
    lo, hi = task["within"][0]
    return {
        "ndim": len(task["states"]),
        "npar": PERIOD,
        "nmx": task["max_points"],
        "npr": 1,
        "ntst": task["intervals"],
        "ncol": task["degree"],
        "iad": task["adapt_every"],
        "itnw": GENTLE * task["newton_steps"],
        "mxbf": 0,
        "isp": 2,
        "ilp": 1,
        "ds": direction * max(FIRST_STEP * task["initial_step"], task["min_step"]),
        "dsmin": task["min_step"],
        "dsmax": task["max_step"],
        "rl0": max(lo, -sys.float_info.max),
        "rl1": min(hi, sys.float_info.max),
        "epsl": tolerance,
        "epsu": tolerance,
        "epss": LOCATED * tolerance,
        **further,
    }


def _equilibria(task: Task, equation: Equation, direction: int) -> dict[str, Any]:
    """One direction of a curve of equilibria, special ones or any."""
    from bifpy import auto

    kind, n, k = task["kind"], len(task["states"]), len(task["free"])
    if kind == "equilibria":
        result = _run_equilibria(task, equation, direction)
    else:
        result = auto.restart(
            equation,
            _settings(task, direction, ips=auto.IPS_EQUILIBRIUM),
            restart_point=_begin(task, equation),
            isw=auto.ISW_SPECIAL_POINT_LOCUS,
            icu=list(range(1, k + 1)),
            uzstop=_bounds(task),
        )
    half = _empty()
    for point in result.branches[0].points:
        if _failed(point, half):
            break
        label = KINDS[kind].get(point.point_type.name)
        row = [*(point.extended_state or point.state)[:n], *point.parameters[:k]]
        _add(half, label, row, complex_pairs(point.eigenvalues or ()))
        if label == "BT" and kind == "Hopf points":
            half["stop"] = "bt"
            break
    return _ended(half, task)


def _run_equilibria(task: Task, equation: Equation, direction: int) -> Any:
    """A branch of equilibria in the first free parameter."""
    from bifpy import auto

    def start(state: Any, parameters: Any, _: float) -> None:
        state[:] = task["start"]
        parameters[: len(task["values"])] = task["values"]

    settings = _settings(task, direction, ips=auto.IPS_EQUILIBRIUM)
    bounds = {1: stops} if (stops := _bounds(task).get(1)) else None
    return auto.run(equation, start, settings, icu=[1], uzstop=bounds)


def _begin(task: Task, equation: Equation) -> Any:
    """The special equilibrium at which a curve begins, located by AUTO itself."""
    wanted = BEGIN[task["kind"]]
    for direction in (task["towards"], -task["towards"]):
        for point in _run_equilibria(task, equation, direction).branches[0].points:
            if point.point_type.name == wanted:
                return point
    raise RuntimeError("AUTO did not find the special point at which the curve begins.")


def _cycles(task: Task, equation: Equation, direction: int) -> dict[str, Any]:
    """One direction of a family of cycles, from a cycle or from a Hopf point."""
    from bifpy import auto

    settings = _settings(task, direction, ips=auto.IPS_PERIODIC_ORBIT)
    stops = _bounds(task)
    if task["period_below"] is not None:
        stops[PERIOD] = [task["period_below"]]
    # A step that counted the period would crawl where it grows, towards a homoclinic orbit.
    options: dict[str, Any] = {"icu": [1, PERIOD], "uzstop": stops, "thl": {PERIOD: 0.0}}
    if task["orbit"] is not None:
        result = auto.run(equation, _orbit_at(task), settings, **options)
    else:
        result = auto.restart(
            equation,
            settings,
            restart_point=_begin(task, equation),
            isw=auto.ISW_HOPF_TO_PERIODIC_ORBIT,
            source_ips=auto.IPS_EQUILIBRIUM,
            **options,
        )
    half = _empty()
    for point in result.branches[0].points:
        if _failed(point, half):
            break
        orbit = point.periodic_orbit
        # At a Hopf point the first "cycle" is the equilibrium.
        if orbit is None or not np.any(np.ptp(orbit.state, axis=0)):
            continue
        found = {
            "values": [point.parameters[0]],
            "t": (orbit.period * np.array(orbit.normalized_time)).tolist(),
            "x": np.array(orbit.state).T.tolist(),
        }
        kind = KINDS["cycles"].get(point.point_type.name)
        _add(half, kind, found, complex_pairs(point.floquet_multipliers or ()))
    return _ended(half, task)


def _orbit_at(task: Task) -> Callable[[Any, Any, float], None]:
    """What gives AUTO the starting cycle at its mesh points: the polynomials of the task."""
    assert task["orbit"] is not None
    t, x = (np.array(part) for part in task["orbit"])
    degree = task["degree"]
    mesh = t[::degree] / t[-1]
    nodes = np.linspace(0.0, 1.0, degree + 1)
    weights = barycentric_weights(nodes)

    def start(state: Any, parameters: Any, time: float) -> None:
        i = min(max(int(np.searchsorted(mesh, time, side="right")) - 1, 0), len(mesh) - 2)
        s = (time - mesh[i]) / (mesh[i + 1] - mesh[i])
        row = interpolation(nodes, weights, np.array([s]))[0]
        state[:] = (x[:, i * degree : (i + 1) * degree + 1] @ row).tolist()
        parameters[0] = task["values"][0]
        parameters[PERIOD - 1] = float(t[-1])

    return start


def _bounds(task: Task) -> dict[int, list[float]]:
    """Values of parameters at which AUTO ends exactly; a bound at which it starts is none."""
    stops = {}
    for i, (value, window) in enumerate(zip(task["values"], task["within"], strict=True)):
        far = [b for b in window if np.isfinite(b) and abs(b - value) > AT_BOUND]
        if far:
            stops[i + 1] = far
    return stops


def _empty() -> dict[str, Any]:
    return {"points": [], "spectra": [], "special": [], "stop": "max_points", "message": ""}


def _failed(point: Any, half: dict[str, Any]) -> bool:
    """Whether AUTO gave up at this point, which is then no solution."""
    if point.point_type.name != "ABNORMAL_TERMINATION":
        return False
    half["stop"], half["message"] = "failed", "AUTO reports abnormal termination (MX)"
    return True


def _add(half: dict[str, Any], kind: str | None, point: Any, spectrum: Any) -> None:
    """A point of the branch, or a special one, which stands between two of them."""
    if kind is None:
        half["points"].append(point)
        half["spectra"].append(spectrum)
        return
    after = len(half["points"]) - 1
    half["special"].append({"kind": kind, "after": after, "point": point, "spectrum": spectrum})


def _ended(half: dict[str, Any], task: Task) -> dict[str, Any]:
    """The same half, with the reason of its end: short of all points it came to a bound."""
    if half["stop"] == "max_points" and len(half["points"]) < task["max_points"] - 1:
        half["stop"] = "bound"
    return half


if __name__ == "__main__":
    answer_from(follow)

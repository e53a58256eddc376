"""Isolas: curves in two parameters that close, with rho = a^2 + b^2 in place of one parameter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import continuation as ct

SETTINGS = ct.Settings(intervals=20)
FREE, WITHIN = ("a", "b"), {"a": (-2.0, 2.0), "b": (-2.0, 2.0)}
RHO = "(a**2 + b**2)"


def system(equations: dict[str, str], kind: str = "flow", a: float = 0.9) -> ct.System:
    """Equations in which R stands for rho."""
    written = {x: f.replace("R", RHO) for x, f in equations.items()}
    return ct.System.from_strings(written, parameters={"a": a, "b": 0.1}, kind=kind)


def at_rest(
    equations: dict[str, str], verb: Callable[..., ct.Branch], label: str, kind: str = "flow"
) -> ct.Branch:
    """A curve that starts on a branch of states at rest."""
    one = system(equations, kind)
    rest = ct.equilibria(one, ct.settle(one, [0.3] * len(equations)), free="a", within=(0.2, 2.0))
    return verb(rest[label], free=FREE, within=WITHIN)


def circling(
    equations: dict[str, str], verb: Callable[..., ct.Branch], kind: str, a: float, **more: object
) -> ct.Branch:
    """A curve that starts on a family of cycles."""
    one = system(equations, a=a)
    orbit = ct.simulate(one, [1.0] + [0.1] * (len(equations) - 1), np.linspace(0.0, 60.0, 200))
    family = ct.cycles(orbit, free="a", within=(0.2, 1.9), settings=SETTINGS, **more)
    point = next(point for point in family.special if point.kind == kind)
    return verb(point, free=FREE, within=WITHIN, settings=SETTINGS, **more)


def plane(rate: str, speed: str = "1", more: str = "") -> dict[str, str]:
    """Circles r' = r rate, with the angular speed."""
    rate, speed = (f"({e.replace('Q', '(x**2 + y**2)')})" for e in (rate, speed))
    return {"x": f"{rate}*x - {speed}*y{more}", "y": f"{rate}*y + {speed}*x"}


BAUTIN = plane("R - 5/4 + Q - Q**2", "1 + Q/5")
PAIR = {"p": "(R - 1)*p - 2*q/5 + x*p**2/9", "q": "(R - 1)*q + 2*p/5"}
EVENT = {"half": lambda solution: solution.state[0] - 1.0}
SIZE = {"size": lambda solution: solution.orbit.max("x") - 1.0}

CURVES: dict[str, Callable[[], ct.Branch]] = {
    "folds": lambda: at_rest({"x": "1 - R - x**2"}, ct.fold_curve, "LP1"),
    "Hopf points": lambda: at_rest(plane("R - 1 - Q"), ct.hopf_curve, "H1"),
    "events": lambda: at_rest_with_event(),
    "folds of a map": lambda: at_rest({"x": "x + 1 - R - x**2"}, ct.fold_curve, "LP1", "map"),
    "period doublings of a map": lambda: at_rest(
        {"x": "-R*x + x**3"}, ct.period_doubling_curve, "PD1", "map"
    ),
    "tori of a map": lambda: at_rest(
        {
            "x": "R*(cos(1)*x - sin(1)*y)*(1 - x**2 - y**2)",
            "y": "R*(sin(1)*x + cos(1)*y)*(1 - x**2 - y**2)",
        },
        ct.torus_curve,
        "NS1",
        "map",
    ),
    "folds of cycles": lambda: circling(BAUTIN, ct.cycle_fold_curve, "LPC", 1.2),
    "tori": lambda: circling(plane("1 - Q") | PAIR, ct.torus_curve, "NS", 0.8),
    "cycles of a size": lambda: circling(
        plane("R - Q", "1 + Q/5"), ct.event_curve, "size", 1.2, events=SIZE
    ),
}


def at_rest_with_event() -> ct.Branch:
    """Where a state is 1."""
    rest = ct.equilibria(system({"x": "R - x"}), [0.8], free="a", within=(0.2, 2.0), events=EVENT)
    return ct.event_curve(rest["half1"], events=EVENT, free=FREE, within=WITHIN)


@pytest.mark.parametrize("name", CURVES)
def test_a_curve_around_the_origin_is_recognised_as_closed_after_one_turn(name: str) -> None:
    curve = CURVES[name]()
    a, b = (curve.parameters[name] for name in FREE)
    assert a**2 + b**2 == pytest.approx(1.0, abs=1e-6)
    assert curve.stop == (ct.StopReason.CLOSED, ct.StopReason.CLOSED)
    turn = np.abs(np.sum(np.angle(np.exp(1j * np.diff(np.arctan2(b, a))))))
    assert turn == pytest.approx(2.0 * np.pi, abs=1e-6)

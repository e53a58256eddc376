"""Every kind of curve answers the same questions; a new curve is one more line in `CURVES`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import continuation as ct
from continuation.curve import Curve, Solution, Start
from continuation.curves import (
    event_curve,
    fixed_period,
    flip,
    fold,
    fold_cycle,
    hopf,
    map_fold,
    neimark_sacker,
    period_doubling,
    torus,
)
from continuation.curves.branch_point import BranchPointCurve
from continuation.curves.branch_point_cycle import BranchPointCycleCurve
from continuation.curves.cycle import CycleCurve
from continuation.curves.equilibrium import EquilibriumCurve
from continuation.curves.event_curve import EventCurve
from continuation.curves.heteroclinic import HeteroclinicCurve
from continuation.curves.homoclinic import HomoclinicCurve
from continuation.curves.map_cycle import MapCycleCurve
from continuation.curves.saddle_node_homoclinic import SaddleNodeHomoclinicCurve
from continuation.engine import first_point, steps
from continuation.linalg.bordered import factorise

SETTINGS = ct.Settings(intervals=20)

SYSTEM = ct.System.from_strings(
    {"x": "y + c*x*z", "y": "b1 + b2*y + x**2 - x*y", "z": "-z + c*x"},
    parameters={"b1": -0.04, "b2": -0.3, "c": 0.1},
)
REST = ct.equilibria(SYSTEM, start=[-0.2, 0.0, 0.0], free="b2", within=(-1.0, 0.5))
FOLDS = ct.equilibria(SYSTEM, start=[-0.2, 0.0, 0.0], free="b1", within=(-1.0, 0.5))
TWO = ("b1", "b2")
UNITS = np.ones(2)


def cycle() -> tuple[Curve, Start]:
    """A small cycle, away from the Hopf point."""
    family = ct.cycles(REST["H1"], period_below=12.0, settings=SETTINGS)
    return CycleCurve.from_orbit(family.orbits[-1], "b2", 1.0, SETTINGS)


def homoclinic() -> tuple[Curve, Start]:
    """A long cycle, cut open."""
    family = ct.cycles(REST["H1"], period_below=25.0, settings=SETTINGS)
    return HomoclinicCurve.from_orbit(family.orbits[-1], SYSTEM, "b2", 4)


def homoclinic_in_two() -> tuple[Curve, Start]:
    """The loop that the long cycle runs into."""
    settings = ct.Settings(intervals=50)
    loop = ct.homoclinic(ct.cycles(REST["H1"], period_below=25.0, settings=settings))
    assert loop.orbit is not None
    return HomoclinicCurve.from_connection(loop.orbit, loop.state, TWO, UNITS, settings, "")


def heteroclinic() -> tuple[Curve, Start]:
    """The front of the bistable equation."""
    system = ct.System.from_strings(
        {"x": "y", "y": "-c*y - x*(1 - x)*(x - a)"}, parameters={"c": -0.3535, "a": 0.25}
    )
    t = np.linspace(-15.0, 15.0, 161)
    x = (1.0 + np.tanh(t / (2.0 * np.sqrt(2.0)))) / 2.0
    orbit = ct.Orbit(t + 15.0, np.array([x, x * (1.0 - x) / np.sqrt(2.0)]), system, {}, 4)
    ends = np.zeros(2), np.array([1.0, 0.0])
    return HeteroclinicCurve.from_orbit(orbit, ends, ("c", "a"), UNITS, SETTINGS, "")


def saddle_node_homoclinic() -> tuple[Curve, Start]:
    """The saddle-node on the circle x^2 + y^2 = 1 at mu + q = 1."""
    system = ct.System.from_strings(
        {"x": "x*(1 - x**2 - y**2) - y*(mu - y + q)", "y": "y*(1 - x**2 - y**2) + x*(mu - y + q)"},
        parameters={"mu": 1.5, "q": 0.0},
    )
    orbit = ct.simulate(system, [1.0, 0.0], np.linspace(0.0, 60.0, 3000))
    loop = ct.homoclinic(ct.cycles(orbit, free="mu", within=(0.5, 2.0)))
    assert loop.orbit is not None
    return SaddleNodeHomoclinicCurve.from_orbit(
        loop.orbit, loop.state[None, :], ("mu", "q"), UNITS, SETTINGS, ""
    )


MAP = ct.System.from_strings(
    {
        "s": "-(1 + m)*s + s**3",
        "u": "(1 + b + s/2 - u**2 - v**2)*(cos(3/5)*u - sin(3/5)*v)",
        "v": "(1 + b + s/2 - u**2 - v**2)*(sin(3/5)*u + cos(3/5)*v)",
    },
    parameters={"m": 0.25, "b": 0.01},
    kind="map",
)
"""Its cycle s = +- sqrt(m), u = v = 0 has a Neimark-Sacker point at (1 + b)^2 = 1 + m / 4."""
HENON = ct.System.from_strings(
    {"x": "1 - a*x**2 + y", "y": "b*x"}, parameters={"a": 0.2, "b": 0.3}, kind="map"
)
FIXED = ct.equilibria(HENON, start=[0.9, 0.27], free="a", within=(-0.5, 1.5))


BAND = ct.System.from_strings(
    {
        "x": "(mu + nu*(x**2 + y**2) - (x**2 + y**2)**2)*x - (1 + (x**2 + y**2)/5)*y",
        "y": "(mu + nu*(x**2 + y**2) - (x**2 + y**2)**2)*y + (1 + (x**2 + y**2)/5)*x",
        "p": "mu*p - 2*q/5 + x*p**2/9",
        "q": "mu*q + 2*p/5",
    },
    parameters={"mu": -0.1, "nu": 1.0},
)
"""The Bautin form, with a pair of rate mu beside it: LPC at mu = -1/4, NS at mu = 0."""
LURE = ct.System.from_strings(
    {"x": "y", "y": "z", "z": "-a*z - b*y - x + x**2"}, parameters={"a": 1.0, "b": 1.0}
)


def outer(kind: str) -> ct.SpecialPoint:
    """A special point of the outer cycle of the band."""
    start = np.array([1.0, 0.1, 0.0, 0.0])
    orbit = ct.simulate(BAND, start, np.linspace(0.0, 60.0, 200))
    return ct.cycles(orbit, free="mu", within=(-0.5, 0.2), settings=SETTINGS)[f"{kind}1"]


def doubling_of_cycles() -> tuple[Curve, Start]:
    """Of the Lur'e system."""
    rest = ct.equilibria(LURE, start=np.zeros(3), free="a", within=(0.0, 1.4))
    point = ct.cycles(rest["H1"], settings=SETTINGS)["PD1"]
    return period_doubling.from_period_doubling(point, ("a", "b"), UNITS, SETTINGS)


def branch_point_of_cycles() -> tuple[Curve, Start]:
    """A pitchfork beside a circle."""
    system = ct.System.from_strings(
        {
            "x": "(1 - x**2 - y**2)*x - (1 + w**2/2)*y",
            "y": "(1 - x**2 - y**2)*y + (1 + w**2/2)*x",
            "w": "(a - b + b**2)*w - w**3 + x*w/5",
        },
        parameters={"a": -0.1, "b": 0.0},
    )
    orbit = ct.simulate(system, (1.0, 0.1, 0.0), np.linspace(0.0, 50.0, 200))
    point = ct.cycles(orbit, free="a", within=(-0.2, 0.2), settings=SETTINGS)["BPC1"]
    return BranchPointCycleCurve.from_branch_point(point, ("a", "b"), UNITS, SETTINGS)


def branch_point() -> tuple[Curve, Start]:
    """The pitchfork of a symmetric plane."""
    plane = ct.System.from_strings(
        {"x": "a*x - b*x**3 + x*y", "y": "a - b*y + x**2"}, parameters={"a": -1.0, "b": 1.0}
    )
    rest = ct.equilibria(plane, start=[0.0, -1.0], free="a", within=(-1.0, 1.0))
    return BranchPointCurve.from_branch_point(rest["BP1"], ("a", "b"), UNITS)


def event() -> tuple[Curve, Start]:
    """Where a state has a given value."""

    def half(solution: Solution) -> float:
        return float(np.sin(solution.state[0]) - 0.65)

    rest = ct.equilibria(
        HENON, start=[0.9, 0.27], free="a", within=(-0.1, 1.5), events={"half": half}
    )
    return EventCurve.from_event(rest["half1"], ("a", "b"), UNITS, half)


def event_of_cycles() -> tuple[Curve, Start]:
    """Where a cycle has a given size."""

    def size(solution: Solution) -> float:
        assert solution.orbit is not None
        return solution.orbit.max("x") - 0.9

    orbit = ct.simulate(BAND, [1.0, 0.1, 0.0, 0.0], np.linspace(0.0, 60.0, 200))
    events = {"size": size}
    family = ct.cycles(orbit, free="mu", within=(-0.5, 0.2), settings=SETTINGS, events=events)
    return event_curve.from_cycle(family["size1"], ("mu", "nu"), UNITS, SETTINGS, size)


def torus_of_a_map() -> tuple[Curve, Start]:
    """Of a cycle of two points."""
    orbit = ct.simulate(MAP, [0.5, 0.0, 0.0], np.arange(5.0))
    family = ct.cycles(orbit, free="b", within=(-0.1, 0.1))
    return neimark_sacker.from_neimark_sacker(family["NS1"], ("b", "m"), UNITS)


def fold_of_a_map() -> tuple[Curve, Start]:
    """Of a cycle of seven points."""
    orbit = ct.simulate(HENON, [0.1, 0.1], np.arange(3000.0), a=1.24)
    family = ct.cycles(orbit, free="a", within=(1.2, 1.3))
    return map_fold.from_fold(family["LP1"], ("a", "b"), UNITS)


CURVES: list[tuple[str, Callable[[], tuple[Curve, Start]]]] = [
    ("equilibrium", lambda: EquilibriumCurve.from_state(
        SYSTEM, "b2", np.array([-0.2, 0.0, 0.0]), SYSTEM.vector({}))),
    ("fold", lambda: fold.from_fold(FOLDS["LP1"], TWO, UNITS)),
    ("Hopf", lambda: hopf.from_hopf(REST["H1"], TWO, UNITS)),
    ("cycle", cycle),
    ("fold of cycles", lambda: fold_cycle.from_fold(
        outer("LPC"), ("mu", "nu"), UNITS, SETTINGS)),
    ("branch point of cycles", branch_point_of_cycles),
    ("fixed period", lambda: fixed_period.from_cycle(
        outer("NS"), ("mu", "nu"), UNITS, SETTINGS)),
    ("period doubling of cycles", doubling_of_cycles),
    ("torus", lambda: torus.from_torus(outer("NS"), ("mu", "nu"), UNITS, SETTINGS)),
    ("homoclinic", homoclinic),
    ("homoclinic in two parameters", homoclinic_in_two),
    ("heteroclinic", heteroclinic),
    ("homoclinic to a saddle-node", saddle_node_homoclinic),
    ("branch point", branch_point),
    ("event", event),
    ("event of cycles", event_of_cycles),
    ("fixed point", lambda: EquilibriumCurve.from_state(
        HENON, "a", np.array([0.9, 0.27]), HENON.vector({}))),
    ("cycle of a map", lambda: MapCycleCurve.from_doubling(FIXED["PD1"], "a", 1.0, SETTINGS)),
    ("fold of a map", fold_of_a_map),
    ("period doubling of a map", lambda: flip.from_flip(
        ct.cycles(FIXED["PD1"])["PD1"], ("a", "b"), UNITS)),
    ("Neimark-Sacker", torus_of_a_map),
]  # fmt: skip


@pytest.fixture(params=CURVES, ids=[name for name, _ in CURVES], scope="module")
def started(request: pytest.FixtureRequest) -> tuple[Curve, Start]:
    """A curve and a start on it."""
    return request.param[1]()


def test_unknowns_end_with_the_free_parameters(started: tuple[Curve, Start]) -> None:
    curve, start = started
    named = curve.state(start.z).parameters
    for name, value in zip(curve.free, start.z[-len(curve.free) :], strict=True):
        assert named[name] == pytest.approx(value, rel=1e-15)


def test_there_is_one_equation_less_than_unknowns(started: tuple[Curve, Start]) -> None:
    curve, start = started
    assert curve.residual(start.z).shape == (len(start.z) - 1,)
    assert start.tangent.shape == start.z.shape


def test_jacobian_is_the_derivative_of_the_residual(started: tuple[Curve, Start]) -> None:
    """Solving with the bordered Jacobian must return the direction of a central difference."""
    curve, start = started
    rng = np.random.default_rng(0)
    row = rng.normal(size=len(start.z))
    factors = factorise(curve.jacobian(start.z), row)
    for _ in range(3):
        v, h = rng.normal(size=len(start.z)), 1e-6
        slope = (curve.residual(start.z + h * v) - curve.residual(start.z - h * v)) / (2.0 * h)
        back = factors.solve(np.append(slope, row @ v))
        assert np.abs(back - v).max() < 1e-4 * np.abs(v).max()


def test_linearize_is_residual_and_jacobian(started: tuple[Curve, Start]) -> None:
    curve, start = started
    h, jacobian = curve.linearize(start.z)
    row, rhs = start.tangent, np.ones(len(start.z))
    assert np.array_equal(h, curve.residual(start.z))
    one, other = factorise(jacobian, row), factorise(curve.jacobian(start.z), row)
    assert one.solve(rhs) == pytest.approx(other.solve(rhs), rel=1e-12)


def test_weights_are_positive(started: tuple[Curve, Start]) -> None:
    curve, start = started
    assert curve.weights(start.z).shape == start.z.shape
    assert np.all(curve.weights(start.z) > 0.0)


def test_start_is_corrected_and_steps_stay_on_the_curve(started: tuple[Curve, Start]) -> None:
    curve, start = started
    point = first_point(curve, start, SETTINGS)
    walk = steps(curve, point, ct.Settings(intervals=20, initial_step=1e-3, max_step=1e-2))
    for _ in range(4):
        step = next(walk)
        h = step.after.curve.residual(step.after.z)
        assert np.abs(h).max() < 1e-8
        assert step.before.curve is step.after.curve
        assert step.before.row @ step.after.tangent > 0.0


def test_refreshed_point_is_a_point_of_the_refreshed_curve(started: tuple[Curve, Start]) -> None:
    curve, start = started
    point = first_point(curve, start, SETTINGS)
    fresh, moved = curve.refresh(point, 0)
    assert moved.curve is fresh
    assert np.abs(fresh.residual(moved.z)).max() < 1e-8
    assert moved.row @ moved.tangent == pytest.approx(1.0)
    assert moved.z[-len(curve.free) :] == pytest.approx(point.z[-len(curve.free) :], abs=1e-6)


def test_events_have_names_and_finite_values(started: tuple[Curve, Start]) -> None:
    curve, start = started
    point = first_point(curve, start, SETTINGS)
    for event in curve.events():
        assert event.kind
        assert isinstance(event.value(point), float)

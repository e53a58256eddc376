"""Branches of every kind go on where they ended: the whole is the branch of the wider window."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import continuation as ct

SETTINGS = ct.Settings(intervals=20)
PLANE = ct.System.from_strings(
    {"x": "y", "y": "b1 + b2*y + x**2 - x*y"}, parameters={"b1": -0.04, "b2": -0.3}
)
"""Equilibria x = +-sqrt(-b1): folds at b1 = 0, Hopf points at b1 = -b2^2."""
BAND = ct.System.from_strings(
    {
        "x": "(mu + nu*(x**2 + y**2) - (x**2 + y**2)**2)*x - (1 + (x**2 + y**2)/5)*y",
        "y": "(mu + nu*(x**2 + y**2) - (x**2 + y**2)**2)*y + (1 + (x**2 + y**2)/5)*x",
        "p": "mu*p - 2*q/5 + x*p**2/9",
        "q": "mu*q + 2*p/5",
    },
    parameters={"mu": -0.1, "nu": 1.0},
)
"""Cycles of radius r: mu + nu r^2 = r^4; folds of cycles at mu = -nu^2/4, tori at mu = 0."""
HENON = ct.System.from_strings(
    {"x": "1 - a*x**2 + y", "y": "b*x"}, parameters={"a": 0.2, "b": 0.3}, kind="map"
)
"""Folds at a = -(1 - b)^2/4, period doublings at a = 3 (1 - b)^2/4."""

Follow = Callable[[dict[str, tuple[float, float]]], ct.Branch]
Case = tuple[Follow, dict[str, tuple[float, float]], dict[str, tuple[float, float]]]


def at_rest(kind: str) -> Case:
    """Folds or Hopf points of the plane."""
    rest = ct.equilibria(PLANE, start=[-0.2, 0.0], free="b1", within=(-1.0, 0.5))
    verb = ct.hopf_curve if kind == "H1" else ct.fold_curve
    return (
        lambda within: verb(rest[kind], free=("b1", "b2"), within=within),
        {"b1": (-0.25, 0.25), "b2": (-0.4, -0.2)},
        {"b1": (-0.5, 0.5), "b2": (-0.6, 0.4)},
    )


def circling(kind: str) -> Case:
    """Bifurcating cycles of the band."""
    orbit = ct.simulate(BAND, [1.0, 0.1, 0.0, 0.0], np.linspace(0.0, 60.0, 200))
    family = ct.cycles(orbit, free="mu", within=(-0.5, 0.2), settings=SETTINGS)
    verbs = {"LPC1": ct.cycle_fold_curve, "NS1": ct.torus_curve, "period": ct.fixed_period_curve}
    point = family["NS1" if kind == "period" else kind]
    return (
        lambda within: verbs[kind](point, free=("mu", "nu"), within=within, settings=SETTINGS),
        {"mu": (-0.3, 0.1), "nu": (0.9, 1.1)},
        {"mu": (-0.5, 0.2), "nu": (0.7, 1.3)},
    )


def of_a_map(kind: str) -> Case:
    """Folds or period doublings of the Henon map."""
    fixed = ct.equilibria(HENON, start=[0.9, 0.27], free="a", within=(-0.5, 1.5))
    verb = ct.period_doubling_curve if kind == "PD1" else ct.fold_curve
    return (
        lambda within: verb(fixed[kind], free=("a", "b"), within=within),
        {"a": (-0.5, 1.5), "b": (0.2, 0.4)},
        {"a": (-1.0, 2.0), "b": (0.0, 0.6)},
    )


def homoclinic(kind: str) -> Case:
    """The loops of the plane, from the Bogdanov-Takens point at the origin and back to it."""
    rest = ct.equilibria(PLANE, start=[-0.2, 0.0], free="b1", within=(-1.0, 0.5))
    folds = ct.fold_curve(rest["LP1"], free=("b1", "b2"), within={"b2": (-1.0, 1.0)})
    return (
        lambda within: ct.extend(
            ct.homoclinic_curve(folds["BT1"], free=("b1", "b2"), within=within)
        ),
        {"b1": (-0.1, 0.1), "b2": (-1.0, 1.0)},
        {"b1": (-0.2, 0.1), "b2": (-1.0, 1.0)},
    )


CASES = [
    (at_rest, "H1"),
    (at_rest, "LP1"),
    (circling, "LPC1"),
    (circling, "NS1"),
    (circling, "period"),
    (of_a_map, "LP1"),
    (of_a_map, "PD1"),
    (homoclinic, "loops"),
]


@pytest.mark.parametrize(("make", "kind"), CASES, ids=[f"{m.__name__} {k}" for m, k in CASES])
def test_extended_curve_has_the_ends_and_points_of_the_wider_window(
    make: Callable[[str], Case], kind: str
) -> None:
    follow, narrow, wide = make(kind)
    part, once = follow(narrow), follow(wide)
    whole = ct.extend(part, within=wide)
    assert set(part.stop) & {ct.StopReason.BOUND}
    assert whole.stop == once.stop
    assert [point.label for point in whole.special] == [point.label for point in once.special]
    for name in part.free:
        ends = whole.parameters[name][[0, -1]], once.parameters[name][[0, -1]]
        assert sorted(ends[0]) == pytest.approx(sorted(ends[1]), abs=1e-6)
        middle = whole.parameters[name]
        assert np.abs(np.diff(middle)).max() < 0.2 * np.ptp(middle) + 1e-12


def test_a_curve_of_events_goes_on_with_its_function() -> None:
    half = {"half": lambda solution: solution.state[0] - 0.5}
    parabola = ct.System.from_strings({"x": "a - b*x**2"}, parameters={"a": 1.0, "b": 1.0})
    rest = ct.equilibria(parabola, start=[1.0], free="a", within=(0.1, 2), events=half)
    narrow, wide = {"a": (0.1, 1), "b": (0.8, 2)}, {"a": (0.1, 1), "b": (0.5, 3)}
    part = ct.event_curve(rest["half1"], events=half, free=("a", "b"), within=narrow)
    with pytest.raises(ValueError, match="goes on with its function"):
        ct.extend(part, within=wide)
    whole = ct.extend(part, within=wide, events=half)
    assert whole.parameters["b"][[0, -1]] == pytest.approx([0.5, 3.0], abs=1e-9)
    assert whole.parameters["a"] == pytest.approx(whole.parameters["b"] / 4.0, abs=1e-9)


def test_a_natural_end_stays_an_end() -> None:
    rest = ct.equilibria(PLANE, start=[-0.2, 0.0], free="b1", within=(-1.0, 0.5))
    within = {"b1": (-0.3, 0.3), "b2": (-0.5, 0.5)}
    curve = ct.hopf_curve(rest["H1"], free=("b1", "b2"), within=within)
    whole = ct.extend(curve, within={"b1": (-0.5, 0.5), "b2": (-0.6, 0.5)})
    assert ct.StopReason.BOGDANOV_TAKENS in whole.stop
    assert float(np.min(-whole.parameters["b2"])) == pytest.approx(0.0, abs=1e-9)


def test_a_closed_curve_has_no_end_to_go_on_from() -> None:
    system = ct.System.from_strings(
        {"x": "x**2 + a**2 + b**2 - 1"}, parameters={"a": 0.0, "b": 0.0}
    )
    rest = ct.equilibria(system, start=[0.8], free="a", within=(-2, 2))
    curve = ct.fold_curve(rest["LP1"], free=("a", "b"), within={"a": (-2, 2), "b": (-2, 2)})
    with pytest.raises(ct.ContinuationError, match="closed"):
        ct.extend(curve)


@pytest.mark.parametrize("free", [("a", "b"), ("b", "a")])
def test_branch_points_go_on_whatever_parameter_they_were_found_in(free: tuple[str, str]) -> None:
    """The pitchfork of x' = (a - b + b^2) x - x^3."""
    fork = ct.System.from_strings(
        {"x": "(a - b + b**2)*x - x**3"}, parameters={"a": -1.0, "b": 0.0}
    )
    rest = ct.equilibria(fork, start=[0.0], free="a", within=(-2.0, 1.0))
    narrow, wide = {"a": (-1.0, 1.0), "b": (-0.2, 0.45)}, {"a": (-2.0, 2.0), "b": (-0.5, 1.3)}
    part = ct.branch_point_curve(rest["BP1"], free=free, within=narrow)
    whole = ct.extend(part, within=wide)
    a, b = whole.parameters["a"], whole.parameters["b"]
    assert a == pytest.approx(b - b**2, abs=1e-9)
    assert sorted(b[[0, -1]]) == pytest.approx([-0.5, 1.3], abs=1e-9)


def test_heteroclinic_and_saddle_node_loops_go_on() -> None:
    """The front c = -sqrt(2) (1/2 - a), and the saddle-node on a circle at mu + q = 1."""
    front = ct.System.from_strings(
        {"x": "y", "y": "-c*y - x*(1 - x)*(x - a)"}, parameters={"c": -0.3535, "a": 0.25}
    )
    t = np.linspace(-15.0, 15.0, 161)
    x = (1.0 + np.tanh(t / (2.0 * np.sqrt(2.0)))) / 2.0
    orbit = ct.Orbit(t + 15.0, np.array([x, x * (1.0 - x) / np.sqrt(2.0)]), front, {}, 4)
    narrow, wide = {"a": (0.2, 0.3), "c": (-1.0, 1.0)}, {"a": (0.1, 0.4), "c": (-1.0, 1.0)}
    part = ct.heteroclinic_curve(ct.heteroclinic(orbit, "c"), free=("a", "c"), within=narrow)
    whole = ct.extend(part, within=wide)
    assert whole.parameters["a"][[0, -1]] == pytest.approx([0.1, 0.4], abs=1e-9)
    exact = -np.sqrt(2.0) * (0.5 - whole.parameters["a"])
    assert whole.parameters["c"] == pytest.approx(exact, abs=1e-9)
    circle = ct.System.from_strings(
        {"x": "x*(1 - x**2 - y**2) - y*(mu - y + q)", "y": "y*(1 - x**2 - y**2) + x*(mu - y + q)"},
        parameters={"mu": 1.5, "q": 0.0},
    )
    orbit = ct.simulate(circle, [1.0, 0.0], np.linspace(0.0, 60.0, 3000))
    loop = ct.homoclinic(ct.cycles(orbit, free="mu", within=(0.5, 2.0)))
    free, q = ("mu", "q"), (-1.0, 1.0)
    part = ct.homoclinic_curve(loop, free=free, within={"mu": (0.8, 1.2), "q": q})
    whole = ct.extend(part, within={"mu": (0.5, 1.5), "q": q})
    assert whole.parameters["mu"][[0, -1]] == pytest.approx([0.5, 1.5], abs=1e-9)
    assert whole.parameters["mu"] + whole.parameters["q"] == pytest.approx(1.0, abs=1e-9)

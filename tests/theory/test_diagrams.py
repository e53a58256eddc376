"""Whole diagrams: what branches off is followed, and nothing twice."""

from __future__ import annotations

import pytest

import continuation as ct


def test_family_of_cycles_between_two_hopf_points_is_followed_once() -> None:
    system = ct.System.from_strings(
        {"x": "(mu - mu**2)*x - y - x*(x**2 + y**2)", "y": "x + (mu - mu**2)*y - y*(x**2 + y**2)"},
        parameters={"mu": 0.5},
    )
    found = ct.diagram(system, free="mu", within=(-0.5, 1.5), depth=2)
    assert [branch.kind for branch in found] == ["equilibria", "cycles"]
    assert [p.parameters["mu"] for p in found[0].special] == pytest.approx([0.0, 1.0], abs=1e-12)
    assert ct.StopReason.AT_HOPF in found[1].stop


def test_doubling_cascade_of_the_logistic_map_is_followed_to_period_eight() -> None:
    system = ct.System.from_strings(
        {"x": "r*x*(1 - x)"}, parameters={"r": 2.0}, kind="map", box=((0, 1),)
    )
    found = ct.diagram(system, free="r", within=(0.5, 3.56), depth=4)
    doublings = [p for p in found.special if p.kind == "PD"]
    assert [p.parameters["r"] for p in doublings] == pytest.approx(
        [3.0, 1.0 + 6.0**0.5, 3.544090359551923], abs=1e-10
    )
    assert [branch.periods[0] for branch in found if branch.kind == "cycles"] == [2, 4, 8]


def test_doubling_cascade_of_a_flow_is_followed_to_period_four() -> None:
    system = ct.System.from_strings(
        {"x": "y", "y": "z", "z": "-alpha*z - y - x + x**2"}, parameters={"alpha": 1.0}
    )
    found = ct.diagram(system, free="alpha", within=(0.575, 1.2), depth=3)
    doublings = [p.parameters["alpha"] for p in found.special if p.kind == "PD"]
    assert doublings[0] == pytest.approx(0.6303020062, abs=1e-9)
    assert len(doublings) == 2
    first, second = (branch for branch in found if branch.kind == "cycles")
    assert second.periods[0] == pytest.approx(2.0 * found.special[1].period, rel=1e-2)
    assert second.stable[3] and first.stable[3]


def test_depth_one_follows_no_cycles() -> None:
    system = ct.System.from_strings(
        {"x": "mu*x - y - x*(x**2 + y**2)", "y": "x + mu*y - y*(x**2 + y**2)"},
        parameters={"mu": 0.5},
    )
    assert [branch.kind for branch in ct.diagram(system, free="mu", within=(-1, 1))] == [
        "equilibria"
    ]


def test_branches_of_a_stiff_neuron_are_found_once() -> None:
    """A cosh makes rates of 1e80 far away; the other equation is still to be solved there."""
    system = ct.System.from_strings(
        {
            "v": "y - (v + 1/2)/2 - 2*w*(v + 7/10) - (1 + tanh((v + 1/100)/(15/100)))/2*(v - 1)",
            "w": "115/100*((1 + tanh((v - 1/10)/(145/1000)))/2 - w)*cosh((v - 1/10)/(29/100))",
        },
        parameters={"y": 0.1},
    )
    [rest] = ct.diagram(system, free="y", within=(-0.1, 0.2))
    assert sorted(point.kind for point in rest.special) == ["H", "LP", "LP"]


def test_branch_with_a_fold_at_a_value_that_is_probed_is_found_once() -> None:
    system = ct.System.from_strings({"x": "b + x**2"}, parameters={"b": -1.0})
    [rest] = ct.diagram(system, free="b", within=(-0.5, 0.5))
    assert rest["LP1"].parameters["b"] == pytest.approx(0.0, abs=1e-13)


def test_a_rate_that_underflows_makes_no_equilibrium() -> None:
    """Where the gate 1 - z is 1e-30 all rates are round-off; only x = 0.5 is at rest."""
    system = ct.System.from_strings({"x": "1e-30*(a - x)*(1 + x**2)"}, parameters={"a": 0.5})
    rest = ct.equilibria(system, start=[3.0], free="a", within=(0.0, 1.0))
    assert rest.states[0] == pytest.approx(rest.parameters["a"], abs=1e-9)


def test_a_gate_that_closes_to_round_off_makes_no_equilibria() -> None:
    """From x = 37 on the factor is zero in double precision; only x = a is at rest."""
    system = ct.System.from_strings(
        {"x": "(1 - 1/(1 + exp(-x)))*(a - x)"}, parameters={"a": 0.0}, box=((-100, 100),)
    )
    [rest] = ct.diagram(system, free="a", within=(-1.0, 1.0))
    assert rest.states[0] == pytest.approx(rest.parameters["a"], abs=1e-9)
    with pytest.raises(ct.ContinuationError, match="not isolated"):
        ct.equilibria(system, start=[60.0], free="a")

"""Homoclinic orbits to saddle-nodes: cycles that end on an invariant circle."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
import symgru as sg


@pytest.fixture(scope="module")
def circle() -> ct.Branch:
    """The circle r = 1 is invariant, with angular velocity mu - sin(angle)."""
    system = ct.System.from_strings(
        {"x": "x*(1 - x**2 - y**2) - y*(mu - y + q)", "y": "y*(1 - x**2 - y**2) + x*(mu - y + q)"},
        parameters={"mu": 1.5, "q": 0.0},
    )
    orbit = ct.simulate(system, [1.0, 0.0], np.linspace(0.0, 60.0, 3000))
    return ct.cycles(orbit, free="mu", within=(0.5, 2.0))


def test_cycles_that_end_on_an_invariant_circle_give_its_saddle_node(circle: ct.Branch) -> None:
    assert ct.StopReason.NEAR_CIRCLE in circle.stop
    loop = ct.homoclinic(circle)
    assert loop.kind == "HSN"
    assert loop.parameters["mu"] == pytest.approx(1.0, abs=1e-13)
    assert loop.state == pytest.approx([0.0, 1.0], abs=1e-12)
    assert loop.eigenvalues.real == pytest.approx([-2.0, 0.0], abs=1e-12)
    assert loop.normal_form.saddle_nodes == 1
    form = loop.normal_form
    assert form.central_departure * form.central_return < 0.0
    # It begins on the tangent instead of the circle and comes to it like exp(-2 t); fifty
    # intervals leave 1e-7.
    later = loop.orbit.t > 10.0
    assert np.hypot(*loop.orbit.x[:, later]) == pytest.approx(np.ones(later.sum()), abs=1e-6)


def test_homoclinic_orbits_to_a_saddle_node_lie_on_the_curve_of_folds(circle: ct.Branch) -> None:
    loop = ct.homoclinic(circle)
    curve = ct.homoclinic_curve(loop, free=("mu", "q"), within={"mu": (0.6, 1.4), "q": (-0.3, 0.3)})
    assert curve.kind == "homoclinic orbits to a saddle-node"
    assert curve.stop == (ct.StopReason.BOUND, ct.StopReason.BOUND)
    total = curve.parameters["mu"] + curve.parameters["q"]
    assert total == pytest.approx(np.ones(len(curve)), abs=1e-12)


def test_cycle_of_the_rotation_gru_ends_on_four_saddle_nodes_at_once() -> None:
    system = sg.families.eq8().compile()
    rest = ct.equilibria(system, start=(0, 0), free="alpha", within=(0.0, 1.2), beta=3, s=0)
    cycles = ct.cycles(rest["H1"])
    assert cycles.stop[0] is ct.StopReason.NEAR_CIRCLE
    assert "saddle-node, on an invariant circle" in str(cycles.stop[0])
    chain = ct.homoclinic(cycles)
    assert chain.kind == "HSN"
    assert chain.normal_form.saddle_nodes == 4
    assert chain.parameters["alpha"] == pytest.approx(0.1478220706790665, abs=1e-13)
    assert np.sort(np.abs(chain.state)) == pytest.approx([0.56551395454, 0.89675561955], abs=1e-10)


def test_chain_of_the_rotation_gru_lies_on_its_curve_of_folds() -> None:
    """Values of the fold at s = 0 by an independent computation in 40 digits."""
    system = sg.families.eq8().compile()
    rest = ct.equilibria(system, start=(0, 0), free="alpha", within=(0.0, 1.2), beta=3, s=0)
    chain = ct.homoclinic(ct.cycles(rest["H1"]))
    window = {"alpha": (0.0, 1.2), "beta": (2.2, 6.5)}
    curve = ct.homoclinic_curve(
        chain, free=("alpha", "beta"), within=window, report={"beta": [2.5, 4.0, 6.0]}
    )
    found = {round(p.parameters["beta"], 9): p.parameters["alpha"] for p in curve.special}
    exact = {2.5: 0.080560259901, 4.0: 0.25245916357, 6.0: 0.38512615434}
    assert found == pytest.approx(exact, abs=1e-10)

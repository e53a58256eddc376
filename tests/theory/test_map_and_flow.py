r"""The trained map, the flow, and the step Delta between them, for the families of the paper.

At the origin of (8) with k = sigma(s) beta, mu = (k e^{i alpha} - 1)/2. |1 + Delta mu| = 1 is

.. math::
    \cos\alpha = \frac{1 - \Delta (k^2 + 1)/4}{k (1 - \Delta/2)},

1/4 for k = 3/2 and Delta = 1, and 1/k, the Hopf point, as Delta goes to zero.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sympy

import continuation as ct
import symgru as sg

GAIN = 1.5
"""k = sigma(0) * 3."""


def critical_cosine(step):
    return (1.0 - step * (GAIN**2 + 1.0) / 4.0) / (GAIN * (1.0 - step / 2.0))


@pytest.fixture(scope="module")
def spiral():
    return replace(sg.families.eq8(), time="map")


@pytest.mark.parametrize("step", [1.0, 0.5, 0.1, 1e-3])
def test_neimark_sacker_point_of_eq8_tends_to_its_hopf_point(spiral, step):
    rest = ct.equilibria(
        spiral.compile(Delta=step), start=(0, 0), free="alpha", within=(0.7, 1.4), alpha=1.2
    )
    [point] = rest.special
    assert point.kind == "NS"
    assert np.cos(point.parameters["alpha"]) == pytest.approx(critical_cosine(step), abs=1e-12)
    if step == 1.0:
        assert critical_cosine(step) == 0.25


def test_curve_of_neimark_sacker_points_of_eq8_in_the_step_is_the_closed_form(spiral):
    rest = ct.equilibria(spiral.compile(), start=(0, 0), free="alpha", within=(0.7, 1.4), alpha=1.2)
    curve = ct.torus_curve(
        rest["NS1"], free=("alpha", "Delta"), within={"alpha": (0.5, 1.5), "Delta": (0.02, 1.2)}
    )
    step = curve.parameters["Delta"]
    assert step.min() == pytest.approx(0.02, abs=1e-9)
    assert np.cos(curve.parameters["alpha"]) == pytest.approx(critical_cosine(step), abs=1e-10)


def test_neimark_sacker_point_of_eq9():
    ring = replace(sg.families.eq9(), time="map").compile(gamma=0.0)
    rest = ct.equilibria(ring, start=(-0.6, -0.5), free="gamma", within=(0.0, 0.06))
    found = [point.parameters["gamma"] for point in rest.special if point.kind == "NS"]
    assert found == [pytest.approx(0.0522060, abs=5e-8)]


def test_compare_gives_the_step_of_the_closed_form():
    alpha = 1.0
    [origin] = sg.compare(sg.families.eq8(), alpha=alpha)
    c = np.cos(alpha)
    # The condition above, solved for Delta.
    expected = (1.0 - GAIN * c) / ((GAIN**2 + 1.0) / 4.0 - GAIN * c / 2.0)
    assert origin.limit == pytest.approx(expected, rel=1e-13)
    assert (origin.kind, origin.unstable_in_flow, origin.unstable_in_map) == ("NS", 0, 2)
    mu = origin.eigenvalues[0]
    assert abs(1.0 + origin.limit * mu) == pytest.approx(1.0, abs=1e-14)


def test_origin_at_figure_5a_is_stable_in_the_flow_alone():
    """At pi/3, between arccos(2/3) and arccos(1/4); mu = (3/2 e^(i pi/3) - 1)/2 gives 4/7."""
    spiral = sg.families.eq8()
    found = sg.compare(spiral)
    assert found.lost == (found[0],) and found[0].unstable_in_map == 2
    assert found[0].limit == pytest.approx(4.0 / 7.0, rel=1e-13)
    assert sg.compare(spiral, Delta=0.57).lost == ()
    assert sg.compare(spiral, alpha=float(np.arccos(0.2))).differing == ()


def test_a_unit_that_inhibits_itself_doubles_its_period_in_the_map_alone():
    """The flow is h' = tanh(-2 h) - h: mu = -3 at zero, so that Delta* = 2/3."""
    unit = sg.GRU(1).without_update_gate().with_weights(U_h=[[-4.0]], rest=0.0)
    [origin] = sg.compare(unit)
    assert origin.limit == pytest.approx(2.0 / 3.0, rel=1e-14)
    assert (origin.kind, origin.angle) == ("PD", np.pi)
    branch = ct.equilibria(
        replace(unit, time="map").compile(Delta=0.5), start=(0,), free="Delta", within=(0.1, 0.9)
    )
    [point] = branch.special
    assert point.kind == "PD" and point.parameters["Delta"] == pytest.approx(2 / 3, abs=1e-12)


def test_multipliers_of_a_stack_are_those_of_its_layers():
    """The upper layer reads the new state of the lower one, and yet 1 + Delta mu holds."""
    rng = np.random.default_rng(4)
    names = ("weight_ih", "weight_hh")
    state = {f"{name}_l{k}": 2 * rng.normal(size=(6, 2)) for name in names for k in (0, 1)}
    stack = sg.from_torch(state)
    found = sg.compare(stack, states=[np.zeros(4)], Delta=0.7)
    multipliers = np.linalg.eigvals(stack.compile(Delta=0.7).jacobian(np.zeros(4)))
    assert np.sort_complex(found[0].multipliers) == pytest.approx(
        np.sort_complex(multipliers), abs=1e-13
    )


def test_a_state_that_is_no_equilibrium_is_refused():
    unit = sg.GRU(1).with_weights(U_h=[[0.0]], b_h=[0.5], rest=0.0)
    [found] = sg.compare(unit, states=[[0.4]])
    assert found.state == pytest.approx(np.tanh(0.5), abs=1e-14)
    with pytest.raises(ValueError, match=r"Delta must be a positive number, got 0"):
        sg.compare(unit, Delta=0)
    with pytest.raises(ValueError, match=r"states\[0\] has shape \(2,\)"):
        sg.compare(unit, states=[[0.4, 0.1]])


def test_formulas_show_the_trained_map_and_the_step_on_demand():
    unit = sg.GRU(1, time="map").with_weights(U_h=[[3.0]], rest=0.0)
    h = unit.states[0]
    assert sympy.expand(unit.equations[0]) == h / 2 + sympy.tanh(3 * h / 2) / 2
    assert unit.compile().parameters["Delta"] == 1.0
    step = sympy.Symbol("Delta")
    shown = unit.with_defaults(Delta=0.5)
    assert shown.equations[0].free_symbols == {h, step}
    assert shown.compile().parameters["Delta"] == 0.5
    assert shown.jacobian[0, 0].free_symbols == {h, step}
    with pytest.raises(ValueError, match="'Delta' is the step of a map"):
        sg.GRU(1, time="map").with_weights(b_h=[step])


def test_types_are_not_proved_for_another_step_than_one():
    unit = sg.GRU(1, time="map").with_weights(U_h=[[3.0]], rest=0.0)
    assert sg.all_equilibria(unit).count == 3
    with pytest.raises(ValueError, match="map of step 1"):
        sg.all_equilibria(unit, Delta=0.5)

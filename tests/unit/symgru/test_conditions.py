from __future__ import annotations

import numpy as np
import pytest
import sympy

import symgru as sg
from symgru import vectorfield

rng = np.random.default_rng(11)


def number(expression, place):
    """Value of an expression or a matrix of them; `subs` would rebuild it node by node."""
    if isinstance(expression, sympy.Determinant):
        return np.linalg.det(number(expression.arg, place))
    return sympy.lambdify(list(place), expression, "scipy")(*place.values())


def at_equilibrium(gru, condition):
    """Random state and weights, and the biases that make the state an equilibrium."""
    place = {s: rng.uniform(-0.9, 0.9) for s in [*gru.states, *gru.parameters.values()]}
    return place | {b: number(value, place) for b, value in condition.biases.items()}


@pytest.mark.parametrize("reset", ["before", "after"])
@pytest.mark.parametrize("units", [1, 2, 3, 4])
def test_fold_condition_is_the_determinant_up_to_the_speed_of_the_update_gate(units, reset):
    gru = sg.GRU(units, reset=reset)
    condition = sg.fold_conditions(gru)
    place = at_equilibrium(gru, condition)
    assert np.abs(number(gru.equations, place)).max() < 1e-14
    matrix = number(gru.jacobian, place)
    pre = vectorfield.pre_activations(gru.weights, gru.states, reset)
    speeds = [number(pre.speed(i), place) for i in range(units)]
    left = number(condition.equation.lhs, place)
    assert left * np.prod(speeds) == pytest.approx(np.linalg.det(matrix), rel=1e-10)


@pytest.mark.parametrize("reset", ["before", "after"])
def test_planar_hopf_condition_is_trace_and_determinant(reset):
    gru = sg.GRU(2, reset=reset)
    condition = sg.hopf_conditions(gru)
    place = at_equilibrium(gru, condition)
    matrix = number(gru.jacobian, place)
    assert number(condition.equation.lhs, place) == pytest.approx(np.trace(matrix))
    assert number(condition.inequality.lhs, place) == pytest.approx(np.linalg.det(matrix))
    assert number(condition.frequency**2, place) == pytest.approx(np.linalg.det(matrix))


@pytest.mark.parametrize("units", [3, 4])
def test_hopf_condition_of_more_units_is_the_product_of_sums_of_eigenvalues(units):
    gru = sg.GRU(units)
    condition = sg.hopf_conditions(gru)
    place = at_equilibrium(gru, condition)
    values = np.linalg.eigvals(number(gru.jacobian, place))
    product = np.prod([values[i] + values[j] for i in range(units) for j in range(i)]).real
    assert number(condition.equation.lhs, place) == pytest.approx(product, rel=1e-9)
    assert condition.l1 is None and condition.re_c1 is None


def test_for_three_units_the_second_minors_give_the_frequency():
    # Two coupled units that oscillate and a third that does not care: omega is known.
    k = sympy.Symbol("k")
    alpha = sympy.pi / 3
    block = k * sympy.Matrix(
        [[sympy.cos(alpha), -sympy.sin(alpha)], [sympy.sin(alpha), sympy.cos(alpha)]]
    )
    weights = sympy.diag(block, sympy.Rational(1, 2))
    gru = sg.GRU(3).with_weights(U_h=2 * weights, rest=0)
    condition = sg.hopf_conditions(gru, at=(0, 0, 0))
    assert sympy.simplify(condition.equation.lhs.subs(k, 2)) == 0
    # The minors are omega^2 plus the third eigenvalue times the (zero) trace of the block.
    assert sympy.simplify(condition.frequency.subs(k, 2) - sympy.tan(alpha) / 2) == 0
    assert condition.inequality.subs(k, 2) == sympy.true


def test_more_units_come_with_the_caveat_of_neutral_saddles():
    assert "neutral saddle" in sg.hopf_conditions(sg.GRU(4)).caveat
    assert sg.hopf_conditions(sg.GRU(3)).caveat == ""


def test_one_unit_has_no_hopf_point():
    condition = sg.hopf_conditions(sg.GRU(1))
    assert condition.equation == sympy.false and "real eigenvalue" in condition.caveat


def test_a_map_has_folds_but_no_hopf_points():
    flow, mapped = (sg.GRU(2, time=time) for time in ("flow", "map"))
    assert sg.fold_conditions(mapped) == sg.fold_conditions(flow)
    with pytest.raises(ValueError, match="Neimark-Sacker"):
        sg.hopf_conditions(mapped)


@pytest.mark.parametrize(
    ("at", "says"),
    [((0,), "1 entries, but eq8 has 2"), ((0.5, 0.5, 0.5), "3 entries"), ((np.nan, 0), "nan")],
)
def test_a_state_that_makes_no_sense_is_refused(at, says):
    with pytest.raises(ValueError, match=says):
        sg.hopf_conditions(sg.families.eq8(), at=at)


def test_a_numeric_state_that_is_no_equilibrium_is_refused():
    gru = sg.GRU(2).with_weights(U_h=[[3, 0], [0, 3]], rest=0)
    with pytest.raises(ValueError, match="no equilibrium"):
        sg.fold_conditions(gru, at=(0.1, 0))


def test_a_state_that_is_an_equilibrium_for_some_parameters_keeps_that_equation():
    condition = sg.hopf_conditions(sg.families.eq8(), at=(sympy.Rational(1, 2), 0))
    assert len(condition.equilibrium) == 2
    assert not sg.hopf_conditions(sg.families.eq8(), at=(0, 0)).equilibrium


def test_biases_that_occur_twice_are_not_solved_for():
    b = sympy.Symbol("b")
    twice = sg.GRU(2).with_weights(U_h=[[3, 1], [0, 3]], b_h=[b, b], rest=0)
    condition = sg.fold_conditions(twice)
    assert not condition.biases and len(condition.equilibrium) == 2


def test_a_frequency_has_no_sign_that_nobody_promised():
    # The same family as (8), but nobody says that sin(alpha) > 0.
    alpha, k = sympy.symbols("alpha k")
    rotation = sympy.Matrix(
        [[sympy.cos(alpha), -sympy.sin(alpha)], [sympy.sin(alpha), sympy.cos(alpha)]]
    )
    gru = sg.GRU(2).with_weights(U_h=2 * k * rotation, rest=0)
    condition = sg.hopf_conditions(gru, at=(0, 0))
    assert condition.frequency == sympy.Abs(sympy.tan(alpha)) / 2
    assert condition.solution == {k: 1 / sympy.cos(alpha)}


def test_conditions_are_written_in_the_symbols_of_the_reader():
    condition = sg.hopf_conditions(sg.families.eq8())
    names = {"x", "y", "alpha", "beta", "s"}
    symbols = condition.l1.free_symbols | condition.equation.free_symbols
    assert symbols == set(sympy.symbols(" ".join(names)))


@pytest.mark.parametrize("family", [sg.families.eq8(), sg.families.eq9()], ids=lambda g: g.name)
@pytest.mark.parametrize("conditions", [sg.fold_conditions, sg.hopf_conditions])
def test_conditions_show_themselves_as_latex(family, conditions):
    text = conditions(family)._repr_latex_()
    assert (
        text.startswith("$") and text.endswith("$") and "tanh" not in text.replace("atanh", "")[:40]
    )
    assert len(text) < 3000


@pytest.mark.parametrize("thing", [None, "eq8", 2])
def test_what_is_no_network_has_no_conditions(thing):
    for conditions in (sg.fold_conditions, sg.hopf_conditions):
        with pytest.raises(TypeError, match="`gru` must be a GRU"):
            conditions(thing)


@pytest.mark.parametrize("at", ["ab", 0.0])
def test_a_state_that_is_no_list_is_refused(at):
    with pytest.raises(TypeError, match="an entry for each of 2 states"):
        sg.hopf_conditions(sg.families.eq8(), at=at)

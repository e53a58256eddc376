from __future__ import annotations

import copy
import math

import numpy as np
import pytest
import sympy

import symgru as sg

U = [[3, -3], [3, -1]]


def test_a_general_network_names_its_states_and_parameters():
    gru = sg.GRU(2, inputs=1, reset="after")
    assert [s.name for s in gru.states] == ["h1", "h2"]
    names = list(gru.parameters)
    assert names[:3] == ["W_h11", "W_h21", "U_h11"] and names[-1] == "x1"
    assert {"c_h1", "c_h2", "b_z2", "W_r21"} < set(names)


@pytest.mark.parametrize(
    "arguments",
    [
        {"units": 0},
        {"units": 2.5},
        {"units": True},
        {"units": 2, "inputs": -1},
        {"units": 2, "reset": "sideways"},
        {"units": 2, "time": "forever"},
        {"units": 2, "states": ("x",)},
        {"units": 2, "states": ("x", "x")},
        {"units": 1, "states": ("U_h11",)},
    ],
)
def test_a_network_that_makes_no_sense_is_refused(arguments):
    with pytest.raises(ValueError) as caught:
        sg.GRU(**arguments)
    assert "\n" not in str(caught.value)


def test_numbers_show_in_the_formulas_and_stay_parameters():
    gru = sg.GRU(2).with_weights(U_h=U, rest=0)
    assert gru.equations.free_symbols == set(gru.states)
    system = gru.compile()
    assert system.parameters["U_h12"] == -3 and system.parameters["b_z2"] == 0
    assert system.f([0.1, 0.2], {"b_h1": 1.0})[0] > system.f([0.1, 0.2])[0]


def test_expressions_replace_parameters_by_their_own():
    a = sympy.Symbol("a")
    gru = sg.GRU(1).with_weights(U_h=[[sympy.exp(a)]], rest=0)
    assert "U_h11" not in gru.parameters and "a" in gru.parameters
    assert gru.compile(a=math.log(3)).jacobian([0.0])[0, 0] == pytest.approx(0.25)


def test_rest_leaves_named_symbols_alone():
    b = sympy.Symbol("b_h1")
    gru = sg.GRU(1).with_weights(U_h=[[3]], b_h=[b], rest=0)
    assert b in gru.equations.free_symbols
    with pytest.raises(ValueError, match="b_h1"):
        gru.compile()
    assert gru.compile(b_h1=0.5).parameters["b_h1"] == 0.5


def test_a_later_weight_replaces_an_earlier_one():
    b = sympy.Symbol("b")
    gru = sg.GRU(1).with_weights(U_h=[[3]], b_h=[1], rest=0)
    symbolic = gru.with_weights(b_h=[b])
    assert "b_h1" not in symbolic.values and b in symbolic.equations.free_symbols
    assert symbolic.with_weights(b_h=[2]).values["b_h1"] == 2


def test_two_symbols_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two symbols are called 'b'"):
        sg.GRU(2).with_weights(b_h=[sympy.Symbol("b"), sympy.Symbol("b", real=True)])


def test_symbols_with_assumptions_of_the_reader_come_back_in_the_conditions():
    b = sympy.Symbol("b", real=True)
    condition = sg.fold_conditions(sg.GRU(1).with_weights(U_h=[[3]], b_h=[b], rest=0))
    assert set(condition.biases) == {b}


def test_a_scalar_bias_stands_for_all_units():
    assert sg.GRU(3).with_weights(b_r=0.5).values == {"b_r1": 0.5, "b_r2": 0.5, "b_r3": 0.5}


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ({"U_h": [[np.nan, 0], [0, 1]]}, r"U_h\[0, 0\] is nan"),
        ({"U_h": [[1, 0], [0, np.inf]]}, r"U_h\[1, 1\] is inf"),
        ({"b_h": [0, sympy.nan]}, r"b_h\[1\] is nan"),
        ({"b_h": [0, sympy.I]}, r"b_h\[1\] is I"),
        ({"b_h": [0, 1j]}, r"b_h\[1\]"),
        ({"b_h": [0, "1"]}, r"b_h\[1\]"),
        ({"b_h": [0, sympy.Symbol("h1")]}, "depends on a state"),
        ({"U_h": [[1, 0]]}, r"shape \(1, 2\).*\(2, 2\)"),
        ({"U_h": 3}, "shape"),
        ({"U_h": [[1, 0], [1]]}, "shape"),
        ({"b_h": [1, 2, 3]}, r"shape \(3,\).*\(2,\)"),
        ({"W_h": [[1], [1]]}, "no weight 'W_h'"),
        ({"c_h": [1, 1]}, "no weight 'c_h'"),
        ({"rest": math.inf}, "rest"),
    ],
)
def test_a_wrong_weight_is_refused_in_one_line_that_names_it(weights, says):
    with pytest.raises(ValueError, match=says) as caught:
        sg.GRU(2).with_weights(**weights)
    assert "\n" not in str(caught.value)


def test_compile_names_what_has_no_value():
    with pytest.raises(ValueError, match=r"12 parameters without a value: U_h11, .*rest=0"):
        sg.GRU(2).with_weights(U_r=[[0, 0], [0, 0]], b_r=0).compile()


def test_compile_refuses_unknown_names_and_values_that_are_no_numbers():
    family = sg.families.eq8()
    with pytest.raises(ValueError, match="no parameter 'delta'; it has alpha, beta, s"):
        family.compile(delta=1)
    with pytest.raises(ValueError, match="beta is nan"):
        family.compile(beta=math.nan)


def test_inputs_are_parameters_with_default_zero():
    system = sg.GRU(1, inputs=2).with_weights(W_h=[[1, 2]], rest=0).compile()
    assert system.parameters["x1"] == 0
    moved = system.f([0.0], {"x1": 0.1, "x2": 0.2})
    assert moved[0] == pytest.approx(math.tanh(0.5) / 2)


def test_compiled_system_knows_the_trapping_cube_and_its_kind():
    system = sg.GRU(2, time="map").with_weights(rest=1).compile()
    assert system.kind == "map" and system.box == ((-1.0, 1.0), (-1.0, 1.0))


def test_compiled_derivatives_are_those_of_sympy():
    gru = sg.GRU(2).with_weights(U_h=U, U_r=[[1, 2], [-1, 0.5]], U_z=[[0, 1], [1, 1]], rest=0.1)
    place = dict(zip(gru.states, (0.2, -0.3), strict=True))
    expected = np.array(gru.jacobian.subs(place).tolist(), float)
    assert gru.compile().jacobian([0.2, -0.3]) == pytest.approx(expected, abs=1e-14)


def test_without_update_gate_the_flow_of_a_gate_at_one_half_is_twice_as_fast():
    family = sg.families.eq9()
    bare = family.without_update_gate()
    assert all(sympy.expand(e) == 0 for e in bare.equations - 2 * family.equations)
    assert "stability" in bare.limits and family.limits == ""
    assert "U_z11" not in sg.GRU(2).without_update_gate().parameters


def test_without_update_gate_the_map_is_its_candidate():
    bare = sg.GRU(1, time="map").without_update_gate().with_weights(U_h=[[3]], rest=0)
    assert bare.equations[0] == sympy.tanh(3 * bare.states[0] / 2)


def test_a_network_is_equal_to_its_copy():
    gru = sg.families.eq8()
    again = copy.deepcopy(gru)  # by the same route as to another process
    assert again == gru and hash(again) == hash(gru)
    assert again != sg.families.eq9()


def test_a_network_cannot_be_changed():
    gru = sg.families.eq8()
    with pytest.raises(TypeError):
        gru.values["alpha"] = 1.0
    with pytest.raises(AttributeError):
        gru.units = 3


def test_latex_has_a_line_for_every_unit():
    assert sg.families.eq9()._repr_latex_().count(r"\dot") == 2
    assert r"\mapsto" in sg.GRU(1, time="map")._repr_latex_()

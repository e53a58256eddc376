from __future__ import annotations

import itertools

import numpy as np
import pytest
import sympy

import symgru as sg
from symgru import vectorfield

rng = np.random.default_rng(7)


def logistic(x):
    return 1 / (1 + np.exp(-x))


def random_weights(units, inputs, reset):
    shapes = vectorfield.weight_shapes(units, inputs, reset, update_gate=True)
    return {
        name: rng.normal(size=shape if name[0] in "UW" else shape[0])
        for name, shape in shapes.items()
    }


def step(w, h, x, reset):
    """Equation (4) in NumPy, for both variants of the reset gate."""
    z = logistic(w["W_z"] @ x + w["U_z"] @ h + w["b_z"])
    r = logistic(w["W_r"] @ x + w["U_r"] @ h + w["b_r"])
    if reset == "before":
        n = np.tanh(w["W_h"] @ x + w["U_h"] @ (r * h) + w["b_h"])
    else:
        n = np.tanh(w["W_h"] @ x + w["b_h"] + r * (w["U_h"] @ h + w["c_h"]))
    return z * h + (1 - z) * n, z


variants = pytest.mark.parametrize(
    ("reset", "time"), list(itertools.product(("before", "after"), ("flow", "map")))
)


@variants
def test_equations_are_those_of_the_paper(reset, time):
    units, inputs = 3, 2
    weights = random_weights(units, inputs, reset)
    gru = sg.GRU(units, inputs, reset=reset, time=time).with_weights(**weights)
    h, x = rng.uniform(-1, 1, units), rng.uniform(-1, 1, inputs)
    place = dict(zip([*gru.states, *vectorfield.input_symbols(inputs)], [*h, *x], strict=True))
    value = np.array(gru.equations.subs(place).tolist(), float)[:, 0]
    after, _ = step(weights, h, x, reset)
    assert value == pytest.approx(after if time == "map" else after - h, rel=1e-13)


@variants
def test_jacobian_is_the_derivative_of_the_equations(reset, time):
    weights = random_weights(2, 1, reset)
    gru = sg.GRU(2, 1, reset=reset, time=time).with_weights(**weights)
    place = dict(zip([*gru.states, sympy.Symbol("x1")], [0.3, -0.4, 0.7], strict=True))
    by_sympy = gru.equations.jacobian(gru.states).subs(place)
    difference = np.array((gru.jacobian.subs(place) - by_sympy).tolist(), float)
    assert np.abs(difference).max() < 1e-13


def test_flow_is_the_map_minus_the_state():
    flow, mapped = sg.GRU(2), sg.GRU(2, time="map")
    rest = dict.fromkeys(flow.parameters.values(), sympy.Rational(1, 3))
    place = {**rest, flow.states[0]: 0.2, flow.states[1]: -0.5}
    difference = mapped.equations - sympy.Matrix(mapped.states) - flow.equations
    assert max(abs(entry) for entry in difference.subs(place).evalf()) < 1e-14


def test_reset_variants_agree_for_a_constant_reset_gate():
    # U_r = 0: before with diag(r) U diag(1/r) equals after with U, and c_h enters as r * c_h.
    u, r, c = rng.normal(size=(2, 2)), np.array([0.2, 0.7]), np.array([0.4, -0.3])
    b_r = np.log(r / (1 - r))
    after = sg.GRU(2, reset="after").with_weights(U_h=u, b_r=b_r, c_h=c, rest=0)
    moved = np.diag(r) @ u @ np.diag(1 / r)
    before = sg.GRU(2).with_weights(U_h=moved, b_r=b_r, b_h=r * c, rest=0)
    place = dict(zip(after.states, (0.3, -0.6), strict=True))
    difference = np.array((after.equations - before.equations).subs(place).tolist(), float)
    assert np.abs(difference).max() < 1e-15


def test_indices_are_parted_where_they_would_be_ambiguous():
    names = [s.name for s in vectorfield.weight_symbols("U_h", (11, 11))]
    assert names[0] == "U_h1_1" and len(set(names)) == 121
    assert [s.name for s in vectorfield.weight_symbols("b_h", (2, 1))] == ["b_h1", "b_h2"]


def test_equations_of_many_units_are_those_of_the_paper():
    # Beyond a few terms the tanh is built another way.
    units = 12
    weights = random_weights(units, 1, "before")
    gru = sg.GRU(units, 1).with_weights(**weights)
    h, x = rng.uniform(-1, 1, units), np.array([0.3])
    value = gru.compile(x1=0.3).f(h)
    after, _ = step(weights, h, x, "before")
    assert value == pytest.approx(after - h, abs=1e-14)

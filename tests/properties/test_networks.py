"""What is true of every network: its symmetries, and the cube that no orbit leaves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symgru as sg
from symgru.vectorfield import weight_shapes

UNITS = 3
seeds = st.integers(min_value=0, max_value=2**32 - 1)
resets = st.sampled_from(["before", "after"])


def random_weights(rng, reset):
    shapes = weight_shapes(UNITS, 0, reset, update_gate=True)
    return {
        name: rng.normal(size=shape if name[0] == "U" else UNITS) for name, shape in shapes.items()
    }


@pytest.fixture(scope="module")
def systems():
    return {
        reset: sg.GRU(UNITS, reset=reset).with_weights(rest=0).compile()
        for reset in ("before", "after")
    }


def parameters(weights):
    gru = sg.GRU(UNITS, reset="after" if "c_h" in weights else "before")
    return dict(gru.with_weights(**weights).values)


@settings(max_examples=15)
@given(seed=seeds, reset=resets)
def test_on_the_faces_of_the_cube_the_flow_points_strictly_inwards(systems, seed, reset):
    rng = np.random.default_rng(seed)
    h = rng.uniform(-1, 1, (UNITS, 20))
    face, side = rng.integers(UNITS), rng.choice([-1.0, 1.0])
    h[face] = side
    flow = systems[reset].f(h, parameters(random_weights(rng, reset)))
    assert (flow[face] * side < 0).all()


@settings(max_examples=15)
@given(seed=seeds, reset=resets)
def test_permuting_units_permutes_the_flow(systems, seed, reset):
    rng = np.random.default_rng(seed)
    weights, order = random_weights(rng, reset), rng.permutation(UNITS)
    moved = {
        name: w[order][:, order] if name[0] == "U" else w[order] for name, w in weights.items()
    }
    h = rng.uniform(-1, 1, UNITS)
    flow = systems[reset].f(h, parameters(weights))
    assert systems[reset].f(h[order], parameters(moved)) == pytest.approx(flow[order], abs=1e-14)


@settings(max_examples=15)
@given(seed=seeds, reset=resets)
def test_without_biases_a_constant_reset_gate_leaves_an_odd_flow(systems, seed, reset):
    rng = np.random.default_rng(seed)
    weights = random_weights(rng, reset)
    weights = {name: w * (name in ("U_h", "b_r", "b_z")) for name, w in weights.items()}
    h = rng.uniform(-1, 1, UNITS)
    field = systems[reset]
    opposite = field.f(-h, parameters(weights))
    assert opposite == pytest.approx(-field.f(h, parameters(weights)), abs=1e-15)

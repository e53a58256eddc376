"""The formulas of kernels and of balls against the equations that SymPy derives."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from flint import arb

import symgru as sg
from symgru.certified import interval_map, kinds
from symgru.certified.balls import BallNetwork, states, to_box
from symgru.certified.search import find_all


@numba.njit
def image_and_slope(U, b, after, box):
    d = box.shape[0]
    h, r, out, D = np.empty((d, 2)), np.empty((d, 2)), np.empty((d, 2)), np.empty((d, d, 2))
    interval_map.image(U, b, after, box, h, r, out)
    interval_map.slope(U, b, after, box, h, r, D)
    return out, D


def corner_box(rng, box):
    """A random box within a box, so that its middle may be anywhere up to the border."""
    ends = box[:, :1] + rng.random((len(box), 2)) ** 4 * (box[:, 1:] - box[:, :1])
    return np.clip(np.sort(ends, axis=1), box[:, :1], box[:, 1:])


def compiled_system(weights, units, variant):
    gate = variant["update_gate"]
    gru = sg.GRU(units, reset=variant["reset"], time=variant["time"])
    gru = gru if gate else gru.without_update_gate()
    return gru.with_weights(**weights).compile()


@pytest.mark.parametrize("units", [1, 2, 3])
def test_a_state_is_at_rest_where_its_pre_activation_maps_to_itself(
    units, variant, random_network, rng
):
    # f = (1 - update) (tanh g - h) for the flow: from f and the gate follows g, the map's image.
    weights, network = random_network(rng, units, **{**variant, "time": "flow"})
    system = compiled_system(weights, units, {**variant, "time": "flow"})
    a = rng.normal(0, 1, units)
    image, _ = image_and_slope(network.U, network.b, network.after, np.stack([a, a], axis=1))
    h = np.tanh(a)
    speed = 1.0
    if variant["update_gate"]:
        speed = 1 / (1 + np.exp(weights["U_z"] @ h + weights["b_z"]))
    assert np.tanh(image.mean(axis=1)) - h == pytest.approx(system.f(h, {}) / speed, abs=1e-13)
    assert np.all(image[:, 1] - image[:, 0] < 1e-12)


@pytest.mark.parametrize("units", [1, 2, 3])
def test_jacobians_at_equilibria_are_those_of_the_compiled_system(
    units, variant, random_network, rng
):
    weights, network = random_network(rng, units, **variant)
    system = compiled_system(weights, units, variant)
    balls = BallNetwork.of(network)
    for tight in find_all(network, 10_000).tights:
        h = np.tanh(tight.mean(axis=1))
        A = system.jacobian(h, {}) - (variant["time"] == "map") * np.eye(units)
        ball = balls.jacobian(to_box(tight)).tolist()
        assert np.array(ball, dtype=float) == pytest.approx(A, abs=1e-10)
        n = network
        boxes = np.empty((units, units, 2))
        kinds._jacobian(n.U, n.b, n.after, n.gated, tight, boxes)
        assert boxes.mean(axis=2) == pytest.approx(A, abs=1e-10)


@pytest.mark.parametrize("width", [0.0, 1e-6, 0.1, 3.0])
@pytest.mark.parametrize("units", [1, 2, 3])
def test_kernels_enclose_the_image_and_the_slope_of_every_point(
    units, width, variant, random_network, rng
):
    _, network = random_network(rng, units, **variant)
    lower = rng.normal(0, 2, units)
    box = np.stack([lower, lower + width], axis=1)
    image, slope = image_and_slope(network.U, network.b, network.after, box)
    balls = BallNetwork.of(network)
    for _ in range(20):
        point = [arb(lo).union(arb(hi)).mid() for lo, hi in corner_box(rng, box)]
        for (lo, hi), x in zip(image, balls.pre_activation(states(point)), strict=True):
            assert arb(lo) <= x.upper() and x.lower() <= arb(hi)
        D = balls.slope(states(point)).tolist()
        for i, j in np.ndindex(units, units):
            entry = D[i][j] * point[j].sech() ** 2
            assert arb(slope[i, j, 0]) <= entry.upper() and entry.lower() <= arb(slope[i, j, 1])

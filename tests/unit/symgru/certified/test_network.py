from __future__ import annotations

import math

import numpy as np
import pytest
from flint import arb, ctx

import symgru as sg
from symgru.certified.counting import count
from symgru.certified.network import Network, outward


def test_a_number_is_an_interval_of_one_point():
    network = Network.from_gru(sg.GRU(2).with_weights(U_h=[[0.1, 2], [3, 4]], rest=0.3))
    assert np.array_equal(network.U[0, ..., 0], [[0.1, 2], [3, 4]])
    assert np.array_equal(network.U[..., 0], network.U[..., 1])
    assert np.array_equal(network.b[..., 0], network.b[..., 1])


def test_an_expression_is_held_by_neighbouring_doubles():
    network = Network.from_gru(sg.families.eq9())
    with ctx.workprec(200):
        exact = 3 * (arb.pi() / 20).cos()
    lower, upper = network.U[0, 0, 0]
    assert upper == math.nextafter(lower, math.inf)
    assert arb(lower) < exact and exact < arb(upper)


def test_inputs_contribute_to_the_biases():
    gru = sg.GRU(2, inputs=2).with_weights(
        U_h=np.eye(2), W_h=[[0.5, 0.25], [1, 0]], W_z=[[0, 0], [0, 1]], b_h=[1, 2], rest=0
    )
    network = Network.from_gru(gru, x1=2, x2=4)
    assert np.array_equal(network.b[..., 0], [[3, 4], [0, 0], [0, 4], [0, 0]])
    assert np.array_equal(network.b[..., 0], network.b[..., 1])


def test_variants_are_kept():
    gru = sg.GRU(1, reset="after", time="map").with_weights(U_h=[[1]], c_h=[0.5], rest=0)
    network = Network.from_gru(gru.without_update_gate())
    assert (network.after, network.discrete, network.gated) == (True, True, False)
    assert network.b[3, 0, 0] == 0.5


@pytest.mark.parametrize("weight", [math.nan, math.inf, 1e31])
def test_a_weight_beyond_all_bounds_is_refused(weight):
    with pytest.raises(ValueError, match="at most 1e\\+30"):
        Network.from_arrays({"U_h": [[weight]]})


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="shapes"):
        Network(np.zeros((3, 2, 2, 2)), np.zeros((4, 1, 2)))
    with pytest.raises(ValueError, match="lower end above"):
        Network(np.zeros((3, 1, 1, 2)), np.array([[[1.0, 0.0]]] * 4))
    with pytest.raises(ValueError, match="'U_r' of shape"):
        Network.from_arrays({"U_h": np.eye(2), "U_r": np.eye(3)})
    with pytest.raises(ValueError, match="'W_h'"):
        Network.from_arrays({"U_h": np.eye(2), "W_h": np.eye(2)})


def test_rounding_outward_keeps_doubles_and_holds_the_rest():
    assert outward(arb(0.1)) == (0.1, 0.1)
    lower, upper = outward(arb(1) / 3)
    assert lower < 1 / 3 <= upper or lower <= 1 / 3 < upper
    assert outward(arb(float("nan"))) == (-math.inf, math.inf)


@pytest.mark.parametrize("size", [1e3, 1e6, 1e10])
def test_large_weights_are_decided(size):
    # Two units that choose a corner each: 9 equilibria, however large the weights.
    found = count(Network.from_arrays({"U_h": [[size, 0], [0, size]]}))
    assert (found.equilibria, found.complete) == (9, True)


def test_weights_that_doubles_cannot_resolve_are_undecided_and_not_guessed():
    # One unit in the last place of a state moves the pre-activation by 1e14.
    found = count(Network.from_arrays({"U_h": [[1e30, 0], [0, 1e30]]}))
    assert not found.complete


def test_the_arrays_of_a_network_are_its_own_and_cannot_be_changed():
    U, b = np.zeros((3, 1, 1, 2)), np.zeros((4, 1, 2))
    network = Network(U, b)
    U[0] = 7.0
    assert np.all(network.U == 0.0)
    with pytest.raises(ValueError, match="read-only"):
        network.U[0] = 1.0

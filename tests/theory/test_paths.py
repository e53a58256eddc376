"""Directions of the input, gains and lines between networks, followed to points known exactly.

One unit with constant gates of one half is h' = (tanh(k h + b) - h)/2 with k = U_h/2. Its folds are
at b = +-(artanh h - k h), h = sqrt(1 - 1/k); its cusp at k = 1, b = 0.
"""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
import symgru as sg

K = 2.0
STATE = np.sqrt(1.0 - 1.0 / K)
FOLD = K * STATE - np.arctanh(STATE)
"""The positive bias of the folds for k = 2."""


def unit(gain=2.0 * K, time="flow"):
    network = sg.GRU(1, inputs=2, time=time)
    return network.with_weights(U_h=[[gain]], W_h=[[1.0, -2.0]], rest=0.0)


@pytest.mark.parametrize("time", ["flow", "map"])
def test_folds_along_a_direction_of_the_input(time):
    """Along v = (1, 1/4) the bias is s (1 - 1/2) + x1, so that x1 shifts the folds by -2 x1."""
    network = sg.along_input(unit(time=time), [1.0, 0.25])
    rest = ct.equilibria(network.compile(x1=0.1), start=(-0.95,), free="s", within=(-4, 4))
    folds = sorted(p.parameters["s"] for p in rest.special if p.kind == "LP")
    assert folds == pytest.approx([-2 * FOLD - 0.2, 2 * FOLD - 0.2], abs=1e-10)


def test_branch_point_in_the_gain_of_a_block():
    network = sg.with_gain(unit(gain=1.0), "U_h", "g")
    rest = ct.equilibria(network.compile(), start=(0.0,), free="g", within=(0.5, 3.0))
    [point] = rest.special
    assert point.kind == "BP" and point.parameters["g"] == pytest.approx(2.0, abs=1e-10)


def test_a_gain_of_one_changes_nothing_and_of_a_block_only_the_block():
    rng = np.random.default_rng(2)
    network = sg.GRU(3).with_weights(U_h=rng.normal(size=(3, 3)), rest=0.2)
    block = sg.with_gain(network, "U_h", "g", rows=[0], columns=[1, 2])
    h = rng.uniform(-1, 1, 3)
    assert block.compile().f(h) == pytest.approx(network.compile().f(h), abs=1e-15)
    doubled = network.with_weights(U_h=np.array(scaled(network, 2.0)))
    assert block.compile(g=2.0).f(h) == pytest.approx(doubled.compile().f(h), abs=1e-15)


def scaled(network, g):
    weight = [[network.values[f"U_h{i}{j}"] for j in (1, 2, 3)] for i in (1, 2, 3)]
    weight[0][1:] = [g * u for u in weight[0][1:]]
    return weight


@pytest.mark.parametrize("reset", ["before", "after"])
def test_a_line_ends_exactly_at_its_two_networks(reset):
    rng = np.random.default_rng(6)

    def checkpoint():
        weights = {f"U_{gate}": rng.normal(size=(2, 2)) for gate in "hrz"}
        return sg.GRU(2, 1, reset, "map").with_weights(**weights, b_h=rng.normal(size=2), rest=0.3)

    first, second = checkpoint(), checkpoint()
    line = sg.between(first, second).compile(x1=0.4)
    for h in rng.uniform(-1, 1, (5, 2)):
        assert np.array_equal(line.f(h, {"t": 0.0}), first.compile(x1=0.4).f(h))
        assert np.array_equal(line.f(h, {"t": 1.0}), second.compile(x1=0.4).f(h))


def test_branch_point_on_the_line_between_two_checkpoints():
    """U_h goes from 1 to 5, and the origin branches where it is 2."""
    line = sg.between(unit(gain=1.0), unit(gain=5.0))
    rest = ct.equilibria(line.compile(), start=(0.0,), free="t", within=(0.0, 1.0))
    [point] = rest.special
    assert point.kind == "BP" and point.parameters["t"] == pytest.approx(0.25, abs=1e-10)


def test_paths_are_saved_with_the_network(tmp_path):
    line = sg.along_input(sg.between(unit(1.0), unit(5.0)), [1, 0])
    assert sg.GRU.load(line.save(tmp_path / "line.json")) == line


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: sg.along_input(sg.GRU(1), [1.0]), "no inputs"),
        (lambda: sg.along_input(unit(), [1.0]), "2 finite numbers"),
        (lambda: sg.along_input(unit(), [0.0, 0.0]), "not all zero"),
        (lambda: sg.along_input(unit(), [1.0, 0.0], "x1"), "'x1' already"),
        (lambda: sg.with_gain(unit(), "c_h"), "no weight 'c_h'"),
        (lambda: sg.with_gain(unit(), "U_h", rows=[1]), "rows of U_h count from 0 to 0"),
        (lambda: sg.with_gain(unit(), "U_h", "2g"), "needs a name"),
        (lambda: sg.with_gain(unit(), "U_h", "Delta"), "'Delta' already"),
        (lambda: sg.between(unit(), unit(time="map")), "differ in time: flow and map"),
        (lambda: sg.between(sg.GRU(1), sg.GRU(2)), "differ in units"),
    ],
)
def test_a_path_that_makes_no_sense_is_refused(make, says):
    with pytest.raises(ValueError, match=says) as caught:
        make()
    assert "\n" not in str(caught.value)

"""Fixed points from many starts: exact answers, both sides of a fold, and 64 units.

One unit with gates of one half is h' = (tanh(k h + b) - h)/2, k = U_h/2; for k = 2 its folds are at
b = +-(k h - artanh h), h = sqrt(1/2).
"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

import continuation as ct
import symgru as sg
from symgru.numeric import NumericNetwork
from tests.unit.symgru.weights import rules

STATE = np.sqrt(0.5)
FOLD = 2.0 * STATE - np.arctanh(STATE)


def unit(bias, time="flow"):
    network = sg.GRU(1, inputs=1, time=time)
    return network.with_weights(U_h=[[4.0]], W_h=[[1.0]], b_h=[bias], rest=0.0)


def grid(d=1, count=40):
    return np.random.default_rng(1).uniform(-1, 1, (count, d))


@pytest.mark.parametrize("reset", ["before", "after"])
@pytest.mark.parametrize("gated", [True, False])
def test_numbers_agree_with_the_compiled_formulas(reset, gated):
    rng = np.random.default_rng(3)
    full = sg.GRU(3, 2, reset)
    weights = {name: rng.normal(size=w.shape).squeeze() for name, w in full.weights.items()}
    network = full.with_weights(**weights)
    network = network if gated else network.without_update_gate()
    h, x = rng.uniform(-1, 1, (4, 3)), np.array([0.3, -0.7])
    system = network.compile(x1=x[0], x2=x[1])
    g, _, rest, A = NumericNetwork.of(network).evaluate(h, np.tile(x, (4, 1)))
    assert rest * g == pytest.approx(system.f(h.T).T, abs=1e-14)
    assert A == pytest.approx(np.moveaxis(system.jacobian(h.T), 2, 0), abs=1e-14)


def test_weights_that_are_expressions_are_evaluated():
    spiral = sg.families.eq8()
    g, _, rest, _ = NumericNetwork.of(spiral, alpha=0.4).evaluate(np.ones((1, 2)), np.ones((1, 0)))
    assert (rest * g)[0] == pytest.approx(spiral.compile(alpha=0.4).f([1.0, 1.0]), abs=1e-15)


@pytest.mark.parametrize("distance", [1e-3, 1e-6, 1e-9])
def test_a_pair_near_a_fold_is_two_fixed_points_and_the_ghost_beyond_it_a_slow_point(distance):
    """The pair lies at +-sqrt(2 distance / |curvature|) about, and merges at the fold."""
    before = sg.fixed_points(unit(FOLD - distance), grid(), deflate=False).unique
    near = before.states[np.abs(before.states[:, 0] + STATE) < 0.2, 0]
    assert len(before) == 3 and len(near) == 2
    # n - h = distance + n'' (h - h*)^2 / 2, and n'' = -2 n (1 - n^2) k^2 = 2 STATE * 4 / 2.
    gap = 2.0 * np.sqrt(2.0 * distance * 0.5 / (4.0 * STATE))
    assert np.ptp(near) == pytest.approx(gap, rel=0.1 if distance > 1e-4 else 0.01)
    beyond = sg.fixed_points(unit(FOLD + distance), grid())
    assert len(beyond.unique) == 1 and beyond.index_sums == {0: 1}
    assert np.all(np.abs(beyond.slow.states[:, 0] + STATE) < 0.1)
    assert len(beyond.slow) and np.all(beyond.slow.residual < 2.0 * distance)


def test_every_input_is_searched_from_every_state():
    found = sg.fixed_points(unit(0.0), grid(), [[0.0], [2.0 * FOLD], [-0.1]])
    unique = found.unique
    assert np.bincount(unique.batch).tolist() == [3, 1, 3]
    assert found.index_sums == {0: 1, 1: 1, 2: 1}
    assert unique.inputs[unique.batch == 1].tolist() == [[2.0 * FOLD]]
    assert unique.stable.sum() == 5


def test_a_map_has_multipliers_and_a_flow_eigenvalues():
    flow, mapped = (sg.fixed_points(unit(0.1, time), grid()).unique for time in ("flow", "map"))
    assert mapped.states == pytest.approx(flow.states, abs=1e-14)
    assert mapped.eigenvalues == pytest.approx(1.0 + flow.eigenvalues, abs=1e-14)
    small = sg.fixed_points(unit(0.1, "map"), grid(), Delta=0.25).unique
    assert small.eigenvalues == pytest.approx(1.0 + 0.25 * flow.eigenvalues, abs=1e-14)


def test_deflation_finds_the_fixed_points_that_no_start_led_to():
    pair = sg.GRU(2).with_weights(U_h=[[8, 0], [0, 8]], rest=0)
    starts = np.array([[0.9, 0.8], [-0.7, 0.9], [0.1, 0.3]])
    assert len(sg.fixed_points(pair, starts, deflate=False).unique) < 9
    found = sg.fixed_points(pair, starts)
    proved = sg.all_equilibria(pair)
    for state in found.unique.states:
        assert min(np.abs(state - item.state).max() for item in proved) < 1e-14
    assert len(found.unique) > len(sg.fixed_points(pair, starts, deflate=False).unique)


def trained(units=64):
    rng = np.random.default_rng(0)
    weights = rules.torch_weights(rng, units, 2)
    return sg.from_torch({name: 1.5 * w / np.sqrt(units) for name, w in weights.items()})


def test_sixty_four_units_have_only_fixed_points_that_are_ones():
    """Each is put into the rule of torch, which knows nothing of the search."""
    units = 64
    gru = trained(units)
    starts = np.random.default_rng(1).uniform(-1, 1, (64, units))
    found = sg.fixed_points(gru, starts, [0.2, -0.1]).unique
    rng = np.random.default_rng(0)
    weights = rules.torch_weights(rng, units, 2)
    weights = {name: 1.5 * w / np.sqrt(units) for name, w in weights.items()}
    assert len(found)
    for state in found.states:
        after = rules.torch_rule(weights, state, np.array([0.2, -0.1]))
        assert np.abs(after - state).max() < 1e-13


def test_a_fixed_point_is_followed_in_the_input_to_its_folds():
    network = unit(0.0, "map")
    found = sg.fixed_points(network, grid(), [-1.0]).unique
    rest = ct.equilibria(
        network.compile(x1=-1.0), start=found.states[0], free="x1", within=(-2.0, 2.0)
    )
    folds = sorted(p.parameters["x1"] for p in rest.special if p.kind == "LP")
    assert folds == pytest.approx([-FOLD, FOLD], abs=1e-10)


def test_points_are_saved_read_and_drawn(tmp_path):
    found = sg.fixed_points(trained(4), grid(4), [0.2, -0.1])
    again = sg.FixedPoints.load(found.save(tmp_path / "points.npz"))
    assert np.array_equal(again.eigenvalues, found.eigenvalues)
    assert np.array_equal(again.is_fixed, found.is_fixed)
    figure, ax = plt.subplots()
    found.plot(ax)
    assert sum(len(c.get_offsets()) for c in ax.collections) == len(found)
    plt.close(figure)
    (tmp_path / "noise").write_bytes(b"no points")
    with pytest.raises(ValueError, match="holds no saved fixed points"):
        sg.FixedPoints.load(tmp_path / "noise")


@pytest.mark.parametrize(
    ("starts", "inputs", "says"),
    [
        (np.zeros((3, 2)), None, r"`initial_states` needs rows of 1 finite"),
        ([[np.nan]], None, "`initial_states`"),
        ([[0.0]], [[1.0, 2.0]], r"`inputs` needs rows of 1 finite numbers, got shape \(1, 2\)"),
    ],
)
def test_arrays_of_the_wrong_shape_are_refused(starts, inputs, says):
    with pytest.raises(ValueError, match=says):
        sg.fixed_points(unit(0.0), starts, inputs)

"""Certified equilibria against exact answers, and against the reference numbers of the families."""

from __future__ import annotations

import math

import numpy as np
import pytest
from flint import arb, ctx

import symgru as sg

# From an independent computation (40-digit Newton iteration), good to 1e-12.
FOLDS_OF_EQ9 = (0.026720016045309485, 0.09550068432714272, 0.41088359023425924)
HOPF_OF_EQ9 = 0.05300939421975435
FOUR_FOLDS_OF_EQ8 = 0.1478220706790665


@pytest.mark.parametrize("k", [1.1, 1.5, 4.0, 40.0])
def test_one_unit_has_one_or_three_equilibria_on_the_two_sides_of_its_exact_fold(k):
    # a = k tanh a + b with r = 1/2 and U_h = 2 k has its folds where 1 = k (1 - h^2).
    h = math.sqrt(1 - 1 / k)
    fold = abs(math.atanh(h) - k * h)
    gru = sg.GRU(1).with_weights(U_h=[[2 * k]], rest=0)
    for sign in (1, -1):
        inside = sg.all_equilibria(gru, b_h1=sign * (fold - 1e-12))
        outside = sg.all_equilibria(gru, b_h1=sign * (fold + 1e-12))
        assert [item.kind for item in inside] == ["sink", "source", "sink"]
        assert [item.kind for item in outside] == ["sink"]
        assert all(found.complete and found.certified for found in (inside, outside))


@pytest.mark.parametrize("units", [1, 2, 3])
def test_a_pitchfork_is_undecided_and_not_guessed(units):
    # tanh a = a to third order: a triple zero in every direction.
    found = sg.all_equilibria(sg.GRU(units).with_weights(U_h=2 * np.eye(units), rest=0))
    assert (found.count, found.complete, found.certified) == (0, False, True)
    assert found.undecided.shape == (1, units, 2)
    assert np.all(found.undecided[..., 0] < 0) and np.all(found.undecided[..., 1] > 0)
    assert np.all(np.abs(found.undecided) < 1e-4)
    assert "undecided, as at a bifurcation" in str(found)


def test_at_the_fold_that_the_doubles_name_everything_else_is_decided():
    found = sg.all_equilibria(sg.families.eq9(), gamma=FOLDS_OF_EQ9[0])
    assert not found.complete and found.certified
    assert [item.kind for item in found].count("sink") == 2
    assert np.all(found.undecided[..., 1] - found.undecided[..., 0] < 1e-6)


@pytest.mark.parametrize(("fold", "below", "above"), [(0, 3, 5), (1, 5, 3), (2, 3, 1)])
def test_three_and_five_equilibria_are_told_apart_at_1e_12_from_a_fold(fold, below, above):
    family, gamma = sg.families.eq9(), FOLDS_OF_EQ9[fold]
    for value, count in ((gamma - 1e-12, below), (gamma + 1e-12, above)):
        found = sg.all_equilibria(family, gamma=value)
        assert (found.count, found.complete, found.certified) == (count, True, True)


def test_family_9_loses_its_sink_at_the_hopf_point():
    family = sg.families.eq9()
    state = (-0.6060568273425001, -0.5317345399547339)
    for distance, kind in ((-1e-9, "sink"), (1e-9, "source")):
        found = sg.all_equilibria(family, gamma=HOPF_OF_EQ9 + distance)
        focus = min(found, key=lambda item: np.abs(item.state - state).sum())
        assert (focus.kind, focus.shape) == (kind, "focus")
        assert abs(focus.eigenvalues[0]) == pytest.approx(0.0725658747169, rel=1e-6)


def test_the_saddle_of_the_homoclinic_orbit():
    found = sg.all_equilibria(sg.families.eq9(), gamma=0.054174676916215)
    (saddle,) = [
        x for x in found if np.allclose(x.state, (-0.31704553752, -0.76132317489), atol=1e-10)
    ]
    assert saddle.kind == "saddle"
    assert saddle.eigenvalues.real == pytest.approx([0.1509774, -0.1732629], abs=1e-7)


def test_family_8_gains_four_sinks_and_four_saddles_at_once():
    family = sg.families.eq8()
    before = sg.all_equilibria(family, alpha=FOUR_FOLDS_OF_EQ8 + 1e-9)
    after = sg.all_equilibria(family, alpha=FOUR_FOLDS_OF_EQ8 - 1e-9)
    assert [item.kind for item in before] == ["source"]
    assert after.kinds == {"sink": 4, "saddle": 4, "source": 1, "undecided": 0}
    assert after.certified and before.certified


@pytest.mark.parametrize("gain", [3, 8])
@pytest.mark.parametrize("units", [1, 2, 3])
def test_independent_bistable_units_have_three_to_the_power_of_units(units, gain):
    found = sg.all_equilibria(sg.GRU(units).with_weights(U_h=gain * np.eye(units), rest=0))
    assert found.count == 3**units and found.complete and found.certified
    assert found.kinds["sink"] == 2**units and found.kinds["source"] == 1


def test_the_update_gate_decides_between_sink_and_source():
    # The origin of U_h = [[3, -3], [3, -1]], b_z = (0, b) has a Hopf point at b = log 5.
    gru = sg.GRU(2).with_weights(U_h=[[3, -3], [3, -1]], rest=0)
    critical = math.log(5)
    # The double nearest to log 5 is on one side of it; which one, 200 bits know.
    kinds = [sg.all_equilibria(gru, b_z2=critical + shift)[0].kind for shift in (-1e-15, 0, 1e-15)]
    with ctx.workprec(200):
        nearest = "sink" if arb(critical) < arb(5).log() else "source"
    assert kinds == ["sink", nearest, "source"]
    without = sg.all_equilibria(gru.without_update_gate())
    assert [item.kind for item in without] == ["sink"]


def test_the_map_loses_its_sink_at_the_neimark_sacker_point():
    # Forward Euler of step one of family (8) at beta = 3, s = 0: cos(alpha) = 1/4.
    family = sg.families.eq8()
    weights = {name: family.weights[name] for name in family.weights}
    gru = sg.GRU(2, time="map", states=("x", "y"), weights=weights)
    alpha = math.acos(0.25)
    values = {"beta": 3.0, "s": 0.0}
    for distance, kind in ((1e-12, "sink"), (-1e-12, "source")):
        found = sg.all_equilibria(gru, alpha=alpha + distance, **values)
        assert [item.kind for item in found] == [kind]
        assert abs(found[0].eigenvalues[0]) == pytest.approx(1, abs=1e-11)


def test_two_folds_at_once_are_undecided():
    # U_h = 3 I: a sink, a source and two saddles meet where 1 = 3/2 (1 - h^2) in both directions.
    h = math.sqrt(1 / 3)
    bias = math.atanh(h) - 1.5 * h
    found = sg.all_equilibria(sg.GRU(2).with_weights(U_h=3 * np.eye(2), b_h=bias, rest=0))
    assert not found.complete
    corners = np.abs(found.undecided.mean(axis=2) - h).max(axis=1)
    assert np.sum(corners < 1e-6) == 1


def test_nine_of_the_pseudo_point_of_codimension_two_are_told_apart():
    # The printed bias is 1e-10 from the double fold: nine equilibria, four of them 1e-5 apart.
    gru = sg.GRU(2).with_weights(U_h=3 * np.eye(2), b_h=-0.2075464553, rest=0)
    found = sg.all_equilibria(gru)
    h = math.sqrt(1 / 3)
    cluster = [item.kind for item in found if np.all(np.abs(item.state - h) < 1e-4)]
    assert found.complete and found.certified
    assert (found.count, sorted(cluster)) == (9, ["saddle", "saddle", "sink", "source"])


def test_equilibria_in_one_corner_are_told_apart_in_pre_activations():
    # Both units saturate: the states are one to the last digit, the pre-activations are not.
    found = sg.all_equilibria(sg.GRU(2).with_weights(U_h=[[90, 0], [0, 120]], rest=0))
    corner = found[-1]
    assert found.count == 9 and found.complete and found.certified
    assert corner.state == pytest.approx([1, 1], abs=1e-15)
    assert corner.pre_activations.mean(axis=1) == pytest.approx([45, 60], rel=1e-14)

from __future__ import annotations

import numpy as np
import pytest

import symgru as sg
from continuation.errors import ContinuationError
from symgru.equilibria import joined

NINE = sg.GRU(2).with_weights(U_h=[[8, 0], [0, 8]], rest=0)


def test_the_answer_is_a_sequence_in_the_order_of_the_states():
    found = sg.all_equilibria(NINE)
    assert len(found) == found.count == 9
    assert [item.state[0] for item in found] == sorted(item.state[0] for item in found)
    assert found[-1] is found.items[8]
    assert found[2:4] == found.items[2:4]
    assert found.kinds == {"sink": 4, "saddle": 4, "source": 1, "undecided": 0}
    assert str(found) == "exactly 9 equilibria (4 sinks, 4 saddles, 1 source); proved"


def test_each_equilibrium_is_in_its_box_to_the_last_digit():
    for item in sg.all_equilibria(NINE):
        assert item.box.shape == item.pre_activations.shape == (2, 2)
        assert np.all(item.box[:, 0] <= item.state) and np.all(item.state <= item.box[:, 1])
        assert np.all(item.box[:, 1] - item.box[:, 0] <= 2.3e-16)
        assert np.tanh(item.pre_activations).mean(axis=1) == pytest.approx(item.state, abs=1e-15)


def test_values_are_given_as_to_compile():
    family = sg.families.eq9()
    assert sg.all_equilibria(family, gamma=0.0).count == 3
    assert sg.all_equilibria(family, parameters={"gamma": 0.0}).count == 3
    with pytest.raises(ValueError, match="no parameter 'delta'"):
        sg.all_equilibria(family, delta=0.0)
    with pytest.raises(ValueError, match="without a value"):
        sg.all_equilibria(sg.GRU(1))
    with pytest.raises(ValueError, match="not a finite number"):
        sg.all_equilibria(family, gamma=float("nan"))


def test_what_is_no_network_is_refused():
    with pytest.raises(TypeError, match=r"needs a symgru\.GRU, got System"):
        sg.all_equilibria(NINE.compile())
    with pytest.raises(ValueError, match="positive whole number"):
        sg.all_equilibria(NINE, limit=0)


def test_a_search_that_is_too_large_is_refused_with_an_estimate():
    rng = np.random.default_rng(1)
    large = sg.GRU(8).with_weights(
        U_h=rng.normal(0, 2, (8, 8)), U_r=rng.normal(0, 2, (8, 8)), rest=0
    )
    with pytest.raises(sg.SearchTooLarge, match=r"8 units .* within 2000 boxes; about ") as caught:
        sg.all_equilibria(large, limit=2000)
    assert isinstance(caught.value, ContinuationError)
    assert caught.value.estimate > 2000


def test_without_the_check_by_balls_nothing_is_certified():
    # The search needs 23 boxes, the check more.
    found = sg.all_equilibria(NINE, limit=24)
    assert found.complete and not found.certified
    assert "did not prove" in str(found)


def test_undecided_boxes_that_touch_are_joined():
    boxes = [np.array([[x, x + 1.0], [0.0, 1.0]]) for x in (0.0, 5.0, 2.0, 20.0)]
    hulls = joined(boxes)
    assert [hull[0].tolist() for hull in hulls] == [[-1.0, 7.0], [19.0, 22.0]]
    assert joined([]) == []


def test_a_network_of_small_weights_is_covered_at_once():
    # g varies little on the whole line, where Krawczyk's operator says nothing all the same.
    gru = sg.GRU(1, reset="after").with_weights(
        U_h=[[0.2]], U_r=[[-4]], b_h=3.7, b_r=3.75, c_h=7.1, rest=0
    )
    found = sg.all_equilibria(gru, limit=20)
    assert found.count == 1 and found.complete and found.certified

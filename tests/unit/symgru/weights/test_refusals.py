"""What is not the GRU that a loader reads is refused in one line that says what it is."""

from __future__ import annotations

import numpy as np
import pytest

import symgru as sg
from tests.unit.symgru.weights import rules

D, P = rules.UNITS, rules.INPUTS


def rng():
    return np.random.default_rng(1)


def torch(**changes):
    return rules.torch_weights(rng()) | changes


def keras(place, array):
    weights = rules.keras_weights(rng(), True)
    weights[place] = array
    return weights


def haiku(**changes):
    return rules.haiku_weights(rng())["gru"] | changes


def linen(name, **changes):
    cell = rules.linen_weights(rng())["params"]
    return cell | {name: cell[name] | changes}


def paper(**changes):
    return rules.paper_weights(rng()) | changes


def numpy_before(weights):
    return sg.from_numpy(weights, reset="before")


REFUSED = {
    "transposed": (sg.from_torch, torch(weight_hh_l0=np.ones((D, 3 * D))), "It is transposed"),
    "transposed input": (sg.from_torch, torch(weight_ih_l0=np.ones((P, 3 * D))), "It is transpos"),
    "lstm": (sg.from_torch, torch(weight_hh_l0=np.ones((4 * D, D))), "Four blocks.*LSTM"),
    "plain": (sg.from_torch, torch(weight_hh_l0=np.ones((D, D))), "One block.*without gates"),
    "three axes": (sg.from_torch, torch(weight_hh_l0=np.ones((D, D, 3))), "expected"),
    "bias": (sg.from_torch, torch(bias_hh_l0=np.ones(3 * D - 1)), r"shape \(14,\), but \(15,\)"),
    "nan": (sg.from_torch, torch(bias_hh_l0=np.full(3 * D, np.nan)), "not finite"),
    "complex": (sg.from_torch, torch(bias_hh_l0=np.ones(3 * D, complex)), "complex128"),
    "text": (sg.from_torch, torch(bias_hh_l0=["a"] * 3 * D), "real numbers are expected"),
    "bidirectional": (
        sg.from_torch,
        torch(**{f"{name}_reverse": value for name, value in torch().items()}),
        "bidirectional.*reads the future",
    ),
    "stranger": (sg.from_torch, torch(weight_hr_l0=np.ones((2, D))), "got weight_hr_l0"),
    "gap": (sg.from_torch, torch(weight_hh_l2=np.ones((3 * D, D))), "got weight_hh_l2"),
    "half": (
        sg.from_torch,
        {k: v for k, v in torch().items() if k != "bias_hh_l0"},
        "bias_ih_l0 or bias_hh_l0 is missing",
    ),
    "layer sizes": (
        sg.from_torch,
        torch() | rules.torch_weights(rng(), D, D + 1, layer=1),
        "layer 1 has 6 inputs, but layer 0 has 5 units",
    ),
    "nothing": (sg.from_torch, {}, "got nothing"),
    "a number": (sg.from_torch, 3, "needs a module, a state_dict or a file"),
    "keras transposed": (sg.from_keras, keras(1, np.ones((3 * D, D))), "It is transposed"),
    "keras lstm": (sg.from_keras, keras(1, np.ones((D, 4 * D))), "LSTM"),
    "keras bias": (sg.from_keras, keras(2, np.ones((3, 3 * D))), r"but \(2, 15\) is expected"),
    "keras four": (sg.from_keras, [np.ones(1)] * 4, "got 4 arrays"),
    "keras no bias": (sg.from_keras, keras(0, np.ones((P, 3 * D)))[:2], "give reset_after"),
    "keras text": (sg.from_keras, "weights", "needs a GRU layer"),
    "haiku transposed": (sg.from_haiku, haiku(w_h=np.ones((3 * D, D))), "It is transposed"),
    "haiku no bias": (sg.from_haiku, {"w_i": 1, "w_h": 1}, "needs w_i, w_h and b"),
    "haiku two": (sg.from_haiku, {"a": haiku(), "b": haiku()}, "2 modules"),
    "flax no bias": (sg.from_flax, linen("hn", bias=None), "hn/bias is missing"),
    "flax shape": (sg.from_flax, linen("hz", kernel=np.ones((D, D + 1))), "hz/kernel has shape"),
    "flax nnx bias": (
        sg.from_flax,
        rules.nnx_weights(rng()) | {"dense_h": {"kernel": np.ones((D, 3 * D)), "bias": 1}},
        "dense_h has a bias",
    ),
    "equinox half": (
        sg.from_equinox,
        rules.equinox_weights(rng()) | {"bias_n": None},
        "bias_n is missing",
    ),
    "numpy c_h": (numpy_before, paper(c_h=np.ones(D)), "reset='after'"),
    "numpy one W": (numpy_before, {k: v for k, v in paper().items() if k != "W_z"}, "all gates"),
    "numpy shape": (numpy_before, paper(U_z=np.ones((D, D + 1))), "U_z has shape"),
    "numpy transposed": (numpy_before, paper(W_h=np.ones((P, D))), "W_h.*It is transposed"),
    "numpy stranger": (numpy_before, paper(d_h=np.ones(D)), "d_h"),
    "numpy missing": (numpy_before, {"U_h": np.ones((D, D))}, "U_h, U_r and U_z"),
}


@pytest.mark.parametrize(("load", "given", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_such_network_is_refused_in_one_line(load, given, says):
    with pytest.raises(ValueError, match=says) as caught:
        load(given)
    assert "\n" not in str(caught.value)


LOADERS = {
    "from_torch": (sg.from_torch, torch()),
    "from_flax": (sg.from_flax, rules.linen_weights(rng())["params"]),
    "from_haiku": (sg.from_haiku, haiku()),
    "from_equinox": (sg.from_equinox, rules.equinox_weights(rng())),
    "from_numpy": (numpy_before, paper()),
}


@pytest.mark.parametrize("reader", LOADERS)
@pytest.mark.parametrize("owner", LOADERS)
def test_weights_of_another_framework_are_never_read_silently(reader, owner):
    if reader == owner:
        LOADERS[reader][0](LOADERS[owner][1])
        return
    with pytest.raises(ValueError, match=f"{owner} reads, under another convention than {reader}"):
        LOADERS[reader][0](LOADERS[owner][1])


def test_a_flag_that_contradicts_the_bias_is_refused():
    with pytest.raises(ValueError, match="that of reset_after=True, but reset_after=False"):
        sg.from_keras(rules.keras_weights(rng(), True), reset_after=False)


def test_digits_beyond_double_precision_are_refused():
    with pytest.raises(ValueError, match="digits that double precision cannot"):
        sg.from_torch(torch(bias_hh_l0=np.full(3 * D, 2**53 + 1)))


def test_the_formula_of_the_paper_cannot_be_put_on_weights_of_torch():
    import dataclasses

    with pytest.raises(ValueError, match="'c_h' is no weight of this network"):
        dataclasses.replace(sg.from_torch(torch()), reset="before")

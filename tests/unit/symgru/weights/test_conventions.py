"""Every loader gives the map that its framework computes, on one step and on eleven.

The twin of each rule is in `rules`. Eleven steps of a map with weights of order one multiply the
rounding errors of a step, some 1e-16, by less than a hundred.
"""

from __future__ import annotations

import numpy as np
import pytest

import symgru as sg
from tests.unit.symgru.weights import rules

CASES = {
    "torch": (rules.torch_weights, rules.torch_rule, sg.from_torch, "after"),
    "keras, reset after": (
        lambda rng: rules.keras_weights(rng, True),
        rules.keras_after_rule,
        sg.from_keras,
        "after",
    ),
    "keras, reset before": (
        lambda rng: rules.keras_weights(rng, False),
        rules.keras_before_rule,
        sg.from_keras,
        "before",
    ),
    "flax linen": (rules.linen_weights, rules.linen_rule, sg.from_flax, "after"),
    "flax nnx": (rules.nnx_weights, rules.nnx_rule, sg.from_flax, "after"),
    "haiku": (rules.haiku_weights, rules.haiku_rule, sg.from_haiku, "before"),
    "equinox": (rules.equinox_weights, rules.equinox_rule, sg.from_equinox, "after"),
    "numpy": (
        rules.paper_weights,
        rules.paper_rule,
        lambda w: sg.from_numpy(w, reset="before"),
        "before",
    ),
}

frameworks = pytest.mark.parametrize(
    ("weights", "rule", "load", "reset"), CASES.values(), ids=CASES.keys()
)


def inputs(rng, p=rules.INPUTS):
    """Eleven inputs, each as the parameters x1, x2, ... too."""
    return [(x, {f"x{j + 1}": x[j] for j in range(p)}) for x in rng.uniform(-1, 1, (11, p))]


@frameworks
def test_one_step_and_eleven_are_those_of_the_framework(weights, rule, load, reset):
    rng = np.random.default_rng(7)
    given = weights(rng)
    gru = load(given)
    assert (gru.units, gru.inputs) == (rules.UNITS, rules.INPUTS)
    assert (gru.reset, gru.time) == (reset, "map")
    system = gru.compile()
    ours = theirs = rng.uniform(-1, 1, rules.UNITS)
    for step, (x, parameters) in enumerate(inputs(rng)):
        ours, theirs = system.f(ours, parameters), rule(given, theirs, x)
        tolerance = 1e-15 if step == 0 else 1e-14
        assert ours == pytest.approx(theirs, rel=0, abs=tolerance)


@frameworks
def test_the_other_reset_rule_would_be_another_network(weights, rule, load, reset):
    """That the convention matters: without it, agreement above would show nothing."""
    rng = np.random.default_rng(7)
    given = weights(rng)
    gru = load(given)
    numbers = {name: values for name, values in by_name(gru).items() if name != "c_h"}
    other = sg.from_numpy(numbers, reset="after" if reset == "before" else "before").compile()
    h, x = rng.uniform(-1, 1, rules.UNITS), rng.uniform(-1, 1, rules.INPUTS)
    moved = other.f(h, {f"x{j + 1}": x[j] for j in range(rules.INPUTS)})
    assert np.abs(moved - rule(given, h, x)).max() > 0.01


def by_name(gru):
    """The weights of a network of numbers as arrays."""
    return {
        name: np.array([float(gru.values[str(s)]) for s in weight]).reshape(
            weight.shape if name[0] in "UW" else -1
        )
        for name, weight in gru.weights.items()
    }


@frameworks
def test_a_loaded_network_is_the_same_after_saving(weights, rule, load, reset, tmp_path):
    gru = load(weights(np.random.default_rng(7)))
    assert sg.GRU.load(gru.save(tmp_path / "network.json")) == gru


@frameworks
def test_single_precision_weights_are_converted_exactly(weights, rule, load, reset):
    def halved(part):
        if isinstance(part, dict):
            return {name: halved(value) for name, value in part.items()}
        if isinstance(part, list):
            return [halved(value) for value in part]
        return part.astype(np.float32)

    def doubled(part):
        if isinstance(part, dict):
            return {name: doubled(value) for name, value in part.items()}
        if isinstance(part, list):
            return [doubled(value) for value in part]
        return part.astype(np.float64)

    single = halved(weights(np.random.default_rng(7)))
    assert load(single) == load(doubled(single))


def test_a_stack_of_two_layers_is_updated_as_it_was_trained():
    rng = np.random.default_rng(3)
    d, p = 3, 2
    given = rules.torch_weights(rng, d, p) | rules.torch_weights(rng, d, d, layer=1)
    stack = sg.from_torch(given)
    assert isinstance(stack, sg.Stack) and (stack.units, stack.inputs) == (2 * d, p)
    assert (stack.reset, stack.time) == ("after", "map")
    system = stack.compile()
    ours = rng.uniform(-1, 1, 2 * d)
    lower, upper = ours[:d], ours[d:]
    for x, parameters in inputs(rng, p):
        lower = rules.torch_rule(given, lower, x)
        upper = rules.torch_rule(given, upper, lower, layer=1)
        ours = system.f(ours, parameters)
        assert ours == pytest.approx(np.concatenate([lower, upper]), rel=0, abs=1e-14)


def test_missing_biases_are_zero():
    rng = np.random.default_rng(5)
    given = {k: v for k, v in rules.torch_weights(rng).items() if k.startswith("weight")}
    gru = sg.from_torch(given)
    zero = {k: np.zeros(3 * rules.UNITS) for k in ("bias_ih_l0", "bias_hh_l0")}
    assert gru == sg.from_torch(given | zero)
    kernels = rules.keras_weights(rng, True)[:2]
    bias = np.zeros((2, 3 * rules.UNITS))
    assert sg.from_keras(kernels, reset_after=True) == sg.from_keras([*kernels, bias])
    assert sg.from_keras(kernels, reset_after=False) == sg.from_keras([*kernels, bias[0]])
    cell = rules.equinox_weights(rng)
    bare = cell | {"bias": None, "bias_n": None}
    nought = cell | {"bias": np.zeros(3 * rules.UNITS), "bias_n": np.zeros(rules.UNITS)}
    assert sg.from_equinox(bare) == sg.from_equinox(nought)


def test_a_cell_and_a_part_of_a_larger_model_are_found_by_their_names():
    rng = np.random.default_rng(5)
    given = rules.torch_weights(rng)
    plain = sg.from_torch(given)
    assert sg.from_torch({k.removesuffix("_l0"): v for k, v in given.items()}) == plain
    model = {f"encoder.{k}": v for k, v in given.items()} | {"readout.weight": np.ones((1, 5))}
    assert sg.from_torch(model) == plain
    two = model | {f"decoder.{k}": v for k, v in given.items()}
    with pytest.raises(ValueError, match=r"several recurrent layers.*'decoder.', 'encoder.'"):
        sg.from_torch(two)
    assert sg.from_torch(two, prefix="encoder") == plain


def test_an_npz_file_of_arrays_is_read_and_one_of_objects_is_refused(tmp_path):
    given = rules.paper_weights(np.random.default_rng(5))
    path = tmp_path / "weights.npz"
    np.savez(path, **given)
    assert sg.from_numpy(path, reset="before") == sg.from_numpy(given, reset="before")
    np.savez(path, **given | {"b_h": np.array([object()] * rules.UNITS)})
    with pytest.raises(ValueError, match="no npz file of numbers"):
        sg.from_numpy(path, reset="before")
    path.write_bytes(b"not an archive")
    with pytest.raises(ValueError, match="no npz file of numbers"):
        sg.from_numpy(path, reset="before")

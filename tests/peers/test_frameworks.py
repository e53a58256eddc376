"""Every loader against the framework itself: one step and eleven, in double and single precision.

In double precision the two differ by rounding alone, 1e-14; in single precision the framework
itself rounds to 6e-8 at every step, and the map with the same weights stays within 1e-6.
"""

from __future__ import annotations

import os

import numpy as np
import pytest

import symgru as sg

pytestmark = [
    pytest.mark.peer,
    # What frameworks warn about at import is theirs.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]

UNITS, INPUTS, STEPS = 5, 3, 11
TOLERANCE = {"float64": 1e-14, "float32": 1e-6}

precisions = pytest.mark.parametrize("precision", TOLERANCE)


@pytest.fixture
def rng():
    return np.random.default_rng(11)


@pytest.fixture
def jax(precision):
    jax = pytest.importorskip("jax")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", precision == "float64")
    yield jax
    jax.config.update("jax_enable_x64", before)


def agree(network, rule, rng, precision):
    """Hold a loaded network against ``rule(h, x)``, one step at a time, from the same state."""
    system = network.compile()
    ours = rng.uniform(-1, 1, network.units).astype(precision)
    theirs, ours = ours, ours.astype(np.float64)
    for x in rng.uniform(-1, 1, (STEPS, INPUTS)).astype(precision):
        theirs = rule(theirs, x)
        ours = system.f(ours, {f"x{j + 1}": float(x[j]) for j in range(INPUTS)})
        assert theirs.dtype == precision
        assert ours == pytest.approx(theirs, rel=0, abs=TOLERANCE[precision])


@pytest.fixture
def torch():
    torch = pytest.importorskip("torch")
    torch.manual_seed(2)
    return torch


def torch_rule(torch, module, layers=1):
    def rule(h, x):
        state = torch.from_numpy(h).reshape(layers, UNITS)
        with torch.no_grad():
            _, after = module(torch.from_numpy(x)[None], state)
        return after.numpy().reshape(-1)

    return rule


@precisions
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("layers", [1, 2])
def test_torch(torch, rng, precision, bias, layers):
    dtype = getattr(torch, precision)
    module = torch.nn.GRU(INPUTS, UNITS, layers, bias=bias, dtype=dtype).eval()
    agree(sg.from_torch(module), torch_rule(torch, module, layers), rng, precision)


@precisions
def test_torch_cell(torch, rng, precision):
    cell = torch.nn.GRUCell(INPUTS, UNITS, dtype=getattr(torch, precision))

    def rule(h, x):
        with torch.no_grad():
            return cell(torch.from_numpy(x), torch.from_numpy(h)).numpy()

    agree(sg.from_torch(cell), rule, rng, precision)


def test_files_of_torch_give_the_network_of_the_module(torch, tmp_path):
    safetensors = pytest.importorskip("safetensors.torch")
    model = torch.nn.Sequential(torch.nn.GRU(INPUTS, UNITS), torch.nn.Identity())
    torch.save(model.state_dict(), tmp_path / "weights.pt")
    safetensors.save_file(model.state_dict(), tmp_path / "weights.safetensors")
    expected = sg.from_torch(model)
    for name in ("weights.pt", "weights.safetensors"):
        assert sg.from_torch(tmp_path / name) == expected
    half = {name: value.to(torch.bfloat16) for name, value in model.state_dict().items()}
    assert sg.from_torch(half) == sg.from_torch({k: v.double() for k, v in half.items()})


class Trap:
    """Leaves a trace where a file of it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_a_file_that_would_run_code_is_refused_and_runs_none(torch, tmp_path):
    torch.save({"weight_hh_l0": Trap(tmp_path / "trace")}, tmp_path / "trap.pt")
    torch.save(torch.nn.GRU(1, 1), tmp_path / "module.pt")
    (tmp_path / "noise.pt").write_bytes(b"no weights")
    (tmp_path / "noise.safetensors").write_bytes(b"no weights")
    for name in ("trap.pt", "module.pt", "noise.pt", "noise.safetensors"):
        with pytest.raises(ValueError, match="cannot be read as weights alone") as caught:
            sg.from_torch(tmp_path / name)
        assert "\n" not in str(caught.value)
    assert not (tmp_path / "trace").exists()


def test_modules_that_are_no_gru_are_refused(torch):
    with pytest.raises(ValueError, match="LSTM"):
        sg.from_torch(torch.nn.LSTM(2, 3))
    with pytest.raises(ValueError, match=r"is no torch\.nn\.GRU"):
        sg.from_torch(torch.nn.RNNCell(2, 3))
    with pytest.raises(ValueError, match="bidirectional"):
        sg.from_torch(torch.nn.GRU(2, 3, bidirectional=True))
    with pytest.raises(ValueError, match="got bias, weight"):
        sg.from_torch(torch.nn.Linear(2, 3))


@pytest.fixture
def keras():
    pytest.importorskip("torch")
    os.environ.setdefault("KERAS_BACKEND", "torch")
    return pytest.importorskip("keras")


@pytest.mark.parametrize("reset_after", [True, False])
@pytest.mark.parametrize("bias", [True, False])
def test_keras(keras, rng, reset_after, bias):
    """In single precision: with any backend but TensorFlow, Keras rounds doubles to it inside."""
    layer = keras.layers.GRU(UNITS, reset_after=reset_after, use_bias=bias)
    layer.build((1, 1, INPUTS))
    layer.set_weights([rng.normal(size=w.shape) for w in layer.get_weights()])

    def rule(h, x):
        after = layer(x.reshape(1, 1, -1), initial_state=h.reshape(1, -1))
        return keras.ops.convert_to_numpy(after)[0]

    agree(sg.from_keras(layer), rule, rng, "float32")
    arrays = sg.from_keras(layer.get_weights(), reset_after=reset_after)
    assert arrays == sg.from_keras(layer)


def test_keras_layers_that_compute_something_else_are_refused(keras):
    odd = keras.layers.GRU(UNITS, recurrent_activation="hard_sigmoid")
    odd.build((1, 1, INPUTS))
    with pytest.raises(ValueError, match="recurrent_activation of GRU is hard_sigmoid"):
        sg.from_keras(odd)
    both = keras.layers.Bidirectional(keras.layers.GRU(UNITS))
    both.build((1, 1, INPUTS))
    with pytest.raises(ValueError, match="bidirectional"):
        sg.from_keras(both)
    lstm = keras.layers.LSTM(UNITS)
    lstm.build((1, 1, INPUTS))
    with pytest.raises(ValueError, match="LSTM is no GRU layer"):
        sg.from_keras(lstm)


@precisions
def test_flax_linen(jax, rng, precision):
    linen = pytest.importorskip("flax.linen")
    cell = linen.GRUCell(UNITS, param_dtype=precision, dtype=precision)
    start = jax.numpy.zeros(UNITS, precision), jax.numpy.zeros(INPUTS, precision)
    shapes = cell.init(jax.random.key(1), *start)
    variables = jax.tree.map(lambda w: rng.normal(size=w.shape).astype(precision), shapes)

    def rule(h, x):
        return np.asarray(cell.apply(variables, h, x)[0])

    agree(sg.from_flax(variables), rule, rng, precision)


@precisions
def test_flax_nnx(jax, rng, precision):
    nnx = pytest.importorskip("flax.nnx")
    cell = nnx.GRUCell(INPUTS, UNITS, param_dtype=precision, dtype=precision, rngs=nnx.Rngs(1))
    cell.dense_i.bias = nnx.Param(jax.numpy.asarray(rng.normal(size=3 * UNITS).astype(precision)))

    def rule(h, x):
        return np.asarray(cell(jax.numpy.asarray(h), jax.numpy.asarray(x))[0])

    agree(sg.from_flax(cell), rule, rng, precision)
    assert sg.from_flax(nnx.to_pure_dict(nnx.state(cell, nnx.Param))) == sg.from_flax(cell)


@precisions
def test_haiku(jax, rng, precision):
    hk = pytest.importorskip("haiku")
    net = hk.without_apply_rng(hk.transform(lambda x, h: hk.GRU(UNITS)(x, h)[0]))
    start = jax.numpy.zeros(INPUTS, precision), jax.numpy.zeros(UNITS, precision)
    shapes = net.init(jax.random.key(1), *start)
    parameters = jax.tree.map(lambda w: rng.normal(size=w.shape).astype(precision), shapes)

    def rule(h, x):
        return np.asarray(net.apply(parameters, x, h))

    agree(sg.from_haiku(parameters), rule, rng, precision)


@precisions
@pytest.mark.parametrize("bias", [True, False])
def test_equinox(jax, rng, precision, bias):
    nn = pytest.importorskip("equinox.nn")
    dtype = getattr(jax.numpy, precision)
    cell = nn.GRUCell(INPUTS, UNITS, use_bias=bias, dtype=dtype, key=jax.random.key(1))

    def rule(h, x):
        return np.asarray(cell(jax.numpy.asarray(x), jax.numpy.asarray(h)))

    agree(sg.from_equinox(cell), rule, rng, precision)

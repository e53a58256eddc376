"""The published update rules of the frameworks, in NumPy, and random weights in their layouts.

Each rule is written as its framework's documentation writes it, for one step of one layer:
``rule(weights, h, x)``. None of it is shared with the package, or between the frameworks.
"""

from __future__ import annotations

import numpy as np

UNITS, INPUTS = 5, 3


def sigmoid(a):
    return 1.0 / (1.0 + np.exp(-a))


def torch_weights(rng, d=UNITS, p=INPUTS, layer=0):
    return {
        f"weight_ih_l{layer}": rng.normal(size=(3 * d, p)),
        f"weight_hh_l{layer}": rng.normal(size=(3 * d, d)),
        f"bias_ih_l{layer}": rng.normal(size=3 * d),
        f"bias_hh_l{layer}": rng.normal(size=3 * d),
    }


def torch_rule(w, h, x, layer=0):
    """torch.nn.GRU (2.13): r, z, n; h' = (1 - z) * n + z * h."""
    d = len(h)
    i = w[f"weight_ih_l{layer}"] @ x + w.get(f"bias_ih_l{layer}", np.zeros(3 * d))
    s = w[f"weight_hh_l{layer}"] @ h + w.get(f"bias_hh_l{layer}", np.zeros(3 * d))
    r = sigmoid(i[:d] + s[:d])
    z = sigmoid(i[d : 2 * d] + s[d : 2 * d])
    n = np.tanh(i[2 * d :] + r * s[2 * d :])
    return (1 - z) * n + z * h


def keras_weights(rng, reset_after, d=UNITS, p=INPUTS):
    bias = (2, 3 * d) if reset_after else (3 * d,)
    return [rng.normal(size=shape) for shape in ((p, 3 * d), (d, 3 * d), bias)]


def keras_after_rule(w, h, x):
    """keras.layers.GRU (3.15), reset_after=True: z, r, h; h' = z * h + (1 - z) * hh."""
    kernel, recurrent, bias = w
    x_z, x_r, x_h = np.split(x @ kernel + bias[0], 3)
    s_z, s_r, s_h = np.split(h @ recurrent + bias[1], 3)
    z, r = sigmoid(x_z + s_z), sigmoid(x_r + s_r)
    return z * h + (1 - z) * np.tanh(x_h + r * s_h)


def keras_before_rule(w, h, x):
    """keras.layers.GRU (3.15), reset_after=False."""
    kernel, recurrent, bias = w
    d = len(h)
    x_z, x_r, x_h = np.split(x @ kernel + bias, 3)
    z = sigmoid(x_z + h @ recurrent[:, :d])
    r = sigmoid(x_r + h @ recurrent[:, d : 2 * d])
    return z * h + (1 - z) * np.tanh(x_h + (r * h) @ recurrent[:, 2 * d :])


def linen_weights(rng, d=UNITS, p=INPUTS):
    cell = {}
    for gate in "rzn":
        cell[f"i{gate}"] = {"kernel": rng.normal(size=(p, d)), "bias": rng.normal(size=d)}
        cell[f"h{gate}"] = {"kernel": rng.normal(size=(d, d))}
    cell["hn"]["bias"] = rng.normal(size=d)
    return {"params": cell}


def linen_rule(w, h, x):
    """flax.linen.GRUCell (0.12): h' = (1 - z) * n + z * h."""

    def dense(name, value):
        layer = w["params"][name]
        return value @ layer["kernel"] + layer.get("bias", 0.0)

    r = sigmoid(dense("ir", x) + dense("hr", h))
    z = sigmoid(dense("iz", x) + dense("hz", h))
    n = np.tanh(dense("in", x) + r * dense("hn", h))
    return (1 - z) * n + z * h


def nnx_weights(rng, d=UNITS, p=INPUTS):
    return {
        "dense_i": {"kernel": rng.normal(size=(p, 3 * d)), "bias": rng.normal(size=3 * d)},
        "dense_h": {"kernel": rng.normal(size=(d, 3 * d))},
    }


def nnx_rule(w, h, x):
    """flax.nnx.GRUCell (0.12): r, z, n; no bias on the state."""
    xi_r, xi_z, xi_n = np.split(x @ w["dense_i"]["kernel"] + w["dense_i"]["bias"], 3)
    hh_r, hh_z, hh_n = np.split(h @ w["dense_h"]["kernel"], 3)
    r, z = sigmoid(xi_r + hh_r), sigmoid(xi_z + hh_z)
    n = np.tanh(xi_n + r * hh_n)
    return (1.0 - z) * n + z * h


def haiku_weights(rng, d=UNITS, p=INPUTS):
    shapes = {"w_i": (p, 3 * d), "w_h": (d, 3 * d), "b": (3 * d,)}
    return {"gru": {name: rng.normal(size=shape) for name, shape in shapes.items()}}


def haiku_rule(w, h, x):
    """haiku.GRU (0.0.17): z, r, a; h' = (1 - z) * h + z * a."""
    w_i, w_h, b = (w["gru"][name] for name in ("w_i", "w_h", "b"))
    d = len(h)
    gates = x @ w_i + b
    zr = sigmoid(gates[: 2 * d] + h @ w_h[:, : 2 * d])
    z, r = zr[:d], zr[d:]
    a = np.tanh(gates[2 * d :] + (r * h) @ w_h[:, 2 * d :])
    return (1 - z) * h + z * a


def equinox_weights(rng, d=UNITS, p=INPUTS):
    return {
        "weight_ih": rng.normal(size=(3 * d, p)),
        "weight_hh": rng.normal(size=(3 * d, d)),
        "bias": rng.normal(size=3 * d),
        "bias_n": rng.normal(size=d),
    }


def equinox_rule(w, h, x):
    """equinox.nn.GRUCell (0.13): r, z, n; h' = n + z * (h - n)."""
    i = np.split(w["weight_ih"] @ x + w["bias"], 3)
    s = np.split(w["weight_hh"] @ h, 3)
    r, z = sigmoid(i[0] + s[0]), sigmoid(i[1] + s[1])
    n = np.tanh(i[2] + r * (s[2] + w["bias_n"]))
    return n + z * (h - n)


def paper_weights(rng, d=UNITS, p=INPUTS):
    weights = {f"{kind}_{gate}": None for gate in "hrz" for kind in "WUb"}
    shapes = {"W": (d, p), "U": (d, d), "b": (d,)}
    return {name: rng.normal(size=shapes[name[0]]) for name in weights}


def paper_rule(w, h, x):
    """Jordan, Sokol and Park (2021), equations (2)-(4)."""
    z = sigmoid(w["W_z"] @ x + w["U_z"] @ h + w["b_z"])
    r = sigmoid(w["W_r"] @ x + w["U_r"] @ h + w["b_r"])
    return z * h + (1 - z) * np.tanh(w["W_h"] @ x + w["U_h"] @ (r * h) + w["b_h"])

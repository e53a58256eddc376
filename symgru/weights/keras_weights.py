r"""Weights of keras.layers.GRU and GRUCell, for both values of its ``reset_after``.

A row vector is multiplied from the right, gates stand side by side in the order z, r, h:

.. math::
    z = \sigma(x K_z + h R_z + b_z), \qquad r = \sigma(x K_r + h R_r + b_r), \qquad
    h_{t+1} = z * h_t + (1 - z) * n,

    n = \tanh(x K_h + b_{0h} + r * (h R_h + b_{1h})) \quad\text{(reset after, the default)}, \qquad
    n = \tanh(x K_h + (r * h) R_h + b_h) .

With ``reset_after`` the bias has two rows, of input and recurrent weights, which add up in the
gates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symgru.gru import GRU
from symgru.stack import Stack
from symgru.weights.layout import (
    blocks,
    exact_array,
    network,
    of_shape,
    one_or_stack,
    refuse_stranger,
)

__all__ = ["from_keras"]

EXPECTED = "a GRU layer, or its get_weights(): kernel, recurrent kernel and bias, if there is one"


def from_keras(source: Any, *, reset_after: bool | None = None) -> GRU | Stack:
    """Read a trained keras.layers.GRU: the map that was trained.

    Parameters
    ----------
    source : layer, sequence of layers, or sequence of arrays
        A GRU layer or cell, several of them from the input on, or what ``layer.get_weights()``
        returns.
    reset_after : bool, optional
        For arrays: what the layer was made with. A bias tells by its shape, (2, 3d) or (3d,), and
        must agree; without a bias it has to be said. A layer knows by itself.

    Returns
    -------
    GRU or Stack
        A `Stack` for several layers. Dropout acts in training only.

    Raises
    ------
    ValueError
        For weights that are not those of a GRU, a wrong shape (a transposed array is called so), a
        `reset_after` that contradicts the bias, or that is needed; for activations other than tanh
        and sigmoid, and a bidirectional layer.

    Examples
    --------
    >>> import numpy as np
    >>> from_keras([np.ones((1, 6)), np.ones((2, 6)), np.ones((2, 6))]).reset
    'after'
    """
    if hasattr(source, "get_weights"):
        return _from_layer(source, reset_after)
    if not isinstance(source, Sequence) or isinstance(source, str) or not source:
        refuse_stranger(getattr(source, "keys", list)(), "from_keras", EXPECTED)
    if all(hasattr(item, "get_weights") for item in source):
        return one_or_stack([_from_layer(item, reset_after) for item in source])
    return _from_arrays(source, reset_after)


def _from_layer(layer: Any, reset_after: bool | None) -> GRU:
    if hasattr(layer, "backward_layer"):
        raise ValueError(
            "the layer is bidirectional: its backward half reads the future of the input, so that "
            "its state obeys no rule from one step to the next; it is no dynamical system."
        )
    kind = type(layer).__name__
    if not hasattr(layer, "reset_after"):
        raise ValueError(f"{kind} is no GRU layer; pass the GRU layers of a model themselves.")
    for what, expected in (("activation", "tanh"), ("recurrent_activation", "sigmoid")):
        name = getattr(getattr(layer, what), "__name__", "unknown")
        if name != expected:
            raise ValueError(f"the {what} of {kind} is {name}; only {expected} makes a GRU here.")
    if reset_after is not None and reset_after != layer.reset_after:
        raise ValueError(f"the layer was made with reset_after={layer.reset_after}.")
    return _from_arrays(layer.get_weights(), bool(layer.reset_after))


def _from_arrays(arrays: Sequence[Any], reset_after: bool | None) -> GRU:
    if len(arrays) not in (2, 3):
        raise ValueError(f"from_keras needs {EXPECTED}; got {len(arrays)} arrays.")
    names = ("kernel", "recurrent_kernel")
    W, U = blocks(names, (arrays[0], arrays[1]), by_rows=False)
    weights = dict(zip(("W_z", "W_r", "W_h", "U_z", "U_r", "U_h"), [*W, *U], strict=True))
    width = 3 * len(U[0])
    if len(arrays) == 2:
        if reset_after is None:
            raise ValueError("without a bias the arrays do not tell: give reset_after=.")
        return network(weights, "after" if reset_after else "before")
    bias = exact_array("bias", arrays[2])
    two_rows = bias.ndim == 2
    bias = of_shape("bias", bias, (2, width) if two_rows else (width,))
    if reset_after is not None and reset_after != two_rows:
        raise ValueError(
            f"the bias has shape {bias.shape}, that of reset_after={two_rows}, but "
            f"reset_after={reset_after} was given."
        )
    if not two_rows:
        weights |= dict(zip(("b_z", "b_r", "b_h"), bias.reshape(3, -1), strict=True))
        return network(weights, "before")
    outer, inner = bias.reshape(2, 3, -1)
    weights |= {"b_z": outer[0] + inner[0], "b_r": outer[1] + inner[1]}
    return network(weights | {"b_h": outer[2], "c_h": inner[2]}, "after")

r"""Weights of flax.linen.GRUCell and flax.nnx.GRUCell.

.. math::
    r = \sigma(x K_{ir} + b_{ir} + h K_{hr}), \qquad z = \sigma(x K_{iz} + b_{iz} + h K_{hz}),

    n = \tanh(x K_{in} + b_{in} + r * (h K_{hn} + b_{hn})), \qquad h_{t+1} = (1 - z) * n + z * h .

linen keeps one kernel a gate (``ir``, ``iz``, ``in``, ``hr``, ``hz``, ``hn``); nnx keeps the gates
side by side in the order r, z, n in ``dense_i`` and ``dense_h``, and has no b_hn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

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

__all__ = ["from_flax"]

LINEN = ("ir", "iz", "in", "hr", "hz", "hn")
EXPECTED = f"the parameters of one GRUCell: {', '.join(LINEN)} (linen), dense_i, dense_h (nnx)"


def from_flax(source: Any) -> GRU | Stack:
    """Read a trained flax GRUCell, of linen or of nnx: the map that was trained, reset gate after.

    Parameters
    ----------
    source : mapping, module, or sequence of them
        Parameters of a linen cell (``variables`` or ``variables["params"]``); a nnx cell, or its
        state as a mapping; several of them are layers, from the input on. The activations of a
        linen cell are not in its parameters: tanh and sigmoid, the defaults, are taken for granted.

    Returns
    -------
    GRU or Stack

    Raises
    ------
    ValueError
        For weights that are not those of a GRU, a wrong shape (a transposed array is called so), a
        missing bias, or a nnx cell with activations other than tanh and sigmoid.
    """
    if isinstance(source, Sequence) and not isinstance(source, str) and source:
        return one_or_stack([_cell(item) for item in source])
    return _cell(source)


def _cell(source: Any) -> GRU:
    if hasattr(source, "dense_i") and hasattr(source, "dense_h"):
        for what, expected in (("gate_fn", "sigmoid"), ("activation_fn", "tanh")):
            name = getattr(getattr(source, what), "__name__", "unknown")
            if name != expected:
                raise ValueError(f"{what} of the cell is {name}; only {expected} makes a GRU here.")
        dense = {"dense_i": source.dense_i, "dense_h": source.dense_h}
        cell: Any = {
            name: {key: getattr(layer, key) for key in ("kernel", "bias") if hasattr(layer, key)}
            for name, layer in dense.items()
        }
    else:
        cell = source.get("params", source) if isinstance(source, Mapping) else {}
    if set(cell) == {"dense_i", "dense_h"}:
        return _nnx(cell)
    if set(cell) != set(LINEN):
        refuse_stranger(list(cell), "from_flax", EXPECTED)
    return _linen(cell)


def _linen(cell: Mapping[str, Mapping[str, Any]]) -> GRU:
    """One kernel a gate, side by side as the other frameworks have them."""
    width = exact_array("hr/kernel", _entry(cell, "hr", "kernel")).shape[-1]
    kernels = {}
    for name in LINEN:
        kernel = exact_array(f"{name}/kernel", _entry(cell, name, "kernel"))
        inputs = width if name[0] == "h" else len(kernel)
        kernels[name] = of_shape(f"{name}/kernel", kernel, (inputs, width))
    W, U = blocks(
        ("the kernel of ir, iz, in", "the kernel of hr, hz, hn"),
        (
            np.hstack([kernels[f"i{gate}"] for gate in "rzn"]),
            np.hstack([kernels[f"h{gate}"] for gate in "rzn"]),
        ),
        by_rows=False,
    )
    weights = dict(zip(("W_r", "W_z", "W_h", "U_r", "U_z", "U_h"), [*W, *U], strict=True))
    for bias, name in (("b_r", "ir"), ("b_z", "iz"), ("b_h", "in"), ("c_h", "hn")):
        weights[bias] = of_shape(f"{name}/bias", _entry(cell, name, "bias"), (width,))
    return network(weights, "after")


def _nnx(cell: Mapping[str, Mapping[str, Any]]) -> GRU:
    kernels = tuple(_number(_entry(cell, name, "kernel")) for name in ("dense_i", "dense_h"))
    W, U = blocks(("dense_i/kernel", "dense_h/kernel"), (kernels[0], kernels[1]), by_rows=False)
    weights = dict(zip(("W_r", "W_z", "W_h", "U_r", "U_z", "U_h"), [*W, *U], strict=True))
    if cell["dense_h"].get("bias") is not None:
        raise ValueError("dense_h has a bias, which the GRUCell of nnx does not have.")
    bias = of_shape("dense_i/bias", _number(_entry(cell, "dense_i", "bias")), (3 * len(U[0]),))
    weights |= dict(zip(("b_r", "b_z", "b_h"), bias.reshape(3, -1), strict=True))
    return network(weights, "after")


def _entry(cell: Mapping[str, Any], name: str, key: str) -> Any:
    if not isinstance(cell[name], Mapping) or cell[name].get(key) is None:
        raise ValueError(f"{name}/{key} is missing.")
    return cell[name][key]


def _number(value: Any) -> Any:
    """The array of a nnx parameter, which wraps it."""
    return value.get_value() if hasattr(value, "get_value") else value

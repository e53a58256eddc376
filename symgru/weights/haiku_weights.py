r"""Weights of haiku.GRU.

Gates stand side by side in the order z, r, a; the update gate is on the *new* state:

.. math::
    z = \sigma(x W_z + h U_z + b_z), \qquad r = \sigma(x W_r + h U_r + b_r), \qquad
    a = \tanh(x W_a + (r * h) U_a + b_a),

    h_{t+1} = (1 - z) * h + z * a .

As 1 - sigma(a) = sigma(-a), the gate on the old state has the weights of z negated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symgru.gru import GRU
from symgru.stack import Stack
from symgru.weights.layout import blocks, network, of_shape, one_or_stack, refuse_stranger

__all__ = ["from_haiku"]

NAMES = {"w_i", "w_h", "b"}


def from_haiku(source: Any) -> GRU | Stack:
    """Read a trained haiku.GRU: the map that was trained, reset gate before.

    Parameters
    ----------
    source : mapping, or sequence of mappings
        Parameters ``{"w_i": ..., "w_h": ..., "b": ...}``, or those of a transformed function that
        holds one such module; several are layers, from the input on.

    Returns
    -------
    GRU or Stack

    Raises
    ------
    ValueError
        For weights that are not those of a GRU, a wrong shape (a transposed array is called so), or
        parameters of several modules.

    Examples
    --------
    >>> import numpy as np
    >>> cell = {"w_i": np.ones((1, 6)), "w_h": np.ones((2, 6)), "b": np.ones(6)}
    >>> from_haiku({"gru": cell}).values["b_z1"]
    -1.0
    """
    if isinstance(source, Sequence) and not isinstance(source, str) and source:
        return one_or_stack([_cell(item) for item in source])
    return _cell(source)


def _cell(source: Any) -> GRU:
    cell = source if isinstance(source, Mapping) else {}
    modules = [part for part in cell.values() if isinstance(part, Mapping) and set(part) == NAMES]
    if len(modules) > 1:
        raise ValueError(f"there are {len(modules)} modules; pass params[name] of one, or a list.")
    cell = modules[0] if modules else cell
    if set(cell) != NAMES:
        refuse_stranger(list(cell), "from_haiku", "w_i, w_h and b of one haiku.GRU")
    W, U = blocks(("w_i", "w_h"), (cell["w_i"], cell["w_h"]), by_rows=False)
    b = of_shape("b", cell["b"], (3 * len(U[0]),)).reshape(3, -1)
    gates = {"z": 0, "r": 1, "h": 2}
    sign = {"z": -1.0, "r": 1.0, "h": 1.0}
    weights = {
        f"{kind}_{gate}": sign[gate] * arrays[k]
        for kind, arrays in (("W", W), ("U", U), ("b", list(b)))
        for gate, k in gates.items()
    }
    return network(weights, "before")

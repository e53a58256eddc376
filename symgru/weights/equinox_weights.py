r"""Weights of equinox.nn.GRUCell.

.. math::
    r = \sigma(W_{ir} x + b_r + W_{hr} h), \qquad z = \sigma(W_{iz} x + b_z + W_{hz} h),

    n = \tanh(W_{in} x + b_n + r * (W_{hn} h + c)), \qquad h_{t+1} = n + z * (h - n)

with rows in the order r, z, n, b = ``bias`` and c = ``bias_n``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symgru.gru import GRU
from symgru.stack import Stack
from symgru.weights.layout import blocks, network, of_shape, one_or_stack, refuse_stranger

__all__ = ["from_equinox"]

NAMES = ("weight_ih", "weight_hh", "bias", "bias_n")


def from_equinox(source: Any) -> GRU | Stack:
    """Read a trained equinox.nn.GRUCell: the map that was trained, reset gate after.

    Parameters
    ----------
    source : GRUCell, mapping, or sequence of them
        A cell, or a mapping of its ``weight_ih``, ``weight_hh``, ``bias`` and ``bias_n`` (both None
        or both absent without bias); several are layers, from the input on.

    Returns
    -------
    GRU or Stack

    Raises
    ------
    ValueError
        For weights that are not those of a GRU, a wrong shape (a transposed array is called so), or
        one bias without the other.
    """
    if isinstance(source, Sequence) and not isinstance(source, str) and source:
        return one_or_stack([_cell(item) for item in source])
    return _cell(source)


def _cell(source: Any) -> GRU:
    if isinstance(source, Mapping):
        cell = {name: value for name, value in source.items() if value is not None}
    else:
        found = {name: getattr(source, name, None) for name in NAMES}
        cell = {name: value for name, value in found.items() if value is not None}
    if not {"weight_ih", "weight_hh"} <= set(cell) or not set(cell) <= set(NAMES):
        refuse_stranger(list(cell), "from_equinox", f"{', '.join(NAMES)} of a GRUCell")
    W, U = blocks(NAMES[:2], (cell["weight_ih"], cell["weight_hh"]), by_rows=True)
    weights = dict(zip(("W_r", "W_z", "W_h", "U_r", "U_z", "U_h"), [*W, *U], strict=True))
    if ("bias" in cell) != ("bias_n" in cell):
        raise ValueError(f"{'bias_n' if 'bias' in cell else 'bias'} is missing.")
    if "bias" in cell:
        units = len(U[0])
        bias = of_shape("bias", cell["bias"], (3 * units,)).reshape(3, -1)
        weights |= dict(zip(("b_r", "b_z", "b_h"), bias, strict=True))
        weights["c_h"] = of_shape("bias_n", cell["bias_n"], (units,))
    return network(weights, "after")

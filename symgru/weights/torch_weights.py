r"""Weights of torch.nn.GRU and torch.nn.GRUCell.

.. math::
    r = \sigma(W_{ir} x + b_{ir} + W_{hr} h + b_{hr}), \qquad
    z = \sigma(W_{iz} x + b_{iz} + W_{hz} h + b_{hz}),

    n = \tanh(W_{in} x + b_{in} + r * (W_{hn} h + b_{hn})), \qquad h_{t+1} = (1 - z) * n + z * h .

Rows of each array are in the order r, z, n. The reset gate acts after the product, so that two
biases of the candidate remain: b_h = b_in and c_h = b_hn.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from symgru.gru import GRU
from symgru.stack import Stack
from symgru.weights.layout import blocks, network, of_shape, one_or_stack, refuse_stranger

__all__ = ["from_torch"]

RECURRENT = re.compile(r"(?P<prefix>(?:.*\.)?)weight_hh(?:_l\d+)?(?:_reverse)?")
"""The name of recurrent weights, of nn.GRU (``weight_hh_l0``) or of nn.GRUCell (``weight_hh``)."""


def from_torch(source: Any, *, prefix: str | None = None) -> GRU | Stack:
    """Read a trained torch.nn.GRU or GRUCell: the map that was trained, reset gate after.

    Parameters
    ----------
    source : Module, mapping of str to tensor, or path
        A module (a GRU, or one that holds a GRU), its ``state_dict()`` (tensors or arrays), or a
        file of that: ``.safetensors``, or what ``torch.save(module.state_dict(), path)`` wrote,
        which is read with ``weights_only=True``. Nothing in a file is executed.
    prefix : str, optional
        Which GRU, where there are several: what stands before ``weight_hh_l0``.

    Returns
    -------
    GRU or Stack
        A `Stack` for several layers. Dropout between layers acts in training only.

    Raises
    ------
    ValueError
        For weights that are not those of a GRU, a wrong shape (a transposed array is called so),
        one bias without the other, a bidirectional network (its second half reads the future, so
        that it is no dynamical system), or a file that is not of this kind.
    ModuleNotFoundError
        For a file, where torch or safetensors is not installed (``pip install symgru[torch]``).

    Examples
    --------
    >>> import numpy as np
    >>> from_torch({"weight_ih_l0": np.ones((6, 1)), "weight_hh_l0": np.ones((6, 2))})
    GRU(units=2, inputs=1, reset='after', time='map', states=(h1, h2), update_gate=True,
        name='GRU(2)')
    """
    state = _state(source)
    if not isinstance(state, Mapping):
        raise ValueError(f"from_torch needs a module, a state_dict or a file, got {source!r:.60}.")
    found = [match for name in state if (match := RECURRENT.fullmatch(str(name)))]
    prefixes = sorted({match["prefix"] for match in found})
    if not prefixes:
        refuse_stranger(list(state), "from_torch", "weight_ih_l0 and weight_hh_l0 of a GRU")
    if prefix is None and len(prefixes) > 1:
        raise ValueError(f"there are several recurrent layers; say prefix= one of {prefixes}.")
    chosen = prefixes[0] if prefix is None else prefix.rstrip(".") + "." * bool(prefix)
    if chosen not in prefixes:
        raise ValueError(f"there are no recurrent weights at {prefix!r}; there are at {prefixes}.")
    if hasattr(source, "state_dict"):
        _check_class(source.get_submodule(chosen.rstrip(".")))
    part = {name[len(chosen) :]: value for name, value in state.items() if name.startswith(chosen)}
    if any(name.endswith("_reverse") for name in part):
        raise ValueError(
            "the network is bidirectional: its reverse half reads the future of the input, so that "
            "its state obeys no rule from one step to the next; it is no dynamical system."
        )
    return one_or_stack(list(_layers(part)))


def _state(source: Any) -> Any:
    if isinstance(source, str | Path):
        return _read(Path(source))
    return source.state_dict() if hasattr(source, "state_dict") else source


def _read(path: Path) -> Any:
    """The content of a file, as data only."""
    try:
        import torch

        if path.suffix == ".safetensors":
            from safetensors import SafetensorError
            from safetensors.torch import load_file

            refused: tuple[type[Exception], ...] = (SafetensorError,)
            return load_file(path)
        refused = (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError)
        return torch.load(path, map_location="cpu", weights_only=True)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{error.name} is needed to read {str(path)!r}: pip install 'symgru[torch]'."
        ) from error
    except refused as error:
        raise ValueError(
            f"{str(path)!r} cannot be read as weights alone; save them with "
            f"torch.save(module.state_dict(), path) or as safetensors."
        ) from error


def _check_class(module: Any) -> None:
    """Refuse a module that uses the names of a GRU's weights for something else."""
    known = {f"{cls.__module__}.{cls.__name__}" for cls in type(module).__mro__}
    if not known & {"torch.nn.modules.rnn.GRU", "torch.nn.modules.rnn.GRUCell"}:
        raise ValueError(f"{type(module).__name__} is no torch.nn.GRU or torch.nn.GRUCell.")


def _layers(part: Mapping[str, Any]) -> Iterator[GRU]:
    """The layers in their order, each with its inputs checked against the one before."""
    suffixes = [""] if "weight_hh" in part else []
    while f"weight_hh_l{len(suffixes)}" in part:
        suffixes.append(f"_l{len(suffixes)}")
    kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    expected = {kind + suffix for kind in kinds for suffix in suffixes}
    strangers = set(part) - expected
    if strangers:
        refuse_stranger(strangers, "from_torch", f"only {', '.join(sorted(expected))}")
    for suffix in suffixes:
        weight_ih, weight_hh, bias_ih, bias_hh = (kind + suffix for kind in kinds)
        if weight_ih not in part or (bias_ih in part) != (bias_hh in part):
            missing = weight_ih if weight_ih not in part else f"{bias_ih} or {bias_hh}"
            raise ValueError(f"{missing} is missing.")
        W, U = blocks((weight_ih, weight_hh), (part[weight_ih], part[weight_hh]), by_rows=True)
        weights = dict(zip(("W_r", "W_z", "W_h", "U_r", "U_z", "U_h"), [*W, *U], strict=True))
        if bias_ih in part:
            outer, inner = (
                of_shape(name, part[name], (3 * len(U[0]),)).reshape(3, -1)
                for name in (bias_ih, bias_hh)
            )
            weights |= {"b_r": outer[0] + inner[0], "b_z": outer[1] + inner[1]}
            weights |= {"b_h": outer[2], "c_h": inner[2]}
        yield network(weights, "after")

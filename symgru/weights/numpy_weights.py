"""Weights in NumPy arrays, in the layout of the paper: one array a gate, a row a unit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from symgru.gru import GRU
from symgru.vectorfield import weight_shapes
from symgru.weights.layout import exact_array, network, of_shape, refuse_stranger

__all__ = ["from_numpy"]


def from_numpy(source: Mapping[str, Any] | str | Path, *, reset: str, time: str = "map") -> GRU:
    """Read weights from arrays named as in the paper, or from an npz file of such arrays.

    Parameters
    ----------
    source : mapping of str to array_like, or path
        ``U_h``, ``U_r``, ``U_z`` of shape (d, d), and any of ``W_h``, ``W_r``, ``W_z`` (d, p) and
        ``b_h``, ``b_r``, ``b_z``, ``c_h`` (d,). Missing biases are zero. Of a file nothing is
        executed.
    reset : {"before", "after"}
        Whether the reset gate multiplies before or after the product with ``U_h``. There is no
        default: arrays do not tell, and the other rule gives another network.
    time : {"flow", "map"}, optional
        What the weights were trained as.

    Returns
    -------
    GRU

    Raises
    ------
    ValueError
        For a missing or unknown name, a wrong shape (a transposed array is called so), input
        weights for some gates alone, ``c_h`` with ``reset="before"``, or a file that is no such
        archive.

    Examples
    --------
    >>> eye = [[1.0, 0.0], [0.0, 1.0]]
    >>> from_numpy({"U_h": eye, "U_r": eye, "U_z": eye}, reset="before").values["U_r22"]
    1.0
    """
    arrays = _read(Path(source)) if isinstance(source, str | Path) else source
    needed = {"U_h", "U_r", "U_z"}
    if not isinstance(arrays, Mapping) or not needed <= set(arrays):
        names = arrays if isinstance(arrays, Mapping) else [type(arrays).__name__]
        refuse_stranger(names, "from_numpy", "U_h, U_r and U_z, given as a mapping")
    given_inputs = {name for name in arrays if name[:2] == "W_"}
    if len(given_inputs) not in (0, 3):
        raise ValueError(f"input weights are needed for all gates or none, got {given_inputs}.")
    if "c_h" in arrays and reset == "before":
        raise ValueError("c_h exists where the reset gate acts after the product: reset='after'.")
    units = len(exact_array("U_h", arrays["U_h"]))
    inputs = 0
    if given_inputs:
        sides = exact_array("W_h", arrays["W_h"]).shape
        inputs = sides[0] if sides[-1] == units != sides[0] else sides[-1]
    shapes = weight_shapes(units, inputs, reset, update_gate=True)
    strangers = set(arrays) - set(shapes)
    if strangers:
        refuse_stranger(strangers, "from_numpy", f"names among {', '.join(shapes)}")
    return network(
        {
            name: of_shape(name, value, shapes[name] if name[0] in "UW" else (units,))
            for name, value in arrays.items()
        },
        reset,
        time,
    )


def _read(path: Path) -> dict[str, Any]:
    """Arrays of an npz file; an array of Python objects is refused by NumPy."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (ValueError, BadZipFile, EOFError, AttributeError) as error:
        raise ValueError(f"{str(path)!r} is no npz file of numbers.") from error

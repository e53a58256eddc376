"""What all frameworks share: exact conversion, shapes, blocks of gates, and who made what.

A GRU keeps three gates in one array, stacked by rows (torch) or side by side (Keras). Shapes tell
a transposed array, an LSTM (four blocks) and a plain recurrent layer (one block) from a GRU.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from symgru.gru import GRU
from symgru.stack import Stack

__all__ = ["blocks", "exact_array", "network", "of_shape", "one_or_stack", "refuse_stranger"]

Array = NDArray[np.float64]

MARKS: Mapping[str, Collection[str]] = {
    "from_torch": ("weight_hh_l0", "weight_ih_l0", "bias_hh"),
    "from_equinox": ("bias_n",),
    "from_flax": ("hn", "in", "dense_h", "dense_i"),
    "from_haiku": ("w_h", "w_i"),
    "from_numpy": ("U_h", "U_r", "U_z"),
}
"""Names that only one framework uses, by the function that reads them."""


def exact_array(name: str, value: Any) -> Array:
    """Return an array or tensor of any framework in double precision, without rounding.

    Parameters
    ----------
    name : str
        What messages call it.
    value : array or tensor
        Real numbers in any precision up to double; bfloat16 and half precision too.

    Returns
    -------
    ndarray of float64
        A copy.

    Raises
    ------
    ValueError
        If it holds anything else, something that is not finite, or digits beyond double precision.
    """
    if hasattr(value, "detach"):
        # A torch tensor, perhaps of a type that NumPy has not, or on another device.
        value = value.detach().cpu()
        value = (value.double() if value.is_floating_point() else value).numpy()
    try:
        given = np.asarray(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} is no array of numbers, but {type(value).__name__}.") from None
    if given.dtype.kind in "bcOSUmM":
        raise ValueError(f"{name} holds {given.dtype}, but real numbers are expected.")
    converted = np.array(given, dtype=np.float64)
    if not np.all(np.isfinite(converted)):
        raise ValueError(f"{name} holds numbers that are not finite.")
    if not np.array_equal(converted.astype(given.dtype), given):
        raise ValueError(f"{name} ({given.dtype}) holds digits that double precision cannot.")
    return converted


def of_shape(name: str, value: Any, shape: tuple[int, ...]) -> Array:
    """Return an array in double precision if it has the shape, and say so if it is transposed.

    Parameters
    ----------
    name : str
        What messages call it.
    value : array or tensor
    shape : tuple of int

    Returns
    -------
    ndarray, shape `shape`

    Raises
    ------
    ValueError
        If not.
    """
    array = exact_array(name, value)
    if array.shape != shape:
        transposed = " It is transposed." if array.T.shape == shape else ""
        raise ValueError(f"{name} has shape {array.shape}, but {shape} is expected.{transposed}")
    return array


def blocks(
    names: tuple[str, str], values: tuple[Any, Any], *, by_rows: bool
) -> tuple[list[Array], list[Array]]:
    """Split input and recurrent weights into their three gates, in the layout of `GRU`.

    Parameters
    ----------
    names : (str, str)
        What messages call the two arrays.
    values : (array, array)
        Input weights, shape (3d, p) by rows or (p, 3d) by columns; recurrent weights likewise with
        p = d.
    by_rows : bool
        Whether gates are stacked by rows. If not, they stand side by side and are transposed here.

    Returns
    -------
    W, U : list of ndarray, shapes (d, p) and (d, d)
        In the order of the framework's gates.

    Raises
    ------
    ValueError
        If the shapes are not those of a GRU; the message says what they look like instead.
    """
    outer, inner = (exact_array(name, value) for name, value in zip(names, values, strict=True))
    layout = "(3 d, d)" if by_rows else "(d, 3 d)"
    tall, flat = (inner.shape if by_rows else inner.shape[::-1]) if inner.ndim == 2 else (0, 1)
    if flat == 0 or tall != 3 * flat:
        instead = {
            (True, False): " Four blocks belong to an LSTM.",
            (False, True): " One block belongs to a recurrent layer without gates.",
        }.get((tall == 4 * flat, tall == flat), "")
        if flat == 3 * tall:
            instead = " It is transposed."
        raise ValueError(
            f"{names[1]} has shape {inner.shape}, but {layout} with d units is expected.{instead}"
        )
    inputs = outer.shape[1 if by_rows else 0] if outer.ndim == 2 else 1
    if outer.ndim == 2 and outer.shape[0 if by_rows else 1] != tall and inputs == tall:
        inputs = outer.shape[0 if by_rows else 1]
    outer = of_shape(names[0], outer, (tall, inputs) if by_rows else (inputs, tall))
    if not by_rows:
        outer, inner = outer.T, inner.T
    return list(np.split(outer, 3)), list(np.split(inner, 3))


def network(weights: Mapping[str, Array], reset: str, time: str = "map") -> GRU:
    """Make a network of numbers.

    Parameters
    ----------
    weights : mapping of str to ndarray
        By the names of `GRU.with_weights`; there are inputs where ``W_h`` has columns.
    reset : str
        "before" or "after".
    time : str, optional
        What the weights were trained as.

    Returns
    -------
    GRU

    Raises
    ------
    ValueError
        If weights do not fit each other.
    """
    units, inputs = len(weights["U_h"]), 0
    if "W_h" in weights and np.ndim(weights["W_h"]) == 2:
        inputs = np.shape(weights["W_h"])[1]
    empty = GRU(units, inputs, reset, time)
    given: dict[str, Any] = {name: np.zeros(w.shape) for name, w in empty.weights.items()}
    return empty.with_weights(**{**given, **weights})


def one_or_stack(networks: Sequence[GRU]) -> GRU | Stack:
    """Return the network itself, or several as the layers of a stack, first layer first."""
    return networks[0] if len(networks) == 1 else Stack(tuple(networks))


def refuse_stranger(names: Collection[str], here: str, expected: str) -> NoReturn:
    """Refuse weights by their names, and say whose they are.

    Parameters
    ----------
    names : collection of str
        Names that were given.
    here : str
        The function that was called.
    expected : str
        What it needs, in words.

    Raises
    ------
    ValueError
        Always.
    """
    for reader, marks in MARKS.items():
        found = sorted(set(marks) & {str(name).rsplit(".", 1)[-1] for name in names})
        if found and reader != here:
            raise ValueError(
                f"{found[0]!r} is a name that {reader} reads, under another convention than {here}."
            )
    shown = ", ".join(sorted(map(str, names))[:8]) or "nothing"
    raise ValueError(f"{here} needs {expected}; got {shown}.")

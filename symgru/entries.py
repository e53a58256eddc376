"""Weights as a user gives them: arrays of numbers and expressions, checked entry by entry."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy

__all__ = ["finite", "read_entries"]


def finite(place: str, value: Any) -> float:
    """Return a value as a finite float.

    Parameters
    ----------
    place : str
        Where the value stands, for the message.
    value : number
        What was given.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If it is no finite real number; a string is none either.
    """
    try:
        number = math.nan if isinstance(value, str) or np.iscomplexobj(value) else float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            f"{place} is {value!r}, which is neither a finite number nor a SymPy expression."
        ) from None
    if not math.isfinite(number):
        raise ValueError(f"{place} is {value!r}, which is not a finite number.")
    return number


def read_entries(
    name: str, value: Any, shape: tuple[int, int], states: Sequence[Any]
) -> list[float | sympy.Expr]:
    """Return the entries of one weight in row order, as finite floats or as expressions.

    Parameters
    ----------
    name : str
        Name of the weight. Where it begins with b or c it is a bias: a vector of length d, for
        which a scalar may stand.
    value : array_like or Matrix
        Numbers and SymPy expressions.
    shape : (int, int)
        Shape of the weight; (d, 1) for a bias.
    states : sequence of Symbol
        States, of which a weight must not depend.

    Returns
    -------
    list of float or Expr

    Raises
    ------
    ValueError
        For a wrong shape, or an entry that is neither a finite number nor a real expression of
        parameters; the message names the entry, counted from zero.
    """
    is_bias = name[0] in "bc"
    array = np.asarray(value.tolist() if isinstance(value, sympy.MatrixBase) else value, object)
    if is_bias and array.ndim == 0:
        array = np.full(shape, array.item(), object)
    if array.shape != shape and not (is_bias and array.shape == shape[:1]):
        expected = shape[:1] if is_bias else shape
        raise ValueError(f"{name} has shape {array.shape}, but it needs shape {expected}.")
    return [
        _entry(f"{name}[{', '.join(map(str, index))}]", entry, states)
        for index, entry in np.ndenumerate(array)
    ]


def _entry(place: str, entry: Any, states: Sequence[Any]) -> float | sympy.Expr:
    if not isinstance(entry, sympy.Expr):
        return finite(place, entry)
    if entry.has(sympy.nan, sympy.oo, -sympy.oo, sympy.zoo, sympy.I):
        raise ValueError(f"{place} is {entry}, which is not a finite real number.")
    if entry.free_symbols & set(states):
        raise ValueError(f"{place} is {entry}, which depends on a state; weights are constants.")
    return entry

r"""Paths through networks: a direction of the input, the gain of a block, a line between two.

Each gives a network one parameter more, by name, which every curve of the engine can follow. What
was a parameter stays one.

.. math::
    x + s v: \quad b' = b + s\,W v, \qquad
    \text{gain}: \quad U_{ij}' = g\,U_{ij}, \qquad
    \text{line}: \quad w(t) = (1 - t)\,w_0 + t\,w_1 .

A constant input itself is a parameter already: ``x1, x2, ...`` of `GRU`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import sympy
from numpy.typing import ArrayLike
from sympy import ImmutableDenseMatrix as Matrix

from symgru.gru import GRU
from symgru.vectorfield import STEP, exact, input_symbols

__all__ = ["along_input", "between", "with_gain"]

END = "_end"
"""What stands behind the names of the second network's parameters on a line."""


def along_input(gru: GRU, direction: ArrayLike, name: str = "s") -> GRU:
    """Add a parameter s that moves the input along a direction: x + s v.

    Parameters
    ----------
    gru : GRU
        A network with inputs; ``x1, x2, ...`` remain, as the point from which s counts.
    direction : array_like, shape (p,)
        v, not zero.
    name : str, optional
        Of the parameter. Its default is 0.

    Returns
    -------
    GRU

    Raises
    ------
    ValueError
        For a network without inputs, a direction of another length or zero, or a name in use.

    Examples
    --------
    >>> unit = GRU(1, inputs=2).with_weights(W_h=[[1, 2]], U_h=[[3]], rest=0)
    >>> along_input(unit, [1, 0.5]).equations[0].subs({"x1": 0, "x2": 0})
    -h1/2 + tanh(3*h1/2 + 2*s)/2
    """
    s = _new_parameter(gru, name)
    v = np.asarray(direction, dtype=np.float64)
    if gru.inputs == 0:
        raise ValueError(f"{gru.name} has no inputs.")
    if v.shape != (gru.inputs,) or not np.all(np.isfinite(v)) or not np.any(v):
        raise ValueError(
            f"a direction needs {gru.inputs} finite numbers, not all zero; got {v.tolist()}."
        )
    column = s * Matrix([exact(float(entry)) for entry in v])
    weights = dict(gru.weights)
    for gate in (weight[2:] for weight in gru.weights if weight[0] == "W"):
        weights[f"b_{gate}"] = Matrix(weights[f"b_{gate}"] + weights[f"W_{gate}"] * column)
    return replace(gru, weights=weights, defaults={**gru.defaults, name: 0.0})


def with_gain(
    gru: GRU,
    weight: str,
    name: str = "gain",
    *,
    rows: Sequence[int] | None = None,
    columns: Sequence[int] | None = None,
) -> GRU:
    """Add a parameter that multiplies a weight, or a block of it.

    Parameters
    ----------
    gru : GRU
    weight : str
        ``"U_h"``, ``"b_z"`` or another weight of the network.
    name : str, optional
        Of the parameter. Its default is 1.
    rows, columns : sequence of int, optional
        The block, counted from zero; all by default.

    Returns
    -------
    GRU

    Raises
    ------
    ValueError
        For a weight that the network lacks, rows or columns outside of it, or a name in use.

    Examples
    --------
    >>> pair = with_gain(GRU(2).with_weights(U_h=[[1, 2], [3, 4]], rest=0), "U_h", "g", rows=[0])
    >>> pair.equations[0]
    -h1/2 + tanh(g*h1/2 + g*h2)/2
    """
    g = _new_parameter(gru, name)
    if weight not in gru.weights:
        raise ValueError(f"{gru.name} has no weight {weight!r}: it has {', '.join(gru.weights)}.")
    matrix = gru.weights[weight].as_mutable()
    block = [
        range(size) if chosen is None else sorted(set(chosen))
        for size, chosen in zip(matrix.shape, (rows, columns), strict=True)
    ]
    for what, size, chosen in zip(("rows", "columns"), matrix.shape, block, strict=True):
        if not chosen or not all(k in range(size) for k in chosen):
            raise ValueError(f"{what} of {weight} count from 0 to {size - 1}; got {list(chosen)}.")
    for i in block[0]:
        for j in block[1]:
            matrix[i, j] *= g
    weights = {**gru.weights, weight: Matrix(matrix)}
    return replace(gru, weights=weights, defaults={**gru.defaults, name: 1.0})


def between(first: GRU, second: GRU, name: str = "t") -> GRU:
    """Join two networks by a line, such as two checkpoints of one training.

    Parameters
    ----------
    first, second : GRU
        Networks of the same form: sizes, reset, time, states. The parameters of the second get
        ``_end`` behind their names, so that the line ends exactly at it.
    name : str, optional
        Of the parameter t: 0, its default, is the first network, and 1 the second.

    Returns
    -------
    GRU

    Raises
    ------
    ValueError
        For networks of different form, steps that differ, or a name in use.

    Examples
    --------
    >>> line = between(*(GRU(1).with_weights(U_h=[[u]], rest=0) for u in (2, 4)))
    >>> line.equations[0]
    -h1/2 + tanh(h1*(2*t + 2)/2)/2
    """
    t = _new_parameter(first, name)
    form = ("units", "inputs", "reset", "time", "states", "update_gate")
    for what in form:
        ours, theirs = getattr(first, what), getattr(second, what)
        if ours != theirs:
            raise ValueError(f"the networks differ in {what}: {ours} and {theirs}.")
    steps = [network.values.get(STEP.name) for network in (first, second)]
    if steps[0] != steps[1]:
        raise ValueError(f"the networks differ in Delta: {steps[0]} and {steps[1]}.")
    shared = {STEP, *input_symbols(first.inputs)}
    renamed = {
        symbol: sympy.Symbol(symbol.name + END)
        for symbol in second.parameters.values()
        if symbol not in shared
    }
    ends = {symbol.name: new.name for symbol, new in renamed.items()}
    for new in renamed.values():
        _new_parameter(first, new.name)
    weights = {
        weight: Matrix((1 - t) * matrix + t * second.weights[weight].xreplace(renamed))
        for weight, matrix in first.weights.items()
    }
    values = {ends[key]: value for key, value in second.values.items() if key in ends}
    defaults = {ends[key]: value for key, value in second.defaults.items() if key in ends}
    return replace(
        first,
        weights=weights,
        values={**first.values, **values},
        defaults={**first.defaults, **defaults, name: 0.0},
        name=f"{first.name} to {second.name}",
    )


def _new_parameter(gru: GRU, name: str) -> Any:
    """The symbol of a parameter that the network does not have yet."""
    if not isinstance(name, str) or not name.isidentifier():
        raise ValueError(f"a parameter needs a name, got {name!r}.")
    if name in gru.parameters or name in map(str, gru.states) or name == STEP.name:
        raise ValueError(f"{gru.name} has a state or parameter {name!r} already: choose another.")
    return sympy.Symbol(name)

r"""The right-hand side of a GRU and its Jacobian, for any weights: equations (2)-(7) of the paper.

With pre-activations (``*`` is the element-wise product)

.. math::
    a_z = W_z x + U_z h + b_z, \qquad a_r = W_r x + U_r h + b_r,

    a = W_h x + U_h (\sigma(a_r) * h) + b_h \quad\text{(reset "before", the paper)},

    a = W_h x + b_h + \sigma(a_r) * (U_h h + c_h) \quad\text{(reset "after", torch and cuDNN)},

the flow (7) and the map (4) are

.. math::
    h' = \sigma(-a_z) * (\tanh a - h), \qquad
    h_{t+1} = \sigma(a_z) * h_t + \sigma(-a_z) * \tanh a .

The map is the forward Euler method of the flow with step one; `GRU` takes any step. Without an
update gate the factor :math:`\sigma(-a_z)` is one. Time is in units of the time constant of (7).

References
----------
Jordan, Sokol and Park (2021), Frontiers in Computational Neuroscience 15:678158, equations (2)-(7).
The equations (5) and (6) there carry a dot on the gates that does not belong: gates are functions
of the state, not states.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy
from sympy import ImmutableDenseMatrix as Matrix

from symgru.gates import sigma

__all__ = [
    "STEP",
    "PreActivations",
    "candidate",
    "candidate_jacobian",
    "exact",
    "flow",
    "input_symbols",
    "jacobian",
    "pre_activations",
    "weight_shapes",
    "weight_symbols",
]

STEP = sympy.Symbol("Delta")
"""Length of a step of the map, in units of the time constant of the flow."""

LONG_SUM = 8
"""Terms beyond which the argument of a tanh is left as it is."""


def weight_shapes(
    units: int, inputs: int, reset: str, update_gate: bool
) -> dict[str, tuple[int, int]]:
    """Names and shapes of all weights of a GRU, in the order in which parameters are listed.

    Parameters
    ----------
    units, inputs : int
        Numbers d of hidden units and p of inputs.
    reset : str
        "before" or "after"; only the latter has the inner bias ``c_h``.
    update_gate : bool
        Whether there is an update gate, with weights ``W_z, U_z, b_z``.

    Returns
    -------
    dict of str to (int, int)
        ``U_*`` is (d, d), ``W_*`` is (d, p) and absent without inputs, biases are (d, 1).
    """
    gates = ("h", "r", "z") if update_gate else ("h", "r")
    shapes: dict[str, tuple[int, int]] = {}
    for gate in gates:
        if inputs:
            shapes[f"W_{gate}"] = (units, inputs)
        shapes[f"U_{gate}"] = (units, units)
        shapes[f"b_{gate}"] = (units, 1)
        if gate == "h" and reset == "after":
            shapes["c_h"] = (units, 1)
    return shapes


def weight_symbols(name: str, shape: tuple[int, int]) -> Matrix:
    """Matrix of the symbols that stand for one weight: ``U_h11, U_h12, ...`` or ``b_h1, ...``.

    Indices count from one, row first. Where either index can exceed nine the two are parted by an
    underscore, ``U_h10_2``, so that names stay unambiguous.
    """
    rows, columns = shape
    between = "_" if max(shape) > 9 else ""

    def entry(i: int, j: int) -> Any:
        column = "" if name[0] in "bc" else f"{between}{j + 1}"
        return sympy.Symbol(f"{name}{i + 1}{column}")

    # From a list: given a function, SymPy would count in its own integers, which are slow to print.
    return Matrix(rows, columns, [entry(i, j) for i in range(rows) for j in range(columns)])


def exact(number: float) -> Any:
    """Return the number as a short exact rational if it is one, as a float otherwise.

    Examples
    --------
    >>> exact(3.0), exact(-0.25), exact(0.1)
    (3, -1/4, 0.1)
    """
    ratio = sympy.Rational(number)
    return ratio if ratio.q <= 1024 else sympy.Float(number)


def input_symbols(inputs: int) -> tuple[Any, ...]:
    """Symbols x1, x2, ... of the inputs, which are constants of the autonomous flow."""
    return tuple(sympy.Symbol(f"x{j + 1}") for j in range(inputs))


@dataclass(frozen=True)
class PreActivations:
    """What the two gates and the candidate are functions of, one expression a unit.

    Attributes
    ----------
    candidate : Matrix, shape (d, 1)
        Argument a of the tanh.
    reset : Matrix, shape (d, 1)
        Argument of the reset gate.
    update : Matrix, shape (d, 1), or None
        Argument of the update gate; None without one, where the factor 1 - update is one.
    """

    candidate: Matrix
    reset: Matrix
    update: Matrix | None

    def speed(self, i: int) -> Any:
        """Factor 1 - update of unit i, positive everywhere."""
        return sympy.S.One if self.update is None else sigma(-self.update[i])


def pre_activations(
    weights: Mapping[str, Matrix], states: tuple[Any, ...], reset: str
) -> PreActivations:
    """Pre-activations of gates and candidate.

    Parameters
    ----------
    weights : mapping of str to Matrix
        All weights, by the names of `weight_shapes`.
    states : tuple of Symbol, length d
        The hidden state h.
    reset : str
        Where the reset gate multiplies: the state "before" the product with U_h, or "after" it.

    Returns
    -------
    PreActivations
    """
    h = Matrix(states)

    def affine(gate: str, state: Matrix) -> Matrix:
        terms = [_product(weights[f"U_{gate}"], state), weights[f"b_{gate}"]]
        if f"W_{gate}" in weights:
            x = Matrix(input_symbols(weights[f"W_{gate}"].cols))
            terms.append(_product(weights[f"W_{gate}"], x))
        return _sum(*terms)

    reset_argument = affine("r", h)
    gate = reset_argument.applyfunc(sigma)
    if reset == "before":
        total = affine("h", gate.multiply_elementwise(h))
    else:
        inner = _sum(_product(weights["U_h"], h), weights["c_h"])
        outside = affine("h", Matrix.zeros(len(states), 1))
        total = _sum(outside, gate.multiply_elementwise(inner))
    update = affine("z", h) if "U_z" in weights else None
    return PreActivations(total, reset_argument, update)


def _product(left: Matrix, right: Matrix) -> Matrix:
    """Matrix product whose elements are built as one sum each: SymPy's own adds term by term."""
    return Matrix(
        left.rows,
        right.cols,
        lambda i, j: sympy.Add(*(left[i, k] * right[k, j] for k in range(left.cols))),
    )


def _sum(*terms: Matrix) -> Matrix:
    return Matrix(*terms[0].shape, [sympy.Add(*entries) for entries in zip(*terms, strict=True)])


def candidate(pre: PreActivations) -> Matrix:
    """Candidate states tanh a, shape (d, 1).

    A long sum is not searched for a common sign, which takes SymPy seconds and changes no value.
    """
    return pre.candidate.applyfunc(
        lambda a: sympy.tanh(a, evaluate=not (a.is_Add and len(a.args) > LONG_SUM))
    )


def flow(pre: PreActivations, states: tuple[Any, ...]) -> Matrix:
    """Right-hand side of (7), ``(1 - update) * (tanh a - h)``; shape (d, 1)."""
    n = candidate(pre)
    return Matrix([pre.speed(i) * (n[i] - h) for i, h in enumerate(states)])


def candidate_jacobian(
    weights: Mapping[str, Matrix], states: tuple[Any, ...], reset: str
) -> Matrix:
    r"""Derivative M of the candidate's pre-activation a by the state, shape (d, d).

    With r the reset gate, whose derivative is :math:`\sigma(a_r)\sigma(-a_r) U_r`,

    .. math::
        M = U_h\,(\mathrm{diag}(r) + \mathrm{diag}(h * r')\,U_r), \qquad
        M = \mathrm{diag}(r)\,U_h + \mathrm{diag}((U_h h + c_h) * r')\,U_r

    for reset "before" and "after".
    """
    d = len(states)
    h = Matrix(states)
    argument = pre_activations(weights, states, reset).reset
    r = argument.applyfunc(sigma)
    slope = argument.applyfunc(lambda a: sigma(a) * sigma(-a))
    if reset == "before":
        inner = Matrix(
            d, d, lambda k, j: (r[k] if k == j else 0) + h[k] * slope[k] * weights["U_r"][k, j]
        )
        return _product(weights["U_h"], inner)
    drive = _sum(_product(weights["U_h"], h), weights["c_h"])
    return Matrix(
        d,
        d,
        lambda i, j: r[i] * weights["U_h"][i, j] + drive[i] * slope[i] * weights["U_r"][i, j],
    )


def jacobian(weights: Mapping[str, Matrix], states: tuple[Any, ...], reset: str) -> Matrix:
    r"""Jacobian of (7), shape (d, d).

    .. math::
        A_{ij} = \sigma(-a_{z,i})\,\bigl((1 - \tanh^2 a_i) M_{ij} - \delta_{ij}\bigr)
               - \sigma(a_{z,i})\sigma(-a_{z,i})\,U_{z,ij}\,(\tanh a_i - h_i)

    The second part vanishes at an equilibrium: there the update gate multiplies rows by positive
    numbers and does nothing else.
    """
    pre = pre_activations(weights, states, reset)
    slope = candidate_jacobian(weights, states, reset)
    n = candidate(pre)

    def entry(i: int, j: int) -> Any:
        value = pre.speed(i) * ((1 - n[i] ** 2) * slope[i, j] - (1 if i == j else 0))
        if pre.update is None:
            return value
        gate = sigma(pre.update[i]) * sigma(-pre.update[i])
        return value - gate * weights["U_z"][i, j] * (n[i] - states[i])

    return Matrix(len(states), len(states), entry)

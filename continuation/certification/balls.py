r"""A tape read with balls: enclosures of all outputs over boxes of inputs, at any precision.

A ball is a midpoint and a radius (`flint.arb`); every operation returns a ball that holds all
values on the operands. The precision is that of ``flint.ctx`` when `evaluate` is called. Outside of
the domain of a function the result is a ball that is not finite, which proves nothing: ask
``is_finite()`` before you conclude anything from it.

The constants of a tape are exact here: rationals as fractions, pi and e to the precision in force,
a floating-point number as the double that it is.

References
----------
Johansson (2017), Arb: efficient arbitrary-precision midpoint-radius interval arithmetic, IEEE
Transactions on Computers 66, 1281-1292.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flint import arb

from continuation.tape import Tape, integer_power

__all__ = ["enclose_ends", "evaluate", "sigmoid"]


def enclose_ends(function: Callable[[arb], arb], x: arb) -> arb:
    """Enclose a monotone function on a ball by its values at the two ends.

    Parameters
    ----------
    function : callable
        Monotone on the ball; ball in, ball out.
    x : arb

    Returns
    -------
    arb
    """
    return function(x.lower()).union(function(x.upper()))


def sigmoid(x: arb) -> arb:
    """Enclose the logistic function 1 / (1 + exp(-x)) on a ball, however wide.

    On a wide ball the formula itself would divide by a ball that contains zero; at the two ends it
    is harmless, and the function is increasing.
    """
    return enclose_ends(lambda end: 1 / (1 + (-end).exp()), x)


def _select(c: arb, a: arb, b: arb) -> arb:
    """A where c >= 0, b where c < 0, and what holds both where the sign of c is not known."""
    if c >= 0:
        return a
    return b if c < 0 else a.union(b)


OPERATIONS: Mapping[str, Callable[..., arb]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "neg": operator.neg,
    "pow": operator.pow,
    "atan2": arb.atan2,
    "tanh": lambda x: enclose_ends(arb.tanh, x),
    "sigmoid": sigmoid,
    "select": _select,
    **{"sqrt": arb.sqrt, "exp": arb.exp, "log": arb.log, "sin": arb.sin, "cos": arb.cos},
    **{"tan": arb.tan, "asin": arb.asin, "acos": arb.acos, "atan": arb.atan, "sinh": arb.sinh},
    **{"cosh": arb.cosh, "asinh": arb.asinh, "acosh": arb.acosh, "atanh": arb.atanh},
}


def evaluate(tape: Tape, inputs: Sequence[arb]) -> list[arb]:
    """Enclose the outputs of a tape.

    Parameters
    ----------
    tape : Tape
    inputs : sequence of arb
        One for each input.

    Returns
    -------
    list of arb
        One for each output; it holds all values that the output takes on the inputs.

    Examples
    --------
    >>> from continuation.symbolic import tape_from_sympy
    >>> import sympy
    >>> x = sympy.Symbol("x")
    >>> tape = tape_from_sympy([x**2 - 2], ["x"])
    >>> evaluate(tape, [arb(2).sqrt()])[0].contains(0)
    True
    """
    values: list[Any] = []
    for operation, *args in tape.instructions:
        if operation == "input":
            values.append(inputs[args[0]])
        elif operation == "ipow":
            values.append(integer_power(values[args[0]], args[1], operator.mul))
        elif operation in OPERATIONS:
            values.append(OPERATIONS[operation](*[values[a] for a in args]))
        else:
            values.append(_constant(operation, args))
    return [values[a] for a in tape.outputs]


def _constant(operation: str, args: Sequence[Any]) -> arb:
    if operation == "rational":
        return arb(args[0]) / arb(args[1])
    return {"pi": arb.pi, "e": arb.const_e}[operation]() if not args else arb(args[0])

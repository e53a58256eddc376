"""A system as a peer can read it: texts in safe names, with numbers in place of fixed parameters.

Peers measure a step by the plain Euclidean length in states and parameters. Ours measures a free
parameter by the width of its window; therefore the peer is given the parameter in that unit,

    parameter = width * value,

and takes steps like ours. Only free parameters stay parameters: PyDSTool reserves a hundred names
(gamma, beta, e, ...), and AUTO gives parameters beyond the tenth a meaning of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from continuation.errors import ContinuationError
from continuation.exact import ExactField
from continuation.tape import CONSTANTS, Instruction, Tape, constant_value

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]

LONGEST = 200_000
"""Characters of all components together: PyDSTool rewrites a text of this length for seconds."""

INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
FUNCTIONS = {
    **{name: name for name in ("sqrt", "exp", "log", "sin", "cos", "tan")},
    **{name: name for name in ("sinh", "cosh", "tanh", "asin", "acos", "atan")},
    **{name: name for name in ("asinh", "acosh", "atanh", "pow", "atan2")},
}
"""Names in PyDSTool, and in C, of the operations of a tape."""


def names(prefix: str, count: int) -> list[str]:
    """Names such as state000 that no language reserves and that sort by number."""
    return [f"{prefix}{i:03d}" for i in range(count)]


def texts(tape: Tape, inputs: Sequence[str]) -> list[str]:
    """The outputs of a tape as expressions in Python and C, without a power sign.

    Parameters
    ----------
    tape : Tape
        Outputs from inputs.
    inputs : sequence of str
        An expression for each input.

    Returns
    -------
    list of str
        One for each output. Shared values are written out wherever they are used.

    Raises
    ------
    ContinuationError
        Where the texts grow too long.

    Examples
    --------
    >>> texts(Tape(2, (("input", 0), ("input", 1), ("mul", 0, 1), ("tanh", 2)), (3,)), ["x", "a"])
    ['tanh((x*a))']
    """
    written: list[str] = []
    for instruction in tape.instructions:
        written.append(_text(instruction, written, inputs))
        if len(written[-1]) > LONGEST:
            break
    else:
        found = [written[a] for a in tape.outputs]
        if sum(map(len, found)) <= LONGEST:
            return found
    raise ContinuationError(
        f"written out, the equations are longer than the {LONGEST} characters that PyDSTool can "
        f"take; the system is too large for this peer."
    )


def _text(instruction: Instruction, written: Sequence[str], inputs: Sequence[str]) -> str:
    """One instruction in terms of the texts of earlier ones."""
    operation, *operands = instruction
    if operation == "input":
        return inputs[operands[0]]
    if operation in ("rational", "float") or operation in CONSTANTS:
        return number(constant_value(instruction))
    if operation == "ipow":
        return f"pow({written[operands[0]]},{operands[1]})"
    a = [written[i] for i in operands]
    if operation in INFIX:
        return f"({a[0]}{INFIX[operation]}{a[1]})"
    if operation == "neg":
        return f"(-{a[0]})"
    if operation == "sigmoid":
        # By tanh, because exp overflows in Python where C gives infinity.
        return f"(0.5+0.5*tanh(0.5*{a[0]}))"
    if operation == "select":
        return f"if({a[0]}>=0.0,{a[1]},{a[2]})"
    return f"{FUNCTIONS[operation]}({','.join(a)})"


def number(value: float) -> str:
    """A float as text that reads back as the same float, in brackets where it is negative."""
    text = repr(float(value))
    return f"({text})" if text.startswith("-") else text


def rhs(system: System, p: Array, free: Sequence[str], scale: Sequence[float]) -> list[str]:
    """The right-hand side in safe names, see `names`: states state000, ..., parameters par000, ...

    Parameters
    ----------
    system : System
        From SymPy or from text.
    p : ndarray, shape (n_p,)
        All parameters; those not free become numbers.
    free : sequence of str
        The k free parameters.
    scale : sequence of float, shape (k,)
        Parameter = scale times the peer's value.

    Returns
    -------
    list of str
        The n components of f.

    Raises
    ------
    ContinuationError
        For a system made from a Python function.
    """
    tape = tape_of(system)
    states, parameters = names("state", system.dimension), names("par", len(free))
    scaled: Mapping[str, str] = {
        name: f"({number(unit)}*{safe})"
        for name, safe, unit in zip(free, parameters, scale, strict=True)
    }
    fixed = zip(system.parameters, p.tolist(), strict=True)
    inputs = [*states, *(scaled.get(name) or number(value) for name, value in fixed)]
    return texts(tape, inputs)


def tape_of(system: System) -> Tape:
    """The tape of a system.

    Raises
    ------
    ContinuationError
        For a system made from a Python function, which no other process can run.
    """
    if not isinstance(system.field, ExactField):
        raise ContinuationError(
            f"system {system.name!r} was made from a Python function, which cannot be sent to "
            f"another engine; make it with from_sympy or from_strings."
        )
    return system.field.tape

r"""SymPy expressions become a tape; the only room of this package that knows SymPy.

A tape keeps rational numbers, pi and e as they are. A SymPy function class of the caller's own is
understood when it carries the name of an operation of `tape` in an attribute ``tape_operation``::

    class sigma(sympy.Function):
        tape_operation = "sigmoid"
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from numbers import Integral, Real
from typing import Any

import sympy as sp

from continuation.tape import UNARY, Tape
from continuation.taping import TapeBuilder

_FUNCTIONS: dict[Any, str] = {
    **{sp.exp: "exp", sp.log: "log", sp.sin: "sin", sp.cos: "cos", sp.tan: "tan"},
    **{sp.asin: "asin", sp.acos: "acos", sp.atan: "atan", sp.sinh: "sinh", sp.cosh: "cosh"},
    **{sp.tanh: "tanh", sp.asinh: "asinh", sp.acosh: "acosh", sp.atanh: "atanh"},
}
_RECIPROCALS: dict[Any, str] = {
    **{sp.sec: "cos", sp.csc: "sin", sp.cot: "tan"},
    **{sp.sech: "cosh", sp.csch: "sinh", sp.coth: "tanh"},
}


def name_of(symbol: Any) -> str:
    """The name of a SymPy symbol, or a string as it is.

    Raises
    ------
    TypeError
        Where it is neither.
    """
    if isinstance(symbol, str):
        return symbol
    if isinstance(symbol, sp.Symbol):
        return str(symbol.name)
    raise TypeError(f"expected a SymPy symbol or a name, got {symbol!r}.")


def tape_from_sympy(expressions: Sequence[Any], names: Sequence[str]) -> Tape:
    """Write SymPy expressions as a tape.

    Parameters
    ----------
    expressions : sequence of sympy.Expr
        Numbers are welcome too.
    names : sequence of str
        Names of the symbols that are the inputs, in order.

    Returns
    -------
    Tape

    Raises
    ------
    ValueError
        Where an expression contains an unknown symbol or function, or a number that is not finite
        and real.
    """
    reader = _Reader(names)
    return reader.builder.finish([reader.read(_expression(e)) for e in expressions])


def _expression(value: Any) -> sp.Basic:
    if isinstance(value, str):
        raise TypeError(f"expected a SymPy expression, got the string {value!r}: use from_strings.")
    if isinstance(value, sp.Basic):
        return value
    if isinstance(value, Integral):
        return sp.Integer(int(value))
    if isinstance(value, Real):
        return sp.Float(float(value), 17)
    raise TypeError(f"expected a SymPy expression or a number, got {type(value).__name__}.")


class _Reader:
    """Reads expressions into one builder, each subexpression once."""

    def __init__(self, names: Sequence[str]):
        self.builder = TapeBuilder(len(names))
        self._inputs = {name: index for index, name in enumerate(names)}
        self._seen: dict[sp.Basic, int] = {}

    def read(self, expression: sp.Basic) -> int:
        position = self._seen.get(expression)
        if position is None:
            position = self._seen[expression] = self._read(expression)
        return position

    def _read(self, e: Any) -> int:
        b = self.builder
        if isinstance(e, sp.Symbol):
            return self._symbol(e)
        if isinstance(e, sp.Rational):
            return b.constant(Fraction(int(e.p), int(e.q)))
        if e is sp.pi or e is sp.E:
            return b.named_constant("pi" if e is sp.pi else "e")
        if e.is_number and (isinstance(e, sp.Number | sp.NumberSymbol) or e.has(sp.zoo, sp.I)):
            return self._number(e)
        if isinstance(e, sp.Add):
            return self._chain(b.add, e.args)
        if isinstance(e, sp.Mul):
            return self._product(e)
        if isinstance(e, sp.Pow):
            return self._power(e)
        if isinstance(e, sp.Piecewise):
            return self._piecewise(e.args)
        if isinstance(e, sp.Max | sp.Min):
            return self._chain(self._largest if isinstance(e, sp.Max) else self._least, e.args)
        return self._function(e)

    def _symbol(self, symbol: sp.Symbol) -> int:
        if symbol.name not in self._inputs:
            raise ValueError(
                f"the symbol {symbol.name!r} is neither a state nor a parameter; known are "
                f"{', '.join(self._inputs)}."
            )
        return self.builder.input(self._inputs[symbol.name])

    def _number(self, e: Any) -> int:
        try:
            return self.builder.constant(float(e))
        except (TypeError, ValueError):
            raise ValueError(f"the constant {e} is not a finite number.") from None

    def _chain(self, combine: Callable[[int, int], int], args: Sequence[sp.Basic]) -> int:
        position = self.read(args[0])
        for arg in args[1:]:
            position = combine(position, self.read(arg))
        return position

    def _product(self, e: sp.Mul) -> int:
        """Powers with negative exponents become one divisor."""
        b = self.builder
        top, bottom = b.constant(1), b.constant(1)
        for factor in e.args:
            if isinstance(factor, sp.Pow) and factor.exp.could_extract_minus_sign():
                bottom = b.mul(bottom, self.read(sp.Pow(factor.base, -factor.exp)))
            else:
                top = b.mul(top, self.read(factor))
        return b.div(top, bottom)

    def _power(self, e: sp.Pow) -> int:
        b = self.builder
        if e.exp.could_extract_minus_sign():
            return b.div(b.constant(1), self.read(sp.Pow(e.base, -e.exp)))
        return b.power(self.read(e.base), self.read(e.exp))

    def _largest(self, a: int, c: int) -> int:
        return self.builder.select(self.builder.sub(a, c), a, c)

    def _least(self, a: int, c: int) -> int:
        return self.builder.select(self.builder.sub(c, a), a, c)

    def _piecewise(self, pieces: Sequence[Any]) -> int:
        """Nested selections; the last piece must hold everywhere else."""
        value, condition = pieces[0].args
        if condition == sp.true:
            return self.read(value)
        if len(pieces) == 1 or not isinstance(condition, sp.Gt | sp.Ge | sp.Lt | sp.Le):
            raise ValueError(
                "a Piecewise needs conditions of the form a < b and a last piece for all other "
                f"cases, got the condition {condition}."
            )
        b = self.builder
        inside, outside = self.read(value), self._piecewise(pieces[1:])
        greater, less = self.read(condition.gts), self.read(condition.lts)
        if isinstance(condition, sp.Ge | sp.Le):
            return b.select(b.sub(greater, less), inside, outside)
        return b.select(b.sub(less, greater), outside, inside)

    def _function(self, e: Any) -> int:
        b, kind = self.builder, type(e)
        operation = getattr(kind, "tape_operation", _FUNCTIONS.get(kind))
        if operation in UNARY and len(e.args) == 1:
            return b.unary(operation, self.read(e.args[0]))
        if kind in _RECIPROCALS:
            return b.div(b.constant(1), b.unary(_RECIPROCALS[kind], self.read(e.args[0])))
        if kind is sp.atan2:
            return b.apply("atan2", *(self.read(arg) for arg in e.args))
        if kind in (sp.Abs, sp.sign, sp.Heaviside):
            x = self.read(e.args[0])
            at_least_zero, otherwise = {
                sp.Abs: lambda: (x, b.neg(x)),
                sp.sign: lambda: (b.constant(1), b.constant(-1)),
                sp.Heaviside: lambda: (b.constant(1), b.constant(0)),
            }[kind]()
            return b.select(x, at_least_zero, otherwise)
        raise ValueError(
            f"{kind.__name__} in {e} is no function that can be evaluated here; give its class an "
            "attribute tape_operation, or write it with elementary functions."
        )

r"""From a condition to a formula: what can be solved and simplified, and how signs are settled.

Where the slope M of the candidate does not depend on the state, the conditions of one and two units
are polynomials in :math:`u_i = 1 - h_i^2`, of degree one in each, and are solved by radicals.
The symbols of a network carry no assumptions, so that a reader's own symbols are the same. While a
condition is derived they are real, and positive where the family says so: `with_assumptions`
replaces them, `Assumed.restore` puts them back.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sympy

if TYPE_CHECKING:
    from symgru.gru import GRU
    from symgru.jets import Equilibrium

__all__ = [
    "Assumed",
    "collected",
    "equation",
    "greater_than_one",
    "has_constant_slope",
    "intersections",
    "simplified",
    "solve_for_parameter",
    "solve_for_states",
    "square_symbols",
    "with_assumptions",
]

FEW_SYMBOLS = 4
"""A condition on more parameters than this is not solved for one of them: nothing gets shorter."""

SHORT = 400
"""Operations up to which `sympy.simplify` answers within a second; longer formulas are left."""


@dataclass(frozen=True)
class Assumed:
    """A network whose symbols are real or positive, and the way back.

    Attributes
    ----------
    gru : GRU
        The network in the new symbols.
    facts : tuple of Expr
        Expressions in the new symbols that are positive.
    back : mapping of Expr to Expr
        From the new symbols to the old.
    """

    gru: GRU
    facts: tuple[Any, ...]
    back: Mapping[Any, Any]

    def restore(self, value: Any) -> Any:
        """Return an expression, or a tuple or mapping of them, in the symbols of the reader."""
        if isinstance(value, tuple):
            return tuple(map(self.restore, value))
        if isinstance(value, Mapping):
            return {self.restore(key): self.restore(entry) for key, entry in value.items()}
        return value.xreplace(self.back) if isinstance(value, sympy.Basic) else value


def with_assumptions(gru: GRU) -> Assumed:
    r"""Put real symbols in the place of parameters, and an angle in that of a constant angle.

    A number such as :math:`\cos(\pi/20)` would turn into nested roots under simplification; as the
    cosine of a symbol it obeys the same identities and keeps its name.

    Parameters
    ----------
    gru : GRU
        Any network.

    Returns
    -------
    Assumed
    """
    weights = gru.shown_weights
    entries = [entry for weight in weights.values() for entry in weight]
    forth: dict[Any, Any] = {
        symbol: sympy.Dummy(
            symbol.name, real=True, positive=True if symbol in gru.positive else None
        )
        for symbol in sorted({s for entry in entries for s in entry.free_symbols}, key=str)
    }
    facts = [fact.xreplace(forth) for fact in gru.positive]
    angles: dict[Any, Any] = {}
    back: dict[Any, Any] = {new: old for old, new in forth.items()}
    constants = {c for e in entries for c in e.atoms(sympy.cos, sympy.sin) if not c.free_symbols}
    for constant in sorted(constants, key=str):
        angle = angles.setdefault(constant.args[0], sympy.Dummy("theta", real=True))
        forth[constant] = constant.func(angle)
        facts += [forth[constant]] if sympy.N(constant) > 0 else []
        sine, cosine = (f(constant.args[0], evaluate=False) for f in (sympy.sin, sympy.cos))
        back |= {sympy.sin(angle): sine, sympy.cos(angle): cosine}
        back |= {sympy.tan(angle): sine / cosine, angle: constant.args[0]}
    assumed = replace(
        gru,
        weights={name: weight.xreplace(forth) for name, weight in weights.items()},
        values={},
        defaults={},
        positive=tuple(facts),
    )
    return Assumed(assumed, tuple(facts), back)


def square_symbols(units: int) -> tuple[Any, ...]:
    """Symbols u_1, ..., u_d that stand for 1 - h_i^2."""
    return tuple(sympy.Dummy(f"u{i + 1}") for i in range(units))


def has_constant_slope(equilibrium: Equilibrium, states: Sequence[Any]) -> bool:
    """Whether the slope M does not depend on the state: true without recurrent reset weights."""
    return not equilibrium.slope.free_symbols & set(states) and len(states) <= 2


def collected(expression: Any, squares: Sequence[Any], facts: Sequence[Any]) -> Any:
    """Write a polynomial in the squares with simplified coefficients."""
    terms = sympy.Poly(expression, *squares).terms()
    return sum(
        simplified(coefficient, facts)
        * sympy.prod(u**n for u, n in zip(squares, powers, strict=True))
        for powers, coefficient in terms
    )


def simplified(expression: Any, facts: Sequence[Any]) -> Any:
    """Simplify a short expression in real symbols; the absolute value of a positive fact goes.

    Parameters
    ----------
    expression : Expr
        In the symbols of `Assumed`.
    facts : sequence of Expr
        Known to be positive.

    Returns
    -------
    Expr
        The expression itself, if it is too long to be simplified in reasonable time.
    """
    if expression.count_ops() > SHORT:
        return expression
    simple = sympy.simplify(expression)
    sizes = [size for size in simple.atoms(sympy.Abs) if _is_positive(size.args[0], facts)]
    return (
        sympy.simplify(simple.xreplace({size: size.args[0] for size in sizes})) if sizes else simple
    )


def equation(expression: Any, states: Sequence[Any]) -> Any:
    """Write expression = 0 in the shortest usual form.

    A multiple of a sum of powers of states becomes ``x**2 + y**2 = constant``, a single product of
    parameters ``product = 1``; everything else keeps zero on the right.

    Parameters
    ----------
    expression : Expr
        The left-hand side.
    states : sequence of Symbol
        The states.

    Returns
    -------
    Eq

    Examples
    --------
    >>> x, y, k = sympy.symbols("x y k")
    >>> equation(k * (1 - x**2) + k * (1 - y**2) - 2, (x, y))
    Eq(x**2 + y**2, 2 - 2/k)
    >>> equation(3 * k - 1, (x, y))
    Eq(3*k, 1)
    """
    if expression.count_ops() > SHORT:
        return sympy.Eq(expression, 0)
    expanded = sympy.expand(expression)
    present = [state for state in states if expanded.has(state)]
    constant, rest = expanded.as_independent(*(present or expanded.free_symbols), as_Add=True)
    if present and rest.is_polynomial(*present):
        coefficients = set(sympy.Poly(rest, *present).coeffs())
        if len(coefficients) == 1:
            (lead,) = coefficients
            return sympy.Eq(sympy.expand(rest / lead), sympy.expand(-constant / lead))
    if not present and not rest.is_Add and not constant.is_zero:
        return sympy.Eq(rest / -constant, 1)
    return sympy.Eq(expression, 0)


def greater_than_one(product: Any) -> Any:
    """Write product > 1, with a positive numeric factor moved to the right."""
    factor, rest = product.as_independent(*product.free_symbols, as_Add=False)
    return sympy.Gt(rest, 1 / factor) if factor.is_positive else sympy.Gt(product, 1)


def solve_for_states(
    condition: Any, squares: Sequence[Any], equilibrium: Equilibrium, facts: Sequence[Any]
) -> tuple[Mapping[Any, Any], ...]:
    """Solve a condition that is linear in each square for the last state it determines.

    Parameters
    ----------
    condition : Expr
        A polynomial in the squares; its zeros are wanted.
    squares : sequence of Symbol, length 1 or 2
        They stand for 1 - h_i^2.
    equilibrium : Equilibrium
        In symbols; its biases are evaluated on the solution.
    facts : sequence of Expr
        Known to be positive.

    Returns
    -------
    tuple of mapping
        One for either sign of the root: the state that was solved for and the biases, as functions
        of the other state (of nothing, for one unit).
    """
    states = equilibrium.state
    for last in reversed(range(len(squares))):
        slope = condition.diff(squares[last])
        if slope.is_zero:
            continue
        root = sympy.solve(condition, squares[last])
        if len(root) != 1:
            continue
        others = {u: 1 - h**2 for u, h in zip(squares, states, strict=True) if u != squares[last]}
        value = root[0].xreplace(others)
        shapes = (1 - simplified(value, facts), simplified(1 - value, facts))
        height = sympy.sqrt(min(shapes, key=sympy.count_ops))
        return tuple(_with_biases({states[last]: sign * height}, equilibrium) for sign in (1, -1))
    return ()


def intersections(
    trace: Any,
    determinant: Any,
    squares: Sequence[Any],
    equilibrium: Equilibrium,
    facts: Sequence[Any],
) -> tuple[Mapping[Any, Any], ...]:
    """Solve trace = determinant = 0 for two units: the Bogdanov-Takens points in closed form.

    Parameters
    ----------
    trace, determinant : Expr
        Polynomials in the squares, the first linear.
    squares : sequence of Symbol, length 2
        They stand for 1 - h_i^2.
    equilibrium : Equilibrium
        In symbols; its biases are evaluated at the points.
    facts : sequence of Expr
        Known to be positive.

    Returns
    -------
    tuple of mapping
        States and biases of every point; points that are certainly outside the square |h_i| < 1 are
        left out.
    """
    points: list[Mapping[Any, Any]] = []
    for pair in sympy.solve([trace, determinant], list(squares), dict=True):
        if len(pair) < len(squares):
            continue
        values = [simplified(pair[u], facts) for u in squares]
        if any(value.is_number and not 0 < sympy.re(sympy.N(value)) <= 1 for value in values):
            continue
        heights = [sympy.sqrt(1 - value) for value in values]
        for signs in itertools.product((1, -1), repeat=2):
            state = {
                h: sign * height
                for h, sign, height in zip(equilibrium.state, signs, heights, strict=True)
            }
            points.append(_with_biases(state, equilibrium))
    return tuple(points)


def _with_biases(state: dict[Any, Any], equilibrium: Equilibrium) -> Mapping[Any, Any]:
    biases = {symbol: value.xreplace(state) for symbol, value in equilibrium.biases.items()}
    return {**state, **biases}


def solve_for_parameter(
    condition: Any, states: Sequence[Any], facts: Sequence[Any]
) -> tuple[Mapping[Any, Any], tuple[Any, ...]]:
    r"""Solve a condition on parameters alone for one of them.

    A positive parameter that equals a product makes its last factor positive: with beta > 0,
    :math:`\beta = 1/(\sigma(s)\cos\alpha)` says that :math:`\cos\alpha > 0`.

    Parameters
    ----------
    condition : Expr
        Its zero is wanted.
    states : sequence of Symbol
        If the condition involves one of them, there is no solution here.
    facts : sequence of Expr
        Known to be positive; positive parameters are tried first.

    Returns
    -------
    solution : mapping of Symbol to Expr
        Nothing where the condition involves states or too many parameters.
    facts : tuple of Expr
        Those given, and what the solution adds.
    """
    known = tuple(facts)
    symbols = sorted(condition.free_symbols, key=lambda s: (s not in known, s.name))
    if not 0 < len(symbols) <= FEW_SYMBOLS or set(symbols) & set(states):
        return {}, known
    for symbol in symbols:
        slope = sympy.expand(condition).diff(symbol)
        if symbol not in slope.free_symbols and not slope.is_zero:
            root = simplified(-condition.xreplace({symbol: sympy.S.Zero}) / slope, known)
            doubtful = [f for f in _factors(root) if not _is_positive(f, known)]
            if symbol in known and len(doubtful) == 1:
                known += (doubtful[0].as_base_exp()[0],)
            return {symbol: root}, known
    roots = sympy.solve(condition, symbols[0]) if len(symbols) == 1 else []
    return ({symbols[0]: roots[0]} if len(roots) == 1 else {}), known


def _factors(expression: Any) -> tuple[Any, ...]:
    quotient = expression.replace(sympy.tan, lambda a: sympy.sin(a) / sympy.cos(a))
    return tuple(sympy.Mul.make_args(quotient))


def _is_positive(expression: Any, facts: Sequence[Any]) -> bool:
    return all(
        bool(factor.is_positive) or factor.as_base_exp()[0] in facts
        for factor in _factors(expression)
    )

r"""Text becomes a tape: a parser for arithmetic that runs nothing.

The grammar is that of Python's expressions, read by ``ast.parse`` and then cut down to a list of
what is allowed: numbers, declared names, pi and E, ``+ - * / **``, and calls of `FUNCTIONS`.
Everything else, attributes and strings included, is refused with the reason. Lengths, depths and
exponents are bounded, so that no text takes long.
"""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from continuation.tape import UNARY, Tape
from continuation.taping import TapeBuilder

FUNCTIONS: Mapping[str, int] = {
    **{name: 1 for name in UNARY if name != "neg"},
    **{"abs": 1, "sign": 1, "heaviside": 1, "pow": 2, "atan2": 2, "min": 2, "max": 2},
}
"""Functions that a text may call, with the number of their arguments."""

CONSTANTS: Mapping[str, str] = {"pi": "pi", "E": "e"}

# A right-hand side of this length fills thirty pages; a longer one is a mistake.
_LONGEST_TEXT = 100_000
# Parentheses, calls and powers inside each other; sums and products may be longer.
_DEEPEST = 60
_REFUSED = re.compile(r"[^\w\s+\-*/().,]")


def parse_expressions(rhs: Mapping[str, str], parameters: Sequence[str]) -> Tape:
    """Read the right-hand sides of a system.

    Parameters
    ----------
    rhs : mapping of str to str
        For each state the text of its component of f.
    parameters : sequence of str
        Names of the parameters.

    Returns
    -------
    Tape
        Its inputs are the states, then the parameters.

    Raises
    ------
    ValueError
        Where a name cannot be one, or a text is not the arithmetic described above; the message
        says in which equation and why.
    TypeError
        Where a right-hand side is no string.
    """
    names = [*rhs, *parameters]
    for name in names:
        _check_name(name)
    builder = TapeBuilder(len(names))
    reader = _Reader(builder, {_normal(name): i for i, name in enumerate(names)})
    return builder.finish(
        [reader.read(text, f"the equation of {state!r}") for state, text in rhs.items()]
    )


def parse_constant(text: str, name: str) -> float:
    """Read the value of a parameter, such as "1/3" or "sqrt(2)".

    Raises
    ------
    ValueError
        Where it is no such arithmetic of numbers, or its value is not finite.
    """
    builder = TapeBuilder(0)
    position = _Reader(builder, {}).read(text, f"the value of {name!r}")
    value = builder.constant_of(position)
    assert value is not None, "an expression without names has a value"
    return value


def _normal(name: str) -> str:
    """Python's parser reads identifiers in this normal form."""
    return unicodedata.normalize("NFKC", name)


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not _normal(name).isidentifier():
        raise ValueError(f"{name!r} cannot name a state or a parameter; use letters and digits.")
    if keyword.iskeyword(_normal(name)):
        raise ValueError(
            f"{name!r} is a reserved word of Python and cannot be a name in a text; write "
            f"{name + '_'!r}, or use from_sympy."
        )


class _Reader:
    """Walks one syntax tree after the other and appends to a builder."""

    def __init__(self, builder: TapeBuilder, inputs: Mapping[str, int]):
        self._builder = builder
        self._inputs = inputs

    def read(self, text: object, where: str) -> int:
        """Append the program of one text; errors begin with ``where``."""
        if not isinstance(text, str):
            raise TypeError(f"{where} must be a string, got {text!r}.")
        try:
            return self._node(_syntax_tree(text), 0)
        except ValueError as error:
            raise ValueError(f"{where} cannot be read: {error}") from None

    def _node(self, node: ast.expr, depth: int) -> int:
        if depth > _DEEPEST:
            raise ValueError(f"it is nested more than {_DEEPEST} deep.")
        if isinstance(node, ast.BinOp):
            return self._operations(node, depth)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd | ast.USub):
            value = self._node(node.operand, depth + 1)
            return self._builder.neg(value) if isinstance(node.op, ast.USub) else value
        if isinstance(node, ast.Name):
            return self._name(node.id)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            # True and False are integers to Python, but no numbers in a model.
            if not isinstance(node.value, bool):
                return self._builder.constant(node.value)
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        raise ValueError(
            f"{_shown(ast.unparse(node))} is not allowed; use numbers, names, + - * / ** and "
            f"the functions {', '.join(FUNCTIONS)}."
        )

    def _operations(self, node: ast.BinOp, depth: int) -> int:
        """A long sum or product leans to the left; that side is walked without recursion."""
        b = self._builder
        methods: dict[type[ast.operator], Callable[[int, int], int]] = {
            **{ast.Add: b.add, ast.Sub: b.sub, ast.Mult: b.mul, ast.Div: b.div, ast.Pow: b.power}
        }
        pending: list[ast.BinOp] = []
        leftmost: ast.expr = node
        while isinstance(leftmost, ast.BinOp):
            if type(leftmost.op) not in methods:
                raise ValueError("of the operators only + - * / ** are allowed.")
            pending.append(leftmost)
            leftmost = leftmost.left
        value = self._node(leftmost, depth + 1)
        for operation in reversed(pending):
            right = self._node(operation.right, depth + 1)
            value = methods[type(operation.op)](value, right)
        return value

    def _name(self, name: str) -> int:
        if name in self._inputs:
            return self._builder.input(self._inputs[name])
        if name in CONSTANTS:
            return self._builder.named_constant(CONSTANTS[name])
        known = ", ".join([*list(self._inputs)[:30], *CONSTANTS])
        raise ValueError(f"the name {_shown(name)} is unknown; known are {known}.")

    def _call(self, node: ast.Call, depth: int) -> int:
        name = node.func.id if isinstance(node.func, ast.Name) else None
        if name is None or name not in FUNCTIONS:
            raise ValueError(
                f"{_shown(ast.unparse(node.func))} is no function known here; known are "
                f"{', '.join(FUNCTIONS)}."
            )
        if node.keywords or len(node.args) != FUNCTIONS[name]:
            count = FUNCTIONS[name]
            raise ValueError(f"{name} takes {count} argument{'s' if count > 1 else ''}.")
        return self._apply(name, [self._node(arg, depth + 1) for arg in node.args])

    def _apply(self, name: str, args: list[int]) -> int:
        b = self._builder
        if name in UNARY:
            return b.unary(name, args[0])
        if name == "abs":
            return b.select(args[0], args[0], b.neg(args[0]))
        if name in ("sign", "heaviside"):
            below = -1 if name == "sign" else 0
            return b.select(args[0], b.constant(1), b.constant(below))
        if name == "pow":
            return b.power(*args)
        if name == "atan2":
            return b.apply("atan2", *args)
        first, second = args if name == "max" else reversed(args)
        return b.select(b.sub(first, second), *args)


def _syntax_tree(text: str) -> ast.expr:
    """Parse one expression, after looking for what no model contains."""
    if len(text) > _LONGEST_TEXT:
        raise ValueError(f"it has {len(text)} characters; at most {_LONGEST_TEXT} are read.")
    if "^" in text:
        raise ValueError("'^' is not a power here; write ** instead.")
    refused = _REFUSED.search(text)
    if refused:
        raise ValueError(f"it contains {refused.group()!r}; a model is arithmetic only.")
    if _parentheses(text) > _DEEPEST:
        raise ValueError(f"its parentheses are nested more than {_DEEPEST} deep.")
    try:
        return ast.parse(" ".join(text.split()), mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"{_shown(text)} is no arithmetic ({error.msg}).") from None
    except (MemoryError, RecursionError):
        raise ValueError("it is nested too deeply.") from None


def _parentheses(text: str) -> int:
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    return deepest


def _shown(text: str) -> str:
    """A text in quotes, cut to fit a message of one line."""
    line = " ".join(text.split())
    return repr(line if len(line) <= 50 else line[:47] + "...")

"""Parse trees of expressions, in the shape of the modules `parser` and `symbol` of old Pythons.

PyDSTool rewrites powers (``x**2`` to ``pow(x,2)``) on concrete parse trees, which it gets from two
modules that left the standard library with Python 3.10. The grammar of expressions, with braces for
what may repeat, is

    or_test: and_test {"or" and_test}           and_test: not_test {"and" not_test}
    not_test: "not" not_test | comparison       comparison: expr {("<" | "==" | ...) expr}
    expr: xor_expr {"|" xor_expr}               xor_expr: and_expr {"^" and_expr}
    and_expr: shift_expr {"&" shift_expr}       shift_expr: arith_expr {("<<" | ">>") arith_expr}
    arith_expr: term {("+" | "-") term}         term: factor {("*" | "/" | "//" | "%") factor}
    factor: ("+" | "-" | "~") factor | power    power: atom_expr ["**" factor]
    atom_expr: atom {trailer}                   arglist: or_test {"," or_test}
    atom: NAME | NUMBER | STRING | "(" [arglist] ")" | "[" [arglist] "]"
    trailer: "(" [arglist] ")" | "[" [arglist] "]" | "." NAME

A node is a list: the number of its rule, then its children; a leaf is the number of a token and its
text. Rules with a single child are left out, as PyDSTool itself leaves them out.

References
----------
The Python Language Reference, release 3.9, section 10, "Full Grammar specification".
"""

from __future__ import annotations

import keyword
import token
import tokenize
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

Tree = list[Any]

LEFT_TO_RIGHT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("or_test", ("or",)),
    ("and_test", ("and",)),
    ("not_test", ()),
    ("comparison", ("<", ">", "==", ">=", "<=", "!=")),
    ("expr", ("|",)),
    ("xor_expr", ("^",)),
    ("and_expr", ("&",)),
    ("shift_expr", ("<<", ">>")),
    ("arith_expr", ("+", "-")),
    ("term", ("*", "/", "//", "%")),
)
"""Rules of operators that group from left to right, the loosest first."""

OTHERS = ("factor", "power", "atom_expr", "atom", "trailer", "arglist")
RULES = {name: 256 + i for i, name in enumerate([name for name, _ in LEFT_TO_RIGHT] + [*OTHERS])}
"""Number of each rule: from 256 on, above all tokens."""

LAYOUT = (token.NEWLINE, token.INDENT, token.DEDENT, tokenize.NL, tokenize.COMMENT)
OPERATOR_WORDS = ("or", "and", "not")
CONSTANT_WORDS = ("None", "True", "False")
CLOSING = {"(": ")", "[": "]"}


def parse(text: str) -> Tree:
    """The tree of an expression.

    Parameters
    ----------
    text : str
        One expression.

    Returns
    -------
    list
        Nested lists as described at the head of this module.

    Raises
    ------
    SyntaxError
        Where the text is no expression; a keyword such as ``if`` is none.

    Examples
    --------
    >>> tree = parse("a + b*c")
    >>> [child[1] for child in tree[1:3]]
    ['a', '+']
    >>> tree[0] == RULES["arith_expr"], tree[3][0] == RULES["term"]
    (True, True)
    """
    reader = _Reader(list(_tokens(text)))
    tree = reader.binary(0)
    if not reader.finished:
        raise SyntaxError(f"{reader.text!r} was not expected in {text!r}.")
    return tree


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """Tokens without those of the layout."""
    try:
        for one in tokenize.generate_tokens(StringIO(text.strip()).readline):
            if one.type not in LAYOUT:
                yield one
    except tokenize.TokenError as error:
        raise SyntaxError(f"{text!r} is no expression: {error}.") from error


class _Reader:
    """Reads tokens from left to right; each method reads what one rule describes."""

    def __init__(self, tokens: list[tokenize.TokenInfo]) -> None:
        self.tokens = tokens
        self.position = 0

    @property
    def text(self) -> str:
        """The next token."""
        return self.tokens[self.position].string

    @property
    def finished(self) -> bool:
        """Whether only the end is left."""
        return self.tokens[self.position].type == token.ENDMARKER

    def leaf(self) -> Tree:
        """The next token as a leaf."""
        one = self.tokens[self.position]
        self.position += 1
        return [one.exact_type, one.string]

    def expected(self, text: str) -> Tree:
        """The next token, which must be this one."""
        if self.text != text:
            raise SyntaxError(f"{text!r} was expected in place of {self.text!r}.")
        return self.leaf()

    def chain(self, rule: str, operators: tuple[str, ...], operand: Callable[[], Tree]) -> Tree:
        """Operands with operators between them."""
        children = [operand()]
        while not self.finished and self.text in operators:
            children += [self.leaf(), operand()]
        return _node(rule, children)

    def binary(self, level: int) -> Tree:
        """An expression of operators at this level of `LEFT_TO_RIGHT` and tighter ones."""
        if level == len(LEFT_TO_RIGHT):
            return self.factor()
        rule, operators = LEFT_TO_RIGHT[level]
        if rule == "not_test" and self.text == "not":
            return _node(rule, [self.leaf(), self.binary(level)])
        return self.chain(rule, operators, lambda: self.binary(level + 1))

    def factor(self) -> Tree:
        """A sign and what it belongs to, or a power."""
        if self.text in ("+", "-", "~"):
            return _node("factor", [self.leaf(), self.factor()])
        base = _node("atom_expr", [self.atom(), *self.trailers()])
        if self.text != "**":
            return base
        return _node("power", [base, self.leaf(), self.factor()])

    def trailers(self) -> Iterator[Tree]:
        """Calls, subscripts and attributes after an atom."""
        while not self.finished and self.text in ("(", "[", "."):
            if self.text == ".":
                yield _node("trailer", [self.leaf(), self.leaf()])
            else:
                yield _node("trailer", self.bracketed())

    def bracketed(self) -> list[Tree]:
        """A pair of brackets and what stands between them."""
        closing = CLOSING[self.text]
        children = [self.leaf()]
        if self.text != closing:
            children.append(self.chain("arglist", (",",), lambda: self.binary(0)))
        return [*children, self.expected(closing)]

    def atom(self) -> Tree:
        """A name, a number, a text, or something in brackets."""
        if not self.finished and self.text in CLOSING:
            return _node("atom", self.bracketed())
        one = self.tokens[self.position]
        word = keyword.iskeyword(one.string) and one.string not in CONSTANT_WORDS
        if word or one.type not in (token.NAME, token.NUMBER, token.STRING):
            raise SyntaxError(f"{one.string!r} was not expected.")
        return self.leaf()


def _node(rule: str, children: list[Tree]) -> Tree:
    """A node, or its only child."""
    return children[0] if len(children) == 1 else [RULES[rule], *children]

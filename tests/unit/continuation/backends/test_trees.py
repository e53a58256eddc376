"""Parse trees in the shape of the old module `parser`."""

from __future__ import annotations

import token

import pytest
from hypothesis import given
from hypothesis import strategies as st

from continuation.backends.trees import RULES, Tree, parse

NAMES = {number: name for name, number in RULES.items()}


def shape(tree: Tree) -> object:
    """Rules by name, leaves by their text."""
    if tree[0] < 256:
        return tree[1]
    return (NAMES[tree[0]], *map(shape, tree[1:]))


def written(tree: Tree) -> str:
    """The text of a tree, without spaces."""
    return tree[1] if tree[0] < 256 else "".join(map(written, tree[1:]))


def test_multiplication_binds_tighter_than_addition() -> None:
    assert shape(parse("a + b*c")) == ("arith_expr", "a", "+", ("term", "b", "*", "c"))


def test_a_power_binds_tighter_than_a_sign_before_it_and_looser_than_one_after_it() -> None:
    assert shape(parse("-x**-2")) == (
        "factor", "-", ("power", "x", "**", ("factor", "-", "2"))
    )  # fmt: skip


def test_a_call_is_an_atom_with_a_trailer() -> None:
    arguments = ("arglist", "x", ",", "3")
    assert shape(parse("pow(x, 3)")) == ("atom_expr", "pow", ("trailer", "(", arguments, ")"))
    assert shape(parse("f()")) == ("atom_expr", "f", ("trailer", "(", ")"))


def test_rules_with_one_child_are_left_out() -> None:
    assert parse("x") == [token.NAME, "x"]
    assert shape(parse("(x)")) == ("atom", "(", "x", ")")


@pytest.mark.parametrize("text", ["", "a +", "a b", "(a", "a)", "if(a, b, c)", "f(,)", "1 = 2"])
def test_what_is_no_expression_is_a_syntax_error(text: str) -> None:
    with pytest.raises(SyntaxError):
        parse(text)


OPERANDS = st.sampled_from(["x", "1.5", "2e-05", "f(x,y)", "a[0]", "m.n"])
EXPRESSIONS = st.recursive(
    OPERANDS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+ - * / ** ^ < | &".split()), inner).map("".join),
        inner.map("({})".format),
        inner.map("-{}".format),
    ),
    max_leaves=12,
)


@given(EXPRESSIONS)
def test_a_tree_writes_the_text_that_it_was_read_from(text: str) -> None:
    assert written(parse(text)) == text

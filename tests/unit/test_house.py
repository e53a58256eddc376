"""The rules of the house that no linter checks: sizes, plain characters, deferred annotations."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    path for package in ("continuation", "symgru") for path in (ROOT / package).rglob("*.py")
)
MODULE_LINES, FUNCTION_LINES = 500, 60

modules = pytest.mark.parametrize(
    "path", MODULES, ids=lambda path: str(path.relative_to(ROOT).with_suffix(""))
)


@modules
def test_a_module_is_one_idea_of_at_most_500_lines(path):
    assert len(path.read_text(encoding="ascii").splitlines()) <= MODULE_LINES


@modules
def test_a_function_has_at_most_60_lines_below_its_docstring(path):
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="ascii")))
        if isinstance(node, ast.FunctionDef)
    ]
    assert [f.name for f in functions if lines_of_code(f) > FUNCTION_LINES] == []


def lines_of_code(function):
    """Lines of a function from its name to its end, without its docstring."""
    first = function.body[0]
    documented = ast.get_docstring(function, clean=False) is not None
    docstring = first.end_lineno - first.lineno + 1 if documented else 0
    return function.end_lineno - function.lineno + 1 - docstring


@modules
def test_a_module_says_what_it_is_about(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="ascii")))

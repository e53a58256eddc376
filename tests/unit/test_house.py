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
def test_a_function_has_at_most_60_lines(path):
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="ascii")))
        if isinstance(node, ast.FunctionDef)
    ]
    long = [f.name for f in functions if (f.end_lineno or 0) - f.lineno > FUNCTION_LINES]
    assert not long


@modules
def test_a_module_says_what_it_is_about(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="ascii")))

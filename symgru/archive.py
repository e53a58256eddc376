"""JSON files for networks: SymPy expressions as plain lists, written whole or not at all.

An expression becomes a nested list, ``["Mul", ["Symbol", "beta"], ["cos", ["Symbol", "alpha"]]]``.
On reading, every name is looked up in a fixed table; nothing is parsed as a program or executed.
"""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import sympy

from symgru.gates import sigma

__all__ = ["decode", "encode", "reading", "write"]

FORMAT = "symgru.GRU"
VERSION = 1

MAX_DEPTH = 200
"""Deepest nesting that is read: no formula of a weight comes near, a hostile file may."""

FUNCTIONS: Mapping[str, Any] = {
    "Add": sympy.Add,
    "Mul": sympy.Mul,
    "Pow": sympy.Pow,
    "Abs": sympy.Abs,
    "atanh": sympy.atanh,
    "cos": sympy.cos,
    "exp": sympy.exp,
    "log": sympy.log,
    "sigma": sigma,
    "sin": sympy.sin,
    "tan": sympy.tan,
    "tanh": sympy.tanh,
}
CONSTANTS: Mapping[str, Any] = {"pi": sympy.pi, "E": sympy.E}


def encode(expression: Any) -> list[Any]:
    """Turn a SymPy expression into nested lists of strings and numbers.

    Parameters
    ----------
    expression : Expr
        Built of symbols, real numbers and the functions of `FUNCTIONS`.

    Returns
    -------
    list

    Raises
    ------
    ValueError
        If the expression holds anything else.

    Examples
    --------
    >>> encode(sympy.Symbol("beta") ** 2)
    ['Pow', ['Symbol', 'beta'], ['Rational', 2, 1]]
    """
    for name, constant in CONSTANTS.items():
        if expression is constant:
            return ["Constant", name]
    if expression.is_Symbol:
        return ["Symbol", expression.name]
    if expression.is_Rational:
        return ["Rational", int(expression.p), int(expression.q)]
    if expression.is_Float:
        return ["Float", float(expression)]
    name = type(expression).__name__
    if FUNCTIONS.get(name) is not type(expression):
        raise ValueError(f"the expression {expression} cannot be saved: {name} is not known.")
    return [name, *(encode(argument) for argument in expression.args)]


def decode(data: Any, depth: int = 0) -> Any:
    """Turn the nested lists of `encode` back into a SymPy expression.

    Parameters
    ----------
    data : list
        What `encode` returned.
    depth : int
        Depth of nesting already entered.

    Returns
    -------
    Expr

    Raises
    ------
    ValueError
        If a name is not in the tables, an argument has the wrong type, or nesting is too deep.
    """
    if not isinstance(data, list) or not data or depth > MAX_DEPTH:
        raise ValueError(f"{str(data)[:60]!r} is no expression.")
    head, *rest = data
    if head == "Symbol" and len(rest) == 1 and isinstance(rest[0], str) and rest[0].isidentifier():
        return sympy.Symbol(rest[0])
    if head == "Rational" and len(rest) == 2 and all(type(n) is int for n in rest) and rest[1]:
        return sympy.Rational(*rest)
    if head == "Float" and len(rest) == 1 and type(rest[0]) is float:
        return sympy.Float(rest[0])
    if head == "Constant" and len(rest) == 1 and rest[0] in CONSTANTS:
        return CONSTANTS[rest[0]]
    if head not in FUNCTIONS:
        raise ValueError(f"{str(data)[:60]!r} is no expression.")
    arguments = [decode(argument, depth + 1) for argument in rest]
    try:
        if head in ("cos", "sin"):
            # As it was saved: SymPy would write nested square roots for cos(pi/20).
            return FUNCTIONS[head](*arguments, evaluate=False)
        return FUNCTIONS[head](*arguments)
    except TypeError:
        raise ValueError(f"{head!r} does not take {len(rest)} arguments.") from None


def write(path: str | Path, content: Mapping[str, Any]) -> Path:
    """Write the content with format and version to a JSON file, atomically.

    Parameters
    ----------
    path : path
        The file. It is replaced only when the new one is complete on disk.
    content : mapping
        What JSON can hold.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ValueError
        Where the path is that of a device or a pipe.
    """
    target = Path(path)
    text = json.dumps({"format": FORMAT, "version": VERSION, **content}, allow_nan=False)
    if target.exists() and not target.is_file() and not target.is_dir():
        raise ValueError(f"cannot write {target}: it is a device or a pipe, not a file.")
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
    try:
        with temporary.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    return target


@contextlib.contextmanager
def reading(path: str | Path) -> Iterator[dict[str, Any]]:
    """Give the content of a file of `write`; whatever fails while it is used blames the file.

    Parameters
    ----------
    path : path
        The file.

    Yields
    ------
    dict
        The content.

    Raises
    ------
    ValueError
        If the file is not of this format, is damaged, or was written by a newer version.
    """
    try:
        data = json.loads(Path(path).read_bytes())
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        data = None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError(f"{str(path)!r} does not hold a network saved by GRU.save.")
    version = data.get("version")
    if version != VERSION:
        raise ValueError(
            f"{str(path)!r} has format version {version!r}, but this symgru reads {VERSION}: "
            f"save it again with the version that wrote it, or update symgru."
        )
    try:
        yield data
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{str(path)!r} is damaged: {error}.".replace("..", ".")) from error

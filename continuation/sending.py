"""What goes to another process: whether it can, and if not, which part of it is in the way.

A process pool sends a function by the name under which its module knows it, and an object by its
contents; a lambda and a function inside another have no such name.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from inspect import isfunction, ismethod
from multiprocessing.reduction import ForkingPickler
from pickle import PicklingError
from types import MappingProxyType
from typing import Any

DEEPEST = 6
"""Levels of contents that are searched for the part in the way."""


def check_sendable(what: str, value: Any) -> None:
    """Refuse what no worker process can be sent.

    Parameters
    ----------
    what : str
        Name of the argument.
    value : object
        A function, with what is bound to it.

    Raises
    ------
    ValueError
        Names the part that cannot be sent, and says what to do.
    """
    if not _fails(value):
        return
    part, reason = _culprit(f"`{what}`", value, DEEPEST)
    raise ValueError(
        f"`{what}` cannot be sent to a worker process: {part} is {reason}. Define functions at the "
        f"top level of a module, bind values to them by functools.partial, or give an executor of "
        f"threads."
    )


def _fails(value: Any) -> bool:
    """Whether a value cannot be written for another process, or not be found by name there."""
    if isinstance(value, MappingProxyType):
        value = dict(value)  # as which its owner sends it
    try:
        ForkingPickler.dumps(value)
    except (PicklingError, TypeError, AttributeError, ValueError, RecursionError):
        return True
    return _only_here(value)


def _only_here(value: Any) -> bool:
    """Whether a function lives in a notebook, whose cells a process made afresh does not have."""
    forked = multiprocessing.get_start_method() == "fork"
    in_notebook = not hasattr(sys.modules["__main__"], "__file__")
    return isfunction(value) and value.__module__ == "__main__" and in_notebook and not forked


def _culprit(path: str, value: Any, depth: int) -> tuple[str, str]:
    """Where the smallest part is that cannot be sent, and what it is."""
    for name, part in _parts(value) if depth else ():
        if _fails(part):
            return _culprit(f"{name} of {path}", part, depth - 1)
    return path, _kind(value)


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    """What a value is made of, each with its name."""
    if isinstance(value, partial):
        yield "the function", value.func
        for i, part in enumerate(value.args, start=1):
            yield f"argument {i}", part
        for name, part in value.keywords.items():
            yield f"the argument {name!r}", part
    elif ismethod(value):
        yield "the object", value.__self__
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield f"the entry {name!r}", part
    elif isinstance(value, list | tuple | set | frozenset):
        for i, part in enumerate(value):
            yield f"element {i}", part
    elif not isfunction(value) and not isinstance(value, type):
        for name, part in getattr(value, "__dict__", {}).items():
            yield f"{name!r}", part


def _kind(value: Any) -> str:
    """What a part is, in words."""
    if not isfunction(value):
        return f"a {type(value).__name__}, which has no form outside this process"
    if value.__name__ == "<lambda>":
        return "a lambda, which has no name there"
    if _only_here(value):
        return f"the function {value.__name__} of a notebook, which is not there"
    outer, inside, _ = value.__qualname__.rpartition(".<locals>.")
    if inside:
        return f"a closure: {value.__name__}, defined inside {outer}"
    return f"the function {value.__name__}, which its module does not know by that name"

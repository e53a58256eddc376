"""What PyDSTool 0.91.0 imports and newer Pythons lack: names are restored, no code is changed.

PyDSTool (2020) was written for Python 3.9, numpy 1.19 and scipy 1.5. Since then

- Python 3.10 lost the modules ``parser`` and ``symbol``: rebuilt on `trees`;
- numpy lost aliases (``Inf``, ``NaN``, ``int``, ``alltrue``, ...), scipy its copies of numpy
  functions: bound again under the old names;
- scipy.special loses a function now and then, and PyDSTool looks all of them up by name: one that
  is missing is replaced by a function that says so when called;
- Python 3.12 lost ``distutils`` and with it ``numpy.distutils``: an empty stand-in lets equilibria
  run, cycles need the compiler and stop there with one sentence.

All this changes numpy and scipy for a whole process. Therefore it happens in a process of its own.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import scipy
import scipy.special

from continuation.backends.trees import RULES, Tree, parse

NUMPY_NAMES: dict[str, Any] = {
    "Inf": np.inf,
    "NaN": np.nan,
    "int": int,
    "float": float,
    "complex": complex,
    "int0": np.intp,
    "float_": np.float64,
    "complex_": np.complex128,
    "alltrue": np.all,
    "sometrue": np.any,
    "product": np.prod,
    "mat": np.asmatrix,
}
"""Names that numpy had, and what they meant."""

SCIPY_NAMES = (
    *("polyfit", "mod", "sign", "isfinite", "linspace", "arctan", "arctan2", "mean"),
    *("alltrue", "sometrue"),
)
"""Functions of numpy that scipy had under the same name."""

C_MACROS = {
    "NDARRAY_VERSION": "0x02000000",
    "NPY_DEFAULT": "NPY_ARRAY_DEFAULT",
    "NPY_FORTRAN": "NPY_ARRAY_F_CONTIGUOUS",
    "NPY_FARRAY": "NPY_ARRAY_FARRAY",
}
"""Macros that numpy's C headers had; the interface to AUTO inside PyDSTool is written with them."""


class SyntaxTree:
    """What ``parser.expr`` returned: a tree that can be asked for its lists.

    Attributes
    ----------
    tree : list
        As `trees.parse` makes it.
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    def tolist(self) -> Tree:
        """The tree as nested lists."""
        return self.tree


def restore() -> None:
    """Bind every missing name again, in this process; names that exist are left alone."""
    for name, value in NUMPY_NAMES.items():
        _bind(np, name, value)
    for name in SCIPY_NAMES:
        _bind(scipy, name, getattr(np, name))
    _bind(scipy, "who", missing("scipy.who"))
    # Module attributes are looked up by __getattr__ where there is no such name (PEP 562).
    _bind(scipy.special, "__getattr__", _special_function)
    _module("parser", expr=lambda text: SyntaxTree(parse(text)), STType=SyntaxTree)
    _module("symbol", sym_name={number: name for name, number in RULES.items()})
    if not has_distutils():
        setup = missing("numpy.distutils")
        _module("numpy.distutils")
        _module("numpy.distutils.core", setup=setup, Extension=setup)
        _module("distutils")
        _module("distutils.sysconfig", get_python_inc=missing("distutils"))


def has_distutils() -> bool:
    """Whether numpy.distutils is there to compile with; it ended with Python 3.11."""
    return sys.version_info < (3, 12) and importlib.util.find_spec("numpy.distutils") is not None


def c_flags() -> str:
    """Options that give a C compiler the macros back."""
    return " ".join(f"-D{name}={value}" for name, value in C_MACROS.items())


def missing(name: str) -> Callable[..., Any]:
    """Make a function that can only say that it is missing."""

    def stand_in(*_: object, **__: object) -> Any:
        raise NotImplementedError(f"{name} is missing in this Python.")

    return stand_in


def _special_function(name: str) -> Callable[..., Any]:
    if name.startswith("__"):
        raise AttributeError(name)
    return missing(f"scipy.special.{name}")


def _bind(module: ModuleType, name: str, value: Any) -> None:
    if name not in vars(module):
        setattr(module, name, value)


def _module(name: str, **contents: Any) -> None:
    """A module of this name, unless there is one."""
    try:
        importlib.import_module(name)
    except ImportError:
        module = ModuleType(name)
        vars(module).update(contents)
        sys.modules[name] = module

"""Names restored for PyDSTool, in a process of their own."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from continuation.backends.compatibility import c_flags, missing

CHECK = """
from continuation.backends.compatibility import restore
restore()
import numpy, scipy.special, parser, symbol
assert numpy.Inf == float("inf") and numpy.alltrue is numpy.all and numpy.int is int
assert scipy.mod is numpy.mod
tree = parser.expr("a*b")
assert type(tree) is parser.STType and symbol.sym_name[tree.tolist()[0]] == "term"
try:
    scipy.special.a_function_that_was_removed(1.0)
except NotImplementedError as error:
    print(error)
"""


def test_names_are_restored_in_another_process_and_not_in_this_one() -> None:
    done = subprocess.run([sys.executable, "-c", CHECK], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == (
        "scipy.special.a_function_that_was_removed is missing in this Python."
    )
    assert not hasattr(np, "Inf")
    assert "symbol" not in sys.modules


def test_a_stand_in_says_what_is_missing_when_it_is_called() -> None:
    with pytest.raises(NotImplementedError, match=r"scipy\.who is missing"):
        missing("scipy.who")(1, axis=2)


def test_macros_are_passed_as_options_of_the_compiler() -> None:
    assert "-DNPY_FARRAY=NPY_ARRAY_FARRAY" in c_flags().split()

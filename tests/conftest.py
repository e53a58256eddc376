"""What all tests share: one thread, no window, the same examples every time, the two families."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from continuation.system import System

# Linear algebra reads these when NumPy is first imported, which happens in the tests only.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ["MPLBACKEND"] = "Agg"

# The same examples in every run, so that a failure is the change's own; no deadline, because the
# first example of a process pays for compiling.
hypothesis.settings.register_profile("reproducible", derandomize=True, deadline=None)
hypothesis.settings.load_profile("reproducible")


@pytest.fixture(scope="session")
def eq9() -> System:
    """Family (9) of the paper: b1 = 0.32, gamma = 0.051."""
    import symgru as sg

    return sg.families.eq9().compile()


@pytest.fixture(scope="session")
def eq8() -> System:
    """Family (8) of the paper: alpha = pi/3, beta = 3, s = 0."""
    import symgru as sg

    return sg.families.eq8().compile()

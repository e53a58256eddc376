"""Other programs as engines and as witnesses: PyDSTool and AUTO-07p.

``equilibria``, ``cycles`` and ``special_curve`` follow a curve there and return a `Branch`;
``crosscheck`` follows a branch of ours a second time and compares the two. The peers are optional;
what is missing is said when they are asked.
"""

from __future__ import annotations

from continuation.backends.comparison import CrossCheck, crosscheck
from continuation.backends.engines import (
    ENGINES,
    available,
    cycles,
    equilibria,
    special_curve,
)

__all__ = [
    "ENGINES",
    "CrossCheck",
    "available",
    "crosscheck",
    "cycles",
    "equilibria",
    "special_curve",
]

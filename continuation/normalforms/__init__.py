"""Normal forms on the centre manifold: coefficients, their sign in words, and what they rest on."""

from __future__ import annotations

from continuation.normalforms.branching import BranchPointNormalForm
from continuation.normalforms.connection import HomoclinicNormalForm
from continuation.normalforms.fold import FoldNormalForm
from continuation.normalforms.hopf import HopfNormalForm

__all__ = ["BranchPointNormalForm", "FoldNormalForm", "HomoclinicNormalForm", "HopfNormalForm"]

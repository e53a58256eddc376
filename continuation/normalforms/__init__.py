"""Normal forms on the centre manifold: coefficients, their sign in words, and what they rest on."""

from __future__ import annotations

from continuation.normalforms.branching import BranchPointNormalForm
from continuation.normalforms.chenciner import ChencinerNormalForm
from continuation.normalforms.codimension_two import (
    BautinNormalForm,
    BogdanovTakensNormalForm,
    CuspNormalForm,
    DoubleHopfNormalForm,
    ZeroHopfNormalForm,
)
from continuation.normalforms.coincident import CoincidentNormalForm
from continuation.normalforms.connection import (
    HeteroclinicNormalForm,
    HomoclinicNormalForm,
    SaddleNodeHomoclinicNormalForm,
)
from continuation.normalforms.cycles import (
    CycleFoldNormalForm,
    CycleTorusNormalForm,
    PeriodDoublingNormalForm,
)
from continuation.normalforms.degenerate_cycles import (
    CycleChencinerNormalForm,
    CycleCuspNormalForm,
    DegenerateDoublingNormalForm,
)
from continuation.normalforms.double_cycles import (
    CycleFoldPairNormalForm,
    CyclePairsNormalForm,
)
from continuation.normalforms.fold import FoldNormalForm
from continuation.normalforms.hopf import HopfNormalForm
from continuation.normalforms.maps import (
    FlipNormalForm,
    GeneralizedFlipNormalForm,
    MapCuspNormalForm,
    MapFoldNormalForm,
    NeimarkSackerNormalForm,
)
from continuation.normalforms.resonances import (
    FirstResonanceNormalForm,
    FourthResonanceNormalForm,
    SecondResonanceNormalForm,
    ThirdResonanceNormalForm,
)

__all__ = [
    "BautinNormalForm",
    "BogdanovTakensNormalForm",
    "BranchPointNormalForm",
    "ChencinerNormalForm",
    "CoincidentNormalForm",
    "CuspNormalForm",
    "CycleChencinerNormalForm",
    "CycleCuspNormalForm",
    "CycleFoldNormalForm",
    "CycleFoldPairNormalForm",
    "CyclePairsNormalForm",
    "CycleTorusNormalForm",
    "DegenerateDoublingNormalForm",
    "DoubleHopfNormalForm",
    "FirstResonanceNormalForm",
    "FlipNormalForm",
    "FoldNormalForm",
    "FourthResonanceNormalForm",
    "GeneralizedFlipNormalForm",
    "HeteroclinicNormalForm",
    "HomoclinicNormalForm",
    "HopfNormalForm",
    "MapCuspNormalForm",
    "MapFoldNormalForm",
    "NeimarkSackerNormalForm",
    "PeriodDoublingNormalForm",
    "SaddleNodeHomoclinicNormalForm",
    "SecondResonanceNormalForm",
    "ThirdResonanceNormalForm",
    "ZeroHopfNormalForm",
]

"""Which of the tangents at a branch point belongs to the branch that we did not come along."""

from __future__ import annotations

import numpy as np

from continuation.errors import ContinuationError
from continuation.special import SpecialPoint


def other_tangent(point: SpecialPoint) -> int:
    """Index of the tangent at a branch point that is farther from the branch it was found on.

    Raises
    ------
    ContinuationError
        Where no second branch leaves: the branching equation has no real roots.
    """
    tangents = np.real(point.vectors["tangents"])
    if not np.any(tangents):
        raise ContinuationError(
            f"{point.label or point.kind} is isolated: its branching equation has no real roots, "
            f"so no other branch leaves it."
        )
    through = np.real(point.vectors["through"])
    overlap = np.abs(tangents @ (through / np.linalg.norm(through)))
    return int(np.argmin(overlap))

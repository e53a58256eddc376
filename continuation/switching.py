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
    if "tangents" not in point.vectors:
        raise ContinuationError(
            f"at {point.label or point.kind} several eigenvalues vanish at once, as a symmetry "
            f"makes them: more than one branch may leave it. `diagram` looks for them all."
        )
    tangents = np.real(point.vectors["tangents"])
    if not np.any(tangents):
        raise ContinuationError(
            f"{point.label or point.kind} is isolated: its branching equation has no real roots, "
            f"so no other branch leaves it."
        )
    through = np.real(point.vectors["through"])
    overlap = np.abs(tangents @ (through / np.linalg.norm(through)))
    return int(np.argmin(overlap))


def one_pair(point: SpecialPoint) -> SpecialPoint:
    """A Hopf point at which one pair of eigenvalues crosses.

    Raises
    ------
    ContinuationError
        Where several cross at once.
    """
    if "through" in point.vectors and point.kind == "H":
        raise ContinuationError(
            f"at {point.label or point.kind} several pairs of eigenvalues cross at once, as a "
            f"symmetry makes them: more than one family of cycles may leave it. Begin one with an "
            f"orbit, from `simulate` next to the point."
        )
    return point

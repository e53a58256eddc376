"""What goes wrong, told apart: a computation that could not start, and Newton's method that failed.

A mistake of the caller is a ``ValueError`` or ``TypeError`` raised at the door. A branch that ended
is no error at all but an outcome, `StopReason`, with the part found so far. What remains is here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class ContinuationError(RuntimeError):
    """A computation that could not start or could not finish; the message is one sentence."""


class NoConvergence(ContinuationError):
    """Newton's method did not reach a solution.

    Attributes
    ----------
    iterate : ndarray, shape (N,)
        The last iterate.
    residuals : tuple of float
        Norm of the residual at every iterate, the first guess included.
    """

    def __init__(self, message: str, iterate: NDArray[np.float64], residuals: tuple[float, ...]):
        super().__init__(message)
        self.iterate = iterate
        self.residuals = residuals


class StopReason(StrEnum):
    """Why a branch ended, at one of its two ends; the value is a sentence."""

    BOUND = "The branch reached a bound of a free parameter."
    CLOSED = "The branch is a closed curve and came back to its start."
    MAX_POINTS = "The branch reached the largest number of points, Settings.max_points."
    STEP_TOO_SMALL = (
        "The step fell below Settings.min_step: Newton's method no longer converges from here."
    )
    INTERRUPTED = "The computation was interrupted; the points found so far are kept."
    PERIOD_BOUND = "The period reached the bound period_below."
    NEAR_HOMOCLINIC = (
        "The cycle is near a homoclinic orbit: its period grows, the parameter stands still."
    )
    NEAR_CIRCLE = (
        "The cycle is near a homoclinic orbit to a saddle-node, on an invariant circle: its period "
        "grows, the parameter stands still."
    )
    UNRESOLVED = (
        "The mesh no longer resolves the cycle: its multipliers contradict the equations of the "
        "curve. Settings.intervals may be too small."
    )
    AT_HOPF = "The cycle shrank to an equilibrium: the branch ends at a Hopf point."
    COLLAPSED = (
        "The connecting orbit shrank to an equilibrium: the curve ends at a Bogdanov-Takens point."
    )
    BOGDANOV_TAKENS = "The curve ends at a Bogdanov-Takens point, where the frequency vanishes."
    SADDLE_NODE = (
        "The saddle became a saddle-node: the curve of homoclinic orbits to saddles ends, and goes "
        "over to that of homoclinic orbits to a saddle-node."
    )
    SADDLE_NODE_REACHED = "An equilibrium of the connecting orbit became a saddle-node."
    TOO_SLOW = (
        "The orbit became so slow that it no longer comes back within its truncation time; start "
        "again from a cycle there."
    )
    CUSP = (
        "The saddle-node is about to become a cusp: a third equilibrium comes to it along the "
        "orbit, or the orbit leaves and returns ever more slowly."
    )
    NON_CENTRAL = (
        "The orbit comes back to the saddle-node along its strong direction: the curve goes over "
        "to that of homoclinic orbits to a saddle."
    )
    SHILNIKOV_HOPF = "The saddle-focus underwent a Hopf bifurcation: its homoclinic orbit ends."
    NEAR_EQUILIBRIUM = (
        "Another equilibrium, or the ghost of one about to be born, lies on the connecting orbit: "
        "the orbit would break there."
    )
    AT_PERIOD_DOUBLING = (
        "The cycle shrank onto one of half its period: the branch ends at a period doubling."
    )
    RESONANCE = "The curve ends at a strong resonance, where the pair of multipliers becomes real."
    BROKEN = "The second parameter breaks the branch point: from here on the two branches part."
    UNBOUNDED = "The solution grew by a factor of a million: the branch runs to infinity."
    START = "The branch starts here; this side was not asked for."

r"""Branch point: the algebraic branching equation, whose roots are the tangents of two branches.

At a simple branch point DF = (A, f_lambda) has a two-dimensional kernel spanned by u and v, and a
left null vector p. The tangents alpha u + beta v of the branches solve

.. math:: c_{uu} \alpha^2 + 2 c_{uv} \alpha\beta + c_{vv} \beta^2 = 0, \qquad
          c_{uv} = \langle p, D^2 F(u, v) \rangle

(Keller 1977; Doedel, Keller and Kernevez 1991, section 2). A negative discriminant
:math:`c_{uv}^2 - c_{uu} c_{vv}` means that the point is isolated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from continuation.defining import Equations
from continuation.points import Polished
from continuation.special import NormalForm

Array = NDArray[np.float64]

FLAT = 1e-7
"""A branch whose tangent has a smaller parameter component, relative to its length, leaves the
point vertically: a pitchfork."""


@dataclass(frozen=True)
class BranchPointNormalForm(NormalForm):
    """How two branches cross.

    Attributes
    ----------
    discriminant : float
        Of the branching equation, with orthonormal u, v and |p| = 1; positive where two branches
        cross.
    kind : str
        "transcritical", "pitchfork" (one branch leaves vertically) or "isolated".
    """

    discriminant: float
    kind: str


def branch_tangents(equations: Equations, point: Polished) -> tuple[BranchPointNormalForm, Array]:
    """Solve the branching equation at a polished branch point.

    Returns
    -------
    BranchPointNormalForm
        The discriminant and the kind.
    ndarray, shape (2, n + 1)
        Unit tangents of the two branches in (x, lambda); zeros where there are none.
    """
    _, a, b = equations.first(point.y)
    _, _, vh = np.linalg.svd(np.column_stack((a, b)))
    kernel = vh[-2:]
    c = kernel @ equations.curvature(point.y, np.real(point.p)) @ kernel.T
    discriminant = float(c[0, 1] ** 2 - c[0, 0] * c[1, 1])
    if discriminant <= 0.0:
        return BranchPointNormalForm(discriminant, "isolated"), np.zeros((2, len(point.y)))
    # The indefinite form c is diagonal in the frame of its eigenvectors: mu0 s^2 + mu1 r^2 = 0.
    mu, frame = np.linalg.eigh(c)
    slope = np.sqrt(-mu[0] / mu[1])
    tangents = np.array(
        [(frame[:, 0] + sign * slope * frame[:, 1]) @ kernel for sign in (1.0, -1.0)]
    )
    tangents /= np.linalg.norm(tangents, axis=1)[:, None]
    flat = np.abs(tangents[:, -1]).min() < FLAT
    return BranchPointNormalForm(discriminant, "pitchfork" if flat else "transcritical"), tangents

r"""Several eigenvalues that reach the imaginary axis at one point, as a symmetry makes them.

Where k eigenvalues of A vanish together and A has k null vectors Q, k left ones P, no simple branch
point is defined: its equations are singular. The point solves

.. math:: f(x, \lambda) = 0, \qquad P^T A Q = 0,

n + k^2 equations in n + 1 unknowns, which the symmetry makes consistent, by the method of Gauss and
Newton with the shortest step. Where k pairs cross together A is regular, and the mean of their real
parts is made zero along the branch.

Neither the number nor the stability of what leaves such a point follows from the linearisation: it
is the symmetry that decides (Golubitsky, Stewart and Schaeffer 1988, section XIII.3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from continuation.defining import Equations
from continuation.errors import NoConvergence
from continuation.points import SOLVED, Polished
from continuation.special import NormalForm

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

ROUND_OFF = 1e-6
"""An eigenvalue below this fraction of the largest one is zero next to a located point; where all
vanish, a singular value below this fraction of the second derivatives is."""

NEAR = 1e-3
"""The same at a place that is yet to be solved for. At a neutral saddle the nearest eigenvalue
changes its sign too, because two of opposite signs change places, but none is near zero."""

INDEPENDENT = 1e-6
"""Singular values of the equations below this, relative to the largest, are none: with a reflection
along the kernel the second derivatives vanish there."""

STEPS = 20
"""Of Gauss and Newton; they shrink quadratically."""


@dataclass(frozen=True)
class CoincidentNormalForm(NormalForm):
    """How many eigenvalues, or pairs of them, cross at once. There are no coefficients.

    Attributes
    ----------
    multiplicity : int
        Eigenvalues zero (BP) or pairs on the axis (H), at least 2.
    frequencies : tuple of float
        Of the pairs, in radians per time unit; empty at a BP.
    """

    multiplicity: int
    frequencies: tuple[float, ...] = ()


def nearest_zero(spectrum: ComplexArray) -> float:
    """The real eigenvalue nearest to zero; NaN where there is none."""
    real = [value.real for value in spectrum.tolist() if value.imag == 0.0]
    return min(real, key=abs, default=math.nan)


def nearest_pair(spectrum: ComplexArray) -> float:
    """Real part of the complex pair nearest to the axis; NaN where there is none."""
    real = [value.real for value in spectrum.tolist() if value.imag > 0.0]
    return min(real, key=abs, default=math.nan)


def crossing_pairs(spectrum: ComplexArray) -> ComplexArray:
    """The upper eigenvalues of the pairs that are next to the axis, nearest first."""
    upper = spectrum[spectrum.imag > 0.0]
    upper = upper[np.abs(upper.real) <= NEAR * np.abs(spectrum).max(initial=0.0)]
    return np.asarray(upper[np.argsort(np.abs(upper.real), kind="stable")])


def deficiency(equations: Equations, z: Array, small: float = ROUND_OFF) -> int:
    """By how much the rank of (A, f_lambda) falls short of n: 1 at a simple branch point."""
    _, a, b = equations.first(z)
    values = np.linalg.svd(np.hstack((a, b)), compute_uv=False)
    bend = max(float(np.abs(equations.curvature(z, e)).max()) for e in np.eye(equations.n))
    return int(np.count_nonzero(values <= small * (values[0] + bend)))


def multiple_branch_point(equations: Equations, z: Array) -> Polished:
    """Solve for a point at which several eigenvalues vanish together, from a guess.

    Parameters
    ----------
    equations : Equations
        In one free parameter.
    z : ndarray, shape (n + 1,)
        State and parameter near the point.

    Returns
    -------
    Polished
        With q and p of shape (n, k); the conditioning is that of the equations which count.

    Raises
    ------
    NoConvergence
        When the equations contradict each other, or the eigenvalues share a null vector.
    """
    n, k = equations.n, deficiency(equations, z, NEAR)
    residuals: list[float] = []
    last = np.inf
    for _ in range(STEPS):
        f, a, b = equations.first(z)
        q, p = _null_spaces(a, k)
        value = np.append(f, p.T @ a @ q)
        residuals.append(float(np.abs(value).max()))
        bends = [equations.curvature(z, left)[:, :n] @ q for left in p.T]
        jacobian = np.vstack((np.hstack((a, b)), *(bend.T for bend in bends)))
        step, _, rank, sizes = np.linalg.lstsq(jacobian, -value, rcond=INDEPENDENT)
        length = float(np.abs(step).max()) / (1.0 + float(np.abs(z).max()))
        z = z + step
        if length < 1e-14 or 0.5 * last < length < 1e-8:
            break
        last = length
    f, a, _ = equations.first(z)
    q, p = _null_spaces(a, k)
    residual = float(np.abs(np.append(f, p.T @ a @ q)).max())
    shared = np.linalg.svd(q.T @ p)[1].min() < ROUND_OFF
    if deficiency(equations, z) < k or residual > SOLVED * max(1.0, sizes[0]) or shared:
        raise NoConvergence("the eigenvalues vanish apart.", z, tuple(residuals))
    return Polished(z, q, p, 0.0, residual, float(sizes[0] / sizes[int(rank) - 1]))


def _null_spaces(a: Array, k: int) -> tuple[Array, Array]:
    """Right and left singular vectors of the k smallest singular values, shape (n, k)."""
    left, _, right = np.linalg.svd(a)
    return right[-k:].T, left[:, -k:]

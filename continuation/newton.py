r"""Newton's method for a curve with one condition more: H(z) = 0 and <row, z> = level.

Each iteration solves the bordered system

.. math:: \begin{pmatrix} DH(z) \\ row^T \end{pmatrix} \delta
          = \begin{pmatrix} -H(z) \\ level - row^T z \end{pmatrix}.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from continuation.errors import NoConvergence
from continuation.linalg.bordered import Factorization, factorise

if TYPE_CHECKING:
    from continuation.curve import Curve
    from continuation.settings import Settings

Array = NDArray[np.float64]

FALLS = 0.5
"""Newton's method lowers the residual at least so far in a step, to a quarter even near a singular
Jacobian, until round-off keeps it where it is."""

SHORT = 16
"""Up to this length a list is searched faster than an array, most of whose time is the call."""


@dataclass(frozen=True)
class Correction:
    """Where Newton's method got to.

    Attributes
    ----------
    z : ndarray, shape (N,)
        The last iterate.
    converged : bool
        Whether the correction after this one would be below the tolerance.
    iterations : int
        Linear systems solved.
    residuals : tuple of float
        Largest residual at each iterate that was evaluated.
    tangent : ndarray, shape (N,), or None
        Where it converged, the vector that the last bordered Jacobian maps to (0, ..., 0, 1): along
        the curve, of any length, and not finite where the matrix is singular.
    determinant : float
        Of that matrix, up to a positive factor. It belongs to the iterate before ``z``, which
        differs from it by less than the square root of the tolerance.
    """

    z: Array
    converged: bool
    iterations: int
    residuals: tuple[float, ...]
    tangent: Array | None = None
    determinant: float = 0.0


def correct(curve: Curve, guess: Array, row: Array, level: float, settings: Settings) -> Correction:
    """Solve H(z) = 0 and <row, z> = level from a guess, as the curve knows best.

    Parameters
    ----------
    curve : Curve
        Gives H and DH, or its own way to solve them.
    guess : ndarray, shape (N,)
        First iterate.
    row : ndarray, shape (N,)
        The last row of the bordered matrix.
    level : float
        Value of <row, z> that the solution shall have.
    settings : Settings
        Tolerance and largest number of iterations.
    """
    return curve.correct(guess, row, level, settings)


def iterate(curve: Curve, guess: Array, row: Array, level: float, settings: Settings) -> Correction:
    """Newton's method for H(z) = 0 and <row, z> = level, call by call; see `correct`.

    Every unknown is measured in its own size, see `Curve.scales`.
    """
    z, scales = guess, curve.scales(guess)
    residuals: list[float] = []
    rhs = np.empty(len(guess))
    last = former = np.inf
    for _ in range(settings.newton_steps):
        h, jacobian = curve.linearize(z)
        residuals.append(_size(h))
        if not residuals[-1] < np.inf:
            break
        factors = factorise(jacobian, row)
        np.negative(h, out=rhs[:-1])
        rhs[-1] = level - row @ z
        step = factors.solve(rhs)
        length = _size(step / scales)
        if not length < np.inf:
            break
        z = z + step
        outcome = verdict(length, last, residuals[-1], former, settings.tolerance)
        if outcome > 0:
            return _converged(z, residuals, factors)
        if outcome < 0:
            break
        last, former = length, residuals[-1]
    return Correction(z, False, len(residuals), tuple(residuals))


def verdict(length: float, last: float, residual: float, former: float, tolerance: float) -> int:
    """Whether Newton's method has arrived (1), is lost (-1), or should go on (0).

    Corrections d_k shrink quadratically, d_{k+1} ~ d_k (d_k / d_{k-1})^2, so that the iteration
    ends one evaluation early when that estimate is below the tolerance. It ends as well where
    corrections are short and round-off keeps the residual from falling. Compiled correctors use
    this function too.

    Parameters
    ----------
    length, last : float
        Largest component of this correction and of the one before, infinite before the second, in
        the sizes of the unknowns.
    residual, former : float
        Largest residual before this correction and before the one before, infinite likewise.
    tolerance : float
        In the sizes of the unknowns.
    """
    expected = length * (length / last) ** 2 if length < last < math.inf else math.inf
    if min(length, expected) < tolerance:
        return 1
    if residual > FALLS * former and length < math.sqrt(tolerance):
        return 1
    return 0 if length <= 2.0 * last else -1


def _converged(z: Array, residuals: list[float], factors: Factorization) -> Correction:
    """The solution, with the tangent that the last factors give."""
    unit = np.zeros(len(z))
    unit[-1] = 1.0
    tangent = factors.solve(unit)
    return Correction(z, True, len(residuals), tuple(residuals), tangent, factors.determinant)


def _size(v: Array) -> float:
    """Largest modulus; NaN where there is one."""
    if len(v) > SHORT:
        return float(np.abs(v).max())
    values = v.tolist()
    return max(map(abs, values)) if math.isfinite(sum(values)) else float(np.abs(v).max())


@dataclass(frozen=True)
class Root:
    """A solution of a square system of equations.

    Attributes
    ----------
    u : ndarray, shape (N,)
        The solution.
    residual : float
        Largest residual at ``u``.
    conditioning : float
        Condition number of the Jacobian at the last iterate but one, in the 1-norm.
    """

    u: Array
    residual: float
    conditioning: float


def solve(
    equations: Callable[[Array], tuple[Array, Array]],
    guess: Array,
    what: str,
    tolerance: float = 1e-13,
    iterations: int = 20,
) -> Root:
    """Solve a square defining system by Newton's method, to the last digits that it gives.

    The iteration stops when every correction is below ``tolerance`` (1 + |u_i|), or when
    corrections below 1e-8 no longer shrink: round-off then decides, and the residual tells how
    well.

    Parameters
    ----------
    equations : callable
        ``equations(u)`` returns F(u), shape (N,), and DF(u), shape (N, N).
    guess : ndarray, shape (N,)
        First iterate.
    what : str
        Name of what is sought, for the message of the error.

    Raises
    ------
    NoConvergence
        With the last iterate and the history of residuals.
    """
    u = np.asarray(guess, dtype=float)
    history: list[float] = []
    last = np.inf
    for _ in range(iterations):
        with np.errstate(
            over="ignore", invalid="ignore"
        ):  # An iterate that ran away is seen below.
            value, jacobian = equations(u)
        history.append(float(np.abs(value).max()))
        if not np.isfinite(history[-1]):
            break
        try:
            step = np.linalg.solve(jacobian, -value)
        except np.linalg.LinAlgError:
            break
        length = float(np.max(np.abs(step) / (1.0 + np.abs(u))))
        u = u + step
        if length < tolerance or (length < 1e-8 and length > 0.5 * last):
            residual = float(np.abs(equations(u)[0]).max())
            return Root(u, residual, float(np.linalg.cond(jacobian, 1)))
        last = length
    raise NoConvergence(
        f"Newton's method did not reach {what}: residual {history[-1]:.1e} after "
        f"{len(history)} steps.",
        u,
        tuple(history),
    )

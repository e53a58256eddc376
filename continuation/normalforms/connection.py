r"""What the eigenvalues of the saddle say about a homoclinic orbit.

With leading eigenvalues mu (stable) and nu (unstable) the saddle quantity is

.. math:: \sigma = \nu + \mathrm{Re}\,\mu

for real nu. In the plane a negative sigma means that one stable cycle is born from the loop, a
positive one that an unstable cycle is (Andronov and Leontovich; Kuznetsov, Elements, 3rd ed.,
Theorem 6.1).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from continuation.special import NormalForm


@dataclass(frozen=True)
class HomoclinicNormalForm(NormalForm):
    """Eigenvalues at the saddle, and how far the truncation can be trusted.

    Attributes
    ----------
    saddle_quantity : float
        Sum of the real parts of the leading eigenvalues.
    leading_stable, leading_unstable : complex
        Eigenvalues nearest to the imaginary axis.
    parameter_error : float
        Change of the free parameter in the last refinement of mesh and truncation.
    first_distance, last_distance : float
        Distances of the two ends of the orbit from the saddle.
    """

    saddle_quantity: float
    leading_stable: complex
    leading_unstable: complex
    parameter_error: float
    first_distance: float
    last_distance: float


def homoclinic_normal_form(
    values: NDArray[np.complex128], distances: tuple[float, float], parameter_error: float
) -> HomoclinicNormalForm:
    """Read the leading eigenvalues from the spectrum of a saddle."""
    stable, unstable = values[values.real < 0.0], values[values.real > 0.0]
    mu = complex(stable[np.argmax(stable.real)])
    nu = complex(unstable[np.argmin(unstable.real)])
    return HomoclinicNormalForm(mu.real + nu.real, mu, nu, parameter_error, *distances)


@dataclass(frozen=True)
class SaddleNodeHomoclinicNormalForm(NormalForm):
    """How an orbit leaves a saddle-node and comes back to it.

    Attributes
    ----------
    saddle_nodes : int
        1, or the number of saddle-nodes on the orbit where a symmetry makes several at once: then
        the orbit given is the first of so many heteroclinic connections.
    leading : float
        The real eigenvalue, or real part of the pair, nearest to the imaginary axis besides zero;
        nan in one dimension.
    central_departure, central_return : float
        Components along the centre direction, <p_0, u(0) - x_0> and <p_0, u(1) - x_0> with |p_0|
        = 1: the orbit is central where both are away from zero.
    """

    saddle_nodes: int
    leading: float
    central_departure: float
    central_return: float


def saddle_node_form(
    matrix: NDArray[np.float64], saddle_nodes: int, departure: float, arrival: float
) -> SaddleNodeHomoclinicNormalForm:
    """Read the leading eigenvalue from the matrix at a saddle-node."""
    values = np.linalg.eigvals(matrix)
    others = np.delete(values, np.argmin(np.abs(values))).real
    leading = float(others[np.argmin(np.abs(others))]) if len(others) else float("nan")
    return SaddleNodeHomoclinicNormalForm(saddle_nodes, leading, departure, arrival)


@dataclass(frozen=True)
class HeteroclinicNormalForm(NormalForm):
    """Leading eigenvalues at both ends of a heteroclinic orbit, and how far it can be trusted.

    Attributes
    ----------
    leading_unstable : complex
        Of the equilibrium that is left: the rate at which the orbit leaves.
    leading_stable : complex
        Of the equilibrium that is reached.
    parameter_error : float
        Change of the free parameter in the last refinement of mesh and truncation.
    first_distance, last_distance : float
        Distances of the two ends of the orbit from the equilibria.
    """

    leading_unstable: complex
    leading_stable: complex
    parameter_error: float
    first_distance: float
    last_distance: float


def heteroclinic_form(
    values: NDArray[np.complex128],
    stable: int,
    distances: tuple[float, float],
    parameter_error: float,
) -> HeteroclinicNormalForm:
    """Read the leading eigenvalues from the spectra of both equilibria, one after the other.

    Parameters
    ----------
    values : ndarray, shape (2 n,)
        By real parts, of the first and of the second.
    stable : int
        Number of stable ones of the first; the second has as many for an isolated connection.
    """
    n = len(values) // 2
    nu, mu = complex(values[stable]), complex(values[n + stable - 1])
    return HeteroclinicNormalForm(nu, mu, parameter_error, *distances)

r"""The small cycles that are born at a Hopf point: a first guess with the right phase and size.

With A q = i omega q, |q| = 1, they are x_0 + epsilon Re(q exp(2 pi i t)) + O(epsilon^2), with
period 2 pi / omega + O(epsilon^2) and at the parameter of the Hopf point + O(epsilon^2) (Kuznetsov,
Elements of Applied Bifurcation Theory, 3rd ed., Springer 2004, sections 3.4 and 5.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from continuation.errors import ContinuationError

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

LARGEST_BEND = 0.1
"""The second harmonic is at most a tenth of the first, so that Newton's method converges."""

SMALLEST = 1e-5
"""No amplitude below this part of the unit of length: the equations of a cycle lose digits like the
square of its size."""


@dataclass(frozen=True)
class Birth:
    """Where small cycles are born.

    Attributes
    ----------
    state : ndarray, shape (n,)
        The equilibrium x_0.
    q : ndarray, shape (n,)
        Critical eigenvector, complex, |q| = 1.
    omega : float
        Frequency, in radians a unit of time.
    reach : float
        Largest amplitude epsilon at which the linear cycle is a good guess.
    size : float
        Unit of length, see `System.extent`.
    """

    state: Array
    q: ComplexArray
    omega: float
    reach: float
    size: float

    @property
    def period(self) -> float:
        """2 pi / omega."""
        return 2.0 * float(np.pi) / self.omega

    def wave(self, t: Array) -> Array:
        """Re(q exp(2 pi i t)), shape (k, n), for t, shape (k,), in [0, 1]."""
        angle = 2.0 * np.pi * t[:, None]
        return np.asarray(np.cos(angle) * self.q.real - np.sin(angle) * self.q.imag)


def birth(system: System, x: Array, p: Array) -> Birth:
    """Critical pair of an equilibrium, and how far the linear cycles reach.

    Raises
    ------
    ContinuationError
        When the equilibrium has no complex eigenvalues.
    """
    a = system.linearize(())(x[None, :], p)[1][0]
    values, vectors = np.linalg.eig(a)
    upper = np.flatnonzero(values.imag > 0.0)
    if not len(upper):
        raise ContinuationError(
            "the equilibrium has no complex eigenvalues: no cycles start there."
        )
    best = upper[np.argmin(np.abs(values[upper].real))]
    q, omega = vectors[:, best] / np.linalg.norm(vectors[:, best]), float(values[best].imag)
    reach = LARGEST_BEND / bend(system, x, p, a, q, omega)
    return Birth(x, q, omega, reach, system.extent(x))


def bend(system: System, x: Array, p: Array, a: Array, q: ComplexArray, omega: float) -> float:
    """Second harmonics and mean shift, relative to the first harmonic, by unit amplitude.

    Half the sum of the moduli of (2 i omega - A)^-1 B(q, q) and A^-1 B(q, qbar), and the root of
    the cubic term's share of the frequency: where it is large, the linear cycle holds for small
    amplitudes only. Least squares, because A may be singular as well (a fold-Hopf point).
    """
    second = system.derivative(x, p, q, q)
    mean = system.derivative(x, p, q, q.conj())
    cube = system.derivative(x, p, q, q, q.conj())
    doubled = np.linalg.lstsq(2j * omega * np.eye(len(x)) - a, second, rcond=None)[0]
    shift = np.linalg.lstsq(a.astype(complex), mean, rcond=None)[0]
    harmonics = 0.5 * float(np.linalg.norm(doubled) + np.linalg.norm(shift))
    cubic = float(np.sqrt(np.linalg.norm(cube) / omega))
    return harmonics + cubic + float(np.finfo(float).tiny)

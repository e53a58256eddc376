r"""The first tori at a zero-Hopf or double Hopf point: a small cycle with a pair on the circle.

Beside the cycle x_0 + epsilon Re(q_1 exp(2 pi i t)) of period T = 2 pi / omega_1, see `birth`, the
critical vectors move as they do at the equilibrium, to first order:

double Hopf point (HH)
    v = q_2 exp(i omega_2 T t), theta = omega_2 T;
zero-Hopf point (ZH)
    with u the coordinate along q_0 and r = epsilon / 2 that of the pair,
    u' = g_200 u^2 / 2 + g_011 r^2 + ..., r' = Re(g_110) u r + ..., the equilibrium u = 0 of these
    equations has eigenvalues +- i Omega with Omega^2 = -2 g_011 Re(g_110) r^2 and

.. math:: v = e^{i \Omega T t} (q_0 + \frac{i \Omega}{g_{011} r} \mathrm{Re}(q_1 e^{2 \pi i t})),
          \qquad \theta = \Omega T.

(Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., sections 8.5 and 8.6.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from continuation.collocation.birth import Birth, bend
from continuation.errors import ContinuationError

if TYPE_CHECKING:
    from continuation.special import SpecialPoint

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

BEND = 0.1
"""Second harmonics are at most a tenth of the first one."""


LARGEST = 0.1
"""Amplitudes stay below this part of the size of the state, or of 1 if it is smaller."""

WIDEST = 0.5
"""Largest angle theta, in radians, at a zero-Hopf point, where it starts from zero."""


@dataclass(frozen=True)
class NewTorus:
    """What is born at a point of codimension two.

    Attributes
    ----------
    cycle : Birth
        The small cycles.
    q : ndarray, shape (n,)
        The other critical vector: q_2, complex, or q_0.
    rate : float
        omega_2; at a zero-Hopf point Omega / r.
    lean : float
        (Omega / r) / g_011 at a zero-Hopf point, else 0.
    """

    cycle: Birth
    q: ComplexArray
    rate: float
    lean: float = 0.0

    @property
    def reach(self) -> float:
        """Largest amplitude at which this is a good guess."""
        slow = WIDEST / self.angle(1.0) if self.lean else np.inf
        return float(min(self.cycle.reach, LARGEST * self.cycle.size, slow))

    def angle(self, amplitude: float) -> float:
        """Angle theta of the multipliers beside the cycle of an amplitude epsilon."""
        slow = 0.5 * amplitude if self.lean else 1.0
        return self.rate * slow * self.cycle.period

    def vector(self, t: Array, amplitude: float) -> ComplexArray:
        """Values v, shape (k, n), at t, shape (k,), in [0, 1]."""
        around = self.q + 1j * self.lean * self.cycle.wave(t)
        return np.asarray(np.exp(1j * self.angle(amplitude) * t)[:, None] * around)


def new_torus(point: SpecialPoint, pair: int) -> NewTorus:
    """What is born at a zero-Hopf or double Hopf point.

    Parameters
    ----------
    point : SpecialPoint
        Of kind ZH or HH.
    pair : int
        At a double Hopf point, which pair the cycle belongs to: 0 for the slower one, 1 for the
        faster one.

    Raises
    ------
    ContinuationError
        When no tori are born: at a zero-Hopf point with g_011 Re(g_110) > 0.
    """
    p = point.system.vector(point.parameters)
    a = point.system.linearize(())(point.state[None, :], p)[1][0]
    values, vectors = np.linalg.eig(a)
    upper = np.flatnonzero(values.imag > 0.0)
    upper = upper[np.argsort(np.abs(values[upper].real))][: 1 if point.kind == "ZH" else 2]
    upper = upper[np.argsort(values[upper].imag)]
    if len(upper) < (1 if point.kind == "ZH" else 2):
        raise ContinuationError(f"{point.label or point.kind} has too few complex eigenvalues.")
    place = 0 if point.kind == "ZH" else pair
    q, omega = vectors[:, upper[place]], float(values[upper[place]].imag)
    reach = BEND / bend(point.system, point.state, p, a, q, omega)
    cycle = Birth(point.state, q, omega, reach, point.system.extent(point.state))
    if point.kind == "HH":
        other = upper[1 - pair]
        return NewTorus(cycle, vectors[:, other], float(values[other].imag))
    form = point.normal_form
    g011, g110 = float(getattr(form, "g011", 0.0)), complex(getattr(form, "g110", 0.0))
    square = -2.0 * g011 * g110.real
    if not square > 0.0:
        raise ContinuationError(
            f"no tori are born at {point.label or point.kind}: g011 Re(g110) = "
            f"{-0.5 * square:.3g} is not negative."
        )
    rate = float(np.sqrt(square))
    return NewTorus(cycle, point.vectors["q"].astype(complex), rate, rate / g011)

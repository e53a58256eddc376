r"""Hopf: :math:`\dot z = i\omega z + c_1 z |z|^2 + O(|z|^4)` on the centre manifold.

With A q = i omega q, A^T p = -i omega p, |q| = 1, <p, q> = 1, and B, C the second and third
derivatives of f in two and three directions,

.. math::

    c_1 = \tfrac12 \langle p, C(q, q, \bar q) - 2 B(q, A^{-1} B(q, \bar q))
          + B(\bar q, (2 i \omega I - A)^{-1} B(q, q)) \rangle, \qquad l_1 = \mathrm{Re}\, c_1 /
          \omega

(Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., eq. (5.39) and (3.20)). Re c_1 is what
MatCont prints as first Lyapunov coefficient; l_1 is Kuznetsov's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from continuation.defining import Equations
from continuation.points import Polished
from continuation.special import NormalForm

DEGENERATE = 1e-9
"""|Re c1| below this fraction of the terms that it is the sum of is called degenerate: exact
derivatives leave about six digits of cancellation before round-off decides the sign."""


SINGULAR = 1e10
"""Condition number of A above which another eigenvalue is zero (a zero-Hopf point): c_1 has a pole
there, and its sign means nothing."""


@dataclass(frozen=True)
class HopfNormalForm(NormalForm):
    """Coefficients of a Hopf point.

    Attributes
    ----------
    omega : float
        Frequency of the cycles that are born, in radians a unit of time.
    re_c1 : float
        Real part of c_1 with |q| = 1.
    l1 : float
        First Lyapunov coefficient, re_c1 / omega.
    im_c1 : float
        Imaginary part of c_1: how the frequency changes with the amplitude.
    speed : float
        d Re(lambda) / d (first free parameter): how fast the pair crosses the axis.
    terms : float
        Sum of the moduli of the three terms of c_1, by which to judge a small l1.
    pairing : float
        |<p, q>| for unit vectors, the number divided by.
    criticality : str
        "supercritical" (stable cycles, l1 < 0), "subcritical" (l1 > 0) or "degenerate".
    """

    omega: float
    re_c1: float
    l1: float
    im_c1: float
    speed: float
    terms: float
    pairing: float
    criticality: str = "degenerate"


def hopf_normal_form(equations: Equations, point: Polished) -> HopfNormalForm:
    """Compute the first Lyapunov coefficient at a polished Hopf point."""
    y, omega, identity = point.y, point.omega, np.eye(equations.n)
    q: NDArray[Any] = point.q
    left: NDArray[Any] = point.p
    _, a, b = equations.first(y)
    h11: NDArray[Any] = np.linalg.solve(a, equations.form(y, q, q.conj()))
    h20: NDArray[Any] = np.linalg.solve(2j * omega * identity - a, equations.form(y, q, q))
    terms = np.array(
        [
            np.vdot(left, equations.form(y, q, q, q.conj())),
            -2.0 * np.vdot(left, equations.form(y, q, h11)),
            np.vdot(left, equations.form(y, q.conj(), h20)),
        ]
    )
    c1 = complex(terms.sum() / 2.0)
    size = float(np.abs(terms).sum() / 2.0)
    bend = equations.bend(y, q)
    drift = np.linalg.solve(a, b[:, 0])
    speed = float(np.vdot(left, bend[:, equations.n] - bend[:, : equations.n] @ drift).real)
    regular = float(np.linalg.cond(a)) < SINGULAR
    word = "supercritical" if c1.real < 0.0 else "subcritical"
    return HopfNormalForm(
        omega=omega,
        re_c1=c1.real,
        l1=c1.real / omega,
        im_c1=c1.imag,
        speed=speed,
        terms=size,
        pairing=float(1.0 / np.linalg.norm(left)),
        criticality=word if abs(c1.real) > DEGENERATE * size and regular else "degenerate",
    )

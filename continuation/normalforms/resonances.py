r"""Normal forms of the strong resonances of maps, R1 to R4, on the centre manifold at the point.

.. math::

    \text{R1: } & \eta \mapsto \eta + \xi, \quad \xi \mapsto \xi + a \eta^2 + b \eta \xi, \\
    \text{R2: } & \eta \mapsto -\eta + \xi, \quad \xi \mapsto -\xi + c \eta^3 + d \eta^2 \xi, \\
    \text{R3: } & z \mapsto e^{2 \pi i/3} z + b \bar z^2 + c z |z|^2, \\
    \text{R4: } & z \mapsto i z + c z |z|^2 + d \bar z^3

(Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., sections 9.5.1 to 9.5.4). The
coefficients follow from the terms of f(H(w)) = H(N(w)), with N the normal form and H the centre
manifold, one order after the other (Kuznetsov and Meijer, SIAM J. Sci. Comput. 26 (2005)
1932-1954). As in `normalforms.maps`, H is carried around a cycle; A and E are those of `defining`.

At R1 and R2, with mu = 1 and -1, there are two vectors on each side,

.. math:: (A + (1-\mu) E) (q_0, q_1) = (0, E q_0), \qquad
          (A + (1-\mu) E)^T (p_0, p_1) = (0, E^T p_0),

with <p_0, E q_1> = <p_1, E q_0> = 1 and <p_1, E q_1> = 0. The part of q_0 at the first point has
length 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from continuation.defining import Equations
from continuation.map_points import null_vectors, twisted
from continuation.points import Polished
from continuation.special import NormalForm, by_sign

Array = NDArray[np.float64]
AnyArray = NDArray[Any]

RESONANT = 1e-6
"""A resonant term below this part of the size that the other coefficient gives it vanishes: by a
symmetry that turns the point by another angle, and is computed as round-off. Then no cycles of
three or four times the period are tied to the point."""


@dataclass(frozen=True)
class FirstResonanceNormalForm(NormalForm):
    """1:1 resonance.

    Attributes
    ----------
    a, b : float
        Quadratic coefficients; the sign of q_0 is chosen so that a > 0. The map is approximated by
        the flow of a Bogdanov-Takens point with the coefficients a and b - 2 a.
    """

    a: float
    b: float

    @property
    def unfolding(self) -> str:
        """Stability of the invariant circles."""
        return by_sign(
            self.b - 2.0 * self.a,
            "The invariant circles from the curve of Neimark-Sacker points are stable, and end in "
            "homoclinic orbits of the saddle cycle.",
            "The invariant circles from the curve of Neimark-Sacker points are unstable, and end "
            "in homoclinic orbits of the saddle cycle.",
        )


@dataclass(frozen=True)
class SecondResonanceNormalForm(NormalForm):
    """1:2 resonance.

    Attributes
    ----------
    c, d : float
        Cubic coefficients. The second iterate is approximated by a flow with the coefficients 4 c
        and -2 d - 6 c; neither may vanish.
    """

    c: float
    d: float

    @property
    def unfolding(self) -> str:
        """What becomes of the invariant circles, and their stability."""
        circles = by_sign(
            -2.0 * self.d - 6.0 * self.c,
            "Stable invariant circles are born at the curve of Neimark-Sacker points that ends "
            "here; they",
            "Unstable invariant circles are born at the curve of Neimark-Sacker points that ends "
            "here; they",
        )
        if not circles:
            return ""
        return by_sign(
            self.c,
            f"{circles} come to enclose the doubled cycle too, from which others are born at a "
            "second curve of Neimark-Sacker points.",
            f"{circles} end in orbits that connect the points of a doubled saddle cycle.",
        )


@dataclass(frozen=True)
class ThirdResonanceNormalForm(NormalForm):
    """1:3 resonance.

    Attributes
    ----------
    b : float
        |b|; the phase of z is chosen so that b > 0.
    c : complex
        Cubic coefficient, with <p, E h_02> = 0. It depends on this choice, a does not.
    a : float
        Re(exp(-2 pi i / 3) c) - |b|^2, whose sign is that of the stability of the invariant curve:
        stable for a < 0.
    """

    b: float
    c: complex
    a: float

    @property
    def unfolding(self) -> str:
        """Stability of the invariant circles."""
        if not self.b**2 > RESONANT**2 * abs(self.c):
            return ""
        end = "and end in orbits that connect the points of the saddle cycle of three times the"
        return by_sign(
            self.a,
            f"The invariant circles are stable while they are small, {end} period.",
            f"The invariant circles are unstable while they are small, {end} period.",
        )


@dataclass(frozen=True)
class FourthResonanceNormalForm(NormalForm):
    """1:4 resonance.

    Attributes
    ----------
    c : complex
        Coefficient of z |z|^2.
    d : float
        Modulus of the coefficient of the cube of conj(z); the phase of z is chosen so that d > 0.
    a0 : complex
        -i c / d, whose place in the complex plane tells the unfoldings apart.

    Notes
    -----
    The fourth iterate is approximated by the flow z' = eps z + a0 z |z|^2 + conj(z)^3. Its
    equilibria other than 0, z = r exp(i phi), obey -eps / r^2 = a0 + exp(-4 i phi), points of a
    circle around a0: four of them for every eps where 0 is inside, none or eight where it is not.
    """

    c: complex
    d: float
    a0: complex

    @property
    def unfolding(self) -> str:
        """How many cycles of four times the period there are, and stability of the circle."""
        circle = by_sign(self.a0.real, "stable", "unstable")
        if not circle or not self.d > RESONANT * abs(self.c):
            return ""
        cycles = "Two cycles of four times the period exist between two curves of their folds"
        if abs(self.a0) < 1.0:
            cycles = "One cycle of four times the period exists on all sides of the point"
        return f"{cycles}; invariant circles are born {circle}."


def first_resonance_normal_form(equations: Equations, point: Polished) -> FirstResonanceNormalForm:
    """Compute the quadratic coefficients at a polished 1:1 resonance."""
    q0, q1, p0, p1 = _chains(equations, point.y, 1.0)
    second = equations.form(point.y, q0, q0)
    a = float(p0 @ second) / 2.0
    b = float(p1 @ second + p0 @ equations.form(point.y, q0, q1))
    return FirstResonanceNormalForm(abs(a), b * float(np.sign(a)))


def second_resonance_normal_form(
    equations: Equations, point: Polished
) -> SecondResonanceNormalForm:
    """Compute the cubic coefficients at a polished 1:2 resonance."""
    y = point.y
    q0, q1, p0, p1 = _chains(equations, y, -1.0)

    def f(*directions: Array) -> Array:
        return np.asarray(equations.form(y, *directions))

    even = twisted(equations, y, 1.0)
    h20 = -np.linalg.solve(even, f(q0, q0))
    h11 = -np.linalg.solve(even, f(q0, q1) + equations.closing @ h20)
    cubic = f(q0, q0, q0) + 3.0 * f(q0, h20)
    mixed = f(q0, q0, q1) + 2.0 * f(q0, h11) + f(q1, h20)
    return SecondResonanceNormalForm(float(p0 @ cubic) / 6.0, float(p0 @ mixed + p1 @ cubic) / 2.0)


def third_resonance_normal_form(equations: Equations, point: Polished) -> ThirdResonanceNormalForm:
    """Compute the coefficients at a polished 1:3 resonance."""
    y, mu = point.y, complex(np.exp(2j * np.pi / 3.0))
    q: AnyArray = point.q
    p: AnyArray = point.p
    e, n = equations.closing, equations.n
    square = equations.form(y, q.conj(), q.conj())
    b = complex(np.vdot(p, square)) / 2.0
    bordered = np.zeros((n + 1, n + 1), dtype=complex)
    bordered[:n, :n], bordered[:n, n] = twisted(equations, y, mu), e @ q
    bordered[n, :n] = p.conj() @ e
    h02 = np.linalg.solve(bordered, np.append(2.0 * b * (e @ q) - square, 0.0))[:n]
    c = _cubic(equations, point, h02.conj())
    turned = complex(c * np.conj(mu))
    return ThirdResonanceNormalForm(abs(b), c, turned.real - abs(b) ** 2)


def fourth_resonance_normal_form(
    equations: Equations, point: Polished
) -> FourthResonanceNormalForm:
    """Compute the coefficients at a polished 1:4 resonance."""
    y = point.y
    q: AnyArray = point.q
    p: AnyArray = point.p
    h20 = -np.linalg.solve(twisted(equations, y, -1.0), equations.form(y, q, q))
    c = _cubic(equations, point, h20)
    cube = equations.form(y, q.conj(), q.conj(), q.conj())
    cube = cube + 3.0 * equations.form(y, q.conj(), h20.conj())
    d = abs(complex(np.vdot(p, cube))) / 6.0
    return FourthResonanceNormalForm(c, d, -1j * c / d if d > 0.0 else complex("nan"))


def _cubic(equations: Equations, point: Polished, h20: AnyArray) -> complex:
    """Coefficient of z |z|^2 with a given h20."""
    y = point.y
    q: AnyArray = point.q
    h11 = -np.linalg.solve(twisted(equations, y, 1.0), equations.form(y, q, q.conj()))
    cubic = equations.form(y, q, q, q.conj()) + 2.0 * equations.form(y, q, h11)
    return complex(np.vdot(point.p, cubic + equations.form(y, q.conj(), h20))) / 2.0


def _chains(equations: Equations, y: Array, mu: float) -> tuple[Array, Array, Array, Array]:
    """Vectors q_0, q_1, p_0, p_1 of a double multiplier mu = 1 or -1."""
    matrix, e = twisted(equations, y, mu), equations.closing
    q0, p0 = null_vectors(equations, y, mu)
    first = equations.points(q0)[0]
    q0 = q0 * np.sign(first[np.argmax(np.abs(first))]) / np.linalg.norm(first)
    q1 = np.linalg.lstsq(np.vstack((matrix, q0)), np.append(e @ q0, 0.0))[0]
    p0 = p0 / (p0 @ e @ q1)
    p1 = np.linalg.lstsq(np.vstack((matrix.T, p0)), np.append(e.T @ p0, 0.0))[0]
    return q0, q1, p0, p1 - (p1 @ e @ q1) * p0

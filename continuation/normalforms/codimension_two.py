r"""Normal forms of the five codimension-two equilibria: CP, BT, GH, ZH, HH.

A, B, C, D, E are the derivatives of f of order 1 to 5 at the point; q and p right and left critical
vectors. The formulas are those of Kuznetsov, SIAM J. Numer. Anal. 36 (1999) 1104-1124, in the
notation of Elements of Applied Bifurcation Theory, 3rd ed., sections 8.2-8.7 and 10.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from continuation.defining import Equations, smallest_singular
from continuation.points import Polished
from continuation.special import NormalForm, by_sign, ratio

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

RESONANT = 1e-9
"""Singular values below this part of the largest belong to an eigenvalue, as points are exact to
1e-12: beyond it a coefficient with that denominator would be round-off."""


@dataclass(frozen=True)
class CuspNormalForm(NormalForm):
    r"""Cusp: :math:`\dot\xi = c \xi^3 + O(\xi^4)`.

    Attributes
    ----------
    c : float
        <p, C(q, q, q) + 3 B(q, h)> / 6 with A h = -B(q, q), |q| = 1, <p, q> = 1.
    """

    c: float

    @property
    def unfolding(self) -> str:
        """How the three equilibria share stability."""
        three = "Of the three equilibria between the curves of folds"
        return by_sign(
            self.c, f"{three} the outer two are stable.", f"{three} the middle one is stable."
        )


@dataclass(frozen=True)
class BogdanovTakensNormalForm(NormalForm):
    r"""Bogdanov-Takens: :math:`\dot\xi_0 = \xi_1, \dot\xi_1 = a \xi_0^2 + b \xi_0 \xi_1 + O(3)`.

    Attributes
    ----------
    a, b : float
        a = <p1, B(q0, q0)> / 2 and b = <p0, B(q0, q0)> + <p1, B(q0, q1)>, with A q0 = 0, A q1 = q0,
        A^T p1 = 0, A^T p0 = p1, <p0, q0> = <p1, q1> = 1, <p0, q1> = 0, |q0| = 1, <q0, q1> = 0; the
        sign of q0 is chosen so that a > 0.
    """

    a: float
    b: float

    @property
    def unfolding(self) -> str:
        """Stability of the cycles between the Hopf points and the homoclinic orbits."""
        cycles = "cycles grow from the curve of Hopf points to that of homoclinic orbits."
        return by_sign(self.a * self.b, f"Stable {cycles}", f"Unstable {cycles}")


@dataclass(frozen=True)
class BautinNormalForm(NormalForm):
    r"""Generalised Hopf: :math:`\dot z = i\omega z + l_2 z |z|^4 + O(|z|^6)` up to imaginary terms.

    Attributes
    ----------
    l2 : float
        Re G32 / 12 with |q| = 1 (the real part of the coefficient of z |z|^4; not divided by
        omega).
    omega : float
        Frequency.
    """

    l2: float
    omega: float

    @property
    def unfolding(self) -> str:
        """Which of the two cycles that meet in a fold is the stable one."""
        two = "Of the two cycles that meet on the curve of their folds the"
        return by_sign(self.l2, f"{two} outer one is stable.", f"{two} inner one is stable.")


@dataclass(frozen=True)
class ZeroHopfNormalForm(NormalForm):
    r"""Zero-Hopf: coefficients of the truncated amplitude equations.

    .. math:: \dot\xi = \tfrac12 g_{200} \xi^2 + g_{011} \rho^2, \qquad
              \dot\rho = \rho (\mathrm{Re}\, g_{110}\, \xi + e_0 \xi^2),

    to which the other cubic terms are reduced by a change of time and coordinates.

    Attributes
    ----------
    g200, g011 : float
        <p0, B(q0, q0)> and <p0, B(q1, conj q1)>.
    g110 : complex
        <p1, B(q0, q1)>.
    s : int
        Sign of g200 g011.
    theta : float
        Re g110 / g200, as MatCont prints it. (With xi and rho scaled to xi' = xi^2 + s rho^2, the
        amplitude equation is rho' = 2 theta xi rho + ...)  The signs of s and theta tell the four
        unfoldings apart; tori are born for s theta < 0.
    e0 : float
        Re(g210 / 2 + g110 (Re g021 / g011 - g300 / g200 + g111 / g011) / 2 - g021 g200 / (4 g011)),
        Kuznetsov's E(0). For e0 theta > 0 the tori are stable, where there are any: at the point
        itself, rho^(-1 - 2/theta') has the divergence -2 (e0/theta') xi^2 times itself along the
        amplitude equations, theta' = 2 theta.
    """

    g200: float
    g011: float
    g110: complex
    s: int
    theta: float
    e0: float

    @property
    def unfolding(self) -> str:
        """Whether tori are born, and whether they are stable."""
        born = "A curve of Neimark-Sacker points begins here, at which"
        tori = by_sign(
            self.e0 * self.theta, f"{born} unstable tori are born.", f"{born} stable tori are born."
        )
        return by_sign(self.s * self.theta, tori, "No tori are born.")


@dataclass(frozen=True)
class DoubleHopfNormalForm(NormalForm):
    r"""Double Hopf: cubic coefficients of the truncated amplitude equations.

    .. math:: \dot r_1 = r_1 (p_{11} r_1^2 + p_{12} r_2^2), \qquad
              \dot r_2 = r_2 (p_{21} r_1^2 + p_{22} r_2^2) .

    Attributes
    ----------
    p11, p12, p21, p22 : float
        Re G2100 / 2, Re G1011, Re G1110, Re G0021 / 2.
    theta, delta : float
        p12 / p22 and p21 / p11, by which Kuznetsov tells the unfoldings apart. Where the
        frequencies are as 1 to 2, coefficients in which quadratic terms resonate are not defined:
        NaN.
    omega1, omega2 : float
        The two frequencies.
    """

    p11: float
    p12: float
    p21: float
    p22: float
    theta: float
    delta: float
    omega1: float
    omega2: float

    @property
    def unfolding(self) -> str:
        """The torus between the two curves of Neimark-Sacker points.

        It is the equilibrium of the amplitude equations with r_1 r_2 > 0. Their linearisation there
        has a determinant of the sign of p_11 p_22 (1 - theta delta), and for p_11 p_22 > 0 a trace
        of the sign of p_11.
        """
        between = "Between the two curves of Neimark-Sacker points that begin here there is a"
        strong, simple = self.theta * self.delta > 1.0, self.p11 * self.p22
        if np.isnan(self.p11 + self.p12 + self.p21 + self.p22):
            return "The frequencies are as 1 to 2, and quadratic terms decide."
        if not abs(simple) > 0.0:
            return ""
        if simple > 0.0:
            node = by_sign(self.p11, "stable", "repelling")
            return f"{between} {'saddle' if strong else node} torus (simple case)."
        more = "torus, from which one of dimension three may be born"
        return f"{between} {more if strong else 'saddle torus'} (difficult case)."


def cusp_normal_form(equations: Equations, point: Polished) -> CuspNormalForm:
    """Compute the cubic coefficient at a polished cusp."""
    y, q, p = point.y, np.real(point.q), np.real(point.p)
    _, a, _ = equations.first(y)
    h = _bordered(a, q, p, -equations.form(y, q, q))
    c = p @ (equations.form(y, q, q, q) + 3.0 * equations.form(y, q, h)) / 6.0
    return CuspNormalForm(float(c))


def bogdanov_takens_normal_form(equations: Equations, point: Polished) -> BogdanovTakensNormalForm:
    """Compute both coefficients at a polished Bogdanov-Takens point."""
    y = point.y
    _, a, _ = equations.first(y)
    p1, q0 = (np.real(v) for v in smallest_singular(a))
    q1 = np.linalg.lstsq(np.vstack((a, q0)), np.append(q0, 0.0))[0]
    p1 = p1 / (p1 @ q1)
    p0 = np.linalg.lstsq(np.vstack((a.T, q1)), np.append(p1, 0.0))[0]
    second = equations.form(y, q0, q0)
    a2 = float(p1 @ second) / 2.0
    b2 = float(p0 @ second + p1 @ equations.form(y, q0, q1))
    return BogdanovTakensNormalForm(abs(a2), b2 * float(np.sign(a2)))


def bautin_normal_form(equations: Equations, point: Polished) -> BautinNormalForm:
    """Compute the second Lyapunov coefficient at a polished generalised Hopf point."""
    y, omega = point.y, point.omega
    q: NDArray[Any] = point.q
    p: NDArray[Any] = point.p
    qb = q.conj()
    _, a, _ = equations.first(y)

    def f(*directions: NDArray[Any]) -> NDArray[Any]:
        return equations.form(y, *directions)

    def inverse(k: int, rhs: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(np.linalg.solve(1j * k * omega * np.eye(len(a)) - a, rhs))

    h20, h11 = inverse(2, f(q, q)), inverse(0, f(q, qb))
    h02 = h20.conj()
    cubic = f(q, q, qb) + f(qb, h20) + 2.0 * f(q, h11)
    g21 = np.vdot(p, cubic)
    h30 = inverse(3, f(q, q, q) + 3.0 * f(q, h20))
    h21 = _bordered(1j * omega * np.eye(len(a)) - a, q, p, cubic - g21 * q)
    h12 = h21.conj()
    h31 = inverse(
        2,
        f(q, q, q, qb) + 3.0 * f(q, q, h11) + 3.0 * f(q, qb, h20) + 3.0 * f(h20, h11)
        + f(qb, h30) + 3.0 * f(q, h21) - 3.0 * g21 * h20,
    )  # fmt: skip
    h22 = inverse(
        0,
        f(q, q, qb, qb) + 4.0 * f(q, qb, h11) + f(qb, qb, h20) + f(q, q, h02) + 2.0 * f(h11, h11)
        + 2.0 * f(q, h12) + 2.0 * f(qb, h21) + f(h02, h20) - 4.0 * h11 * g21.real,
    )  # fmt: skip
    quintic = (
        f(q, q, q, qb, qb) + f(q, q, q, h02) + 3.0 * f(q, qb, qb, h20) + 6.0 * f(q, q, qb, h11)
        + f(qb, qb, h30) + 3.0 * f(q, q, h12) + 6.0 * f(q, qb, h21) + 3.0 * f(q, h02, h20)
        + 6.0 * f(q, h11, h11) + 6.0 * f(qb, h20, h11) + 2.0 * f(qb, h31) + 3.0 * f(q, h22)
        + f(h02, h30) + 3.0 * f(h12, h20) + 6.0 * f(h11, h21)
    )  # fmt: skip
    return BautinNormalForm(float(np.vdot(p, quintic).real) / 12.0, omega)


def zero_hopf_normal_form(equations: Equations, point: Polished) -> ZeroHopfNormalForm:
    """Compute the quadratic coefficients at a polished zero-Hopf point."""
    y = point.y
    _, a, _ = equations.first(y)
    q0, p0 = np.real(point.q), np.real(point.p)
    q1, p1 = _pair(a, point.omega)
    g200 = float(p0 @ equations.form(y, q0, q0))
    g011 = float(np.real(p0 @ equations.form(y, q1, q1.conj())))
    g110 = complex(np.vdot(p1, equations.form(y, q0, q1)))
    e0 = _gavrilov(equations, point, (q0, p0), (q1, p1), g200, g011, g110)
    s, theta = int(np.sign(g200 * g011)), ratio(g110.real, g200)
    return ZeroHopfNormalForm(g200, g011, g110, s, theta, e0)


def _gavrilov(
    equations: Equations,
    point: Polished,
    zero: tuple[Array, Array],
    pair: tuple[ComplexArray, ComplexArray],
    g200: float,
    g011: float,
    g110: complex,
) -> float:
    """Kuznetsov's E(0), from the cubic coefficients of a zero-Hopf point."""
    y, (q0, p0), (q1, p1), conj = point.y, zero, pair, pair[0].conj()
    _, a, _ = equations.first(y)
    turned = 1j * point.omega * np.eye(len(a))

    def f(*directions: NDArray[Any]) -> NDArray[Any]:
        return equations.form(y, *directions)

    h200 = _bordered(a, q0, p0, g200 * q0 - f(q0, q0))
    h011 = _bordered(a, q0, p0, g011 * q0 - f(q1, conj).real)
    h020 = np.linalg.solve(2.0 * turned - a, f(q1, q1))
    h110 = _bordered(turned - a, q1, p1, f(q0, q1) - g110 * q1)
    g300 = float(p0 @ (f(q0, q0, q0) + 3.0 * f(q0, h200)))
    g111 = float(p0 @ (f(q0, q1, conj) + 2.0 * f(conj, h110) + f(q0, h011)).real)
    g210 = complex(np.vdot(p1, f(q0, q0, q1) + 2.0 * f(q0, h110) + f(q1, h200)))
    g021 = complex(np.vdot(p1, f(q1, q1, conj) + 2.0 * f(q1, h011) + f(conj, h020)))
    bent = ratio(g021.real + g111, g011) - ratio(g300, g200)
    return (g210 + g110 * bent).real / 2.0 - ratio(g021.real * g200, 4.0 * g011)


def double_hopf_normal_form(
    equations: Equations, point: Polished, omega2: float
) -> DoubleHopfNormalForm:
    """Compute the cubic coefficients at a polished double Hopf point."""
    y, omega1 = point.y, point.omega
    _, a, _ = equations.first(y)
    unit = equations.system.extent(y[: len(a)])
    pairs = [_pair(a, omega1), _pair(a, omega2)]

    def f(*directions: NDArray[Any]) -> NDArray[Any]:
        return equations.form(y, *directions)

    def inverse(frequency: float, rhs: NDArray[Any]) -> NDArray[Any]:
        return _answer(a, frequency, rhs, unit)

    def own(q: ComplexArray, p: ComplexArray, omega: float) -> float:
        """Re G/2 of w |w|^2 in the equation of w itself."""
        h20, h11 = inverse(2.0 * omega, f(q, q)), inverse(0.0, f(q, q.conj()))
        cubic = f(q, q, q.conj()) + f(q.conj(), h20) + 2.0 * f(q, h11)
        return float(np.vdot(p, cubic).real) / 2.0

    def other(q: ComplexArray, p: ComplexArray, omega: float, r: ComplexArray, rho: float) -> float:
        """Re G of w |v|^2 in the equation of w, with v along r at frequency rho."""
        mean = inverse(0.0, f(r, r.conj()))
        total, difference = inverse(omega + rho, f(q, r)), inverse(omega - rho, f(q, r.conj()))
        cubic = f(q, r, r.conj()) + f(q, mean) + f(r.conj(), total) + f(r, difference)
        return float(np.vdot(p, cubic).real)

    (q1, p1), (q2, p2) = pairs
    p11, p22 = own(q1, p1, omega1), own(q2, p2, omega2)
    p12, p21 = other(q1, p1, omega1, q2, omega2), other(q2, p2, omega2, q1, omega1)
    theta, delta = ratio(p12, p22), ratio(p21, p11)
    return DoubleHopfNormalForm(p11, p12, p21, p22, theta, delta, omega1, omega2)


def _answer(a: Array, frequency: float, rhs: NDArray[Any], unit: float) -> NDArray[Any]:
    """Solve (i frequency - A) h = rhs; across the eigenvectors of i frequency, where there are any.

    NaN where the right-hand side drives one of those, in units of |A| and of the states.
    """
    left, sizes, right = np.linalg.svd(1j * frequency * np.eye(len(a)) - a)
    parts, resonant = left.conj().T @ rhs, sizes <= RESONANT * sizes[0]
    if np.any(np.abs(parts[resonant]) * unit > RESONANT * sizes[0]):
        return np.full(len(a), np.nan + 0.0j)
    return np.asarray(right.conj().T @ (parts / np.where(resonant, np.inf, sizes)))


def _pair(a: Array, omega: float) -> tuple[ComplexArray, ComplexArray]:
    """Right and left eigenvectors of i omega, |q| = 1, <p, q> = 1."""
    turned = 1j * omega * np.eye(len(a))
    q, p = smallest_singular(a - turned)[1], smallest_singular(a.T + turned)[1]
    return q, p / np.vdot(p, q).conj()


def _bordered(
    matrix: NDArray[Any], q: NDArray[Any], p: NDArray[Any], rhs: NDArray[Any]
) -> NDArray[Any]:
    """Solve a singular system with null vectors q, p for the solution with <p, h> = 0."""
    n = len(q)
    bordered = np.zeros((n + 1, n + 1), dtype=np.result_type(matrix, q, rhs))
    bordered[:n, :n], bordered[:n, n], bordered[n, :n] = matrix, q, p.conj()
    return np.asarray(np.linalg.solve(bordered, np.append(rhs, 0.0))[:n])

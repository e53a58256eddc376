r"""The parameter-dependent centre manifold at a Bogdanov-Takens point, to third order.

Coordinates e = (w_0, w_1, beta_1, beta_2) with beta = lambda - lambda_0. The manifold x = x_0 +
H(e) and the flow on it,

.. math:: \dot w_0 = w_1, \qquad \dot w_1 = G(w_0, w_1, \beta),

satisfy the homological equation f(x_0 + H(e), lambda_0 + beta) = DH(e) (w_1, G(e), 0). With
multilinear forms H = H_1 e + H_2(e, e) / 2 + H_3(e, e, e) / 6, likewise G, the derivatives A, B, C
of f in (x, lambda), X e = (H_1 e, beta) and the nilpotent map L: w_1 -> w_0, beta_i -> g_i w_1,
every coefficient solves a singular linear system,

.. math::

    A h_i &= -f_{\lambda_i} + g_i q_1, \\
    A H_2(a, b) &= -B(Xa, Xb) + H_2(La, b) + H_2(a, Lb) + G_2(a, b)\, q_1, \\
    A H_3(a, b, c) &= -C(Xa, Xb, Xc) + \sum \bigl[-B(Xa, H_2(b, c)) + H_3(La, b, c)
                     + H_2(a, w_1)\, G_2(b, c)\bigr] + G_3(a, b, c)\, q_1,

the sums over the three cyclic permutations. Solvability gives the coefficient of G; the right-hand
sides need only what comes earlier when the coordinates are taken in their order, for L lowers
them. The coefficients are those of the reduction, not of a normal form: terms in beta w_0 or
w_1^2 stay where they are.

References
----------
M. M. Bosschaert and Yu. A. Kuznetsov, Interplay between normal forms and center manifold reduction
for homoclinic predictors near Bogdanov-Takens bifurcation, SIAM J. Appl. Dyn. Syst. 23 (2024)
410-439: the same homological equation, solved there for a normal form.
Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., Springer 2004, section 8.7.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement, permutations

import numpy as np
from numpy.typing import NDArray

from continuation.defining import Equations, smallest_singular

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CentreManifold:
    """Embedding and flow of the centre manifold of a Bogdanov-Takens point in two parameters.

    Attributes
    ----------
    y : ndarray, shape (n + 2,)
        x_0 and lambda_0.
    h1, h2, h3 : ndarray, shapes (4, n), (4, 4, n), (4, 4, 4, n)
        H_1, H_2, H_3; the last index is that of the state.
    g1, g2, g3 : ndarray, shapes (4,), (4, 4), (4, 4, 4)
        G_1, G_2, G_3; a = G_2(w_0, w_0) / 2 > 0 and b = G_2(w_0, w_1).
    """

    y: Array
    h1: Array
    h2: Array
    h3: Array
    g1: Array
    g2: Array
    g3: Array

    def state(self, e: Array) -> Array:
        """The states x, shape (m, n), at points e, shape (m, 4)."""
        x0 = self.y[: self.h1.shape[1]]
        second = np.einsum("abi,ma,mb->mi", self.h2, e, e) / 2.0
        third = np.einsum("abci,ma,mb,mc->mi", self.h3, e, e, e) / 6.0
        return np.asarray(x0 + e @ self.h1 + second + third)

    def flow(self, e: Array) -> tuple[Array, Array]:
        """G, shape (m,), and its gradient, shape (m, 4), at points e, shape (m, 4)."""
        second = e @ self.g2
        third = np.einsum("abc,mb,mc->ma", self.g3, e, e)
        value = e @ self.g1 + np.sum(e * (second / 2.0 + third / 6.0), axis=1)
        return value, self.g1 + second + third / 2.0


def centre_manifold(equations: Equations, y: Array) -> CentreManifold:
    """Reduce to the centre manifold at a Bogdanov-Takens point.

    Parameters
    ----------
    equations : Equations
        With two free parameters.
    y : ndarray, shape (n + 2,)
        The point, solved to round-off.
    """
    b = equations.first(y)[2]
    q0, q1, p1, border = _jordan_chain(equations, y)
    n, n_p = equations.n, len(equations.p)

    def solved(rhs: Array) -> Array:
        return np.asarray(np.linalg.solve(border, np.append(rhs, 0.0))[:-1])

    g1 = np.append(np.zeros(2), p1 @ b)
    h1 = np.array([q0, q1, *(solved(g1[2 + i] * q1 - b[:, i]) for i in range(2))])
    embedded = np.zeros((4, n + n_p))
    embedded[:, :n] = h1
    embedded[[2, 3], [n + i for i in equations.indices]] = 1.0
    lowered = np.zeros((4, 4))
    lowered[1, 0] = 1.0
    lowered[2:, 1] = g1[2:]

    def form(*directions: Array) -> Array:
        full = [np.append(v, np.zeros(n_p)) if len(v) == n else v for v in directions]
        return equations.system.derivative(y[:n], equations.parameters(y), *full)

    h2, g2 = np.zeros((4, 4, n)), np.zeros((4, 4))
    for i, j in combinations_with_replacement(range(4), 2):
        known = form(embedded[i], embedded[j])
        known = known - lowered[i] @ h2[:, j] - lowered[j] @ h2[:, i]
        g = float(p1 @ known)
        for pair in permutations((i, j)):
            h2[pair], g2[pair] = solved(g * q1 - known), g
    h3, g3 = np.zeros((4, 4, 4, n)), np.zeros((4, 4, 4))
    for i, j, k in combinations_with_replacement(range(4), 3):
        known = form(embedded[i], embedded[j], embedded[k])
        for r, s, t in ((i, j, k), (j, k, i), (k, i, j)):
            known = known + form(embedded[r], h2[s, t])
            known = known - lowered[r] @ h3[:, s, t] - h2[r, 1] * g2[s, t]
        g = float(p1 @ known)
        for triple in permutations((i, j, k)):
            h3[triple], g3[triple] = solved(g * q1 - known), g
    return CentreManifold(y, h1, h2, h3, g1, g2, g3)


def _jordan_chain(equations: Equations, y: Array) -> tuple[Array, Array, Array, Array]:
    """q_0, q_1, p_1 with A q_1 = q_0, <p_1, q_1> = 1, a > 0, and the matrix [A p_1; q_0^T 0]."""
    _, a, _ = equations.first(y)
    left, q0 = (np.real(v) for v in smallest_singular(a))
    q1 = np.linalg.lstsq(np.vstack((a, q0)), np.append(q0, 0.0))[0]
    sign = -1.0 if (left @ equations.form(y, q0, q0)) * (left @ q1) < 0.0 else 1.0
    q0, q1 = sign * q0, sign * q1
    p1 = left / (left @ q1)
    border = np.zeros((len(a) + 1, len(a) + 1))
    border[:-1, :-1], border[:-1, -1], border[-1, :-1] = a, left, q0
    return q0, q1, p1, border

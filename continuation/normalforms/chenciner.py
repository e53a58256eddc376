r"""Chenciner point (generalised Neimark-Sacker): the quintic coefficient, order by order.

.. math:: z \mapsto N(z) = e^{i\theta} z (1 + d_1 |z|^2 + d_2 |z|^4), \qquad \mathrm{Re}\, d_1 = 0 .

The centre manifold H and the normal form N satisfy f(H(z)) = H(N(z)). With H the sum of h_jk z^j
conj(z)^k, the terms of this equation at z^j conj(z)^k are

.. math:: (A + (1 - e^{i (j-k) \theta}) E)\, h_{jk} = E\, (n_{jk} q + r_{jk}) - f_{jk},

where f_jk comes from the derivatives of f of order 2 and more in earlier h, r_jk from earlier h in
powers of N, and A, E are those of `defining`. For j = k + 1 the matrix is singular: there n_jk =
<p, f_jk - E r_jk> is a coefficient of N, elsewhere it is zero (Kuznetsov, Elements of Applied
Bifurcation Theory, 3rd ed., section 9.4; Kuznetsov and Meijer, SIAM J. Sci. Comput. 26 (2005)
1932-1954).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import factorial, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from continuation.defining import Equations
from continuation.map_points import twisted
from continuation.points import Polished
from continuation.special import NormalForm, by_sign

AnyArray = NDArray[Any]
Power = tuple[int, int]
"""Exponents (j, k) of z and conj(z)."""

ORDER = 5
"""Highest order of the terms."""


@dataclass(frozen=True)
class ChencinerNormalForm(NormalForm):
    """Coefficients at a Chenciner point.

    Attributes
    ----------
    d1, d2 : complex
        Cubic and quintic coefficient of N, with |q| = 1 at the first point.
    l2 : float
        Re d2 + (Im d1)^2 / 2: the modulus grows as r + l2 r^5. For l2 < 0 the outer one of the two
        invariant circles is stable.
    theta : float
        Angle of the pair, in radians.
    """

    d1: complex
    d2: complex
    l2: float
    theta: float

    @property
    def unfolding(self) -> str:
        """Which of the two invariant circles that meet is the stable one."""
        two = "Of the two invariant circles that meet near a curve that begins here the"
        return by_sign(self.l2, f"{two} outer one is stable.", f"{two} inner one is stable.")


def chenciner_normal_form(equations: Equations, point: Polished) -> ChencinerNormalForm:
    """Compute the quintic coefficient at a polished Chenciner point."""
    y, mu, e = point.y, complex(np.exp(1j * point.omega)), equations.closing
    q: AnyArray = point.q
    p: AnyArray = point.p
    h: dict[Power, AnyArray] = {(1, 0): q, (0, 1): q.conj()}
    n: dict[Power, complex] = {(1, 0): mu}
    for j, k in ((2, 0), (1, 1), (3, 0), (2, 1), (4, 0), (3, 1), (2, 2), (3, 2)):
        rhs = e @ _through(h, n, (j, k)) - _bent(equations, point, h, (j, k))
        matrix = twisted(equations, y, mu ** (j - k))
        if j == k + 1:
            n[j, k] = -complex(np.vdot(p, rhs))
            h[j, k] = _bordered(matrix, e @ q, p.conj() @ e, rhs + n[j, k] * (e @ q))
        else:
            h[j, k] = np.linalg.solve(matrix, rhs)
        h[k, j] = h[j, k].conj()
    d1, d2 = n[2, 1] / mu, n[3, 2] / mu
    return ChencinerNormalForm(d1, d2, d2.real + d1.imag**2 / 2.0, point.omega)


def _bent(
    equations: Equations, point: Polished, h: Mapping[Power, AnyArray], power: Power
) -> AnyArray:
    """f_jk: the sum over all ways to write (j, k) as a sum of two or more earlier powers."""
    total = np.zeros(equations.n, dtype=complex)
    for powers in _partitions(power, sorted(h)):
        if len(powers) > 1:
            repeated = prod(factorial(count) for count in Counter(powers).values())
            total += equations.form(point.y, *(h[one] for one in powers)) / repeated
    return total


def _partitions(power: Power, allowed: list[Power]) -> Iterator[tuple[Power, ...]]:
    """Multisets of allowed powers with a given sum."""
    if power == (0, 0):
        yield ()
        return
    for i, (a, b) in enumerate(allowed):
        if a <= power[0] and b <= power[1]:
            for rest in _partitions((power[0] - a, power[1] - b), allowed[i:]):
                yield ((a, b), *rest)


def _through(h: Mapping[Power, AnyArray], n: Mapping[Power, complex], power: Power) -> AnyArray:
    """r_jk: coefficient of z^j conj(z)^k in earlier h of order 2 and more, at N(z)."""
    conjugate = {(k, j): value.conjugate() for (j, k), value in n.items()}
    total = np.zeros(len(h[1, 0]), dtype=complex)
    for (a, b), value in h.items():
        if a + b > 1:
            factor: dict[Power, complex] = {(0, 0): 1.0}
            for series in [n] * a + [conjugate] * b:
                factor = _product(factor, series)
            total += factor.get(power, 0.0) * value
    return total


def _product(one: Mapping[Power, complex], other: Mapping[Power, complex]) -> dict[Power, complex]:
    """Product of two polynomials in z and conj(z), up to `ORDER`."""
    product: dict[Power, complex] = {}
    for (a, b), v in one.items():
        for (c, d), w in other.items():
            if a + b + c + d <= ORDER:
                product[a + c, b + d] = product.get((a + c, b + d), 0.0) + v * w
    return product


def _bordered(matrix: AnyArray, column: AnyArray, row: AnyArray, rhs: AnyArray) -> AnyArray:
    """Solve a singular system for the solution with <row, h> = 0."""
    size = len(column)
    bordered = np.zeros((size + 1, size + 1), dtype=complex)
    bordered[:size, :size], bordered[:size, size], bordered[size, :size] = matrix, column, row
    return np.asarray(np.linalg.solve(bordered, np.append(rhs, 0.0))[:size])

r"""First Lyapunov coefficient of a planar Hopf point in closed form, derived, not tabulated.

Let the Jacobian have trace zero and determinant :math:`\omega^2 > 0`. Then
:math:`A^2 = -\omega^2 I`, so that both resolvents of Kuznetsov's formula are polynomials in A,

.. math::
    A^{-1} = -A/\omega^2, \qquad (2i\omega I - A)^{-1} = -(2i\omega I + A)/(3\omega^2),

and with :math:`Aq = i\omega q`, :math:`A^T p = -i\omega p`,
:math:`\langle p, q\rangle = \bar p^T q = 1`, :math:`|q| = 1`

.. math::
    \mathrm{re\_c1} = \tfrac12 \mathrm{Re}\bigl[\langle p, C(q,q,\bar q)\rangle
        - 2\langle p, B(q, A^{-1}B(q,\bar q))\rangle
        + \langle p, B(\bar q, (2i\omega I - A)^{-1}B(q,q))\rangle\bigr],
    \qquad l_1 = \mathrm{re\_c1}/\omega .

References
----------
Kuznetsov (2004), Elements of Applied Bifurcation Theory, 3rd edition, Springer, equation (5.62) for
:math:`l_1 = \mathrm{re\_c1}/\omega`, with the normalisation |q| = 1.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping
from typing import Any

import sympy

__all__ = ["KEYS", "real_cubic_coefficient"]

KEYS = tuple(
    (i, *states)
    for order in (1, 2, 3)
    for i in (0, 1)
    for states in itertools.combinations_with_replacement((0, 1), order)
)
"""Keys of the 18 derivatives up to order three: component i, then the states in ascending order."""


def real_cubic_coefficient(derivatives: Mapping[tuple[int, ...], Any], omega: Any) -> Any:
    """Real part of the cubic coefficient of the Hopf normal form, re_c1.

    Parameters
    ----------
    derivatives : mapping of tuple to Expr
        Derivatives of the vector field at the equilibrium: ``derivatives[i, j, k]`` is that of
        component i by states j and k. All of `KEYS`; entries are real, and the Jacobian has trace
        zero.
    omega : Expr
        Frequency, the square root of the determinant.

    Returns
    -------
    Expr
        The formula of this module with the derivatives put in, not simplified. It divides by the
        elements a12 and a21 of the Jacobian, whose product is negative at a Hopf point.

    Examples
    --------
    The Hopf normal form x' = -y - x r^2, y' = x - y r^2 has the amplitude law r' = -r^3. Along the
    unit vector q = (1, -i)/sqrt(2) the amplitude |z| is r/sqrt(2), so that |z|' = -2 |z|^3.

    >>> jets = dict.fromkeys(KEYS, 0) | {(0, 1): -1, (1, 0): 1}
    >>> jets |= {(0, 0, 0, 0): -6, (0, 0, 1, 1): -2, (1, 0, 0, 1): -2, (1, 1, 1, 1): -6}
    >>> real_cubic_coefficient(jets, 1)
    -2
    """
    formula, omega_symbol, symbols = _formula()
    values = {symbols[key]: sympy.sympify(derivatives[key]) for key in KEYS}
    return formula.xreplace({**values, omega_symbol: sympy.sympify(omega)})


@functools.cache
def _formula() -> tuple[Any, Any, dict[tuple[int, ...], Any]]:
    """Return re_c1 in symbols, the symbol for omega, and those for the derivatives."""
    omega = sympy.Dummy("omega", positive=True)
    f = {key: sympy.Dummy("f" + "".join(map(str, key)), real=True) for key in KEYS}

    def form(*vectors: Any) -> Any:
        """Return the multilinear form B(v, w) or C(u, v, w)."""
        indices = list(itertools.product((0, 1), repeat=len(vectors)))

        def component(i: int) -> Any:
            return sum(
                f[(i, *sorted(states))]
                * sympy.prod(v[j] for v, j in zip(vectors, states, strict=True))
                for states in indices
            )

        return sympy.Matrix([component(0), component(1)])

    i = sympy.I
    a, b, c = f[0, 0], f[0, 1], f[1, 0]
    trace_free = sympy.Matrix([[a, b], [c, -a]])
    q, q_bar = sympy.Matrix([b, i * omega - a]), sympy.Matrix([b, -i * omega - a])
    p_bar = sympy.Matrix([[c, i * omega - a]])
    # <p, q> = bc + (i omega - a)^2 = -2 omega (omega + i a), and omega^2 + a^2 = -bc makes its
    # inverse (omega - i a) / (2 omega b c); |q|^2 = b^2 + omega^2 + a^2 = b (b - c).
    inner = 2 * trace_free * form(q, q_bar) / omega**2
    outer = -(2 * i * omega * sympy.eye(2) + trace_free) * form(q, q) / (3 * omega**2)
    vector = form(q, q, q_bar) + form(q, inner) + form(q_bar, outer)
    total = sympy.expand((omega - i * a) * (p_bar * vector)[0])
    real = total.as_independent(i, as_Add=True)[0]
    return real / (4 * omega * b * c * b * (b - c)), omega, f

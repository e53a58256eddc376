r"""Strong resonances of cycles of flows, R1 to R4: coefficients of the return map.

With xi coordinates on the centre manifold of the cycle u_0 of period T, carried along it, and tau
the time along the cycle,

.. math::

    \text{R1: } \dot\tau &= 1 - \sigma \xi_1 + s \xi_2 + \ldots, & \dot\xi_1 &= \xi_2, &
        \dot\xi_2 &= \alpha \xi_1^2 + \beta \xi_1 \xi_2 + \ldots, \\
    \text{R2: } \dot\tau &= 1 + a_{20} \xi_1^2 + a_{11} \xi_1 \xi_2 + \ldots, & \dot\xi_1 &= \xi_2,
        & \dot\xi_2 &= \alpha \xi_1^3 + \beta \xi_1^2 \xi_2 + \ldots, \\
    \text{R3: } \dot\tau &= 1 + a |\xi|^2 + \ldots, & \dot\xi &= \beta \bar\xi^2
        + \gamma \xi |\xi|^2 + \ldots, \\
    \text{R4: } \dot\tau &= 1 + a |\xi|^2 + \ldots, & \dot\xi &= \gamma \xi |\xi|^2
        + \delta \bar\xi^3 + \ldots,

where after one turn xi is multiplied by mu = 1, -1, exp(2 pi i/3) and i. With u = u_0 + v_1 xi_1 +
v_2 xi_2 + sum h_jk xi_1^j xi_2^k / (j! k!), and w, conj(w) for v_1, v_2 at R3 and R4, the terms of
u' = f(u) are linear problems along the cycle. Each h_jk is multiplied by mu^(j+k), or mu^(j-k),
after one turn; where that is a multiplier, the condition for it to exist gives a coefficient. With
the adjoint phi of v_1 (<phi, v_1> = 0 at R1 and R2, for v_1 is double), A, B, C the derivatives of
f and f itself on the cycle:

.. math::

    \text{R1: } & v_1' = A v_1 + \sigma f, \qquad v_2' = A v_2 - v_1 - s f, \\
    & \langle \varphi, v_2 \rangle\, \alpha = \tfrac12 \langle \varphi, B(v_1, v_1)
        + 2 \sigma v_1' \rangle, \qquad
      h_{20}' = A h_{20} + B(v_1, v_1) + 2 \sigma v_1' - 2 \alpha v_2 - 2 a_{20} f, \\
    & \langle \varphi, v_2 \rangle\, \beta = \langle \varphi, B(v_1, v_2) + \sigma v_2' - s v_1'
        - h_{20} \rangle; \\
    \text{R2: } & v_1' = A v_1, \qquad v_2' = A v_2 - v_1, \qquad
      h_{20}' = A h_{20} + B(v_1, v_1) - 2 a_{20} f, \\
    & h_{11}' = A h_{11} + B(v_1, v_2) - h_{20} - a_{11} f, \\
    & \langle \varphi, v_2 \rangle\, \alpha = \tfrac16 \langle \varphi, g_{30} \rangle, \quad
      g_{30} = C(v_1, v_1, v_1) + 3 B(v_1, h_{20}) - 6 a_{20} v_1', \quad
      h_{30}' = A h_{30} + g_{30} - 6 \alpha v_2, \\
    & \langle \varphi, v_2 \rangle\, \beta = \tfrac12 \langle \varphi, C(v_1, v_1, v_2)
        + 2 B(v_1, h_{11}) + B(v_2, h_{20}) - 2 a_{20} v_2' - 2 a_{11} v_1' - h_{30} \rangle; \\
    \text{R3: } & \beta = \tfrac12 \langle \varphi, B(\bar w, \bar w) \rangle, \qquad
      h_{02}' = A h_{02} + B(\bar w, \bar w) - 2 \beta w, \\
    & \gamma = \tfrac12 \langle \varphi, C(w, w, \bar w) + 2 B(w, h_{11}) + B(\bar w, \bar h_{02})
        - 2 a A w \rangle; \\
    \text{R4: } & \gamma = \tfrac12 \langle \varphi, C(w, w, \bar w) + 2 B(w, h_{11})
        + B(\bar w, h_{20}) - 2 a A w \rangle, \qquad
      \delta = \tfrac16 \langle \varphi, C(\bar w, \bar w, \bar w) + 3 B(\bar w, \bar h_{20})
        \rangle,

with h_11' = A h_11 + B(w, conj w) - a f, h_20' = A h_20 + B(w, w) and <phi, w> = 1 at R3 and R4. At
R3 h_02 is free by a multiple of w, on which Im gamma depends; here <phi, h_02> = 0.

One turn takes the time T in tau, so that the return map is mu times the flow of the xi for that
time; to the order that counts tau' does not enter. In the normal forms of `resonances`, with the
same names,

.. math::

    \text{R1: } & a = T^2 \alpha, & b &= T \beta + 2 T^2 \alpha, \\
    \text{R2: } & c = T^2 \alpha, & d &= -T \beta - 3 T^2 \alpha, \\
    \text{R3: } & b = T |\beta|, & c &= \mu (T \gamma + T^2 |\beta|^2), \quad
        a = T\, \mathrm{Re}\, \gamma, \\
    \text{R4: } & c = i T \gamma, & d &= T |\delta|, \quad a_0 = \gamma / |\delta| .

As at the other bifurcations of cycles, the integral of |v_1|^2, or of |w|^2, over one period is 1.
The source below gives alpha, beta, gamma, delta (its a and b at R1 and R2, b and c at R3, c and d
at R4) of the flow; those of the return map make cycles of flows and of maps comparable.

References
----------
V. De Witte, F. Della Rossa, W. Govaerts, Yu. A. Kuznetsov, Numerical periodic normalization for
codim 2 bifurcations of limit cycles: computational formulas, numerical implementation, and
examples, SIAM J. Appl. Dyn. Syst. 12 (2013) 722-788.
Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., Springer 2004, section 9.5.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from continuation.collocation.variational import Variation
from continuation.normalforms.resonances import (
    FirstResonanceNormalForm,
    FourthResonanceNormalForm,
    SecondResonanceNormalForm,
    ThirdResonanceNormalForm,
)


def first_resonance_normal_form(cycle: Variation) -> FirstResonanceNormalForm:
    """Compute the quadratic coefficients at a cycle with a double multiplier 1."""
    t, form, along, flow = cycle.period, cycle.form, cycle.along, cycle.flow
    found = cycle.fold_function()
    phi, size = found.adjoint, np.sqrt(t)
    v1, sigma = np.real(cycle.at_gauss(found.y)) / size, found.shift / size
    v1_slope = along(v1) + sigma * flow
    second, s = cycle.forced_at_fold(-v1, found)
    v2 = cycle.at_gauss(second)
    v2_slope = along(v2) - v1 - s * flow
    product = float(cycle.pairing(phi, v2))
    g20 = form(v1, v1) + 2.0 * sigma * v1_slope
    alpha = float(cycle.pairing(phi, g20)) / (2.0 * product)
    h20 = cycle.at_gauss(cycle.forced_at_fold(g20 - 2.0 * alpha * v2, found)[0])
    g11 = form(v1, v2) + sigma * v2_slope - s * v1_slope - h20
    beta = float(cycle.pairing(phi, g11)) / product
    a, b = t**2 * alpha, t * beta + 2.0 * t**2 * alpha
    return FirstResonanceNormalForm(abs(a), b * float(np.sign(a)))


def second_resonance_normal_form(cycle: Variation) -> SecondResonanceNormalForm:
    """Compute the cubic coefficients at a cycle with a double multiplier -1."""
    t, form, along = cycle.period, cycle.form, cycle.along
    found = cycle.eigenfunction(-1.0)
    phi = np.real(found.adjoint)
    v1 = np.real(cycle.at_gauss(found.y)) / np.sqrt(t)
    v2 = np.real(cycle.at_gauss(cycle.forced_critically(-v1, -1.0, found)))
    product = float(cycle.pairing(phi, v2))
    second, twice = cycle.forced_with_shift(form(v1, v1))
    a20, h20 = float(twice) / 2.0, cycle.at_gauss(second)
    mixed, a11 = cycle.forced_with_shift(form(v1, v2) - h20)
    h11 = cycle.at_gauss(mixed)
    g30 = form(v1, v1, v1) + 3.0 * form(v1, h20) - 6.0 * a20 * along(v1)
    alpha = float(cycle.pairing(phi, g30)) / (6.0 * product)
    third = cycle.forced_critically(g30 - 6.0 * alpha * v2, -1.0, found)
    h30 = np.real(cycle.at_gauss(third))
    g21 = (
        form(v1, v1, v2) + 2.0 * form(v1, h11) + form(v2, h20)
        - 2.0 * a20 * (along(v2) - v1) - 2.0 * float(a11) * along(v1) - h30
    )  # fmt: skip
    beta = float(cycle.pairing(phi, g21)) / (2.0 * product)
    return SecondResonanceNormalForm(t**2 * alpha, -t * beta - 3.0 * t**2 * alpha)


def third_resonance_normal_form(cycle: Variation) -> ThirdResonanceNormalForm:
    """Compute the coefficients at a cycle with multipliers exp(+- 2 pi i/3)."""
    t, mu, form = cycle.period, complex(np.exp(2j * np.pi / 3.0)), cycle.form
    found = cycle.eigenfunction(mu)
    w = cycle.at_gauss(found.y) / np.sqrt(t)
    phi = found.adjoint / cycle.pairing(found.adjoint, w)
    square = form(w.conj(), w.conj())
    beta = complex(cycle.pairing(phi, square)) / 2.0
    h02 = cycle.at_gauss(cycle.forced_critically(square - 2.0 * beta * w, mu, found))
    h02 = h02 - cycle.pairing(phi, h02) * w
    gamma = _modulus(cycle, phi, w, h02.conj())
    c = mu * (t * gamma + (t * abs(beta)) ** 2)
    return ThirdResonanceNormalForm(t * abs(beta), c, t * gamma.real)


def fourth_resonance_normal_form(cycle: Variation) -> FourthResonanceNormalForm:
    """Compute the coefficients at a cycle with multipliers i and -i."""
    t, form = cycle.period, cycle.form
    found = cycle.eigenfunction(1j)
    w = cycle.at_gauss(found.y) / np.sqrt(t)
    phi = found.adjoint / cycle.pairing(found.adjoint, w)
    h20 = cycle.at_gauss(cycle.forced(form(w, w), -1.0))
    gamma = _modulus(cycle, phi, w, h20)
    cube = form(w.conj(), w.conj(), w.conj()) + 3.0 * form(w.conj(), h20.conj())
    delta = abs(complex(cycle.pairing(phi, cube))) / 6.0
    a0 = gamma / delta if delta > 0.0 else complex("nan")
    return FourthResonanceNormalForm(1j * t * gamma, t * delta, a0)


def _modulus(cycle: Variation, phi: Any, w: Any, h20: Any) -> complex:
    """The coefficient gamma of xi |xi|^2, for a given h_20."""
    form, c = cycle.form, w.conj()
    mean, a = cycle.forced_with_shift(form(w, c).real)
    cubic = form(w, w, c) + 2.0 * form(w, cycle.at_gauss(mean)) + form(c, h20)
    return complex(cycle.pairing(phi, cubic - 2.0 * float(a) * cycle.along(w))) / 2.0

r"""The two-parameter families of the paper, as symbolic networks.

Both have a gain and a rotation in the recurrent weights, with reset and update gates that do not
depend on the state. Equation (9)'s rotation is transposed against (8)'s; the signs here are the
printed ones. The other sign gives the mirror image in ``y`` and ``gamma``.

References
----------
Jordan, Sokol and Park (2021), Frontiers in Computational Neuroscience 15:678158, equations (8) and
(9).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy

from symgru.gru import GRU

__all__ = ["eq8", "eq9"]

OFF = sympy.zeros(2, 2)


def eq8() -> GRU:
    r"""Return the family (8): a rotation by ``alpha`` with gain ``beta`` and reset bias ``s``.

    .. math::
        h' = \tfrac12\bigl(\tanh(\sigma(s)\,\beta\,R(\alpha)\,h) - h\bigr),
        \qquad
        R(\alpha) = \begin{bmatrix} \cos\alpha & -\sin\alpha \\
                                      \sin\alpha & \cos\alpha \end{bmatrix}

    Returns
    -------
    GRU
        States x, y; parameters alpha (defaults to pi/3, figure 5A), beta (3) and s (0), meant for
        beta > 0 and 0 < alpha < pi as in figure 6.

    Examples
    --------
    >>> eq8().equations[0]
    -x/2 + tanh(beta*x*cos(alpha)*sigma(s) - beta*y*sin(alpha)*sigma(s))/2
    """
    alpha, beta, s = sympy.symbols("alpha beta s")
    cos, sin = sympy.cos(alpha), sympy.sin(alpha)
    network = _rotation(beta * sympy.Matrix([[cos, -sin], [sin, cos]]), (0, 0), s, "eq8")
    defaults = {"alpha": float(sympy.pi / 3), "beta": 3.0, "s": 0.0}
    return replace(network, positive=(beta, sin)).with_defaults(**defaults)


def eq9() -> GRU:
    r"""Return the family (9): a slight rotation by pi/20 with gain 3 and biases ``b1``, ``gamma``.

    .. math::
        h' = \tfrac12\Bigl(\tanh\bigl(\tfrac32
        \begin{bmatrix} c & s \\ -s & c \end{bmatrix} h
        + \begin{bmatrix} b_1 \\ \gamma \end{bmatrix}\bigr) - h\Bigr), \qquad
        c = \cos\tfrac{\pi}{20}, \quad s = \sin\tfrac{\pi}{20}

    It is equivariant: (x, y, b1, gamma) -> (-y, x, -gamma, b1) maps the family to itself.

    Returns
    -------
    GRU
        States x, y; parameters b1 (defaults to the paper's 0.32) and gamma (0.051, figure 8A).

    Examples
    --------
    >>> eq9().parameters
    {'b1': b1, 'gamma': gamma}
    """
    b1, gamma = sympy.symbols("b1 gamma")
    # Unevaluated, because SymPy would write nested square roots for these two numbers.
    cos = sympy.cos(sympy.pi / 20, evaluate=False)
    sin = sympy.sin(sympy.pi / 20, evaluate=False)
    network = _rotation(3 * sympy.Matrix([[cos, sin], [-sin, cos]]), (b1, gamma), 0, "eq9")
    return network.with_defaults(b1=0.32, gamma=0.051)


def _rotation(recurrent: Any, bias: tuple[Any, Any], reset_bias: Any, name: str) -> GRU:
    """Return two units x, y with constant gates: update 1/2, reset sigma(reset_bias)."""
    exact = [sympy.S(entry) for entry in bias]
    network = GRU(2, states=("x", "y"), name=name)
    return network.with_weights(
        U_h=recurrent,
        b_h=exact,
        U_r=OFF,
        b_r=sympy.S(reset_bias),
        U_z=OFF,
        b_z=sympy.S.Zero,
    )

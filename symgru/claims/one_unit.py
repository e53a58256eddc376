r"""Claims 6 and 7: the three structures of one unit, its folds, and the slow passage beside one.

Without a state in the reset gate :math:`a = k \tanh a + b` with :math:`k = U_h\,\sigma(b_r)`. The
slope of its residual, :math:`1 - k(1 - \tanh^2 a)`, changes sign at most twice, so that there are
at most three equilibria, and folds at

.. math::
    h^* = \pm\sqrt{1 - 1/k}, \qquad b^* = \operatorname{artanh} h^* - k h^* .

Beside a fold :math:`h' = c + a\,(h - h^*)^2 + \dots`, so that the passage takes the time
:math:`\pi/\sqrt{ac}`.
"""

from __future__ import annotations

import math

import numpy as np
import scipy.integrate
import sympy

import continuation as ct
from symgru.claims.ledger import Claim, Finding, Outcome, Part, stated
from symgru.conditions import fold_conditions
from symgru.equilibria import all_equilibria
from symgru.gru import GRU

__all__ = ["CLAIMS", "saddle_node", "structures"]

STRUCTURES = {("sink",): "A", ("sink", "source", "sink"): "C"}
"""Types from left to right, with the letter of figure 1; B is the fold between them."""


def structures(most: int = 3, networks: int = 60, seed: int = 6) -> Finding:
    """Count the equilibria of one unit with a reset gate, over random weights.

    Parameters
    ----------
    most : int
        Claimed maximum.
    networks : int
        How many are drawn.
    seed : int
        Of the generator.

    Returns
    -------
    Finding
    """
    random = np.random.default_rng(seed)
    counts: dict[tuple[str, ...], int] = {}
    undecided = 0
    for weights in random.normal(size=(networks, 4)) * (12.0, 12.0, 4.0, 4.0):
        u, w, b_h, b_r = (float(x) for x in np.round(weights, 2))
        gru = GRU(1).with_weights(U_h=[[u]], U_r=[[w]], b_h=b_h, b_r=b_r, rest=0)
        found = all_equilibria(gru)
        undecided += not found.complete
        kinds = tuple(item.kind for item in found)
        counts[kinds] = counts.get(kinds, 0) + 1
    text = "; ".join(f"{n} with {', '.join(kinds)}" for kinds, n in sorted(counts.items()))
    known = all(kinds in STRUCTURES and len(kinds) <= most for kinds in counts)
    t, k = sympy.symbols("t k", real=True)
    slope = sympy.Poly(1 - k * (1 - t**2), t)
    return Finding(
        (
            stated(
                f"constant reset gate: the slope {slope.as_expr()} in t = tanh(a) has degree "
                f"{slope.degree()}, so that there are at most {slope.degree() + 1} equilibria",
                slope.degree() + 1 <= most,
            ),
            stated(
                f"{networks} random units with a reset gate: {text}; {undecided} undecided", known
            ),
            Part(
                "that there are never more than three with a reset gate is not proved here",
                Outcome.UNDECIDED,
            ),
        ),
        method="proof for a constant reset gate; interval certificates of a random sample with one",
        limits="A sample proves no bound. Between A and C lies the fold B, and where two folds "
        "meet the cusp k = 1, b = 0, whose phase portrait is that of A.",
    )


def saddle_node(gain: float = 4.0, distance: float = 1e-4, tolerance: float = 0.02) -> Finding:
    """Find the folds of one unit by continuation, and measure the slow passage beside one.

    Parameters
    ----------
    gain : float
        U_h; the reset gate is one half.
    distance : float
        Of the bias from its value at the fold.
    tolerance : float
        Relative error allowed for the leading term of the time, which is of the order of the square
        root of the distance.

    Returns
    -------
    Finding
    """
    k, b = sympy.symbols("k b")
    condition = fold_conditions(GRU(1).with_weights(U_h=[[2 * k]], b_h=[b], rest=0))
    exact = float(condition.branches[0][b].subs(k, gain / 2.0))
    system = GRU(1).with_weights(U_h=[[gain]], rest=0).compile()
    branch = ct.equilibria(system, start=(-0.99,), free="b_h1", within=(-3.0, 3.0), b_h1=-2.0)
    folds = sorted(sp.parameters["b_h1"] for sp in branch.special if sp.kind == "LP")
    off = max(abs(abs(fold) - abs(exact)) for fold in folds)
    half = gain / 2.0
    star = math.sqrt(1.0 - 1.0 / half)
    curvature = half * star  # h' = (tanh a - h)/2: with k(1 - h*^2) = 1, |d2/dh2|/2 = k h*/2 = a
    a, c = curvature / 2.0, distance / (2.0 * half)
    predicted = math.pi / math.sqrt(a * c)
    bias = abs(exact) + distance
    time, _ = scipy.integrate.quad(
        lambda h: 1.0 / abs(0.5 * (math.tanh(half * h + bias) - h)),
        -0.95,
        0.5,
        points=[-star],
        limit=400,
    )
    return Finding(
        (
            stated(
                f"folds by continuation at b = {', '.join(f'{x:.12f}' for x in folds)}; closed "
                f"form b = +-({condition.branches[0][b]}) = +-{abs(exact):.12f}",
                len(folds) == 2 and off < 1e-10,
            ),
            stated(
                f"passage at a distance of {distance:g}: time {time:.4f}, leading term "
                f"pi/sqrt(ac) = {predicted:.4f}",
                abs(time / predicted - 1.0) < tolerance,
            ),
        ),
        method="SymPy closed form; continuation; quadrature of dt = dh / f(h)",
        limits="The passage is measured at one gain and one distance.",
    )


CLAIMS = (
    Claim(
        6,
        "S3, figure 1",
        "One unit has three stability structures and at most three equilibria.",
        structures,
    ),
    Claim(
        7,
        "S3",
        "A saddle-node bifurcation separates A from C, and near it the flow is arbitrarily slow.",
        saddle_node,
    ),
)

r"""Claims 25 and 26: no continuous attractors in two units, and lines that nearly are.

Let the reset gate be constant, :math:`\operatorname{artanh} x = a x + b y + c` and
:math:`\operatorname{artanh} y = d x + e y + f`. If b = 0, then x is one of at most three numbers,
and
for each y is, too. Otherwise infinitely many equilibria accumulate inside the square, since they
stay away from its boundary, on the graph :math:`y = Y(x) = (\operatorname{artanh} x - a x - c)/b`,
which
is analytic; then the second equation holds along the whole piece of the graph in the square. That
piece ends where x tends to -1 or 1, but there Y is unbounded, or where y does, but there the left
side of the second equation is unbounded and its right side is not. So there are finitely many.

With a state in the reset gate the set of equilibria is compact and analytic, in the open square.
Where it is a curve, it has an even number of branches at each of its points (Sullivan 1971), hence
no ends: a line attractor is excluded, and a closed curve of equilibria is not.

References
----------
D. Sullivan, Combinatorial invariants of analytic spaces, Lecture Notes in Mathematics 192 (1971),
165-168.
"""

from __future__ import annotations

import math

import numpy as np
import scipy.integrate

from symgru.claims.counts import network
from symgru.claims.ledger import Claim, Finding, Outcome, Part, stated
from symgru.equilibria import all_equilibria
from symgru.gru import GRU

__all__ = ["CLAIMS", "continuous_attractors", "pseudo_line"]

LINE = 0.02
"""A rate along the line below a fiftieth of that across looks like rest beside it."""


def continuous_attractors(networks: int = 40, seed: int = 25, reset: bool = True) -> Finding:
    """Count equilibria of random networks, and say what is proved about infinitely many.

    Parameters
    ----------
    networks : int
        How many are drawn.
    seed : int
        Of the generator.
    reset : bool
        Whether the claim is about networks with a state in the reset gate, as in the paper.

    Returns
    -------
    Finding
    """
    random = np.random.default_rng(seed)
    gate = 6.0 if reset else 0.0
    scale = np.array([6.0] * 4 + [1.0] * 2 + [gate] * 4 + [1.0] * 2)
    drawn = np.round(random.normal(size=(networks, 12)) * scale, 2).tolist()
    finite = sum(all_equilibria(network(tuple(weights))).complete for weights in drawn)
    parts = [
        stated("constant reset gate: finitely many equilibria (proof in the module)", True),
        stated(
            f"{finite} of {networks} random networks have finitely many, all certified",
            finite == networks,
            otherwise=Outcome.UNDECIDED,
        ),
    ]
    if reset:
        text = (
            "state in the reset gate: a line with ends is excluded (Sullivan), a closed curve of "
            "equilibria is not; more than two units are not treated"
        )
        parts.append(Part(text, Outcome.UNDECIDED))
    return Finding(
        tuple(parts),
        method="proof for constant reset gates; interval certificates of a random sample",
        limits="Neither closed curves of equilibria with a reset gate, nor any in more units, are "
        "excluded by proof.",
    )


def pseudo_line(gain: float = 1.999, window: float = 0.2, angle: float = math.pi / 4) -> Finding:
    """Measure the drift along a line that is nearly at rest.

    Parameters
    ----------
    gain : float
        U_h = gain v v^T; at 2 the origin is degenerate.
    window : float
        Half the length of the line, as in figure 10B.
    angle : float
        Of v, which has length one.

    Returns
    -------
    Finding
    """
    v = np.array([math.cos(angle), math.sin(angle)])
    gru = GRU(2).with_weights(U_h=gain * np.outer(v, v), rest=0)
    system = gru.compile()
    found = all_equilibria(gru)
    slow = -float(v @ system.f(window * v, {})) / window
    across = -float(np.linalg.eigvalsh(system.jacobian(np.zeros(2), {}))[0])
    time = scipy.integrate.quad(lambda s: -1.0 / float(v @ system.f(s * v, {})), window / 2, window)
    return Finding(
        (
            stated(f"U_h = {gain:g} v v^T: {found}", found.complete and found.count == 1),
            stated(
                f"at {window:g} along v the rate is {slow:.3g}, across {across:.3g}: halving takes "
                f"{time[0]:.0f} time constants along, {math.log(2) / across:.1f} across",
                slow < LINE * across,
            ),
        ),
        method="interval certificate; rates from the equations",
        limits="Parameters of figure 10 are not printed; these are ours. Rates are along v, from "
        "which the slow curve differs by terms of third order.",
    )


CLAIMS = (
    Claim(
        25,
        "S4, S6",
        "No continuous attractor in two units, seemingly in any finite dimension.",
        continuous_attractors,
    ),
    Claim(26, "figure 10", "A pseudo-line attractor with a single equilibrium.", pseudo_line),
)

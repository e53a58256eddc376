r"""Claims 27, 28 and 34: three units, decoupled blocks, and the LSTM.

With constant gates of one half the flow is :math:`2h' = \tanh(W h) - h`, W = U_h / 2, and
:math:`u = W h` obeys :math:`2u' = -u + W \tanh u`: a Hopfield network of continuous neurons with
weights W. Chaos in three such neurons is chaos in three units of a GRU.
"""

from __future__ import annotations

import numpy as np
import sympy

import continuation as ct
from symgru.claims.ledger import Claim, Finding, Outcome, Part, stated
from symgru.gru import GRU

__all__ = ["CLAIMS", "decoupled_blocks", "lstm_unit", "three_units"]

SIGMAS = 3.0
"""A Lyapunov exponent is called positive beyond three standard errors."""


def three_units(w21: float = 2.0, cycle_at: float = 1.7, time: float = 3000.0) -> Finding:
    """Look for chaos and bifurcations of cycles in one network of three units.

    Parameters
    ----------
    w21 : float
        W_21 at which the Lyapunov exponents are computed.
    cycle_at : float
        W_21 at which there is a stable cycle, which is followed in U_h21.
    time : float
        Over which the exponents are averaged.

    Returns
    -------
    Finding
    """
    W = np.array([[2.0, -1.2, 0.0], [w21, 1.71, 1.15], [-4.75, 0.0, 1.1]])
    system = GRU(3).with_weights(U_h=2.0 * W, rest=0).compile()
    spectrum = ct.lyapunov(system, (0.1, 0.2, -0.3), time=time)
    first, error = float(spectrum.exponents[0]), float(spectrum.errors[0])
    at = 2.0 * cycle_at
    settled = ct.settle(system, (0.1, 0.2, -0.3), U_h21=at)
    orbit = ct.simulate(system, settled, np.linspace(0.0, 120.0, 6001), U_h21=at)
    family = ct.cycles(orbit, free="U_h21", within=(3.2, 4.2))
    wanted = [sp for sp in family.special if sp.kind in ("PD", "LPC", "NS")]
    shown = ", ".join(f"{sp.kind} at {sp.parameters['U_h21']:.8f}" for sp in wanted)
    return Finding(
        (
            stated(
                f"W = [[2, -1.2, 0], [{w21:g}, 1.71, 1.15], [-4.75, 0, 1.1]], U_h = 2 W: Lyapunov "
                f"exponents {spectrum}",
                first > SIGMAS * error,
                otherwise=Outcome.ABSENT,
            ),
            stated(
                f"cycles bifurcate in U_h21: {shown or 'nowhere'}",
                bool(wanted),
                otherwise=Outcome.ABSENT,
            ),
        ),
        method="exact map to a Hopfield network; Lyapunov spectrum by simulation; continuation of "
        "cycles",
        limits="One network, chosen. A positive exponent with its error is evidence, not a proof; "
        "how frequent chaos is among random networks is another question.",
    )


def decoupled_blocks(gates: str = "free") -> Finding:
    """Check whether two blocks of two units are decoupled when U_h is block diagonal.

    Parameters
    ----------
    gates : {"free", "blocks"}
        Whether U_r and U_z are full matrices of symbols or block diagonal as U_h.

    Returns
    -------
    Finding
    """
    full = GRU(4).weights
    blocks = sympy.Matrix(4, 4, lambda i, j: int(i // 2 == j // 2))
    masked = {name: full[name].multiply_elementwise(blocks) for name in ("U_h", "U_r", "U_z")}
    inside = GRU(4).with_weights(**masked)
    only = GRU(4).with_weights(U_h=masked["U_h"])
    parts = [
        stated(
            "U_h, U_r and U_z block diagonal: every derivative of a block by the other's states is "
            "zero",
            not _crosses(inside),
        )
    ]
    if gates == "free":
        parts.append(
            stated(
                "U_h alone block diagonal, U_r and U_z full: the gates couple the blocks",
                not _crosses(only),
                otherwise=Outcome.SHARPER,
            )
        )
    return Finding(
        tuple(parts),
        method="proof in SymPy, all weights symbols, two blocks of two units",
        limits="Says nothing about whether the initialisation helps learning.",
    )


def _crosses(gru: GRU) -> bool:
    """Whether the field of one block depends on states of the other."""
    return any(
        gru.equations[i].has(gru.states[j]) for i in range(4) for j in range(4) if i // 2 != j // 2
    )


def lstm_unit() -> Finding:
    """Say that the flow of an LSTM unit is not compared with that of two GRU units.

    Returns
    -------
    Finding
    """
    text = "no LSTM is in this package, so that none was compared with two units"
    return Finding(
        (Part(text, Outcome.UNDECIDED),),
        method="none",
        limits="Nothing was computed: the paper gives no flow of an LSTM unit to compare with.",
    )


CLAIMS = (
    Claim(
        27,
        "S6",
        "Three units: chaos is probable, and so are bifurcations of cycles.",
        three_units,
        slow=True,
    ),
    Claim(
        28,
        "S4",
        "Blocks of rotations in U_h act as decoupled oscillators.",
        decoupled_blocks,
    ),
    Claim(34, "S6", "An LSTM unit has a more limited array of dynamics.", lstm_unit),
)

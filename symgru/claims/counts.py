r"""Claims 8 to 11: how many equilibria two units can have, and the sum of their indices.

Every count is that of `symgru.all_equilibria`, proved complete. For two units the degree of
h - n(h) on the square is one, which says sinks + sources - saddles = 1 where all are hyperbolic.

Two decoupled units without reset weights have at most 3 * 3 equilibria. The network with more than
eleven was found by a random search that climbs in the count; its weights are rounded.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from symgru.claims.ledger import Claim, Finding, Outcome, Part, stated
from symgru.equilibria import Equilibria, all_equilibria
from symgru.gru import GRU

__all__ = ["CLAIMS", "RICH", "at_most_eleven", "figure_2a", "index_sum", "without_reset"]

Weights = tuple[float, float, float, float, float, float, float, float, float, float, float, float]

RICH: Weights = (20, 14, 7, 11, 0, 1, 34, 30, -20, -16, 24, 10)
"""U_h by rows, b_h, U_r by rows, b_r of a network with thirteen equilibria."""


def figure_2a(gain: float = 8.0, equilibria: int = 9, sinks: int = 4) -> Finding:
    """Count the equilibria of two independent bistable units.

    Parameters
    ----------
    gain : float
        U_h = gain I, all else zero; the paper's parameters are not printed.
    equilibria, sinks : int
        Claimed.

    Returns
    -------
    Finding
    """
    found = all_equilibria(GRU(2).with_weights(U_h=gain * np.eye(2), rest=0))
    quadrants = {tuple(np.sign(e.state).astype(int)) for e in found if e.kind == "sink"}
    return Finding(
        (
            _exactly(f"U_h = {gain:g} I", found, equilibria, sinks),
            stated(f"the sinks lie in {len(quadrants)} different quadrants", len(quadrants) == 4),
        ),
        method="interval certificate",
        limits="The gain is ours; the paper prints none. Any above 2 gives the same count.",
    )


def without_reset(most: int = 9, sinks: int = 4, networks: int = 60, seed: int = 9) -> Finding:
    """Count equilibria of random networks whose reset gates do not depend on the state.

    Parameters
    ----------
    most, sinks : int
        Claimed maxima.
    networks : int
        How many are drawn.
    seed : int
        Of the generator.

    Returns
    -------
    Finding
    """
    random = np.random.default_rng(seed)
    tally: dict[int, int] = {}
    worst = (0, 0)
    for _ in range(networks):
        # Large gains on the diagonal, where counts are high.
        recurrent = np.round(random.normal(size=(2, 2)) * 4 + np.diag(random.uniform(2, 14, 2)), 2)
        bias = np.round(random.normal(size=2), 2)
        found = all_equilibria(GRU(2).with_weights(U_h=recurrent, b_h=bias, rest=0))
        tally[found.count] = tally.get(found.count, 0) + 1
        worst = max(worst, (found.count, found.kinds["sink"]))
    shown = ", ".join(f"{n} with {count}" for count, n in sorted(tally.items()))
    return Finding(
        (
            stated(
                f"of {networks} networks {shown}; most equilibria and sinks: {worst[0]}, "
                f"{worst[1]}",
                worst[0] <= most and worst[1] <= sinks,
            ),
            Part(
                "only decoupled units are bounded by proof, by 3 * 3; for others no proof is given",
                Outcome.UNDECIDED,
            ),
        ),
        method="interval certificates of a random sample",
        limits="A sample proves no bound.",
    )


def at_most_eleven(most: int = 11, sinks: int = 5, weights: Weights = RICH) -> Finding:
    """Count the equilibria of a network found by search.

    Parameters
    ----------
    most, sinks : int
        The paper's maxima.
    weights : tuple of float
        U_h by rows, b_h, U_r by rows, b_r.

    Returns
    -------
    Finding
    """
    gru = network(weights)
    found = all_equilibria(gru)
    text = f"{found}; weights {', '.join(f'{w:g}' for w in weights)}"
    return Finding(
        (
            stated(text, found.count <= most),
            stated(f"{found.kinds['sink']} sinks", found.kinds["sink"] <= sinks),
        ),
        method="search that climbs in the count, then an interval certificate of all equilibria",
        limits="The largest number possible is not known; the search ran for minutes.",
    )


def network(weights: Weights) -> GRU:
    """Two units from U_h by rows, b_h, U_r by rows, b_r; the update gate is one half."""
    w = np.array(weights)
    return GRU(2).with_weights(
        U_h=w[:4].reshape(2, 2), b_h=w[4:6], U_r=w[6:10].reshape(2, 2), b_r=w[10:], rest=0
    )


def index_sum(total: int = 1, networks: int = 40, seed: int = 11) -> Finding:
    """Add up sinks + sources - saddles over random networks with reset gates.

    Parameters
    ----------
    total : int
        Claimed sum.
    networks : int
        How many are drawn.
    seed : int
        Of the generator.

    Returns
    -------
    Finding
    """
    checked, wrong = 0, 0
    for found in _random_networks(networks, seed):
        if not found.complete or found.kinds["undecided"]:
            continue
        checked += 1
        kinds = found.kinds
        wrong += kinds["sink"] + kinds["source"] - kinds["saddle"] != total
    return Finding(
        (
            stated(
                f"sinks + sources - saddles = {total} in {checked - wrong} of {checked} networks "
                f"whose equilibria are all known and hyperbolic",
                wrong == 0 and checked > 0,
            ),
        ),
        method="proof: h - n(h) points outward on the boundary of the square, so that its degree "
        "is one; interval certificates beside it",
        limits="Hyperbolic equilibria of two units; for d units the sum of the signs of det(-A).",
    )


def _random_networks(networks: int, seed: int) -> Iterator[Equilibria]:
    random = np.random.default_rng(seed)
    scale = np.array([8.0] * 4 + [2.0] * 2 + [8.0] * 4 + [2.0] * 2)
    for drawn in random.normal(size=(networks, 12)) * scale:
        numbers = [float(x) for x in np.round(drawn, 2)]
        yield all_equilibria(network(tuple(numbers)))  # type: ignore[arg-type]


def _exactly(what: str, found: Equilibria, equilibria: int, sinks: int) -> Part:
    proved = found.complete and found.certified
    if not proved:
        return Part(f"{what}: {found}", Outcome.UNDECIDED)
    right = (found.count, found.kinds["sink"]) == (equilibria, sinks)
    return stated(f"{what}: {found}", right)


CLAIMS = (
    Claim(
        8, "S4, figure 2A", "Two independent bistable units have 9 equilibria, 4 sinks.", figure_2a
    ),
    Claim(
        9,
        "S6",
        "Without a reset gate there are at most 9 equilibria, 4 of them sinks.",
        without_reset,
    ),
    Claim(
        10,
        "S4, figure 3A",
        "The most equilibria of two units are 11, 5 of them sinks (observed).",
        at_most_eleven,
    ),
    Claim(11, "figures 2 to 4", "Sinks + sources - saddles = 1.", index_sum),
)

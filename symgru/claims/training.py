r"""Claims 29 to 33: trained networks and the catalogue, as far as there are data to judge them by.

Each check takes the data that would decide it and says so where there are none. A trained network
of two units is opened by its certified equilibria: orbits stay in a square, so that if no
equilibrium is a sink there is an attracting cycle, or one of saddle connections
(Poincare-Bendixson); if there are finitely many, there is no line of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from symgru.claims.ledger import Claim, Finding, Outcome, Part, stated
from symgru.equilibria import all_equilibria
from symgru.gru import GRU

__all__ = ["CLAIMS", "catalogue", "cycle_learned", "line_learned", "oscillator_loss", "ring_loss"]

Losses = Mapping[int, float]

IMPROVEMENT = 10.0
"""A loss that falls by less than this factor from the fewest units to the most has not improved in
the sense of figure 12, whose axis is logarithmic."""


def cycle_learned(network: GRU | None = None) -> Finding:
    """Ask whether a network trained on FitzHugh-Nagumo oscillates.

    Parameters
    ----------
    network : GRU, optional
        Two trained units, as a flow or a map.

    Returns
    -------
    Finding
    """
    if network is None:
        return _missing("a network trained on FitzHugh-Nagumo")
    found = all_equilibria(network)
    return Finding(
        (
            stated(
                f"{found}: an attracting cycle surrounds them if none is a sink",
                found.complete and not found.kinds["sink"],
            ),
        ),
        method="interval certificate and Poincare-Bendixson",
        limits="One trained network; without sinks the attractor could still be a cycle of saddle "
        "connections.",
    )


def line_learned(network: GRU | None = None) -> Finding:
    """Ask whether a network trained on the line has finitely many equilibria.

    Parameters
    ----------
    network : GRU, optional
        Two trained units.

    Returns
    -------
    Finding
    """
    if network is None:
        return _missing("a network trained on the line attractor")
    found = all_equilibria(network)
    return Finding(
        (stated(f"{found}", found.complete, otherwise=Outcome.UNDECIDED),),
        method="interval certificate",
        limits="One trained network.",
    )


def ring_loss(losses: Losses | None = None) -> Finding:
    """Ask whether the loss on the ring falls with the number of units.

    Parameters
    ----------
    losses : mapping of int to float, optional
        Final loss by number of units, mean over seeds.

    Returns
    -------
    Finding
    """
    if not losses:
        return _missing("losses on the ring by number of units")
    units = sorted(losses)
    falls = all(losses[a] > losses[b] for a, b in itertools.pairwise(units))
    return _of_losses(losses, stated(f"loss {_shown(losses)}", falls))


def oscillator_loss(losses: Losses | None = None) -> Finding:
    """Ask whether the loss on FitzHugh-Nagumo stays as it is when units are added.

    Parameters
    ----------
    losses : mapping of int to float, optional
        Final loss by number of units, mean over seeds.

    Returns
    -------
    Finding
    """
    if not losses:
        return _missing("losses on FitzHugh-Nagumo by number of units")
    gain = losses[min(losses)] / losses[max(losses)]
    text = f"loss {_shown(losses)}: a factor of {gain:.3g} from the fewest units to the most"
    return _of_losses(losses, stated(text, gain < IMPROVEMENT))


def catalogue(kinds: int | None = None, printed: int = 30) -> Finding:
    """Compare the number of two-unit topologies found by a census with the paper's.

    Parameters
    ----------
    kinds : int, optional
        Number of classes found.
    printed : int
        "Thirty-odd" in the supplement.

    Returns
    -------
    Finding
    """
    if kinds is None:
        return _missing("a census of networks of two units")
    text = f"{kinds} classes found, {printed} or so in the catalogue"
    part = stated(text, kinds >= printed, otherwise=Outcome.ABSENT)
    return Finding(
        (part,),
        method="census of certified equilibrium types",
        limits="Classes depend on what is distinguished; a census bounds their number from below.",
    )


def _missing(what: str) -> Finding:
    """What is said where the data are not there."""
    return Finding(
        (Part(f"{what} is needed to decide this and was not given", Outcome.UNDECIDED),),
        method="none",
        limits=f"Nothing was computed: {what} is not among the data of this package.",
    )


def _shown(losses: Losses) -> str:
    return ", ".join(f"{loss:.3g} with {units} units" for units, loss in sorted(losses.items()))


def _of_losses(losses: Losses, part: Part) -> Finding:
    return Finding(
        (part,),
        method="comparison of losses of trained networks",
        limits=f"{len(losses)} sizes; seeds and settings that the paper leaves open are ours.",
    )


CLAIMS = (
    Claim(29, "S5, figure 11", "Trained on FitzHugh-Nagumo, two units oscillate.", cycle_learned),
    Claim(30, "S5, figure 11", "Trained on the line: a pseudo-line attractor only.", line_learned),
    Claim(
        31,
        "S5, figure 12",
        "The ring is not learned by two units, and better with more.",
        ring_loss,
    ),
    Claim(32, "figure 12", "FitzHugh-Nagumo does not improve with more units.", oscillator_loss),
    Claim(33, "supplement", "The catalogue of two-unit topologies: some thirty cases.", catalogue),
)

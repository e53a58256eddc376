"""How many equilibria of which kind, by the compiled proof alone: for searches and censuses.

A hundred thousand networks of two units take some seconds. The numbers are proved as they stand;
the second proof by balls, boxes and eigenvalues come from `symgru.equilibria.prove`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from continuation.errors import ContinuationError
from symgru.certified.kinds import LARGEST_DIMENSION, unstable_dimensions
from symgru.certified.network import Network
from symgru.certified.search import find_all

__all__ = ["Count", "count"]

LIMIT = 1_000_000


@dataclass(frozen=True)
class Count:
    """Proved numbers of equilibria.

    Attributes
    ----------
    equilibria : int
        How many are proved to exist.
    sinks, saddles, sources : int
        How many of them are proved to be of that kind; for up to three units.
    complete : bool
        Whether there are no others.
    looked : int
        Boxes that the search looked at.
    """

    equilibria: int
    sinks: int
    saddles: int
    sources: int
    complete: bool
    looked: int

    @property
    def decided(self) -> bool:
        """Whether there are no others and every kind is proved."""
        return self.complete and self.sinks + self.saddles + self.sources == self.equilibria


def count(network: Network, limit: int = LIMIT) -> Count:
    """Count the equilibria of a network by kind, with proof.

    Parameters
    ----------
    network : Network
    limit : int, optional
        Number of boxes to look at; where it is reached the count is not complete.

    Returns
    -------
    Count

    Raises
    ------
    ContinuationError
        If the indices of all equilibria do not add up to one: an error of this program.

    Examples
    --------
    >>> count(Network.from_arrays({"U_h": [[8, 0], [0, 8]]}))
    Count(equilibria=9, sinks=4, saddles=4, sources=1, complete=True, looked=23)
    """
    d, n = network.units, network
    found = find_all(network, limit)
    kinds = {"sinks": 0, "saddles": 0, "sources": 0}
    if d <= LARGEST_DIMENSION:
        unstable, indices = unstable_dimensions(
            n.U, n.b, n.after, n.gated, n.discrete, found.tights
        )
        kinds["sinks"], kinds["sources"] = int(np.sum(unstable == 0)), int(np.sum(unstable == d))
        kinds["saddles"] = int(np.sum((unstable > 0) & (unstable < d)))
        if len(found.left) == 0 and np.all(indices != 0) and np.sum(indices) != 1:
            raise ContinuationError(
                f"the indices of {len(found.tights)} equilibria add up to {np.sum(indices)}, not "
                f"to one: an error of this program."
            )
    return Count(len(found.tights), **kinds, complete=len(found.left) == 0, looked=found.looked)

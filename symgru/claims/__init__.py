"""The claims of Jordan, Sokol and Park (2021) as a ledger that anyone can rerun.

``check()`` runs every check and returns its rows; ``check(only=17)`` runs one. A verdict is
computed
from the evidence (`symgru.claims.ledger`), never written down. The checks stand by theme in the
other modules, each a function whose arguments are the numbers of the claim.

References
----------
Jordan, Sokol and Park (2021), Gated recurrent units viewed through the lens of continuous time
dynamical systems, Frontiers in Computational Neuroscience 15:678158.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable

from symgru.claims import (
    attractors,
    bifurcation_points,
    counts,
    foundations,
    homoclinic,
    more_units,
    one_unit,
    oscillations,
    rotation,
    training,
)
from symgru.claims.ledger import Claim, Row, run

__all__ = ["LEDGER", "Claim", "Row", "check", "select"]

THEMES = (
    foundations,
    one_unit,
    counts,
    bifurcation_points,
    oscillations,
    rotation,
    homoclinic,
    attractors,
    more_units,
    training,
)

LEDGER: tuple[Claim, ...] = tuple(
    sorted((claim for theme in THEMES for claim in theme.CLAIMS), key=lambda claim: claim.number)
)
"""All claims in the order of their numbers."""


def select(only: int | Iterable[int] | None = None) -> tuple[Claim, ...]:
    """Choose claims of the ledger by number.

    Parameters
    ----------
    only : int or iterable of int, optional
        Their numbers; all claims by default.

    Returns
    -------
    tuple of Claim
        In the order of the ledger.

    Raises
    ------
    ValueError
        If there is no claim of such a number, or no number at all.
    TypeError
        If something is no whole number.

    Examples
    --------
    >>> [claim.where for claim in select([17, 2])]
    ['S2, (4), (7)', 'S4']
    """
    if only is None:
        return LEDGER
    asked = only if isinstance(only, Iterable) else (only,)
    wanted = {_number(number) for number in asked}
    last = LEDGER[-1].number
    unknown = wanted - {claim.number for claim in LEDGER}
    if unknown:
        raise ValueError(f"there is no claim {min(unknown)}; claims are numbered from 1 to {last}.")
    if not wanted:
        raise ValueError(f"no claim was named; give numbers from 1 to {last}, or none for all.")
    return tuple(claim for claim in LEDGER if claim.number in wanted)


def _number(number: object) -> int:
    try:
        return operator.index(number)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"a claim is named by its number, got {number!r}.") from None


def check(only: int | Iterable[int] | None = None) -> tuple[Row, ...]:
    """Check claims of the paper, from scratch.

    Parameters
    ----------
    only : int or iterable of int, optional
        Numbers of claims; all of them by default, which takes a minute or two.

    Returns
    -------
    tuple of Row
        Each with ``number``, ``claim``, ``verdict``, ``evidence``, ``method`` and ``limits``.

    Raises
    ------
    ValueError
        If there is no such claim.

    Examples
    --------
    >>> (row,) = check(only=2)
    >>> row.verdict
    'confirmed'
    >>> print(row.evidence[0])
    h + 1 f(h) is the map (4), reset gate before [holds]
    """
    return run(select(only))

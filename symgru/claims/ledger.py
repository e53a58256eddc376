r"""A claim, what was found out about it, and the rule that turns findings into a verdict.

A check is a function whose keyword arguments are the numbers of the claim and the data that it is
tried on, with the paper's as defaults: a test passes others and sees the verdict change. It returns
`Part`s, each a statement with its outcome, and never a verdict. The verdict follows from the
outcomes by one rule, the first line that applies:

==============  ==============================================================
verdict         if
==============  ==============================================================
refuted         some part `FAILS`
open            some part is `UNDECIDED`
not reproduced  some part is `ABSENT`
refined         some part is `SHARPER`
confirmed       every part `HOLDS`
==============  ==============================================================
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from continuation.errors import ContinuationError

__all__ = [
    "Claim",
    "Finding",
    "Outcome",
    "Part",
    "Row",
    "compared",
    "judge",
    "run",
    "stated",
]

NEAR = 0.05
"""A number within five percent of the printed one describes the same phenomenon: then the claim is
sharpened and not contradicted. All numbers of the paper that differ from ours are within two
percent; a formula with a wrong factor would be outside."""


class Outcome(StrEnum):
    """What a computation says about one part of a claim."""

    HOLDS = "holds"
    SHARPER = "holds with a better number or a further condition"
    ABSENT = "was looked for and not found"
    UNDECIDED = "could not be decided"
    FAILS = "is contradicted"


VERDICTS: Mapping[Outcome, str] = {
    Outcome.FAILS: "refuted",
    Outcome.UNDECIDED: "open",
    Outcome.ABSENT: "not reproduced",
    Outcome.SHARPER: "refined",
    Outcome.HOLDS: "confirmed",
}
"""Verdicts by the outcome that leads to them, the strongest first."""


@dataclass(frozen=True)
class Part:
    """One statement that a claim makes or implies, with what a computation says about it.

    Attributes
    ----------
    statement : str
        What was found, with the numbers.
    outcome : Outcome
    """

    statement: str
    outcome: Outcome

    def __str__(self) -> str:
        return f"{self.statement} [{self.outcome}]"


@dataclass(frozen=True)
class Finding:
    """What a check returns.

    Attributes
    ----------
    parts : tuple of Part
        At least one.
    method : str
        Proof, certificate, continuation, simulation, search.
    limits : str
        What the computation does not show.
    """

    parts: tuple[Part, ...]
    method: str
    limits: str

    @property
    def verdict(self) -> str:
        """The verdict that follows from the parts; see `judge`."""
        return judge(self.parts)


@dataclass(frozen=True)
class Claim:
    """A checkable claim of Jordan, Sokol and Park (2021).

    Attributes
    ----------
    number : int
        Its place in the ledger, from 1.
    where : str
        Section, equation or figure of the paper.
    claim : str
        What is claimed, in a sentence.
    check : callable
        Called without arguments for the verdict on the paper's numbers; returns a `Finding`.
    slow : bool
        Whether the check takes more than about ten seconds.
    """

    number: int
    where: str
    claim: str
    check: Callable[[], Finding]
    slow: bool = False


@dataclass(frozen=True)
class Row:
    """A line of the ledger: a claim and what its check found.

    Attributes
    ----------
    number, where, claim : int, str, str
        As in `Claim`.
    verdict : str
        "confirmed", "refined", "refuted", "not reproduced" or "open".
    evidence : tuple of str
        Statements with numbers, each with its outcome.
    method, limits : str
        As in `Finding`.
    seconds : float
        CPU time of the check.
    """

    number: int
    where: str
    claim: str
    verdict: str
    evidence: tuple[str, ...]
    method: str
    limits: str
    seconds: float


def judge(parts: Sequence[Part]) -> str:
    """Verdict on a claim from the outcomes of its parts, by the rule at the head of this module.

    Parameters
    ----------
    parts : sequence of Part
        At least one.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If there are no parts: what has no evidence has no verdict.

    Examples
    --------
    >>> judge([stated("2 + 2 = 4", True), compared("pi", 3.14159, 3.1, rounding=0.05)])
    'confirmed'
    """
    if not parts:
        raise ValueError("a verdict needs at least one part with its outcome, got none.")
    outcomes = {part.outcome for part in parts}
    return next(verdict for outcome, verdict in VERDICTS.items() if outcome in outcomes)


def stated(statement: str, holds: bool, otherwise: Outcome = Outcome.FAILS) -> Part:
    """Return a part that holds or not.

    Parameters
    ----------
    statement : str
        What was found, with the numbers.
    holds : bool
        Whether it is as claimed.
    otherwise : Outcome, optional
        What it means if not: a contradiction by default.

    Returns
    -------
    Part
    """
    return Part(statement, Outcome.HOLDS if holds else otherwise)


def compared(what: str, found: float, printed: float, *, rounding: float) -> Part:
    """Compare a number with the printed one.

    Parameters
    ----------
    what : str
        What the number is.
    found, printed : float
        Ours, whose error must be far below `rounding`, and the paper's.
    rounding : float
        Half a unit of the last printed digit: as far as the printed number speaks.

    Returns
    -------
    Part
        `HOLDS` within the rounding, `SHARPER` within `NEAR`, relative; else `FAILS`.
    """
    off = abs(found - printed)
    if off <= rounding:
        outcome = Outcome.HOLDS
    else:
        outcome = Outcome.SHARPER if off <= NEAR * abs(printed) else Outcome.FAILS
    return Part(f"{what}: {found:.12g}, printed {printed:.12g}", outcome)


def run(claims: Iterable[Claim]) -> tuple[Row, ...]:
    """Check claims one after the other.

    A check whose computation could not start is an open claim, with the reason as evidence.

    Parameters
    ----------
    claims : iterable of Claim

    Returns
    -------
    tuple of Row
        In the order given.
    """
    return tuple(_row(claim) for claim in claims)


def _row(claim: Claim) -> Row:
    start = time.process_time()
    try:
        finding = claim.check()
    except ContinuationError as error:
        part = Part(f"the computation stopped: {error}", Outcome.UNDECIDED)
        finding = Finding((part,), "none", "Nothing was decided.")
    return Row(
        number=claim.number,
        where=claim.where,
        claim=claim.claim,
        verdict=finding.verdict,
        evidence=tuple(map(str, finding.parts)),
        method=finding.method,
        limits=finding.limits,
        seconds=time.process_time() - start,
    )

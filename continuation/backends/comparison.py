"""A branch followed a second time by another program, and what the two agree on.

Where they differ, somebody is wrong: the report says which points only one of them has, and what
our equations say about each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from continuation.backends import engines
from continuation.backends.counterparts import Counterpart, Path, coordinates, counterpart
from continuation.branch import Branch
from continuation.errors import ContinuationError, StopReason
from continuation.special import SpecialPoint

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

SAME = 1e-3
"""Special points of one kind closer than this in scaled coordinates are the same one: peers locate
them to 1e-5 or better, and the folds of textbook systems that lie close together are 1e-2 apart."""

ELSEWHERE = 1e-2
"""A point of theirs that differs from ours by more than this lies on another branch."""

CONFIRMED = 1e-4
"""A special point of theirs at which our equations leave a smaller residual is one."""

VANISHING = 1e-2
"""A cycle smaller than this part of the largest one has shrunk to a Hopf point."""

MORE_POINTS = 6
"""A peer is allowed so many times as many points as our branch has, and a hundred."""

LONGER = 1.0001
"""A peer is followed to a period longer than our longest by this factor."""

COMPARED = frozenset(("LP", "BP", "H", "CP", "BT", "GH", "ZH", "HH", "LPC", "PD", "NS", "BPC"))
"""Kinds that both sides look for; values asked for by the user are nobody's discovery."""


@dataclass(frozen=True)
class Match:
    """A special point that both have.

    Attributes
    ----------
    ours, theirs : SpecialPoint
        The two.
    difference : float
        Of the free parameter in which they differ most.
    """

    ours: SpecialPoint
    theirs: SpecialPoint
    difference: float


@dataclass(frozen=True)
class CrossCheck:
    """The same branch by two programs.

    Attributes
    ----------
    peer : str
        The other program, with its version.
    ours, theirs : Branch
        The two branches.
    matches : tuple of Match
        Special points that both have.
    only_ours, only_theirs : tuple of SpecialPoint
        Those that one has.
    counterparts : tuple of Counterpart
        For each point of theirs the one of ours that belongs to it.
    """

    peer: str
    ours: Branch
    theirs: Branch
    matches: tuple[Match, ...]
    only_ours: tuple[SpecialPoint, ...]
    only_theirs: tuple[SpecialPoint, ...]
    counterparts: tuple[Counterpart, ...]

    @property
    def differences(self) -> Array:
        """Difference at each point of theirs, shape (m,); NaN where ours has no such point."""
        return np.array([one.difference for one in self.counterparts])

    @property
    def largest(self) -> float:
        """The largest difference along the part that both have; see `Counterpart`."""
        differences = self.differences
        shared = differences[differences <= ELSEWHERE]
        return float(shared.max()) if shared.size else float("nan")

    @property
    def agrees(self) -> bool:
        """Whether every special point of ours is one of theirs, and all of theirs are explained."""
        return not self.only_ours and not any(
            _is_confirmed(point, self.ours) for point in self.only_theirs
        )

    def to_dataframe(self) -> pd.DataFrame:
        """One row a point: where it is by us and by the peer, and how much the two differ.

        Returns
        -------
        DataFrame
            "kind" (empty for a regular point), "found_by" ("both", "us", "peer"), for each free
            parameter a column of ours and one of theirs with "_peer", and "difference".
        """
        import pandas as pd

        return pd.DataFrame([*self._special_rows(), *self._rows()])

    def _special_rows(self) -> Iterator[dict[str, object]]:
        nan = float("nan")
        for match in self.matches:
            yield self._row(match.ours, match.theirs) | {"difference": match.difference}
        for point in self.only_ours:
            yield self._row(point, None) | {"difference": nan}
        for point in self.only_theirs:
            yield self._row(None, point) | {"difference": nan}

    def _row(self, ours: SpecialPoint | None, theirs: SpecialPoint | None) -> dict[str, object]:
        known = ours or theirs
        assert known is not None
        row: dict[str, object] = {"kind": known.kind}
        row["found_by"] = "both" if ours and theirs else ("us" if ours else "peer")
        for name in self.ours.free:
            row[name] = ours.parameters[name] if ours else float("nan")
            row[f"{name}_peer"] = theirs.parameters[name] if theirs else float("nan")
        return row

    def _rows(self) -> Iterator[dict[str, object]]:
        for j, one in enumerate(self.counterparts):
            both = one.difference <= ELSEWHERE
            row: dict[str, object] = {"kind": "", "found_by": "both" if both else "peer"}
            for name, value in zip(self.ours.free, one.values.tolist(), strict=True):
                row[name] = value
                row[f"{name}_peer"] = float(self.theirs.parameters[name][j])
            yield row | {"difference": one.difference}

    def __str__(self) -> str:
        return "\n".join(self._sentences())

    def _sentences(self) -> Iterator[str]:
        shared = int(np.count_nonzero(self.differences <= ELSEWHERE))
        alone = int(np.count_nonzero(self.differences > ELSEWHERE))
        beyond = len(self.counterparts) - shared - alone
        yield (
            f"{self.peer} followed {len(self.theirs)} {self.ours.kind} in "
            f"{', '.join(self.ours.free)}; {shared} lie on our branch within {self.largest:.1e}."
        )
        if alone:
            yield f"{alone} of its points lie elsewhere: the peer follows another branch there."
        if beyond:
            yield f"{beyond} of its points lie beyond the ends of our branch."
        if StopReason.STEP_TOO_SMALL in self.theirs.stop:
            yield "The peer gave up before an end of the branch: its corrector did not converge."
        for match in self.matches:
            yield (f"Both report {match.ours}; the peer's differs by {match.difference:.1e}.")
        for point in self.only_ours:
            yield (
                f"Only we report {point}: the peer passes over it; it solves its defining system "
                f"to {point.residual:.1e}."
            )
        for point in self.only_theirs:
            yield f"Only the peer reports {point}: {_verdict(point, self.ours)}."


def crosscheck(branch: Branch, peer: str = "pydstool") -> CrossCheck:
    """Follow a branch a second time in another program, and compare the two.

    The peer begins at a point of our branch far from special ones, and follows both directions with
    the same bounds, step lengths and tolerances; it locates its special points itself.

    Parameters
    ----------
    branch : Branch
        Equilibria or cycles of a flow, or folds or Hopf points in two parameters.
    peer : str
        "pydstool" or "auto".

    Returns
    -------
    CrossCheck
        ``print`` it for sentences; ``to_dataframe()`` for numbers.

    Raises
    ------
    ValueError
        For a branch of another kind, or a name that is no peer.
    ContinuationError
        Where the peer is missing, or fails.
    """
    if not isinstance(branch, Branch):
        raise TypeError(f"`branch` must be a Branch, got {type(branch).__name__}.")
    if branch.kind not in ("equilibria", "cycles", "folds", "Hopf points"):
        raise ValueError(f"{branch.kind} cannot be followed by another program.")
    if len(branch) < 2:
        raise ContinuationError("a branch of a single point leaves nothing to compare.")
    bounded = replace(branch, within=_windows(branch))
    theirs = _again(bounded, peer)
    path = Path(bounded)
    places = coordinates(path, theirs)
    counterparts = tuple(counterpart(path, theirs, j, places[j]) for j in range(len(theirs)))
    looked_for = COMPARED if branch.settings.detect is None else set(branch.settings.detect)
    ours = [point for point in branch.special if point.kind in COMPARED]
    others = [point for point in theirs.special if point.kind in looked_for]
    matches, only_ours, only_theirs = _matched(path, ours, others)
    return CrossCheck(
        peer=theirs.provenance.split(",")[0],
        ours=branch,
        theirs=theirs,
        matches=matches,
        only_ours=only_ours,
        only_theirs=only_theirs,
        counterparts=counterparts,
    )


def _again(branch: Branch, peer: str) -> Branch:
    """The same branch by the peer."""
    settings = replace(branch.settings, max_points=MORE_POINTS * len(branch) + 100)
    i = _quiet(branch)
    values = {name: float(column[i]) for name, column in branch.parameters.items()}
    free, state = branch.free, branch.states[:, i]
    if branch.kind == "equilibria":
        window = branch.within[free[0]]
        return engines.equilibria(peer, branch.system, state, free[0], window, settings, values)
    if branch.kind == "cycles":
        assert branch.periods is not None
        longest = LONGER * float(branch.periods.max())
        window, orbit = branch.within[free[0]], branch.orbits[i]
        return engines.cycles(peer, orbit, free[0], window, longest, settings)
    kind = "LP" if branch.kind == "folds" else "H"
    point = SpecialPoint(kind, branch.system, free, values, state, float("nan"))
    first, second = free
    return engines.special_curve(peer, point, (first, second), branch.within, settings)


def _quiet(branch: Branch) -> int:
    """A point in the middle of the longest stretch without special points."""
    ends = np.array([0, *sorted(branch.positions), len(branch) - 1])
    longest = int(np.argmax(np.diff(ends)))
    return int((ends[longest] + ends[longest + 1] + 1) // 2)


def _windows(branch: Branch) -> dict[str, tuple[float, float]]:
    """Bounds of the branch; where it has none, what it covers."""
    windows = {}
    for name in branch.free:
        lo, hi = branch.within.get(name, (-np.inf, np.inf))
        values = branch.parameters[name]
        covered = float(values.min()), float(values.max())
        windows[name] = (max(lo, covered[0]), hi) if not np.isfinite(lo) else (lo, hi)
        if not np.isfinite(hi):
            windows[name] = windows[name][0], covered[1]
    return windows


def _matched(
    path: Path, ours: Sequence[SpecialPoint], theirs: Sequence[SpecialPoint]
) -> tuple[tuple[Match, ...], tuple[SpecialPoint, ...], tuple[SpecialPoint, ...]]:
    """Pairs of one kind that lie together, the closest first, and what is left on either side."""
    pairs = sorted(
        (float(np.abs(path.coordinates_of(a) - path.coordinates_of(b)).max()), i, j)
        for i, a in enumerate(ours)
        for j, b in enumerate(theirs)
        if a.kind == b.kind
    )
    taken: dict[int, int] = {}
    for distance, i, j in pairs:
        if distance < SAME and i not in taken and j not in taken.values():
            taken[i] = j
    matches = tuple(
        Match(ours[i], theirs[j], _difference(ours[i], theirs[j])) for i, j in sorted(taken.items())
    )
    left = tuple(point for i, point in enumerate(ours) if i not in taken)
    found = set(taken.values())
    return matches, left, tuple(point for j, point in enumerate(theirs) if j not in found)


def _difference(a: SpecialPoint, b: SpecialPoint) -> float:
    return max(abs(a.parameters[name] - b.parameters[name]) for name in a.free)


def _is_vanishing(point: SpecialPoint, ours: Branch) -> bool:
    """A cycle that has shrunk to an equilibrium."""
    if point.orbit is None or not ours.orbits:
        return False
    largest = max(float(np.ptp(orbit.x, axis=1).max()) for orbit in ours.orbits)
    return bool(np.ptp(point.orbit.x, axis=1).max() < VANISHING * largest)


def _is_confirmed(point: SpecialPoint, ours: Branch) -> bool:
    """Whether our equations say that a special point of theirs is one."""
    return point.residual < CONFIRMED and not _is_vanishing(point, ours)


def _verdict(point: SpecialPoint, ours: Branch) -> str:
    """What our equations say about a special point that only the peer has."""
    if _is_vanishing(point, ours):
        return "the cycle has shrunk to an equilibrium there, where all multipliers meet at 1"
    if _is_confirmed(point, ours):
        return f"our equations confirm it (residual {point.residual:.1e}); it is missing here"
    return f"our equations do not confirm it, they leave a residual of {point.residual:.1e}"

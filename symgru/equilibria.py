r"""All equilibria of a network, each in a box proved to hold exactly one, with its type proved.

The search (`symgru.certified.search`) covers the cube by boxes in the pre-activations and proves
for each that it holds no equilibrium, or exactly one, or leaves it undecided. The check
(`symgru.certified.balls`) proves the same again with other arithmetic and other formulas. Only what
both prove is published; the rest is undecided, and said to be.

The indices of all equilibria, the signs of det(-A), add up to one (Brouwer's degree of h - tanh
a(h) on the cube; for two units: sinks + sources - saddles = 1). They are added up as a test of the
whole.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

import flint
import numpy as np
from flint import arb
from numpy.typing import NDArray

from continuation.errors import ContinuationError
from symgru.certified.balls import (
    BallNetwork,
    confirmed,
    covers,
    narrowed,
    published_box,
    states,
    to_box,
)
from symgru.certified.network import Network, outward
from symgru.certified.search import EVERYWHERE, Found, find_all
from symgru.certified.spectrum import UNDECIDED, spectrum
from symgru.gru import GRU
from symgru.vectorfield import STEP

__all__ = ["Equilibria", "Equilibrium", "SearchTooLarge", "all_equilibria", "prove"]

Array = NDArray[np.float64]

LIMIT = 1_000_000
"""Boxes to look at: some seconds. Networks of one to three units need up to a few thousand, of six
units with weights of order one some ten thousand, of ten about a million."""

PRECISIONS = (128, 256, 512, 1024)
"""Bits of the check. The later ones are for types alone: where the update gate is nearly closed, or
two eigenvalues are nearly equal."""


class SearchTooLarge(ContinuationError):
    """The search would need more boxes than it may look at.

    Attributes
    ----------
    estimate : float
        Boxes that it would need, estimated from the part that was searched.
    """

    def __init__(self, message: str, estimate: float):
        super().__init__(message)
        self.estimate = estimate


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """An equilibrium of the flow or a fixed point of the map, proved to exist.

    Attributes
    ----------
    state : ndarray, shape (d,)
        The middle of the box, or zero where that is in it.
    box : ndarray, shape (d, 2)
        Lower and upper bounds of the state; there is exactly one equilibrium between them.
    pre_activations : ndarray, shape (d, 2) The same of the candidate's pre-activation a, where the
        state is tanh a: near a corner of the cube these still tell equilibria apart.
    eigenvalues : ndarray of complex, shape (d,)
        Of the Jacobian, update gate included; for the map its multipliers.
    eigenvalue_error : float
        Proved bound of their errors.
    kind : str "sink", "saddle" or "source"; "undecided" where an eigenvalue may be on the stability
        border.
    shape : str
        "node" (all eigenvalues real), "focus" (some are not) or "undecided".
    index : int
        Sign of det(-A), of all eigenvalues of the flow with their signs reversed; 0 if undecided.
    """

    state: Array
    box: Array
    pre_activations: Array
    eigenvalues: NDArray[np.complex128]
    eigenvalue_error: float
    kind: str
    shape: str
    index: int

    def __post_init__(self) -> None:
        for array in (self.state, self.box, self.pre_activations, self.eigenvalues):
            array.flags.writeable = False


@dataclass(frozen=True, eq=False)
class Equilibria:
    """All equilibria that were found, a sequence, and what is proved about them.

    Attributes
    ----------
    items : tuple of Equilibrium
        In the order of their states.
    undecided : ndarray, shape (k, d, 2)
        Boxes of states in which any further equilibrium lies.
    certified : bool
        Whether the check by balls has confirmed all that is said here, that there are no others
        outside of `undecided` included.
    limits : str
        What is not proved, in words; empty if nothing.
    looked : int
        Boxes that the search looked at.
    """

    items: tuple[Equilibrium, ...]
    undecided: Array = field(repr=False)
    certified: bool
    limits: str
    looked: int

    @overload
    def __getitem__(self, index: int) -> Equilibrium: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Equilibrium, ...]: ...

    def __getitem__(self, index: int | slice) -> Equilibrium | tuple[Equilibrium, ...]:
        return self.items[index]

    def __iter__(self) -> Iterator[Equilibrium]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def count(self) -> int:
        """How many equilibria are proved to exist; there are no others where it is `complete`."""
        return len(self.items)

    @property
    def complete(self) -> bool:
        """Whether no box was left undecided."""
        return len(self.undecided) == 0

    @property
    def kinds(self) -> Mapping[str, int]:
        """How many there are of each kind."""
        kinds = [item.kind for item in self.items]
        return {kind: kinds.count(kind) for kind in ("sink", "saddle", "source", UNDECIDED)}

    def __str__(self) -> str:
        tally = ", ".join(_counted(n, kind) for kind, n in self.kinds.items() if n)
        how_many = "exactly" if self.complete else "at least"
        noun = "equilibrium" if self.count == 1 else "equilibria"
        head = f"{how_many} {self.count} {noun} ({tally})" if self.count else "no equilibrium found"
        return f"{head}; {self.limits or 'proved'}"


def all_equilibria(
    gru: GRU,
    *,
    limit: int = LIMIT,
    parameters: Mapping[str, float] | None = None,
    **values: float,
) -> Equilibria:
    """Find all equilibria of the flow, or all fixed points of the map, with proof.

    Parameters
    ----------
    gru : GRU
        Any network. What is proved holds for the exact values of its expressions.
    limit : int, optional
        Number of boxes to look at.
    parameters : mapping of str to float, optional
        Values of parameters that are called like an argument of this function.
    **values : float
        Values by parameter name, as in `GRU.compile`.

    Returns
    -------
    Equilibria
        With ``complete=False`` where something was left undecided, as at a bifurcation.

    Raises
    ------
    ValueError
        If a parameter has no value, a weight is no finite number, or a map has another step than 1.
    SearchTooLarge
        If there are too many units, or too large weights, for `limit` boxes.

    Examples
    --------
    >>> found = all_equilibria(GRU(2).with_weights(U_h=[[8, 0], [0, 8]], rest=0))
    >>> print(found)
    exactly 9 equilibria (4 sinks, 4 saddles, 1 source); proved
    >>> found[0].kind, found[0].box.shape
    ('sink', (2, 2))
    """
    if not isinstance(gru, GRU):
        raise TypeError(f"all_equilibria needs a symgru.GRU, got {type(gru).__name__}.")
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise ValueError(f"limit must be a positive whole number, got {limit!r}.")
    given = {**(parameters or {}), **values}
    if gru.numbers(**given).get(STEP.name, 1.0) != 1.0:
        raise ValueError(
            "types are proved for the flow and for the map of step 1: ask the flow for the fixed "
            "points, and compare for their types at any Delta."
        )
    network = Network.from_gru(gru, **given)
    return prove(network, limit=limit, name=gru.name)


def prove(network: Network, *, limit: int = LIMIT, name: str = "the network") -> Equilibria:
    """Find all equilibria of a network of numbers, with proof; see `all_equilibria`.

    Parameters
    ----------
    network : Network
    limit : int, optional
        Number of boxes to look at.
    name : str, optional
        What messages call the network.

    Returns
    -------
    Equilibria

    Raises
    ------
    SearchTooLarge
        If `limit` boxes are not enough.
    ContinuationError
        If the indices contradict the proofs, which would be an error of this program.
    """
    found = _searched(network, limit, name)
    with flint.ctx.workprec(PRECISIONS[0]):
        balls = BallNetwork.of(network)
        proofs = [_proof(balls, *pair) for pair in zip(found.regions, found.tights, strict=True)]
        proved = [proof for proof in proofs if proof is not None]
        refused = [box for box, proof in zip(found.regions, proofs, strict=True) if proof is None]
        rest = [to_box(box) for box in joined([*found.left, *refused])]
        known = [*(proof.region for proof in proved), *rest]
        covered = covers(balls, [arb(0, EVERYWHERE)] * network.units, known, limit)
        undecided = np.array([_rounded(states(box)) for box in rest])
    items = [_equilibrium(network, proof) for proof in proved]
    _check(proved, items if covered and not rest else [], name)
    return Equilibria(
        tuple(sorted(items, key=lambda item: tuple(item.state))),
        undecided.reshape(-1, network.units, 2),
        certified=covered,
        limits=_limits(len(undecided), covered, limit),
        looked=found.looked,
    )


def _searched(network: Network, limit: int, name: str) -> Found:
    """Run the search to its end, or say how much longer it would be."""
    found = find_all(network, limit)
    if not found.finished:
        # What is left is measured in states, where the whole is a cube of side two.
        sides = np.diff(np.tanh(found.left), axis=2)[..., 0] / 2
        estimate = found.looked / max(1.0 - float(np.prod(sides, axis=1).sum()), 1e-12)
        raise SearchTooLarge(
            f"{name} has {network.units} units and was not searched to the end within {limit} "
            f"boxes; about {estimate:.0e} would be needed: ask for them by limit=.",
            estimate,
        )
    return found


@dataclass(frozen=True)
class _Proof:
    """What balls prove about one equilibrium: enclosure, box where it is the only one, states."""

    enclosure: list[arb]
    region: list[arb]
    box: Array


def _proof(balls: BallNetwork, region: Array, tight: Array) -> _Proof | None:
    found = confirmed(balls, region, tight)
    if found is None:
        return None
    box = published_box(balls, *found)
    return None if box is None else _Proof(*found, box)


def _rounded(box: Sequence[arb]) -> list[tuple[float, float]]:
    """Round a box of balls outward."""
    return [outward(x) for x in box]


def _equilibrium(network: Network, proof: _Proof) -> Equilibrium:
    """Determine the type of an equilibrium, with more bits as long as it is undecided."""
    index = 0
    for bits in PRECISIONS:
        with flint.ctx.workprec(bits):
            balls = BallNetwork.of(network)
            enclosure = narrowed(balls, proof.enclosure) or proof.enclosure
            A = balls.jacobian(enclosure)
            found = spectrum(A, network.discrete)
            det = (-A).det()
            index = int(det > 0) - int(det < 0)
        if found.kind != UNDECIDED and index:
            break
    return Equilibrium(
        # Zero rather than something like 1e-60, to which a proof at the origin leads.
        state=np.where(np.prod(proof.box, axis=1) <= 0.0, 0.0, proof.box.mean(axis=1)),
        box=proof.box,
        pre_activations=np.array(_rounded(proof.enclosure)),
        eigenvalues=found.eigenvalues,
        eigenvalue_error=found.radius,
        kind=found.kind,
        shape=found.shape,
        index=index,
    )


def _check(proved: Sequence[_Proof], all_of_them: Sequence[Equilibrium], name: str) -> None:
    """See that no equilibrium was counted twice, and that the indices of all add up to one."""
    for k, one in enumerate(proved):
        for other in proved[:k]:
            if all(x.overlaps(y) for x, y in zip(one.enclosure, other.enclosure, strict=True)):
                raise ContinuationError(
                    f"two proofs for {name} are about the same equilibrium, near {one.box[:, 0]}: "
                    f"an error of this program."
                )
    indices = [item.index for item in all_of_them]
    if indices and 0 not in indices and sum(indices) != 1:
        raise ContinuationError(
            f"the indices of all equilibria of {name} add up to {sum(indices)}, not to one: "
            f"an error of this program."
        )


def _counted(n: int, kind: str) -> str:
    return f"{n} {kind}" if n == 1 or kind == UNDECIDED else f"{n} {kind}s"


def _limits(undecided: int, covered: bool, limit: int) -> str:
    """Say what is not proved."""
    said = []
    if undecided:
        boxes = "1 box is" if undecided == 1 else f"{undecided} boxes are"
        said.append(f"{boxes} undecided, as at a bifurcation")
    if not covered:
        said.append(
            f"balls did not prove within {limit} boxes that there are no others (ask for more "
            f"by limit=)"
        )
    return "; ".join(said)


def joined(boxes: Sequence[Array]) -> list[Array]:
    """Join undecided boxes, each made larger by its longest side, into ones that do not touch.

    At a fold the boxes are a chain along the null direction. On the border of a link balls could
    exclude nothing; around the whole chain they can.

    Parameters
    ----------
    boxes : sequence of ndarray, shape (d, 2)

    Returns
    -------
    list of ndarray, shape (d, 2)
    """
    apart: list[Array] = []
    for box in boxes:
        margin = np.max(box[:, 1] - box[:, 0])
        hull = np.stack([box[:, 0] - margin, box[:, 1] + margin], axis=1)
        while True:
            touch = [
                bool(np.all((other[:, 0] <= hull[:, 1]) & (hull[:, 0] <= other[:, 1])))
                for other in apart
            ]
            if not any(touch):
                break
            together = np.stack([hull, *itertools.compress(apart, touch)])
            apart = [other for other, near in zip(apart, touch, strict=True) if not near]
            hull = np.stack([together[..., 0].min(axis=0), together[..., 1].max(axis=0)], axis=1)
        apart.append(hull)
    return apart

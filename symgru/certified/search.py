r"""All solutions of a = G(a) in a list of boxes, by contraction, Krawczyk's operator and bisection.

A box is replaced by its part in its own image, X <- X & G(X), as long as that pays; what is empty
is excluded. When G varies little enough on what is left, Krawczyk's operator is tried: it excludes
the box, proves that it holds exactly one solution, or narrows it. Otherwise the box is cut across
the axis along which G varies most. A box in which a solution has been proved to be the only one is
kept, so that parts of it that come up later are done.

A solution on the border of a box is never in the interior of an image under Krawczyk's operator.
Where the operator proves *at most* one, it is therefore tried on a slightly larger box, which may
reach into neighbours; two proofs of the same solution are recognised because the small enclosure of
one lies in the region of the other. Two whose enclosures overlap without that are left undecided.

A box is left undecided where bisection can no longer help: its sides are below `FLOOR`, or a - G(a)
varies on it by less than the width of its enclosure at a point. The first happens at a fold, the
second at a cusp and wherever more than one direction is degenerate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symgru.certified.interval_map import CANDIDATE, RESET, image
from symgru.certified.krawczyk import (
    AT_MOST_ONE,
    EMPTY,
    ONE,
    UNKNOWN,
    apart,
    copy,
    krawczyk,
    meet,
    within,
)
from symgru.certified.network import Network
from symgru.certified.rounding import compiled, part

__all__ = ["EVERYWHERE", "Found", "find_all", "search"]

Array = NDArray[np.float64]

FLOOR = 1e-12
"""Smallest side, relative to 1 + abs(a): 1e-12 away from a fold equilibria are 1e-6 apart."""

PAYS = 0.8
"""Contraction goes on while it takes a fifth off: one bisection costs as much as two images."""

SMALL = 4.0
"""Krawczyk's operator is tried where the variation of G is below this. From 1, 2, 4 and 8 on it
takes 114, 104, 93 and 81 boxes for a random network of three units, and 4, 4, 5 and 6 trials, each
as long as some five images: the time hardly depends on it."""

LEVELS = 256
"""Cuts across an axis for which there is room: from 1e30 to `FLOOR` are 150, in states 60 more."""

EVERYWHERE = 1e33
"""Half the side of a box that holds all solutions: weights are at most 1e30, gates one."""

CAPACITY = 256
"""Equilibria for which there is room at first; doubled while they are more."""

REFINEMENTS = 50
BIG = 1e300


@part
def _influences(U, out):  # type: ignore[no-untyped-def]
    """Bound how strongly G depends on each state, roughly: nothing that is proved depends on it."""
    d = U.shape[1]
    for j in range(d):
        out[j] = 0.0
        for i in range(d):
            out[j] += abs(U[CANDIDATE, i, j, 0])
            for k in range(d):
                out[j] += 0.25 * abs(U[CANDIDATE, i, k, 0] * U[RESET, k, j, 0])


@part
def _narrow(U, b, after, box, influence, h, image_):  # type: ignore[no-untyped-def]
    """Contract a box by its images; the variation of G on what is left, or -1 if nothing is."""
    r = np.empty((h.shape[0], 2))
    last = BIG
    while True:
        image(U, b, after, box, h, r, image_)
        variation = 0.0
        for j in range(h.shape[0]):
            variation += (h[j, 1] - h[j, 0]) * influence[j]
        if not meet(box, image_):
            return -1.0
        if variation > PAYS * last:
            return variation
        last = variation


@part
def _refine(U, b, after, box, C, trial, haze):  # type: ignore[no-untyped-def]
    """Shrink a box that holds exactly one solution, as far as rounding allows."""
    last = BIG
    for _ in range(REFINEMENTS):
        if krawczyk(U, b, after, box, C, trial, haze) == UNKNOWN:
            return
        meet(box, trial)
        widest = 0.0
        for i in range(box.shape[0]):
            widest = max(widest, box[i, 1] - box[i, 0])
        if widest > 0.99 * last:
            return
        last = widest


@part
def _prove(U, b, after, box, region, tight, C, haze):  # type: ignore[no-untyped-def]
    """Try to prove that a box holds no solution or one; ``box`` may become narrower.

    With `ONE`, ``region`` holds exactly one and ``tight`` encloses it; the box holds no other.
    """
    state = krawczyk(U, b, after, box, C, tight, haze)
    if state == EMPTY or state == UNKNOWN:
        return state
    trial, other = np.empty((box.shape[0], 2)), np.empty(box.shape[0])
    copy(box, region)
    meet(box, tight)
    if state == AT_MOST_ONE:
        for i in range(box.shape[0]):
            margin = (box[i, 1] - box[i, 0]) + 1e-12 * (1.0 + abs(box[i, 0]))
            region[i, 0], region[i, 1] = box[i, 0] - margin, box[i, 1] + margin
        state = krawczyk(U, b, after, region, C, tight, other)
        if state == EMPTY:
            return EMPTY
        if state != ONE:
            return AT_MOST_ONE
    if state == ONE:
        meet(tight, region)
        _refine(U, b, after, tight, C, trial, other)
    return state


@part
def _same(region, tight, regions, tights, found):  # type: ignore[no-untyped-def]
    """Whether a proved solution is known: 1 if it is, 0 if it is new, -1 if that is not clear."""
    for k in range(found):
        if within(tight, regions[k]) or within(tights[k], region):
            return 1
        if not apart(tight, tights[k]):
            return -1
    return 0


@part
def _cut(box, h, influence):  # type: ignore[no-untyped-def]
    """Axis and place of the next cut; axis -1 where every side is at the floor.

    Large boxes are cut in the middle of the states, small ones in that of the pre-activations, and
    neither exactly: an equilibrium at a symmetric place should not lie on the cut.
    """
    axis, most = -1, -1.0
    for j in range(box.shape[0]):
        variation = (h[j, 1] - h[j, 0]) * influence[j]
        if variation > most and box[j, 1] - box[j, 0] > FLOOR * (1.0 + abs(box[j, 0])):
            axis, most = j, variation
    if axis < 0:
        return axis, 0.0
    lo, hi = box[axis, 0], box[axis, 1]
    place = 0.49 * lo + 0.51 * hi
    if hi - lo > 1.0:
        state = 0.49 * h[axis, 0] + 0.51 * h[axis, 1]
        if abs(state) < 1.0:
            middle = 0.5 * np.log((1.0 + state) / (1.0 - state))
            if lo < middle < hi:
                place = middle
    return axis, place


@compiled
def search(U, b, after, boxes, limit, capacity):  # type: ignore[no-untyped-def]
    """Find all solutions of a = G(a) in the given boxes, with proof.

    Parameters
    ----------
    U, b : ndarray, shapes (3, d, d, 2) and (4, d, 2)
        The network, see `interval_map`.
    after : bool
        Where the reset gate acts.
    boxes : ndarray, shape (m, d, 2)
        Where to search.
    limit : int
        Number of boxes to look at.
    capacity : int
        Solutions, and undecided boxes, for which there is room.

    Returns
    -------
    regions : ndarray, shape (n, d, 2)
        Boxes that hold exactly one solution each; they may overlap.
    tights : ndarray, shape (n, d, 2)
        Narrow enclosures of these solutions, which are different ones.
    left : ndarray, shape (k, d, 2)
        Boxes in which nothing was decided: every other solution lies in one of them.
    waiting : int
        How many of them were not looked at, because the limit or the capacity was reached.
    looked : int
        Boxes looked at.
    """
    d = U.shape[1]
    start = boxes.shape[0]
    stack = np.empty((start + LEVELS * d, d, 2))
    regions, tights = np.empty((capacity, d, 2)), np.empty((capacity, d, 2))
    left = np.empty((stack.shape[0] + capacity, d, 2))
    region, tight, box, h = np.empty((d, 2)), np.empty((d, 2)), np.empty((d, 2)), np.empty((d, 2))
    C, influence, haze = np.empty((d, d, 2)), np.empty(d), np.empty(d)
    _influences(U, influence)
    for k in range(start):
        copy(boxes[k], stack[k])
    waiting, found, undecided, looked = start, 0, 0, 0
    while waiting > 0 and looked < limit and found < capacity and undecided < capacity:
        waiting -= 1
        looked += 1
        copy(stack[waiting], box)
        known = False
        for k in range(found):
            known = known or within(box, regions[k])
        if known:
            continue
        variation = _narrow(U, b, after, box, influence, h, tight)
        if variation < 0.0:
            continue
        state = UNKNOWN
        if variation < SMALL:
            state = _prove(U, b, after, box, region, tight, C, haze)
        if state == EMPTY:
            continue
        axis, place = _cut(box, h, influence)
        if state == ONE:
            same = _same(region, tight, regions, tights, found)
            if same == 0:
                copy(region, regions[found])
                copy(tight, tights[found])
                found += 1
            if same >= 0:
                continue
            axis = -1
        full = waiting + 2 > stack.shape[0]
        if axis < 0 or full or (state != UNKNOWN and haze[axis] > 0.0):
            copy(box, left[undecided])
            undecided += 1
            continue
        copy(box, stack[waiting])
        copy(box, stack[waiting + 1])
        stack[waiting, axis, 1] = stack[waiting + 1, axis, 0] = place
        waiting += 2
    for k in range(waiting):
        copy(stack[k], left[undecided + k])
    return regions[:found], tights[:found], left[: undecided + waiting], waiting, looked


@dataclass(frozen=True)
class Found:
    """What the search has proved about a network.

    Attributes
    ----------
    regions, tights : ndarray, shape (n, d, 2)
        Boxes of pre-activations that hold one equilibrium each, and narrow enclosures of these.
    left : ndarray, shape (k, d, 2)
        Boxes in which every other one lies.
    finished : bool
        Whether all boxes were looked at.
    looked : int
        How many were.
    """

    regions: Array
    tights: Array
    left: Array
    finished: bool
    looked: int


def find_all(network: Network, limit: int) -> Found:
    """Search everywhere for equilibria of a network.

    Parameters
    ----------
    network : Network
    limit : int
        Number of boxes to look at.

    Returns
    -------
    Found
    """
    start = np.tile([-EVERYWHERE, EVERYWHERE], (1, network.units, 1))
    capacity = CAPACITY
    while True:
        regions, tights, left, waiting, looked = search(
            network.U, network.b, network.after, start, limit, capacity
        )
        if waiting == 0 or looked >= limit:
            return Found(regions, tights, left, waiting == 0, looked)
        capacity *= 2

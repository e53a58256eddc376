"""What the search and the check by balls prove, and what they refuse."""

from __future__ import annotations

import flint
import numba
import numpy as np
import pytest
from flint import arb

from symgru.certified import krawczyk
from symgru.certified.balls import BallNetwork, confirmed, covers, narrowed, published_box, to_box
from symgru.certified.network import Network
from symgru.certified.search import EVERYWHERE, find_all

NINE = Network.from_arrays({"U_h": [[8.0, 0.0], [0.0, 8.0]]})


@numba.njit
def proved(U, b, after, box):
    d = box.shape[0]
    C, out, haze = np.empty((d, d, 2)), np.empty((d, 2)), np.empty(d)
    return krawczyk.krawczyk(U, b, after, box, C, out, haze)


def around(point, radius=0.01):
    return np.array([[x - radius, x + radius] for x in point])


def test_both_proofs_accept_a_box_around_an_equilibrium():
    box = around((0.0, 0.0))
    assert proved(NINE.U, NINE.b, NINE.after, box) == krawczyk.ONE
    assert narrowed(BallNetwork.of(NINE), to_box(box)) is not None


@pytest.mark.parametrize("point", [(0.0, 0.5), (2.0, 2.0), (-8.0, 0.0)])
def test_both_proofs_refuse_a_box_without_an_equilibrium(point):
    box = around(point)
    assert proved(NINE.U, NINE.b, NINE.after, box) == krawczyk.EMPTY
    balls = BallNetwork.of(NINE)
    assert narrowed(balls, to_box(box)) is None
    assert confirmed(balls, box, box) is None


def test_both_proofs_refuse_a_box_with_two_equilibria():
    box = np.array([[-0.1, 4.5], [-0.1, 0.1]])
    assert proved(NINE.U, NINE.b, NINE.after, box) != krawczyk.ONE
    assert narrowed(BallNetwork.of(NINE), to_box(box)) is None


def test_balls_notice_that_an_equilibrium_was_forgotten():
    found = find_all(NINE, 1000)
    balls = BallNetwork.of(NINE)
    known = [to_box(region) for region in found.regions]
    everywhere = [arb(0, EVERYWHERE)] * 2
    assert covers(balls, everywhere, known, limit=1000)
    for k in range(9):
        assert not covers(balls, everywhere, known[:k] + known[k + 1 :], limit=1000)


def test_a_published_box_that_reaches_another_equilibrium_is_refused():
    found = find_all(NINE, 1000)
    balls = BallNetwork.of(NINE)
    enclosure, region = confirmed(balls, found.regions[0], found.tights[0])
    assert published_box(balls, enclosure, region) is not None
    assert published_box(balls, to_box(np.array([[-3.0, 5.0], [-3.0, 5.0]])), region) is None


def test_an_evaluation_that_failed_excludes_nothing():
    # FLINT says of a ball at infinity that it overlaps no finite one.
    failed = [arb.pos_inf()] * 2
    assert not failed[0].overlaps(arb(0))
    box = to_box(around((0.0, 0.0)))

    class Failing(BallNetwork):
        def krawczyk(self, box):
            return failed, False

        def pre_activation(self, h):
            return failed

    balls = BallNetwork.of(NINE)
    failing = Failing(**{name: getattr(balls, name) for name in balls.__dataclass_fields__})
    assert not covers(failing, box, [], limit=100)


@numba.njit
def met(box, other):
    return krawczyk.meet(box, other)


def test_a_bound_that_is_no_number_empties_no_box():
    box = around((0.0, 0.0))
    assert met(box, np.full((2, 2), np.nan))
    assert np.array_equal(box, around((0.0, 0.0)))


def test_the_limit_leaves_boxes_rather_than_losing_them():
    found = find_all(NINE, 5)
    assert not found.finished
    assert len(found.left) > 0


def test_enclosures_shrink_to_the_precision_in_force():
    one = Network.from_arrays({"U_h": [[8.0]]})
    found = find_all(one, 100)
    for bits in (64, 256, 1024):
        with flint.ctx.workprec(bits):
            box = narrowed(BallNetwork.of(one), to_box(found.regions[0]))
            assert box is not None and float(box[0].rad()) < 2.0 ** (6 - bits)

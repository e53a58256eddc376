"""Folds and Hopf points in two parameters by PyDSTool and AUTO-07p."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation import backends
from tests.peers import systems

pytestmark = pytest.mark.peer

WITHIN = {"b1": (-0.5, 0.5), "gamma": (-0.5, 0.5)}


def test_peers_find_the_cusp_and_both_bogdanov_takens_points_of_eq9(peer: str) -> None:
    # PyDSTool takes steps like ours, and passes over a cusp between two long ones.
    steps = ct.Settings(max_step=0.02)
    start, free = systems.slow_ring()["LP1"], ("b1", "gamma")
    folds = ct.fold_curve(start, free=free, within=WITHIN, settings=steps)
    check = backends.crosscheck(folds, peer)
    assert sorted(match.ours.kind for match in check.matches) == ["BT", "BT", "CP"], str(check)
    assert check.agrees, str(check)
    assert max(match.difference for match in check.matches) < 1e-8
    assert check.largest < 1e-8


def test_peers_end_the_hopf_curve_of_eq9_at_two_bogdanov_takens_points(peer: str) -> None:
    hopfs = ct.hopf_curve(systems.slow_ring()["H1"], free=("b1", "gamma"), within=WITHIN)
    check = backends.crosscheck(hopfs, peer)
    assert [match.ours.kind for match in check.matches] == ["BT", "BT"], str(check)
    assert check.largest < 1e-8
    assert check.theirs.stop == hopfs.stop


def test_peers_find_the_bogdanov_takens_point_of_harvested_predators(peer: str) -> None:
    """Closed form in MatCont's notebooks: (d, h) = (0.198909..., 0.307264...)."""
    within = {"d": (0.1, 0.3), "h": (0.2, 0.35)}
    folds = ct.fold_curve(systems.harvest()["LP1"], free=("d", "h"), within=within)
    check = backends.crosscheck(folds, peer)
    found = [match.theirs for match in check.matches if match.theirs.kind == "BT"]
    assert len(found) == 1, str(check)
    assert found[0].parameters["d"] == pytest.approx(0.19890912076585188, abs=1e-7)
    assert found[0].parameters["h"] == pytest.approx(0.307264466923985, abs=1e-7)


def test_peers_follow_the_hopf_points_of_eq8_along_beta_cos_alpha_equals_two(peer: str) -> None:
    within = {"alpha": (0.1, 1.2), "beta": (1.0, 6.0)}
    hopfs = ct.hopf_curve(systems.spiral()["H1"], free=("alpha", "beta"), within=within)
    check = backends.crosscheck(hopfs, peer)
    assert check.agrees and not check.only_theirs, str(check)
    assert check.largest < 1e-9
    alpha, beta = (check.theirs.parameters[name] for name in ("alpha", "beta"))
    assert beta * np.cos(alpha) == pytest.approx(2.0, abs=1e-8)

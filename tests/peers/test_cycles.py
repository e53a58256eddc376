"""Cycles by PyDSTool (its own AUTO, compiled for each system) and AUTO-07p through bifpy.

Three collocation codes on meshes of their own: they agree to the error of fifty intervals of
degree 4, about 1e-8, and to fewer digits towards a homoclinic orbit.
"""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation import backends
from tests.peers import systems

pytestmark = pytest.mark.peer

SETTINGS = ct.Settings(max_points=150)


def test_peers_follow_the_cycles_of_eq9_towards_their_homoclinic_orbit(cycle_peer: str) -> None:
    """PyDSTool reports a fold of cycles where the family shrinks to its Hopf point: not one."""
    rest = systems.slow_ring()
    cycles = ct.cycles(rest["H1"], within=(0.04, 0.06), period_below=150.0, settings=SETTINGS)
    check = backends.crosscheck(cycles, cycle_peer)
    assert check.agrees, str(check)
    assert check.largest < 1e-6
    assert check.theirs.parameters["gamma"].max() < 0.054174676917


def test_peers_follow_the_cycles_of_eq8_from_their_hopf_point(cycle_peer: str) -> None:
    hopf = systems.spiral()["H1"]
    ours = ct.cycles(hopf, within=(0.4, 1.2), settings=SETTINGS)
    theirs = backends.cycles(cycle_peer, hopf, within=(0.4, 1.2), settings=SETTINGS)
    assert theirs.periods is not None and ours.periods is not None
    assert theirs.periods[0] == pytest.approx(
        2.0 * np.pi / (np.tan(np.arccos(2 / 3)) / 2), rel=1e-3
    )
    check = backends.crosscheck(ours, cycle_peer)
    assert check.agrees, str(check)
    assert check.largest < 1e-6


def test_peers_find_the_period_doubling_of_lures_system(cycle_peer: str) -> None:
    """The doubling at 0.6303020062 is known by shooting (DOP853, relative tolerance 1e-12)."""
    hopf = systems.lure()["H1"]
    cycles = ct.cycles(hopf, within=(0.55, 1.5), settings=SETTINGS)
    check = backends.crosscheck(cycles, cycle_peer)
    doublings = [match for match in check.matches if match.ours.kind == "PD"]
    assert len(doublings) == 1 and not check.only_ours, str(check)
    assert doublings[0].theirs.parameters["alpha"] == pytest.approx(0.6303020062, abs=1e-6)
    assert doublings[0].theirs.period == pytest.approx(6.3640713394411, abs=1e-5)


def test_every_operation_means_the_same_in_the_language_of_the_peer(cycle_peer: str) -> None:
    """PyDSTool writes C; a kink, where max(x, y) changes, leaves collocation fewer digits."""
    hopf = systems.every_operation()["H1"]
    cycles = ct.cycles(hopf, within=(-0.1, 0.1), settings=ct.Settings(max_points=20))
    check = backends.crosscheck(cycles, cycle_peer)
    assert check.agrees, str(check)
    assert check.largest < 1e-4


def test_peers_follow_the_cycles_of_the_brusselator(cycle_peer: str) -> None:
    cycles = ct.cycles(systems.brusselator()["H1"], within=(1.9, 2.6), settings=SETTINGS)
    check = backends.crosscheck(cycles, cycle_peer)
    assert check.agrees, str(check)
    assert check.largest < 1e-6


def test_report_says_that_folds_where_eq9_is_flat_or_vanishes_are_the_peers_own(
    cycle_peer: str,
) -> None:
    """Gamma grows all along the family, from the Hopf point to the homoclinic orbit.

    PyDSTool reports a fold where the family begins, at the Hopf point, and another one near the
    homoclinic orbit, at period 206, where gamma is constant to round-off. AUTO reports the first
    of them where one of its steps passes the Hopf point.
    """
    rest = systems.slow_ring()
    wide = ct.Settings(max_points=400)
    cycles = ct.cycles(rest["H1"], within=(0.04, 0.06), period_below=400.0, settings=wide)
    assert cycles.special == () and cycles.periods is not None
    early = cycles.periods[1:] < 150.0
    assert np.all(np.diff(cycles.parameters["gamma"])[early] > 0.0)
    check = backends.crosscheck(cycles, cycle_peer)
    assert check.agrees and not check.matches, str(check)
    assert {point.kind for point in check.only_theirs} <= {"LPC"}
    words = str(check)
    late = [point for point in check.only_theirs if point.period > 100.0]
    shrunk = "the cycle has shrunk to an equilibrium there, where all multipliers meet at 1"
    assert len(check.only_theirs) - len(late) == words.count(shrunk) <= 1
    assert len(late) == words.count("our equations do not confirm it")
    assert bool(late) == (cycle_peer == "pydstool")


def test_a_peer_is_an_engine_of_the_verbs(cycle_peer: str) -> None:
    """The Brusselator: H at B = 2, and its cycles, asked for by ``engine``."""
    system = systems.brusselator().system
    start, window = (1.0, 1.5), (0.5, 3.0)
    rest = ct.equilibria(system, start, free="B", within=window, engine=cycle_peer)
    assert rest["H1"].parameters["B"] == pytest.approx(2.0, abs=1e-8)
    theirs = ct.cycles(rest["H1"], within=(1.9, 2.6), settings=SETTINGS, engine=cycle_peer)
    ours = ct.cycles(systems.brusselator()["H1"], within=(1.9, 2.6), report={"B": [2.5]})
    assert theirs.kind == "cycles" and theirs.periods is not None
    at = np.interp(2.5, theirs.parameters["B"], theirs.periods)
    assert at == pytest.approx(ours["UZ1"].period, rel=1e-3)

"""Equilibria by PyDSTool and AUTO-07p: the same folds and Hopf points, the same curve between them.

The peers locate a Hopf point to 1e-9 (AUTO, which writes eleven digits and takes differences) or
1e-10 (PyDSTool), and a fold ten times better; the bounds allow ten times that.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import continuation as ct
import symgru as sg
from continuation import backends
from tests.peers import systems

pytestmark = pytest.mark.peer

LOCATED = {"auto": 1e-8, "pydstool": 1e-9}
ALONG = {"auto": 1e-9, "pydstool": 1e-10}


@pytest.mark.parametrize(
    ("branch", "kinds"),
    [
        (systems.spiral, ["H"]),
        (systems.slow_ring, ["H", "LP"]),
        (systems.carbon_monoxide, ["H", "LP", "LP", "H"]),
        (systems.brusselator, ["H"]),
        (systems.harvest, ["H", "LP"]),
        (systems.bautin, ["H"]),
        (systems.every_operation, ["H"]),
    ],
)
def test_peers_find_the_same_special_equilibria(
    peer: str, branch: Callable[[], ct.Branch], kinds: list[str]
) -> None:
    check = backends.crosscheck(branch(), peer)
    assert sorted(match.ours.kind for match in check.matches) == sorted(kinds), str(check)
    assert check.agrees and not check.only_theirs, str(check)
    assert max(match.difference for match in check.matches) < LOCATED[peer]
    assert check.largest < ALONG[peer]
    assert np.isfinite(check.differences).mean() > 0.9


def test_a_peer_follows_a_closed_branch_to_its_start(peer: str) -> None:
    check = backends.crosscheck(systems.loop(), peer)
    assert check.agrees and not check.only_theirs, str(check)
    assert check.theirs.stop == (ct.StopReason.CLOSED, ct.StopReason.CLOSED)
    assert check.largest < ALONG[peer]
    folds = [match.theirs.parameters["alpha"] for match in check.matches]
    assert np.abs(folds) == pytest.approx(0.1478220706790665, abs=1e-9)
    assert len(folds) == 8


def test_a_branch_of_a_peer_is_a_branch_like_any_other(peer: str) -> None:
    system = sg.families.eq8().compile(beta=3, s=0)
    rest = backends.equilibria(peer, system, (0.0, 0.0), "alpha", (0.1, 1.2))
    hopf = rest["H1"]
    assert hopf.parameters["alpha"] == pytest.approx(np.arccos(2.0 / 3.0), abs=1e-8)
    assert hopf.residual < 1e-8
    assert np.all(np.diff(rest.parameters["alpha"]) > 0.0)
    assert rest.stop == (ct.StopReason.BOUND, ct.StopReason.BOUND)
    assert np.array_equal(rest.stable, rest.parameters["alpha"] > hopf.parameters["alpha"])
    assert ct.cycles(hopf, within=(0.5, 0.9), settings=ct.Settings(max_points=5)).kind == "cycles"
    assert len(rest.to_dataframe()) == len(rest) + 1


def test_pydstool_gives_the_same_numbers_twice() -> None:
    try:
        backends.available("pydstool")
    except ct.ContinuationError as missing:
        pytest.skip(str(missing))
    one, two = (backends.crosscheck(systems.carbon_monoxide(), "pydstool") for _ in range(2))
    assert np.array_equal(one.theirs.states, two.theirs.states)

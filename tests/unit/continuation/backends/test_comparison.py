"""Two branches compared; the peer is played by this package itself, with faults put in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import continuation as ct
from continuation import backends
from continuation.backends import engines


@pytest.fixture(scope="module")
def ours() -> ct.Branch:
    """Equilibria of x' = a + b x - x^3 with two folds at a = +-2 (1/3)^(3/2)."""
    cusp = ct.System.from_strings({"x": "a + b*x - x**3"}, parameters={"a": 0.0, "b": 1.0})
    return ct.equilibria(cusp, start=[-1.3], free="a", within=(-1.0, 1.0), a=-0.9)


def played(branch: ct.Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a branch be the answer of every peer."""
    answer = replace(branch, provenance="peer 1, from somewhere")
    monkeypatch.setattr(engines, "equilibria", lambda *_: answer)


def test_the_same_curve_in_other_steps_differs_by_round_off(
    ours: ct.Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = ct.Settings(max_step=0.013, initial_step=0.007)
    start = ours.states[:, -1]
    again = ct.equilibria(ours.system, start, "a", (-1.0, 1.0), settings=steps, a=1.0)
    played(again, monkeypatch)
    check = backends.crosscheck(ours, "auto")
    assert check.agrees and check.peer == "peer 1"
    assert check.largest < 1e-12
    assert [match.ours.label for match in check.matches] == ["LP1", "LP2"]
    assert np.all(np.isfinite(check.differences))


def test_a_shift_is_measured_across_the_branch_even_at_a_fold(
    ours: ct.Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = dict(ours.parameters) | {"a": ours.parameters["a"] + 1e-4}
    played(replace(ours, parameters=moved), monkeypatch)
    check = backends.crosscheck(ours, "auto")
    assert 2e-5 < check.largest < 1e-4


def test_a_point_that_the_peer_missed_and_one_that_it_invented_are_told(
    ours: ct.Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = ours.special
    invented = replace(
        first, state=np.array([1.0]), parameters={"a": 0.0, "b": 1.0}, residual=2.0, label="LP2"
    )
    played(replace(ours, special=(first, invented)), monkeypatch)
    check = backends.crosscheck(ours, "auto")
    assert check.only_ours == (second,)
    assert check.only_theirs == (invented,)
    assert not check.agrees
    assert "Only we report LP2" in str(check)
    assert "our equations do not confirm it, they leave a residual of 2.0e+00" in str(check)
    table = check.to_dataframe()
    special = table[table["kind"] != ""]
    assert special["found_by"].tolist() == ["both", "us", "peer"]
    assert len(table) == 3 + len(ours)
    assert {"a", "a_peer", "difference"} <= set(table.columns)


def test_a_peer_on_another_branch_is_found_out(
    ours: ct.Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    played(replace(ours, states=ours.states + 0.2), monkeypatch)
    assert "lie elsewhere" in str(backends.crosscheck(ours, "auto"))


def test_branches_that_no_peer_can_follow_are_refused(ours: ct.Branch) -> None:
    with pytest.raises(ValueError, match="homoclinic orbits cannot be followed"):
        backends.crosscheck(replace(ours, kind="homoclinic orbits"), "auto")

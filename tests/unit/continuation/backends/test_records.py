"""Records of cycles as branches: the exact cycles r = sqrt(mu) of the Hopf normal form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import continuation as ct
from continuation.backends.exchange import Record
from continuation.backends.records import Request, branch_from

INTERVALS = 20
T = np.linspace(0.0, 2.0 * np.pi, 4 * INTERVALS + 1)


@pytest.fixture
def request_for_cycles() -> Request:
    """Cycles in mu, in a window of width 2."""
    system = ct.System.from_strings(
        {"x": "mu*x - y - x*(x**2 + y**2)", "y": "x + mu*y - y*(x**2 + y**2)"},
        parameters={"mu": 0.5},
    )
    return Request(
        kind="cycles",
        system=system,
        free=("mu",),
        p=np.array([0.5]),
        within={"mu": (-1.0, 1.0)},
        units=np.array([2.0]),
        settings=ct.Settings(intervals=INTERVALS),
        provenance="a test",
    )


def record(*values: float, **fields: Any) -> Record:
    """What a peer writes about cycles at these values; its parameter is half of mu."""
    points = [
        {
            "values": [mu / 2.0],
            "t": T.tolist(),
            "x": [(np.sqrt(abs(mu)) * wave).tolist() for wave in (np.cos(T), np.sin(T))],
        }
        for mu in values
    ]
    spectra = [[[np.exp(-4.0 * np.pi * mu), 0.0], [1.0, 0.0]] for mu in values]
    half = {"points": points, "spectra": spectra, "special": [], "stop": "max_points"}
    return {"f": [], "halves": [half | {"message": ""} | fields], "version": "peer 1"}


def test_cycles_of_a_peer_solve_our_collocation_equations(request_for_cycles: Request) -> None:
    """Twenty intervals of degree 4 interpolate a circle to 2e-6."""
    point = record(0.3)["halves"][0]["points"][0]
    special = [{"kind": "LPC", "after": 0, "point": point, "spectrum": [[1.0, 0.0], [1.0, 0.0]]}]
    branch = branch_from(request_for_cycles, record(0.2, 0.4, special=special))
    assert branch.periods == pytest.approx([2.0 * np.pi] * 2)
    assert branch.parameters["mu"] == pytest.approx([0.2, 0.4])
    assert np.hypot(*branch.orbits[0].x) == pytest.approx(np.sqrt(0.2), abs=1e-6)
    assert branch.measures["x_max"] == pytest.approx(np.sqrt([0.2, 0.4]), abs=1e-6)
    assert branch.multipliers is not None
    assert branch.multipliers[0] == pytest.approx(1.0)
    assert branch.stable.all()
    assert branch["LPC1"].residual == pytest.approx(1.0 - np.exp(-4.0 * np.pi * 0.3), abs=1e-4)
    assert branch.stop == (ct.StopReason.MAX_POINTS, ct.StopReason.START)


def test_a_family_that_shrinks_and_grows_again_ends_at_its_hopf_point(
    request_for_cycles: Request,
) -> None:
    branch = branch_from(request_for_cycles, record(0.5, 0.1, 1e-3, 1e-5, 1e-3, 0.1))
    assert branch.parameters["mu"] == pytest.approx([0.5, 0.1, 1e-3, 1e-5])
    assert branch.stop[0] is ct.StopReason.AT_HOPF


def test_points_that_are_no_numbers_end_a_branch(request_for_cycles: Request) -> None:
    broken = record(0.5, 0.6, 0.7)
    broken["halves"][0]["points"][1]["x"][0][3] = float("nan")
    branch = branch_from(request_for_cycles, broken)
    assert len(branch) == 1
    assert branch.stop[0] is ct.StopReason.STEP_TOO_SMALL


def test_multipliers_that_a_peer_does_not_know_are_computed(request_for_cycles: Request) -> None:
    unknown = record(0.2)
    unknown["halves"][0]["spectra"][0] = [[float("nan"), 0.0], [1.0, 0.0]]
    branch = branch_from(request_for_cycles, unknown)
    assert branch.multipliers is not None
    assert branch.multipliers[1] == pytest.approx(np.exp(-4.0 * np.pi * 0.2), abs=1e-4)


def test_a_cycle_that_was_given_is_left_out(request_for_cycles: Request) -> None:
    given = replace(request_for_cycles, given_cycle=True)
    assert branch_from(given, record(0.2, 0.3)).parameters["mu"] == pytest.approx([0.3])


def test_a_peer_that_followed_nothing_is_quoted(request_for_cycles: Request) -> None:
    with pytest.raises(ct.ContinuationError, match=r"followed no cycles from a test: it said so"):
        branch_from(request_for_cycles, record(message="it said so"))

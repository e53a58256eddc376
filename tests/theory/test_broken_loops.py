"""A homoclinic curve stops where its orbit breaks: another saddle comes to it."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct


def test_loop_stops_where_a_second_saddle_comes_to_it() -> None:
    """At m = 0 energy is conserved, with the potential -x^2/2 + x^3 (1 + 1/s)/3 - x^4/(4 s).

    The loop of the origin turns before the saddle x = s as long as s > 2, where both have the same
    energy; there the loop breaks into two heteroclinic orbits.
    """
    system = ct.System.from_strings(
        {"x": "y", "y": "x*(1 - x)*(1 - x/s) + m*y"}, parameters={"m": 0.0, "s": 3.0}
    )
    orbit = ct.simulate(system, [1e-6, 1e-6], np.linspace(0.0, 29.5, 1601))
    loop = ct.homoclinic(orbit, free="m")
    assert loop.parameters["m"] == pytest.approx(0.0, abs=1e-12)
    window = {"m": (-0.5, 0.5), "s": (1.0, 4.0)}
    curve = ct.homoclinic_curve(loop, free=("m", "s"), within=window)
    assert set(curve.stop) == {ct.StopReason.BOUND, ct.StopReason.NEAR_EQUILIBRIUM}
    assert np.abs(curve.parameters["m"]).max() < 1e-9
    assert 2.0 < curve.parameters["s"].min() < 2.01

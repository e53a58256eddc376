"""What never changes a connecting orbit: order of states, units, direction of time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import continuation as ct
from continuation.errors import ContinuationError
from continuation.special import SpecialPoint
from continuation.system import System

B2 = -0.1440510191604
"""Of the loop of the Bogdanov-Takens form at b1 = -0.04, by splitting of the separatrices."""

MONOMIALS = ("x**2", "x*y", "y**2", "x**3", "x**2*y")


def start_of(system: System) -> SpecialPoint:
    return SpecialPoint(
        kind="BT",
        label="BT1",
        system=system,
        free=tuple(system.parameters),
        parameters=dict.fromkeys(system.parameters, 0.0),
        state=np.zeros(system.dimension),
        residual=0.0,
    )


@pytest.mark.parametrize(
    ("equations", "unit"),
    [
        ({"x": "y", "y": "p + q*y + x**2 - x*y"}, (1.0, 1.0)),
        ({"y": "p + q*y + x**2 - x*y", "x": "y"}, (1.0, 1.0)),
        ({"x": "y", "y": "p + 100*q*y + x**2 - x*y"}, (1.0, 100.0)),
        ({"x": "-y", "y": "-p + q*y - x**2 - x*y"}, (1.0, 1.0)),
        ({"x": "y", "y": "p + q*y + x**2 + x*y"}, (1.0, -1.0)),
        ({"x": "y", "y": "p + q*y + x**2 - x*y", "z": "x*y - z", "w": "2*w + x"}, (1.0, 1.0)),
    ],
    ids=[
        "plain",
        "states permuted",
        "parameter rescaled",
        "y reversed",
        "time reversed",
        "embedded",
    ],
)
def test_loop_is_the_same_in_every_guise(
    equations: dict[str, str], unit: tuple[float, float]
) -> None:
    system = ct.System.from_strings(equations, parameters={"p": 0.0, "q": 0.0})
    window = {"p": (-0.1, 0.1), "q": (-1.0 / abs(unit[1]), 1.0 / abs(unit[1]))}
    curve = ct.homoclinic_curve(
        start_of(system),
        free=("p", "q"),
        within=window,
        report={"p": [-0.04]},
        settings=ct.Settings(intervals=100, detect=("NCH", "SHH")),
    )
    (found,) = curve.special
    assert found.parameters["q"] * unit[1] == pytest.approx(B2, abs=1e-11)


coefficients = st.floats(-1.5, 1.5, allow_nan=False).map(lambda value: round(value, 3))


@settings(max_examples=8, deadline=None, derandomize=True)
@given(st.lists(coefficients, min_size=14, max_size=14))
def test_every_curve_from_a_bogdanov_takens_point_ends_for_a_reason(values: list[float]) -> None:
    """It is a branch that says why it stopped, or one of our errors."""
    first = " + ".join(f"({c})*{m}" for c, m in zip(values[:5], MONOMIALS, strict=True))
    second = " + ".join(f"({c})*{m}" for c, m in zip(values[5:10], MONOMIALS, strict=True))
    a, b, c, d = values[10:]
    system = ct.System.from_strings(
        {
            "x": f"y + {first} + ({a})*q",
            "y": f"{second} + p + ({b})*q + q*y + ({c})*p*x + ({d})*q*x",
        },
        parameters={"p": 0.0, "q": 0.0},
    )
    window = {"p": (-0.2, 0.2), "q": (-0.2, 0.2)}
    try:
        curve = ct.homoclinic_curve(
            start_of(system),
            free=("p", "q"),
            within=window,
            settings=ct.Settings(max_points=30),
        )
    except ContinuationError as error:
        assert "\n" not in str(error)
        return
    assert curve.stop[1] == ct.StopReason.START
    assert str(curve.stop[0])
    for orbit, state in zip(curve.orbits, curve.states.T, strict=True):
        f = system.f(state, orbit.parameters)
        assert np.abs(f).max() < 1e-8

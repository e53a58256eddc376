"""Proofs of planar cycles and homoclinic orbits: exact ones are enclosed, false ones refused."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from flint import arb

import continuation as ct
import symgru as sg


def circle(sign, **parameters):
    """The unit circle as a cycle of r' = sign r (1 - r^2), phi' = 1."""
    system = ct.System.from_strings(
        {"x": "-y + s*x*(1 - x**2 - y**2)", "y": "x + s*y*(1 - x**2 - y**2)"},
        parameters={"s": float(sign)},
    )
    return ct.SpecialPoint(
        kind="UZ",
        system=system,
        free=("s",),
        parameters={"s": float(sign), **parameters},
        state=np.array([1.0, 0.0]),
        residual=0.0,
        period=2.0 * math.pi,
        multipliers=np.array([1.0, math.exp(-4.0 * math.pi * sign)], dtype=complex),
    )


@pytest.mark.parametrize("sign", [1, -1])
def test_the_unit_circle_is_proved_with_its_multiplier(sign):
    proof = ct.certified_cycle(circle(sign), pieces=64)
    assert proof.stable == (sign > 0)
    assert proof.unique
    # div f = -2 sign on the circle, for the time 2 pi.
    assert proof.multiplier.contains((-4 * sign * arb.pi()).exp())
    assert proof.line == ("y", 0.0)
    lo, hi = proof.interval
    assert lo < 1.0 < hi
    assert hi - lo < 1e-5


def test_a_circle_of_another_size_is_refused():
    wrong = dataclasses.replace(circle(1), state=np.array([1.01, 0.0]))
    with pytest.raises(ct.NotCertified, match="does not hold the given one"):
        ct.certified_cycle(wrong, pieces=64)


def test_orbits_of_a_centre_are_no_limit_cycles():
    point = circle(1)
    centre = ct.System.from_strings({"x": "-y", "y": "x"}, parameters={"s": 1.0})
    for multiplier in (0.9, 1.0 - 1e-9, 1.1):
        claimed = dataclasses.replace(
            point, system=centre, multipliers=np.array([1.0, multiplier], dtype=complex)
        )
        with pytest.raises(ct.NotCertified):
            ct.certified_cycle(claimed, pieces=60)


def test_what_is_no_planar_cycle_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="cycles of planar flows"):
        ct.certified_cycle(dataclasses.replace(circle(1), multipliers=None))
    with pytest.raises(ValueError, match="homoclinic orbits to saddles"):
        ct.certified_homoclinic(circle(1))


def sech_loop(shift=0.0):
    """The loop x = 3/2 sech(t/2)^2 of x'' = x - x^2 + m x', which exists for m = 0 only."""
    system = ct.System.from_strings({"x": "y", "y": "x - x**2 + m*y"}, parameters={"m": 0.0})
    t = np.linspace(-16.0, 16.0, 641)
    x = 1.5 / np.cosh(t / 2) ** 2
    states = np.vstack((x, -x * np.tanh(t / 2)))
    return ct.SpecialPoint(
        kind="HHS",
        system=system,
        free=("m",),
        parameters={"m": shift},
        state=np.zeros(2),
        residual=0.0,
        period=32.0,
        orbit=ct.Orbit(t, states, system, {"m": shift}),
    )


@pytest.mark.slow
def test_conservative_loop_is_proved_at_zero_friction():
    # An interval of width 1e-5 that is not centred at the answer.
    proof = ct.certified_homoclinic(sech_loop(shift=2e-6), width=1e-5)
    lo, hi = proof.interval
    assert lo < 0.0 < hi
    assert proof.saddle["x"].contains(0)
    assert proof.splitting[0] * proof.splitting[1] < 0


@pytest.mark.slow
def test_an_interval_beside_the_loop_is_refused():
    with pytest.raises(ct.NotCertified, match="change its sign"):
        ct.certified_homoclinic(sech_loop(shift=1e-5), width=1e-5)


@pytest.fixture(scope="module")
def cycles_of_nine():
    nine = sg.families.eq9().compile(b1=0.32, gamma=0.0)
    rest = ct.equilibria(
        nine, start=(-0.6, -0.5), free="gamma", within=(-0.6, 0.6), b1=0.32, gamma=0.0
    )
    return ct.cycles(rest["H1"], period_below=300, report={"gamma": [0.0535]})


@pytest.mark.slow
def test_cycle_of_nine_is_proved_stable_and_alone(cycles_of_nine):
    (point,) = [s for s in cycles_of_nine.special if s.kind == "UZ"]
    proof = ct.certified_cycle(point)
    assert proof.stable
    assert proof.unique
    assert proof.multiplier.contains(float(np.abs(point.multipliers).min()))


@pytest.mark.slow
def test_homoclinic_orbit_of_nine_is_enclosed_to_a_tenth_of_a_millionth(cycles_of_nine):
    point = ct.homoclinic(cycles_of_nine, free="gamma")
    proof = ct.certified_homoclinic(point, width=1e-7)
    lo, hi = proof.interval
    # The value that collocation gives, to all its digits.
    assert lo < 0.0541746769162 < hi
    assert hi - lo < 1.01e-7

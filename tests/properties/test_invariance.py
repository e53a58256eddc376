"""Names, units, direction, start and step length are the user's choice: they change nothing.

Special points are solutions of their own defining systems, found to 1e-13 in the units of the
unknowns; an error in them grows with the conditioning of the system.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import continuation as ct
from tests.properties.witness import attempted

TERMS = ("1", "X", "Y", "X**2", "X*Y", "Y**2", "X**3", "X**2*Y", "X*Y**2", "Y**3")
NAMES = tuple(f"{row}{i}" for row in "cd" for i in range(len(TERMS)))
UNFINISHED = {ct.StopReason.MAX_POINTS, ct.StopReason.STEP_TOO_SMALL, ct.StopReason.UNBOUNDED}
WIDTH = 2.0
"""Half the window of the parameter, which is the constant term of x'."""

LOST = 1e-13
"""Error of a special point for each unit of conditioning."""

seeds = st.integers(0, 2**32 - 1)


class Units(NamedTuple):
    """States in units 1/s, time in units t, the parameter in units 1/q."""

    s: float = 1.0
    t: float = 1.0
    q: float = 1.0


PLAIN = Units()


@cache
def cubic(order: str, units: Units) -> ct.System:
    """A cubic system in the plane, its states in an order and everything in units."""
    term = [text.replace("X", f"(x/{units.s})").replace("Y", f"(y/{units.s})") for text in TERMS]
    rows = {
        state: " + ".join(f"{row}{i}*{one}" for i, one in enumerate(term))
        for state, row in (("x", "c"), ("y", "d"))
    }
    rows["x"] += f" + a/{units.q}"
    rhs = {state: f"{units.s * units.t}*({rows[state]})" for state in order}
    return ct.System.from_strings(rhs, dict.fromkeys((*NAMES, "a"), 0.0))


def branch_of(
    seed: int, order: str = "xy", units: Units = PLAIN, options: ct.Settings | None = None
) -> ct.Branch | None:
    """Equilibria of a random system in a, as far as the bounds of the window or all around."""
    rng = np.random.default_rng(seed)
    values = dict(zip(NAMES, rng.normal(size=len(NAMES)).tolist(), strict=True)) | {"a": 0.0}
    start = dict(zip("xy", units.s * rng.normal(size=2), strict=True))
    return attempted(
        lambda: ct.equilibria(
            cubic(order, units),
            [start[state] for state in order],
            free="a",
            within=(-WIDTH * abs(units.q), WIDTH * abs(units.q)),
            parameters=values,
            settings=options or ct.Settings(max_points=400),
        )
    )


def finished(branch: ct.Branch | None) -> ct.Branch:
    """A branch that went as far as it goes; others are left out."""
    assume(branch is not None and not UNFINISHED & set(branch.stop))
    assert branch is not None
    return branch


def assert_same(
    one: Sequence[ct.SpecialPoint],
    other: Sequence[ct.SpecialPoint],
    units: Units = PLAIN,
    order: str = "xy",
) -> None:
    """The same points in the same order, with coefficients in their units.

    Time t and states s turn a into a t / s, omega into omega t and Re c1 into Re c1 t / s^2.
    """
    assert [point.kind for point in one] == [point.kind for point in other]
    pick = [order.index(state) for state in "xy"]
    for p, r in zip(one, other, strict=True):
        error = 1e-9 + LOST * p.conditioning
        assert r.parameters["a"] / units.q == pytest.approx(p.parameters["a"], abs=error)
        assert r.state[pick] / units.s == pytest.approx(p.state, abs=error)
        if p.kind == "LP":
            factor = units.t / units.s
            assert r.normal_form.a / factor == pytest.approx(p.normal_form.a, rel=1e-6, abs=error)
        if p.kind == "H":
            assert r.normal_form.omega / units.t == pytest.approx(p.normal_form.omega, rel=1e-6)
            assert r.normal_form.re_c1 * units.s**2 / units.t == pytest.approx(
                p.normal_form.re_c1, rel=1e-6, abs=1e-7 * p.normal_form.terms
            )
            assert r.normal_form.criticality == p.normal_form.criticality


@settings(max_examples=25)
@given(seed=seeds)
def test_order_of_the_states_changes_nothing(seed: int) -> None:
    """The vector q of a fold has its largest component positive, in any order."""
    one, other = finished(branch_of(seed)), finished(branch_of(seed, "yx"))
    assert_same(one.special, other.special, order="yx")


@settings(max_examples=40)
@given(
    seed=seeds,
    units=st.sampled_from(
        [Units(q=1e-6), Units(q=1e6), Units(t=1e-4), Units(t=1e4), Units(s=1e-6), Units(s=1e6)]
    ),
)
def test_units_of_states_time_and_parameter_change_nothing(seed: int, units: Units) -> None:
    one, other = finished(branch_of(seed)), finished(branch_of(seed, units=units))
    assert_same(one.special, other.special, units)


@settings(max_examples=20)
@given(seed=seeds)
def test_a_parameter_of_the_other_sign_reverses_the_branch(seed: int) -> None:
    one, other = finished(branch_of(seed)), finished(branch_of(seed, units=Units(q=-1.0)))
    assert_same(one.special, other.special[::-1], Units(q=-1.0))


@settings(max_examples=20)
@given(seed=seeds)
def test_half_the_step_finds_the_same_points(seed: int) -> None:
    fine = ct.Settings(max_step=0.02, max_points=1200)
    one, other = finished(branch_of(seed)), finished(branch_of(seed, options=fine))
    assert_same(one.special, other.special)


@settings(max_examples=20)
@given(seed=seeds)
def test_starting_at_the_other_end_finds_the_same_points(seed: int) -> None:
    one = finished(branch_of(seed))
    for end in (0, -1):
        values = {name: float(column[end]) for name, column in one.parameters.items()}
        other = attempted(
            lambda end=end, values=values: ct.equilibria(
                one.system,
                one.states[:, end],
                free="a",
                within=(-WIDTH, WIDTH),
                parameters=values,
                settings=one.settings,
            )
        )
        there = finished(other)
        assert_same(one.special, in_order_of(there, one))


def in_order_of(branch: ct.Branch, like: ct.Branch) -> tuple[ct.SpecialPoint, ...]:
    """Special points in the order of another branch over the same points.

    Increasing parameter at the start may be the other direction at another start.
    """
    near = np.abs(branch.states[:, 0] - like.states[:, 0]).max()
    far = np.abs(branch.states[:, -1] - like.states[:, 0]).max()
    return branch.special if near <= far else branch.special[::-1]


@cache
def around_a_hopf_point() -> ct.System:
    """The origin is a Hopf point at a = 0, whatever the terms of higher order."""
    rows = [
        " + ".join(f"{row}{i}*{TERMS[i].lower()}" for i in range(3, len(TERMS))) for row in "cd"
    ]
    rhs = {"x": f"a*x - y + {rows[0]}", "y": f"x + a*y + {rows[1]}"}
    return ct.System.from_strings(rhs, dict.fromkeys((*NAMES, "a"), 0.0))


@settings(max_examples=8)
@given(seed=seeds)
def test_twice_the_mesh_finds_the_same_cycles(seed: int) -> None:
    """Collocation of degree 4 converges as h^8 at mesh points: 40 intervals give nine digits."""
    rng = np.random.default_rng(seed)
    values = dict(zip(NAMES, rng.normal(0.0, 0.5, len(NAMES)).tolist(), strict=True))
    system = around_a_hopf_point()
    rest = ct.equilibria(
        system, [0.0, 0.0], free="a", within=(-0.5, 0.5), parameters=values | {"a": -0.1}
    )
    hopf = next(point for point in rest.special if abs(point.parameters["a"]) < 1e-9)
    coarse = ct.Settings(intervals=40, max_points=15)
    family = ct.cycles(hopf, settings=coarse)
    middle = float(family.parameters["a"][len(family) // 2])
    found = [
        ct.cycles(hopf, settings=replace(coarse, intervals=n), report={"a": [middle]})["UZ1"]
        for n in (40, 80)
    ]
    assert found[1].period == pytest.approx(found[0].period, rel=1e-8)
    assert found[1].multipliers[1] == pytest.approx(found[0].multipliers[1], rel=1e-6)

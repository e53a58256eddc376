"""What is always true of branches of maps, on random polynomial and network maps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import continuation as ct
import symgru as sg

NAMES = tuple(f"c{i}" for i in range(12))
TERMS = ("1", "x", "y", "x**2", "x*y", "y**2")
RHS = {
    "x": " + ".join(f"c{i}*{term}" for i, term in enumerate(TERMS)),
    "y": " + ".join(f"c{i + 6}*{term}" for i, term in enumerate(TERMS)),
}
ZERO = dict.fromkeys((*NAMES, "a"), 0.0)
QUADRATIC = ct.System.from_strings({"x": f"{RHS['x']} + a", "y": RHS["y"]}, ZERO, kind="map")
OTHERWISE = ct.System.from_strings({"y": RHS["y"], "x": f"{RHS['x']} + 10*a"}, ZERO, kind="map")
"""The same map with the states in the other order and the parameter a in another unit."""

NETWORKS = {
    reset: sg.GRU(2, reset=reset, time="map").with_weights(rest=0).compile()
    for reset in ("before", "after")
}

coefficients = st.lists(st.floats(-3.0, 3.0), min_size=12, max_size=12)
unit = st.floats(-1.0, 1.0)


def fixed_points(
    system: ct.System, start: list[float], c: list[float], within: tuple[float, float], most: int
) -> ct.Branch | None:
    """A branch of fixed points, where Newton's method reaches one."""
    values = dict(zip(NAMES, c, strict=True))
    options = ct.Settings(max_points=most)
    try:
        return ct.equilibria(
            system, start, free="a", within=within, parameters=values, settings=options
        )
    except ct.ContinuationError:
        return None


def assert_is_what_its_label_says(point: ct.SpecialPoint) -> None:
    """The state is a cycle, and the multipliers are those of the kind."""
    system, x, factor = point.system, point.state, np.eye(len(point.state))
    for _ in range(1 if point.period is None else round(point.period)):
        factor = system.jacobian(x, point.parameters) @ factor
        x = system.f(x, point.parameters)
    assert np.abs(x - point.state).max() < 1e-7 * (1.0 + np.abs(factor).max())
    mu = np.linalg.eigvals(factor)
    near = 1e-4 * (1.0 + np.abs(factor).max())
    if point.kind in ("LP", "BP"):
        assert np.abs(mu - 1.0).min() < near
    elif point.kind == "PD":
        assert np.abs(mu + 1.0).min() < near
    elif point.kind == "NS":
        assert np.abs(np.abs(mu) - 1.0).min() < near and np.abs(mu.imag).max() > 0.0


@settings(max_examples=60, deadline=None)
@given(coefficients, unit, unit)
def test_branches_of_random_quadratic_maps_end_with_a_reason_and_true_labels(
    c: list[float], x: float, y: float
) -> None:
    branch = fixed_points(QUADRATIC, [x, y], c, (-2.0, 2.0), 60)
    if branch is None:
        return
    assert all(isinstance(stop, ct.StopReason) for stop in branch.stop)
    for point in branch.special:
        assert_is_what_its_label_says(point)


@settings(max_examples=25, deadline=None)
@given(coefficients, unit, unit)
def test_order_of_states_and_unit_of_the_parameter_change_nothing(
    c: list[float], x: float, y: float
) -> None:
    one = fixed_points(QUADRATIC, [x, y], c, (-2.0, 2.0), 300)
    two = fixed_points(OTHERWISE, [y, x], c, (-0.2, 0.2), 300)
    if one is None or two is None:
        assert one is two
        return
    if {ct.StopReason.MAX_POINTS, ct.StopReason.STEP_TOO_SMALL} & {*one.stop, *two.stop}:
        return
    assert [p.label for p in one.special] == [p.label for p in two.special]
    for p, q in zip(one.special, two.special, strict=True):
        assert p.parameters["a"] == pytest.approx(10.0 * q.parameters["a"], abs=1e-7)
        assert p.state == pytest.approx(q.state[::-1], abs=1e-6)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["before", "after"]))
def test_networks_in_discrete_time_are_followed_with_the_cycles_that_branch_off(
    seed: int, reset: str
) -> None:
    """Update gates are moderate: where 1 - z is round-off, every state looks like a fixed point."""
    system, rng = NETWORKS[reset], np.random.default_rng(seed)
    drawn = [name for name in system.parameters if name != "Delta"]  # the trained map has step 1
    values = {name: rng.normal(0.0, 0.5 if "_z" in name else 4.0) for name in drawn}
    start = ct.settle(system, rng.uniform(-1.0, 1.0, 2), **values)
    options = ct.Settings(max_points=150)
    try:
        rest = ct.equilibria(
            system, start, free="b_h1", within=(-9, 9), parameters=values, settings=options
        )
    except (ct.ContinuationError, ValueError):
        return
    families = [rest]
    for point in rest.special:
        if point.kind == "PD":
            families.append(ct.cycles(point, settings=options))
    for family in families:
        assert np.abs(family.states).max() <= 1.0 + 1e-12
        for point in family.special:
            assert_is_what_its_label_says(point)

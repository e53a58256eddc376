"""Random flows, some stiff, some badly scaled: each ends in a branch with a reason, or in an error.

Every label is confirmed by hand, and dense sampling shows that none is missing, see `witness`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from itertools import combinations_with_replacement
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import root

import continuation as ct
import symgru as sg
from tests.properties.witness import (
    CLOSE,
    assert_nothing_missed,
    assert_true_labels,
    attempted,
    points,
    size_of_derivatives,
)

POINTS = ct.Settings(max_points=100)
COARSE = ct.Settings(max_points=30, intervals=20)

PATIENCE = 5.0
"""Seconds of CPU for one branch of a hundred equilibria, or thirty cycles; they take a tenth of a
second, and one where many steps are halved."""

seeds = st.integers(0, 2**32 - 1)


class Case(NamedTuple):
    """A system, a start, the free parameter with its window, and values of all parameters."""

    system: ct.System
    start: list[float]
    free: str
    within: tuple[float, float]
    values: dict[str, float]


@cache
def polynomial(states: str, degree: int, rates: tuple[str, ...] = ()) -> ct.System:
    """All monomials up to a degree, with coefficients as parameters, times a rate in each equation.

    The coefficient of term j in equation i is called ci_j; parameters s and t scale states and
    time: x' = t s f(x / s).
    """
    terms = [
        "*".join(f"({x}/s)" for x in term) or "1"
        for d in range(degree + 1)
        for term in combinations_with_replacement(states, d)
    ]
    names = [[f"c{i}_{j}" for j in range(len(terms))] for i in range(len(states))]
    rhs = {
        x: f"t*s/{rate}*({' + '.join(f'{c}*{term}' for c, term in zip(row, terms, strict=True))})"
        for x, row, rate in zip(states, names, rates or ("1",) * len(states), strict=True)
    }
    values = dict.fromkeys((name for row in names for name in row), 0.0) | {"s": 1.0, "t": 1.0}
    return ct.System.from_strings(rhs, values | dict.fromkeys(rates, 1.0))


def polynomial_case(
    seed: int, states: str = "xy", degree: int = 3, s: float = 1.0, t: float = 1.0
) -> Case:
    """Normal coefficients, or small integers most of which are zero: these are degenerate."""
    system, rng = polynomial(states, degree), np.random.default_rng(seed)
    names = [name for name in system.parameters if name[0] == "c"]
    c = rng.normal(size=len(names))
    values = dict(zip(names, c.tolist(), strict=True)) | {"s": s, "t": t}
    free = names[rng.integers(len(names))]
    within = (values[free] - 2.0, values[free] + 2.0)
    return Case(system, (s * rng.normal(size=len(states))).tolist(), free, within, values)


def degenerate_case(seed: int) -> Case:
    """Small integers as coefficients, most of them zero: lines of equilibria, double zeros."""
    case, rng = polynomial_case(seed, "xyz", 2), np.random.default_rng(seed)
    sparse = {
        name: float(rng.integers(-2, 3) * (rng.random() < 0.4)) if name[0] == "c" else value
        for name, value in case.values.items()
    }
    value = sparse[case.free]
    return case._replace(values=sparse, within=(value - 2.0, value + 2.0))


def stiff_case(seed: int) -> Case:
    """A cubic in the fast x, 1000 times faster than the slow y."""
    system, rng = polynomial("xy", 3, ("fast", "slow")), np.random.default_rng(seed)
    values = {name: float(rng.normal()) for name in system.parameters if name[0] == "c"}
    values |= {"c0_6": -1.0, "s": 1.0, "t": 1.0, "fast": 1e-3, "slow": 1.0}
    free = f"c{rng.integers(2)}_0"
    within = (values[free] - 2.0, values[free] + 2.0)
    return Case(system, rng.normal(size=2).tolist(), free, within, values)


@cache
def network(units: int, reset: str) -> ct.System:
    """A GRU with every weight a parameter."""
    return sg.GRU(units, reset=reset).with_weights(rest=0).compile()


def network_case(seed: int) -> Case:
    """One to three units, both resets, weights of size 1, 4 or 10."""
    rng = np.random.default_rng(seed)
    units = int(rng.integers(1, 4))
    system = network(units, ("before", "after")[rng.integers(2)])
    gain = (1.0, 4.0, 10.0)[rng.integers(3)]
    values = {name: float(rng.normal(0.0, gain)) for name in system.parameters}
    free = list(system.parameters)[rng.integers(len(system.parameters))]
    start = rng.uniform(-1.0, 1.0, units)
    found = root(lambda x: system.f(x, values), start, jac=lambda x: system.jacobian(x, values))
    start = found.x if found.success and np.abs(found.x).max() < 1.0 else start
    within = (values[free] - 10.0, values[free] + 10.0)
    return Case(system, start.tolist(), free, within, values)


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """Kernels are compiled when first used, which is not to count as time."""
    bautin = "(mu + nu*(x**2 + y**2) - (x**2 + y**2)**2)"
    system = ct.System.from_strings(
        {"x": f"{bautin}*x - y", "y": f"{bautin}*y + x", "z": "mu - z**2 + 1"},
        {"mu": -0.5, "nu": 1.0},
    )
    branch = ct.equilibria(system, [0.0, 0.0, 0.7], free="mu", within=(-2.0, 1.0))
    both: dict[str, object] = {
        "free": ("mu", "nu"),
        "within": {"mu": (-2.0, 1.0), "nu": (0.5, 1.5)},
        "settings": COARSE,
    }
    ct.fold_curve(branch["LP1"], **both)
    ct.hopf_curve(branch["H1"], **both)
    ct.cycle_fold_curve(ct.cycles(branch["H1"], settings=COARSE)["LPC1"], **both)


def scaled(s: float, t: float) -> Callable[[int], Case]:
    """Cubic systems in the plane with states of size s and rates of size t."""
    return lambda seed: polynomial_case(seed, "xy", 3, s, t)


GENERIC: dict[str, Callable[[int], Case]] = {
    "plane": polynomial_case,
    "space": lambda seed: polynomial_case(seed, "xyz", 2),
    "network": network_case,
    "stiff": stiff_case,
    "tiny and fast": scaled(1e-6, 1e4),
    "huge and slow": scaled(1e6, 1e-4),
}


def rest(case: Case, options: ct.Settings = POINTS) -> ct.Branch | None:
    """A branch of equilibria."""
    return attempted(
        lambda: ct.equilibria(
            case.system,
            case.start,
            free=case.free,
            within=case.within,
            parameters=case.values,
            settings=options,
        )
    )


def assert_in_time(began: float) -> None:
    """Bounded in time, whatever the system."""
    assert time.process_time() - began < PATIENCE


def check_equilibria(family: str, seed: int) -> None:
    """What is true of every branch of equilibria."""
    case = GENERIC[family](seed)
    case.system.f(case.start, case.values)
    began = time.process_time()
    branch = rest(case)
    assert_in_time(began)
    if branch is not None:
        assert_true_labels(branch)
        assert_nothing_missed(branch)


@pytest.mark.parametrize("family", GENERIC)
@settings(max_examples=30)
@given(seed=seeds)
def test_equilibria_of_random_flows_end_with_a_reason_and_are_labelled_as_they_are(
    family: str, seed: int
) -> None:
    check_equilibria(family, seed)


@pytest.mark.slow
@pytest.mark.parametrize("family", GENERIC)
@settings(max_examples=500)
@given(seed=seeds)
def test_equilibria_of_many_random_flows_end_with_a_reason_and_are_labelled_as_they_are(
    family: str, seed: int
) -> None:
    check_equilibria(family, seed)


@settings(max_examples=60)
@given(seed=seeds)
def test_equilibria_of_degenerate_flows_end_with_a_reason_and_carry_no_false_label(
    seed: int,
) -> None:
    """Here several eigenvalues may cross at once, so that only the labels given are judged."""
    began = time.process_time()
    branch = rest(degenerate_case(seed))
    assert_in_time(began)
    if branch is not None:
        assert_true_labels(branch)
        assert len(branch.special) < 8


def check_what_grows(family: str, seed: int) -> None:
    """Curves and cycles from the special points of a branch end with a reason, or in an error."""
    case = GENERIC[family](seed)
    branch = rest(case)
    if branch is None:
        return
    other = next(name for name in case.values if name[0] in "cb" and name != case.free)
    value, scale = case.values[other], size_of_derivatives(branch)
    both: dict[str, object] = {
        "free": (case.free, other),
        "within": {case.free: case.within, other: (value - 2.0, value + 2.0)},
        "settings": COARSE,
    }
    for point in branch.special[:3]:
        began = time.process_time()
        if point.kind == "LP":
            folds = attempted(lambda p=point: ct.fold_curve(p, **both))
            assert folds is None or is_critical_all_along(folds, "LP", scale)
        elif point.kind == "H":
            hopfs = attempted(lambda p=point: ct.hopf_curve(p, **both))
            assert hopfs is None or is_critical_all_along(hopfs, "H", scale)
            family_of_cycles = attempted(lambda p=point: ct.cycles(p, settings=COARSE))
            for one in family_of_cycles.special[:1] if family_of_cycles is not None else ():
                verbs = {"LPC": ct.cycle_fold_curve, "PD": ct.period_doubling_curve}
                if one.kind in verbs:
                    attempted(lambda p=one, verb=verbs[one.kind]: verb(p, **both))
        assert time.process_time() - began < 3.0 * PATIENCE


def is_critical_all_along(branch: ct.Branch, kind: str, scale: float) -> bool:
    """Whether every point of a curve has a zero eigenvalue, or two that are opposite."""
    for x, p in points(branch):
        matrix = branch.system.jacobian(x, p)
        values = np.linalg.eigvals(matrix)
        sums = np.add.outer(values, values)[np.triu_indices(len(values), 1)]
        off = np.linalg.svd(matrix)[1][-1] if kind == "LP" else np.abs(sums).min()
        if not off < CLOSE * scale:
            return False
    return True


@pytest.mark.parametrize("family", ["plane", "space", "network", "stiff"])
@settings(max_examples=12)
@given(seed=seeds)
def test_what_grows_from_special_points_of_random_flows_ends_with_a_reason(
    family: str, seed: int
) -> None:
    check_what_grows(family, seed)


@pytest.mark.slow
@pytest.mark.parametrize("family", GENERIC)
@settings(max_examples=60)
@given(seed=seeds)
def test_what_grows_from_special_points_of_many_random_flows_ends_with_a_reason(
    family: str, seed: int
) -> None:
    check_what_grows(family, seed)


@pytest.mark.parametrize("family", ["plane", "network", "stiff"])
@settings(max_examples=3)
@given(seed=seeds)
def test_diagrams_of_random_flows_carry_true_labels_and_show_no_branch_twice(
    family: str, seed: int
) -> None:
    case = GENERIC[family](seed)
    try:
        found = ct.diagram(
            case.system, case.free, case.within, parameters=case.values, settings=POINTS
        )
    except ct.ContinuationError:
        return
    for branch in found:
        assert_true_labels(branch)
        assert_nothing_missed(branch)
    ends = [tuple(np.round(branch.states[:, 0], 6)) for branch in found if len(branch) < 100]
    assert len(set(ends)) == len(ends)

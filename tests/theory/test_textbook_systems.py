"""Diagrams of textbook systems: every point that is known is found, and every label is true.

The points, their coefficients and where they come from are in ``tests/data/textbook_systems.json``;
each list says what is known, not all that there is, so that further labels are checked by hand.
Coefficients: LP |a|, a = <p, B(q, q)>/2; H re_c1 = Re <p, C(q, q, qbar) + ...>/2; |q| = <p, q> = 1.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

import continuation as ct
from tests.theory import by_hand

CASES = json.loads((Path(__file__).parents[1] / "data" / "textbook_systems.json").read_text())
NAMES = [case["name"] for case in CASES]
POINTS = [
    pytest.param(case, point, id=f"{case['name']} {point['kind']} {point['at']:.4g}")
    for case in CASES
    for point in case["points"]
]

OFF_THE_MESH = 1e-5
"""Distance of a point of a cycle from the spline through its nodes; the digits end at 1e-7."""


@functools.cache
def followed(name: str) -> ct.Diagram:
    """All branches of equilibria in the window, and the cycles born on them."""
    case = CASES[NAMES.index(name)]
    system = ct.System.from_strings(case["equations"], parameters=case["parameters"], name=name)
    return ct.diagram(system, case["free"], case["within"], depth=2)


def nearest(case: dict[str, Any], wanted: dict[str, Any]) -> ct.SpecialPoint:
    """The point of the kind wanted whose parameter is nearest."""
    found = [point for point in followed(case["name"]).special if point.kind == wanted["kind"]]
    return min(found, key=lambda point: abs(point.parameters[case["free"]] - wanted["at"]))


@pytest.mark.parametrize(("case", "wanted"), POINTS)
def test_known_point_is_located(case: dict[str, Any], wanted: dict[str, Any]) -> None:
    point, location = nearest(case, wanted), case["location"]
    assert point.parameters[case["free"]] == pytest.approx(wanted["at"], rel=location, abs=location)
    if point.orbit is None:
        assert point.state == pytest.approx(wanted["state"], abs=location)
        return
    digits = 10.0 ** -len(str(wanted["period"]).split(".")[1])
    assert point.period == pytest.approx(wanted["period"], abs=max(location, digits))
    t, x = point.orbit
    curve = CubicSpline(t, x, axis=1, bc_type="periodic")(np.linspace(0.0, t[-1], 200_001))
    away = np.abs(curve - np.array(wanted["state"])[:, None]).max(axis=0)
    assert away.min() < OFF_THE_MESH


@pytest.mark.parametrize(("case", "wanted"), POINTS)
def test_known_coefficients_are_found(case: dict[str, Any], wanted: dict[str, Any]) -> None:
    point, form = nearest(case, wanted), nearest(case, wanted).normal_form
    assert form is not None
    for name in set(wanted) & {"omega", "re_c1", "abs_a"}:
        value = abs(form.a) if name == "abs_a" else getattr(form, name)
        assert value == pytest.approx(wanted[name], rel=case["coefficients"])
    if "re_c1" in wanted:
        assert form.l1 == pytest.approx(wanted["re_c1"] / wanted["omega"], rel=case["coefficients"])
        assert form.criticality == ("supercritical" if wanted["re_c1"] < 0.0 else "subcritical")
    if "multipliers" in wanted:
        assert point.multipliers is not None
        found, exact = np.sort(point.multipliers.real), np.sort(wanted["multipliers"])
        assert found == pytest.approx(exact, abs=1e-8)


@pytest.mark.parametrize("name", NAMES)
def test_every_label_is_confirmed_by_hand(name: str) -> None:
    for branch in followed(name):
        values = branch.parameters[branch.free[0]]
        for place, point in zip(branch.positions, branch.special, strict=True):
            assert by_hand.confirmed(point), str(point)
            sides = values[[place, place + 1]] - point.parameters[branch.free[0]]
            assert (sides[0] * sides[1] > 0.0) == (point.kind in ("LP", "LPC")), str(point)


@pytest.mark.parametrize("name", NAMES)
def test_no_change_of_stability_passes_without_a_label(name: str) -> None:
    """By eigenvalues of NumPy: a fold changes the number of unstable ones by 1, a Hopf by 2."""
    for branch in followed(name):
        if branch.kind != "equilibria":
            continue
        unstable = []
        for i in range(len(branch)):
            p = {key: float(value[i]) for key, value in branch.parameters.items()}
            values = by_hand.spectrum(branch.system, branch.states[:, i], p)
            unstable.append(int(np.sum(values.real > 0.0)))
        crossed = np.zeros(len(branch) - 1, dtype=int)
        for place, point in zip(branch.positions, branch.special, strict=True):
            crossed[place] += {"LP": 1, "H": 2}[point.kind]
        assert np.array_equal(np.abs(np.diff(unstable)), crossed)


@pytest.mark.parametrize("name", NAMES)
def test_no_branch_is_followed_twice(name: str) -> None:
    """Two branches share no special point."""
    found = [
        (point.kind, *np.round([point.parameters[branch.free[0]], *point.state], 6).tolist())
        for branch in followed(name)
        for point in branch.special
        if point.orbit is None
    ]
    assert len(set(found)) == len(found)

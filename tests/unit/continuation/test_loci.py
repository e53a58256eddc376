"""Curves in two parameters refuse points at which they do not start, in one sentence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import continuation as ct

FREE = ("a", "b")
PARAMETERS = {"a": 0.5, "b": 1.0}
REST = ct.System.from_strings({"x": "a - b*x**2", "y": "-y"}, parameters=PARAMETERS)
MAP = ct.System.from_strings({"x": "a - b*x**2"}, parameters=PARAMETERS, kind="map")
TURN = ct.System.from_strings(
    {"x": "(a - x**2 - y**2)*x - y", "y": "(a - x**2 - y**2)*y + b*x"}, parameters=PARAMETERS
)


def of_equilibria(kind: str) -> ct.SpecialPoint:
    return ct.SpecialPoint(kind, REST, ("a",), PARAMETERS, np.zeros(2), 0.0, label=f"{kind}1")


def of_a_map(kind: str) -> ct.SpecialPoint:
    return ct.SpecialPoint(kind, MAP, ("a",), PARAMETERS, np.zeros(1), 0.0, label=f"{kind}1")


def of_cycles(kind: str) -> ct.SpecialPoint:
    orbit = ct.Orbit(np.zeros(5), np.zeros((2, 5)), TURN, PARAMETERS, 4)
    return ct.SpecialPoint(
        kind, TURN, ("a",), PARAMETERS, np.zeros(2), 0.0, label=f"{kind}1", orbit=orbit
    )


@pytest.mark.parametrize(
    ("verb", "point", "words"),
    [
        (ct.fold_curve, of_equilibria("H"), "kind LP or CP or BT or ZH, got H1"),
        (ct.fold_curve, of_cycles("LPC"), "points of equilibria or maps, got LPC1 of cycles"),
        (ct.fold_curve, of_a_map("PD"), "kind LP or CP or R1 or LPPD or LPNS, got PD1"),
        (ct.hopf_curve, of_a_map("NS"), "points of equilibria, got NS1 of maps"),
        (ct.hopf_curve, of_equilibria("CP"), "kind H or GH or ZH or HH or BT, got CP1"),
        (ct.cycle_fold_curve, of_equilibria("H"), "kind GH, got H1"),
        (ct.cycle_fold_curve, of_cycles("PD"), "kind LPC or CPC or R1 or LPPD or LPNS, got PD1"),
        (ct.period_doubling_curve, of_equilibria("H"), "points of cycles or maps, got H1"),
        (ct.torus_curve, of_equilibria("GH"), "kind ZH or HH, got GH1"),
        (ct.torus_curve, of_cycles("LPC"), "kind NS or CH or R3 or R4"),
        (ct.branch_point_curve, of_cycles("LPC"), "kind BPC, got LPC1"),
        (ct.fixed_period_curve, of_equilibria("H"), "points of cycles, got H1 of equilibria"),
        (ct.fold_curve, "LP1", "a special point of kind LP or CP or BT or ZH .* got str"),
        (ct.fixed_period_curve, None, "a special point, got NoneType"),
        (ct.homoclinic_curve, of_equilibria("H"), "got H1"),
        (ct.heteroclinic_curve, of_equilibria("BT"), "got BT1"),
    ],
)
def test_point_of_another_kind_is_refused_with_the_kinds_that_are_not(
    verb: Callable[..., ct.Branch], point: object, words: str
) -> None:
    with pytest.raises(ValueError, match=words) as error:
        verb(point, free=FREE)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("kind", ["LP", "BT", "CP"])
def test_cycles_start_at_no_fold(kind: str) -> None:
    with pytest.raises(ValueError, match="H, GH or PD is needed, or an orbit"):
        ct.cycles(of_equilibria(kind))

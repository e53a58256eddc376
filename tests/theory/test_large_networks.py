"""A network of twenty units: folds, Hopf points, cycles; a bialternate product would be too large.

Weights are random, with one pair of units that turns and one unit that excites itself. Every answer
is checked by means outside of the engine, see `by_hand`.
"""

from __future__ import annotations

import numpy as np
import pytest
import sympy

import continuation as ct
import symgru as sg
from continuation.system import System
from tests.theory import by_hand

UNITS = 20
TURN = 0.8
"""Angle (radians) by which the pair turns."""


@pytest.fixture(scope="module")
def network() -> System:
    """Parameters a (gain of the pair), b (of unit 3) and c (bias of unit 3)."""
    rng = np.random.default_rng(20)

    def weights() -> np.ndarray:
        return np.round(0.3 * rng.standard_normal((UNITS, UNITS)) / np.sqrt(UNITS), 6)

    a, b, c = sympy.symbols("a b c")
    u_h, b_h = sympy.Matrix(weights().tolist()), sympy.Matrix(rng.uniform(-0.1, 0.1, UNITS))
    u_h[0:2, 0:2] += a * sympy.Matrix([[np.cos(TURN), -np.sin(TURN)], [np.sin(TURN), np.cos(TURN)]])
    u_h[2, 2] += b
    b_h[2] = c
    gru = sg.GRU(UNITS).with_weights(U_h=u_h, b_h=b_h, U_r=weights(), U_z=weights(), rest=0)
    return gru.compile(a=1.0, b=1.0, c=0.0)


@pytest.fixture(scope="module")
def spiral(network: System) -> ct.Branch:
    return ct.equilibria(network, np.zeros(UNITS), free="a", within=(0.5, 4.0))


def critical(curve: ct.Branch) -> np.ndarray:
    """Real parts nearest to zero along a curve, by NumPy, shape (m,)."""
    found = []
    for i in range(len(curve)):
        p = {name: float(values[i]) for name, values in curve.parameters.items()}
        values = by_hand.spectrum(curve.system, curve.states[:, i], p)
        found.append(float(np.abs(values.real).min()))
    return np.array(found)


def test_hopf_curve_of_twenty_units(spiral: ct.Branch) -> None:
    assert [point.kind for point in spiral.special] == ["H"]
    assert by_hand.confirmed(spiral["H1"])
    window = {"a": (0.5, 5.0), "b": (0.0, 3.0)}
    curve = ct.hopf_curve(spiral["H1"], free=("a", "b"), within=window)
    assert critical(curve).max() < 1e-9
    assert set(curve.stop) == {ct.StopReason.BOUND}
    ends = sorted(curve.parameters["b"][[0, -1]])
    assert ends == pytest.approx([0.0, 3.0], abs=1e-12)


def test_fold_curve_of_twenty_units_has_its_cusp(network: System) -> None:
    """Without the other units a cusp lies at b = 2, where unit 3 begins to hold two states."""
    rest = ct.equilibria(network, np.zeros(UNITS), free="c", within=(-2.0, 2.0), b=4.0)
    assert [point.kind for point in rest.special] == ["LP", "LP"]
    assert all(by_hand.confirmed(point) for point in rest.special)
    window = {"c": (-2.0, 2.0), "b": (0.5, 5.0)}
    curve = ct.fold_curve(rest["LP1"], free=("c", "b"), within=window)
    assert critical(curve).max() < 1e-9
    assert [point.kind for point in curve.special] == ["CP"]
    assert curve["CP1"].parameters["b"] == pytest.approx(2.0, abs=0.3)
    assert set(curve.stop) == {ct.StopReason.BOUND}


def test_cycles_of_twenty_units_come_back_and_have_their_multipliers(spiral: ct.Branch) -> None:
    family = ct.cycles(spiral["H1"], within=(2.0, 3.5), report={"a": [3.2]})
    assert family.stop[0] is ct.StopReason.BOUND
    assert np.all(family.stable)
    [point] = family.special
    assert point.period is not None and point.multipliers is not None
    exact = np.linalg.eigvals(
        by_hand.monodromy(family.system, point.state, point.period, dict(point.parameters))
    )
    found, exact = (np.sort(np.abs(values))[::-1] for values in (point.multipliers, exact))
    assert found[:6] == pytest.approx(exact[:6], abs=1e-7)

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation.plotting.phaseplane import classified, find_equilibria, manifolds

BOX = np.array([[-2.0, 2.0], [-2.0, 2.0]])


@pytest.fixture(scope="module")
def duffing():
    """The flow x'' = x - x^3: its homoclinic loops are y^2 = x^2 - x^4 / 2."""
    return ct.System.from_strings({"x": "y", "y": "x - x**3 - d*y"}, parameters={"d": 0.0})


def test_all_equilibria_in_the_box_are_found(duffing):
    found = find_equilibria(duffing, duffing.vector(), BOX)
    assert np.array(found) == pytest.approx(
        np.array([[-1.0, 0.0], [0.0, 0.0], [1.0, 0.0]]), abs=1e-12
    )


def test_nine_equilibria_of_two_bistable_units_are_found():
    two = ct.System.from_strings(
        {"x": "(tanh(4*x) - x)/2", "y": "(tanh(4*y) - y)/2"}, parameters={}
    )
    found = classified(two, two.vector(), find_equilibria(two, two.vector(), BOX))
    kinds = [one.kind for one in found]
    assert [kinds.count(kind) for kind in ("sink", "saddle", "source")] == [4, 4, 1]


def test_a_system_without_equilibria_has_none():
    drift = ct.System.from_strings({"x": "1 + x**2", "y": "-y"}, parameters={})
    assert find_equilibria(drift, drift.vector(), BOX) == []
    assert classified(drift, drift.vector(), []) == []


def test_a_vector_field_that_is_not_defined_everywhere_does_not_matter():
    partial = ct.System.from_strings({"x": "log(x)", "y": "-y"}, parameters={})
    (found,) = find_equilibria(partial, partial.vector(), BOX)
    assert found == pytest.approx([1.0, 0.0], abs=1e-12)


@pytest.mark.parametrize(
    ("d", "kinds"),
    [
        (0.0, ["neutral", "saddle", "neutral"]),
        (0.5, ["sink", "saddle", "sink"]),
        (-0.5, ["source", "saddle", "source"]),
    ],
)
def test_equilibria_are_classified_by_their_eigenvalues(duffing, d, kinds):
    p = duffing.vector({"d": d})
    found = classified(duffing, p, find_equilibria(duffing, p, BOX))
    assert [one.kind for one in found] == kinds


def test_separatrices_lie_on_the_energy_level_of_the_saddle(duffing):
    p = duffing.vector()
    known = classified(duffing, p, find_equilibria(duffing, p, BOX))
    curves = manifolds(duffing, p, known, BOX)
    assert sorted(name for name, _ in curves) == 2 * ["stable"] + 2 * ["unstable"]
    for _, curve in curves:
        x, y = curve.T
        # The start is off by OFFSET^2, the steps by their fourth power: far below a line's width.
        assert np.abs(y**2 / 2.0 - x**2 / 2.0 + x**4 / 4.0).max() < 1e-6
        assert curve[0] == pytest.approx([0.0, 0.0], abs=1e-12)
        assert np.abs(curve[:, 0]).max() == pytest.approx(np.sqrt(2.0), abs=1e-4)


def test_a_separatrix_ends_at_the_sink_that_it_reaches(duffing):
    p = duffing.vector({"d": 0.5})
    known = classified(duffing, p, find_equilibria(duffing, p, BOX))
    for name, curve in manifolds(duffing, p, known, BOX):
        if name == "unstable":
            assert abs(np.abs(curve[-1]) - [1.0, 0.0]).max() < 0.02
        else:
            assert np.abs(curve[-1]).max() > 2.0


def test_a_separatrix_that_approaches_a_cycle_does_not_wind_forever():
    # An oscillator of van der Pol with a saddle at (3, 0).
    system = ct.System.from_strings(
        {"x": "y", "y": "-x + m*(1 - x**2)*y + x**2/3"}, parameters={"m": 1.0}
    )
    p = system.vector()
    box = np.array([[-5.0, 5.0], [-5.0, 5.0]])
    known = classified(system, p, find_equilibria(system, p, box))
    size = np.linalg.norm(box[:, 1] - box[:, 0])
    for _, curve in manifolds(system, p, known, box):
        assert np.linalg.norm(np.diff(curve, axis=0), axis=1).sum() < 5.0 * size

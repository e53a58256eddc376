"""Branches that cross: each is followed along itself, and where several cross at once."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct


@pytest.mark.parametrize(
    ("eps", "delta"), [(0.01, 0.1), (0.01, 0.05), (0.001, 0.1), (0.0001, 0.02)]
)
def test_branches_of_a_predator_and_its_prey_cross_and_are_each_followed_once(
    eps: float, delta: float
) -> None:
    """Bazykin: coexistence meets the prey alone, x = 1/eps, at a small angle where alpha = 1 - eps.

    There y = 0, so that its rate -1 + x/(1 + alpha x) vanishes: 1/eps = 1 + alpha/eps.
    """
    system = ct.System.from_strings(
        {
            "x": "x - x*y/(1 + alpha*x) - eps*x**2",
            "y": "-y + x*y/(1 + alpha*x) - delta*y**2",
        },
        parameters={"alpha": 0.3, "eps": eps, "delta": delta},
    )
    found = ct.diagram(system, free="alpha", within=(0.05, 1.2))
    crossings = [p for branch in found for p in branch.special if p.kind == "BP"]
    assert [p.parameters["alpha"] for p in crossings] == pytest.approx([1.0 - eps] * 2, abs=1e-12)
    # Rest, prey alone, a predator that eats nothing; the fourth is coexistence.
    constant = sorted(
        b.states[:, 0].tolist() for b in found if np.ptp(b.states, axis=1).max() < 1e-9 / eps
    )
    assert np.array(constant) == pytest.approx(np.array([[0, -1 / delta], [0, 0], [1 / eps, 0]]))
    assert len(found) == 4

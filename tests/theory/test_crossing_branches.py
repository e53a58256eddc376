"""Branches that cross: each is followed along itself, and where several cross at once."""

from __future__ import annotations

from pathlib import Path

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


TRIANGLE = {
    "x": "mu*x + x**2 - y**2 - x*(x**2 + y**2)",
    "y": "mu*y - 2*x*y - y*(x**2 + y**2)",
}
"""The normal form z' = mu z + conj(z)^2 - |z|^2 z of the symmetries of a triangle."""


def test_two_eigenvalues_that_vanish_by_symmetry_are_one_branch_point_with_three_branches() -> None:
    """Besides z = 0 there is z = r w with w^3 = 1 and mu = r^2 - r: folds at mu = -1/4."""
    system = ct.System.from_strings(TRIANGLE, parameters={"mu": -0.5})
    found = ct.diagram(system, free="mu", within=(-1.0, 1.0))
    assert len(found) == 4
    for branch in found:
        point = branch["BP1"]
        assert point.normal_form.multiplicity == 2
        assert point.parameters["mu"] == pytest.approx(0.0, abs=1e-12)
        assert point.state == pytest.approx([0.0, 0.0], abs=1e-12)
        assert point.residual < 1e-12
    folds = [p for p in found.special if p.kind == "LP"]
    assert [p.parameters["mu"] for p in folds] == pytest.approx([-0.25] * 3, abs=1e-12)
    roots = np.array([complex(*p.state) for p in folds])
    assert roots**3 == pytest.approx(np.full(3, 1 / 8), abs=1e-12)
    assert abs(roots.sum()) < 1e-12
    with pytest.raises(ct.ContinuationError, match="BP1 several eigenvalues vanish at once"):
        ct.switch(found[0]["BP1"])


def test_three_cells_that_inhibit_each_other_lose_their_symmetry_at_a_double_eigenvalue() -> None:
    """The eigenvalues of a' = mu a - a^3 - (b + c)/2 at rest are mu + 1/2, twice, and mu - 1."""
    cells = {c: f"mu*{c} - {c}**3 + ({c} - a - b - c)/2" for c in "abc"}
    system = ct.System.from_strings(cells, parameters={"mu": -2.0})
    rest = ct.equilibria(system, start=[0.0] * 3, free="mu", within=(-2.0, 2.0))
    assert [p.parameters["mu"] for p in rest.special] == pytest.approx([-0.5, 1.0], abs=1e-12)
    assert [p.kind for p in rest.special] == ["BP", "BP"]
    assert rest["BP1"].normal_form.multiplicity == 2
    assert rest["BP2"].normal_form.kind == "pitchfork"


@pytest.mark.parametrize("omega", [1.0, 2.5])
def test_two_oscillators_begin_at_one_hopf_point_that_says_so(omega: float, tmp_path: Path) -> None:
    pairs = {"x": ("y", 1.0), "u": ("v", omega)}
    rhs = {}
    for x, (y, w) in pairs.items():
        rhs[x] = f"mu*{x} - {w}*{y} - {x}*({x}**2 + {y}**2)"
        rhs[y] = f"{w}*{x} + mu*{y} - {y}*({x}**2 + {y}**2)"
    system = ct.System.from_strings(rhs, parameters={"mu": -0.5})
    rest = ct.equilibria(system, start=[0.0] * 4, free="mu", within=(-0.7, 1.0))
    [point] = rest.special
    assert point.label == "H1" and point.normal_form.multiplicity == 2
    assert point.parameters["mu"] == pytest.approx(0.0, abs=1e-12)
    assert sorted(point.normal_form.frequencies) == pytest.approx([1.0, omega], abs=1e-12)
    with pytest.raises(ct.ContinuationError, match="several pairs of eigenvalues cross at once"):
        ct.cycles(point)
    again = ct.load(rest.save(tmp_path / "rest.ct"))
    assert again["H1"].normal_form == point.normal_form

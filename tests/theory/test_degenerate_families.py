"""Families on which a test function vanishes all along: its sign is noise, and labels nothing."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct


def test_centres_of_lotka_and_volterra_are_no_hopf_points() -> None:
    """At (1 - a^2/3, 1 + a) the trace vanishes for every a; det = xy > 0."""
    system = ct.System.from_strings(
        {"x": "x*(1 - y + a)", "y": "y*(x - 1 + a**2/3)"}, parameters={"a": 1.0}
    )
    branch = ct.equilibria(system, start=[0.7, 2.0], free="a", within=(-0.9, 1.5))
    assert branch.special == ()
    assert not branch.stable.any()


def test_elliptic_fixed_points_of_an_area_preserving_map_are_no_neimark_sacker_points() -> None:
    """Henon's map with b = -1 has determinant 1; the fixed point turns hyperbolic at PD and LP."""
    system = ct.System.from_strings(
        {"x": "1 - a*x**2 + y", "y": "-x"}, parameters={"a": 0.5}, kind="map"
    )
    branch = ct.equilibria(system, start=[0.4, -0.4], free="a", within=(-1.5, 3.5))
    kinds = {point.kind for point in branch.special}
    assert "NS" not in kinds
    assert branch["LP1"].parameters["a"] == pytest.approx(-1.0, abs=1e-12)
    assert branch["PD1"].parameters["a"] == pytest.approx(3.0, abs=1e-12)


def test_a_line_of_equilibria_at_one_value_of_the_parameter_carries_no_folds() -> None:
    """At a = 0 all points of the line x = 0 are equilibria, and the branch is vertical.

    The other branch, x (1 - y) + 2 y = 0, crosses it at y = 0.
    """
    system = ct.System.from_strings(
        {"x": "x*(x*y - x - 2*y)", "y": "a - 2*x*y*(1 + y)"}, parameters={"a": 0.0}
    )
    branch = ct.equilibria(
        system, start=[0.01, 0.5], free="a", within=(-2, 2), settings=ct.Settings(max_points=100)
    )
    assert "LP" not in {point.kind for point in branch.special}
    assert np.abs(branch.parameters["a"]).max() < 1e-15
    assert branch.stop == (ct.StopReason.MAX_POINTS, ct.StopReason.MAX_POINTS)


def test_a_start_at_a_point_of_inflection_is_no_fold() -> None:
    """A = -x^3 (1 + x) with y = -x^2 (1 + x): the parameter goes on, the eigenvalue is double."""
    system = ct.System.from_strings(
        {"x": "2*y + 2*x**2 + 2*x**3", "y": "a - x*y"}, parameters={"a": 0.0}
    )
    branch = ct.equilibria(system, start=[1e-9, 0.0], free="a", within=(-2, 2))
    found = [(p.kind, p.parameters["a"]) for p in branch.special]
    assert found == [("LP", pytest.approx(27 / 256, abs=1e-12))]


@pytest.mark.parametrize("start", [0.0, -0.3])
def test_a_bogdanov_takens_point_on_a_branch_is_a_fold_and_no_hopf_point(start: float) -> None:
    """At x = 0 of x' = y, y' = a + x^2 + x y both eigenvalues vanish, and with them their sum x."""
    system = ct.System.from_strings(
        {"x": "y", "y": "a + x**2 + x*y"}, parameters={"a": -(start**2)}
    )
    branch = ct.equilibria(system, start=[start, 0.0], free="a", within=(-1, 1))
    assert [point.label for point in branch.special] == ["LP1"]


def test_a_hopf_point_is_found_beside_units_that_stand_nearly_still() -> None:
    """Rates of 1e-12 have sums far smaller than that of the pair at the located point."""
    system = ct.System.from_strings(
        {
            "x": "a*x - y - x*(x**2 + y**2)",
            "y": "x + a*y - y*(x**2 + y**2)",
            "u": "-1e-12*(u + x)",
            "v": "-2e-12*(v + y)",
        },
        parameters={"a": -0.5},
    )
    branch = ct.equilibria(system, start=np.zeros(4), free="a", within=(-0.5, 0.47))
    assert [(p.label, p.parameters["a"]) for p in branch.special] == [
        ("H1", pytest.approx(0.0, abs=1e-12))
    ]


def test_a_start_where_equilibria_form_a_surface_says_so() -> None:
    """All (x, y, z) = (0, y, 0) are equilibria, for all a: a curve through one has no direction."""
    system = ct.System.from_strings(
        {"x": "x + x**2 - 2*x*z", "y": "a*z - y*z", "z": "2*z + 2*y*z"}, parameters={"a": 0.0}
    )
    with pytest.raises(ct.ContinuationError, match="form a surface"):
        ct.equilibria(system, start=[0.0, -1.5, 0.0], free="a", within=(-2, 2))


@pytest.mark.parametrize("b", [1e-2, 1e-3, 1e-4, 1e-5])
def test_a_hopf_point_and_a_neutral_saddle_on_one_step_do_not_hide_each_other(b: float) -> None:
    """In x' = y, y' = a + x^2 + (b - 25 x^2) y the trace is b - 25 x^2, the determinant -2 x.

    The Hopf point is at x = -sqrt(b) / 5, the neutral saddle at sqrt(b) / 5, the fold between them.
    """
    system = ct.System.from_strings(
        {"x": "y", "y": "a + x**2 + (b - 25*x**2)*y"}, parameters={"a": -0.5, "b": b}
    )
    branch = ct.equilibria(system, start=[-(0.5**0.5), 0.0], free="a", within=(-1.0, 1.0))
    assert [(p.label, p.parameters["a"]) for p in branch.special] == [
        ("H1", pytest.approx(-b / 25.0, abs=1e-12)),
        ("LP1", pytest.approx(0.0, abs=1e-12)),
    ]

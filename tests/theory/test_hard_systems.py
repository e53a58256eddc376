"""Systems at the edge of what can be computed: the answer is right, or says what is wrong."""

from __future__ import annotations

import pytest

import continuation as ct


@pytest.mark.parametrize("scale", [1e-3, 1e-6])
def test_tiny_cycles_near_a_bogdanov_takens_point_are_no_closed_branch(scale: float) -> None:
    """In x' = y, y' = b1 + b2 y + x^2 + x y cycles end at b2 = 5/7 sqrt(-b1) as b1 tends to 0.

    Kuznetsov, Elements of Applied Bifurcation Theory, section 8.4: the homoclinic orbit is at
    b1 = -(49/25) b2^2 + O(b2^(5/2)). The period grows by a half in five steps here, so that a
    signature in units of an old period once took the way on for the way back.
    """
    system = ct.System.from_strings(
        {"x": "y", "y": "b1 + b2*y + x**2 + x*y"}, parameters={"b1": -scale, "b2": 0.5}
    )
    rest = ct.equilibria(system, start=[-(scale**0.5), 0], free="b2", within=(-0.5, 1))
    cycles = ct.cycles(rest["H1"])
    assert cycles.stop[0] == ct.StopReason.NEAR_HOMOCLINIC
    end = cycles.parameters["b2"][-1] / scale**0.5
    assert end == pytest.approx(5 / 7, abs=2 * scale**0.25)


def test_fold_of_higher_order_is_found_although_its_test_function_is_flat() -> None:
    """The fold of a = x^4 at 0: the tangent's parameter component vanishes to third order."""
    system = ct.System.from_strings({"x": "a - x**4"}, parameters={"a": 0.5})
    branch = ct.equilibria(system, start=[0.84], free="a", within=(-1, 1))
    assert [point.kind for point in branch.special] == ["LP"]
    assert branch["LP1"].parameters["a"] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("label", ["H1", "H2"])
@pytest.mark.parametrize("intervals", [50, 100])
def test_both_folds_of_cycles_on_the_canards_of_fitzhugh_nagumo_are_found(
    label: str, intervals: int
) -> None:
    """The parameter stands still to 1e-11 there; the symmetry maps I to 7/4 - I."""
    system = ct.System.from_strings(
        {"v": "v - v**3/3 - w + I", "w": "eps*(v + 0.7 - 0.8*w)"},
        parameters={"I": 0.0, "eps": 0.08},
    )
    rest = ct.equilibria(system, start=[-1.2, -0.62], free="I", within=(-0.5, 2.5))
    family = ct.cycles(rest[label], settings=ct.Settings(intervals=intervals))
    folds = sorted(p.parameters["I"] for p in family.special if p.kind == "LPC")
    assert len(folds) == 2
    assert folds == pytest.approx([0.3241785225035, 1.4258214774965], abs=1e-11)
    assert sum(folds) == pytest.approx(1.75, abs=1e-11)


def test_cycles_of_a_linear_centre_carry_no_labels() -> None:
    """All multipliers are 1 along the whole vertical family: signs are round-off."""
    system = ct.System.from_strings({"x": "nu*x - y", "y": "x + nu*y"}, parameters={"nu": -0.5})
    rest = ct.equilibria(system, start=[0.0, 0.0], free="nu", within=(-0.5, 0.5))
    family = ct.cycles(rest["H1"], settings=ct.Settings(max_points=100))
    assert family.special == ()


def test_special_points_at_the_start_and_on_the_bound_are_found() -> None:
    system = ct.System.from_strings({"x": "a - x**2"}, parameters={"a": 0.0})
    branch = ct.equilibria(system, start=[0.0], free="a", within=(-1, 1), report={"a": [1.0]})
    assert sorted(p.label for p in branch.special) == ["LP1", "UZ1", "UZ2"]
    spiral = ct.System.from_strings(
        {"x": "mu*x - y - x*(x**2 + y**2)", "y": "x + mu*y - y*(x**2 + y**2)"},
        parameters={"mu": -0.5},
    )
    rest = ct.equilibria(spiral, start=[0.0, 0.0], free="mu", within=(-0.5, 0.0))
    assert [p.label for p in rest.special] == ["H1"]

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

"""Fixed points and cycles of maps against exact answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.polynomial import Polynomial

import continuation as ct
import symgru as sg

LOGISTIC = ct.System.from_strings({"x": "r*x*(1 - x)"}, parameters={"r": 2.0}, kind="map")
HENON = ct.System.from_strings(
    {"x": "1 - a*x**2 + y", "y": "b*x"}, parameters={"a": 0.2, "b": 0.3}, kind="map"
)
BUBBLE = ct.System.from_strings(
    {"x": "-(1 + a*(1 - a))*x + x**3"}, parameters={"a": -0.5}, kind="map"
)


def kinds(branch: ct.Branch) -> list[str]:
    """Kinds of the special points, in the order of the branch."""
    return [point.kind for point in branch.special]


def taylor(r: float, x: float, m: int) -> np.ndarray:
    """Coefficients of s^0, s^1, ... in f^m(x + s) for the logistic map."""
    y = Polynomial([x, 1.0])
    for _ in range(m):
        y = r * y * (1.0 - y)
    return y.coef


def test_fixed_points_of_the_logistic_map_carry_multipliers_and_no_eigenvalues() -> None:
    branch = ct.equilibria(LOGISTIC, start=[0.5], free="r", within=(0.5, 4.0))
    r = branch.parameters["r"]
    assert branch.kind == "fixed points" and branch.eigenvalues is None
    assert branch.states[0] == pytest.approx(1.0 - 1.0 / r, abs=1e-9)
    assert branch.multipliers is not None
    assert branch.multipliers[0].real == pytest.approx(2.0 - r, abs=1e-9)
    assert np.array_equal(branch.stable, np.abs(2.0 - r) < 1.0)
    assert kinds(branch) == ["BP", "PD"]
    assert branch["BP1"].parameters["r"] == pytest.approx(1.0, abs=1e-12)
    assert branch["PD1"].parameters["r"] == pytest.approx(3.0, abs=1e-13)
    assert branch["PD1"].normal_form.b == pytest.approx(9.0, abs=1e-12)
    assert branch["PD1"].normal_form.criticality == "supercritical"
    assert branch["PD1"].residual < 1e-14


def test_other_branch_at_the_transcritical_point_of_the_logistic_map_is_followed() -> None:
    rest = ct.equilibria(LOGISTIC, start=[0.0], free="r", within=(0.5, 4.0))
    assert rest["BP1"].normal_form.kind == "transcritical"
    other = ct.switch(rest["BP1"])
    assert other.states[0] == pytest.approx(1.0 - 1.0 / other.parameters["r"], abs=1e-9)
    assert kinds(other) == ["BP", "PD"]


def test_period_doubling_cascade_of_the_logistic_map_has_the_known_values() -> None:
    """1 + sqrt(6), then f^m(x) = x and (f^m)'(x) = -1 solved in 40 digits by mpmath."""
    known = [
        1.0 + np.sqrt(6.0),
        3.5440903595519228536,
        3.5644072660954325978,
        3.5687594195438264313,
        3.5696916098013967143,
    ]
    source = ct.equilibria(LOGISTIC, start=[0.5], free="r", within=(0.5, 4.0))["PD1"]
    for i, r in enumerate(known):
        family = ct.cycles(source)
        source = family["PD1"]
        m = 2 ** (i + 1)
        assert kinds(family) == ["PD"]
        assert family.periods is not None and np.all(family.periods == m)
        assert source.period == m
        assert source.parameters["r"] == pytest.approx(r, abs=1e-13)
        assert source.multipliers == pytest.approx([-1.0], abs=1e-9)
        t, x = source.orbit
        assert np.array_equal(t, np.arange(m + 1.0)) and np.array_equal(x[:, 0], x[:, -1])
        assert r * x[0, :-1] * (1.0 - x[0, :-1]) == pytest.approx(x[0, 1:], abs=1e-13)


def test_flip_coefficient_of_a_cycle_is_that_of_the_composed_map() -> None:
    """In one state b = g''^2 / 4 + g''' / 6 for g = f^m at the first point."""
    source = ct.equilibria(LOGISTIC, start=[0.5], free="r", within=(0.5, 4.0))["PD1"]
    for m in (2, 4):
        source = ct.cycles(source)["PD1"]
        _, slope, second, third, *_ = taylor(source.parameters["r"], source.state[0], m)
        assert slope == pytest.approx(-1.0, abs=1e-12)
        assert source.normal_form.b == pytest.approx(second**2 + third, rel=1e-11)


def test_fold_of_period_three_is_at_one_plus_root_eight_with_the_composed_coefficient() -> None:
    orbit = ct.simulate(LOGISTIC, [0.3], np.arange(500.0), r=3.835)
    family = ct.cycles(orbit, free="r", within=(3.8, 3.9))
    fold = family["LP1"]
    assert family.periods is not None and family.periods[0] == 3
    assert fold.parameters["r"] == pytest.approx(1.0 + np.sqrt(8.0), abs=1e-13)
    second = taylor(fold.parameters["r"], fold.state[0], 3)[2]
    assert fold.normal_form.a == pytest.approx(second, rel=1e-9)
    assert [p.parameters["r"] for p in family.special if p.kind == "PD"] == pytest.approx(
        [3.8414990075435078463], abs=1e-12
    )


def test_henon_map_folds_and_doubles_where_its_closed_forms_say() -> None:
    """LP 4 a = -(1-b)^2, PD 4 a = 3 (1-b)^2, PD of period two 4 a = 4 (1-b)^2 + (1+b)^2."""
    b = 0.3
    rest = ct.equilibria(HENON, start=[0.9, 0.27], free="a", within=(-0.5, 1.5))
    doubled = ct.cycles(rest["PD1"])
    assert rest["LP1"].parameters["a"] == pytest.approx(-((1 - b) ** 2) / 4, abs=1e-13)
    assert rest["PD1"].parameters["a"] == pytest.approx(3 * (1 - b) ** 2 / 4, abs=1e-13)
    assert doubled["PD1"].parameters["a"] == pytest.approx(
        (1 - b) ** 2 + (1 + b) ** 2 / 4, abs=1e-13
    )
    assert doubled["PD1"].multipliers == pytest.approx([-1.0, -(b**2)], abs=1e-10)


def test_delayed_logistic_map_has_its_neimark_sacker_point_at_two_with_angle_pi_over_three() -> (
    None
):
    """Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., example 4.2; d by eq. (4.21)."""
    system = ct.System.from_strings(
        {"x": "r*x*(1 - y)", "y": "x"}, parameters={"r": 1.5}, kind="map"
    )
    branch = ct.equilibria(system, start=[1 / 3, 1 / 3], free="r", within=(1.1, 2.5))
    point = branch["NS1"]
    assert kinds(branch) == ["NS"]
    assert point.parameters["r"] == pytest.approx(2.0, abs=1e-13)
    assert point.normal_form.theta == pytest.approx(np.pi / 3.0, abs=1e-13)
    assert point.normal_form.d == pytest.approx(-1.0, abs=1e-13)
    assert point.normal_form.criticality == "supercritical"
    assert np.abs(point.multipliers) == pytest.approx([1.0, 1.0], abs=1e-13)


@pytest.mark.parametrize("theta", [0.4, 1.3, 2.8])
@pytest.mark.parametrize("d", [complex(-0.7, 0.3), complex(0.4, -1.1)])
def test_neimark_sacker_coefficient_of_the_normal_form_is_the_one_put_in(
    theta: float, d: complex
) -> None:
    """The map w -> exp(i theta) w (1 + mu + d |w|^2); with a unit vector q it is w = sqrt(2) z."""
    scale, turn = "(1 + mu + u*(x**2 + y**2))", "v*(x**2 + y**2)"
    real, imag = f"({scale}*x - {turn}*y)", f"({scale}*y + {turn}*x)"
    system = ct.System.from_strings(
        {"x": f"c*{real} - s*{imag}", "y": f"s*{real} + c*{imag}"},
        parameters={"mu": -0.1, "u": d.real, "v": d.imag, "c": np.cos(theta), "s": np.sin(theta)},
        kind="map",
    )
    form = ct.equilibria(system, start=[0, 0], free="mu", within=(-0.5, 0.5))["NS1"].normal_form
    assert form.theta == pytest.approx(theta, abs=1e-12)
    assert (form.d, form.im_d) == pytest.approx((2.0 * d.real, 2.0 * d.imag), abs=1e-12)


def test_neutral_saddle_of_a_map_is_no_neimark_sacker_point() -> None:
    system = ct.System.from_strings(
        {"x": "(2 + a)*x", "y": "y/2"}, parameters={"a": -0.4}, kind="map"
    )
    assert ct.equilibria(system, start=[0, 0], free="a", within=(-0.5, 0.5)).special == ()


def test_doubled_cycle_of_a_bubble_ends_at_the_second_period_doubling_without_a_label() -> None:
    """The cycle {x, -x} has x^2 = a (1 - a): born at a = 0, gone at a = 1."""
    rest = ct.equilibria(BUBBLE, start=[0.0], free="a", within=(-0.5, 1.5))
    family = ct.cycles(rest["PD1"])
    assert [p.parameters["a"] for p in rest.special] == pytest.approx([0.0, 1.0], abs=1e-13)
    a = family.parameters["a"]
    assert family.states[0] ** 2 == pytest.approx(a * (1.0 - a), abs=1e-9)
    assert family.special == ()
    assert family.stop == (ct.StopReason.AT_PERIOD_DOUBLING, ct.StopReason.START)
    assert a[-1] == pytest.approx(1.0, abs=1e-8)


def test_cycle_of_a_map_is_extended_like_any_branch() -> None:
    rest = ct.equilibria(HENON, start=[0.9, 0.27], free="a", within=(-0.1, 0.95))
    part = ct.cycles(rest["PD1"], within=(-0.1, 0.8))
    whole = ct.extend(part, within=(-0.1, 1.0), report={"a": [0.85]})
    assert kinds(whole) == ["UZ", "PD"]
    assert whole.parameters["a"][-1] == 1.0


def test_map_of_equation_8_has_its_neimark_sacker_point_where_cos_alpha_is_a_quarter() -> None:
    """At beta = 3, s = 0 and step 1: the multipliers are (1 + 3 exp(+- i alpha)) / 2."""
    system = replace(sg.families.eq8(), time="map").compile(beta=3, s=0)
    branch = ct.equilibria(system, start=[0, 0], free="alpha", within=(0.5, 1.5))
    point = branch["NS1"]
    assert np.cos(point.parameters["alpha"]) == pytest.approx(0.25, abs=1e-13)
    assert point.normal_form.criticality == "supercritical"


def test_map_of_equation_9_has_its_neimark_sacker_point_at_gamma_0_052206() -> None:
    """The value is from an independent calculation of eigenvalues, given to 5e-6."""
    system = replace(sg.families.eq9(), time="map").compile()
    found = ct.diagram(system, free="gamma", within=(0.05, 0.055))
    points = [point for point in found.special if point.kind == "NS"]
    assert [p.parameters["gamma"] for p in points] == pytest.approx([0.052206], abs=5e-6)


def test_cycle_of_64_points_is_as_exact_as_a_fixed_point() -> None:
    source = ct.equilibria(LOGISTIC, start=[0.5], free="r", within=(0.5, 4.0))["PD1"]
    for _ in range(5):
        source = ct.cycles(source)["PD1"]
    family = ct.cycles(source)
    assert family.periods is not None and family.periods[0] == 64
    assert family["PD1"].parameters["r"] == pytest.approx(3.5698912593781204873, abs=1e-12)
    assert family["PD1"].residual < 1e-13


def test_family_extended_back_to_its_period_doubling_ends_there_without_a_label() -> None:
    rest = ct.equilibria(HENON, start=[0.9, 0.27], free="a", within=(-0.1, 0.95))
    family = ct.extend(ct.cycles(rest["PD1"]), within=(-0.1, 1.0))
    assert kinds(family) == ["PD"]
    assert ct.StopReason.AT_PERIOD_DOUBLING in family.stop
    assert family.parameters["a"][0] == pytest.approx(rest["PD1"].parameters["a"], abs=1e-9)


def test_saved_branch_of_a_map_is_read_back_with_its_normal_forms(tmp_path: Path) -> None:
    rest = ct.equilibria(HENON, start=[0.9, 0.27], free="a", within=(-0.1, 0.95))
    family = ct.cycles(rest["PD1"])
    back = ct.load(family.save(tmp_path / "family"))
    assert isinstance(back, ct.Branch)
    assert back["PD1"].normal_form == family["PD1"].normal_form
    assert ct.cycles(back["PD1"], within=(-0.1, 1.1))["PD1"].period == 4


def test_map_from_a_python_function_bifurcates_where_the_exact_one_does() -> None:
    system = ct.System.from_callables(
        lambda x, p: np.array([1 - p["a"] * x[0] ** 2 + x[1], p["b"] * x[0]]),
        states=("x", "y"),
        parameters={"a": 0.2, "b": 0.3},
        kind="map",
    )
    rest = ct.equilibria(system, start=[0.9, 0.27], free="a", within=(-0.1, 1.5))
    assert rest["PD1"].parameters["a"] == pytest.approx(0.3675, abs=1e-10)
    assert ct.cycles(rest["PD1"])["PD1"].parameters["a"] == pytest.approx(0.9125, abs=1e-10)


def test_orbit_that_settles_on_a_fixed_point_starts_no_cycle() -> None:
    orbit = ct.simulate(HENON, [0.9, 0.27], np.arange(200.0), a=0.2)
    with pytest.raises(ct.ContinuationError, match="led to a fixed point"):
        ct.cycles(orbit, free="a", within=(-0.1, 0.95))
    chaos = ct.simulate(HENON, [0.1, 0.1], np.arange(50.0), a=1.4)
    with pytest.raises(ct.ContinuationError):
        ct.cycles(chaos, free="a", within=(1.39, 1.41))
    rest = ct.equilibria(HENON, start=[0.9, 0.27], free="a", within=(-0.5, 0.95))
    with pytest.raises(ValueError, match="PD is needed"):
        ct.cycles(rest["LP1"])
    with pytest.raises(ValueError, match="no meaning for a map"):
        ct.cycles(rest["PD1"], period_below=3.0)

"""Branches of equilibria against exact answers."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct


def kinds(branch: ct.Branch) -> list[str]:
    """Kinds of the special points, in the order of the branch."""
    return [point.kind for point in branch.special]


def test_fold_of_the_parabola_is_at_zero_with_coefficient_minus_one() -> None:
    system = ct.System.from_strings({"x": "a - x**2"}, parameters={"a": 1.0})
    branch = ct.equilibria(system, start=[1.0], free="a", within=(-1, 2))
    fold = branch["LP1"]
    assert kinds(branch) == ["LP"]
    assert fold.parameters["a"] == pytest.approx(0.0, abs=1e-14)
    assert fold.normal_form.a == pytest.approx(-1.0, abs=1e-14)
    assert fold.residual < 1e-14
    assert [str(stop) for stop in branch.stop] == [str(ct.StopReason.BOUND)] * 2
    assert set(np.round(branch.parameters["a"][[0, -1]], 15)) == {2.0}


@pytest.mark.parametrize("b", [0.5, 1.0, 3.0])
def test_folds_of_the_cusp_lie_on_27_a_squared_equals_4_b_cubed(b: float) -> None:
    system = ct.System.from_strings({"x": "a + b*x - x**3"}, parameters={"a": 0.0, "b": b})
    branch = ct.equilibria(system, start=[3.0], free="a", within=(-6, 6), a=5.0)
    found = sorted(point.parameters["a"] for point in branch.special)
    exact = np.sqrt(4.0 * b**3 / 27.0)
    assert kinds(branch) == ["LP", "LP"]
    assert found == pytest.approx([-exact, exact], abs=1e-13)


def test_transcritical_point_is_found_and_switched_to_the_other_line() -> None:
    system = ct.System.from_strings({"x": "x*(a - x)"}, parameters={"a": -1.0})
    rest = ct.equilibria(system, start=[0.0], free="a", within=(-1, 1))
    assert kinds(rest) == ["BP"]
    assert rest["BP1"].normal_form.kind == "transcritical"
    assert rest["BP1"].parameters["a"] == pytest.approx(0.0, abs=1e-13)
    other = ct.switch(rest["BP1"])
    assert other.states[0] == pytest.approx(other.parameters["a"], abs=1e-9)
    assert kinds(other) == ["BP"]


def test_pitchfork_is_a_branch_point_and_no_fold_on_either_branch() -> None:
    system = ct.System.from_strings({"x": "a*x - x**3"}, parameters={"a": -1.0})
    rest = ct.equilibria(system, start=[0.0], free="a", within=(-1, 1))
    assert kinds(rest) == ["BP"]
    assert rest["BP1"].normal_form.kind == "pitchfork"
    side = ct.switch(rest["BP1"])
    assert kinds(side) == ["BP"]
    assert side.states[0] ** 2 == pytest.approx(side.parameters["a"], abs=1e-9)
    assert side.states[0].min() < -0.99 and side.states[0].max() > 0.99


def test_closed_branch_is_recognised() -> None:
    system = ct.System.from_strings({"x": "a**2 + x**2 - 1"}, parameters={"a": 0.0})
    branch = ct.equilibria(system, start=[1.0], free="a", within=(-2, 2))
    assert branch.stop == (ct.StopReason.CLOSED, ct.StopReason.CLOSED)
    assert kinds(branch) == ["LP", "LP"]
    assert sorted(p.parameters["a"] for p in branch.special) == pytest.approx(
        [-1.0, 1.0], abs=1e-13
    )
    assert np.array_equal(branch.states[:, 0], branch.states[:, -1])
    assert branch.states[0] ** 2 + branch.parameters["a"] ** 2 == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize(("a", "re_c1", "l1"), [(1.0, -0.5, -0.5), (2.0, -1.0 / 3.0, -1.0 / 6.0)])
def test_hopf_point_of_the_brusselator_is_b_equals_one_plus_a_squared(
    a: float, re_c1: float, l1: float
) -> None:
    system = ct.System.from_strings(
        {"x": "A - (B + 1)*x + x**2*y", "y": "B*x - x**2*y"}, parameters={"A": a, "B": 1.5}
    )
    branch = ct.equilibria(system, start=[a, 1.5 / a], free="B", within=(0.5, 7.0))
    hopf = branch["H1"]
    assert kinds(branch) == ["H"]
    assert hopf.parameters["B"] == pytest.approx(1.0 + a**2, abs=1e-12)
    assert hopf.normal_form.omega == pytest.approx(a, abs=1e-12)
    assert hopf.normal_form.re_c1 == pytest.approx(re_c1, abs=1e-12)
    assert hopf.normal_form.l1 == pytest.approx(l1, abs=1e-12)
    assert hopf.normal_form.speed == pytest.approx(0.5, abs=1e-12)
    assert hopf.normal_form.criticality == "supercritical"


def test_hopf_curve_of_rotation_gru_is_a_cos_theta_equals_two() -> None:
    """At the origin omega = tan(theta)/2, re_c1 = -1/(4 cos(theta)^2), l1 = -1/sin(2 theta)."""
    system = ct.System.from_strings(
        {
            "x": "(tanh(a*(cos(theta)*x - sin(theta)*y)/2) - x)/2",
            "y": "(tanh(a*(sin(theta)*x + cos(theta)*y)/2) - y)/2",
        },
        parameters={"a": 1.0, "theta": 1.0},
    )
    for theta in (0.3, 0.8410686705679303, 1.3):
        branch = ct.equilibria(system, start=[0.0, 0.0], free="a", within=(1.0, 10.0), theta=theta)
        hopf = branch["H1"]
        assert hopf.parameters["a"] == pytest.approx(2.0 / np.cos(theta), abs=1e-11)
        assert hopf.normal_form.omega == pytest.approx(np.tan(theta) / 2.0, rel=1e-12)
        assert hopf.normal_form.re_c1 == pytest.approx(-1.0 / (4.0 * np.cos(theta) ** 2), rel=1e-10)
        assert hopf.normal_form.l1 == pytest.approx(-1.0 / np.sin(2.0 * theta), rel=1e-10)


def test_neutral_saddle_is_no_hopf_point() -> None:
    """Eigenvalues 1 + a and -1 are opposite and real at a = 0."""
    system = ct.System.from_strings({"x": "(1 + a)*x", "y": "-y"}, parameters={"a": -0.5})
    branch = ct.equilibria(system, start=[0.0, 0.0], free="a", within=(-0.5, 0.5))
    assert branch.special == ()


def test_two_hopf_points_and_two_folds_a_hundredth_apart_are_four() -> None:
    """CO oxidation: 40-digit Newton iteration; the printed digits of MatCont's manual agree."""
    system = ct.System.from_strings(
        {
            "x": "2*q1*(1-x-y-s)**2-2*q5*x**2-q3*x*y",
            "y": "q2*(1-x-y-s)-q6*y-q3*x*y",
            "s": "q4*(1-x-y-s-k*s)",
        },
        parameters={"q1": 2.5, "q2": 2.0, "q3": 10, "q4": 0.0675, "q5": 1, "q6": 0.1, "k": 0.4},
    )
    branch = ct.equilibria(
        system,
        start=[0.001070915738, 0.84960686549, 0.10665872769],
        free="q2",
        within=(0.5, 2.3),
        q2=2.204678,
    )
    folds = sorted(p.parameters["q2"] for p in branch.special if p.kind == "LP")
    hopfs = sorted((p.parameters["q2"], p) for p in branch.special if p.kind == "H")
    assert sorted(kinds(branch)) == ["H", "H", "LP", "LP"]
    assert folds == pytest.approx([1.0420485053785, 1.05220028787], abs=1e-10)
    assert [value for value, _ in hopfs] == pytest.approx(
        [1.0409915695326, 1.0515574624577], abs=1e-10
    )
    assert [p.normal_form.re_c1 for _, p in hopfs] == pytest.approx(
        [4.3313789782129, 10.701019634455], rel=1e-9
    )
    assert all(p.normal_form.criticality == "subcritical" for _, p in hopfs)


def test_eigenvalue_count_agrees_with_the_special_points_passed() -> None:
    system = ct.System.from_strings(
        {"x": "a + 3*x - x**3 - y", "y": "x - 2*y"}, parameters={"a": -4.0}
    )
    branch = ct.equilibria(system, start=[-2.5, -1.25], free="a", within=(-4, 4))
    unstable = (branch.eigenvalues.real > 0).sum(axis=0)
    crossing = {"LP": 1, "H": 2}
    passed = np.zeros(len(branch), dtype=int)
    for place, point in zip(branch.positions, branch.special, strict=True):
        passed[place + 1 :] += crossing[point.kind]
    assert np.array_equal(passed % 2, unstable % 2)


def test_reported_values_are_met_exactly() -> None:
    system = ct.System.from_strings({"x": "a - x**2"}, parameters={"a": 1.0})
    branch = ct.equilibria(
        system, start=[1.0], free="a", within=(-1, 2), report={"a": [0.25, 1.0, 1.69]}
    )
    values = [(p.parameters["a"], p.state[0]) for p in branch.special if p.kind == "UZ"]
    assert sorted({a for a, _ in values}) == [0.25, 1.0, 1.69]
    for a, x in values:
        assert abs(x) == pytest.approx(np.sqrt(a), abs=1e-12)


def test_zero_of_a_users_function_is_a_special_point_under_its_name() -> None:
    system = ct.System.from_strings({"x": "a - x**2"}, parameters={"a": 1.0})
    branch = ct.equilibria(
        system,
        start=[1.0],
        free="a",
        within=(-1, 2),
        events={"half": lambda solution: solution.state[0] - 0.5},
    )
    assert branch["half1"].parameters["a"] == pytest.approx(0.25, abs=1e-13)


def test_extended_branch_is_the_branch_of_the_wider_window() -> None:
    system = ct.System.from_strings({"x": "a + 3*x - x**3"}, parameters={"a": 0.0})
    part = ct.equilibria(system, start=[-1.8], free="a", within=(-0.5, 0.5))
    whole = ct.extend(part, within=(-4, 4))
    assert kinds(whole) == ["LP", "LP"]
    assert whole.parameters["a"][[0, -1]] == pytest.approx([-4.0, 4.0], abs=1e-12)
    assert np.all(np.diff(whole.states[0]) > 0)
    for i, point in zip(whole.positions, whole.special, strict=True):
        assert whole.states[0, i] <= point.state[0] <= whole.states[0, i + 1]


def test_extended_branch_of_a_planar_system_is_the_branch_in_one_go() -> None:
    """The equilibrium (a, b/a) of the Brusselator: of a flow, and as fixed points of its map."""
    for kind, identity in (("flow", ("", "")), ("map", ("x + ", "y + "))):
        rhs = {
            "x": identity[0] + "a - (b + 1)*x + x**2*y",
            "y": identity[1] + "b*x - x**2*y",
        }
        system = ct.System.from_strings(rhs, parameters={"a": 1.0, "b": 1.5}, kind=kind)
        part = ct.equilibria(system, start=[1.0, 1.5], free="b", within=(1.2, 1.7))
        whole = ct.extend(part, within=(0.5, 3.0))
        once = ct.equilibria(system, start=[1.0, 1.5], free="b", within=(0.5, 3.0))
        assert whole.parameters["b"][[0, -1]] == pytest.approx([0.5, 3.0], abs=1e-12)
        assert whole.states[1] == pytest.approx(whole.parameters["b"], abs=1e-9)
        assert [p.label for p in whole.special] == [p.label for p in once.special]
        for one, other in zip(whole.special, once.special, strict=True):
            assert one.parameters["b"] == pytest.approx(other.parameters["b"], abs=1e-10)


def test_interrupted_branch_keeps_its_points_and_can_be_extended() -> None:
    system = ct.System.from_strings({"x": "a + 3*x - x**3"}, parameters={"a": -4.0})
    seen = 0

    def watch(point: object) -> None:
        nonlocal seen
        seen += 1
        if seen == 10:
            raise KeyboardInterrupt

    part = ct.equilibria(system, start=[-2.2], free="a", within=(-4, 4), watch=watch)
    assert part.stop == (ct.StopReason.INTERRUPTED, ct.StopReason.INTERRUPTED)
    assert len(part) == 11
    assert kinds(ct.extend(part)) == ["LP", "LP"]


def test_diagram_finds_the_branches_that_nobody_named() -> None:
    """The flow x' = (x^2 - 1 - a^2)(x - 3 + a): three branches that never meet in the window."""
    system = ct.System.from_strings({"x": "-(x**2 - 1 - a**2)*(x - 3 + a)"}, parameters={"a": 0.0})
    found = ct.diagram(system, free="a", within=(-1, 0.5))
    at_start = sorted(branch.states[0, np.argmin(branch.parameters["a"])] for branch in found)
    assert at_start == pytest.approx([-np.sqrt(2.0), np.sqrt(2.0), 4.0], abs=1e-9)


def test_diagram_follows_branch_points_without_doing_a_branch_twice() -> None:
    system = ct.System.from_strings({"x": "a*x - x**3"}, parameters={"a": 0.0})
    found = ct.diagram(system, free="a", within=(-1, 1))
    assert len(found) == 2
    assert [kinds(branch) for branch in found] == [["BP"], ["BP"]]


def test_diagram_does_not_depend_on_when_it_is_run() -> None:
    system = ct.System.from_strings({"x": "a + 3*x - x**3"}, parameters={"a": 0.0})
    one = ct.diagram(system, free="a", within=(-1, 1))
    two = ct.diagram(system, free="a", within=(-1, 1))
    assert all(np.array_equal(a.states, b.states) for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"free": "b"}, "unknown parameter 'b'"),
        ({"start": [0.0, 1.0]}, "shape"),
        ({"start": [np.nan]}, "finite"),
        ({"within": (2.0, 3.0)}, "must contain the start"),
        ({"within": (3.0, 2.0)}, "lo < hi"),
        ({"within": 3.0}, "pair"),
        ({"report": {"b": [1.0]}}, "free parameters are"),
        ({"engine": "fortran"}, "engine"),
        ({"c": 1.0}, "c"),
    ],
)
def test_mistake_of_the_caller_is_a_value_error_in_one_sentence(
    change: dict[str, object], words: str
) -> None:
    system = ct.System.from_strings({"x": "a - x**2"}, parameters={"a": 1.0})
    arguments = {"start": [1.0], "free": "a", "within": (-1, 2)} | change
    with pytest.raises(ValueError, match=words) as caught:
        ct.equilibria(system, **arguments)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_start_without_an_equilibrium_says_so_and_carries_the_iterate() -> None:
    system = ct.System.from_strings({"x": "a + x**2"}, parameters={"a": 1.0})
    with pytest.raises(ct.NoConvergence, match="no equilibrium was reached") as caught:
        ct.equilibria(system, start=[1.0], free="a", within=(-1, 2))
    assert caught.value.iterate.shape == (1,)
    assert len(caught.value.residuals) > 0


def test_a_branch_that_comes_back_to_its_parameter_in_another_state_is_not_closed() -> None:
    """Morris-Lecar: the current passes zero again with steps of 8, while v is another by 0.65."""
    ions = "2*(1 + tanh((v + 0.012)/0.18))*(100*v - 120) + 8*w*(100*v + 84) + 2*(100*v + 60)"
    system = ct.System.from_strings(
        {
            "v": f"(I - ({ions}))/2000",
            "w": "((1 + tanh((v - 0.15)/0.174))/2 - w)*cosh((v - 0.15)/0.348)/15",
        },
        parameters={"I": 0.0},
    )
    branch = ct.equilibria(system, start=[-0.6, 0.0], free="I", within=(-50, 250))
    assert kinds(branch) == ["LP", "LP", "H"]
    assert branch.stop == (ct.StopReason.BOUND, ct.StopReason.BOUND)


def test_no_branch_point_lies_where_an_eigenvalue_passes_through_a_pole() -> None:
    """The eigenvalue x/(1 + a x) - 1 of y at x = 100 changes sign at its pole a = -1/100."""
    system = ct.System.from_strings(
        {"x": "x - x*y/(1 + a*x) - x**2/100", "y": "-y + x*y/(1 + a*x) - y**2/10"},
        parameters={"a": 0.1},
    )
    branch = ct.equilibria(system, start=[100.0, 0.0], free="a", within=(-0.5, 1.2))
    assert [point.label for point in branch.special] == ["BP1"]
    assert branch["BP1"].parameters["a"] == pytest.approx(0.99, abs=1e-13)

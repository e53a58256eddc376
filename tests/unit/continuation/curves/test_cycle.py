"""The curve of cycles: its contract, its ways in, its mesh, its natural ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import continuation as ct
from continuation.collocation import mesh as meshes
from continuation.curve import Point
from continuation.curves.cycle import CycleCurve
from continuation.engine import first_point, norm, steps
from continuation.linalg.bordered import factorise

ROUND = ct.System.from_strings(
    {"x": "mu*x - y - x*(x**2 + y**2)", "y": "x + mu*y - y*(x**2 + y**2)"}, parameters={"mu": -0.5}
)
SETTINGS = ct.Settings(intervals=15, degree=4)


@pytest.fixture(scope="module")
def hopf() -> ct.SpecialPoint:
    return ct.equilibria(ROUND, start=(0.0, 0.0), free="mu", within=(-1.0, 1.0))["H1"]


@pytest.fixture(scope="module")
def first(hopf: ct.SpecialPoint) -> Point:
    curve, start = CycleCurve.from_hopf(hopf, "mu", 2.0, SETTINGS)
    return first_point(curve, start, SETTINGS)


def test_jacobian_is_the_derivative_of_the_residual(first: Point) -> None:
    """Column by column: DH times the solution of a bordered system is its right-hand side."""
    curve, z = first.curve, first.z
    row = np.random.default_rng(0).standard_normal(len(z))
    direction = factorise(curve.jacobian(z), row).solve(np.eye(len(z))[:, [0, 7, len(z) - 2]])
    for k, column in zip((0, 7, len(z) - 2), direction.T, strict=True):
        h = 1e-6 / np.abs(column).max()
        change = (curve.residual(z + h * column) - curve.residual(z - h * column)) / (2.0 * h)
        expected = np.eye(len(z) - 1)[k]
        assert change == pytest.approx(expected, abs=1e-6)


def test_residual_and_linearize_agree(first: Point) -> None:
    assert np.array_equal(first.curve.residual(first.z), first.curve.linearize(first.z)[0])


def test_negative_period_is_no_solution(first: Point) -> None:
    z = first.z.copy()
    z[-2] = -1.0
    assert np.all(np.isinf(first.curve.residual(z)))


def test_start_at_a_hopf_point_leaves_along_the_eigenvectors(first: Point) -> None:
    assert abs(first.tangent[-1]) < 0.02
    assert first.z[-1] == pytest.approx(0.0, abs=1e-3)
    assert first.z[-2] == pytest.approx(2.0 * np.pi, rel=1e-6)


def test_inner_product_does_not_depend_on_the_mesh(first: Point) -> None:
    curve = first.curve
    assert isinstance(curve, CycleCurve)
    finer, point = replace(curve, settings=replace(SETTINGS, intervals=15)).refresh(first, 0)
    length = norm(finer, point.z, point.z)
    assert length == pytest.approx(norm(curve, first.z, first.z), rel=1e-6)
    assert norm(finer, point.z, point.tangent) == pytest.approx(1.0)


def test_refreshed_point_solves_the_equations_on_its_new_mesh(first: Point) -> None:
    curve, point = first.curve.refresh(first, 0)
    assert curve is not first.curve and point.curve is curve
    assert np.abs(curve.residual(point.z)).max() < 1e-9
    assert np.sign(point.determinant) == np.sign(first.determinant)
    same, unchanged = curve.refresh(point, 1)
    assert same is curve and unchanged is point


def test_determinant_keeps_its_sign_along_a_family_without_branch_points(first: Point) -> None:
    signs = set()
    for k, step in enumerate(steps(first.curve, first, SETTINGS)):
        signs.add(np.sign(step.after.determinant))
        if k == 20:
            break
    assert len(signs) == 1


def test_measures_name_the_extremes_of_every_state(first: Point) -> None:
    measures = first.curve.measures(first)
    assert set(measures) == {"x_min", "x_max", "y_min", "y_max", "trivial_error"}
    assert measures["x_max"] == pytest.approx(-measures["x_min"], rel=1e-5)
    assert measures["x_max"] == pytest.approx(np.sqrt(first.z[-1]), rel=1e-4)


def test_state_is_an_orbit_over_one_period(first: Point) -> None:
    solution = first.curve.state(first.z)
    assert solution.orbit is not None and solution.period is not None
    t, x = solution.orbit
    assert t[0] == 0.0 and t[-1] == pytest.approx(solution.period, rel=1e-14)
    assert x.shape == (2, len(t))
    assert x[:, 0] == pytest.approx(x[:, -1], abs=1e-9)


def test_more_intervals_are_taken_where_the_trivial_multiplier_is_off(first: Point) -> None:
    curve = first.curve
    assert isinstance(curve, CycleCurve)
    coarse = Point(first.z, first.tangent, first.determinant, curve)
    object.__setattr__(coarse, "__dict__", {**vars(coarse), "spectrum": np.array([1.01, 0.5])})
    finer, point = curve.refresh(coarse, 0)
    assert isinstance(finer, CycleCurve)
    assert len(finer.reference.mesh) - 1 == 22
    assert len(point.z) == 22 * 4 * 2 + 2 + 2


def test_cycle_from_a_simulation_is_that_of_the_hopf_branch() -> None:
    orbit = ct.simulate(ROUND, (0.5, 0.0), np.linspace(0.0, 60.0, 200), mu=0.25)
    branch = ct.cycles(orbit, free="mu", within=(0.1, 0.5), settings=SETTINGS)
    assert branch.measures["x_max"] ** 2 == pytest.approx(branch.parameters["mu"], abs=1e-6)
    assert branch.stop == (ct.StopReason.BOUND, ct.StopReason.BOUND)


def test_orbit_of_a_special_point_is_a_source() -> None:
    orbit = ct.simulate(ROUND, (0.5, 0.0), np.linspace(0.0, 60.0, 200), mu=0.25)
    branch = ct.cycles(orbit, free="mu", within=(0.1, 0.5), report={"mu": [0.3]})
    source = branch["UZ1"].orbit
    assert source is not None
    again = ct.cycles(source, free="mu", within=(0.2, 0.4), settings=ct.Settings(degree=6))
    assert again.measures["x_max"] ** 2 == pytest.approx(again.parameters["mu"], abs=1e-7)


def test_orbit_at_rest_is_refused() -> None:
    orbit = ct.simulate(ROUND, (0.1, 0.0), np.linspace(0.0, 200.0, 50), mu=-0.5)
    with pytest.raises(ct.ContinuationError, match="equilibrium"):
        ct.cycles(orbit, free="mu", within=(-1.0, 0.5))


def test_orbit_that_does_not_return_is_refused() -> None:
    drift = ct.System.from_strings({"x": "1", "y": "a"}, parameters={"a": 0.5})
    orbit = ct.simulate(drift, (0.0, 0.0), np.linspace(0.0, 5.0, 20))
    with pytest.raises(ct.ContinuationError, match="return"):
        ct.cycles(orbit, free="a", within=(0.0, 1.0))


def test_branch_that_runs_down_to_a_hopf_point_stops_there_and_finds_no_fold() -> None:
    orbit = ct.simulate(ROUND, (0.5, 0.0), np.linspace(0.0, 60.0, 200), mu=0.25)
    branch = ct.cycles(orbit, free="mu", within=(-0.5, 0.5))
    assert ct.StopReason.AT_HOPF in branch.stop
    assert branch.special == ()


def test_extended_branch_goes_on_where_it_ended(hopf: ct.SpecialPoint) -> None:
    short = ct.cycles(hopf, within=(-1.0, 0.2), settings=SETTINGS)
    longer = ct.extend(short, within=(-1.0, 0.5))
    assert longer.parameters["mu"].max() == pytest.approx(0.5)
    assert longer.measures["x_max"] ** 2 == pytest.approx(longer.parameters["mu"], abs=1e-6)


def test_memory_does_not_grow_with_the_steps(first: Point) -> None:
    """All curve objects of a branch share the one elimination that is kept."""
    kept = set()
    for k, step in enumerate(steps(first.curve, first, SETTINGS)):
        curve = step.after.curve
        assert isinstance(curve, CycleCurve)
        kept.add(id(curve.last))
        if k == 8:
            break
    assert len(kept) == 1


def test_uniform_mesh_has_its_ends_exactly() -> None:
    assert meshes.uniform(7)[[0, -1]] == pytest.approx([0.0, 1.0], abs=0.0)

"""Collocation against a cycle known in closed form: orders of convergence, period, multiplier.

The unit circle is a cycle of x' = x (1 - r^2) - y (mu - x), y' = y (1 - r^2) + x (mu - x), mu > 1,
with angle' = mu - cos(angle): period 2 pi / sqrt(mu^2 - 1), multiplier exp(-2 T).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import continuation as ct
from continuation.collocation import mesh as meshes
from continuation.collocation import profile as profiles
from continuation.collocation.reference import Reference
from continuation.curves.cycle import CycleCurve
from continuation.newton import correct

MU = 1.25
PERIOD = 2.0 * np.pi / np.sqrt(MU**2 - 1.0)
CIRCLE = ct.System.from_strings(
    {"x": "x*(1 - x**2 - y**2) - y*(mu - x)", "y": "y*(1 - x**2 - y**2) + x*(mu - x)"},
    parameters={"mu": MU},
)


def angle_at(t: np.ndarray) -> np.ndarray:
    """Angle at time t, from 0: tan(angle/2) = sqrt((mu-1)/(mu+1)) tan(sqrt(mu^2-1) t/2)."""
    half = np.sqrt(MU**2 - 1.0) * t / 2.0
    turns = np.round(half / np.pi)
    return 2.0 * (
        np.arctan(np.sqrt((MU - 1) / (MU + 1)) * np.tan(half - turns * np.pi)) + turns * np.pi
    )


def exact(t: np.ndarray) -> np.ndarray:
    """States, shape (k, 2), at fractions t of the period."""
    angle = angle_at(PERIOD * t)
    return np.column_stack((np.cos(angle), np.sin(angle)))


def cycle(intervals: int, degree: int) -> tuple[CycleCurve, np.ndarray]:
    """The cycle at mu on a uniform mesh, solved to round-off."""
    settings = ct.Settings(intervals=intervals, degree=degree, tolerance=1e-13)
    mesh = meshes.uniform(intervals)
    x = exact(profiles.base_points(mesh, degree))
    reference = Reference(mesh, degree, x, PERIOD)
    curve = CycleCurve(CIRCLE, ("mu",), np.array([MU]), reference, 1.0, settings)
    z = np.append(1.001 * x.ravel(), (1.01 * PERIOD, MU))
    row = np.zeros(len(z))
    row[-1] = 1.0
    found = correct(curve, z, row, MU, settings)
    assert found.converged
    return curve, found.z


def errors(intervals: int, degree: int) -> tuple[float, float, float, float]:
    """Errors of the period, at mesh points, at nodes, and anywhere, the phase taken out."""
    curve, z = cycle(intervals, degree)
    x = curve.profile(z)
    start = np.arctan2(x[0, 1], x[0, 0])
    half = np.arctan(np.sqrt((MU + 1) / (MU - 1)) * np.tan(start / 2.0))
    delay = 2.0 * half / np.sqrt(MU**2 - 1.0) / PERIOD
    t = profiles.base_points(curve.reference.mesh, degree)
    distance = np.linalg.norm(x - exact(t + delay), axis=1)
    anywhere = np.linspace(0.0, 1.0, 997)
    off = profiles.evaluate(x, curve.reference.mesh, degree, anywhere) - exact(anywhere + delay)
    at_mesh, at_nodes = float(distance[::degree].max()), float(distance.max())
    return abs(float(z[-2]) - PERIOD), at_mesh, at_nodes, float(np.linalg.norm(off, axis=1).max())


@pytest.mark.parametrize(("degree", "coarse"), [(2, 40), (3, 30), (4, 24)])
def test_order_is_2m_at_mesh_points_m_plus_2_at_nodes_and_m_plus_1_elsewhere(
    degree: int, coarse: int
) -> None:
    one, two = errors(coarse, degree), errors(2 * coarse, degree)
    period, at_mesh, at_nodes, elsewhere = np.log2(np.array(one) / np.array(two))
    assert period == pytest.approx(2 * degree, abs=0.6)
    assert at_mesh == pytest.approx(2 * degree, abs=0.6)
    assert at_nodes == pytest.approx(degree + 2, abs=0.6)
    assert elsewhere == pytest.approx(degree + 1, abs=0.6)


def test_period_and_multiplier_are_exact_to_round_off_on_the_default_mesh() -> None:
    curve, z = cycle(50, 4)
    assert z[-2] == pytest.approx(PERIOD, rel=1e-10)
    spectrum = curve.spectrum(z)
    assert spectrum[0] == pytest.approx(1.0, abs=1e-9)
    assert spectrum[1].real == pytest.approx(np.exp(-2.0 * PERIOD), rel=1e-8)


@pytest.mark.parametrize("mu", [1.02, 1.2, 2.0])
def test_multiplier_of_the_circle_is_accurate_relative_to_itself(mu: float) -> None:
    """At mu = 1.02 it is 7e-28."""
    orbit = ct.simulate(CIRCLE, (1.0, 0.1), np.linspace(0.0, 60.0, 300), mu=mu)
    settings = ct.Settings(intervals=150, degree=5, max_points=2)
    branch = ct.cycles(
        orbit, free="mu", within=(1.001, 3.0), report={"mu": [mu]}, settings=settings
    )
    at = int(np.argmin(np.abs(branch.parameters["mu"] - mu)))
    period = 2.0 * np.pi / np.sqrt(mu**2 - 1.0)
    assert branch.parameters["mu"][at] == pytest.approx(mu, abs=1e-13)
    assert branch.periods is not None and branch.multipliers is not None
    assert branch.periods[at] == pytest.approx(period, rel=1e-10)
    assert branch.multipliers[1, at].real == pytest.approx(np.exp(-2.0 * period), rel=1e-6)


def test_phase_response_of_the_radial_isochron_clock_is_tangential() -> None:
    """Isochrons of r' = r (1 - r^2), angle' = 1 are rays: Z = (-sin, cos) of the angle."""
    clock = ct.System.from_strings(
        {"x": "(1 - x**2 - y**2)*x - w*y", "y": "(1 - x**2 - y**2)*y + w*x"}, parameters={"w": 2.0}
    )
    orbit = ct.simulate(clock, (1.0, 0.0), np.linspace(0.0, 20.0, 200))
    branch = ct.cycles(orbit, free="w", within=(1.0, 3.0), report={"w": [2.5]})
    point = branch["UZ1"]
    assert point.phase_response is not None and point.orbit is not None
    x, y = point.orbit.x
    expected = np.array([-y, x]) / 2.5
    assert point.phase_response == pytest.approx(expected, abs=1e-8)


def test_phase_response_is_the_shift_of_the_phase_by_a_small_push(eq8: ct.System) -> None:
    rest = ct.equilibria(eq8, start=(0.0, 0.0), free="alpha", within=(0.3, 1.2), alpha=1.0)
    branch = ct.cycles(rest["H1"], report={"alpha": [0.7]})
    point = branch["UZ1"]
    assert point.phase_response is not None and point.orbit is not None and point.period is not None
    push = 1e-4
    for state in (0, 1):
        k = 60
        finals = []
        for sign in (1.0, -1.0):
            start = point.orbit.x[:, k].copy()
            start[state] += sign * push
            times = np.array([0.0, 20.0 * point.period])
            finals.append(ct.simulate(eq8, start, times, **point.parameters).x[:, -1])
        flow = eq8.f(point.orbit.x[:, k], dict(point.parameters))
        shift = flow @ (finals[0] - finals[1]) / (flow @ flow) / (2.0 * push)
        assert shift == pytest.approx(point.phase_response[state, k], rel=1e-4)


def test_order_of_the_multiplier_is_2m() -> None:
    def error(intervals: int) -> float:
        curve, z = cycle(intervals, 3)
        return abs(float(curve.spectrum(z)[1].real) / np.exp(-2.0 * PERIOD) - 1.0)

    assert np.log2(error(24) / error(48)) == pytest.approx(6.0, abs=0.6)


def test_period_grows_with_a_finer_mesh_only_by_its_error() -> None:
    coarse, fine = cycle(30, 4)[1][-2], cycle(60, 4)[1][-2]
    assert abs(fine - PERIOD) < abs(coarse - PERIOD) / 100.0


def test_phase_of_the_reference_is_kept() -> None:
    curve, z = cycle(40, 4)
    assert curve.reference.shift(curve.profile(z)) == pytest.approx(0.0, abs=1e-13)
    moved = replace(
        curve, reference=replace(curve.reference, x=np.roll(curve.reference.x, 1, axis=0))
    )
    assert abs(moved.reference.shift(curve.profile(z))) > 1e-3

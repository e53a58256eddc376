"""The frequencies of family (8) over angle and gain (figure 6 of the paper), by a sweep.

For k = beta sigma(s) the equations are h' = (tanh(k R(alpha) h) - h) / 2, so that s and beta enter
as k only. The cycle exists for alpha_SN(k) < alpha < arccos(1/k): it is born at a Hopf point with
frequency tan(alpha)/2, and ends where four saddle-nodes come up on it.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import fsolve

import continuation as ct

ALPHAS = np.linspace(0.97, 0.07, 10)
GAINS = (1.2, 1.5, 1.7)
TIGHT = ct.Settings(max_points=1, detect=())


def sigma(s):
    """The logistic function."""
    return 1.0 / (1.0 + math.exp(-s))


def cycle(system, alpha, beta, previous):
    """The cycle at one angle and gain, from that at the angle before; None where there is none."""
    values = {"beta": beta, "alpha": alpha}
    if previous is not None:
        near = replace(previous, parameters={**previous.parameters, **values})
        with suppress(ct.ContinuationError):  # too far, as where the amplitude is a square root
            branch = ct.cycles(near, free="alpha", settings=TIGHT)
            return branch.orbits[int(np.argmin(np.abs(branch.parameters["alpha"] - alpha)))]
    rest = ct.equilibria(system, (0, 0), "alpha", within=(0, 1.5), beta=beta, alpha=1.4)
    if not alpha < rest["H1"].parameters["alpha"]:
        return None
    within = (alpha - 0.01, 1.5)
    family = ct.cycles(rest["H1"], within=within, report={"alpha": [alpha]})
    return family["UZ1"].orbit if family.special else None


def frequency(orbit):
    """Angular frequency and angle of a cycle, NaN without one."""
    if orbit is None:
        return {"omega": math.nan, "angle": math.nan}
    return {"omega": 2.0 * math.pi / orbit.t[-1], "angle": orbit.parameters["alpha"]}


def frequencies(system, s, gains=GAINS):
    """The map over ALPHAS and the gains beta for which k is in ``gains``."""
    job = partial(cycle, system.with_defaults(s=s))
    betas = [k / sigma(s) for k in gains]
    with ThreadPoolExecutor(1) as thread:
        return ct.sweep(job, {"beta": betas, "alpha": ALPHAS}, thread, keep=frequency)


@pytest.fixture(scope="module")
def found(eq8):
    return frequencies(eq8, 0.0)


def saddle_nodes(k):
    """alpha_SN(k), by Newton's method on the equations of a fold, from its value at k = 3/2."""

    def fold(z, k):
        x, y, alpha = z
        rotation = k * np.array(
            [[math.cos(alpha), -math.sin(alpha)], [math.sin(alpha), math.cos(alpha)]]
        )
        image = np.tanh(rotation @ [x, y])
        slope = np.eye(2) - (1.0 - image**2)[:, None] * rotation
        return [*(image - [x, y]), np.linalg.det(slope)]

    z = fsolve(fold, [0.93, -0.55, 0.15], args=(1.5,), xtol=1e-13)
    assert z[2] == pytest.approx(0.1478220706790665, abs=1e-12)
    for value in np.linspace(1.5, k, 30):
        z = fsolve(fold, z, args=(value,), xtol=1e-13)
    return z[2]


def test_a_cycle_exists_between_the_saddle_nodes_and_the_hopf_curve(found):
    assert found.failures == ()
    for k, row in zip(GAINS, found["omega"], strict=True):
        exists = (saddle_nodes(k) < ALPHAS) & (math.acos(1.0 / k) > ALPHAS)
        assert np.array_equal(np.isfinite(row), exists)
        assert 3 <= exists.sum() < len(ALPHAS)


def test_every_cell_is_at_its_own_angle(found):
    angles = found["angle"]
    there = np.isfinite(angles)
    # The first point of a family is on its parameter to the tolerance of Newton's method.
    assert np.abs(angles - ALPHAS)[there].max() < 1e-9


def test_s_and_beta_enter_as_one_number(eq8, found):
    other = frequencies(eq8, 0.7, GAINS[:1])
    # The same equations with other constants: what differs is the tolerance, 1e-10, times the
    # sensitivity of the period, some hundreds near the saddle-nodes.
    assert np.allclose(other["omega"], found["omega"][:1], rtol=1e-7, atol=0.0, equal_nan=True)


def test_the_period_grows_as_the_angle_falls(found):
    for row in found["omega"]:
        assert np.all(np.diff(row[np.isfinite(row)]) < 0.0)


def test_the_frequency_at_birth_is_half_the_tangent_of_the_angle(eq8):
    gaps = np.array([4e-3, 2e-3, 1e-3])
    hopf = math.acos(1.0 / 1.5)
    grid = {"beta": [3.0], "alpha": hopf - gaps}
    with ThreadPoolExecutor(1) as thread:
        found = ct.sweep(partial(cycle, eq8), grid, thread, keep=frequency)
    errors = np.abs(found["omega"][0] - 0.5 * math.tan(hopf))
    # The frequency is smooth in the parameter: its error falls as the distance.
    slope = np.polyfit(np.log(gaps), np.log(errors), 1)[0]
    assert slope == pytest.approx(1.0, abs=0.02)
    extrapolated = 2.0 * found["omega"][0, 2] - found["omega"][0, 1]
    assert extrapolated == pytest.approx(0.5 * math.tan(hopf), abs=1e-5)


@pytest.mark.parametrize("cell", [(1, 2), (2, 5)])
def test_a_simulation_has_the_same_period(eq8, found, cell):
    k, alpha = GAINS[cell[0]], ALPHAS[cell[1]]

    def f(t, h):
        return eq8.f(h, {"beta": 2.0 * k, "alpha": alpha, "s": 0.0})

    def crossing(t, h):
        return h[1]

    crossing.direction = 1.0
    settled = solve_ivp(f, (0.0, 400.0), [0.5, 0.1], rtol=1e-9, atol=1e-12).y[:, -1]
    run = solve_ivp(
        f, (0.0, 60.0), settled, rtol=1e-11, atol=1e-13, events=crossing, method="DOP853"
    )
    period = np.diff(run.t_events[0])[0]
    assert found["omega"][cell] == pytest.approx(2.0 * math.pi / period, rel=1e-8)

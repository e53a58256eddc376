"""The centre manifold of a Bogdanov-Takens point, and the homoclinic loop on it."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation import points
from continuation.defining import Equations
from continuation.errors import ContinuationError
from continuation.normalforms.bogdanov_takens import CentreManifold, centre_manifold
from continuation.normalforms.loop import homoclinic_loop, width_at


def spatial() -> tuple[Equations, CentreManifold]:
    """A Bogdanov-Takens point at the origin, with a stable direction and nonlinear couplings."""
    system = ct.System.from_strings(
        {
            "x": "y + x*z + x**3/3",
            "y": "p + q*y + x**2 - x*y + p*z + z**2 + q*x**2",
            "z": "-z + x**2 + x*y/2 + q*x + p*y + y**3",
        },
        parameters={"p": 0.0, "q": 0.0},
    )
    equations = Equations(system, ("p", "q"), system.vector({}))
    found = points.bogdanov_takens(equations, np.zeros(5))
    return equations, centre_manifold(equations, found.y)


def test_manifold_is_invariant_up_to_terms_of_weight_eight() -> None:
    """With w_0 and beta of size s^2 and w_1 of size s^3 the defect of f = DH w' falls like s^8."""
    equations, manifold = spatial()
    direction = np.array([0.7, -0.4, 0.3, 0.5])
    scales, defects = np.array([0.05, 0.1, 0.2]), []
    for s in scales:
        e = direction * [s**2, s**3, s**2, s**2]
        g = manifold.flow(e[None, :])[0][0]
        h = 1e-6
        velocity = np.array([e[1], g, 0.0, 0.0])
        ahead, behind = (manifold.state((e + sign * h * velocity)[None, :])[0] for sign in (1, -1))
        x = manifold.state(e[None, :])
        f = equations.system.evaluate(x, equations.parameters(np.append(x[0], e[2:])))[0]
        defects.append(np.abs(f - (ahead - behind) / (2.0 * h)).max())
    slope = np.polyfit(np.log(scales), np.log(defects), 1)[0]
    assert slope > 7.0


def test_loop_of_the_normal_form_has_the_first_coefficients_of_its_series() -> None:
    """b2 = -(10/7 + 288/2401 e) e with e = sqrt(-b1) / 2, up to O(e^3)."""
    system = ct.System.from_strings(
        {"x": "y", "y": "b1 + b2*y + x**2 - x*y"}, parameters={"b1": 0.0, "b2": 0.0}
    )
    equations = Equations(system, ("b1", "b2"), system.vector({}))
    manifold = centre_manifold(equations, np.zeros(4))
    sizes, errors = [], []
    for width in (0.03, 0.1, 0.3):
        b1, b2 = homoclinic_loop(manifold, width).beta
        e = np.sqrt(-b1) / 2.0
        sizes.append(e)
        errors.append(abs(b2 + (10.0 / 7.0 + 288.0 / 2401.0 * e) * e))
    assert np.polyfit(np.log(sizes), np.log(errors), 1)[0] == pytest.approx(3.0, abs=0.05)


def test_loop_satisfies_the_equations_of_the_reduction() -> None:
    _, manifold = spatial()
    loop = homoclinic_loop(manifold, 0.05)
    y = np.linspace(-0.99, 0.99, 41)
    h = 1e-6
    behind, here, ahead = (loop.points(y + shift) for shift in (-h, 0.0, h))
    slope = (ahead[:, :2] - behind[:, :2]) / (2.0 * h)
    g = manifold.flow(here)[0]
    # dw_1 / dw_0 = G / w_1 along the orbit.
    assert here[:, 1] * slope[:, 1] == pytest.approx(g * slope[:, 0], abs=1e-9)


def test_width_is_measured_in_the_units_of_the_parameters() -> None:
    _, manifold = spatial()
    units = np.array([1.0, 2.0])
    loop = homoclinic_loop(manifold, width_at(manifold, units, 1e-3))
    assert np.abs(loop.beta / units).max() == pytest.approx(1e-3, rel=0.1)


def test_point_that_the_parameters_do_not_unfold_is_refused() -> None:
    system = ct.System.from_strings(
        {"x": "y", "y": "x**2 - x*y + p*q + q*x"}, parameters={"p": 0.0, "q": 0.0}
    )
    equations = Equations(system, ("p", "q"), system.vector({}))
    with pytest.raises(ContinuationError, match="not unfolded"):
        homoclinic_loop(centre_manifold(equations, np.zeros(4)), 0.1)

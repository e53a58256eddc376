"""Homoclinic orbits against values found by splitting of the separatrices, to 1e-12 or better."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation.curves.homoclinic import HomoclinicCurve
from continuation.newton import correct

# Values of b2 by shooting along both separatrices (DOP853 at 1e-13, bisection), good to 1e-12.
BOGDANOV_TAKENS = [(-0.01, -0.07172776301625), (-0.04, -0.1440510191604), (-0.16, -0.290464982482)]


@pytest.mark.parametrize(("b1", "b2"), BOGDANOV_TAKENS)
def test_cycles_of_the_bogdanov_takens_form_lead_to_its_homoclinic_orbit(
    b1: float, b2: float
) -> None:
    system = ct.System.from_strings(
        {"x": "y", "y": "b1 + b2*y + x**2 - x*y"}, parameters={"b1": b1, "b2": -1.5 * np.sqrt(-b1)}
    )
    rest = ct.equilibria(system, start=[-np.sqrt(-b1), 0.0], free="b2", within=(-3, 1))
    family = ct.cycles(rest["H1"], period_below=10.0 / (-b1) ** 0.25)
    loop = ct.homoclinic(family)
    assert loop.kind == "HHS"
    assert loop.parameters["b2"] == pytest.approx(b2, abs=2e-12)
    assert loop.state == pytest.approx([np.sqrt(-b1), 0.0], abs=1e-12)
    assert loop.normal_form.saddle_quantity == pytest.approx(b2 - np.sqrt(-b1), abs=1e-11)
    assert loop.normal_form.parameter_error < 1e-11
    assert loop.residual < 1e-11


def test_homoclinic_orbit_of_fast_morris_lecar_lies_beyond_a_fold_of_cycles() -> None:
    system = ct.System.from_strings(
        {
            "v": "y-(v+1/2)/2-2*w*(v+7/10)-(1+tanh((v+1/100)/(15/100)))/2*(v-1)",
            "w": "115/100*((1+tanh((v-z)/(145/1000)))/2-w)*cosh((v-1/10)/(29/100))",
        },
        parameters={"y": 0.1, "z": 0.1},
    )
    rest = ct.equilibria(system, start=[0.05, 0.33], free="y", within=(-0.2, 0.3))
    family = ct.cycles(rest["H1"], period_below=60.0)
    loop = ct.homoclinic(family)
    assert [point.kind for point in family.special] == ["LPC"]
    assert family["LPC1"].parameters["y"] == pytest.approx(0.0845694832465, abs=1e-11)
    assert loop.parameters["y"] == pytest.approx(0.07293069624496, abs=1e-12)
    assert loop.state == pytest.approx([-0.185964059747, 0.018996302782], abs=1e-11)
    values = np.sort(loop.eigenvalues.real)
    assert values == pytest.approx([-1.54289995, 0.42248481], abs=1e-8)
    assert loop.normal_form.saddle_quantity == pytest.approx(-1.12041513902, abs=1e-10)


def test_truncation_error_falls_at_least_with_the_square_of_the_distance_of_the_ends() -> None:
    b1, b2 = BOGDANOV_TAKENS[1]
    system = ct.System.from_strings(
        {"x": "y", "y": "b1 + b2*y + x**2 - x*y"}, parameters={"b1": b1, "b2": -0.3}
    )
    rest = ct.equilibria(system, start=[-0.2, 0.0], free="b2", within=(-3, 1))
    family = ct.cycles(rest["H1"], period_below=14.0)
    first, start = HomoclinicCurve.from_orbit(family.orbits[-1], system, "b2", 4)
    settings = ct.Settings(tolerance=1e-13, newton_steps=20)
    distances, errors = [], []
    for wanted in (1e-2, 3e-3, 1e-3, 3e-4):
        curve, z = first.lengthened(start.z, wanted)
        curve, z = curve.remeshed(z, 200)
        row = np.zeros(len(z))
        row[-2] = 1.0
        found = correct(curve, z, row, float(z[-2]), settings)
        assert found.converged
        distances.append(max(curve.distances(found.z)))
        errors.append(abs(found.z[-1] - b2))
    slope = np.polyfit(np.log(distances), np.log(errors), 1)[0]
    assert slope > 1.95


def test_loop_of_a_conservative_system_is_found_from_its_exact_orbit() -> None:
    """The flow x' = y, y' = x - x^2 + mu y has the loop x = 3/2 / cosh(t/2)^2 at mu = 0."""
    system = ct.System.from_strings({"x": "y", "y": "x - x**2 + mu*y"}, parameters={"mu": 0.0})
    t = np.linspace(-14.0, 14.0, 2001)
    x = 1.5 / np.cosh(t / 2.0) ** 2
    y = -1.5 * np.tanh(t / 2.0) / np.cosh(t / 2.0) ** 2
    orbit = ct.Orbit(t - t[0], np.array([x, y]), system, {"mu": 0.0})
    loop = ct.homoclinic(orbit, free="mu")
    assert loop.parameters["mu"] == pytest.approx(0.0, abs=1e-13)
    assert loop.state == pytest.approx([0.0, 0.0], abs=1e-13)
    assert loop.normal_form.saddle_quantity == pytest.approx(0.0, abs=1e-12)
    energy = loop.orbit.x[1] ** 2 / 2 - loop.orbit.x[0] ** 2 / 2 + loop.orbit.x[0] ** 3 / 3
    assert np.abs(energy).max() < 1e-9


def test_cycles_far_from_a_homoclinic_orbit_are_refused_in_one_sentence() -> None:
    system = ct.System.from_strings(
        {"x": "mu*x - y - x*(x**2 + y**2)", "y": "x + mu*y - y*(x**2 + y**2)"},
        parameters={"mu": -0.5},
    )
    rest = ct.equilibria(system, start=[0.0, 0.0], free="mu", within=(-0.5, 1.0))
    family = ct.cycles(rest["H1"])
    with pytest.raises(ct.ContinuationError, match=r"is no saddle|stays") as caught:
        ct.homoclinic(family)
    assert "\n" not in str(caught.value)


def test_homoclinic_asks_for_cycles_or_an_orbit() -> None:
    system = ct.System.from_strings({"x": "a - x**2"}, parameters={"a": 1.0})
    rest = ct.equilibria(system, start=[1.0], free="a", within=(0.5, 2))
    with pytest.raises(ValueError, match="branch of cycles"):
        ct.homoclinic(rest)

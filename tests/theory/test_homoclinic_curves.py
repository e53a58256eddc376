"""Curves of homoclinic orbits against exact curves, separatrix splitting, orders of convergence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad

import continuation as ct
import symgru as sg
from continuation.defining import Equations
from continuation.normalforms.bogdanov_takens import centre_manifold
from continuation.normalforms.loop import homoclinic_loop
from continuation.system import System

# b2 of the homoclinic orbit by splitting of the separatrices (DOP853 at 1e-13), good to 1e-12.
LOOPS = {
    -0.01: -0.07172776301625,
    -0.04: -0.1440510191604,
    -0.16: -0.290464982482048,
    -1.0: -0.743444266317685,
}

# gamma of the homoclinic orbits of (9), by the same method.
SPIRAL = {
    0.30: 0.036102861241454,
    0.31: 0.045250280003238,
    0.32: 0.054174676916215,
    0.325: 0.058707722328,
    0.335: 0.068444894105596,
}
WINDOW = {"b1": (0.26, 0.36), "gamma": (0.0, 0.11)}


def bogdanov_takens() -> System:
    return ct.System.from_strings(
        {"x": "y", "y": "b1 + b2*y + x**2 - x*y"}, parameters={"b1": -0.04, "b2": 0.0}
    )


def point_of_bogdanov_takens() -> ct.SpecialPoint:
    rest = ct.equilibria(bogdanov_takens(), start=[-0.2, 0.0], free="b2", within=(-1, 1))
    window = {"b1": (-1.2, 1.0), "b2": (-1.2, 1.0)}
    return ct.hopf_curve(rest["H1"], free=("b1", "b2"), within=window)["BT1"]


@pytest.fixture(scope="module")
def spiral_rest() -> ct.Branch:
    system = sg.families.eq9().compile()
    return ct.equilibria(
        system, start=(-0.6, -0.53), free="gamma", within=(0.0, 0.12), gamma=0.0535
    )


@pytest.fixture(scope="module")
def main_loops(spiral_rest: ct.Branch) -> ct.Branch:
    cycles = ct.cycles(spiral_rest["H1"])
    report = {"b1": list(SPIRAL)}
    return ct.homoclinic_curve(cycles, free=("b1", "gamma"), within=WINDOW, report=report)


@pytest.fixture(scope="module")
def small_loops(spiral_rest: ct.Branch) -> ct.Branch:
    hopfs = ct.hopf_curve(spiral_rest["H1"], free=("b1", "gamma"), within=WINDOW)
    points = [p for p in hopfs.special if p.kind == "BT" and p.parameters["b1"] < 0.3]
    return ct.homoclinic_curve(points[0], free=("b1", "gamma"), within=WINDOW)


def test_homoclinic_curve_of_the_bogdanov_takens_form_starts_at_the_point_itself() -> None:
    loops = ct.homoclinic_curve(
        point_of_bogdanov_takens(),
        free=("b1", "b2"),
        report={"b1": list(LOOPS)},
        settings=ct.Settings(intervals=200),
    )
    found = {round(p.parameters["b1"], 9): p.parameters["b2"] for p in loops.special}
    assert found == pytest.approx(LOOPS, abs=1e-12)
    assert loops.stop == (ct.StopReason.BOUND, ct.StopReason.START)


def test_predicted_parameters_have_an_error_of_order_six_in_the_size() -> None:
    """The width of the loop is O(epsilon^2), so that the slope in it is three."""
    system = ct.System.from_strings(
        {"x": "r*x*(1 - x/2) - x*y/(1 + x)", "y": "y*(-d + x/(1 + x)) - h"},
        parameters={"r": 1.0, "d": 0.19890912076585188, "h": 0.307264466923985},
    )
    equations = Equations(system, ("d", "h"), system.vector({}))
    rest = ct.equilibria(system, start=[0.8, 1.1], free="h", within=(0.1, 0.5), d=0.19)
    folds = ct.fold_curve(rest["LP1"], free=("d", "h"), within={"d": (0.1, 0.3), "h": (0.2, 0.5)})
    point = folds["BT1"]
    manifold = centre_manifold(
        equations, np.append(point.state, [point.parameters["d"], point.parameters["h"]])
    )
    widths, errors = np.array([0.02, 0.04, 0.08]), []
    units = {"d": (0.18, 0.22), "h": (0.29, 0.32)}
    for width in widths:
        loop = homoclinic_loop(manifold, float(width))
        d, h = manifold.y[-2:] + loop.beta
        curve = ct.homoclinic_curve(
            point,
            free=("d", "h"),
            within=units,
            report={"d": [d]},
            settings=ct.Settings(intervals=100),
        )
        exact = next(p for p in curve.special if p.kind == "UZ")
        errors.append(abs(exact.parameters["h"] - h))
    slope = np.polyfit(np.log(widths), np.log(errors), 1)[0]
    assert slope > 2.8


def test_homoclinic_curve_of_the_spiral_passes_through_independent_values(
    main_loops: ct.Branch,
) -> None:
    reported = [p for p in main_loops.special if p.kind == "UZ"]
    found = {round(p.parameters["b1"], 9): p.parameters["gamma"] for p in reported}
    assert found == pytest.approx(SPIRAL, abs=2e-12)


def test_main_homoclinic_curve_of_the_spiral_ends_at_its_bogdanov_takens_point_and_at_a_ghost(
    main_loops: ct.Branch,
) -> None:
    assert main_loops.stop == (ct.StopReason.COLLAPSED, ct.StopReason.NEAR_EQUILIBRIUM)
    point = main_loops["BT1"]
    found = point.parameters["b1"], point.parameters["gamma"]
    assert found == pytest.approx((0.3399196925759344, 0.07614847060076756), abs=1e-10)


def test_small_loops_of_the_spiral_end_where_the_saddle_becomes_a_saddle_node(
    small_loops: ct.Branch,
) -> None:
    """The same point to 1e-13 on meshes of 50 to 400 intervals."""
    end = small_loops["NCH1"]
    assert small_loops.stop == (ct.StopReason.SADDLE_NODE, ct.StopReason.START)
    assert end.parameters["b1"] == pytest.approx(0.296518349753971, abs=1e-11)
    assert end.parameters["gamma"] == pytest.approx(0.032442651855068, abs=1e-11)
    assert np.abs(end.eigenvalues).min() < 1e-12


def test_saddle_node_segment_joins_the_small_loops_to_the_main_curve(
    small_loops: ct.Branch,
) -> None:
    segment = ct.homoclinic_curve(small_loops["NCH1"], free=("b1", "gamma"), within=WINDOW)
    assert segment.kind == "homoclinic orbits to a saddle-node"
    assert segment.stop == (ct.StopReason.NEAR_EQUILIBRIUM, ct.StopReason.START)
    assert np.abs(segment.eigenvalues).min(axis=0).max() < 1e-8
    # There the main curve ends: its own end tends to this point, (0.29572, 0.03194).
    end = segment.parameters["b1"][-1], segment.parameters["gamma"][-1]
    assert end == pytest.approx((0.295719, 0.031942), abs=5e-6)


def test_non_central_orbit_leads_back_to_the_small_loops(small_loops: ct.Branch) -> None:
    back = ct.homoclinic_curve(
        small_loops["NCH1"], free=("b1", "gamma"), within=WINDOW, to="saddle"
    )
    assert back.kind == "homoclinic orbits"
    assert back.stop == (ct.StopReason.COLLAPSED, ct.StopReason.START)
    end = back["BT1"].parameters["b1"], back["BT1"].parameters["gamma"]
    assert end == pytest.approx((0.2959877452817085, 0.03195764241878729), abs=1e-10)


def test_neutral_saddle_lies_where_the_loop_is_conservative() -> None:
    """The loop of x' = y, y' = x - x^2 + y (m + k x) at k = m = 0 has trace m = 0 at the saddle."""
    system = ct.System.from_strings(
        {"x": "y", "y": "x - x**2 + y*(m + k*x)"}, parameters={"m": 0.0, "k": 0.1}
    )
    t = np.linspace(-14.0, 14.0, 2001)
    x, y = 1.5 / np.cosh(t / 2) ** 2, -1.5 * np.tanh(t / 2) / np.cosh(t / 2) ** 2
    loop = ct.homoclinic(
        ct.Orbit(t + 14.0, np.array([x, y]), system, {"m": 0.0, "k": 0.1}), free="m"
    )
    curve = ct.homoclinic_curve(loop, free=("m", "k"), within={"m": (-0.3, 0.3), "k": (-0.3, 0.3)})
    (neutral,) = (p for p in curve.special if p.kind == "NSS")
    assert neutral.parameters["m"] == pytest.approx(0.0, abs=1e-10)
    assert neutral.parameters["k"] == pytest.approx(0.0, abs=1e-10)
    # Melnikov: m = -k <x>, the mean of x over y^2 on the exact loop, to first order.
    weight = quad(lambda s: (np.tanh(s) / np.cosh(s) ** 2) ** 2, -20, 20)[0]
    mean = quad(lambda s: 1.5 * np.tanh(s) ** 2 / np.cosh(s) ** 6, -20, 20)[0] / weight
    near = np.abs(curve.parameters["k"]) < 0.03
    slope = np.polyfit(curve.parameters["k"][near], curve.parameters["m"][near], 2)[1]
    assert slope == pytest.approx(-mean, abs=1e-3)


def flipping(**values: float) -> tuple[System, ct.Orbit]:
    """A loop in the plane z = 0 that drives z' = c z + mu x and is coupled to z by alpha.

    At m = 0 the loop x = 1 / cosh(t/2)^2, y = x' has x^2 (1 - x) = y^2. It persists for all mu with
    alpha = 0 and for all alpha with mu = 0 (after B. Sandstede, J. Dyn. Differ. Equ. 9 (1997)
    269-288).
    """
    system = ct.System.from_strings(
        {
            "x": "y + (m - alpha*z)*x*(2 - 3*x)",
            "y": "x - 3*x**2/2 - 2*(m - alpha*z)*y",
            "z": "c*z + mu*x",
        },
        parameters={"m": 0.0, "alpha": 0.0, "mu": 0.0, "c": -0.5, **values},
    )
    t = np.linspace(-16.0, 16.0, 2001)
    x = 1.0 / np.cosh(t / 2) ** 2
    y = -x * np.tanh(t / 2)
    z = np.zeros_like(t)
    mu, c = system.parameters["mu"], system.parameters["c"]
    for i in range(1, len(t)):
        step = t[i] - t[i - 1]
        z[i] = np.exp(c * step) * z[i - 1] + mu * step * (x[i] + np.exp(c * step) * x[i - 1]) / 2
    return system, ct.Orbit(t + 16.0, np.array([x, y, z]), system, system.parameters)


def test_orbit_flips_where_its_leading_component_vanishes() -> None:
    _, orbit = flipping(mu=0.1)
    loop = ct.homoclinic(orbit, free="m")
    assert loop.parameters["m"] == pytest.approx(0.0, abs=1e-12)
    curve = ct.homoclinic_curve(loop, free=("mu", "m"), within={"mu": (-0.3, 0.3), "m": (-1, 1)})
    (flip,) = (p for p in curve.special if p.kind == "OFS")
    assert flip.parameters["mu"] == pytest.approx(0.0, abs=1e-9)
    assert np.abs(curve.parameters["m"]).max() < 1e-9


def test_inclination_flips_where_the_coupling_changes_sign() -> None:
    """Psi_z is alpha times the integral of a positive function."""
    _, orbit = flipping(alpha=0.1)
    loop = ct.homoclinic(orbit, free="m")
    curve = ct.homoclinic_curve(
        loop,
        free=("alpha", "m"),
        within={"alpha": (-0.3, 0.3), "m": (-1, 1)},
        settings=ct.Settings(detect=("IFS", "NCH")),
    )
    (flip,) = (p for p in curve.special if p.kind == "IFS")
    assert flip.parameters["alpha"] == pytest.approx(0.0, abs=1e-9)


def swirling(d: float, e: float) -> ct.SpecialPoint:
    """The loop of `flipping` drives z' = -d z + w + x/10, w' = -e z - d w: mu = -d +- sqrt(-e)."""
    system = ct.System.from_strings(
        {
            "x": "y + m*x*(2 - 3*x)",
            "y": "x - 3*x**2/2 - 2*m*y",
            "z": "-d*z + w + x/10",
            "w": "-e*z - d*w",
        },
        parameters={"m": 0.0, "d": d, "e": e},
    )
    orbit = ct.simulate(system, [1e-7, 1e-7, 0.0, 0.0], np.linspace(0.0, 34.0, 1601))
    return ct.homoclinic(orbit, free="m")


def test_saddle_becomes_a_saddle_focus_where_the_leading_eigenvalues_meet() -> None:
    curve = ct.homoclinic_curve(
        swirling(0.5, 0.1), free=("e", "m"), within={"e": (-0.15, 0.2), "m": (-1, 1)}
    )
    (double,) = (p for p in curve.special if p.kind == "DRS")
    assert double.parameters["e"] == pytest.approx(0.0, abs=1e-9)


def test_homoclinic_curve_ends_where_the_saddle_focus_has_a_hopf_bifurcation() -> None:
    curve = ct.homoclinic_curve(
        swirling(0.4, 1.0), free=("d", "m"), within={"d": (-0.5, 0.6), "m": (-1, 1)}
    )
    assert curve["SHH1"].parameters["d"] == pytest.approx(0.0, abs=1e-9)
    assert ct.StopReason.SHILNIKOV_HOPF in curve.stop


def test_order_of_the_parameters_does_not_matter(main_loops: ct.Branch) -> None:
    known = next(p for p in main_loops.special if p.parameters["b1"] == pytest.approx(0.31))
    start = replace(known, kind="HHS", label="HHS1")
    other = ct.homoclinic_curve(
        start,
        free=("gamma", "b1"),
        within={"gamma": (0.042, 0.06), "b1": (0.26, 0.36)},
        report={"b1": [0.32]},
    )
    (found,) = other.special
    assert found.parameters["gamma"] == pytest.approx(SPIRAL[0.32], abs=2e-12)


def test_a_homoclinic_curve_refuses_what_is_none_in_one_sentence(spiral_rest: ct.Branch) -> None:
    with pytest.raises(ValueError, match="starts at a homoclinic orbit") as caught:
        ct.homoclinic_curve(spiral_rest["H1"], free=("b1", "gamma"))
    assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match="two different parameters"):
        ct.homoclinic_curve(point_of_bogdanov_takens(), free=("b1", "b1"))
    with pytest.raises(ValueError, match="unknown parameter"):
        ct.homoclinic_curve(point_of_bogdanov_takens(), free=("b1", "b3"))

"""Where homoclinic orbits to a saddle-node begin and end: non-central orbits, cusps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import continuation as ct

WINDOW = {"y": (-0.2, 0.3), "z": (0.0, 0.2)}

# (y, z) where the unstable half of the centre manifold comes back along the strong stable one, by
# shooting (DOP853 at 1e-12, both manifolds to second order, ends 1e-3 away): error about 1e-10.
RETURNS = (0.0961966180, 0.0416759720)


def morris_lecar() -> ct.Branch:
    """A cycle family of fast Morris-Lecar equations that runs into a homoclinic orbit."""
    system = ct.System.from_strings(
        {
            "v": "y-(v+1/2)/2-2*w*(v+7/10)-(1+tanh((v+1/100)/(15/100)))/2*(v-1)",
            "w": "115/100*((1+tanh((v-z)/(145/1000)))/2-w)*cosh((v-1/10)/(29/100))",
        },
        parameters={"y": 0.1, "z": 0.1},
    )
    rest = ct.equilibria(system, start=[0.05, 0.33], free="y", within=(-0.2, 0.3))
    return ct.cycles(rest["H1"], period_below=60.0)


@pytest.fixture(scope="module")
def end() -> ct.SpecialPoint:
    """Where its saddle becomes a saddle-node."""
    fine = ct.Settings(intervals=100)
    loops = ct.homoclinic_curve(morris_lecar(), free=("y", "z"), within=WINDOW, settings=fine)
    return loops["NCH1"]


@pytest.fixture(scope="module")
def middle(end: ct.SpecialPoint) -> ct.SpecialPoint:
    """A central orbit on the curve that begins there."""
    curve = ct.homoclinic_curve(end, free=("y", "z"), within=WINDOW, report={"z": [0.06]})
    return replace(curve["UZ1"], kind="HSN", label="HSN1")


@pytest.fixture(scope="module")
def circles(middle: ct.SpecialPoint) -> ct.Branch:
    """All of the curve, from its middle to both ends."""
    fine = ct.Settings(intervals=100)
    return ct.homoclinic_curve(middle, free=("y", "z"), within=WINDOW, settings=fine)


def test_orbits_to_a_saddle_node_lie_between_two_non_central_ones(circles: ct.Branch) -> None:
    assert circles.stop == (ct.StopReason.NON_CENTRAL, ct.StopReason.NON_CENTRAL)
    assert [point.kind for point in circles.special] == ["NCH", "NCH"]
    assert max(point.residual for point in circles.special) < 1e-13


def test_non_central_orbit_is_the_same_from_its_two_curves(
    end: ct.SpecialPoint, circles: ct.Branch
) -> None:
    """The one is a zero of an eigenvalue on 100 intervals, the other has its own equations.

    From the saddles the point is the same to 1e-11 on meshes of 100 and 200 intervals.
    """
    assert end.parameters["y"] == pytest.approx(0.08607659680982, abs=1e-10)
    assert end.parameters["z"] == pytest.approx(0.07857179110074, abs=1e-10)
    highest = max(circles.special, key=lambda point: point.parameters["z"])
    for name in ("y", "z"):
        assert highest.parameters[name] == pytest.approx(end.parameters[name], abs=1e-12)


def test_other_end_is_where_shooting_along_the_centre_manifold_says(circles: ct.Branch) -> None:
    lowest = min(circles.special, key=lambda point: point.parameters["z"])
    found = lowest.parameters["y"], lowest.parameters["z"]
    assert found == pytest.approx(RETURNS, abs=3e-10)


def test_from_the_other_end_homoclinic_orbits_to_saddles_lead_to_the_bogdanov_takens_point(
    circles: ct.Branch,
) -> None:
    lowest = min(circles.special, key=lambda point: point.parameters["z"])
    back = ct.homoclinic_curve(lowest, free=("y", "z"), within=WINDOW, to="saddle")
    assert back.stop == (ct.StopReason.COLLAPSED, ct.StopReason.START)
    found = back["BT1"].parameters["y"], back["BT1"].parameters["z"]
    folds = ct.fold_curve(_fold(lowest), free=("y", "z"), within=WINDOW)
    exact = folds["BT1"].parameters["y"], folds["BT1"].parameters["z"]
    assert found == pytest.approx(exact, abs=1e-12)


def _fold(point: ct.SpecialPoint) -> ct.SpecialPoint:
    return replace(point, kind="LP", label="LP1", orbit=None)


def test_curve_stops_before_the_cusp_where_the_orbit_becomes_infinitely_slow() -> None:
    """On the circle the angular velocity mu + cos + q cos(2 angle) is quartic at q = 1/4."""
    rate = "mu + x + q*(2*x**2 - 1)"
    system = ct.System.from_strings(
        {"x": f"x*(1 - x**2 - y**2) - y*({rate})", "y": f"y*(1 - x**2 - y**2) + x*({rate})"},
        parameters={"mu": 1.5, "q": 0.0},
    )
    orbit = ct.simulate(system, [1.0, 0.0], np.linspace(0.0, 60.0, 3000))
    loop = ct.homoclinic(ct.cycles(orbit, free="mu", within=(0.5, 2.0)))
    window = {"mu": (0.3, 2.0), "q": (-0.5, 0.6)}
    curve = ct.homoclinic_curve(loop, free=("mu", "q"), within=window)
    assert curve.stop == (ct.StopReason.BOUND, ct.StopReason.CUSP)
    assert 0.24 < curve.parameters["q"].max() < 0.25
    total = curve.parameters["mu"] + curve.parameters["q"]
    assert total == pytest.approx(np.ones(len(curve)), abs=1e-12)

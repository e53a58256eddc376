"""Curves of bifurcating cycles in two parameters against exact answers.

Cycles are circles, around which frames turn by the whole angle or by half of it, so that their
multipliers and normal forms are known in closed form.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import continuation as ct
from continuation.curve import Solution
from continuation.normalforms.degenerate_cycles import (
    CycleChencinerNormalForm,
    CycleCuspNormalForm,
    DegenerateDoublingNormalForm,
)

WIDE = ct.Settings(max_step=0.2, intervals=20)

LURE = ct.System.from_strings(
    {"x": "y", "y": "z", "z": "-alpha*z - beta*y - x + x**2"},
    parameters={"alpha": 1.0, "beta": 1.0},
)
MORRIS_LECAR = ct.System.from_strings(
    {
        "v": "y - (v + 1/2)/2 - 2*w*(v + 7/10) - (1 + tanh((v + 1/100)/(15/100)))/2*(v - 1)",
        "w": "115/100*((1 + tanh((v - z)/(145/1000)))/2 - w)*cosh((v - 1/10)/(29/100))",
    },
    parameters={"y": 0.11, "z": 0.1},
)


def kinds(branch: ct.Branch) -> list[str]:
    return [point.kind for point in branch.special]


def radial(growth: str, more: dict[str, str] | None = None, **parameters: float) -> ct.System:
    """The flow r' = r growth(s), phi' = 1 + s/3, with s = r^2."""
    s = "(x**2 + y**2)"
    growth, turn = growth.replace("s", s), f"(1 + {s}/3)"
    rhs = {"x": f"({growth})*x - {turn}*y", "y": f"({growth})*y + {turn}*x"}
    return ct.System.from_strings(rhs | (more or {}), parameters=parameters)


def moebius(more: dict[str, str] | None = None, **parameters: float) -> ct.System:
    """On the circle, in a frame (xi, eta) that turns by half of the angle, phi' = 1 + xi^2/5.

    There xi' = be xi - g xi^3 - xi^5/2; a further variable is slaved to xi^2 and adds 0.12 to the
    cubic coefficient -g.
    """
    first, second = "((1 + x)*p + y*q)/2", "(y*p + (1 - x)*q)/2"
    square = f"(p*{first} + q*{second})"
    speed = f"(1 + {square}/5)"
    grow = f"(be + 1 - g*{square} - {square}**2/2 + 0.3*z)"
    rhs = {
        "x": f"(1 - x**2 - y**2)*x - {speed}*y",
        "y": f"(1 - x**2 - y**2)*y + {speed}*x",
        "p": f"-{speed}*q/2 + {grow}*{first} - p",
        "q": f"{speed}*p/2 + {grow}*{second} - q",
        "z": f"-0.5*z + 0.2*{square}",
    }
    return ct.System.from_strings(
        rhs | (more or {}), parameters={"be": -0.1, "g": 0.7} | parameters
    )


def torus(more: dict[str, str] | None = None, **parameters: float) -> ct.System:
    """On the circle, phi' = 1 + |W|^2/5, W = p + i q, with z slaved to |W|^2.

    W' = (al + i (be - |W|^2/4) - g |W|^2 - |W|^4/2 + 0.3 z) W.
    """
    square = "(p**2 + q**2)"
    speed, turn = f"(1 + {square}/5)", f"(be - {square}/4)"
    grow = f"(al - g*{square} - {square}**2/2 + 0.3*z)"
    rhs = {
        "x": f"(1 - x**2 - y**2)*x - {speed}*y",
        "y": f"(1 - x**2 - y**2)*y + {speed}*x",
        "p": f"{grow}*p - {turn}*q",
        "q": f"{grow}*q + {turn}*p",
        "z": f"-0.5*z + 0.2*{square}",
    }
    return ct.System.from_strings(
        rhs | (more or {}), parameters={"al": -0.1, "be": 0.3, "g": 0.7} | parameters
    )


def around(system: ct.System, free: str) -> ct.Branch:
    """The cycle r = 1 with all else at rest, in one parameter."""
    start = np.zeros(system.dimension)
    start[0] = 1.0
    orbit = ct.simulate(system, start, np.linspace(0.0, 50.0, 200))
    return ct.cycles(orbit, free=free, within=(-0.15, 0.15), settings=WIDE)


def test_folds_of_cycles_of_the_bautin_form_end_at_its_generalised_hopf_point() -> None:
    system = radial("mu + nu*s - s**2", mu=-0.1, nu=1.0)
    rest = ct.equilibria(system, start=(0.0, 0.0), free="mu", within=(-0.5, 0.5))
    fold = ct.cycles(rest["H1"], settings=WIDE)["LPC1"]
    window = {"mu": (-1.0, 1.0), "nu": (-1.0, 2.0)}
    branch = ct.cycle_fold_curve(fold, free=("mu", "nu"), within=window, settings=WIDE)
    mu, nu = branch.parameters["mu"], branch.parameters["nu"]
    assert mu == pytest.approx(-(nu**2) / 4.0, abs=1e-9)
    assert branch.measures["x_max"] ** 2 == pytest.approx(nu / 2.0, abs=1e-6)
    assert set(branch.stop) == {ct.StopReason.AT_HOPF, ct.StopReason.BOUND}
    assert nu.min() < 1e-4
    assert kinds(branch) == []


def test_cusp_of_cycles() -> None:
    """With s = r^2 - 1, mu + nu s - s^3 has folds at nu = 3 s^2, mu = -2 s^3: a cusp at zero."""
    system = radial("mu + nu*(s - 1) - (s - 1)**3", mu=0.0, nu=0.3)
    orbit = ct.simulate(system, (1.3, 0.0), np.linspace(0.0, 100.0, 300))
    family = ct.cycles(orbit, free="mu", within=(-0.5, 0.5), settings=WIDE)
    fold = family["LPC1"]
    window = {"mu": (-0.5, 0.5), "nu": (-0.2, 0.6)}
    branch = ct.cycle_fold_curve(fold, free=("mu", "nu"), within=window, settings=WIDE)
    mu, nu = branch.parameters["mu"], branch.parameters["nu"]
    assert 27.0 * mu**2 == pytest.approx(4.0 * nu**3, abs=1e-9)
    assert kinds(branch) == ["CPC"]
    cusp = branch["CPC1"]
    assert [cusp.parameters["mu"], cusp.parameters["nu"]] == pytest.approx([0.0, 0.0], abs=1e-10)
    assert cusp.residual < 1e-11
    # With rho = r - 1: rho' = -8 rho^3 and phi' = (1 + rho/2) 4/3, xi = -rho/2.
    assert isinstance(cusp.normal_form, CycleCuspNormalForm)
    assert cusp.normal_form.c == pytest.approx(-32.0, rel=1e-6)


def test_folds_of_cycles_of_morris_lecar_agree_with_those_found_in_one_parameter() -> None:
    folds = []
    for z in (0.1, 0.12):
        rest = ct.equilibria(MORRIS_LECAR, start=(0.03, 0.3), free="y", within=(-0.1, 0.2), z=z)
        folds.append(ct.cycles(rest["H1"], settings=ct.Settings(max_step=0.1))["LPC1"])
    window = {"y": (0.0, 0.2), "z": (0.05, 0.2)}
    branch = ct.cycle_fold_curve(
        folds[0], free=("y", "z"), within=window, report={"z": [0.1, 0.12]}
    )
    for fold in folds:
        [point] = [p for p in branch.special if p.parameters["z"] == fold.parameters["z"]]
        assert point.parameters["y"] == pytest.approx(fold.parameters["y"], abs=1e-9)
        assert point.period == pytest.approx(fold.period, rel=1e-7)
    assert set(branch.stop) == {ct.StopReason.AT_HOPF, ct.StopReason.NEAR_HOMOCLINIC}
    assert folds[0].parameters["y"] == pytest.approx(0.0845694832465, abs=1e-11)


def test_fold_neimark_sacker_point_on_folds_of_cycles() -> None:
    """A pair of rate nu - 0.5 beside the Bautin form."""
    pair = {"p": "(nu - 0.5)*p - 0.4*q", "q": "(nu - 0.5)*q + 0.4*p"}
    system = radial("mu + nu*s - s**2", pair, mu=-0.1, nu=0.8)
    rest = ct.equilibria(system, start=np.zeros(4), free="mu", within=(-0.5, 0.5))
    fold = ct.cycles(rest["H1"], settings=WIDE)["LPC1"]
    window = {"mu": (-1.0, 1.0), "nu": (0.2, 1.0)}
    branch = ct.cycle_fold_curve(fold, free=("mu", "nu"), within=window, settings=WIDE)
    assert kinds(branch) == ["LPNS"]
    point = branch["LPNS1"]
    assert point.parameters["nu"] == pytest.approx(0.5, abs=1e-10)
    assert point.parameters["mu"] == pytest.approx(-0.0625, abs=1e-10)


def test_period_doublings_of_the_lure_system_are_symmetric() -> None:
    """Reversing time changes the sign of alpha; on alpha = 0 the multiplier -1 is double."""
    settings = ct.Settings(max_step=0.1)
    rest = ct.equilibria(LURE, start=(0.0, 0.0, 0.0), free="alpha", within=(-1.5, 1.5))
    point = ct.cycles(rest["H1"], settings=settings)["PD1"]
    window = {"alpha": (-1.0, 1.0), "beta": (0.1, 2.0)}
    branch = ct.period_doubling_curve(
        point, free=("alpha", "beta"), within=window, settings=settings, report={"beta": [1.0]}
    )
    assert kinds(branch) == ["UZ", "R2", "UZ"]
    ends = [p.parameters["alpha"] for p in branch.special if p.kind == "UZ"]
    assert sorted(ends) == pytest.approx([-0.6303020062, 0.6303020062], abs=1e-9)
    assert branch["R21"].parameters["alpha"] == pytest.approx(0.0, abs=1e-7)
    assert branch.parameters["beta"][0] == pytest.approx(branch.parameters["beta"][-1], abs=1e-9)


def test_generalised_period_doubling_of_a_moebius_band() -> None:
    point = around(moebius(), "be")["PD1"]
    window = {"be": (-0.5, 0.5), "g": (-0.5, 1.0)}
    branch = ct.period_doubling_curve(point, free=("be", "g"), within=window, settings=WIDE)
    assert branch.parameters["be"] == pytest.approx(0.0, abs=1e-9)
    assert kinds(branch) == ["GPD"]
    assert branch["GPD1"].parameters["g"] == pytest.approx(0.12, abs=1e-10)
    form = branch["GPD1"].normal_form
    assert isinstance(form, DegenerateDoublingNormalForm)
    assert form.e == pytest.approx(-0.5 / (2.0 * np.pi) ** 2, rel=1e-6)
    assert form.a1 == pytest.approx(0.2 / (2.0 * np.pi), rel=1e-6)
    assert form.a2 == pytest.approx(0.0, abs=1e-6)


def test_flip_neimark_sacker_point_on_period_doublings() -> None:
    pair = {"u": "(g - 0.3)*u - 0.4*w", "w": "(g - 0.3)*w + 0.4*u"}
    point = around(moebius(pair, g=0.2), "be")["PD1"]
    window = {"be": (-0.5, 0.5), "g": (0.15, 0.6)}
    branch = ct.period_doubling_curve(point, free=("be", "g"), within=window, settings=WIDE)
    assert kinds(branch) == ["PDNS"]
    assert branch["PDNS1"].parameters["g"] == pytest.approx(0.3, abs=1e-10)


def test_chenciner_point_of_a_torus() -> None:
    point = around(torus(), "al")["NS1"]
    window = {"al": (-0.5, 0.5), "g": (-0.5, 1.0)}
    branch = ct.torus_curve(point, free=("al", "g"), within=window, settings=WIDE)
    assert branch.parameters["al"] == pytest.approx(0.0, abs=1e-9)
    assert branch.measures["theta"] == pytest.approx(0.6 * np.pi, abs=1e-8)
    assert kinds(branch) == ["CH"]
    assert branch["CH1"].parameters["g"] == pytest.approx(0.12, abs=1e-10)
    form = branch["CH1"].normal_form
    assert isinstance(form, CycleChencinerNormalForm)
    assert form.e == pytest.approx(-0.5 / np.pi**2, rel=1e-6)
    assert abs(form.im_d) == pytest.approx(0.25 / np.pi, rel=1e-6)
    assert form.a1 == pytest.approx(0.2 / np.pi, rel=1e-6)
    assert form.a2 == pytest.approx(0.0, abs=1e-6)


def test_strong_resonances_of_a_torus() -> None:
    """The angle is 2 pi be: 1:4 at 1/4, 1:3 at 1/3."""
    point = around(torus(), "al")["NS1"]
    window = {"al": (-0.5, 0.5), "be": (0.2, 0.45)}
    branch = ct.torus_curve(point, free=("al", "be"), within=window, settings=WIDE)
    assert branch.parameters["al"] == pytest.approx(0.0, abs=1e-9)
    found = sorted((p.kind, p.parameters["be"]) for p in branch.special)[::-1]
    assert [kind for kind, _ in found] == ["R4", "R3"]
    assert [be for _, be in found] == pytest.approx([1.0 / 4.0, 1.0 / 3.0], abs=1e-10)


def test_double_neimark_sacker_point_and_flip_on_tori() -> None:
    pair = {"u": "(g - 0.3)*u - 0.2*w", "w": "(g - 0.3)*w + 0.2*u"}
    point = around(torus(pair, g=0.2), "al")["NS1"]
    window = {"al": (-0.5, 0.5), "g": (0.15, 0.6)}
    branch = ct.torus_curve(point, free=("al", "g"), within=window, settings=WIDE)
    assert kinds(branch) == ["NSNS"]
    assert branch["NSNS1"].parameters["g"] == pytest.approx(0.3, abs=1e-10)


def test_curves_of_cycles_refuse_points_of_equilibria() -> None:
    rest = ct.equilibria(LURE, start=(0.0, 0.0, 0.0), free="alpha", within=(-1.5, 1.5))
    for verb in (ct.cycle_fold_curve, ct.period_doubling_curve, ct.torus_curve):
        with pytest.raises(ValueError, match="H1"):
            verb(rest["H1"], free=("alpha", "beta"))


def test_cycles_of_a_fixed_period() -> None:
    """The cycle of r' = r (mu - s), phi' = 1 + k s, s = mu, keeps its period where k mu does."""
    system = ct.System.from_strings(
        {
            "x": "(mu - x**2 - y**2)*x - (1 + k*(x**2 + y**2))*y",
            "y": "(mu - x**2 - y**2)*y + (1 + k*(x**2 + y**2))*x",
        },
        parameters={"mu": -0.1, "k": 0.5},
    )
    rest = ct.equilibria(system, start=(0.0, 0.0), free="mu", within=(-0.5, 1.0))
    family = ct.cycles(rest["H1"], report={"mu": [0.5]}, settings=WIDE)
    window = {"mu": (0.1, 1.0), "k": (0.1, 2.0)}
    branch = ct.fixed_period_curve(family["UZ1"], ("mu", "k"), within=window, settings=WIDE)
    assert branch.periods == pytest.approx(2.0 * np.pi / 1.25, rel=1e-10)
    assert branch.parameters["mu"] * branch.parameters["k"] == pytest.approx(0.25, abs=1e-7)
    assert np.all(branch.stable)
    assert kinds(branch) == []


def test_a_fixed_period_of_the_lure_system_meets_its_period_doubling_once() -> None:
    """Started at the period doubling, which is the only one of this period on one side."""
    settings = ct.Settings(max_step=0.1)
    rest = ct.equilibria(LURE, start=(0.0, 0.0, 0.0), free="alpha", within=(-1.5, 1.5))
    point = ct.cycles(rest["H1"], settings=settings)["PD1"]
    window = {"alpha": (0.5, 0.8), "beta": (0.5, 1.5)}
    branch = ct.fixed_period_curve(point, ("alpha", "beta"), within=window, settings=settings)
    assert branch.periods == pytest.approx(point.period, rel=1e-9)
    assert kinds(branch) == ["PD"]
    assert branch["PD1"].parameters["beta"] == pytest.approx(1.0, abs=1e-8)
    assert len(set(branch.stable)) == 2


def test_folds_of_cycles_from_a_generalised_hopf_point() -> None:
    system = radial("mu + nu*s - s**2", mu=-0.1, nu=1.0)
    rest = ct.equilibria(system, start=(0.0, 0.0), free="mu", within=(-0.5, 0.5))
    window = {"mu": (-1.0, 1.0), "nu": (-1.0, 2.0)}
    hopfs = ct.hopf_curve(rest["H1"], free=("mu", "nu"), within=window)
    branch = ct.cycle_fold_curve(hopfs["GH1"], free=("mu", "nu"), within=window, settings=WIDE)
    mu, nu = branch.parameters["mu"], branch.parameters["nu"]
    assert mu == pytest.approx(-(nu**2) / 4.0, abs=1e-8)
    assert set(branch.stop) == {ct.StopReason.AT_HOPF, ct.StopReason.BOUND}
    assert nu.max() == pytest.approx(2.0, abs=1e-12)


def test_tori_from_a_double_hopf_point() -> None:
    """Amplitudes r1' = r1 (m1 - r1^2 - r2^2/2), r2' = r2 (m2 - 3 r1^2/10 - r2^2).

    The cycle r1^2 = m1 has its pair on the circle at m2 = 3 m1/10, that of
    r2^2 = m2 at m1 = m2/2.
    """
    first, second = "(x**2 + y**2)", "(p**2 + q**2)"
    one, other = f"(m1 - {first} - {second}/2)", f"(m2 - 3*{first}/10 - {second})"
    rhs = {
        "x": f"{one}*x - y", "y": f"{one}*y + x",
        "p": f"{other}*p - 1.7*q", "q": f"{other}*q + 1.7*p",
    }  # fmt: skip
    system = ct.System.from_strings(rhs, parameters={"m1": -0.3, "m2": -0.1})
    rest = ct.equilibria(system, start=np.zeros(4), free="m1", within=(-0.5, 0.5))
    window = {"m1": (-1.0, 1.0), "m2": (-1.0, 1.0)}
    point = ct.hopf_curve(rest["H1"], free=("m1", "m2"), within=window)["HH1"]
    for pair, slopes in ((0, (0.3, 1.0)), (1, (1.0, 0.5))):
        branch = ct.torus_curve(point, free=("m1", "m2"), within=window, settings=WIDE, pair=pair)
        m1, m2 = branch.parameters["m1"], branch.parameters["m2"]
        assert slopes[0] * m1 == pytest.approx(slopes[1] * m2, abs=1e-8)
        assert set(branch.stop) == {ct.StopReason.AT_HOPF, ct.StopReason.BOUND}
        assert kinds(branch) == []


def test_tori_from_a_zero_hopf_point() -> None:
    """With z' = b1 + z^2 + r^2, r' = r (b2 - z): centres at b2 = 0, theta = sqrt(-8 b1) pi."""
    system = ct.System.from_strings(
        {"z": "b1 + z**2 + x**2 + y**2", "x": "(b2 - z)*x - y", "y": "(b2 - z)*y + x"},
        parameters={"b1": -0.3, "b2": 0.1},
    )
    rest = ct.equilibria(system, start=(-0.5, 0.0, 0.0), free="b1", within=(-0.5, 1.0))
    window = {"b1": (-0.1, 0.1), "b2": (-1.0, 1.0)}
    point = ct.hopf_curve(rest["H1"], free=("b1", "b2"), within=window)["ZH1"]
    branch = ct.torus_curve(point, free=("b1", "b2"), within=window, settings=WIDE)
    assert branch.parameters["b2"] == pytest.approx(0.0, abs=1e-8)
    found = sorted((p.kind, p.parameters["b1"]) for p in branch.special)
    assert [kind for kind, _ in found] == ["R3", "R4"]
    assert [b1 for _, b1 in found] == pytest.approx([-1.0 / 18.0, -1.0 / 32.0], abs=1e-9)


def beside_a_circle(rate: str) -> ct.SpecialPoint:
    """The branch point at be = 0 of w' = rate(w) beside the circle phi' = 1 + w/3."""
    system = ct.System.from_strings(
        {
            "x": "(1 - x**2 - y**2)*x - (1 + w/3)*y",
            "y": "(1 - x**2 - y**2)*y + (1 + w/3)*x",
            "w": rate,
        },
        parameters={"be": -0.1, "al": 0.0},
    )
    return around(system, "be")["BPC1"]


@pytest.mark.parametrize("term", ["w**3", "w**2"])
def test_branch_points_of_cycles_that_a_second_parameter_keeps(term: str) -> None:
    """They lie on be = al - al^2."""
    point = beside_a_circle(f"(be - al + al**2)*w - {term} + x*w/5")
    window = {"be": (-0.5, 0.5), "al": (-0.3, 0.3)}
    branch = ct.branch_point_curve(point, free=("be", "al"), within=window, settings=WIDE)
    al = branch.parameters["al"]
    assert branch.parameters["be"] == pytest.approx(al - al**2, abs=1e-8)
    assert [al.min(), al.max()] == pytest.approx([-0.3, 0.3], abs=1e-12)


def test_a_parameter_that_breaks_a_branch_point_of_cycles_is_refused() -> None:
    point = beside_a_circle("be*w - w**2 + al")
    with pytest.raises(ct.ContinuationError, match="al breaks BPC1"):
        ct.branch_point_curve(point, free=("be", "al"))


def test_branch_points_of_cycles_end_where_a_second_parameter_breaks_them() -> None:
    """To first order al keeps the branch point; its square does not."""
    point = beside_a_circle("be*w - w**2 + al**2")
    window = {"be": (-0.5, 0.5), "al": (-0.3, 0.3)}
    branch = ct.branch_point_curve(point, free=("be", "al"), within=window, settings=WIDE)
    assert set(branch.stop) == {ct.StopReason.BROKEN}


@pytest.fixture(scope="module")
def forced() -> ct.System:
    """A van der Pol oscillator, forced by a circle of frequency w."""
    rhs = {
        "x": "(1 - x**2 - y**2)*x - w*y", "y": "(1 - x**2 - y**2)*y + w*x",
        "u": "v", "v": "mu*(1 - u**2)*v - u + F*x",
    }  # fmt: skip
    return ct.System.from_strings(rhs, parameters={"F": 1.0, "w": 1.2, "mu": 0.2})


def test_a_closed_family_of_locked_cycles_is_run_through_once(forced: ct.System) -> None:
    """It comes back with another phase."""
    orbit = ct.simulate(forced, (1.0, 0.0, 0.5, 0.5), np.linspace(0.0, 600.0, 3000), F=0.15, w=1.0)
    branch = ct.cycles(orbit, free="w", within=(0.7, 1.4), settings=ct.Settings(max_step=0.1))
    assert branch.stop == (ct.StopReason.CLOSED, ct.StopReason.CLOSED)
    assert kinds(branch) == ["LPC", "LPC"]


def test_tori_end_where_folds_of_cycles_have_a_double_multiplier(forced: ct.System) -> None:
    """The 1:1 resonance at one edge of the tongue, from either curve, to twelve digits."""
    settings = ct.Settings(max_step=0.1)
    window = {"F": (0.05, 1.5), "w": (0.8, 1.4)}
    times = np.linspace(0.0, 600.0, 3000)
    strong = ct.simulate(forced, (1.0, 0.0, 0.5, 0.5), times, F=1.0, w=1.2)
    torus_point = ct.cycles(strong, free="w", within=(1.1, 1.4), settings=settings)["NS1"]
    tori = ct.torus_curve(torus_point, free=("w", "F"), within=window, settings=settings)
    weak = ct.simulate(forced, (1.0, 0.0, 0.5, 0.5), times, F=0.15, w=1.0)
    fold_point = ct.cycles(weak, free="w", within=(0.7, 1.4), settings=settings)["LPC1"]
    folds = ct.cycle_fold_curve(fold_point, free=("w", "F"), within=window, settings=settings)
    assert ct.StopReason.RESONANCE in tori.stop
    end = tori["R11"].parameters
    assert sorted(kinds(folds)) == ["CPC", "CPC", "R1", "R1"]
    [met] = [p for p in folds.special if p.kind == "R1" and p.parameters["w"] > 1.0]
    assert [met.parameters["w"], met.parameters["F"]] == pytest.approx(
        [end["w"], end["F"]], abs=1e-10
    )


@pytest.mark.parametrize(
    ("name", "property_of"),
    [
        ("size", lambda solution: solution.orbit.max("x") - 1.0),
        ("period", lambda solution: solution.period - 10.0 * np.pi / 6.0),
        ("both", lambda solution: solution.orbit.max("x") * solution.period - 10.0 * np.pi / 6.0),
    ],
)
def test_cycles_of_a_given_size_or_period_lie_on_mu_plus_nu_equals_one(
    name: str, property_of: Callable[[Solution], float]
) -> None:
    """r^4 = mu + nu r^2 and T = 2 pi / (1 + r^2 / 5): at r = 1 the line, LPC at mu = -nu^2 / 4."""
    system = ct.System.from_strings(
        {
            "x": "(mu + nu*(x**2 + y**2) - (x**2 + y**2)**2)*x - (1 + (x**2 + y**2)/5)*y",
            "y": "(mu + nu*(x**2 + y**2) - (x**2 + y**2)**2)*y + (1 + (x**2 + y**2)/5)*x",
        },
        parameters={"mu": 0.5, "nu": 0.3},
    )
    orbit = ct.simulate(system, [1.0, 0.1], np.linspace(0.0, 60.0, 200))
    events = {name: property_of}
    family = ct.cycles(orbit, free="mu", within=(-0.5, 2.0), events=events)
    within = {"mu": (-2.0, 2.0), "nu": (-2.0, 3.0)}
    curve = ct.event_curve(family[f"{name}1"], events=events, free=("mu", "nu"), within=within)
    assert curve.parameters["mu"] + curve.parameters["nu"] == pytest.approx(1.0, abs=1e-7)
    assert curve.measures["x_max"] == pytest.approx(1.0, abs=1e-7)
    assert [point.kind for point in curve.special] == ["LPC"]
    fold = curve.special[0].parameters
    assert (fold["mu"], fold["nu"]) == pytest.approx((-1.0, 2.0), abs=1e-7)
    assert set(curve.stop) == {ct.StopReason.BOUND}
    narrow = {"mu": (-0.5, 1.0), "nu": (-1.0, 2.0)}
    part = ct.event_curve(family[f"{name}1"], events=events, free=("mu", "nu"), within=narrow)
    whole = ct.extend(part, within=within, events=events)
    assert np.ptp(whole.parameters["mu"]) == pytest.approx(np.ptp(curve.parameters["mu"]), abs=1e-7)


def test_event_curve_of_cycles_needs_a_function_that_vanishes() -> None:
    system = ct.System.from_strings(
        {"x": "(a - x**2 - y**2)*x - y", "y": "(a - x**2 - y**2)*y + x"},
        parameters={"a": 1.0, "b": 0.0},
    )
    orbit = ct.simulate(system, [1.0, 0.1], np.linspace(0.0, 60.0, 200))
    family = ct.cycles(orbit, free="a", within=(0.5, 2.0), report={"a": [1.5]})
    with pytest.raises(ValueError, match="must vanish at the start, but it is"):
        ct.event_curve(family["UZ1"], events={"UZ": lambda s: s.period - 1.0}, free=("a", "b"))

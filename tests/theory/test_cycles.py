"""Families of cycles against exact answers and independent numbers.

Reference numbers without a closed form come from shooting with DOP853 at tolerances of 1e-12 to
1e-13, variational equations from SymPy, and a 40-digit Newton iteration at equilibria; the systems
are those of the literature named beside them.
"""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation.collocation import assembly
from continuation.normalforms.branching import BranchPointNormalForm

WIDE = ct.Settings(max_step=1.0)

BAUTIN = ct.System.from_strings(
    {
        "x": "mu*x - y + x*(nu*(x**2 + y**2) - (x**2 + y**2)**2)",
        "y": "x + mu*y + y*(nu*(x**2 + y**2) - (x**2 + y**2)**2)",
    },
    parameters={"mu": -0.1, "nu": 1.0},
)
TORUS = ct.System.from_strings(
    {
        "x": "(1 - x**2 - y**2)*x - y",
        "y": "(1 - x**2 - y**2)*y + x",
        "p": "al*p - be*q",
        "q": "be*p + al*q",
    },
    parameters={"al": -0.05, "be": 0.3},
)
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
CO_OXIDATION = ct.System.from_strings(
    {
        "x": "2*q1*(1 - x - y - s)**2 - 2*q5*x**2 - q3*x*y",
        "y": "q2*(1 - x - y - s) - q6*y - q3*x*y",
        "s": "q4*(1 - x - y - s - k*s)",
    },
    parameters={
        "q1": 2.5, "q2": 2.204678, "q3": 10.0, "q4": 0.0675, "q5": 1.0, "q6": 0.1, "k": 0.4,
    },
)  # fmt: skip
BRUSSELATOR = ct.System.from_strings(
    {"x": "A - (B + 1)*x + x**2*y", "y": "B*x - x**2*y"}, parameters={"A": 1.0, "B": 1.5}
)


def kinds(branch: ct.Branch) -> list[str]:
    return [point.kind for point in branch.special]


@pytest.fixture(scope="module")
def nine(eq9: ct.System) -> ct.Branch:
    """Cycles of family (9), from the Hopf point to the homoclinic orbit."""
    rest = ct.equilibria(eq9, start=(-0.6, -0.5), free="gamma", within=(-0.6, 0.6))
    report = {"gamma": [0.0532, 0.0535, 0.054085, 0.05415]}
    return ct.cycles(rest["H1"], report=report, settings=WIDE)


def test_periods_of_family_nine(nine: ct.Branch) -> None:
    periods = [point.period for point in nine.special]
    expected = [87.0653663578, 88.3610561318, 99.8835807255, 108.7202276044]
    assert periods == pytest.approx(expected, abs=1e-8)


def test_multipliers_of_family_nine(nine: ct.Branch) -> None:
    found = [
        point.multipliers[1].real for point in nine.special[1:3] if point.multipliers is not None
    ]
    assert found == pytest.approx([0.76491852049, 0.4779804711], abs=1e-9)
    assert nine.measures["trivial_error"].max() < 1e-8


def test_family_nine_has_no_fold_of_cycles_and_ends_at_the_homoclinic_orbit(
    nine: ct.Branch,
) -> None:
    assert kinds(nine) == ["UZ"] * 4
    assert nine.stop[0] is ct.StopReason.NEAR_HOMOCLINIC
    assert np.all(np.diff(nine.parameters["gamma"]) > 0.0)
    assert nine.periods is not None and nine.periods[-1] > 150.0
    assert nine.parameters["gamma"][-1] == pytest.approx(0.054174676916215, abs=1e-9)
    assert np.all(nine.stable)


def test_a_bound_of_the_period_is_reached_beyond_where_the_parameter_stands_still(
    eq9: ct.System,
) -> None:
    rest = ct.equilibria(eq9, start=(-0.6, -0.5), free="gamma", within=(-0.6, 0.6))
    branch = ct.cycles(rest["H1"], period_below=300.0, settings=WIDE)
    assert branch.stop[0] is ct.StopReason.PERIOD_BOUND
    assert branch.special == ()
    assert len(branch) < 70


def test_periods_and_multipliers_of_family_eight(eq8: ct.System) -> None:
    rows = [
        (np.pi / 5.0, 3.0, 17.457965280411, 0.057024955),
        (0.8, 3.0, 12.208510063992, 0.59538349),
        (0.6, 2.9, 18.528290543009, 0.057492982),
        (0.5, 2.5, 23.07526739013, 0.13859549),
    ]
    for alpha, beta, period, multiplier in rows:
        rest = ct.equilibria(
            eq8, start=(0.0, 0.0), free="alpha", within=(0.1, 1.2), alpha=1.0, beta=beta, s=0.0
        )
        branch = ct.cycles(rest["H1"], within=(alpha - 0.01, 1.2), report={"alpha": [alpha]})
        point = branch["UZ1"]
        assert point.period == pytest.approx(period, abs=1e-9)
        assert point.multipliers is not None
        assert point.multipliers[1].real == pytest.approx(multiplier, abs=1e-8)


def test_period_of_family_eight_near_the_saddle_node_on_an_invariant_circle(eq8: ct.System) -> None:
    """T sqrt(alpha - alpha_SN) is 26.878, 26.992 and 27.028 at distances 1e-4, 1e-5, 1e-6."""
    fold = 0.1478220706790665
    rest = ct.equilibria(eq8, start=(0.0, 0.0), free="alpha", within=(fold, 1.2), alpha=1.0)
    distances = np.array([1e-4, 1e-5, 1e-6])
    branch = ct.cycles(rest["H1"], report={"alpha": list(fold + distances)}, settings=WIDE)
    periods = np.array([point.period for point in branch.special if point.kind == "UZ"])
    scaled = periods * np.sqrt(distances)
    assert scaled == pytest.approx([26.878, 26.992, 27.028], abs=6e-4)
    assert set(kinds(branch)) == {"UZ"}


def test_fold_of_cycles_of_the_bautin_normal_form_is_at_minus_a_quarter() -> None:
    rest = ct.equilibria(BAUTIN, start=(0.0, 0.0), free="mu", within=(-0.5, 0.5))
    assert rest["H1"].normal_form is not None
    assert rest["H1"].normal_form.criticality == "subcritical"
    branch = ct.cycles(rest["H1"])
    assert kinds(branch) == ["LPC"]
    fold = branch["LPC1"]
    assert fold.parameters["mu"] == pytest.approx(-0.25, abs=1e-12)
    assert fold.period == pytest.approx(2.0 * np.pi, rel=1e-12)
    assert fold.orbit is not None and fold.multipliers is not None
    assert np.hypot(*fold.orbit.x) == pytest.approx(np.sqrt(0.5), abs=1e-9)
    assert fold.multipliers == pytest.approx([1.0, 1.0], abs=1e-9)
    assert fold.residual < 1e-12
    assert fold.phase_response is None
    assert branch.stop[0] is ct.StopReason.BOUND


def test_cycle_of_the_circle_has_its_exact_period_and_multiplier_up_to_its_saddle_node() -> None:
    """On r = 1 theta' = mu - cos(theta): T = 2 pi / sqrt(mu^2 - 1), multiplier exp(-2 T)."""
    system = ct.System.from_strings(
        {
            "x": "x*(1 - x**2 - y**2) - y*(mu - x)",
            "y": "y*(1 - x**2 - y**2) + x*(mu - x)",
        },
        parameters={"mu": 1.5},
    )
    orbit = ct.simulate(system, (1.0, 0.0), np.linspace(0.0, 60.0, 3000))
    family = ct.cycles(orbit, free="mu", within=(0.5, 2.0), report={"mu": [1.25]})
    point = family["UZ1"]
    assert point.period == pytest.approx(8.377580409572781, rel=1e-9)
    assert point.multipliers is not None
    assert point.multipliers[1].real == pytest.approx(np.exp(-2.0 * point.period), rel=1e-6)
    assert ct.StopReason.NEAR_CIRCLE in family.stop
    assert ct.homoclinic(family).parameters["mu"] == pytest.approx(1.0, abs=1e-12)


def test_stability_changes_at_the_fold_of_cycles() -> None:
    rest = ct.equilibria(BAUTIN, start=(0.0, 0.0), free="mu", within=(-0.5, 0.5))
    branch = ct.cycles(rest["H1"])
    radius = branch.measures["x_max"]
    assert np.array_equal(branch.stable, radius > np.sqrt(0.5))
    exact = radius**4 - radius**2
    assert branch.parameters["mu"] == pytest.approx(exact, abs=1e-8)


def test_neimark_sacker_point_of_the_torus_is_at_zero() -> None:
    orbit = ct.simulate(TORUS, (1.0, 0.1, 0.0, 0.0), np.linspace(0.0, 50.0, 200))
    branch = ct.cycles(orbit, free="al", within=(-0.1, 0.1))
    assert kinds(branch) == ["NS"]
    torus = branch["NS1"]
    assert torus.parameters["al"] == pytest.approx(0.0, abs=1e-12)
    assert torus.period == pytest.approx(2.0 * np.pi, rel=1e-12)
    assert torus.multipliers is not None
    pair = torus.multipliers[1:3]
    assert np.sort(np.angle(pair)) == pytest.approx([-0.6 * np.pi, 0.6 * np.pi], abs=1e-10)
    assert torus.multipliers[3].real == pytest.approx(np.exp(-4.0 * np.pi), rel=1e-8)
    assert torus.residual < 1e-12


def test_period_doublings_of_the_lure_system_and_no_torus_at_its_neutral_saddle() -> None:
    """At alpha = 0 the multipliers are 1, -16.79, -0.05956, with product 1: no NS."""
    rest = ct.equilibria(LURE, start=(0.0, 0.0, 0.0), free="alpha", within=(-1.5, 1.5))
    report = {"alpha": [0.0]}
    branch = ct.cycles(rest["H1"], report=report, settings=ct.Settings(max_step=0.1))
    assert sorted(kinds(branch)) == ["PD", "PD", "UZ"]
    neutral = branch["UZ1"]
    # MatCont prints 6.433818; the next digits by shooting (DOP853 at 1e-13, residual 2e-15).
    assert neutral.period == pytest.approx(6.43381794597, abs=1e-9)
    assert neutral.multipliers is not None
    exact = [-16.79065176, -0.05955695, 1.0]
    assert np.sort(neutral.multipliers.real) == pytest.approx(exact, abs=1e-8)
    for point in (branch["PD1"], branch["PD2"]):
        assert abs(point.parameters["alpha"]) == pytest.approx(0.6303020062, abs=1e-9)
        assert point.period == pytest.approx(6.3640713394411, abs=1e-9)
        assert point.multipliers is not None
        assert np.min(np.abs(point.multipliers + 1.0)) < 1e-11
        assert point.residual < 1e-12
    assert min(branch.parameters["alpha"]) < -0.9
    assert branch.stop[0] is ct.StopReason.AT_HOPF


def test_morris_lecar_has_one_fold_of_cycles_and_none_on_the_flat_part_near_its_homoclinic() -> (
    None
):
    rest = ct.equilibria(MORRIS_LECAR, start=(0.03, 0.3), free="y", within=(-0.1, 0.2))
    branch = ct.cycles(rest["H1"], settings=ct.Settings(max_step=0.1))
    assert kinds(branch) == ["LPC"]
    assert branch["LPC1"].parameters["y"] == pytest.approx(0.0845694832465, abs=1e-11)
    assert branch["LPC1"].period == pytest.approx(4.222011, abs=1e-6)
    assert branch.stop[0] is ct.StopReason.NEAR_HOMOCLINIC
    assert branch.parameters["y"][-1] == pytest.approx(0.07293069624496, abs=1e-8)


def test_cycles_of_co_oxidation_join_its_two_hopf_points_through_two_folds() -> None:
    start = (0.001070915738, 0.84960686549, 0.10665872769)
    rest = ct.equilibria(
        CO_OXIDATION, start=start, free="q2", within=(0.5, 2.5), settings=ct.Settings(max_step=0.02)
    )
    ends = sorted(point.parameters["q2"] for point in rest.special if point.kind == "H")
    there, back = (
        ct.cycles(rest[label], settings=ct.Settings(max_step=0.1)) for label in ("H1", "H2")
    )
    for branch in (there, back):
        assert kinds(branch) == ["LPC", "LPC"]
        assert branch.stop[0] is ct.StopReason.AT_HOPF
        assert min(abs(branch.parameters["q2"][-1] - end) for end in ends) < 1e-5
    folds = [sorted(p.parameters["q2"] for p in branch.special) for branch in (there, back)]
    assert folds[0] == pytest.approx(folds[1], abs=1e-11)


def test_brusselator_cycle_starts_supercritically_and_matches_its_simulation() -> None:
    rest = ct.equilibria(BRUSSELATOR, start=(1.0, 1.5), free="B", within=(1.0, 4.0))
    branch = ct.cycles(rest["H1"], report={"B": [3.0]})
    assert np.all(branch.stable)
    assert np.all(branch.parameters["B"] > 2.0)
    point = branch["UZ1"]
    assert point.period is not None and point.orbit is not None
    times = np.array([0.0, point.period])
    back = ct.simulate(BRUSSELATOR, point.state, times, B=3.0)
    assert back.x[:, -1] == pytest.approx(point.state, abs=1e-7)


def test_period_tends_to_that_of_the_hopf_point(eq9: ct.System) -> None:
    rest = ct.equilibria(eq9, start=(-0.6, -0.5), free="gamma", within=(-0.6, 0.6))
    branch = ct.cycles(rest["H1"], settings=ct.Settings(initial_step=1e-3, max_points=3))
    assert branch.periods is not None
    assert branch.periods[0] == pytest.approx(86.5859514777609, abs=1e-3)


@pytest.mark.parametrize("largest_compiled", [0, 128])
def test_eight_states_with_multipliers_known_exactly(
    largest_compiled: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four uncoupled copies of the normal form, three at rest; by compiled and by plain kernels."""
    monkeypatch.setattr(assembly, "LARGEST_COMPILED", largest_compiled)
    states = [f"{name}{k}" for k in range(4) for name in "xy"]
    rhs = {}
    for k in range(4):
        growth = "mu" if k == 0 else f"{-k}"
        rhs[f"x{k}"] = f"({growth})*x{k} - y{k} - x{k}*(x{k}**2 + y{k}**2)"
        rhs[f"y{k}"] = f"x{k} + ({growth})*y{k} - y{k}*(x{k}**2 + y{k}**2)"
    system = ct.System.from_strings(rhs, parameters={"mu": -0.5})
    rest = ct.equilibria(system, start=np.zeros(len(states)), free="mu", within=(-1.0, 1.0))
    branch = ct.cycles(rest["H1"], within=(-1.0, 0.2), settings=ct.Settings(intervals=20))
    assert branch.periods == pytest.approx(2.0 * np.pi, rel=1e-9)
    assert branch.measures["x0_max"] ** 2 == pytest.approx(branch.parameters["mu"], abs=1e-7)
    assert branch.multipliers is not None
    moduli = np.sort(np.abs(branch.multipliers[1:, -1]))
    exact = [np.exp(-2.0 * np.pi * rate) for rate in (3, 3, 2, 2, 1, 1, 0.4)]
    assert moduli == pytest.approx(exact, rel=1e-6)


def test_a_python_function_gives_the_same_cycles_as_its_text() -> None:
    def f(x: np.ndarray, p: dict[str, float]) -> np.ndarray:
        return np.array(
            [p["A"] - (p["B"] + 1) * x[0] + x[0] ** 2 * x[1], p["B"] * x[0] - x[0] ** 2 * x[1]]
        )

    plain = ct.System.from_callables(f, states=("x", "y"), parameters={"A": 1.0, "B": 1.5})
    periods = []
    for system in (plain, BRUSSELATOR):
        rest = ct.equilibria(system, start=(1.0, 1.5), free="B", within=(1.0, 4.0))
        periods.append(ct.cycles(rest["H1"], report={"B": [2.5]})["UZ1"].period)
    assert periods[0] == pytest.approx(periods[1], rel=1e-8)


def test_a_cascade_of_period_doublings_of_the_lure_system() -> None:
    """Periods 2, 4 and 8, each between two doublings at alpha and -alpha: time may be reversed.

    The ratios of the distances approach 4.669; references for the first doubling as above.
    """
    settings = ct.Settings(max_step=0.1)
    rest = ct.equilibria(LURE, start=(0.0, 0.0, 0.0), free="alpha", within=(-1.5, 1.5))
    point = ct.cycles(rest["H1"], settings=settings)["PD1"]
    places = [point.parameters["alpha"]]
    for _ in range(3):
        assert point.period is not None and point.normal_form is not None
        assert point.normal_form.criticality == "supercritical"
        branch = ct.cycles(point, within=(0.5, 1.5), settings=settings)
        assert branch.periods is not None
        assert branch.periods[0] == pytest.approx(2.0 * point.period, rel=1e-3)
        assert branch.stable[0]
        point = branch["PD1"]
        places.append(point.parameters["alpha"])
    assert places[:2] == pytest.approx([0.6303020062, 0.5796298409], abs=1e-9)
    gaps = np.diff(places)
    assert gaps[:-1] / gaps[1:] == pytest.approx([4.869, 4.721], abs=1e-3)


def test_doubled_cycles_end_where_they_shrink_onto_single_ones() -> None:
    settings = ct.Settings(max_step=0.1)
    rest = ct.equilibria(LURE, start=(0.0, 0.0, 0.0), free="alpha", within=(-1.5, 1.5))
    branch = ct.cycles(ct.cycles(rest["H1"], settings=settings)["PD1"], settings=settings)
    assert branch.stop[0] is ct.StopReason.AT_PERIOD_DOUBLING
    assert branch.parameters["alpha"][-1] == pytest.approx(-0.6303020062, abs=1e-6)
    assert kinds(branch) == ["PD", "PD", "LPC", "LPC", "PD", "PD"]
    values = [point.parameters["alpha"] for point in branch.special]
    assert values == pytest.approx([-value for value in values[::-1]], abs=1e-9)


def beside_a_circle(rate: str, speed: str) -> ct.Branch:
    """Cycles r = 1, w = 0 of a flow with w' = rate(w) around a circle run through at some speed."""
    system = ct.System.from_strings(
        {
            "x": f"(1 - x**2 - y**2)*x - ({speed})*y",
            "y": f"(1 - x**2 - y**2)*y + ({speed})*x",
            "w": rate,
        },
        parameters={"be": -0.1},
    )
    orbit = ct.simulate(system, (1.0, 0.1, 0.0), np.linspace(0.0, 50.0, 200))
    return ct.cycles(orbit, free="be", within=(-0.2, 0.2))


def test_a_pitchfork_of_cycles_and_its_other_branch() -> None:
    """On the other branch w^2 = be and the speed is 1 + be / 2."""
    branch = beside_a_circle("be*w - w**3", "1 + w**2/2")
    assert kinds(branch) == ["BPC"]
    point = branch["BPC1"]
    assert point.parameters["be"] == pytest.approx(0.0, abs=1e-11)
    assert point.residual < 1e-11
    assert isinstance(point.normal_form, BranchPointNormalForm)
    assert point.normal_form.kind == "pitchfork"
    other = ct.switch(point)
    assert kinds(other) == ["BPC"]
    be = other.parameters["be"]
    assert other.measures["w_max"] ** 2 == pytest.approx(be, abs=1e-8)
    assert other.periods == pytest.approx(2.0 * np.pi / (1.0 + be / 2.0), rel=1e-8)
    ends = other.measures["w_max"][[0, -1]]
    assert np.sort(ends) == pytest.approx([-np.sqrt(0.2), np.sqrt(0.2)], abs=1e-8)


def test_a_transcritical_crossing_of_cycles() -> None:
    """On the other branch w = be and the speed is 1 + be / 3."""
    branch = beside_a_circle("be*w - w**2", "1 + w/3")
    point = branch["BPC1"]
    assert isinstance(point.normal_form, BranchPointNormalForm)
    assert point.normal_form.kind == "transcritical"
    other = ct.switch(point)
    assert kinds(other) == ["BPC"]
    be = other.parameters["be"]
    assert other.measures["w_max"] == pytest.approx(be, abs=1e-8)
    assert other.periods == pytest.approx(2.0 * np.pi / (1.0 + be / 3.0), rel=1e-8)

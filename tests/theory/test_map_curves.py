"""Curves of special cycles of maps in two parameters, and their points of codimension two."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation.curve import Point

GENERALIZED_HENON = ct.System.from_strings(
    {"x": "y", "y": "alpha - beta*x - y**2 + g*x*y"},
    parameters={"alpha": 1.0, "beta": 0.5, "g": 0.5},
    kind="map",
)
"""At the fixed point (x, x) trace = (g - 2) x and determinant = beta - g x."""

WINDOW = {"alpha": (-8.0, 8.0), "beta": (-3.0, 4.0)}

QUADRATIC = ct.System.from_strings({"x": "c - k*x**2"}, parameters={"c": 0.2, "k": 1.0}, kind="map")
"""Conjugate to u -> c k - u^2: its bifurcations are hyperbolas c k = constant."""


def kinds(branch: ct.Branch) -> list[str]:
    """Kinds of the special points, in the order of the branch."""
    return [point.kind for point in branch.special]


def place(point: ct.SpecialPoint) -> tuple[float, ...]:
    """Values of the free parameters."""
    return tuple(point.parameters[name] for name in point.free)


def test_fold_curve_of_the_generalized_henon_map_is_a_parabola_with_r1_and_fold_flip() -> None:
    rest = ct.equilibria(GENERALIZED_HENON, [0.45, 0.45], free="alpha", within=(-6, 8))
    curve = ct.fold_curve(rest["LP1"], free=("alpha", "beta"), within=WINDOW)
    alpha, beta = curve.parameters["alpha"], curve.parameters["beta"]
    assert alpha == pytest.approx(-((1.0 + beta) ** 2) / 2.0, abs=1e-12)
    assert kinds(curve) == ["R1", "LPPD"]
    assert place(curve["R11"]) == pytest.approx((-8 / 9, 1 / 3), abs=1e-13)
    assert place(curve["LPPD1"]) == pytest.approx((0.0, -1.0), abs=1e-13)
    assert curve["LPPD1"].multipliers == pytest.approx([1.0, -1.0], abs=1e-7)


def test_period_doubling_curve_of_the_generalized_henon_map_has_r2_and_fold_flip() -> None:
    rest = ct.equilibria(GENERALIZED_HENON, [0.45, 0.45], free="alpha", within=(-6, 8))
    curve = ct.period_doubling_curve(rest["PD1"], free=("alpha", "beta"), within=WINDOW)
    alpha, beta = curve.parameters["alpha"], curve.parameters["beta"]
    assert alpha == pytest.approx(2.5 * (1.0 + beta) ** 2 / 4.0, abs=1e-12)
    assert kinds(curve) == ["LPPD", "R2"]
    assert place(curve["LPPD1"]) == pytest.approx((0.0, -1.0), abs=1e-13)
    assert place(curve["R21"]) == pytest.approx((40 / 9, 5 / 3), abs=1e-13)


def test_neimark_sacker_curve_of_the_generalized_henon_map_has_all_strong_resonances() -> None:
    """On it det = 1; trace = 2, 0, -1, -2 at R1, R4, R3, R2, where it begins and ends."""
    rest = ct.equilibria(GENERALIZED_HENON, [0.3, 0.3], free="beta", within=(-2, 4), alpha=0.8)
    curve = ct.torus_curve(rest["NS1"], free=("alpha", "beta"), within=WINDOW)
    x, alpha, beta = curve.states[0], curve.parameters["alpha"], curve.parameters["beta"]
    assert beta == pytest.approx(1.0 + x / 2.0, abs=1e-12)
    assert alpha == pytest.approx(x * (1.0 + beta) + x**2 / 2.0, abs=1e-12)
    assert np.cos(curve.measures["theta"]) == pytest.approx(-0.75 * x, abs=1e-9)
    assert kinds(curve) == ["R1", "R4", "R3", "R2"]
    for point, trace in zip(curve.special, (2.0, 0.0, -1.0, -2.0), strict=True):
        x0 = -trace / 1.5
        exact = (x0 * (2.0 + x0 / 2.0) + x0**2 / 2.0, 1.0 + x0 / 2.0)
        assert place(point) == pytest.approx(exact, abs=1e-12)
        assert point.residual < 1e-14
    assert curve.stop == (ct.StopReason.RESONANCE, ct.StopReason.RESONANCE)


def test_the_jacobian_of_a_neimark_sacker_curve_is_regular_at_the_resonances_of_a_delay() -> None:
    """One vector of the plane is the best for all angles of a delay, and an eigenvector at R2."""
    rest = ct.equilibria(GENERALIZED_HENON, [0.3, 0.3], free="beta", within=(-2, 4), alpha=0.8)
    worst: list[float] = []

    def watch(point: Point) -> None:
        worst.append(float(np.linalg.cond(np.vstack((point.curve.jacobian(point.z), point.row)))))

    curve = ct.torus_curve(rest["NS1"], free=("alpha", "beta"), within=WINDOW, watch=watch)
    assert [point.kind for point in curve.special] == ["R1", "R4", "R3", "R2"]
    assert max(worst) < 1e4


def test_cusp_of_a_map_is_that_of_its_flow() -> None:
    system = ct.System.from_strings(
        {"x": "x + a + b*x - x**3"}, parameters={"a": 0.0, "b": 1.0}, kind="map"
    )
    rest = ct.equilibria(system, start=[1.3], free="a", within=(-2, 2), a=1.0)
    curve = ct.fold_curve(rest["LP1"], free=("a", "b"), within={"a": (-2, 2), "b": (-1, 2)})
    a, b = curve.parameters["a"], curve.parameters["b"]
    assert 27.0 * a**2 == pytest.approx(4.0 * b**3, abs=1e-9)
    assert kinds(curve) == ["CP"]
    assert curve["CP1"].normal_form.c == pytest.approx(-1.0, abs=1e-12)


@pytest.mark.parametrize(("period", "product"), [(1, 0.75), (2, 1.25)])
def test_period_doubling_curves_of_the_quadratic_map_are_hyperbolas(
    period: int, product: float
) -> None:
    rest = ct.equilibria(QUADRATIC, start=[0.17], free="c", within=(-1, 3))
    source = rest["PD1"] if period == 1 else ct.cycles(rest["PD1"])["PD1"]
    box = {"c": (0.1, 3.0), "k": (0.1, 3.0)}
    curve = ct.period_doubling_curve(source, free=("c", "k"), within=box)
    assert curve.parameters["c"] * curve.parameters["k"] == pytest.approx(product, abs=1e-9)
    assert curve.special == ()
    assert curve.periods is None if period == 1 else np.all(curve.periods == period)


def test_fold_curve_of_period_three_of_the_quadratic_map_is_c_k_equals_seven_quarters() -> None:
    orbit = ct.simulate(QUADRATIC, [0.1], np.arange(1000.0), c=1.755)
    family = ct.cycles(orbit, free="c", within=(1.7, 1.8))
    box = {"c": (0.3, 3.0), "k": (0.3, 3.0)}
    curve = ct.fold_curve(family["LP1"], free=("c", "k"), within=box)
    assert curve.parameters["c"] * curve.parameters["k"] == pytest.approx(1.75, abs=1e-9)
    assert curve.special == ()


def test_generalized_flip_has_the_quintic_coefficient_of_its_two_cycles() -> None:
    """With b = s^2 + nu = 0 the cycle {m + xi, m - xi} has mu = c xi^4 (1 + O(xi^2))."""
    s = 0.7
    system = ct.System.from_strings(
        {"x": "-(1 + mu)*x + s*x**2 + nu*x**3 + x**5"},
        parameters={"mu": -0.2, "nu": 0.3, "s": s},
        kind="map",
    )
    rest = ct.equilibria(system, start=[0.0], free="mu", within=(-0.5, 0.5))
    box = {"mu": (-1, 1), "nu": (-2, 2)}
    point = ct.period_doubling_curve(rest["PD1"], free=("mu", "nu"), within=box)["GPD1"]
    assert place(point) == pytest.approx((0.0, -(s**2)), abs=1e-13)

    def of_cycle(xi: float) -> float:
        """Coefficient mu / xi^4, the mean m from the sum of the two equations by iteration."""
        m = mu = 0.0
        for _ in range(200):
            even = s * (m**2 + xi**2) - s**2 * (m**3 + 3 * m * xi**2)
            even += m**5 + 10 * m**3 * xi**2 + 5 * m * xi**4
            m = even / (2.0 + mu)
            odd = 2 * s * m - s**2 * (3 * m**2 + xi**2) + 5 * m**4 + 10 * m**2 * xi**2 + xi**4
            mu = odd
        return mu / xi**4

    coarse, fine = of_cycle(0.04), of_cycle(0.02)
    assert point.normal_form.c == pytest.approx((4.0 * fine - coarse) / 3.0, rel=1e-4)


def test_chenciner_point_is_where_the_cubic_coefficient_vanishes() -> None:
    """The map w -> exp(i) w (1 + mu + (nu + i) |w|^2 - |w|^4) has Re d = 2 nu and mu = 0."""
    real = "(1 + mu + nu*(x**2 + y**2) - (x**2 + y**2)**2)"
    turn = "(x**2 + y**2)"
    u, v = f"({real}*x - {turn}*y)", f"({real}*y + {turn}*x)"
    system = ct.System.from_strings(
        {"x": f"cos(1)*{u} - sin(1)*{v}", "y": f"sin(1)*{u} + cos(1)*{v}"},
        parameters={"mu": -0.1, "nu": 0.5},
        kind="map",
    )
    rest = ct.equilibria(system, start=[0.0, 0.0], free="mu", within=(-0.5, 0.5))
    assert rest["NS1"].normal_form.d == pytest.approx(1.0, abs=1e-12)
    curve = ct.torus_curve(rest["NS1"], free=("mu", "nu"), within={"mu": (-1, 1), "nu": (-1, 1)})
    assert kinds(curve) == ["CH"]
    assert place(curve["CH1"]) == pytest.approx((0.0, 0.0), abs=1e-12)
    form = curve["CH1"].normal_form
    assert (form.d1, form.d2) == pytest.approx((2.0j, -4.0), abs=1e-11)
    assert form.l2 == pytest.approx(-2.0, abs=1e-11)


def rotation(angle: float, factor: str) -> dict[str, str]:
    """A map that turns the plane of u and v and stretches it by a factor less u^2 + v^2."""
    r = f"({factor} - u**2 - v**2)"
    return {
        "u": f"{r}*(cos({angle})*u - sin({angle})*v)",
        "v": f"{r}*(sin({angle})*u + cos({angle})*v)",
    }


def test_double_points_with_a_pair_are_found_from_both_curves() -> None:
    """LPNS and PDNS at a = b = 0; the pair has the modulus 1 + b + x."""
    box = {"a": (-0.5, 0.5), "b": (-0.5, 0.5)}
    for kind, first, follow, single in (
        ("LPNS", "x + a - x**2", ct.fold_curve, "LP1"),
        ("PDNS", "-(1 + a)*x + x**3", ct.period_doubling_curve, "PD1"),
    ):
        system = ct.System.from_strings(
            {"x": first, **rotation(1.2, "(1 + b + x)")}, {"a": 0.2, "b": -0.1}, kind="map"
        )
        start = [np.sqrt(0.2) if kind == "LPNS" else 0.0, 0.0, 0.0]
        rest = ct.equilibria(system, start, free="a", within=(-0.5, 0.5))
        curve = follow(rest[single], free=("a", "b"), within=box)
        across = ct.equilibria(system, start, free="b", within=(-0.5, 0.5), a=0.2, b=-0.48)
        tori = ct.torus_curve(across["NS1"], free=("a", "b"), within=box)
        for found in (curve, tori):
            assert [p.kind for p in found.special] == [kind]
            assert place(found.special[0]) == pytest.approx((0.0, 0.0), abs=1e-12)


def test_double_neimark_sacker_point_is_found() -> None:
    plane = rotation(0.9, "(1 + a)")
    other = {"x": plane["u"], "y": plane["v"]}
    other = {k: v.replace("u", "x").replace("v", "y") for k, v in other.items()}
    system = ct.System.from_strings(
        {**other, **rotation(2.0, "(1 + b - x**2)")}, {"a": -0.2, "b": -0.1}, kind="map"
    )
    rest = ct.equilibria(system, np.zeros(4), free="a", within=(-0.5, 0.5))
    box = {"a": (-0.5, 0.5), "b": (-0.5, 0.5)}
    curve = ct.torus_curve(rest["NS1"], free=("a", "b"), within=box)
    assert kinds(curve) == ["NSNS"]
    assert place(curve["NSNS1"]) == pytest.approx((0.0, 0.0), abs=1e-12)


def test_curve_of_the_wrong_kind_is_refused_in_one_sentence() -> None:
    rest = ct.equilibria(QUADRATIC, start=[0.17], free="c", within=(-1, 3))
    for follow, words in (
        (ct.torus_curve, "NS or CH"),
        (ct.hopf_curve, "equilibria, got PD1 of maps"),
        (ct.fold_curve, "got PD1"),
    ):
        with pytest.raises(ValueError, match=words) as caught:
            follow(rest["PD1"], free=("c", "k"))
        assert "\n" not in str(caught.value)


def test_neimark_sacker_curve_of_a_cycle_of_two_points_is_exact_with_its_coefficient() -> None:
    """The cycle s = +- sqrt(m) stretches by c1 c2 = (1 + b)^2 - m / 4 in two steps.

    With c1 the stretch at the first point, two steps are w -> e^(6 i / 5) w (1 - (c2 + c1^3) |w|^2)
    where c1 c2 = 1, and w = sqrt(2) z for a unit vector q.
    """
    system = ct.System.from_strings(
        {"s": "-(1 + m)*s + s**3", **rotation(0.6, "(1 + b + s/2)")},
        parameters={"m": 0.25, "b": 0.01},
        kind="map",
    )
    orbit = ct.simulate(system, [0.5, 0.0, 0.0], np.arange(5.0))
    family = ct.cycles(orbit, free="b", within=(-0.1, 0.1))
    point = family["NS1"]
    b = np.sqrt(17.0 / 16.0) - 1.0
    c1, c2 = 1.0 + b + point.state[0] / 2.0, 1.0 + b - point.state[0] / 2.0
    assert point.period == 2
    assert point.parameters["b"] == pytest.approx(b, abs=1e-13)
    assert point.normal_form.theta == pytest.approx(1.2, abs=1e-12)
    assert point.normal_form.d == pytest.approx(-2.0 * (c2 + c1**3), abs=1e-11)
    box = {"b": (-0.1, 0.2), "m": (0.01, 0.6)}
    curve = ct.torus_curve(point, free=("b", "m"), within=box)
    m = curve.parameters["m"]
    assert (1.0 + curve.parameters["b"]) ** 2 - m / 4.0 == pytest.approx(1.0, abs=1e-9)
    assert curve.periods is not None and np.all(curve.periods == 2)
    assert curve.special == ()


def test_period_doubling_curve_of_period_two_of_the_henon_map_is_its_closed_form() -> None:
    henon = ct.System.from_strings(
        {"x": "1 - a*x**2 + y", "y": "b*x"}, parameters={"a": 0.2, "b": 0.3}, kind="map"
    )
    rest = ct.equilibria(henon, start=[0.9, 0.27], free="a", within=(-0.1, 1.5))
    source = ct.cycles(rest["PD1"])["PD1"]
    box = {"a": (0.2, 3.0), "b": (-0.9, 0.9)}
    curve = ct.period_doubling_curve(source, free=("a", "b"), within=box)
    a, b = curve.parameters["a"], curve.parameters["b"]
    assert a == pytest.approx((1.0 - b) ** 2 + (1.0 + b) ** 2 / 4.0, abs=1e-9)
    assert curve.special == ()


def test_branch_points_that_a_symmetry_keeps_are_followed() -> None:
    """The pitchforks of x' = (a - b) x - x^3 and of the map x + (a - b) x - x^3."""
    for kind, rhs in (("flow", "(a - b)*x - x**3"), ("map", "(1 + a - b)*x - x**3")):
        system = ct.System.from_strings({"x": rhs}, {"a": -1.0, "b": 0.3}, kind=kind)
        rest = ct.equilibria(system, start=[0.0], free="a", within=(-1, 1))
        box = {"a": (-1, 1), "b": (-2, 2)}
        curve = ct.branch_point_curve(rest["BP1"], free=("a", "b"), within=box)
        assert curve.parameters["a"] == pytest.approx(curve.parameters["b"], abs=1e-12)
        assert curve.stop == (ct.StopReason.BOUND, ct.StopReason.BOUND)
        critical = curve.eigenvalues if kind == "flow" else curve.multipliers
        assert critical == pytest.approx(np.full((1, len(curve)), 0.0 if kind == "flow" else 1.0))


def test_branch_points_that_the_second_parameter_breaks_are_not_followed() -> None:
    system = ct.System.from_strings(
        {"x": "a*x + b - x**3 + c**3"}, parameters={"a": -1.0, "b": 0.0, "c": 0.0}
    )
    rest = ct.equilibria(system, start=[0.0], free="a", within=(-1, 1))
    with pytest.raises(ct.ContinuationError, match=r"b breaks BP1: <p, f_b> = -?1 is not zero"):
        ct.branch_point_curve(rest["BP1"], free=("a", "b"))
    with pytest.raises(ValueError, match="found in a, which must be one of the free parameters"):
        ct.branch_point_curve(rest["BP1"], free=("b", "c"))
    box = {"a": (-1, 1), "c": (-1, 1)}
    curve = ct.branch_point_curve(rest["BP1"], free=("a", "c"), within=box)
    assert curve.stop == (ct.StopReason.BROKEN, ct.StopReason.BROKEN)
    assert np.abs(curve.parameters["c"]).max() < 0.2


def test_curve_of_an_event_is_where_the_users_function_vanishes() -> None:
    """On x = y, a - 1 = b x^2; x = 1/2 gives a = 1 + b / 4."""
    system = ct.System.from_strings(
        {"x": "a*x - b*x**3 - y", "y": "x - y"}, parameters={"a": 1.5, "b": 1.0}
    )
    events = {
        "half": lambda solution: solution.state[0] - 0.5,
        "three": lambda solution: solution.parameters["b"] - 3.0,
    }
    rest = ct.equilibria(system, start=[0.7, 0.7], free="a", within=(0.1, 3), events=events)
    box = {"a": (0.5, 3.0), "b": (0.1, 5.0)}
    curve = ct.event_curve(rest["half1"], events=events, free=("a", "b"), within=box)
    assert curve.parameters["a"] == pytest.approx(1.0 + curve.parameters["b"] / 4.0, abs=1e-9)
    assert kinds(curve) == ["three"]
    assert curve["three1"].parameters["a"] == pytest.approx(1.75, abs=1e-12)
    for wrong, words in (({}, "must map a name"), ({"one": lambda s: 1.0}, "must vanish")):
        with pytest.raises(ValueError, match=words):
            ct.event_curve(rest["half1"], events=wrong, free=("a", "b"), within=box)


def test_curve_of_an_event_of_a_cycle_of_a_map_sees_all_its_points() -> None:
    """The cycle of u -> c k - u^2 with points of mean zero does not exist; its sum is 1 / k."""
    rest = ct.equilibria(QUADRATIC, start=[0.17], free="c", within=(-1, 3))
    spread = {"spread": lambda solution: np.ptp(solution.orbit.x[0]) - 0.5}
    family = ct.cycles(rest["PD1"], within=(0.0, 1.4), events=spread)
    curve = ct.event_curve(
        family["spread1"], events=spread, free=("c", "k"), within={"c": (0.1, 3), "k": (0.3, 3)}
    )
    c, k = curve.parameters["c"], curve.parameters["k"]
    assert (4.0 * c * k - 3.0) / k**2 == pytest.approx(0.25, abs=1e-9)


def test_neimark_sacker_curve_begun_at_the_resonance_where_it_ends_is_the_same_curve() -> None:
    rest = ct.equilibria(GENERALIZED_HENON, [0.45, 0.45], free="alpha", within=(-6, 8))
    free = ("alpha", "beta")
    folds = ct.fold_curve(rest["LP1"], free=free, within=WINDOW)
    flips = ct.period_doubling_curve(rest["PD1"], free=free, within=WINDOW)
    for source in (folds["R11"], flips["R21"]):
        curve = ct.torus_curve(source, free=free, within=WINDOW)
        assert sorted(kinds(curve)) == ["R1", "R2", "R3", "R4"]
        x, beta = curve.states[0], curve.parameters["beta"]
        assert beta == pytest.approx(1.0 + x / 2.0, abs=1e-9)
        one, other = (vars(p.normal_form) for p in (source, curve[f"{source.kind}1"]))
        assert list(one.values()) == pytest.approx(list(other.values()), rel=1e-6)

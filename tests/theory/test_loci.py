"""Curves of folds and Hopf points in two parameters, and their points of codimension two."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct


def kinds(branch: ct.Branch) -> list[str]:
    """Kinds of the special points, in the order of the branch."""
    return [point.kind for point in branch.special]


def test_fold_curve_of_the_cusp_is_27_a_squared_equals_4_b_cubed() -> None:
    system = ct.System.from_strings({"x": "a + b*x - x**3"}, parameters={"a": 0.0, "b": 1.0})
    rest = ct.equilibria(system, start=[1.3], free="a", within=(-2, 2), a=1.0)
    curve = ct.fold_curve(rest["LP1"], free=("a", "b"), within={"a": (-2, 2), "b": (-1, 2)})
    a, b = curve.parameters["a"], curve.parameters["b"]
    assert 27.0 * a**2 == pytest.approx(4.0 * b**3, abs=1e-9)
    assert kinds(curve) == ["CP"]
    assert (curve["CP1"].parameters["a"], curve["CP1"].parameters["b"]) == pytest.approx(
        (0.0, 0.0), abs=1e-13
    )
    assert curve["CP1"].normal_form.c == pytest.approx(-1.0, abs=1e-12)
    assert "the outer two are stable" in ct.describe(curve["CP1"])
    assert curve.states[0] ** 2 * 3.0 == pytest.approx(b, abs=1e-9)


def test_hopf_curve_of_the_brusselator_is_b_equals_one_plus_a_squared() -> None:
    system = ct.System.from_strings(
        {"x": "A - (B + 1)*x + x**2*y", "y": "B*x - x**2*y"}, parameters={"A": 1.0, "B": 1.5}
    )
    rest = ct.equilibria(system, start=[1.0, 1.5], free="B", within=(0.5, 7.0))
    curve = ct.hopf_curve(rest["H1"], free=("A", "B"), within={"A": (0.5, 2), "B": (0.5, 7)})
    assert curve.parameters["B"] == pytest.approx(1.0 + curve.parameters["A"] ** 2, abs=1e-9)
    assert curve.measures["omega"] == pytest.approx(curve.parameters["A"], abs=1e-8)
    assert curve.special == ()


def test_hopf_curve_of_the_rotation_gru_is_k_cos_alpha_equals_one_to_1e12() -> None:
    system = ct.System.from_strings(
        {
            "x": "(tanh(k*(cos(alpha)*x - sin(alpha)*y)) - x)/2",
            "y": "(tanh(k*(sin(alpha)*x + cos(alpha)*y)) - y)/2",
        },
        parameters={"k": 1.5, "alpha": 1.0},
    )
    rest = ct.equilibria(system, start=[0.0, 0.0], free="alpha", within=(0.1, 1.5))
    curve = ct.hopf_curve(
        rest["H1"], free=("alpha", "k"), within={"alpha": (0.05, 1.4), "k": (0.5, 5)}
    )
    alpha, k = curve.parameters["alpha"], curve.parameters["k"]
    assert k * np.cos(alpha) == pytest.approx(1.0, abs=1e-12)
    assert curve.measures["omega"] == pytest.approx(np.tan(alpha) / 2.0, abs=1e-11)
    assert len(curve) > 20


def test_bautin_point_of_its_normal_form_has_l2_minus_four() -> None:
    system = ct.System.from_strings(
        {
            "x": "mu*x - y + x*(nu*(x**2 + y**2) - (x**2 + y**2)**2)",
            "y": "x + mu*y + y*(nu*(x**2 + y**2) - (x**2 + y**2)**2)",
        },
        parameters={"mu": -0.1, "nu": 1.0},
    )
    rest = ct.equilibria(system, start=[0.0, 0.0], free="mu", within=(-0.5, 0.5))
    assert rest["H1"].normal_form.re_c1 == pytest.approx(2.0, abs=1e-12)
    curve = ct.hopf_curve(rest["H1"], free=("mu", "nu"), within={"mu": (-1, 1), "nu": (-2, 2)})
    assert kinds(curve) == ["GH"]
    assert curve["GH1"].parameters["nu"] == pytest.approx(0.0, abs=1e-12)
    assert curve["GH1"].normal_form.l2 == pytest.approx(-4.0, abs=1e-11)
    assert "the outer one is stable" in ct.describe(curve["GH1"])


def test_bogdanov_takens_point_of_harvested_predators_is_its_closed_form() -> None:
    """Closed form and coefficients: the predator-prey example of MatCont's BT notebooks."""
    system = ct.System.from_strings(
        {"x": "r*x*(1-x/k)-x*y/(e+x)", "y": "y*(-d+x/(e+x))-h"},
        parameters={"r": 1, "k": 2, "e": 1, "d": 0.2, "h": 0.305},
    )
    root = np.sqrt(894.0)
    d = (
        8.0 - 11.0 / np.cbrt(548.0 - 18.0 * root) - np.cbrt(274.0 - 9.0 * root) / 2.0 ** (2.0 / 3.0)
    ) / 9.0
    rest = ct.equilibria(system, start=[1.12, 0.93], free="h", within=(0.0, 0.6))
    box = {"d": (0.0, 0.6), "h": (0.0, 0.6)}
    folds = ct.fold_curve(rest["LP1"], free=("d", "h"), within=box)
    hopfs = ct.hopf_curve(rest["H1"], free=("d", "h"), within=box)
    for point in (folds["BT1"], hopfs["BT1"]):
        assert point.parameters["d"] == pytest.approx(d, abs=1e-13)
        assert point.parameters["h"] == pytest.approx(0.307264466923985, abs=1e-13)
        assert point.state == pytest.approx([1.1241489111423, 0.93021906835996], abs=1e-12)
        assert point.normal_form.a == pytest.approx(0.17982568911275, abs=1e-10)
        assert point.normal_form.b == pytest.approx(-0.37828661114279, abs=1e-10)
        assert "Stable cycles grow from" in ct.describe(point)
    assert ct.StopReason.BOGDANOV_TAKENS in hopfs.stop


def zero_hopf(s: float, d: float, cubic: tuple[float, float, float, float]) -> ct.System:
    """In polar form x' = a + x^2 + s r^2 + f x^3 + g x r^2, r' = r (b + d x + k x^2 + l r^2).

    In coordinates that are bent: x + 2/5 y^2 in place of x.
    """
    f, g, k, m = cubic
    square, old = "(y**2 + z**2)", "(x - 2*y**2/5)"
    rate = f"(b + ({d})*{old} + ({k})*{old}**2 + ({m})*{square})"
    slope = f"(a + {old}**2 + ({s})*{square} + ({f})*{old}**3 + ({g})*{old}*{square})"
    return ct.System.from_strings(
        {
            "x": f"{slope} + 4*y*({rate}*y - 2*z)/5",
            "y": f"{rate}*y - 2*z",
            "z": f"2*y + {rate}*z",
        },
        parameters={"a": -0.25, "b": 0.1},
    )


@pytest.mark.parametrize(
    ("s", "d", "cubic", "words"),
    [
        (1.0, 0.7, (0.3, -0.4, 0.6, 0.2), "No tori"),
        (1.0, -0.7, (0.3, -0.4, 0.6, 0.2), "unstable tori"),
        (1.0, -0.7, (0.3, -0.4, -0.9, 0.2), "stable tori"),
        (-1.0, 0.7, (0.3, -0.4, 0.6, 0.2), "stable tori"),
    ],
)
def test_zero_hopf_point_has_the_coefficients_of_its_amplitude_equations(
    s: float, d: float, cubic: tuple[float, float, float, float], words: str
) -> None:
    """With |q1| = 1, r^2 = 2 |z|^2; e0 by Kuznetsov's reduction to xi^2 rho."""
    box = {"a": (-1.0, 1.0), "b": (-1.0, 1.0)}
    rest = ct.equilibria(zero_hopf(s, d, cubic), (-0.5, 0.0, 0.0), free="a", within=(-1, 1))
    folds = ct.fold_curve(rest["LP1"], free=("a", "b"), within=box)
    hopfs = ct.hopf_curve(rest["H1"], free=("a", "b"), within=box)
    f, g, k, m = cubic
    exact = k + d * (m / s - 1.5 * f + g / (2.0 * s)) - m / s
    for point in (folds["ZH1"], hopfs["ZH1"]):
        form = point.normal_form
        assert (point.parameters["a"], point.parameters["b"]) == pytest.approx((0, 0), abs=1e-12)
        assert (form.g200, form.g011, form.s) == pytest.approx((2.0, 2.0 * s, s), abs=1e-10)
        assert form.theta == pytest.approx(d / 2.0, abs=1e-10)
        assert form.e0 == pytest.approx(exact, abs=1e-10)
        assert f" {words}" in f" {form.unfolding}"


@pytest.mark.parametrize(("k", "word"), [(0.6, "subcritical"), (-0.9, "supercritical")])
def test_tori_of_a_zero_hopf_point_are_as_stable_as_e0_says(k: float, word: str) -> None:
    """By the normal form of the Neimark-Sacker points themselves."""
    system = zero_hopf(1.0, -0.7, (0.3, -0.4, k, 0.2))
    rest = ct.equilibria(system, (-0.2, 0.0, 0.0), free="b", within=(-1, 1), a=-0.04)
    tori = [point for point in ct.cycles(rest["H1"]).special if point.kind == "NS"]
    assert [point.normal_form.criticality for point in tori] == [word]


DOUBLE_HOPF = ct.System.from_strings(
    {
        "x": "a*x - y + x*(p11*(x**2 + y**2) + p12*(u**2 + v**2))",
        "y": "x + a*y + y*(p11*(x**2 + y**2) + p12*(u**2 + v**2))",
        "u": "b*u - 3*v + u*(p21*(x**2 + y**2) + p22*(u**2 + v**2))",
        "v": "3*u + b*v + v*(p21*(x**2 + y**2) + p22*(u**2 + v**2))",
    },
    parameters={"a": -0.2, "b": -0.2, "p11": -1.0, "p12": -2.0, "p21": -3.0, "p22": -1.0},
)
"""In polar form r' = r (a + p11 r^2 + p12 s^2), s' = s (b + p21 r^2 + p22 s^2)."""


@pytest.mark.parametrize(
    ("p", "words"),
    [
        ((-1.0, -2.0, -3.0, -1.5), "saddle torus (simple case)"),
        ((-1.0, -0.5, 0.3, -1.5), "stable torus (simple case)"),
        ((1.0, 0.5, 0.3, 1.5), "repelling torus (simple case)"),
        ((-1.0, 0.5, -0.3, 1.5), "saddle torus (difficult case)"),
        ((-1.0, 2.0, -3.0, 1.5), "dimension three may be born (difficult case)"),
    ],
)
def test_double_hopf_point_has_the_coefficients_of_its_amplitude_equations(
    p: tuple[float, float, float, float], words: str
) -> None:
    """With |q| = 1 all are doubled. The torus is stable where the matrix of the p is."""
    named = dict(zip(("p11", "p12", "p21", "p22"), p, strict=True))
    rest = ct.equilibria(DOUBLE_HOPF, np.zeros(4), free="a", within=(-0.5, 0.5), parameters=named)
    curve = ct.hopf_curve(rest["H1"], free=("a", "b"), within={"a": (-1, 1), "b": (-1, 1)})
    form = curve["HH1"].normal_form
    assert kinds(curve) == ["HH"]
    assert curve["HH1"].parameters["b"] == pytest.approx(0.0, abs=1e-12)
    p11, p12, p21, p22 = p
    found = (form.p11, form.p12, form.p21, form.p22)
    if form.omega1 > form.omega2:
        found = found[::-1]
    assert found == pytest.approx(2.0 * np.array(p), abs=1e-11)
    assert {round(form.omega1, 10), round(form.omega2, 10)} == {1.0, 3.0}
    assert form.theta * form.delta == pytest.approx(p12 * p21 / (p11 * p22), abs=1e-11)
    assert form.unfolding.endswith(f"{words}.")


def test_double_hopf_point_without_a_cubic_term_has_no_unfolding_and_no_error() -> None:
    named = {"p11": -1.0, "p12": -0.5, "p21": 0.3, "p22": 0.0}
    rest = ct.equilibria(DOUBLE_HOPF, np.zeros(4), free="a", within=(-0.5, 0.5), parameters=named)
    curve = ct.hopf_curve(rest["H1"], free=("a", "b"), within={"a": (-1, 1), "b": (-1, 1)})
    form = curve["HH1"].normal_form
    assert sorted((form.p11, form.p22)) == pytest.approx([-2.0, 0.0], abs=1e-12)
    assert form.unfolding == ""


def test_cusp_of_a_one_unit_gru_agrees_with_forty_digits() -> None:
    """Values by 40-digit Newton iteration on the defining system."""
    update = "(1-1/(1+exp(-(uz*h+bz))))"
    reset = "1/(1+exp(-(ur*h+br)))"
    system = ct.System.from_strings(
        {"h": f"{update}*(tanh(uh*h*{reset}+bh)-h)"},
        parameters={"uz": 1, "bz": 0, "ur": 2, "br": 0.5, "uh": 4, "bh": 0.2},
    )
    rest = ct.equilibria(system, start=[0.99], free="bh", within=(-4, 4), bh=1.0)
    assert sorted(p.parameters["bh"] for p in rest.special) == pytest.approx(
        [-1.8122831506278, 0.26489683414229], abs=1e-11
    )
    box = {"bh": (-4, 4), "uh": (0, 5)}
    curve = ct.fold_curve(rest["LP1"], free=("bh", "uh"), within=box)
    cusps = [p for p in curve.special if p.parameters["bh"] > 0.02]
    assert cusps[0].parameters["bh"] == pytest.approx(0.023011468473237, abs=1e-11)
    assert cusps[0].parameters["uh"] == pytest.approx(1.2729473977014, abs=1e-11)
    assert cusps[0].state == pytest.approx([0.31732206729291], abs=1e-11)
    assert cusps[0].normal_form.c == pytest.approx(-0.32122023082836, abs=1e-9)


def test_bogdanov_takens_form_has_its_own_coefficients_and_its_hopf_points_on_a_parabola() -> None:
    system = ct.System.from_strings(
        {"x": "y", "y": "b1 + b2*y + x**2 - x*y"}, parameters={"b1": -0.04, "b2": -0.3}
    )
    rest = ct.equilibria(system, start=[-0.2, 0.0], free="b2", within=(-1, 1))
    assert rest["H1"].parameters["b2"] == pytest.approx(-0.2, abs=1e-13)
    curve = ct.hopf_curve(rest["H1"], free=("b1", "b2"), within={"b1": (-1, 1), "b2": (-1, 1)})
    b1, b2 = curve.parameters["b1"], curve.parameters["b2"]
    assert b2**2 == pytest.approx(-b1, abs=1e-11)
    point = curve["BT1"]
    assert (point.parameters["b1"], point.parameters["b2"]) == pytest.approx((0, 0), abs=1e-12)
    assert (point.normal_form.a, point.normal_form.b) == pytest.approx((1.0, -1.0), abs=1e-11)


def test_fold_curve_that_closes_is_recognised() -> None:
    system = ct.System.from_strings(
        {"x": "x**2 + a**2 + b**2 - 1"}, parameters={"a": 0.5, "b": 0.0}
    )
    rest = ct.equilibria(system, start=[0.8], free="a", within=(-2, 2))
    curve = ct.fold_curve(rest["LP1"], free=("a", "b"), within={"a": (-2, 2), "b": (-2, 2)})
    assert curve.stop == (ct.StopReason.CLOSED, ct.StopReason.CLOSED)
    assert curve.parameters["a"] ** 2 + curve.parameters["b"] ** 2 == pytest.approx(1.0, abs=1e-9)


def test_hopf_curve_from_a_bogdanov_takens_point_is_that_of_its_normal_form() -> None:
    """Equilibria with y = 0, x = -sqrt(-b1); trace b2 - x = 0: b1 = -b2^2, omega^2 = -2 b2."""
    system = ct.System.from_strings(
        {"x": "y", "y": "b1 + b2*y + x**2 - x*y"}, parameters={"b1": -0.04, "b2": -0.3}
    )
    rest = ct.equilibria(system, start=[-0.2, 0.0], free="b1", within=(-1.0, 0.5))
    free, within = ("b1", "b2"), {"b1": (-1.0, 0.5), "b2": (-1.0, 1.0)}
    born = ct.fold_curve(rest["LP1"], free=free, within=within)["BT1"]
    curve = ct.hopf_curve(born, free=free, within=within)
    assert curve.parameters["b1"] == pytest.approx(-(curve.parameters["b2"] ** 2), abs=1e-12)
    assert curve.measures["omega"] ** 2 == pytest.approx(-2.0 * curve.parameters["b2"], abs=1e-9)
    assert kinds(curve) == ["BT"]
    assert set(curve.stop) == {ct.StopReason.BOGDANOV_TAKENS, ct.StopReason.BOUND}


def test_cycles_from_a_generalised_hopf_point_grow_with_the_fourth_root_of_the_parameter() -> None:
    """In polar coordinates r' = r (mu + nu r^2 - r^4): mu = r^4 for nu = 0."""
    bautin = ct.System.from_strings(
        {
            "x": "(mu + nu*(x**2 + y**2) - (x**2 + y**2)**2)*x - y",
            "y": "(mu + nu*(x**2 + y**2) - (x**2 + y**2)**2)*y + x",
        },
        parameters={"mu": -0.1, "nu": 0.3},
    )
    rest = ct.equilibria(bautin, start=[0.0, 0.0], free="mu", within=(-0.5, 0.5))
    within = {"mu": (-0.5, 0.5), "nu": (-1.0, 1.0)}
    point = ct.hopf_curve(rest["H1"], free=("mu", "nu"), within=within)["GH1"]
    family = ct.cycles(point, free="mu")
    mu = family.parameters["mu"]
    assert mu == pytest.approx(family.measures["x_max"] ** 4, abs=1e-7)
    assert mu[[0, -1]] == pytest.approx([0.0, 0.5], abs=1e-6)
    assert family.stable[1:].all()
    assert family.special == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"free": ("a",)}, "two different"),
        ({"free": ("a", "a")}, "two different"),
        ({"free": "a"}, "two different"),
        ({"free": ("a", "c")}, "unknown parameter 'c'"),
        ({"within": {"a": (2, 3)}}, "must contain the start"),
        ({"within": {"c": (2, 3)}}, "`within` names c"),
        ({"within": (0, 1)}, "must map"),
    ],
)
def test_mistake_is_a_value_error_in_one_sentence(change: dict[str, object], words: str) -> None:
    system = ct.System.from_strings({"x": "a + b*x - x**3"}, parameters={"a": 0.0, "b": 1.0})
    rest = ct.equilibria(system, start=[1.3], free="a", within=(-2, 2), a=1.0)
    with pytest.raises(ValueError, match=words):
        ct.fold_curve(rest["LP1"], **({"free": ("a", "b")} | change))  # type: ignore[arg-type]


def test_hopf_curve_from_a_fold_is_refused() -> None:
    system = ct.System.from_strings({"x": "a + b*x - x**3"}, parameters={"a": 0.0, "b": 1.0})
    rest = ct.equilibria(system, start=[1.3], free="a", within=(-2, 2), a=1.0)
    with pytest.raises(ValueError, match="kind H or GH or ZH or HH or BT, got LP1"):
        ct.hopf_curve(rest["LP1"], free=("a", "b"))

"""Points of cycles with two conditions on the multipliers, from each of the two curves that meet.

Products of flows around one circle of which each has its bifurcation at a value of its own
parameter, whatever the others are.
"""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation.normalforms import CyclePairsNormalForm

SETTINGS = ct.Settings(max_step=0.2, intervals=20)
WINDOW = {"a": (-0.15, 0.15), "b": (-0.15, 0.15)}


def circle(growth: str) -> dict[str, str]:
    """The flow r' = r growth(s), phi' = 1 + s/5, with s = r^2 - 1."""
    s = "(x**2 + y**2 - 1)"
    growth, turn = growth.replace("s", s), f"(1 + {s}/5)"
    return {"x": f"({growth})*x - {turn}*y", "y": f"({growth})*y + {turn}*x"}


def band(rate: str) -> dict[str, str]:
    """A frame (xi, eta) that turns by half of the angle on r = 1: xi' = rate xi, eta' = -eta."""
    first, second = "((1 + x)*p + y*q)/2", "(y*p + (1 - x)*q)/2"
    grow = f"(({rate}) + 1 - ({first})**2 - ({second})**2)"
    return {"p": f"-q/2 + {grow}*{first} - p", "q": f"p/2 + {grow}*{second} - q"}


def pair(rate: str, turn: str, one: str, other: str) -> dict[str, str]:
    """A pair of states that turns and grows with given rates."""
    grow = f"(({rate}) - {one}**2 - {other}**2)"
    return {one: f"{grow}*{one} - {turn}*{other}", other: f"{grow}*{other} + {turn}*{one}"}


STABLE, FOLDING = "-s", "a - s**2"
"""Growth of r: the circle r = 1 is stable; two circles meet in r = 1 at a = 0."""


def first(rhs: dict[str, str], free: str, kind: str, **values: float) -> ct.SpecialPoint:
    """The only point of a kind on the cycles through the circle."""
    system = ct.System.from_strings(rhs, parameters={"a": -0.1, "b": -0.1} | values)
    start = np.zeros(system.dimension)
    start[0] = np.sqrt(1.0 + np.sqrt(max(system.parameters["a"], 0.0)))
    orbit = ct.simulate(system, start, np.linspace(0.0, 50.0, 200))
    branch = ct.cycles(orbit, free=free, within=(-0.15, 0.15), settings=SETTINGS)
    [point] = [point for point in branch.special if point.kind == kind]
    return point


def holds(branch: ct.Branch, kind: str) -> None:
    """One point, at the origin, and no other label than strong resonances of a pair."""
    [point] = [point for point in branch.special if point.kind not in ("R3", "R4")]
    assert point.kind == kind
    assert [point.parameters["a"], point.parameters["b"]] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert point.residual < 1e-10


def test_fold_flip_point_on_folds_of_cycles_and_on_period_doublings() -> None:
    rhs = circle(FOLDING) | band("b")
    folds = ct.cycle_fold_curve(
        first(rhs, "a", "LPC", a=0.1), free=("a", "b"), within=WINDOW, settings=SETTINGS
    )
    assert folds.parameters["a"] == pytest.approx(0.0, abs=1e-9)
    holds(folds, "LPPD")
    doublings = ct.period_doubling_curve(
        first(rhs, "b", "PD", a=0.1), free=("a", "b"), within=WINDOW, settings=SETTINGS
    )
    holds(doublings, "LPPD")
    assert doublings.parameters["a"].min() == pytest.approx(0.0, abs=1e-3)


def test_fold_neimark_sacker_point_on_folds_of_cycles_and_on_tori() -> None:
    rhs = circle(FOLDING) | pair("b", "0.3", "p", "q")
    folds = ct.cycle_fold_curve(
        first(rhs, "a", "LPC", a=0.1), free=("a", "b"), within=WINDOW, settings=SETTINGS
    )
    holds(folds, "LPNS")
    tori = ct.torus_curve(
        first(rhs, "b", "NS", a=0.1), free=("a", "b"), within=WINDOW, settings=SETTINGS
    )
    assert tori.parameters["b"] == pytest.approx(0.0, abs=1e-9)
    holds(tori, "LPNS")


def test_flip_neimark_sacker_point_on_period_doublings_and_on_tori() -> None:
    rhs = circle(STABLE) | band("a") | pair("b", "0.3", "u", "w")
    doublings = ct.period_doubling_curve(
        first(rhs, "a", "PD"), free=("a", "b"), within=WINDOW, settings=SETTINGS
    )
    holds(doublings, "PDNS")
    tori = ct.torus_curve(first(rhs, "b", "NS"), free=("a", "b"), within=WINDOW, settings=SETTINGS)
    holds(tori, "PDNS")


def test_double_neimark_sacker_point_on_both_curves_of_tori() -> None:
    rhs = circle(STABLE) | pair("a", "0.3", "p", "q") | pair("b", "0.17", "u", "w")
    for free in ("a", "b"):
        point = first(rhs, free, "NS")
        holds(ct.torus_curve(point, free=("a", "b"), within=WINDOW, settings=SETTINGS), "NSNS")


def test_a_neutral_saddle_beside_a_bifurcation_is_no_double_point() -> None:
    """Real multipliers exp(2 pi b) and exp(-2 pi 0.1), whose product is 1 at b = 0.1."""
    neutral = {"u": "(b - u**2)*u", "w": "-w/10"}
    rhs = circle(FOLDING) | neutral
    folds = ct.cycle_fold_curve(
        first(rhs, "a", "LPC", a=0.1), free=("a", "b"), within=WINDOW, settings=SETTINGS
    )
    assert all(point.kind != "LPNS" for point in folds.special)
    rhs = circle(STABLE) | band("a") | neutral
    doublings = ct.period_doubling_curve(
        first(rhs, "a", "PD"), free=("a", "b"), within=WINDOW, settings=SETTINGS
    )
    assert all(point.kind != "PDNS" for point in doublings.special)


@pytest.mark.parametrize("beside", ["fold", "flip"])
def test_two_multipliers_with_a_vector_each_are_no_resonance(beside: str) -> None:
    """A second multiplier 1 or -1, at b = 0, of a flow of its own."""
    if beside == "fold":
        rhs = circle(FOLDING) | {"u": "(b - u**2)*u"}
        point, curve = first(rhs, "a", "LPC", a=0.1), ct.cycle_fold_curve
    else:
        second = {
            name.replace("p", "u").replace("q", "w"): text.replace("p", "u").replace("q", "w")
            for name, text in band("b").items()
        }
        rhs = circle(STABLE) | band("a") | second
        point, curve = first(rhs, "a", "PD"), ct.period_doubling_curve
    assert curve(point, free=("a", "b"), within=WINDOW, settings=SETTINGS).special == ()


SQUARE = "((p**2 + q**2 + x*(p**2 - q**2))/2 + y*p*q)"
"""Of xi in the frame of the band."""


def around(speed: str, rhs: dict[str, str]) -> dict[str, str]:
    """The stable circle r = 1 with a given speed, and more."""
    growth = "(1 - x**2 - y**2)"
    return {"x": f"{growth}*x - ({speed})*y", "y": f"{growth}*y + ({speed})*x"} | rhs


def moebius(rate: str, speed: str) -> dict[str, str]:
    """In a frame (xi, eta) that turns by half of the angle: xi' = rate xi, eta' = -eta."""
    first, second = "((1 + x)*p + y*q)/2", "(y*p + (1 - x)*q)/2"
    grow = f"(({rate}) + 1)"
    return {
        "p": f"-({speed})*q/2 + {grow}*{first} - p",
        "q": f"({speed})*p/2 + {grow}*{second} - q",
    }


def turning(rate: str, turn: str, one: str, other: str) -> dict[str, str]:
    """A pair of states with the rates rate and turn."""
    return {one: f"({rate})*{one} - {turn}*{other}", other: f"({rate})*{other} + {turn}*{one}"}


T = 2.0 * np.pi


@pytest.mark.parametrize(("kind", "share"), [("LPPD", 1.0), ("LPNS", 2.0)])
def test_fold_pair_coefficients_are_those_of_the_amplitude_equations(
    kind: str, share: float
) -> None:
    """Beside the circle w' = a - 0.6 w^2 + c r^2, r' = (b + d w) r, phi' = 1 + w/3."""
    c, d = 0.4, -0.7
    square = SQUARE if kind == "LPPD" else "(p**2 + q**2)"
    rate = f"b + ({d})*w - {square}"
    more = moebius(rate, "1 + w/3") if kind == "LPPD" else turning(rate, "0.3", "p", "q")
    rhs = around("1 + w/3", more | {"w": f"a - 0.6*w**2 + ({c})*{square}"})
    point = first(rhs, "a", "LPC", a=0.1, b=-0.14)
    folds = ct.cycle_fold_curve(point, free=("a", "b"), within=WINDOW, settings=SETTINGS)
    holds(folds, kind)
    form = folds[f"{kind}1"].normal_form
    turned = np.sign(form.g200) * np.sign(-1.2)
    assert form.g200 == pytest.approx(-1.2 * turned / np.sqrt(T), rel=1e-7)
    assert form.g011 == pytest.approx(share * c * turned / np.sqrt(T), rel=1e-7)
    assert form.g110.real == pytest.approx(d * turned / np.sqrt(T), rel=1e-7)
    assert form.theta == pytest.approx(-d / 1.2, rel=1e-7)
    assert form.s == -1
    assert "of their own" in form.unfolding


@pytest.mark.parametrize("kind", ["PDNS", "NSNS"])
def test_coefficients_of_two_pairs_are_those_of_the_amplitude_equations(kind: str) -> None:
    """R1' = r1 (a + k11 r1^2 + k12 r2^2 + z/2), r2' = r2 (b + k21 r1^2 + k22 r2^2).

    z is slaved to (2/5) r2^2; phi' = 1 + r1^2/5 + r2^2/7.
    """
    one, other = (SQUARE if kind == "PDNS" else "(p**2 + q**2)"), "(u**2 + v**2)"
    speed = f"1 + {one}/5 + {other}/7"
    k11, k12, k21, k22 = -1.0, 2.0, -3.0, 1.5
    rate = f"a + ({k11})*{one} + ({k12})*{other} + z/2"
    more = moebius(rate, speed) if kind == "PDNS" else turning(rate, "0.17", "p", "q")
    more |= turning(f"b + ({k21})*{one} + ({k22})*{other}", "0.3", "u", "v")
    point = first(around(speed, more | {"z": f"-z/2 + {other}/5"}), "b", "NS")
    tori = ct.torus_curve(point, free=("a", "b"), within=WINDOW, settings=SETTINGS)
    holds(tori, kind)
    form = tori[f"{kind}1"].normal_form
    share = 0.5 if kind == "PDNS" else 1.0
    exact = share * k11, k12 + 0.2, share * k21, k22
    found = form.p11, form.p12, form.p21, form.p22
    assert np.pi * np.array(found) == pytest.approx(exact, rel=1e-6)
    assert form.theta * form.delta == pytest.approx(exact[1] * exact[2] / (exact[0] * k22))
    assert "another one may be born" in form.unfolding


@pytest.mark.parametrize(
    ("p", "words"),
    [
        ((-1.0, -0.5, 0.3, -1.5), "a stable torus"),
        ((1.0, 0.5, -0.3, 1.5), "a repelling torus"),
        ((-1.0, -2.0, -3.0, -1.5), "a saddle torus"),
        ((-1.0, 0.5, -0.3, 1.5), "a saddle torus"),
        ((-1.0, 2.0, -3.0, 1.5), "a torus"),
    ],
)
def test_torus_of_both_amplitudes_is_as_stable_as_its_linearisation(
    p: tuple[float, float, float, float], words: str
) -> None:
    """Eigenvalues of the amplitude equations at r_1 = r_2, by mu_i = -p_i1 - p_i2."""
    p11, p12, p21, p22 = p
    form = CyclePairsNormalForm(p11, p12, p21, p22, p12 / p22, p21 / p11)
    rates = np.linalg.eigvals(2.0 * np.array([[p11, p12], [p21, p22]])).real
    nature = {2: "a stable torus", 0: "a repelling torus", 1: "a saddle torus"}
    assert words in form.unfolding
    if words != "a torus":  # the difficult case, where the sign of the trace changes
        assert words == nature[int(np.sum(rates < 0.0))]

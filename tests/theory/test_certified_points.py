"""Proofs of special equilibria: exact answers lie in their balls, and what is false is refused."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import flint
import mpmath
import numpy as np
import pytest
import sympy
from flint import arb

import continuation as ct
import symgru as sg

RADIUS = 1e-30


@pytest.fixture(scope="module")
def nine():
    return sg.families.eq9().compile(b1=0.32, gamma=0.0)


@pytest.fixture(scope="module")
def branches(nine):
    return ct.diagram(nine, free="gamma", within=(-0.6, 0.6), b1=0.32)


@pytest.fixture(scope="module")
def hopf_of_nine(branches):
    (point,) = [s for b in branches for s in b.special if s.kind == "H"]
    return point


@pytest.fixture(scope="module")
def double_points(hopf_of_nine):
    box = {"b1": (0.25, 0.4), "gamma": (0.0, 0.12)}
    return ct.hopf_curve(hopf_of_nine, free=("b1", "gamma"), within=box)


def claimed(kind, system, state, **parameters):
    """A point that somebody says is a special one, with all parameters free that are named."""
    return ct.SpecialPoint(
        kind=kind,
        system=system,
        free=tuple(parameters),
        parameters={**system.parameters, **parameters},
        state=state,
        residual=0.0,
    )


def strings(rhs, **parameters):
    return ct.System.from_strings(rhs, parameters=parameters)


def rest(system, start, free, within):
    return ct.equilibria(system, start=start, free=free, within=within)


def holds(ball, exact):
    """Whether a ball contains a SymPy number, known to fifty digits."""
    text = sympy.N(exact, 50)
    with flint.ctx.workprec(200):
        return ball.overlaps(arb(str(text)))


# Three folds and a Hopf point of (9): the paper's figure 8.


def test_three_folds_of_nine_are_proved_to_thirty_digits(branches):
    folds = [s for b in branches for s in b.special if s.kind == "LP"]
    proofs = [ct.certify(s, radius=RADIUS) for s in folds]
    assert all(p.certified and p.radius < RADIUS for p in proofs)
    for proof in proofs:
        with mpmath.workdps(40):
            start = [mpmath.mpf(float(ball)) for ball in proof.enclosure.values()]
            root = [mpmath.nstr(v, 38) for v in mpmath.findroot(fold_of_nine, start)]
        with flint.ctx.workprec(140):
            for ball, digits in zip(proof.enclosure.values(), root, strict=True):
                assert abs(ball - arb(digits)) < RADIUS
    values = sorted(float(p.enclosure["gamma"]) for p in proofs)
    assert values == pytest.approx([0.0267200160453095, 0.0955006843271427, 0.4108835902345593])


def fold_of_nine(x, y, gamma):
    """The equations of a fold of (9) by hand: two equilibria meet where the determinant is zero."""
    c, s = mpmath.cos(mpmath.pi / 20), mpmath.sin(mpmath.pi / 20)
    drive = 1.5 * (c * x + s * y) + mpmath.mpf(0.32), 1.5 * (c * y - s * x) + gamma
    h = [mpmath.tanh(a) for a in drive]
    (d, e) = (1 - v**2 for v in h)
    determinant = (1.5 * c * d - 1) * (1.5 * c * e - 1) + 2.25 * s**2 * d * e
    return [h[0] - x, h[1] - y, determinant]


def test_hopf_point_of_nine_is_proved_supercritical(hopf_of_nine):
    proof = ct.certify(hopf_of_nine)
    assert proof.certified
    assert proof.radius < 1e-15
    assert proof.coefficients["l1"] < 0
    assert float(proof.coefficients["l1"]) == pytest.approx(hopf_of_nine.normal_form.l1, rel=1e-9)
    assert ct.certify(hopf_of_nine, radius=1e-60).radius < 1e-60


def test_bogdanov_takens_points_of_nine_map_to_each_other_by_its_symmetry(double_points):
    one, two = (ct.certify(s) for s in double_points.special if s.kind == "BT")
    assert one.certified
    assert two.certified
    # (x, y, b1, gamma) -> (-y, x, -gamma, b1) and its square.
    values = [sorted(abs(float(p.enclosure[k])) for k in ("x", "y")) for p in (one, two)]
    assert values[0] == pytest.approx(values[1], abs=1e-15)


# Exact answers


def test_hopf_point_of_eight_holds_its_closed_form():
    branch = rest(sg.families.eq8().compile(beta=3, s=0), (0, 0), "alpha", (0, 1.2))
    proof = ct.certify(branch["H1"], radius=RADIUS)
    alpha = sympy.acos(sympy.Rational(2, 3))
    assert proof.certified
    assert holds(proof.enclosure["alpha"], alpha)
    assert holds(proof.coefficients["omega"], sympy.tan(alpha) / 2)
    assert holds(proof.coefficients["re_c1"], -1 / (4 * sympy.cos(alpha) ** 2))
    assert holds(proof.coefficients["l1"], -1 / sympy.sin(2 * alpha))
    assert proof.coefficients["l1"].rad() < 1e-25


def test_a_parameter_given_as_text_is_exact_and_a_double_is_the_double():
    branch = rest(sg.families.eq8().compile(s=0), (0, 0), "beta", (1, 6))
    exact = ct.certify(branch["H1"], radius=RADIUS, parameters={"alpha": "pi/3"})
    rounded = ct.certify(branch["H1"], radius=RADIUS)
    assert exact.enclosure["beta"].contains(4)
    assert not rounded.enclosure["beta"].contains(4)
    # d(2/cos alpha) = 2 tan/cos d alpha, with pi/3 rounded by less than 2^-53.
    assert abs(float(rounded.enclosure["beta"] - 4)) < 7.0 * 2.0**-53


@pytest.mark.parametrize("c", [-1, 2])
def test_cusp_of_a_cubic_is_at_the_origin(c):
    system = strings({"x": "b1 + b2*x + c*x**3"}, b1=-0.5 * c, b2=-1.0 * c, c=c)
    fold = rest(system, (1.3,), "b1", (-2, 2))["LP1"]
    cusp = ct.fold_curve(fold, free=("b1", "b2"), within={"b1": (-3, 3), "b2": (-3, 3)})["CP1"]
    proof = ct.certify(cusp, radius=RADIUS)
    assert proof.certified
    assert all(ball.contains(0) for ball in proof.enclosure.values())
    assert proof.coefficients["c"].contains(c)


@pytest.mark.parametrize("sign", [1, -1])
def test_bogdanov_takens_normal_form_has_its_own_coefficients(sign):
    system = strings({"x": "y", "y": f"b1 + b2*y + x**2 + {sign}*x*y"}, b1=-1.0, b2=0.0)
    fold = rest(system, (-1.0, 0.0), "b1", (-2, 2))["LP1"]
    curve = ct.fold_curve(fold, free=("b1", "b2"), within={"b1": (-2, 2), "b2": (-2, 2)})
    proof = ct.certify(curve["BT1"], radius=RADIUS)
    assert proof.certified
    assert proof.coefficients["a"].contains(1)
    assert proof.coefficients["b"].contains(sign)


def test_bautin_normal_form_has_its_own_coefficient():
    r2 = "(x**2 + y**2)"
    system = strings(
        {
            "x": f"m*x - y + x*{r2}*(k - {r2})",
            "y": f"x + m*y + y*{r2}*(k - {r2})",
        },
        m=-0.5,
        k=0.3,
    )
    hopf = rest(system, (0, 0), "m", (-1, 1))["H1"]
    curve = ct.hopf_curve(hopf, free=("k", "m"), within={"k": (-1, 1), "m": (-1, 1)})
    proof = ct.certify(curve["GH1"], radius=RADIUS)
    assert proof.certified
    # With |q| = 1 the radius is sqrt(2) |z|: the coefficient -1 of r^5 becomes -4.
    assert proof.coefficients["l2"].contains(-4)
    assert proof.coefficients["omega"].contains(1)


# Branch points, where something keeps two branches together


def test_pitchfork_of_two_equal_units_is_proved_on_the_diagonal():
    rhs = {"x": "-x + tanh(w*x - y + b)", "y": "-y + tanh(w*y - x + b)"}
    branch = rest(strings(rhs, w=0.1, b=0.3), (0.1, 0.1), "w", (-1, 3))
    proof = ct.certify(branch["BP1"], radius=RADIUS)
    assert proof.certified
    assert proof.enclosure["x"].overlaps(proof.enclosure["y"])
    assert "y = x" in proof.assumptions[0]
    assert "symmetry" in proof.assumptions[0]
    # <p, B(q, q)> vanishes by the symmetry; the cubic coefficient has a sign.
    assert proof.coefficients["a"].contains(0)
    assert proof.coefficients["c"] < 0


def test_predators_invade_where_their_growth_balances_their_death():
    rhs = {"x": "x*(1 - x/k - y/(1 + x))", "y": "y*(x/(1 + x) - d)"}
    branch = rest(strings(rhs, k=0.5, d=0.375), (0.5, 0), "k", (0.2, 5))
    proof = ct.certify(branch["BP1"], radius=RADIUS)
    assert proof.certified
    # x/(1 + x) = 3/8 at x = k = 3/5.
    assert holds(proof.enclosure["k"], sympy.Rational(3, 5))
    assert proof.enclosure["y"] == 0
    assert proof.coefficients["a"] != 0


def test_branch_point_that_nothing_protects_is_refused():
    branch = rest(strings({"x": "(x - 1)**2 - a**2"}, a=-0.5), (1.5,), "a", (-1, 1))
    with pytest.raises(ct.NotCertified, match="keeps them together"):
        ct.certify(branch["BP1"])


# What is false is refused, and says why


@pytest.mark.parametrize("shift", [1e-6, 1e-3, 0.1])
def test_a_fold_moved_away_from_its_place_is_refused(branches, shift):
    (fold, *_) = [s for b in branches for s in b.special if s.kind == "LP"]
    moved = dataclasses.replace(
        fold, parameters={**fold.parameters, "gamma": fold.parameters["gamma"] + shift}
    )
    with pytest.raises(ct.NotCertified, match="not certified"):
        ct.certify(moved)


def test_an_ordinary_equilibrium_is_no_fold_and_no_hopf_point(nine, branches):
    plain = ct.equilibria(
        nine, start=(-0.6, -0.5), free="gamma", within=(-0.1, 0.06), report={"gamma": [0.0123]}
    )
    (at,) = [s for s in plain.special if s.kind == "UZ"]
    for kind in ("LP", "H"):
        with pytest.raises(ct.NotCertified):
            ct.certify(dataclasses.replace(at, kind=kind))


def test_a_neutral_saddle_is_no_hopf_point():
    saddle = strings({"x": "x", "y": "-a*y + x**2"}, a=0.5)
    with pytest.raises(ct.NotCertified):
        ct.certify(claimed("H", saddle, np.zeros(2), a=1.0))


def test_a_cusp_is_no_fold_because_its_quadratic_coefficient_vanishes():
    cubic = strings({"x": "a - x**3"}, a=1.0)
    with pytest.raises(ct.NotCertified, match="quadratic, a != 0"):
        ct.certify(claimed("LP", cubic, np.zeros(1), a=0.0))


def test_linear_oscillator_has_no_lyapunov_coefficient():
    linear = strings({"x": "m*x - y", "y": "x + m*y"}, m=-0.5)
    proof = ct.certify(claimed("H", linear, np.zeros(2), m=0.0))
    assert not proof.certified
    assert proof.failed == ("l1",)


def test_another_pair_on_the_axis_is_named():
    pairs = {"x": "m*x - y - x**3", "y": "x + m*y", "u": "-3*v", "v": "3*u"}
    proof = ct.certify(claimed("H", strings(pairs, m=-0.5), np.zeros(4), m=0.0))
    assert proof.failed == ("hyperbolic",)


def test_no_symbolic_derivatives_no_proof():
    system = ct.System.from_callables(
        lambda x, p: np.array([p["a"] - x[0] ** 2]), states=("x",), parameters={"a": 1.0}
    )
    fold = rest(system, (1.0,), "a", (-1, 2))["LP1"]
    with pytest.raises(ValueError, match="no symbolic derivatives"):
        ct.certify(fold)


def test_maps_and_cycles_are_not_for_this_proof(hopf_of_nine):
    logistic = ct.System.from_strings({"x": "r*x*(1 - x)"}, parameters={"r": 2.0}, kind="map")
    flip = rest(logistic, (0.5,), "r", (1.5, 3.4))["PD1"]
    with pytest.raises(ValueError, match="equilibria of flows"):
        ct.certify(flip)
    for radius in (0.0, -1.0, math.nan):
        with pytest.raises(ValueError, match="positive"):
            ct.certify(hopf_of_nine, radius=radius)
    with pytest.raises(ValueError, match="no fixed parameter"):
        ct.certify(hopf_of_nine, parameters={"gamma": "1/20"})


def test_a_proof_reads_as_sentences_and_gives_doubles_rounded_outward(hopf_of_nine):
    proof = ct.certify(hopf_of_nine)
    text = str(proof)
    assert "gamma = [0.0530093942" in text
    assert "supercritical" in text
    assert proof.box.shape == (3, 2)
    for (lo, hi), ball in zip(proof.box, proof.enclosure.values(), strict=True):
        assert arb(lo) < ball < arb(hi)
    for name, ball in proof.region.items():
        assert ball.contains(proof.enclosure[name])


# Textbook systems, against a table that was computed with forty digits by other means

CASES = json.loads((Path(__file__).parents[1] / "data" / "textbook_systems.json").read_text())
POINTS = [
    pytest.param(case, point, id=f"{case['name']} {point['kind']} {point['at']:.4g}")
    for case in CASES
    for point in case["points"]
    if point["kind"] in ("LP", "H")
]


@pytest.mark.parametrize(("case", "known"), POINTS)
def test_points_of_textbook_systems_are_proved_with_their_coefficients(case, known):
    system = ct.System.from_strings(case["equations"], parameters=case["parameters"])
    free, kind = case["free"], known["kind"]
    guess = claimed(kind, system, np.array(known["state"], dtype=float), **{free: known["at"]})
    proof = ct.certify(guess, radius=RADIUS)
    assert proof.certified
    assert float(proof.enclosure[free]) == pytest.approx(
        known["at"], rel=case["location"], abs=1e-9
    )
    values = {name: float(ball) for name, ball in proof.coefficients.items()}
    if kind == "LP":
        values = {"abs_a": abs(values["a"])}
    for name in values.keys() & known.keys():
        assert values[name] == pytest.approx(known[name], rel=case["coefficients"])

"""Closed forms for the families of the paper against exact values and 40-digit Newton iterations.

Numbers without a formula were computed independently of this project by Newton's method in 40
digits on the defining systems (fold: f = 0, det A = 0; Hopf: f = 0, tr A = 0).
"""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
import scipy.optimize
import sympy

import symgru as sg

x, y, b1, gamma = sympy.symbols("x y b1 gamma")
cos, sin = sympy.cos(sympy.pi / 20, evaluate=False), sympy.sin(sympy.pi / 20, evaluate=False)

HOPF_9 = {"gamma": 0.05300939421975435, "state": (-0.6060568273425001, -0.5317345399547339)}
FOLDS_9 = (0.026720016045309485, 0.09550068432714272, 0.41088359023425924)
BOGDANOV_TAKENS_9 = (
    (0.3399196925759344, 0.07614847060076756),
    (0.2959877452817085, 0.03195764241878729),
)


@pytest.fixture(scope="module")
def hopf():
    return sg.hopf_conditions(sg.families.eq9())


@pytest.fixture(scope="module")
def fold():
    return sg.fold_conditions(sg.families.eq9())


def roots(branch, value, points=4001):
    """All x with b1(x) = value on one branch of the solved condition, and gamma there."""
    function = sympy.lambdify(x, branch[b1] - value)
    grid = np.linspace(-1, 1, points)[1:-1].astype(complex)
    with np.errstate(all="ignore"):
        values = function(grid)
    real = np.isfinite(values) & (np.abs(values.imag) < 1e-12)
    values = values.real
    found = []
    for i in np.flatnonzero(real[:-1] & real[1:] & (values[:-1] * values[1:] < 0)):
        ends = grid[i].real, grid[i + 1].real
        root = scipy.optimize.brentq(
            lambda t: function(complex(t)).real, *ends, xtol=1e-15, rtol=1e-14
        )
        found.append((root, complex(sympy.lambdify(x, branch[gamma])(complex(root))).real))
    return found


def test_hopf_point_of_8_is_sigma_s_beta_cos_alpha_equals_one():
    alpha, beta, s = sympy.symbols("alpha beta s")
    condition = sg.hopf_conditions(sg.families.eq8(), at=(0, 0))
    assert condition.equation == sympy.Eq(sg.sigma(s) * beta * sympy.cos(alpha), 1)
    assert condition.frequency == sympy.tan(alpha) / 2
    assert condition.re_c1 == -1 / (4 * sympy.cos(alpha) ** 2)
    assert condition.l1 == -1 / sympy.sin(2 * alpha)
    assert condition.equilibrium == ()


def test_folds_of_8_lie_on_the_determinant():
    # Four folds at once, by symmetry, where the cycle ends; beta = 3, s = 0.
    condition = sg.fold_conditions(sg.families.eq8())
    place = {"alpha": 0.1478220706790665, "beta": 3, "s": 0}
    place |= {"x": 0.56551395454, "y": 0.89675561955}
    place = {sympy.Symbol(name): value for name, value in place.items()}
    assert abs(float(condition.equation.lhs.subs(place))) < 1e-9
    for equation in condition.equilibrium:
        assert float((equation.lhs - equation.rhs).subs(place)) == pytest.approx(0, abs=1e-10)


def test_hopf_set_of_9_is_a_circle_in_state_space(hopf):
    assert hopf.equation == sympy.Eq(x**2 + y**2, 2 - 4 / (3 * cos))
    assert hopf.inequality == sympy.Gt((1 - x**2) * (1 - y**2), sympy.Rational(4, 9))
    product = (1 - x**2) * (1 - y**2)
    assert sympy.expand(hopf.frequency**2 - (9 * product / 4 - 1) / 4) == 0
    assert set(hopf.biases) == {b1, gamma}


def test_fold_set_of_9_is_quadratic_in_the_squares(fold):
    u, v = 1 - x**2, 1 - y**2
    expected = sympy.Rational(9, 4) * u * v - sympy.Rational(3, 2) * cos * (u + v) + 1
    assert sympy.expand(fold.equation.lhs - expected) == 0


def test_biases_of_9_make_the_state_an_equilibrium(fold):
    family = sg.families.eq9()
    state = {x: 0.3, y: -0.7}
    place = state | {b: value.subs(state) for b, value in fold.biases.items()}
    assert max(abs(e) for e in family.equations.subs(place).evalf()) < 1e-15


def test_hopf_point_of_9_lies_on_the_parametrised_set(hopf):
    found = [
        (root, g)
        for branch in hopf.branches
        for root, g in roots(branch, 0.32)
        if hopf.inequality.subs({x: root, y: branch[y].subs(x, root)})
    ]
    (hit,) = [h for h in found if abs(h[1]) < 0.1]
    assert hit[1] == pytest.approx(HOPF_9["gamma"], abs=1e-12)
    assert hit[0] == pytest.approx(HOPF_9["state"][0], abs=1e-12)


def test_neutral_saddle_of_9_is_on_the_circle_but_not_on_an_arc(hopf):
    # gamma = 0.07194341143618953: trace zero and determinant negative.
    found = [
        (float(branch[y].subs(x, root)), root, g)
        for branch in hopf.branches
        for root, g in roots(branch, 0.32)
    ]
    (hit,) = [h for h in found if abs(h[2] - 0.07194341143618953) < 1e-10]
    assert hopf.inequality.subs({y: hit[0], x: hit[1]}) == sympy.false


def test_folds_of_9_lie_on_the_parametrised_set(fold):
    found = sorted(g for branch in fold.branches for _, g in roots(branch, 0.32))
    inside = [g for g in found if -0.6 < g < 0.6]
    assert inside == pytest.approx(FOLDS_9, abs=1e-12)


def test_first_lyapunov_coefficient_of_9_at_its_hopf_point(hopf):
    place = dict(zip((x, y), HOPF_9["state"], strict=True))
    assert float(hopf.l1.subs(place)) == pytest.approx(-9.49746820366726, rel=1e-10)
    assert float(hopf.re_c1.subs(place)) == pytest.approx(-0.68919209, rel=1e-8)
    assert float(hopf.frequency.subs(place)) == pytest.approx(0.0725658747169, rel=1e-10)


def test_arcs_of_9_end_on_eight_bogdanov_takens_points_in_closed_form(hopf):
    squares = [sympy.Rational(2, 3) * (1 + sign * sin) / cos for sign in (1, -1)]
    expected = {
        (round(s * float(sympy.sqrt(1 - u)), 12), round(t * float(sympy.sqrt(1 - v)), 12))
        for u, v in itertools.permutations(squares)
        for s, t in itertools.product((1, -1), repeat=2)
    }
    ends = {(round(float(e[x]), 12), round(float(e[y]), 12)) for e in hopf.ends}
    assert len(hopf.ends) == 8 and ends == expected
    biases = np.array([[float(e[b1]), float(e[gamma])] for e in hopf.ends])
    for point in BOGDANOV_TAKENS_9:
        assert np.abs(biases - point).max(axis=1).min() < 1e-12


def test_ends_of_9_are_mapped_to_each_other_by_the_symmetry(hopf):
    # (x, y, b1, gamma) -> (-y, x, -gamma, b1)
    points = np.array([[float(e[k]) for k in (x, y, b1, gamma)] for e in hopf.ends])
    turned = points[:, [1, 0, 3, 2]] * [-1, 1, -1, 1]
    for point in turned:
        assert np.abs(points - point).max(axis=1).min() < 1e-13


def test_one_unit_folds_at_the_root_of_one_minus_one_over_k():
    b, s, u = sympy.symbols("b s u")
    off = sympy.zeros(1, 1)
    one = sg.GRU(1).with_weights(U_h=[[u]], b_h=[b], U_r=off, b_r=s, U_z=off, b_z=sympy.S.Zero)
    condition = sg.fold_conditions(one)
    k = u * sg.sigma(s)
    h = sympy.sqrt(1 - 1 / k)
    (state,) = one.states
    for branch, sign in zip(condition.branches, (1, -1), strict=True):
        assert branch[state] == sign * h
        assert sympy.simplify(branch[b] - sign * (sympy.atanh(h) - k * h)) == 0


def test_update_gate_moves_a_hopf_point_but_no_fold():
    # The origin is stable for b = 0 and has a Hopf point at b = ln 5; without the gate it stays
    # stable for all b, since there is none.
    b = sympy.Symbol("b")
    gru = sg.GRU(2).with_weights(U_h=[[3, -3], [3, -1]], b_z=[0, b], rest=0)
    condition = sg.hopf_conditions(gru, at=(0, 0))
    assert condition.solution == {b: sympy.log(5)}
    assert condition.frequency == sympy.sqrt(2) / 4
    assert condition.re_c1 == sympy.Rational(-35, 96)
    assert float(condition.l1) == pytest.approx(-1.0312, abs=1e-4)
    bare = gru.without_update_gate()
    assert sg.fold_conditions(gru) == sg.fold_conditions(bare)
    assert sg.hopf_conditions(bare, at=(0, 0)).equation == sympy.false


def test_two_folds_at_once_where_the_jacobian_vanishes():
    # U_h = 3 I, b_h = -0.2075464553 (1, 1): det A has a double zero at (1, 1)/sqrt(3).
    gru = sg.GRU(2).with_weights(U_h=[[3, 0], [0, 3]], b_h=-0.2075464553, rest=0)
    condition = sg.fold_conditions(gru)
    place = dict.fromkeys(gru.states, 1 / np.sqrt(3))
    left = condition.equation.lhs
    assert float(left.subs(place)) == pytest.approx(0, abs=1e-15)
    for state in gru.states:
        assert float(left.diff(state).subs(place)) == pytest.approx(0, abs=1e-15)
    for equation in condition.equilibrium:
        assert float((equation.lhs - equation.rhs).subs(place)) == pytest.approx(0, abs=1e-9)


def test_the_map_of_8_with_step_one_turns_at_a_quarter_where_the_flow_turns_at_two_thirds():
    # Neimark-Sacker of the trained network: det(I + A) = 1 at beta = 3, s = 0.
    family = sg.families.eq8()
    mapped = dataclasses.replace(family, time="map")
    alpha, beta, s = family.parameters.values()
    origin = {**dict.fromkeys(mapped.states, 0), beta: 3, s: 0}
    jacobian = mapped.jacobian.subs(origin)
    condition = sympy.simplify(jacobian.det() - 1)
    assert sympy.solve(condition.subs(sympy.cos(alpha), x), x) == [sympy.Rational(1, 4)]
    trace = family.jacobian.subs(origin).trace()
    assert sympy.solve(trace.subs(sympy.cos(alpha), x), x) == [sympy.Rational(2, 3)]

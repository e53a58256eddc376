"""Strong resonances of cycles against flows whose normal forms are known in closed form.

Around the circle r = 1 a frame turns by the angle of the resonance, see `test_cycle_normal_forms`.
In it the equations are a normal form, with a damped variable z that is slaved to a square and adds
to the cubic coefficients, and a speed that depends on the amplitude. Then the coordinates are bent.
"""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

import continuation as ct
from continuation.normalforms import (
    FirstResonanceNormalForm,
    FourthResonanceNormalForm,
    SecondResonanceNormalForm,
    ThirdResonanceNormalForm,
)

T = 2.0 * np.pi
SETTINGS = ct.Settings(max_step=0.2, intervals=20)
X, Y, P, Q, Z = sp.symbols("x y p q z", real=True)
FIRST, SECOND = sp.symbols("e1 e2", real=True)
PHASE = X + sp.I * Y
BEND = sp.Rational(3, 10) * X * P + P**2 / 5
"""What is added to q when the coordinates are bent."""


def around(
    speed: sp.Expr, planar: sp.Expr, square: sp.Expr, bend: sp.Expr, **values: float
) -> ct.System:
    """The circle with a given speed, p + i q with its equation, and z' = -z/2 + square/5."""
    radial = 1 - X**2 - Y**2
    re, im = sp.expand(planar).as_real_imag()
    old = {
        X: radial * X - speed * Y,
        Y: radial * Y + speed * X,
        P: re,
        Q: im,
        Z: -Z / 2 + square / 5,
    }
    added = sum(sp.diff(bend, v) * old[v] for v in (X, P))
    rhs = old | {Q: old[Q] + added}
    texts = {str(v): str(sp.expand(value.subs(Q, Q - bend))) for v, value in rhs.items()}
    return ct.System.from_strings(texts, parameters={"e1": -0.1, "e2": -0.3} | values)


def turning(fraction: sp.Rational, growth: sp.Expr, bend: sp.Expr, **values: float) -> ct.System:
    """W' = (e1 + i e2) W + growth(W) in a frame that turns by a fraction of the angle.

    For W itself, p + i q, growth has its phase factor x + i y; tau' = 1 + |W|^2/5.
    """
    w = P + sp.I * Q
    square = P**2 + Q**2
    speed = 1 + square / 5
    planar = (FIRST + sp.I * SECOND + sp.I * fraction * speed + 3 * Z / 10) * w + growth
    return around(speed, planar, square, bend, **values)


def doubled(alpha: float, beta: float, bend: sp.Expr) -> ct.System:
    """xi_1' = xi_2, xi_2' = e1 xi_1 + e2 xi_2 + alpha xi_1^3 + beta xi_1^2 xi_2 + 3/10 z xi_1.

    In a frame that turns by half of the angle; tau' = 1 + xi_1^2/5.
    """
    u, half = sp.symbols("u half")  # u = xi_1 + i xi_2 and exp(i phi/2), as independent symbols
    w, wc = P + sp.I * Q, P - sp.I * Q
    v = sp.Symbol("v")  # conj(u)
    one, two = (u + v) / 2, (u - v) / (2 * sp.I)
    growth = FIRST * one + SECOND * two + alpha * one**3 + beta * one**2 * two
    growth = growth + sp.Rational(3, 10) * Z * one
    frame = {u: w / half, v: wc * half}

    def periodic(expression: sp.Expr) -> sp.Expr:
        """Even powers of exp(i phi/2) in terms of x and y."""
        poly = sp.Poly(sp.expand(sp.expand(expression) * half**6), half)
        parts = []
        for (power,), factor in poly.terms():
            turns, rest = divmod(power - 6, 2)
            assert rest == 0
            parts.append(factor * (PHASE**turns if turns >= 0 else sp.conjugate(PHASE) ** -turns))
        return sp.expand(sum(parts))

    square = sp.re(periodic((one**2).subs(frame)))
    speed = 1 + square / 5
    planar = periodic((half * (two + sp.I * growth)).subs(frame))
    return around(speed, planar + sp.I * speed * w / 2, square, bend)


def single(alpha: float, beta: float, bend: sp.Expr) -> ct.System:
    """The flow p' = q, q' = e1 + e2 q + alpha p^2 + beta p q, tau' = 1 + p/3 + q/4."""
    growth = FIRST + SECOND * Q + alpha * P**2 + beta * P * Q + 3 * Z * P / 10
    return around(1 + P / 3 + Q / 4, Q + sp.I * growth, P**2, bend)


def cycle(system: ct.System, free: str, window: tuple[float, float], **at: float) -> ct.Branch:
    """Cycles through the circle, with p and q at rest where they have an equilibrium."""
    rest = at.pop("p", 0.0)
    start = np.array([1.0, 0.0, rest, 0.3 * rest + rest**2 / 5.0, 0.4 * rest**2])
    orbit = ct.simulate(system, start, np.linspace(0.0, 200.0, 1000), **at)
    return ct.cycles(orbit, free=free, within=window, settings=SETTINGS)


def kinds(branch: ct.Branch) -> list[str]:
    return [point.kind for point in branch.special]


def size(bend: sp.Expr, turn: float, complex_pair: bool) -> float:
    """Integral over one period of |v|^2 for the critical vector of amplitude 1."""
    phi = np.linspace(0.0, 4.0 * T, 20001)[:-1]
    slope = 0.0 if bend == 0 else 0.3
    wave = np.exp(1j * turn * phi)
    if complex_pair:  # xi (1, -i) exp(i turn phi)/2 is the part along xi of p, q
        p, q = wave / 2.0, -1j * wave / 2.0
    else:
        p, q = wave.real, wave.imag
    q = q + slope * np.cos(phi) * p
    return float(T * np.mean(np.abs(p) ** 2 + np.abs(q) ** 2))


BENDS = pytest.mark.parametrize("bend", [sp.Integer(0), BEND], ids=["straight", "bent"])


@BENDS
def test_third_resonance_of_a_torus(bend: sp.Expr) -> None:
    """With W = xi + ..., T b and T c of the flow xi' = b conj(xi)^2 + (c + 0.12) xi |xi|^2."""
    b, c = 0.4 - 0.3j, -0.2 + 0.9j
    w, wc = P + sp.I * Q, P - sp.I * Q
    exact_b, exact_c = (sp.Rational(str(v.real)) + sp.I * sp.Rational(str(v.imag)) for v in (b, c))
    growth = exact_b * PHASE * wc**2 + exact_c * w * (P**2 + Q**2)
    system = turning(sp.Rational(1, 3), growth, bend, e2=0.05)
    point = cycle(system, "e1", (-0.15, 0.15))["NS1"]
    window = {"e1": (-0.5, 0.5), "e2": (-0.04, 0.1)}
    branch = ct.torus_curve(point, free=("e1", "e2"), within=window, settings=SETTINGS)
    assert branch.parameters["e1"] == pytest.approx(0.0, abs=1e-9)
    assert kinds(branch) == ["R3"]
    found = branch["R31"]
    assert found.parameters["e2"] == pytest.approx(0.0, abs=1e-10)
    form = found.normal_form
    assert isinstance(form, ThirdResonanceNormalForm)
    scale = 1.0 / np.sqrt(size(bend, 1.0 / 3.0, True))
    assert form.b == pytest.approx(T * abs(b) * scale, rel=1e-7)
    assert form.a == pytest.approx(T * (c.real + 0.12) * scale**2, rel=1e-6)
    if bend == 0:
        mu = complex(np.exp(2j * np.pi / 3.0))
        exact = mu * (T * (c + 0.12) + T**2 * abs(b) ** 2) * scale**2
        assert form.c == pytest.approx(exact, rel=1e-6)


def test_fourth_resonance_of_a_torus() -> None:
    """Of the flow xi' = (c + 0.12) xi |xi|^2 + d conj(xi)^3, times T."""
    c, d = -0.2 + 0.9j, 0.5 + 0.1j
    w, wc = P + sp.I * Q, P - sp.I * Q
    exact_c, exact_d = (sp.Rational(str(v.real)) + sp.I * sp.Rational(str(v.imag)) for v in (c, d))
    growth = exact_c * w * (P**2 + Q**2) + exact_d * PHASE * wc**3
    system = turning(sp.Rational(1, 4), growth, BEND, e2=0.05)
    point = cycle(system, "e1", (-0.15, 0.15))["NS1"]
    window = {"e1": (-0.5, 0.5), "e2": (-0.04, 0.07)}
    branch = ct.torus_curve(point, free=("e1", "e2"), within=window, settings=SETTINGS)
    assert kinds(branch) == ["R4"]
    found = branch["R41"]
    assert found.parameters["e2"] == pytest.approx(0.0, abs=1e-10)
    form = found.normal_form
    assert isinstance(form, FourthResonanceNormalForm)
    scale = 1.0 / size(BEND, 1.0 / 4.0, True)
    assert form.d == pytest.approx(T * abs(d) * scale, rel=1e-6)
    assert form.c == pytest.approx(1j * T * (c + 0.12) * scale, rel=1e-6)
    assert form.a0 == pytest.approx((c + 0.12) / abs(d), rel=1e-6)


def test_second_resonance_from_period_doublings_and_from_tori() -> None:
    """With xi_2' = (alpha + 0.12) xi_1^3 + (beta - 0.48) xi_1^2 xi_2, by z = 2/5 (xi_1^2 - ...)."""
    alpha, beta = 0.8, -1.3
    system = doubled(alpha, beta, BEND)
    doublings = cycle(system, "e1", (-0.2, 0.2), e1=-0.1, e2=-0.3)
    window = {"e1": (-0.2, 0.2), "e2": (-0.5, 0.5)}
    flips = ct.period_doubling_curve(
        doublings["PD1"], free=("e1", "e2"), within=window, settings=SETTINGS
    )
    assert flips.parameters["e1"] == pytest.approx(0.0, abs=1e-9)
    assert kinds(flips) == ["R2"]
    around_it = cycle(system, "e2", (-0.4, 0.2), e1=-0.02, e2=-0.3)
    tori = ct.torus_curve(around_it["NS1"], free=("e1", "e2"), within=window, settings=SETTINGS)
    assert tori.parameters["e2"] == pytest.approx(0.0, abs=1e-9)
    found = [point.parameters["e1"] for point in tori.special]
    assert dict(zip(kinds(tori), found, strict=True)) == pytest.approx(
        {"R2": 0.0, "R3": -1.0 / 36.0, "R4": -1.0 / 16.0}, abs=1e-9
    )
    scale = 1.0 / size(BEND, 0.5, False)
    strong, weak = T**2 * (alpha + 0.12) * scale, T * (beta - 0.48) * scale
    for point in (flips["R21"], tori["R21"]):
        assert point.parameters["e1"] == pytest.approx(0.0, abs=1e-9)
        assert point.parameters["e2"] == pytest.approx(0.0, abs=1e-7)
        form = point.normal_form
        assert isinstance(form, SecondResonanceNormalForm)
        assert form.c == pytest.approx(strong, rel=1e-6)
        assert form.d == pytest.approx(-weak - 3.0 * strong, rel=1e-6)


def test_first_resonance_from_folds_and_from_tori() -> None:
    """The folds lie on e1 = 0; the tori touch it, and their equations have a branch point there."""
    alpha, beta, p = 0.8, -1.3, -0.2
    system = single(alpha, beta, BEND)
    window = {"e1": (-0.1, 0.1), "e2": (-1.0, 0.6)}
    curves = []
    for free, kind, verb in (("e1", "LPC", ct.cycle_fold_curve), ("e2", "NS", ct.torus_curve)):
        family = cycle(system, free, window[free], p=p, e1=-alpha * p**2, e2=-0.9)
        point = family[f"{kind}1"]
        curves.append(verb(point, free=("e1", "e2"), within=window, settings=SETTINGS))
    folds, tori = curves
    assert folds.parameters["e1"] == pytest.approx(0.0, abs=1e-9)
    assert kinds(folds) == ["R1"]
    assert ct.StopReason.RESONANCE in tori.stop
    scale = 1.0 / np.sqrt(size(BEND, 0.0, False))
    strong, weak = T**2 * alpha * scale, T * beta * scale
    for point in (folds["R11"], tori["R11"]):
        assert point.parameters["e1"] == pytest.approx(0.0, abs=1e-12)
        assert point.parameters["e2"] == pytest.approx(0.0, abs=1e-10)
        form = point.normal_form
        assert isinstance(form, FirstResonanceNormalForm)
        assert form.a == pytest.approx(strong, rel=1e-6)
        assert form.b == pytest.approx(weak + 2.0 * strong, rel=1e-6)
        assert "are stable" in form.unfolding

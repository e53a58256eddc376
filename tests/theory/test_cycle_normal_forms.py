"""Normal forms of cycles against flows whose return map is known in closed form, and shooting.

Around the circle r = 1, phi' = 1 + s (...)^2, turn a frame by the angle phi, half of phi, or not at
all; in that frame the equations are those of a normal form, with a damped variable that is slaved
to its square. Coefficients then follow by hand, in the normalisation of Kuznetsov, Govaerts, Doedel
and Dhooge (2005): the integral of |v|^2 over one period 2 pi is 1.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import continuation as ct
from continuation.curves.cycle import CycleCurve
from continuation.defining import Equations
from continuation.normalforms.cycles import (
    CycleFoldNormalForm,
    CycleTorusNormalForm,
    PeriodDoublingNormalForm,
)
from continuation.normalforms.resonances import (
    SecondResonanceNormalForm,
    second_resonance_normal_form,
)
from continuation.points import Polished

PERIOD = 2.0 * np.pi


def circle(speed: str) -> dict[str, str]:
    """The circle r = 1, attracting, run through with a given speed."""
    return {
        "x": f"(1 - x**2 - y**2)*x - ({speed})*y",
        "y": f"(1 - x**2 - y**2)*y + ({speed})*x",
    }


def moebius(**values: float) -> ct.System:
    """A frame (xi, eta) that turns by half of phi: xi' = be xi - g xi^3 + m xi z, eta' = -eta.

    P = (1 + cos phi, sin phi; sin phi, 1 - cos phi)/2 projects on the axis of xi.
    """
    first, second = "((1 + x)*p + y*q)/2", "(y*p + (1 - x)*q)/2"
    square = f"(p*{first} + q*{second})"
    speed = f"1 + s*{square}"
    grow = f"(be + 1 - g*{square} + m*z)"
    rhs = circle(speed) | {
        "p": f"-({speed})*q/2 + {grow}*{first} - p",
        "q": f"({speed})*p/2 + {grow}*{second} - q",
        "z": f"-c*z + e*{square}",
    }
    return ct.System.from_strings(
        rhs, parameters={"be": -0.1, "g": 0.7, "s": 0.4, "m": 0.3, "c": 0.5, "e": 0.2} | values
    )


def torus(**values: float) -> ct.System:
    """W = p + i q: W' = (al + i be) W - (g + i h) W |W|^2 + m W z."""
    square = "(p**2 + q**2)"
    rhs = circle(f"1 + s*{square}") | {
        "p": f"(al - g*{square} + m*z)*p - (be - h*{square})*q",
        "q": f"(al - g*{square} + m*z)*q + (be - h*{square})*p",
        "z": f"-c*z + e*{square}",
    }
    parameters = {"al": -0.1, "be": 0.3, "g": 0.7, "h": 0.5, "s": 0.4, "m": 0.3, "c": 0.5, "e": 0.2}
    return ct.System.from_strings(rhs, parameters=parameters | values)


def sheared(shear: float, nu: float) -> ct.System:
    """The flow r' = mu r + nu r^3 - r^5, phi' = 1 + shear r^2."""
    square = "(x**2 + y**2)"
    growth = f"(mu + nu*{square} - {square}**2)"
    return ct.System.from_strings(
        {
            "x": f"{growth}*x - (1 + k*{square})*y",
            "y": f"{growth}*y + (1 + k*{square})*x",
        },
        parameters={"mu": -0.1, "nu": nu, "k": shear},
    )


def through(system: ct.System, free: str) -> ct.Branch:
    """The cycle r = 1, with all else at rest."""
    start = np.zeros(system.dimension)
    start[0] = 1.0
    orbit = ct.simulate(system, start, np.linspace(0.0, 50.0, 200))
    return ct.cycles(orbit, free=free, within=(-0.15, 0.15))


@pytest.mark.parametrize(("g", "word"), [(0.7, "supercritical"), (-0.3, "subcritical")])
def test_period_doubling_of_a_moebius_band(g: float, word: str) -> None:
    """The answer is b = (m e / c - g) / (2 pi) and a = s / (2 pi)."""
    point = through(moebius(g=g), "be")["PD1"]
    form = point.normal_form
    assert isinstance(form, PeriodDoublingNormalForm)
    assert point.parameters["be"] == pytest.approx(0.0, abs=1e-11)
    assert form.b == pytest.approx((0.3 * 0.2 / 0.5 - g) / PERIOD, rel=1e-8)
    assert form.a == pytest.approx(0.4 / PERIOD, rel=1e-8)
    assert form.criticality == word


@pytest.mark.parametrize(("g", "word"), [(0.7, "supercritical"), (-0.3, "subcritical")])
def test_torus_around_a_circle(g: float, word: str) -> None:
    """|W|^2 = 2 |xi|^2 / T, so that d = (m e / c - g - i h) / pi, and a = s / pi."""
    point = through(torus(g=g), "al")["NS1"]
    form = point.normal_form
    assert isinstance(form, CycleTorusNormalForm)
    assert form.d == pytest.approx((0.3 * 0.2 / 0.5 - g) / np.pi, rel=1e-8)
    assert abs(form.im_d) == pytest.approx(0.5 / np.pi, rel=1e-8)
    assert form.a == pytest.approx(0.4 / np.pi, rel=1e-8)
    assert form.theta == pytest.approx(0.6 * np.pi, rel=1e-10)
    assert form.criticality == word


@pytest.mark.parametrize(("shear", "nu"), [(0.3, 1.0), (-0.8, 0.6)])
def test_fold_of_cycles_in_a_sheared_bautin_form(shear: float, nu: float) -> None:
    """At r^2 = nu/2, with rho = r - r_0, rho' = Q rho^2 and phi' = Omega + 2 k r_0 rho.

    Q = 3 nu r_0 - 10 r_0^3; xi = -2 k r_0 rho / Omega, so that b = -Q Omega / (2 k r_0).
    """
    system = sheared(shear, nu)
    rest = ct.equilibria(system, start=(0.0, 0.0), free="mu", within=(-0.5, 0.5))
    point = ct.cycles(rest["H1"])["LPC1"]
    form = point.normal_form
    assert isinstance(form, CycleFoldNormalForm)
    radius = np.sqrt(nu / 2.0)
    curvature = 3.0 * nu * radius - 10.0 * radius**3
    drift = 2.0 * shear * radius / (1.0 + shear * radius**2)
    assert form.b == pytest.approx(-curvature / drift, rel=1e-9)
    assert abs(form.shift) == pytest.approx(abs(drift), rel=1e-8)
    assert form.criticality == ""


def test_fold_of_cycles_without_shear_has_a_coefficient_for_v_of_size_one_only() -> None:
    system = sheared(0.0, 1.0)
    rest = ct.equilibria(system, start=(0.0, 0.0), free="mu", within=(-0.5, 0.5))
    form = ct.cycles(rest["H1"])["LPC1"].normal_form
    assert isinstance(form, CycleFoldNormalForm)
    assert np.isnan(form.b)
    assert abs(form.quadratic) == pytest.approx(np.sqrt(2.0), rel=1e-8)


def return_map(point: ct.SpecialPoint, radius: float, order: int) -> np.ndarray:
    """Taylor coefficients of the return map of the Lur'e system to the plane y = y_0.

    On a grid of Chebyshev points around the cycle, by DOP853 at a tolerance of 1e-13.
    """
    alpha, beta = (point.parameters[name] for name in ("alpha", "beta"))
    start = point.state
    nodes = radius * np.cos(np.pi * (np.arange(order + 1) + 0.5) / (order + 1))

    def field(t: float, u: np.ndarray) -> list[float]:
        return [u[1], u[2], -alpha * u[2] - beta * u[1] - u[0] + u[0] ** 2]

    def section(t: float, u: np.ndarray) -> float:
        return u[1] - start[1]

    section.direction = np.sign(start[2])  # type: ignore[attr-defined]
    assert point.period is not None
    sides, images = [], []
    for a in nodes:
        for b in nodes:
            u = start + np.array([a, 0.0, b])
            run = solve_ivp(
                field, (0.0, 1.3 * point.period), u, "DOP853", events=section,
                rtol=1e-13, atol=1e-15,
            )  # fmt: skip
            late = np.argmin(np.abs(run.t_events[0] - point.period))
            image = run.y_events[0][late] - start
            sides.append((a / radius, b / radius))
            images.append(image[[0, 2]])
    left, right = np.array(sides).T
    powers = [(i, j) for i in range(order + 1) for j in range(order + 1 - i)]
    matrix = np.column_stack([left**i * right**j for i, j in powers])
    found = np.linalg.lstsq(matrix, np.array(images))[0]
    taylor = np.zeros((order + 1, order + 1, 2))
    for (i, j), value in zip(powers, found, strict=True):
        taylor[i, j] = value / radius ** (i + j)
    return taylor


def test_period_doubling_of_the_lure_system_by_shooting() -> None:
    """The return map is xi -> -xi - T b xi^3 for q = v(0), projected along the flow."""
    system = ct.System.from_strings(
        {"x": "y", "y": "z", "z": "-alpha*z - beta*y - x + x**2"},
        parameters={"alpha": 1.0, "beta": 1.0},
    )
    rest = ct.equilibria(system, start=(0.0, 0.0, 0.0), free="alpha", within=(-1.5, 1.5))
    branch = ct.cycles(rest["H1"], within=(0.5, 1.1), settings=ct.Settings(max_step=0.1))
    point = branch["PD1"]
    assert point.orbit is not None and point.period is not None
    curve, z = CycleCurve.from_data(point.orbit, "alpha", 1.0, ct.Settings())
    v = np.real(curve.variation(z).eigenfunction(-1.0).y[0]) / np.sqrt(point.period)
    flow = system.f(point.state, point.parameters)
    q = (v - flow * v[1] / flow[1])[[0, 2]]
    taylor = return_map(point, 0.02, 8)
    a = np.column_stack((taylor[1, 0], taylor[0, 1]))
    assert a @ q == pytest.approx(-q, abs=1e-8)
    p = np.linalg.svd(a.T + np.eye(2))[2][-1]
    p = p / (p @ q)

    def second(u: np.ndarray, w: np.ndarray) -> np.ndarray:
        crossed = u[0] * w[1] + u[1] * w[0]
        squares = taylor[2, 0] * u[0] * w[0] + taylor[0, 2] * u[1] * w[1]
        return np.asarray(2.0 * squares + taylor[1, 1] * crossed)

    third = 6.0 * sum(taylor[i, 3 - i] * q[0] ** i * q[1] ** (3 - i) for i in range(4))
    bent = np.linalg.solve(np.eye(2) - a, second(q, q))
    b = float(p @ (third + 3.0 * second(q, bent))) / 6.0
    assert isinstance(point.normal_form, PeriodDoublingNormalForm)
    assert point.normal_form.b == pytest.approx(-b / point.period, rel=1e-5)


def test_second_resonance_of_the_lure_system_by_shooting() -> None:
    """The return map as a polynomial map: its coefficients, for the vector q_0 of the flow.

    By reversibility its second iterate is conservative: d = -3 c.
    """
    system = ct.System.from_strings(
        {"x": "y", "y": "z", "z": "-alpha*z - beta*y - x + x**2"},
        parameters={"alpha": 1.0, "beta": 1.0},
    )
    settings = ct.Settings(max_step=0.1)
    rest = ct.equilibria(system, start=(0.0, 0.0, 0.0), free="alpha", within=(-1.5, 1.5))
    doubling = ct.cycles(rest["H1"], within=(0.5, 1.1), settings=settings)["PD1"]
    window = {"alpha": (-0.2, 0.8), "beta": (0.1, 2.0)}
    curve = ct.period_doubling_curve(
        doubling, free=("alpha", "beta"), within=window, settings=settings
    )
    point = curve["R21"]
    form = point.normal_form
    assert isinstance(form, SecondResonanceNormalForm)
    assert form.d == pytest.approx(-3.0 * form.c, rel=1e-6)
    assert point.orbit is not None and point.period is not None
    one, z = CycleCurve.from_data(point.orbit, "alpha", 0.0, settings)
    v = np.real(one.variation(z).eigenfunction(-1.0).y[0]) / np.sqrt(point.period)
    flow = system.f(point.state, point.parameters)
    q = (v - flow * v[1] / flow[1])[[0, 2]]
    taylor = return_map(point, 0.02, 8)
    texts = {
        name: " + ".join(
            f"({float(taylor[i, j, k])!r})*u**{i}*w**{j}"
            for i in range(4)
            for j in range(4 - i)
            if i + j > 0
        )
        for k, name in enumerate(("u", "w"))
    }
    returns = ct.System.from_strings(texts, parameters={"p": 0.0}, kind="map")
    equations = Equations(returns, ("p",), returns.vector())
    rest_point = Polished(np.zeros(3), q, q, 0.0, 0.0, 0.0)
    found = second_resonance_normal_form(equations, rest_point)
    assert form.c == pytest.approx(found.c * (q @ q), rel=1e-4)


def test_a_python_function_gives_the_normal_form_of_its_text() -> None:
    def f(u: np.ndarray, p: dict[str, float]) -> np.ndarray:
        return np.array([u[1], u[2], -p["alpha"] * u[2] - u[1] - u[0] + u[0] ** 2])

    plain = ct.System.from_callables(f, states=("x", "y", "z"), parameters={"alpha": 1.0})
    text = ct.System.from_strings(
        {"x": "y", "y": "z", "z": "-alpha*z - y - x + x**2"}, parameters={"alpha": 1.0}
    )
    found = []
    for system in (plain, text):
        rest = ct.equilibria(system, start=(0.0, 0.0, 0.0), free="alpha", within=(0.5, 1.5))
        branch = ct.cycles(rest["H1"], settings=ct.Settings(max_step=0.1))
        form = branch["PD1"].normal_form
        assert isinstance(form, PeriodDoublingNormalForm)
        found.append((form.b, form.a))
    assert found[0] == pytest.approx(found[1], rel=1e-7)

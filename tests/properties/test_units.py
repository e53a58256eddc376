"""The units of a model change nothing: x = s X, t = tau t', p = q P gives the same branches."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
import pytest

import continuation as ct
from continuation.normalforms import FoldNormalForm, HopfNormalForm


@dataclass(frozen=True)
class Model:
    """Equations, parameters, and where a branch of equilibria begins."""

    rhs: dict[str, str]
    parameters: dict[str, float]
    start: tuple[float, ...]
    within: tuple[float, float]
    second: tuple[float, float] = (0.0, 1.0)
    free: tuple[str, str] = field(default=("a", "b"))


GRU = "(tanh({0}) - {1})/2"
MODELS = {
    "family (9)": Model(
        {
            "x": GRU.format("3/2*(cos(pi/20)*x + sin(pi/20)*y) + a", "x"),
            "y": GRU.format("3/2*(cos(pi/20)*y - sin(pi/20)*x) + b", "y"),
        },
        {"a": 0.32, "b": 0.051},
        (-0.6, -0.5),
        (-0.6, 0.6),
        (-0.6, 0.6),
        ("b", "a"),
    ),
    "Bautin": Model(
        {
            "x": "a*x - y + b*x*(x**2 + y**2) - x*(x**2 + y**2)**2",
            "y": "x + a*y + b*y*(x**2 + y**2) - y*(x**2 + y**2)**2",
        },
        {"a": -0.2, "b": 0.5},
        (0.0, 0.0),
        (-0.3, 0.4),
        (-1.0, 1.0),
    ),
    "Brusselator": Model(
        {"x": "b + x**2*y - (a + 1)*x", "y": "a*x - x**2*y"},
        {"a": 1.5, "b": 1.0},
        (1.0, 1.5),
        (1.2, 3.0),
        (0.5, 2.0),
    ),
    "Morris-Lecar": Model(
        {
            "v": "(a - 2.2*(1 + tanh((v + 1.2)/18))*(v - 120) - b*w*(v + 84) - 2*(v + 60))/20",
            "w": "0.04*(0.5*(1 + tanh((v - 2)/30)) - w)*cosh((v - 2)/60)",
        },
        {"a": 40.0, "b": 8.0},
        (-40.0, 0.05),
        (40.0, 250.0),
        (6.0, 10.0),
    ),
}
UNITS = [(1e-6, 1e6, 1e-6), (1e6, 1e-6, 1e6), (1e-3, 1.0, 1e6)]
"""Factors s, tau and q of states, time and parameters."""

SAME = 1e-10
"""Special points are solved to round-off of about 1e-12, seen through a condition of up to 100."""


def in_units(model: Model, s: float, tau: float, q: float) -> Model:
    """The same model for X = x / s and P = p / q, with a derivative by t / tau."""
    factors = dict.fromkeys(model.rhs, s) | dict.fromkeys(model.free, q)

    def written(text: str) -> str:
        def replaced(match: re.Match[str]) -> str:
            name = match.group()
            return f"({factors[name]!r}*{name})" if name in factors else name

        return re.sub(r"[A-Za-z_]\w*", replaced, text)

    return replace(
        model,
        rhs={name: f"{tau / s!r}*({written(text)})" for name, text in model.rhs.items()},
        parameters={name: value / q for name, value in model.parameters.items()},
        start=tuple(x / s for x in model.start),
        within=(model.within[0] / q, model.within[1] / q),
        second=(model.second[0] / q, model.second[1] / q),
    )


@lru_cache
def found(name: str, s: float, tau: float, q: float) -> dict[str, ct.Branch]:
    """Branches of a model in some units: equilibria, cycles, folds and Hopf points."""
    model = in_units(MODELS[name], s, tau, q)
    system = ct.System.from_strings(model.rhs, parameters=model.parameters)
    free, other = model.free
    rest = ct.equilibria(system, start=model.start, free=free, within=model.within)
    hopf = next(point for point in rest.special if point.kind == "H")
    window = {free: model.within, other: model.second}
    branches = {
        "equilibria": rest,
        "cycles": ct.cycles(hopf, settings=ct.Settings(max_points=60)),
        "Hopf points": ct.hopf_curve(hopf, free=(free, other), within=window),
    }
    folds = [point for point in rest.special if point.kind == "LP"]
    if folds:
        branches["folds"] = ct.fold_curve(folds[0], free=(free, other), within=window)
    return branches


@pytest.mark.parametrize("units", UNITS)
@pytest.mark.parametrize("name", MODELS)
def test_units_change_no_branch(name: str, units: tuple[float, float, float]) -> None:
    """As many points, the same special points, for the same reasons an end; periods in units."""
    s, tau, q = units
    for kind, plain in found(name, 1.0, 1.0, 1.0).items():
        branch = found(name, *units)[kind]
        assert branch.stop == plain.stop
        assert len(branch) == pytest.approx(len(plain), rel=0.02, abs=1)
        assert [p.label for p in branch.special] == [p.label for p in plain.special]
        for point, other in zip(branch.special, plain.special, strict=True):
            for free in plain.free:
                lo, hi = plain.within[free]
                gap = abs(q * point.parameters[free] - other.parameters[free])
                assert gap < SAME * (hi - lo)
            size = max(1.0, float(np.abs(other.state).max()))
            if point.period is None or other.period is None:
                assert s * point.state == pytest.approx(other.state, abs=SAME * size)
            else:
                assert tau * point.period == pytest.approx(other.period, rel=1e-8)
        if branch.periods is not None and plain.periods is not None and len(branch) == len(plain):
            assert tau * branch.periods == pytest.approx(plain.periods, rel=1e-6)


@pytest.mark.parametrize("units", UNITS)
@pytest.mark.parametrize("name", MODELS)
def test_coefficients_have_the_units_that_their_normal_forms_say(
    name: str, units: tuple[float, float, float]
) -> None:
    """At a Hopf point r' = re_c1 r^3 and theta' = omega, at a fold xi' = a xi^2."""
    s, tau, _ = units
    pairs = zip(
        found(name, *units)["equilibria"].special,
        found(name, 1.0, 1.0, 1.0)["equilibria"].special,
        strict=True,
    )
    for point, plain in pairs:
        form, other = point.normal_form, plain.normal_form
        if isinstance(form, HopfNormalForm) and isinstance(other, HopfNormalForm):
            assert form.omega == pytest.approx(tau * other.omega, rel=1e-9)
            assert form.re_c1 == pytest.approx(tau * s**2 * other.re_c1, rel=1e-7)
        elif isinstance(form, FoldNormalForm) and isinstance(other, FoldNormalForm):
            assert form.a == pytest.approx(tau * s * other.a, rel=1e-8)


@pytest.mark.parametrize("rate", [1.0, 1e6, 1e12, 1e15])
def test_a_fast_equation_hides_no_fold_and_no_branch_point_of_a_slow_one(rate: float) -> None:
    """A state y that follows x at any rate changes nothing for x' = a - x^2 and x' = a x - x^3.

    Equilibria lie on the curve to the tolerance of points, wherever the branch is.
    """
    slow = {"a - x**2": (1.0, 1.0, "LP"), "a*x - x**3": (-1.0, 0.0, "BP")}
    for rhs, (a, x, kind) in slow.items():
        rest = {"x": rhs, "y": f"{rate!r}*(x - y)"}
        system = ct.System.from_strings(rest, parameters={"a": a})
        branch = ct.equilibria(system, start=(x, x), free="a", within=(-1, 2))
        assert [point.label for point in branch.special] == [f"{kind}1"]
        assert abs(branch[f"{kind}1"].parameters["a"]) < 1e-12
        left = system.field.evaluate(branch.states.T.copy(), np.array([0.0]))[:, 0]
        parameter = branch.parameters["a"]
        off = left + (parameter if kind == "LP" else parameter * branch.states[0])
        assert np.abs(off).max() < 1e-9

"""What a normal form says about its unfolding, against what is found in the unfolding itself."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation.normalforms import (
    ChencinerNormalForm,
    FirstResonanceNormalForm,
    FourthResonanceNormalForm,
    GeneralizedFlipNormalForm,
    MapCuspNormalForm,
    SecondResonanceNormalForm,
    ThirdResonanceNormalForm,
)


def born(rhs: dict[str, str], free: str, **values: float) -> str:
    """Criticality of the only Neimark-Sacker point of a fixed point."""
    system = ct.System.from_strings(rhs, parameters=values, kind="map")
    start = [-0.1 if "e0" in values else 0.0, 0.0]
    branch = ct.equilibria(system, start, free=free, within=(-0.5, 0.5))
    [point] = [point for point in branch.special if point.kind == "NS"]
    return point.normal_form.criticality


@pytest.mark.parametrize(("a", "b"), [(0.8, -1.3), (0.8, 2.5), (0.8, 1.3)])
def test_invariant_circles_at_a_first_resonance_are_as_stable_as_said(a: float, b: float) -> None:
    """The fixed point x = -0.1 of e0 + a x^2 = 0."""
    rhs = {"x": "x + y", "y": "y + e0 + e2*y + a*x**2 + b*x*y"}
    word = born(rhs, "e2", e0=-a * 0.01, e2=0.0, a=a, b=b)
    form = FirstResonanceNormalForm(a, b)
    assert ("are stable" in form.unfolding) == (word == "supercritical")


@pytest.mark.parametrize(("c", "d"), [(0.8, -1.3), (0.8, -4.0), (-0.8, 2.0), (-0.8, 3.0)])
def test_invariant_circles_at_a_second_resonance_are_as_stable_as_said(c: float, d: float) -> None:
    rhs = {"x": "-x + y", "y": "-y + e1*x + e2*y + c*x**3 + d*x**2*y"}
    word = born(rhs, "e2", e1=-0.02, e2=0.0, c=c, d=d)
    form = SecondResonanceNormalForm(c, d)
    assert form.unfolding.startswith("Stable") == (word == "supercritical")
    assert ("doubled saddle cycle" in form.unfolding) == (c > 0.0)


def near(angle: float, b: complex, c: complex, d: complex) -> str:
    """Criticality at z -> r exp(i angle) z + b conj(z)^2 + c z |z|^2 + d conj(z)^3."""
    square = "(x**2 + y**2)"
    terms = [
        (complex(np.exp(1j * angle)), "(1 + p)*x", "(1 + p)*y"),
        (b, "(x**2 - y**2)", "(-2*x*y)"),
        (c, f"x*{square}", f"y*{square}"),
        (d, "(x**3 - 3*x*y**2)", "(y**3 - 3*x**2*y)"),
    ]
    re = " + ".join(f"({v.real!r})*{one} - ({v.imag!r})*{other}" for v, one, other in terms)
    im = " + ".join(f"({v.real!r})*{other} + ({v.imag!r})*{one}" for v, one, other in terms)
    return born({"x": re, "y": im}, "p", p=-0.1)


@pytest.mark.parametrize("c", [-0.6 + 0.9j, 0.3 + 0.2j, 0.5 - 0.2j])
def test_invariant_circles_at_a_third_resonance_are_as_stable_as_said(c: complex) -> None:
    """Re d of the Neimark-Sacker points tends to a, beside the resonance."""
    b, angle = 0.4 - 0.3j, 2.0 * np.pi / 3.0
    a = (np.exp(-1j * angle) * c).real - abs(b) ** 2
    form = ThirdResonanceNormalForm(abs(b), c, a)
    word = near(angle + 0.02, b, c, 0j)
    assert ("are stable" in form.unfolding) == (word == "supercritical")


@pytest.mark.parametrize("c", [-0.2 + 0.9j, -0.2 + 0.3j, 0.7 - 0.2j])
def test_invariant_circles_at_a_fourth_resonance_are_as_stable_as_said(c: complex) -> None:
    form = FourthResonanceNormalForm(c, 0.5, -1j * c / 0.5)
    word = near(np.pi / 2.0 + 0.02, 0j, c, 0.5 + 0j)
    assert form.unfolding.endswith("born stable.") == (word == "supercritical")
    assert form.unfolding.startswith("One" if abs(c) < 0.5 else "Two")


def test_cycles_of_four_times_the_period_are_as_many_as_said() -> None:
    """Equilibria z = r exp(i phi) of z' = eps z + a0 z |z|^2 + conj(z)^3, for all angles of eps.

    -eps / r^2 runs through the circle a0 + exp(-4 i phi): the roots of |a0 - s exp(i psi)| = 1.
    """
    for a0, counts in ((0.4 - 0.3j, {4}), (-1.2 + 0.8j, {0, 8})):
        found = set()
        for psi in np.linspace(0.0, 2.0 * np.pi, 97):
            eps = -np.exp(1j * psi)
            roots = np.roots([1.0, -2.0 * (a0 * np.exp(-1j * psi)).real, abs(a0) ** 2 - 1.0])
            lengths = roots.real[(np.abs(roots.imag) < 1e-12) & (roots.real > 0.0)]
            for s in lengths:
                z = np.exp(-0.25j * np.angle(s * np.exp(1j * psi) - a0)) / np.sqrt(s)
                residual = eps * z + a0 * z * abs(z) ** 2 + z.conjugate() ** 3
                assert abs(residual) < 1e-10
            found.add(4 * len(lengths))
        assert found == counts
        form = FourthResonanceNormalForm(1j * a0, 1.0, a0)
        assert form.unfolding.startswith("One" if counts == {4} else "Two")


def test_vanishing_coefficients_say_nothing() -> None:
    forms = (
        MapCuspNormalForm(0.0),
        GeneralizedFlipNormalForm(float("nan")),
        ChencinerNormalForm(0j, 0j, 0.0, 1.0),
        FirstResonanceNormalForm(1.0, 2.0),
        SecondResonanceNormalForm(1.0, -3.0),
        ThirdResonanceNormalForm(1.0, 0j, 0.0),
        FourthResonanceNormalForm(1.0 + 0j, 0.0, complex("nan")),
        FourthResonanceNormalForm(0.1 + 1.0j, 1e-12, (1.0 - 0.1j) / 1e-12),
        ThirdResonanceNormalForm(1e-13, 0.1 + 1.0j, -0.5),
    )
    assert [form.unfolding for form in forms] == [""] * len(forms)

"""Double Hopf points whose frequencies are as 1 to 2."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct

PLANE = {"a": (-1.0, 1.0), "b": (-1.0, 1.0)}


def double_hopf(quadratic: str, second: float) -> ct.SpecialPoint:
    """Two amplitude equations of p11 = p22 = -2 (|q| = 1), and a term in that of the second."""
    system = ct.System.from_strings(
        {
            "x": "a*x - y - x*(x**2 + y**2)",
            "y": "x + a*y - y*(x**2 + y**2)",
            "u": f"b*u - {second}*v - u*(u**2 + v**2) + {quadratic}",
            "v": f"{second}*u + b*v - v*(u**2 + v**2)",
        },
        parameters={"a": -1.0, "b": -0.5},
    )
    branch = ct.equilibria(system, start=(0, 0, 0, 0), free="a", within=(-2, 1))
    return ct.hopf_curve(branch["H1"], free=("a", "b"), within=PLANE)["HH1"]


@pytest.mark.parametrize("second", [2.0, 3.0, 2.5])
def test_without_quadratic_terms_frequencies_do_not_matter(second: float) -> None:
    form = double_hopf("0", second).normal_form
    assert np.allclose([form.p11, form.p12, form.p21, form.p22], [-2, 0, 0, -2], atol=1e-12)


def test_quadratic_terms_in_resonance_leave_coefficients_undefined_not_huge() -> None:
    """The square of the first pair drives the second, which alone does not feel it."""
    point = double_hopf("x**2 + x*u", 2.0)
    form = point.normal_form
    assert np.isnan(form.p11) and form.p22 == pytest.approx(-2.0, abs=1e-12)
    assert "as 1 to 2" in ct.describe(point)


def test_no_tori_start_where_their_coefficients_are_undefined() -> None:
    with pytest.raises(ct.ContinuationError) as caught:
        ct.torus_curve(double_hopf("x**2 + x*u", 2.0), free=("a", "b"), within=PLANE)
    assert "\n" not in str(caught.value)

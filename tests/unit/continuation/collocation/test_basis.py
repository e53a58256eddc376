"""Polynomials, quadrature and differentiation on one interval."""

from __future__ import annotations

import numpy as np
import pytest

from continuation.collocation.basis import basis

DEGREES = range(2, 8)


@pytest.mark.parametrize("degree", DEGREES)
def test_lobatto_weights_are_positive_and_integrate_degree_2m_minus_1(degree: int) -> None:
    b = basis(degree)
    assert np.all(b.node_weights > 0.0)
    for k in range(2 * degree):
        assert b.node_weights @ b.nodes**k == pytest.approx(1.0 / (k + 1), abs=2e-15)


@pytest.mark.parametrize("degree", DEGREES)
def test_gauss_method_integrates_monomials_from_zero_to_every_node(degree: int) -> None:
    b = basis(degree)
    for k in range(degree):
        expected = b.nodes[1:] ** (k + 1) / (k + 1)
        assert b.integral @ b.gauss**k == pytest.approx(expected, abs=2e-14)
        assert b.runge_kutta @ b.gauss**k == pytest.approx(b.gauss ** (k + 1) / (k + 1), abs=2e-14)


@pytest.mark.parametrize("degree", DEGREES)
def test_values_slopes_and_coefficients_are_exact_for_polynomials_of_the_degree(
    degree: int,
) -> None:
    b = basis(degree)
    p = np.polynomial.Polynomial(np.arange(1.0, degree + 2.0))
    nodal = p(b.nodes)
    s = np.array([0.0, 0.3, float(b.nodes[1]), 1.0])
    assert b.at(s) @ nodal == pytest.approx(p(s), rel=1e-13)
    assert b.value @ nodal == pytest.approx(p(b.gauss), rel=1e-12)
    assert b.slope @ nodal == pytest.approx(p.deriv()(b.gauss), rel=1e-11)
    assert b.monomial @ nodal == pytest.approx(p.coef, rel=1e-9)
    assert b.top @ nodal == pytest.approx(p.deriv(degree)(0.0), rel=1e-8)


@pytest.mark.parametrize("degree", DEGREES)
def test_phase_matrix_is_the_integral_of_a_function_times_a_slope(degree: int) -> None:
    b = basis(degree)
    u, v = np.polynomial.Polynomial([1.0, 2.0, -1.0]), np.polynomial.Polynomial([0.5, -1.0, 3.0])
    integral = (u * v.deriv()).integ()
    assert u(b.nodes) @ b.phase @ v(b.nodes) == pytest.approx(integral(1.0), rel=1e-13)


def test_lebesgue_constant_stays_below_two() -> None:
    s = np.linspace(0.0, 1.0, 501)
    assert max(np.abs(basis(m).at(s)).sum(axis=1).max() for m in DEGREES) < 2.0


@pytest.mark.parametrize("degree", [1, 8])
def test_degrees_outside_two_to_seven_are_refused(degree: int) -> None:
    with pytest.raises(ValueError, match="degree"):
        basis(degree)

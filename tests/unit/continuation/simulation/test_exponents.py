from __future__ import annotations

import numpy as np
import pytest

import continuation as ct


def test_exponents_of_an_equilibrium_are_the_real_parts_of_its_eigenvalues(hopf):
    spectrum = ct.lyapunov(hopf, (0.1, 0.1), mu=-0.5)
    assert spectrum.exponents == pytest.approx([-0.5, -0.5], rel=1e-13)
    assert spectrum.time == 0.0
    assert np.all(spectrum.errors < 1e-14)


def test_exponents_of_a_cycle_are_zero_and_log_of_the_multiplier_over_the_period(hopf):
    mu = 0.25
    spectrum = ct.lyapunov(hopf, (0.1, 0.1), mu=mu)
    # Multiplier exp(-4 pi mu), period 2 pi.
    assert spectrum.exponents == pytest.approx([0.0, -2.0 * mu], abs=1e-6)
    assert np.all(spectrum.errors < 1e-6)


def test_exponent_of_the_logistic_map_at_four_is_log_two_within_its_error():
    logistic = ct.System.from_strings({"x": "r*x*(1 - x)"}, parameters={"r": 4.0}, kind="map")
    spectrum = ct.lyapunov(logistic, (0.3,))
    assert spectrum.errors[0] < 0.01
    assert abs(spectrum.exponents[0] - np.log(2.0)) < 4.0 * spectrum.errors[0]


def test_exponents_of_the_henon_map_sum_to_log_of_its_determinant():
    henon = ct.System.from_strings(
        {"x": "1 - a*x**2 + y", "y": "b*x"}, parameters={"a": 1.4, "b": 0.3}, kind="map"
    )
    spectrum = ct.lyapunov(henon, (0.0, 0.0), time=5000)
    assert spectrum.exponents.sum() == pytest.approx(np.log(0.3), abs=1e-12)
    # Sprott, Chaos and Time-Series Analysis (2003), appendix A: 0.41922.
    assert abs(spectrum.exponents[0] - 0.419) < 5.0 * spectrum.errors[0]


def test_exponents_of_the_lorenz_system_sum_to_its_divergence():
    lorenz = ct.System.from_strings(
        {"x": "sigma*(y - x)", "y": "x*(rho - z) - y", "z": "x*y - beta*z"},
        parameters={"sigma": 10.0, "rho": 28.0, "beta": "8/3"},
    )
    spectrum = ct.lyapunov(lorenz, (1.0, 1.0, 1.0), time=40.0)
    assert spectrum.exponents.sum() == pytest.approx(-(10.0 + 1.0 + 8.0 / 3.0), abs=1e-5)
    assert np.all(np.diff(spectrum.exponents) < 0.0)
    # Sprott, Chaos and Time-Series Analysis (2003), appendix A: 0.9056, 0, -14.5723.
    exact = np.array([0.9056, 0.0, -14.5723])
    assert np.all(np.abs(spectrum.exponents - exact) < 4.0 * spectrum.errors + 1e-3)


def test_a_spectrum_in_words_gives_values_with_their_errors(hopf):
    assert str(ct.lyapunov(hopf, (0.1, 0.1), mu=-0.5)).startswith("-0.5 +- ")


def test_a_time_that_is_not_positive_is_refused(hopf):
    with pytest.raises(ValueError, match="`time` must be positive"):
        ct.lyapunov(hopf, (0.1, 0.1), mu=0.25, time=-1.0)


def test_a_time_beyond_reason_is_refused():
    circle = ct.System.from_strings({"x": "y", "y": "x - x**3"}, parameters={})
    with pytest.raises(ValueError, match=r"`time` = .* is too long"):
        ct.lyapunov(circle, (1.0, 1.0), time=1e9)

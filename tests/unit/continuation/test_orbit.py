"""Orbits know their largest and smallest values."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation.collocation import mesh as meshes
from continuation.collocation import profile as profiles

SYSTEM = ct.System.from_strings({"x": "y", "y": "-x"}, parameters={})


def wave(degree: int | None, intervals: int = 10, phase: float = 0.7) -> ct.Orbit:
    """One turn of the circle, its largest x between two nodes."""
    t = 2.0 * np.pi * profiles.base_points(meshes.uniform(intervals), degree or 4)
    return ct.Orbit(t, np.array([np.cos(t - phase), np.sin(t - phase)]), SYSTEM, {}, degree)


def test_extremes_of_a_solution_converge_with_the_order_of_its_polynomials() -> None:
    """The error of degree 4 is h^5 times the fifth derivative, zero at the top of a cosine: h^6."""
    phases = np.linspace(0.5, 2.5, 40)
    errors = [max(abs(wave(4, n, phase).max("x") - 1.0) for phase in phases) for n in (10, 20, 40)]
    rates = np.log2(np.divide(errors[:-1], errors[1:]))
    assert rates == pytest.approx([6.0, 6.0], abs=0.1)


def test_extremes_of_a_solution_are_those_of_its_pieces() -> None:
    orbit = wave(4)
    lowest, highest = profiles.extremes(np.ascontiguousarray(orbit.x.T), 4)
    for i, name in enumerate(SYSTEM.states):
        assert orbit.min(name) == pytest.approx(lowest[i], abs=1e-14)
        assert orbit.max(name) == pytest.approx(highest[i], abs=1e-14)


def test_extremes_of_samples_are_samples() -> None:
    orbit = wave(None)
    assert orbit.max("x") == orbit.x[0].max()
    assert orbit.min("y") == orbit.x[1].min()


def test_unknown_state_is_named_in_the_message() -> None:
    with pytest.raises(ValueError, match="unknown state 'z'; the orbit has x, y"):
        wave(4).max("z")

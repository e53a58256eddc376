"""The bounded solution of the adjoint equation along a homoclinic orbit."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from continuation.flips import Ends, bounded_adjoint, flip, leading_vectors, oriented


def rotating() -> Ends:
    """A'(t) of the loop x = 1 / cosh(t/2)^2 of x'' = x - 3/2 x^2: psi = (-x'', x')."""
    t = np.linspace(-12.0, 12.0, 4001)
    x = 1.0 / np.cosh(t / 2) ** 2
    middle = 0.5 * (x[1:] + x[:-1])
    steps = [
        expm((t[1] - t[0]) * np.array([[0.0, 1.0], [1.0 - 3.0 * value, 0.0]])) for value in middle
    ]
    matrix = np.array([[0.0, 1.0], [1.0, 0.0]])
    return Ends(matrix, 1, np.array([1.0, 1.0]), np.array([1.0, -1.0]), np.array(steps))


def test_bounded_adjoint_of_a_hamiltonian_loop_is_normal_to_its_velocity() -> None:
    ends = rotating()
    t = np.linspace(-12.0, 12.0, 4001)
    at = 1500
    x = 1.0 / np.cosh(t[at] / 2) ** 2
    slope = -x * np.tanh(t[at] / 2)
    first, psi, last = bounded_adjoint(ends, at)
    exact = np.array([-(x - 1.5 * x**2), slope])
    exact = exact / np.linalg.norm(exact) * np.sign(exact @ psi)
    assert psi == pytest.approx(exact, abs=1e-5)
    # The three directions belong to one solution: (-x'', x') points to (-1, 1) and to (-1, -1).
    sign = np.sign(psi @ [-(x - 1.5 * x**2), slope])
    assert sign * first == pytest.approx(np.array([-1.0, 1.0]) / np.sqrt(2.0), abs=1e-9)
    assert sign * last == pytest.approx(np.array([-1.0, -1.0]) / np.sqrt(2.0), abs=1e-9)


def test_orbit_that_arrives_along_its_leading_direction_does_not_flip() -> None:
    ends = rotating()
    orientation = oriented(ends, None, 2000)
    assert abs(flip("OFS", ends, orientation)) == pytest.approx(1.0, abs=1e-9)
    assert abs(flip("OFU", ends, orientation)) == pytest.approx(1.0, abs=1e-9)


def test_complex_leading_eigenvalue_has_no_vector() -> None:
    matrix = np.array([[-1.0, 2.0, 0.0], [-2.0, -1.0, 0.0], [0.0, 0.0, 1.0]])
    assert leading_vectors(matrix, 1, np.ones(3)) is None
    q, p = leading_vectors(matrix, 2, np.ones(3)) or (np.zeros(3), np.zeros(3))
    assert q == pytest.approx([0.0, 0.0, 1.0])
    assert p @ q == pytest.approx(1.0)

from __future__ import annotations

import itertools

import numpy as np
import pytest
import sympy

from symgru.first_lyapunov import KEYS, real_cubic_coefficient

omega = 0.7


def jets_of(field, variables):
    """Derivatives at the origin by SymPy."""
    origin = dict.fromkeys(variables, 0)
    return {key: field[key[0]].diff(*(variables[j] for j in key[1:])).subs(origin) for key in KEYS}


def numeric_re_c1(jets):
    """Kuznetsov's formula with complex vectors and linear solves, as it is printed."""
    matrix = np.array([[float(jets[i, j]) for j in (0, 1)] for i in (0, 1)])

    def form(*vectors):
        value = np.zeros(2, complex)
        for i, *states in itertools.product((0, 1), repeat=1 + len(vectors)):
            product = np.prod([v[j] for v, j in zip(vectors, states, strict=True)])
            value[i] += float(jets[(i, *sorted(states))]) * product
        return value

    values, vectors = np.linalg.eig(matrix)
    q = vectors[:, np.argmax(values.imag)]
    w = values.imag.max()
    values, vectors = np.linalg.eig(matrix.T)
    p = vectors[:, np.argmin(values.imag)]
    p = p / np.conj(np.vdot(p, q))
    third = form(q, q, q.conj())
    inner = form(q, np.linalg.solve(matrix, form(q, q.conj())))
    outer = form(q.conj(), np.linalg.solve(2j * w * np.eye(2) - matrix, form(q, q)))
    return (np.vdot(p, third - 2 * inner + outer) / 2).real


@pytest.mark.parametrize("seed", range(5))
def test_formula_equals_the_definition_with_complex_vectors(seed):
    rng = np.random.default_rng(seed)
    jets = {key: rng.normal() for key in KEYS}
    a, b = jets[0, 0], jets[0, 1]
    jets |= {(1, 1): -a, (1, 0): -(omega**2 + a**2) / b}
    assert float(real_cubic_coefficient(jets, omega)) == pytest.approx(
        numeric_re_c1(jets), rel=1e-10
    )


def test_formula_equals_that_of_guckenheimer_and_holmes():
    # Nonlinear Oscillations, Dynamical Systems, and Bifurcations of Vector Fields (1983), (3.4.11):
    # for x' = -w y + f, y' = w x + g their a is r' = a r^3, and |q| = 1 makes re_c1 = 2 a.
    x, y = variables = sympy.symbols("x y")
    f = x**2 - 3 * x * y + y**2 / 2 + x**3 - x * y**2 / 3
    g = 2 * x**2 + x * y - y**2 + x**2 * y - 2 * y**3
    origin = {x: 0, y: 0}
    d = lambda e, *v: e.diff(*v).subs(origin)  # noqa: E731 - one formula, written as printed
    cubic = d(f, x, x, x) + d(f, x, y, y) + d(g, x, x, y) + d(g, y, y, y)
    square = (
        d(f, x, y) * (d(f, x, x) + d(f, y, y))
        - d(g, x, y) * (d(g, x, x) + d(g, y, y))
        - d(f, x, x) * d(g, x, x)
        + d(f, y, y) * d(g, y, y)
    )
    w = sympy.Rational(7, 10)
    expected = 2 * (cubic / 16 + square / (16 * w))
    field = (-w * y + f, w * x + g)
    assert real_cubic_coefficient(jets_of(field, variables), w) == expected


def test_coefficient_does_not_depend_on_an_orthogonal_change_of_coordinates():
    x, y = variables = sympy.symbols("x y")
    c, s = sympy.Rational(3, 5), sympy.Rational(4, 5)
    field = sympy.Matrix([-y + x**2 - x**3, x + x * y - 2 * y**3 + y**2])
    turned = {x: c * x - s * y, y: s * x + c * y}
    rotation = sympy.Matrix([[c, s], [-s, c]])
    other = rotation * field.subs(turned, simultaneous=True)
    values = [real_cubic_coefficient(jets_of(f, variables), 1) for f in (field, other)]
    assert sympy.simplify(values[0] - values[1]) == 0

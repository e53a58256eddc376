"""Invariant spaces are proved from the equations, and only those."""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation.certification.invariance import (
    InvariantSpace,
    invariant_spaces,
    is_equivariant,
    is_invariant,
)


def tape_of(**rhs):
    return ct.System.from_strings(rhs, parameters={"a": 1.0}).field.tape


ORIGIN = InvariantSpace(((0, 0, 0), (1, 0, 1)), 2)
DIAGONAL = InvariantSpace(((1, 1, 0),), 2)
ANTIDIAGONAL = InvariantSpace(((1, -1, 0),), 2)


@pytest.mark.parametrize(
    ("space", "rhs"),
    [
        (ORIGIN, {"x": "tanh(a*x - y) + x*cos(y)", "y": "sin(x) - y/(1 + a**2)"}),
        (DIAGONAL, {"x": "tanh(a*x - y)", "y": "tanh(a*y - x)"}),
        (ANTIDIAGONAL, {"x": "tanh(a*x) + y*cos(y)", "y": "tanh(a*y) + x*cos(x)"}),
    ],
)
def test_spaces_that_are_invariant(space, rhs):
    assert is_invariant(tape_of(**rhs), space)


@pytest.mark.parametrize(
    ("space", "rhs"),
    [
        (ORIGIN, {"x": "tanh(a*x - y)", "y": "cos(x) - y"}),
        (DIAGONAL, {"x": "tanh(a*x - y)", "y": "tanh(a*y - 2*x)"}),
        (ANTIDIAGONAL, {"x": "tanh(a*x)", "y": "tanh(a*y) + x**2"}),
    ],
)
def test_spaces_that_are_not(space, rhs):
    assert not is_invariant(tape_of(**rhs), space)


def test_columns_span_the_space_and_its_complement():
    space = InvariantSpace(((1, -1, 0), (3, 0, 3)), 4)
    both = np.hstack((space.inside(), space.beside()))
    assert np.linalg.matrix_rank(both) == 4
    assert not np.any(space.inside().T @ space.beside())
    assert space.described(("x", "y", "u", "v")) == "y = -x, v = 0"


def test_a_space_that_holds_the_critical_vector_keeps_nothing_together():
    tape = tape_of(x="a*x - x**3", y="-y")
    along_y = list(invariant_spaces(tape, np.zeros(2), np.array([0.0, 1.0])))
    assert [space.relations for space in along_y] == [((0, 0, 0), (1, 0, 1)), ((1, 0, 1),)]


def test_mirror_symmetry_is_told_from_invariance_alone():
    swap = np.array([[0, 1], [1, 0]])
    assert is_equivariant(tape_of(x="tanh(a*x - y)", y="tanh(a*y - x)"), swap)
    assert is_equivariant(tape_of(x="a*x - x**3", y="sin(y)"), -np.eye(2, dtype=int))
    assert not is_equivariant(tape_of(x="a*x - x**2", y="sin(y)"), -np.eye(2, dtype=int))

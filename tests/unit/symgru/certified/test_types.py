"""Kinds and eigenvalues, by Routh's array in kernels and by balls."""

from __future__ import annotations

import flint
import numba
import numpy as np
import pytest
from flint import arb_mat

from symgru.certified import kinds
from symgru.certified.spectrum import spectrum


@numba.njit
def unstable(A, discrete):
    d = A.shape[0]
    box, c = np.empty((d, d, 2)), np.empty((4, 2))
    for i in range(d):
        for j in range(d):
            box[i, j, 0] = box[i, j, 1] = A[i, j]
    kinds._characteristic(box, c)
    if discrete:
        kinds._from_unit_circle(c, d)
    return kinds._routh(c, d)


@pytest.mark.parametrize("discrete", [False, True], ids=["flow", "map"])
@pytest.mark.parametrize("units", [1, 2, 3])
def test_unstable_dimensions_are_those_of_the_eigenvalues(units, discrete):
    rng = np.random.default_rng(units)
    for _ in range(300):
        A = rng.normal(0, 1, (units, units)) - 0.5 * np.eye(units)
        values = np.linalg.eigvals(A)
        expected = np.sum(np.abs(1 + values) > 1) if discrete else np.sum(values.real > 0)
        assert unstable(A, discrete) == expected


@pytest.mark.parametrize("discrete", [False, True], ids=["flow", "map"])
@pytest.mark.parametrize("units", [1, 2, 3])
def test_balls_tell_the_same_types(units, discrete):
    rng = np.random.default_rng(units)
    names = {0: "sink", units: "source"}
    for _ in range(100):
        A = rng.normal(0, 1, (units, units)) - 0.5 * np.eye(units)
        with flint.ctx.workprec(128):
            found = spectrum(arb_mat(units, units, A.ravel().tolist()), discrete)
        assert found.kind == names.get(unstable(A, discrete), "saddle")
        values = np.linalg.eigvals(A) + discrete
        distances = np.abs(found.eigenvalues[:, None] - values)
        assert np.all(distances.min(axis=0) < 1e-12) and np.all(distances.min(axis=1) < 1e-12)
        is_real = np.all(values.imag == 0)
        assert np.all(found.eigenvalues.imag == 0) == is_real
        assert found.shape == ("node" if is_real else "focus")
        assert found.radius < 1e-15


def test_a_centre_is_undecided_by_both():
    A = np.array([[0.0, -1.0], [1.0, 0.0]])
    assert unstable(A, False) == kinds.UNDECIDED
    found = spectrum(arb_mat(2, 2, A.ravel().tolist()), False)
    assert (found.kind, found.shape) == ("undecided", "focus")


def test_a_multiplier_on_the_unit_circle_is_undecided_by_both():
    quarter_turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    A = quarter_turn - np.eye(2)
    assert unstable(A, True) == kinds.UNDECIDED
    assert spectrum(arb_mat(2, 2, A.ravel().tolist()), True).kind == "undecided"


def test_a_multiplier_at_minus_one_is_undecided_by_both():
    A = np.array([[-2.0, 0.3], [0.0, -0.5]])
    assert unstable(A, True) == kinds.UNDECIDED
    assert spectrum(arb_mat(2, 2, A.ravel().tolist()), True).kind == "undecided"


@pytest.mark.parametrize(
    "values",
    [(1.5, 1.5), (1.5, 1.5, -0.5), (-1.0, -1.0, -1.0)],
    ids=str,
)
def test_double_eigenvalues_leave_the_shape_undecided_and_the_kind_proved(values):
    d = len(values)
    turn = np.linalg.qr(np.arange(d * d, dtype=float).reshape(d, d) + np.eye(d))[0]
    for V in (np.eye(d), turn):
        A = V @ np.diag(values) @ V.T
        found = spectrum(arb_mat(d, d, A.ravel().tolist()), False)
        signs = {value > 0 for value in values}
        assert found.kind == (
            "saddle" if len(signs) == 2 else "source" if True in signs else "sink"
        )
        assert found.radius < 1e-12


def test_a_nearly_closed_gate_does_not_hide_the_kind():
    # Rows of size 1 and 1e-40: the determinant is far below the rounding error of the trace.
    A = np.diag([1.0, 1e-40]) @ np.array([[-0.5, 0.2], [0.1, -0.5]])
    assert unstable(A, False) == 0
    with flint.ctx.workprec(512):
        assert spectrum(arb_mat(2, 2, A.ravel().tolist()), False).kind == "sink"

"""The elimination of collocation matrices: against dense ones, and kernels against twins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from continuation.collocation import assembly, kernels, plain
from continuation.collocation.assembly import BorderedProblem, Scheme

Array = np.ndarray


@dataclass(frozen=True)
class RandomField:
    """f, f_x and f_p that are fixed random numbers: any linearisation may occur."""

    packed: Array
    address: int | None = None

    def into(self, x: Array, p: Array, out: Array) -> None:
        out[:] = self.packed


def problem(
    seed: int, intervals: int, degree: int, n: int, free: int = 1, stiffness: float = 1.0
) -> tuple[Scheme, Array, Array, Array, Array]:
    """A scheme with a profile, boundary rows, integral rows and a border, all random."""
    rng = np.random.default_rng(seed)
    packed = rng.standard_normal((intervals * degree, n + n * n + n * free))
    packed[:, n : n + n * n] *= stiffness
    mesh = np.sort(np.concatenate(([0.0, 1.0], rng.random(intervals - 1))))
    scheme = Scheme(RandomField(packed), mesh, degree, n, free)
    x = rng.standard_normal((intervals * degree + 1, n))
    s = 1 + free
    ends = np.hstack((-np.eye(n), np.eye(n), rng.standard_normal((n, s))))
    rows = rng.standard_normal((s - 1, x.size + s))
    return scheme, x, ends, rows, rng.standard_normal(x.size + s)


def dense(
    scheme: Scheme, x: Array, period: float, ends: Array, rows: Array, border: Array
) -> Array:
    """The matrix of the module's picture, entry by entry from the collocation equations."""
    b, n, m, count = scheme.basis, scheme.states, scheme.degree, len(scheme.steps)
    mn, s = m * n, 1 + scheme.free
    packed = np.empty((count * m, n + n * n + n * scheme.free))
    scheme.field_at_gauss(x, np.zeros(0), packed)
    f, fx, fp = plain.unpacked(packed, m, n)
    matrix = np.zeros((x.size + s, x.size + s))
    for j, h in enumerate(scheme.steps):
        block = np.zeros((m, n, m + 1, n))
        for row in range(m):
            block[row, :, row + 1] += np.eye(n)
            block[row, :, 0] -= np.eye(n)
            for i in range(m):
                for col in range(m + 1):
                    block[row, :, col] -= (
                        h * period * b.integral[row, i] * b.value[i, col] * fx[j, i]
                    )
        own = slice(j * mn, (j + 1) * mn)
        matrix[own, j * mn : j * mn + mn + n] = block.reshape(mn, mn + n)
        matrix[own, x.size] = -h * (b.integral @ f[j]).ravel()
        matrix[own, x.size + 1 :] = (
            -h * period * np.einsum("li,iak->lak", b.integral, fp[j]).reshape(mn, -1)
        )
    boundary = slice(count * mn, count * mn + n)
    matrix[boundary, :n] = ends[:, :n]
    matrix[boundary, count * mn : count * mn + n] = ends[:, n : 2 * n]
    matrix[boundary, x.size :] = ends[:, 2 * n :]
    matrix[count * mn + n : -1] = rows
    matrix[-1] = border
    return matrix


CASES = [
    (0, 5, 2, 1, 1),
    (1, 20, 4, 2, 1),
    (2, 12, 5, 3, 2),
    (3, 50, 7, 2, 1),
    (4, 6, 4, 8, 1),
    (5, 8, 3, 3, 1),
    (6, 9, 3, 1, 1),
]


@pytest.mark.parametrize(("seed", "intervals", "degree", "n", "free"), CASES)
def test_structured_solution_is_that_of_the_dense_matrix(
    seed: int, intervals: int, degree: int, n: int, free: int
) -> None:
    scheme, x, ends, rows, border = problem(seed, intervals, degree, n, free)
    factors = BorderedProblem(scheme.condense(x, 2.0, np.zeros(0)), ends, rows).bordered(border)
    matrix = dense(scheme, x, 2.0, ends, rows, border)
    rhs = np.random.default_rng(seed).standard_normal((len(matrix), 2))
    expected = np.linalg.solve(matrix, rhs)
    tolerance = 1e-14 * np.linalg.cond(matrix) * np.abs(expected).max()
    assert factors.solve(rhs) == pytest.approx(expected, abs=tolerance)
    assert factors.solve(rhs[:, 0]) == pytest.approx(expected[:, 0], abs=tolerance)
    assert np.sign(factors.determinant) == np.linalg.slogdet(matrix)[0]


@pytest.mark.parametrize(("seed", "intervals", "degree", "n", "free"), CASES)
def test_compiled_kernels_equal_their_plain_twins(
    seed: int, intervals: int, degree: int, n: int, free: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme, x, ends, rows, border = problem(seed, intervals, degree, n, free)
    rhs = np.random.default_rng(seed).standard_normal(x.size + 1 + free)
    outcomes = []
    for largest in (0, 1000):
        monkeypatch.setattr(assembly, "LARGEST_COMPILED", largest)
        intervals_of = scheme.condense(x, 2.0, np.zeros(0))
        factors = BorderedProblem(intervals_of, ends, rows).bordered(border)
        outcomes.append((intervals_of, factors.solve(rhs), factors.determinant))
    (one, first, sign), (other, second, twin_sign) = outcomes
    assert one.residual == pytest.approx(other.residual, abs=1e-13)
    assert one.newton == pytest.approx(other.newton, rel=1e-9, abs=1e-10)
    assert one.maps == pytest.approx(other.maps, rel=1e-9, abs=1e-10)
    assert first == pytest.approx(second, rel=1e-8, abs=1e-8 * np.abs(second).max())
    # They eliminate in different orders, which share the determinant among pivots differently.
    assert np.sign(sign) == np.sign(twin_sign)


def test_intervals_that_need_pivots_get_them_and_the_others_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Eight intervals are eliminated side by side; among them some need rows exchanged."""
    scheme, x, *_ = problem(1, 21, 4, 3, stiffness=30.0)
    one = scheme.condense(x, 2.0, np.zeros(0))
    monkeypatch.setattr(assembly, "LARGEST_COMPILED", 0)
    other = scheme.condense(x, 2.0, np.zeros(0))
    exchanged = np.any(one.local[6] != np.arange(12), axis=1)
    assert 3 < np.count_nonzero(exchanged) < 18
    for j in range(21):
        scale = np.abs(other.maps[j]).max()
        assert one.maps[j] == pytest.approx(other.maps[j], abs=1e-11 * scale**2)
        assert one.newton[j] == pytest.approx(other.newton[j], abs=1e-11 * scale**2)
    assert one.sign == other.sign


def test_gauss_states_equal_their_plain_twin() -> None:
    scheme, x, *_ = problem(7, 9, 5, 3)
    one, other = np.empty((45, 3)), np.empty((45, 3))
    kernels.gauss_states(x, scheme.basis.value, one)
    plain.gauss_states(x, scheme.basis.value, other)
    assert one == pytest.approx(other, abs=1e-15)


def test_determinant_changes_sign_where_the_matrix_is_singular() -> None:
    scheme, x, ends, rows, border = problem(11, 8, 3, 2)
    bordered = BorderedProblem(scheme.condense(x, 2.0, np.zeros(0)), ends, rows)
    other = np.random.default_rng(12).standard_normal(len(border))
    signs = [bordered.bordered(border + t * other).determinant for t in np.linspace(-9, 9, 41)]
    expected = [
        np.linalg.slogdet(dense(scheme, x, 2.0, ends, rows, border + t * other))[0]
        for t in np.linspace(-9, 9, 41)
    ]
    assert np.array_equal(np.sign(signs), expected)
    assert len(set(expected)) == 2


def test_growing_and_decaying_directions_together_cost_no_accuracy() -> None:
    """With x' = 40 x, y' = -40 y over one unit the product of the G_j spans 35 digits."""
    count, m, n = 40, 4, 2
    packed = np.zeros((count * m, n + n * n + n))
    packed[:, n], packed[:, n + 3] = 40.0, -40.0
    packed[:, :n], packed[:, -1] = 1.0, 1.0
    scheme = Scheme(RandomField(packed), np.linspace(0, 1, count + 1), m, n, 1)
    x = np.zeros((count * m + 1, n))
    ends = np.hstack((-np.eye(n), np.eye(n), np.zeros((n, 2))))
    rng = np.random.default_rng(3)
    rows, border = rng.standard_normal((1, x.size + 2)), rng.standard_normal(x.size + 2)
    factors = BorderedProblem(scheme.condense(x, 1.0, np.zeros(0)), ends, rows).bordered(border)
    matrix = dense(scheme, x, 1.0, ends, rows, border)
    exact = rng.standard_normal(len(matrix))
    assert factors.solve(matrix @ exact) == pytest.approx(exact, abs=1e-11)


def test_wrong_number_of_rows_is_refused() -> None:
    scheme, x, ends, rows, border = problem(5, 4, 3, 2)
    with pytest.raises(ValueError, match="rows"):
        BorderedProblem(scheme.condense(x, 1.0, np.zeros(0)), ends[:1], rows).bordered(border)

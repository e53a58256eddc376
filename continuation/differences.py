r"""A vector field that a Python function computes; its derivatives are central differences.

The k-th derivative along a direction w is a difference of fourth order,

.. math::
    D^k f(x)(w, ..., w) = h^{-k} \sum_j c_j f(x + j h w) + O(h^4),

with the step h that balances the error of the formula against that of rounding, h = eps^(1/(k+4)).
Forms in different directions follow by polarisation,

.. math::
    D^k f(d_1, ..., d_k) = \frac{1}{2^k k!} \sum_{s \in \{-1, 1\}^k}
    s_1 \cdots s_k \, D^k f(w_s, ..., w_s), \qquad w_s = \sum_i s_i d_i,

and complex directions by linearity. About 16 - 16 k/(k+4) digits are right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from continuation.fields import parts, unpack

Array = NDArray[np.float64]
Function = Callable[[Array, dict[str, float]], ArrayLike]

# Central coefficients c_j, j = -r..r, of fourth order for the derivatives 1 to 5; with the Jacobian
# given, the fourth derivative of it serves for the fifth of f.
STENCILS: Mapping[int, Array] = {
    1: np.array([1, -8, 0, 8, -1]) / 12,
    2: np.array([-1, 16, -30, 16, -1]) / 12,
    3: np.array([1, -8, 13, 0, -13, 8, -1]) / 8,
    4: np.array([-1, 12, -39, 56, -39, 12, -1]) / 6,
    5: np.array([1, -9, 26, -29, 0, 29, -26, 9, -1]) / 6,
}

_EPS = float(np.finfo(float).eps)
# What a trial of f on several states at once may differ from states one by one: round-off.
_SAME = 1e-10
# A Jacobian is wrong if an entry differs from central differences of every one of these steps by
# more than that, relative to the largest entry. A smooth f leaves 1e-10; one that bends within a
# ten-thousandth of its unit 1e-5.
_STEPS = np.array([1e-4, 1e-3, 1e-5, 1e-6, 1e-7])
_WRONG = 1e-4


def _step(order: int) -> float:
    return float(_EPS ** (1 / (order + 4)))


@dataclass(frozen=True, eq=False)
class DifferencedField:
    """A vector field from a Python function.

    Attributes
    ----------
    function : callable
        ``function(x, p)`` as in `System.from_callables`.
    jacobian : callable or None
        Of one state, shape (n,); returns shape (n, n).
    dimension : int
        Number of states n.
    names : tuple of str
        Of the parameters.
    is_vectorised : bool
        Whether ``function`` takes many states as columns.
    state_units : ndarray, shape (n,)
        Changes of the states over which f is expected to bend: 1, or half the box.
    parameter_units : ndarray, shape (n_p,)
        The same for the parameters: the modulus of the default, or 1 where that is 0.
    """

    function: Function
    jacobian: Function | None
    dimension: int
    names: tuple[str, ...]
    is_vectorised: bool
    state_units: Array
    parameter_units: Array

    @classmethod
    def of(
        cls,
        function: Function,
        jacobian: Function | None,
        states: Sequence[str],
        parameters: Mapping[str, float],
        box: Sequence[tuple[float, float]] | None,
    ) -> DifferencedField:
        """Try the function once and find out how it may be called.

        Raises
        ------
        ValueError
            Where it returns something of the wrong shape, or numbers that are not real, or where
            the Jacobian contradicts the differences of the function.
        """
        n = len(states)
        sides = np.array(box, dtype=float) if box is not None else np.tile([-1.0, 1.0], (n, 1))
        # Different in every component and off the middle, where signs and divisions are harmless.
        shares = 0.55 + 0.3 * np.arange(n)[:, None] / n + 0.05 * np.arange(n + 2) / (n + 2)
        trials = sides[:, :1] + shares * (sides[:, 1:] - sides[:, :1])
        is_vectorised = _is_vectorised(function, trials, dict(parameters))
        scales = np.abs(np.array([*parameters.values()], dtype=float))
        field = cls(
            function,
            jacobian,
            n,
            tuple(parameters),
            is_vectorised,
            (sides[:, 1] - sides[:, 0]) / 2,
            np.where(scales > 0, scales, 1.0),
        )
        if jacobian is not None:
            _check_jacobian(field, trials[:, 0], np.array([*parameters.values()]), states)
        return field

    @property
    def is_exact(self) -> bool:
        """Derivatives are differences."""
        return False

    def evaluate(self, x: Array, p: Array) -> Array:
        """Values f at the points x, shape (m, n); shape (m, n)."""
        named = dict(zip(self.names, p.tolist(), strict=True))
        if self.is_vectorised and len(x) > 1:
            columns = _called("f", self.function, x.T, named)
            if columns.shape != x.shape[::-1]:
                raise ValueError(_wrong_shape("f", columns.shape, x.shape[::-1]))
            return np.ascontiguousarray(columns.T)
        return np.array([_one(self.function, row, named) for row in x]).reshape(x.shape)

    def state_jacobian(self, x: Array, p: Array) -> Array:
        """Values f_x at the points x, shape (m, n); shape (m, n, n)."""
        m, n = x.shape
        if self.jacobian is not None:
            named = dict(zip(self.names, p.tolist(), strict=True))
            rows = [_called("jacobian", self.jacobian, row, named) for row in x]
            return np.array(rows).reshape(m, n, n)
        h = _step(1) * np.maximum(np.abs(x), self.state_units)
        offsets = np.array([-2.0, -1.0, 1.0, 2.0])
        moves = h[:, None, :] * np.eye(n)  # row i moves component i, shape (m, n, n)
        shifted = x[:, None, None, :] + offsets[None, :, None, None] * moves[:, None]
        values = self.evaluate(np.ascontiguousarray(shifted.reshape(-1, n)), p)
        stencil = STENCILS[1][[0, 1, 3, 4]]
        slopes = np.einsum("o,moji->mji", stencil, values.reshape(m, 4, n, n)) / h[:, :, None]
        return np.ascontiguousarray(slopes.swapaxes(1, 2))

    def parameter_derivative(self, x: Array, p: Array, column: int) -> Array:
        """Values f_p for one parameter at the points x, shape (m, n); shape (m, n)."""
        h = _step(1) * max(abs(p[column]), self.parameter_units[column])
        total = np.zeros_like(x)
        for offset, weight in zip((-2, -1, 1, 2), STENCILS[1][[0, 1, 3, 4]], strict=True):
            moved = p.copy()
            moved[column] += offset * h
            total += weight * self.evaluate(x, moved)
        return np.asarray(total / h)

    def linearization(self, columns: tuple[int, ...]) -> DifferencedLinearization:
        """What evaluates f, f_x and the derivatives by the parameters numbered ``columns``."""
        return DifferencedLinearization(self, columns)

    def derivative(self, x: Array, p: Array, *directions: NDArray[Any]) -> NDArray[Any]:
        """D^k f(x, p)(d_1, ..., d_k), shape (n,) or (n, m); see `System.derivative`."""
        x = x.reshape(self.dimension, -1)
        length = max(len(d) for d in directions)
        shape = np.broadcast_shapes(*(d.shape[1:] for d in directions))
        columns = [_padded(d, length, shape) for d in directions]
        total = np.zeros((self.dimension, columns[0].shape[1]), dtype=np.result_type(*columns))
        for chosen in product(*(parts(d) for d in columns)):
            factor = math.prod(unit for unit, _ in chosen)
            total = total + factor * self._real_form(x, p, [part for _, part in chosen])
        return total.reshape(self.dimension, *shape)

    def form(self, order: int, columns: tuple[int, ...]) -> DifferencedForm:
        """The form of that order in directions of x and of the parameters numbered ``columns``."""
        return DifferencedForm(self, columns)

    def _real_form(self, x: Array, p: Array, directions: list[Array]) -> Array:
        """The form in real directions of shape (length, m)."""
        with_jacobian = self.jacobian is not None and len(directions[0]) == self.dimension
        if with_jacobian and len(directions) == 1:
            each = self.state_jacobian(np.ascontiguousarray(x.T), p)
            return np.asarray(np.matmul(each, directions[0].T[:, :, None])[:, :, 0].T)
        varied = directions[1:] if with_jacobian else directions
        k = len(varied)
        total = np.zeros((self.dimension, directions[0].shape[1]))
        # The sign of the first direction is fixed: s and -s give the same term.
        for signs in product((1, -1), repeat=k - 1):
            w = varied[0] + sum((s * d for s, d in zip(signs, varied[1:], strict=True)), 0.0)
            total += math.prod(signs) * self._along(
                x, p, w, k, directions[0] if with_jacobian else None
            )
        return np.asarray(total / (2 ** (k - 1) * math.factorial(k)))

    def _along(self, x: Array, p: Array, w: Array, k: int, first: Array | None) -> Array:
        """D^k g(w, ..., w) for g = f, or for g = f_x times the first direction."""
        n = self.dimension
        states = np.maximum(np.abs(x), self.state_units[:, None])
        scale = np.broadcast_to(self._parameter_scale(p)[:, None], (len(p), x.shape[1]))
        units = np.concatenate((states, scale))
        sizes = np.max(np.abs(w) / units[: len(w)], axis=0)
        h = _step(k) / np.where(sizes > 0, sizes, 1.0)
        weights = STENCILS[k]
        total = np.zeros((n, w.shape[1]))
        for j, weight in enumerate(weights, start=-(len(weights) // 2)):
            if weight:
                points = (x + j * h * w[:n]).T
                total += weight * self._values(points, p, j * h * w[n:], first)
        return total / h**k

    def _parameter_scale(self, p: Array) -> Array:
        return np.maximum(np.abs(p), self.parameter_units)

    def _values(self, points: Array, p: Array, moves: Array, first: Array | None) -> Array:
        """Columns of f, or of f_x times those of ``first``, at points with moved parameters."""
        points = np.ascontiguousarray(points)
        if first is not None:
            columns: Array = np.einsum("mij,jm->im", self.state_jacobian(points, p), first)
            return columns
        if not moves.size:
            return self.evaluate(points, p).T
        each = [self.evaluate(row[None], p + moves[:, i])[0] for i, row in enumerate(points)]
        return np.array(each).T


@dataclass(frozen=True)
class DifferencedForm:
    """A multilinear form by differences; see `fields.MultilinearForm`."""

    field: DifferencedField
    columns: tuple[int, ...]

    def __call__(self, x: Array, p: Array, directions: Array) -> Array:
        """Evaluate at x, shape (n,), in directions of shape (m, k, n + c); shape (m, n)."""
        n, (m, k, _) = len(x), directions.shape
        full = np.zeros((k, n + len(p), m))
        full[:, :n] = directions[:, :, :n].transpose(1, 2, 0)
        full[:, [n + c for c in self.columns]] = directions[:, :, n:].transpose(1, 2, 0)
        return self.field.derivative(x, p, *full).T


@dataclass(frozen=True)
class DifferencedLinearization:
    """Differences for f, A = f_x and B = f_free of a Python function at many points.

    Attributes
    ----------
    field : DifferencedField
    columns : tuple of int
        Numbers of the free parameters.
    """

    field: DifferencedField
    columns: tuple[int, ...]

    @property
    def address(self) -> None:
        """There is no machine code."""
        return None

    def into(self, x: Array, p: Array, out: Array) -> None:
        """Write f, A and B of every point into ``out``, shape (m, n + n n + n k)."""
        m, n = x.shape
        out[:, :n] = self.field.evaluate(x, p)
        out[:, n : n + n * n] = self.field.state_jacobian(x, p).reshape(m, n * n)
        b = out[:, n + n * n :].reshape(m, n, len(self.columns))
        for j, column in enumerate(self.columns):
            b[:, :, j] = self.field.parameter_derivative(x, p, column)

    def __call__(self, x: Array, p: Array) -> tuple[Array, Array, Array]:
        """The values f, shape (m, n), A, shape (m, n, n), and B, shape (m, n, k)."""
        n, k = self.field.dimension, len(self.columns)
        out = np.empty((len(x), n + n * n + n * k))
        self.into(x, p, out)
        return unpack(out, n, k)


def _one(function: Function, x: Array, named: dict[str, float]) -> Array:
    """Call f for one state."""
    value = _called("f", function, x, named)
    if value.shape != x.shape:
        raise ValueError(_wrong_shape("f", value.shape, x.shape))
    return value


def _called(what: str, function: Function, x: Array, named: dict[str, float]) -> Array:
    """Call a user's function; it gets copies, so that it cannot change ours.

    Numbers that are not finite are an answer, "outside the domain", and no reason to warn.

    Raises
    ------
    ValueError
        Where it returns something else than real numbers.
    """
    with np.errstate(all="ignore"):
        value = np.asarray(function(x.copy(), dict(named)))
    try:
        # A complex array would lose its imaginary part with a mere warning.
        return value.astype(float, casting="same_kind" if value.dtype.kind == "c" else "unsafe")
    except (TypeError, ValueError):
        got = "complex numbers" if value.dtype.kind == "c" else f"data of type {value.dtype}"
        raise ValueError(
            f"{what} must return real numbers; at x = {x} it returned {got}."
        ) from None


def _wrong_shape(what: str, got: tuple[int, ...], wanted: tuple[int, ...]) -> str:
    return f"{what} returned an array of shape {got}, but {wanted} was expected."


def _is_vectorised(function: Function, trials: Array, named: dict[str, float]) -> bool:
    """Whether f of all columns at once is f of each column."""
    singles = np.array([_one(function, column, named) for column in trials.T]).T
    try:
        together = _called("f", function, trials, named)
    except Exception:  # any failure on a shape that f need not know means only "one at a time"
        return False
    return together.shape == singles.shape and np.allclose(
        together, singles, rtol=_SAME, atol=0.0, equal_nan=True
    )


def _check_jacobian(field: DifferencedField, x: Array, p: Array, states: Sequence[str]) -> None:
    """Hold the Jacobian against differences of f; one of five steps suits a function of any bend.

    Raises
    ------
    ValueError
        Where the shape is wrong, or an entry contradicts the differences.
    """
    n = len(x)
    assert field.jacobian is not None
    value = _called("jacobian", field.jacobian, x, dict(zip(field.names, p.tolist(), strict=True)))
    if value.shape != (n, n):
        raise ValueError(_wrong_shape("jacobian", value.shape, (n, n)))
    moves = np.multiply.outer(_STEPS, np.diag(field.state_units)).reshape(-1, n)
    rise = field.evaluate(x + moves, p) - field.evaluate(x - moves, p)
    slopes = rise / (2.0 * moves.sum(axis=1, keepdims=True))
    differences = slopes.reshape(len(_STEPS), n, n).swapaxes(1, 2)
    # NaN, outside the domain of f, contradicts nothing.
    doubt = np.nan_to_num(np.abs(value - differences), nan=0.0).min(axis=0)
    i, j = divmod(int(np.argmax(doubt)), n)
    if doubt[i, j] > _WRONG * np.abs(value).max():
        raise ValueError(
            f"`jacobian` contradicts `f`: d({states[i]}')/d({states[j]}) is {value[i, j]:.6g}, "
            f"but differences give {differences[0, i, j]:.6g} at {_listed(states, x)}."
        )


def _listed(states: Sequence[str], x: Array) -> str:
    """The first components of a state by name."""
    shown = ", ".join(f"{name} = {value:.6g}" for name, value in zip(states[:6], x, strict=False))
    return shown + (", ..." if len(states) > 6 else "")


def _padded(d: NDArray[Any], length: int, shape: tuple[int, ...]) -> NDArray[Any]:
    """A direction as columns, shape (length, m), zero where it has no components."""
    full = np.zeros((length, *d.shape[1:]), dtype=d.dtype)
    full[: len(d)] = d
    if shape and full.ndim == 1:
        full = full[:, None]
    return np.broadcast_to(full, (length, *shape)).reshape(length, -1)

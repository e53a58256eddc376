r"""Fixed points of networks of any size: from many states at once, in double precision.

From every initial state the method of Levenberg and Marquardt follows

.. math::
    (G^T G + \lambda I)\,\delta = -G^T g, \qquad \lambda \propto |g|^2,

with the exact Jacobian G of g = n - h (`symgru.numeric`), and Newton's method takes the last
digits. It ends at a zero of g, a *fixed point*, or at a local minimum of abs(g) above `RESIDUAL`, a
*slow point*, as is left behind by a fold: there is none there, and it is never called one.

Two ends are the same fixed point where their distance is within their own errors, some round-off
divided by the smallest singular value of G. A pair near a fold is not merged: at a distance delta
the singular value is of order delta, and the errors are 1e-15 / delta.

The indices sign det(-G) of all fixed points for one input add up to one (Brouwer's degree of
h - n(h) on the cube). Where they do not, some are missing. They are looked for by deflation: Newton
steps on g(h) prod(1 + 1/abs(h - h_i)^2), whose zeros are those not yet found; such a step is the
Newton step delta of g divided by 1 - (grad log of the product) . delta.

References
----------
Yamashita and Fukushima (2001), Computing Supplementa 15:239-249 (lambda); Farrell, Birkisson and
Funke (2015), SIAM Journal on Scientific Computing 37:A2026-A2045 (deflation); Sussillo and Barak
(2013), Neural Computation 25:626-649 (fixed and slow points of trained networks).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symgru.gru import GRU
from symgru.numeric import NumericNetwork
from symgru.vectorfield import STEP

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["FixedPoints", "fixed_points"]

Array = NDArray[np.float64]

RESIDUAL = 1e-12
"""Largest component of g at a fixed point; round-off in sums of 512 terms stays below 1e-13."""

ROUND_OFF = 1e-15
"""Error of g that no step removes, times the square root of the number of units."""

STEPS = 200
"""Steps of Levenberg and Marquardt at most; where G is regular about ten are needed."""

STALLED = 1e-7
"""Length of a step at which a start that is no fixed point has come to rest on a slow point, which
is a minimum and so known to half the digits only."""

POLISHING = 2
"""Newton steps at the end, which take the residual to round-off."""

REGULAR = 1e-12
"""Added to the squares of singular values in deflated steps, which need only a direction."""

DEFLATED_STEPS = 40
"""Deflated Newton steps before the plain method goes on from there."""

ROUNDS = 3
"""Times that every start is deflated, while the indices of an input do not add up to one."""

LONGEST = 0.5
"""Longest deflated step, a quarter of the side of the cube."""


@dataclass(frozen=True)
class FixedPoints:
    """Where the starts ended, one row each; rows are in the order of the starts.

    Attributes
    ----------
    states : ndarray, shape (k, d)
    inputs : ndarray, shape (k, p)
    residual : ndarray, shape (k,)
        Largest component of n - h.
    speed : ndarray, shape (k,)
        Euclidean length of the flow, or of one step of the map.
    jacobians : ndarray, shape (k, d, d)
        Of the flow, or of the map.
    eigenvalues : ndarray of complex, shape (k, d)
        Of the Jacobians: for a map its multipliers.
    is_fixed : ndarray of bool, shape (k,)
        Whether it is a fixed point; a slow point if not.
    stable : ndarray of bool, shape (k,)
        False at slow points.
    index : ndarray of int, shape (k,)
        Sign of det(-G); zero at slow points.
    error : ndarray, shape (k,)
        Round-off divided by the smallest singular value of G: how exactly the state is known, and
        how near it is to a fold.
    batch : ndarray of int, shape (k,)
        Which input of the call it belongs to.
    """

    states: Array
    inputs: Array
    residual: Array
    speed: Array
    jacobians: Array
    eigenvalues: NDArray[np.complex128]
    is_fixed: NDArray[np.bool_]
    stable: NDArray[np.bool_]
    index: NDArray[np.int64]
    error: Array
    batch: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.states)

    def __getitem__(self, rows: Any) -> FixedPoints:
        chosen = np.arange(len(self))[rows]
        kept = {f.name: getattr(self, f.name)[np.atleast_1d(chosen)] for f in fields(self)}
        return replace(self, **kept)

    @property
    def fixed(self) -> FixedPoints:
        """The fixed points alone."""
        return self[self.is_fixed]

    @property
    def slow(self) -> FixedPoints:
        """The slow points alone."""
        return self[~self.is_fixed]

    @property
    def unique(self) -> FixedPoints:
        """The fixed points, each once for every input."""
        kept: list[int] = []
        for k in np.flatnonzero(self.is_fixed):
            known = np.array([i for i in kept if self.batch[i] == self.batch[k]], dtype=int)
            apart = np.linalg.norm(self.states[known] - self.states[k], axis=1)
            if not np.any(apart <= 10.0 * (self.error[known] + self.error[k])):
                kept.append(int(k))
        return self[np.array(kept, dtype=int)]

    @property
    def index_sums(self) -> dict[int, int]:
        """Sum of the indices of the unique fixed points by input; one where none is missing.

        The converse does not hold: two that are missing may cancel.
        """
        found = self.unique
        batches = np.unique(self.batch)
        return {int(b): int(found.index[found.batch == b].sum()) for b in batches}

    def principal(self, components: int = 2) -> Array:
        """Coordinates in the first principal components of the states, shape (k, components)."""
        centred = self.states - self.states.mean(axis=0)
        axes = np.linalg.svd(centred, full_matrices=False)[2][:components]
        return np.asarray(centred @ axes.T)

    def plot(self, ax: Axes) -> Axes:
        """Draw the points in their first two principal components; stable ones are filled.

        Parameters
        ----------
        ax : Axes

        Returns
        -------
        Axes
        """
        place = self.principal(2)
        groups = (
            ("stable", self.is_fixed & self.stable, "o", "black"),
            ("unstable", self.is_fixed & ~self.stable, "o", "none"),
            ("slow", ~self.is_fixed, "s", "none"),
        )
        for label, rows, marker, colour in groups:
            if np.any(rows):
                x, y = place[rows].T
                ax.scatter(x, y, label=label, marker=marker, facecolors=colour, edgecolors="black")
        ax.set_xlabel("first principal component")
        ax.set_ylabel("second principal component")
        ax.legend()
        return ax

    def save(self, path: str | Path) -> Path:
        """Write all arrays to an npz file and return where."""
        target = Path(path)
        with target.open("wb") as file:
            np.savez(file, **{f.name: getattr(self, f.name) for f in fields(self)})
        return target

    @classmethod
    def load(cls, path: str | Path) -> FixedPoints:
        """Read what `save` wrote; nothing in the file is executed.

        Raises
        ------
        ValueError
            If it is no such file.
        """
        try:
            with np.load(path, allow_pickle=False) as data:
                return cls(**{f.name: data[f.name] for f in fields(cls)})
        except (ValueError, KeyError, BadZipFile, EOFError, AttributeError) as error:
            raise ValueError(f"{str(path)!r} holds no saved fixed points.") from error


def fixed_points(
    gru: GRU,
    initial_states: ArrayLike,
    inputs: ArrayLike | None = None,
    *,
    deflate: bool = True,
    parameters: Mapping[str, float] | None = None,
    **values: float,
) -> FixedPoints:
    """Find fixed points of the map, or equilibria of the flow, from many initial states.

    Parameters
    ----------
    gru : GRU
        Any size; 64 units and 256 starts take some three seconds, and as long for each deflation.
    initial_states : array_like, shape (m, d)
        For instance states that the network visits.
    inputs : array_like, shape (q, p) or (p,), optional
        Constant inputs; from every initial state it is searched for each of them. By default the
        inputs have the values of the network, zero if nothing was said.
    deflate : bool, optional
        Whether to look for more where the indices do not add up to one.
    parameters : mapping of str to float, optional
        Values of parameters that are called like an argument of this function.
    **values : float
        Values by parameter name, as in `GRU.compile`.

    Returns
    -------
    FixedPoints
        Every end; `FixedPoints.unique` has each fixed point once.

    Raises
    ------
    ValueError
        For arrays of the wrong shape or with numbers that are not finite.

    Notes
    -----
    To follow one in the input: ``ct.equilibria(gru.compile(), start=found.states[0], free="x1")``.

    Examples
    --------
    >>> pair = GRU(2).with_weights(U_h=[[8, 0], [0, 8]], rest=0)
    >>> starts = np.random.default_rng(0).uniform(-1, 1, (40, 2))
    >>> found = fixed_points(pair, starts).unique
    >>> len(found), int(found.stable.sum()), found.index_sums
    (9, 4, {0: 1})
    """
    given = {**(parameters or {}), **values}
    network, numbers = NumericNetwork.of(gru, **given), gru.numbers(**given)
    starts = _rows("initial_states", initial_states, gru.units)
    default = [numbers[f"x{j + 1}"] for j in range(gru.inputs)]
    constant = _rows("inputs", default if inputs is None else inputs, gru.inputs)
    step = numbers.get(STEP.name)
    h = np.tile(starts, (len(constant), 1))
    batch = np.repeat(np.arange(len(constant)), len(starts))
    found = _described(network, _solved(network, h, constant[batch]), constant, batch, step)
    for _ in range(ROUNDS if deflate else 0):
        for b in [b for b, total in found.index_sums.items() if total != 1]:
            unique = found.unique
            again = _deflated(network, starts, constant[b], unique.states[unique.batch == b])
            rows = np.full(len(again), b)
            ends = _solved(network, again, constant[rows])
            found = _joined(found, _described(network, ends, constant, rows, step))
    return found


def _rows(what: str, value: ArrayLike, width: int) -> Array:
    """Rows of finite numbers, shape (m, width)."""
    array = np.array(value, dtype=np.float64, ndmin=2)
    if array.ndim != 2 or array.shape[1] != width or not np.all(np.isfinite(array)):
        raise ValueError(
            f"`{what}` needs rows of {width} finite numbers, got shape {np.shape(value)}."
        )
    return array


def _solved(network: NumericNetwork, h: Array, x: Array) -> Array:
    """Levenberg-Marquardt steps from every row, then Newton steps where the residual is small."""
    h = h.copy()
    weight = np.ones(len(h))
    active = np.ones(len(h), dtype=bool)
    identity = np.eye(h.shape[1])
    g, G, _, _ = network.evaluate(h, x)
    for _ in range(STEPS):
        rows = np.flatnonzero(active)
        if len(rows) == 0:
            break
        size = np.linalg.norm(g[rows], axis=1)
        GT = np.swapaxes(G[rows], 1, 2)
        normal = GT @ G[rows] + (weight[rows] * size**2)[:, None, None] * identity
        delta = -np.linalg.solve(normal, GT @ g[rows][:, :, None])[:, :, 0]
        trial = h[rows] + delta
        g_trial, G_trial, _, _ = network.evaluate(trial, x[rows])
        better = np.linalg.norm(g_trial, axis=1) < size
        accepted = rows[better]
        h[accepted], g[accepted], G[accepted] = trial[better], g_trial[better], G_trial[better]
        weight[rows] = np.where(better, np.maximum(weight[rows] / 4.0, 1e-8), weight[rows] * 8.0)
        short = np.linalg.norm(delta, axis=1) < STALLED
        active[rows] = ~(short | (np.abs(g[rows]).max(axis=1) < RESIDUAL / 10.0))
    for _ in range(POLISHING):
        h, g, G = _polished(network, h, x, g, G)
    return h


def _polished(
    network: NumericNetwork, h: Array, x: Array, g: Array, G: Array
) -> tuple[Array, Array, Array]:
    """One Newton step at the fixed points, where it makes the residual smaller."""
    rows = np.flatnonzero((np.abs(g).max(axis=1) < RESIDUAL) & (np.linalg.det(G) != 0.0))
    if len(rows) == 0:
        return h, g, G
    trial = h[rows] - np.linalg.solve(G[rows], g[rows][:, :, None])[:, :, 0]
    g_trial, G_trial, _, _ = network.evaluate(trial, x[rows])
    better = np.linalg.norm(g_trial, axis=1) < np.linalg.norm(g[rows], axis=1)
    h, g, G = h.copy(), g.copy(), G.copy()
    h[rows[better]], g[rows[better]], G[rows[better]] = (
        trial[better],
        g_trial[better],
        G_trial[better],
    )
    return h, g, G


def _deflated(network: NumericNetwork, starts: Array, x: Array, known: Array) -> Array:
    """Newton steps that are driven away from the fixed points that are known."""
    h, inputs = starts.copy(), np.tile(x, (len(starts), 1))
    for _ in range(DEFLATED_STEPS):
        g, G, _, _ = network.evaluate(h, inputs)
        GT = np.swapaxes(G, 1, 2)
        normal = GT @ G + REGULAR * np.eye(h.shape[1])
        delta = -np.linalg.solve(normal, GT @ g[:, :, None])[:, :, 0]
        apart = h[:, None, :] - known[None]
        square = np.maximum((apart**2).sum(axis=2), np.finfo(float).tiny)
        gradient = -2.0 * (apart / (square * (square + 1.0))[:, :, None]).sum(axis=1)
        scale = 1.0 - (gradient * delta).sum(axis=1)
        delta = delta / np.where(scale == 0.0, 1.0, scale)[:, None]
        length = np.linalg.norm(delta, axis=1, keepdims=True)
        h = np.clip(h + delta * np.minimum(1.0, LONGEST / np.maximum(length, LONGEST)), -1.0, 1.0)
    return h


def _described(
    network: NumericNetwork, h: Array, constant: Array, batch: NDArray[np.int64], step: float | None
) -> FixedPoints:
    """Everything about the ends; `step` is Delta of a map, None for a flow."""
    x = constant[batch]
    g, G, rest, A = network.evaluate(h, x)
    residual = np.abs(g).max(axis=1)
    is_fixed = residual < RESIDUAL
    signs = np.linalg.slogdet(-G)[0]
    smallest = np.linalg.svd(G, compute_uv=False)[:, -1]
    moved = rest * g * (1.0 if step is None else step)
    jacobians = A if step is None else np.eye(h.shape[1]) + step * A
    eigenvalues = np.linalg.eigvals(jacobians).astype(np.complex128)
    inside = eigenvalues.real < 0.0 if step is None else np.abs(eigenvalues) < 1.0
    return FixedPoints(
        states=h,
        inputs=x,
        residual=residual,
        speed=np.linalg.norm(moved, axis=1),
        jacobians=jacobians,
        eigenvalues=eigenvalues,
        is_fixed=is_fixed,
        stable=is_fixed & np.all(inside, axis=1),
        index=np.where(is_fixed, np.rint(signs), 0).astype(np.int64),
        error=np.sqrt(h.shape[1]) * ROUND_OFF / np.maximum(smallest, np.finfo(float).tiny),
        batch=batch,
    )


def _joined(one: FixedPoints, other: FixedPoints) -> FixedPoints:
    return FixedPoints(
        **{f.name: np.concatenate([getattr(p, f.name) for p in (one, other)]) for f in fields(one)}
    )

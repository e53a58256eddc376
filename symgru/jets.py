r"""The GRU at its equilibria, where the tanh is known: Jacobian, higher derivatives, biases.

At an equilibrium :math:`\tanh a_i = h_i`, so that every derivative of (7) is a polynomial in h, in
the weights and in the gates:

.. math::
    A = \mathrm{diag}(\sigma(-a_z))\,\bigl(\mathrm{diag}(1 - h^2)\, M - I\bigr), \qquad
    M = \partial a / \partial h .

A fold does not see the update gate: det A = 0 if and only if :math:`\mathrm{diag}(1 - h^2) M - I`
is singular. Since a is :math:`b_h` plus a function of h, the equilibrium equation can be solved for
a bias that occurs nowhere else, :math:`b_{h,i} = \mathrm{artanh}\,h_i - (a_i - b_{h,i})`: in bias
space the set of equilibria is parametrised by the state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy
from sympy import ImmutableDenseMatrix as Matrix

from symgru import vectorfield
from symgru.entries import finite
from symgru.first_lyapunov import KEYS

if TYPE_CHECKING:
    from symgru.gru import GRU

__all__ = ["Equilibrium", "planar_derivatives"]

RESIDUAL = 1e-9
"""A numeric state that misses the equilibrium equation by more than this is none."""


@dataclass(frozen=True)
class Equilibrium:
    """An equilibrium of a symbolic network, at a given state or at the state in symbols.

    Attributes
    ----------
    state : tuple of Expr, length d
        Its state: the symbols of the network, or what was given.
    squares : tuple of Expr, length d
        1 - h_i^2.
    speed : tuple of Expr, length d
        The positive factors 1 - update.
    slope : Matrix, shape (d, d)
        M, the derivative of the candidate's pre-activation by the state.
    equations : tuple of Eq
        What state and parameters have to satisfy; empty where it holds identically.
    biases : mapping of Symbol to Expr
        Biases as functions of the state, where they are free.
    """

    state: tuple[Any, ...]
    squares: tuple[Any, ...]
    speed: tuple[Any, ...]
    slope: Matrix
    equations: tuple[Any, ...]
    biases: Mapping[Any, Any]

    @classmethod
    def of(cls, gru: GRU, at: Sequence[Any] | None = None) -> Equilibrium:
        """Describe the equilibria of a network.

        Parameters
        ----------
        gru : GRU
            The network.
        at : sequence of number or Expr, length d, optional
            State of the equilibrium; the network's symbols when left out.

        Returns
        -------
        Equilibrium

        Raises
        ------
        ValueError
            If `at` has the wrong length, or is no equilibrium for any value of the parameters.
        """
        state = gru.states if at is None else _state(gru, at)
        weights = gru.shown_weights
        pre = vectorfield.pre_activations(weights, state, gru.reset)
        equations: list[Any] = []
        biases: dict[Any, Any] = {}
        for i, h in enumerate(state):
            bias = weights["b_h"][i]
            if bias.is_Symbol and _occurrences(weights, bias) == 1:
                biases[bias] = sympy.atanh(h) - (pre.candidate[i] - bias)
            else:
                equation = _equilibrium_equation(gru, h, pre.candidate[i])
                equations += [] if equation is sympy.true else [equation]
        return cls(
            state=state,
            squares=tuple(1 - h**2 for h in state),
            speed=tuple(pre.speed(i) for i in range(gru.units)),
            slope=vectorfield.candidate_jacobian(weights, state, gru.reset),
            equations=tuple(equations),
            biases=biases,
        )

    def reduced(self, squares: Sequence[Any] | None = None) -> Matrix:
        """Return diag(1 - h^2) M - I, the Jacobian without the update gate, shape (d, d).

        Parameters
        ----------
        squares : sequence of Expr, length d, optional
            Symbols to stand for 1 - h_i^2.
        """
        u = self.squares if squares is None else squares
        d = len(self.state)
        return Matrix(d, d, lambda i, j: u[i] * self.slope[i, j] - (1 if i == j else 0))

    def jacobian(self, squares: Sequence[Any] | None = None) -> Matrix:
        """Return the Jacobian A of the flow, shape (d, d); `squares` as in `reduced`."""
        reduced = self.reduced(squares)
        return Matrix(*reduced.shape, lambda i, j: self.speed[i] * reduced[i, j])


def _state(gru: GRU, at: Sequence[Any]) -> tuple[Any, ...]:
    if isinstance(at, str) or not isinstance(at, Iterable):
        raise TypeError(f"`at` must hold an entry for each of {gru.units} states, got {at!r}.")
    entries = tuple(at)
    if len(entries) != gru.units:
        raise ValueError(f"`at` has {len(entries)} entries, but {gru.name} has {gru.units} states.")
    state = []
    for entry in entries:
        if isinstance(entry, sympy.Expr):
            state.append(entry)
        else:
            state.append(vectorfield.exact(finite("an entry of `at`", entry)))
    return tuple(state)


def _occurrences(weights: Mapping[str, Matrix], symbol: Any) -> int:
    return sum(symbol in entry.free_symbols for weight in weights.values() for entry in weight)


def _equilibrium_equation(gru: GRU, h: Any, candidate: Any) -> Any:
    """Return h = tanh a; true where it holds identically."""
    difference = sympy.tanh(candidate) - h
    if difference.is_zero:
        return sympy.true
    if not difference.free_symbols:
        missed = abs(float(difference))
        if missed > RESIDUAL:
            raise ValueError(
                f"`at` is no equilibrium of {gru.name}: tanh(a) misses the state by {missed:.2g}."
            )
        return sympy.true
    return sympy.Eq(h, sympy.tanh(candidate))


def planar_derivatives(gru: GRU, equilibrium: Equilibrium) -> dict[tuple[int, ...], Any]:
    r"""Derivatives of the flow of two units at an equilibrium, up to order three.

    The candidate n = tanh a counts as a symbol with derivative
    :math:`\partial n_i/\partial h_j = (1 - n_i^2) M_{ij}` until the end, where it becomes the
    state.

    Parameters
    ----------
    gru : GRU
        Two units.
    equilibrium : Equilibrium
        Where to evaluate.

    Returns
    -------
    dict of tuple to Expr
        Keys as `symgru.first_lyapunov.KEYS`.
    """
    weights, states = gru.shown_weights, gru.states
    pre = vectorfield.pre_activations(weights, states, gru.reset)
    slope = vectorfield.candidate_jacobian(weights, states, gru.reset)
    candidate = [sympy.Dummy(f"n{i}") for i in range(gru.units)]

    def derivative(expression: Any, j: int) -> Any:
        through_candidate = sum(
            expression.diff(n) * (1 - n**2) * slope[i, j] for i, n in enumerate(candidate)
        )
        return expression.diff(states[j]) + through_candidate

    jets: dict[tuple[int, ...], Any] = {
        (i,): pre.speed(i) * (n - h) for i, (n, h) in enumerate(zip(candidate, states, strict=True))
    }
    for key in KEYS:
        jets[key] = derivative(jets[key[:-1]], key[-1])
    place = dict(zip(states, equilibrium.state, strict=True))
    place |= dict(zip(candidate, equilibrium.state, strict=True))
    return {key: jets[key].subs(place, simultaneous=True) for key in KEYS}

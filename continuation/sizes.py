r"""The natural size of the states: how far they must move until f is no longer linear.

Nothing that is computed may depend on the units in which a model is written. Parameters have the
widths of their windows for a unit, time the period or the rates of A; lengths have

.. math:: r = \min_{ij} r_{ij}, \qquad
          \frac{r_{ij}^j}{j!} \max_v |D^j f_i(v, \dots, v)| = \max(r_{ij} |A_i|, |f_{i\lambda}| U),

the distance at which a term of the Taylor series of some f_i is as large as its linear one, and as
what the window U of the parameters adds: equation by equation, so that a fast one, with its large
A_i, does not hide where a slow one bends. For x' = a - x^2, x' = a x - x^3 and their like it is
near 1. Where f is so nearly linear that states do not come that far, lengths have what they reach,

.. math:: s = \max(|x|, |A^{-1} f_\lambda U|),

the state itself and its linear answer to the window.
"""

from __future__ import annotations

from dataclasses import replace
from math import factorial

import numpy as np
from numpy.typing import NDArray

from continuation.system import System

Array = NDArray[np.float64]

NOTHING = 1e-10
"""States that reach no farther than this part of r are zero but for round-off."""


def sized(system: System, x: Array, p: Array, free: tuple[str, ...], units: Array) -> System:
    """The system with a size of its states, where it has none yet.

    Parameters
    ----------
    system : System
        With a ``size`` it is returned as it is.
    x : ndarray, shape (n,)
        A state at which a curve begins.
    p : ndarray, shape (n_p,)
        All parameters.
    free : tuple of str
        The k free parameters.
    units : ndarray, shape (k,)
        Widths of their windows.
    """
    if system.size is not None:
        return system
    return replace(system, size=natural_size(system, x, p, free, units))


def grown(system: System, x: Array) -> System:
    """The system with a size that states x, of any shape, do not exceed."""
    largest = max(system.size or 0.0, float(np.abs(x).max()))
    return replace(system, size=largest) if largest > 0.0 else system


def natural_size(system: System, x: Array, p: Array, free: tuple[str, ...], units: Array) -> float:
    """The smaller one of r and s, see the head of this module; 1 where both say nothing.

    Both say nothing for a linear system at the origin, whose cycles have any size.
    """
    _, a, b = system.linearize(free)(x[None], p)
    pushes = b[0] @ units
    if not (np.all(np.isfinite(a)) and np.all(np.isfinite(pushes))):
        return 1.0  # Outside the domain of the equations, which is for Newton's method to say.
    radius = _radius(system, x, p, np.abs(a[0]).max(axis=1), np.abs(pushes))
    matrix = a[0] if system.kind == "flow" else a[0] - np.eye(len(x))
    answer = np.linalg.lstsq(matrix, pushes, rcond=None)[0]
    reached = float(max(np.abs(x).max(), np.abs(answer).max()))
    if np.isfinite(radius) and not NOTHING * radius < reached < radius:
        return radius
    return reached if reached > 0.0 else 1.0


def _radius(system: System, x: Array, p: Array, rates: Array, pushes: Array) -> float:
    """The distance r, infinite for a linear f; v runs over the axes and their sum.

    An equation whose linear terms and pushes vanish has those of the whole system.
    """
    still = (rates == 0.0) & (pushes == 0.0)
    rates, pushes = (np.where(still, given.max(), given) for given in (rates, pushes))
    v = np.hstack((np.eye(len(x)), np.ones((len(x), 1))))
    radius = np.inf
    for order in (2, 3, 4, 5):
        bends = np.abs(system.derivative(x, p, *[v] * order)).max(axis=1) / factorial(order)
        for rate, push, bend in zip(rates, pushes, bends, strict=True):
            if 0.0 < bend < np.inf:
                reached = (rate / bend) ** (1 / (order - 1)), (push / bend) ** (1 / order)
                radius = min(radius, max(reached))
        if order > 2 and radius < np.inf:
            break
    return float(radius)

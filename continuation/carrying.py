r"""The system of a flow together with vectors that it carries along.

.. math:: \dot x = f(x, p), \qquad \dot v_i = f_x(x, p)\, v_i + s f(x, p), \quad i = 1..k.

Eigenfunctions of cycles solve it, with s = 0 or, at a fold of cycles, with the relative change s of
the speed. As a `System` of n (1 + k) states it has exact derivatives where f has. Likewise the
system of a flow with an adjoint vector, for branch points of cycles.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from continuation.derivatives import with_adjoint, with_vectors
from continuation.differences import DifferencedField
from continuation.exact import ExactField
from continuation.fields import VectorField
from continuation.system import System

Array = NDArray[np.float64]

SHIFT = "s of the vectors"
"""Name of the parameter s: no parser accepts it as a name of a user's."""


def carrying(system: System, vectors: int, shifted: bool = False) -> System:
    """The system of x and k vectors, with the parameters of the system and s.

    Parameters
    ----------
    system : System
        A flow.
    vectors : int
        k.
    shifted : bool
        False leaves the term s f out; s is still a parameter, without any effect.
    """
    n = system.dimension
    states = (*system.states, *(f"{x} of v{i}" for i in range(vectors) for x in system.states))
    parameters = {**system.parameters, SHIFT: 0.0}
    field: VectorField
    if isinstance(system.field, ExactField):
        tape = with_vectors(system.field.tape, n, vectors, shifted)
        field = ExactField(tape, len(states))
    else:
        field = DifferencedField.of(
            _right_hand_side(system, vectors, shifted), None, states, parameters, None
        )
    return System(f"{system.name} with vectors", states, parameters, system.kind, None, field)


GAMMA, BETA = "gamma of the adjoint", "beta of the adjoint"
"""Names of the two parameters of `carrying_adjoint`."""


def carrying_adjoint(system: System, parameter: str) -> System:
    r"""The system of x, an adjoint vector phi and two integrals, see `derivatives.with_adjoint`.

    Parameters
    ----------
    system : System
        A flow.
    parameter : str
        lambda, by which f is differentiated in the second integral.
    """
    states = (*system.states, *(f"{x} of phi" for x in system.states), "first", "second")
    parameters = {**system.parameters, GAMMA: 0.0, BETA: 0.0}
    field: VectorField
    if isinstance(system.field, ExactField):
        index = list(system.parameters).index(parameter)
        tape = with_adjoint(system.field.tape, system.dimension, index)
        field = ExactField(tape, len(states))
    else:
        function = _adjoint_side(system, parameter)
        field = DifferencedField.of(function, None, states, parameters, None)
    return System(f"{system.name} with adjoint", states, parameters, system.kind, None, field)


class _adjoint_side:
    """The four equations of `derivatives.with_adjoint`, from f, f_x and f_lambda."""

    def __init__(self, system: System, parameter: str):
        self.linearized = system.linearize((parameter,))
        self.names, self.n = tuple(system.parameters), system.dimension

    def __call__(self, x: Array, p: dict[str, float]) -> Array:
        points = np.ascontiguousarray(np.atleast_2d(x.T))
        values = np.array([p[name] for name in self.names])
        f, a, b = self.linearized(np.ascontiguousarray(points[:, : self.n]), values)
        phi = points[:, self.n : 2 * self.n]
        turned = -np.einsum("mab,ma->mb", a, phi) - p[GAMMA] * f
        integrals = [np.sum(phi * g, axis=1)[:, None] for g in (f, b[:, :, 0])]
        found = np.concatenate((f + p[BETA] * phi, turned, *integrals), axis=1)
        return np.asarray(found[0] if x.ndim == 1 else found.T)


class _right_hand_side:
    """f and f_x v_i + s f, from f and f_x of a system whose derivatives are differences."""

    def __init__(self, system: System, vectors: int, shifted: bool):
        self.linearized = system.linearize(())
        self.names, self.n = tuple(system.parameters), system.dimension
        self.vectors, self.shifted = vectors, shifted

    def __call__(self, x: Array, p: dict[str, float]) -> Array:
        points = np.ascontiguousarray(np.atleast_2d(x.T))
        values = np.array([p[name] for name in self.names])
        f, a, _ = self.linearized(np.ascontiguousarray(points[:, : self.n]), values)
        v = points[:, self.n :].reshape(len(points), self.vectors, self.n)
        along = np.einsum("mab,mkb->mka", a, v)
        if self.shifted:
            along = along + p[SHIFT] * f[:, None, :]
        found = np.concatenate((f, along.reshape(len(points), -1)), axis=1)
        return np.asarray(found[0] if x.ndim == 1 else found.T)

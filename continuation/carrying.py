r"""The system of a flow together with vectors that it carries along.

.. math:: \dot x = f(x, p), \qquad \dot v_i = f_x(x, p)\, v_i + s f(x, p), \quad i = 1..k.

Eigenfunctions of cycles solve it, with s = 0 or, at a fold of cycles, with the relative change s of
the speed. As a `System` of n (1 + k) states it has exact derivatives where f has.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from continuation.derivatives import with_vectors
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

r"""A network of numbers at many states and inputs at once, without a detour by formulas.

With :math:`n = \tanh a` the candidate and :math:`1 - z` the factor of `symgru.vectorfield`,

.. math::
    g(h, x) = n(h, x) - h, \qquad G = \mathrm{diag}(1 - n^2) M - I, \qquad f = (1 - z) * g .

The zeros of g are those of the flow f, and where f is small because the update gate is nearly
closed, g is not. M is that of `symgru.vectorfield.candidate_jacobian`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sympy
from numpy.typing import NDArray
from scipy.special import expit

from symgru.gru import GRU

__all__ = ["NumericNetwork"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class NumericNetwork:
    """Weights as arrays, by the names of `GRU.weights`.

    Attributes
    ----------
    weights : dict of str to ndarray
        ``U_*`` (d, d), ``W_*`` (d, p), biases (d,).
    after : bool
        Whether the reset gate acts after the product with ``U_h``.
    """

    weights: dict[str, Array]
    after: bool

    @classmethod
    def of(cls, gru: GRU, **values: float) -> NumericNetwork:
        """Evaluate the weights of a network at given values of its parameters.

        Raises
        ------
        ValueError
            As `GRU.numbers` does.
        """
        numbers = gru.numbers(**values)
        place = {symbol: sympy.Float(numbers[name]) for name, symbol in gru.parameters.items()}
        weights = {}
        for name, weight in gru.weights.items():
            entries = [numbers[e.name] if e.is_Symbol else float(e.xreplace(place)) for e in weight]
            weights[name] = np.array(entries).reshape(weight.shape if name[0] in "UW" else -1)
        return cls(weights, gru.reset == "after")

    def _gate(self, gate: str, h: Array, x: Array) -> Array:
        """Pre-activation of a gate, shape (m, d)."""
        w = self.weights
        total = h @ w[f"U_{gate}"].T + w[f"b_{gate}"]
        return total + x @ w[f"W_{gate}"].T if f"W_{gate}" in w else total

    def evaluate(self, h: Array, x: Array) -> tuple[Array, Array, Array, Array]:
        """Evaluate g, G, and the parts of the Jacobian of the flow.

        Parameters
        ----------
        h : ndarray, shape (m, d)
        x : ndarray, shape (m, p)

        Returns
        -------
        g : ndarray, shape (m, d)
        G : ndarray, shape (m, d, d)
        rest : ndarray, shape (m, d)
            1 - z.
        A : ndarray, shape (m, d, d)
            Jacobian of the flow f.
        """
        w = self.weights
        r = expit(self._gate("r", h, x))
        slope = r * expit(-self._gate("r", h, x))
        outside = w["b_h"] + (x @ w["W_h"].T if "W_h" in w else 0.0)
        if self.after:
            drive = h @ w["U_h"].T + w["c_h"]
            a = outside + r * drive
            M = r[:, :, None] * w["U_h"] + (drive * slope)[:, :, None] * w["U_r"]
        else:
            a = outside + (r * h) @ w["U_h"].T
            inner = (h * slope)[:, :, None] * w["U_r"]
            M = w["U_h"] @ (r[:, :, None] * np.eye(h.shape[1]) + inner)
        n = np.tanh(a)
        g = n - h
        G = (1.0 - n**2)[:, :, None] * M - np.eye(h.shape[1])
        if "U_z" not in w:
            return g, G, np.ones_like(g), G
        rest = expit(-self._gate("z", h, x))
        gate = rest * expit(self._gate("z", h, x)) * g
        return g, G, rest, rest[:, :, None] * G - gate[:, :, None] * w["U_z"]

"""A network of numbers for the proofs: every weight as an interval of doubles that holds it.

A weight that is a number is itself, an interval of one point. A weight that is an expression, such
as 3 cos(pi/20), or a bias to which inputs contribute, is evaluated by balls and rounded outward:
what is proved for all weights in the intervals is proved for the network as it was written.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import flint
import numpy as np
from flint import arb
from numpy.typing import NDArray

from continuation.certification.balls import evaluate
from continuation.symbolic import tape_from_sympy
from symgru.certified.rounding import LARGEST
from symgru.gru import GRU

__all__ = ["Network", "outward"]

Array = NDArray[np.float64]

BITS = 128
"""Precision at which expressions are evaluated; what matters is that it is well above 53."""


def outward(x: arb) -> tuple[float, float]:
    """Doubles below and above a ball, the nearest where the ball is a double itself.

    Parameters
    ----------
    x : arb

    Returns
    -------
    lower, upper : float
        Infinite where the ball is not finite.
    """
    if not x.is_finite():
        return -math.inf, math.inf
    lo, hi = float(x.lower()), float(x.upper())
    while not arb(lo) <= x:
        lo = math.nextafter(lo, -math.inf)
    while not arb(hi) >= x:
        hi = math.nextafter(hi, math.inf)
    return lo, hi


@dataclass(frozen=True, eq=False)
class Network:
    """Weights as intervals, in the layout of the kernels.

    Attributes
    ----------
    U : ndarray, shape (3, d, d, 2)
        Intervals of U_h, U_r and U_z.
    b : ndarray, shape (4, d, 2)
        Intervals of b_h, b_r, b_z and c_h, with the inputs' contributions.
    after : bool
        Whether the reset gate acts after the product with U_h.
    gated : bool
        Whether there is an update gate.
    discrete : bool
        Whether the map is meant, not the flow.

    Raises
    ------
    ValueError
        For a shape that does not fit, an interval whose ends are exchanged, or a weight that is not
        finite or beyond 1e30.
    """

    U: Array
    b: Array
    after: bool = field(default=False, kw_only=True)
    gated: bool = field(default=True, kw_only=True)
    discrete: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        d = self.U.shape[1] if self.U.ndim == 4 else 0
        if d < 1 or self.U.shape != (3, d, d, 2) or self.b.shape != (4, d, 2):
            raise ValueError(
                f"weights have shapes {self.U.shape} and {self.b.shape}, but (3, d, d, 2) and "
                f"(4, d, 2) are expected."
            )
        for name in ("U", "b"):
            array = np.array(getattr(self, name), np.float64)
            if not (abs(array) <= LARGEST).all():
                raise ValueError(
                    f"weights must be numbers of at most {LARGEST:g} in absolute value."
                )
            if not (array[..., 0] <= array[..., 1]).all():
                raise ValueError("an interval of a weight has its lower end above its upper end.")
            array.flags.writeable = False
            object.__setattr__(self, name, array)

    @property
    def units(self) -> int:
        """Number d of hidden units."""
        return int(self.U.shape[1])

    @classmethod
    def from_arrays(
        cls,
        weights: Mapping[str, Any],
        *,
        reset: str = "before",
        time: str = "flow",
        update_gate: bool = True,
    ) -> Network:
        """Take weights that are numbers, without a detour by formulas.

        Parameters
        ----------
        weights : mapping of str to array_like "U_h", shape (d, d), and any of "U_r", "U_z", "b_h",
            "b_r", "b_z", "c_h"; what is missing is zero.
        reset, time : str
            As for `symgru.GRU`.
        update_gate : bool
            False for ``GRU.without_update_gate``.

        Returns
        -------
        Network

        Raises
        ------
        ValueError
            For an unknown name, a shape that does not fit, or a number that is not finite.

        Examples
        --------
        >>> Network.from_arrays({"U_h": [[8, 0], [0, 8]]}).units
        2
        """
        d = len(weights["U_h"])
        U, b = np.zeros((3, d, d, 2)), np.zeros((4, d, 2))
        places = {"U_h": U[0], "U_r": U[1], "U_z": U[2]}
        places |= {"b_h": b[0], "b_r": b[1], "b_z": b[2], "c_h": b[3]}
        for name, given in weights.items():
            value, place = np.asarray(given, np.float64), places.get(name)
            if place is None or value.shape != place.shape[:-1]:
                raise ValueError(
                    f"{name!r} of shape {value.shape} does not fit: expected are U_h, U_r, U_z of "
                    f"shape {(d, d)} and b_h, b_r, b_z, c_h of shape {(d,)}."
                )
            place[..., 0] = place[..., 1] = value
        return cls(U, b, after=reset == "after", gated=update_gate, discrete=time == "map")

    @classmethod
    def from_gru(cls, gru: GRU, **values: float) -> Network:
        """Enclose the weights of a network at given values of its parameters.

        Parameters
        ----------
        gru : GRU
        **values : float
            By parameter name, as in `GRU.compile`.

        Returns
        -------
        Network

        Raises
        ------
        ValueError
            If a parameter is unknown, has no value, or a weight is no finite number.
        """
        numbers = gru.numbers(**values)
        d, names = gru.units, list(gru.weights)
        tape = tape_from_sympy([e for name in names for e in gru.weights[name]], list(numbers))
        with flint.ctx.workprec(BITS):
            balls = iter(evaluate(tape, [arb(number) for number in numbers.values()]))
            given = {name: [next(balls) for _ in gru.weights[name]] for name in names}
            inputs = [arb(numbers[f"x{j + 1}"]) for j in range(gru.inputs)]
            for gate in "hrz":
                for i, row in enumerate(_rows(given.get(f"W_{gate}", []), gru.inputs)):
                    for w, x in zip(row, inputs, strict=True):
                        given[f"b_{gate}"][i] += w * x
            zero = {"U": [arb(0)] * (d * d), "b": [arb(0)] * d}
            U = [given.get(name, zero["U"]) for name in ("U_h", "U_r", "U_z")]
            b = [given.get(name, zero["b"]) for name in ("b_h", "b_r", "b_z", "c_h")]
            return cls(
                np.array([outward(x) for row in U for x in row]).reshape(3, d, d, 2),
                np.array([outward(x) for row in b for x in row]).reshape(4, d, 2),
                after=gru.reset == "after",
                gated=gru.update_gate,
                discrete=gru.time == "map",
            )


def _rows(entries: list[arb], length: int) -> list[list[arb]]:
    return [entries[k : k + length] for k in range(0, len(entries), max(length, 1))]

r"""What the flow says and the trained map does not: fixed points, side by side.

The map with step Delta is Euler's method, :math:`h \mapsto h + \Delta f(h)`. It has the equilibria
of the flow as its fixed points, for every Delta. An eigenvalue mu of the flow's Jacobian there
becomes the multiplier :math:`1 + \Delta\mu`, so that

.. math::
    |1 + \Delta\mu| < 1 \iff 0 < \Delta < \Delta^* = -2\,\mathrm{Re}\,\mu / |\mu|^2 .

What is stable in the flow is stable in the map up to the smallest Delta* of its eigenvalues. There
it loses stability, at a Neimark-Sacker point where mu is complex, at a period doubling where it is
real (Delta* = -2 / mu). What is unstable in the flow is so in the map, whatever the step.

References
----------
Hairer, Norsett and Wanner (1993), Solving Ordinary Differential Equations I, 2nd edition, Springer,
section II.1; Kuznetsov (2004), Elements of Applied Bifurcation Theory, 3rd edition, Springer,
chapter 4.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from continuation.system import System
from symgru.equilibria import all_equilibria
from symgru.gru import GRU
from symgru.stack import Stack
from symgru.vectorfield import STEP

__all__ = ["Comparison", "Contrast", "compare"]

Array = NDArray[np.float64]

NEWTON_STEPS = 10
"""Newton steps allowed to a state that was given: it should be an equilibrium, up to digits."""

RESIDUAL = 1e-12
"""Largest |f| at an equilibrium; sums of some hundred terms of order one are exact to 1e-14."""


@dataclass(frozen=True)
class Contrast:
    """One equilibrium in the flow and in the map.

    Attributes
    ----------
    state : ndarray, shape (d,)
    eigenvalues : ndarray of complex, shape (d,)
        Eigenvalues mu of the flow, largest real part first.
    multipliers : ndarray of complex, shape (d,)
        1 + Delta mu, in the same order.
    unstable_in_flow, unstable_in_map : int
        Numbers of eigenvalues with positive real part, and of multipliers beyond the unit circle.
    limit : float
        Delta*, up to which the map is stable here; zero where the flow is not.
    kind : str
        What happens at `limit`: "NS" or "PD"; empty where the flow is not stable.
    angle : float
        Argument of the multiplier at `limit`, in radians: pi for PD. Zero where `kind` is empty.
    """

    state: Array
    eigenvalues: NDArray[np.complex128]
    multipliers: NDArray[np.complex128]
    unstable_in_flow: int
    unstable_in_map: int
    limit: float
    kind: str
    angle: float

    @property
    def agree(self) -> bool:
        """Whether flow and map have as many unstable directions."""
        return self.unstable_in_flow == self.unstable_in_map

    def __str__(self) -> str:
        place = ", ".join(f"{h:.6g}" for h in self.state[:6])
        place += ", ..." if len(self.state) > 6 else ""
        counts = f"{self.unstable_in_flow} unstable in the flow, {self.unstable_in_map} in the map"
        if not self.kind:
            return f"({place}): {counts}"
        return f"({place}): {counts}; stable up to Delta = {self.limit:.7g} ({self.kind})"


@dataclass(frozen=True)
class Comparison:
    """All equilibria that were compared, a sequence.

    Attributes
    ----------
    items : tuple of Contrast
    step : float
        Delta of the map that was compared, 1 for the trained one.
    limits : str
        What is not known, in words; empty where these are proved to be all fixed points.
    """

    items: tuple[Contrast, ...]
    step: float
    limits: str

    @overload
    def __getitem__(self, index: int) -> Contrast: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Contrast, ...]: ...

    def __getitem__(self, index: int | slice) -> Contrast | tuple[Contrast, ...]:
        return self.items[index]

    def __iter__(self) -> Iterator[Contrast]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def differing(self) -> tuple[Contrast, ...]:
        """Those with another number of unstable directions in the map than in the flow."""
        return tuple(item for item in self.items if not item.agree)

    @property
    def lost(self) -> tuple[Contrast, ...]:
        """Those which are stable in the flow and not in the map."""
        return tuple(item for item in self.differing if item.unstable_in_flow == 0)

    def __str__(self) -> str:
        head = (
            f"Delta = {self.step:g}: of {len(self)} fixed points {len(self.differing)} differ, "
            f"{len(self.lost)} are stable in the flow alone"
        )
        known = self.limits or "these are all"
        return "\n".join([f"{head}; {known}", *(f"  {item}" for item in self.items)])


def compare(
    gru: GRU | Stack,
    states: Sequence[ArrayLike] | None = None,
    *,
    parameters: Mapping[str, float] | None = None,
    **values: float,
) -> Comparison:
    """Compare the flow with the map at every equilibrium, and tell up to which step they agree.

    Parameters
    ----------
    gru : GRU or Stack
        A map, or a flow whose map with step 1 is meant.
    states : sequence of array_like, shape (d,), optional
        Equilibria, at least to a few digits. By default all equilibria are found, with proof, by
        `symgru.all_equilibria`, which takes networks of some ten units and no stacks.
    parameters : mapping of str to float, optional
        Values of parameters that are called like an argument of this function.
    **values : float
        Values by parameter name, as in `GRU.compile`; ``Delta`` for another step than the trained
        one.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        If a parameter has no value, Delta is not positive, or a given state is no equilibrium.
    SearchTooLarge
        If there are too many units to find all equilibria; give `states`.

    Examples
    --------
    >>> import symgru as sg
    >>> print(sg.compare(sg.families.eq8()))
    Delta = 1: of 1 fixed points 1 differ, 1 are stable in the flow alone; these are all
      (0, 0): 0 unstable in the flow, 2 in the map; stable up to Delta = 0.5714286 (NS)
    """
    given = {**(parameters or {}), **values}
    if not isinstance(gru, GRU | Stack):
        raise TypeError(f"compare needs a symgru.GRU or Stack, got {type(gru).__name__}.")
    step = given.pop(STEP.name, None)
    if step is None:
        step = gru.numbers(**given)[STEP.name] if gru.time == "map" else 1.0
    if not (math.isfinite(step) and step > 0.0):
        raise ValueError(f"Delta must be a positive number, got {step!r}.")
    flow = gru.flow() if isinstance(gru, Stack) else replace(gru, time="flow")
    system = flow.compile(**given)
    if states is None:
        places, limits = _all(flow, given)
    else:
        places, limits = _polished(system, states), "these are the ones that were given"
    spectra = [np.linalg.eigvals(system.jacobian(x)) for x in places]
    return Comparison(
        tuple(contrast(x, mu, float(step)) for x, mu in zip(places, spectra, strict=True)),
        float(step),
        limits,
    )


def contrast(state: Array, eigenvalues: NDArray[Any], step: float) -> Contrast:
    """Compare flow and map at one equilibrium with given eigenvalues.

    Parameters
    ----------
    state : ndarray, shape (d,)
    eigenvalues : ndarray, shape (d,)
        Of the flow.
    step : float
        Delta.

    Returns
    -------
    Contrast

    Notes
    -----
    For small Delta mu, 1 + Delta mu loses digits; ``|1 + Delta mu|^2 - 1`` is therefore counted as
    ``Delta (2 Re mu + Delta |mu|^2)``.
    """
    mu = np.asarray(eigenvalues, dtype=np.complex128)
    mu = mu[np.lexsort((mu.imag, -mu.real))]
    size = np.abs(mu) ** 2
    unstable = int(np.sum(mu.real > 0.0))
    beyond = int(np.sum(2.0 * mu.real + step * size > 0.0))
    limit, kind, angle = 0.0, "", 0.0
    if np.all(mu.real < 0.0):
        steps = -2.0 * mu.real / size
        first = int(np.argmin(steps))
        limit = float(steps[first])
        kind = "PD" if mu[first].imag == 0.0 else "NS"
        angle = float(abs(np.angle(1.0 + limit * mu[first])))
    return Contrast(state, mu, 1.0 + step * mu, unstable, beyond, limit, kind, angle)


def _all(flow: GRU | Stack, values: Mapping[str, float]) -> tuple[list[Array], str]:
    """All equilibria of the flow, and what is not proved about them."""
    if isinstance(flow, Stack):
        raise ValueError("the fixed points of a stack are not searched for: give them as states=.")
    found = all_equilibria(flow, parameters=dict(values))
    return [item.state for item in found], found.limits


def _polished(system: System, states: Sequence[ArrayLike]) -> list[Array]:
    """Equilibria by Newton's method from states that are nearly so."""
    polished = []
    for k, start in enumerate(states):
        x = np.array(start, dtype=np.float64)
        if x.shape != (system.dimension,):
            raise ValueError(
                f"states[{k}] has shape {x.shape}, but {system.name} has {system.dimension} states."
            )
        for _ in range(NEWTON_STEPS):
            x = x - np.linalg.solve(system.jacobian(x), system.f(x))
        residual = float(np.abs(system.f(x)).max())
        if not residual < RESIDUAL:
            raise ValueError(
                f"states[{k}] is no equilibrium: |f| = {residual:.1e} after {NEWTON_STEPS} Newton "
                f"steps (wanted below {RESIDUAL:g})."
            )
        polished.append(x)
    return polished

"""A reference profile: it fixes the phase and the units of the cycles nearby."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from continuation.collocation import profile as profiles
from continuation.collocation import sampling
from continuation.collocation.basis import basis

Array = NDArray[np.float64]

PERIOD_WEIGHT = 1e-6
"""Weight of a relative change of the period in the inner product. Steps are measured by profile and
parameter: with the period left out a branch walks to a homoclinic orbit in steps that double it. A
weight of zero would leave nothing to measure where only the period changes."""

SAMPLES = 32
"""Times at which the two halves of a cycle are compared."""

TIMES = np.arange(2 * SAMPLES) / (2 * SAMPLES)
"""Those of both halves, shape (2 SAMPLES,)."""

REVERSED = -0.5
"""Cosine between the differences of the halves of two cycles, below which they have changed places.
Along a branch it stays near 1."""


@dataclass(frozen=True)
class Reference:
    """A cycle to which its neighbours are compared.

    Attributes
    ----------
    mesh : ndarray, shape (N + 1,)
        Mesh of [0, 1].
    degree : int
        m.
    x : ndarray, shape (N m + 1, n)
        The profile.
    period : float
        Its period.
    """

    mesh: Array
    degree: int
    x: Array
    period: float

    @cached_property
    def base_points(self) -> Array:
        """Times of the base points, shape (N m + 1,)."""
        return profiles.base_points(self.mesh, self.degree)

    @cached_property
    def nodes(self) -> Array:
        """Weights of the integral over the base points, shape (N m + 1,)."""
        return profiles.quadrature(self.mesh, self.degree)

    @cached_property
    def phase_row(self) -> Array:
        """Row, flattened, that measures a shift along the orbit, see `profile.phase_row`."""
        return profiles.phase_row(self.x, self.mesh, self.degree).ravel()

    def shift(self, x: Array) -> float:
        """Phase of a profile relative to the reference, as a distance along the orbit."""
        return float(self.phase_row @ (x - self.x).ravel())

    def swing(self, x: Array) -> float:
        """Root mean square distance of a profile from its mean, in units of the reference's own."""
        return float(np.sqrt(sampling.spread(x, self.nodes) / self._spread))

    @cached_property
    def _spread(self) -> float:
        return float(sampling.spread(self.x, self.nodes))

    @cached_property
    def swings(self) -> Array:
        """Row, flattened, of `overlap`."""
        distances = self.x - self.nodes @ self.x
        return np.asarray((self.nodes[:, None] * distances).ravel())

    def overlap(self, x: Array) -> float:
        """Integral of the product of a profile and the reference, each without its mean.

        It changes sign where the cycle shrinks to an equilibrium and grows again, for then it is
        shifted by half a period.
        """
        return float(self.swings @ x.ravel())

    def halves(self, x: Array) -> Array:
        """Differences x(t) - x(t + 1/2), shape (SAMPLES, n), at even times of the first half."""
        values = profiles.evaluate(x, self.mesh, self.degree, TIMES)
        return values[:SAMPLES] - values[SAMPLES:]

    @cached_property
    def halves_row(self) -> Array:
        """Row, flattened: sum of the products of `halves` of a profile and of the reference."""
        halves, b, row = self.halves(self.x), basis(self.degree), np.empty(self.x.shape)
        signed = np.concatenate((halves, -halves))
        sampling.interpolation_row(signed, self.mesh, b.nodes, b.barycentric, TIMES, row)
        return row.ravel()

    def is_reversed(self, x: Array) -> bool:
        """Whether the halves have changed places: the cycle has shrunk onto one of half its period.

        That is where a family of doubled cycles ends; beyond, it is the same family.
        """
        product = float(self.halves_row @ x.ravel())
        if product >= 0.0:
            return False
        lengths = np.linalg.norm(self.halves(x)) * np.linalg.norm(self.halves(self.x))
        return product < REVERSED * float(lengths)

    def resembles(self, x: Array, period: float) -> bool:
        """Whether a cycle has about the size, the place and the period of the reference."""
        offset = float(np.abs(self.nodes @ (x - self.x)).max())
        same_size = 0.5 < self.swing(x) < 2.0
        same_period = 0.5 < period / self.period < 2.0
        return same_size and same_period and offset < np.sqrt(self._spread)

"""Multipliers on the unit circle: test functions that vanish there, and what tells kinds apart.

Every function takes the multipliers of a cycle, shape (n,), with the trivial one first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ComplexArray = NDArray[np.complex128]

NEAR = 1e-2
"""A multiplier is on the circle, at a located event, within this: events are located to seven
digits of a step, and multipliers are as good as the mesh."""

RESOLVED = 1e-2
"""A cycle is resolved while its trivial multiplier is 1 within this; beyond, no label is given."""

COMPLEX = 1e-3
"""Smallest angle, in radians, of a pair on the circle that counts as complex: at 0 and pi two
curves of other kinds meet, and two real multipliers cross the circle together nearby."""


def is_resolved(multipliers: ComplexArray) -> bool:
    """Whether the mesh resolves the multipliers: the trivial one must be 1."""
    return bool(abs(multipliers[0] - 1.0) < RESOLVED)


def doubling(multipliers: ComplexArray) -> float:
    """The product of all mu + 1, squeezed: zero at a period doubling."""
    return _product(multipliers[1:] + 1.0)


def torus(multipliers: ComplexArray) -> float:
    """The product of all mu_i mu_j - 1, i < j, squeezed: zero at a Neimark-Sacker point."""
    others = multipliers[1:]
    i, j = np.triu_indices(len(others), 1)
    return _product(others[i] * others[j] - 1.0)


def _product(factors: ComplexArray) -> float:
    """Real product, each factor squeezed below 1 in modulus: many large ones do not overflow."""
    product = 1.0 + 0.0j
    for factor in factors.tolist():
        product *= factor / (1.0 + abs(factor))
    return product.real


def from_minus_one(multipliers: ComplexArray) -> float:
    """Real part of mu + 1 for the multiplier closest to -1."""
    others = multipliers[1:]
    return float(others[np.argmin(np.abs(others + 1.0))].real) + 1.0


def from_circle(multipliers: ComplexArray) -> float:
    """|mu|^2 - 1 for the complex pair closest to the circle; -1 where there is no complex pair."""
    return float(abs(closest_pair(multipliers)) ** 2 - 1.0)


def closest_pair(multipliers: ComplexArray) -> complex:
    """The upper one of the complex pair closest to the circle; 0 where there is no pair."""
    above = multipliers[1:][multipliers[1:].imag > 0.0]
    return complex(above[np.argmin(np.abs(np.abs(above) - 1.0))]) if len(above) else 0j


def pairs_on_circle(multipliers: ComplexArray, count: int) -> list[complex]:
    """Upper multipliers of the complex pairs closest to the circle, on it, by rising angle.

    At points where so many pairs are on the circle; there they are known to round-off of the mesh.
    """
    above = multipliers[multipliers.imag > 0.0]
    nearest = above[np.argsort(np.abs(np.abs(above) - 1.0))][:count]
    return [complex(np.exp(1j * angle)) for angle in np.sort(np.angle(nearest)).tolist()]


def is_fold(multipliers: ComplexArray) -> bool:
    """Whether a second multiplier is 1."""
    return is_resolved(multipliers) and abs(from_one(multipliers)) < NEAR


def is_doubling(multipliers: ComplexArray) -> bool:
    """Whether a multiplier is -1."""
    return is_resolved(multipliers) and abs(from_minus_one(multipliers)) < NEAR


def is_torus(multipliers: ComplexArray) -> bool:
    """Whether a complex pair is on the circle: no neutral saddle cycle, whose two are real."""
    pair = closest_pair(multipliers)
    angle = abs(float(np.angle(pair)))
    on_circle = abs(abs(pair) - 1.0) < NEAR
    return is_resolved(multipliers) and on_circle and COMPLEX < angle < np.pi - COMPLEX


def without(multipliers: ComplexArray, *targets: complex) -> ComplexArray:
    """The multipliers, the trivial one first, without those closest to the targets."""
    kept = multipliers
    for target in targets:
        if len(kept) > 1:
            kept = np.delete(kept, 1 + int(np.argmin(np.abs(kept[1:] - target))))
    return kept


def folding(multipliers: ComplexArray) -> float:
    """The product of all mu - 1, squeezed: zero at a further multiplier 1."""
    return _product(multipliers[1:] - 1.0)


def from_one(multipliers: ComplexArray) -> float:
    """Real part of mu - 1 for the multiplier closest to 1."""
    others = multipliers[1:]
    return float(others[np.argmin(np.abs(others - 1.0))].real) - 1.0


def doubled(multipliers: ComplexArray, target: float) -> float:
    """Where one multiplier is the target: zero where it is so twice.

    The sum over j of the products over all i but j of mu_i - target, squeezed: the derivative of
    the characteristic polynomial there, smooth where the two coalesce.
    """
    factors = multipliers[1:] - target
    squeezed = factors / (1.0 + np.abs(factors))
    terms = [np.prod(np.delete(squeezed, j)) / (1.0 + abs(factors[j])) for j in range(len(factors))]
    return float(np.sum(terms).real)

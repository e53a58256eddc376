"""What all families of cycles share along a branch: finer meshes, natural ends, measures."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from continuation.collocation import profile as profiles

if TYPE_CHECKING:
    from continuation.collocation.reference import Reference
    from continuation.settings import Settings
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

REFINE, LARGEST_MESH = 1e-6, 4
"""Where the trivial multiplier is farther from 1 than this, half as many intervals again are taken,
up to four times as many as the settings say."""

VANISHED = 1e-3
"""A cycle smaller than this part of the reference profile has shrunk to a Hopf point."""

REST = 1e-3
"""A cycle rests at an equilibrium where the speed falls below this part of its mean."""


STANDSTILL = 1e-8
"""A parameter stands still when a relative change of the period by one would move it less than this
part of its window: on fifty intervals the discretisation moves it as much."""

SMALL = 1e-6
"""Largest Newton step, in the sizes of the unknowns, whose square no tolerance asks for."""


@lru_cache(maxsize=16)
def once(settings: Settings) -> Settings:
    """The same, but a Newton step shorter than `SMALL` is the last."""
    return replace(settings, tolerance=SMALL)


def refined(count: int, multipliers: ComplexArray, settings: Settings) -> int:
    """As many intervals as there are, or more where the trivial multiplier shows an error."""
    if abs(multipliers[0] - 1.0) < REFINE:
        return count
    return min(count + count // 2, max(count, LARGEST_MESH * settings.intervals))


def shrank(reference: Reference, before: Array, after: Array) -> bool:
    """The cycle vanished, or turned inside out: it comes back shifted by half a period.

    Parameters
    ----------
    reference : Reference
        To which both are compared.
    before, after : ndarray, shape (N m + 1, n)
        Profiles at the two ends of a step.
    """
    turned = reference.overlap(before) * reference.overlap(after) < 0.0
    return turned or reference.swing(after) < VANISHED


def stands_still(before: Array, after: Array, unit: float) -> bool:
    """The period, z[-2], grows, and the parameter, z[-1] in its unit, does not move."""
    growth = float(np.log(after[-2] / before[-2]))
    return growth > 0.0 and abs(after[-1] - before[-1]) < STANDSTILL * unit * growth


def rests(system: System, p: Array, x: Array, reference: Reference) -> bool:
    """Somewhere the cycle is far slower than on the average: it passes an equilibrium.

    Parameters
    ----------
    system : System
        x' = f(x, p).
    p : ndarray, shape (n_p,)
        All parameters.
    x : ndarray, shape (N m + 1, n)
        The profile, on the mesh of the reference.
    reference : Reference
        Gives the weights of the mean.
    """
    speed = np.linalg.norm(system.evaluate(x, p), axis=1)
    return float(speed.min()) < REST * float(reference.nodes @ speed)


def measures(
    system: System, x: Array, reference: Reference, multipliers: ComplexArray
) -> dict[str, float]:
    """Smallest and largest value of each state, and the error of the trivial multiplier."""
    low, high = profiles.extremes(x, reference.degree)
    found = {}
    for name, lo, hi in zip(system.states, low.tolist(), high.tolist(), strict=True):
        found[f"{name}_min"], found[f"{name}_max"] = lo, hi
    found["trivial_error"] = float(abs(multipliers[0] - 1.0))
    return found


def signature(x: Array, degree: int, size: float, period: float, parameters: Array) -> Array:
    """Extremes of the states, logarithm of the period, and parameters: the same from any reference.

    Parameters
    ----------
    x : ndarray, shape (N m + 1, n)
        The profile.
    degree : int
        m.
    size : float
        Unit of length.
    period : float
        Its period.
    parameters : ndarray, shape (k,)
        Free parameters, in units of their windows.
    """
    extremes = np.concatenate(profiles.extremes(x, degree))
    return np.concatenate((extremes / size, (np.log(period), *parameters)))


def joined(profile: Array, scalars: Array) -> Array:
    """Unknowns z from a profile of any shape and the scalars (T, lambda)."""
    z = np.empty(profile.size + len(scalars))
    z[: profile.size], z[profile.size :] = profile.ravel(), scalars
    return z


@lru_cache(maxsize=16)
def closing(n: int) -> Array:
    """Boundary rows of x(1) - x(0) = 0, shape (n, 2 n + 2)."""
    return np.hstack((-np.eye(n), np.eye(n), np.zeros((n, 2))))

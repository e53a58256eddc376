r"""Eigenvalues of an equilibrium as balls, and what they prove about its type.

An equilibrium of the flow is a *sink* if all eigenvalues have negative real part, a *source* if all
have positive, a *saddle* if both occur and none has real part zero; for the map the same is said of
multipliers inside and outside of the unit circle. It is a *focus* if some pair of eigenvalues is
proved not to be real, a *node* if all are proved real: a real matrix has with every eigenvalue its
conjugate, so an eigenvalue that is alone in its ball is real if the mirror image of the ball meets
no other. What is not proved is called undecided; a double eigenvalue always is.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import acb, acb_mat, arb, arb_mat
from numpy.typing import NDArray

__all__ = ["UNDECIDED", "Spectrum", "spectrum"]

UNDECIDED = "undecided"


@dataclass(frozen=True)
class Spectrum:
    """Proved eigenvalues and type.

    Attributes
    ----------
    eigenvalues : ndarray of complex, shape (d,)
        Of the flow, or multipliers of the map; the largest real part, or modulus, first.
    radius : float
        Bound of their error.
    kind : str
        "sink", "saddle", "source" or "undecided".
    shape : str
        "node", "focus" or "undecided".
    """

    eigenvalues: NDArray[np.complex128]
    radius: float
    kind: str
    shape: str


def spectrum(A: arb_mat, discrete: bool) -> Spectrum:
    """Enclose the eigenvalues of A, for the map those of 1 + A, and tell the type.

    Parameters
    ----------
    A : arb_mat, (d, d)
        Jacobian of the flow.
    discrete : bool
        Whether the map is meant.

    Returns
    -------
    Spectrum
    """
    d = A.nrows()
    if d == 1:
        balls, alone = [acb(A[0, 0])], True
    else:
        balls, alone = _eigenvalues(A)
    growth = [abs(1 + x) - 1 if discrete else x.real for x in balls]
    order = sorted(range(d), key=lambda k: (-float(growth[k]), -float(balls[k].imag)))
    shown = [balls[k] + 1 if discrete else balls[k] for k in order]
    values = [_nearest(x) for x in shown]
    return Spectrum(
        np.array(values),
        max(_error(x, value) for x, value in zip(shown, values, strict=True)),
        _kind(growth),
        _shape(balls, alone),
    )


def _eigenvalues(A: arb_mat) -> tuple[list[acb], bool]:
    """Balls of all eigenvalues, and whether they are known to be one in each."""
    try:
        return list(acb_mat(A).eig()), True
    except ValueError:
        # They cannot be told apart at this precision.
        return _clusters(A), False


def _clusters(A: arb_mat) -> list[acb]:
    """Balls of all eigenvalues by Gershgorin's circles of V^-1 A V, for approximate eigenvectors V.

    Circles that meet hold together as many eigenvalues as they are; each becomes the whole group.
    """
    d = A.nrows()
    _, vectors = np.linalg.eig(np.array([float(x) for x in A.entries()]).reshape(d, d))
    V = acb_mat(d, d, [acb(complex(x)) for x in vectors.ravel()])
    try:
        B = V.inv() * acb_mat(A) * V
    except ZeroDivisionError:
        B = acb_mat(A)
    groups: list[list[acb]] = []
    for i in range(d):
        radius = sum((abs(B[i, j]) for j in range(d) if j != i), arb(0)).upper()
        circle = B[i, i] + acb(arb(0, radius), arb(0, radius))
        near = [group for group in groups if any(circle.overlaps(x) for x in group)]
        groups = [group for group in groups if not any(group is one for one in near)]
        groups.append([circle, *(x for group in near for x in group)])
    return [functools.reduce(acb.union, group) for group in groups for _ in group]


def _nearest(x: acb) -> complex:
    """The middle of a ball; a real number where the ball holds one."""
    return complex(float(x.real), 0.0 if x.imag.contains(0) else float(x.imag))


def _error(x: acb, value: complex) -> float:
    """Bound of the distance of a ball's numbers from the number that is shown."""
    real, imag = x.real - value.real, x.imag - value.imag
    return float(arb(2) * (real.abs_upper() + imag.abs_upper()))


def _kind(growth: Sequence[arb]) -> str:
    stable, unstable = sum(x < 0 for x in growth), sum(x > 0 for x in growth)
    if stable + unstable < len(growth):
        return UNDECIDED
    return "sink" if unstable == 0 else ("source" if stable == 0 else "saddle")


def _shape(balls: Sequence[acb], alone: bool) -> str:
    if any(not x.imag.contains(0) for x in balls):
        return "focus"
    if not alone:
        return UNDECIDED
    pairs = ((x, y) for i, x in enumerate(balls) for y in balls[:i])
    return UNDECIDED if any(x.conjugate().overlaps(y) for x, y in pairs) else "node"

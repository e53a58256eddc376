"""Profiles: piecewise polynomials on a mesh of [0, 1], given by their values at the base points.

A profile x has shape (N m + 1, n): base point j m + l is node l of interval j; the last node of an
interval is the first of the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from continuation.collocation import kernels, sampling
from continuation.collocation import mesh as meshes
from continuation.collocation.basis import basis

if TYPE_CHECKING:
    from continuation.orbit import Orbit

Array = NDArray[np.float64]


def base_points(mesh: Array, degree: int) -> Array:
    """All base points, shape (N m + 1,), of a mesh, shape (N + 1,), from 0 to 1."""
    points = np.empty((len(mesh) - 1) * degree + 1)
    sampling.base_points(mesh, basis(degree).nodes, points)
    return points


def evaluate(x: Array, mesh: Array, degree: int, t: Array) -> Array:
    """Values, shape (k, n), of a profile at t, shape (k,), in [0, 1]."""
    b, out = basis(degree), np.empty((len(t), x.shape[1]))
    sampling.interpolate(np.ascontiguousarray(x), mesh, b.nodes, b.barycentric, t, out)
    return out


def transferred(x: Array, mesh: Array, onto: Array, degree: int) -> Array:
    """Interpolate a profile, shape (N m + 1, n), onto another mesh; ends are kept exactly."""
    moved = evaluate(x, mesh, degree, base_points(onto, degree))
    moved[0], moved[-1] = x[0], x[-1]
    return moved


def quadrature(mesh: Array, degree: int) -> Array:
    """Weights, shape (N m + 1,), of the integral over [0, 1] from values at the base points.

    Positive, and exact for piecewise polynomials of degree 2 m - 1.
    """
    weights = np.empty((len(mesh) - 1) * degree + 1)
    sampling.quadrature(mesh, basis(degree).node_weights, weights)
    return weights


def phase_row(reference: Array, mesh: Array, degree: int) -> Array:
    r"""Row r, shape (N m + 1, n): <r, x> is the integral of <x, x_ref'> over the length of x_ref'.

    Divided by the length, <r, x> measures a shift along the orbit in units of the state; the
    integral is exact for profiles of this degree.
    """
    b, x, row = basis(degree), np.ascontiguousarray(reference), np.empty(reference.shape)
    sampling.phase_row(x, np.diff(mesh), b.phase, b.slope, b.gauss_weights, row)
    return row


def extremes(x: Array, degree: int) -> Array:
    """Smallest and largest value of each state, shape (2, n), of the polynomials themselves."""
    out = np.empty((2, x.shape[1]))
    kernels.extremes(x, basis(degree).monomial, basis(degree).nodes, out)
    return out


def of_orbit(orbit: Orbit, intervals: int, degree: int) -> tuple[Array, Array]:
    """Mesh, shape (N + 1,), and profile, shape (N m + 1, n), of a collocation solution.

    The solution is taken as it is where it has this many intervals and this degree; otherwise it is
    interpolated onto a mesh adapted to it.
    """
    assert orbit.degree is not None
    mesh = np.ascontiguousarray(orbit.t[:: orbit.degree]) / float(orbit.t[-1])
    x = np.ascontiguousarray(orbit.x.T)
    if orbit.degree == degree and len(mesh) == intervals + 1:
        return mesh, x
    onto = meshes.adapted(x, mesh, orbit.degree, intervals)
    return onto, evaluate(x, mesh, orbit.degree, base_points(onto, degree))

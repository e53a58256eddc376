"""Compiled kernels that sample profiles and integrate over them; `plain` holds their NumPy twins.

Notation as in `kernels`: a profile x (N m + 1, n) on a mesh (N + 1,), with base point j m + l at
node l of interval j.
"""

from __future__ import annotations

import numpy as np

from continuation.linalg.small import compiled, part


@compiled
def interpolate(x, mesh, nodes, barycentric, t, out):  # type: ignore[no-untyped-def]
    """Values out (k, n) of a profile at t (k,) in [0, 1]; fast where t increases."""
    m, last = nodes.shape[0] - 1, mesh.shape[0] - 2
    weights = np.empty(m + 1)
    j = 0
    for i in range(t.shape[0]):
        if t[i] < mesh[j]:
            j = 0
        while j < last and t[i] >= mesh[j + 1]:
            j += 1
        lagrange(nodes, barycentric, (t[i] - mesh[j]) / (mesh[j + 1] - mesh[j]), weights)
        for a in range(x.shape[1]):
            total = 0.0
            for k in range(m + 1):
                total += weights[k] * x[j * m + k, a]
            out[i, a] = total


@part
def lagrange(nodes, barycentric, s, weights):  # type: ignore[no-untyped-def]
    """Weights (m + 1,) of the values at the nodes in the value of their interpolant at s."""
    total = 0.0
    for k in range(nodes.shape[0]):
        distance = s - nodes[k]
        if distance == 0.0:
            for i in range(nodes.shape[0]):
                weights[i] = 1.0 if i == k else 0.0
            return
        weights[k] = barycentric[k] / distance
        total += weights[k]
    for k in range(nodes.shape[0]):
        weights[k] /= total


@compiled
def phase_row(x, steps, phase, slope, gauss_weights, out):  # type: ignore[no-untyped-def]
    """Row out (N m + 1, n) of `profile.phase_row`; phase (m + 1, m + 1) and slope (m, m + 1)."""
    m = slope.shape[0]
    square = 0.0
    for i in range(out.shape[0]):
        for a in range(out.shape[1]):
            out[i, a] = 0.0
    for j in range(steps.shape[0]):
        for a in range(x.shape[1]):
            for i in range(m + 1):
                total = 0.0
                for k in range(m + 1):
                    total += phase[i, k] * x[j * m + k, a]
                out[j * m + i, a] += total
            for i in range(m):
                total = 0.0
                for k in range(m + 1):
                    total += slope[i, k] * x[j * m + k, a]
                square += gauss_weights[i] * total * total / steps[j]
    length = np.sqrt(square)
    for i in range(out.shape[0]):
        for a in range(out.shape[1]):
            out[i, a] /= length


@compiled
def spread(x, weights):  # type: ignore[no-untyped-def]
    """Integral of |x - mean|^2, with weights (N m + 1,) of the integral over the base points."""
    result = 0.0
    for a in range(x.shape[1]):
        mean = 0.0
        for i in range(x.shape[0]):
            mean += weights[i] * x[i, a]
        for i in range(x.shape[0]):
            distance = x[i, a] - mean
            result += weights[i] * distance * distance
    return result


@compiled
def base_points(mesh, nodes, out):  # type: ignore[no-untyped-def]
    """All base points, out (N m + 1,), of a mesh (N + 1,)."""
    m = nodes.shape[0] - 1
    for j in range(mesh.shape[0] - 1):
        for k in range(m):
            out[j * m + k] = mesh[j] + (mesh[j + 1] - mesh[j]) * nodes[k]
    out[out.shape[0] - 1] = mesh[mesh.shape[0] - 1]


@compiled
def quadrature(mesh, node_weights, out):  # type: ignore[no-untyped-def]
    """Weights, out (N m + 1,), of the integral over the mesh from values at the base points."""
    m = node_weights.shape[0] - 1
    out[0] = 0.0
    for j in range(mesh.shape[0] - 1):
        for k in range(1, m + 1):
            out[j * m + k] = 0.0
        for k in range(m + 1):
            out[j * m + k] += (mesh[j + 1] - mesh[j]) * node_weights[k]


@compiled
def interpolation_row(weights, mesh, nodes, barycentric, t, out):  # type: ignore[no-untyped-def]
    """Row out (N m + 1, n): <out, x> is the sum of weights (k, n) times values of x at t (k,)."""
    m, last = nodes.shape[0] - 1, mesh.shape[0] - 2
    values = np.empty(m + 1)
    for i in range(out.shape[0]):
        for a in range(out.shape[1]):
            out[i, a] = 0.0
    j = 0
    for i in range(t.shape[0]):
        if t[i] < mesh[j]:
            j = 0
        while j < last and t[i] >= mesh[j + 1]:
            j += 1
        lagrange(nodes, barycentric, (t[i] - mesh[j]) / (mesh[j + 1] - mesh[j]), values)
        for k in range(m + 1):
            for a in range(out.shape[1]):
                out[j * m + k, a] += values[k] * weights[i, a]


@compiled
def adapt(x, mesh, top, periodic, even, fresh):  # type: ignore[no-untyped-def]
    """Mesh, fresh (N' + 1,), with equal integrals of the density of `mesh.adapted`.

    top (m + 1,) gives the m-th derivative on an interval of length 1; even is theta.
    """
    intervals = mesh.shape[0] - 1
    steps, density = np.empty(intervals), np.empty(intervals)
    for j in range(intervals):
        steps[j] = mesh[j + 1] - mesh[j]
    densities(x, steps, top, periodic, density)
    mean = 0.0
    for j in range(intervals):
        mean += density[j] * steps[j]
    total = 0.0
    for j in range(intervals):
        density[j] = density[j] + even * mean if mean > 0.0 else 1.0
        total += density[j] * steps[j]
    count = fresh.shape[0] - 1
    j, reached = 0, 0.0
    fresh[0], fresh[count] = 0.0, 1.0
    for i in range(1, count):
        level = total * i / count
        while j < intervals - 1 and reached + density[j] * steps[j] < level:
            reached += density[j] * steps[j]
            j += 1
        fresh[i] = mesh[j] + (level - reached) / density[j]


@part
def densities(x, steps, top, periodic, out):  # type: ignore[no-untyped-def]
    """Estimate out (N,) of |x^(m+1)|^(1/(m+1)) from the changes of the m-th derivative."""
    m, intervals = top.shape[0] - 1, steps.shape[0]
    slopes = np.empty(intervals)  # at the left end of each interval; at the first from the last
    for j in range(intervals):
        slopes[j] = 0.0
    for a in range(x.shape[1]):
        before = derivative(x, a, intervals - 1, top, steps)
        for j in range(intervals):
            here = derivative(x, a, j, top, steps)
            slopes[j] += (here - before) ** 2
            before = here
    for j in range(intervals):
        slopes[j] = 2.0 * np.sqrt(slopes[j]) / (steps[j] + steps[j - 1])
    if not periodic:
        slopes[0] = slopes[1]
    for j in range(intervals):
        right = slopes[(j + 1) % intervals]
        if not periodic and j == intervals - 1:
            right = slopes[j]
        out[j] = (0.5 * (slopes[j] + right)) ** (1.0 / (m + 1))


@part
def derivative(x, a, j, top, steps):  # type: ignore[no-untyped-def]
    """The m-th derivative of component a on interval j."""
    m = top.shape[0] - 1
    total = 0.0
    for k in range(m + 1):
        total += top[k] * x[j * m + k, a]
    return total / steps[j] ** m

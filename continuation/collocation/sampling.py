"""Compiled kernels that sample profiles and integrate over them; `plain` holds their NumPy twins.

Notation as in `kernels`: a profile x (N m + 1, n) on a mesh (N + 1,), with base point j m + l at
node l of interval j.
"""

from __future__ import annotations

import numpy as np

from continuation.collocation.kernels import compiled


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


@compiled
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
    out[:] = 0.0
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
def jumps(x, steps, top, out):  # type: ignore[no-untyped-def]
    """Modulus out (N,) of the change of the m-th derivative from each interval to the next.

    After the last comes the first; top (m + 1,) gives the m-th derivative for an interval of
    length 1.
    """
    intervals = steps.shape[0]
    out[:] = 0.0
    for a in range(x.shape[1]):
        before = derivative(x, a, intervals - 1, top, steps)
        for j in range(intervals):
            here = derivative(x, a, j, top, steps)
            out[j - 1 if j else intervals - 1] += (here - before) ** 2
            before = here
    for j in range(intervals):
        out[j] = np.sqrt(out[j])


@compiled
def derivative(x, a, j, top, steps):  # type: ignore[no-untyped-def]
    """The m-th derivative of component a on interval j."""
    m = top.shape[0] - 1
    total = 0.0
    for k in range(m + 1):
        total += top[k] * x[j * m + k, a]
    return total / steps[j] ** m

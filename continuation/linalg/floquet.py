r"""Floquet multipliers from the factors of the monodromy matrix, which is never formed.

The monodromy matrix of a cycle is a product M = G_{N-1} ... G_1 G_0 of transition matrices between
mesh points. Its eigenvalues may be 1e5, 1 and 1e-30 at once; the product matrix keeps only what
lies within sixteen digits of the largest. Two ideas keep all of them.

*Deflation.* The trivial multiplier 1 belongs to the direction of the flow, f(x_j) at each mesh
point, so that in frames whose first vector is f(x_j)/|f(x_j)| every G_j is block triangular up to
the error of the discretisation: a scalar, whose product is the trivial multiplier, and a matrix of
order n-1, whose product has the others. A fold of cycles, a double multiplier 1, becomes a simple
one.

*Orthogonal iteration.* G_j Q_j = Q_{j+1} R_j by QR factorisations, sweep after sweep, each begun
with the last Q of the sweep before. The triangles multiply to R = D U, with D the products of
diagonals, kept by their logarithms, and U unit triangular, accumulated from ratios. Then M has the
eigenvalues of U K D with K = Q_0^T Q_N, which sweeps make block triangular where moduli differ.
What is left over (complex pairs, moduli of similar size) is solved block by block in units of its
own size, so that each eigenvalue comes out relative to itself.

References
----------
.. [1] A. Bojanczyk, G. H. Golub, P. Van Dooren, The periodic Schur decomposition, Proc. SPIE 1770
   (1992) 31-42: why products must not be formed.
.. [2] T. F. Fairgrieve, A. D. Jepson, O.K. Floquet multipliers, SIAM J. Numer. Anal. 28 (1991)
   1446-1462.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from continuation.linalg.small import compiled

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

SWEEPS = 4
"""Sweeps of orthogonal iteration: moduli that differ by 1e4 separate to 1e-16, the rest to a
grading that the solution block by block respects; more sweeps gained nothing on constructed
products."""

SEPARATED = 1e-15
"""Coupling below which two blocks are solved apart: the round-off of one orthogonal factor."""

LEAK = 1e-3
"""Deflation is given up when the flow's direction is transported with a larger error: close to an
equilibrium the direction of f is round-off, and the full product must be solved."""


def multipliers(transitions: Array, flow: Array) -> ComplexArray:
    """Floquet multipliers of a cycle, the trivial one first, the others by falling modulus.

    Parameters
    ----------
    transitions : ndarray, shape (N, n, n)
        G_j: derivative of the state at mesh point j+1 by that at mesh point j.
    flow : ndarray, shape (N+1, n)
        f at the mesh points, the last of which is the first.

    Returns
    -------
    ndarray, shape (n,)
        Where the direction of the flow can be deflated, the first differs from 1 by what the
        discretisation leaves; where it cannot, it is the eigenvalue closest to 1.
    """
    count, n, _ = transitions.shape
    quotient = np.empty((count, n - 1, n - 1))
    trivial, leak = deflate(transitions, flow, quotient)
    if n == 1:
        return np.array([trivial], dtype=complex)
    if leak < LEAK:
        values = np.empty(n, dtype=complex)
        values[0], values[1:] = trivial, product_eigenvalues(quotient)
        return values
    values = product_eigenvalues(transitions)
    closest = int(np.argmin(np.abs(values - 1.0)))
    return np.concatenate((values[closest : closest + 1], np.delete(values, closest)))


def product_eigenvalues(factors: Array) -> ComplexArray:
    """Eigenvalues of factors[N-1] ... factors[1] factors[0], each accurate relative to itself.

    Parameters
    ----------
    factors : ndarray, shape (N, n, n)
        Regular matrices; the first acts first.

    Returns
    -------
    ndarray, shape (n,)
        Falling in modulus; of a complex pair the one with positive imaginary part first. A factor
        that is singular to working precision gives zeros.
    """
    n = factors.shape[1]
    if n == 1:
        return scalar_product(factors)
    frame = generic_frame(n)
    logs, signs = np.empty(n), np.empty(n)
    upper, coupling = np.empty((n, n)), np.empty((n, n))
    transport(factors, frame, SWEEPS - 1)
    sweep(factors, frame, logs, signs, upper, coupling)
    graded = upper @ coupling * signs
    values = np.concatenate(
        [_block_eigenvalues(graded[a:b, a:b], logs[a:b]) for a, b in _blocks(graded)]
    )
    order = np.lexsort((-values.imag, -np.abs(values)))
    return values[order]


def scalar_product(factors: Array) -> ComplexArray:
    """Product of 1 x 1 factors, shape (N, 1, 1)."""
    return np.array([scaled_product(factors)], dtype=complex)


def generic_frame(n: int) -> Array:
    """A fixed orthogonal matrix without zeros: no invariant subspace hides from it."""
    angles = np.pi * np.outer(np.arange(n) + 0.5, np.arange(n) + 0.5) / n
    return np.ascontiguousarray(np.cos(angles) * np.sqrt(2.0 / n))


def _blocks(graded: Array) -> list[tuple[int, int]]:
    """Diagonal blocks (first, beyond) between which nothing couples back."""
    n = len(graded)
    scale = np.abs(graded).max()
    cuts = [
        0,
        *(k for k in range(1, n) if np.abs(graded[k:, :k]).max() <= SEPARATED * n * scale),
        n,
    ]
    return list(pairwise(cuts))


def _block_eigenvalues(graded: Array, logs: Array) -> ComplexArray:
    """Eigenvalues of graded times diag(exp(logs)), the grading split evenly over both sides."""
    top = logs.max()
    if not np.isfinite(top):
        return np.zeros(len(logs), dtype=complex)
    half = np.exp(0.5 * (logs - top))
    balanced = half[:, None] * graded * half
    if len(logs) == 2:
        values = _pair(balanced, float(np.linalg.det(graded)) * float(np.exp(logs.min() - top)))
    else:
        values = np.linalg.eigvals(balanced).astype(complex)
    return np.asarray(values * np.exp(top))


def _pair(matrix: Array, determinant: float) -> ComplexArray:
    """Eigenvalues of a 2 x 2 matrix whose determinant is known better than its entries tell."""
    half = 0.5 * (matrix[0, 0] + matrix[1, 1])
    difference = 0.5 * (matrix[0, 0] - matrix[1, 1])
    discriminant = difference**2 + matrix[0, 1] * matrix[1, 0]
    if discriminant < 0.0:
        root = np.sqrt(-discriminant)
        return np.array([complex(half, root), complex(half, -root)])
    large = half + np.copysign(np.sqrt(discriminant), half)
    small = determinant / large if large != 0.0 else 0.0
    return np.array([large, small], dtype=complex)


@compiled
def deflate(transitions, flow, quotient):  # type: ignore[no-untyped-def]
    """Trivial multiplier and largest leak out of the direction of the flow; fills the quotient.

    In frames with first vector v_j = f_j/|f_j|, from the reflection that maps v_j to the first
    axis, the transition is (a b; c Q): the product of all a |f_j|/|f_(j+1)| telescopes to that of
    the a, Q goes to quotient (N, n-1, n-1), and |c| is the leak.
    """
    count, n, _ = transitions.shape
    here, after = np.empty(n), np.empty(n)
    work = np.empty((n, n))
    reflector(flow[0], here)
    trivial, leak = 1.0, 0.0
    for j in range(count):
        reflector(flow[j + 1], after)
        for a in range(n):
            total = 0.0
            for b in range(n):
                total += transitions[j, a, b] * here[b]
            for b in range(n):
                work[a, b] = transitions[j, a, b] - total * here[b]
        for b in range(n):
            total = 0.0
            for a in range(n):
                total += after[a] * work[a, b]
            for a in range(n):
                work[a, b] -= total * after[a]
        trivial *= work[0, 0]
        lost = 0.0
        for a in range(1, n):
            lost += work[a, 0] * work[a, 0]
            for b in range(1, n):
                quotient[j, a - 1, b - 1] = work[a, b]
        share = np.sqrt(lost) / (abs(work[0, 0]) + 1e-300)
        if not share <= leak:
            leak = share
        for a in range(n):
            here[a] = after[a]
    return trivial, leak


@compiled
def scaled_product(factors):  # type: ignore[no-untyped-def]
    """Product of factors (N, 1, 1), scaled so that no part of it over- or underflows."""
    mantissa, exponent = 1.0, 0
    for j in range(factors.shape[0]):
        mantissa, shift = math.frexp(mantissa * factors[j, 0, 0])
        exponent += shift
    return math.ldexp(mantissa, exponent)


@compiled
def reflector(v, out):  # type: ignore[no-untyped-def]
    """Vector u, |u|^2 = 2, such that I - u u^T maps v/|v| to minus or plus the first axis."""
    n = v.shape[0]
    length = 0.0
    for a in range(n):
        length += v[a] * v[a]
    length = np.sqrt(length)
    for a in range(n):
        out[a] = v[a] / length
    if n == 1:
        out[0] = 0.0
        return
    head = out[0] + (1.0 if out[0] >= 0.0 else -1.0)
    out[0] = head
    square = 0.0
    for a in range(n):
        square += out[a] * out[a]
    scale = np.sqrt(2.0 / square)
    for a in range(n):
        out[a] *= scale


@compiled
def multiply(a, b, out):  # type: ignore[no-untyped-def]
    """Matrix product of small squares; a call of BLAS would cost more than the product."""
    n = a.shape[0]
    for i in range(n):
        for j in range(n):
            total = 0.0
            for k in range(n):
                total += a[i, k] * b[k, j]
            out[i, j] = total


@compiled
def transport(factors, frame, sweeps):  # type: ignore[no-untyped-def]
    """Sweeps of orthogonal iteration that only turn the frame (n, n)."""
    n = frame.shape[0]
    work, triangle = np.empty((n, n)), np.empty((n, n))
    for _ in range(sweeps):
        for j in range(factors.shape[0]):
            multiply(factors[j], frame, work)
            orthogonalise(work, frame, triangle)


@compiled
def sweep(factors, frame, logs, signs, upper, coupling):  # type: ignore[no-untyped-def]
    """One sweep of orthogonal iteration from frame (n, n), which becomes the last frame.

    Fills the logarithms and signs of D, the unit triangle U and K = Q_0^T Q_N.
    """
    count, n, _ = factors.shape
    first, work = np.empty((n, n)), np.empty((n, n))
    ratios, row = np.empty((n, n)), np.empty(n)
    for a in range(n):
        logs[a], signs[a] = 0.0, 1.0
        for b in range(n):
            first[b, a] = frame[a, b]
            upper[a, b] = 1.0 if a == b else 0.0
    for j in range(count):
        multiply(factors[j], frame, work)
        orthogonalise(work, frame, ratios)
        for a in range(n):
            own = ratios[a, a]
            for b in range(a + 1, n):
                grading = signs[a] * signs[b] * np.exp(logs[b] - logs[a])
                ratios[a, b] *= grading / own if own != 0.0 else 0.0
        for a in range(n):
            for b in range(a, n):
                total = upper[a, b]
                for c in range(a + 1, b + 1):
                    total += ratios[a, c] * upper[c, b]
                row[b] = total
            for b in range(a, n):
                upper[a, b] = row[b]
        for a in range(n):
            own = ratios[a, a]
            if own < 0.0:
                signs[a] = -signs[a]
            logs[a] += np.log(abs(own)) if own != 0.0 else -np.inf
    multiply(first, frame, coupling)


@compiled
def orthogonalise(work, q, r):  # type: ignore[no-untyped-def]
    """QR factorisation of work (n, n) by reflections into q and r; work is destroyed."""
    n = work.shape[0]
    for a in range(n):
        for b in range(n):
            q[a, b] = 1.0 if a == b else 0.0
            r[a, b] = 0.0
    for k in range(n - 1):
        length = 0.0
        for i in range(k, n):
            length += work[i, k] * work[i, k]
        length = np.sqrt(length)
        if length == 0.0:
            continue
        head = work[k, k] + (length if work[k, k] >= 0.0 else -length)
        scale = 1.0 / (length * (length + abs(work[k, k])))
        diagonal = -length if work[k, k] >= 0.0 else length
        work[k, k] = head
        for c in range(k + 1, n):
            total = 0.0
            for i in range(k, n):
                total += work[i, k] * work[i, c]
            total *= scale
            for i in range(k, n):
                work[i, c] -= total * work[i, k]
        for a in range(n):
            total = 0.0
            for i in range(k, n):
                total += q[a, i] * work[i, k]
            total *= scale
            for i in range(k, n):
                q[a, i] -= total * work[i, k]
        work[k, k] = diagonal
    for a in range(n):
        for b in range(a, n):
            r[a, b] = work[a, b]

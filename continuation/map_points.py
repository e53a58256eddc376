r"""Special cycles of maps as solutions of their own defining systems, solved by Newton's method.

A cycle of m points is x = (x_1, ..., x_m) with f(x_i) = x_{i+1}; m = 1 is a fixed point. Each
function takes a guess y = (x, lambda) near the point, with as many free parameters as the point
has codimension. The blocks are those of `defining`:

========  ==================================  ==========================
point     multipliers                         blocks
========  ==================================  ==========================
LP        1                                   NullVector
PD        -1                                  NullVector with mu = -1
NS        exp(+- i theta)                     UnitPair
CP        1, a = 0                            NullVector, CuspVector
R1        1, 1                                NullVector, JordanVector
R2        -1, -1                              the same two with mu = -1
R3, R4    exp(+- 2 pi i/3), exp(+- i pi/2)    UnitPair with c = -1/2, 0
LPPD      1, -1                               two NullVectors
LPNS      1, exp(+- i theta)                  NullVector, UnitPair
PDNS      -1, exp(+- i theta)                 NullVector, UnitPair
NSNS      two pairs                           UnitPair, UnitPair
========  ==================================  ==========================

Branch points are those of `points.branch_point`. Critical vectors hold one part for each point of
the cycle; they are scaled by their parts at the first point, so that coefficients are those of the
map f^m at x_1.

References
----------
Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., Springer 2004, chapters 4 and 9.
W. Govaerts, R. Khoshsiar Ghaziani, Yu. A. Kuznetsov, H. G. E. Meijer, SIAM J. Sci. Comput. 29
(2007) 2644-2667.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from continuation.curve import Solution
from continuation.defining import (
    Block,
    CuspVector,
    DefiningSystem,
    Equations,
    JordanVector,
    NullVector,
    UnitPair,
    smallest_singular,
)
from continuation.errors import NoConvergence
from continuation.linalg.floquet import product_eigenvalues
from continuation.linalg.spectra import eigenvalues, multipliers
from continuation.newton import Root, solve
from continuation.orbit import Orbit
from continuation.points import Polished
from continuation.special import NormalForm, SpecialPoint

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

PAIRED = 1e-12
"""Smallest |<p, E q>| of unit vectors that is divided by; it vanishes at R1 and R2."""


def twisted(equations: Equations, y: Array, mu: complex) -> NDArray[Any]:
    """The matrix A + (1 - mu) E, shape (n, n), which is singular where mu is a multiplier."""
    a = equations.first(y)[1]
    twist = 1.0 - mu
    return np.asarray(a + (twist.real if twist.imag == 0.0 else twist) * equations.closing)


def spectrum(equations: Equations, y: Array) -> ComplexArray:
    """Eigenvalues of an equilibrium of a flow, by falling real part, or multipliers of a cycle.

    Multipliers fall in modulus, each accurate relative to itself.
    """
    if equations.system.kind == "flow":
        return eigenvalues(equations.first(y)[1])
    x = equations.points(y)
    a = equations.linearized(x, equations.parameters(y))[1]
    return multipliers(a[0]) if len(a) == 1 else product_eigenvalues(a)


def fold(equations: Equations, y: Array) -> Polished:
    """Solve for a fold (LP) from a guess."""
    block = NullVector(null_vectors(equations, y, 1.0)[0])
    return real_point(equations, *_solved(equations, y, [block], "a fold"), 1.0)


def flip(equations: Equations, y: Array) -> Polished:
    """Solve for a period doubling (PD) from a guess."""
    block = NullVector(null_vectors(equations, y, -1.0)[0], -1.0)
    return real_point(equations, *_solved(equations, y, [block], "a period doubling"), -1.0)


def neimark_sacker(equations: Equations, y: Array, theta: float) -> Polished:
    """Solve for a Neimark-Sacker point (NS) from a guess of state, parameter and angle."""
    block = unit_pair_near(equations, y, theta)
    system, root = _solved(equations, y, [block], "a Neimark-Sacker point")
    y, (w,) = system.split(root.u)
    return complex_point(equations, y, w, root.residual, root.conditioning)


def cusp(equations: Equations, y: Array) -> Polished:
    """Solve for a cusp (CP) in two parameters from a guess."""
    q0 = null_vectors(equations, y, 1.0)[0]
    a = twisted(equations, y, 1.0)
    v = np.linalg.lstsq(np.vstack((a, q0)), np.append(-equations.form(y, q0, q0), 0.0))[0]
    blocks: list[Block] = [NullVector(q0), CuspVector(q0, v)]
    return real_point(equations, *_solved(equations, y, blocks, "a cusp"), 1.0)


def first_resonance(equations: Equations, y: Array) -> Polished:
    """Solve for a double multiplier 1 (R1) in two parameters from a guess."""
    q0 = null_vectors(equations, y, 1.0)[0]
    v = _chain(equations, y, 1.0, q0)
    blocks: list[Block] = [NullVector(q0), JordanVector(q0, v)]
    return real_point(equations, *_solved(equations, y, blocks, "a 1:1 resonance"), 1.0)


def second_resonance(equations: Equations, y: Array) -> Polished:
    """Solve for a double multiplier -1 (R2) in two parameters from a guess."""
    q0 = null_vectors(equations, y, -1.0)[0]
    v = _chain(equations, y, -1.0, q0)
    blocks: list[Block] = [NullVector(q0, -1.0), JordanVector(q0, v, -1.0)]
    return real_point(equations, *_solved(equations, y, blocks, "a 1:2 resonance"), -1.0)


def resonance(equations: Equations, y: Array, cosine: float) -> Polished:
    """Solve for a pair of multipliers of given cos(theta) (R3, R4) in two parameters."""
    block = unit_pair_near(equations, y, float(np.arccos(cosine)))
    pair = DefiningSystem(equations, [block])
    position = 3 * equations.n

    def system(u: Array) -> tuple[Array, Array]:
        value, jacobian = pair(u)
        row = np.zeros(len(u))
        row[position] = 1.0
        return np.append(value, u[position] - cosine), np.vstack((jacobian, row))

    root = solve(system, pair.join(y), "a strong resonance")
    y, (w,) = pair.split(root.u)
    return complex_point(equations, y, w, root.residual, root.conditioning)


def fold_flip(equations: Equations, y: Array) -> Polished:
    """Solve for multipliers 1 and -1 (LPPD) in two parameters; q and p belong to 1."""
    folding = NullVector(null_vectors(equations, y, 1.0)[0])
    flipping = NullVector(null_vectors(equations, y, -1.0)[0], -1.0)
    return real_point(
        equations, *_solved(equations, y, [folding, flipping], "a fold-flip point"), 1.0
    )


def with_pair(equations: Equations, y: Array, mu: float, theta: float) -> Polished:
    """Solve for a multiplier mu = 1 or -1 and a pair (LPNS, PDNS); q and p belong to mu."""
    q0 = null_vectors(equations, y, mu)[0]
    blocks: list[Block] = [NullVector(q0, mu), unit_pair_near(equations, y, theta)]
    system, root = _solved(equations, y, blocks, "a point with a pair on the unit circle")
    cosine = float(system.split(root.u)[1][1][-1])
    found = real_point(equations, system, root, mu)
    return replace(found, omega=_angle(cosine, found.y))


def two_pairs(equations: Equations, y: Array, angles: tuple[float, float]) -> Polished:
    """Solve for two pairs on the unit circle (NSNS); q and p belong to the first."""
    blocks = [unit_pair_near(equations, y, theta) for theta in angles]
    system, root = _solved(equations, y, blocks, "a double Neimark-Sacker point")
    y, (w, other) = system.split(root.u)
    _angle(float(other[-1]), y)
    return complex_point(equations, y, w, root.residual, root.conditioning)


def null_vectors(equations: Equations, y: Array, mu: float) -> tuple[Array, Array]:
    """Right and left null vectors of A + (1 - mu) E for mu = 1 or -1, each of length 1."""
    left, right = smallest_singular(twisted(equations, y, mu))
    return np.real(right), np.real(left)


def left_null_vector(equations: Equations, y: Array, mu: float, q: Array) -> Array:
    r"""The left null vector p of M = A + (1 - mu) E, |p| = 1, oriented by the right one, q.

    The adjugate of M, which is smooth in y, is a positive multiple of q p^T: so p is continuous
    wherever q is. With M = U S V^T it is det(U) det(V) u_n for q = v_n.
    """
    u, _, vh = np.linalg.svd(twisted(equations, y, mu))
    sign = np.linalg.det(u) * np.linalg.det(vh) * (vh[-1] @ q)
    return np.asarray(np.copysign(1.0, sign) * u[:, -1])


def unit_pair_near(equations: Equations, y: Array, theta: float) -> UnitPair:
    """The block of the pair nearest to exp(+- i theta), with q far from an eigenvector.

    q is where |M q - q cos(theta)| is largest, M q its image after one turn of the cycle.
    """
    mu = complex(np.exp(1j * theta))
    vector = smallest_singular(twisted(equations, y, mu))[1]
    turned = mu * vector
    plane, _ = np.linalg.qr(np.column_stack((vector.real, vector.imag)))
    # Coordinates of the real plane: u = Re(s vector) has the image Re(s turned) after one turn.
    basis = np.linalg.lstsq(np.column_stack((vector.real, -vector.imag)), plane)[0]
    images = np.column_stack((turned.real, -turned.imag)) @ basis
    _, _, vh = np.linalg.svd(images - np.cos(theta) * plane)
    along, across = plane @ vh[0], plane @ vh[1]
    return UnitPair(along, across, np.concatenate((along, images @ vh[0], [np.cos(theta)])))


def unit_pair_at(equations: Equations, y: Array, mu: float) -> UnitPair:
    """The block of a double multiplier mu = 1 or -1 (R1, R2), with q the generalised vector."""
    critical = null_vectors(equations, y, mu)[0]
    v = _chain(equations, y, mu, critical)
    size = float(np.linalg.norm(v))
    first = np.concatenate((v / size, (critical + mu * v) / size, [mu]))
    return UnitPair(v / size, critical, first)


def real_point(equations: Equations, system: DefiningSystem, root: Root, mu: float) -> Polished:
    """A solution with its vectors of the multiplier mu; see `normalised`."""
    y = system.split(root.u)[0]
    q, p = normalised(equations, *null_vectors(equations, y, mu))
    return Polished(y, q, p, 0.0, root.residual, root.conditioning)


def complex_point(
    equations: Equations, y: Array, w: Array, residual: float, conditioning: float
) -> Polished:
    """A solution with the vectors of exp(i theta), from the unknowns of a `UnitPair`.

    Raises
    ------
    NoConvergence
        For |c| >= 1: no Neimark-Sacker point but a neutral saddle.
    """
    theta = _angle(float(w[-1]), y)
    left, right = smallest_singular(twisted(equations, y, complex(np.exp(1j * theta))))
    q = right / np.linalg.norm(equations.points(right)[0])
    p = left / np.vdot(left, equations.closing @ q).conj()
    return Polished(y, q, p, theta, residual, conditioning)


def normalised(equations: Equations, q: Array, p: Array) -> tuple[Array, Array]:
    """Scale q to length 1 at the first point, largest component positive, and p to <p, E q> = 1.

    Where <p, E q> vanishes, p keeps its length.
    """
    first = equations.points(q)[0]
    q = q * np.sign(first[np.argmax(np.abs(first))]) / np.linalg.norm(first)
    pairing = float(p @ equations.closing @ q)
    return q, p / pairing if abs(pairing) > PAIRED * np.linalg.norm(p) else p


def cycle_orbit(equations: Equations, y: Array) -> Orbit | None:
    """The cycle as an orbit at times 0, ..., m, its first point repeated; None for m = 1."""
    if equations.period == 1:
        return None
    x = equations.points(y)
    times = np.arange(equations.period + 1.0)
    return Orbit(times, np.vstack((x, x[:1])).T.copy(), equations.system, equations.named(y))


def cycle_in(
    point: SpecialPoint, free: tuple[str, ...], compiled: bool = False
) -> tuple[Equations, Array]:
    """Equations of a special point in other free parameters, and its y = (x, lambda) in them."""
    p, x = point.system.vector(point.parameters), cycle_of(point)
    equations = Equations(point.system, free, p, len(x), compiled)
    return equations, np.append(x.ravel(), p[equations.indices])


def cycle_solution(equations: Equations, y: Array) -> Solution:
    """The first point of a cycle, all parameters, and for m > 1 the period and the cycle itself."""
    first, orbit = equations.points(y)[0].copy(), cycle_orbit(equations, y)
    period = None if orbit is None else float(equations.period)
    return Solution(first, equations.named(y), period, orbit)


def vector_weights(equations: Equations, z: Array, units: Array) -> Array:
    """Weights of z = (x, q, lambda): x in units of its size, q by its angle, lambda in units.

    x counts by the mean over the points of the cycle.
    """
    n = equations.n
    weights = np.ones(len(z))
    weights[:n] = 1.0 / (equations.period * equations.system.extent(z[:n]) ** 2)
    weights[-len(units) :] = 1.0 / units**2
    return weights


def rescaled(equations: Equations, z: Array, tangent: Array) -> tuple[Array, Array, Array]:
    """The q of z = (x, q, lambda) at length 1, with z and the tangent that belong to it."""
    n = equations.n
    size = float(np.linalg.norm(z[n : 2 * n]))
    q = z[n : 2 * n] / size
    z, tangent = z.copy(), tangent.copy()
    z[n : 2 * n] = q
    turned = tangent[n : 2 * n] / size
    tangent[n : 2 * n] = turned - (q @ turned) * q
    return q, z, tangent


def others(spectrum: ComplexArray, mu: complex) -> ComplexArray:
    """The multipliers without the one closest to mu."""
    return np.delete(spectrum, int(np.argmin(np.abs(spectrum - mu))))


def cycle_of(point: SpecialPoint) -> Array:
    """All points of the cycle that a special point of a map is, shape (m, d)."""
    if point.orbit is None:
        return point.state[None, :].copy()
    return np.ascontiguousarray(point.orbit.x[:, :-1].T)


def special_cycle(
    kind: str,
    equations: Equations,
    found: Polished,
    normal_form: NormalForm | None = None,
    **vectors: NDArray[Any],
) -> SpecialPoint:
    """A polished cycle of a map under its name, with multipliers, vectors and normal form."""
    orbit = cycle_orbit(equations, found.y)
    return SpecialPoint(
        kind=kind,
        system=equations.system,
        free=equations.free,
        parameters=equations.named(found.y),
        state=equations.points(found.y)[0].copy(),
        residual=found.residual,
        conditioning=found.conditioning,
        period=None if orbit is None else float(equations.period),
        orbit=orbit,
        multipliers=spectrum(equations, found.y),
        normal_form=normal_form,
        vectors={"q": found.q, "p": found.p, **vectors},
    )


def _chain(equations: Equations, y: Array, mu: float, q: Array) -> Array:
    """The generalised vector v of q, (A + (1 - mu) E) v = E q, <q, v> = 0, by least squares."""
    matrix = np.vstack((twisted(equations, y, mu), q))
    return np.asarray(np.linalg.lstsq(matrix, np.append(equations.closing @ q, 0.0))[0])


def _angle(cosine: float, y: Array) -> float:
    """The angle of a pair on the unit circle."""
    if not abs(cosine) < 1.0:
        raise NoConvergence("the pair of multipliers is real: a neutral saddle.", y, ())
    return float(np.arccos(cosine))


def _solved(
    equations: Equations, y: Array, blocks: Sequence[Block], what: str
) -> tuple[DefiningSystem, Root]:
    system = DefiningSystem(equations, blocks)
    return system, solve(system, system.join(y), what)

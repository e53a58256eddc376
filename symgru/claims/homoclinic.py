r"""Claims 22 to 24: the homoclinic orbit of family (9), regions of them, and shapes of nullclines.

With U_h = 2 I, no biases and U_r = [[p, q], [r, t]] the Jacobian at the origin is the zero matrix
(the reset gate is one half there), and

.. math::
    x' = \tfrac14 x\,(p x + q y) + O(3), \qquad y' = \tfrac14 y\,(r x + t y) + O(3),

exactly a point at which four equilibria meet. Both axes are invariant. If p > 0 > t, and if
:math:`r > p` and :math:`q < t`, so that there is no invariant ray in between, orbits leave along
the x axis, turn, and return along the y axis: the open first quadrant near the origin is filled
with homoclinic orbits, and so is the third.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import contourpy
import numpy as np
import scipy.integrate
from numpy.typing import NDArray

import continuation as ct
from symgru import families
from symgru.claims.ledger import Claim, Finding, Outcome, Part, compared, stated
from symgru.equilibria import all_equilibria
from symgru.gru import GRU

__all__ = ["CLAIMS", "Nullcline", "homoclinic_value", "regimes", "regions", "shapes"]

Array = NDArray[np.float64]
Matrix = tuple[tuple[float, float], tuple[float, float]]


def family_of_cycles(b1: float, report: Sequence[float] = ()) -> tuple[ct.SpecialPoint, ct.Branch]:
    """Return the Hopf point of (9) in gamma near (0.32, 0.053), and the cycles from it."""
    system = families.eq9().compile(b1=b1, gamma=0.051)
    branch = ct.equilibria(system, start=(-0.6, -0.53), free="gamma", within=(-0.1, 0.3))
    hopf = branch["H1"]
    return hopf, ct.cycles(hopf, report={"gamma": list(report)})


def regimes(
    rest: float = 0.051, oscillating: float = 0.0535, escaped: float = 0.0542, b1: float = 0.32
) -> Finding:
    """Check that (9) is at rest, oscillates, and has lost its cycle at three values of gamma.

    Parameters
    ----------
    rest, oscillating, escaped : float
        gamma of figures 8A, 8B and 8D.
    b1 : float
        The other bias.

    Returns
    -------
    Finding
    """
    asked = (rest, oscillating, escaped)
    hopf, family = family_of_cycles(b1, asked)
    orbit = ct.homoclinic(family)
    first, last = hopf.parameters["gamma"], orbit.parameters["gamma"]
    cycles = [sp for sp in family.special if sp.kind == "UZ"]
    at = {g: [sp for sp in cycles if abs(sp.parameters["gamma"] - g) < 1e-9] for g in asked}
    kinds = {g: _inner(hopf, g, b1) for g in asked}
    shown = "; ".join(
        f"gamma = {g:g}: {kinds[g]} inside, {len(at[g])} cycle"
        + "".join(f" of period {sp.period:.8f}" for sp in at[g])
        for g in asked
    )
    right = (
        kinds[rest] == "sink"
        and not at[rest]
        and kinds[oscillating] == "source"
        and len(at[oscillating]) == 1
        and not at[escaped]
    )
    return Finding(
        (
            stated(
                f"Hopf point at {first:.14f}, then homoclinic orbit ({orbit.kind}) at {last:.12f}",
                rest < first < oscillating < last < escaped,
            ),
            stated(shown, right),
        ),
        method="continuation; interval certificates of the inner equilibrium",
        limits="No cycle means none on the family born at this Hopf point.",
    )


def _inner(hopf: ct.SpecialPoint, gamma: float, b1: float) -> str:
    """Type of the equilibrium nearest to the Hopf point."""
    found = all_equilibria(families.eq9(), b1=b1, gamma=gamma)
    return min(found, key=lambda e: float(np.abs(e.state - hopf.state).sum())).kind


def homoclinic_value(printed: float = 0.054085, b1: float = 0.32) -> Finding:
    """Compute the homoclinic orbit of (9) and what there is at the printed value of gamma.

    Parameters
    ----------
    printed : float
        gamma, with six decimals.
    b1 : float
        The other bias.

    Returns
    -------
    Finding
    """
    _, family = family_of_cycles(b1, (printed,))
    orbit = ct.homoclinic(family)
    value = orbit.parameters["gamma"]
    left = [sp for sp in family.special if sp.kind == "UZ"]
    rates = ", ".join(f"{x:.7f}" for x in np.sort(np.asarray(orbit.eigenvalues).real))
    parts = [compared("homoclinic orbit at gamma", value, printed, rounding=5e-7)]
    if left:
        size = min(abs(m) for m in np.asarray(left[0].multipliers))
        text = (
            f"at gamma = {printed:g} a cycle of period {left[0].period:.8f} remains, multiplier "
            f"{size:.6f}"
        )
    else:
        text = f"at gamma = {printed:g} no cycle remains"
    sharper = bool(left) and parts[0].outcome is not Outcome.HOLDS
    parts.append(Part(text, Outcome.SHARPER if sharper else Outcome.HOLDS))
    saddle = ", ".join(f"{x:.10f}" for x in orbit.state)
    parts.append(
        stated(
            f"the orbit is of kind {orbit.kind}, to the saddle ({saddle}) with eigenvalues {rates}",
            orbit.kind == "HHS",
        )
    )
    return Finding(
        tuple(parts),
        method="continuation of the cycles; the connecting orbit by collocation, its interval "
        "lengthened until the value settles",
        limits="Ten digits of gamma agree for all truncations; no interval certificate.",
    )


@dataclass(frozen=True)
class Nullcline:
    """Weights of one unit, whose nullcline is drawn in the plane of both.

    Attributes
    ----------
    name : str
        The shape that it is meant to have.
    u : (float, float)
        Its row of U_h.
    b : float
        Its b_h.
    R : tuple of (float, float)
        U_r.
    c : (float, float)
        b_r.
    """

    name: str
    u: tuple[float, float]
    b: float
    R: Matrix
    c: tuple[float, float] = (0.0, 0.0)

    def residual(self, x: Array, y: Array) -> Array:
        """n_1 - x, whose zeros are the nullcline, at states of any shape."""
        gates = [
            1.0 / (1.0 + np.exp(-(row[0] * x + row[1] * y + c)))
            for row, c in zip(self.R, self.c, strict=True)
        ]
        inner: Array = self.u[0] * gates[0] * x + self.u[1] * gates[1] * y + self.b
        return np.asarray(np.tanh(inner) - x)


OFF = ((0.0, 0.0), (0.0, 0.0))
SHAPES = (
    Nullcline("sigmoid", (1.0, 4.0), 0.0, OFF),
    Nullcline("s", (8.0, 4.0), 0.0, OFF),
    Nullcline("pitchfork", (4.0, 0.0), 0.0, ((0.0, 2.0), (0.0, 0.0))),
    Nullcline("U", (4.0, 0.0), 0.05, ((0.0, 2.0), (0.0, 0.0))),
    Nullcline("O", (4.0, -2.0), 1.0, ((-5.0, -7.0), (-3.0, -3.0)), (1.0, -1.0)),
)
"""The five shapes of section 6; the first two without reset weights."""

GRID = 601
"""Points in each direction on which nullclines are traced; shapes are ten cells wide or more."""

ELLIPTIC: Matrix = ((2.0, -4.0), (4.0, -2.0))
"""U_r with p > 0 > t, r > p and q < t."""

REACH = (0.05, 0.1, 0.2)
"""Coordinates of starts. The regions are bounded: backward from (0.05, 0.5) an orbit leaves."""

LONG = 2000.0
"""Time after which an orbit that tends to the origin is nearer to it than `BESIDE`."""

BESIDE = 0.01
"""Five times the distance 2/LONG at which x' = -x^2/2 arrives."""


SPECK = 10
"""Points of a traced curve below which it is a grain of the grid."""


def regions(U_r: Matrix = ELLIPTIC) -> Part:
    """Follow orbits from the first and third quadrant forward and backward to the origin.

    Parameters
    ----------
    U_r : nested tuple of float
        Recurrent weights of the reset gate; U_h = 2 I.

    Returns
    -------
    Part
    """
    system = GRU(2).with_weights(U_h=[[2, 0], [0, 2]], U_r=U_r, rest=0).compile()
    grid = [(x, y) for x in REACH for y in REACH]
    starts = np.array([*grid, *((-x, -y) for x, y in grid)]).T
    inward = []
    for direction in (1.0, -1.0):

        def field(t: float, states: Array, direction: float = direction) -> Array:
            return np.asarray(direction * system.f(states.reshape(2, -1), {}).ravel())

        def escaped(t: float, states: Array) -> float:
            return 2.0 - float(np.abs(states).max())

        # Backward in time an orbit may leave the square, exponentially fast.
        escaped.terminal = True  # type: ignore[attr-defined]
        end = scipy.integrate.solve_ivp(
            field, (0.0, LONG), starts.ravel(), events=escaped, rtol=1e-8, atol=1e-10
        )
        reached = end.y[:, -1].reshape(2, -1)
        # On the way in x' = -x^2/2 or so: after a time t the distance is a few times 1/t.
        inward.append(np.abs(reached).max(axis=0) < BESIDE)
    both = int(np.sum(inward[0] & inward[1]))
    return stated(
        f"U_h = 2 I, U_r = {U_r}: the Jacobian at the origin is zero, and {both} of "
        f"{starts.shape[1]} orbits from the first and third quadrant tend to it in both directions "
        f"of time",
        both == starts.shape[1],
        otherwise=Outcome.ABSENT,
    )


def shapes(nullclines: tuple[Nullcline, ...] = SHAPES, U_r: Matrix = ELLIPTIC) -> Finding:
    """Trace nullclines of every shape, and fill regions with homoclinic orbits.

    Parameters
    ----------
    nullclines : tuple of Nullcline
        One of each shape.
    U_r : nested tuple of float
        As in `regions`.

    Returns
    -------
    Finding
    """
    traced = [(line.name, shape_of(line)) for line in nullclines]
    parts = [
        stated(f"nullcline meant to be {name}-like is {seen}-like", seen == name, Outcome.ABSENT)
        for name, seen in traced
    ]
    return Finding(
        (regions(U_r), *parts),
        method="normal form at an exact zero Jacobian, simulation in both directions of time; "
        "nullclines traced as curves",
        limits="The parameters are ours, the paper prints none. The regions come in pairs at an "
        "exact "
        "point of this kind, and they are truly homoclinic. Shapes are told apart on a grid.",
    )


def shape_of(nullcline: Nullcline) -> str:
    """Name the shape of a nullcline of x over |x| <= 1, |y| <= 3.

    Parameters
    ----------
    nullcline : Nullcline

    Returns
    -------
    str
        "O" if a component is closed, "pitchfork" if x = 0 belongs to it and other points join at
        some y, "U" if a component has both ends on the same side, else "s" if a line y = constant
        meets it three times, or "sigmoid".
    """
    # An even number of columns, so that no grid point is on x = 0.
    x, y = np.linspace(-1.0, 1.0, GRID + 1), np.linspace(-3.0, 3.0, GRID)
    field = nullcline.residual(*np.meshgrid(x, y))
    crossings = (np.diff(np.sign(field), axis=1) != 0).sum(axis=1)
    axis = bool(np.all(nullcline.residual(np.zeros_like(y), y) == 0.0))
    if axis and crossings.max() > crossings.min():
        return "pitchfork"
    lines = contourpy.contour_generator(x, y, field).lines(0.0)
    curves = [np.asarray(line, dtype=float) for line in lines if line is not None]
    ends = [(curve[0], curve[-1]) for curve in curves if len(curve) > SPECK]
    if any(np.allclose(a, b) for a, b in ends):
        return "O"
    if any(abs(a[1] - b[1]) < 1e-9 and abs(a[1]) > 2.99 for a, b in ends):
        return "U"
    return "s" if crossings.max() >= 3 else "sigmoid"


CLAIMS = (
    Claim(22, "S4, figure 8", "(9): rest, Hopf, cycle, homoclinic orbit, no cycle.", regimes),
    Claim(23, "figure 7", "(9) has a homoclinic orbit at gamma = 0.054085.", homoclinic_value),
    Claim(
        24,
        "S6, figure 9",
        "Regions of homoclinic-like orbits; U, O, pitchfork and s-shaped nullclines.",
        shapes,
    ),
)

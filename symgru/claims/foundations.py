r"""Claims 1 to 5: the cube that traps, the step from map to flow, and the update gate.

Claim 1 is a proof with a bound. Let :math:`|h_i(0)| \le R` with R > 1. Where :math:`|h_i| \ge 1`,
the candidate satisfies :math:`|n_i| \le \tanh(\|U_h\|_\infty R + |b_h|_\infty) = 1 - \epsilon`,
because a reset gate is below one, and the speed is at least
:math:`\mu = \sigma(-\|U_z\|_\infty R - |b_z|_\infty)`. Hence :math:`|h_i|' \le -\mu\epsilon` there,
and the cube is entered before :math:`(R - 1)/(\mu\epsilon)`.

Claims 4 and 5 are about the factor :math:`D = \mathrm{diag}(1 - z) > 0` in
:math:`h' = D(n - h)`. It keeps zeros; at a zero the Jacobian is D B, with B the one without the
gate, so that the sign of the determinant is kept, too. The eigenvalues are not.
"""

from __future__ import annotations

import math

import numpy as np
import sympy

import continuation as ct
from symgru import families
from symgru.claims.ledger import Claim, Finding, Outcome, stated
from symgru.conditions import hopf_conditions
from symgru.equilibria import Equilibria, all_equilibria
from symgru.gru import GRU

__all__ = ["CLAIMS", "euler_step", "map_against_flow", "slow_gate", "trapping", "update_gate"]

SPIRAL = ((3.0, -3.0), (3.0, -1.0))
"""U_h for which the trace of D B changes sign with the update gate of the second unit."""

UnitWeights = tuple[float, float, float, float]

CHAOTIC: UnitWeights = (-14.0, 6.0, -1.0, -2.0)
"""U_h, U_r, b_r and b_z of a unit whose map is chaotic, found by a random search."""


def trapping(side: float = 1.0, initial: float = 3.0, gain: float = 3.0) -> Finding:
    """Check that the cube [-side, side]^d attracts in finite time, against the bound.

    Parameters
    ----------
    side : float
        Half the side of the cube; the paper's is one.
    initial : float
        Every component of the start, above one.
    gain : float
        U_h = gain I, all else zero.

    Returns
    -------
    Finding
    """
    gru = GRU(2).with_weights(U_h=gain * np.eye(2), rest=0)
    # 1 - tanh a = 2 / (exp(2 a) + 1), without the subtraction that loses all digits.
    gap = 2.0 / (math.exp(2.0 * gain * initial) + 1.0)
    bound = (initial - 1.0) / (0.5 * gap)
    t = np.linspace(0.0, min(bound, 1e3), 4001)
    orbit = ct.simulate(gru.compile(), (initial, initial), t)
    inside = np.abs(orbit.x).max(axis=0) <= side
    entered = bool(inside[-1]) and bool(np.all(np.diff(inside.astype(int)) >= 0))
    when = float(t[np.argmax(inside)]) if inside.any() else math.inf
    found = all_equilibria(gru)
    reach = max(float(np.abs(item.box).max()) for item in found)
    return Finding(
        (
            stated(
                f"all equilibria have |h_i| <= {reach:.6f}, in the cube of {side:g}", reach < side
            ),
            stated(
                f"from {initial:g} the orbit enters [-{side:g}, {side:g}]^2 at t = {when:.3g} and "
                f"stays; the bound (R - 1)/(mu epsilon) is {bound:.3g}",
                entered and when <= bound,
            ),
        ),
        method="proof (head of the module) with an explicit bound; one simulation beside it",
        limits="The bound grows like exp(2 |U_h| R). In floating point tanh rounds to one beyond "
        "a = 19, and entry may then take for ever.",
    )


def euler_step(step: str = "1") -> Finding:
    """Check that the map is a forward Euler step of the flow, symbol by symbol.

    Parameters
    ----------
    step : str
        A rational number.

    Returns
    -------
    Finding
    """
    size = sympy.Rational(step)
    parts = []
    for reset in ("before", "after"):
        flow, chart = (GRU(2, inputs=1, reset=reset, time=time) for time in ("flow", "map"))
        euler = sympy.Matrix(flow.states) + size * flow.equations
        rest = (chart.equations - euler).rewrite(sympy.exp)
        zero = all(_is_zero(entry) for entry in rest)
        text = f"h + {size} f(h) {'is' if zero else 'is not'} the map (4), reset gate {reset}"
        parts.append(stated(text, zero))
    return Finding(
        tuple(parts),
        method="proof in SymPy, all weights symbols, two units with an input",
        limits="Other numbers of units are the same computation component by component.",
    )


ROUND_OFF = 1e-9
"""An expression in numbers of order one above this is not zero; one below is simplified to see."""


def _is_zero(entry: sympy.Expr) -> bool:
    """Whether an expression vanishes; a place where it does not spares a long simplification."""
    symbols = sorted(entry.free_symbols, key=str)
    place = {symbol: sympy.Rational(k + 1, 7) for k, symbol in enumerate(symbols)}
    return bool(abs(entry.subs(place).evalf()) < ROUND_OFF and sympy.simplify(entry) == 0)


def map_against_flow(
    alpha: float = math.pi / 3, beta: float = 3.0, unit: UnitWeights = CHAOTIC
) -> Finding:
    """Compare the type of the origin of family (8) in the flow and in the map that is trained.

    Parameters
    ----------
    alpha, beta : float
        Angle and gain; figure 5A's by default.
    unit : tuple of float
        U_h, U_r, b_r and b_z of a map of one unit.

    Returns
    -------
    Finding
    """
    family = families.eq8()
    chart = GRU(2, time="map", states=("x", "y"), weights=dict(family.weights))
    flow = all_equilibria(family, alpha=alpha, beta=beta, s=0.0)
    steps = all_equilibria(chart, alpha=alpha, beta=beta, s=0.0)
    kinds = [next(e.kind for e in found if not e.state.any()) for found in (flow, steps)]
    multiplier = max(abs(e.eigenvalues).max() for e in steps if not e.state.any())
    u, w, b_r, b_z = unit
    chaos = ct.lyapunov(
        GRU(1, time="map").with_weights(U_h=[[u]], U_r=[[w]], b_r=b_r, b_z=b_z, rest=0).compile(),
        (0.3,),
    )
    rate, error = float(chaos.exponents[0]), float(chaos.errors[0])
    gain = beta / 2.0
    border = (3.0 - gain**2) / (2.0 * gain)
    return Finding(
        (
            stated(
                f"the origin of (8) at alpha = {alpha:.4g}, beta = {beta:g} is a {kinds[0]} of the "
                f"flow and a {kinds[1]} of the map (|multiplier| = {multiplier:.6f}; one at "
                f"cos(alpha) = {border:.6g}, cos(alpha) is {math.cos(alpha):.6g})",
                kinds[0] == kinds[1],
            ),
            stated(
                f"the map of one unit with U_h = {u:g}, U_r = {w:g}, b_r = {b_r:g}, "
                f"b_z = {b_z:g} has the Lyapunov "
                f"exponent {rate:.3f} +- {error:.3f} per step, where a flow of one unit has none",
                rate < 3.0 * error,
            ),
        ),
        method="interval certificates of both types; Lyapunov exponent by simulation",
        limits="One family. Networks whose step is small against their rates do follow the flow.",
    )


def update_gate(bias: float = 2.0) -> Finding:
    """Compare the network U_h = [[3, -3], [3, -1]], b_z = (0, bias) with the one without its gate.

    Parameters
    ----------
    bias : float
        Of the second unit's update gate.

    Returns
    -------
    Finding
    """
    gru = GRU(2).with_weights(U_h=SPIRAL, b_z=(0.0, bias), rest=0)
    full, bare = all_equilibria(gru), all_equilibria(gru.without_update_gate())
    symbol = sympy.Symbol("b")
    free = GRU(2).with_weights(U_h=SPIRAL, b_z=(0, symbol), rest=0)
    (border,) = sympy.solve(hopf_conditions(free, at=(0, 0)).equation, symbol)
    same = [e.index for e in full] == [e.index for e in bare]
    kinds = ([e.kind for e in full], [e.kind for e in bare])
    return Finding(
        (
            stated(
                f"with and without the gate: {full.count} and {bare.count} equilibria, in the same "
                f"places, with the same signs of det(-A)",
                same and _same_places(full, bare),
            ),
            stated(
                f"types with the gate {', '.join(kinds[0])}, without {', '.join(kinds[1])}; Hopf "
                f"point at b_z = {border} = {float(border):.6f}, here b_z = {bias:g}",
                kinds[0] == kinds[1],
            ),
        ),
        method="interval certificates of equilibria and types; the Hopf point in SymPy",
        limits="One unit is not affected. For more, the claim is true where every equilibrium has "
        "the same number of unstable directions for all positive diagonal D, and cycles are as "
        "well.",
    )


def slow_gate(bias: float = 20.0) -> Finding:
    """Compare a network whose second unit is nearly stopped with the one without its gate.

    Parameters
    ----------
    bias : float
        Of the second unit's update gate: its speed is sigma(-bias).

    Returns
    -------
    Finding
    """
    gru = GRU(2).with_weights(U_h=SPIRAL, b_z=(0.0, bias), rest=0)
    full, bare = all_equilibria(gru), all_equilibria(gru.without_update_gate())
    system = gru.compile()
    speed = abs(float(system.f(np.array([0.3, 0.3]), {})[1]))
    still = 2.0**-53  # half the spacing of doubles near one
    kept = all(one.kind == other.kind for one, other in zip(full, bare, strict=True))
    return Finding(
        (
            stated(
                f"b_z = {bias:g}: at (0.3, 0.3) the second unit moves at {speed:.2g} per time "
                f"constant, and not at zero",
                0.0 < speed < 1e-3,
            ),
            stated(
                f"no equilibrium is added: {full.count} with the gate, {bare.count} without",
                full.count == bare.count and full.complete and bare.complete,
            ),
            stated(
                f"the type of the origin is {full[0].kind} with the gate, {bare[0].kind} without: "
                f"the gate may be superimposed on positions, and on types only if they agree",
                kept,
                otherwise=Outcome.SHARPER,
            ),
            stated(
                f"a step of one stops in floating point where 1 - z < 2^-53, b_z > "
                f"{-math.log(still):.1f}: there and only there a slow point is a resting point",
                1.0 + math.exp(-37.0) == 1.0 and 1.0 + math.exp(-36.0) > 1.0,
            ),
        ),
        method="interval certificates with and without the gate; one evaluation of the flow",
        limits="One network. Where the second unit is stopped, orbits follow the nullcline of the "
        "first; how long they do so depends on 1 - z.",
    )


def _same_places(one: Equilibria, other: Equilibria) -> bool:
    """Whether each box of one meets the box of the other."""
    return len(one) == len(other) and all(
        bool(np.all(np.maximum(a.box[:, 0], b.box[:, 0]) <= np.minimum(a.box[:, 1], b.box[:, 1])))
        for a, b in zip(one, other, strict=True)
    )


CLAIMS = (
    Claim(1, "S2", "[-1, 1]^d traps all orbits and is entered in finite time.", trapping),
    Claim(2, "S2, (4), (7)", "The GRU is forward Euler of the flow (7).", euler_step),
    Claim(
        3,
        "S1, S2",
        "Discrete networks approximate the flow; what they do beyond it is an anomaly.",
        map_against_flow,
    ),
    Claim(4, "S2, S6", "The update gate does not change the topology of the flow.", update_gate),
    Claim(
        5,
        "S6",
        "Slow points of the update gate show seemingly no motion and can be superimposed on the "
        "equilibria.",
        slow_gate,
    ),
)

r"""Claims 12 to 14: which bifurcation points two units have, beyond those of one parameter.

Two decoupled units with U_h = 3 I and reset gates one half are :math:`h' = (\tanh(3h/2 + b) - h)/2`
each, with a fold at :math:`h^2 = 1/3`. With the same bias for both the Jacobian is the zero matrix
at :math:`(1, 1)/\sqrt3`: two folds at once, an exact bifurcation point of codimension two.
"""

from __future__ import annotations

import math

import sympy

import continuation as ct
from symgru import families
from symgru.claims.ledger import Claim, Finding, Outcome, stated
from symgru.conditions import hopf_conditions
from symgru.equilibria import all_equilibria
from symgru.gru import GRU

__all__ = ["CLAIMS", "codimension_two", "double_fold", "two_kinds"]

Window = tuple[float, float]


def codimension_two(b1: Window = (0.25, 0.36), gamma: Window = (0.02, 0.09)) -> Finding:
    """Look for points of codimension two of equilibria in a window of family (9).

    Parameters
    ----------
    b1, gamma : (float, float)
        The window; it contains (0.32, 0.053), near the Hopf point of figure 8.

    Returns
    -------
    Finding
    """
    family = families.eq9()
    branch = ct.equilibria(
        family.compile(), start=(-0.6, -0.53), free="gamma", within=(-0.1, 0.3), gamma=0.051
    )
    within = {"b1": b1, "gamma": gamma}
    curves = [ct.hopf_curve(branch["H1"], free=("b1", "gamma"), within=within)]
    curves += [
        ct.fold_curve(sp, free=("b1", "gamma"), within=within)
        for sp in curves[0].special
        if sp.label == "BT1"
    ]
    points = [sp for curve in curves for sp in curve.special if sp.kind in ("BT", "CP", "GH")]
    # Both curves pass Bogdanov-Takens points; each is one point.
    points = [sp for k, sp in enumerate(points) if not any(_same(sp, q) for q in points[:k])]
    ends = hopf_conditions(family).ends
    symbols = family.parameters
    exact = [
        (
            float(sympy.re(end[symbols["b1"]].evalf())),
            float(sympy.re(end[symbols["gamma"]].evalf())),
        )
        for end in ends
    ]
    parts = []
    for sp in points:
        place = (sp.parameters["b1"], sp.parameters["gamma"])
        off = min(math.dist(place, other) for other in exact)
        formula = f"; {off:.0e} from its closed form" if sp.kind == "BT" else ""
        parts.append(
            stated(
                f"{sp.kind} at b1 = {place[0]:.12f}, gamma = {place[1]:.12f} with residual "
                f"{sp.residual:.0e}{formula}",
                False,
            )
        )
    if not parts:
        parts = [stated(f"none on {len(curves)} curve(s) in the window", True)]
    return Finding(
        tuple(parts),
        method="continuation of the Hopf and the fold curve; Bogdanov-Takens points in closed form",
        limits="The window of one family; by its symmetry each point has three more copies.",
    )


def _same(one: ct.SpecialPoint, other: ct.SpecialPoint) -> bool:
    close = all(
        math.isclose(value, other.parameters[name], abs_tol=1e-9)
        for name, value in one.parameters.items()
    )
    return close and one.kind == other.kind


def double_fold(offset: str = "0") -> Finding:
    """Ask whether sink, source and two saddles can coincide exactly.

    Parameters
    ----------
    offset : str
        Rational number added to both biases at the double fold.

    Returns
    -------
    Finding
    """
    shift = sympy.Rational(offset)
    h = 1 / sympy.sqrt(3)
    bias = sympy.atanh(h) - sympy.Rational(3, 2) * h + shift
    gru = GRU(2).with_weights(U_h=3 * sympy.eye(2), b_h=[bias, bias], rest=0)
    place = dict.fromkeys(gru.states, h)
    rates = gru.equations.subs(place).rewrite(sympy.log).applyfunc(sympy.simplify)
    zero = bool(all(abs(sympy.N(rate, 60)) < sympy.Float("1e-50", 60) for rate in rates))
    slope = sympy.Matrix(2, 2, lambda i, j: sympy.N(gru.jacobian[i, j].subs(place), 60))
    flat = bool(all(abs(entry) < sympy.Float("1e-50", 60) for entry in slope))
    # The fold condition in exact arithmetic: the slope of each unit is 3/2 (1 - h^2) - 1.
    exact = sympy.Rational(3, 2) * (1 - h**2) - 1 == 0
    together = zero and flat and exact
    numbers = GRU(2).with_weights(U_h=[[3, 0], [0, 3]], b_h=float(bias) + 1e-6, rest=0)
    cluster = [e for e in all_equilibria(numbers) if max(abs(e.state - float(h))) < 0.01]
    kinds = sorted(e.kind for e in cluster)
    said = "vanish" if together else "do not both vanish"
    return Finding(
        (
            stated(
                f"U_h = 3 I, b_h = {float(bias):.10f}: field and Jacobian {said} at (1, 1)/sqrt(3) "
                f"in 60 digits; 3/2 (1 - h^2) = 1 exactly: distance d = 0 of the four points",
                not together,
            ),
            stated(
                f"1e-6 above it the cluster is {', '.join(kinds) or 'gone'}",
                kinds == ["saddle", "saddle", "sink", "source"] or not kinds,
                otherwise=Outcome.UNDECIDED,
            ),
        ),
        method="SymPy, exact and in 60 digits; interval certificate beside it",
        limits="The point is isolated in its two biases, so that no number with finitely many "
        "binary digits is on it: exact coincidence is exact in the model, not in a computer.",
    )


def two_kinds(distance: float = 1e-6) -> Finding:
    """Find folds of a saddle with a sink and of a saddle with a source, in decoupled units.

    Parameters
    ----------
    distance : float
        Of the bias from the fold, on the side where there are two equilibria.

    Returns
    -------
    Finding
    """
    h = 1.0 / math.sqrt(3.0)
    fold = math.atanh(h) - 1.5 * h
    gru = GRU(2).with_weights(U_h=[[3, 0], [0, 3]], rest=0)
    found = all_equilibria(gru, b_h1=fold + distance)
    near = [e for e in found if abs(e.state[0] - h) < 0.01]
    pairs: dict[str, set[str]] = {"first": set(), "second": set()}
    for e in near:
        pairs["second" if abs(e.state[1]) < 0.1 else "first"].add(e.kind)
    wanted = {"first": {"sink", "saddle"}, "second": {"source", "saddle"}}
    return Finding(
        tuple(
            stated(
                f"{name} kind, b_h1 = {fold + distance:.9f}: "
                f"{' and '.join(sorted(kinds)) or 'nothing'} side by side",
                kinds == wanted[name],
            )
            for name, kinds in pairs.items()
        ),
        method="interval certificate beside the fold in closed form",
        limits="Decoupled units; coupled ones have both kinds by continuity, since folds are "
        "stable under small changes.",
    )


CLAIMS = (
    Claim(12, "S4", "No bifurcation points of codimension two in two units.", codimension_two),
    Claim(
        13,
        "figure 4",
        "Sink, source and two saddles never coincide exactly: d can never equal 0.",
        double_fold,
    ),
    Claim(
        14,
        "S4",
        "Saddle-node points of the first kind (with a sink) and second (source).",
        two_kinds,
    ),
)

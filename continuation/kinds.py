"""What the kinds of special points are, each in a sentence.

The names are the customary ones, those of AUTO, MatCont and HomCont where these have one; points of
maps and of cycles of flows that have the same name are the same bifurcation of a (return) map.

References
----------
Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory, 3rd ed., Springer 2004: chapters 3 and 8
(equilibria), 4, 5 and 9 (cycles and maps), 6 (homoclinic orbits).
A. R. Champneys, Yu. A. Kuznetsov, B. Sandstede, A numerical toolbox for homoclinic bifurcation
analysis, Int. J. Bifurcation and Chaos 6 (1996) 867-887 (special points on homoclinic curves).
"""

from __future__ import annotations

from types import MappingProxyType

from continuation.special import SpecialPoint

KINDS = MappingProxyType(
    {
        "LP": "Fold (limit point, saddle-node): two equilibria, or two cycles of a map, meet and "
        "vanish; one eigenvalue is 0, one multiplier 1.",
        "BP": "Branch point: two branches of equilibria, or of cycles of a map, cross.",
        "H": "Hopf point: a pair of eigenvalues crosses the imaginary axis, and a cycle is born.",
        "CP": "Cusp: two curves of folds meet and end; around it there are one or three "
        "equilibria, or cycles of a map.",
        "BT": "Bogdanov-Takens point: the eigenvalue 0 is double; a curve of Hopf points ends on a "
        "curve of folds, and a curve of homoclinic orbits begins.",
        "GH": "Generalised Hopf (Bautin) point: the first Lyapunov coefficient vanishes; on one "
        "side cycles are born stable, on the other unstable, and a curve of folds of cycles "
        "begins.",
        "ZH": "Zero-Hopf (fold-Hopf) point: an eigenvalue 0 beside a pair on the imaginary axis; a "
        "curve of Hopf points touches a curve of folds, and tori may be born.",
        "HH": "Double Hopf point: two pairs of eigenvalues on the imaginary axis; two curves of "
        "Hopf points cross, and two curves of tori begin.",
        "LPC": "Fold of cycles: two cycles meet and vanish; a second multiplier is 1.",
        "BPC": "Branch point of cycles: two families of cycles cross; a second multiplier is 1.",
        "PD": "Period doubling (flip): a multiplier is -1, and a cycle of twice the period is "
        "born.",
        "NS": "Neimark-Sacker point: a pair of complex multipliers crosses the unit circle, and an "
        "invariant circle of the (return) map is born: for a flow, a torus.",
        "CPC": "Cusp of cycles: two curves of folds of cycles meet and end; around it there are "
        "one or three cycles.",
        "GPD": "Generalised period doubling: its cubic coefficient vanishes; on one side doubled "
        "cycles are born stable, on the other unstable, and a curve of their folds begins.",
        "CH": "Chenciner point (generalised Neimark-Sacker): its cubic coefficient vanishes; on "
        "one side invariant circles are born stable, on the other unstable, and around a curve on "
        "which two of them meet the dynamics are complicated.",
        "R1": "1:1 resonance: the multiplier 1 is double; a curve of Neimark-Sacker points ends on "
        "a curve of folds.",
        "R2": "1:2 resonance: the multiplier -1 is double; a curve of Neimark-Sacker points ends "
        "on a curve of period doublings.",
        "R3": "1:3 resonance: a pair of multipliers exp(+- 2 pi i/3); a saddle cycle of three "
        "times the period shrinks onto the cycle.",
        "R4": "1:4 resonance: a pair of multipliers +- i; cycles of four times the period appear "
        "near the cycle.",
        "LPPD": "Fold-flip point: multipliers 1 and -1; curves of folds and of period doublings "
        "touch.",
        "LPNS": "Fold-Neimark-Sacker point: a multiplier 1 beside a pair on the unit circle; "
        "curves of folds and of Neimark-Sacker points touch.",
        "PDNS": "Flip-Neimark-Sacker point: a multiplier -1 beside a pair on the unit circle; "
        "curves of period doublings and of Neimark-Sacker points cross.",
        "NSNS": "Double Neimark-Sacker point: two pairs of multipliers on the unit circle; two "
        "curves of Neimark-Sacker points cross.",
        "HHS": "Homoclinic orbit to a hyperbolic saddle: it leaves a saddle and returns to it.",
        "HSN": "Homoclinic orbit to a saddle-node: it leaves a fold and returns to it; where it "
        "arrives along the centre direction, cycles of unbounded period end on it (SNIC).",
        "HET": "Heteroclinic orbit: it leads from one equilibrium to another.",
        "NSS": "Neutral saddle on a curve of homoclinic orbits: the leading real eigenvalues have "
        "sum 0; on one side the cycles next to the orbit are stable, on the other they are not.",
        "NSF": "Neutral saddle-focus: a leading pair and a leading real eigenvalue of the other "
        "side have real parts of sum 0; beyond it there is chaos near the orbit (Shilnikov).",
        "NFF": "Neutral bi-focus: the leading pairs of both sides have real parts of sum 0.",
        "DRS": "Double real stable leading eigenvalue: the saddle becomes a saddle-focus as the "
        "two become a pair.",
        "DRU": "Double real unstable leading eigenvalue: the saddle becomes a saddle-focus as the "
        "two become a pair.",
        "NDS": "Neutrally divergent saddle-focus, stable: the leading stable pair and the leading "
        "unstable eigenvalue have sum 0; volumes are kept to first order.",
        "NDU": "Neutrally divergent saddle-focus, unstable: the leading unstable pair and the "
        "leading stable eigenvalue have sum 0; volumes are kept to first order.",
        "TLS": "Three leading stable eigenvalues: a pair and a real one have the same real part; "
        "the saddle becomes a saddle-focus as the pair becomes the slower.",
        "TLU": "Three leading unstable eigenvalues: a pair and a real one have the same real part; "
        "the saddle becomes a saddle-focus as the pair becomes the slower.",
        "OFS": "Orbit flip in the stable manifold: the homoclinic orbit changes the side from "
        "which it returns along the leading stable direction, and arrives along a faster one.",
        "OFU": "Orbit flip in the unstable manifold: the homoclinic orbit changes the side to "
        "which it leaves along the leading unstable direction, and leaves along a faster one.",
        "IFS": "Inclination flip of the stable manifold: followed along the homoclinic orbit, it "
        "turns from an annulus into a Moebius band.",
        "IFU": "Inclination flip of the unstable manifold: followed along the homoclinic orbit, it "
        "turns from an annulus into a Moebius band.",
        "NCH": "Non-central homoclinic orbit to a saddle-node: a curve of homoclinic orbits to "
        "saddles meets one to saddle-nodes.",
        "SHH": "Shilnikov-Hopf point: the saddle-focus of a homoclinic orbit has a Hopf "
        "bifurcation, where the curve ends.",
        "UZ": "A value that was asked for by `report`.",
    }
)
"""Kind to sentence."""


def describe(what: str | SpecialPoint) -> str:
    """What a kind of special point is, in a sentence; of a point, with what its numbers say.

    Parameters
    ----------
    what : str or SpecialPoint
        A kind ("ZH"), a label ("ZH1"), or a special point itself.

    Returns
    -------
    str
        The sentence. After that of a point come its criticality, where it has one, and what grows
        from it in two parameters, by the coefficients of its normal form.

    Raises
    ------
    ValueError
        For a name that no special point of this package has.
    TypeError
        For what is neither a name nor a special point.

    Examples
    --------
    >>> import continuation as ct
    >>> ct.describe("GPD1").split(":")[0]
    'Generalised period doubling'
    >>> system = ct.System.from_strings({"x": "a - x**2"}, parameters={"a": 1.0})
    >>> ct.describe(ct.equilibria(system, start=[1.0], free="a", within=(-1, 2))["LP1"])[:4]
    'Fold'
    """
    if isinstance(what, str):
        for kind, sentence in KINDS.items():
            number = what.removeprefix(kind)
            if what == kind or (number != what and number.isdigit()):
                return sentence
        raise ValueError(f"no special point is called {what!r}; kinds are {', '.join(KINDS)}.")
    if not isinstance(what, SpecialPoint):
        raise TypeError(
            f"`what` must be a kind, a label or a SpecialPoint, got {type(what).__name__}."
        )
    words = [KINDS.get(what.kind, f"Zero of the function {what.kind!r}.")]
    form = what.normal_form
    if form is not None:
        words += [f"Here it is {form.criticality}."] if form.criticality else []
        words += [form.unfolding] if form.unfolding else []
    return " ".join(words)

r"""Claims 18 to 21: where the cycles of family (8) live, how slow they get, and what s does.

In (8) the gain and the reset bias are one parameter, :math:`k = \sigma(s)\beta`. Cycles exist for
:math:`\alpha_{SN}(k) < \alpha < \arccos(1/k)`. If :math:`k \le 1` then
:math:`|\tanh(k R h)|_2 \le k |h|_2`, so that every orbit goes to the origin. At the lower end four
saddle-nodes, images of one another under (x, y) -> (-y, x), lie on the cycle; with
:math:`\xi' = c\,(\alpha - \alpha_{SN}) + a \xi^2` along each, the period is asymptotically
:math:`4\pi/\sqrt{ac\,(\alpha - \alpha_{SN})}`.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

import continuation as ct
from continuation.normalforms import FoldNormalForm
from symgru import families
from symgru.claims.ledger import Claim, Finding, Outcome, Part, stated
from symgru.equilibria import all_equilibria

__all__ = ["CLAIMS", "four_folds", "period_law", "region", "reset_bias"]

Array = NDArray[np.float64]

GAINS = (1.02, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0, 2.25, 2.5, 2.8)
"""Values of k whose cycles are followed for the mean frequencies, interpolated between them."""


def fold_of(beta: float) -> ct.SpecialPoint:
    """Return the fold of (8) at s = 0 from which the nine equilibria exist, for a gain beta > 2."""
    system = families.eq8().compile(beta=beta, s=0.0)
    sink = ct.settle(system, (0.5, 0.9), alpha=0.0)
    branch = ct.equilibria(system, start=sink, free="alpha", within=(-0.01, 1.5), alpha=0.0)
    return next(sp for sp in branch.special if sp.kind == "LP" and sp.parameters["alpha"] > 0.0)


def cycles_of(beta: float, report: tuple[float, ...] = ()) -> ct.Branch:
    """Follow the cycles of (8) at s = 0 from the Hopf point of the origin down to their end."""
    system = families.eq8().compile(beta=beta, s=0.0, alpha=0.0)
    rest = ct.equilibria(system, start=(0, 0), free="alpha", within=(-0.1, 1.5))
    hopf = max((sp for sp in rest.special if sp.kind == "H"), key=lambda sp: sp.parameters["alpha"])
    return ct.cycles(hopf, within=(0.0, 1.55), report={"alpha": list(report)})


def period_law(
    beta: float = 3.0, distances: tuple[float, ...] = (1e-3, 1e-4, 1e-5), tolerance: float = 0.01
) -> Finding:
    """Compare the periods near the lower end with the law of a saddle-node on a circle.

    Parameters
    ----------
    beta : float
        Gain, above two; s = 0.
    distances : tuple of float
        From the fold, in alpha; falling.
    tolerance : float
        Relative error allowed at the least distance: the law is the leading term, its relative
        error of the order of the square root of the distance.

    Returns
    -------
    Finding
    """
    fold = fold_of(beta)
    end = fold.parameters["alpha"]
    assert isinstance(fold.normal_form, FoldNormalForm)
    law = 4.0 * math.pi / math.sqrt(abs(fold.normal_form.a * _drift(fold)))
    family = cycles_of(beta, tuple(end + d for d in distances))
    asked = [sp for sp in family.special if sp.kind == "UZ"]
    cycles = sorted(asked, key=lambda sp: -sp.parameters["alpha"])
    products = [
        float(sp.period or math.nan) * math.sqrt(sp.parameters["alpha"] - end) for sp in cycles
    ]
    shown = ", ".join(
        f"{sp.period:.3f} ({product:.4f})" for sp, product in zip(cycles, products, strict=True)
    )
    last = abs(products[-1] / law - 1.0) if len(products) == len(distances) else math.inf
    return Finding(
        (
            stated(
                f"periods (times sqrt(alpha - alpha_SN)) at {distances} above alpha_SN = "
                f"{end:.12f}: {shown}; law 4 pi/sqrt(ac) = {law:.4f}",
                last < tolerance,
            ),
            stated(
                f"the cycles end so: {family.stop[0]}",
                ct.StopReason.NEAR_CIRCLE in family.stop,
            ),
        ),
        method="continuation of the cycles; normal form of the fold",
        limits="s = 0 and one gain; others differ in k alone.",
    )


def _drift(fold: ct.SpecialPoint) -> float:
    """C = <p, f_alpha> with <p, q> = 1 and q a unit vector, at a fold of (8)."""
    gru = families.eq8()
    numbers = {gru.parameters[name]: value for name, value in fold.parameters.items()}
    numbers |= dict(zip(gru.states, fold.state, strict=True))
    slope = np.array(gru.equations.diff(gru.parameters["alpha"]).subs(numbers).evalf(), dtype=float)
    A = np.array(gru.jacobian.subs(numbers).evalf(), dtype=float)
    q = scipy.linalg.svd(A)[2][-1]
    p = scipy.linalg.svd(A.T)[2][-1]
    return float(p @ slope.ravel() / (p @ q))


def four_folds(beta: float = 3.0, side: float = 1e-9) -> Finding:
    """Check that four pairs of equilibria appear at once and give figure 2A.

    Parameters
    ----------
    beta : float
        Gain, above two; s = 0.
    side : float
        Distance from the fold at which the equilibria are counted.

    Returns
    -------
    Finding
    """
    end = fold_of(beta).parameters["alpha"]
    family = families.eq8()
    before = all_equilibria(family, beta=beta, alpha=end + side)
    after = all_equilibria(family, beta=beta, alpha=end - side)
    wanted = {"sink": 4, "saddle": 4, "source": 1, "undecided": 0}
    return Finding(
        (
            stated(
                f"alpha_SN = {end:.14f}; {side:g} above it {before}, {side:g} below it {after}",
                before.count == 1 and dict(after.kinds) == wanted and after.certified,
            ),
        ),
        method="continuation to the fold; interval certificates on both sides; four at once by the "
        "symmetry (x, y) -> (-y, x)",
        limits="Figure 2A is taken as four sinks, four saddles and a source; its parameters are "
        "not printed.",
    )


def region(
    betas: tuple[float, float] = (1.0, 3.0), tried: tuple[float, ...] = (2.1, 2.5, 3.0)
) -> Finding:
    """Find where family (8) has cycles at s = 0.

    Parameters
    ----------
    betas : (float, float)
        Range of the gain in figure 6.
    tried : tuple of float
        Gains above two, at which cycles are followed.

    Returns
    -------
    Finding
    """
    parts = []
    for beta in tried:
        lower, upper = fold_of(beta).parameters["alpha"], math.acos(2.0 / beta)
        family = cycles_of(beta)
        alphas, periods = family.parameters["alpha"], family.periods
        assert periods is not None
        ends = abs(alphas.min() - lower) < 1e-5 and abs(alphas.max() - upper) < 1e-3
        parts.append(
            stated(
                f"beta = {beta:g}: cycles for {lower:.10f} < alpha < arccos(2/beta) = "
                f"{upper:.10f}, "
                f"frequency from 0 up to tan(alpha)/(4 pi) = {math.tan(upper) / (4 * math.pi):.6f}"
                f" per time constant; all stable",
                bool(ends) and bool(np.asarray(family.stable)[1:].all()),
            )
        )
    empty = max(0.0, min(2.0, betas[1]) - betas[0]) / (betas[1] - betas[0])
    parts.append(
        Part(
            f"for beta <= 2 there is none, since |tanh(k R h)| <= k |h|: {empty:.0%} of the range "
            f"of beta from {betas[0]:g} to {betas[1]:g} is empty",
            Outcome.SHARPER if empty else Outcome.HOLDS,
        )
    )
    return Finding(
        tuple(parts),
        method="continuation of cycles and folds; Hopf curve and the empty range in closed form",
        limits="Hertz in the figure is per time constant. Cycles that are born away from the "
        "origin are not excluded by this check.",
    )


def reset_bias(
    biases: tuple[float, ...] = (0.0, 0.5, 1.0, 2.0), gains: tuple[float, ...] = GAINS
) -> Finding:
    """Compute mean and variance of the frequency over the region of figure 6, as s rises.

    Parameters
    ----------
    biases : tuple of float
        Values of s, rising; the gain beta runs over (1, 3) as in figure 6.
    gains : tuple of float
        Values of k = sigma(s) beta whose cycles are followed, rising.

    Returns
    -------
    Finding
    """
    curves = [_frequencies(k) for k in gains]
    shared = [
        float(np.interp(alpha, *lower)) > float(np.interp(alpha, *upper))
        for lower, upper in itertools.pairwise(curves)
        for alpha in np.linspace(upper[0][0], lower[0][-1], 12)[1:-1]
        if upper[0][0] < lower[0][-1]
    ]
    moments = [_moments(s, gains, curves) for s in biases]
    shown = ", ".join(
        f"s = {s:g}: {mean:.5f} and {variance:.2e}"
        for s, (mean, variance) in zip(biases, moments, strict=True)
    )
    means, variances = zip(*moments, strict=True)
    falls = [bool(np.all(np.diff(values) < 0)) for values in (means, variances)]
    return Finding(
        (
            stated(
                f"at the same alpha a larger k = sigma(s) beta oscillates more slowly "
                f"({sum(shared)} of {len(shared)} comparisons)",
                all(shared) and bool(shared),
            ),
            stated(
                f"mean and variance of the frequency over the region with cycles: {shown}",
                all(falls),
                otherwise=Outcome.ABSENT,
            ),
        ),
        method="continuation of cycles at several k, interpolated; mean over alpha and beta",
        limits="The paper does not say over which region or which s it averages; the mean is over "
        "all (alpha, beta) of figure 6 that have a cycle at the s in question.",
    )


def _frequencies(k: float) -> tuple[Array, Array]:
    """Alpha, rising, and the frequency of the cycle there, at beta = 2 k and s = 0."""
    family = cycles_of(2.0 * k)
    assert family.periods is not None
    order = np.argsort(family.parameters["alpha"])
    return family.parameters["alpha"][order], 1.0 / family.periods[order]


def _moments(
    s: float, gains: tuple[float, ...], curves: list[tuple[Array, Array]]
) -> tuple[float, float]:
    """Mean and variance of the frequency over alpha and 1 < beta < 3.

    The integrals of f^n over alpha, n = 0, 1, 2, are smooth functions of k and vanish at k = 1.
    """
    integrals = np.array([[np.trapezoid(f**n, alpha) for n in range(3)] for alpha, f in curves])
    ks = np.concatenate([[1.0], gains])
    integrals = np.vstack([np.zeros(3), integrals])
    gate = 1.0 / (1.0 + math.exp(-s))
    grid = np.linspace(max(1.0, gate), 3.0 * gate, 400)
    area, first, second = (np.trapezoid(np.interp(grid, ks, row), grid) for row in integrals.T)
    mean = float(first / area)
    return mean, float(second / area) - mean**2


CLAIMS = (
    Claim(18, "S4, figure 5", "The period grows without bound as alpha decreases.", period_law),
    Claim(
        19,
        "S4",
        "The cycle ends in four simultaneous saddle-nodes; then the topology is that of figure 2A.",
        four_folds,
    ),
    Claim(20, "figure 6 left", "Where (8) has cycles, and their frequency.", region),
    Claim(
        21,
        "figure 6 right",
        "Increasing s lowers the mean frequency and its variance.",
        reset_bias,
    ),
)

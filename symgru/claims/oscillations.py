r"""Claims 15 to 17: Hopf bifurcations of two units, and cycles that no equilibrium betrays.

An attractor is hidden if its basin touches no equilibrium. For a cycle in the plane: the
equilibrium
inside is stable, and an unstable cycle lies between. That happens where a subcritical Hopf point is
followed by a fold of cycles; it needs no reset weights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

import continuation as ct
from continuation.normalforms import HopfNormalForm
from symgru import families
from symgru.claims.ledger import Claim, Finding, Part, compared, stated
from symgru.conditions import hopf_conditions
from symgru.equilibria import all_equilibria
from symgru.gru import GRU

__all__ = ["CLAIMS", "HIDDEN", "Oscillator", "hidden_attractors", "hopf_angle", "hopf_kind"]


@dataclass(frozen=True)
class Oscillator:
    """A network, and where to look for its Hopf point.

    Attributes
    ----------
    name : str
        What to call it.
    gru : GRU
        With numbers for all parameters.
    start : tuple of float
        Near an equilibrium.
    free : str
        The parameter that changes.
    within : (float, float)
        Its window.
    """

    name: str
    gru: GRU
    start: tuple[float, float]
    free: str
    within: tuple[float, float]

    @property
    def branch(self) -> ct.Branch:
        """Equilibria in the window."""
        return ct.equilibria(
            self.gru.compile(), start=self.start, free=self.free, within=self.within
        )


def hidden_network() -> Oscillator:
    """Two units with constant gates, whose Hopf point is subcritical."""
    gru = GRU(2).with_weights(U_h=[[-2, -4], [10, 10]], b_h=(0.14, 0.285), rest=0)
    return Oscillator("U_h = [[-2, -4], [10, 10]]", gru, (-0.57, 0.68), "b_h2", (0.27, 0.31))


def rotation() -> Oscillator:
    """Family (8) at beta = 3, s = 0."""
    return Oscillator("(8), beta = 3", families.eq8(), (0.0, 0.0), "alpha", (0.5, 1.2))


def bifurcating() -> Oscillator:
    """Family (9) at b1 = 0.32."""
    return Oscillator("(9), b1 = 0.32", families.eq9(), (-0.6, -0.53), "gamma", (0.03, 0.07))


HIDDEN = 0.288
"""A value of b_h2 at which both cycles of `hidden_network` exist."""


def hopf_angle(beta: float = 3.0, s: float = 0.0, divisor: float = 3.8) -> Finding:
    """Compare the Hopf angle of family (8) with pi / divisor.

    Parameters
    ----------
    beta, s : float
        Gain and reset bias.
    divisor : float
        As printed, with one decimal.

    Returns
    -------
    Finding
    """
    condition = hopf_conditions(families.eq8(), at=(0, 0))
    gain = beta / (1.0 + math.exp(-s))
    exact = math.acos(1.0 / gain)
    system = families.eq8().compile(beta=beta, s=s)
    branch = ct.equilibria(system, start=(0, 0), free="alpha", within=(0.0, 1.5))
    located = next(sp for sp in branch.special if sp.kind == "H")
    followed = located.parameters["alpha"]
    return Finding(
        (
            stated(
                f"{condition.equation.lhs} = {condition.equation.rhs} gives alpha = {exact:.14f}; "
                f"continuation {followed:.14f}",
                abs(exact - followed) < 1e-12,
            ),
            compared(
                f"alpha = pi/{math.pi / exact:.4f}",
                exact,
                math.pi / divisor,
                rounding=math.pi / divisor**2 * 0.05,
            ),
        ),
        method="closed form in SymPy; continuation",
        limits="At the origin of family (8).",
    )


def hopf_kind(networks: tuple[Oscillator, ...] = (rotation(), bifurcating())) -> Finding:
    """Check that a stable point gives way to an unstable one with a stable cycle around it.

    Parameters
    ----------
    networks : tuple of Oscillator
        (8) and (9) by default.

    Returns
    -------
    Finding
    """
    parts = [_kind(network) for network in networks]
    return Finding(
        tuple(parts),
        method="continuation with the cubic coefficient of the Hopf normal form; closed form for "
        "(8)",
        limits="For the families (8) and (9). Subcritical Hopf points exist, see claim 17.",
    )


def _kind(network: Oscillator) -> Part:
    hopf = network.branch["H1"]
    family = ct.cycles(hopf, settings=ct.Settings(max_points=8))
    stable = bool(np.asarray(family.stable)[1:].all())
    form = hopf.normal_form
    assert isinstance(form, HopfNormalForm)
    return stated(
        f"{network.name}: Hopf point at {network.free} = {hopf.parameters[network.free]:.10f}, "
        f"l1 = {form.l1:.6f}, {form.criticality}; the cycles beside it are "
        f"{'stable' if stable else 'unstable'}",
        form.criticality == "supercritical" and stable,
    )


def hidden_attractors(value: float = HIDDEN) -> Finding:
    """Look for a stable cycle around a unique stable equilibrium.

    Parameters
    ----------
    value : float
        b_h2 of the network; between its Hopf point and its fold of cycles by default.

    Returns
    -------
    Finding
    """
    network = hidden_network()
    hopf = network.branch["H1"]
    assert isinstance(hopf.normal_form, HopfNormalForm)
    family = ct.cycles(hopf, within=network.within, report={network.free: [value]})
    cycles = [sp for sp in family.special if sp.kind == "UZ"]
    outside = [max(abs(m) for m in _others(sp)) for sp in cycles]
    found = all_equilibria(network.gru, b_h2=value)
    alone = found.complete and found.certified and [e.kind for e in found] == ["sink"]
    hidden = alone and len(cycles) >= 2 and min(outside) < 1.0 < max(outside)
    shown = "; ".join(
        f"period {sp.period:.6f}, multiplier {m:.6f}, residual {sp.residual:.0e}"
        for sp, m in zip(cycles, outside, strict=True)
    )
    folds = [sp.parameters[network.free] for sp in family.special if sp.kind == "LPC"]
    return Finding(
        (
            stated(
                f"{network.name}, b_h1 = 0.14, b_h2 = {value:g}: {found}; cycles: {shown}; Hopf "
                f"point at {hopf.parameters[network.free]:.10f} with l1 = "
                f"{hopf.normal_form.l1:.6f}, fold of cycles at "
                f"{', '.join(f'{x:.10f}' for x in folds) or 'none in the window'}",
                not hidden,
            ),
        ),
        method="search for a Hopf point with l1 > 0; interval certificate of the equilibrium; "
        "cycles by collocation with their multipliers",
        limits="The cycles are solutions of collocation equations with the residuals given, not "
        "interval certificates.",
    )


def _others(cycle: ct.SpecialPoint) -> np.ndarray:
    """The multipliers without the trivial one."""
    multipliers = np.asarray(cycle.multipliers)
    return np.delete(multipliers, int(np.argmin(abs(multipliers - 1.0))))


CLAIMS = (
    Claim(15, "S4", "Hopf bifurcation of (8) at about pi/3.8 for beta = 3, s = 0.", hopf_angle),
    Claim(
        16,
        "S4",
        "A stable point becomes unstable and is surrounded by a limit cycle (Hopf).",
        hopf_kind,
    ),
    Claim(17, "S4", "Hidden attractors do not exist in two units.", hidden_attractors),
)

"""Branches that several programs have followed."""

from __future__ import annotations

import continuation as ct
import symgru as sg


def carbon_monoxide() -> ct.Branch:
    """Equilibria of CO oxidation, "cataloscill" in MatCont's manual (2019): two LP and two H."""
    system = ct.System.from_strings(
        {
            "x": "2*q1*(1-x-y-s)**2 - 2*q5*x**2 - q3*x*y",
            "y": "q2*(1-x-y-s) - q6*y - q3*x*y",
            "s": "q4*(1-x-y-s-k*s)",
        },
        parameters={
            "q1": 2.5,
            "q2": 2.204678,
            "q3": 10,
            "q4": 0.0675,
            "q5": 1,
            "q6": 0.1,
            "k": 0.4,
        },
        name="CO oxidation",
    )
    start = (0.001070915738, 0.84960686549, 0.10665872769)
    return ct.equilibria(system, start=start, free="q2", within=(0.9, 2.3))


def brusselator() -> ct.Branch:
    """Equilibria of the Brusselator in B, with a Hopf point at B = 1 + A^2."""
    system = ct.System.from_strings(
        {"x": "A - (B + 1)*x + x**2*y", "y": "B*x - x**2*y"},
        parameters={"A": 1.0, "B": 1.5},
        name="Brusselator",
    )
    return ct.equilibria(system, start=(1.0, 1.5), free="B", within=(0.5, 3.0))


def lure() -> ct.Branch:
    """Equilibria of Lur'e's system: a Hopf point at alpha = 1, whose cycles double at 0.6303."""
    system = ct.System.from_strings(
        {"x": "y", "y": "z", "z": "-alpha*z - beta*y - x + x**2"},
        parameters={"alpha": 1.2, "beta": 1.0},
        name="Lur'e",
    )
    return ct.equilibria(system, start=(0.0, 0.0, 0.0), free="alpha", within=(0.5, 1.5))


def harvest() -> ct.Branch:
    """Equilibria of predators and prey under constant harvest, beside a Bogdanov-Takens point."""
    system = ct.System.from_strings(
        {"x": "r*x*(1-x/k) - x*y/(e+x)", "y": "y*(-d+x/(e+x)) - h"},
        parameters={"r": 1, "k": 2, "e": 1, "d": 0.18, "h": 0.3},
        name="harvest",
    )
    return ct.equilibria(system, start=(1.0, 0.97), free="d", within=(0.1, 0.3))


def bautin() -> ct.Branch:
    """Equilibria of the normal form of a generalised Hopf point at (mu, nu) = (0, 0)."""
    square = "(x**2 + y**2)"
    system = ct.System.from_strings(
        {
            "x": f"mu*x - y + x*(nu*{square} - {square}**2)",
            "y": f"x + mu*y + y*(nu*{square} - {square}**2)",
        },
        parameters={"mu": -0.1, "nu": 1.0},
        name="Bautin",
    )
    return ct.equilibria(system, start=(0.0, 0.0), free="mu", within=(-0.5, 0.5))


def every_operation() -> ct.Branch:
    """A Hopf point near a = 0 of a plane system in which every operation of a tape occurs."""
    wild = (
        "tanh(x) + sinh(x) + asinh(x) + atan(y) + atan2(y, 2+x) + asin(x/9) + acos(x/9) + tan(x/5)"
        "+ atanh(x/9) + acosh(3+x) + (2+x)**0.3 + sqrt(4+x) + log(3+x) + exp(-x) + cosh(y) + cos(y)"
        "+ sin(x) - 1/3 + 1e-7*x + pi*E*abs(x+0.2)"
    )
    tame = "sigmoid(3*x) + max(x, y) + heaviside(x+1)"
    system = ct.System.from_strings(
        {
            "x": f"a*x - y - x*(x**2+y**2) + 0.001*x*({wild})",
            "y": f"x + a*y - y*(x**2+y**2) + 0.001*y*({tame})",
        },
        parameters={"a": -0.5},
        name="every operation",
    )
    return ct.equilibria(system, start=(0.0, 0.0), free="a", within=(-0.6, 0.5))


def spiral() -> ct.Branch:
    """Family (8) at rest: a Hopf point where beta cos(alpha) = 2."""
    system = sg.families.eq8().compile(beta=3, s=0)
    return ct.equilibria(system, start=(0.0, 0.0), free="alpha", within=(0.1, 1.2))


def loop() -> ct.Branch:
    """Family (8) away from rest: a closed branch with folds at alpha = +-0.1478."""
    system = sg.families.eq8().compile(beta=3, s=0)
    start = (0.75, 0.75)
    return ct.equilibria(system, start=start, free="alpha", within=(-0.5, 0.5), alpha=0.0)


def slow_ring() -> ct.Branch:
    """Family (9) in gamma: a Hopf point and a fold."""
    system = sg.families.eq9().compile()
    return ct.equilibria(system, start=(0.0, 0.0), free="gamma", within=(-0.5, 0.5))

"""Results to look at: the Hopf normal form with its exact equilibria and exact cycles.

In polar coordinates r' = r (mu - r^2), phi' = 1: the origin is an equilibrium with eigenvalues
mu +- i, and for mu > 0 there is a cycle r = sqrt(mu) with period 2 pi and multiplier
exp(-4 pi mu).
"""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
from continuation.branch import Branch, Diagram
from continuation.errors import StopReason
from continuation.orbit import Orbit
from continuation.special import SpecialPoint


@pytest.fixture(scope="session")
def hopf():
    return ct.System.from_strings(
        {"x": "mu*x - y - x*(x**2 + y**2)", "y": "x + mu*y - y*(x**2 + y**2)"},
        parameters={"mu": -0.5, "rest": 1.0},
        name="Hopf normal form",
    )


@pytest.fixture(scope="session")
def rest(hopf):
    return ct.equilibria(hopf, start=(0.0, 0.0), free="mu", within=(-1.0, 1.0))


@pytest.fixture(scope="session")
def circles(hopf):
    """The exact family of cycles, with two points of it asked for: mu = 0.25, and the last one."""
    mu = np.array([0.0, 0.1, 0.2, 0.5, 1.0])
    t = np.linspace(0.0, 2.0 * np.pi, 41)

    def circle(value):
        x = np.sqrt(value) * np.array([np.cos(t), np.sin(t)])
        return Orbit(t, x, hopf, {"mu": value, "rest": 1.0}, degree=4)

    def asked_for(value, label):
        orbit = circle(value)
        multipliers = np.array([1.0, np.exp(-4.0 * np.pi * value)], dtype=complex)
        return SpecialPoint(
            kind="UZ",
            label=label,
            system=hopf,
            free=("mu",),
            parameters=orbit.parameters,
            state=orbit.x[:, 0],
            residual=1e-15,
            period=2.0 * np.pi,
            orbit=orbit,
            multipliers=multipliers,
            phase_response=np.array([-np.sin(t), np.cos(t)]) / np.sqrt(value),
            vectors={"q": np.array([1.0, -1.0j])},
        )

    radius = np.sqrt(mu)
    return Branch(
        kind="cycles",
        system=hopf,
        free=("mu",),
        within={"mu": (-1.0, 1.0)},
        parameters={"mu": mu, "rest": np.ones(5)},
        states=np.array([radius, np.zeros(5)]),
        stable=mu > 0.0,
        stop=(StopReason.BOUND, StopReason.AT_HOPF),
        special=(asked_for(0.25, "UZ1"), asked_for(1.0, "UZ2")),
        positions=(2, 4),
        periods=np.full(5, 2.0 * np.pi),
        multipliers=np.array([np.ones(5), np.exp(-4.0 * np.pi * mu)], dtype=complex),
        measures={"x_min": -radius, "x_max": radius, "y_min": -radius, "y_max": radius},
        orbits=tuple(circle(value) for value in map(float, mu)),
        provenance="exact",
    )


@pytest.fixture(scope="session")
def picture(rest, circles):
    return Diagram((rest, circles), names=("rest", "circles"), connections=(circles.special[0],))

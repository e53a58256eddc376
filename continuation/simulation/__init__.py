"""Forward in time: orbits, the attractor that a start reaches, Lyapunov exponents."""

from __future__ import annotations

from continuation.simulation.attractors import settle
from continuation.simulation.exponents import LyapunovSpectrum, lyapunov
from continuation.simulation.orbits import simulate

__all__ = ["LyapunovSpectrum", "lyapunov", "settle", "simulate"]

"""Symbolic and numeric continuation of equilibria, cycles and connecting orbits.

The public names are imported when first used, so that ``import continuation`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from continuation.backends import CrossCheck, crosscheck
    from continuation.branch import Branch, Diagram
    from continuation.certification.counting import CertifiedPoints, certified_points
    from continuation.certification.cycles import CertifiedCycle, certified_cycle
    from continuation.certification.homoclinic import (
        CertifiedHomoclinic,
        certified_homoclinic,
    )
    from continuation.certification.points import Certificate, NotCertified, certify
    from continuation.connections import (
        heteroclinic,
        heteroclinic_curve,
        homoclinic,
        homoclinic_curve,
    )
    from continuation.diagrams import diagram
    from continuation.errors import ContinuationError, NoConvergence, StopReason
    from continuation.extending import extend
    from continuation.kinds import describe
    from continuation.loading import load
    from continuation.loci import (
        branch_point_curve,
        cycle_fold_curve,
        event_curve,
        fixed_period_curve,
        fold_curve,
        hopf_curve,
        period_doubling_curve,
        torus_curve,
    )
    from continuation.orbit import Orbit
    from continuation.plotting import plot, portrait, time_course
    from continuation.settings import Settings
    from continuation.shooting import shoot
    from continuation.simulation import lyapunov, settle, simulate
    from continuation.special import SpecialPoint
    from continuation.store import save
    from continuation.sweeping import sweep
    from continuation.sweeps import Sweep
    from continuation.system import System
    from continuation.verbs import cycles, equilibria, switch

_HOME = {
    "Branch": "branch",
    "Certificate": "certification.points",
    "CertifiedCycle": "certification.cycles",
    "CertifiedHomoclinic": "certification.homoclinic",
    "CertifiedPoints": "certification.counting",
    "ContinuationError": "errors",
    "CrossCheck": "backends",
    "Diagram": "branch",
    "NoConvergence": "errors",
    "NotCertified": "certification.points",
    "Orbit": "orbit",
    "Settings": "settings",
    "SpecialPoint": "special",
    "StopReason": "errors",
    "Sweep": "sweeps",
    "System": "system",
    "branch_point_curve": "loci",
    "cycle_fold_curve": "loci",
    "certified_cycle": "certification.cycles",
    "certified_homoclinic": "certification.homoclinic",
    "certified_points": "certification.counting",
    "certify": "certification.points",
    "crosscheck": "backends",
    "cycles": "verbs",
    "describe": "kinds",
    "diagram": "diagrams",
    "equilibria": "verbs",
    "event_curve": "loci",
    "extend": "extending",
    "fixed_period_curve": "loci",
    "fold_curve": "loci",
    "heteroclinic": "connections",
    "heteroclinic_curve": "connections",
    "homoclinic": "connections",
    "homoclinic_curve": "connections",
    "hopf_curve": "loci",
    "load": "loading",
    "lyapunov": "simulation",
    "period_doubling_curve": "loci",
    "plot": "plotting",
    "portrait": "plotting",
    "save": "store",
    "settle": "simulation",
    "shoot": "shooting",
    "simulate": "simulation",
    "sweep": "sweeping",
    "switch": "verbs",
    "time_course": "plotting",
    "torus_curve": "loci",
}

__all__ = [
    "Branch",
    "Certificate",
    "CertifiedCycle",
    "CertifiedHomoclinic",
    "CertifiedPoints",
    "ContinuationError",
    "CrossCheck",
    "Diagram",
    "NoConvergence",
    "NotCertified",
    "Orbit",
    "Settings",
    "SpecialPoint",
    "StopReason",
    "Sweep",
    "System",
    "branch_point_curve",
    "certified_cycle",
    "certified_homoclinic",
    "certified_points",
    "certify",
    "crosscheck",
    "cycle_fold_curve",
    "cycles",
    "describe",
    "diagram",
    "equilibria",
    "event_curve",
    "extend",
    "fixed_period_curve",
    "fold_curve",
    "heteroclinic",
    "heteroclinic_curve",
    "homoclinic",
    "homoclinic_curve",
    "hopf_curve",
    "load",
    "lyapunov",
    "period_doubling_curve",
    "plot",
    "portrait",
    "save",
    "settle",
    "shoot",
    "simulate",
    "sweep",
    "switch",
    "time_course",
    "torus_curve",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'continuation' has no attribute {name!r}")
    value = getattr(import_module(f"continuation.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__

"""Gated recurrent units as dynamical systems: equations, conditions in closed form, families.

A `GRU` knows its equations, its Jacobian and its weights as SymPy expressions;
`fold_conditions` and `hopf_conditions` say where its equilibria bifurcate; `all_equilibria` finds
every equilibrium, with proof; `from_torch` and its kin read trained networks, and `compare` tells
where the trained map differs from its flow; `GRU.compile` hands the network to the engine in
`continuation`, which follows branches and finds bifurcations numerically.

What needs compiled code is imported when first used: formulas should not wait for a compiler.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from symgru import families
from symgru.conditions import FoldConditions, HopfConditions, fold_conditions, hopf_conditions
from symgru.gates import sigma
from symgru.gru import GRU
from symgru.paths import along_input, between, with_gain
from symgru.stack import Stack
from symgru.weights import (
    from_equinox,
    from_flax,
    from_haiku,
    from_keras,
    from_numpy,
    from_torch,
)

if TYPE_CHECKING:
    from symgru import claims
    from symgru.comparison import Comparison, Contrast, compare
    from symgru.equilibria import Equilibria, Equilibrium, SearchTooLarge, all_equilibria
    from symgru.resting import FixedPoints, fixed_points

_HOME = {
    "Comparison": "comparison",
    "Contrast": "comparison",
    "Equilibria": "equilibria",
    "Equilibrium": "equilibria",
    "FixedPoints": "resting",
    "SearchTooLarge": "equilibria",
    "all_equilibria": "equilibria",
    "compare": "comparison",
    "fixed_points": "resting",
}

__all__ = [
    "GRU",
    "Comparison",
    "Contrast",
    "Equilibria",
    "Equilibrium",
    "FixedPoints",
    "FoldConditions",
    "HopfConditions",
    "SearchTooLarge",
    "Stack",
    "all_equilibria",
    "along_input",
    "between",
    "claims",
    "compare",
    "families",
    "fixed_points",
    "fold_conditions",
    "from_equinox",
    "from_flax",
    "from_haiku",
    "from_keras",
    "from_numpy",
    "from_torch",
    "hopf_conditions",
    "sigma",
    "with_gain",
]


def __getattr__(name: str) -> object:
    if name == "claims":
        return import_module("symgru.claims")
    if name not in _HOME:
        raise AttributeError(f"module 'symgru' has no attribute {name!r}")
    return getattr(import_module(f"symgru.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__

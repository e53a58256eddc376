"""Gated recurrent units as dynamical systems: equations, conditions in closed form, families.

A `GRU` knows its equations, its Jacobian and its weights as SymPy expressions;
`fold_conditions` and `hopf_conditions` say where its equilibria bifurcate; `GRU.compile` hands it
to the engine in `continuation`, which follows branches and finds bifurcations numerically.
"""

from __future__ import annotations

from symgru import families
from symgru.conditions import FoldConditions, HopfConditions, fold_conditions, hopf_conditions
from symgru.gates import sigma
from symgru.gru import GRU

__all__ = [
    "GRU",
    "FoldConditions",
    "HopfConditions",
    "families",
    "fold_conditions",
    "hopf_conditions",
    "sigma",
]

r"""What may happen to a cycle of a map in one parameter: LP, BP, PD and NS, as events of a curve.

Test functions along the branch, with t its unit tangent and mu_i the multipliers:

LP
    the component of t along the parameter; at a branch point it yields to BP.
BP
    the determinant of DH bordered by t.
PD
    the smallest mu_i + 1, with the sign of the product of all.
NS
    the smallest mu_i mu_j - 1, i < j, with the sign of the product of all. It vanishes at a neutral
    saddle as well, where the two are real; there it is not accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from continuation import map_points
from continuation.curve import NOISE, Event, Point
from continuation.defining import Equations
from continuation.linalg.spectra import flip_test, is_complex_pair, reciprocal_pair, torus_test
from continuation.map_points import special_cycle
from continuation.normalforms import maps as forms
from continuation.normalforms.branching import branch_tangents
from continuation.points import branch_point
from continuation.special import SpecialPoint


def always(point: Point) -> bool:
    """Accept a located zero without more ado."""
    return True


def unsigned(point: Point) -> float:
    """1: a cycle that does not come with another one shifted by half its period."""
    return 1.0


def cycle_events(
    equations: Equations,
    sign: Callable[[Point], float] = unsigned,
    resolved: Callable[[Point], bool] = always,
) -> tuple[Event, ...]:
    """LP, BP, PD and, from two states on, NS.

    Parameters
    ----------
    equations : Equations
        Of the cycles.
    sign : callable
        Factor of the test functions of LP and BP: -1 behind a point at which the cycle has shrunk
        onto one of half its period and goes on as the same cycle begun half a period later.
    resolved : callable
        Whether LP and BP can be told from such a point, which has the multiplier 1 too.
    """
    folds = Event(
        "LP",
        lambda point: sign(point) * point.advance,
        resolved,
        partial(_polish_fold, equations),
        crossing=1,
        yields_to="BP",
        noise=NOISE,
    )
    branching = Event(
        "BP",
        lambda point: sign(point) * point.determinant,
        resolved,
        partial(_polish_branch_point, equations),
        crossing=1,
    )
    flips = Event(
        "PD",
        lambda point: flip_test(point.spectrum),
        always,
        partial(_polish_flip, equations),
        crossing=1,
    )
    if equations.system.dimension == 1:
        return folds, branching, flips
    tori = Event(
        "NS",
        lambda point: torus_test(point.spectrum),
        lambda point: is_complex_pair(*reciprocal_pair(point.spectrum)),
        partial(_polish_neimark_sacker, equations),
        crossing=2,
        noise=NOISE,
    )
    return folds, branching, flips, tori


def _polish_fold(equations: Equations, point: Point) -> SpecialPoint:
    found = map_points.fold(equations, point.z)
    return special_cycle("LP", equations, found, forms.fold_normal_form(equations, found))


def _polish_branch_point(equations: Equations, point: Point) -> SpecialPoint:
    found = branch_point(equations, point.z)
    normal_form, tangents = branch_tangents(equations, found)
    return special_cycle(
        "BP", equations, found, normal_form, tangents=tangents, through=point.tangent
    )


def _polish_flip(equations: Equations, point: Point) -> SpecialPoint:
    found = map_points.flip(equations, point.z)
    return special_cycle("PD", equations, found, forms.flip_normal_form(equations, found))


def _polish_neimark_sacker(equations: Equations, point: Point) -> SpecialPoint:
    theta = abs(float(np.angle(reciprocal_pair(point.spectrum)[0])))
    found = map_points.neimark_sacker(equations, point.z, theta)
    form = forms.neimark_sacker_normal_form(equations, found)
    return special_cycle("NS", equations, found, form)

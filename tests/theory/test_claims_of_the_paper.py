"""Verdicts follow from the evidence: other numbers in the same check give another verdict."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest

import symgru as sg
from symgru.claims import (
    LEDGER,
    attractors,
    bifurcation_points,
    counts,
    foundations,
    homoclinic,
    more_units,
    one_unit,
    oscillations,
    rotation,
    training,
)

VERDICTS = {
    "confirmed": {1, 2, 7, 8, 11, 14, 16, 18, 19, 22, 24, 26, 27},
    "refined": {5, 15, 20, 23, 28},
    "refuted": {3, 4, 10, 12, 13, 17},
    "not reproduced": {21},
    "open": {6, 9, 25, 29, 30, 31, 32, 33, 34},
}
"""What the checks find on the numbers of the paper; one that changes is to be looked into."""

DECOUPLED = (8.0, 0.0, 0.0, 8.0, *[0.0] * 8)
LINE = sg.GRU(2).with_weights(U_h=1.999 * np.full((2, 2), 0.5), rest=0)
RESTING = (3.0, 0.0, 0.0, 0.0)
FLAT = homoclinic.Nullcline("U", (1.0, 4.0), 0.0, ((0.0, 0.0), (0.0, 0.0)))

PERTURBED = [
    (1, "refuted", foundations.trapping, {"side": 0.5}),
    (2, "refuted", foundations.euler_step, {"step": "1/2"}),
    (3, "confirmed", foundations.map_against_flow, {"alpha": 1.4, "unit": RESTING}),
    (4, "confirmed", foundations.update_gate, {"bias": 1.0}),
    (5, "refuted", foundations.slow_gate, {"bias": 1.0}),
    (6, "refuted", one_unit.structures, {"most": 2}),
    (7, "refuted", one_unit.saddle_node, {"distance": 0.1}),
    (8, "refuted", counts.figure_2a, {"gain": 1.5}),
    (9, "refuted", counts.without_reset, {"most": 5}),
    (10, "confirmed", counts.at_most_eleven, {"weights": DECOUPLED}),
    (11, "refuted", counts.index_sum, {"total": 0}),
    (12, "confirmed", bifurcation_points.codimension_two, {"gamma": (0.05, 0.06)}),
    (13, "confirmed", bifurcation_points.double_fold, {"offset": "1/1000000"}),
    (14, "refuted", bifurcation_points.two_kinds, {"distance": -1e-6}),
    (15, "confirmed", oscillations.hopf_angle, {"divisor": 3.7}),
    (15, "refuted", oscillations.hopf_angle, {"beta": 2.2}),
    (16, "refuted", oscillations.hopf_kind, {"networks": (oscillations.hidden_network(),)}),
    (17, "confirmed", oscillations.hidden_attractors, {"value": 0.3}),
    (18, "refuted", rotation.period_law, {"distances": (0.3,)}),
    (19, "refuted", rotation.four_folds, {"side": -1e-9}),
    (20, "confirmed", rotation.region, {"betas": (2.0, 3.0)}),
    (21, "confirmed", rotation.reset_bias, {"biases": (2.0, 1.0, 0.0)}),
    (22, "refuted", homoclinic.regimes, {"escaped": 0.0541}),
    (23, "confirmed", homoclinic.homoclinic_value, {"printed": 0.054175}),
    (23, "refuted", homoclinic.homoclinic_value, {"printed": 0.06}),
    (24, "not reproduced", homoclinic.shapes, {"nullclines": (FLAT,)}),
    (24, "not reproduced", homoclinic.shapes, {"U_r": ((2.0, 1.0), (1.0, -2.0))}),
    (25, "confirmed", attractors.continuous_attractors, {"reset": False}),
    (26, "refuted", attractors.pseudo_line, {"gain": 4.0}),
    (28, "confirmed", more_units.decoupled_blocks, {"gates": "blocks"}),
    (
        29,
        "confirmed",
        training.cycle_learned,
        {"network": sg.families.eq8().with_defaults(alpha=0.6)},
    ),
    (29, "refuted", training.cycle_learned, {"network": sg.families.eq8()}),
    (30, "confirmed", training.line_learned, {"network": LINE}),
    (31, "confirmed", training.ring_loss, {"losses": {2: 0.09, 4: 1e-3, 8: 1e-4}}),
    (31, "refuted", training.ring_loss, {"losses": {2: 0.09, 4: 0.1}}),
    (32, "confirmed", training.oscillator_loss, {"losses": {2: 1e-3, 16: 5e-4}}),
    (32, "refuted", training.oscillator_loss, {"losses": {2: 1e-3, 16: 5e-5}}),
    (33, "confirmed", training.catalogue, {"kinds": 40}),
    (33, "not reproduced", training.catalogue, {"kinds": 4}),
]


@functools.cache
def checked(number):
    """The row of one claim; each is checked once."""
    (row,) = sg.claims.check(only=number)
    return row


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(c.number, marks=[pytest.mark.slow] if c.slow else [], id=str(c.number))
        for c in LEDGER
    ],
)
def test_verdict_on_the_numbers_of_the_paper(number):
    row = checked(number)
    assert number in VERDICTS[row.verdict]
    assert row.evidence and row.method and row.limits.endswith(".")


@pytest.mark.parametrize(
    ("number", "verdict", "check", "data"),
    PERTURBED,
    ids=[f"{number}-{verdict}" for number, verdict, *_ in PERTURBED],
)
def test_verdict_changes_with_the_data(number, verdict, check, data):
    (claim,) = (claim for claim in LEDGER if claim.number == number)
    assert claim.check is check
    assert number not in VERDICTS[verdict]
    assert check(**data).verdict == verdict


@pytest.mark.slow
def test_a_network_of_three_units_with_a_stable_cycle_is_not_called_chaotic():
    assert more_units.three_units(w21=1.7).verdict == "not reproduced"


def test_thirteen_equilibria_are_proved_and_their_indices_add_up_to_one():
    found = sg.all_equilibria(counts.network(counts.RICH))
    assert (found.count, found.complete, found.certified) == (13, True, True)
    assert found.kinds == {"sink": 6, "saddle": 6, "source": 1, "undecided": 0}


def test_double_fold_needs_equal_biases_of_its_closed_form():
    h = 1 / math.sqrt(3)
    bias = math.atanh(h) - 1.5 * h
    evidence = bifurcation_points.double_fold().parts[0].statement
    assert f"{bias:.10f}" in evidence

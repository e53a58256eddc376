"""The traced families against independent computations, and against their own symmetry.

The reference values were computed by shooting with DOP853 at 1e-13 and by AUTO-07p, and polished by
Newton's method in 40 digits.
"""

from __future__ import annotations

import numpy as np
import pytest

from symgru.tracing import STUDIES, cycles_at, prepare, time_courses, trace

HOMOCLINIC = {
    0.335: 0.068444894105596,
    0.325: 0.058707722328,
    0.31: 0.045250280003238,
    0.3: 0.036102861241454,
}
"""Homoclinic value of gamma at some b1 of family (9), to 1e-10."""


def traced(name, values=None):
    *_, found = trace(prepare(STUDIES[name], values))
    return found


@pytest.fixture(scope="module")
def family9():
    return traced("eq9")


@pytest.fixture(scope="module")
def family8():
    return traced("eq8")


def values(branches, kind, name):
    return sorted(sp.parameters[name] for b in branches for sp in b.special if sp.kind == kind)


def test_family_9_has_three_folds_and_one_hopf_point(family9):
    folds = [0.026720016045309485, 0.09550068432714272, 0.41088359023425924]
    assert values(family9.branches, "LP", "gamma") == pytest.approx(folds, rel=0, abs=1e-12)
    assert values(family9.branches, "H", "gamma") == pytest.approx([0.05300939421975435], abs=1e-12)


def test_family_9_ends_its_cycles_in_a_homoclinic_orbit_beyond_the_printed_value(family9):
    [orbit] = family9.connections
    assert orbit.parameters["gamma"] == pytest.approx(0.054174676916215, rel=0, abs=1e-10)
    assert orbit.kind == "HHS"
    [cycle] = cycles_at(family9, family9.study.printed_homoclinic)
    assert cycle.period == pytest.approx(99.8835807255, abs=1e-8)


def test_family_9_has_no_fold_of_cycles(family9):
    assert values(family9.cycles, "LPC", "gamma") == []
    assert len(family9.cycles) == 1 and family9.remarks == ()


def test_each_section_of_family_9_has_a_time_course(family9):
    courses = time_courses(family9)
    assert len(family9.sections) == len(courses) == 5
    assert all(np.isfinite(course.x).all() and (np.diff(course.t) > 0).all() for course in courses)


def test_family_8_has_its_hopf_point_at_the_closed_form(family8):
    [hopf] = values(family8.branches, "H", "alpha")
    assert hopf == pytest.approx(np.arccos(2 / 3), rel=0, abs=1e-12)


def test_family_8_has_four_folds_at_once_by_symmetry(family8):
    folds = values(family8.branches, "LP", "alpha")
    assert folds == pytest.approx([0.1478220706790665] * 4, rel=0, abs=1e-12)


def test_family_8_ends_its_cycles_on_the_four_folds(family8):
    assert family8.connections == ()
    [remark] = family8.remarks
    assert "saddle-nodes on an invariant circle" in remark


@pytest.mark.slow
@pytest.mark.parametrize("b1", HOMOCLINIC)
def test_homoclinic_value_of_family_9_at_another_bias(b1):
    found = traced("eq9", {"b1": b1, "gamma": 0.05})
    gammas = [point.parameters["gamma"] for point in found.connections]
    assert gammas == pytest.approx([HOMOCLINIC[b1]], rel=0, abs=1e-9)

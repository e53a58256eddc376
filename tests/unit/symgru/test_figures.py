"""The pictures of a traced family: what is on them, and that they are the same each time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from symgru import figures
from symgru.tracing import STUDIES, prepare, trace


@pytest.fixture(scope="module")
def found():
    *_, last = trace(prepare(STUDIES["eq9"]).over((0.04, 0.06)))
    return last


def test_diagram_shows_the_window_the_cycles_and_their_period(found):
    whole, near, periods = figures.diagram(found).axes
    assert whole.get_xlim() == (0.04, 0.06)
    lo, hi = near.get_xlim()
    assert 0.052 < lo < 0.05300939 and 0.054174676 < hi < 0.056
    assert periods.get_ylabel() == "period"


def test_diagram_marks_the_printed_beside_the_computed_homoclinic_value(found):
    labels = [text.get_text() for text in figures.diagram(found).legends[0].get_texts()]
    assert {"printed in the paper", "homoclinic orbit"} <= set(labels)
    assert len(labels) == len(set(labels))


def test_diagram_without_cycles_is_one_panel(found):
    rest = [branch for branch in found.branches if branch.periods is None]
    figure = figures.diagram(replace(found, branches=tuple(rest), connections=()))
    assert len(figure.axes) == 1


def test_portraits_show_every_section_and_the_whole_plane(found):
    figure = figures.portraits(found)
    shown = [ax for ax in figure.axes if ax.get_visible()]
    sections = len(found.sections)
    assert len(shown) == 2 * sections + 1
    assert shown[0].get_title() != ""


def test_the_same_findings_give_the_same_bytes(found, tmp_path):
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        folder.mkdir()
    first, second = (figures.write(replace(found), folder) for folder in folders)
    assert [path.name for path in first] == [
        "diagram.png",
        "diagram.svg",
        "portraits.png",
        "portraits.svg",
    ]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]

"""The table in the README is what ``make bench`` writes."""

from __future__ import annotations

import pytest

from tests.benchmarks import bench


def test_the_committed_table_has_the_form_that_the_command_writes():
    block = bench.README.read_text(encoding="utf-8").partition(bench.BEGIN)[2]
    lines = block.partition(bench.END)[0].strip().splitlines()
    assert lines[0] == bench.HEAD
    rows = [line for line in lines[2:] if line.startswith("|")]
    assert len(rows) >= 6
    assert len(bench.committed()) == len(rows)
    for row in rows:
        _, ours, theirs, ratio, goal, *errors = (part.strip() for part in row.split("|")[1:-1])
        # Three digits each: the ratio of what is printed is the printed ratio to two of them.
        assert float(ours) / float(theirs) == pytest.approx(float(ratio), rel=0.02, abs=0.005)
        assert float(goal) > 0.0
        assert all(float(error) < 1e-6 for error in errors)


def test_a_ratio_twice_as_bad_is_named():
    name, ratio = next(iter(bench.committed().items()))
    title, _, unit = name.rpartition(", a ")
    side = bench.Run(title, 1.0, 0.0, unit, None, None)
    assert bench.worse([side], [(1.9 * ratio, 1.0)]) == []
    (found,) = bench.worse([side], [(2.1 * ratio, 1.0)])
    assert found.startswith(f"{title}: ratio {2.1 * ratio:.2f}, committed {ratio:.2f}")


def test_without_autos_compiler_it_is_said(monkeypatch):
    monkeypatch.setattr(bench.auto.shutil, "which", lambda program: None)
    assert bench.auto.missing() == "gfortran"

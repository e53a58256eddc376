"""The command line: what it writes, what it refuses, and what an interruption leaves."""

from __future__ import annotations

import csv
import sys
from contextlib import contextmanager

import numpy as np
import pytest

import continuation as ct
from symgru import cli

REFUSALS = {
    "an unknown family": ["trace", "eq7"],
    "no family": ["trace"],
    "an unknown command": ["follow", "eq9"],
    "an unknown option": ["trace", "eq9", "--speed", "3"],
    "an unknown parameter": ["trace", "eq9", "--set", "b2=0.3"],
    "an unknown parameter's window": ["trace", "eq9", "--within", "b2=0:1"],
    "the window of a fixed parameter": ["trace", "eq9", "--within", "b1=0:1"],
    "a word for a number": ["trace", "eq9", "--set", "b1=much"],
    "a value without a name": ["trace", "eq9", "--set", "0.32"],
    "a value that is not finite": ["trace", "eq9", "--set", "b1=nan"],
    "a window with one end": ["trace", "eq9", "--within", "gamma=0.6"],
    "a window with a word": ["trace", "eq9", "--within", "gamma=low:0.6"],
    "an infinite window": ["trace", "eq9", "--within", "gamma=-inf:inf"],
    "an empty window": ["trace", "eq9", "--within", "gamma=0.6:-0.6"],
    "a window that excludes the start": ["trace", "eq9", "--within", "gamma=0.2:0.6"],
}


def run(capsys, *arguments):
    """Exit code, output and errors of one command."""
    with pytest.raises(SystemExit) as end:
        cli.main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return end.value.code or 0, printed.out, printed.err


def rows(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def assert_one_sentence(code, out, err):
    assert code == 2
    assert out == ""
    assert err.startswith("symgru: ") and err.endswith((".\n", "?\n"))
    assert err.count("\n") == 1
    assert "Traceback" not in err and "Usage" not in err


@pytest.mark.parametrize("arguments", REFUSALS.values(), ids=REFUSALS.keys())
def test_bad_input_gets_one_sentence_and_exit_code_2(arguments, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert_one_sentence(*run(capsys, *arguments))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_computed(capsys, tmp_path):
    (tmp_path / "file").write_text("in the way")
    code, out, err = run(capsys, "trace", "eq9", "--out", tmp_path / "file" / "below")
    assert_one_sentence(code, out, err)
    assert "--out" in err


@pytest.fixture(scope="module")
def traced(tmp_path_factory):
    """A small trace: the Hopf point of family (9), without pictures."""
    folder = tmp_path_factory.mktemp("traced")
    arguments = ["trace", "eq9", "--within", "gamma=0.04:0.06", "--data-only", "--out", str(folder)]
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    assert not end.value.code
    return folder


def test_the_table_and_the_diagram_hold_the_same_points_to_the_last_digit(traced):
    diagram = ct.load(traced / "diagram.ct")
    table = rows(traced / "special_points.csv")
    assert [row["kind"] for row in table] == [sp.kind for sp in diagram.special]
    assert [float(row["gamma"]) for row in table] == [
        sp.parameters["gamma"] for sp in diagram.special
    ]
    assert {"H", "HHS"} <= {row["kind"] for row in table}


def test_time_courses_cover_every_section(traced):
    table = rows(traced / "time_courses.csv")
    assert {float(row["gamma"]) for row in table} > {0.051, 0.0535, 0.054085, 0.0542}
    assert np.isfinite([[float(row[k]) for k in ("t", "x", "y")] for row in table]).all()


def test_data_only_writes_no_pictures(traced):
    names = {path.name for path in traced.iterdir()}
    assert names == {"diagram.ct", "special_points.csv", "time_courses.csv"}


def test_the_printed_table_has_all_digits_and_says_where_it_was_written(capsys, tmp_path):
    window = "alpha=0.8:1.2"
    code, out, err = run(
        capsys, "trace", "eq8", "--within", window, "--data-only", "--out", tmp_path
    )
    assert (code, err) == (0, "")
    [hopf] = [row for row in rows(tmp_path / "special_points.csv") if row["kind"] == "H"]
    assert hopf["alpha"] in out and len(hopf["alpha"]) > 12
    assert str(tmp_path) in out and "diagram.ct" in out


def test_quiet_prints_nothing(capsys, tmp_path):
    arguments = ["trace", "eq8", "--within", "alpha=0.9:1.2", "--data-only", "--quiet"]
    assert run(capsys, *arguments, "--out", tmp_path) == (0, "", "")


def test_parameters_can_be_set(capsys, tmp_path):
    arguments = ["trace", "eq8", "--set", "beta=2.5", "--within", "alpha=0.5:1.2", "--data-only"]
    run(capsys, *arguments, "--out", tmp_path)
    [hopf] = [row for row in rows(tmp_path / "special_points.csv") if row["kind"] == "H"]
    # sigma(0) beta cos(alpha) = 1 at the origin.
    assert float(hopf["alpha"]) == pytest.approx(np.arccos(2 / 2.5), abs=1e-12)


def test_an_interruption_saves_what_was_found_and_marks_it(capsys, tmp_path, monkeypatch):
    count = 0

    def interrupt(stage, point):
        nonlocal count
        count += 1
        if count == 30:
            raise KeyboardInterrupt

    @contextmanager
    def progress(shown):
        yield interrupt

    monkeypatch.setattr(cli, "_progress", progress)
    code, _, err = run(capsys, "trace", "eq9", "--out", tmp_path)
    assert code == 130
    assert "interrupted" in err and "Traceback" not in err
    diagram = ct.load(tmp_path / "diagram.ct")
    assert ct.StopReason.INTERRUPTED in diagram[-1].stop
    assert 25 < sum(map(len, diagram)) <= 40


def test_an_interruption_while_pictures_are_drawn_says_that_data_are_saved(
    capsys, tmp_path, monkeypatch
):
    class Interrupted:
        def find_spec(self, name, path=None, target=None):
            if name == "symgru.figures":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "symgru.figures", raising=False)
    monkeypatch.delattr("symgru.figures", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupted(), *sys.meta_path])
    code, out, err = run(capsys, "trace", "eq8", "--out", tmp_path)
    assert code == 130
    assert err.startswith("symgru: interrupted; what was found is saved in")
    assert "special_points.csv" in out and (tmp_path / "diagram.ct").is_file()

"""``symgru equilibria FILE``: the table, the data, the picture, and what is refused."""

from __future__ import annotations

import json

import pytest

import symgru as sg
from symgru import cli


def run(capsys, *arguments):
    """Exit code, output and errors of one command."""
    with pytest.raises(SystemExit) as end:
        cli.main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return end.value.code or 0, printed.out, printed.err


def test_a_saved_network_gives_a_table_data_and_a_picture(capsys, tmp_path):
    file = sg.GRU(2).with_weights(U_h=[[8, 0], [0, 8]], rest=0).save(tmp_path / "nine.json")
    code, out, err = run(capsys, "equilibria", file, "--out", tmp_path / "out")
    assert (code, err) == (0, "")
    assert out.splitlines()[0].split() == ["kind", "shape", "h1", "h2", "eigenvalues"]
    assert out.count("sink ") == 4
    assert "exactly 9 equilibria (4 sinks, 4 saddles, 1 source); proved" in out
    assert out.endswith("equilibria.json portrait.png\n")
    assert (tmp_path / "out" / "portrait.png").stat().st_size > 10_000
    written = json.loads((tmp_path / "out" / "equilibria.json").read_text(encoding="utf-8"))
    found = sg.all_equilibria(sg.GRU.load(file))
    assert written["certified"] and written["complete"]
    assert [item["box"] for item in written["equilibria"]] == [x.box.tolist() for x in found]


def test_undecided_boxes_are_in_the_table(capsys, tmp_path):
    file = sg.GRU(1, time="map").with_weights(U_h=[[2]], rest=0).save(tmp_path / "cusp.json")
    code, out, _ = run(capsys, "equilibria", file, "--out", tmp_path)
    assert code == 0
    assert "undecided" in out and " .. " in out and "multipliers" in out
    code, out, _ = run(capsys, "equilibria", file, "--out", tmp_path, "--set", "U_h11=3")
    assert "exactly 3 equilibria (2 sinks, 1 source); proved" in out


@pytest.mark.parametrize(
    "arguments",
    [["absent.json"], ["--set", "b9=1"], ["--limit", "0"], ["--limit", "2"]],
    ids=["no file", "an unknown parameter", "no boxes", "too few boxes"],
)
def test_bad_input_gets_one_sentence_and_exit_code_2(arguments, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sg.GRU(1).with_weights(U_h=[[8]], rest=0).save("net.json")
    if arguments[0].startswith("--"):
        arguments = ["net.json", *arguments]
    code, out, err = run(capsys, "equilibria", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("symgru: ") and err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["net.json"]


def test_a_file_of_another_kind_is_refused(capsys, tmp_path):
    other = tmp_path / "other.json"
    other.write_text("[1, 2]", encoding="utf-8")
    code, _, err = run(capsys, "equilibria", other, "--out", tmp_path / "out")
    assert code == 2 and "does not hold a network" in err

from __future__ import annotations

import json
import os
import stat

import numpy as np
import pytest
import sympy

import symgru as sg
from symgru import archive, entries

networks = pytest.mark.parametrize(
    "gru",
    [
        sg.families.eq8(),
        sg.families.eq9(),
        sg.GRU(2, inputs=1, reset="after", time="map").with_weights(b_h=[0.1, 1 / 3], rest=2),
        sg.GRU(1).without_update_gate(),
    ],
    ids=lambda gru: gru.name,
)


@networks
def test_load_gives_back_what_save_wrote(gru, tmp_path):
    path = gru.save(tmp_path / "network.json")
    assert sg.GRU.load(path) == gru


def test_conditions_of_a_loaded_family_print_as_before(tmp_path):
    family = sg.families.eq9()
    again = sg.GRU.load(family.save(tmp_path / "family.json"))
    assert sg.hopf_conditions(again).equation == sg.hopf_conditions(family).equation


@pytest.mark.parametrize("content", [b"\x80\x04not a network", b"[1, 2]", b"{}", b"", b"[" * 5000])
def test_a_file_that_holds_no_network_is_refused(content, tmp_path):
    path = tmp_path / "broken"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="does not hold a network"):
        sg.GRU.load(path)
    assert path.read_bytes() == content


def edited(tmp_path, **changes):
    path = sg.families.eq8().save(tmp_path / "network.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    return path


def test_a_newer_file_is_refused_with_both_versions(tmp_path):
    with pytest.raises(ValueError, match=r"version 99, but this symgru reads 1"):
        sg.GRU.load(edited(tmp_path, version=99))


@pytest.mark.parametrize(
    "changes",
    [
        {"units": "two"},
        {"weights": {}},
        {"defaults": {"alpha": "nan"}},
        {"positive": [["__import__", "os"]]},
        {"positive": [["Symbol", "a; b"]]},
        {"positive": [["Rational", 1, 0]]},
        {"positive": [["cos"]]},
    ],
)
def test_a_damaged_file_is_refused(changes, tmp_path):
    with pytest.raises(ValueError, match="is damaged"):
        sg.GRU.load(edited(tmp_path, **changes))


def test_an_expression_nested_beyond_reason_is_refused():
    data = ["Rational", 1, 1]
    for _ in range(archive.MAX_DEPTH + 1):
        data = ["cos", data]
    with pytest.raises(ValueError, match="no expression"):
        archive.decode(data)


def test_an_expression_that_cannot_be_saved_says_so_and_leaves_the_old_file(tmp_path):
    x = sympy.Symbol("a")
    path = sg.families.eq8().save(tmp_path / "network.json")
    before = path.read_bytes()
    odd = sg.GRU(1).with_weights(U_h=[[sympy.besselj(0, x)]])
    with pytest.raises(ValueError, match="besselj is not known"):
        odd.save(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["network.json"]


def test_a_folder_that_is_not_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(OSError):
        sg.families.eq8().save(tmp_path / "nowhere" / "network.json")


def test_no_pipe_or_device_is_replaced_by_a_file(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ValueError, match="a device or a pipe, not a file"):
        sg.families.eq8().save(pipe)
    assert pipe.is_fifo()


def test_a_file_has_the_permissions_that_any_new_file_gets(tmp_path):
    (tmp_path / "plain").write_text("")
    path = sg.families.eq8().save(tmp_path / "network.json")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


@pytest.mark.parametrize("value", [1j, np.complex128(1j), np.array([1j, 0.0])[0]])
def test_a_complex_number_is_no_weight(value):
    with pytest.raises(ValueError, match="not a finite number"):
        entries.finite("U_h11", value)

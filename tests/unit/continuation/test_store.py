from __future__ import annotations

import functools
import io
import json
import operator
import os
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

import continuation as ct
from continuation import normalforms, store
from continuation.branch import Diagram
from continuation.special import NormalForm, SpecialPoint
from continuation.system import System


def assert_equal(one, other):
    """Equal to the last bit, whatever it is."""
    assert isinstance(other, dict if isinstance(one, Mapping) else type(one))
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        assert np.array_equal(one, other, equal_nan=True)
    elif isinstance(one, System):
        assert (one.states, dict(one.parameters), one.kind) == (
            other.states,
            dict(other.parameters),
            other.kind,
        )
    elif is_dataclass(one):
        for field in fields(one):
            assert_equal(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, tuple):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            assert_equal(a, b)
    elif isinstance(one, Mapping):
        assert list(one) == list(other)
        for key in one:
            assert_equal(one[key], other[key])
    elif isinstance(one, float) and np.isnan(one):
        assert np.isnan(other)
    else:
        assert one == other


def rewritten(path, **changes):
    """The file with other values in its header, or with other members."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    header = json.loads(members["header.json"])
    header.update({key: value for key, value in changes.items() if key in header})
    members["header.json"] = json.dumps(header).encode()
    members.update({k: v for k, v in changes.items() if isinstance(v, bytes)})
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@pytest.fixture
def saved(rest, tmp_path):
    return rest.save(tmp_path / "rest.ct")


def test_a_branch_comes_back_equal_to_the_last_bit(rest, saved):
    again = ct.load(saved)
    assert_equal(rest, again)
    assert again["H1"].normal_form == rest["H1"].normal_form


def test_a_diagram_comes_back_with_names_orbits_and_connections(picture, tmp_path):
    again = ct.load(picture.save(tmp_path / "picture.ct"))
    assert isinstance(again, Diagram)
    assert_equal(picture, again)
    assert again["circles"].special[0].orbit.degree == 4


def test_the_loaded_system_computes_the_same_bits(rest, saved, hopf):
    again = ct.load(saved).system
    x = np.array([[0.3, -0.2], [1.0, 2.0]])
    assert np.array_equal(again.evaluate(x, again.vector()), hopf.evaluate(x, hopf.vector()))


def test_points_and_branch_share_one_system_after_loading(saved):
    again = ct.load(saved)
    assert again["H1"].system is again.system


def test_the_same_result_gives_the_same_bytes(rest, tmp_path):
    one, other = rest.save(tmp_path / "one"), rest.save(tmp_path / "other")
    assert one.read_bytes() == other.read_bytes()


def test_numbers_that_are_not_finite_come_back(rest, tmp_path):
    point = replace(rest["H1"], residual=np.inf, conditioning=np.nan)
    branch = replace(rest, special=(point,), within={"mu": (-np.inf, np.inf)})
    assert_equal(branch, ct.load(branch.save(tmp_path / "file")))


@pytest.mark.parametrize("name", ["a b", "\u03b3", "header.json", "'\"\\\n", "../x", "__class__"])
def test_names_may_be_any_text(name, rest, tmp_path):
    def renamed(old):
        return {name if key == "mu" else key: value for key, value in old.items()}

    data = rest.system.to_data()
    system = System.from_data(data | {"parameters": renamed(data["parameters"])})
    branch = replace(
        rest,
        system=system,
        free=(name,),
        parameters=renamed(rest.parameters),
        special=(),
        positions=(),
    )
    assert_equal(branch, ct.load(branch.save(tmp_path / "file")))


def test_every_normal_form_can_be_loaded():
    def below(kind):
        return {kind}.union(*map(below, kind.__subclasses__()))

    known = {form for form in vars(normalforms).values() if isinstance(form, type)}
    defined = {f for f in below(NormalForm) if f.__module__.startswith("continuation")}
    assert defined - {NormalForm} <= known


# A system from Python functions


@pytest.fixture
def from_python(tmp_path):
    system = ct.System.from_callables(
        lambda x, p: p["a"] - x**2, states=("x",), parameters={"a": 1.0}, name="python"
    )
    branch = ct.equilibria(system, (1.0,), "a", within=(-1.0, 2.0))
    return branch, branch.save(tmp_path / "python.ct")


def test_a_python_function_is_not_saved_and_its_absence_is_explained(from_python):
    branch, path = from_python
    again = ct.load(path)
    assert np.array_equal(again.states, branch.states)
    with pytest.raises(ct.ContinuationError, match=r"load\(path, system=...\)"):
        again.system.f([1.0])


def test_a_system_can_be_given_in_place_of_the_one_in_the_file(from_python):
    branch, path = from_python
    again = ct.load(path, system=branch.system)
    assert again.system is branch.system
    assert again["LP1"].system is branch.system


def test_what_was_loaded_without_its_function_can_be_saved_again(from_python, tmp_path):
    branch, path = from_python
    again = ct.load(ct.load(path).save(tmp_path / "again.ct"), system=branch.system)
    assert_equal(branch, again)


def test_a_system_with_other_names_is_refused(saved, from_python):
    with pytest.raises(ValueError, match=r"given has states .*x.*in the file .*x.*y"):
        ct.load(saved, system=from_python[0].system)


# Writing


def test_a_file_replaces_what_was_there_and_leaves_nothing_beside_it(rest, tmp_path):
    path = tmp_path / "file.ct"
    path.write_text("old")
    assert rest.save(path) == path
    assert ct.load(path).kind == "equilibria"
    assert os.listdir(tmp_path) == ["file.ct"]


def test_a_failed_write_leaves_the_old_file_untouched(rest, tmp_path, monkeypatch):
    path = tmp_path / "file.ct"
    path.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ValueError, match=r"cannot write .*file\.ct: no space left on device\."):
        rest.save(path)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["file.ct"]


def test_an_interruption_leaves_the_old_file_untouched(rest, tmp_path, monkeypatch):
    path = tmp_path / "file.ct"
    path.write_text("old")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        rest.save(path)
    assert os.listdir(tmp_path) == ["file.ct"]
    assert path.read_text() == "old"


def test_a_file_has_the_permissions_that_any_new_file_gets(rest, tmp_path):
    (tmp_path / "plain").write_text("")
    path = rest.save(tmp_path / "file.ct")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


@pytest.mark.parametrize("target", ["missing/file.ct", "."])
def test_a_path_that_cannot_be_written_is_named(rest, tmp_path, target):
    with pytest.raises(ValueError, match="cannot write") as caught:
        rest.save(tmp_path / target)
    assert "\n" not in str(caught.value)


def test_no_pipe_or_device_is_replaced_by_a_file(rest, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ValueError, match="a device or a pipe, not a file"):
        rest.save(pipe)
    assert pipe.is_fifo()


def test_what_has_no_place_in_a_file_is_refused_before_anything_is_written(rest, tmp_path):
    strange = replace(rest, measures={"x": np.array([object()] * len(rest))})
    with pytest.raises(ValueError, match="type object cannot be saved"):
        strange.save(tmp_path / "file")
    assert not os.listdir(tmp_path)


# Reading what was not written here


def refusal(path):
    """The message with which a file is refused, on one line."""
    before = path.read_bytes()
    with pytest.raises(ValueError) as caught:
        ct.load(path)
    assert path.read_bytes() == before
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("content", [b"", b"not a file of ours", b"PK\x03\x04", b"\x80\x04N."])
def test_a_foreign_file_is_refused(content, tmp_path):
    path = tmp_path / "foreign"
    path.write_bytes(content)
    assert "was not written by save" in refusal(path)


def test_another_zip_archive_is_refused(tmp_path):
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert "was not written by save" in refusal(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"^there is no file .*nowhere\.ct\.$"):
        ct.load(tmp_path / "nowhere.ct")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match="cannot read"):
        ct.load(tmp_path)


@pytest.mark.parametrize(("version", "word"), [(store.VERSION + 1, "newer"), (0, "older")])
def test_another_version_is_named(saved, version, word):
    rewritten(saved, version=version)
    assert word in refusal(saved)


@pytest.mark.parametrize("version", ["1", None, 1.0, [1]])
def test_a_version_that_is_no_number_is_refused(saved, version):
    rewritten(saved, version=version)
    refusal(saved)


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused(saved, keep):
    content = saved.read_bytes()
    saved.write_bytes(content[: int(keep * len(content))])
    refusal(saved)


def test_a_changed_byte_is_noticed_wherever_it_is(saved):
    content = saved.read_bytes()
    rng = np.random.default_rng(0)
    harmless = 0
    for place in rng.integers(len(content), size=300):
        broken = bytearray(content)
        broken[place] ^= 1 << rng.integers(8)
        saved.write_bytes(broken)
        try:
            again = ct.load(saved)
        except ValueError as error:
            assert "\n" not in str(error)
        else:  # dates and attributes in the directory of the archive mean nothing to us
            saved.write_bytes(content)
            assert_equal(again, ct.load(saved))
            harmless += 1
    assert harmless < 30


def test_compressed_members_are_refused_because_they_could_be_of_any_size(saved):
    with zipfile.ZipFile(saved) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert "sizes" in refusal(saved)


def test_an_array_that_claims_an_absurd_size_is_refused(saved):
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        stream, {"descr": "<f8", "fortran_order": False, "shape": (10**15,)}
    )
    rewritten(saved, **{"float64.npy": stream.getvalue()})
    assert "size that it claims" in refusal(saved)


def test_an_array_of_python_objects_is_refused(saved):
    stream = io.BytesIO()
    np.save(stream, np.array([print], dtype=object), allow_pickle=True)
    rewritten(saved, **{"float64.npy": stream.getvalue()})
    assert "broken" in refusal(saved)


BRANCH = {"record": "Branch", "fields": {}}


@pytest.mark.parametrize(
    "result",
    [
        None,
        "text",
        [],
        BRANCH,
        {"record": "System", "fields": {}},
        {"record": "os.system", "fields": {"command": "true"}},
        {"array": ["float64", -1, [2]]},
        {"array": ["float64", 0, [10**12]]},
        {"array": ["float64", 0, [-1]]},
        {"array": ["object", 0, [1]]},
        {"system": 7},
        {"system": -1},
        {"stop": "NOWHERE"},
        {"float": "1e400"},
        {"mapping": 3},
        {"tuple": {"a": 1}},
        {},
        {"a": 1, "b": 2},
    ],
)
def test_a_header_that_makes_no_sense_is_refused(saved, result):
    rewritten(saved, result=result)
    refusal(saved)


@pytest.mark.parametrize("depth", [10**5])
def test_a_header_nested_without_end_is_refused(saved, depth):
    header = '{"format": "continuation results", "version": 1, "result": ' + '{"tuple": [' * depth
    rewritten(saved, **{"header.json": header.encode()})
    refusal(saved)


def edited_branch(path, **changes):
    """The file with other fields in its branch."""
    with zipfile.ZipFile(path) as archive:
        result = json.loads(archive.read("header.json"))["result"]
    result["fields"].update(changes)
    rewritten(path, result=result)


@pytest.mark.parametrize(
    "changes",
    [
        {"states": "text"},
        {"states": {"array": ["float64", 0, [2, 1]]}},
        {"stable": {"array": ["float64", 0, [1]]}},
        {"stop": {"tuple": []}},
        {"special": {"tuple": []}},
        {"special": {"tuple": ["H1"]}},
        {"positions": {"tuple": [10**6]}},
        {"parameters": {"mapping": []}},
        {"system": None},
        {"surprise": 1},
        {"settings": {"record": "Settings", "fields": {}}},
    ],
)
def test_a_branch_that_contradicts_itself_is_refused(saved, changes):
    edited_branch(saved, **changes)
    assert "broken" in refusal(saved)


def test_a_file_with_something_else_in_it_is_refused(rest, tmp_path):
    path = store.save(rest["H1"], tmp_path / "point")
    assert isinstance(store.read(path, records=[type(rest["H1"].normal_form)]), SpecialPoint)
    assert "neither a branch nor a diagram" in refusal(path)


def _places(content, place=()):
    """Every place in a JSON document, outermost first."""
    items = content.items() if isinstance(content, dict) else enumerate(content)
    for key, value in items:
        yield (*place, key)
        if isinstance(value, dict | list):
            yield from _places(value, (*place, key))


@pytest.mark.parametrize("odd", [None, "x", 1.5, [], {"tuple": []}, {"mapping": []}])
def test_a_file_edited_by_hand_is_broken_or_still_a_whole_branch(tmp_path, odd):
    system = ct.System.from_strings({"x": "a - x**2"}, parameters={"a": 1.0})
    path = ct.equilibria(system, [1.0], "a", (-1, 2)).save(tmp_path / "branch.ct")
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    header = json.loads(members["header.json"])
    refused = 0
    for *outer, last in _places(header):
        edited = json.loads(members["header.json"])
        functools.reduce(operator.getitem, outer, edited)[last] = odd
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, json.dumps(edited) if name == "header.json" else content)
        try:
            branch = ct.load(path)
        except ValueError as error:
            assert str(error).count("\n") == 0
            refused += 1
        else:
            assert isinstance(branch, ct.Branch)
            assert len(branch.to_dataframe()) == len(branch) + 1
            assert str(branch.special[0]) and repr(branch)
    assert refused > 100

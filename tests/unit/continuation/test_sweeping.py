from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest

import continuation as ct
from continuation.sweeps import PENDING, SweepStop

GRID = {"a": [1.0, 2.0, 3.0], "b": [10.0, 20.0]}


def product(a, b):
    """The product of two numbers."""
    return {"product": a * b}


def fragile(a, b):
    """The product, except where a is 2."""
    if a == 2.0:
        raise ValueError(f"no product\nfor {a:g}")
    return a * b


def running_sum(a, b, previous):
    """The sum along the last axis, or minus one at its beginning."""
    return -1.0 if previous is None else previous + b


def deadly(a, b, folder):
    """The product; the first worker that comes to a = 2, b = 10 is killed."""
    mark = folder / "killed"
    if (a, b) == (2.0, 10.0) and not mark.exists():
        mark.touch()
        os._exit(1)
    return a * b


def hopeless(a, b):
    """The product, except where a is 2: there the worker dies, every time."""
    if a == 2.0:
        os._exit(1)
    return a * b


def hopeless_chain(a, b, previous):
    """As `running_sum`, except that the worker dies at one cell, every time."""
    if (a, b) == (2.0, 20.0):
        os._exit(1)
    return running_sum(a, b, previous)


def counted(a, b, folder):
    """The product; leaves a file for every call."""
    handle = f"{a:g}-{b:g}-{time.monotonic_ns()}"
    (folder / handle).touch()
    return a * b


def pitchfork(a, mu):
    """Equilibria of a pitchfork, scaled."""
    system = ct.System.from_strings({"x": "m*x - a*x**3"}, parameters={"m": 1.0, "a": a})
    return ct.equilibria(system, start=[0.0], free="m", within=(-1, 1), m=mu)


def special_count(branch):
    """How many special points there are on a branch."""
    return len(branch.special)


@pytest.fixture
def threads():
    with ThreadPoolExecutor(2) as executor:
        yield executor


def test_every_cell_has_the_result_of_its_values(threads):
    found = ct.sweep(product, GRID, threads)
    assert np.array_equal(found["product"], [[10, 20], [20, 40], [30, 60]])
    assert found.stop == "All cells were computed."
    assert found.done.all() and found.failures == ()


def test_the_result_does_not_depend_on_the_number_of_workers(tmp_path):
    files = []
    for workers in (1, 2):
        files.append(tmp_path / f"{workers}.ct")
        ct.sweep(running_sum, GRID, path=files[-1], workers=workers)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_job_continues_from_the_cell_before_along_the_last_axis(threads):
    found = ct.sweep(running_sum, {"a": [1, 2], "b": [5, 6, 7]}, threads)
    assert np.array_equal(found["value"], [[-1, 5, 12], [-1, 5, 12]])


def test_after_a_cell_that_failed_a_line_begins_again(threads):
    def job(b, previous):
        if b == 3:
            raise ValueError("three")
        return b if previous is None else previous + b

    found = ct.sweep(job, {"b": [1, 2, 3, 4, 5]}, threads)
    assert np.array_equal(found["value"], [1, 3, np.nan, 4, 9], equal_nan=True)


def test_a_cell_that_fails_is_recorded_with_its_reason_and_the_rest_goes_on(threads):
    found = ct.sweep(fragile, GRID, threads)
    assert np.array_equal(np.isnan(found["value"]), [[0, 0], [1, 1], [0, 0]])
    assert [failure.cell for failure in found.failures] == [
        {"a": 2.0, "b": 10.0},
        {"a": 2.0, "b": 20.0},
    ]
    assert {failure.reason for failure in found.failures} == {"ValueError: no product for 2"}
    assert found.stop == SweepStop.DONE


def test_what_no_file_can_hold_is_a_failure_of_its_cell(threads):
    found = ct.sweep(lambda a: object() if a == 2 else a, {"a": [1, 2]}, threads)
    assert [failure.reason for failure in found.failures] == [
        "ValueError: a object cannot be saved."
    ]


def test_cells_of_a_killed_worker_are_done_again(tmp_path):
    found = ct.sweep(partial(deadly, folder=tmp_path), GRID, workers=2)
    assert (tmp_path / "killed").exists()
    assert np.array_equal(found["value"], [[10, 20], [20, 40], [30, 60]])
    assert found.failures == ()


def test_a_cell_that_always_kills_its_worker_fails_alone():
    found = ct.sweep(hopeless, GRID, workers=2)
    assert np.array_equal(found["value"][[0, 2]], [[10, 20], [30, 60]])
    assert len(found.failures) == 2
    assert all("its worker was lost 2 times" in failure.reason for failure in found.failures)


def test_in_a_line_too_only_the_cell_that_kills_its_worker_fails():
    found = ct.sweep(hopeless_chain, {"a": [1.0, 2.0], "b": [10.0, 20.0, 30.0]}, workers=2)
    assert [failure.cell for failure in found.failures] == [{"a": 2.0, "b": 20.0}]
    assert np.array_equal(found["value"][0], [-1, 19, 49])


def test_a_sweep_goes_on_from_its_file(tmp_path, threads):
    calls, path = tmp_path / "calls", tmp_path / "map.ct"
    calls.mkdir()
    job = partial(counted, folder=calls)

    def stop(done, cells):
        if done == 3:
            raise KeyboardInterrupt

    with ThreadPoolExecutor(1) as one:
        part = ct.sweep(job, GRID, one, path=path, watch=stop)
    assert part.stop == SweepStop.INTERRUPTED
    assert 3 <= part.done.sum() < 6
    assert part.reasons[-1] == PENDING
    known = {name.rsplit("-", 1)[0] for name in os.listdir(calls)}
    again = ct.sweep(job, GRID, threads, path=path)
    assert again.stop == SweepStop.DONE
    assert np.array_equal(again["value"], [[10, 20], [20, 40], [30, 60]])
    assert len(known) >= 3
    # Cells in the file were not computed again; at most those that were under way are.
    assert len(os.listdir(calls)) <= 6 + len(known) - int(part.done.sum())
    before = len(os.listdir(calls))
    whole = ct.sweep(job, GRID, threads, path=path)
    assert len(os.listdir(calls)) == before
    assert np.array_equal(whole["value"], again["value"])


def test_ctrl_c_keeps_what_is_done_and_ends_the_workers(tmp_path):
    def interrupt(done, cells):
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()

    begun = time.monotonic()
    path = tmp_path / "map.ct"
    found = ct.sweep(slow, {"a": [0.0, 60.0, 61.0]}, path=path, watch=interrupt, workers=1)
    assert time.monotonic() - begun < 30.0
    assert found.stop == SweepStop.INTERRUPTED
    assert found.done.tolist() == [True, False, False]
    assert ct.load(path).stop == SweepStop.INTERRUPTED


def slow(a):
    """Take a seconds."""
    time.sleep(a)
    return a


@pytest.mark.parametrize(
    "other",
    [
        (fragile, GRID),
        (product, {"a": [1.0, 2.0, 3.5], "b": [10.0, 20.0]}),
        (product, {"b": [10.0, 20.0], "a": [1.0, 2.0, 3.0]}),
    ],
    ids=["job", "grid", "axes"],
)
def test_a_file_of_another_sweep_is_refused(tmp_path, threads, other):
    path = tmp_path / "map.ct"
    ct.sweep(product, GRID, threads, path=path)
    with pytest.raises(ValueError, match=r"belongs to another sweep \(product over a, b\)"):
        ct.sweep(*other, threads, path=path)


def test_a_file_of_another_system_is_refused(tmp_path, threads):
    def job(system, b):
        return float(system.f([1.0], {"b": b})[0])

    path, grid = tmp_path / "map.ct", {"b": [1.0, 2.0]}
    for rhs, refused in (("b*x", False), ("b*x", False), ("b*x**2", True)):
        system = ct.System.from_strings({"x": rhs}, parameters={"b": 1.0})
        if refused:
            with pytest.raises(ValueError, match="belongs to another sweep"):
                ct.sweep(partial(job, system), grid, threads, path=path)
        else:
            ct.sweep(partial(job, system), grid, threads, path=path)


def test_a_branch_file_is_refused(tmp_path, threads):
    path = pitchfork(1.0, 0.5).save(tmp_path / "branch.ct")
    with pytest.raises(ValueError, match=r"belongs to another sweep \(none\)"):
        ct.sweep(product, GRID, threads, path=path)


def test_any_verb_is_a_job_and_keep_says_what_is_kept():
    system = ct.System.from_strings(
        {"x": "m + a*x - x**3"}, parameters={"m": -2.0, "a": 1.0}, name="cusp"
    )
    job = partial(ct.equilibria, system, start=[-1.5], free="m", within=(-3, 3))
    found = ct.sweep(job, {"a": [-1.0, 1.0]}, keep=special_count, workers=2)
    assert np.array_equal(found["value"], [0, 2])


def test_results_that_are_branches_come_back_and_are_saved(tmp_path, threads):
    path = tmp_path / "branches.ct"
    found = ct.sweep(pitchfork, {"a": [1.0, 2.0], "mu": [0.5]}, threads, path=path)
    read = ct.load(path)
    for one, other in zip(found.results, read.results, strict=True):
        assert [point.label for point in one.special] == ["BP1"]
        assert np.array_equal(one.states, other.states)


def test_progress_counts_cells_up_to_all(threads):
    seen = []
    ct.sweep(product, GRID, threads, watch=lambda done, cells: seen.append((done, cells)))
    assert seen == [(i, 6) for i in range(1, 7)]


def test_a_pool_of_the_caller_that_breaks_keeps_what_is_done(tmp_path):
    path = tmp_path / "map.ct"
    with ProcessPoolExecutor(1) as executor:
        found = ct.sweep(hopeless, GRID, executor, path=path)
    assert found.stop == SweepStop.BROKEN
    with ThreadPoolExecutor(1) as executor:
        again = ct.sweep(hopeless, {"a": [1.0], "b": [1.0]}, executor)
    assert again.stop == SweepStop.DONE
    assert ct.load(path).done.sum() == found.done.sum()


class Lossy(Executor):
    """An executor that loses what it is given the first few times, as a cluster may."""

    def __init__(self, losses):
        self.losses, self.threads = losses, ThreadPoolExecutor(1)

    def submit(self, function, /, *arguments):
        if self.losses:
            self.losses -= 1
            return self.threads.submit(self.lose)
        return self.threads.submit(function, *arguments)

    @staticmethod
    def lose():
        raise OSError("the worker is gone")


@pytest.mark.parametrize("losses", [1, 6, 7])
def test_what_an_executor_loses_is_done_again(losses):
    found = ct.sweep(product, GRID, Lossy(losses))
    assert np.array_equal(found["product"], [[10, 20], [20, 40], [30, 60]])


def test_what_is_lost_again_and_again_is_a_failure_with_a_reason():
    found = ct.sweep(product, {"a": [1.0], "b": [2.0]}, Lossy(9))
    assert [failure.reason for failure in found.failures] == [
        "its worker was lost 2 times; OSError: the worker is gone"
    ]


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({}, "at least one axis"),
        ({"a": [1.0, np.nan], "b": [1.0]}, "'a' to a list of finite numbers"),
        ({"a": [[1.0]], "b": [1.0]}, "'a' to a list of finite numbers"),
        ({"a": ["x"], "b": [1.0]}, "'a' to a list of finite numbers"),
        ({"a": [1.0, 1.0], "b": [1.0]}, "values of 'a' in `grid` must be different"),
        ({"a": [], "b": [1.0]}, "values of 'a' in `grid` must be different"),
    ],
)
def test_a_grid_that_is_none_is_refused(grid, message, threads):
    with pytest.raises(ValueError, match=message):
        ct.sweep(product, grid, threads)


def test_a_job_that_does_not_take_the_axes_is_refused(threads):
    with pytest.raises(TypeError, match="`job` cannot be called with a, c: missing"):
        ct.sweep(product, {"a": [1.0], "c": [1.0]}, threads)
    with pytest.raises(TypeError, match="`job` must be a function, got int"):
        ct.sweep(3, GRID, threads)
    with pytest.raises(TypeError, match="`grid` must map"):
        ct.sweep(product, [1.0], threads)


def test_a_job_that_cannot_be_sent_is_refused_before_any_process_is_made():
    with pytest.raises(ValueError, match="`job` is a lambda"):
        ct.sweep(lambda a, b: a * b, GRID)


def test_a_cluster_of_dask_is_an_executor():
    distributed = pytest.importorskip("distributed")
    with (
        distributed.Client(processes=False, n_workers=1, dashboard_address=None) as client,
        client.get_executor() as executor,
    ):
        found = ct.sweep(product, GRID, executor)
    assert np.array_equal(found["product"], [[10, 20], [20, 40], [30, 60]])

"""What is said when an engine is unknown, missing, or asked for something that it cannot do."""

from __future__ import annotations

import importlib.util
import shutil
from importlib.machinery import ModuleSpec

import pytest

import continuation as ct
from continuation import backends
from continuation.backends import engines
from continuation.backends.exchange import Record, Task


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that everything is there."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: ModuleSpec(name, None))
    monkeypatch.setattr(shutil, "which", lambda program: f"/usr/bin/{program}")


@pytest.fixture
def parabola() -> ct.System:
    """Equilibria x = +-sqrt(a)."""
    return ct.System.from_strings({"x": "a - x**2"}, parameters={"a": 1.0})


def test_an_unknown_engine_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="must be one of pydstool, auto"):
        backends.available("xppaut")


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("pydstool", r"pip install 'symgru\[pydstool\]'"),
        ("auto", r"apt-get install gfortran make; pip install 'symgru\[bench\]'"),
    ],
)
def test_a_missing_engine_says_how_to_get_it(
    name: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ct.ContinuationError, match=f"is not installed; to get it: {command}"):
        backends.available(name)


@pytest.mark.usefixtures("installed")
def test_cycles_need_compilers_and_equilibria_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert backends.available("pydstool").title == "PyDSTool"
    with pytest.raises(ct.ContinuationError, match="swig and gcc cannot be found: apt-get install"):
        backends.available("pydstool", "cycles")


@pytest.mark.usefixtures("installed")
def test_maps_and_unknown_parameters_are_refused(parabola: ct.System) -> None:
    doubling = ct.System.from_strings({"x": "a*x*(1-x)"}, parameters={"a": 2.0}, kind="map")
    with pytest.raises(ValueError, match="flows only"):
        backends.equilibria("auto", doubling, [0.5], "a")
    with pytest.raises(ValueError, match="got 'b'"):
        backends.equilibria("auto", parabola, [1.0], "b")


@pytest.mark.usefixtures("installed")
def test_a_peer_that_computes_another_function_is_not_believed(
    parabola: ct.System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(_: str, task: Task, __: str) -> Record:
        return {"f": [[1.0]] * len(task["probes"]), "halves": [], "version": "peer 1"}

    monkeypatch.setattr(engines, "ask", wrong)
    with pytest.raises(ct.ContinuationError, match="equations were not understood"):
        backends.equilibria("pydstool", parabola, [1.0], "a", (0.0, 2.0))


@pytest.mark.usefixtures("installed")
def test_the_branch_of_a_peer_is_ordered_trimmed_and_labelled(
    parabola: ct.System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A peer that starts at (1, 1): first down over the fold, then up beyond the bound at 2."""
    unit = 3.0

    def parabolic(_: str, task: Task, __: str) -> Record:
        def half(points: list[float], fold: bool) -> dict[str, object]:
            special = [{"kind": "LP", "after": 1, "point": [1e-9, 0.0]}] if fold else []
            return {
                "points": [[x, x**2 / unit] for x in points],
                "spectra": [[[-2.0 * x, 0.0]] for x in points],
                "special": special,
                "stop": "bound",
                "message": "",
            }

        start = task["start"][0]
        assert task["values"] == [1.0 / unit]
        return {
            "f": [[1.0 - x[0] ** 2] for x in task["probes"]],
            "halves": [half([start, 0.5, -0.5], True), half([start, 1.2, 1.4, 1.5], False)],
            "version": "peer 1",
        }

    monkeypatch.setattr(engines, "ask", parabolic)
    branch = backends.equilibria("pydstool", parabola, [1.01], "a", (-1.0, 2.0))
    assert branch.states[0] == pytest.approx([-0.5, 0.5, 1.0, 1.2, 1.4])
    assert branch.parameters["a"] == pytest.approx(branch.states[0] ** 2)
    assert branch.stable.tolist() == [False, True, True, True, True]
    assert branch["LP1"].residual == pytest.approx(2e-9)
    assert branch.positions == (0,)
    assert branch.provenance == "peer 1, from the equilibrium at a = 1"

"""A worker process: its answer, its errors, its end."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import cast

import pytest

from continuation.backends.exchange import Task, ask, complex_pairs
from continuation.errors import ContinuationError

NOTHING = cast("Task", {"kind": "equilibria"})

WORKERS = {
    "answering": "answer.write_text(json.dumps({'f': [], 'halves': [], 'version': task['kind']}))",
    "failing": "answer.write_text(json.dumps({'error': 'ValueError: no such thing'}))",
    "crashing": "print('last words'); os.abort()",
    "sleeping": "pathlib.Path(os.environ['SLEEPER']).write_text(str(os.getpid())); time.sleep(60)",
}
HEAD = """
import json, os, pathlib, sys, time
question, answer = map(pathlib.Path, sys.argv[1:3])
task = json.loads(question.read_text())
pathlib.Path("left-behind").write_text("in the temporary directory")
"""


@pytest.fixture
def sleeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Modules to run as workers; the file in which the sleeping one writes its number."""
    for name, body in WORKERS.items():
        (tmp_path / f"{name}.py").write_text(HEAD + body)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("SLEEPER", str(tmp_path / "number"))
    return tmp_path / "number"


def has_ended(number: int) -> bool:
    """Whether a process is gone."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.usefixtures("sleeper")
def test_a_worker_answers_and_leaves_nothing() -> None:
    assert ask("answering", NOTHING, "the peer")["version"] == "equilibria"
    assert not Path("left-behind").exists()


@pytest.mark.usefixtures("sleeper")
def test_an_error_in_a_worker_is_one_sentence() -> None:
    with pytest.raises(ContinuationError, match=r"^the peer failed: ValueError: no such thing$"):
        ask("failing", NOTHING, "the peer")


@pytest.mark.usefixtures("sleeper")
def test_a_crash_is_told_with_the_last_words() -> None:
    with pytest.raises(ContinuationError, match=r"^the peer crashed; .*last words"):
        ask("crashing", NOTHING, "the peer")


def test_a_worker_that_takes_too_long_is_ended(sleeper: Path) -> None:
    with pytest.raises(ContinuationError, match="did not come back within 3 s"):
        ask("sleeping", NOTHING, "the peer", time_limit=3.0)
    assert has_ended(int(sleeper.read_text()))


@pytest.mark.skipif(sys.platform == "win32", reason="alarms are POSIX")
def test_an_interruption_ends_the_worker_and_goes_on(sleeper: Path) -> None:
    def interrupt(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 3.0)
    try:
        with pytest.raises(KeyboardInterrupt):
            ask("sleeping", NOTHING, "the peer", time_limit=50.0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
    time.sleep(0.1)
    assert has_ended(int(sleeper.read_text()))


def test_complex_numbers_become_pairs() -> None:
    assert complex_pairs([1 + 2j, 3.0]) == [[1.0, 2.0], [3.0, 0.0]]

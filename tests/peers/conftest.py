"""The peers, each skipped with its own sentence where it is missing."""

from __future__ import annotations

import pytest

import continuation as ct
from continuation import backends


@pytest.fixture(params=sorted(backends.ENGINES))
def peer(request: pytest.FixtureRequest) -> str:
    """A peer that follows equilibria here."""
    return _available(request.param, "equilibria")


@pytest.fixture(params=sorted(backends.ENGINES))
def cycle_peer(request: pytest.FixtureRequest) -> str:
    """A peer that follows cycles here."""
    return _available(request.param, "cycles")


def _available(name: str, kind: str) -> str:
    try:
        backends.available(name, kind)
    except ct.ContinuationError as missing:
        pytest.skip(str(missing))
    return name

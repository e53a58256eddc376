"""Settings are checked where they are made."""

from __future__ import annotations

import pytest

import continuation as ct


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"max_step": -1.0}, "min_step <= max_step"),
        ({"max_step": float("nan")}, "min_step <= max_step"),
        ({"initial_step": 0.0}, "initial_step"),
        ({"tolerance": 1.0}, "tolerance"),
        ({"degree": 8}, "degree"),
        ({"intervals": 2}, "intervals"),
        ({"max_points": 1.5}, "max_points"),
    ],
)
def test_value_out_of_range_is_refused_with_the_range(change: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ct.Settings(**change)  # type: ignore[arg-type]

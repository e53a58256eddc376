"""Step control as a pure function."""

from __future__ import annotations

import pytest

from continuation.settings import Settings
from continuation.steplength import IDEAL_ANGLE, next_length

SETTINGS = Settings(max_step=1.0, min_step=1e-3)


def test_step_is_kept_at_the_target_and_the_ideal_turn() -> None:
    assert next_length(0.1, 3, IDEAL_ANGLE, SETTINGS) == pytest.approx(0.1)


def test_step_grows_after_easy_and_shrinks_after_hard_convergence() -> None:
    assert next_length(0.1, 1, 0.0, SETTINGS) > 0.1
    assert next_length(0.1, 6, 0.0, SETTINGS) < 0.1


def test_fast_turn_shortens_the_step_whatever_newton_says() -> None:
    assert next_length(0.1, 1, 2.0 * IDEAL_ANGLE, SETTINGS) == pytest.approx(0.05)


def test_step_stays_within_its_limits() -> None:
    assert next_length(0.9, 1, 0.0, SETTINGS) == 1.0
    assert next_length(1.5e-3, 8, 0.4, SETTINGS) == 1e-3

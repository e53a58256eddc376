"""Krawczyk's operator: one zero is proved, none and two are not."""

from __future__ import annotations

import flint
import pytest
from flint import arb

import continuation as ct
from continuation.certification.krawczyk import SquareSystem, zero_near


def system_of(text):
    return SquareSystem(ct.System.from_strings({"x": text}, parameters={}).field.tape)


@pytest.mark.parametrize("bits", [64, 128, 1000])
def test_the_enclosure_of_a_root_is_as_narrow_as_the_precision(bits):
    with flint.ctx.workprec(bits):
        zero = zero_near(system_of("x**2 - 2"), [arb(1.4)], [])
        assert zero.enclosure[0].overlaps(arb(2).sqrt())
        assert zero.enclosure[0].rad() < arb(2) ** (4 - bits)
        assert zero.region[0].contains_interior(zero.enclosure[0])


@pytest.mark.parametrize("text", ["x**2", "x**2 + 1", "x**2 + 1/10**12", "log(x - 5)", "1/x"])
def test_double_roots_and_no_roots_are_not_proved(text):
    with flint.ctx.workprec(128):
        assert zero_near(system_of(text), [arb(0.01)], []) is None


def test_an_undecided_switch_is_no_proof():
    with flint.ctx.workprec(128):
        assert zero_near(system_of("abs(x)"), [arb(0)], []) is None
        assert zero_near(system_of("abs(x) - 1"), [arb(0.9)], []) is not None

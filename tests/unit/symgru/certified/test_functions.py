"""The enclosures against python-flint, with bits enough to tell tanh 2000 from one."""

from __future__ import annotations

import flint
import numpy as np
import pytest
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from symgru.certified import functions

BITS = 6000

arguments = st.one_of(st.floats(-5, 5), st.floats(-50, 50), st.floats(-2000, 2000))
intervals = st.tuples(arguments, arguments).map(sorted)

EXACT = {
    functions.tanh: arb.tanh,
    functions.sigmoid: lambda x: 1 / (1 + (-x).exp()),
    functions.tanh_slope: lambda x: x.sech() ** 2,
    functions.sigmoid_slope: lambda x: (x / 2).sech() ** 2 / 4,
}
each_function = pytest.mark.parametrize("enclose", EXACT, ids=lambda f: f.__name__)


def holds(bounds, value):
    return arb(bounds[0]) <= value and value <= arb(bounds[1])


def at(lo, hi, part):
    """A number of an interval, at the relative place `part`."""
    return arb(lo) + arb(part) * (arb(hi) - arb(lo))


@each_function
@given(intervals, st.floats(0, 1))
def test_an_enclosure_holds_every_value_on_the_interval(enclose, interval, part):
    with flint.ctx.workprec(BITS):
        assert holds(enclose(*interval), EXACT[enclose](at(*interval, part)))


@each_function
@given(arguments)
def test_an_enclosure_of_a_point_is_as_narrow_as_the_bound_says(enclose, x):
    # The decay has 2^-49 relative width; tanh adds three roundings and loses what 1 - e cancels,
    # the slopes divide by a square: a factor of eight covers both.
    lower, upper = enclose(x, x)
    assert lower <= upper
    assert upper - lower <= 8 * 2.0**-49 * max(abs(upper), 1.0)


@given(st.floats(0, 700))
def test_the_decay_is_within_its_stated_error_before_it_is_moved_outward(y):
    lower, upper = functions.decay(y)
    middle = 0.5 * (lower + upper)
    with flint.ctx.workprec(BITS):
        exact = (-arb(y)).exp()
        assert abs(arb(middle) - exact) <= arb(2) ** -51 * exact
        assert holds((lower, upper), exact)


def test_the_decay_holds_at_the_borders_of_its_table_cells():
    # Halfway between two entries the reduced argument is largest, and beyond 700 the value is tiny.
    steps = np.arange(0, 64_632, 37)
    halfway = (steps + 0.5) * np.log(2) / 64
    with flint.ctx.workprec(BITS):
        for y in [*halfway.tolist(), 700.0, np.nextafter(700.0, 701), 745.0, 1e300]:
            lower, upper = functions.decay(y)
            assert holds((lower, upper), (-arb(y)).exp())
            assert upper <= lower * (1 + 2.0**-48) or upper <= 1e-300


def test_a_number_that_is_none_gives_the_widest_enclosure():
    assert functions.decay(np.nan) == (0.0, 1.0)


def test_the_table_holds_the_nearest_doubles():
    with flint.ctx.workprec(BITS):
        for j, entry in enumerate(functions.TABLE.tolist()):
            exact = arb(2) ** (arb(-j) / 64)
            neighbours = np.nextafter(entry, [0.0, 2.0]).tolist()
            assert all(abs(arb(entry) - exact) <= abs(arb(x) - exact) for x in neighbours)


@given(arguments, arguments)
def test_compiled_and_plain_enclosures_are_equal(x, y):
    lo, hi = min(x, y), max(x, y)
    for enclose in EXACT:
        assert enclose(lo, hi) == enclose.py_func(lo, hi)
    assert functions.decay(abs(x)) == functions.decay.py_func(abs(x))

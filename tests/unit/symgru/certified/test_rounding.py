from __future__ import annotations

import math
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from symgru.certified.rounding import add, down, product, subtract, up

numbers = st.floats(-1e30, 1e30)
intervals = st.tuples(numbers, numbers).map(sorted)


@given(numbers)
def test_down_and_up_pass_the_neighbouring_doubles(x):
    assert down(x) <= math.nextafter(x, -math.inf)
    assert up(x) >= math.nextafter(x, math.inf)


@given(numbers)
def test_compiled_and_plain_rounding_are_equal(x):
    assert down(x) == down.py_func(x)
    assert up(x) == up.py_func(x)


@given(intervals, intervals, st.floats(0, 1), st.floats(0, 1))
def test_operations_hold_the_exact_results(a, b, s, t):
    x = Fraction(a[0]) + Fraction(s) * (Fraction(a[1]) - Fraction(a[0]))
    y = Fraction(b[0]) + Fraction(t) * (Fraction(b[1]) - Fraction(b[0]))
    for operation, exact in ((add, x + y), (subtract, x - y), (product, x * y)):
        lower, upper = operation(*a, *b)
        assert Fraction(lower) <= exact <= Fraction(upper)
        assert (lower, upper) == operation.py_func(*a, *b)

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest

import continuation as ct
from continuation.sending import check_sendable


def growth(x, p):
    """A right-hand side."""
    return p["k"] * x


@dataclass
class Count:
    """A job with a memory."""

    function: object

    def run(self, a):
        """Call the function."""
        return self.function(a)


def inner():
    """Make a function that has no name outside."""

    def job(a):
        return a

    return job


EXACT = ct.System.from_strings({"x": "k*x"}, parameters={"k": 1.0})
BY_NAME = ct.System.from_callables(growth, ("x",), {"k": 1.0})
BY_LAMBDA = ct.System.from_callables(lambda x, p: p["k"] * x, ("x",), {"k": 1.0})


@pytest.mark.parametrize(
    "job", [growth, partial(growth, EXACT), partial(growth, p=BY_NAME), Count(growth).run, np.sin]
)
def test_functions_with_a_name_and_what_is_bound_to_them_can_be_sent(job):
    check_sendable("job", job)


def test_a_system_can_be_sent_after_it_was_compiled():
    EXACT.f([1.0])
    EXACT.linearize(("k",))
    check_sendable("job", partial(growth, EXACT))


@pytest.mark.parametrize(
    ("job", "part"),
    [
        (lambda a: a, "`job` is a lambda"),
        (inner(), "`job` is a closure: job, defined inside inner"),
        (partial(lambda a: a, 1), "the function of `job` is a lambda"),
        (partial(growth, p=lambda a: a), "the argument 'p' of `job` is a lambda"),
        (partial(growth, inner()), "argument 1 of `job` is a closure"),
        (
            partial(growth, p=BY_LAMBDA),
            "'function' of 'field' of the argument 'p' of `job` is a lambda",
        ),
        (Count(lambda a: a).run, "'function' of the object of `job` is a lambda"),
        (partial(growth, p={"k": [1, (i for i in ())]}), "element 1 of the entry 'k' of the"),
    ],
)
def test_the_part_in_the_way_is_named(job, part):
    with pytest.raises(ValueError, match="cannot be sent to a worker process") as caught:
        check_sendable("job", job)
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)

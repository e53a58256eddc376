"""Whatever is in a branch, a file gives it back to the last bit."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import continuation as ct
from continuation.branch import Branch
from continuation.errors import StopReason
from continuation.orbit import Orbit

names = st.text(min_size=1, max_size=8)
numbers = st.floats(allow_nan=True, allow_infinity=True)
complexes = st.complex_numbers(allow_nan=True, allow_infinity=True)


@st.composite
def branches(draw):
    n, m = draw(st.integers(1, 3)), draw(st.integers(1, 5))
    everything = draw(st.lists(names, min_size=n + 2, max_size=n + 2, unique=True))
    states, (free, other) = everything[:n], everything[n:]
    system = ct.System.from_sympy(states, [0] * n, {free: 0.5, other: -1.5})
    column = arrays(float, m, elements=numbers)
    orbit = Orbit(np.linspace(0.0, 1.0, 4), np.ones((n, 4)), system, {free: 0.5, other: -1.5}, 3)
    return Branch(
        kind=draw(names),
        system=system,
        free=(free,),
        within={free: (draw(numbers), draw(numbers))},
        parameters={free: draw(column), other: draw(column)},
        states=draw(arrays(float, (n, m), elements=numbers)),
        stable=draw(arrays(bool, m)),
        stop=(draw(st.sampled_from(StopReason)), draw(st.sampled_from(StopReason))),
        periods=draw(st.none() | column),
        multipliers=draw(st.none() | arrays(complex, (n, m), elements=complexes)),
        measures=draw(st.dictionaries(names, column, max_size=2)),
        orbits=(orbit,) * m if draw(st.booleans()) else (),
        provenance=draw(st.text(max_size=20)),
    )


def bits(array):
    return None if array is None else (array.dtype, array.shape, array.tobytes())


@given(branches())
def test_a_file_gives_back_every_bit(tmp_path_factory, branch):
    again = ct.load(branch.save(tmp_path_factory.mktemp("saving") / "branch.ct"))
    for name in ("states", "stable", "periods", "multipliers"):
        assert bits(getattr(again, name)) == bits(getattr(branch, name))
    for name in ("parameters", "measures"):
        one, other = getattr(again, name), getattr(branch, name)
        assert {k: bits(v) for k, v in one.items()} == {k: bits(v) for k, v in other.items()}
    assert repr(again.within) == repr(branch.within)
    assert (again.kind, again.free, again.stop, again.provenance) == (
        branch.kind,
        branch.free,
        branch.stop,
        branch.provenance,
    )
    assert again.system.states == branch.system.states
    assert len(again.orbits) == len(branch.orbits)

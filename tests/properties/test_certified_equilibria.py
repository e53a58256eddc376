"""What is always true of certified equilibria: symmetries, both proofs alike, no one missed."""

from __future__ import annotations

import numpy as np
import pytest

from symgru.certified.counting import count
from symgru.certified.network import Network
from symgru.equilibria import prove

SHAPES = {"U_h": 2, "U_r": 2, "U_z": 2, "b_h": 1, "b_r": 1, "b_z": 1, "c_h": 1}
VARIANTS = [
    {"reset": reset, "time": time, "update_gate": gate}
    for reset in ("before", "after")
    for time in ("flow", "map")
    for gate in (True, False)
]


def random_weights(rng, units, scale, *, bias=True):
    """Normal weights with the given standard deviation."""
    weights = {name: rng.normal(0, scale, (units,) * n) for name, n in SHAPES.items()}
    return weights if bias else {**weights, "b_h": np.zeros(units), "c_h": np.zeros(units)}


def tally(found):
    return (found.count, *(found.kinds[kind] for kind in ("sink", "saddle", "source")))


def both_proofs_agree(rng, units, scale, variant):
    """Search and balls find the same number of each kind, and nothing is left open."""
    network = Network.from_arrays(random_weights(rng, units, scale), **variant)
    counted, proved = count(network), prove(network)
    assert proved.certified and proved.complete and counted.decided
    assert tally(proved) == (
        counted.equilibria,
        counted.sinks,
        counted.saddles,
        counted.sources,
    )
    assert sum(item.index for item in proved) == 1


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: "-".join(map(str, v.values())))
def test_kernels_and_balls_agree_on_random_networks(variant):
    rng = np.random.default_rng(3)
    for units, networks in ((1, 10), (2, 12), (3, 5)):
        for _ in range(networks):
            both_proofs_agree(rng, units, 5.0, variant)


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: "-".join(map(str, v.values())))
def test_kernels_and_balls_agree_on_thousands_of_random_networks(variant):
    rng = np.random.default_rng(4)
    for units, networks in ((1, 100), (2, 110), (3, 50)):
        for _ in range(networks):
            both_proofs_agree(rng, units, 5.0, variant)


def rest_of(weights, reset, h):
    """Residual tanh g(h) - h of the equation of an equilibrium, for states in columns."""
    w = {name: value[:, None] if value.ndim == 1 else value for name, value in weights.items()}
    r = 1 / (1 + np.exp(-(w["U_r"] @ h + w["b_r"])))
    if reset == "before":
        return np.tanh(w["U_h"] @ (r * h) + w["b_h"]) - h
    return np.tanh(w["b_h"] + r * (w["U_h"] @ h + w["c_h"])) - h


def by_many_starts(weights, reset, starts):
    """Equilibria found by Newton's method from many states, with differences for derivatives."""
    h, d, step = starts.copy(), len(starts), 1e-7
    for _ in range(60):
        f = rest_of(weights, reset, h)
        columns = [(rest_of(weights, reset, h + step * e[:, None]) - f) / step for e in np.eye(d)]
        A = np.moveaxis(np.array(columns), (0, 1, 2), (2, 1, 0))
        steps = np.linalg.solve(A + 1e-14 * np.eye(d), -f.T[..., None])[..., 0].T
        h = np.clip(h + np.clip(steps, -0.2, 0.2), -1, 1)
    arrived = h[:, np.abs(rest_of(weights, reset, h)).max(axis=0) < 1e-10].T
    found: list[np.ndarray] = []
    for state in arrived:
        if all(np.abs(state - other).max() > 1e-6 for other in found):
            found.append(state)
    return found


@pytest.mark.parametrize("reset", ["before", "after"])
@pytest.mark.parametrize(("units", "networks", "grid"), [(1, 10, 200), (2, 25, 30), (3, 6, 12)])
def test_many_starts_of_newton_s_method_find_what_is_certified(units, networks, grid, reset):
    rng = np.random.default_rng(units)
    axes = np.meshgrid(*[np.tanh(np.linspace(-3, 3, grid))] * units)
    starts = np.stack([axis.ravel() for axis in axes])
    for _ in range(networks):
        weights = random_weights(rng, units, 3.0)
        proved = prove(Network.from_arrays(weights, reset=reset))
        found = by_many_starts(weights, reset, starts)
        assert proved.complete and proved.certified
        assert len(found) == proved.count
        for state in found:
            distances = [np.abs(item.state - state).max() for item in proved]
            assert min(distances) < 1e-8


@pytest.mark.parametrize("units", [2, 3])
def test_permuting_the_units_permutes_the_equilibria(units):
    rng = np.random.default_rng(7)
    for _ in range(10):
        weights = random_weights(rng, units, 4.0)
        order = rng.permutation(units)
        permuted = {
            name: value[np.ix_(order, order)] if value.ndim == 2 else value[order]
            for name, value in weights.items()
        }
        one, other = (prove(Network.from_arrays(w, reset="after")) for w in (weights, permuted))
        states = sorted(tuple(item.state[order]) for item in one)
        assert np.array(states) == pytest.approx(np.array([x.state for x in other]), abs=1e-14)


def test_without_biases_equilibria_come_in_pairs_where_the_gates_do_not_tell_signs():
    # U_r = 0: h -> -h is a symmetry of the equation, and the origin is its fixed point.
    rng = np.random.default_rng(8)
    for _ in range(10):
        weights = random_weights(rng, 2, 5.0, bias=False) | {"U_r": np.zeros((2, 2))}
        found = prove(Network.from_arrays(weights))
        states = np.array([item.state for item in found])
        assert found.count % 2 == 1
        assert states == pytest.approx(-states[::-1], abs=1e-14)


@pytest.mark.slow
@pytest.mark.parametrize("reset", ["before", "after"])
def test_a_hundred_thousand_networks_of_two_units_leave_none_undecided(reset):
    rng = np.random.default_rng(2026)
    sizes = set()
    for _ in range(100_000):
        found = count(Network.from_arrays(random_weights(rng, 2, 5.0), reset=reset))
        assert found.decided and found.equilibria % 2 == 1
        assert found.sinks + found.sources - found.saddles == 1
        sizes.add(found.equilibria)
    assert sizes >= {1, 3, 5, 7, 9}

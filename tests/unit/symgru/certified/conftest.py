"""Networks of random numbers, in every variant."""

from __future__ import annotations

import numpy as np
import pytest

from symgru.certified.network import Network

SHAPES = {"U_h": 2, "U_r": 2, "U_z": 2, "b_h": 1, "b_r": 1, "b_z": 1}


@pytest.fixture(scope="session")
def random_network():
    """A function of a generator and a size that returns the weights and the network of them."""

    def make(rng, units, scale=3.0, reset="before", time="flow", update_gate=True):
        names = dict(SHAPES)
        if reset == "after":
            names["c_h"] = 1
        if not update_gate:
            del names["U_z"], names["b_z"]
        weights = {name: rng.normal(0, scale, (units,) * n) for name, n in names.items()}
        network = Network.from_arrays(weights, reset=reset, time=time, update_gate=update_gate)
        return weights, network

    return make


@pytest.fixture(
    params=[
        ("before", "flow", True),
        ("before", "map", True),
        ("before", "flow", False),
        ("after", "flow", True),
        ("after", "map", True),
        ("after", "map", False),
    ],
    ids=lambda v: "-".join(map(str, v)),
)
def variant(request):
    """Where the reset gate acts, flow or map, and whether there is an update gate."""
    return dict(zip(("reset", "time", "update_gate"), request.param, strict=True))


@pytest.fixture
def rng():
    return np.random.default_rng(0)

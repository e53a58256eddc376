"""Every kind of special point has its sentence."""

from __future__ import annotations

import pytest

import continuation as ct
from continuation import saddle_events, tables
from continuation.kinds import KINDS


def test_every_kind_that_a_branch_may_carry_is_described() -> None:
    homoclinic = {event.kind for event in saddle_events.events(3, 6)}
    assert {"TLS", "TLU", "NDS", "NDU", "NFF", "IFU"} <= homoclinic
    assert KINDS.keys() >= tables.BIFURCATIONS | homoclinic | {"UZ", "HET"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_and_a_label_of_it_have_one_sentence(kind: str) -> None:
    sentence = ct.describe(kind)
    assert ct.describe(f"{kind}12") == sentence
    assert sentence.endswith(".") and "\n" not in sentence and len(sentence) > 30


def test_a_point_is_described_with_what_its_coefficients_say() -> None:
    system = ct.System.from_strings(
        {"x": "mu*x - y - x*(x**2 + y**2)", "y": "x + mu*y - y*(x**2 + y**2)"},
        parameters={"mu": -0.1},
    )
    point = ct.equilibria(system, start=(0.0, 0.0), free="mu", within=(-1, 1))["H1"]
    assert ct.describe(point) == f"{ct.describe('H')} Here it is supercritical."


@pytest.mark.parametrize("name", ["XX", "", "H1x", "1"])
def test_an_unknown_name_is_refused_in_one_sentence(name: str) -> None:
    with pytest.raises(ValueError, match="no special point is called") as caught:
        ct.describe(name)
    assert "\n" not in str(caught.value)
    with pytest.raises(TypeError, match="`what` must be"):
        ct.describe(3)  # type: ignore[arg-type]

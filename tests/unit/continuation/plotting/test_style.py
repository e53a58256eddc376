from __future__ import annotations

import pytest

from continuation.plotting.style import MARKERS, symbol


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("gamma", r"$\gamma$"),
        ("x", "$x$"),
        ("b1", "$b_{1}$"),
        ("h12", "$h_{12}$"),
        ("U_h11", "$U_{h11}$"),
        ("beta_max", r"$\beta_{max}$"),
        ("period", "period"),
        ("x_max", "$x_{max}$"),
        ("cost in $", r"cost in \$"),
        ("a b", "a b"),
        ("\u03b3", "\u03b3"),
        ("", ""),
    ],
)
def test_a_name_is_set_as_mathematics_where_it_is_some(name, shown):
    assert symbol(name) == shown


def test_all_kinds_of_special_points_have_a_marker():
    kinds = "LP H BP CP BT GH ZH HH LPC PD NS BPC HHS HSN UZ"
    assert set(kinds.split()) <= set(MARKERS)

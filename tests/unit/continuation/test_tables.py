from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import continuation as ct
from continuation.branch import Branch
from continuation.errors import StopReason
from continuation.orbit import Orbit
from continuation.tables import coefficients, dataframe, dataset, extremes, special_table


def test_a_row_is_a_point_and_special_points_stand_at_their_place(rest):
    frame = rest.to_dataframe()
    assert len(frame) == len(rest) + 1
    assert list(frame["label"]).count("") == len(rest)
    row = frame.index[frame["label"] == "H1"][0]
    assert frame["mu"][row - 1] < 0.0 < frame["mu"][row + 1]
    assert frame["mu"][row] == rest["H1"].parameters["mu"]


def test_columns_carry_the_names_of_the_user(rest):
    assert list(rest.to_dataframe().columns) == [
        *("label", "mu", "rest", "x", "y", "stable"),
        *("eigenvalue1_re", "eigenvalue1_im", "eigenvalue2_re", "eigenvalue2_im"),
    ]


def test_points_of_the_branch_are_unchanged_in_the_frame(rest):
    frame = rest.to_dataframe()
    points = frame[frame["label"] == ""]
    assert np.array_equal(points["mu"], rest.parameters["mu"])
    assert np.array_equal(points["y"], rest.states[1])
    assert np.array_equal(points["stable"], rest.stable)
    assert np.array_equal(points["eigenvalue2_im"], rest.eigenvalues[1].imag)


def test_a_bifurcation_is_not_stable_and_a_value_asked_for_is_as_its_neighbour(rest, circles):
    frame = rest.to_dataframe()
    assert not frame["stable"][frame["label"] == "H1"].any()
    frame = circles.to_dataframe()
    assert frame["stable"][frame["label"] == "UZ1"].all()


def test_cycles_have_period_measures_and_multipliers_at_special_points_too(circles):
    row = dataframe(circles).set_index("label").loc["UZ1"]
    assert row["period"] == 2.0 * np.pi
    assert row["x_max"] == pytest.approx(0.5, abs=1e-8)  # pieces of degree 4
    assert row["multiplier2_re"] == pytest.approx(np.exp(-np.pi), rel=1e-14)


def test_a_special_point_after_the_last_point_stands_last(circles):
    assert list(dataframe(circles)["label"])[-2:] == ["", "UZ2"]


def test_users_names_win_over_those_of_the_table():
    system = ct.System.from_strings(
        {"period": "label - period", "index": "-index*stable", "point": "-point"},
        parameters={"label": 1.0, "stable": 2.0},
    )
    branch = ct.equilibria(system, (1.0, 0.0, 0.0), "label", within=(0.0, 2.0))
    frame = branch.to_dataframe()
    assert frame.columns.is_unique
    assert {"period", "label", "stable", "label_", "stable_"} <= set(frame.columns)
    assert np.array_equal(frame["period"], branch.states[0])
    data = branch.to_xarray()
    assert np.array_equal(data["index"].values, branch.states[1])
    assert data.sizes == {"point_": len(branch), "index_": 3}


def test_dataset_has_the_rows_of_the_frame_and_complex_eigenvalues(rest):
    data, frame = dataset(rest), dataframe(rest)
    assert data.sizes == {"point": len(frame), "index": 2}
    assert np.array_equal(data["mu"], frame["mu"])
    assert {"mu", "rest", "label"} == set(data.coords)
    assert data["eigenvalue"].dtype == complex
    assert data.attrs["stop"][0] == "The branch reached a bound of a free parameter."
    assert float(data["x"].where(data["label"] == "H1", drop=True).item()) == rest["H1"].state[0]


def test_special_table_lists_every_special_point_with_its_coefficients(picture):
    table = special_table(picture)
    assert list(table["label"]) == ["H1", "UZ1", "UZ2", "UZ1"]
    assert list(table["branch"]) == [1, 2, 2, 0]
    first = table.iloc[0]
    assert first["criticality"] == "supercritical"
    assert first["l1"] == picture["rest"]["H1"].normal_form.l1
    assert np.isnan(first["period"])
    assert table["mu"][1] == 0.25


def test_special_table_in_text_keeps_all_digits(picture):
    text = special_table(picture).to_csv()
    assert repr(float(picture["rest"]["H1"].normal_form.omega)) in text


def test_a_branch_without_special_points_gives_an_empty_table(rest):
    assert len(special_table(replace(rest, special=(), positions=()))) == 0


def test_coefficients_are_numbers_only(rest):
    assert all(isinstance(value, float) for value in coefficients(rest["H1"]).values())


def test_a_branch_of_a_kind_without_spectrum_has_a_table():
    system = ct.System.from_strings({"x": "a - x"}, parameters={"a": 0.0})
    branch = Branch(
        kind="folds",
        system=system,
        free=("a",),
        within={},
        parameters={"a": np.arange(3.0)},
        states=np.arange(3.0)[None],
        stable=np.zeros(3, dtype=bool),
        stop=(StopReason.BOUND, StopReason.BOUND),
    )
    assert list(dataframe(branch).columns) == ["label", "a", "x", "stable"]
    assert dataset(branch).sizes == {"point": 3}


@pytest.mark.parametrize("degree", [2, 4, 7])
def test_extremes_of_collocation_pieces_are_found_between_nodes(degree):
    errors = []
    for intervals in (5, 10):
        t = np.linspace(0.0, 2.0 * np.pi, intervals * degree + 1)
        phases = np.linspace(0.0, 1.0, 20)[:, None]
        found = extremes(Orbit(t, np.sin(t + phases), None, {}, degree=degree))
        errors.append(np.abs(found - [-1.0, 1.0]).max())
    # Interpolation of degree m is of order m + 1; halving the mesh shows it to half an order.
    assert errors[1] < max(errors[0] / 2.0 ** (degree + 0.5), 1e-14)


def test_extremes_of_samples_are_those_of_a_parabola_through_three():
    t = np.linspace(0.0, 4.0, 6)
    orbit = Orbit(t, np.array([-((t - 1.7) ** 2)]), None, {})
    assert extremes(orbit)[0, 1] == pytest.approx(0.0, abs=1e-14)


def test_extremes_at_the_ends_of_an_orbit_are_the_ends():
    t = np.linspace(0.0, 1.0, 9)
    orbit = Orbit(t, np.exp(t)[None], None, {}, degree=4)
    assert extremes(orbit)[0] == pytest.approx([1.0, np.e], rel=1e-14)


def test_a_diagram_is_the_frames_of_its_branches_with_their_names(rest, circles):
    frame = ct.Diagram([rest, circles], names=("rest", "circles")).to_dataframe()
    assert list(frame.columns[:2]) == ["branch", "label"]
    for name, branch in (("rest", rest), ("circles", circles)):
        part, own = frame[frame["branch"] == name], branch.to_dataframe()
        for column in own.columns:
            assert list(part[column]) == list(own[column])
    assert ct.Diagram([]).to_dataframe().empty

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import continuation as ct


def swept(job, **grid):
    with ThreadPoolExecutor(1) as executor:
        return ct.sweep(job, grid, executor)


@pytest.fixture
def found():
    """A column of each kind, over two axes; one cell without a result."""

    def job(a, n):
        if (a, n) == (0.5, 2):
            raise ZeroDivisionError("division by zero")
        roots = np.arange(n) * (1.0 + 1j)
        return {"power": a**n, "roots": roots, "word": "odd" if n % 2 else "even", "big": n > 2}

    return swept(job, a=[0.5, 2.0], n=[1, 2, 3])


def test_a_column_has_the_shape_of_the_grid_then_that_of_the_result(found):
    assert found["power"].shape == (2, 3)
    assert found["roots"].shape == (2, 3, 3)
    assert found["roots"].dtype == complex
    assert np.array_equal(found["power"], [[0.5, np.nan, 0.125], [2.0, 4.0, 8.0]], equal_nan=True)


def test_arrays_of_unequal_length_are_filled_up_with_nan(found):
    assert np.array_equal(found["roots"][1, 1], [0, 1 + 1j, np.nan], equal_nan=True)


def test_words_and_truth_values_are_columns_too(found):
    assert found["word"].tolist() == [["odd", "", "odd"], ["odd", "even", "odd"]]
    assert np.array_equal(found["big"], [[0, np.nan, 1], [0, 0, 1]], equal_nan=True)


def test_an_axis_of_integers_stays_one(found):
    assert found.axes["n"].dtype == np.int64
    assert [cell["n"] for cell in found.cells] == [1, 2, 3, 1, 2, 3]


def test_the_frame_has_one_row_a_cell(found):
    frame = found.to_dataframe()
    assert list(frame.columns)[:3] == ["a", "n", "power"]
    assert list(frame["roots3_im"])[-1] == 2.0
    assert list(frame["reason"]) == ["", "ZeroDivisionError: division by zero", "", "", "", ""]


def test_the_dataset_has_the_axes_as_coordinates(found):
    data = found.to_xarray()
    assert float(data["power"].sel(a=2.0, n=3)) == 8.0
    assert data["roots"].dims == ("a", "n", "roots_1")
    assert data.attrs["stop"] == "All cells were computed."


def test_a_column_called_like_an_axis_gets_an_underscore():
    found = swept(lambda a: {"a": 2 * a, "reason": 1.0}, a=[1.0])
    assert list(found.to_dataframe().columns) == ["a", "a_", "reason", "reason_"]
    assert set(found.to_xarray().variables) == {"a", "a_", "reason", "reason_"}


def test_an_unknown_column_is_an_error_that_lists_the_others(found):
    with pytest.raises(KeyError, match="no column 'x'; there are: power, roots, word, big"):
        found["x"]


def test_it_says_what_was_swept_and_what_failed(found):
    text = str(found)
    assert "over a (2), n (3): 6 of 6 cells" in text
    assert "{'a': 0.5, 'n': 2}: ZeroDivisionError: division by zero" in text


def test_a_saved_sweep_is_read_back_equal(found, tmp_path):
    read = ct.load(found.save(tmp_path / "sweep.ct"))
    assert isinstance(read, ct.Sweep)
    assert (read.job, read.reasons, read.stop) == (found.job, found.reasons, found.stop)
    for name, column in found.columns.items():
        missing = column.dtype != object
        assert np.array_equal(read[name], column, equal_nan=missing)
    assert np.array_equal(read.done, found.done)


def test_a_sweep_with_a_cell_too_many_is_refused(found):
    with pytest.raises(ValueError, match="a sweep over 6 cells needs a result or a reason"):
        ct.Sweep(found.job, found.axes, (), (), found.done, "", "")

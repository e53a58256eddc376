"""Every notebook runs from top to bottom within a minute, and says what its script says."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SECONDS = 60

notebooks = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(notebook):
    return [(cell.cell_type, cell.source.strip()) for cell in notebook.cells]


def test_each_notebook_has_a_script_and_each_script_a_notebook():
    scripts = {path.stem for path in FOLDER.glob("*.py")}
    assert {path.stem for path in NOTEBOOKS} == scripts


@notebooks
def test_notebook_and_script_say_the_same(path):
    import jupytext

    assert cells(jupytext.read(path)) == cells(jupytext.read(path.with_suffix(".py")))


@notebooks
def test_committed_outputs_are_from_one_clean_run(path):
    import nbformat

    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert not [o for cell in code for o in cell.outputs if o.output_type == "error"]


@notebooks
def test_code_cells_are_short(path):
    import nbformat

    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert max(len(cell.source.splitlines()) for cell in code) <= 15


@notebooks
def test_notebook_runs_from_top_to_bottom_within_a_minute(path, tmp_path):
    # The messaging layer under Jupyter warns on some platforms of its own workings, not of ours;
    # warnings inside the notebook's kernel are a matter of its own process.
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        import nbformat
        from nbclient import NotebookClient

        notebook = nbformat.read(path, as_version=4)
        NotebookClient(
            notebook,
            timeout=SECONDS,
            kernel_name="python3",
            resources={"metadata": {"path": str(tmp_path)}},
        ).execute()

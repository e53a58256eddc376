"""The way back from a file: `store.read`, told of the normal forms that a file may contain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from continuation import normalforms
from continuation.branch import Branch, Diagram
from continuation.special import NormalForm
from continuation.store import read
from continuation.sweeps import Sweep

if TYPE_CHECKING:
    from continuation.system import System


def load(path: str | Path, system: System | None = None) -> Branch | Diagram | Sweep:
    """Read a branch, a diagram or a sweep from the file that its method ``save`` wrote.

    Parameters
    ----------
    path : str or Path
        The file. Nothing in it is executed.
    system : System, optional
        Takes the place of the system in the file, with the same states, parameters and kind; needed
        to compute on where that one was made from Python functions, which no file contains.

    Returns
    -------
    Branch, Diagram or Sweep
        Equal to what was saved, to the last bit of every array.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    ValueError
        When the file is broken, of another version, or not of this kind.
    """
    forms = [
        form
        for form in vars(normalforms).values()
        if isinstance(form, type) and issubclass(form, NormalForm)
    ]
    result = read(path, system, [*forms, Sweep])
    if not isinstance(result, Branch | Diagram | Sweep):
        raise ValueError(f"{path} holds neither a branch nor a diagram nor a sweep.")
    return result

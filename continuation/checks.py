"""What a caller hands over to make a system, checked where it comes in.

Each function returns what it was given in the form in which the engine uses it, or raises an error
whose one sentence says what was given and what was expected.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Box = tuple[tuple[float, float], ...]


class Stated(Protocol):
    """What has a name and states: a system."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def states(self) -> tuple[str, ...]:
        """Names of its states."""


def checked_mapping(what: str, value: Any) -> Mapping[Any, Any]:
    """Return a mapping; `what` is the argument's name.

    Raises
    ------
    TypeError
        For anything else.
    """
    if not isinstance(value, Mapping):
        content = "states to equations" if what == "rhs" else "names to numbers, {} for none"
        raise TypeError(f"`{what}` must map {content}, got {type(value).__name__}.")
    return value


def once(parameters: Mapping[str, float] | None, named: Mapping[str, float]) -> dict[str, float]:
    """Values of parameters from the argument ``parameters`` and from keywords, each given once.

    Raises
    ------
    TypeError
        Where ``parameters`` is no mapping.
    ValueError
        Where a name is given in both ways.
    """
    given = {} if parameters is None else checked_mapping("parameters", parameters)
    twice = sorted(set(given) & set(named))
    if twice:
        raise ValueError(f"{', '.join(twice)} is given in `parameters` and by its own name.")
    return {**given, **named}


def default_name(kind: str, states: Sequence[str]) -> str:
    """Name of a system to which nobody gave one."""
    return (
        f"{kind} in {', '.join(states)}" if len(states) <= 4 else f"{kind} in {len(states)} states"
    )


def counted(what: str, count: int) -> str:
    """Say how many there are: "1 number", "2 numbers"."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def listed(what: str, names: Sequence[str]) -> str:
    """Say how many there are and name the first few: "2 states: x, y"."""
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"{counted(what, len(names))}: {shown}" if names else f"no {what}s"


def finite_number(name: str, value: Any) -> float:
    """Return the value of a parameter as a float.

    Raises
    ------
    ValueError
        Where it is no finite number.
    """
    try:
        number = float("no") if np.iscomplexobj(value) else float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} = {value!r} is not a number.") from None
    except OverflowError:
        raise ValueError(f"{name} is too large for a number in double precision.") from None
    if not math.isfinite(number):
        raise ValueError(f"{name} = {number} is not a finite number.")
    return number


def numbers(value: Any) -> NDArray[np.float64]:
    """Return a copy of array-like real numbers; whether they are finite is not asked.

    Raises
    ------
    ValueError
        For anything else, where NumPy would drop an imaginary part, read text or count days.
    """
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "biufO":
            raise ValueError(f"they are of type {array.dtype}.")
        return np.array(array, dtype=float)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"`x` must be real numbers: {error}") from None


def state_of(system: Stated, start: Any) -> NDArray[np.float64]:
    """Return a start as a state of the system.

    Raises
    ------
    ValueError
        Where it has not as many finite numbers as there are states.
    """
    try:
        x = numbers(start)
    except ValueError:
        wanted = counted("number", len(system.states))
        shown = repr(start).replace("\n", "")[:60]
        raise ValueError(f"`start` must be {wanted}, got {shown}.") from None
    if x.shape != (len(system.states),):
        raise ValueError(
            f"`start` has shape {x.shape}, but system {system.name!r} has "
            f"{listed('state', system.states)}."
        )
    if not np.all(np.isfinite(x)):
        raise ValueError(f"`start` must be finite, got {x}.")
    return x


def rows_of(system: Stated, x: Any) -> tuple[NDArray[np.float64], bool]:
    """Return states as rows, and whether it was a single one.

    Raises
    ------
    ValueError
        Where they are no real numbers, or not as many a column as the system has states.
    """
    states = numbers(x)
    if states.ndim not in (1, 2) or len(states) != len(system.states):
        raise ValueError(
            f"`x` has shape {states.shape}, but system {system.name!r} has "
            f"{listed('state', system.states)}."
        )
    single = states.ndim == 1
    return np.ascontiguousarray(states[None] if single else states.T), single


def box_of(box: Any, states: Sequence[str]) -> Box | None:
    """Return a box, one pair (lo, hi) a state, or None.

    Raises
    ------
    ValueError
        Where it is neither.
    """
    if box is None:
        return None
    try:
        sides = tuple((float(lo), float(hi)) for lo, hi in box)
    except (TypeError, ValueError):
        raise ValueError("`box` must hold a pair (lo, hi) for each state.") from None
    if len(sides) != len(states) or not all(-math.inf < lo < hi < math.inf for lo, hi in sides):
        raise ValueError(
            "`box` must hold a pair of finite numbers lo < hi for each of "
            f"{listed('state', states)}."
        )
    return sides

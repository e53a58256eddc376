"""What a caller hands over to make a system, checked where it comes in.

Each function returns what it was given in the form in which the engine uses it, or raises an error
whose one sentence says what was given and what was expected.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

Box = tuple[tuple[float, float], ...]


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
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} = {value!r} is not a number.") from None
    except OverflowError:
        raise ValueError(f"{name} is too large for a number in double precision.") from None
    if not math.isfinite(number):
        raise ValueError(f"{name} = {number} is not a finite number.")
    return number


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

"""AUTO-07p, as the package bifpy brings it: a program from a tape, run and timed on its own.

The right-hand side is written in Fortran from the same tape that this package compiles, with common
subexpressions computed once, and both are compiled with ``-O2``. The time is that of the program
alone, as the operating system tells it: no Python, no compilation. What a run of a few steps takes
is subtracted by those who want the cost of a step.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from continuation.derivatives import jacobian
from continuation.system import System
from continuation.tape import Tape, constant_value

HOPF, FOLD, ASKED, TAKENS = 3, 2, -4, -31
"""Types of points in AUTO's output."""

PERIOD = 11
"""Number of the parameter in which AUTO keeps the period."""

STRICT = {"EPSL": 1e-10, "EPSU": 1e-10, "EPSS": 1e-8, "ITNW": 8, "ITMX": 16, "NPR": 0, "MXBF": 0}
"""The tolerance of this package, and no output but what is asked for."""

LONGEST_JACOBIAN = 20000
"""Instructions of a Jacobian beyond which gfortran takes minutes, and AUTO differences instead."""

BINARY = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**"}

Value = int | float | str | list[int] | dict[int, float] | dict[int, list[float]]


def missing() -> str:
    """What is needed to run AUTO and not here; empty where all is."""
    if shutil.which("gfortran") is None:
        return "gfortran"
    return "" if importlib.util.find_spec("bifpy") else "bifpy"


@dataclass(frozen=True)
class Point:
    """A row of AUTO's table.

    Attributes
    ----------
    kind : int
        Type of the point; 0 for a step.
    label : int
        Number under which a run can start again from it, 0 for none.
    values : tuple of float
        The free parameter, the norm or the maximum, and what follows.
    """

    kind: int
    label: int
    values: tuple[float, ...]


@dataclass(frozen=True)
class Auto:
    """A run that can be repeated: a folder with the program and its constants.

    Attributes
    ----------
    folder : Path
        Where it runs.
    """

    folder: Path

    def seconds(self) -> float:
        """Run once; seconds of the processor."""
        with open(os.devnull, "w") as nowhere:
            process = subprocess.Popen(
                [self.folder / "program"], cwd=self.folder, stdout=nowhere, stderr=nowhere
            )
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"AUTO ended with status {process.returncode} in {self.folder}.")
        return usage.ru_utime + usage.ru_stime

    def points(self) -> list[Point]:
        """The rows of the first branch in the table that the last run wrote."""
        rows = [line.split() for line in (self.folder / "fort.7").read_text().splitlines()]
        return [
            Point(int(row[2]), int(row[3]), tuple(map(float, row[4:])))
            for row in rows
            if row and row[0] != "0"
        ]

    def steps(self) -> int:
        """Accepted steps of the last run."""
        return sum(point.kind not in (FOLD, HOPF, ASKED, TAKENS) for point in self.points()) - 1


def program(
    folder: Path, system: System, names: Sequence[str], start: Sequence[float], **start_values: Any
) -> None:
    """Compile AUTO for a system.

    Parameters
    ----------
    folder : Path
        Gets the program.
    system : System
        Made from SymPy or from text.
    names : sequence of str
        Parameters in the order in which AUTO numbers them; the others become constants.
    start : sequence of float
        The state with which a run begins that does not go on from another.
    **start_values : float
        Parameters that differ from the defaults; "par12" is AUTO's own number 12.
    """
    folder.mkdir(parents=True, exist_ok=True)
    numbers = {name: i for i, name in enumerate(names, start=1)}
    values = {numbers[name]: system.parameters[name] for name in names}
    for name, value in start_values.items():
        values[numbers[name] if name in numbers else int(name.removeprefix("par"))] = value
    model = folder / "model.f90"
    model.write_text(_model(system, numbers, start, values))
    library = Path(str(importlib.util.find_spec("bifpy").origin)).parent / "auto" / "_lib"
    command = ["gfortran", "-O2", "-I", library / "include", "-o", folder / "program"]
    parts = [library / "main.o", model, library / "libbifpy.a"]
    done = subprocess.run([*command, *parts], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"gfortran does not compile the system: {done.stderr[-500:]}")


def run(
    folder: Path, target: Path, constants: Mapping[str, Value], after: Auto | None = None
) -> Auto:
    """Prepare a run of a compiled program.

    Parameters
    ----------
    folder : Path
        Where the program is.
    target : Path
        Where it runs.
    constants : mapping
        AUTO's constants, besides `STRICT`.
    after : Auto, optional
        The run from whose point of label IRS it goes on.
    """
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(folder / "program", target / "program")
    if after is not None:
        shutil.copy(after.folder / "fort.8", target / "fort.3")
    lines = [f"{name} = {value!r}" for name, value in {**STRICT, **constants}.items()]
    (target / "fort.2").write_text("\n".join(lines) + "\n")
    return Auto(target)


def has_slopes(system: System) -> bool:
    """Whether the program has the Jacobian, so that JAC = -1 may be tried."""
    return len(_slopes(system).instructions) <= LONGEST_JACOBIAN


def _slopes(system: System) -> Tape:
    """The tape of f and its Jacobian."""
    return jacobian(system.field.tape, range(system.dimension))


def _model(
    system: System, numbers: Mapping[str, int], start: Sequence[float], values: Mapping[int, float]
) -> str:
    """The equations and the start in Fortran."""
    n = system.dimension
    tape = system.field.tape
    inputs = [f"U({i + 1})" for i in range(n)]
    inputs += [
        f"PAR({numbers[name]})" if name in numbers else _real(value)
        for name, value in system.parameters.items()
    ]
    f = [f"F({i + 1})" for i in range(n)]
    a = [f"DFDU({i + 1},{j + 1})" for i in range(n) for j in range(n)]
    slopes = _slopes(system)
    empty = "\n".join(
        f"SUBROUTINE {name}\nEND SUBROUTINE" for name in ("BCND", "ICND", "FOPT", "PVLS")
    )
    begin = [f"U({i}) = {_real(x)}" for i, x in enumerate(start, start=1)]
    begin += [f"PAR({i}) = {_real(value)}" for i, value in values.items()]
    return "\n".join(
        [
            "SUBROUTINE FUNC(NDIM,U,ICP,PAR,IJAC,F,DFDU,DFDP)",
            "IMPLICIT NONE",
            "INTEGER, INTENT(IN) :: NDIM, ICP(*), IJAC",
            "DOUBLE PRECISION, INTENT(IN) :: U(NDIM), PAR(*)",
            "DOUBLE PRECISION, INTENT(OUT) :: F(NDIM)",
            "DOUBLE PRECISION, INTENT(INOUT) :: DFDU(NDIM,NDIM), DFDP(NDIM,*)",
            f"DOUBLE PRECISION :: V({len(slopes.instructions)})",
            *_straight(tape, inputs, f),
            "IF (IJAC == 0) RETURN",
            *(_straight(slopes, inputs, f + a) if has_slopes(system) else ()),
            "END SUBROUTINE",
            "SUBROUTINE STPNT(NDIM,U,PAR,T)",
            "IMPLICIT NONE",
            "INTEGER, INTENT(IN) :: NDIM",
            "DOUBLE PRECISION, INTENT(INOUT) :: U(NDIM), PAR(*)",
            "DOUBLE PRECISION, INTENT(IN) :: T",
            *begin,
            "END SUBROUTINE",
            empty,
            "",
        ]
    )


def _straight(tape: Tape, inputs: Sequence[str], outputs: Sequence[str]) -> list[str]:
    """The instructions of a tape as assignments."""
    lines = []
    for i, instruction in enumerate(tape.instructions, start=1):
        operation, *rest = instruction
        value = [f"V({a + 1})" for a in rest if isinstance(a, int)]
        if operation == "input":
            text = inputs[rest[0]]
        elif operation in ("rational", "float", "pi", "e"):
            text = _real(constant_value(instruction))
        elif operation == "ipow":
            text = f"{value[0]}**{rest[1]}"
        elif operation == "sigmoid":
            text = f"1D0/(1D0+EXP(-{value[0]}))"
        elif operation == "neg":
            text = f"-{value[0]}"
        elif operation in BINARY:
            text = f"{value[0]}{BINARY[operation]}{value[1]}"
        else:
            text = f"{operation.upper()}({','.join(value)})"
        lines.append(f"V({i}) = {text}")
    return lines + [f"{o} = V({j + 1})" for o, j in zip(outputs, tape.outputs, strict=True)]


def _real(value: float) -> str:
    """A double in Fortran."""
    return repr(float(value)).replace("e", "D") + ("" if "e" in repr(float(value)) else "D0")

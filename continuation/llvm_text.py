r"""LLVM's language for a tape: a loop over points, and within it one over directions.

Every instruction of a tape stands in one of three places, the outermost that knows its operands:

.. code-block:: none

    what needs parameters only              once per call
    for every point
        what needs the state                numbers
        for every eight directions
            what needs a direction          vectors of eight numbers, one per direction

Without directions there is no third place. With them the tape computes f and its derivative
along d, and the loop runs through the unit vectors: a Jacobian of n columns costs n/8 passes
through code that is a few times as long as that of f, where n^2 expressions would be n times as
long.
"""

from __future__ import annotations

import struct

from continuation.tape import Instruction, Tape, constant_value, integer_power

LANES = 8
"""Directions that are worked on together: as many doubles as the widest registers hold."""

_VECTOR = f"<{LANES} x double>"
_LIBM = frozenset(
    ("exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh")
) | {"asinh", "acosh", "atanh", "pow", "atan2"}
_ARITHMETIC = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}

_MODULE = """
declare double @llvm.sqrt.f64(double)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
{declarations}
define void @evaluate(ptr noalias %x, ptr noalias %p, ptr noalias %out, i64 %m) nounwind {{
entry:
{before}
  %any = icmp sgt i64 %m, 0
  br i1 %any, label %loop, label %end
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %last ]
  %xi = mul i64 %i, {states}
  %xrow = getelementptr double, ptr %x, i64 %xi
  %oi = mul i64 %i, {outputs}
  %row = getelementptr double, ptr %out, i64 %oi
{inside}
{directions}
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %m
  br i1 %more, label %loop, label %end
end:
  ret void
}}
"""

_DIRECTIONS = """
  br label %lanes
lanes:
  %q = phi i64 [ 0, %loop ], [ %qnext, %lanes ]
  %lane = insertelement <8 x i64> poison, i64 %q, i64 0
  %lanes8 = shufflevector <8 x i64> %lane, <8 x i64> poison, <8 x i32> zeroinitializer
  %numbers = add <8 x i64> %lanes8, <i64 0, i64 1, i64 2, i64 3, i64 4, i64 5, i64 6, i64 7>
{along}
  %qnext = add i64 %q, 8
  %qmore = icmp slt i64 %qnext, {columns}
  br i1 %qmore, label %lanes, label %last
last:
{copies}
"""


class _Block:
    """Instructions that stand in one place, on values of one type."""

    def __init__(self, prefix: str, kind: str):
        self.kind = kind
        self.lines: list[str] = []
        self._prefix = prefix

    def define(self, text: str) -> str:
        """Append an instruction that computes a value; returns its name."""
        name = f"%{self._prefix}{len(self.lines)}"
        self.lines.append(f"  {name} = {text}")
        return name

    def store(self, value: str, base: str, offset: str) -> None:
        """Append a store of a value of this block's type."""
        pointer = self.define(f"getelementptr double, ptr {base}, i64 {offset}")
        self.lines.append(f"  store {self.kind} {value}, ptr {pointer}, align 8")

    def load(self, base: str, offset: int) -> str:
        """Append a load of a double."""
        pointer = self.define(f"getelementptr double, ptr {base}, i64 {offset}")
        return self.define(f"load double, ptr {pointer}")

    def binary(self, opcode: str, a: str, b: str) -> str:
        """Append arithmetic of two values."""
        return self.define(f"{opcode} {self.kind} {a}, {b}")


def _literal(value: float) -> str:
    return "0x" + struct.pack(">d", value).hex().upper()


class _Writer:
    """The instructions of a tape, each in its place.

    Inputs below ``states`` vary from point to point, those from ``fixed`` on are components of the
    direction, and those between are parameters.
    """

    def __init__(self, tape: Tape, states: int, fixed: int):
        self.states, self.fixed = states, fixed
        self.before, self.inside = _Block("b", "double"), _Block("v", "double")
        self.along = _Block("d", _VECTOR)
        self.called: set[str] = set()
        self._names: list[str] = []
        self._places: list[int] = []
        self._spread: dict[int, str] = {}
        for instruction in tape.instructions:
            self._write(instruction)

    def _write(self, instruction: Instruction) -> None:
        operation, args = instruction[0], instruction[1:]
        if operation == "input":
            place, name = self._input(args[0])
        elif operation in ("rational", "float", "pi", "e"):
            place, name = 0, _literal(constant_value(instruction))
        else:
            used = args[:1] if operation == "ipow" else args
            place = max(self._places[a] for a in used)
            if place == 2:
                name = self._linear(operation, args)
            else:
                block = self.inside if place else self.before
                name = self._operation(block, operation, [self._names[a] for a in used], args)
        self._names.append(name)
        self._places.append(place)

    def _input(self, index: int) -> tuple[int, str]:
        if index < self.states:
            return 1, self.inside.load("%xrow", index)
        if index < self.fixed:
            return 0, self.before.load("%p", index - self.states)
        wanted = ", ".join([f"i64 {index - self.fixed}"] * LANES)
        mask = self.along.define(f"icmp eq <{LANES} x i64> %numbers, <{wanted}>")
        number = self.along.define(f"uitofp <{LANES} x i1> {mask} to {_VECTOR}")
        return 2, number

    def name(self, a: int) -> str:
        """The number computed by instruction a, which needs no direction."""
        return self._names[a]

    def vector(self, a: int) -> str:
        """The value of instruction a for eight directions."""
        if self._places[a] == 2:
            return self._names[a]
        if a not in self._spread:
            define = self.along.define
            first = define(f"insertelement {_VECTOR} poison, double {self._names[a]}, i64 0")
            operands = f"{_VECTOR} {first}, {_VECTOR} poison"
            spread = f"shufflevector {operands}, <{LANES} x i32> zeroinitializer"
            self._spread[a] = define(spread)
        return self._spread[a]

    def _linear(self, operation: str, args: tuple[int, ...]) -> str:
        """What depends on a direction depends on it linearly."""
        block = self.along
        if operation in _ARITHMETIC:
            return block.binary(_ARITHMETIC[operation], *(self.vector(a) for a in args))
        if operation == "neg":
            return block.define(f"fneg {_VECTOR} {self.vector(args[0])}")
        if operation != "select":
            raise ValueError(f"{operation} of a direction is not linear.")
        condition = block.define(f"fcmp oge double {self.name(args[0])}, 0.0")
        a, b = (f"{_VECTOR} {self.vector(arg)}" for arg in args[1:])
        return block.define(f"select i1 {condition}, {a}, {b}")

    def _call(self, block: _Block, function: str, *values: str) -> str:
        self.called.add(function)
        listed = ", ".join(f"double {value}" for value in values)
        return block.define(f"call double @{function}({listed})")

    def _operation(
        self, block: _Block, operation: str, values: list[str], args: tuple[int, ...]
    ) -> str:
        if operation in _ARITHMETIC:
            return block.binary(_ARITHMETIC[operation], *values)
        if operation in _LIBM:
            return self._call(block, operation, *values)
        if operation == "neg":
            return block.define(f"fneg double {values[0]}")
        if operation == "sqrt":
            return block.define(f"call double @llvm.sqrt.f64(double {values[0]})")
        if operation == "sigmoid":
            # Where exp overflows, 1/(1 + inf) = 0 is right.
            exponential = self._call(block, "exp", block.define(f"fneg double {values[0]}"))
            one = _literal(1.0)
            return block.binary("fdiv", one, block.binary("fadd", one, exponential))
        if operation == "ipow":
            return str(integer_power(values[0], args[1], lambda a, b: block.binary("fmul", a, b)))
        condition = block.define(f"fcmp oge double {values[0]}, 0.0")
        return block.define(f"select i1 {condition}, double {values[1]}, double {values[2]}")

    def module(self, outputs: int, directions: str) -> str:
        """The text of the whole module."""
        declarations = [
            f"declare double @{name}({'double, double' if name in ('pow', 'atan2') else 'double'}) "
            "nounwind willreturn memory(none)"
            for name in sorted(self.called)
        ]
        return _MODULE.format(
            declarations="\n".join(declarations),
            before="\n".join(self.before.lines),
            inside="\n".join(self.inside.lines),
            directions=directions,
            states=self.states,
            outputs=outputs,
        )


def write_module(tape: Tape, states: int) -> str:
    """Write the function that evaluates a tape at many points.

    Parameters
    ----------
    tape : Tape
        Its inputs are the states of one point, then the parameters.
    states : int
        Number of states.
    """
    writer = _Writer(tape, states, tape.inputs)
    for k, a in enumerate(tape.outputs):
        writer.inside.store(writer.name(a), "%row", str(k))
    return writer.module(len(tape.outputs), "  br label %last\nlast:")


def write_linearization(tape: Tape, n: int, k: int) -> str:
    """Write the function that evaluates f, A = f_x and B = f_free, by eight directions at a time.

    Parameters
    ----------
    tape : Tape
        Its inputs are n states, the parameters, and a direction with n + k components; its outputs
        are f and the derivative of f along that direction, n numbers each.
    n, k : int
        Numbers of states and of free parameters.
    """
    writer = _Writer(tape, n, tape.inputs - n - k)
    width = -(-(n + k) // LANES) * LANES
    writer.before.lines.append(f"  %rows = alloca [{n * width} x double], align 64")
    for i, a in enumerate(tape.outputs[:n]):
        writer.inside.store(writer.name(a), "%row", str(i))
    for i, a in enumerate(tape.outputs[n:]):
        value = writer.vector(a)
        place = writer.along.define(f"add i64 %q, {i * width}")
        writer.along.store(value, "%rows", place)
    # The first n columns are a row of A, the others one of B.
    copies = [
        (i * width + start, target, count)
        for i in range(n)
        for start, target, count in ((0, n + i * n, n), (n, n + n * n + i * k, k))
    ]
    directions = _DIRECTIONS.format(
        along="\n".join(writer.along.lines), columns=n + k, copies=_copied(copies)
    )
    return writer.module(n + n * n + n * k, directions)


def _copied(copies: list[tuple[int, int, int]]) -> str:
    """Copies from %rows to %row: where from, where to, and how many doubles."""
    block = _Block("c", "double")
    for source, target, count in copies:
        a = block.define(f"getelementptr double, ptr %rows, i64 {source}")
        b = block.define(f"getelementptr double, ptr %row, i64 {target}")
        copy = f"@llvm.memcpy.p0.p0.i64(ptr {b}, ptr {a}, i64 {8 * count}, i1 false)"
        block.lines.append(f"  call void {copy}")
    return "\n".join(block.lines)

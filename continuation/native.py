r"""Machine code from a tape, by LLVM: one call evaluates it at many points.

`compile_tape` makes a function of the C type

.. code-block:: c

    void f(const double *x, const double *p, double *out, int64_t m);

where x holds m points of n states each, p the parameters that all points share, and out receives
the outputs of the tape, point by point. Instructions that need no state are computed once per call,
before the loop over the points. The arithmetic is that of `tape.evaluate`, in the same order and
without reassociation; only the last digit of a transcendental function may differ.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import llvmlite.ir as ir
import numba
import numpy as np
from llvmlite import binding as llvm
from numba.core import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from continuation.fields import unpack
from continuation.tape import Instruction, Tape, constant_value, integer_power

Array = NDArray[np.float64]

_LIBM = {
    name: name
    for name in ("exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh")
} | {name: name for name in ("tanh", "asinh", "acosh", "atanh", "pow", "atan2")}
_ARITHMETIC = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv"}

# How hard LLVM works on a tape. Vectorising the loop over points makes a two-unit GRU a fifth
# faster and takes 20 ms; the register allocator's time grows with the square of the length, so that
# beyond 3000 instructions (10 units) only the fast instruction selector is used: 0.5 s for the
# Jacobian of 32 units, at half the speed.
_VECTORISED_INSTRUCTIONS = 300
_OPTIMISED_INSTRUCTIONS = 3000

_MODULE = """
declare double @llvm.sqrt.f64(double)
{declarations}
define void @evaluate(ptr noalias %x, ptr noalias %p, ptr noalias %out, i64 %m) nounwind {{
entry:
{before}
  %any = icmp sgt i64 %m, 0
  br i1 %any, label %loop, label %end
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %xi = mul i64 %i, {states}
  %xrow = getelementptr double, ptr %x, i64 %xi
  %oi = mul i64 %i, {outputs}
  %row = getelementptr double, ptr %out, i64 %oi
{inside}
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %m
  br i1 %more, label %loop, label %end
end:
  ret void
}}
"""


@dataclass(frozen=True)
class NativeFunction:
    """Compiled code; it lives as long as this object.

    Attributes
    ----------
    address : int
        Of the function, for `call_native`.
    outputs : int
        Numbers that come out per point.
    engine : object
        Owner of the memory that holds the code.
    """

    address: int
    outputs: int
    engine: Any = field(repr=False, compare=False)

    def __call__(self, x: Array, p: Array) -> Array:
        """The outputs at the points x, shape (m, n); shape (m, outputs)."""
        out = np.empty((len(x), self.outputs))
        call_native(self.address, x, p, out, len(x))
        return out


@dataclass(frozen=True)
class NativeLinearization:
    """Machine code that evaluates f, A = f_x and B = f_free together; see `fields.Linearization`.

    Attributes
    ----------
    dimension : int
        Number of states n.
    free : int
        Number of free parameters k.
    address : int
        Of the function, for `call_native`.
    function : NativeFunction
        Keeps the code.
    """

    dimension: int
    free: int
    address: int
    function: NativeFunction

    def into(self, x: Array, p: Array, out: Array) -> None:
        """Write f, A and B of every point into ``out``, shape (m, n + n n + n k), contiguous."""
        call_native(self.address, x, p, out, len(x))

    def __call__(self, x: Array, p: Array) -> tuple[Array, Array, Array]:
        """The values f, shape (m, n), A, shape (m, n, n), and B, shape (m, n, k)."""
        return unpack(self.function(x, p), self.dimension, self.free)


def _literal(value: float) -> str:
    return "0x" + struct.pack(">d", value).hex().upper()


class _Writer:
    """LLVM instructions for a tape, sorted into those before the loop and those inside."""

    def __init__(self, tape: Tape, states: int):
        self.states = states
        self.before: list[str] = []
        self.inside: list[str] = []
        self.names: list[str] = []
        self.varies: list[bool] = []
        self.called: set[str] = set()
        self._temporaries = 0
        for instruction in tape.instructions:
            self._write(instruction)
        for k, a in enumerate(tape.outputs):
            self.inside.append(f"  %o{k} = getelementptr double, ptr %row, i64 {k}")
            self.inside.append(f"  store double {self.names[a]}, ptr %o{k}")

    def _temporary(self) -> str:
        self._temporaries += 1
        return f"%t{self._temporaries}"

    def _write(self, instruction: Instruction) -> None:
        operation, args = instruction[0], instruction[1:]
        if operation == "input":
            inside = args[0] < self.states
            lines: list[str] = []
            name = self._load(lines, args[0])
        elif operation in ("rational", "float", "pi", "e"):
            inside, lines, name = False, [], _literal(constant_value(instruction))
        else:
            used = args[:1] if operation == "ipow" else args
            inside = any(self.varies[a] for a in used)
            lines = []
            values = [self.names[a] for a in used]
            name = self._operation(lines, operation, values, args)
        (self.inside if inside else self.before).extend(lines)
        self.names.append(name)
        self.varies.append(inside)

    def _load(self, lines: list[str], index: int) -> str:
        base, offset = ("%xrow", index) if index < self.states else ("%p", index - self.states)
        pointer, value = self._temporary(), self._temporary()
        lines.append(f"  {pointer} = getelementptr double, ptr {base}, i64 {offset}")
        lines.append(f"  {value} = load double, ptr {pointer}")
        return value

    def _binary(self, lines: list[str], opcode: str, a: str, b: str) -> str:
        name = self._temporary()
        lines.append(f"  {name} = {opcode} double {a}, {b}")
        return name

    def _call(self, lines: list[str], function: str, *values: str) -> str:
        name = self._temporary()
        listed = ", ".join(f"double {value}" for value in values)
        lines.append(f"  {name} = call double @{function}({listed})")
        return name

    def _negative(self, lines: list[str], a: str) -> str:
        name = self._temporary()
        lines.append(f"  {name} = fneg double {a}")
        return name

    def _operation(
        self, lines: list[str], operation: str, values: list[str], args: tuple[int, ...]
    ) -> str:
        if operation in _ARITHMETIC:
            return self._binary(lines, _ARITHMETIC[operation], *values)
        if operation in _LIBM:
            self.called.add(operation)
            return self._call(lines, _LIBM[operation], *values)
        if operation == "neg":
            return self._negative(lines, values[0])
        if operation == "sqrt":
            return self._call(lines, "llvm.sqrt.f64", values[0])
        if operation == "sigmoid":
            # Where exp overflows, 1/(1 + inf) = 0 is right.
            self.called.add("exp")
            exponential = self._call(lines, "exp", self._negative(lines, values[0]))
            one = _literal(1.0)
            return self._binary(lines, "fdiv", one, self._binary(lines, "fadd", one, exponential))
        if operation == "ipow":

            def multiply(a: str, b: str) -> str:
                return self._binary(lines, "fmul", a, b)

            return str(integer_power(values[0], args[1], multiply))
        condition, name = self._temporary(), self._temporary()
        lines.append(f"  {condition} = fcmp oge double {values[0]}, 0.0")
        lines.append(f"  {name} = select i1 {condition}, double {values[1]}, double {values[2]}")
        return name


def write_module(tape: Tape, states: int) -> str:
    """LLVM's text for a tape whose first ``states`` inputs vary from point to point."""
    writer = _Writer(tape, states)
    declarations = "\n".join(
        f"declare double @{name}({'double, double' if name in ('pow', 'atan2') else 'double'}) "
        "nounwind willreturn memory(none)"
        for name in sorted(writer.called)
    )
    return _MODULE.format(
        declarations=declarations,
        before="\n".join(writer.before),
        inside="\n".join(writer.inside),
        states=states,
        outputs=len(tape.outputs),
    )


def compile_tape(tape: Tape, states: int) -> NativeFunction:
    """Compile a tape.

    Parameters
    ----------
    tape : Tape
        Its inputs are the states of one point, then the parameters.
    states : int
        Number of states n.

    Returns
    -------
    NativeFunction
    """
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    length = len(tape.instructions)
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=1 if length <= _OPTIMISED_INSTRUCTIONS else 0,
        jit=True,
    )
    # In the global context: one of its own may be collected before the module that lives in it.
    module = llvm.parse_assembly(write_module(tape, states))
    module.verify()
    if length <= _VECTORISED_INSTRUCTIONS:
        tuning = llvm.create_pipeline_tuning_options(speed_level=1)
        tuning.loop_vectorization = True
        builder = llvm.create_pass_builder(machine, tuning)
        builder.getModulePassManager().run(module, builder)
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    address = engine.get_function_address("evaluate")
    return NativeFunction(address, len(tape.outputs), engine)


@intrinsic
def _call_address(
    typingctx: Any, address: Any, x: Any, p: Any, out: Any, m: Any
) -> tuple[Any, Callable[..., Any]]:
    """Call the C function at an address with the data of three arrays and a count."""
    if any(array.layout != "C" for array in (x, p, out)):
        raise TypeError("call_native takes contiguous arrays only.")
    signature = types.void(types.int64, x, p, out, types.int64)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        double_pointer = ir.DoubleType().as_pointer()
        pointers = [
            context.make_array(kind)(context, builder, value).data
            for kind, value in zip(signature.args[1:4], args[1:4], strict=True)
        ]
        function_type = ir.FunctionType(
            ir.VoidType(), [double_pointer, double_pointer, double_pointer, ir.IntType(64)]
        )
        function = builder.inttoptr(args[0], function_type.as_pointer())
        builder.call(function, [*pointers, args[4]])
        return context.get_dummy_value()

    return signature, generate


@numba.njit(cache=True, nogil=True)
def call_native(address: int, x: Array, p: Array, out: Array, m: int) -> None:
    """Evaluate compiled code at m points; for use inside compiled kernels and from Python.

    Parameters
    ----------
    address : int
        `NativeFunction.address`.
    x : ndarray, shape (m, n), contiguous
    p : ndarray, shape (n_p,), contiguous
    out : ndarray, shape (m, outputs), contiguous
        Overwritten.
    m : int
        Number of points; neither it nor the shapes are checked.
    """
    _call_address(address, x, p, out, m)  # type: ignore[call-arg]  # numba adds the context

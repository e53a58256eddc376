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
from continuation.llvm_text import write_linearization, write_module
from continuation.tape import Tape

Array = NDArray[np.float64]

# How hard LLVM works on a tape. Vectorising the loop over points makes a two-unit GRU a fifth
# faster and takes 20 ms; the register allocator's time grows with the square of the length, so that
# beyond 3000 instructions only the fast one is used: 1 s for the Jacobian of 32 units, 3 s for 64.
_VECTORISED_INSTRUCTIONS = 300
_OPTIMISED_INSTRUCTIONS = 3000


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
    return _compiled(write_module(tape, states), len(tape.instructions), len(tape.outputs))


def compile_linearization(tape: Tape, n: int, k: int) -> NativeFunction:
    """Compile f, A = f_x and B = f_free from the tape of a directional derivative.

    Parameters
    ----------
    tape : Tape
        As `derivatives.with_pushforward` writes it for n states and k free parameters.
    n, k : int

    Returns
    -------
    NativeFunction
        With n + n n + n k outputs per point.
    """
    text = write_linearization(tape, n, k)
    return _compiled(text, len(tape.instructions), n + n * n + n * k)


def _compiled(text: str, length: int, outputs: int) -> NativeFunction:
    """Machine code from LLVM's language, written for a tape of that length."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=1 if length <= _OPTIMISED_INSTRUCTIONS else 0,
        jit=True,
    )
    # In the global context: one of its own may be collected before the module that lives in it.
    module = llvm.parse_assembly(text)
    module.verify()
    if length <= _VECTORISED_INSTRUCTIONS:
        tuning = llvm.create_pipeline_tuning_options(speed_level=1)
        tuning.loop_vectorization = True
        builder = llvm.create_pass_builder(machine, tuning)
        builder.getModulePassManager().run(module, builder)
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    return NativeFunction(engine.get_function_address("evaluate"), outputs, engine)


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

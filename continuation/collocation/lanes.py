"""Arithmetic on eight problems at a time: the lanes of a vector register hold one number of each.

Small dense problems of one size, as the intervals of a mesh give, are solved fastest side by side.
Their entries lie in one flat array, entry e of lane b at ``a[8 e + b]``; positions and strides
below count entries. A compiler cannot prove that rows of one array do not overlap, so these loops
are written with vectors explicitly; the processor's own width may be less than eight.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import llvmlite.ir as ir
from numba.core import cgutils, types
from numba.extending import intrinsic

LANES = 8
"""Doubles in a vector: the widest registers of today's processors, two or four of narrower ones."""

_VECTOR = ir.VectorType(ir.DoubleType(), LANES)
_CONTRACT = ("contract",)  # a product and a sum may be one instruction, rounded once


def _data(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """The address of the data of an array."""
    return context.make_array(kind)(context, builder, value).data


def _place(builder: Any, data: Any, entry: Any) -> Any:
    """The address of the vector of an entry."""
    first = builder.gep(data, [builder.mul(entry, ir.Constant(entry.type, LANES))])
    return builder.bitcast(first, _VECTOR.as_pointer())


def _accumulate(
    builder: Any, data: Any, target: Any, start: Any, count: Any, term: Callable[[Any, Any], Any]
) -> None:
    """Store start + sum over k < count of term(k, sum so far) at an entry."""
    total = cgutils.alloca_once(builder, _VECTOR)  # type: ignore[no-untyped-call]
    builder.store(start, total)
    with cgutils.for_range(builder, count) as loop:
        builder.store(term(loop.index, builder.load(total)), total)
    builder.store(builder.load(total), _place(builder, data, target), align=8)


def _load(builder: Any, data: Any, start: Any, k: Any, step: Any) -> Any:
    """The vector of entry start + k step."""
    entry = builder.add(start, builder.mul(k, step))
    return builder.load(_place(builder, data, entry), align=8)


def _subtract_products(
    typingctx: Any,
    a: Any,
    target: Any,
    b: Any,
    left: Any,
    left_step: Any,
    c: Any,
    right: Any,
    right_step: Any,
    count: Any,
) -> tuple[Any, Callable[..., Any]]:
    """a[target] -= sum of b[left + k left_step] c[right + k right_step], k < count."""
    index = types.intp
    signature = types.void(a, index, b, index, index, c, index, index, index)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        here, lefts, rights = (
            _data(context, builder, signature.args[i], args[i]) for i in (0, 2, 5)
        )
        _, target, _, left, left_step, _, right, right_step, count = args

        def term(k: Any, total: Any) -> Any:
            one = _load(builder, lefts, left, k, left_step)
            other = _load(builder, rights, right, k, right_step)
            product = builder.fmul(one, other, flags=_CONTRACT)
            return builder.fsub(total, product, flags=_CONTRACT)

        start = builder.load(_place(builder, here, target), align=8)
        _accumulate(builder, here, target, start, count, term)
        return context.get_dummy_value()

    return signature, generate


def _reflect(
    typingctx: Any,
    b: Any,
    first: Any,
    first_step: Any,
    c: Any,
    tau: Any,
    a: Any,
    head: Any,
    step: Any,
    count: Any,
) -> tuple[Any, Callable[..., Any]]:
    """Apply I - tau v v^T to entries head, head + step, ... of a; v = (1, b[first], ...).

    The count of entries of v does not include its unit head.
    """
    index = types.intp
    signature = types.void(b, index, index, c, index, a, index, index, index)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        reflector, factors, data = (
            _data(context, builder, signature.args[i], args[i]) for i in (0, 3, 5)
        )
        _, first, first_step, _, tau, _, head, step, count = args
        below = builder.add(head, step)
        sum_of = cgutils.alloca_once(builder, _VECTOR)  # type: ignore[no-untyped-call]
        top = _place(builder, data, head)
        builder.store(builder.load(top, align=8), sum_of)
        with cgutils.for_range(builder, count) as loop:
            one = _load(builder, reflector, first, loop.index, first_step)
            other = _load(builder, data, below, loop.index, step)
            product = builder.fmul(one, other, flags=_CONTRACT)
            builder.store(builder.fadd(builder.load(sum_of), product, flags=_CONTRACT), sum_of)
        factor = builder.load(_place(builder, factors, tau), align=8)
        total = builder.fmul(builder.load(sum_of), factor)
        builder.store(builder.fsub(builder.load(top, align=8), total), top, align=8)
        with cgutils.for_range(builder, count) as loop:
            one = _load(builder, reflector, first, loop.index, first_step)
            entry = builder.add(below, builder.mul(loop.index, step))
            place = _place(builder, data, entry)
            product = builder.fmul(one, total, flags=_CONTRACT)
            left = builder.fsub(builder.load(place, align=8), product, flags=_CONTRACT)
            builder.store(left, place, align=8)
        return context.get_dummy_value()

    return signature, generate


def _combine(
    typingctx: Any,
    a: Any,
    target: Any,
    weights: Any,
    first: Any,
    source: Any,
    step: Any,
    count: Any,
) -> tuple[Any, Callable[..., Any]]:
    """a[target] = sum of weights[first + k] a[source + k step], k < count; weights are shared."""
    signature = types.void(a, types.intp, weights, *[types.intp] * 4)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = _data(context, builder, signature.args[0], args[0])
        shared = _data(context, builder, signature.args[2], args[2])
        target, _, first, source, step, count = args[1:]

        def term(k: Any, total: Any) -> Any:
            weight = builder.load(builder.gep(shared, [builder.add(first, k)]))
            entry = _place(builder, data, builder.add(source, builder.mul(k, step)))
            product = builder.fmul(
                _spread(builder, weight), builder.load(entry, align=8), flags=_CONTRACT
            )
            return builder.fadd(total, product, flags=_CONTRACT)

        zero = ir.Constant(_VECTOR, [0.0] * LANES)
        _accumulate(builder, data, target, zero, count, term)
        return context.get_dummy_value()

    return signature, generate


def _spread(builder: Any, number: Any) -> Any:
    """A vector with one number in all lanes."""
    index = ir.IntType(32)
    alone = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), number, index(0))
    everywhere = ir.Constant(ir.VectorType(index, LANES), [0] * LANES)
    return builder.shuffle_vector(alone, ir.Constant(_VECTOR, ir.Undefined), everywhere)


def _multiply(
    typingctx: Any, a: Any, target: Any, b: Any, other: Any
) -> tuple[Any, Callable[..., Any]]:
    """a[target] *= b[other]."""
    signature = types.void(a, types.intp, b, types.intp)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data, factors = (_data(context, builder, signature.args[i], args[i]) for i in (0, 2))
        here = _place(builder, data, args[1])
        factor = builder.load(_place(builder, factors, args[3]), align=8)
        builder.store(builder.fmul(builder.load(here, align=8), factor), here, align=8)
        return context.get_dummy_value()

    return signature, generate


Lanewise = Callable[..., None]
"""Callable in compiled code only, where numba adds the first argument."""

subtract_products: Lanewise = intrinsic(_subtract_products)
combine: Lanewise = intrinsic(_combine)
multiply: Lanewise = intrinsic(_multiply)
reflect: Lanewise = intrinsic(_reflect)

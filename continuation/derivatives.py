r"""Exact derivatives of a tape, by the chain rule applied to its instructions.

For a tape that computes f(u), `pushforward` writes the tape of the directional derivative

.. math:: Df(u)\, d = \frac{d}{dt} f(u + t d)\Big|_{t=0}

with the direction d as new inputs; repeated k times it gives the k-linear form
D^k f(u)(d_1, ..., d_k). `jacobian` writes f and chosen columns of Df as one tape. Nothing is
rounded that the expression itself does not round (Griewank and Walther, Evaluating Derivatives,
2nd ed., SIAM 2008, chapter 3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from continuation.tape import Tape
from continuation.taping import TapeBuilder


def _one_minus(b: TapeBuilder, a: int) -> int:
    return b.sub(b.constant(1), a)


def _square(b: TapeBuilder, a: int) -> int:
    return b.power(a, b.constant(2))


def _reciprocal(b: TapeBuilder, a: int) -> int:
    return b.div(b.constant(1), a)


# The derivative of y = g(a), from the positions of a and y.
_SLOPES: Mapping[str, Callable[[TapeBuilder, int, int], int]] = {
    "neg": lambda b, a, y: b.constant(-1),
    "sqrt": lambda b, a, y: _reciprocal(b, b.mul(b.constant(2), y)),
    "exp": lambda b, a, y: y,
    "log": lambda b, a, y: _reciprocal(b, a),
    "sin": lambda b, a, y: b.unary("cos", a),
    "cos": lambda b, a, y: b.neg(b.unary("sin", a)),
    "tan": lambda b, a, y: b.add(b.constant(1), _square(b, y)),
    "sinh": lambda b, a, y: b.unary("cosh", a),
    "cosh": lambda b, a, y: b.unary("sinh", a),
    "tanh": lambda b, a, y: _one_minus(b, _square(b, y)),
    "sigmoid": lambda b, a, y: b.mul(y, _one_minus(b, y)),
    "asin": lambda b, a, y: _reciprocal(b, b.unary("sqrt", _one_minus(b, _square(b, a)))),
    "acos": lambda b, a, y: b.neg(_reciprocal(b, b.unary("sqrt", _one_minus(b, _square(b, a))))),
    "atan": lambda b, a, y: _reciprocal(b, b.add(b.constant(1), _square(b, a))),
    "asinh": lambda b, a, y: _reciprocal(b, b.unary("sqrt", b.add(b.constant(1), _square(b, a)))),
    "acosh": lambda b, a, y: _reciprocal(b, b.unary("sqrt", b.sub(_square(b, a), b.constant(1)))),
    "atanh": lambda b, a, y: _reciprocal(b, _one_minus(b, _square(b, a))),
}

Tangents = dict[int, int]
"""Positions of the derivatives of one value, by number of the direction; zeros are left out."""


def _scaled(b: TapeBuilder, slope: int, tangents: Tangents) -> Tangents:
    return {j: b.mul(slope, d) for j, d in tangents.items()}


def _summed(b: TapeBuilder, left: Tangents, right: Tangents) -> Tangents:
    total = dict(left)
    for j, d in right.items():
        total[j] = b.add(total[j], d) if j in total else d
    return total


def _difference(b: TapeBuilder, left: Tangents, right: Tangents) -> Tangents:
    total = dict(left)
    for j, d in right.items():
        total[j] = b.sub(total[j], d) if j in total else b.neg(d)
    return total


def _product(b: TapeBuilder, x: int, y: int, dx: Tangents, dy: Tangents) -> Tangents:
    return _summed(b, _scaled(b, y, dx), _scaled(b, x, dy))


def _quotient(b: TapeBuilder, x: int, y: int, value: int, dx: Tangents, dy: Tangents) -> Tangents:
    """From d(x/y) = (dx - (x/y) dy) / y, which reuses the quotient."""
    change = _difference(b, dx, _scaled(b, value, dy))
    return {j: b.div(d, y) for j, d in change.items()}


def _power(b: TapeBuilder, x: int, y: int, value: int, dx: Tangents, dy: Tangents) -> Tangents:
    """From d(x^y) = y x^(y-1) dx + x^y log(x) dy; the logarithm only where the exponent varies."""
    slope = b.mul(y, b.power(x, b.sub(y, b.constant(1)))) if dx else y
    change = _scaled(b, slope, dx)
    if dy:
        change = _summed(b, change, _scaled(b, b.mul(value, b.unary("log", x)), dy))
    return change


def _angle(b: TapeBuilder, y: int, x: int, dy: Tangents, dx: Tangents) -> Tangents:
    """From d atan2(y, x) = (x dy - y dx) / (x^2 + y^2)."""
    radius = b.add(_square(b, x), _square(b, y))
    change = _difference(b, _scaled(b, x, dy), _scaled(b, y, dx))
    return {j: b.div(d, radius) for j, d in change.items()}


def _selected(b: TapeBuilder, condition: int, dx: Tangents, dy: Tangents) -> Tangents:
    """Each branch keeps its own derivative; at the switch itself the first one counts."""
    zero = b.constant(0)
    every = sorted(set(dx) | set(dy))
    return {j: b.select(condition, dx.get(j, zero), dy.get(j, zero)) for j in every}


def _tangents_of(b: TapeBuilder, position: int, known: Mapping[int, Tangents]) -> Tangents:
    """The chain rule for one instruction."""
    operation, *args = b.instructions[position]
    if operation in ("rational", "float", "pi", "e", "input"):
        return {}
    x = args[0]
    dx = known[x]
    if operation in _SLOPES:
        return _scaled(b, _SLOPES[operation](b, x, position), dx) if dx else {}
    y = args[1]
    if operation == "ipow":
        if not dx:
            return {}
        slope = b.mul(b.constant(y), b.power(x, b.constant(y - 1)))
        return _scaled(b, slope, dx)
    dy = known[y]
    if operation == "select":
        return _selected(b, x, dy, known[args[2]])
    if not dx and not dy:
        return {}
    if operation == "add":
        return _summed(b, dx, dy)
    if operation == "sub":
        return _difference(b, dx, dy)
    if operation == "mul":
        return _product(b, x, y, dx, dy)
    if operation == "div":
        return _quotient(b, x, y, position, dx, dy)
    if operation == "pow":
        return _power(b, x, y, position, dx, dy)
    return _angle(b, x, y, dx, dy)


def _propagate(b: TapeBuilder, tape: Tape, seeds: Mapping[int, Tangents]) -> list[Tangents]:
    """Derivatives of the outputs of a tape, given those of its inputs.

    Parameters
    ----------
    b : TapeBuilder
        To which the instructions are appended.
    tape : Tape
    seeds : mapping of int to dict
        For an input, its derivatives by number of the direction; inputs left out are constant.

    Returns
    -------
    list of dict
        One for each output.
    """
    positions = b.replay(tape)
    for index in sorted(seeds):
        b.input(index)
    # Replaying may simplify, so that the instructions to differentiate are those in the builder.
    known: dict[int, Tangents] = {}
    for position in range(len(b.instructions)):
        instruction = b.instructions[position]
        if instruction[0] == "input":
            known[position] = dict(seeds.get(instruction[1], {}))
        else:
            known[position] = _tangents_of(b, position, known)
    return [known[positions[a]] for a in tape.outputs]


def pushforward(tape: Tape, along: Mapping[int, int], inputs: int) -> Tape:
    r"""Write the tape of the directional derivative Df(u) d.

    Parameters
    ----------
    tape : Tape
        Computes f(u).
    along : mapping of int to int
        For each input of ``tape`` that varies, the input of the new tape that holds its component
        of the direction d.
    inputs : int
        How many inputs the new tape has; the first are those of ``tape``.

    Returns
    -------
    Tape
        With as many outputs as ``tape``.
    """
    b = TapeBuilder(inputs)
    occurring = tape.occurring_inputs
    seeds = {i: {0: b.input(j)} for i, j in along.items() if i in occurring}
    zero = b.constant(0)
    return b.finish([tangents.get(0, zero) for tangents in _propagate(b, tape, seeds)])


def jacobian(tape: Tape, columns: Sequence[int]) -> Tape:
    r"""Write the tape of f(u) and of chosen columns of Df(u).

    Parameters
    ----------
    tape : Tape
        Computes f(u), with r outputs.
    columns : sequence of int
        Inputs with respect to which to differentiate, c of them.

    Returns
    -------
    Tape
        With r + r c outputs: f, then for each output its c derivatives.
    """
    b = TapeBuilder(tape.inputs)
    one, zero = b.constant(1), b.constant(0)
    seeds = {i: {j: one for j, c in enumerate(columns) if c == i} for i in set(columns)}
    tangents = _propagate(b, tape, seeds)
    values = b.replay(tape)
    outputs = [values[a] for a in tape.outputs]
    outputs += [row.get(j, zero) for row in tangents for j in range(len(columns))]
    return b.finish(outputs)


def with_pushforward(tape: Tape, columns: Sequence[int]) -> Tape:
    r"""Write the tape of f(u) and of its derivative along a direction in chosen inputs.

    Parameters
    ----------
    tape : Tape
        Computes f(u), with r outputs.
    columns : sequence of int
        Inputs that vary, c of them; the others stay fixed.

    Returns
    -------
    Tape
        With c more inputs, the components of the direction, and 2 r outputs: f, then its
        derivative.
    """
    b = TapeBuilder(tape.inputs + len(columns))
    seeds = {c: {0: b.input(tape.inputs + j)} for j, c in enumerate(columns)}
    zero = b.constant(0)
    tangents = _propagate(b, tape, seeds)
    values = b.replay(tape)
    outputs = [values[a] for a in tape.outputs] + [t.get(0, zero) for t in tangents]
    return b.finish(outputs)


def with_vectors(tape: Tape, states: int, vectors: int, shifted: bool) -> Tape:
    r"""Write the tape of f(x, p) and of f_x(x, p) v_i + s f(x, p) for several vectors.

    Parameters
    ----------
    tape : Tape
        Computes f from the states and the parameters, in this order.
    states : int
        Number n of states.
    vectors : int
        Number k of vectors.
    shifted : bool
        False leaves the term s f out.

    Returns
    -------
    Tape
        Of x, v_1, ..., v_k, p and s, with n (1 + k) outputs.
    """
    first = states * (1 + vectors)
    total = tape.inputs + states * vectors + 1
    moved = [
        ("input", a[1] if a[1] < states else a[1] - states + first) if a[0] == "input" else a
        for a in tape.instructions
    ]
    base = Tape(total, tuple(moved), tape.outputs)
    b = TapeBuilder(total)
    seeds = {i: {j: b.input(states * (1 + j) + i) for j in range(vectors)} for i in range(states)}
    tangents = _propagate(b, base, seeds)
    values = [b.replay(base)[a] for a in tape.outputs]
    zero, shift = b.constant(0), b.input(total - 1)
    outputs = list(values)
    for j in range(vectors):
        for value, row in zip(values, tangents, strict=True):
            along = row.get(j, zero)
            outputs.append(b.add(along, b.mul(shift, value)) if shifted else along)
    return b.finish(outputs)


def with_adjoint(tape: Tape, states: int, parameter: int) -> Tape:
    r"""Write the tape of the equations of a branch point of cycles.

    .. math:: f + \beta \varphi, \quad -f_x^T \varphi - \gamma f, \quad
              \langle \varphi, f \rangle, \quad \langle \varphi, f_\lambda \rangle.

    Parameters
    ----------
    tape : Tape
        Computes f from the states and the parameters, in this order.
    states : int
        Number n of states.
    parameter : int
        Number of lambda among the parameters.

    Returns
    -------
    Tape
        Of x, phi, two numbers without effect, the parameters, gamma and beta, with 2 n + 2 outputs.
    """
    total = tape.inputs + states + 4
    moved = [
        ("input", a[1] if a[1] < states else a[1] + states + 2) if a[0] == "input" else a
        for a in tape.instructions
    ]
    base = Tape(total, tuple(moved), tape.outputs)
    b = TapeBuilder(total)
    one, zero = b.constant(1), b.constant(0)
    seeds: dict[int, Tangents] = {i: {i: one} for i in range(states)}
    seeds[2 * states + 2 + parameter] = {states: one}
    tangents = _propagate(b, base, seeds)
    f = [b.replay(base)[a] for a in tape.outputs]
    adjoint = [b.input(states + i) for i in range(states)]
    gamma, beta = b.input(total - 2), b.input(total - 1)

    def paired(values: Sequence[int]) -> int:
        terms = zero
        for p, value in zip(adjoint, values, strict=True):
            terms = b.add(terms, b.mul(p, value))
        return terms

    forced = [b.add(value, b.mul(beta, p)) for value, p in zip(f, adjoint, strict=True)]
    columns = [[row.get(j, zero) for row in tangents] for j in range(states + 1)]
    turned = [b.neg(b.add(paired(columns[i]), b.mul(gamma, value))) for i, value in enumerate(f)]
    return b.finish([*forced, *turned, paired(f), paired(columns[states])])

r"""What is proved at each kind of special equilibrium: coefficients and conditions.

Each function takes the equations at a point that is proved to exist and the parts of the unknowns
of its defining system (`extended`), and returns the coefficients in balls, under the names that
`normalforms` gives them, and the conditions of the theorem.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from flint import acb, arb

from continuation.certification.conditions import (
    Condition,
    Locally,
    bordered,
    complex_of,
    conj,
    left_vector,
    length,
    nonzero,
    others_off_the_axis,
    solve,
)
from continuation.certification.equations import Balls, as_array

__all__ = ["Proved", "proved_at"]

Proved = tuple[dict[str, arb], list[Condition]]

REGULAR = "its defining system is regular, and so the parameters unfold it"


def proved_at(kind: str, at: Locally, blocks: Sequence[Balls]) -> Proved:
    """Enclose the coefficients at a point of a kind, and check the conditions.

    Parameters
    ----------
    kind : str
        "LP", "CP", "BT", "H", "GH" or "BP".
    at : Locally
    blocks : sequence of array of arb
        Unknowns of the blocks of the defining system; for BP none.
    """
    return _KINDS[kind](at, *blocks)


def oriented(q: Balls) -> Balls:
    """The vector with length 1 and its largest component positive."""
    largest = int(np.argmax([abs(float(z)) for z in q]))
    unit: Balls = q / (length(q) if float(q[largest]) > 0 else -length(q))
    return unit


def _fold(at: Locally, q: Balls) -> Proved:
    a, b = at.linear()
    q = oriented(q)
    p = left_vector(a)
    pairing = p @ q / length(p)
    p = p / (p @ q)
    quadratic = p @ at.form(q, q) / 2
    crossing = p @ b[:, 0]
    return {"a": quadratic, "pairing": pairing}, [
        nonzero("simple", "the eigenvalue 0 is simple, <p, q> != 0", pairing),
        nonzero("quadratic", "the fold is quadratic, a != 0", quadratic),
        nonzero("transversal", "the parameter unfolds it, <p, f_lambda> != 0", crossing),
        others_off_the_axis(a, 1),
    ]


def _cubic(at: Locally, a: Balls, q: Balls, p: Balls) -> arb:
    """The coefficient <p, C(q, q, q) + 3 B(q, h)> / 6 with A h = -B(q, q) + <p, B(q, q)> q."""
    second = at.form(q, q)
    rhs = as_array([*((p @ second) * q - second), arb(0)])
    h = solve(bordered(a, q, p), rhs)[:-1]
    c: arb = p @ (at.form(q, q, q) + 3 * at.form(q, h)) / 6
    return c


def _cusp(at: Locally, q: Balls, _: Balls) -> Proved:
    a = at.linear()[0]
    q = oriented(q)
    p = left_vector(a)
    pairing = p @ q / length(p)
    c = _cubic(at, a, q, p / (p @ q))
    return {"c": c}, [
        nonzero("simple", "the eigenvalue 0 is simple, <p, q> != 0", pairing),
        nonzero("cubic", "the cubic coefficient does not vanish, c != 0", c),
        Condition("transversal", REGULAR, True),
        others_off_the_axis(a, 1),
    ]


def _bogdanov_takens(at: Locally, q: Balls, v: Balls) -> Proved:
    a = at.linear()[0]
    size = length(q)
    q0, q1 = q / size, v / size
    q1 = q1 - (q1 @ q0) * q0
    p1 = left_vector(a)
    double = p1 @ q1
    p1 = p1 / double
    p0 = solve(bordered(a, p1, q0).T, as_array([*p1, arb(0)]))[:-1]
    p0 = p0 - (p0 @ q1) * p1
    second = at.form(q0, q0)
    one = p1 @ second / 2
    two = p0 @ second + p1 @ at.form(q0, q1)
    sign = -1 if float(one) < 0 else 1
    one, two = sign * one, sign * two
    return {"a": one, "b": two}, [
        nonzero("double", "the eigenvalue 0 has multiplicity two, <p1, q1> != 0", double),
        nonzero("quadratic", "a != 0", one),
        nonzero("mixed", "b != 0", two),
        Condition("transversal", REGULAR, True),
        others_off_the_axis(a, 2),
    ]


def _vectors(a: Balls, r: Balls, s: Balls, omega: arb) -> tuple[Balls, Balls]:
    """Q = (r + i s) / |r + i s| and conj(p), with <p, q> = 1."""
    q = complex_of(r, s)
    q = q / length(q)
    turned = a - acb(0, omega) * np.eye(len(r), dtype=int).astype(object)
    w = left_vector(turned)
    return q, w / (w @ q)


def _twice(at: Locally, a: Balls, q: Balls, w: Balls, omega: arb) -> acb:
    """The sum c_1 = <p, C(q, q, conj q) - 2 B(q, h11) + B(conj q, h20)> / 2."""
    bar = conj(q)
    h11 = solve(a, at.form(q, bar))
    h20 = solve(_shifted(a, 2, omega), at.form(q, q))
    c1: acb = w @ (at.form(q, q, bar) - 2 * at.form(q, h11) + at.form(bar, h20)) / 2
    return c1


def _shifted(a: Balls, k: int, omega: arb) -> Balls:
    """K i omega - A."""
    shifted: Balls = acb(0, k * omega) * np.eye(len(a), dtype=int).astype(object) - a
    return shifted


def _hopf(at: Locally, q: Balls, v: Balls, kappa: Balls) -> Proved:
    a, b = at.linear()
    omega: arb = kappa[0].sqrt()
    vector, w = _vectors(a, q, -v * (1 / omega), omega)
    c1: acb = _twice(at, a, vector, w, omega)
    drift = solve(a, -b[:, 0])
    turned: Any = w @ at.form(vector, at.toward(drift, 0))
    speed, l1 = turned.real, c1.real / omega
    word = "subcritical" if l1 > 0 else "supercritical"
    coefficients = {"omega": omega, "re_c1": c1.real, "l1": l1, "speed": speed}
    return coefficients, [
        Condition("pair", "the pair is imaginary, omega^2 > 0", bool(kappa[0] > 0), kappa[0]),
        nonzero("crossing", "the pair crosses the axis, d Re / d lambda != 0", speed),
        nonzero("l1", f"the first Lyapunov coefficient has a sign ({word}), l1 != 0", l1),
        others_off_the_axis(a, 2),
    ]


def _bautin(at: Locally, *parts: Balls) -> Proved:
    a = at.linear()[0]
    r, s, (omega,) = parts[:3]
    q, w = _vectors(a, r, s, omega)
    l2 = _second_lyapunov(at, a, q, w, omega)
    return {"omega": omega, "l2": l2}, [
        Condition("pair", "the pair is imaginary, omega > 0", bool(omega > 0), omega),
        nonzero("l2", "the second Lyapunov coefficient does not vanish, l2 != 0", l2),
        Condition("transversal", REGULAR, True),
        others_off_the_axis(a, 2),
    ]


def _second_lyapunov(at: Locally, a: Balls, q: Balls, w: Balls, omega: arb) -> arb:
    """Re G32 / 12; the formulas are those of `normalforms.codimension_two`."""
    f, bar = at.form, conj(q)

    def inverse(k: int, rhs: Balls) -> Balls:
        return solve(_shifted(a, k, omega), rhs)

    h20, h11 = inverse(2, f(q, q)), inverse(0, f(q, bar))
    cubic = f(q, q, bar) + f(bar, h20) + 2 * f(q, h11)
    g21 = w @ cubic
    h30 = inverse(3, f(q, q, q) + 3 * f(q, h20))
    border = bordered(_shifted(a, 1, omega), q, w)
    h21 = solve(border, as_array([*(cubic - g21 * q), acb(0)]))[:-1]
    h02, h12 = conj(h20), conj(h21)
    h31 = inverse(
        2,
        f(q, q, q, bar) + 3 * f(q, q, h11) + 3 * f(q, bar, h20) + 3 * f(h20, h11)
        + f(bar, h30) + 3 * f(q, h21) - 3 * g21 * h20,
    )  # fmt: skip
    h22 = inverse(
        0,
        f(q, q, bar, bar) + 4 * f(q, bar, h11) + f(bar, bar, h20) + f(q, q, h02)
        + 2 * f(h11, h11) + 2 * f(q, h12) + 2 * f(bar, h21) + f(h02, h20) - 4 * g21.real * h11,
    )  # fmt: skip
    quintic = (
        f(q, q, q, bar, bar) + f(q, q, q, h02) + 3 * f(q, bar, bar, h20) + 6 * f(q, q, bar, h11)
        + f(bar, bar, h30) + 3 * f(q, q, h12) + 6 * f(q, bar, h21) + 3 * f(q, h02, h20)
        + 6 * f(q, h11, h11) + 6 * f(h20, h11, bar) + 2 * f(bar, h31) + 3 * f(q, h22)
        + f(h02, h30) + 3 * f(h12, h20) + 6 * f(h11, h21)
    )  # fmt: skip
    g32: Any = w @ quintic
    l2: arb = g32.real / 12
    return l2


def _branch_point(at: Locally) -> Proved:
    """A simple eigenvalue crosses 0 while one branch stays in the invariant space.

    The drift along that branch solves A x' = -f_lambda, which has a solution because <p, f_lambda>
    = 0: lambda can be varied within the space.
    """
    a, b = at.linear()
    q, p = oriented(left_vector(a.T)), left_vector(a)
    pairing = p @ q / length(p)
    p = p / (p @ q)
    drift = solve(bordered(a, q, p), as_array([*(-b[:, 0]), arb(0)]))[:-1]
    speed = p @ at.form(q, at.toward(drift, 0))
    quadratic = p @ at.form(q, q) / 2
    return {"a": quadratic, "c": _cubic(at, a, q, p), "speed": speed}, [
        nonzero("simple", "the eigenvalue 0 is simple, <p, q> != 0", pairing),
        nonzero("crossing", "the eigenvalue crosses 0 along the branch, speed != 0", speed),
        others_off_the_axis(a, 1),
    ]


_KINDS: Mapping[str, Callable[..., Proved]] = {
    "LP": _fold,
    "CP": _cusp,
    "BT": _bogdanov_takens,
    "H": _hopf,
    "GH": _bautin,
    "BP": _branch_point,
}

"""A system: shapes, names, defaults, messages, data."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
import sympy as sp

from continuation.system import System

X, Y, B1, B2 = sp.symbols("x y b1 b2")
PLANE = System.from_sympy(
    [X, Y],
    [Y, B1 + B2 * Y + X**2 - X * Y],
    {B1: -1.0, "b2": 0.5},
    name="BT",
    box=((-2, 2), (-1, 1)),
)


def test_f_and_jacobian_take_one_state_or_columns() -> None:
    x = np.random.default_rng(0).normal(size=(2, 5))
    f, a = PLANE.f(x, {"b1": 0.3}), PLANE.jacobian(x, {"b1": 0.3})
    assert (f.shape, a.shape) == ((2, 5), (2, 2, 5))
    np.testing.assert_allclose(f, [x[1], 0.3 + 0.5 * x[1] + x[0] ** 2 - x[0] * x[1]], rtol=1e-14)
    np.testing.assert_allclose(a[1], [2 * x[0] - x[1], 0.5 - x[0]], rtol=1e-14)
    np.testing.assert_array_equal(PLANE.f(x[:, 2], {"b1": 0.3}), f[:, 2])
    np.testing.assert_array_equal(PLANE.jacobian(x[:, 2], {"b1": 0.3}), a[:, :, 2])


def test_a_linearization_gives_f_and_both_derivatives_contiguously() -> None:
    x = np.random.default_rng(1).normal(size=(4, 2))
    linearize = PLANE.linearize(("b2", "b1"))
    f, a, b = linearize(x, PLANE.vector())
    assert (f.shape, a.shape, b.shape) == ((4, 2), (4, 2, 2), (4, 2, 2))
    assert f.flags.c_contiguous and a.flags.c_contiguous and b.flags.c_contiguous
    np.testing.assert_array_equal(f, PLANE.evaluate(x, PLANE.vector()))
    np.testing.assert_array_equal(b[:, 0], np.zeros((4, 2)))
    np.testing.assert_array_equal(b[:, 1], np.stack([x[:, 1], np.ones(4)], axis=1))
    out = np.empty((4, 10))
    linearize.into(x, PLANE.vector(), out)
    np.testing.assert_array_equal(out, np.hstack([f, a.reshape(4, 4), b.reshape(4, 4)]))
    assert linearize is PLANE.linearize(("b2", "b1"))
    assert isinstance(linearize.address, int)


def test_forms_broadcast_columns_and_take_directions_with_parameters() -> None:
    x, p = np.array([0.3, -0.2]), PLANE.vector()
    np.testing.assert_allclose(PLANE.derivative(x, p, np.eye(2)), PLANE.jacobian(x))
    full = PLANE.derivative(x, p, np.eye(4))
    np.testing.assert_allclose(full[1], [2 * x[0] - x[1], p[1] - x[0], 1.0, x[1]])
    q = np.array([1.0, 1j])
    np.testing.assert_allclose(PLANE.derivative(x, p, q, q.conj()), [0, 2], atol=1e-15)
    mixed = PLANE.derivative(x, p, np.eye(4), np.array([1.0, 0.0]))
    np.testing.assert_allclose(mixed, [[0, 0, 0, 0], [2, -1, 0, 0]], atol=1e-15)
    assert PLANE.derivative(x, p, q, q, q).shape == (2,)
    assert not PLANE.derivative(x, p, q, q, q).any()


def test_parameters_are_named_ordered_and_read_only() -> None:
    assert dict(PLANE.parameters) == {"b1": -1.0, "b2": 0.5}
    np.testing.assert_array_equal(PLANE.vector({"b2": 2.0}), [-1.0, 2.0])
    with pytest.raises(TypeError):
        PLANE.parameters["b1"] = 0.0  # type: ignore[index]


def test_other_defaults_make_another_system_that_shares_compiled_code() -> None:
    other = PLANE.with_defaults(b1=2.0)
    assert (other.parameters["b1"], PLANE.parameters["b1"]) == (2.0, -1.0)
    assert other.linearize(("b1",)) is PLANE.linearize(("b1",))


def test_a_system_survives_json() -> None:
    again = System.from_data(json.loads(json.dumps(PLANE.to_data())))
    assert (again.name, again.states, again.kind, again.box) == (
        "BT",
        ("x", "y"),
        "flow",
        PLANE.box,
    )
    assert again.parameters == PLANE.parameters
    np.testing.assert_array_equal(again.f([0.1, 0.2]), PLANE.f([0.1, 0.2]))


def test_data_that_are_no_system_are_refused() -> None:
    good = PLANE.to_data()
    wrong: list[object] = [None, [], {}, {**good, "states": ["x"]}, {**good, "tape": None}]
    wrong += [{**good, "kind": "ode"}, {**good, "parameters": {"b1": "nan", "b2": 0}}]
    wrong += [{**good, "name": 3}, {**good, "states": ["x", 3]}, {**good, "box": 7}]
    for data in wrong:
        with pytest.raises(ValueError, match=r"system|tape|kind|number|names|box"):
            System.from_data(data)


def test_messages_say_what_was_given_and_what_was_expected() -> None:
    with pytest.raises(
        ValueError, match=r"`x` has shape \(3,\), but system 'BT' has 2 states: x, y"
    ):
        PLANE.f([1, 2, 3])
    with pytest.raises(
        ValueError, match="'c' is no parameter: system 'BT' has 2 parameters: b1, b2"
    ):
        PLANE.f([1, 2], {"c": 1.0})
    with pytest.raises(ValueError, match="'c' is no parameter"):
        PLANE.linearize(("c",))
    with pytest.raises(ValueError, match="b1 = nan is not a finite number"):
        PLANE.with_defaults(b1=float("nan"))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": "ode"}, "'flow' or 'map'"),
        ({"rhs": [X]}, "1 expressions for 2 states"),
        ({"parameters": {"x": 1.0, "b1": 1, "b2": 2}}, "names must differ"),
        ({"parameters": {"b1": float("inf"), "b2": 0}}, "not a finite number"),
        ({"parameters": {"b1": 1}}, "'b2' is neither a state nor a parameter"),
        ({"box": ((0, 1),)}, "box"),
        ({"box": ((1, 0), (0, 1))}, "box"),
        ({"states": [], "rhs": []}, "at least one state"),
    ],
)
def test_a_system_that_makes_no_sense_is_refused(changed: dict[str, object], message: str) -> None:
    arguments = {"states": [X, Y], "rhs": [Y, B1 + B2], "parameters": {"b1": 1, "b2": 2}}
    with pytest.raises(ValueError, match=message):
        System.from_sympy(**{**arguments, **changed})  # type: ignore[arg-type]


def test_a_map_is_a_system_of_another_kind() -> None:
    logistic = System.from_strings({"x": "r*x*(1 - x)"}, parameters={"r": 2.0}, kind="map")
    assert logistic.kind == "map"
    assert logistic.f([0.5])[0] == 0.5


def test_importing_a_system_imports_neither_sympy_nor_a_compiler() -> None:
    code = "import sys, continuation.system; print({'sympy', 'numba'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_large_system_has_the_same_derivatives_as_a_small_one() -> None:
    n = 40  # a ring of neurons, long enough for its Jacobian to be computed by directions
    states = [f"x{i}" for i in range(n)]
    drive = [" + ".join(f"w*sin({i}*{j})*x{j}" for j in range(n)) for i in range(n)]
    ring = System.from_strings(
        {s: f"tanh({drive[i]}) - {s}" for i, s in enumerate(states)}, parameters={"w": 0.3}
    )
    x = np.random.default_rng(0).normal(size=n)
    weights = 0.3 * np.sin(np.outer(np.arange(n), np.arange(n)))
    slopes = 1 - np.tanh(weights @ x) ** 2
    np.testing.assert_allclose(ring.jacobian(x), slopes[:, None] * weights - np.eye(n), atol=1e-13)
    _, _, b = ring.linearize(("w",))(x[None], ring.vector())
    np.testing.assert_allclose(b[0, :, 0], slopes * (weights @ x) / 0.3, atol=1e-12)

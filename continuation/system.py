r"""A dynamical system x' = f(x, p), or a map x -> f(x, p): names, defaults, f and its derivatives.

.. math:: \dot x = f(x, p), \qquad x \in R^n, \quad p \in R^{n_p}.

The public methods take states and parameters as a reader writes them and check them. The engine
uses `System.evaluate`, `System.linearize` and `System.derivative`, which take arrays, check
nothing, and evaluate all points in one call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from continuation.checks import (
    Box,
    box_of,
    checked_mapping,
    default_name,
    finite_number,
    listed,
    rows_of,
)
from continuation.differences import DifferencedField
from continuation.exact import ExactField
from continuation.fields import Linearization, MultilinearForm, VectorField
from continuation.tape import Tape

Array = NDArray[np.float64]
NumberArray = Array | NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class System:
    """A flow or a map with named states and parameters; made by one of its class methods.

    Attributes
    ----------
    name : str
        For titles and messages.
    states : tuple of str
        Names of the n states, in order.
    parameters : mapping of str to float
        Names and default values of the n_p parameters, in order; read-only.
    kind : str
        "flow" or "map".
    box : tuple of (float, float) or None
        For every state a lower and an upper bound of a region known to hold the attractors.
    field : VectorField
        Computes f and its derivatives.
    size : float or None
        Typical size of the states: steps and tolerances are relative to it, or to the states where
        those are larger. None lets a branch find its own where it begins, see `sizes`.
    """

    name: str
    states: tuple[str, ...]
    parameters: Mapping[str, float]
    kind: str
    box: Box | None
    field: VectorField
    size: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in ("flow", "map"):
            raise ValueError(f"kind must be 'flow' or 'map', got {self.kind!r}.")
        if not self.states:
            raise ValueError("a system needs at least one state.")
        names = [*self.states, *self.parameters]
        if not all(isinstance(name, str) and name for name in names):
            raise ValueError(f"names of states and parameters must be strings, got {names}.")
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"{name!r} names two states or parameters; names must differ.")
        defaults = {name: finite_number(name, value) for name, value in self.parameters.items()}
        object.__setattr__(self, "parameters", MappingProxyType(defaults))
        object.__setattr__(self, "box", box_of(self.box, self.states))
        if self.size is not None and not 0.0 < finite_number("size", self.size):
            raise ValueError(f"the size of the states must be positive, got {self.size}.")

    def __repr__(self) -> str:
        return f"<System {self.name!r}: {self.kind} with {listed('state', self.states)}>"

    def __reduce__(self) -> tuple[Any, ...]:
        names = (self.name, self.states, dict(self.parameters), self.kind)
        return System, (*names, self.box, self.field, self.size)

    @classmethod
    def from_sympy(
        cls,
        states: Sequence[Any],
        rhs: Sequence[Any],
        parameters: Mapping[Any, Any],
        kind: str = "flow",
        name: str | None = None,
        box: Sequence[tuple[float, float]] | None = None,
    ) -> System:
        """Make a system from SymPy expressions, with exact derivatives of any order.

        Parameters
        ----------
        states : sequence of sympy.Symbol or str
        rhs : sequence of sympy.Expr
            The components of f, one for each state.
        parameters : mapping of sympy.Symbol or str to float
            Default values; every parameter stays a parameter.
        kind : str
            "flow" for x' = f(x, p), "map" for x -> f(x, p).
        name : str, optional
            For titles and messages.
        box : sequence of (float, float), optional
            A region known to hold the attractors, one interval for each state.

        Returns
        -------
        System

        Raises
        ------
        ValueError
            Where a symbol is neither state nor parameter, a function is unknown, a number is not
            finite, or there are not as many expressions as states.

        Examples
        --------
        >>> import sympy
        >>> x, mu = sympy.symbols("x mu")
        >>> pitchfork = System.from_sympy([x], [mu * x - x**3], {mu: 1.0})
        >>> print(pitchfork.jacobian([1.0]))
        [[-2.]]
        """
        from continuation.symbolic import name_of, tape_from_sympy

        names = tuple(name_of(state) for state in states)
        parameters = checked_mapping("parameters", parameters)
        defaults = {name_of(symbol): value for symbol, value in parameters.items()}
        expressions = list(rhs)
        if len(expressions) != len(names):
            raise ValueError(
                f"`rhs` has {len(expressions)} expressions for {listed('state', names)}."
            )
        tape = tape_from_sympy(expressions, [*names, *defaults])
        return cls._from_tape(tape, names, defaults, kind, name, box)

    @classmethod
    def from_strings(
        cls,
        rhs: Mapping[str, str],
        parameters: Mapping[str, float | str],
        kind: str = "flow",
        name: str | None = None,
        box: Sequence[tuple[float, float]] | None = None,
    ) -> System:
        """Make a system from text, which is parsed and never evaluated.

        Parameters
        ----------
        rhs : mapping of str to str
            For every state its component of f, in arithmetic (``+ - * / **``) with the functions
            that `parsing` lists, and pi and E.
        parameters : mapping of str to float or str
            Default values; text such as "1/3" or "sqrt(2)" is parsed in the same way.
        kind, name, box
            As in `from_sympy`.

        Returns
        -------
        System

        Raises
        ------
        ValueError
            Where a text is no such arithmetic or contains an unknown name.

        Examples
        --------
        >>> plane = System.from_strings({"x": "y", "y": "b - x**2"}, parameters={"b": 1.0})
        >>> print(plane.f([2.0, 0.5]))
        [ 0.5 -3. ]
        """
        from continuation.parsing import parse_constant, parse_expressions

        defaults = {
            key: parse_constant(value, key) if isinstance(value, str) else value
            for key, value in checked_mapping("parameters", parameters).items()
        }
        tape = parse_expressions(checked_mapping("rhs", rhs), tuple(defaults))
        return cls._from_tape(tape, tuple(rhs), defaults, kind, name, box)

    @classmethod
    def from_callables(
        cls,
        f: Callable[[Array, dict[str, float]], ArrayLike],
        states: Sequence[str],
        parameters: Mapping[str, float],
        jacobian: Callable[[Array, dict[str, float]], ArrayLike] | None = None,
        kind: str = "flow",
        name: str | None = None,
        box: Sequence[tuple[float, float]] | None = None,
    ) -> System:
        """Make a system from a Python function; derivatives are differences.

        Parameters
        ----------
        f : callable
            ``f(x, p)`` with x of shape (n,) and p a dict of all parameters returns shape (n,). If
            it also maps shape (n, m) to (n, m), which is tried once here, it is called for many
            points at a time. An exception that it raises is not caught.
        states : sequence of str
        parameters : mapping of str to float
        jacobian : callable, optional
            ``jacobian(x, p)`` with x of shape (n,) returns shape (n, n).
        kind, name, box
            As in `from_sympy`.

        Returns
        -------
        System

        Raises
        ------
        ValueError
            Where ``f`` or ``jacobian`` returns something of the wrong shape.

        Examples
        --------
        >>> decay = System.from_callables(lambda x, p: -p["k"] * x, ("x",), {"k": 2.0})
        >>> print(decay.f([3.0]))
        [-6.]
        """
        names = tuple(states)
        given = checked_mapping("parameters", parameters)
        defaults = {key: finite_number(key, value) for key, value in given.items()}
        checked_box = box_of(box, names)
        field = DifferencedField.of(f, jacobian, names, defaults, checked_box)
        return cls(name or default_name(kind, names), names, defaults, kind, checked_box, field)

    @classmethod
    def _from_tape(
        cls,
        tape: Tape,
        states: tuple[str, ...],
        parameters: Mapping[str, Any],
        kind: str,
        name: str | None,
        box: Sequence[tuple[float, float]] | None,
    ) -> System:
        field = ExactField(tape, len(states))
        title = name or default_name(kind, states)
        return cls(title, states, parameters, kind, box_of(box, states), field)

    def with_defaults(self, /, **values: float) -> System:
        """The same system with other default values; compiled code is shared.

        Raises
        ------
        ValueError
            Where a name is no parameter or a value is not finite.
        """
        defaults = dict(zip(self.parameters, self.vector(values).tolist(), strict=True))
        return replace(self, parameters=defaults)

    @property
    def dimension(self) -> int:
        """Number of states n."""
        return len(self.states)

    @property
    def exact_derivatives(self) -> bool:
        """Whether derivatives are exact; those of a Python function are differences."""
        return self.field.is_exact

    def vector(self, values: Mapping[str, float] | None = None) -> Array:
        """All parameters as an array in the order of `parameters`.

        Parameters
        ----------
        values : mapping of str to float, optional
            Those that differ from the defaults.

        Returns
        -------
        ndarray, shape (n_p,)

        Raises
        ------
        ValueError
            Where a name is no parameter or a value is not finite.
        """
        given = {} if values is None else values
        for name in given:
            if name not in self.parameters:
                known = listed("parameter", tuple(self.parameters))
                raise ValueError(f"{name!r} is no parameter: system {self.name!r} has {known}.")
        checked = {name: finite_number(name, value) for name, value in given.items()}
        return np.array([checked.get(name, value) for name, value in self.parameters.items()])

    def f(self, x: ArrayLike, p: Mapping[str, float] | None = None) -> Array:
        """The right-hand side.

        Parameters
        ----------
        x : array_like, shape (n,) or (n, m)
            One state, or m states as columns.
        p : mapping of str to float, optional
            Parameters that differ from the defaults.

        Returns
        -------
        ndarray, shape (n,) or (n, m)

        Raises
        ------
        ValueError
            Where ``x`` has another shape or a name is no parameter.
        """
        points, single = rows_of(self, x)
        values = self.evaluate(points, self.vector(p))
        return values[0] if single else np.ascontiguousarray(values.T)

    def jacobian(self, x: ArrayLike, p: Mapping[str, float] | None = None) -> Array:
        """The derivatives A[i, j] = df_i / dx_j.

        Parameters
        ----------
        x : array_like, shape (n,) or (n, m)
        p : mapping of str to float, optional

        Returns
        -------
        ndarray, shape (n, n) or (n, n, m)

        Raises
        ------
        ValueError
            Where ``x`` has another shape or a name is no parameter.
        """
        points, single = rows_of(self, x)
        _, a, _ = self.linearize(())(points, self.vector(p))
        return a[0] if single else np.ascontiguousarray(np.moveaxis(a, 0, 2))

    # For the engine: arrays only, nothing is checked

    def extent(self, x: Array) -> float:
        """Unit of length for states x: `size` (1 where none is known), or the largest if larger."""
        return max(1.0 if self.size is None else self.size, float(np.abs(x).max()))

    def evaluate(self, x: Array, p: Array) -> Array:
        """The values f at many points.

        Parameters
        ----------
        x : ndarray, shape (m, n), contiguous
        p : ndarray, shape (n_p,), contiguous

        Returns
        -------
        ndarray, shape (m, n)
        """
        return self.field.evaluate(x, p)

    def linearize(self, free: tuple[str, ...]) -> Linearization:
        """What evaluates f, f_x and the derivatives by the free parameters in one call.

        Parameters
        ----------
        free : tuple of str
            Names of k parameters.

        Returns
        -------
        Linearization
            Compiled when first asked for and kept.

        Raises
        ------
        ValueError
            Where a name is no parameter.
        """
        names = tuple(self.parameters)
        for name in free:
            if name not in self.parameters:
                known = listed("parameter", names)
                raise ValueError(f"{name!r} is no parameter: system {self.name!r} has {known}.")
        return self.field.linearization(tuple(names.index(name) for name in free))

    @overload
    def derivative(self, x: Array, p: Array, *directions: Array) -> Array: ...

    @overload
    def derivative(self, x: Array, p: Array, *directions: NumberArray) -> NDArray[Any]: ...

    def derivative(self, x: Array, p: Array, *directions: NumberArray) -> NDArray[Any]:
        r"""The k-linear form D^k f(x, p)(d_1, ..., d_k), k from 1 to 5.

        Parameters
        ----------
        x : ndarray, shape (n,) or (n, m)
            With m columns, one state for every column of the directions.
        p : ndarray, shape (n_p,)
        directions : ndarray, shape (n,), (n, m), (n + n_p,) or (n + n_p, m)
            Real or complex. The first n components are those of the state, the others, where given,
            those of all parameters. Columns broadcast against each other.

        Returns
        -------
        ndarray, shape (n,) or (n, m)
            Complex where a direction is.
        """
        return self.field.derivative(x, p, *directions)

    def form(self, order: int, free: tuple[str, ...]) -> MultilinearForm:
        """The k-linear form D^k f prepared for many calls, in directions of (x, free parameters).

        Parameters
        ----------
        order : int
            k, from 1 to 5.
        free : tuple of str
            Parameters in which it is differentiated, too.

        Returns
        -------
        MultilinearForm
            Compiled when first asked for and kept.
        """
        names = list(self.parameters)
        return self.field.form(order, tuple(names.index(name) for name in free))

    def to_data(self) -> dict[str, Any]:
        """The system as lists, strings and numbers that JSON can hold.

        Raises
        ------
        ValueError
            Where it was made from a Python function.
        """
        if not isinstance(self.field, ExactField):
            raise ValueError(
                f"system {self.name!r} was made from a Python function, which cannot be saved; "
                "make it with from_sympy or from_strings."
            )
        return {
            "name": self.name,
            "states": list(self.states),
            "parameters": dict(self.parameters),
            "kind": self.kind,
            "box": None if self.box is None else [list(side) for side in self.box],
            "size": self.size,
            "tape": self.field.tape.to_data(),
        }

    @classmethod
    def from_data(cls, data: object) -> System:
        """Read what `to_data` wrote, trusting nothing.

        Raises
        ------
        ValueError
            Where something is missing or does not fit.
        """
        if not isinstance(data, Mapping):
            raise ValueError("a saved system must be a mapping.")
        name, kind, box = data.get("name"), data.get("kind"), data.get("box")
        states, parameters = data.get("states"), data.get("parameters")
        if not (isinstance(states, list) and isinstance(parameters, Mapping)):
            raise ValueError("a saved system needs lists of states and parameters.")
        if not (isinstance(name, str) and isinstance(kind, str)):
            raise ValueError("a saved system needs a name and a kind.")
        tape = Tape.from_data(data.get("tape"))
        if tape.inputs != len(states) + len(parameters) or len(tape.outputs) != len(states):
            raise ValueError("the tape of a saved system does not fit its states and parameters.")
        system = cls._from_tape(tape, tuple(states), parameters, kind, name, box)
        return replace(system, size=data.get("size"))


def checked_system(system: object) -> System:
    """Return what was given if it is a system.

    Raises
    ------
    TypeError
        If not; the message says how to make one.
    """
    if not isinstance(system, System):
        raise TypeError(
            f"`system` must be a System, got {type(system).__name__}; make one with "
            "System.from_strings, from_sympy or from_callables."
        )
    return system

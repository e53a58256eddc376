r"""The gated recurrent unit as a symbolic dynamical system: weights, equations, compiled system.

A `GRU` is a value: methods return new ones. Its equations are (2)-(7) of Jordan, Sokol and Park
(2021), written out in `symgru.vectorfield`; the convention of the gates is in `symgru.gates`.

A weight is one of three things. A *symbol* of its own (``U_h11``), as long as nobody has said
more. A *number*, given by `GRU.with_weights`: the formulas show the number, and the compiled system
keeps the parameter with that number as its default, so that a trained network can be continued in
any of its weights. Or an *expression* in new symbols (``beta*cos(alpha)``), which replaces the
symbol: this is how a family of networks is made.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from sympy import ImmutableDenseMatrix as Matrix

from symgru import archive, vectorfield
from symgru.entries import finite, read_entries
from symgru.vectorfield import STEP

if TYPE_CHECKING:
    from continuation.system import System

__all__ = ["GRU"]

WITHOUT_UPDATE_GATE = (
    "The update gate is left out: equilibria, the sign of det A and folds are those of the full "
    "network, and the speed is not. For two units or more the stability of an equilibrium, Hopf "
    "bifurcations and cycles may change: the origin of U_h = [[3, -3], [3, -1]], b_z = (0, b), all "
    "else zero is stable for b = 0 and unstable for b > log(5), and without the gate there is no b."
)


@dataclass(frozen=True)
class GRU:
    r"""A network of gated recurrent units without a teacher: a flow or a map with named weights.

    .. math::
        h' = (1 - z) * (n - h), \qquad h_{t+1} = z * h_t + (1 - z) * n, \qquad n = \tanh a

    where :math:`z = \sigma(W_z x + U_z h + b_z)` is the update gate and the candidate n holds the
    reset gate; see `symgru.vectorfield`.

    Parameters
    ----------
    units : int
        Number d of hidden units, at least one.
    inputs : int, optional
        Number p of inputs. Inputs ``x1, x2, ...`` are constants of the autonomous system and its
        parameters, with default zero.
    reset : {"before", "after"}, optional
        Whether the reset gate multiplies the state before the product with ``U_h`` (the paper,
        Cho et al.) or after it (torch, cuDNN, with a second bias ``c_h``).
    time : {"flow", "map"}, optional
        Equation (7), in units of its time constant, or equation (4), in steps. A map has one more
        parameter, ``Delta``, the length of a step of Euler's method: ``h + Delta * flow(h)``. At 1,
        its default, it is the trained map (4); towards 0 it becomes the flow.

    Attributes
    ----------
    states : tuple of Symbol, length d
        ``h1, h2, ...`` unless named otherwise.
    weights : mapping of str to Matrix
        Every weight as symbols or expressions: ``U_h`` (d, d), ``b_h`` (d, 1), ...
    values : mapping of str to float
        Numbers given to weights by `with_weights`; shown by `equations`.
    defaults : mapping of str to float
        Default values of other parameters, which `equations` keeps as symbols.
    positive : tuple of Expr
        Expressions known to be positive where the family is meant, such as ``beta`` or
        ``sin(alpha)``. The symbols carry no assumptions, so that ``sympy.Symbol("beta")`` is the
        ``beta`` of the family.
    update_gate : bool
        False for `without_update_gate`.
    name : str
        Name of the compiled system.

    Raises
    ------
    ValueError
        For sizes that are no positive whole numbers, unknown variants, or names used twice.

    Examples
    --------
    >>> one = GRU(1)
    >>> list(one.parameters)
    ['U_h11', 'b_h1', 'U_r11', 'b_r1', 'U_z11', 'b_z1']
    >>> one.with_weights(U_h=[[3]], rest=0).equations[0]
    -h1/2 + tanh(3*h1/2)/2
    """

    units: int
    inputs: int = 0
    reset: str = "before"
    time: str = "flow"
    states: tuple[Any, ...] = field(default=(), kw_only=True)
    weights: Mapping[str, Matrix] = field(default_factory=dict, kw_only=True, repr=False)
    values: Mapping[str, float] = field(default_factory=dict, kw_only=True, repr=False)
    defaults: Mapping[str, float] = field(default_factory=dict, kw_only=True, repr=False)
    positive: tuple[Any, ...] = field(default=(), kw_only=True, repr=False)
    update_gate: bool = field(default=True, kw_only=True)
    name: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        for what, number, least in (("units", self.units, 1), ("inputs", self.inputs, 0)):
            if isinstance(number, bool) or not isinstance(number, int | np.integer):
                raise ValueError(f"{what} must be a whole number, got {number!r}.")
            if number < least:
                raise ValueError(f"{what} must be at least {least}, got {number}.")
        _one_of("reset", self.reset, ("before", "after"))
        _one_of("time", self.time, ("flow", "map"))
        states = self.states or tuple(f"h{i + 1}" for i in range(self.units))
        if len(states) != self.units:
            raise ValueError(f"{len(states)} names of states were given for {self.units} units.")
        shapes = self._shapes
        weights = {
            name: self.weights[name]
            if name in self.weights
            else vectorfield.weight_symbols(name, shape)
            for name, shape in shapes.items()
        }
        strangers = set(self.weights) - set(shapes)
        if strangers:
            raise ValueError(f"{min(strangers)!r} is no weight of this network.")
        self._set("states", tuple(sympy.Symbol(str(state)) for state in states))
        self._set("weights", MappingProxyType(weights))
        self._set("name", self.name or f"GRU({self.units})")
        known = self.parameters
        if self.time == "map" and STEP.name not in self.defaults:
            self._set("values", {STEP.name: 1.0, **self.values})
        names = [state.name for state in self.states]
        if len(set(names)) < len(names):
            raise ValueError(f"the names of states must differ, got {', '.join(names)}.")
        twice = set(names) & set(known)
        if twice:
            raise ValueError(f"{min(twice)!r} names both a state and a parameter of {self.name}.")
        for what in ("values", "defaults"):
            given = {
                name: finite(name, value)
                for name, value in getattr(self, what).items()
                if name in known
            }
            self._set(what, MappingProxyType(given))

    def __reduce__(self) -> tuple[Any, tuple[()]]:
        # Read-only mappings cannot be sent to another process; plain ones can.
        plain: dict[str, Any] = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        plain |= {name: dict(plain[name]) for name in ("weights", "values", "defaults")}
        return functools.partial(GRU, **plain), ()

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def __hash__(self) -> int:
        return hash((self.units, self.inputs, self.reset, self.time, self.states, self.name))

    @property
    def _shapes(self) -> dict[str, tuple[int, int]]:
        return vectorfield.weight_shapes(self.units, self.inputs, self.reset, self.update_gate)

    @property
    def parameters(self) -> dict[str, Any]:
        """Symbols of all parameters by name: of the weights in their order, inputs, Delta."""
        symbols: dict[str, Any] = {}
        for weight in self.weights.values():
            for entry in weight:
                own = [entry] if entry.is_Symbol else entry.free_symbols
                for symbol in sorted(own, key=lambda s: s.name):
                    if symbols.setdefault(symbol.name, symbol) != symbol:
                        raise ValueError(
                            f"two symbols are called {symbol.name!r}: they differ in assumptions."
                        )
        for symbol in vectorfield.input_symbols(self.inputs):
            symbols.setdefault(symbol.name, symbol)
        if self.time == "map":
            if STEP.name in symbols:
                raise ValueError("'Delta' is the step of a map: call the parameter otherwise.")
            symbols[STEP.name] = STEP
        return symbols

    @property
    def shown_weights(self) -> dict[str, Matrix]:
        """The weights with the numbers of `values` put in, exactly where they are short."""
        known = self.parameters
        numbers = {known[name]: vectorfield.exact(value) for name, value in self.values.items()}
        return {name: weight.xreplace(numbers) for name, weight in self.weights.items()}

    @property
    def equations(self) -> Matrix:
        """Right-hand side of the flow or the map with the given numbers put in, shape (d, 1)."""
        return self._right_hand_side(self.shown_weights, self._shown_step)

    @property
    def jacobian(self) -> Matrix:
        """Derivative of `equations` by the states, shape (d, d)."""
        slope = vectorfield.jacobian(self.shown_weights, self.states, self.reset)
        if self.time == "flow":
            return slope
        return Matrix(sympy.eye(self.units) + self._shown_step * slope)

    @property
    def _shown_step(self) -> Any:
        step = self.values.get(STEP.name)
        return STEP if step is None else vectorfield.exact(step)

    def _right_hand_side(self, weights: Mapping[str, Matrix], step: Any) -> Matrix:
        pre = vectorfield.pre_activations(weights, self.states, self.reset)
        flow = vectorfield.flow(pre, self.states)
        return flow if self.time == "flow" else Matrix(Matrix(self.states) + step * flow)

    def with_weights(
        self,
        *,
        U_h: Any = None,
        b_h: Any = None,
        U_r: Any = None,
        b_r: Any = None,
        U_z: Any = None,
        b_z: Any = None,
        W_h: Any = None,
        W_r: Any = None,
        W_z: Any = None,
        c_h: Any = None,
        rest: float | None = None,
    ) -> GRU:
        """Return a network with some weights replaced by numbers or by expressions.

        Parameters
        ----------
        U_h, U_r, U_z : array_like, shape (d, d), optional
            Recurrent weights of candidate, reset gate and update gate, in the paper's layout: row i
            belongs to unit i. Entries are numbers or SymPy expressions.
        W_h, W_r, W_z : array_like, shape (d, p), optional
            Input weights.
        b_h, b_r, b_z, c_h : array_like, shape (d,), or scalar, optional
            Biases; a scalar stands for all units. ``c_h`` exists for ``reset="after"`` only.
        rest : float, optional
            Number for every parameter that has neither a value nor an expression yet.

        Returns
        -------
        GRU
            The network; numbers stay parameters of the compiled system, expressions bring their
            own.

        Raises
        ------
        ValueError
            For a wrong shape, an entry that is no finite number, or a weight this network lacks.

        Examples
        --------
        >>> GRU(2).with_weights(U_h=[[8, 0], [0, 8]], rest=0).values["U_h22"]
        8.0
        """
        given = {"U_h": U_h, "b_h": b_h, "U_r": U_r, "b_r": b_r, "U_z": U_z, "b_z": b_z}
        given |= {"W_h": W_h, "W_r": W_r, "W_z": W_z, "c_h": c_h}
        weights, values, named = dict(self.weights), dict(self.values), set[str]()
        for name, value in given.items():
            if value is None:
                continue
            if name not in self._shapes:
                raise ValueError(
                    f"{self.name} has no weight {name!r}: it has {', '.join(self._shapes)} "
                    f"(W_* need inputs, c_h needs reset='after')."
                )
            entries = read_entries(name, value, self._shapes[name], self.states)
            own = list(vectorfield.weight_symbols(name, self._shapes[name]))
            for k, entry in enumerate(entries):
                if isinstance(entry, sympy.Expr):
                    own[k] = entry
                    named |= {symbol.name for symbol in entry.free_symbols}
                else:
                    values[own[k].name] = entry
            weights[name] = Matrix(*self._shapes[name], own)
        values = {name: value for name, value in values.items() if name not in named}
        changed = replace(self, weights=weights, values=values)
        return changed if rest is None else changed._with_rest(finite("rest", rest), named)

    def _with_rest(self, number: float, named: set[str]) -> GRU:
        """Give a number to every weight of its own symbol, save those named by the caller."""
        own = {
            symbol.name
            for name, shape in self._shapes.items()
            for symbol in vectorfield.weight_symbols(name, shape)
        }
        left = (own & set(self.parameters)) - set(self.values) - named
        return replace(self, values={**self.values, **dict.fromkeys(left, number)})

    def with_defaults(self, **values: float) -> GRU:
        """Return a network whose parameters have default values; formulas keep the symbols.

        Parameters
        ----------
        **values : float
            Values by parameter name.

        Returns
        -------
        GRU

        Raises
        ------
        ValueError
            For a name that is no parameter, or a value that is no finite number.
        """
        self._check_names(values)
        shown = {name: value for name, value in self.values.items() if name not in values}
        return replace(self, values=shown, defaults={**self.defaults, **values})

    def without_update_gate(self) -> GRU:
        """Return the network with the factor ``1 - update`` left out: ``h' = tanh(a) - h``.

        What is kept: the equilibria, the sign of det A at each of them, hence folds; for one unit
        stability too. What is lost: the speed, and for two units or more possibly the stability of
        equilibria, Hopf bifurcations and cycles, because at an equilibrium the gate multiplies the
        rows of A by different positive numbers. See `limits`, which says so on the result.

        Returns
        -------
        GRU
            A network without the weights ``W_z, U_z, b_z``. Compared with a gate held at one half
            (``U_z = b_z = 0``, as in sections 3 and 4 of the paper) its flow is twice as fast.
        """
        weights = {name: weight for name, weight in self.weights.items() if name[2] != "z"}
        return replace(self, weights=weights, update_gate=False)

    @property
    def limits(self) -> str:
        """What this network cannot answer for the one it was made from; empty if nothing."""
        return "" if self.update_gate else WITHOUT_UPDATE_GATE

    def numbers(self, **values: float) -> dict[str, float]:
        """Return the numbers of all parameters, in their order: what `compile` takes as defaults.

        Parameters
        ----------
        **values : float
            Values by parameter name, before those given earlier. Inputs default to zero.

        Returns
        -------
        dict of str to float

        Raises
        ------
        ValueError
            If a name is unknown, a value is no finite number, or a parameter has no value at all.
        """
        known = self._check_names(values)
        inputs = dict.fromkeys(map(str, vectorfield.input_symbols(self.inputs)), 0.0)
        numbers = {**inputs, **self.defaults, **self.values, **values}
        missing = [name for name in known if name not in numbers]
        if missing:
            shown = ", ".join(missing[:6]) + (", ..." if len(missing) > 6 else "")
            raise ValueError(
                f"{self.name} has {len(missing)} parameters without a value: {shown}. "
                f"Give them by name, or to with_weights(..., rest=0)."
            )
        return {name: finite(name, numbers[name]) for name in known}

    def compile(self, **values: float) -> System:
        """Compile equations and derivatives into a system that the engine can follow.

        Every parameter stays a parameter of the system; `values` become its defaults. The cube
        [-1, 1]^d, which attracts all orbits and traps them (section 2 of the paper), is passed on
        as the place to look for starts.

        Parameters
        ----------
        **values : float
            Default values by parameter name, before those given earlier. Inputs default to zero.

        Returns
        -------
        continuation.System

        Raises
        ------
        ValueError
            If a name is unknown, a value is no finite number, or a parameter has no value at all.
        """
        # Here, because formulas alone need no engine and should not wait for its import.
        from continuation.system import System

        numbers = self.numbers(**values)
        return System.from_sympy(
            self.states,
            list(self._right_hand_side(self.weights, STEP)),
            numbers,
            kind=self.time,
            name=self.name,
            box=[(-1.0, 1.0)] * self.units,
        )

    def _check_names(self, values: Mapping[str, Any]) -> dict[str, Any]:
        known = self.parameters
        unknown = [name for name in values if name not in known]
        if unknown:
            shown = ", ".join(list(known)[:12]) + (", ..." if len(known) > 12 else "")
            raise ValueError(f"{self.name} has no parameter {unknown[0]!r}; it has {shown}.")
        for name, value in values.items():
            finite(name, value)
        return known

    def save(self, path: str | Path) -> Path:
        """Write the network to a JSON file, whole or not at all; see `symgru.archive`.

        Parameters
        ----------
        path : path
            The file; one that exists is replaced only once the new one is complete.

        Returns
        -------
        Path
            Where it was written.
        """
        content = {
            "units": int(self.units),
            "inputs": int(self.inputs),
            "reset": self.reset,
            "time": self.time,
            "update_gate": self.update_gate,
            "name": self.name,
            "states": [state.name for state in self.states],
            "weights": {
                name: [archive.encode(entry) for entry in weight]
                for name, weight in self.weights.items()
            },
            "values": dict(self.values),
            "defaults": dict(self.defaults),
            "positive": [archive.encode(expression) for expression in self.positive],
        }
        return archive.write(path, content)

    @classmethod
    def load(cls, path: str | Path) -> GRU:
        """Read a network that `save` wrote.

        Parameters
        ----------
        path : path
            The file. Nothing in it is executed.

        Returns
        -------
        GRU

        Raises
        ------
        ValueError
            If the file is no such file, is damaged, or comes from a newer version.
        """
        with archive.reading(path) as content:
            reset, update_gate = str(content["reset"]), bool(content["update_gate"])
            units, inputs = int(content["units"]), int(content["inputs"])
            shapes = vectorfield.weight_shapes(units, inputs, reset, update_gate)
            return cls(
                units,
                inputs,
                reset,
                str(content["time"]),
                states=tuple(map(str, content["states"])),
                weights={
                    name: Matrix(*shape, [archive.decode(e) for e in content["weights"][name]])
                    for name, shape in shapes.items()
                },
                values={str(k): float(v) for k, v in content["values"].items()},
                defaults={str(k): float(v) for k, v in content["defaults"].items()},
                positive=tuple(archive.decode(e) for e in content["positive"]),
                update_gate=update_gate,
                name=str(content["name"]),
            )

    def _repr_latex_(self) -> str:
        """LaTeX of the equations, one line a unit, for notebooks."""
        lines = [
            (rf"\dot{{{sympy.latex(h)}}}" if self.time == "flow" else rf"{sympy.latex(h)}")
            + (" &= " if self.time == "flow" else r" &\mapsto ")
            + sympy.latex(f)
            for h, f in zip(self.states, self.equations, strict=True)
        ]
        return r"$\displaystyle \begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}$"


def _one_of(what: str, given: str, allowed: tuple[str, ...]) -> None:
    if given not in allowed:
        raise ValueError(f"{what} must be one of {', '.join(map(repr, allowed))}, got {given!r}.")

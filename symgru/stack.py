r"""Several layers as one dynamical system, in the order in which a trained stack is updated.

Layer k reads the *new* state of the layer below, in the same step:

.. math::
    h^{(0)}_{t+1} = F_0(h^{(0)}_t, x), \qquad h^{(k)}_{t+1} = F_k(h^{(k)}_t, h^{(k-1)}_{t+1}) .

With a step Delta, :math:`F_k(h, x) = h + \Delta f_k(h, x)`; at Delta = 1 this is the trained map,
and towards Delta = 0 it becomes the flow :math:`\dot h^{(k)} = f_k(h^{(k)}, h^{(k-1)})`. Layers act
upwards only, so that the Jacobian is block triangular: at a fixed point, where old and new state
are equal, the multipliers are those of the layers one by one, 1 + Delta mu with mu an eigenvalue
of a diagonal block of the flow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sympy
from sympy import ImmutableDenseMatrix as Matrix

from symgru.entries import finite
from symgru.gru import GRU
from symgru.vectorfield import STEP, input_symbols

if TYPE_CHECKING:
    from continuation.system import System

__all__ = ["Stack"]


@dataclass(frozen=True)
class Stack:
    """Layers of gated recurrent units as one flow or one map.

    States and parameters are those of the layers with the number of the layer behind them, as torch
    writes it: ``h1_l0``, ``U_h11_l1``. Inputs ``x1, x2, ...`` are those of the first layer; a map
    has one step ``Delta`` for all.

    Parameters
    ----------
    layers : tuple of GRU
        From the input on. Each has as many inputs as the one before has units.
    name : str, optional
        Name of the compiled system.

    Raises
    ------
    ValueError
        If layers do not fit each other: in size, in time, or in the step.
    """

    layers: tuple[GRU, ...]
    name: str = ""

    def __post_init__(self) -> None:
        if not self.layers:
            raise ValueError("a stack needs a layer.")
        for k, (below, above) in enumerate(zip(self.layers, self.layers[1:], strict=False)):
            if above.inputs != below.units:
                raise ValueError(
                    f"layer {k + 1} has {above.inputs} inputs, but layer {k} has {below.units} "
                    f"units."
                )
        steps = {(layer.time, layer.values.get(STEP.name)) for layer in self.layers}
        if len(steps) > 1:
            raise ValueError("the layers of a stack must be all flows or all maps of one step.")
        sizes = ", ".join(str(layer.units) for layer in self.layers)
        object.__setattr__(self, "name", self.name or f"Stack({sizes})")

    @property
    def units(self) -> int:
        """Number of hidden units of all layers."""
        return sum(layer.units for layer in self.layers)

    @property
    def inputs(self) -> int:
        """Number of inputs of the first layer."""
        return self.layers[0].inputs

    @property
    def reset(self) -> str:
        """Where the reset gate acts: "before", "after", or "mixed" where layers differ."""
        variants = {layer.reset for layer in self.layers}
        return variants.pop() if len(variants) == 1 else "mixed"

    @property
    def time(self) -> str:
        """Whether this is a "flow" or a "map"."""
        return self.layers[0].time

    @property
    def states(self) -> tuple[Any, ...]:
        """States of all layers, those of the first layer first."""
        return tuple(
            _renamed(state, k) for k, layer in enumerate(self.layers) for state in layer.states
        )

    @property
    def parameters(self) -> dict[str, Any]:
        """Symbols of all parameters by name: weights layer by layer, inputs, Delta."""
        own = [
            _renamed(symbol, k)
            for k, layer in enumerate(self.layers)
            for symbol in layer.parameters.values()
            if symbol not in self._shared(layer)
        ]
        shared = [*input_symbols(self.inputs), *([STEP] if self.time == "map" else [])]
        return {symbol.name: symbol for symbol in [*own, *shared]}

    @staticmethod
    def _shared(layer: GRU) -> set[Any]:
        """Parameters of a layer that the stack has only once, or that are states below."""
        return {*input_symbols(layer.inputs), STEP}

    @property
    def equations(self) -> Matrix:
        """Right-hand side with the given numbers put in, shape (d, 1)."""
        return self._right_hand_side([layer.equations for layer in self.layers])

    @property
    def jacobian(self) -> Matrix:
        """Derivative of `equations` by the states, shape (d, d)."""
        return self.equations.jacobian(self.states)

    def _right_hand_side(self, equations: list[Matrix]) -> Matrix:
        """Put into the equations of each layer the state of the layer below as its input.

        In a map that is the new state, in a flow the state itself.
        """
        rows: list[Any] = []
        below: list[Any] = list(input_symbols(self.inputs))
        for k, (layer, rule) in enumerate(zip(self.layers, equations, strict=True)):
            fed = dict(zip(input_symbols(layer.inputs), below, strict=True))
            own = {*layer.states, *layer.parameters.values()} - self._shared(layer)
            here = [e.xreplace({s: _renamed(s, k) for s in own} | fed) for e in rule]
            rows += here
            below = here if self.time == "map" else [_renamed(s, k) for s in layer.states]
        return Matrix(rows)

    def flow(self) -> Stack:
        """Return the flow to which the map tends as its step goes to zero."""
        return Stack(tuple(replace(layer, time="flow") for layer in self.layers), self.name)

    def numbers(self, **values: float) -> dict[str, float]:
        """Return the numbers of all parameters, in their order.

        Parameters
        ----------
        **values : float
            Values by parameter name, before those of the layers. Inputs default to zero.

        Returns
        -------
        dict of str to float

        Raises
        ------
        ValueError
            If a name is unknown, a value is no finite number, or a parameter has no value.
        """
        known = self.parameters
        unknown = [name for name in values if name not in known]
        if unknown:
            raise ValueError(f"{self.name} has no parameter {unknown[0]!r}.")
        numbers = self.layers[0].numbers()  # of these, inputs and Delta keep their names
        for k, layer in enumerate(self.layers):
            new = {name: _renamed(symbol, k).name for name, symbol in layer.parameters.items()}
            given = {name: values[new[name]] for name in new if new[name] in values}
            numbers |= {new[name]: number for name, number in layer.numbers(**given).items()}
        return {name: finite(name, {**numbers, **values}[name]) for name in known}

    def compile(self, **values: float) -> System:
        """Compile equations and derivatives into a system that the engine can follow.

        Parameters
        ----------
        **values : float
            Default values by parameter name, as in `numbers`.

        Returns
        -------
        continuation.System

        Raises
        ------
        ValueError
            As `numbers` does.
        """
        # Here, because formulas alone need no engine and should not wait for its import.
        from continuation.system import System

        bare = [_bare(layer).equations for layer in self.layers]
        return System.from_sympy(
            self.states,
            list(self._right_hand_side(bare)),
            self.numbers(**values),
            kind=self.time,
            name=self.name,
            box=[(-1.0, 1.0)] * self.units,
        )


def _renamed(symbol: Any, layer: int) -> Any:
    return sympy.Symbol(f"{symbol.name}_l{layer}")


def _bare(layer: GRU) -> GRU:
    """The layer with no numbers: its equations show every parameter."""
    defaults: Mapping[str, float] = {STEP.name: 1.0} if layer.time == "map" else {}
    return replace(layer, values={}, defaults=defaults)

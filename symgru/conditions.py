r"""Where the equilibria of a GRU bifurcate: fold and Hopf conditions as SymPy expressions.

With :math:`A = \mathrm{diag}(\sigma(-a_z))(\mathrm{diag}(1 - h^2) M - I)`, see `symgru.jets`:

=====  ===============================================  ==========================================
units  fold                                             Hopf
=====  ===============================================  ==========================================
1      :math:`(1 - h^2) M = 1`                          none: there is one real eigenvalue
2      :math:`\det(\mathrm{diag}(1 - h^2) M - I) = 0`   :math:`\mathrm{tr} A = 0`,
                                                        :math:`\det A > 0`
3      the same                                         :math:`\det(2A \odot I) = 0`, sum of the
                                                        principal minors of order two positive
more   the same                                         :math:`\det(2A \odot I) = 0`; neutral
                                                        saddles satisfy it as well
=====  ===============================================  ==========================================

Everything is derived from the equations of the network at hand. Where gates do not depend on the
state, the conditions are polynomials in :math:`1 - h_i^2`; for one and two units they are solved.

References
----------
Kuznetsov (2004), Elements of Applied Bifurcation Theory, 3rd edition, Springer, sections 3.2, 3.4
and 10.2.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

import sympy

from symgru import closed_forms
from symgru.bialternate import bialternate
from symgru.first_lyapunov import real_cubic_coefficient
from symgru.gru import GRU
from symgru.jets import Equilibrium, planar_derivatives

__all__ = ["FoldConditions", "HopfConditions", "fold_conditions", "hopf_conditions"]

EXPLICIT_DETERMINANT = 3
"""Largest matrix whose determinant is written out; a larger one stays a determinant."""

NO_HOPF = "One unit has one real eigenvalue, so that there is no Hopf bifurcation."
NEUTRAL = (
    "det(2A (.) I) = 0 says that two eigenvalues have sum zero: a Hopf point, or a neutral saddle "
    "with two real eigenvalues of opposite sign. Only the eigenvalues tell them apart."
)


@dataclass(frozen=True)
class FoldConditions:
    """Where an equilibrium has an eigenvalue zero.

    Attributes
    ----------
    equation : Eq
        The condition. It holds at branch points and cusps too.
    equilibrium : tuple of Eq
        Equations that make the state an equilibrium; empty where it is one for all parameters, or
        where `biases` says which parameters make it one.
    biases : mapping of Symbol to Expr
        Biases as functions of the state: with `equation` a parametrisation of the fold set.
    branches : tuple of mapping
        The solved condition: the remaining states and biases as functions of one state (of none,
        for one unit). Empty where there is no closed form.
    """

    equation: Any
    equilibrium: tuple[Any, ...]
    biases: Mapping[Any, Any]
    branches: tuple[Mapping[Any, Any], ...]

    def _repr_latex_(self) -> str:
        """LaTeX of the conditions, one a line."""
        return _latex([self.equation, *self.equilibrium, *_equations(self.biases)])


@dataclass(frozen=True)
class HopfConditions:
    """Where an equilibrium has a pair of eigenvalues i omega, -i omega.

    Attributes
    ----------
    equation : Eq or false
        The condition; false for one unit.
    inequality : Relational, true or None
        What tells a Hopf point from a neutral saddle, given `equation`; None where there is no such
        formula (more than three units).
    frequency : Expr or None
        omega > 0, in radians per time unit; None for more than three units.
    re_c1, l1 : Expr or None
        For two units: real part of the cubic normal form coefficient with |q| = 1, and first
        Lyapunov coefficient l1 = re_c1 / omega (Kuznetsov); negative means supercritical.
    equilibrium : tuple of Eq
        As in `FoldConditions`.
    biases : mapping of Symbol to Expr
        Biases as functions of the state: with `equation` and `inequality` a parametrisation.
    solution : mapping of Symbol to Expr
        `equation` solved for one parameter, where it involves parameters only; it is already used
        in `frequency`, `re_c1` and `l1`.
    branches : tuple of mapping
        `equation` solved for one state, as in `FoldConditions`.
    ends : tuple of mapping
        Bogdanov-Takens points, where `equation` holds and det A = 0: the ends of the arcs.
    caveat : str
        What the conditions cannot tell; empty if nothing.
    """

    equation: Any
    inequality: Any
    frequency: Any
    re_c1: Any = field(repr=False)
    l1: Any = field(repr=False)
    equilibrium: tuple[Any, ...] = ()
    biases: Mapping[Any, Any] = field(default_factory=dict)
    solution: Mapping[Any, Any] = field(default_factory=dict)
    branches: tuple[Mapping[Any, Any], ...] = ()
    ends: tuple[Mapping[Any, Any], ...] = ()
    caveat: str = ""

    def _repr_latex_(self) -> str:
        """LaTeX of the conditions, one a line; a coefficient that fills the page is left out."""
        lines = [self.equation]
        lines += [] if self.inequality in (None, sympy.true) else [self.inequality]
        for name, value in (("omega", self.frequency), ("l_1", self.l1)):
            if value is not None and value.count_ops() < 60:
                lines.append(sympy.Eq(sympy.Symbol(name), value, evaluate=False))
        return _latex([*lines, *self.equilibrium, *_equations(self.biases)])


Conditions = TypeVar("Conditions", FoldConditions, HopfConditions)


def fold_conditions(gru: GRU, at: Sequence[Any] | None = None) -> FoldConditions:
    r"""Condition for an eigenvalue zero, :math:`\det(\mathrm{diag}(1 - h^2) M - I) = 0`.

    Flow and map have the same folds, and the update gate does not enter.

    Parameters
    ----------
    gru : GRU
        Any number of units.
    at : sequence of number or Expr, length d, optional
        An equilibrium; without it, the condition is on state and parameters.

    Returns
    -------
    FoldConditions

    Raises
    ------
    ValueError
        If `at` is no equilibrium or has the wrong length.

    Examples
    --------
    >>> import symgru as sg
    >>> k, b = sympy.symbols("k b")
    >>> one = sg.GRU(1).with_weights(U_h=[[2 * k]], b_h=[b], rest=0)
    >>> condition = sg.fold_conditions(one)
    >>> condition.equation
    Eq(h1**2, 1 - 1/k)
    >>> condition.branches[0]
    {h1: sqrt(1 - 1/k), b: -k*sqrt(1 - 1/k) + atanh(sqrt(1 - 1/k))}
    """
    assumed = closed_forms.with_assumptions(_network(gru))
    equilibrium = Equilibrium.of(assumed.gru, at)
    squares = closed_forms.square_symbols(gru.units)
    determinant = _determinant(equilibrium.reduced(squares))
    branches: tuple[Mapping[Any, Any], ...] = ()
    if closed_forms.has_constant_slope(equilibrium, gru.states):
        determinant = closed_forms.collected(determinant, squares, assumed.facts)
        if at is None:
            branches = closed_forms.solve_for_states(
                determinant, squares, equilibrium, assumed.facts
            )
    shown = determinant.xreplace(dict(zip(squares, equilibrium.squares, strict=True)))
    conditions = FoldConditions(
        equation=closed_forms.equation(shown, gru.states),
        equilibrium=equilibrium.equations,
        biases=equilibrium.biases,
        branches=branches,
    )
    return _restored(conditions, assumed)


def hopf_conditions(gru: GRU, at: Sequence[Any] | None = None) -> HopfConditions:
    r"""Condition for a pair of eigenvalues :math:`\pm i\omega`, with frequency and criticality.

    Parameters
    ----------
    gru : GRU
        A flow with any number of units.
    at : sequence of number or Expr, length d, optional
        An equilibrium; without it, the condition is on state and parameters.

    Returns
    -------
    HopfConditions

    Raises
    ------
    ValueError
        If the network is a map, or `at` is no equilibrium or has the wrong length.

    Examples
    --------
    >>> import symgru as sg
    >>> condition = sg.hopf_conditions(sg.families.eq8(), at=(0, 0))
    >>> condition.equation, condition.frequency, condition.l1
    (Eq(beta*cos(alpha)*sigma(s), 1), tan(alpha)/2, -1/sin(2*alpha))
    """
    if _network(gru).time != "flow":
        raise ValueError(
            f"{gru.name} is a map, which has Neimark-Sacker points in place of Hopf points; "
            f'ask the network with time="flow".'
        )
    assumed = closed_forms.with_assumptions(gru)
    equilibrium = Equilibrium.of(assumed.gru, at)
    if gru.units == 1:
        return HopfConditions(sympy.false, sympy.false, None, None, None, caveat=NO_HOPF)
    if gru.units == 2:
        return _restored(_planar_hopf(assumed, equilibrium, at is None), assumed)
    jacobian = equilibrium.jacobian()
    inequality = frequency = None
    if gru.units == 3:
        # lambda^3 - T lambda^2 + S lambda - D with roots +- i omega and T has S = omega^2.
        minors = sum(_determinant(jacobian.minor_submatrix(i, i)) for i in range(3))
        inequality, frequency = sympy.Gt(minors, 0), sympy.sqrt(minors)
    conditions = HopfConditions(
        equation=sympy.Eq(_determinant(bialternate(jacobian)), 0),
        inequality=inequality,
        frequency=frequency,
        re_c1=None,
        l1=None,
        equilibrium=equilibrium.equations,
        biases=equilibrium.biases,
        caveat="" if gru.units == 3 else NEUTRAL,
    )
    return _restored(conditions, assumed)


def _planar_hopf(
    assumed: closed_forms.Assumed, equilibrium: Equilibrium, explicit: bool
) -> HopfConditions:
    """Trace zero and determinant positive, solved as far as the gates allow."""
    gru, facts, speed = assumed.gru, assumed.facts, equilibrium.speed
    squares = closed_forms.square_symbols(2)
    shown = dict(zip(squares, equilibrium.squares, strict=True))
    trace = equilibrium.jacobian(squares).trace()
    reduced = _determinant(equilibrium.reduced(squares))
    constant = closed_forms.has_constant_slope(equilibrium, gru.states)
    if constant:
        reduced = closed_forms.collected(reduced, squares, facts)
    if constant and speed[0] == speed[1]:
        # On trace = 0 the diagonal of diag(1 - h^2) M has sum 2, so that the determinant of
        # diag(1 - h^2) M - I is u v det M - 1.
        product = squares[0] * squares[1] * reduced.coeff(squares[0] * squares[1])
        inequality = closed_forms.greater_than_one(product.xreplace(shown))
        frequency = speed[0] * sympy.sqrt(product.xreplace(shown) - 1)
    else:
        determinant = (speed[0] * speed[1] * reduced).xreplace(shown)
        inequality, frequency = sympy.Gt(determinant, 0), sympy.sqrt(determinant)
    branches: tuple[Mapping[Any, Any], ...] = ()
    ends: tuple[Mapping[Any, Any], ...] = ()
    if explicit and constant and not any(set(gru.states) & f.free_symbols for f in speed):
        branches = closed_forms.solve_for_states(trace, squares, equilibrium, facts)
        ends = closed_forms.intersections(trace, reduced, squares, equilibrium, facts)
    re_c1 = real_cubic_coefficient(planar_derivatives(gru, equilibrium), frequency)
    trace = trace.xreplace(shown)
    solution, facts = closed_forms.solve_for_parameter(trace, gru.states, facts)
    if solution:
        frequency, re_c1 = (
            closed_forms.simplified(value.xreplace(dict(solution)), facts)
            for value in (frequency, re_c1)
        )
    return HopfConditions(
        equation=closed_forms.equation(trace, gru.states),
        inequality=inequality,
        frequency=frequency,
        re_c1=re_c1,
        l1=closed_forms.simplified(re_c1 / frequency, facts) if solution else re_c1 / frequency,
        equilibrium=equilibrium.equations,
        biases=equilibrium.biases,
        solution=solution,
        branches=branches,
        ends=ends,
    )


def _restored(conditions: Conditions, assumed: closed_forms.Assumed) -> Conditions:
    """Return the conditions in the symbols of the reader."""
    names = [field.name for field in fields(conditions)]
    return replace(conditions, **{n: assumed.restore(getattr(conditions, n)) for n in names})


def _determinant(matrix: Any) -> Any:
    """Return the determinant by cofactors for a small matrix, as a symbol for a large one.

    Written out, not multiplied out: the elements of a general network are long.
    """
    if matrix.rows > EXPLICIT_DETERMINANT:
        return sympy.Determinant(sympy.ImmutableDenseMatrix(matrix))
    if matrix.rows == 1:
        return matrix[0, 0]
    return sum(
        (-1) ** j * matrix[0, j] * _determinant(matrix.minor_submatrix(0, j))
        for j in range(matrix.rows)
    )


def _equations(values: Mapping[Any, Any]) -> list[Any]:
    return [sympy.Eq(symbol, value, evaluate=False) for symbol, value in values.items()]


def _latex(lines: Sequence[Any]) -> str:
    shown = r" \\ ".join(f"& {sympy.latex(line)}" for line in lines)
    return rf"$\displaystyle \begin{{aligned}}{shown}\end{{aligned}}$"


def _network(gru: object) -> GRU:
    """Return what was given if it is a network.

    Raises
    ------
    TypeError
        If not.
    """
    if not isinstance(gru, GRU):
        raise TypeError(
            f"`gru` must be a GRU, got {type(gru).__name__}; make one with GRU(units) or take "
            f"families.eq8()."
        )
    return gru

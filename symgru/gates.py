r"""The logistic gate of a GRU as a SymPy function, and the one place that fixes its convention.

A gate is :math:`\sigma(a) = 1 / (1 + e^{-a})`. The *update* gate (``z`` in papers) multiplies the
**old** state in the average ``h_new = update * h_old + (1 - update) * candidate`` (equation (4) of
Jordan, Sokol and Park 2021); the *reset* gate (``r``) multiplies the state inside the candidate.
``1 - update`` is never formed by a subtraction: it is ``sigma(-a)``, which keeps all digits when
the gate is nearly one.

References
----------
Jordan, Sokol and Park (2021), Gated recurrent units viewed through the lens of continuous time
dynamical systems, Frontiers in Computational Neuroscience 15:678158, equations (2)-(7).
"""

from __future__ import annotations

from typing import Any, ClassVar

import sympy
from sympy.core.function import ArgumentIndexError

__all__ = ["sigma"]


class sigma(sympy.Function):  # type: ignore[misc]
    r"""Logistic function :math:`\sigma(a) = 1/(1 + e^{-a})`; its slope is sigma(a) sigma(-a).

    It evaluates where the value is exact or the argument is a floating-point number, stays as it is
    otherwise, rewrites to ``exp`` and ``tanh``, and compiles to a single operation.

    Parameters
    ----------
    a : Expr
        The argument: the pre-activation of a gate.

    Examples
    --------
    >>> import sympy
    >>> a = sympy.Symbol("a")
    >>> sigma(0), sigma(sympy.oo), sigma(a).diff(a)
    (1/2, 1, sigma(-a)*sigma(a))
    >>> sympy.solve(6 * sigma(-a) - 1, a)
    [log(5)]
    """

    nargs = 1
    tape_operation: ClassVar[str] = "sigmoid"
    """Name under which `continuation.symbolic` compiles this function."""

    @classmethod
    def eval(cls, a: Any) -> Any:
        """Evaluate at zero, infinities, logarithms and floating-point numbers; else stay."""
        if a is sympy.S.Zero or a == 0:
            return sympy.S.Half
        if a is sympy.oo:
            return sympy.S.One
        if a is sympy.S.NegativeInfinity:
            return sympy.S.Zero
        if a.is_Float:
            return 1 / (1 + sympy.exp(-a))
        sign, logarithm = (-1, a.args[-1]) if a.is_Mul and a.args[0] == -1 else (1, a)
        if isinstance(logarithm, sympy.log) and a in (logarithm, -logarithm):
            odds = logarithm.args[0]
            if odds.is_positive:
                return odds / (1 + odds) if sign == 1 else 1 / (1 + odds)
        return None

    def fdiff(self, argindex: int = 1) -> Any:
        """Derivative: sigma(a) sigma(-a)."""
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        (a,) = self.args
        return sigma(a) * sigma(-a)

    def inverse(self, argindex: int = 1) -> Any:
        """Inverse function: log(y / (1 - y)), which lets `sympy.solve` undo a gate."""
        y = sympy.Dummy("y")
        return sympy.Lambda(y, sympy.log(y / (1 - y)))

    def _eval_is_positive(self) -> bool | None:
        return True if self.args[0].is_extended_real and self.args[0].is_finite else None

    def _eval_is_real(self) -> bool | None:
        return True if self.args[0].is_extended_real else None

    def _eval_rewrite_as_exp(self, a: Any, **hints: Any) -> Any:
        return 1 / (1 + sympy.exp(-a))

    def _eval_rewrite_as_tanh(self, a: Any, **hints: Any) -> Any:
        return (1 + sympy.tanh(a / 2)) / 2

    def _eval_evalf(self, prec: int) -> Any:
        return self.rewrite(sympy.exp)._eval_evalf(prec)

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        argument = printer._print(self.args[0])
        power = "" if exp is None else f"^{{{exp}}}"
        return rf"\sigma{power}\left({argument}\right)"

    def _scipycode(self, printer: Any) -> str:
        name = printer._module_format("scipy.special.expit")
        return f"{name}({printer._print(self.args[0])})"

    def _numpycode(self, printer: Any) -> str:
        # exp(-log(1 + e^-a)) does not overflow for a very negative argument; 1/(1 + e^-a) does.
        exp, logaddexp = (printer._module_format(f"numpy.{name}") for name in ("exp", "logaddexp"))
        return f"{exp}(-{logaddexp}(0, -({printer._print(self.args[0])})))"

    def _mpmathcode(self, printer: Any) -> str:
        return str(printer._print(self.rewrite(sympy.exp)))

    _pythoncode = _mpmathcode

"""The few choices that a user may make about a continuation, checked where they are made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a branch is followed: steps, tolerances, mesh, and what to look for.

    Step lengths and tolerances are relative, so that the units of a model do not matter: a free
    parameter counts in widths of its window ``within``, the period in periods, and states in units
    of the largest of them, or of ``System.size`` where that is larger. That size, which states near
    zero need, is found where a branch begins, from the distance at which f bends and from how far
    the window moves the state (`sizes`); ``dataclasses.replace(system, size=...)`` gives another.
    So 0.05 is a twentieth of the window, or of the size of the states. Without a window a parameter
    counts in its own unit; all states share one size.

    Attributes
    ----------
    initial_step : float
        Length of the first step, or max_step where that is shorter. One hundredth of the window
        lets Newton converge in two or three iterations on textbook systems; the step control
        corrects a poor choice within a few steps.
    min_step : float
        A branch stops when a step shorter than this fails. Below 1e-9 round-off decides.
    max_step : float
        Longest step: at least twenty points cross the window, enough for a smooth picture and
        for neighbouring special points to be told apart.
    max_points : int
        Points in each of the two directions.
    tolerance : float
        A point is accepted when the last Newton correction is below this, every unknown in its own
        size. Newton converges quadratically, so that the point is then far more accurate.
    newton_steps : int
        Iterations allowed. Convergence from a good predictor takes 2 to 4; eight that fail mean
        that the step is too long.
    target_steps : int
        Newton iterations at which the step length is left as it is.
    intervals, degree : int
        Mesh intervals and polynomial degree (2 to 7) of collocation for cycles and connecting
        orbits.
    adapt_every : int
        The collocation mesh is adapted after this many steps.
    detect : tuple of str or None
        Kinds of special points to look for; None looks for all that the curve knows.
    seed : int
        Seed of every random choice (starts of `diagram`).

    Raises
    ------
    ValueError
        Where a value is out of its range; the message gives the range.
    """

    initial_step: float = 0.01
    min_step: float = 1e-8
    max_step: float = 0.05
    max_points: int = 2000
    tolerance: float = 1e-10
    newton_steps: int = 8
    target_steps: int = 3
    intervals: int = 50
    degree: int = 4
    adapt_every: int = 3
    detect: tuple[str, ...] | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("initial_step", "min_step", "max_step", "tolerance"):
            if isinstance(value := getattr(self, name), bool) or not isinstance(value, int | float):
                raise ValueError(f"{name} must be a number, got {value!r}.")
        kinds: object = self.detect
        if isinstance(kinds, str) or not all(isinstance(kind, str) for kind in self.detect or ()):
            raise ValueError(f'detect must be kinds such as ("LP", "H"), got {kinds!r}.')
        if not 0 < self.min_step <= self.max_step < float("inf"):
            raise ValueError(
                f"step lengths must satisfy 0 < min_step <= max_step < inf, got "
                f"{self.min_step} and {self.max_step}."
            )
        if not self.min_step <= self.initial_step < float("inf"):
            raise ValueError(f"initial_step must be at least min_step, got {self.initial_step}.")
        if not 1e-14 <= self.tolerance <= 1e-2:
            raise ValueError(f"tolerance must lie in [1e-14, 1e-2], got {self.tolerance}.")
        if not isinstance(self.degree, int) or not 2 <= self.degree <= 7:
            raise ValueError(f"degree must be an integer in [2, 7], got {self.degree!r}.")
        for name, least in (
            ("max_points", 1),
            ("newton_steps", 2),
            ("target_steps", 1),
            ("intervals", 3),
            ("adapt_every", 1),
            ("seed", 0),
        ):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ValueError(f"{name} must be an integer of at least {least}, got {value!r}.")

"""The public verbs for curves of special points in two parameters.

All have one shape: ``fold_curve(point, free=("p", "q"), within={"p": (lo, hi), "q": (lo, hi)})``.
What is followed depends on whose special point it is: of equilibria and of cycles of a flow, and
of fixed points and cycles of a map, the curves are different ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from continuation import ways
from continuation.branch import Branch
from continuation.collect import UserEvents, Watch
from continuation.curve import Solution, units
from continuation.options import DEFAULT, Options, Report, Windows, plane
from continuation.settings import Settings
from continuation.special import SpecialPoint


def fold_curve(
    point: SpecialPoint,
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
) -> Branch:
    """Follow folds of equilibria, or of fixed points or cycles of a map, in two parameters.

    Parameters
    ----------
    point : SpecialPoint
        A fold (LP), or a cusp, Bogdanov-Takens or zero-Hopf point; of a map also R1, LPPD, LPNS.
    free : (str, str)
        The two parameters.
    within : mapping of str to (float, float), optional
        Their bounds; those of the point's branch where it has some.
    settings, report, events, watch
        As in `equilibria`.

    Returns
    -------
    Branch
        With cusps (CP), Bogdanov-Takens (BT) and zero-Hopf points (ZH); for a map with cusps, 1:1
        resonances (R1), fold-flip (LPPD) and fold-Neimark-Sacker points (LPNS).

    Raises
    ------
    ValueError
        For a point of another kind, or parameters that are not two different ones of the system.
    """
    options = Options(settings, report, events, watch)
    return _locus(point, ways.FOLDS, free, within, options)


def hopf_curve(
    point: SpecialPoint,
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
) -> Branch:
    """Follow Hopf points of equilibria in two parameters.

    Parameters
    ----------
    point : SpecialPoint
        A Hopf point (H), a generalised, zero- or double Hopf point, or a Bogdanov-Takens point
        (BT), where such a curve is born.
    free : (str, str)
        The two parameters.
    within : mapping of str to (float, float), optional
        Their bounds; those of the point's branch where it has some.
    settings, report, events, watch
        As in `equilibria`.

    Returns
    -------
    Branch
        With generalised (GH), zero- (ZH) and double Hopf points (HH); it ends at Bogdanov-Takens
        points (BT).

    Raises
    ------
    ValueError
        For a point of another kind, or parameters that are not two different ones of the system.
    """
    options = Options(settings, report, events, watch)
    return _locus(point, ways.HOPF_POINTS, free, within, options)


def cycle_fold_curve(
    point: SpecialPoint,
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
) -> Branch:
    """Follow folds of cycles of a flow in two parameters.

    Parameters
    ----------
    point : SpecialPoint
        A fold of cycles (LPC), a point CPC, R1, LPPD or LPNS on a curve of them, or a generalised
        Hopf point (GH), where they are born.
    free : (str, str)
        The two parameters.
    within : mapping of str to (float, float), optional
        Their bounds; those of the point's branch where it has some.
    settings, report, events, watch
        As in `cycles`.

    Returns
    -------
    Branch
        With cusps of cycles (CPC), 1:1 resonances (R1) and the double points LPPD and LPNS; it ends
        at generalised Hopf points.

    Raises
    ------
    ValueError
        For a point of another kind, or parameters that are not two different ones of the system.
    """
    options = Options(settings, report, events, watch)
    return _locus(point, ways.CYCLE_FOLDS, free, within, options)


def period_doubling_curve(
    point: SpecialPoint,
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
) -> Branch:
    """Follow period doublings of cycles of a flow, or of fixed points or cycles of a map.

    Parameters
    ----------
    point : SpecialPoint
        A period doubling (PD), or a point GPD, R2, LPPD or PDNS on a curve of them.
    free : (str, str)
        The two parameters.
    within : mapping of str to (float, float), optional
        Their bounds; those of the point's branch where it has some.
    settings, report, events, watch
        As in `equilibria`.

    Returns
    -------
    Branch
        In two parameters, with generalised period doublings (GPD), 1:2 resonances (R2), fold-flip
        (LPPD) and flip-Neimark-Sacker points (PDNS).

    Raises
    ------
    ValueError
        For a point of another kind, or parameters that are not two different ones of the system.
    """
    return _locus(
        point, ways.PERIOD_DOUBLINGS, free, within, Options(settings, report, events, watch)
    )


def torus_curve(
    point: SpecialPoint,
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
    pair: int = 0,
) -> Branch:
    """Follow Neimark-Sacker points of cycles of a flow, or of fixed points or cycles of a map.

    Parameters
    ----------
    point : SpecialPoint
        A Neimark-Sacker point (NS), or a point CH, R3, R4, LPNS, PDNS or NSNS on a curve of them;
        of a map also R1 and R2, at which such curves end.
    free : (str, str)
        The two parameters.
    within : mapping of str to (float, float), optional
        Their bounds; those of the point's branch where it has some.
    settings, report, events, watch
        As in `equilibria`.
    pair : int
        At a double Hopf point, to which pair the cycle belongs: 0 for the slower, 1 for the faster
        one. From either there starts a curve.

    Returns
    -------
    Branch
        In two parameters, with Chenciner points (CH), 1:3 and 1:4 resonances (R3, R4) and the
        double points LPNS, PDNS and NSNS; it ends at 1:1 and 1:2 resonances (R1, R2).

    Raises
    ------
    ValueError
        For a point of another kind, or parameters that are not two different ones of the system.
    """
    if pair not in (0, 1):
        raise ValueError(f"`pair` must be 0 or 1, got {pair!r}.")
    options = Options(settings, report, events, watch)
    return _locus(point, ways.tori(pair), free, within, options)


def fixed_period_curve(
    point: SpecialPoint,
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
) -> Branch:
    """Follow cycles of a flow in two parameters, with the period that they have at the start.

    Parameters
    ----------
    point : SpecialPoint
        Any special point of a branch of cycles; ``report={name: values}`` of `cycles` makes some.
    free : (str, str)
        The two parameters.
    within : mapping of str to (float, float), optional
        Their bounds; those of the point's branch where it has some.
    settings, report, events, watch
        As in `cycles`.

    Returns
    -------
    Branch
        With the points at which a further multiplier is on the unit circle (LPC, PD, NS).

    Raises
    ------
    ValueError
        For a point without a cycle, or parameters that are not two different ones of the system.
    """
    options = Options(settings, report, events, watch)
    return _locus(point, ways.FIXED_PERIODS, free, within, options)


def branch_point_curve(
    point: SpecialPoint,
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    events: UserEvents = (),
    watch: Watch | None = None,
) -> Branch:
    """Follow branch points in two parameters, as far as a symmetry or a known solution keeps them.

    Parameters
    ----------
    point : SpecialPoint
        A branch point (BP) of equilibria, or of fixed points or cycles of a map, or one of cycles
        of a flow (BPC).
    free : (str, str)
        The two parameters, among them the one in which the point was found.
    within : mapping of str to (float, float), optional
        Their bounds; those of the point's branch where it has some.
    settings, report, events, watch
        As in `equilibria`.

    Returns
    -------
    Branch
        It ends, with a reason that says so, where the second parameter breaks the branch point.

    Raises
    ------
    ValueError
        For a point of another kind, or parameters that are not two different ones of the system.
    ContinuationError
        Where the second parameter breaks the branch point at once.
    """
    options = Options(settings, report, events, watch)
    return _locus(point, ways.BRANCH_POINTS, free, within, options)


def event_curve(
    point: SpecialPoint,
    events: Mapping[str, Callable[[Solution], float]],
    free: tuple[str, str],
    within: Windows | None = None,
    settings: Settings = DEFAULT,
    report: Report | None = None,
    watch: Watch | None = None,
) -> Branch:
    """Follow the zeros of a user's own function in two parameters.

    Parameters
    ----------
    point : SpecialPoint
        A zero of the function on a branch of equilibria, fixed points or cycles; a point found by
        ``events={"name": function}`` has the kind "name".
    events : mapping of str to callable
        ``{"name": function}``: the function of a `Solution` that is held at zero, such as
        ``lambda solution: solution.orbit.max("x") - 1``; it must be smooth. Where there are
        several, it is the one called as the point, and zeros of the others are special points. The
        derivative of the function is a central difference, see `curves.event_curve`.
    free : (str, str)
        The two parameters.
    within : mapping of str to (float, float), optional
        Their bounds; those of the point's branch where it has some.
    settings, report, watch
        As in `equilibria`.

    Returns
    -------
    Branch
        Of kind "events"; of cycles of a flow with the points at which a multiplier is on the unit
        circle (LPC, PD, NS).

    Raises
    ------
    ValueError
        Where no function belongs to the point or it does not vanish there, or for parameters that
        are not two different ones of the system.

    Examples
    --------
    >>> import continuation as ct
    >>> parabola = ct.System.from_strings({"x": "a - b*x**2"}, parameters={"a": 1.0, "b": 1.0})
    >>> half = {"half": lambda solution: solution.state[0] - 0.5}
    >>> branch = ct.equilibria(parabola, start=[1.0], free="a", within=(0.1, 2), events=half)
    >>> box = {"a": (0.1, 1), "b": (0.1, 3)}
    >>> curve = ct.event_curve(branch["half1"], events=half, free=("a", "b"), within=box)
    >>> float(abs(curve.parameters["a"] - curve.parameters["b"] / 4).max()) < 1e-9
    True
    """
    if not isinstance(events, Mapping) or not events:
        raise ValueError("`events` must map a name to the function that is held at zero.")
    name = next(iter(events)) if len(events) == 1 else getattr(point, "kind", "")
    if name not in events:
        raise ValueError(f"`events` has no function {name!r}; it has {', '.join(events)}.")
    others = {key: function for key, function in events.items() if key != name}
    return _locus(
        point, ways.zeros(events[name]), free, within, Options(settings, report, others, watch)
    )


def _locus(
    point: SpecialPoint,
    onto: ways.Ways,
    free: tuple[str, str],
    within: Windows | None,
    options: Options,
) -> Branch:
    """Check the request, start the curve, follow it."""
    way_in = ways.way_at(point, onto)
    free, window = plane(point, free, within)
    curve, start = way_in(point, free, units(free, window), options.settings)
    return options.follow(curve, start, window)

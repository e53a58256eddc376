"""What a peer recorded, as a `Branch`: the same order, units and names as one of ours.

The numbers are the peer's; nothing is polished. Residuals of points are those of our equations: at
an equilibrium f and the smallest that the other equations of its defining system can be made there,

    LP, CP, BT, ZH: sigma_min(A)            BP: sigma_min(A, f_lambda)
    H, GH, ZH, HH: least |Re mu| of a complex pair
    CP: <p, B(q, q)>     BT: <p, q>     GH: re_c1

with null vectors |p| = |q| = 1,
and on a cycle the collocation equations on the peer's mesh, together with the distance of one of
its multipliers, as we compute them, from 1 (LPC, BPC), from -1 (PD) or of a pair from the unit
circle (NS).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from continuation.backends.exchange import Record
from continuation.branch import Branch
from continuation.collect import CLOSED
from continuation.collocation import profile as profiles
from continuation.collocation.basis import barycentric_weights, basis, interpolation
from continuation.curves.cycle import CycleCurve
from continuation.defining import Equations, smallest_singular
from continuation.errors import ContinuationError, StopReason
from continuation.linalg.spectra import eigenvalues
from continuation.normalforms.hopf import hopf_normal_form
from continuation.orbit import Orbit
from continuation.points import hopf
from continuation.settings import Settings
from continuation.special import SpecialPoint

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]
Half = Mapping[str, Any]

STOPS = {
    "bound": StopReason.BOUND,
    "closed": StopReason.CLOSED,
    "max_points": StopReason.MAX_POINTS,
    "failed": StopReason.STEP_TOO_SMALL,
    "period": StopReason.PERIOD_BOUND,
    "bt": StopReason.BOGDANOV_TAKENS,
}

ZERO = ("LP", "CP", "BT", "ZH")
PAIR = ("H", "GH", "ZH", "HH")
"""Kinds with a zero eigenvalue, and with a pair on the imaginary axis."""

SHRUNK = 0.02
"""A family of cycles that has shrunk to this part of its largest size, and then grows again, has
gone through a Hopf point and comes back with its phase shifted: peers follow it, we end there."""

LONGER = 1.0 + 1e-6
"""A peer ends at a period only to this relative accuracy."""

LEAST_CLOSED = 6
"""Fewest points of a closed curve."""

OUTSIDE = 1e-9
"""Points beyond a bound by more than this part of the window are left out; the peers end on bounds
only to their own tolerance."""


@dataclass(frozen=True)
class Request:
    """What was asked of a peer, in our terms.

    Attributes
    ----------
    kind : str
        "equilibria", "cycles", "folds" or "Hopf points".
    system : System
        The system.
    free : tuple of str
        The k free parameters.
    p : ndarray, shape (n_p,)
        All parameters at the start.
    within : mapping of str to (float, float)
        Bounds of the free parameters.
    units : ndarray, shape (k,)
        Widths of the windows: a parameter is its unit times the peer's value.
    settings : Settings
        Steps and tolerances.
    period_below : float or None
        Of cycles.
    given_cycle : bool
        Whether the start is a cycle: the peers put it first in their lists as it was given,
        interpolated on their mesh and not solved for, so that it is left out.
    provenance : str
        Where the start came from.
    """

    kind: str
    system: System
    free: tuple[str, ...]
    p: Array
    within: Mapping[str, tuple[float, float]]
    units: Array
    settings: Settings
    period_below: float | None = None
    given_cycle: bool = False
    provenance: str = ""

    @property
    def values(self) -> Array:
        """Free parameters at the start, shape (k,)."""
        return self.p[[list(self.system.parameters).index(name) for name in self.free]]

    def parameters(self, values: Array) -> dict[str, float]:
        """All parameters by name, the free ones with these values."""
        fixed = dict(zip(self.system.parameters, self.p.tolist(), strict=True))
        return fixed | dict(zip(self.free, values.tolist(), strict=True))


@dataclass(frozen=True)
class Located:
    """A point of a peer's branch.

    Attributes
    ----------
    values : ndarray, shape (k,)
        Of the free parameters.
    state : ndarray, shape (n,)
        The equilibrium, or the first point of the cycle.
    spectrum : ndarray, shape (n,)
        Eigenvalues or multipliers.
    orbit : Orbit or None
        Of a cycle.
    kind : str
        Of a special point; otherwise empty.
    """

    values: Array
    state: Array
    spectrum: ComplexArray
    orbit: Orbit | None = None
    kind: str = ""


def branch_from(request: Request, record: Record) -> Branch:
    """The branch that a peer followed.

    Parameters
    ----------
    request : Request
        What was asked.
    record : dict
        What came back.

    Raises
    ------
    ContinuationError
        Where the peer followed nothing; the message quotes its own.
    """
    halves = [_trimmed(request, half, _all_points(request, half)) for half in record["halves"]]
    if not any(_regular(located) for located, _ in halves):
        said = "; ".join(filter(None, (half["message"] for half in record["halves"])))
        raise ContinuationError(
            f"{record['version']} followed no {request.kind} from {request.provenance}"
            f"{': ' + said if said else '.'}"
        )
    (ahead, first_stop), (behind, second_stop) = _ordered(request, halves)
    # Both directions list their start.
    shared = 1 if behind and not behind[0].kind and not request.given_cycle else 0
    points = [*behind[shared:][::-1], *ahead]
    branch = _assembled(request, points, (first_stop, second_stop))
    return replace(branch, provenance=f"{record['version']}, from {request.provenance}")


def _all_points(request: Request, half: Half) -> Iterator[Located]:
    """The points of one direction in order, special ones in their places."""
    special = iter(sorted(half["special"], key=lambda one: int(one["after"])))
    waiting = next(special, None)
    first = 1 if request.given_cycle else 0
    for i in range(-1, len(half["points"])):
        if i >= first:
            yield _located(request, half["points"][i], half["spectra"][i], "")
        while waiting is not None and waiting["after"] <= i:
            spectrum = waiting.get("spectrum", ())
            yield _located(request, waiting["point"], spectrum, waiting["kind"])
            waiting = next(special, None)


def _located(request: Request, point: Any, spectrum: Any, kind: str) -> Located:
    """One point in our units; eigenvalues or multipliers that it does not give are computed."""
    system = request.system
    known = np.array([complex(re, im) for re, im in spectrum], dtype=complex)
    if request.kind == "cycles":
        values = request.units * np.array(point["values"])
        orbit = _orbit(request, point, values)
        known_all = len(known) == system.dimension and bool(np.all(np.isfinite(known)))
        if not known_all and np.all(np.isfinite(orbit.x)):
            curve, z = cycle_curve(orbit, request)
            known = curve.spectrum(z)
        return Located(values, orbit.x[:, 0].copy(), _multipliers(known), orbit, kind)
    x, values = np.array(point[: system.dimension]), request.units * point[system.dimension :]
    if len(known) != system.dimension:
        known = eigenvalues(system.jacobian(x, request.parameters(values)))
    return Located(values, x, known[np.lexsort((-known.imag, -known.real))], None, kind)


def _multipliers(values: ComplexArray) -> ComplexArray:
    """The one closest to 1 first, the others by falling modulus."""
    if not values.size:
        return values
    trivial = int(np.argmin(np.abs(values - 1.0)))
    others = np.delete(values, trivial)
    return np.append(values[trivial], others[np.lexsort((-others.imag, -np.abs(others)))])


def _orbit(request: Request, point: Mapping[str, Any], values: Array) -> Orbit:
    """A cycle of AUTO on our nodes: the same polynomials, given at other points of each interval.

    AUTO keeps m + 1 equidistant points an interval, we keep Gauss-Lobatto points.
    """
    degree = request.settings.degree
    t, x = np.array(point["t"]), np.array(point["x"])
    mesh = t[::degree] - t[0]
    equidistant = np.linspace(0.0, 1.0, degree + 1)
    nodes = basis(degree).nodes[:-1]
    matrix = interpolation(equidistant, barycentric_weights(equidistant), nodes)
    windows = np.stack([x[:, k : len(t) - degree + k : degree] for k in range(degree + 1)], axis=2)
    inner = (windows @ matrix.T).reshape(len(x), -1)
    times = mesh[-1] * profiles.base_points(mesh / mesh[-1], degree)
    states = np.column_stack((inner, x[:, -1]))
    return Orbit(times, states, request.system, request.parameters(values), degree)


def _trimmed(
    request: Request, half: Half, located: Iterable[Located]
) -> tuple[list[Located], StopReason]:
    """One direction up to where our branches would end, and why it ends."""
    points: list[Located] = []
    sizes: list[float] = []
    for point in located:
        stop = _outside(request, point)
        if stop is not None:
            return points, stop
        points.append(point)
        if point.orbit is None:
            if _returns(request, points):
                return points[:-1], StopReason.CLOSED
            continue
        sizes.append(float(np.ptp(point.orbit.x, axis=1).max()))
        if len(sizes) > 1 and sizes[-1] > sizes[-2] and sizes[-2] < SHRUNK * max(sizes[:-1]):
            return points[:-1], StopReason.AT_HOPF
    if half["stop"] == "bound" and points and points[-1].orbit is not None:
        longest = request.period_below
        if longest is not None and points[-1].orbit.t[-1] > longest / LONGER:
            return points, StopReason.PERIOD_BOUND
    return points, STOPS[half["stop"]]


def _outside(request: Request, point: Located) -> StopReason | None:
    """Why a point does not belong to the branch any more, if it does not."""
    lo, hi = np.array([request.within[name] for name in request.free]).T
    slack = OUTSIDE * request.units
    states = point.state if point.orbit is None else point.orbit.x
    if not (np.all(np.isfinite(states)) and np.all(np.isfinite(point.values))):
        return StopReason.STEP_TOO_SMALL
    if np.any(point.values < lo - slack) or np.any(point.values > hi + slack):
        return StopReason.BOUND
    longest = request.period_below
    if point.orbit is not None and longest is not None and point.orbit.t[-1] > LONGER * longest:
        return StopReason.PERIOD_BOUND
    return None


def _returns(request: Request, points: Sequence[Located]) -> bool:
    """Whether the start of a closed curve lies on its last step, as `collect` asks on ours."""
    regular = _regular(points)
    if points[-1].kind or len(regular) < LEAST_CLOSED:
        return False
    first, second, before, after = (
        np.append(one.state, one.values / request.units) for one in (*regular[:2], *regular[-2:])
    )
    chord = after - before
    square = float(chord @ chord)
    along = float((first - before) @ chord)
    if not 0.0 <= along <= square or float(chord @ (second - first)) <= 0.0:
        return False
    off = first - before - along / square * chord
    return bool(off @ off < CLOSED**2 * square)


def _ordered(
    request: Request, halves: Sequence[tuple[list[Located], StopReason]]
) -> tuple[tuple[list[Located], StopReason], tuple[list[Located], StopReason]]:
    """Two directions, that of increasing parameter first; one that was not asked for is empty."""
    if len(halves) == 1 or halves[0][1] is StopReason.CLOSED:
        stop = StopReason.START if len(halves) == 1 else StopReason.CLOSED
        return halves[0], ([], stop)
    first, second = halves[0], halves[1]
    path = [point.values[0] for point in _regular([*second[0][::-1], *first[0]])]
    middle = len(_regular(second[0]))
    rises = path[min(middle + 1, len(path) - 1)] - path[max(middle - 2, 0)]
    return (first, second) if rises >= 0.0 else (second, first)


def _regular(points: Sequence[Located]) -> list[Located]:
    return [point for point in points if not point.kind]


def _assembled(
    request: Request, points: Sequence[Located], stop: tuple[StopReason, StopReason]
) -> Branch:
    """Arrays and special points from points in order."""
    regular = _regular(points)
    named = [request.parameters(point.values) for point in regular]
    table = {name: np.array([row[name] for row in named]) for name in request.system.parameters}
    spectra = np.array([point.spectrum for point in regular]).T
    cycles = request.kind == "cycles"
    special, positions, count = [], [], Counter[str]()
    seen = -1
    for point in points:
        seen += not point.kind
        if point.kind:
            count[point.kind] += 1
            special.append(_special(request, point, f"{point.kind}{count[point.kind]}"))
            positions.append(max(seen, 0))
    unstable = spectra[1:] if cycles else spectra
    inside = np.abs(unstable) < 1.0 if cycles else unstable.real < 0.0
    stable = np.all(inside, axis=0) & (request.kind in ("equilibria", "cycles"))
    orbits = tuple(point.orbit for point in regular if point.orbit is not None)
    return Branch(
        kind=request.kind,
        system=request.system,
        free=request.free,
        within=request.within,
        parameters=table,
        states=np.array([point.state for point in regular]).T.copy(),
        stable=stable,
        stop=stop,
        special=tuple(special),
        positions=tuple(positions),
        periods=np.array([orbit.t[-1] for orbit in orbits]) if cycles else None,
        measures=_measures(request, regular) if cycles else {},
        orbits=orbits,
        settings=request.settings,
        multipliers=spectra if cycles else None,
        eigenvalues=None if cycles else spectra,
    )


def _measures(request: Request, points: Sequence[Located]) -> dict[str, Array]:
    """Extremes of each state and the error of the trivial multiplier, as on a branch of ours."""
    ranges = np.array([extremes(point.orbit) for point in points if point.orbit is not None])
    table: dict[str, Array] = {}
    for i, name in enumerate(request.system.states):
        table[f"{name}_min"] = ranges[:, 0, i].copy()
        table[f"{name}_max"] = ranges[:, 1, i].copy()
    table["trivial_error"] = np.array([abs(point.spectrum[0] - 1.0) for point in points])
    return table


def extremes(orbit: Orbit) -> Array:
    """Smallest and largest value of each state on a collocation solution, shape (2, n)."""
    assert orbit.degree is not None
    return profiles.extremes(np.ascontiguousarray(orbit.x.T), orbit.degree)


def _special(request: Request, point: Located, label: str) -> SpecialPoint:
    """A special point as the peer located it, with the residual of our equations."""
    cycle = point.orbit is not None
    return SpecialPoint(
        kind=point.kind,
        label=label,
        system=request.system,
        free=request.free,
        within=request.within,
        parameters=request.parameters(point.values),
        state=point.state,
        residual=_cycle_residual(request, point) if cycle else _residual(request, point),
        period=float(point.orbit.t[-1]) if point.orbit is not None else None,
        orbit=point.orbit,
        eigenvalues=None if cycle else point.spectrum,
        multipliers=point.spectrum if cycle else None,
    )


def _residual(request: Request, point: Located) -> float:
    """Of the defining system of a special equilibrium, see the head of this module."""
    p = request.system.vector(request.parameters(point.values))
    f, a, b = (one[0] for one in request.system.linearize(request.free)(point.state[None, :], p))
    distances = [float(np.abs(f).max())]
    if point.kind == "BP":
        distances.append(float(np.linalg.svd(np.hstack((a, b)), compute_uv=False)[-1]))
    if point.kind in ZERO:
        distances.append(float(np.linalg.svd(a, compute_uv=False)[-1]))
    if point.kind in PAIR:
        values = eigenvalues(a)
        pairs = np.abs(values.real[values.imag > 0.0])
        distances.append(float(pairs.min()) if pairs.size else float("inf"))
    return max(*distances, _second_condition(request, point, p, a))


def _second_condition(request: Request, point: Located, p: Array, a: Array) -> float:
    """What vanishes at a point of codimension two besides eigenvalues or their real parts."""
    system, x = request.system, point.state
    left, right = (np.real(v) for v in smallest_singular(a))
    if point.kind == "CP":
        return float(abs(left @ system.derivative(x, p, right, right)))
    if point.kind == "BT":
        return float(abs(left @ right))
    if point.kind != "GH":
        return 0.0
    equations = Equations(system, request.free[:1], p)
    omega = float(np.abs(eigenvalues(a).imag).max())
    polished = hopf(equations, np.append(x, point.values[0]), omega)
    return abs(hopf_normal_form(equations, polished).re_c1)


def _cycle_residual(request: Request, point: Located) -> float:
    """Of the collocation equations and of the multipliers, see the head of this module."""
    assert point.orbit is not None and point.orbit.degree is not None
    curve, z = cycle_curve(point.orbit, request)
    values = curve.spectrum(z)[1:]
    if point.kind == "NS":
        pairs = np.abs(np.abs(values[values.imag > 0.0]) - 1.0)
    else:
        pairs = np.abs(values - (-1.0 if point.kind == "PD" else 1.0))
    distance = float(pairs.min()) if pairs.size else float("inf")
    return max(float(np.abs(curve.residual(z)).max()), distance)


def cycle_curve(orbit: Orbit, request: Request) -> tuple[CycleCurve, Array]:
    """The curve of cycles on the mesh of an orbit, and the orbit as a point of it."""
    assert orbit.degree is not None
    intervals = (len(orbit.t) - 1) // orbit.degree
    settings = replace(request.settings, intervals=intervals, degree=orbit.degree)
    return CycleCurve.from_data(orbit, request.free[0], float(request.units[0]), settings)

r"""Homoclinic orbits to a hyperbolic saddle, as a boundary value problem on a finite time.

.. math::

    u' = T f(u, p), \quad f(x_0, p) = 0, \quad L_s^T (u(0) - x_0) = 0, \quad L_u^T (u(1) - x_0) =
    0, \quad \int_0^1 \langle u - u_{ref}, u_{ref}' \rangle \, dt = 0 .

L_s and L_u span the left invariant subspaces of the stable and of the unstable eigenvalues of
A = f_x(x_0, p), so that the orbit leaves in the unstable and returns in the stable eigenspace; see
`connecting` for the equations and their sources. z = (u, x_0, T, lambda).

With one free parameter these are N - 1 equations: a curve along which the truncation time grows
and lambda tends to the homoclinic value, with an error of the square of the distances of the ends
from the saddle. With two, T = T_ref is added, and the curve is that of homoclinic orbits. The two
distances of the ends are then unknowns; between steps the orbit is cut or lengthened by the linear
flow, so that both return to `CLOSE` times the size of the orbit.

Special points of the curve in two parameters: see `saddle_events`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from continuation import flips, points, saddle_events, saddles
from continuation.collocation.assembly import BorderedProblem
from continuation.collocation.reference import Reference
from continuation.connecting import (
    Conditions,
    Parts,
    Projection,
    Truncation,
    equations_of,
    linear_tails,
)
from continuation.curve import Curve, Event, Point, Solution, Start
from continuation.defining import Equations, smallest_singular
from continuation.engine import norm, point_near
from continuation.errors import NoConvergence, StopReason
from continuation.linalg.subspaces import left_subspace
from continuation.normalforms.bogdanov_takens import centre_manifold
from continuation.normalforms.loop import homoclinic_loop, width_at
from continuation.orbit import Orbit
from continuation.settings import Settings
from continuation.special import SpecialPoint
from continuation.tails import cycle_cut_at, wanted_distances

if TYPE_CHECKING:
    from continuation.system import System

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

DRIFT = 3.0
"""The ends are put back when a distance is off by more than this factor."""


SHRUNK = 0.7
"""An orbit smaller than this part of the reference is made the reference of the next step."""


REFINE, LARGEST_MESH = 1e-9, 4
"""Where a change of mesh and truncation moves the parameters by more than this part of their
windows, half as many intervals again are taken, up to four times as many as the settings say."""

LOOK_AHEAD = 0.1
"""Part of the first step at which the curve is begun beside a non-central orbit."""

REACH, SMALLER = 0.0005, 12
"""A curve begins this part of the window away from a Bogdanov-Takens point, or nearer, by so many
halvings of the width of the loop at most."""

GROWTH = 1e-4
"""Relative change of the orbit by which it is told in which direction it grows."""

RELIABLE = 0.1
"""A prediction is taken when its correction is below this part of the distance from the point."""


@dataclass(frozen=True)
class HomoclinicCurve(Curve):
    """Truncated homoclinic orbits; z = (u at the base points, x_0, T, lambda).

    Attributes
    ----------
    system : System
        x' = f(x, p).
    free : tuple of one or two str
        The free parameters lambda.
    truncation : Truncation
        Mesh, phase reference, units.
    leaving, arriving : Projection
        References of L_s and L_u.
    settings : Settings
        How often the mesh is adapted, tolerance.
    intervals : int
        To be taken when the mesh is adapted next.
    orientation : Orientation or None
        Of the vectors that flips are measured by; from three states on.
    """

    kind: ClassVar[str] = "homoclinic orbits"

    system: System
    free: tuple[str, ...]
    truncation: Truncation
    leaving: Projection
    arriving: Projection
    settings: Settings = field(default_factory=Settings)
    intervals: int = 50
    orientation: flips.Orientation | None = None

    # ----------------------------------------------------------------------------------------------
    # Ways in

    @classmethod
    def from_orbit(
        cls, orbit: Orbit, system: System, free: str, degree: int
    ) -> tuple[HomoclinicCurve, Start]:
        """Cut a cycle of long period where it is closest to a saddle.

        Parameters
        ----------
        orbit : Orbit
            One period, as a collocation solution of some degree or as samples.
        system : System
            Whose orbit it is.
        free : str
            The free parameter.
        degree : int
            Of the collocation, used where the orbit has none of its own.

        Raises
        ------
        ContinuationError
            When no hyperbolic saddle lies near the orbit; the message says what was found.
        """
        equations, value = equations_of(system, (free,), orbit)
        degree = orbit.degree or degree
        x = np.ascontiguousarray(orbit.x.T)
        speed = np.linalg.norm(system.evaluate(x, equations.p), axis=1)
        rest, _ = points.equilibrium(equations, x[int(np.argmin(speed))], value)
        period = float(orbit.t[-1] - orbit.t[0])
        matrix = equations.first(np.concatenate((rest, value)))[1]
        saddles.check_near(matrix, rest, x, period)
        mesh, turned = cycle_cut_at(orbit, degree, rest)
        reference = Reference(mesh, degree, turned, period)
        stable = int(np.count_nonzero(saddles.ordered(matrix).real < 0.0))
        curve = cls._at(Truncation(equations, reference, 1, np.ones(1)), matrix, stable, Settings())
        z = curve.truncation.join(turned, rest, period, value)
        tangent = np.zeros_like(z)
        tangent[-2] = 1.0
        return curve, Start(z, tangent, f"cycle of period {period:.6g}")

    @classmethod
    def from_connection(
        cls,
        orbit: Orbit,
        rest: Array,
        free: tuple[str, str],
        units: Array,
        settings: Settings,
        provenance: str,
        heading: Array | None = None,
    ) -> tuple[HomoclinicCurve, Start]:
        """Start at a homoclinic orbit that was found in one parameter, or predicted.

        Parameters
        ----------
        orbit : Orbit
            A collocation solution, cut off near the saddle.
        rest : ndarray, shape (n,)
            The saddle.
        free : tuple of two str
            The free parameters.
        units : ndarray, shape (2,)
            Widths of their windows.
        settings : Settings
            Number of intervals, how often the mesh is adapted.
        provenance : str
            Where the orbit came from.
        heading : ndarray, shape (2,), optional
            Direction of the parameters in which to leave; that of the second one by default.

        Raises
        ------
        ContinuationError
            When the equilibrium is no saddle.
        """
        equations, value = equations_of(orbit.system, free, orbit)
        rest, _ = points.equilibrium(equations, rest, value)
        matrix = equations.first(np.concatenate((rest, value)))[1]
        saddles.check_near(matrix, rest, orbit.x.T, float(orbit.t[-1] - orbit.t[0]))
        stable = int(np.count_nonzero(saddles.ordered(matrix).real < 0.0))
        curve, z = cls._through(equations, orbit, rest, matrix, stable, units, settings)
        curve, z, _ = curve.trimmed(z)
        curve, z = curve.remeshed(z, settings.intervals)
        heading = np.array([0.0, units[1]]) if heading is None else heading
        return curve._oriented(z), Start(z, curve.direction(z, heading), provenance)

    @classmethod
    def from_non_central(
        cls,
        orbit: Orbit,
        rest: Array,
        free: tuple[str, str],
        units: Array,
        settings: Settings,
        provenance: str,
    ) -> tuple[HomoclinicCurve, Start]:
        """Start at a non-central homoclinic orbit to a saddle-node, towards the saddles.

        Parameters
        ----------
        orbit, rest, free, units, settings, provenance
            As in `from_connection`; ``rest`` is the saddle-node.

        Raises
        ------
        NoConvergence
            When the curve is not found beside the point.
        """
        equations, value = equations_of(orbit.system, free, orbit)
        matrix = equations.first(np.concatenate((rest, value)))[1]
        zero = int(np.argmin(np.abs(saddles.ordered(matrix))))
        left = np.real(smallest_singular(matrix)[0])
        away, back = np.abs(left @ (orbit.x[:, [0, -1]] - rest[:, None]))
        stable = zero if away > back else zero + 1
        curve, z = cls._through(equations, orbit, rest, matrix, stable, units, settings)
        curve, z = curve.remeshed(z, settings.intervals)
        tangent = curve.direction(z, np.array([0.0, units[1]]))
        tangent = tangent / norm(curve, z, tangent)
        for sign in (1.0, -1.0):
            ahead = z + sign * settings.initial_step * LOOK_AHEAD * tangent
            near = point_near(curve, ahead, sign * tangent, settings)
            if near is not None and saddles.margin(near.spectrum, stable) > 0.0:
                return curve._oriented(near.z), Start(near.z, near.tangent, provenance)
        raise NoConvergence(f"no homoclinic orbits to saddles were found near {provenance}.", z, ())

    @classmethod
    def _through(
        cls,
        equations: Equations,
        orbit: Orbit,
        rest: Array,
        matrix: Array,
        stable: int,
        units: Array,
        settings: Settings,
    ) -> tuple[HomoclinicCurve, Array]:
        """The curve through a connection to an equilibrium with so many stable eigenvalues."""
        assert orbit.degree is not None
        period, x = float(orbit.t[-1] - orbit.t[0]), np.ascontiguousarray(orbit.x.T)
        mesh = (orbit.t[:: orbit.degree] - orbit.t[0]) / period
        truncation = Truncation(equations, Reference(mesh, orbit.degree, x, period), 1, units)
        curve = cls._at(truncation, matrix, stable, settings)
        z = truncation.join(x, rest, period, equations.p[equations.indices])
        return curve, z

    def growing(self, point: Point) -> Array:
        """The tangent in the direction in which the orbit grows."""
        size = self.truncation.diameter(point.z)
        step = GROWTH * size / float(np.abs(point.tangent[:-2]).max())
        larger = self.truncation.diameter(point.z + step * point.tangent) > size
        return point.tangent if larger else -point.tangent

    def direction(self, z: Array, heading: Array) -> Array:
        """The tangent whose parameters have a positive component along a heading, shape (N,)."""
        row = np.append(np.zeros(len(z) - 2), heading / self.truncation.units**2)
        return self.jacobian(z).bordered(row).solve(np.append(np.zeros(len(z) - 1), 1.0))

    @classmethod
    def from_bogdanov_takens(
        cls, point: SpecialPoint, free: tuple[str, str], units: Array, settings: Settings
    ) -> tuple[HomoclinicCurve, Start]:
        """Start on the small loops born at a Bogdanov-Takens point, see `normalforms.loop`.

        The guess is corrected here; where that fails, a smaller loop is tried.

        Raises
        ------
        ContinuationError
            When the point is degenerate or not unfolded by the two parameters.
        NoConvergence
            When no loop is found.
        """
        equations = Equations(point.system, free, point.system.vector(point.parameters))
        value = equations.p[equations.indices]
        place = points.bogdanov_takens(equations, np.concatenate((point.state, value)))
        manifold = centre_manifold(equations, place.y)
        width = width_at(manifold, units, REACH)
        provenance = point.label or point.kind
        for _ in range(SMALLER):
            try:
                loop = homoclinic_loop(manifold, width)
                orbit = loop.orbit(equations, settings.intervals, settings.degree)
                curve, start = cls.from_connection(
                    orbit, loop.saddle, free, units, settings, provenance, loop.beta
                )
            except (NoConvergence, np.linalg.LinAlgError):
                width /= 2.0
                continue
            tangent = start.tangent / norm(curve, start.z, start.tangent)
            found = point_near(curve, start.z, tangent, settings)
            if found is not None:
                moved = np.abs((found.z[-2:] - start.z[-2:]) / units).max()
                if moved < RELIABLE * np.abs(loop.beta / units).max():
                    return curve, Start(found.z, curve.growing(found), provenance)
            width /= 2.0
        raise NoConvergence(
            f"no homoclinic orbit was found near {provenance}, at loops down to a width of "
            f"{width:.1e}.",
            place.y,
            (),
        )

    @classmethod
    def _at(
        cls, truncation: Truncation, matrix: Array, stable: int, settings: Settings
    ) -> HomoclinicCurve:
        """The curve with the projections of so many stable eigenvalues of a matrix and the rest."""
        system, free = truncation.equations.system, truncation.equations.free
        leaving = Projection("lhp", left_subspace(matrix, "lhp", None, stable).basis)
        unstable = len(matrix) - stable
        arriving = Projection("rhp", left_subspace(matrix, "rhp", None, unstable).basis)
        count = settings.intervals
        return cls(system, free, truncation, leaving, arriving, settings, count)

    # ----------------------------------------------------------------------------------------------
    # The defining system

    def profile(self, z: Array) -> Array:
        """The orbit at the base points, shape (N m + 1, n)."""
        return self.truncation.split(z).x

    def residual(self, z: Array) -> Array:
        """Collocation, f(x_0), projections at both ends, T - T_ref with two parameters, phase."""
        return self.linearize(z)[0]

    def jacobian(self, z: Array) -> BorderedProblem:
        """DH, ready to be bordered."""
        return self.linearize(z)[1]

    def linearize(self, z: Array) -> tuple[Array, BorderedProblem]:
        """Evaluate H and DH together; H is infinite where the subspaces are not separated."""
        parts = self.truncation.split(z)
        return self.truncation.assembled(z, parts, self._conditions(parts))

    def _conditions(self, parts: Parts) -> list[Conditions]:
        problem = self.truncation
        rest, a = problem.equilibrium(parts, 0)
        second = problem.second(parts, 0)
        found = [
            rest,
            problem.projected(parts, 0, 0, self.leaving, a, second),
            problem.projected(parts, 0, -1, self.arriving, a, second),
        ]
        return [*found, problem.fixed_time(parts)] if len(self.free) == 2 else found

    def matrix(self, z: Array) -> Array:
        """A at the saddle, shape (n, n)."""
        return self.truncation.equations.first(self.truncation.split(z).y(0))[1]

    # ----------------------------------------------------------------------------------------------
    # What z stands for

    def state(self, z: Array) -> Solution:
        """The saddle, the parameters, the truncation time and the orbit."""
        return self.truncation.solution(z)

    def weights(self, z: Array) -> Array:
        """The orbit by its mean, the saddle, the parameters in their units; see `connecting`."""
        return self.truncation.weights

    def spectrum(self, z: Array) -> ComplexArray:
        """Eigenvalues of the saddle, by their real parts."""
        return saddles.ordered(self.matrix(z))

    def signature(self, z: Array) -> Array:
        """Extremes of the orbit and the parameters."""
        return self.truncation.signature(z)

    def measures(self, point: Point) -> dict[str, float]:
        """Saddle quantity, size of the orbit, distances of its ends from the saddle."""
        first, last = self.distances(point.z)
        return {
            "saddle_quantity": saddles.quantity(point.spectrum, self.leaving.dimension),
            "diameter": self.truncation.diameter(point.z),
            "first_distance": first,
            "last_distance": last,
        }

    def distances(self, z: Array) -> tuple[float, float]:
        """How far the two ends are from the saddle."""
        return self.truncation.distances(z)

    # ----------------------------------------------------------------------------------------------
    # Along a branch

    def remeshed(self, z: Array, intervals: int) -> tuple[HomoclinicCurve, Array]:
        """The curve on a mesh adapted to an orbit, and the orbit on that mesh."""
        truncation, moved = self.truncation.remeshed(z, intervals)
        return self._with(truncation, z), moved

    def lengthened(self, z: Array, distance: float) -> tuple[HomoclinicCurve, Array]:
        """Add tails of the linear flow, so that both ends come as close to the saddle as asked."""
        tails = linear_tails(self.matrix(z), self.matrix(z))
        truncation, longer, _ = self.truncation.tailored(z, tails, (distance, distance))
        return self._with(truncation, z), longer

    def trimmed(self, z: Array) -> tuple[HomoclinicCurve, Array, float]:
        """Cut or lengthen to `wanted_distances`; also when the old orbit starts in the new."""
        matrix, size = self.matrix(z), self.truncation.diameter(z)
        values, d = saddles.ordered(matrix), self.leaving.dimension
        wanted = wanted_distances(size, values[d].real, -values[d - 1].real)
        ratios = np.array(self.distances(z)) / wanted
        if np.all((ratios > 1.0 / DRIFT) & (ratios < DRIFT)):
            return self, z, 0.0
        tails = linear_tails(matrix, matrix)
        truncation, moved, start = self.truncation.tailored(z, tails, wanted, cut=True)
        return self._with(truncation, z), moved, start

    def _with(self, truncation: Truncation, z: Array) -> HomoclinicCurve:
        """The curve with another truncation and with the projections' references taken at z."""
        matrix = self.matrix(z)
        leaving, arriving = self.leaving.at(matrix), self.arriving.at(matrix)
        return replace(self, truncation=truncation, leaving=leaving, arriving=arriving)

    def refresh(self, point: Point, step: int) -> tuple[Curve, Point]:
        """Put the ends back, adapt the mesh, take the orbit as phase reference.

        Where the corrector fails on the new mesh, everything stays as it is.
        """
        trimmed, z, start = self.trimmed(point.z)
        shrunk = self.truncation.reference.swing(self.profile(point.z)) < SHRUNK
        if trimmed is self and not shrunk and step % self.settings.adapt_every:
            return self, point
        curve, z = trimmed.remeshed(z, self.intervals)
        tangent = self.truncation.moved(point.tangent, curve.truncation, start)
        length = norm(curve, z, tangent)
        found = point_near(curve, z, tangent / length, self.settings) if length > 0.0 else None
        if found is None:
            return self, point
        moved = float(np.abs((found.z - z)[-2:] / self.truncation.units).max())
        if moved > REFINE and self.intervals < LARGEST_MESH * self.settings.intervals:
            return replace(curve, intervals=self.intervals + self.intervals // 2).refresh(found, 0)
        fresh = curve._oriented(found.z)
        return fresh, replace(found, curve=fresh)

    def end(self, before: Point, after: Point) -> StopReason | None:
        """A Bogdanov-Takens point, another equilibrium on the orbit, or a saddle lost."""
        if len(self.free) < 2:
            return None
        if saddles.margin(after.spectrum, self.leaving.dimension) < 0.0:
            real = saddles.critical_is_real(after.spectrum)
            return StopReason.SADDLE_NODE if real else StopReason.SHILNIKOV_HOPF
        return saddles.end(self.truncation, before.z, after.z)

    def ends(self, z: Array) -> flips.Ends:
        """What flips are read from."""
        parts = self.truncation.split(z)
        away, back = parts.x[0] - parts.rests[0], parts.x[-1] - parts.rests[0]
        transitions = self.truncation.intervals(z, parts).transitions
        return flips.Ends(self.matrix(z), self.leaving.dimension, away, back, transitions)

    def _oriented(self, z: Array) -> HomoclinicCurve:
        """The curve with its vectors oriented at an orbit; in the plane nothing can flip."""
        if self.truncation.n < 3:
            return self
        at_mesh = self.profile(z)[:: self.truncation.reference.degree]
        moved = np.linalg.norm(np.diff(at_mesh, axis=0), axis=1)
        middle = int(np.argmax(moved / self.truncation.scheme.steps))
        return replace(self, orientation=flips.oriented(self.ends(z), self.orientation, middle))

    def events(self) -> tuple[Event, ...]:
        """In two parameters those of `saddle_events`, as far as the dimension allows them."""
        if len(self.free) < 2:
            return ()
        return saddle_events.events(self.leaving.dimension, self.truncation.n)

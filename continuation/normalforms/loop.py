r"""The homoclinic orbit that is born at a Bogdanov-Takens point, predicted on the centre manifold.

On the centre manifold (`bogdanov_takens`) w_0' = w_1, w_1' = G(w_0, w_1, beta). Its homoclinic loop
is written as

.. math:: w_0 = \delta + \sigma y^2, \qquad w_1 = y (1 - y^2) V(y), \qquad y = \tanh\xi,

with the turning point at y = 0 and the saddle at y = -1, 1: near both w_1 is an analytic function
of y, so that V is one. Dividing w_1 dw_1 = G dw_0 by y dy leaves

.. math:: (1 - y^2) V \frac{d}{dy}\bigl[y (1 - y^2) V\bigr] = 2 \sigma\, G(w_0, w_1, \beta).

With sigma given, V (a polynomial), delta, beta_1 and beta_2 are found by Newton's method to
round-off, not as series in a small parameter; the exact loop u = 2 - 6 sech^2 of the leading part
starts it. Time follows from dt = 2 sigma d xi / V. What is neglected are the terms of order four
of the reduction: with sigma = O(epsilon^2), lambda - lambda_0 = O(epsilon^2), they are smaller
than those kept by epsilon^4, so that lambda has an error of O(epsilon^6).

References
----------
M. M. Bosschaert and Yu. A. Kuznetsov, Interplay between normal forms and center manifold reduction
for homoclinic predictors near Bogdanov-Takens bifurcation, SIAM J. Appl. Dyn. Syst. 23 (2024)
410-439: a nonlinear transformation of time makes w_0 a polynomial in tanh there, too, and gives the
coefficients 10/7 and 288/2401 of the series.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from continuation.collocation import mesh as meshes
from continuation.collocation import profile as profiles
from continuation.defining import Equations
from continuation.errors import ContinuationError, NoConvergence
from continuation.normalforms.bogdanov_takens import CentreManifold
from continuation.orbit import Orbit

Array = NDArray[np.float64]

DEGREE = 24
"""Of the polynomial V: its coefficients fall geometrically, the faster the smaller the loop."""

POINTS = 2 * (DEGREE + 4)
"""At which the equation is imposed, in the sense of least squares."""

ITERATIONS = 25
"""Newton steps allowed; four or five are taken for a small loop."""

SETTLED = 1e-11
"""Newton corrections below this, relative, end the iteration."""

LONG = 18.0
"""The orbit is cut off at |xi| = LONG / 2, where 1 - tanh(xi)^2 is 6e-8."""

DEGENERATE = 1e-12
"""A coefficient below this makes the unfolding degenerate."""


@dataclass(frozen=True)
class Loop:
    """A homoclinic loop on the centre manifold.

    Attributes
    ----------
    manifold : CentreManifold
        The reduction.
    sigma, delta : float
        Width of the loop and turning point, in w_0.
    beta : ndarray, shape (2,)
        lambda - lambda_0.
    v : ndarray, shape (DEGREE + 1,)
        Chebyshev coefficients of V.
    """

    manifold: CentreManifold
    sigma: float
    delta: float
    beta: Array
    v: Array

    def points(self, y: Array) -> Array:
        """Coordinates e = (w_0, w_1, beta), shape (m, 4), at y, shape (m,)."""
        w1 = y * (1.0 - y**2) * chebyshev.chebval(y, self.v)
        beta = np.broadcast_to(self.beta, (len(y), 2))
        return np.column_stack((self.delta + self.sigma * y**2, w1, beta))

    @property
    def saddle(self) -> Array:
        """The equilibrium, shape (n,)."""
        return np.asarray(self.manifold.state(self.points(np.ones(1)))[0])

    def orbit(self, equations: Equations, intervals: int, degree: int) -> Orbit:
        """The loop in the state space, as the profile of a collocation solution.

        Parameters
        ----------
        equations : Equations
            Of the system, in the two parameters.
        intervals, degree : int
            Mesh.
        """
        fine = np.linspace(-LONG / 2.0, LONG / 2.0, 40 * intervals + 1)
        rate = 2.0 * self.sigma / chebyshev.chebval(np.tanh(fine), self.v)
        steps = np.diff(fine) * (rate[:-1] + rate[1:]) / 2.0
        time = np.concatenate(([0.0], np.cumsum(steps)))
        uniform = meshes.uniform(intervals)
        for _ in range(2):
            t = time[-1] * profiles.base_points(uniform, degree)
            x = self.manifold.state(self.points(np.tanh(np.interp(t, time, fine))))
            uniform = meshes.adapted(x, uniform, degree, intervals, periodic=False)
        t = time[-1] * profiles.base_points(uniform, degree)
        x = self.manifold.state(self.points(np.tanh(np.interp(t, time, fine))))
        at = np.concatenate((self.manifold.y[: equations.n], self.manifold.y[equations.n :]))
        at[equations.n :] += self.beta
        return Orbit(t, x.T.copy(), equations.system, equations.named(at), degree)


def width_at(manifold: CentreManifold, units: Array, reach: float) -> float:
    """Width of the loop, to leading order, where the parameters are this far from the point.

    Parameters
    ----------
    manifold : CentreManifold
        The reduction.
    units : ndarray, shape (2,)
        In which the parameters are measured.
    reach : float
        Largest of the two distances, in these units.
    """
    unit = _leading(manifold, 1.0)
    g = manifold.g1[2:]
    along = unit.beta - (unit.beta @ g) * g / (g @ g)
    return reach / float(np.abs(along / units).max())


def homoclinic_loop(manifold: CentreManifold, sigma: float) -> Loop:
    """Find the loop of a given width on the centre manifold.

    Parameters
    ----------
    manifold : CentreManifold
        The reduction.
    sigma : float
        Distance in w_0 between the saddle and the turning point, positive.

    Raises
    ------
    ContinuationError
        When the unfolding by the two parameters is degenerate.
    NoConvergence
        When there is no such loop: the width is too large.
    """
    y = np.cos(np.pi * (np.arange(POINTS) + 0.5) / POINTS)
    value = chebyshev.chebvander(y, DEGREE)
    slope = np.column_stack(
        [chebyshev.chebval(y, chebyshev.chebder(row)) for row in np.eye(DEGREE + 1)]
    )
    bump, steep = y * (1.0 - y**2), 1.0 - 3.0 * y**2
    of_w, of_slope = bump[:, None] * value, steep[:, None] * value + bump[:, None] * slope
    loop = _leading(manifold, sigma)
    history: list[float] = []
    for _ in range(ITERATIONS):
        v, rise = value @ loop.v, of_slope @ loop.v
        g, gradient = manifold.flow(loop.points(y))
        top, top_gradient = manifold.flow(loop.points(np.ones(1)))
        r = np.append((1.0 - y**2) * v * rise - 2.0 * sigma * g, -2.0 * sigma * top)
        history.append(float(np.abs(r).max()))
        by_v = (1.0 - y**2)[:, None] * (value * rise[:, None] + of_slope * v[:, None])
        by_v -= 2.0 * sigma * gradient[:, 1:2] * of_w
        rows = np.hstack((by_v, -2.0 * sigma * gradient[:, [0, 2, 3]]))
        last = np.append(np.zeros(DEGREE + 1), -2.0 * sigma * top_gradient[0, [0, 2, 3]])
        step = _least_squares(np.vstack((rows, last)), -r)
        loop = Loop(
            manifold,
            sigma,
            loop.delta + float(step[-3]),
            loop.beta + step[-2:],
            loop.v + step[: DEGREE + 1],
        )
        if not np.all(np.isfinite(step)):
            break
        if abs(step[-3]) < SETTLED * sigma and np.abs(step[:-3]).max() < SETTLED * abs(loop.v[0]):
            return loop
    raise NoConvergence(
        f"no homoclinic loop of width {sigma:.3g} was found on the centre manifold: residual "
        f"{history[-1]:.1e} after {len(history)} Newton steps.",
        loop.v,
        tuple(history),
    )


def _leading(manifold: CentreManifold, sigma: float) -> Loop:
    r"""The loop of the leading part, with S = sigma / 3 half the distance between the equilibria.

    Along the direction d of the parameters with <g, d> = 0, beta = mu d + rho g, the field is

    .. math:: a w_0^2 + \mu m w_0 + w_1 (\mu l + b w_0) + c(\mu, \rho)

    and, with w_0 = w - mu m / (2 a), its loop is w = S (1 - 3 sech^2), where the mean of
    mu (l - b m / (2 a)) + b w over w'^2 vanishes: it is 5/7 of S for mu.
    """
    g = manifold.g1[2:]
    a, b = manifold.g2[0, 0] / 2.0, manifold.g2[0, 1]
    size = float(np.linalg.norm(g))
    along = np.array([-g[1], g[0]]) / size if size > DEGENERATE else np.ones(2)
    m, l1 = manifold.g2[0, 2:] @ along, manifold.g2[1, 2:] @ along
    damping = float(l1 - b * m / (2.0 * a)) if a > DEGENERATE else 0.0
    if size <= DEGENERATE or a <= DEGENERATE or abs(damping) <= DEGENERATE:
        raise ContinuationError(
            f"the Bogdanov-Takens point is degenerate or not unfolded by these parameters: a = "
            f"{a:.1e}, |g| = {size:.1e}, effect of the parameters on the damping {damping:.1e}."
        )
    s = sigma / 3.0
    mu = 5.0 * b * s / (7.0 * damping)
    bent = mu**2 * float(along @ manifold.g2[2:, 2:] @ along) / 2.0
    rho = (-a * s**2 + (mu * m) ** 2 / (4.0 * a) - bent) / size
    v = np.zeros(DEGREE + 1)
    v[0] = 2.0 * sigma * np.sqrt(a * s / 2.0)
    delta = -2.0 * s - mu * m / (2.0 * a)
    return Loop(manifold, sigma, float(delta), mu * along + rho * g / size, v)


def _least_squares(matrix: Array, rhs: Array) -> Array:
    """Least squares with columns scaled to length 1."""
    norms = np.linalg.norm(matrix, axis=0)
    norms[norms == 0.0] = 1.0
    return np.asarray(np.linalg.lstsq(matrix / norms, rhs)[0] / norms)

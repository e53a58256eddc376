"""The families (8) and (9) in two parameters: closed forms, symmetry, and 40-digit numbers.

Numbers without a formula come from Newton's method in 40 digits on the defining systems, and for
homoclinic orbits from splitting of the separatrices (DOP853 at 1e-13).
"""

from __future__ import annotations

import numpy as np
import pytest

import continuation as ct
import symgru as sg
from continuation.system import System

PLANE = {"b1": (-0.7, 0.7), "gamma": (-0.7, 0.7)}
STRIP = {"alpha": (-1.4, 1.4), "beta": (1.0, 12.0)}

BOGDANOV_TAKENS = [
    (0.2959877452817085, 0.03195764241878729),
    (0.3399196925759344, 0.07614847060076756),
]
"""1 - x^2, 1 - y^2 = (2/3)(1 +- sin(pi/20))/cos(pi/20), then b = atanh(h) - U_h h / 2."""

CUSP = 0.29693149280984343, 0.032722519131784

FOLDS = {2.1: 0.017341649113, 2.5: 0.080560259901, 4.0: 0.25245916357, 6.0: 0.38512615434}
"""alpha of the four folds of (8) at some beta, s = 0."""


def places(curve: ct.Branch, kind: str) -> list[tuple[float, float]]:
    """Where a curve has its points of a kind, in order of the first parameter."""
    first, second = curve.free
    found = [p.parameters for p in curve.special if p.kind == kind]
    return sorted((p[first], p[second]) for p in found)


@pytest.fixture(scope="module")
def nine() -> System:
    return sg.families.eq9().compile(b1=0.32)


@pytest.fixture(scope="module")
def rest(nine: System) -> ct.Branch:
    start = (-0.6, -0.53)
    return ct.equilibria(nine, start, free="gamma", within=(-0.6, 0.6), gamma=0.0535)


@pytest.fixture(scope="module")
def hopfs(rest: ct.Branch) -> ct.Branch:
    return ct.hopf_curve(rest["H1"], ("b1", "gamma"), PLANE)


def test_hopf_points_of_nine_join_two_bogdanov_takens_points_without_a_generalised_one(
    hopfs: ct.Branch,
) -> None:
    assert [point.kind for point in hopfs.special] == ["BT", "BT"]
    assert np.abs(np.subtract(places(hopfs, "BT"), BOGDANOV_TAKENS)).max() < 1e-10
    assert hopfs.stop == (ct.StopReason.BOGDANOV_TAKENS,) * 2


def test_hopf_points_of_nine_lie_on_a_circle_of_states(hopfs: ct.Branch) -> None:
    """The circle x^2 + y^2 = 2 - 4 / (3 cos(pi/20)), where (1 - x^2)(1 - y^2) > 4/9."""
    x, y = hopfs.states
    assert x**2 + y**2 == pytest.approx(2.0 - 4.0 / (3.0 * np.cos(np.pi / 20.0)), abs=1e-11)
    assert np.all((1.0 - x**2) * (1.0 - y**2) > 4.0 / 9.0 - 1e-9)
    squared = (9.0 / 4.0 * (1.0 - x**2) * (1.0 - y**2) - 1.0) / 4.0
    assert hopfs.measures["omega"] ** 2 == pytest.approx(squared, abs=1e-11)


def test_folds_of_nine_have_a_cusp_between_bogdanov_takens_points(hopfs: ct.Branch) -> None:
    """One BT of this copy; Hopf points of the next copy, a right angle on, end at the other."""
    folds = ct.fold_curve(hopfs["BT1"], ("b1", "gamma"), PLANE)
    assert sorted(point.kind for point in folds.special) == ["BT", "BT", "CP"]
    assert places(folds, "CP") == [pytest.approx(CUSP, abs=1e-10)]
    turned = (BOGDANOV_TAKENS[1][1], -BOGDANOV_TAKENS[1][0])
    assert np.abs(np.subtract(places(folds, "BT"), [turned, BOGDANOV_TAKENS[0]])).max() < 1e-10


def test_all_four_copies_of_nine_have_their_hopf_points(nine: System, rest: ct.Branch) -> None:
    """The symmetry (x, y, b1, gamma) -> (-y, x, -gamma, b1), with nothing told to the engine."""
    hopf = rest["H1"]
    (x, y), b1, gamma = hopf.state, 0.32, hopf.parameters["gamma"]
    found, expected = [], np.array(BOGDANOV_TAKENS)
    for _ in range(4):
        turned = ct.equilibria(nine, (x, y), "gamma", (-0.7, 0.7), b1=b1, gamma=gamma)
        near = [p for p in turned.special if p.kind == "H" and abs(p.state[0] - x) < 1e-6]
        assert near[0].parameters["gamma"] == pytest.approx(gamma, abs=1e-12)
        curve = ct.hopf_curve(near[0], ("b1", "gamma"), PLANE)
        assert np.abs(np.subtract(places(curve, "BT"), sorted(expected.tolist()))).max() < 1e-10
        found.extend(places(curve, "BT"))
        (x, y), (b1, gamma) = (-y, x), (-gamma, b1)
        expected = np.column_stack((-expected[:, 1], expected[:, 0]))
    assert len({(round(p, 6), round(q, 6)) for p, q in found}) == 8


def test_homoclinic_orbit_of_nine_belongs_to_its_saddle(rest: ct.Branch) -> None:
    loop = ct.homoclinic(ct.cycles(rest["H1"]))
    assert loop.parameters["gamma"] == pytest.approx(0.054174676916215, abs=1e-11)
    assert loop.state == pytest.approx([-0.31704553752, -0.76132317489], abs=1e-10)
    assert np.sort(loop.eigenvalues.real) == pytest.approx([-0.1732629, 0.1509774], abs=1e-7)


@pytest.mark.parametrize("s", [0.0, 0.7])
def test_hopf_curve_of_eight_is_k_cos_alpha_equals_one(s: float) -> None:
    """With k = beta sigma(s); at the origin omega = tan(alpha) / 2, and no generalised point."""
    system = sg.families.eq8().compile(beta=3, s=s)
    branch = ct.equilibria(system, (0, 0), free="alpha", within=(0.05, 1.4), alpha=1.0)
    window = {"alpha": (0.05, 1.4), "beta": (1.0, 12.0)}
    curve = ct.hopf_curve(branch["H1"], ("alpha", "beta"), window)
    alpha, k = curve.parameters["alpha"], curve.parameters["beta"] / (1.0 + np.exp(-s))
    assert k * np.cos(alpha) == pytest.approx(1.0, abs=1e-12)
    assert curve.measures["omega"] == pytest.approx(np.tan(alpha) / 2.0, abs=1e-11)
    assert curve.special == ()
    assert alpha.min() == pytest.approx(0.05, abs=1e-12)


def test_hopf_curve_of_eight_passes_its_organising_centre() -> None:
    """At (alpha, k) = (0, 1) the Jacobian is zero: the frequency vanishes, but no Jordan block.

    A Bogdanov-Takens point would have one; the curve goes on to the spirals that turn the other
    way. The defining system is singular there, so that only a stricter tolerance keeps all digits.
    """
    system = sg.families.eq8().compile(beta=3, s=0)
    branch = ct.equilibria(system, (0, 0), free="alpha", within=(0.1, 1.2), alpha=1.0)
    strict = ct.Settings(tolerance=1e-14)
    curve = ct.hopf_curve(branch["H1"], ("alpha", "beta"), STRIP, strict)
    alpha, k = curve.parameters["alpha"], curve.parameters["beta"] / 2.0
    assert k * np.cos(alpha) == pytest.approx(1.0, abs=1e-12)
    assert curve.special == ()
    assert (alpha.min(), alpha.max()) == pytest.approx((-1.4, 1.4), abs=1e-12)


def test_four_fold_curves_of_eight_are_one_by_symmetry() -> None:
    """A right angle turns one into the next: same parameters, turned states."""
    system = sg.families.eq8().compile(beta=3, s=0)
    branch = ct.equilibria(system, (0.7, 0.7), free="alpha", within=(-0.5, 0.5), alpha=0.0)
    starts = [p for p in branch.special if p.parameters["alpha"] > 0.0]
    assert [p.kind for p in starts] == ["LP"] * 4
    window = {"alpha": (0.005, 1.4), "beta": (1.0, 7.0)}
    states = []
    for start in starts:
        assert start.parameters["alpha"] == pytest.approx(0.1478220706790665, abs=1e-12)
        report = {"beta": list(FOLDS)}
        curve = ct.fold_curve(start, ("alpha", "beta"), window, report=report)
        found = {round(p.parameters["beta"], 9): p for p in curve.special}
        alphas = {beta: p.parameters["alpha"] for beta, p in found.items()}
        assert alphas == pytest.approx(FOLDS, abs=1e-10)
        assert [p.kind for p in curve.special] == ["UZ"] * 4
        states.append(found[4.0].state)
    first = states[0]
    turned = [first, (-first[1], first[0]), -first, (first[1], -first[0])]
    for state in turned:
        assert min(np.abs(state - other).max() for other in states) < 1e-10


def test_period_of_eight_near_its_four_saddle_nodes_is_that_of_four_parabolas() -> None:
    r"""Each passage takes :math:`\pi / \sqrt{a c \delta}`: together 4 pi / sqrt(a c) = 27.044."""
    system = sg.families.eq8().compile(beta=3, s=0)
    branch = ct.equilibria(system, (0.7, 0.7), free="alpha", within=(-0.5, 0.5), alpha=0.0)
    fold = next(p for p in branch.special if p.parameters["alpha"] > 0.0)
    a = system.jacobian(fold.state, fold.parameters)
    h = 1e-6
    above = system.f(fold.state, fold.parameters | {"alpha": fold.parameters["alpha"] + h})
    below = system.f(fold.state, fold.parameters | {"alpha": fold.parameters["alpha"] - h})
    q, w = np.linalg.svd(a)[2][-1], np.linalg.svd(a)[0][:, -1]
    c = w @ (above - below) / (2.0 * h) / (w @ q)
    limit = 4.0 * np.pi / np.sqrt(abs(fold.normal_form.a * c))
    assert limit == pytest.approx(27.044, abs=5e-4)

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

import continuation as ct


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def bistable():
    """The flow x' = x - x^3 + a, y' = -y + b x: two sinks and a saddle at a = 0."""
    return ct.System.from_strings(
        {"x": "x - x**3 + a", "y": "b*x - y"},
        parameters={"a": 0.0, "b": 0.5},
        name="bistable",
        box=((-2.0, 2.0), (-1.5, 1.5)),
    )


def labels(ax):
    return [line.get_label() for line in ax.lines]


def test_a_portrait_shows_nullclines_separatrices_and_equilibria_by_type(bistable):
    ax = ct.portrait(bistable)
    found = labels(ax)
    assert {"$x$-nullcline", "$y$-nullcline", "stable manifold", "unstable manifold"} < set(found)
    assert found.count("sink") == 2
    assert found.count("saddle") == 1
    fills = {line.get_label(): line.get_fillstyle() for line in ax.lines}
    assert (fills["sink"], fills["saddle"]) == ("full", "left")


def test_the_title_gives_the_parameters_and_the_axes_the_states(bistable):
    ax = ct.portrait(bistable, at={"a": 0.054174676916})
    assert ax.get_title() == "$a$ = 0.054174676916"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$x$", "$y$")


def test_the_parameters_decide_what_is_seen(bistable):
    assert labels(ct.portrait(bistable, at={"a": 1.0})).count("sink") == 1


def test_nullclines_are_where_a_component_of_f_is_zero(bistable):
    ax = ct.portrait(bistable)
    paths = [p for c in ax.collections if c.get_zorder() == 2 for p in c.get_paths()]
    points = np.concatenate([path.vertices for path in paths])
    assert np.abs(bistable.f(points.T)).min(axis=0).max() < 1e-3


def test_the_box_of_the_system_is_the_picture(bistable):
    ax = ct.portrait(bistable)
    assert ax.get_xlim() == pytest.approx((-2.32, 2.32))
    assert ct.portrait(bistable, box=[(0.0, 1.0), (-1.0, 1.0)]).get_xlim() == (0.0, 1.0)


def test_without_a_box_the_picture_surrounds_the_equilibria():
    system = ct.System.from_strings({"x": "x*(3 - x)", "y": "5 - y"}, parameters={})
    (x0, x1), (y0, y1) = (ct.portrait(system).get_xlim(), ct.portrait(system).get_ylim())
    assert x0 < 0.0 < 3.0 < x1 < 6.0
    assert y0 < 5.0 < y1


def test_orbits_are_drawn_over_the_flow(hopf, circles):
    ax = ct.portrait(
        hopf,
        at={"mu": 0.25},
        cycles=[circles.special[0]],
        homoclinic=circles.orbits[2],
        trajectories=[circles.orbits[3], (1.0, 1.0)],
        box=[(-1.5, 1.5), (-1.5, 1.5)],
    )
    found = labels(ax)
    assert found.count("cycle") == 1
    assert found.count("homoclinic orbit") == 1
    assert found.count("trajectory") == 2


def test_equilibria_may_be_given(hopf, rest):
    ax = ct.portrait(hopf, equilibria=[rest["H1"], (0.0, 0.0)], at={"mu": 0.25})
    assert labels(ax).count("source") == 2


def test_nullclines_separatrices_and_legend_can_be_left_out(bistable):
    ax = ct.portrait(bistable, nullclines=False, separatrices=False, legend=False)
    assert set(labels(ax)) == {"sink", "saddle"}
    assert not ax.figure.legends


def test_panels_of_one_figure_share_a_legend(bistable):
    figure, axes = plt.subplots(1, 2, layout="constrained", figsize=(7.0, 3.0))
    for ax, a in zip(axes, (0.0, 1.0), strict=True):
        ct.portrait(bistable, at={"a": a}, ax=ax)
    (legend,) = figure.legends
    entries = [text.get_text() for text in legend.get_texts()]
    assert len(entries) == len(set(entries))
    assert {"sink", "saddle"} < set(entries)


def test_a_component_without_zero_or_not_defined_everywhere_is_no_fault():
    partial = ct.System.from_strings({"x": "1 + x**2", "y": "log(x) - y"}, parameters={})
    ax = ct.portrait(partial, box=[(-1.0, 1.0), (-1.0, 1.0)])
    ax.figure.draw_without_rendering()
    assert "$x$-nullcline" not in labels(ax)


def test_a_system_of_python_functions_can_be_drawn():
    system = ct.System.from_callables(
        lambda x, p: np.array([x[1], -p["k"] * x[0] - x[1]]), ("x", "y"), {"k": 1.0}
    )
    assert labels(ct.portrait(system)).count("sink") == 1


def test_only_flows_in_the_plane_have_a_portrait(bistable):
    line = ct.System.from_strings({"x": "-x"}, parameters={}, name="line")
    with pytest.raises(ValueError, match=r"flow with 2 states, but system 'line' is a flow with 1"):
        ct.portrait(line)
    plane_map = ct.System.from_strings({"x": "y", "y": "-x"}, parameters={}, kind="map")
    with pytest.raises(ValueError, match="is a map"):
        ct.portrait(plane_map)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"at": {"c": 1.0}}, "'c' is no parameter"),
        ({"box": [(0.0, 1.0)]}, "two pairs"),
        ({"box": [(0.0, 1.0), (1.0, 1.0)]}, "increase"),
        ({"box": [(0.0, np.inf), (0.0, 1.0)]}, "finite"),
        ({"equilibria": [(0.0, 0.0, 0.0)]}, r"shape \(2,\)"),
        ({"cycles": [(0.0, 0.0)]}, "orbit"),
    ],
)
def test_a_mistake_is_named_and_leaves_no_figure(bistable, options, message):
    with pytest.raises(ValueError, match=message):
        ct.portrait(bistable, **options)
    assert not plt.get_fignums()

from __future__ import annotations

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest

import continuation as ct
from continuation.plotting import style
from continuation.special import SpecialPoint


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def curves(ax, words):
    """Points of every line whose entry in the legend is this."""
    return [line.get_xydata() for line in ax.lines if line.get_label() == words]


def legend(ax):
    (found,) = ax.figure.legends
    return [text.get_text() for text in found.get_texts()]


def written(ax):
    return [text.get_text() for text in ax.texts]


def test_stability_changes_line_exactly_at_the_special_point(rest):
    ax = ct.plot(rest, "mu", "x")
    (stable,), (source,) = curves(ax, "stable equilibrium"), curves(ax, "source")
    hopf = rest["H1"].parameters["mu"]
    assert stable[-1, 0] == hopf == source[0, 0]
    assert stable[0, 0] == -1.0
    assert source[-1, 0] == 1.0


def test_saddles_are_dashed_and_sources_dotted():
    saddle = ct.System.from_strings({"x": "a*x", "y": "-y"}, parameters={"a": -1.0})
    branch = replace(ct.equilibria(saddle, (0.0, 0.0), "a", within=(-1.0, 1.0)), special=())
    branch = replace(branch, positions=())
    ax = ct.plot(branch, "a", "x")
    assert curves(ax, "saddle")
    assert not curves(ax, "source")
    styles = {line.get_label(): line.get_linestyle() for line in ax.lines}
    assert styles["saddle"] == "--" != styles["stable equilibrium"]


def test_a_change_without_special_point_leaves_no_gap():
    flow = ct.System.from_strings({"x": "a*x"}, parameters={"a": -1.0})
    branch = ct.equilibria(flow, (0.0,), "a", within=(-1.0, 1.0))
    branch = replace(branch, special=(), positions=())
    ax = ct.plot(branch, "a", "x")
    (stable,), (source,) = curves(ax, "stable equilibrium"), curves(ax, "source")
    assert stable[-1, 0] == source[0, 0]


def test_a_state_of_a_cycle_is_drawn_by_its_least_and_largest_value(circles):
    ax = ct.plot(circles, "mu", "x")
    lower, upper = sorted(curves(ax, "stable cycles"), key=lambda c: c[:, 1].sum())
    assert np.array_equal(lower[:, 1], -upper[:, 1])
    assert upper[:, 1] == pytest.approx(np.sqrt(upper[:, 0]), abs=1e-8)


def test_period_is_a_quantity_and_branches_without_it_are_left_out(rest, circles):
    ax = ct.plot([rest, circles], "mu", "period")
    assert not curves(ax, "stable equilibrium")
    assert curves(ax, "stable cycles")[0][:, 1] == pytest.approx(2.0 * np.pi)


def test_two_states_against_each_other(rest):
    ax = ct.plot(rest, "x", "y")
    assert ax.get_xlabel() == "$x$"
    assert ax.get_ylabel() == "$y$"


def test_special_points_have_a_marker_by_kind_and_their_label(rest):
    ax = ct.plot(rest, "mu", "x")
    (marker,) = [line for line in ax.lines if line.get_label() == "H: Hopf"]
    assert marker.get_marker() == style.MARKERS["H"][0]
    assert marker.get_xydata()[0, 0] == rest["H1"].parameters["mu"]
    assert written(ax) == ["H1"]


def test_values_asked_for_are_marked_without_label(circles):
    ax = ct.plot(circles, "mu", "x")
    assert written(ax) == []
    assert "UZ: value asked for" in legend(ax)


def test_a_diagram_is_drawn_with_its_connecting_orbits(picture, circles):
    loop = replace(circles.special[0], kind="HHS", label="HHS1")
    ax = ct.plot(replace(picture, connections=(loop,)), "mu", "x")
    (marker,) = [line for line in ax.lines if line.get_label().startswith("HHS")]
    assert sorted(marker.get_ydata()) == pytest.approx([-0.5, 0.5], abs=1e-8)
    assert sorted(written(ax)) == ["H1", "HHS1"]


def test_nested_sequences_and_single_points_are_drawn(rest, circles):
    ax = ct.plot([[rest], (circles, rest["H1"])], "mu", "x")
    assert "stable cycles" in legend(ax)
    assert written(ax).count("H1") == 1


def test_the_legend_names_everything_once(picture):
    ax = ct.plot([*picture, *picture], "mu", "x")
    entries = legend(ax)
    assert len(entries) == len(set(entries))
    assert {"stable equilibrium", "source", "stable cycles", "H: Hopf"} <= set(entries)


def test_drawing_again_into_the_same_axes_keeps_one_legend(rest, circles):
    ax = ct.plot(rest, "mu", "x")
    assert ct.plot(circles, "mu", "x", ax=ax) is ax
    assert {"stable equilibrium", "stable cycles"} <= set(legend(ax))


def test_axes_of_another_figure_get_a_legend_of_their_own(rest):
    _, ax = plt.subplots()
    ct.plot(rest, "mu", "x", ax=ax)
    assert ax.get_legend() is not None
    assert not ax.figure.legends


def locus(rest, kind, *points):
    """The exact line mu = 0 of Hopf points, as a curve in two parameters of the kind wanted."""
    free = ("mu", "rest")
    special = tuple(
        replace(rest["H1"], kind=label.rstrip("12"), label=label, free=free,
                parameters={"mu": mu, "rest": 1.0})
        for label, mu in points
    )  # fmt: skip
    return replace(rest, kind=kind, free=free, special=special, positions=(5,) * len(points))


def test_kinds_of_curves_differ_in_line_and_not_in_colour_alone():
    looks = [(str(line), width) for _, line, width in style.CURVES.values()]
    looks += [(str(line), width) for _, line, width in style.OTHER_CURVES[:2]]
    assert len(set(looks)) == len(looks)


def test_curves_in_two_parameters_have_the_line_of_their_kind(rest):
    ax = ct.plot([locus(rest, "folds"), locus(rest, "Hopf points")], "mu", "rest")
    folds, hopfs = ax.lines
    assert folds.get_linestyle() == "-" != hopfs.get_linestyle()
    assert folds.get_color() != hopfs.get_color()
    assert legend(ax) == ["folds", "Hopf points"]


def test_a_kind_of_curve_of_the_user_differs_from_all_others(rest):
    ax = ct.plot([locus(rest, "zero traces"), locus(rest, "folds")], "mu", "rest")
    mine, folds = ax.lines
    assert mine.get_linewidth() > folds.get_linewidth()
    assert mine.get_zorder() < folds.get_zorder()


def test_a_point_that_two_curves_share_is_drawn_once(rest):
    curves = locus(rest, "folds", ("BT1", 0.2)), locus(rest, "Hopf points", ("BT2", 0.2 + 1e-12))
    ax = ct.plot(curves, "mu", "rest")
    (marker,) = [line for line in ax.lines if line.get_label() == "BT: Bogdanov-Takens"]
    assert len(marker.get_xdata()) == 1
    assert written(ax) == ["BT1"]


def test_one_label_is_not_written_at_two_points(rest):
    curves = locus(rest, "folds", ("BT1", 0.2), ("CP1", 0.4)), locus(rest, "folds", ("BT1", 0.6))
    ax = ct.plot(curves, "mu", "rest")
    assert sorted(written(ax)) == ["BT", "BT", "CP1"]


def test_points_outside_the_limits_get_no_label(rest):
    _, ax = plt.subplots()
    ax.set(xlim=(0.0, 0.3), ylim=(0.0, 2.0))
    ct.plot(locus(rest, "folds", ("BT1", 0.2), ("CP1", 0.4)), "mu", "rest", ax=ax)
    assert written(ax) == ["BT1"]


def test_regions_are_named_in_circles_at_their_points(rest):
    regions = {"1": (-0.5, 0.02), "2": (0.5, -0.02)}
    ax = ct.plot(rest, "mu", "x", regions=regions)
    named = {t.get_text(): t.get_position() for t in ax.texts if t.get_bbox_patch() is not None}
    assert named == regions


def test_a_region_without_a_point_is_refused(rest):
    with pytest.raises(ValueError, match="region '1' needs a point"):
        ct.plot(rest, "mu", "x", regions={"1": (0.2,)})
    with pytest.raises(TypeError, match="`regions` must map"):
        ct.plot(rest, "mu", "x", regions=[(0.1, 0.2)])


def test_a_long_legend_makes_a_figure_of_its_own_higher_and_takes_nothing_from_the_axes(rest):
    all_kinds = [locus(rest, kind) for kind in style.CURVES]
    few, many = (ct.plot(some, "mu", "rest") for some in (all_kinds[:2], all_kinds))
    assert many.figure.get_figheight() > few.figure.get_figheight()
    heights = []
    for ax in (few, many):
        ax.figure.draw_without_rendering()
        heights.append(ax.get_window_extent().height)
    assert heights[1] > 0.8 * heights[0]


def test_every_kind_has_its_own_marker_or_colour():
    assert len({entry[:2] for entry in style.MARKERS.values()}) == len(style.MARKERS)
    assert len({entry[0] for entry in style.MARKERS.values()}) == len(style.MARKERS)


def test_a_kind_of_the_user_is_drawn_under_its_own_name(rest):
    mine = replace(rest["H1"], kind="crossing", label="crossing1")
    ax = ct.plot(replace(rest, special=(mine,)), "mu", "x")
    assert "crossing" in legend(ax)


def test_type_is_at_least_seven_points_at_the_width_of_a_column(picture):
    ax = ct.plot(picture, "mu", "x")
    assert ax.figure.get_size_inches()[0] == 3.5
    texts = [*ax.texts, *ax.figure.legends[0].get_texts(), ax.xaxis.label, ax.yaxis.label]
    texts += [*ax.get_xticklabels(), *ax.get_yticklabels()]
    assert min(text.get_fontsize() for text in texts) >= 7.0


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_a_picture_is_written_in_every_format(picture, tmp_path, suffix):
    path = tmp_path / f"picture.{suffix}"
    ct.plot(picture, "mu", "x").figure.savefig(path)
    assert path.stat().st_size > 1000


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ("nu", "x", "`x` = 'nu' is no quantity of what is plotted: mu, rest, x, y"),
        ("mu", "label", "`y` = 'label'"),
        ("mu", "period", "`y` = 'period'"),
    ],
)
def test_an_unknown_quantity_is_named_with_those_that_there_are(rest, x, y, message):
    with pytest.raises(ValueError, match=message):
        ct.plot(rest, x, y)


def test_nothing_to_plot_is_said():
    with pytest.raises(ValueError, match="nothing to plot"):
        ct.plot([], "mu", "x")


@pytest.mark.parametrize("what", ["branch", 3, [3], None])
def test_what_cannot_be_drawn_is_refused(what):
    with pytest.raises(TypeError, match="`what` must be branches"):
        ct.plot(what, "mu", "x")


def test_a_failed_call_leaves_no_figure_behind(rest):
    with pytest.raises(ValueError, match="no quantity"):
        ct.plot(rest, "mu", "z")
    assert not plt.get_fignums()


def test_special_point_by_itself_is_a_marker(rest):
    point = rest["H1"]
    assert isinstance(point, SpecialPoint)
    ax = ct.plot(point, "mu", "y")
    assert len(ax.lines) == 1
    assert written(ax) == ["H1"]

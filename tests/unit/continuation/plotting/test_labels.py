from __future__ import annotations

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest

from continuation.plotting.labels import place_labels


@pytest.fixture
def ax():
    figure, ax = plt.subplots(figsize=(3.5, 2.6), layout="constrained")
    ax.set_xlim(0.0, 1.0)
    ax.set_ylim(0.0, 1.0)
    yield ax
    plt.close(figure)


def boxes(ax):
    ax.figure.draw_without_rendering()
    # The extent of the text alone: that of an annotation includes its leader.
    return [super(type(label), label).get_window_extent() for label in ax.texts]


def test_labels_of_points_close_together_do_not_overlap(ax):
    points = [(0.5 + 0.01 * i, 0.5 + 0.01 * j) for i in range(3) for j in range(2)]
    place_labels(ax, [(x, y, f"LP{i}") for i, (x, y) in enumerate(points)], [])
    for one, other in itertools.combinations(boxes(ax), 2):
        assert not one.overlaps(other)


@pytest.mark.parametrize("corner", [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)])
def test_a_label_stays_inside_the_axes(ax, corner):
    place_labels(ax, [(*corner, "BT12")], [])
    (box,) = boxes(ax)
    frame = ax.get_window_extent()
    assert frame.x0 <= box.x0 < box.x1 <= frame.x1
    assert frame.y0 <= box.y0 < box.y1 <= frame.y1


def test_a_label_goes_to_the_free_side_of_a_curve(ax):
    x = np.linspace(0.0, 1.0, 50)
    curve = np.column_stack((x, 4.0 * (x - 0.5) ** 2))
    place_labels(ax, [(0.5, 0.0, "LP1")], [curve])
    (box,) = boxes(ax)
    on_page = ax.transData.transform(curve)
    assert not any(box.contains(*point) for point in on_page)


def test_the_same_labels_are_placed_alike_every_time(ax):
    labels = [(0.2, 0.2, "H1"), (0.25, 0.2, "LP1")]
    place_labels(ax, labels, [])
    first = [text.xyann for text in ax.texts]
    place_labels(ax, labels, [])
    assert [text.xyann for text in ax.texts[2:]] == first

"""How things look: colours, line styles and markers that survive greyscale, names as mathematics.

The colours are those of Okabe and Ito, which readers with any kind of colour vision can tell apart
[1]_; nothing is told by colour alone. Sizes are for a column of a journal, 3.5 inches.

References
----------
.. [1] M. Okabe, K. Ito, Color Universal Design, 2008, https://jfly.uni-koeln.de/color/.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"

COLUMN = 3.5
"""Width of a figure in inches: one column of most journals."""

LABEL_SIZE = 8.0
TEXT_SIZE = 7.0
"""Sizes of type in points: names of axes; ticks, legend, labels of points. Journals ask for 7."""

LEGEND_LINE = 1.3 * TEXT_SIZE / 72.0
"""Height of a line of the legend in inches."""

LINE_WIDTH = 1.2
MARKER_SIZE = 5.0

MARKERS: Mapping[str, tuple[Any, str, str]] = {
    "LP": ("s", VERMILION, "fold"),
    "H": ("o", BLUE, "Hopf"),
    "BP": ("D", GREEN, "branch point"),
    "CP": ("v", BLACK, "cusp"),
    "BT": ("^", PURPLE, "Bogdanov-Takens"),
    "GH": ("p", SKY, "Bautin"),
    "ZH": ("h", ORANGE, "zero-Hopf"),
    "HH": ("8", YELLOW, "double Hopf"),
    "LPC": ("<", VERMILION, "fold of cycles"),
    "PD": ("P", PURPLE, "period doubling"),
    "NS": (">", SKY, "Neimark-Sacker"),
    "BPC": ("d", GREEN, "branch point of cycles"),
    "CPC": ((3, 1, 0), VERMILION, "cusp of cycles"),
    "GPD": ((4, 1, 0), SKY, "generalised period doubling"),
    "CH": ((5, 1, 36), PURPLE, "Chenciner"),
    "R1": ("1", BLACK, "1:1 resonance"),
    "R2": ("2", BLACK, "1:2 resonance"),
    "R3": ("3", BLACK, "1:3 resonance"),
    "R4": ("4", BLACK, "1:4 resonance"),
    "LPPD": ((6, 1, 0), VERMILION, "fold-flip"),
    "LPNS": ((7, 1, 0), ORANGE, "fold-Neimark-Sacker"),
    "PDNS": ((8, 1, 0), SKY, "flip-Neimark-Sacker"),
    "NSNS": ((9, 1, 0), GREEN, "double Neimark-Sacker"),
    "HHS": ("*", ORANGE, "homoclinic to a saddle"),
    "HSN": ("X", ORANGE, "homoclinic to a saddle-node"),
    "HET": ("x", BLACK, "heteroclinic"),
    "NCH": ((4, 1, 45), BLACK, "non-central homoclinic"),
    "NSS": ("_", BLACK, "neutral saddle, homoclinic"),
    "UZ": ("|", BLACK, "value asked for"),
}
"""Marker, colour, and words for each kind of special point; (k, 1, a) is a star with k rays."""

STROKES = frozenset("|_x1234")
"""Markers without a face: their colour is that of their lines."""

OTHER = ("H", "0.4")
"""Marker and colour of kinds that are not in the list: a user's own event."""

STABLE, SADDLE, SOURCE = "solid", (0, (4.0, 2.0)), (0, (1.0, 1.4))
"""Lines of stable solutions; of those unstable in some directions; of those unstable in all."""

OTHER_CURVES = (("0.6", "solid", 2.4), ("0.6", (0, (1.5, 0.8)), 2.4), ("0.75", "solid", 3.6))
"""The same of kinds that are not in the list, in the order in which they are drawn: a curve of the
user's own, or of zeros of a function."""

BRANCH_COLORS: Mapping[str, str] = {"equilibria": BLACK, "fixed points": BLACK, "cycles": BLUE}
CURVES: Mapping[str, tuple[str, Any, float]] = {
    "folds": (VERMILION, "solid", 1.2),
    "Hopf points": (BLUE, (0, (6.0, 1.6)), 1.2),
    "branch points": (GREEN, (0, (1.2, 1.2)), 1.4),
    "homoclinic orbits": (BLACK, (0, (6.0, 1.4, 1.2, 1.4)), 1.2),
    "homoclinic orbits to a saddle-node": (ORANGE, "solid", 3.6),
    "heteroclinic orbits": (BLACK, (0, (1.2, 1.2)), 1.2),
    "folds of cycles": (PURPLE, (0, (3.0, 1.2)), 1.4),
    "period doublings": (GREEN, (0, (4.0, 1.2, 1.2, 1.2, 1.2, 1.2)), 1.2),
    "Neimark-Sacker points": (SKY, (0, (9.0, 2.0)), 1.4),
}
"""Colour, line style and width of each kind of curve in two parameters: no two share a line style
and a width. Homoclinic orbits to a saddle-node lie on folds, and show as a broad line below."""

OTHER_COLORS = (VERMILION, BLUE, GREEN, PURPLE, ORANGE, SKY, BLACK)
"""Colours of kinds of branches that are not in the list, in the order in which they are drawn."""

_GREEK = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split()
)
_SYMBOL = re.compile(r"([A-Za-z]+)(?:_([A-Za-z0-9]+)|([0-9]+))?")


def symbol(name: str) -> str:
    r"""A user's name as mathematics where it is some, else as it is.

    Examples
    --------
    >>> symbol("gamma"), symbol("b1"), symbol("period")
    ('$\\gamma$', '$b_{1}$', 'period')
    """
    found = _SYMBOL.fullmatch(name)
    if found is not None:
        letter, word, number = found.groups()
        index = word or number
        if letter in _GREEK or len(letter) == 1:
            body = f"\\{letter}" if letter in _GREEK else letter
            return f"${body}_{{{index}}}$" if index else f"${body}$"
    return name.replace("$", r"\$")


def axes_or_new(ax: Axes | None, height: float) -> Axes:
    """The axes given, or those of a new figure of one column's width."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    _, ax = plt.subplots(figsize=(COLUMN, height), layout="constrained")
    return ax


def set_type(ax: Axes, x: str, y: str) -> None:
    """Name the axes, set the sizes of type, and keep the numbers on the abscissa apart."""
    from matplotlib.ticker import MaxNLocator

    if isinstance(ax.xaxis.get_major_locator(), MaxNLocator):
        ax.locator_params(axis="x", nbins=6)
    ax.set_xlabel(x, fontsize=LABEL_SIZE)
    ax.set_ylabel(y, fontsize=LABEL_SIZE)
    ax.tick_params(labelsize=TEXT_SIZE, direction="in", top=True, right=True)
    for offset in (ax.xaxis.get_offset_text(), ax.yaxis.get_offset_text()):
        offset.set_fontsize(TEXT_SIZE)


def set_legend(ax: Axes) -> int:
    """Write a legend without duplicates, outside the axes.

    Where the layout of the figure makes room for it (``layout="constrained"``), there is one legend
    for all axes at the bottom of the figure; else one below these axes.

    Returns
    -------
    int
        Number of lines of the legend.
    """
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    figure = ax.figure.canvas.figure
    shared = isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine)
    entries: dict[str, Any] = {}
    for other in figure.axes if shared else [ax]:
        handles, labels = other.get_legend_handles_labels()
        entries = dict(zip(labels, handles, strict=True)) | entries
    if not entries:
        return 0
    width = float((figure if shared else ax).get_window_extent().width) / figure.dpi * 72.0
    columns = _columns(list(entries), width)
    lines = -(-len(entries) // columns)
    options: dict[str, Any] = {
        "handles": list(entries.values()),
        "labels": list(entries),
        "ncols": columns,
        "fontsize": TEXT_SIZE,
        "frameon": False,
        "handlelength": 2.6,
        "columnspacing": 1.2,
        "labelspacing": 0.3,
    }
    if not shared:
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), **options)
        return lines
    for legend in [one for one in figure.legends if one.get_gid() == _OURS]:
        legend.remove()
    figure.legend(loc="outside lower center", **options).set_gid(_OURS)
    return lines


def _columns(texts: Sequence[str], width: float) -> int:
    """Number of columns of a legend that fit into a width in points."""
    for count in range(len(texts), 1, -1):
        # Matplotlib fills column after column. A letter is half an em wide, a formula's commands
        # have no width, sample and space between columns are five.
        columns = np.array_split(
            [len(re.sub(r"\\[a-z]+|[${}_]", "", text)) for text in texts], count
        )
        if sum(0.52 * max(column) + 5.0 for column in columns) * TEXT_SIZE < width:
            return count
    return 1


_OURS = "continuation"

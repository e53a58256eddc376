# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]

# %% [markdown]
# # Two biases: where in the plane of its two biases does the network oscillate?
#
# Family (9) has two biases, $b_1$ and $\gamma$. The lesson before traced one line, $b_1 = 0.32$.
# Here is the whole plane: folds, Hopf points and homoclinic orbits, and the points at which these
# curves meet. The paper (I. D. Jordan, P. A. Sokol, I. M. Park, section 4) expected that no
# bifurcation of codimension two would be found. There are twelve
# on the curves of equilibria alone.

# %%
import matplotlib.pyplot as plt
import numpy as np

import continuation as ct
import symgru as sg
from continuation.plotting.style import CURVES

nine = sg.families.eq9().compile(b1=0.32)
free, plane = ("b1", "gamma"), {"b1": (-0.7, 0.7), "gamma": (-0.7, 0.7)}

# %% [markdown]
# ## A symmetry
#
# A quarter turn of the state is a quarter turn of the biases: the vector field turns with
# $(x, y, b_1, \gamma) \mapsto (-y, x, -\gamma, b_1)$. So every curve comes in four copies, and it
# is enough to compute one of each.

# %%
rng = np.random.default_rng(9)
for x, y, b1, gamma in rng.uniform(-1, 1, (5, 4)):
    here = nine.f([x, y], {"b1": b1, "gamma": gamma})
    turned = nine.f([-y, x], {"b1": -gamma, "gamma": b1})
    assert np.allclose(turned, [-here[1], here[0]], rtol=0, atol=1e-15)

# %% [markdown]
# ## Folds and Hopf points
#
# We start on the paper's line. Its Hopf point lies on a curve from one Bogdanov-Takens point (BT)
# to another, without a generalised Hopf point (GH) between them: all cycles are born stable.

# %%
rest = ct.equilibria(nine, (-0.6, -0.53), free="gamma", within=(-0.6, 0.6), gamma=0.0535)
hopfs = ct.hopf_curve(rest["H1"], free, plane)
print(rest, hopfs, sep="\n")

# %% [markdown]
# Folds pass through both ends. On each of the four fold curves lie a cusp (CP) and two BT points:
# one close to the cusp, and one at which the Hopf points of another copy end.

# %%
folds = ct.fold_curve(hopfs["BT1"], free, plane)
print(folds)

# %% [markdown]
# ## Homoclinic orbits
#
# At each BT point a curve of homoclinic orbits is born. At one end of the Hopf points it is the
# curve on which the oscillation of the paper's line ends. At the other it is very small: the saddle
# itself vanishes in a saddle-node (NCH), and from there on the orbit is homoclinic to that.

# %%
window = {"b1": (0.26, 0.36), "gamma": (0.0, 0.11)}
cycles = ct.cycles(rest["H1"])
main = ct.homoclinic_curve(cycles, free, window, report={"b1": [0.30, 0.32]})
small = ct.homoclinic_curve(hopfs["BT1"], free, window)
circles = ct.homoclinic_curve(small["NCH1"], free, window)
print(main, small, circles, sep="\n")

# %% [markdown]
# ## The whole plane
#
# The computed copy has its colours; the three others are drawn by the symmetry, in grey.

# %%
fig, ax = plt.subplots(figsize=(5.2, 5.8), layout="constrained")
computed = [folds, hopfs, main, small, circles]
for curve in computed:
    b1, gamma = curve.parameters["b1"], curve.parameters["gamma"]
    for _ in range(3):
        b1, gamma = -gamma, b1
        ax.plot(b1, gamma, color="0.7", lw=1.2, zorder=1)
ax.set(xlim=(-0.7, 0.7), ylim=(-0.7, 0.7), aspect="equal")
ct.plot([folds, hopfs, main], "b1", "gamma", ax=ax)
plt.show()

# %% [markdown]
# *Four fold curves, and between each Hopf curve and its homoclinic orbits a sliver in which a small
# cycle lives. The small loops are too small to be seen here.*
#
# One copy is checked by computing it: the turned Hopf point is the start, and its Hopf curve must
# end at the turned BT points.

# %%
x, y = rest["H1"].state
b1, gamma = 0.32, rest["H1"].parameters["gamma"]
turned = ct.equilibria(nine, (-y, x), free="gamma", within=(-0.6, 0.6), b1=-gamma, gamma=b1)
copy = ct.hopf_curve(turned["H1"], free, plane)
print(copy)

# %% [markdown]
# ## From Bogdanov-Takens to the invariant circle, magnified
#
# Near the cusp the curves lie so close that only their height above a slanted line tells them
# apart: $\eta = \gamma - \gamma_{CP} - \frac{9}{10}\,(b_1 - b_{1,CP})$, in thousandths.

# %%
near = ct.fold_curve(hopfs["BT1"], free, window, ct.Settings(max_step=0.01))
back = ct.homoclinic_curve(small["NCH1"], free, window, to="saddle")
corner = near["CP1"].parameters
named = {p.kind: p.parameters for p in (near["CP1"], hopfs["BT1"], small["NCH1"])}
print(back)

# %%
fig, axes = plt.subplots(1, 2, figsize=(8, 4), layout="constrained")
for curve in (near, hopfs, main, small, back, circles):
    color, line, width = CURVES[curve.kind]
    b1 = 1e3 * (curve.parameters["b1"] - corner["b1"])
    eta = 1e3 * (curve.parameters["gamma"] - corner["gamma"]) - 0.9 * b1
    for ax in axes:
        ax.plot(b1, eta, color=color, ls=line, lw=width)
for label, p in named.items():
    b1 = 1e3 * (p["b1"] - corner["b1"])
    eta = 1e3 * (p["gamma"] - corner["gamma"]) - 0.9 * b1
    axes[1].plot(b1, eta, "ko", ms=4)
    axes[1].annotate(label, (b1, eta), xytext=(4, 6), textcoords="offset points")
axes[0].set(xlim=(-10, 30), ylim=(-1, 1.2), ylabel=r"$10^3\,\eta$")
axes[1].set(xlim=(-1.6, 0.2), ylim=(-0.02, 0.5), xlabel=r"$10^3\,(b_1 - b_{1,CP})$")
plt.show()

# %% [markdown]
# *Folds are thin and red, Hopf points dashed. Left: the cycle lives between the Hopf points and
# the main homoclinic curve (black), which meet at the other BT point.
# Right: the small homoclinic curve runs from BT to the folds at NCH and turns into the broad
# segment, on which the cycle ends on a saddle-node, on an invariant circle. The segment and the
# main curve run towards each other; each is left where the orbit comes too close to another
# equilibrium, and the engine says so instead of following a ghost.*
#
# ## At the centre
#
# Around $b_1 = \gamma = 0$ the four folds enclose a small region in which the origin is the only
# resting state and repels. There a large cycle goes around all: this is the oscillation of (8).

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.9), layout="constrained")
around = ct.simulate(nine, (0.5, 0.0), np.linspace(0, 400, 4001), b1=0, gamma=0)
last = ct.Orbit(around.t[-3000:], around.x[:, -3000:], nine, around.parameters)
everywhere = ((-1, 1), (-1, 1))
ct.portrait(nine, at={"b1": 0, "gamma": 0}, trajectories=[last], box=everywhere, ax=left)
ct.portrait(nine, at={"b1": 0.32, "gamma": 0.0535}, box=everywhere, ax=right)
plt.show()

# %% [markdown]
# *Left: the centre. Right: in a sliver, with the small oscillation around the source (lower left)
# and four other resting states.*
#
# ## The answer
#
# The network oscillates in four slivers of the plane, each between a curve of Hopf points and one
# of homoclinic orbits, and in a small region at the centre. Folds and Hopf points meet in eight
# Bogdanov-Takens points and four cusps. The numbers below do not come from this package: closed
# forms of the first lesson, and independent computations to twelve digits.

# %%
# BT from their closed form: 1 - x^2, 1 - y^2 = (2/3)(1 +- sin(pi/20))/cos(pi/20).
BT = [(0.2959877452817085, 0.03195764241878729), (0.3399196925759344, 0.07614847060076756)]
CP = (0.29693149280984343, 0.032722519131784)  # by Newton's method on its equations, elsewhere
LOOPS = {0.30: 0.036102861241454, 0.32: 0.054174676916216}  # splitting of separatrices, DOP853
for label, (b1, gamma) in (("BT1", BT[0]), ("BT2", BT[1])):
    found = hopfs[label].parameters
    assert max(abs(found["b1"] - b1), abs(found["gamma"] - gamma)) < 1e-10
assert max(abs(corner["b1"] - CP[0]), abs(corner["gamma"] - CP[1])) < 1e-10
for b1, gamma in BT:
    ends = [(p.parameters["b1"] + gamma, p.parameters["gamma"] - b1) for p in copy.special]
    assert min(max(map(abs, end)) for end in ends) < 1e-10
assert all(p.kind == "BT" for p in hopfs.special)

# %%
for point in main.special:
    if point.kind == "UZ":
        assert abs(point.parameters["gamma"] - LOOPS[round(point.parameters["b1"], 9)]) < 1e-9
assert main.stop[1] == ct.StopReason.NEAR_EQUILIBRIUM
assert abs(small["NCH1"].parameters["b1"] - 0.296518349754) < 1e-10
assert circles.kind == "homoclinic orbits to a saddle-node"
assert np.abs(around.x[:, -3000:]).max() > 0.8

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
#

# %% [markdown]
# # A textbook system: does a neuron begin to fire slowly, or all at once?
#
# Push a current into a neuron. Some begin to fire as slowly as one likes, and faster with more
# current (class 1, said Hodgkin in 1948); others jump to a rate of their own (class 2). In the
# model of Morris and Lecar both happen. We go from its equations to the map of its two parameters,
# and read off the border between the classes.

# %%
import matplotlib.pyplot as plt
import numpy as np
import sympy

import continuation as ct

# %% [markdown]
# ## The equations
#
# The membrane has a voltage $v$, an instantaneous calcium current, a potassium current with the
# gate $w$, and a leak (C. Morris, H. Lecar, Biophys. J. 35 (1981) 193; constants as in J. Rinzel,
# B. Ermentrout, in Koch and Segev, Methods in Neuronal Modeling, MIT Press 1989, for class 1).
# Voltages are in units of 100 mV, time in ms, the current $I$ in $\mu$A/cm$^2$; $v_3$ is the
# voltage at which half of the potassium gates are open. The strings are parsed, never evaluated.

# %%
calcium, gate = "(1 + tanh((v + 0.012)/0.18))/2", "(1 + tanh((v - v3)/0.174))/2"
current = f"4*{calcium}*(100*v - 120) + 8*w*(100*v + 84) + 2*(100*v + 60)"
neuron = ct.System.from_strings(
    {"v": f"(I - ({current}))/2000", "w": f"({gate} - w)*cosh((v - v3)/0.348)/15"},
    parameters={"I": 0.0, "v3": 0.12},
    name="Morris-Lecar",
)
free, box = ("I", "v3"), {"I": (0.0, 250.0), "v3": (-0.1, 0.26)}

# %% [markdown]
# ## One parameter
#
# Resting states along the current, and the cycles born at the Hopf point. It is subcritical: the
# first cycles are unstable, and become stable at a fold of cycles (LPC).

# %%
rest = ct.equilibria(neuron, start=(-0.6, 0.0), free="I", within=(-50, 250))
cycles = ct.cycles(rest["H1"])
print(rest, cycles, sep="\n")

# %%
fig, ax = plt.subplots(figsize=(5, 3.4), layout="constrained")
ct.plot([rest, cycles], "I", "v", ax=ax)
plt.show()

# %% [markdown]
# *At low current a resting state (solid, left) exists until it meets a saddle at LP1. There the
# stable cycles end, too: it is their period that grows, not their size that shrinks.*
#
# ## Where the cycles end
#
# `homoclinic` recognises what the cycles run into: a saddle-node on an invariant circle (HSN), the
# fold LP1 itself. Such a neuron is of class 1.

# %%
circle = ct.homoclinic(cycles)
print(circle, rest["LP1"], sep="\n")

# %% [markdown]
# ## Two parameters
#
# Every special point lies on a curve in the plane of $I$ and $v_3$. Folds first. They meet in a
# cusp (CP), and on them lies a Bogdanov-Takens point (BT).

# %%
folds = ct.fold_curve(rest["LP1"], free, box)
hopfs = ct.hopf_curve(rest["H1"], free, box)
lpcs = ct.cycle_fold_curve(cycles["LPC1"], free, box)
print(folds, hopfs, lpcs, sep="\n")

# %% [markdown]
# On the curve of Hopf points the cycles change from unstable to stable at a generalised Hopf
# point (GH), and there the folds of cycles end. A second curve of Hopf points comes from the
# Bogdanov-Takens point; we find a point of it below that, where the neuron has one resting state.

# %%
low = ct.equilibria(neuron, start=(-0.6, 0.0), free="I", within=(-50, 250), v3=0.02)
early = ct.hopf_curve(low["H1"], free, box)
print(low, early, sep="\n")

# %% [markdown]
# Homoclinic orbits: to the saddle-node, from the one we have; to a saddle, from BT.

# %%
circles = ct.homoclinic_curve(circle, free, box)
loops = ct.homoclinic_curve(folds["BT1"], free, box)
print(circles, loops, sep="\n")

# %%
regions = {"1": (15.0, 0.15), "2": (46.0, 0.15), "3": (66.0, 0.15), "4": (115.0, 0.15)}
curves = [folds, hopfs, early, lpcs, circles, loops]
fig, (left, right) = plt.subplots(1, 2, figsize=(8, 4.4), layout="constrained")
right.set(xlim=(44.0, 49.0), ylim=(0.035, 0.065))
ct.plot(curves, "I", "v3", ax=left, regions=regions)
ct.plot(curves, "I", "v3", ax=right)
plt.show()

# %% [markdown]
# *Left: the map. Right: magnified about BT. The broad line is the part of the folds on which
# cycles end on a saddle-node. It stops where the orbit comes back along the strong direction
# (NCH); beyond, cycles end at homoclinic orbits to a saddle or at folds of cycles.*
#
# ## What lives in each region
#
# The mapping that names the regions also gives the parameters of their portraits. The cycles at
# its value of $v_3$ are one more branch.

# %%
above = ct.equilibria(neuron, start=(-0.6, 0.0), free="I", within=(-50, 250), v3=0.15)
cycles_above = ct.cycles(above["H1"], report={"I": [46.0, 66.0]})
asked = [p for p in cycles_above.special if p.kind == "UZ"]
print(cycles_above)

# %%
fig, axes = plt.subplots(2, 2, figsize=(7, 6.2), layout="constrained")
for ax, (name, (current, v3)) in zip(axes.flat, regions.items(), strict=True):
    here = [p for p in asked if abs(p.parameters["I"] - current) < 1e-9]
    at = {"I": current, "v3": v3}
    ct.portrait(neuron, at=at, cycles=here, box=((-0.7, 0.5), (-0.05, 0.65)), ax=ax)
    ax.set_title(f"region {name}: I = {current:g}", fontsize=8)
plt.show()

# %% [markdown]
# *1: rest; a push beyond the saddle makes one spike. 2: firing. 3: firing or rest, by the starting
# point; an unstable cycle lies between. 4: rest at a high voltage.*
#
# ## The two classes
#
# The firing rate along the current, for $v_3 = 0.12$ and for $v_3 = 0.02$, where the cycles are
# born at the early Hopf point.

# %%
fig, ax = plt.subplots(figsize=(5, 3), layout="constrained")
slow = cycles
fast = ct.cycles(low["H1"], within=(0.0, 80.0))
for branch, line in ((slow, "-"), (fast, "--")):
    rate = np.where(branch.stable, 1000.0 / branch.periods, np.nan)
    ax.plot(branch.parameters["I"], rate, line, label=f"v3 = {branch.parameters['v3'][0]:g}")
ax.set(xlabel=r"I ($\mu$A/cm$^2$)", ylabel="stable firing rate (Hz)", xlim=(35, 80), ylim=(0, 30))
ax.legend()
plt.show()

# %% [markdown]
# *Class 1 begins at rate zero (solid); class 2 begins at a rate of its own (dashed).*
#
# ## The answer
#
# The neuron begins to fire slowly where its resting state vanishes on an invariant circle: on the
# broad part of the fold curve, between the two points NCH at $v_3 = 0.0569$ and $v_3 = 0.1834$. On
# either side the resting state lies on no circle when it vanishes, and firing begins at once or not
# at all. The last cells solve for the cusp and the Bogdanov-Takens point by hand: the current of an
# equilibrium is an explicit function of $v$ and $v_3$.

# %%
v, v3, w = sympy.symbols("v v3 w")
names = {"v": v, "v3": v3, "w": w}
m, open_gate = (1 + sympy.tanh((v + 0.012) / 0.18)) / 2, (1 + sympy.tanh((v - v3) / 0.174)) / 2
total = 4 * m * (100 * v - 120) + 8 * w * (100 * v + 84) + 2 * (100 * v + 60)
at_rest = total.subs(w, open_gate)
trace = -total.diff(v).subs(w, open_gate) / 2000 - sympy.cosh((v - v3) / 0.348) / 15
bend = sympy.nsolve([at_rest.diff(v), at_rest.diff(v, 2)], (v, v3), (-0.2, 0.043), prec=25)
double = sympy.nsolve([at_rest.diff(v), trace], (v, v3), (-0.25, 0.052), prec=25)
by_hand = {"CP1": bend, "BT1": double}

# %%
for label, (x, half) in by_hand.items():
    found = folds[label].parameters
    exact = at_rest.subs({v: x, v3: half})
    assert abs(found["v3"] - half) < 1e-11 and abs(found["I"] - exact) < 1e-8
assert circle.kind == "HSN"
assert abs(circle.parameters["I"] - rest["LP1"].parameters["I"]) < 1e-9
ends = sorted(p.parameters["v3"] for p in circles.special if p.kind == "NCH")
assert np.allclose(ends, [0.0569, 0.1834], rtol=0, atol=5e-5)
assert hopfs["GH1"].normal_form.l2 < 0 and early.special[-1].kind == "BT"
assert 1000.0 / slow.periods[slow.stable].max() < 1 < 1000.0 / fast.periods[fast.stable].max()

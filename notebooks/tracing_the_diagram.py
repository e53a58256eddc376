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
# # Tracing the diagram: how does the oscillation of a two-unit GRU end?
#
# Family (9) of Jordan, Sokol and Park turns the plane by $\pi/20$ and pushes with two biases, $b_1
# = 0.32$ and $\gamma$. As $\gamma$ grows a resting state begins to oscillate, and a little later
# the oscillation is gone. We follow everything that lives in this plane along $\gamma$ and see
# it end on a saddle.

# %%
import matplotlib.pyplot as plt
import numpy as np

import continuation as ct
import symgru as sg

nine = sg.families.eq9().compile(b1=0.32)
nine.states, dict(nine.parameters)

# %% [markdown]
# ## All resting states
#
# Nobody tells `diagram` where the equilibria are: it looks for them from many starts, follows
# what it finds, and looks again. Two branches come out. One carries two folds (LP), the other
# a fold and a Hopf point (H).

# %%
rest = ct.diagram(nine, free="gamma", within=(-0.6, 0.6), b1=0.32)
print(rest)

# %%
fig, ax = plt.subplots(figsize=(5, 3.2), layout="constrained")
ct.plot(rest, "gamma", "x", ax=ax)
plt.show()

# %% [markdown]
# *Equilibria along $\gamma$. Solid: stable. Dashed: saddles. Dotted: sources. Two resting states
# coexist for most values; the lower one loses its stability at H1.*
#
# ## The Hopf point
#
# Each special point is the solution of its own equations, so that its digits are real. The
# first Lyapunov coefficient $\ell_1$ is negative: the cycle that is born is stable.

# %%
hopf = next(point for point in rest.special if point.kind == "H")
print(hopf)
print("residual", f"{hopf.residual:.0e}", " period", 2 * np.pi / hopf.normal_form.omega)
print("l1", hopf.normal_form.l1, hopf.normal_form.criticality)

# %% [markdown]
# Near $\gamma = 0.0719$ the trace of the Jacobian vanishes once more, but there the two
# eigenvalues are real and opposite: a neutral saddle, at which nothing happens. It carries no
# label.
#
# ## The cycles
#
# The family of cycles starts at the Hopf point without further help, by collocation on a mesh
# that adapts itself. We ask for the two values of $\gamma$ at which the paper draws cycles.

# %%
cycles = ct.cycles(hopf, report={"gamma": [0.0535, 0.054085]})
print(cycles)
cycles["UZ1"].multipliers

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3), layout="constrained")
ct.plot([*rest, cycles], "gamma", "x", ax=left)
left.set(xlim=(0.0525, 0.0546), ylim=(-0.8, -0.2))
ct.plot(cycles, "gamma", "period", ax=right)
plt.show()

# %% [markdown]
# *Left: the cycles between their smallest and largest $x$; they meet the saddle (dashed). Right:
# the period grows without bound, while $\gamma$ stands still.*
#
# ## The homoclinic orbit
#
# The family ends where the cycle runs into the saddle. The connecting orbit is a boundary value
# problem of its own: leave the saddle in its unstable direction, return in the stable one. Mesh
# and truncation are refined until $\gamma$ no longer moves.

# %%
loop = ct.homoclinic(cycles)
print(loop)
print("moved by the last refinement:", f"{loop.normal_form.parameter_error:.0e}")
print("saddle quantity:", loop.normal_form.saddle_quantity)

# %% [markdown]
# The paper prints $\gamma = 0.054085$ for the homoclinic orbit. At that value we still find a
# stable cycle of period 99.88: the two numbers agree to 0.2 per cent, and the orbit of the
# equations as printed lies at the larger one.

# %%
fig, axes = plt.subplots(1, 3, figsize=(7.2, 3), layout="constrained")
box = ((-0.8, -0.2), (-0.9, -0.3))
before = cycles["UZ2"].orbit
ct.portrait(nine, at={"gamma": 0.054085}, cycles=[before], box=box, ax=axes[0])
ct.portrait(nine, at=loop.parameters, homoclinic=loop.orbit, box=box, ax=axes[1])
ct.portrait(nine, at={"gamma": 0.0542}, box=box, ax=axes[2])
plt.show()

# %% [markdown]
# *Before, at and after the homoclinic orbit. Afterwards the unstable manifold of the saddle
# leaves the window, and so does every state that circled here.*
#
# ## The answer
#
# The oscillation begins softly, at a supercritical Hopf point, and ends at a homoclinic orbit with
# infinite period. The loop attracts from inside, because its saddle quantity is negative. The last
# cell holds the text to its numbers.

# %%
folds = sorted(p.parameters["gamma"] for p in rest.special if p.kind == "LP")
expected = [0.026720016045309, 0.095500684327143, 0.410883590234259]
assert np.allclose(folds, expected, rtol=0, atol=1e-12)
assert abs(hopf.parameters["gamma"] - 0.053009394219754) < 1e-12
assert abs(hopf.normal_form.l1 + 9.49746820367) < 1e-8
assert [p.kind for p in cycles.special] == ["UZ", "UZ"]
assert abs(cycles["UZ2"].period - 99.8835807255) < 1e-8
assert abs(loop.parameters["gamma"] - 0.054174676916) < 1e-10
assert loop.normal_form.saddle_quantity < 0

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
# # A curve of your own: where is a saddle neutral?
#
# A saddle in the plane is neutral where its two eigenvalues are opposite, $\lambda$ and $-\lambda$.
# Nothing bifurcates there, so that the toolkit gives the point no label and has no curve of it.
# But whether a homoclinic orbit attracts or repels changes at neutral saddles. Let us follow them.
#
# Every curve is $N - 1$ equations in $N$ unknowns, $H(z) = 0$. To add a kind of solution is to
# write $H$. Ours, in a plane with two free parameters $b$, is
#
# $$H(x, b) = \begin{pmatrix} f(x, b) \\ \mathrm{tr}\, f_x(x, b) \end{pmatrix} = 0,
# \qquad z = (x, b) \in \mathbb{R}^4 .$$

# %%
import matplotlib.pyplot as plt
import numpy as np

import continuation as ct
from continuation.collect import continue_branch
from continuation.curve import Curve, Solution, Start
from continuation.defining import Equations

# %% [markdown]
# ## A system with a known answer
#
# We use the normal form of the Bogdanov-Takens bifurcation, $\dot x = y$, $\dot y = b_1 + b_2 y +
# x^2 - xy$ (Kuznetsov, Elements of Applied Bifurcation Theory, section 8.4). Its equilibria are
# $x = \pm\sqrt{-b_1}$, $y = 0$, where the trace is $b_2 - x$ and the determinant $-2x$. So the
# trace vanishes on the whole parabola $b_1 = -b_2^2$: at Hopf points for $b_2 < 0$, at neutral
# saddles for $b_2 > 0$.

# %%
forms = ct.System.from_strings(
    {"x": "y", "y": "b1 + b2*y + x**2 - x*y"}, parameters={"b1": -0.25, "b2": 0.0}
)
free, box = ("b1", "b2"), {"b1": (-1.0, 0.2), "b2": (-0.9, 0.9)}
equations = Equations(forms, free, forms.vector({}))

# %% [markdown]
# `Equations` evaluates what every curve of equilibria needs: `first(z)` is $f$, $A = f_x$ and
# $f_b$, and `bend(z, q)` is the derivative of $Aq$ by $z$. Its row $i$ for $q = e_i$, summed over
# $i$, is the derivative of the trace. All of them are exact.
#
# ## The class
#
# A curve says four things: the residual, its Jacobian, what the unknowns stand for, and which
# events of its own it has (ours has none yet). The free parameters come last in $z$.


# %%
class ZeroTrace(Curve):
    kind, system, free = "zero traces", forms, free

    def residual(self, z):
        return np.append(equations.first(z)[0], np.trace(equations.first(z)[1]))

    def jacobian(self, z):
        slope = sum(equations.bend(z, e)[i] for i, e in enumerate(np.eye(2)))
        return np.vstack((np.hstack(equations.first(z)[1:]), slope))

    def state(self, z):
        return Solution(z[:2], equations.named(z))

    def events(self):
        return ()


# %% [markdown]
# A Jacobian that is wrong still converges, only slowly, so look before you trust it: against
# differences, at a point off the curve, where nothing vanishes by luck.

# %%
curve = ZeroTrace()
z, h = np.array([0.3, -0.2, -0.4, 0.7]), 1e-5
differences = [(curve.residual(z + d) - curve.residual(z - d)) / (2 * h) for d in h * np.eye(4)]
wrong = np.abs(curve.jacobian(z) - np.transpose(differences)).max()
print(f"largest difference {wrong:.0e}")

# %% [markdown]
# ## The start
#
# A branch of saddles, with the trace as an event of the user's: any function of a solution will
# do. The point it finds carries the name we give it.

# %%
saddles = ct.equilibria(
    forms,
    start=(0.5, 0.0),
    free="b2",
    within=(-0.9, 0.9),
    events={"neutral": lambda s: np.trace(forms.jacobian(s.state, s.parameters))},
)
print(saddles)

# %% [markdown]
# A start is a point and the direction in which to leave it: the null vector of the Jacobian,
# which the singular value decomposition puts last.

# %%
neutral = saddles["neutral1"]
z = np.append(neutral.state, [neutral.parameters[name] for name in free])
start = Start(z, np.linalg.svd(curve.jacobian(z))[2][-1], neutral.label)

# %% [markdown]
# ## The curve
#
# From here on everything is the engine's: steps, both directions, bounds, events. Where the
# determinant vanishes with the trace, the neutral saddle turns into a Hopf point.

# %%
ours = continue_branch(
    curve,
    start,
    ct.Settings(),
    within=box,
    events={"det": lambda s: np.linalg.det(forms.jacobian(s.state, s.parameters))},
)
print(ours)

# %% [markdown]
# The toolkit's own curves of Hopf points and folds, and the homoclinic orbits from the point at
# which they meet, belong into the same picture.

# %%
foci = ct.equilibria(forms, start=(-0.5, 0.0), free="b2", within=(-0.9, 0.9))
hopfs = ct.hopf_curve(foci["H1"], free, box)
folds = ct.fold_curve(hopfs["BT1"], free, box)
loops = ct.homoclinic_curve(hopfs["BT1"], free, box)

# %%
fig, ax = plt.subplots(figsize=(5, 3.8), layout="constrained")
ct.plot([folds, ours, hopfs, loops], "b2", "b1", ax=ax)
plt.show()

# %% [markdown]
# *The parabola of vanishing trace (grey, broad) runs through the Bogdanov-Takens point. Its left
# half is the curve of Hopf points; on its right half saddles are neutral. The homoclinic orbits
# stay on the left: their saddle is never neutral, and all of them are of one stability.*
#
# ## The answer
#
# A saddle of this system is neutral on $b_1 = -b_2^2$, $b_2 > 0$, and the curve took one class of
# fifteen lines. To make it part of the toolkit, give it a file in `continuation/curves/`, a way in
# as a class method, and a line in the list of the contract test: `CONTRIBUTING.md` says how.

# %%
b1, b2 = ours.parameters["b1"], ours.parameters["b2"]
assert wrong < 1e-9
assert abs(neutral.parameters["b2"] - 0.5) < 1e-12
assert np.abs(b1 + b2**2).max() < 1e-12 and np.abs(ours.states[0] - b2).max() < 1e-12
assert b2.min() == -0.9 and b2.max() == 0.9
assert max(abs(ours["det1"].parameters[name]) for name in free) < 1e-9
assert all(str(reason) == str(ct.StopReason.BOUND) for reason in ours.stop)
assert np.abs(hopfs.parameters["b1"] + hopfs.parameters["b2"] ** 2).max() < 1e-10
assert (loops.parameters["b2"] < 0).all()

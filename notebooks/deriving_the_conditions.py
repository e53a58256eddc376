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
# # Deriving the conditions: for which biases does a two-unit GRU oscillate?
#
# A gated recurrent network in continuous time is a smooth vector field, so the question has an
# answer by hand: find where an equilibrium has a pair of eigenvalues $\pm i\omega$, and ask which
# way the cycle opens. In this lesson SymPy works by hand. Nothing is typed in but the network.

# %%
import matplotlib.pyplot as plt
import numpy as np
import sympy

import symgru as sg
from symgru.bialternate import bialternate

# %% [markdown]
# ## The network
#
# The flow is $h' = (1 - z)\,(\tanh a - h)$. The update gate $z$ keeps the old state; the reset
# gate sits inside $a$. Here is one unit with all its weights. $1 - z$ is written
# $\sigma(-\cdot)$, which is the same number without a subtraction.

# %%
sg.GRU(1)

# %% [markdown]
# ## One unit: the fold
#
# With a constant reset gate the equilibrium equation is $h = \tanh(k h + b)$ with $k =
# u\,\sigma(b_r)$. The only eigenvalue vanishes where $k\,(1 - h^2) = 1$. Solved for the state,
# and the bias with it:

# %%
u, b, b_r = sympy.symbols("u b b_r")
off, zero = sympy.zeros(1, 1), sympy.S.Zero
switch = sg.GRU(1).with_weights(U_h=[[u]], b_h=[b], U_r=off, b_r=b_r, U_z=off, b_z=zero)
one_unit = sg.fold_conditions(switch)
one_unit

# %%
sympy.Dict(one_unit.branches[0])

# %% [markdown]
# Below $k = 1$ there is no fold; above, there are two, at $h^* = \pm\sqrt{1 - 1/k}$, and between
# them the unit is a switch with two states. One real eigenvalue cannot oscillate:

# %%
sg.hopf_conditions(switch).caveat

# %% [markdown]
# ## More units: trace, determinant, bialternate product
#
# At an equilibrium $\tanh a = h$, so that the Jacobian is $A = \mathrm{diag}(1 -
# z)\,(\mathrm{diag}(1 - h^2) M - I)$ with $M = \partial a/\partial h$. A fold is $\det A = 0$,
# and the update gate cancels. A Hopf point of two units is $\mathrm{tr} A = 0$ with $\det A > 0$:
# there the gate does not cancel. For more units the trace becomes the determinant of the
# bialternate product $2A \odot I$, whose eigenvalues are the sums of two eigenvalues of $A$.

# %%
bialternate(sympy.Matrix(3, 3, lambda i, j: sympy.Symbol(f"a_{i + 1}{j + 1}")))

# %% [markdown]
# It is singular at neutral saddles too, where two real eigenvalues have sum zero; for two and
# three units an inequality tells the two apart.
#
# ## Equation (8): a rotation with gain
#
# The first family of the paper turns the state by $\alpha$ and stretches it by $\beta$.

# %%
spiral = sg.families.eq8()
spiral

# %%
at_origin = sg.hopf_conditions(spiral, at=(0, 0))
at_origin

# %% [markdown]
# The origin loses stability at $\sigma(s)\,\beta\cos\alpha = 1$, with frequency $\omega =
# \tan(\alpha)/2$. The first Lyapunov coefficient
#
# $$l_1 = \frac{1}{2\omega}\,\mathrm{Re}\left[\langle p, C(q,q,\bar q)\rangle
# - 2\langle p, B(q, A^{-1}B(q,\bar q))\rangle
# + \langle p, B(\bar q, (2i\omega - A)^{-1}B(q,q))\rangle\right]$$
#
# (Kuznetsov, Elements of Applied Bifurcation Theory; $|q| = \langle p, q\rangle = 1$) is negative
# on $0 < \alpha < \pi/2$: the cycle is born stable. With the paper's $\beta = 3$, $s = 0$ this
# happens at

# %%
alpha_hopf = sympy.acos(sympy.Rational(2, 3))
values = {sympy.Symbol("alpha"): alpha_hopf}
omega, l1 = at_origin.frequency.subs(values), at_origin.l1.subs(values)
sympy.Tuple(alpha_hopf.evalf(16), omega, l1)

# %% [markdown]
# which is $\pi/3.735$; the paper says about $\pi/3.8$.
#
# ## Equation (9): the bias plane
#
# The second family turns by $\pi/20$ only and moves its equilibria with two biases. No
# equilibrium is known in closed form, but none is needed: $h = \tanh a$ is solved for the
# *biases*. State space parametrises bias space.

# %%
loops = sg.families.eq9()
fold = sg.fold_conditions(loops)
fold

# %%
hopf = sg.hopf_conditions(loops)
hopf

# %% [markdown]
# The Hopf set is a circle in state space! Only its arcs with $(1 - x^2)(1 - y^2) > 4/9$ count; on
# the rest the eigenvalues are real, of opposite sign. The arcs end where both conditions hold, in
# Bogdanov-Takens points. There are eight, and $1 - x^2$, $1 - y^2$ take the values $\frac23(1 \pm
# s)/c$ with $c, s$ the cosine and sine of $\pi/20$. The paper expected no point of codimension
# two.

# %%
x, y, b1, gamma = sympy.symbols("x y b1 gamma")
sympy.Matrix([[1 - end[x] ** 2, 1 - end[y] ** 2] for end in hopf.ends[::4]])

# %% [markdown]
# Now the picture. Every point of the two curves in state space is sent to its biases.

# %%
biases = sympy.lambdify((x, y), [hopf.biases[b1], hopf.biases[gamma]])
side = np.linspace(-0.999, 0.999, 400001)
folds = [sympy.lambdify(x, branch[y])(side + 0j) for branch in fold.branches]
folds = [np.where(abs(h.imag) < 1e-12, h.real, np.nan) for h in folds]
folds = [(side, np.where(abs(h) < 1, h, np.nan)) for h in folds]
radius = float(sympy.sqrt(hopf.equation.rhs))
phi = np.linspace(0, 2 * np.pi, 20001)
circle = radius * np.array([np.cos(phi), np.sin(phi)])
arcs = np.where((1 - circle[0] ** 2) * (1 - circle[1] ** 2) > 4 / 9, circle, np.nan)
ends = np.array([[float(end[s]) for s in (x, y, b1, gamma)] for end in hopf.ends])

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4.5), layout="constrained")
for axes, place in ((left, lambda h: h), (right, lambda h: biases(*h))):
    for curve in folds:
        axes.plot(*place(curve), color="tab:blue", lw=1)
    axes.plot(*place(arcs), color="tab:red", lw=2)
left.plot(*circle, color="tab:red", lw=0.5, ls=":")
left.plot(*ends[:, :2].T, "k.")
right.plot(*ends[:, 2:].T, "k.")
left.set(xlabel="state x", ylabel="state y", aspect="equal", title="state space")
right.set(xlabel="bias b1", ylabel="bias gamma", aspect="equal", title="bias space")
right.set(xlim=(-0.8, 0.8), ylim=(-0.8, 0.8))
plt.show()

# %% [markdown]
# *Folds (blue), Hopf arcs (red), their neutral continuation (dotted) and Bogdanov-Takens points
# (black) of family (9). In bias space the red arcs are four short segments close to the folds:
# there are few biases for which this family oscillates.*
#
# Along an arc the first Lyapunov coefficient is an explicit function of the state. Sampled on
# some four thousand points it is negative everywhere: no arc shows a generalised Hopf point, and
# every cycle is born stable. (Samples are no proof.)

# %%
inside = ~np.isnan(arcs[0])
l1_on_arcs = sympy.lambdify((x, y), hopf.l1)(*arcs[:, inside])
l1_on_arcs.size, l1_on_arcs.max()

# %% [markdown]
# ## Where the paper's own line crosses
#
# The paper fixes $b_1 = 0.32$ and moves $\gamma$. Two unknowns, two equations: the circle, and
# $b_1(x, y)$.

# %%
start = (-0.6, -0.53)
equations = [hopf.equation.lhs - hopf.equation.rhs, hopf.biases[b1] - sympy.Rational(8, 25)]
point = dict(zip((x, y), sympy.nsolve(equations, (x, y), start, prec=30), strict=True))
gamma_hopf = hopf.biases[gamma].subs(point).evalf(30)
sympy.Tuple(gamma_hopf, hopf.frequency.subs(point).evalf(12), hopf.l1.subs(point).evalf(12))

# %% [markdown]
# ## What the update gate does
#
# For the folds, nothing. For the Hopf points of two or more units, everything: this network has
# one equilibrium for all $b$, and the bias of its update gate alone makes it oscillate.

# %%
b = sympy.Symbol("b")
gated = sg.GRU(2).with_weights(U_h=[[3, -3], [3, -1]], b_z=[0, b], rest=0)
gate = sg.hopf_conditions(gated, at=(0, 0))
sympy.Tuple(gate.equation, sympy.Dict(gate.solution), gate.frequency, gate.l1)

# %%
gated.without_update_gate().limits

# %% [markdown]
# ## The answer
#
# Family (9) oscillates next to four short arcs in the bias plane: the images of the parts of the
# circle $x^2 + y^2 = 2 - 4/(3\cos\frac{\pi}{20})$ on which $(1 - x^2)(1 - y^2) > \frac49$. Each
# joins two of eight Bogdanov-Takens points, and on all of them $l_1 < 0$. On the paper's line the
# Hopf point is $\gamma = 0.053009394219754$, with $l_1 = -9.49746820367$. For (8) the condition
# is $\sigma(s)\,\beta\cos\alpha = 1$. The next lesson traces what grows from these points.

# %%
alpha, beta, s = sympy.symbols("alpha beta s")
cos = sympy.cos(sympy.pi / 20, evaluate=False)
k = u * sg.sigma(b_r)
assert one_unit.branches[0][switch.states[0]] == sympy.sqrt(1 - 1 / k)
assert at_origin.equation == sympy.Eq(sg.sigma(s) * beta * sympy.cos(alpha), 1)
assert at_origin.frequency == sympy.tan(alpha) / 2
assert at_origin.l1 == -1 / sympy.sin(2 * alpha)
assert hopf.equation == sympy.Eq(x**2 + y**2, 2 - 4 / (3 * cos))
assert hopf.inequality == sympy.Gt((1 - x**2) * (1 - y**2), sympy.Rational(4, 9))
assert len(hopf.ends) == 8 and l1_on_arcs.max() < 0
assert abs(float(sympy.pi / alpha_hopf) - 3.735) < 5e-4
assert abs(gamma_hopf - sympy.Float("0.053009394219754", 30)) < 1e-15
assert abs(hopf.l1.subs(point).evalf() + 9.49746820367) < 1e-11
assert gate.solution == {b: sympy.log(5)}

r"""Trained networks read into a `GRU`, each with the update rule of the framework that trained it.

Canonical, with the update gate z on the old state (`symgru.gates`):
:math:`h_{t+1} = z * h_t + (1 - z) * n`. What the frameworks do differently:

================  ======  ======================  =============================================
framework         reset   order of gates, layout  what becomes what
================  ======  ======================  =============================================
the paper, NumPy  before  one array a gate        as it is
torch             after   r, z, n by rows         b_r, b_z = b_ih + b_hh; b_h = b_ih; c_h = b_hh
Keras             after   z, r, h by columns      b_r, b_z = row 0 + row 1; b_h, c_h = row 0, 1
... reset_after   before  z, r, h by columns      as it is (reset_after=False)
Flax              after   one kernel a gate;      b_h = bias of ``in``, c_h = bias of ``hn``
                          nnx: r, z, n by columns b_h = bias of ``dense_i``, c_h = 0
Haiku             before  z, r, a by columns      z is on the new state: W_z, U_z, b_z negated
Equinox           after   r, z, n by rows         c_h = ``bias_n``
================  ======  ======================  =============================================

"By columns" means that a matrix multiplies a row vector from the right, and is transposed here.
Weights are converted to double precision without rounding; the sum b_ih + b_hh of two numbers in
single precision is rounded once, in double precision. What belongs to another framework, has a
wrong shape or is transposed is refused by name.

References
----------
The documentation of torch.nn.GRU (2.13), keras.layers.GRU (3.15), flax.linen.GRUCell and
flax.nnx.GRUCell (0.12), haiku.GRU (0.0.17), equinox.nn.GRUCell (0.13).
"""

from __future__ import annotations

from symgru.weights.equinox_weights import from_equinox
from symgru.weights.flax_weights import from_flax
from symgru.weights.haiku_weights import from_haiku
from symgru.weights.keras_weights import from_keras
from symgru.weights.numpy_weights import from_numpy
from symgru.weights.torch_weights import from_torch

__all__ = ["from_equinox", "from_flax", "from_haiku", "from_keras", "from_numpy", "from_torch"]

"""Boundary value problems by orthogonal collocation at Gauss points, and their elimination."""

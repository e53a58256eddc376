"""Bifurcation diagrams, phase portraits, time courses; Matplotlib is imported when used."""

from __future__ import annotations

from continuation.plotting.branches import plot
from continuation.plotting.courses import time_course
from continuation.plotting.portraits import portrait

__all__ = ["plot", "portrait", "time_course"]

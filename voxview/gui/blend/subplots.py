"""The three subplots of the 3D view, from left to right. Free of VTK."""

from __future__ import annotations

A, BLEND, B = 0, 1, 2

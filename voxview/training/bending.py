"""Bending: layers of a chair slide against each other, so that legs curve, backs lean and seats sag.

Warps stretch parts along the axes and leave what is straight straight, as the generator makes it. Real chairs
are curved. A layer slides by a smooth function of another coordinate, hardly ever by more than a voxel more
than its neighbour, so that what touches goes on touching.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from voxview.conventions import RESOLUTION

HALF = RESOLUTION // 2
SLIDES = ((3, 2), (3, 1), (2, 1), (1, 2), (1, 3))
"""What slides as a function of what, x, y and z being 1, 2 and 3: z of y, z of x, y of x, x of y, x of z."""

BENT = 0.5
"""Share of the chairs that slide, for each of `SLIDES`."""


def bend(grids: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    """Return the chairs bent; `(n, 32, 32, 32)` bool.

    `strength` is the standard deviation of the slides' amplitudes in voxels. In x both sides slide outwards
    or inwards alike, and what slides as a function of x does so as one of the distance from the middle: a
    symmetric chair stays symmetric. Nothing leaves the cube: layers slide as far as there is room.
    """
    for moved, along in SLIDES:
        offsets = _offsets(len(grids), strength, along == 1, generator)  # (n, 32)
        grids = _slide_sides(grids, offsets, along) if moved == 1 else _slide(grids, offsets, moved, along)
    return grids


def _offsets(n: int, strength: float, mirrored: bool, generator: torch.Generator) -> Tensor:
    """Return by how many voxels each of 32 layers slides, smooth and 0 on average: `(n, 32)` float."""
    device = generator.device
    place = (torch.arange(RESOLUTION, device=device) + 0.5) / RESOLUTION  # (32,)
    if mirrored:
        place = (2 * place - 1).abs()
    amplitude, start = (f(n, 1, 2, device=device, generator=generator) for f in (torch.randn, torch.rand))
    amplitude = strength * amplitude * torch.tensor([1.0, 0.3], device=device)
    waves = torch.tensor([0.5, 1.0], device=device)  # waves in the length of the cube
    wave = amplitude * torch.cos(2 * math.pi * (waves * place[:, None] + start))  # (n, 32, 2)
    offsets = wave.sum(2)
    bent = torch.rand(n, 1, device=device, generator=generator) < BENT
    return bent * (offsets - offsets.mean(1, keepdim=True))


def _slide(grids: Tensor, offsets: Tensor, moved: int, along: int) -> Tensor:
    """Return grids whose layers across axis `along` slide along axis `moved`, as far as there is room."""
    others = [axis for axis in (1, 2, 3) if axis != moved]
    occupied = grids.any(others[1]).any(others[0]).float()  # (n, 32)
    low, high = occupied.argmax(1), RESOLUTION - occupied.flip(1).argmax(1)
    offsets = torch.minimum(torch.maximum(offsets.round().long(), -low[:, None]), RESOLUTION - high[:, None])
    shape = [len(grids), 1, 1, 1]
    shape[along] = RESOLUTION
    cells = torch.arange(RESOLUTION, device=grids.device)
    at = [1, 1, 1, 1]
    at[moved] = RESOLUTION
    source = cells.reshape(at) - offsets.reshape(shape)
    inside = (source >= 0) & (source < RESOLUTION)
    return grids.gather(moved, source.clamp(0, RESOLUTION - 1).expand_as(grids)) & inside


def _slide_sides(grids: Tensor, offsets: Tensor, along: int) -> Tensor:
    """Return grids whose halves in x slide apart, the middle repeated, or together, the middle kept."""
    occupied = grids.any(3).any(2)
    widest = (occupied | occupied.flip(1)).float()[:, HALF:]  # (n, 16)
    room = widest.flip(1).argmax(1)  # (n,)
    offsets = torch.minimum(offsets.round().long(), room[:, None])
    shape = [len(grids), 1, 1, 1]
    shape[along] = RESOLUTION
    distance = torch.arange(HALF, device=grids.device).reshape(1, HALF, 1, 1)
    by = offsets.reshape(shape)
    source = (distance - by).clamp(0, HALF - 1).expand(-1, HALF, RESOLUTION, RESOLUTION)
    halves = []
    for half in (grids[:, :HALF].flip(1), grids[:, HALF:]):
        slid = half.gather(1, source) & (distance - by < HALF)
        slid[:, :1] |= (half & (distance < -by)).any(1, keepdim=True)  # or a column would be gone
        halves.append(slid)
    return torch.cat([halves[0].flip(1), halves[1]], 1)

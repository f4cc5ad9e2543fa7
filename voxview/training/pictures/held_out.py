"""The renderer for `voxview evaluate`: pictures of held-out chairs, the same ones each time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from voxview.pictures.view import View
from voxview.shapes.frame import Grids
from voxview.training.pictures.renderer import RenderConfig, Renderer
from voxview.training.pictures.validation import SEED

SETS: Mapping[str, RenderConfig] = {
    "rendered pictures": RenderConfig(),
    "plain rendered pictures": RenderConfig(plain=True),
}
"""As training has them, and chairs alone before white, as the published figures' pictures are."""


class HeldOutPictures(NamedTuple):
    """Rendered pictures as arrays."""

    pixels: NDArray[np.uint8]
    """`(n, 227, 227, 3)`."""
    views: tuple[View, ...]


HeldOutRenderer = Callable[[Grids], HeldOutPictures]


def renderers() -> dict[str, Callable[[str], HeldOutRenderer]]:
    """Return what makes the renderer of each of `SETS` on a device."""

    def on_device(config: RenderConfig) -> Callable[[str], HeldOutRenderer]:
        return lambda device: _renderer(config, device)

    return {name: on_device(config) for name, config in SETS.items()}


def _renderer(config: RenderConfig, device: str) -> HeldOutRenderer:
    generator = torch.Generator(device).manual_seed(SEED)
    renderer = Renderer(config)

    def render(grids: Grids) -> HeldOutPictures:
        rendered = renderer.render(torch.from_numpy(grids).to(device).float(), generator)
        pixels = (rendered.pixels.clamp(0, 1) * 255).round().to(torch.uint8)
        angles = torch.stack([rendered.azimuth, rendered.elevation], 1).cpu().tolist()
        views = tuple(View(azimuth, elevation) for azimuth, elevation in angles)
        return HeldOutPictures(pixels.permute(0, 2, 3, 1).contiguous().cpu().numpy(), views)

    return render

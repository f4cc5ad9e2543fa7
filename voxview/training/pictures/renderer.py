"""Pictures of chairs to train on, rendered on the device of their fields while training runs.

No set of photographs with the grids of their chairs is large enough to learn from; rendered pictures are, and
as many as training wants. What they lack is what photographs have; random scenes make up for some of it
(Tobin et al., Domain randomization for transferring deep neural networks, 2017).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from voxview.training.pictures.backgrounds import paint_backgrounds
from voxview.training.pictures.clutter import put_behind, put_in_front, put_neighbours
from voxview.training.pictures.degrade import degrade, resample
from voxview.training.pictures.draw import Draw, part
from voxview.training.pictures.furniture import put_furniture
from voxview.training.pictures.light import floor_shadow
from voxview.training.pictures.ray_march import march
from voxview.training.pictures.scene import Scene, random_scene
from voxview.training.pictures.shading import shade
from voxview.training.pictures.textures import NOISE_SIDE
from voxview.training.pictures.volumes import build_volumes

OTHER = 1
"""How many places further in the batch the chair is that stands beside one."""


@dataclass(frozen=True)
class RenderConfig:
    """How pictures are rendered."""

    side: int = 227
    """Pixels along each side of a picture: what AlexNet takes."""
    rendered_side: int = 227
    """Pixels along each side of what is rendered; fewer are quicker, and enlarged."""
    steps: int = 48
    """Samples along each ray inside the chair's box."""
    chunk: int = 0
    """Pictures that are rendered at a time, which bounds memory: the places of the samples alone take 15 MB
    each in half precision, on a GPU, and 30 elsewhere. 0: 128 on a GPU, 8 elsewhere."""
    plain: bool = False
    """Chairs alone, before white, undamaged: nearest to the renderings that others measure with."""


@dataclass(frozen=True)
class Rendered:
    """A batch of pictures, and from where each was taken."""

    pixels: Tensor
    """`(n, 3, side, side)` in [0, 1], sRGB."""
    azimuth: Tensor
    """`(n,)` degrees in (−180, 180], as in `View`: 0 sees the front, 90 is at +x."""
    elevation: Tensor
    """`(n,)` degrees above the horizon."""
    silhouette: Tensor
    """`(n, 1, side, side)` in [0, 1]: the chair alone, before anything is in front of it."""


@dataclass(frozen=True)
class _Chairs:
    """What is kept of the chairs' own rendering while their pictures are put together."""

    premultiplied: Tensor
    """`(n, 4, h, w)`: colours times cover, and the cover."""
    shadows: Tensor
    floor: Tensor


class Renderer:
    """Renders pictures of chairs; it holds no state, so that a generator's seed says what comes out."""

    def __init__(self, config: RenderConfig | None = None) -> None:
        self.config = config or RenderConfig()

    @torch.no_grad()
    def render(self, fields: Tensor, generator: torch.Generator) -> Rendered:
        """Return a picture of each chair: `(n, 32, 32, 32)` in [0, 1] on the generator's device, `[x, y, z]`.

        All is done there, in float32 whatever autocast says, and without waiting for the device.
        """
        config = self.config
        with torch.autocast(fields.device.type, enabled=False):
            fields = fields.float()
            draw = Draw(len(fields), fields.device, generator)
            scene = random_scene(fields, draw, config.plain)
            noise = draw.volume(2, NOISE_SIDE)
            grain = draw.normal(1, 3, config.side, config.side)
            chunks = list(self._chunks(len(fields), fields.device))
            chairs = _joined([self._chairs(fields[a:b], part(scene, a, b), noise) for a, b in chunks])
            others = chairs.premultiplied.roll(OTHER, 0)
            pictures = torch.cat(
                [
                    self._pictures(part(chairs, a, b), others[a:b], part(scene, a, b), noise, grain[a:b])
                    for a, b in chunks
                ]
            )
            cover = chairs.premultiplied[:, 3:].float()
            if config.rendered_side != config.side:
                cover = F.interpolate(cover, (config.side, config.side), mode="bilinear")
        return Rendered(pictures, scene.cameras.azimuth, scene.cameras.elevation, cover)

    def _chunks(self, count: int, device: torch.device) -> Iterator[tuple[int, int]]:
        chunk = self.config.chunk or (128 if device.type == "cuda" else 8)
        for start in range(0, count, chunk):
            yield start, min(start + chunk, count)

    def _chairs(self, fields: Tensor, scene: Scene, noise: Tensor) -> _Chairs:
        """Render the chairs alone, and their shadows on the floor."""
        volumes = build_volumes(fields, scene.thinner)
        hits = march(volumes, scene.cameras, self.config.rendered_side, self.config.steps)
        colours = shade(hits, volumes, scene.cameras, scene.lights, scene.materials, noise)
        cover = hits.cover[..., None]
        premultiplied = torch.cat([colours * cover, cover], -1).movedim(-1, 1)
        kind = torch.float16 if fields.device.type == "cuda" else torch.float32
        floor = volumes.low[:, 1]
        return _Chairs(premultiplied.to(kind), floor_shadow(volumes, scene.lights), floor)

    def _pictures(
        self, chairs: _Chairs, others: Tensor, scene: Scene, noise: Tensor, grain: Tensor
    ) -> Tensor:
        """Put the chairs before their backgrounds, and do to the pictures what cameras do."""
        config = self.config
        pictures = paint_backgrounds(
            scene.backgrounds,
            scene.cameras,
            scene.lights,
            chairs.shadows,
            chairs.floor,
            noise,
            config.rendered_side,
        )
        cover = chairs.premultiplied[:, 3].float()
        if not config.plain:
            pictures = put_furniture(pictures, scene.furniture, scene.cameras)
            pictures = put_neighbours(put_behind(pictures, scene.behind), others, scene.neighbours)
        pictures = chairs.premultiplied[:, :3].float() + pictures.movedim(-1, 1) * (1 - cover[:, None])
        if config.plain:
            return F.interpolate(pictures, (config.side, config.side), mode="bilinear")
        pictures = put_in_front(pictures.movedim(1, -1), cover, scene.in_front).movedim(-1, 1)
        pictures = degrade(resample(pictures, scene.degradation, config.side), scene.degradation, grain)
        removed = scene.backgrounds.tight[:, None, None, None]
        return torch.where(removed, self._cut_out(pictures, cover), pictures)

    def _cut_out(self, pictures: Tensor, cover: Tensor) -> Tensor:
        """Return the pictures with all white but the chair, as where a background was removed."""
        side = self.config.side
        chair = F.interpolate(cover[:, None], (side, side), mode="bilinear")
        return 1 + (pictures - 1) * chair


def _joined(chunks: list[_Chairs]) -> _Chairs:
    return _Chairs(
        torch.cat([chunk.premultiplied for chunk in chunks]),
        torch.cat([chunk.shadows for chunk in chunks]),
        torch.cat([chunk.floor for chunk in chunks]),
    )

"""Shading: what colour each pixel of a chair has, from its materials and from the light."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from voxview.model.camera import Cameras
from voxview.training.pictures.colours import thing_colours
from voxview.training.pictures.draw import Draw, spread
from voxview.training.pictures.light import Lights, lit_volume
from voxview.training.pictures.ray_march import Hits
from voxview.training.pictures.textures import Textures, pattern, random_textures
from voxview.training.pictures.volumes import Volumes, sample

TEXTURES = (0.45, 0.2, 0.17, 0.04, 0.07, 0.07)
SECOND_TEXTURES = (0.6, 0.1, 0.3)


@dataclass(frozen=True)
class Materials:
    """Two materials for each chair: of legs or frame, and of all else."""

    colours: Tensor
    """`(n, 4, 3)`: two of the first material's pattern, two of the second's."""
    first: Textures
    second: Textures
    by: Tensor
    """`(n, 5)`: the second material is where x², y, z, how full the neighbourhood is and 1, times these,
    are above 0; a chair of one material has zeros and −1."""
    gloss: Tensor
    """`(n, 2)`: how much each material reflects the light."""
    sharpness: Tensor
    """`(n,)`: exponent of the reflection."""


def random_materials(low: Tensor, high: Tensor, draw: Draw) -> Materials:
    """Return materials for the chairs in boxes with these corners, `(n, 3)`."""
    colours = thing_colours(draw, 4)
    similar = (colours[:, ::2] * draw.uniform(0.35, 1.3, 2, 1)).clamp(0, 1)
    alike = draw.some(0.7, 2, 1)  # most patterns are of shades of one colour
    others = torch.where(alike, similar, colours[:, 1::2])
    colours = torch.stack([colours[:, 0], others[:, 0], colours[:, 2], others[:, 1]], 1)
    gloss = torch.where(draw.some(0.5, 2), draw.uniform(0, 0.1, 2), draw.uniform(0.1, 0.6, 2))
    return Materials(
        colours=colours,
        first=random_textures(draw, TEXTURES, 2.5, 24),
        second=random_textures(draw, SECOND_TEXTURES, 3, 30),
        by=_split(low, high, draw),
        gloss=gloss,
        sharpness=4 * 20 ** draw.uniform(0, 1),
    )


def _split(low: Tensor, high: Tensor, draw: Draw) -> Tensor:
    """Return where the second material is, as in `Materials.by`."""
    kind = draw.pick((0.35, 0.3, 0.22, 0.06, 0.07))  # none, below, frame, arms, back
    height = high[:, 1] - low[:, 1]
    level = low[:, 1] + height * draw.uniform(0.2, 0.45)
    one, none = torch.ones_like(level), torch.zeros_like(level)
    kinds = [
        [none, none, none, none, -one],
        [none, -one, none, none, level],
        [none, none, none, -one, draw.uniform(0.14, 0.26)],
        [one, none, none, none, -((high[:, 0] * draw.uniform(0.6, 0.85)) ** 2)],
        [none, none, one, none, -high[:, 2] * draw.uniform(0.1, 0.7)],
    ]
    table = torch.stack([torch.stack(weights, 1) for weights in kinds], 1)  # (n, kinds, 5)
    return table.gather(1, kind[:, None, None].expand(-1, 1, 5))[:, 0]


def shade(
    hits: Hits, volumes: Volumes, cameras: Cameras, lights: Lights, materials: Materials, noise: Tensor
) -> Tensor:
    """Return the chairs' colours, sRGB, `(n, side, side, 3)` in [0, 1], wherever rays pass near them."""
    around = sample(volumes.around, hits.point)  # (n, 4, h, w)
    outward, full = around[:, :3].movedim(1, -1), around[:, 3]
    normal = F.normalize(outward, dim=-1, eps=1e-4)
    base, gloss = _materials(hits.point, full, materials, noise)
    towards = F.normalize(spread(cameras.position, 2) - hits.point, dim=-1)
    light = spread(lights.direction, 2)
    facing = (normal * light).sum(-1)
    # A point a little outside: what is just below the surface is in the shadow of the surface.
    lit = sample(lit_volume(volumes, lights), hits.point + 0.04 * normal)[:, 0]
    lit = lit + (1 - lit) * (hits.point.abs().amax(-1) > 0.5)  # all is lit outside the cube
    half = F.normalize(towards + light, dim=-1)
    shine = (normal * half).sum(-1).clamp(0, 1) ** spread(materials.sharpness, 2)
    key = spread(lights.key, 2) * lit
    hollow = (1.25 - 1.1 * full).clamp(0.25, 1.1)  # corners get less of the light from all around
    sky = spread(lights.ambient, 2) * hollow * (0.8 + 0.2 * normal[..., 1])
    fill = 0.15 * (normal * towards).sum(-1).clamp(min=0)
    received = (sky + fill)[..., None] * spread(lights.tint, 2) + (key * facing.clamp(min=0))[..., None]
    linear = base**2 * received + (gloss * shine * key)[..., None]
    return linear.clamp(1e-6, 1).sqrt()  # roughly sRGB's curve


def _materials(point: Tensor, full: Tensor, materials: Materials, noise: Tensor) -> tuple[Tensor, Tensor]:
    """Return base colours, `(n, h, w, 3)`, and how much is reflected, `(n, h, w)`."""
    x, y, z = point.unbind(-1)
    by = [spread(weight, 2) for weight in materials.by.unbind(1)]
    where = by[0] * x * x + by[1] * y + by[2] * z + by[3] * full + by[4]
    second = (where * 60 + 0.5).clamp(0, 1)
    a, b, c, d = (spread(colour, 2) for colour in materials.colours.unbind(1))
    one = torch.lerp(a, b, (0.5 + 0.5 * pattern(materials.first, point, noise))[..., None])
    other = torch.lerp(c, d, (0.5 + 0.5 * pattern(materials.second, point, noise))[..., None])
    gloss, other_gloss = (spread(value, 2) for value in materials.gloss.unbind(1))
    return torch.lerp(one, other, second[..., None]), gloss + (other_gloss - gloss) * second

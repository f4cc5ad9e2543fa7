"""JPEG's damage without files: what is lost when a picture is stored at a quality (ITU-T T.81, 1992)."""

from __future__ import annotations

from functools import cache
from math import pi

import torch
import torch.nn.functional as F
from torch import Tensor

BLOCK = 8
# T.81's annex K: how coarsely the frequencies of a block are stored, of brightness and of colour.
_LUMINANCE = (
    *(16, 11, 10, 16, 24, 40, 51, 61),
    *(12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56),
    *(14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77),
    *(24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101),
    *(72, 92, 95, 98, 112, 100, 103, 99),
)
_CHROMINANCE = (
    *(17, 18, 24, 47, 99, 99, 99, 99),
    *(18, 21, 26, 66, 99, 99, 99, 99),
    *(24, 26, 56, 99, 99, 99, 99, 99),
    *(47, 66, 99, 99, 99, 99, 99, 99),
    *([99] * 32),
)


def damage(pictures: Tensor, quality: Tensor) -> Tensor:
    """Return `(n, 3, h, w)` pictures in [0, 1] as JPEG files of `quality`, `(n,)` 1 to 99, bring them back.

    Colour is stored at half the resolution of brightness, as most programs do.
    """
    height, width = pictures.shape[2:]
    padded = F.pad(pictures, (0, -width % (2 * BLOCK), 0, -height % (2 * BLOCK)), mode="replicate")
    red, green, blue = (255 * padded).unbind(1)
    y = 0.299 * red + 0.587 * green + 0.114 * blue
    colour = F.avg_pool2d(torch.stack([(blue - y) / 1.772, (red - y) / 1.402], 1), 2)
    # libjpeg's scale of quality.
    percent = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality)
    y = _coarsened(y[:, None] - 128, percent, 0)[:, 0] + 128
    cb, cr = F.interpolate(_coarsened(colour, percent, 1), scale_factor=2, mode="bilinear").unbind(1)
    rgb = torch.stack([y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb], 1)
    return (rgb / 255).clamp(0, 1)[:, :, :height, :width]


def _coarsened(planes: Tensor, percent: Tensor, table: int) -> Tensor:
    """Return `(n, c, h, w)` planes with the frequencies of their blocks rounded to steps."""
    n, c, height, width = planes.shape
    cosines, tables = _constants(planes.device)
    blocks = planes.reshape(n, c, height // BLOCK, BLOCK, width // BLOCK, BLOCK).transpose(3, 4)
    steps = ((tables[table] * percent[:, None, None] + 50) / 100).floor().clamp(1, 255)[:, None, None, None]
    stored = (cosines @ blocks @ cosines.T / steps).round() * steps
    return (cosines.T @ stored @ cosines).transpose(3, 4).reshape(n, c, height, width)


@cache
def _constants(device: torch.device) -> tuple[Tensor, Tensor]:
    """Return the cosine transform, `(8, 8)`, and the tables, `(2, 8, 8)`; copied to a device only once."""
    k = torch.arange(BLOCK, dtype=torch.float64)
    cosines = torch.cos((2 * k + 1) * k[:, None] * pi / (2 * BLOCK)) / 2
    cosines[0] /= 2**0.5
    tables = torch.tensor([_LUMINANCE, _CHROMINANCE], dtype=torch.float32).reshape(2, BLOCK, BLOCK)
    return cosines.float().to(device), tables.to(device)

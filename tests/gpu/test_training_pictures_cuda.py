"""Training pictures on a GPU: rendered without waiting for it, and as on the CPU."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from voxview.model.camera import look
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.training.pictures.ray_march import march
from voxview.training.pictures.renderer import Renderer
from voxview.training.pictures.volumes import build_volumes

pytestmark = pytest.mark.gpu


def chairs(count: int) -> torch.Tensor:
    return torch.from_numpy(np.stack([chair.read() for chair in list(sample_catalog())[:count]]))


def test_nothing_waits_for_the_device() -> None:
    fields, generator = chairs(40).cuda(), torch.Generator("cuda").manual_seed(1)
    Renderer().render(fields, generator)  # constants are copied once
    torch.cuda.set_sync_debug_mode("error")
    try:
        found = Renderer().render(fields, generator)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert found.pixels.isfinite().all() and found.pixels.min() >= 0 and found.pixels.max() <= 1


def test_autocast_changes_nothing() -> None:
    fields = chairs(8).cuda()
    plain = Renderer().render(fields, torch.Generator("cuda").manual_seed(1))
    with torch.autocast("cuda", torch.bfloat16):
        cast = Renderer().render(fields, torch.Generator("cuda").manual_seed(1))
    assert cast.pixels.dtype == torch.float32
    assert (plain.pixels - cast.pixels).abs().max() < 0.02


def test_rays_in_half_precision_meet_what_those_in_single_precision_meet() -> None:
    fields = chairs(12)
    found = []
    for device in ("cpu", "cuda"):
        n = torch.ones(len(fields), device=device)
        cameras = look(40 * n, 20 * n, 3 * n, 0 * n)
        found.append(march(build_volumes(fields.to(device), 0 * n), cameras, 227, 48))
    one, other = (hits.cover.cpu() > 0.5 for hits in found)
    assert (one & other).sum() / (one | other).sum() > 0.995
    both = one & other
    away = (found[0].depth - found[1].depth.cpu()).abs()[both]
    assert (away < 2e-3).float().mean() > 0.98

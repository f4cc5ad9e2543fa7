"""Latents refined against the silhouettes of chairs whose background was removed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from voxview.model.autoencoder import Autoencoder, load_autoencoder
from voxview.model.camera import Cameras, bounds, look
from voxview.model.picture_encoder import PictureEncoding
from voxview.model.silhouette import refine_to_silhouettes, silhouette_loss, silhouettes_of
from voxview.pictures.view import View
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.frame import Floats
from voxview.training.pictures.ray_march import march
from voxview.training.pictures.volumes import build_volumes

ANGLES = torch.tensor([[30.0, 15.0], [-70.0, 25.0]])
PLACES = (3, 120)


@pytest.fixture(scope="module")
def autoencoder() -> Autoencoder:
    return load_autoencoder("chairs", "cpu")


@pytest.fixture(scope="module")
def latents(autoencoder: Autoencoder) -> Floats:
    """Latents of two chairs, and of two others."""
    grids = np.stack([sample_catalog()[place].read() for place in (*PLACES, 60, 200)])
    return autoencoder.encode(grids, refine=0)


@pytest.fixture(scope="module")
def cameras(autoencoder: Autoencoder, latents: Floats) -> Cameras:
    """Cameras that see the two chairs as a person crops them, a little off the middle of the square."""
    cameras = look(ANGLES[:, 0], ANGLES[:, 1], torch.tensor([2.5, 5.0]), torch.zeros(2))
    fields = (torch.from_numpy(autoencoder.decode(latents[:2])) > 0.5).float()
    low, high = bounds(cameras, fields)
    up = torch.tensor([1.0, -1.0])
    return replace(
        cameras,
        scale=cameras.scale * (high - low).amax(1) / 1.6,
        centre=(low + high + 0.1) / 2 * up * cameras.scale[:, None],
    )


@pytest.fixture(scope="module")
def masks(autoencoder: Autoencoder, latents: Floats, cameras: Cameras) -> Floats:
    return shadows_of(autoencoder, latents[:2], cameras, 227)


def shadows_of(autoencoder: Autoencoder, latents: Floats, cameras: Cameras, side: int) -> Floats:
    """Return the silhouettes of what is decoded, cut at 0.5."""
    fields = torch.from_numpy(autoencoder.decode(latents) > 0.5).float()
    return silhouettes_of(fields, cameras, side).numpy()


def encoding_of(latents: Floats) -> PictureEncoding:
    views = tuple(View(azimuth + 8, elevation - 4) for azimuth, elevation in ANGLES.tolist())
    return PictureEncoding(latents, views[: len(latents)], np.zeros(len(latents), np.float32))


def overlap(a: Floats, b: Floats) -> np.ndarray:
    """Return the IoU of fields, pair by pair."""
    p, q = a > 0.5, b > 0.5
    return (p & q).sum((1, 2, 3)) / (p | q).sum((1, 2, 3))


def test_a_silhouette_is_where_the_renderer_of_training_shows_the_chair() -> None:
    grids = torch.from_numpy(np.stack([sample_catalog()[place].read() for place in PLACES])).float()
    cameras = look(ANGLES[:, 0], ANGLES[:, 1], torch.tensor([2.5, 5.0]), torch.zeros(2))
    shown = march(build_volumes(grids, torch.zeros(2)), cameras, 64, 48).cover > 0.5
    found = silhouettes_of(grids, cameras, 64) > 0.5
    agree, mirrored = (
        (shown & other).sum((1, 2)) / (shown | other).sum((1, 2)) for other in (found, found.flip(2))
    )
    assert bool((agree > 0.8).all()) and bool((agree > mirrored + 0.1).all())


def test_what_covers_a_mask_has_no_loss_and_what_misses_it_has_all() -> None:
    mask = torch.zeros(1, 8, 8)
    mask[:, 2:5, 2:5] = 1
    nothing = torch.zeros(1, 8, 8)
    assert silhouette_loss(mask, mask).item() < 1e-3
    assert silhouette_loss(nothing, mask).item() > 0.99


def test_what_is_decoded_covers_the_silhouette_better(
    autoencoder: Autoencoder, latents: Floats, masks: Floats, cameras: Cameras
) -> None:
    start = 0.75 * latents[:2] + 0.25 * latents[2:]
    refined = refine_to_silhouettes(autoencoder, encoding_of(start), masks)
    assert refined.views == encoding_of(start).views
    # From the true cameras, which the refinement does not know: neither the angles nor the crop.
    before, after = (
        silhouette_loss(
            torch.from_numpy(shadows_of(autoencoder, z, cameras, 227)), torch.from_numpy(masks).clamp(0, 1)
        )
        for z in (start, refined.latents)
    )
    assert bool((after < before + 1e-3).all()) and bool((after < 0.95 * before).any())


def test_each_picture_is_refined_independently_of_the_others(
    autoencoder: Autoencoder, latents: Floats, masks: Floats
) -> None:
    both = refine_to_silhouettes(autoencoder, encoding_of(latents[:2]), masks).latents
    alone = refine_to_silhouettes(autoencoder, encoding_of(latents[:1]), masks[:1]).latents
    assert np.allclose(overlap(autoencoder.decode(both[:1]), autoencoder.decode(alone)), 1, atol=0.02)


def test_a_silhouette_with_nothing_in_it_leaves_finite_numbers(
    autoencoder: Autoencoder, latents: Floats, masks: Floats
) -> None:
    empty = np.zeros_like(masks[:1])
    refined = refine_to_silhouettes(autoencoder, encoding_of(latents[:1]), empty)
    assert np.isfinite(refined.latents).all()


def test_an_autoencoder_without_a_curvature_keeps_what_the_encoder_said(
    latents: Floats, masks: Floats
) -> None:
    encoding = encoding_of(latents[:2])
    assert refine_to_silhouettes(load_autoencoder("study", "cpu"), encoding, masks) is encoding

"""Where a picture encoder's batches come from: random chairs, rendered at random."""

from __future__ import annotations

import torch

from voxview.training.batches import seed_generator
from voxview.training.picture_config import PictureConfig
from voxview.training.pictures.batch import PictureBatch, PictureRenderer
from voxview.training.process_group import ProcessGroup
from voxview.training.replayed import Replayed
from voxview.training.targets import Targets


class BatchSource:
    """Draws and renders one process's part of each batch.

    A scene is hundreds of short kernels, which the host launches more slowly than a GPU runs them: there they
    are replayed as a CUDA graph, while the host launches the step before.
    """

    def __init__(
        self, renderer: PictureRenderer, targets: Targets, config: PictureConfig, group: ProcessGroup
    ) -> None:
        self._renderer, self._targets, self._config, self._group = renderer, targets, config, group
        self._generator = torch.Generator(group.device)
        self._batch: PictureBatch | None = None
        self._render = self._draw_and_render
        if config.graph and torch.device(group.device).type == "cuda":
            self._render = Replayed(self._draw_and_render, self._generator, torch.cuda.Stream(group.device))

    def render(self, step: int) -> tuple[PictureBatch, torch.Generator]:
        """Return a step's pictures, and the generator for what else is random in it.

        They depend on seed, step and rank alone, and hold until the next ones are rendered.
        """
        seed_generator(self._generator, self._config.seed, step, self._group.rank)
        self._render()
        assert self._batch is not None
        return self._batch, self._generator

    def _draw_and_render(self) -> None:
        config, generator = self._config, self._generator
        count = config.batch // self._group.size // config.reuse
        grids, latents = self._targets.draw(count, config.real_share, generator)
        occupancy = grids.float()
        rendered = self._renderer.render(occupancy, generator)
        self._batch = PictureBatch(
            rendered.pixels, latents, occupancy[:, None], rendered.azimuth, rendered.elevation
        )

"""A few chairs, encoded and refined as CUDA graphs: Python launches kernels more slowly than they run.

A step of the refinement is some three hundred kernels of a few microseconds each. All steps are captured
together; the grids go in through a static buffer, and one look at the losses decides whether the second
graph runs, for chairs that are far off.
"""

from __future__ import annotations

import copy

import torch

from voxview.conventions import LATENT_SHAPE
from voxview.engine.pipelines.graph import capture
from voxview.model.autoencoder import GRID_SHAPE, full_precision
from voxview.model.network import Network
from voxview.model.refine import STEPS, Descent, Metric, more_steps

MOST_CHAIRS = 4
"""Largest number of chairs that has a graph: a batch keeps the GPU busy by itself."""


class EncodeGraph:
    """Captured graphs from n grids on the device to refined latents there; as `refine` refines them."""

    def __init__(self, network: Network, metric: Metric, n: int) -> None:
        """Capture the graphs for n chairs on their device, a CUDA device."""
        self._network, self._metric = network, metric
        self._grids = torch.zeros((n, *GRID_SHAPE), dtype=torch.bool, device=metric.damped.device)
        # Tensors that are made while a graph is captured lie in its memory, where each replay writes them
        # anew; they are kept, so that nothing else is put there.
        self._first = capture(self._encode, warm_up_runs=1)
        self._second = capture(self._refine_again, warm_up_runs=0)

    def run(self, grids: torch.Tensor) -> torch.Tensor:
        """Return the refined latents `(n, 8, 8)` of grids `(n, 32, 32, 32)` bool."""
        self._grids.copy_(grids)
        self._first.replay()
        latents = self._refined
        if self._is_far_off.any().item():
            self._second.replay()
            latents = self._refined_again
        return latents.reshape(-1, *LATENT_SHAPE).clone()

    def _encode(self) -> None:
        with torch.no_grad(), full_precision():
            occupancy = self._grids[:, None].float()
            z = self._network.encode(occupancy)
            self._descent = Descent(self._network, z, occupancy, self._metric)
            for _ in range(STEPS - 1):
                self._descent.step()
            self._is_far_off = self._descent.is_far_off
            last = copy.copy(self._descent)
            last.end()
            self._refined = last.best

    def _refine_again(self) -> None:
        with torch.no_grad(), full_precision():
            further = copy.copy(self._descent)
            for _ in range(more_steps(STEPS)):
                further.step()
            further.end()
            self._refined_again = torch.where(self._is_far_off[:, None], further.best, self._refined)

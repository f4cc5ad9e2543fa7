"""All pairs on a CUDA device: blended, decoded and scored there; seven numbers a blend come back."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from voxview.conventions import LATENT_SHAPE, LEVEL
from voxview.engine.request import Backend, Device
from voxview.engine.scores.pair_scores import ENCODING_COST
from voxview.engine.scores.scorer import SCORE_COUNT, Pairs, Places, common_floors, parts_to_encode
from voxview.latent.checks import kernel_of
from voxview.latent.cuda import pairs_on_device
from voxview.model.autoencoder import Autoencoder
from voxview.model.metrics import lowest_layers
from voxview.model.metrics_cuda import score_on_device
from voxview.shapes.bits import pack_rows
from voxview.shapes.frame import Floats, Grids

_BATCH = 512
"""Fields decoded at once: 64 MiB of them, and enough to fill the device."""
_ENCODED_AT_ONCE = 32
_STEP = 64
"""Batches are filled up to multiples of this: for each new size cuDNN plans anew, for milliseconds."""


class CudaScorer:
    """A scorer on a CUDA device; see `Scorer`."""

    device: Device = "cuda"
    notice: str | None = None
    blends_at_once = _BATCH
    encoding_cost = ENCODING_COST

    def __init__(
        self,
        autoencoder: Autoencoder,
        grids: Grids,
        backend: Backend,
        *,
        known: Mapping[int, Floats] | None = None,
        tf32: bool = False,
    ) -> None:
        """Take the chairs as `CpuScorer` does; decode their blends in TF32 on request."""
        self._autoencoder, self._tf32 = autoencoder, tf32
        self._kernel = kernel_of(backend)
        self._chairs = torch.from_numpy(pack_rows(grids)).cuda()
        self._floors = lowest_layers(grids)
        self._grids = torch.from_numpy(grids).cuda()
        self._known = known or {}
        self._latents = torch.empty((len(grids), *LATENT_SHAPE), device="cuda")
        self.waiting = parts_to_encode(len(grids), self._known, _ENCODED_AT_ONCE)
        self._done = 0

    def encode(self) -> Iterator[float]:
        """See `Scorer`."""
        for place, z in self._known.items():
            self.learn(np.array([place]), z[None])
        self._known = {}
        while self.waiting:
            places = self.waiting.popleft()
            part = torch.from_numpy(places).cuda()
            self._latents[part] = self._autoencoder.encode_tensor(self._grids[part])
            self._done += len(places)
            yield self._done

    def learn(self, places: Places, latents: Floats) -> None:
        """See `Scorer`."""
        self._latents[torch.from_numpy(places).cuda()] = torch.from_numpy(latents).cuda()
        self._done += len(places)

    def latents(self) -> Floats:
        """See `Scorer`."""
        return np.asarray(self._latents.cpu().numpy())

    def ends(self, some: slice) -> Floats:
        """See `Scorer`."""
        return self._scores(self._latents[some], self._floors[some])

    def between(self, pairs: Pairs, t: Floats) -> Floats:
        """See `Scorer`."""
        blends = torch.empty((len(pairs), len(t), *LATENT_SHAPE), device="cuda")
        positions = torch.from_numpy(t).cuda()
        stream = torch.cuda.current_stream().cuda_stream
        for part, i, others in parts_of_rows(pairs):
            z_from, z_to, out = self._latents[i : i + 1], self._latents[others], blends[part][None]
            pairs_on_device(z_from, z_to, positions, out, kernel=self._kernel, stream=stream)
        floors = common_floors(self._floors, pairs, len(t))
        return self._scores(blends.view(-1, *LATENT_SHAPE), floors).reshape(SCORE_COUNT, len(pairs), len(t))

    def _scores(self, latents: torch.Tensor, floors: NDArray[np.int32]) -> Floats:
        parts = []
        on_device = torch.from_numpy(floors).cuda()
        for part, floor in zip(latents.split(_BATCH), on_device.split(_BATCH), strict=True):
            filled = torch.cat([part, part.new_zeros((-len(part) % _STEP, *LATENT_SHAPE))])
            fields = self._autoencoder.decode_tensor(filled, tf32=self._tf32)[: len(part)].contiguous()
            parts.append(cuda_scores_of(fields, floor, self._chairs))
        return np.asarray(torch.cat(parts, 1).cpu().numpy())


def parts_of_rows(pairs: Pairs) -> Iterator[tuple[slice, int, slice]]:
    """Yield which of the pairs are one chair i with others side by side, and i and those.

    The kernels blend each of some chairs with each of others, so a list of pairs is a launch for each part.
    """
    row, column = pairs.T
    is_cut = (np.diff(row) != 0) | (np.diff(column) != 1)
    ends = [*(np.flatnonzero(is_cut) + 1).tolist(), len(pairs)]
    for start, end in itertools.pairwise([0, *ends]):
        if start < end:
            first = int(column[start])
            yield slice(start, end), int(row[start]), slice(first, first + end - start)


def cuda_scores_of(fields: torch.Tensor, floors: torch.Tensor, chairs: torch.Tensor) -> torch.Tensor:
    """Score like `scores_of` on a GPU: fields `(m, 32, 32, 32)`, floors `(m,)`, packed chairs: `(7, m)`."""
    scores = torch.empty((SCORE_COUNT, len(fields)), device="cuda")
    stream = torch.cuda.current_stream().cuda_stream
    score_on_device(fields, chairs, floors, scores, level=LEVEL, stream=stream)
    return scores

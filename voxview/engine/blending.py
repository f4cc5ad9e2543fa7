"""Blends of pairs on one device, from what was decoded ahead or from the two latents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from voxview.conventions import LATENT_SHAPE, LEVEL, RESOLUTION
from voxview.engine.chair_cache import ChairCache
from voxview.engine.path import MorphPath
from voxview.engine.pipelines.pipeline import Pipeline, Shape
from voxview.engine.request import Backend, BlendRequest, BlendResult, Device
from voxview.engine.requested_surface import as_requested
from voxview.engine.timings import Stage
from voxview.shapes.components import without_small_components
from voxview.shapes.frame import Grids


class Blender:
    """The answers to blend requests, on the device and with the backend that a request names."""

    def __init__(self, pipelines: Mapping[Device, Pipeline], chairs: ChairCache) -> None:
        self._pipelines = pipelines
        self._chairs = chairs
        self._warm: set[tuple[Device, Backend]] = set()
        self.path: MorphPath | None = None
        """The path that is decoded ahead, of the pair that was requested last."""

    def blend(self, request: BlendRequest) -> BlendResult:
        """Return the request's blend; a live one encodes its two chairs anew."""
        pipeline = self.pipeline_for(request)
        ahead = None if request.live else self._decoded_ahead(request, pipeline)
        if ahead is not None:
            return _result(request, ahead, {}, decoded_ahead=True)
        pair = request.a, request.b
        (z_a, z_b), before = self._chairs.latents(
            pair, request.device, fresh=request.live, allow_unrefined=True
        )
        return _result(request, pipeline.shape(z_a, z_b, request.t, request.backend), before)

    def blend_encoded(self, request: BlendRequest, encode_ms: float) -> BlendResult:
        """Return the blend of latents that were made just now, in `encode_ms` milliseconds."""
        pipeline = self.pipeline_for(request)
        (z_a, z_b), before = self._chairs.latents((request.a, request.b), request.device)
        before = before | {Stage.ENCODE: encode_ms}
        return _result(request, pipeline.shape(z_a, z_b, request.t, request.backend), before)

    def blend_together(self, requests: Sequence[BlendRequest]) -> list[BlendResult]:
        """Return the blends of requests that differ in t only, decoded in one batch of refined latents.

        Each result's timings are its share of the batch.
        """
        first = requests[0]
        pipeline = self.pipeline_for(first)
        (z_a, z_b), encoding = self._chairs.latents((first.a, first.b), first.device)
        t = np.array([request.t for request in requests], np.float32)
        fields, decoding = pipeline.decode(z_a, z_b, t, first.backend)
        share = {stage: ms / len(requests) for stage, ms in (encoding | decoding).items()}
        return [
            _result(request, pipeline.finish(field), share)
            for request, field in zip(requests, fields, strict=True)
        ]

    def grids(self, request: BlendRequest, positions: Sequence[float], device: Device) -> Grids:
        """Return the grids `(k, 32, 32, 32)` of the request's pair at some positions, on another device, too.

        As they would be shown: without small components where the request wants that.
        """
        if device != request.device:
            request = replace(request, device="cpu", backend="numpy")
        (z_a, z_b), _ = self._chairs.latents((request.a, request.b), device)
        t = np.array(positions, np.float32)
        fields, _ = self.pipeline_for(request).blend(z_a, z_b, t, request.backend)
        grids = fields > LEVEL
        if request.remove_small_components:
            return np.stack([without_small_components(grid) for grid in grids])
        return np.asarray(grids)

    def chunk(self, device: Device) -> int:
        """Return how many blends the device decodes at once."""
        return self._pipelines[device].chunk

    def pipeline_for(self, request: BlendRequest) -> Pipeline:
        """Return the request's pipeline, its kernels compiled and graphs captured: outside of the clock."""
        pipeline = self._pipelines[request.device]
        if (request.device, request.backend) not in self._warm:
            if request.device == "cpu":  # nothing is compiled there, and refining takes as long as 20 moves
                z = np.zeros((2, *LATENT_SHAPE), np.float32)
            else:
                z, _ = pipeline.encode(np.zeros((2, *(RESOLUTION,) * 3), bool))
            pipeline.shape(z[0], z[1], 0.5, request.backend)
            self._warm.add((request.device, request.backend))
        return pipeline

    def _decoded_ahead(self, request: BlendRequest, pipeline: Pipeline) -> Shape | None:
        """Return the request's shape, with its surface made now or before; None if it is not decoded yet."""
        if self.path is None or not self.path.request.same_path(request):
            return None
        whole = self.path.shapes.get(request.position)
        if whole is not None:
            return replace(whole, timings={})  # they are of then
        field = self.path.fields.get(request.position)
        return None if field is None else pipeline.finish(field)


def _result(
    request: BlendRequest, made: Shape, before: dict[Stage, float], *, decoded_ahead: bool = False
) -> BlendResult:
    """Return what was made as the request's result; `before`: milliseconds of the stages that led to it."""
    timings = before | {stage: before.get(stage, 0.0) + ms for stage, ms in made.timings.items()}
    result = BlendResult(request, made.field, made.surface, timings, request.device, decoded_ahead)
    return as_requested(result)

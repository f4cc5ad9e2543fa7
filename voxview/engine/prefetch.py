"""Decoding and scoring of a pair's path before the slider moves there, in steps that a move can wait for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from voxview.engine.blending import Blender
from voxview.engine.chair_cache import ChairCache
from voxview.engine.events import DecodedAhead
from voxview.engine.path import POSITIONS, MorphPath
from voxview.engine.pipelines.pipeline import Pipeline
from voxview.engine.request import PATH_STEPS, BlendRequest, Position
from voxview.model.metrics import lowest_layers, symmetry


def prefetch_path(request: BlendRequest, blender: Blender, chairs: ChairCache) -> Iterator[DecodedAhead]:
    """Decode the path of the request's pair, the neighbourhood of its t first, and yield after each step.

    The path becomes the blender's, which answers from it at once. Decoding a chunk is one step, scoring it
    another one, and where a picture would wait for them its surfaces are a step as well; the steps of the
    whole path are the last. The request is one that is supported here; its latents are refined.
    """
    path = blender.path
    if path is None or not path.request.same_path(request):
        path = blender.path = (path and path.reversed_for(request)) or _empty_path(request, chairs)
    yield DecodedAhead(path.done, PATH_STEPS, path.scores_so_far())  # a path may be there already
    pipeline = blender.pipeline_for(request)
    while (unscored := path.unscored()) or path.done < PATH_STEPS:
        bare = path.without_surface() if pipeline.makes_surfaces_ahead else []
        if bare:
            path.shapes.update({position: pipeline.finish(path.fields[position]) for position in bare})
            yield DecodedAhead(path.done, PATH_STEPS)
            continue
        if unscored:
            _score(path, unscored, pipeline, chairs)
            yield DecodedAhead(path.done, PATH_STEPS, path.scores_so_far())
            continue
        missing = path.missing_near(request.position, pipeline.chunk)
        (z_a, z_b), _ = chairs.latents((request.a, request.b), request.device)
        t = np.array([position.t for position in missing], np.float32)
        fields, _ = pipeline.decode(z_a, z_b, t, request.backend)
        path.fields.update(zip(missing, fields, strict=True))
        yield DecodedAhead(path.done, PATH_STEPS)
    if path.arc_length is None:
        path.add_steps(pipeline.steps([path.fields[position] for position in POSITIONS]))
        yield DecodedAhead(path.done, PATH_STEPS, path.scores_so_far())


def _empty_path(request: BlendRequest, chairs: ChairCache) -> MorphPath:
    return MorphPath(request, min(symmetry(chairs.grid(chair)) for chair in (request.a, request.b)))


def _score(path: MorphPath, positions: Sequence[Position], pipeline: Pipeline, chairs: ChairCache) -> None:
    """Score decoded blends of a path, against its two chairs and where those stand."""
    grids = np.stack([chairs.grid(path.request.a), chairs.grid(path.request.b)])
    floor_a, floor_b = lowest_layers(grids)
    ends = {0.0: floor_a, 1.0: floor_b}
    floors = [ends.get(position.t, max(floor_a, floor_b)) for position in positions]
    fields = [path.fields[position] for position in positions]
    path.add_scores(positions, pipeline.score(fields, np.array(floors, np.int32), grids))

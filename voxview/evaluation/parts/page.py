"""The page of an evaluation of a parts network, with contact sheets that nobody chose."""

from __future__ import annotations

import os
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

from voxview.conventions import LEVEL
from voxview.evaluation.contact_sheet import PIXELS, png_address, write_page_from
from voxview.evaluation.parts.results import MeasuredClouds, PartsEvaluation
from voxview.evaluation.report.record import Record
from voxview.shapes.frame import Doubles, Grid
from voxview.shapes.parts import NO_PART, PART_COLOURS, PARTS, Labels
from voxview.shapes.points_as_voxels import points_as_voxels
from voxview.surface.parts import voxel_colours
from voxview.surface.picture import render_chair

BEHIND = 150.0
"""Azimuth of the second picture of a blend, degrees."""


class Tile(NamedTuple):
    """Two pictures of the sheet beside each other; the sources are `data:` addresses."""

    first: str
    second: str
    title: str


def write_page(path: str | os.PathLike[str], record: Record, evaluation: PartsEvaluation) -> None:
    """Write the page, atomically."""
    blends = [
        Tile(
            _drawn(blend.field > LEVEL, blend.labels),
            _drawn(blend.field > LEVEL, blend.labels, BEHIND),
            blend.title,
        )
        for blend in evaluation.blends
    ]
    clouds = _clouds(evaluation.measured) if evaluation.measured else []
    legend = [
        (part, "#{:02x}{:02x}{:02x}".format(*colour))
        for part, colour in zip(PARTS, PART_COLOURS, strict=True)
    ]
    write_page_from(
        "voxview.evaluation.parts", path, record, blend_tiles=blends, cloud_tiles=clouds, legend=legend
    )


def _clouds(measured: MeasuredClouds) -> list[Tile]:
    own = next(iter(measured.iou.values()))
    tiles = []
    for points, said, true, title, iou in zip(
        measured.clouds.points, measured.said, measured.clouds.labels, measured.clouds.ids, own, strict=True
    ):
        grid = points_as_voxels(points.astype(np.float32))
        first, second = (_drawn(grid, _of_voxels(grid, points, labels)) for labels in (said, true))
        tiles.append(Tile(first, second, f"IoU {iou:.2f}: {title}"))
    return tiles


def _of_voxels(grid: Grid, points: Doubles, labels: Labels) -> Labels:
    """Return the label of the point nearest to each voxel of the grid."""
    of_voxels = np.full(grid.shape, NO_PART, np.uint8)
    centres = (np.argwhere(grid) + 0.5) / len(grid) - 0.5
    of_voxels[grid] = labels[cKDTree(points).query(centres)[1]]
    return of_voxels


def _drawn(grid: Grid, labels: Labels, azimuth: float = 32.0) -> str:
    picture = render_chair(
        grid,
        (PIXELS, PIXELS),
        color=voxel_colours(labels),
        background=(255, 255, 255),
        azimuth=azimuth,
    )
    return png_address(picture)

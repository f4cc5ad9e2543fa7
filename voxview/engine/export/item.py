"""One shape that is exported: a blend, a mix, a decoded latent or a chair, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from voxview.conventions import LEVEL
from voxview.engine.export.names import blend_name, chair_name, digits_for, slug
from voxview.engine.export.options import ExportOptions
from voxview.engine.latent_request import LatentResult
from voxview.engine.mix import MixResult
from voxview.engine.request import BlendResult, LoadedChair
from voxview.engine.shape_quality import ShapeQuality, quality_of
from voxview.model.metrics import lowest_layers
from voxview.shapes.chair import Chair
from voxview.shapes.components import without_small_components
from voxview.shapes.parts import NO_PART
from voxview.surface.colours import BLUE, blend_color
from voxview.surface.extract import extract_surface
from voxview.surface.parts import with_nearest
from voxview.surface.picture import AMBER, Color
from voxview.surface.surface import Surface

if TYPE_CHECKING:
    from voxview.shapes.frame import Field, Grid, Grids
    from voxview.shapes.parts import Labels

GREEN: Color = blend_color(0.5)


@dataclass(frozen=True, eq=False)
class Item:
    """A shape, and what its files are called."""

    name: str
    """Without a suffix."""
    caption: str
    """Names and t, as they stand below its picture."""
    shape: Grid | Field
    facts: dict[str, object]
    """What the manifest says of it."""
    color: Color
    surface: Surface | None = None
    """That of the shape at the level 0.5, where there is one."""
    labels: Labels | None = None
    """The part of each voxel, where parts are to be in the files."""
    chairs: Grids | None = None
    """The chairs that it was made of, `(n, 32, 32, 32)`, which measures compare with."""

    def cut(self, options: ExportOptions) -> CutItem:
        """Return the item at the level, without small components if that is wanted."""
        shape, surface = self.shape, self.surface
        grid = np.asarray(shape > options.level)
        removed = 0
        if options.remove_small_components:
            kept = without_small_components(grid)
            removed = int(grid.sum() - kept.sum())
            if removed:
                below = np.nextafter(np.float32(options.level), np.float32(0))
                is_grid = shape.dtype == np.bool_
                shape = kept if is_grid else np.where(grid & ~kept, np.minimum(shape, below), shape)
                grid, surface = kept, None
        fits = surface is not None and surface.resolution == options.surface_resolution
        if surface is None or not fits or options.level != LEVEL:
            level = options.level if shape.dtype != np.bool_ else LEVEL
            surface = extract_surface(shape, level, resolution=options.surface_resolution)
        labels = None if self.labels is None else np.where(grid, with_nearest(self.labels), NO_PART)
        return CutItem(replace(self, labels=labels), shape, grid, surface, removed)


@dataclass(frozen=True, eq=False)
class CutItem:
    """An item as it is written."""

    item: Item
    shape: Grid | Field
    grid: Grid
    surface: Surface
    removed: int = 0
    """How many voxels of small components were left out."""

    def facts(self, options: ExportOptions, chairs: Grids | None = None) -> dict[str, object]:
        """Return what the manifest says of it: size, triangles, measures on its voxels, millimetres.

        It should stand as its `chairs` `(n, 32, 32, 32)` do, and its novelty is compared with theirs.
        """
        floor = 0 if chairs is None else int(lowest_layers(chairs).max())
        height = float(np.ptp(self.surface.vertices[:, 1])) if not self.surface.is_empty else 0.0
        facts = {
            **self.item.facts,
            **({"small_component_voxels_removed": self.removed} if options.remove_small_components else {}),
            "voxels": int(self.grid.sum()),
            "triangles": len(self.surface.faces),
            "quality": _measures(quality_of(self.grid, floor, chairs)) if self.grid.any() else None,
        }
        if "stl" in options.formats and height:
            low, high = self.surface.vertices.min(axis=0), self.surface.vertices.max(axis=0)
            sides = (high - low).astype(np.float64) / height * options.print_size.height
            width, height, depth = np.round(sides, 2).tolist()
            facts["stl_mm"] = {"width": width, "height": height, "depth": depth}
        return facts


def _measures(quality: ShapeQuality) -> dict[str, object]:
    return {
        "in_one_piece": quality.in_one_piece,
        "largest_share": round(quality.largest_share, 4),
        "pieces": quality.pieces,
        "loose_voxels": quality.loose_voxels,
        "stands": quality.stands,
        "stable": quality.is_stable,
        "symmetry": round(quality.symmetry, 4),
        **({} if quality.novelty is None else {"novelty": round(quality.novelty, 4)}),
    }


def identify(chair: Chair) -> dict[str, object]:
    """Return which chair it is; of a file's also how it was read, of a picture's or a cloud's by what."""
    keys = ("up", "turn", "picture", "crop", "points", "distance", "autoencoder", "unfamiliarity")
    more = {key: chair.details[key] for key in keys if key in chair.details}
    return {"id": chair.id, "name": chair.name, "source": chair.source, **more}


def of_blend(result: BlendResult, name: str = "", caption: str = "") -> Item:
    """Return a blend as an item, called by its pair and t unless a name is given."""
    request = result.request
    t = request.t
    shape, surface = _as_decoded(result)
    return Item(
        name or blend_name(request.a, request.b, t),
        caption or f"{request.a.name} → {request.b.name}   t = {t:.{digits_for(t)}f}",
        shape,
        {"t": t, **_computed(result)},
        blend_color(t),
        surface,
    )


def of_mix(result: MixResult, name: str, caption: str) -> Item:
    """Return a mix as an item."""
    request = result.request
    parts = [
        {**identify(chair), "weight": weight}
        for chair, weight in zip(request.chairs, request.weights, strict=True)
    ]
    facts: dict[str, object] = {"chairs": parts, **_computed(result)}
    if request.shift:
        facts["shift"] = dict(request.shift)
    shape, surface = _as_decoded(result)
    return Item(name, caption, shape, facts, GREEN, surface)


def of_latent(result: LatentResult) -> Item:
    """Return a decoded latent as an item."""
    name = result.request.name
    facts: dict[str, object] = {"name": name, "latent": result.request.latent.tolist()}
    shape, surface = _as_decoded(result)
    return Item(slug(name), name, shape, facts, GREEN, surface)


def of_chair(loaded: LoadedChair, letter: str) -> Item:
    """Return A or B as it is, its own voxels."""
    chair, color = loaded.chair, AMBER if letter == "A" else BLUE
    facts = {"letter": letter, **identify(chair), "reconstruction_iou": round(loaded.iou, 4)}
    return Item(f"{letter}_{chair_name(chair)}", chair.name, loaded.grid, facts, color, loaded.surface)


def with_labels(item: Item, labels: Labels | None) -> Item:
    """Return the item with the part of each voxel."""
    return replace(item, labels=labels)


def _as_decoded(result: BlendResult | MixResult | LatentResult) -> tuple[Field, Surface | None]:
    """Return a result's field with its small components, and its surface unless that is without them.

    Whether they are written is said by the options of the export, whatever is on screen.
    """
    if result.field_with_all is None:
        return result.field, result.surface
    return result.field_with_all, None


def _computed(result: BlendResult | MixResult) -> dict[str, object]:
    """Return how a result was computed."""
    return {
        "device": result.device,
        "backend": result.request.backend,
        "milliseconds": {str(stage): round(ms, 4) for stage, ms in result.timings.items()},
        **({"notice": result.notice} if result.notice else {}),
    }

"""The files of one exported item, and exports of a few items that are there already."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from pathlib import Path

from voxview.engine.export.drawing import TURN_FRAMES, turn_frames, write_films, write_picture
from voxview.engine.export.item import CutItem, Item
from voxview.engine.export.marker import MARKER, marked_incomplete
from voxview.engine.export.options import (
    PARTS_FORMAT,
    PICTURE_FORMAT,
    SHAPE_FORMATS,
    VOXEL_FORMATS,
    ExportOptions,
)
from voxview.engine.step import Step
from voxview.shapes.io.atomic import write_atomically
from voxview.shapes.io.folders import made_folder
from voxview.surface.write import PART_SUFFIXES, write_shape

TURN_NAME = "_turntable"
"""What is added to a shape's name in that of a film that goes once around it."""
FRAME_COST = 0.2
"""Of a frame of a film, beside that of a file."""


def write_item(
    folder: Path, cut: CutItem, options: ExportOptions, only: Path | None = None
) -> Generator[bool, None, list[Path]]:
    """Write an item in every format but films and sets; returns the files.

    `only` is the very file for the one format, whose suffix may be in capitals. Yields True
    after each file, and False within one that takes long.
    """
    files: list[Path] = []
    for kind in options.formats:
        path = only or folder / f"{cut.item.name}.{kind}"
        if kind == PICTURE_FORMAT:
            yield from write_picture(path, cut, options.picture)
        elif kind in SHAPE_FORMATS or (kind == PARTS_FORMAT and cut.item.labels is not None):
            write_cut(path, cut, options)
        else:
            continue
        files.append(path)
        yield True
    return files


def write_cut(path: Path, cut: CutItem, options: ExportOptions) -> None:
    """Write an item to a file of shapes, with its parts where it has any and the file carries them."""
    labels = cut.item.labels if path.suffix.lower() in PART_SUFFIXES else None
    if path.suffix.lower()[1:] in VOXEL_FORMATS:
        write_shape(path, cut.grid, labels)
    else:
        write_shape(path, cut.surface, labels, print_size=options.print_size)


def planned_files(items: Sequence[str], options: ExportOptions, folder: Path) -> list[Path]:
    """Return what `export_items` writes for items of these names, the manifest left out."""
    kinds = [kind for kind in options.formats if kind not in ("strip", "sheet")]
    turning = options.film_formats
    return [
        folder / (f"{name}{TURN_NAME}.{kind}" if kind in turning else f"{name}.{kind}")
        for name in items
        for kind in kinds
    ]


def export_items(
    items: Sequence[Item],
    folder: Path,
    options: ExportOptions,
    manifest: tuple[Path, dict[str, object]] | None = None,
    *,
    marker: Path | None = None,
    only: Path | None = None,
) -> Generator[Step, None, list[Path]]:
    """Write items that are there already, each with a turntable where films are wanted.

    `only` is the very file of one item in one format; else files are called by item and format.

    `manifest` is where it goes, and what it says beside the items. Unless there is but
    one file, which is there whole or not at all, the export is marked as incomplete while it runs. Returns
    the files.
    """
    with ExitStack() as stack:
        stack.enter_context(made_folder(folder))
        writer = _ItemWriter(items, folder, options, only)
        if len(items) * len(options.formats) + (manifest is not None) > 1:
            what = "VoxView writes " + ", ".join(item.caption for item in items)
            stack.enter_context(marked_incomplete(marker or folder / MARKER, what))
        facts = yield from writer.write(measured=manifest is not None)
        if manifest is not None:
            path, head = manifest
            content = {**head, **settings_of(options), "shapes": facts}
            writer.files.append(write_manifest(path, content, writer.files))
    return writer.files


class _ItemWriter:
    """What has been written so far of a few items."""

    def __init__(
        self, items: Sequence[Item], folder: Path, options: ExportOptions, only: Path | None
    ) -> None:
        self._items, self._folder, self._options, self._only = items, folder, options, only
        self.files: list[Path] = []
        frames = TURN_FRAMES * FRAME_COST if options.film_formats else 0.0
        self._cost = len(items) * (len(options.formats) + frames)
        self._done, self._spent = 0, 0.0

    def write(self, *, measured: bool) -> Generator[Step, None, list[dict[str, object]]]:
        """Write them; if they are measured, return what a manifest says of each.

        Measuring needs PyTorch, which belongs to the engine's thread.
        """
        facts: list[dict[str, object]] = []
        for item in self._items:
            cut = item.cut(self._options)
            yield self._step(0.0)
            yield from self._stepping(write_item(self._folder, cut, self._options, self._only), 1.0)
            if kinds := self._options.film_formats:
                paths = [self._only or self._folder / f"{item.name}{TURN_NAME}.{kind}" for kind in kinds]
                frames = turn_frames(cut, self._options.picture)
                yield from self._stepping(write_films(paths, frames), FRAME_COST)
            if measured:
                facts.append(cut.facts(self._options, item.chairs))
            self._done += 1
        return facts

    def _stepping(self, work: Generator[bool, None, list[Path]], cost: float) -> Generator[Step, None, None]:
        while True:
            try:
                ended = next(work)
            except StopIteration as end:
                self.files += end.value
                return
            yield self._step(cost if ended else 0.0)

    def _step(self, cost: float) -> Step:
        self._spent += cost
        return Step(self._done, len(self._items), None, "shapes", min(1.0, self._spent / self._cost))


def settings_of(options: ExportOptions) -> dict[str, object]:
    """Return what a manifest says of how everything was written."""
    size = options.print_size
    return {
        "formats": list(options.formats),
        "level": options.level,
        "surface_resolution": options.surface_resolution,
        "small_components_removed": options.remove_small_components,
        **({"stl": {"height_mm": size.height, "up": size.up}} if "stl" in options.formats else {}),
        **({"picture_size": list(options.picture.size)} if PICTURE_FORMAT in options.formats else {}),
    }


def write_manifest(path: Path, content: dict[str, object], files: Sequence[Path]) -> Path:
    """Write what an export holds as JSON, with the names of its files; return the file."""
    content = {**content, "files": [file.name for file in files]}
    with write_atomically(path) as temporary:
        temporary.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return path

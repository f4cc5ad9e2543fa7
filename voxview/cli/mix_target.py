"""Where `voxview mix` writes: one file, or several kinds of files into a folder."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.cli.export import export_options
from voxview.cli.terminal import run_with_progress
from voxview.engine.export.item import of_mix, with_labels
from voxview.engine.export.marker import MARKER
from voxview.engine.export.options import (
    FILM_FORMATS,
    PARTS_FORMAT,
    PICTURE_FORMAT,
    SHAPE_FORMATS,
    ExportOptions,
    can_show_parts,
    check_formats,
)
from voxview.engine.export.writing import export_items
from voxview.errors import InputError
from voxview.shapes.io.output import check_output

if TYPE_CHECKING:
    from voxview.engine.engine import Engine
    from voxview.engine.mix import MixResult
    from voxview.shapes.parts import Labels


@dataclass(frozen=True)
class MixTarget:
    """A folder, a name in it, and the kinds of files."""

    folder: Path
    name: str
    options: ExportOptions
    only: Path | None
    """The one file, as it was typed; None where several kinds go into the folder."""

    @classmethod
    def of(cls, options: argparse.Namespace) -> MixTarget:
        """Return what the options want; raise `InputError` where that cannot be written."""
        known = (*SHAPE_FORMATS, PICTURE_FORMAT, *FILM_FORMATS, *([PARTS_FORMAT] if options.parts else []))
        out: Path = options.out
        if options.formats is None:
            check_output(out, tuple(f".{kind}" for kind in known))
            chosen = check_formats([out.suffix], known)
            return cls(out.parent, out.stem, export_options(options, chosen), out)
        chosen = check_formats(options.formats.split(","), known)
        if out.is_file():
            raise InputError(f"cannot write into {out}: it is a file, and --formats wants a folder")
        name = "exchange" if options.parts else "mix"
        return cls(out, name, export_options(options, chosen), None)

    @property
    def carries_parts(self) -> bool:
        """Whether a file of one of the kinds can show or say which part a voxel is of."""
        return any(map(can_show_parts, self.options.formats))

    def write(self, engine: Engine, result: MixResult, caption: str, labels: Labels | None = None) -> None:
        """Write a mix, with its parts if there are any."""
        item = with_labels(of_mix(result, self.name, caption), labels)
        head: dict[str, object] = {
            "weights": engine.weights,
            "weights_fingerprint": engine.weights_fingerprint,
        }
        manifest = (self.folder / f"{self.name}.json", head) if self.only is None else None
        marker = self.folder / f"{self.name}.{MARKER}"  # a morph in the same folder has another one
        work = export_items([item], self.folder, self.options, manifest, marker=marker, only=self.only)
        run_with_progress(work, "writing")

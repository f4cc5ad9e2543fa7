"""What is exported, and how: what the export dialog answers, and what it remembers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from voxview.engine.export.names import blend_name, pair_name, slug
from voxview.engine.latent_request import LatentResult
from voxview.engine.mix import MixResult
from voxview.engine.request import BlendResult, LoadedChair
from voxview.gui.session.shown import Result
from voxview.gui.session.titles import mix_file_stem, mix_title
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.engine.export.options import ExportOptions
    from voxview.engine.pace import Pace


class What(Enum):
    """What of it all is written."""

    SHOWN = "shown"
    """What is in the middle."""
    BLENDS = "blends"
    """Blends at chosen t's."""
    MORPH = "morph"
    PAIR = "pair"
    """A and B."""


@dataclass(frozen=True)
class Subject:
    """What was on screen when the export was wanted: that is written, whatever comes meanwhile."""

    result: Result
    chairs: tuple[Chair, Chair] | None
    """A and B."""
    pair: tuple[LoadedChair, LoadedChair] | None
    """A and B as they were read; None where they are not the ones on screen."""

    def choices(self) -> dict[What, str]:
        """Return what there is to choose from, in words."""
        result, texts = self.result, {}
        if isinstance(result, BlendResult):
            texts[What.SHOWN] = f"The blend on screen, t = {result.request.t:.3g}"
        elif isinstance(result, MixResult):
            texts[What.SHOWN] = f"The mix on screen: {mix_title(result.request)}"
        else:
            texts[What.SHOWN] = f"The chair on screen: {result.request.name}"
        if self.chairs is not None:
            texts[What.BLENDS] = "Blends at chosen t's"
            texts[What.MORPH] = "The morph, the whole way from A to B"
        if self.pair is not None:
            texts[What.PAIR] = "The pair, A and B as they are"
        return texts

    def name(self, what: What) -> str:
        """Return what the file or the folder of it is called, without a suffix."""
        if what is not What.SHOWN and self.chairs is not None:
            pair = pair_name(*self.chairs)
            return {What.MORPH: f"{pair}-morph", What.BLENDS: f"{pair}-blends"}.get(what, pair)
        result = self.result
        if isinstance(result, MixResult):
            return mix_file_stem(result.request)
        if isinstance(result, LatentResult):
            return slug(result.request.name)
        return blend_name(result.request.a, result.request.b, result.request.t)


@dataclass(frozen=True)
class ExportChoice:
    """The answer to the export dialog."""

    what: What
    options: ExportOptions
    folder: Path
    name: str
    """Of the file, without its suffix, or of the folder for several shapes."""
    manifest: bool = False
    """Whether a manifest of all of it is written, too; sets have one always."""
    at: tuple[float, ...] = ()
    """The chosen t's."""
    steps: int = 11
    pace: Pace = "linear"

    @property
    def place(self) -> Path:
        """The folder that the files go into: one of their own where there are several shapes."""
        return self.folder if self.what is What.SHOWN else self.folder / self.name

    @property
    def has_manifest(self) -> bool:
        """Whether a manifest of all of it is written."""
        return self.manifest or self.what is not What.SHOWN

    @property
    def manifest_name(self) -> str:
        """What that file is called."""
        return f"{self.name if self.what is What.SHOWN else self.what.value}.json"


def typed_ts(text: str) -> list[float]:
    """Return the t's of a list that was typed; raise `ValueError` where one is no number.

    Between two of them are blanks, semicolons or commas. A comma is a decimal sign where it can be nothing
    else: no number has a point, and there are blanks or semicolons between them, or it is one as `0,25`.
    """
    words = [word for word in re.split(r",\s+|[;\s]+", text.strip(",; \t")) if word]
    is_one = len(words) == 1 and re.fullmatch(r"0,(\d\d+|[2-9])", words[0])  # 25 is no t; 0,1 are two
    if "." not in text and (len(words) > 1 or is_one):
        return [float(word.replace(",", ".")) for word in words]
    return [float(word) for word in re.split(r"[,;\s]+", text) if word]

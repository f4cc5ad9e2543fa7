"""A whole morph: every blend from t = 0 to t = 1, or blends at some t's, written to files."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from voxview.conventions import LEVEL
from voxview.engine.engine import Engine
from voxview.engine.export.blends import BlendWriter, Label
from voxview.engine.export.drawing import MORPH_FRAMES
from voxview.engine.export.item import identify
from voxview.engine.export.marker import MARKER, marked_incomplete
from voxview.engine.export.options import FORMATS, PARTS_FORMAT, ExportOptions, check_formats
from voxview.engine.export.writing import settings_of, write_manifest
from voxview.engine.pace import Pace, even_positions
from voxview.engine.request import Backend, BlendRequest, Device
from voxview.engine.step import Step
from voxview.errors import InputError
from voxview.model.arc_length import Placement
from voxview.shapes.chair import Chair
from voxview.shapes.io.folders import made_folder

KNOWN = (*FORMATS, PARTS_FORMAT)
MAX_PICTURES = 101
"""Pictures in a strip or on a sheet: a strip of them is 19,000 pixels wide already."""


@dataclass(frozen=True)
class ExportedMorph:
    """What was written, and at which t's."""

    files: list[Path]
    placement: Placement
    """The t's of the blends, and the steps between these as they were written."""
    pace: Pace

    @property
    def pace_text(self) -> str:
        """How even an even morph is, in a sentence; nothing of a linear one."""
        if self.pace == "linear":
            return ""
        text = f"even pace: the largest step is {self.placement.largest_over_mean:.2f} × the mean"
        if self.placement.is_even:
            return text
        here, there = self.placement.largest
        return f"{text}, from t = {here:g} to {there:g}; no other t's that were tried are more even"


def positions(steps: int) -> list[float]:
    """Return the positions from 0 to 1, both included: of 11 steps 0, 0.1 … 1."""
    if not 2 <= steps <= 10_001:
        raise InputError(f"a morph has 2 to 10001 steps, but {steps} were requested")
    return [step / (steps - 1) for step in range(steps)]


def check_morph(steps: int, formats: Sequence[str]) -> tuple[str, ...]:
    """Return the formats without duplicates, in lower case; raise `InputError` for an impossible morph."""
    positions(steps)
    return _check_set(steps, check_formats(formats))


def _check_set(steps: int, formats: tuple[str, ...]) -> tuple[str, ...]:
    for kind, name in (("strip", "strip"), ("sheet", "contact sheet")):
        if kind in formats and steps > MAX_PICTURES:
            raise InputError(
                f"a {name} shows up to {MAX_PICTURES} pictures, not {steps}: take fewer, or leave it out"
            )
    return formats


def export_morph(
    engine: Engine,
    a: Chair,
    b: Chair,
    *,
    steps: int,
    out: Path,
    options: ExportOptions,
    backend: Backend,
    device: Device,
    pace: Pace = "linear",
    at: Sequence[float] = (),
    label: Label | None = None,
) -> Generator[Step, None, ExportedMorph]:
    """Write every blend in every format into `out`, and `morph.json` with how they came about.

    With `at` it is the blends at these t's, whatever `steps` and `pace` are, and `blends.json`. At even
    `pace` the t's are those between which the shape changes equally, as far as there are such. A film shows
    the way between the first and the last. `label` returns the parts of a field, for files that carry them.

    Yields how many blends are written after each file. Each file is whole or not there, and `INCOMPLETE.txt`
    lies beside them until all are: so a morph that is cancelled or killed leaves whole files and says so.
    """
    options = replace(options, formats=_check_set(len(at) or steps, check_formats(options.formats, KNOWN)))
    request = BlendRequest(
        a,
        b,
        0.0,
        backend,
        device,
        # At another level other components are small ones: the items see to that.
        remove_small_components=options.remove_small_components and options.level == LEVEL,
        surface_resolution=options.surface_resolution,
    )
    total = len(at) or steps
    what = f"VoxView writes blends from {a.name} to {b.name}, {total} in all"
    with made_folder(out), marked_incomplete(out / MARKER, what):
        yield Step(0, total, None, "blends")
        for _ in engine.encode_pair(request):
            yield Step(0, total, None, "blends")
        if at:
            ts, pace = sorted(dict.fromkeys(at)), "linear"
        else:
            ts = positions(steps) if pace == "linear" else (yield from even_positions(engine, request, steps))
        chairs = np.stack([engine.grid(a), engine.grid(b)])
        writer = BlendWriter(out, options, request, pace, ts, chairs, label)
        yield from writer.write_blends(engine.morph(request, ts))
        if writer.has_film:
            film_ts = yield from _film_positions(engine, request, ts, pace)
            yield from writer.write_film(engine.morph(request, film_ts))
        writer.files.append(_write_manifest(engine, (a, b), writer, is_whole=not at))
    return ExportedMorph(writer.files, writer.placement, pace)


def _film_positions(
    engine: Engine, request: BlendRequest, ts: Sequence[float], pace: Pace
) -> Generator[Step, None, list[float]]:
    """Return the t's of a film's frames, from the first of the blends to the last."""
    if pace == "even":
        return (yield from even_positions(engine, request, MORPH_FRAMES))
    return np.linspace(ts[0], ts[-1], MORPH_FRAMES).round(6).tolist()


def _write_manifest(
    engine: Engine, chairs: tuple[Chair, Chair], writer: BlendWriter, *, is_whole: bool
) -> Path:
    """Write what the files are, and how they came about; return that file."""
    a, b = chairs
    placement = writer.placement
    manifest = {
        "a": identify(a),
        "b": identify(b),
        "weights": engine.weights,
        "weights_fingerprint": engine.weights_fingerprint,
        **settings_of(writer.options),
        "pace": writer.pace,
        **({"largest_step_over_mean": round(placement.largest_over_mean, 4)} if len(writer.ts) > 1 else {}),
        "blends": writer.facts,
    }
    return write_manifest(writer.out / manifest_name(is_whole=is_whole), manifest, writer.files)


def manifest_name(*, is_whole: bool) -> str:
    """Return what the manifest of a whole morph is called, or of blends at some t's."""
    return "morph.json" if is_whole else "blends.json"

"""A whole morph: every blend from t = 0 to t = 1, written to files."""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voxview.conventions import RESOLUTION
from voxview.engine.engine import Engine
from voxview.engine.pace import Pace, even_positions
from voxview.engine.request import Backend, BlendRequest, BlendResult, Device
from voxview.engine.step import Step
from voxview.errors import InputError
from voxview.model.arc_length import Placement
from voxview.model.metrics import path_steps
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Grid
from voxview.shapes.io.atomic import write_atomically
from voxview.surface.picture import Image, join_strip, render_chair, write_png
from voxview.surface.write import WRITABLE_SUFFIXES, write_shape

FORMATS = (*(suffix[1:] for suffix in WRITABLE_SUFFIXES), "png", "strip")
"""A file a step for each of these, but for `strip`: one picture of the whole morph."""

MAX_STRIP = 101
"""Pictures side by side: that is 19,000 pixels already."""

PICTURE_SIZE = (512, 512)
STRIP_PICTURE_SIZE = (192, 192)


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
    chosen = tuple(dict.fromkeys(f.strip().lower().lstrip(".") for f in formats if f.strip()))
    unknown = [f for f in chosen if f not in FORMATS]
    if unknown or not chosen:
        raise InputError(f"no format '{', '.join(unknown)}': choose from {', '.join(FORMATS)}")
    if "strip" in chosen and steps > MAX_STRIP:
        raise InputError(
            f"a strip shows up to {MAX_STRIP} pictures, not {steps}: take fewer, or leave it out"
        )
    return chosen


def export_morph(
    engine: Engine,
    a: Chair,
    b: Chair,
    *,
    steps: int,
    out: Path,
    formats: Sequence[str],
    backend: Backend,
    device: Device,
    remove_small_components: bool = False,
    pace: Pace = "linear",
    surface_resolution: int = RESOLUTION,
) -> Generator[Step, None, ExportedMorph]:
    """Write every blend in every format into `out`, and `morph.json` with how they came about.

    With `remove_small_components` they are left out, and `morph.json` has the number of their voxels. At even
    `pace` the t's are those between which the shape changes equally, as far as there are such. Surfaces and
    pictures are of `surface_resolution`; voxels are what was decoded. Yields how many blends are written
    after each file. Each file is whole or not there, so a morph that is cancelled leaves its first steps and
    no half of one.
    """
    formats = check_morph(steps, formats)
    prepare_folder(out)
    request = BlendRequest(
        a,
        b,
        0.0,
        backend,
        device,
        remove_small_components=remove_small_components,
        surface_resolution=surface_resolution,
    )
    yield Step(0, steps, None, "blends")
    for _ in engine.encode_pair(request):
        yield Step(0, steps, None, "blends")
    ts = positions(steps) if pace == "linear" else (yield from even_positions(engine, request, steps))
    files, log, lengths = yield from _write_blends(engine.morph(request, ts), ts, out, formats, pace)
    placement = Placement(np.array(ts), np.array(lengths))
    summary = {
        "a": _identify(a),
        "b": _identify(b),
        "weights": engine.weights,
        "pace": pace,
        "largest_step_over_mean": round(placement.largest_over_mean, 4),
        "surface_resolution": surface_resolution,
        "blends": log,
    }
    files.append(_write_summary(out / "morph.json", summary))
    return ExportedMorph(files, placement, pace)


def _write_blends(
    results: Iterable[BlendResult], ts: Sequence[float], out: Path, formats: Sequence[str], pace: Pace
) -> Generator[Step, None, tuple[list[Path], list[dict[str, object]], list[float]]]:
    """Write the blends at `ts`; return the files, what `morph.json` says of each blend, and the steps."""
    steps, digits = len(ts), _digits(len(ts), pace)
    files: list[Path] = []
    pictures: list[np.ndarray] = []
    log: list[dict[str, object]] = []
    lengths: list[float] = []
    last: Grid | None = None
    for done, result in enumerate(results):
        stem = out / f"blend_{done:0{len(str(steps - 1))}d}_t{result.request.t:.{digits}f}"
        for kind in formats:
            if kind == "strip":
                pictures.append(_picture(result, STRIP_PICTURE_SIZE))
            else:
                files.append(_write_blend(stem.with_name(f"{stem.name}.{kind}"), result))
            yield Step(done, steps, None, "blends", (done + (formats.index(kind) + 1) / len(formats)) / steps)
        log.append(_describe(result))
        lengths += [] if last is None else path_steps(np.stack([last, result.grid])).tolist()
        last = result.grid
        yield Step(done + 1, steps, None, "blends", (done + 1) / steps)
    if pictures:
        labels = [f"{t:.{digits}f}" for t in ts]
        write_png(out / "strip.png", join_strip(pictures, labels))
        files.append(out / "strip.png")
    return files, log, lengths


def _digits(steps: int, pace: Pace) -> int:
    """Return how many decimals of t tell the blends of a morph apart."""
    digits = max(2, len(str(steps - 1)) - (1 if steps in (11, 101, 1001, 10_001) else 0))
    return digits if pace == "linear" else digits + 2


def prepare_folder(out: Path) -> None:
    """Make the folder if it is not there; raise `InputError` if that fails or it cannot be written."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder {out} ({error.strerror}): choose another") from error
    if not os.access(out, os.W_OK | os.X_OK):
        raise InputError(f"cannot write into the folder {out}: choose another, or allow it")


def _write_blend(path: Path, result: BlendResult) -> Path:
    """Write a blend to a file, in the format of its suffix; return the file."""
    if path.suffix == ".png":
        write_png(path, _picture(result, PICTURE_SIZE))
    else:
        write_shape(path, result.grid if path.suffix in (".binvox", ".npy") else result.surface)
    return path


def _write_summary(path: Path, summary: dict[str, object]) -> Path:
    with write_atomically(path) as temporary:
        temporary.write_text(json.dumps(summary, indent=1) + "\n")
    return path


def _identify(chair: Chair) -> dict[str, object]:
    """Return which chair it is; of a file's also how it was read, of a picture's or a cloud's by what."""
    keys = ("up", "turn", "picture", "crop", "points", "distance", "autoencoder", "unfamiliarity")
    more = {key: chair.details[key] for key in keys if key in chair.details}
    return {"id": chair.id, "name": chair.name, "source": chair.source, **more}


def _picture(result: BlendResult, size: tuple[int, int]) -> Image:
    return render_chair(
        result.field, size, background=(255, 255, 255), surface_resolution=result.surface.resolution
    )


def _describe(result: BlendResult) -> dict[str, object]:
    return {
        "t": result.request.t,
        "voxels": result.voxels,
        "triangles": len(result.surface.faces),
        "device": result.device,
        "backend": result.request.backend,
        "milliseconds": {str(stage): round(ms, 4) for stage, ms in result.timings.items()},
        **(
            {"small_component_voxels_removed": result.removed_voxels}
            if result.request.remove_small_components
            else {}
        ),
        **({"notice": result.notice} if result.notice else {}),
    }

"""What is done with chairs: list them, find the nearest, morph, mix and convert them."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from voxview.cli.common import find_chair, follow, open_data, printable, say
from voxview.errors import InputError, VoxViewError

if TYPE_CHECKING:
    from voxview.engine.mix import MixResult
    from voxview.shapes.catalog import Catalog
    from voxview.shapes.chair import Chair


def list_chairs(options: argparse.Namespace) -> None:
    """Say what the catalog holds."""
    catalog = open_data(options.data)
    if options.json:
        chairs = [
            {"id": c.id, "name": c.name, "source": c.source, "details": dict(c.details)} for c in catalog
        ]
        say(json.dumps(chairs, indent=1, default=str))
        return
    width = max(len(chair.id) for chair in catalog)
    say("\n".join(f"{printable(chair.id):<{width}}  {printable(chair.name)}" for chair in catalog))
    print(f"{len(catalog)} chairs in {catalog.name}", file=sys.stderr)


def nearest_chairs(options: argparse.Namespace) -> None:
    """Say which chairs are most like a shape."""
    from voxview.shapes.retrieval import count_voxels, nearest, pack_catalog

    if options.k < 1:
        raise InputError(f"-k is 1 or more, but {options.k} was asked for")
    catalog = open_data(options.data)
    grid = find_chair(options.shape, catalog).read()
    chairs, words, left_out = follow(pack_catalog(catalog), "reading")
    for line in left_out:
        print(f"voxview: left out: {printable(line)}", file=sys.stderr)
    places, ious = nearest(grid, words, count_voxels(words), options.k)
    found = [(chairs[place], float(iou)) for place, iou in zip(places, ious, strict=True)]
    if options.json:
        rows = [{"id": c.id, "name": c.name, "source": c.source, "iou": round(iou, 6)} for c, iou in found]
        say(json.dumps(rows, indent=1))
        return
    if not found:
        raise InputError(f"no chair of {catalog.name} can be read: open another folder")
    width = max(len(chair.id) for chair, _ in found)
    say("\n".join(f"{iou:6.1%}  {printable(c.id):<{width}}  {printable(c.name)}" for c, iou in found))


def morph(options: argparse.Namespace) -> None:
    """Write the whole way from one chair to another."""
    from voxview.engine.engine import Engine
    from voxview.engine.morph import check_morph, export_morph, prepare_folder

    formats = check_morph(options.steps, options.formats.split(","))
    catalog = open_data(options.data)
    a = catalog[0] if options.a is None else find_chair(options.a, catalog)
    b = catalog[min(1, len(catalog) - 1)] if options.b is None else find_chair(options.b, catalog)
    engine = Engine(options.weights, None if options.backend in ("auto", "numpy") else "cuda")
    backend = engine.report.best_backend if options.backend == "auto" else options.backend
    if backend not in engine.report.backends:
        raise VoxViewError(
            f"backend {backend} cannot run here: {engine.report.kernel_problem}; use --backend numpy"
        )
    device = engine.devices[-1] if backend != "numpy" or options.backend == "auto" else "cpu"
    for chair in (a, b):
        engine.grid(chair)  # refuse a broken file before a folder is made
    prepare_folder(options.out)
    say(engine.report.sentence())
    export = export_morph(
        engine,
        a,
        b,
        steps=options.steps,
        out=options.out,
        formats=formats,
        backend=backend,
        device=device,
        remove_crumbs=options.remove_crumbs,
    )
    files = follow(export, f"{a.name} → {b.name}")
    say(f"{len(files)} files in {options.out}")


def mix(options: argparse.Namespace) -> None:
    """Write a mix, and say what was measured on it."""
    from voxview.experiment.files import check_output
    from voxview.surface.write import WRITABLE_SUFFIXES, write_shape

    check_output(options.out, WRITABLE_SUFFIXES)  # before the weights are loaded

    from voxview.engine.engine import Engine
    from voxview.engine.mix import MixRequest

    catalog = open_data(options.data)
    parts = [_weighted(text, catalog) for text in options.chairs]
    if all(weight is None for _, weight in parts):
        parts = [(chair, 1 / len(parts)) for chair, _ in parts]
    chairs = tuple(chair for chair, _ in parts)
    weights = tuple(1.0 if weight is None else weight for _, weight in parts)
    engine = Engine(options.weights)
    backend, device = engine.report.best_backend, engine.devices[-1]
    result = engine.mix(MixRequest(chairs, weights, (), backend, device))
    is_voxels = options.out.suffix.lower() in (".binvox", ".npy")
    write_shape(options.out, result.grid if is_voxels else result.surface)
    for chair, weight in zip(chairs, weights, strict=True):
        say(f"{weight:+.3f}  {printable(chair.name)}")
    say("\n".join(_mix_lines(result)))


def _mix_lines(result: MixResult) -> list[str]:
    """What is known of a mix, a line each."""
    from voxview.engine.pair_scores import ONE_PIECE
    from voxview.model.attributes import ATTRIBUTES

    whole = "yes" if result.whole >= ONE_PIECE else "no"
    lines = [
        f"{'in one piece':<14}{whole} ({result.whole:.1%} of the voxels are in the largest)",
        f"{'stands':<14}{'yes' if result.stands else 'no'}",
    ]
    for name in ATTRIBUTES:
        value = result.attributes.of(name)
        shown = "none" if value is None else f"{value:.1f}°" if name == "back_tilt" else f"{value:.3f}"
        lines.append(f"{name.replace('_', ' '):<14}{shown}")
    return [*lines, "lengths are shares of the cube's edge, which the longest side of a chair fills"]


def _weighted(text: str, catalog: Catalog) -> tuple[Chair, float | None]:
    """`ID:WEIGHT` or `ID`; None is no weight."""
    name, colon, tail = text.rpartition(":")
    try:
        weight = float(tail)
    except ValueError:
        colon = ""
    return (find_chair(name, catalog), weight) if colon and name else (find_chair(text, catalog), None)


def convert(options: argparse.Namespace) -> None:
    """Turn one file into another."""
    from voxview.shapes.read import read_shape
    from voxview.surface.write import write_shape

    write_shape(options.target, read_shape(options.source, up=options.up, turn=options.turn))

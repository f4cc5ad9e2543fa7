"""`voxview morph`: the blends from one chair to another, as files."""

from __future__ import annotations

import argparse
from pathlib import Path

from voxview.cli.catalog import find_chair, open_data
from voxview.cli.export import add_export, export_options
from voxview.cli.options import add_data, add_weights
from voxview.cli.orientation import add_orientation, oriented
from voxview.cli.pictures import add_picture_weights
from voxview.cli.points import add_points_weights
from voxview.cli.terminal import print_output, run_with_progress
from voxview.cli.verb import Verb
from voxview.counts import counted
from voxview.errors import VoxViewError

_MOST_PRINTED = 21
"""Positions that fit a few lines; the names and the record of the files have them all."""


def run(options: argparse.Namespace) -> None:
    """Write the morph from A to B into a folder."""
    from voxview.engine.ahead import compile_ahead

    if options.backend != "numpy":
        compile_ahead()  # before the import of PyTorch, which takes as long
    from voxview.engine.engine import Engine
    from voxview.engine.morph import check_morph, export_morph
    from voxview.shapes.io.folders import made_folder

    export = export_options(options, check_morph(options.steps, options.formats.split(",")))
    catalog = open_data(options.data)
    a = catalog[0] if options.a is None else find_chair(options.a, catalog, options)
    b = catalog[min(1, len(catalog) - 1)] if options.b is None else find_chair(options.b, catalog, options)
    a, b = oriented(a, options, options.weights), oriented(b, options, options.weights)
    engine = Engine(options.weights, None if options.backend in ("auto", "numpy") else "cuda")
    backend = engine.report.best_backend if options.backend == "auto" else options.backend
    if backend not in engine.report.backends:
        raise VoxViewError(
            f"backend {backend} cannot run here: {engine.report.backend_problem}; use --backend numpy"
        )
    device = engine.devices[-1] if backend != "numpy" or options.backend == "auto" else "cpu"
    for chair in (a, b):
        engine.grid(chair)  # refuse a broken file before a folder is made
    work = export_morph(
        engine,
        a,
        b,
        steps=options.steps,
        out=options.out,
        options=export,
        backend=backend,
        device=device,
        pace=options.pace,
    )
    with made_folder(options.out):
        print_output(engine.report.sentence())
        morph = run_with_progress(work, "morphing")
    if options.pace == "even":
        print_output(f"{morph.pace_text}; {_positions_text(morph.placement.t.tolist())}")
    print_output(f"{counted(len(morph.files), 'file')} in {options.out}")


def _positions_text(ts: list[float]) -> str:
    if len(ts) > _MOST_PRINTED:
        return "each blend's t is in morph.json"
    return f"t = {', '.join(f'{t:g}' for t in ts)}"


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "a",
        metavar="A",
        nargs="?",
        help="a catalog id, the start of one, a shape file or a picture (default: the first)",
    )
    parser.add_argument("b", metavar="B", nargs="?", help="likewise (default: the catalog's second chair)")
    parser.add_argument("--steps", type=int, default=11, help="blends, both ends included (default 11)")
    parser.add_argument(
        "--pace",
        choices=("linear", "even"),
        default="linear",
        help="steps of equal t, or of equal change of the shape (default linear)",
    )
    parser.add_argument("--out", type=Path, default=Path("morph"), help="folder (default ./morph)")
    parser.add_argument(
        "--formats",
        default="obj,binvox,png",
        help="of obj,stl,ply,glb,binvox,npy,png, strip and sheet (one picture of all), gif and mp4 (films of "
        "the way there and back) (default obj,binvox,png)",
    )
    parser.add_argument(
        "--turntable", action="store_true", help="with gif or mp4: also a film once around the blend half-way"
    )
    add_orientation(parser, "A and B where they are read from files")
    add_data(parser)
    parser.add_argument(
        "--backend",
        choices=("auto", "numpy", "cuda-global", "cuda-shared"),
        default="auto",
        help="where the interpolation runs (default: the GPU if there is one)",
    )
    add_weights(parser)
    add_picture_weights(parser)
    add_points_weights(parser)
    add_export(parser)


VERB = Verb("morph", "Write the whole way from chair A to chair B.", _add_options, run)

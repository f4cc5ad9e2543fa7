"""Everything that the program writes, each small: what `test_faults.py` makes fail at each step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np
import torch

from voxview.engine.catalog.cache import IndexCache
from voxview.engine.engine import Engine
from voxview.engine.export import writing
from voxview.engine.export.item import CutItem, Item
from voxview.engine.export.marker import MARKER
from voxview.engine.export.options import ExportOptions, PictureOptions
from voxview.engine.export.writing import export_items
from voxview.engine.morph import export_morph
from voxview.engine.request import BlendRequest, BlendResult
from voxview.evaluation import contact_sheet
from voxview.evaluation.report import files as report_files
from voxview.evaluation.report import page as report_page
from voxview.experiment import files as benchmark_files
from voxview.experiment.results import Benchmark
from voxview.gui.all_pairs.score_table import write_scores
from voxview.gui.bookmarks.shelf import Bookmark, write_bookmarks
from voxview.gui.latent.shown_latents import ShownLatents
from voxview.gui.latent.written import write_page as write_latent_page
from voxview.gui.network.exporting import write_contents
from voxview.gui.session.session_file import Sources, session_document, write_session
from voxview.gui.session.state import State
from voxview.model.study import StudyNetwork
from voxview.model.weights import write_weights
from voxview.model.weights_file import write_weights_file
from voxview.shapes.bits import pack_words
from voxview.shapes.catalogs import sidecar
from voxview.shapes.catalogs.change import Change
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.io.folders import made_folder
from voxview.shapes.io.latents import write_latent
from voxview.surface.film import write_film
from voxview.surface.picture import write_png
from voxview.surface.write import write_shape
from voxview.to_end import run_to_end
from voxview.training.checkpoint import Checkpoint, write_checkpoint
from voxview.training.child.record import RunRecord
from voxview.training.config import TrainConfig
from voxview.training.config_file import write_config
from voxview.training.csv_log import CsvLog
from voxview.training.loop import TrainingStep
from voxview.training.parallel_bench.files import write_parallel_benchmark
from voxview.training.run_files import write_ids

A, B = sample_catalog()[0], sample_catalog()[5]
GRID = np.zeros((32, 32, 32), np.bool_)
GRID[14:18, 14:18, 14:18] = True
LATENT = np.linspace(-1, 1, 64, dtype=np.float32).reshape(8, 8)
SMALL = PictureOptions(size=(24, 24))
FRAMES = [np.full((16, 16, 3), shade, np.uint8) for shade in (0, 90, 200)]


@dataclass(frozen=True)
class Writer:
    """One thing that is written."""

    write: Callable[[Path], object]
    """Writes it into a folder."""
    makes: tuple[str, ...] = ()
    """Folders in it that it makes where they are missing."""
    marker: str | None = None
    """The file that says of several ones that some are missing."""
    is_silent: bool = False
    """Whether it only costs time where it fails, and nothing is raised."""
    grows: str | None = None
    """A table that grows by whole lines."""


@cache
def engine() -> Engine:
    return Engine("study", device="cpu")


@cache
def blends() -> list[BlendResult]:
    return list(engine().morph(BlendRequest(A, B, 0.5, "numpy", "cpu"), [0.0, 1.0]))


@contextmanager
def quickly() -> Iterator[None]:
    """Decode once, and measure and draw little: only what is written counts here."""
    made, picture = blends(), np.zeros((16, 16, 4), np.uint8)
    with (
        mock.patch.object(Engine, "morph", lambda *_: iter(made)),
        mock.patch.object(CutItem, "facts", lambda *_: {"voxels": 1}),
        mock.patch.object(writing, "turn_frames", lambda *_: iter(FRAMES)),
        mock.patch("voxview.engine.export.blends.small_picture", lambda *_: picture),
    ):
        yield


def item(name: str) -> Item:
    return Item(name, "A chair", GRID, {}, (180, 120, 40))


def write_items(folder: Path) -> None:
    options = ExportOptions(("obj", "png"), picture=SMALL)
    manifest = (folder / "set" / "mix.json", {"weights": "study"})
    with quickly():
        run_to_end(export_items([item("one")], folder / "set", options, manifest))


def write_one(folder: Path) -> None:
    run_to_end(
        export_items([item("one")], folder, ExportOptions(("png",), picture=SMALL), only=folder / "a.PNG")
    )


def write_morph(folder: Path) -> None:
    options = ExportOptions(("npy", "strip", "sheet"), picture=SMALL)
    out = folder / "m"
    with quickly():
        run_to_end(
            export_morph(engine(), A, B, steps=2, out=out, options=options, backend="numpy", device="cpu")
        )


def write_turntable(folder: Path) -> None:
    options = ExportOptions(("gif", "npy"), picture=SMALL)
    with quickly():
        run_to_end(export_items([item("one")], folder, options))


def write_into_new_folder(folder: Path) -> None:
    with made_folder(folder / "a" / "b"):
        write_png(folder / "a" / "b" / "a.png", FRAMES[0])


def write_frames(name: str, folder: Path) -> None:
    with write_film(folder / name) as film:
        for frame in FRAMES:
            film.add(frame)


def write_parts(folder: Path) -> None:
    write_shape(folder / "chair.npz", GRID, np.where(GRID, 0, 255).astype(np.uint8))


def write_autoencoder(folder: Path) -> None:
    write_weights(folder / "w.safetensors", network(), "study", "mine", {"seed": "1"}, trained_on=[7])


def write_encoder(folder: Path) -> None:
    write_weights_file(folder / "p.safetensors", layer(), {"format": "voxview-points-1"}, [7], [8])


@cache
def layer() -> torch.nn.Module:
    return torch.nn.Linear(8, 8)


@cache
def network() -> StudyNetwork:
    torch.manual_seed(0)
    return StudyNetwork()


def write_run(folder: Path) -> None:
    checkpoint = Checkpoint(TrainConfig(), "chairs", 1, 3, 1.0, {"network.a": torch.zeros(300)})
    write_checkpoint(folder / "w.checkpoint.safetensors", checkpoint)


def write_log(folder: Path) -> None:
    log = CsvLog(folder / "w.log.csv", ["x"], resumed_after=1 if (folder / "w.log.csv").exists() else 0)
    for step in (2, 3):
        log.add(TrainingStep(step, 4, 1.0, {"part": 0.5}, 1e-3, 9.0, 1.0, {}))


def write_state(folder: Path) -> None:
    state = State(A, B, 0.25)
    write_session(folder / "last.voxview", session_document(state, Sources((), "samples"), with_grids=True))


def write_shelf(folder: Path) -> None:
    write_bookmarks(folder, [Bookmark("here", b"png" * 100, {"t": 0.5})])


def write_sidecar(folder: Path) -> None:
    with mock.patch.object(sidecar, "own_file", lambda _: Path("/dev/null/own.json")):
        sidecar.write_changes(folder, {"a chair.obj": Change("A chair of mine", "z", 90)})


def write_index(folder: Path) -> None:
    cache = IndexCache(folder / "cache" / "catalog-1.npz")
    words, latents = pack_words(np.stack([GRID])), np.ones((1, 8, 8), np.float32)
    cache.save(np.zeros((2, 8, 8), np.float32), ["a chair"], words, latents)


def write_report(folder: Path) -> None:
    with mock.patch.object(report_page, "html_report", lambda *_: "<html>" * 200):
        report_page.write_page(folder / "page.html", {}, SimpleNamespace(evaluation=None))  # type: ignore[arg-type,typeddict-item]


def write_sheet(folder: Path) -> None:
    template = SimpleNamespace(render=lambda: "<html>" * 200)
    with mock.patch.object(contact_sheet, "add_names", lambda _: mock.Mock(get_template=lambda _: template)):
        contact_sheet.write_page_from("voxview.evaluation.points", folder / "page.html")


def write_record(folder: Path) -> None:
    report_files.write_json(folder / "figures.json", {"figures": [1.5] * 100})  # type: ignore[arg-type,typeddict-item]


def write_benchmark(folder: Path) -> None:
    benchmark_files.write_benchmark(folder / "b.csv", benchmark())


@cache
def benchmark() -> Benchmark:
    return replace(benchmark_files.recorded_benchmarks()[0], measurements=())


def write_parallel(folder: Path) -> None:
    with mock.patch("voxview.training.parallel_bench.files.to_json", lambda _: "{}" * 50):
        write_parallel_benchmark(folder / "p.json", None)  # type: ignore[arg-type]


def write_pairs(folder: Path) -> None:
    names = ("whole", "standing", "novelty", "pieces", "loose", "stable", "symmetry", "good")
    values = {name: np.full((2, 2, 3), 0.5) for name in names}
    scores = SimpleNamespace(chairs=(A, B), t=np.array([0.0, 0.5, 1.0]), **values)
    write_scores(folder / "scores.csv", scores, "study")  # type: ignore[arg-type]


def write_numbers(folder: Path) -> None:
    shown = ShownLatents(LATENT, LATENT, LATENT, "Blend", 0.5, frozenset(), 0)
    write_latent_page(folder / "page.csv", shown, "study", dark=False)


def shape(suffix: str) -> Writer:
    return Writer(lambda folder: write_shape(folder / f"chair{suffix}", GRID))


WRITERS: Mapping[str, Writer] = {
    **{f"a shape, {suffix}": shape(suffix) for suffix in (".obj", ".stl", ".ply", ".glb", ".binvox", ".npy")},
    "a shape with parts, .npz": Writer(write_parts),
    "a picture, .png": Writer(lambda folder: write_png(folder / "a.png", FRAMES[0])),
    "a film, .gif": Writer(partial(write_frames, "film.gif")),
    "a film, .mp4": Writer(partial(write_frames, "film.mp4")),
    "one file of the export dialog": Writer(write_one),
    "a set with its manifest": Writer(write_items, ("set",), f"set/{MARKER}"),
    "a morph with strip and sheet": Writer(write_morph, ("m",), f"m/{MARKER}"),
    "a turntable beside a shape": Writer(write_turntable, (), MARKER),
    "the folder of an export": Writer(write_into_new_folder, ("a", "a/b")),
    "the numbers of a latent, .npy": Writer(lambda folder: write_latent(folder / "z.npy", LATENT)),
    "the page Latent, .csv": Writer(write_numbers),
    "the page Network, .svg": Writer(lambda folder: write_contents(folder / "n.svg", b"<svg/>" * 50)),
    "scores of all pairs, .csv": Writer(write_pairs),
    "an autoencoder's weights": Writer(write_autoencoder),
    "an encoder's weights": Writer(write_encoder),
    "a checkpoint": Writer(write_run),
    "a run's config": Writer(lambda folder: write_config(folder / "w.toml", TrainConfig())),
    "a run's ids": Writer(lambda folder: write_ids(folder / "w.held-out.txt", ["1", "2"])),
    "a run's log": Writer(write_log, grows="w.log.csv"),
    "figures of an evaluation, .json": Writer(write_record),
    "page of an evaluation, .html": Writer(write_report),
    "page of an encoder's evaluation, .html": Writer(write_sheet),
    "a benchmark, .csv": Writer(write_benchmark),
    "a parallel benchmark, .json": Writer(write_parallel),
    "a session, the last state": Writer(write_state),
    "bookmarks": Writer(write_shelf),
    "what a folder keeps of its chairs": Writer(write_sidecar),
    "the record of a run of the window": Writer(
        lambda folder: RunRecord({"steps": 500}, "chairs").write(folder / "run.run.json")
    ),
    "the index of a catalog": Writer(write_index, ("cache",), is_silent=True),
}

"""Reading one file as the program does, and looking at what came: one function for each kind of file.

Imports are inside: a target whose libraries are missing is skipped, and the others go on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

_PICTURE_PIXELS = 4_000_000
"""Above it a picture is read and not prepared: a large one takes seconds on every machine, and may."""


class OddResultError(Exception):
    """What was read is not what a reader promises."""


def _expect(is_so: object, what: str) -> None:
    if not is_so:
        raise OddResultError(what)


# ---- shapes, points, pictures -----------------------------------------------------------------------


def shape(path: Path) -> None:
    """Read a shape as an import does."""
    from voxview.shapes.io.read import read_shape

    grid = read_shape(path)
    _expect(grid.shape == (32, 32, 32) and grid.dtype == np.bool_ and grid.any(), "no grid came")


def points(path: Path) -> None:
    """Read a cloud and clean it, as the dialog of points does."""
    from voxview.shapes.io.points import holds_points, read_points
    from voxview.shapes.points.clean import clean
    from voxview.to_end import run_to_end

    _expect(isinstance(holds_points(path), bool), "no answer came")
    cloud = run_to_end(read_points(path))
    _expect(cloud.ndim == 2 and cloud.shape[1] == 3 and cloud.dtype == np.float64, "no points came")
    cleaned = run_to_end(clean(cloud))
    _expect(np.isfinite(cleaned.points).all(), "points that are no numbers came")


def latent(path: Path) -> None:
    """Read the 64 numbers of a chair."""
    from voxview.shapes.io.latents import read_latent

    read = read_latent(path)
    _expect(read.latent.shape == (8, 8) and np.isfinite(read.latent).all(), "no latent came")


def picture(path: Path) -> None:
    """Read a picture and prepare it for the network."""
    from voxview.pictures.network_input import prepare_input
    from voxview.pictures.read import read_picture

    read = read_picture(path)
    _expect(read.pixels.ndim == 3 and read.pixels.dtype == np.uint8, "no picture came")
    if read.width * read.height <= _PICTURE_PIXELS:
        _expect(prepare_input(read).pixels.shape == (227, 227, 3), "nothing for the network came")


# ---- weights ----------------------------------------------------------------------------------------


def weights(path: Path) -> None:
    """Read an autoencoder's weights as the menu and `--weights` do: the card, then the network."""
    from voxview.model.weights import build_network, read_weights
    from voxview.model.weights_card import read_card

    read_card(path).text()
    build_network(read_weights(path), path)


def encoder(kind: str, path: Path) -> None:
    """Read weights of a points encoder, a parts network or a picture encoder."""
    from voxview.model.picture_weights import read_picture_weights
    from voxview.model.points_weights import read_parts_weights, read_points_weights

    {"points": read_points_weights, "parts": read_parts_weights, "picture": read_picture_weights}[kind](path)


def checkpoint(path: Path) -> None:
    """Read the checkpoint of a run that is resumed."""
    from voxview.training.checkpoint import read_checkpoint

    read_checkpoint(path)


# ---- what the program keeps -------------------------------------------------------------------------


def index_cache(path: Path) -> None:
    """Read an index cache; a damaged one counts as empty, and what comes of another is whole."""
    from voxview.engine.catalog.cache import IndexCache
    from voxview.errors import InputError

    from .corpus import PROBE

    known = IndexCache(path).load(PROBE)
    if not known:
        raise InputError(f"{path} counts as empty")
    for stamp, (words, latent_) in known.items():
        _expect(isinstance(stamp, str) and words.shape == (512,) and words.dtype == np.uint64, "no grid came")
        _expect(latent_.shape == (8, 8) and np.isfinite(latent_).all(), "no latent came")


def settings(path: Path) -> None:
    """Read the settings, take from them what the start of the window does, and write them again."""
    from PySide6.QtGui import QKeySequence

    from voxview.gui.context import settings as kept
    from voxview.gui.session.look import look_from_text

    read = kept.Settings(path)
    for name in kept._DEFAULTS:
        _expect(isinstance(read.text(name), str) and isinstance(read.flag(name), bool), "no value came")
    look_from_text(read.text("look")).remembered()
    _expect(read.folder.is_dir(), "a folder that is not there came")
    for name in ("window", "splitter"):
        read.layout(name)
    for action in ("export", "reset"):
        QKeySequence(read.keys(action) or "")
    _recent(read.text("recent_sessions"))
    _chosen_weights(read.text("weights"))
    read.remember("theme", "light")
    read.remember("folder", read.text("folder"))
    read.save()
    _expect(kept.Settings(path).text("theme") == "light", "what was remembered is gone")


def _recent(lines: str) -> None:
    for file in (Path(line) for line in lines.split("\n") if line):
        file.is_file()


def _chosen_weights(choice: str) -> None:
    from voxview.model.weights_card import WeightsCard

    WeightsCard(choice).text()


def session(path: Path) -> None:
    """Open a session: look for its chairs, show what is said of them, put it back, write it again."""
    from voxview.gui.session.session_file import read_session, session_of_document

    _open(read_session(path), path.parent)
    before = json.loads(path.read_bytes()).get("before")
    if isinstance(before, dict):
        _open(session_of_document(before, path.name), path.parent)


def bookmarks(path: Path) -> None:
    """Read bookmarks, and open each."""
    from voxview.gui.bookmarks import shelf

    read = shelf.read_bookmarks(path.replace(path.with_name(shelf.FILE)).parent)
    refused = None
    for bookmark in read:
        try:
            _open(bookmark.saved, path.parent)
        except shelf.InputError as error:
            refused = error
    shelf.write_bookmarks(path.parent, read)
    if refused is not None:
        raise refused


def _open(saved: Any, folder: Path) -> None:
    from voxview.gui.session.session_file import (
        Sources,
        chairs_of,
        session_document,
        write_session,
    )
    from voxview.gui.sessions import opening

    with patch.object(opening, "open_catalog", _refuse_catalog):
        opened = opening.look_for(saved, [], {}, folder)
    state = replace(opened.state, imported=tuple(opened.state.imported))
    for chair in chairs_of(state):
        _say(chair)
    if state.mix is not None:
        from voxview.gui.session.titles import mix_file_stem, mix_parts, mix_title

        _expect(mix_title(state.mix) and mix_file_stem(state.mix) is not None, "no title came")
        mix_parts(state.mix)
    if find_spec("PySide6"):
        _put_aspects(state.aspects)
    sources = Sources(saved.sources.folders, saved.sources.listed)
    write_session(folder / "again.voxview", session_document(state, sources, with_grids=True))


def _refuse_catalog(path: Path) -> None:
    from voxview.errors import InputError

    raise InputError(f"{path} is not looked at: a changed path may name all of this machine")


def _say(chair: Any) -> None:
    from voxview.gui.session.source_texts import origin_text, source_text
    from voxview.shapes.known_latent import known_latent, latent_of

    source_text(chair)
    origin_text(chair)
    if (known := known_latent(chair)) is not None:
        latent_of(known, "f00d", chair.read())


def _put_aspects(aspects: Mapping[str, Any]) -> None:
    """Check and use the values of aspects as the features that own them do."""
    from voxview.gui.parts import feature as parts
    from voxview.gui.session import edit
    from voxview.gui.views import kept

    if kept._is_look(value := aspects.get("look")):
        kept._look_title(value)
        kept._look(value).remembered()
    kept._is_slice(aspects.get("slice"))
    if kept._are_cameras(value := aspects.get("cameras")):
        _expect(all(np.isfinite(one.elevation) for one in kept._cameras(value)), "no camera came")
    if edit.is_plain_edit(value := aspects.get("edit")):
        edit.edit_title(value)
    if parts._are_hidden_parts(value := aspects.get("parts")):
        parts._parts_title(value)


# ---- records ----------------------------------------------------------------------------------------


def config(path: Path) -> None:
    """Read a training config."""
    from voxview.training.config_check import check_config
    from voxview.training.config_file import read_config
    from voxview.training.configs import AUTOENCODER, config_class

    check_config(config_class(AUTOENCODER)(**read_config(path)))  # type: ignore[arg-type]


def benchmark(path: Path) -> None:
    """Read a recorded benchmark."""
    from voxview.experiment.files import read_benchmark

    read_benchmark(path)


def parallel_run(path: Path) -> None:
    """Read a record of parallel training."""
    from voxview.training.parallel_bench.read import read_parallel_benchmark

    read_parallel_benchmark(path)


def labelled_clouds(path: Path) -> None:
    """Read clouds with labels."""
    from voxview.evaluation.parts.labelled_clouds import read_labelled_clouds

    read_labelled_clouds(path)


def photos(path: Path) -> None:
    """Read a folder of photographs by its table."""
    from PIL import Image

    from voxview.evaluation.pictures.photos import GRIDS, TABLE, read_photos

    folder = path.parent
    if not (folder / GRIDS).exists():
        np.save(folder / GRIDS, np.zeros((2, 32, 32, 32), bool))
        Image.new("RGB", (20, 24), (90, 60, 30)).save(folder / "a.png")
    path.replace(folder / TABLE)
    read_photos(folder)


def csv_log(path: Path) -> None:
    """Go on with the table of a run that is resumed."""
    from voxview.training.csv_log import CsvLog

    CsvLog(path, ["real"], resumed_after=150)

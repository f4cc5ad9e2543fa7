"""Session files: what is written comes back, and nothing else is believed."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from voxview.engine.mix import EXCHANGE, MixRequest
from voxview.errors import InputError, VoxViewError
from voxview.gui.session.chair_records import grid_of_text
from voxview.gui.session.session_file import (
    Sources,
    read_session,
    session_document,
    session_of_document,
    write_session,
)
from voxview.gui.session.state import State
from voxview.pictures.view import View
from voxview.shapes.bits import fingerprint
from voxview.shapes.catalogs.open import open_catalog
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.catalogs.single import read_one
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Grid
from voxview.shapes.io.binvox import write_binvox
from voxview.shapes.known_latent import KnownLatent, known_latent, latent_of
from voxview.shapes.parts import PARTS

SAMPLES = sample_catalog()
GRID = SAMPLES[5].read()


def made_chair(grid: Grid = GRID) -> Chair:
    """Return a chair as it comes out of a picture."""
    latent = np.linspace(-1, 1, 64, dtype=np.float32).reshape(8, 8)
    details = {
        "picture": "/photos/chair.jpg",
        "view": View(35.0, 12.0),
        "unfamiliarity": 0.25,
        "autoencoder": "chairs",
        "thumbnail": np.full((224, 224, 3), 90, np.uint8),
        **KnownLatent(latent, "f00d", fingerprint(grid)).details(),
    }
    return Chair("/photos/chair.jpg", "Chair", "/photos/chair.jpg (0123)", lambda: grid, details)


STATE = State(
    SAMPLES[0],
    SAMPLES[1],
    0.25,
    MixRequest((SAMPLES[0], SAMPLES[3]), (0.5, 0.5), (("arms", 0.1),)),
    "study",
    (made_chair(),),
    {"rebuilt": True, "cameras": ((0.0, 1.0, 2.0),), "page": "mix", "parts": None},
)


def document(state: State = STATE, **options: Any) -> dict[str, Any]:
    return session_document(state, Sources((), "samples"), **options)


def again(state: State, tmp_path: Path, sources: Sources = Sources()) -> State:  # noqa: B008 - frozen
    """Return a state that was written and read."""
    path = tmp_path / "some.voxview"
    write_session(path, session_document(state, sources))
    return read_session(path).state


# ---- there and back ------------------------------------------------------------------------------------


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    assert again(STATE, tmp_path) == STATE


def test_a_chair_of_a_picture_comes_back_with_its_latent_its_view_and_its_picture(tmp_path: Path) -> None:
    chair = again(STATE, tmp_path).imported[0]
    grid, known = chair.read(), known_latent(chair)
    assert np.array_equal(grid, GRID)
    assert known is not None and np.array_equal(
        latent_of(known, "f00d", grid), np.linspace(-1, 1, 64, dtype=np.float32).reshape(8, 8)
    )
    assert chair.details["view"] == View(35.0, 12.0) and chair.details["unfamiliarity"] == 0.25
    thumbnail = chair.details["thumbnail"]
    assert isinstance(thumbnail, np.ndarray) and thumbnail.shape[2] == 3 and (thumbnail == 90).all()


def test_a_chair_of_exchanged_parts_comes_back_with_what_gives_each_of_them(tmp_path: Path) -> None:
    names = {part: f"Chair {part}" for part in PARTS}
    chair = Chair("seat=a+back=b", "Exchanged parts", EXCHANGE, lambda: GRID, names)
    mix = MixRequest((chair,), (1.0,))
    back = again(replace(STATE, mix=mix), tmp_path).mix
    assert back is not None and dict(back.chairs[0].details) == names and back.is_exchange


def test_a_chair_of_a_folder_is_kept_by_path_id_and_fingerprint_and_read_when_it_is_wanted(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "chairs"
    (folder / "more").mkdir(parents=True)
    write_binvox(folder / "one.binvox", GRID)
    write_binvox(folder / "more" / "two.binvox", SAMPLES[2].read())
    catalog = open_catalog(folder)
    state = State(catalog.find("one"), catalog.find("more/two"), 0.5)
    kept = session_document(state, Sources((str(folder),), str(folder)))
    assert all("grid" not in record and "fingerprint" in record for record in kept["chairs"])
    back = session_of_document(kept, "s").state
    assert back == state
    assert back.a is not None and np.array_equal(back.a.read(), GRID)
    (folder / "one.binvox").unlink()
    with pytest.raises(InputError, match="no chair 'one' in"):
        back.a.read()


def test_the_last_state_keeps_the_voxels_of_a_folder_that_disappears(tmp_path: Path) -> None:
    write_binvox(tmp_path / "one.binvox", GRID)
    chair = open_catalog(tmp_path).find("one")
    kept = session_document(State(chair, chair, 0.5), Sources((str(tmp_path),)), with_grids=True)
    (tmp_path / "one.binvox").unlink()
    back = session_of_document(kept, "s").state.a
    assert back is not None and np.array_equal(back.read(), GRID)


def test_one_chair_of_shapenet_is_read_without_listing_the_others(tmp_path: Path) -> None:
    chair = tmp_path / "ShapeNetVox32" / "03001627" / "abc"
    chair.mkdir(parents=True)
    write_binvox(chair / "model.binvox", GRID)
    catalog = open_catalog(tmp_path)
    assert np.array_equal(read_one(catalog.source, "abc"), catalog.find("abc").read())


@pytest.mark.parametrize("chair_id", ["../secret", "/etc/passwd", "a/../../b"])
def test_an_id_never_points_out_of_its_folder(tmp_path: Path, chair_id: str) -> None:
    write_binvox(tmp_path / "secret.binvox", GRID)
    (tmp_path / "chairs").mkdir()
    with pytest.raises(InputError, match="is no id"):
        read_one(str(tmp_path / "chairs"), chair_id)


def test_paths_are_whole_wherever_the_next_start_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "chairs").mkdir()
    write_binvox(tmp_path / "chairs" / "one.binvox", GRID)
    chair = open_catalog("chairs").find("one")
    state = State(chair, chair, 0.5, weights="mine.safetensors")
    kept = session_document(state, Sources(("chairs",), "chairs"))
    assert kept["weights"]["choice"] == str(tmp_path / "mine.safetensors")
    assert kept["sources"] == [kept["listed"]] == [kept["chairs"][0]["source"]] == [str(tmp_path / "chairs")]


def test_a_session_is_small() -> None:
    assert len(json.dumps(document(replace(STATE, imported=())))) < 2000
    assert len(json.dumps(document())) < 20_000


# ---- what is not believed ------------------------------------------------------------------------------

Change = Callable[[dict[str, Any]], object]


def _nested(depth: int) -> list[Any]:
    """Return lists in lists: what JSON still takes."""
    made: list[Any] = []
    for _ in range(depth):
        made = [made]
    return made


def _bomb() -> bytes:
    """Return a picture whose header says that it has 10¹⁰ pixels."""
    file = BytesIO()
    Image.new("RGB", (1, 1)).save(file, "PNG")
    data = bytearray(file.getvalue())
    data[16:24] = struct.pack(">II", 100_000, 100_000)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    return bytes(data)


def test_what_would_be_too_large_to_be_read_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "large.voxview"
    path.write_text("mine")
    with pytest.raises(VoxViewError, match="remove some imported chairs first"):
        write_session(path, document() | {"much": "x" * 17_000_000})
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("a"),
        lambda d: d.update(a=99),
        lambda d: d.update(a="0"),
        lambda d: d.update(t=1.5),
        lambda d: d.update(t=float("nan")),
        lambda d: d.update(t=True),
        lambda d: d.update(chairs="none"),
        lambda d: d.update(chairs=[1, 2]),
        lambda d: d["chairs"][0].update(id=7),
        lambda d: d["chairs"][0].update(id="no such sample"),
        lambda d: d["chairs"][0].update(id="x" * 10_000),
        lambda d: d["chairs"][-1].update(grid="@@@"),
        lambda d: d["chairs"][-1].update(grid=base64.b64encode(b"no zlib").decode()),
        lambda d: d["chairs"][-1].pop("grid"),
        lambda d: d["chairs"][-1]["latent"].update(numbers="AAAA"),
        lambda d: d["chairs"][-1].update(thumbnail=base64.b64encode(b"no png").decode()),
        lambda d: d["mix"].update(weights=[1]),
        lambda d: d["mix"].update(weights=[1e9, 1]),
        lambda d: d["mix"].update(chairs=[0, None]),
        lambda d: d["mix"].update(shift=[["wings", 1]]),
        lambda d: d["mix"].pop("weights"),
        lambda d: d.update(mix="strong"),
        lambda d: d.update(sources=7),
        lambda d: d.update(imported={"a": 1}),
        lambda d: d["chairs"][-1].update(thumbnail=base64.b64encode(_bomb()).decode()),
        lambda d: d.update(aspects={"deep": _nested(900)}),
    ],
)
def test_a_damaged_document_is_refused_with_one_line(change: Change) -> None:
    damaged = json.loads(json.dumps(document()))
    change(damaged)
    with pytest.raises(VoxViewError) as error:
        session_of_document(damaged, "some.voxview")
    assert "some.voxview" in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"{", b"[" * 100_000, b"[]", b'{"a": 1}', b"null"])
def test_a_file_that_is_no_session_is_refused_with_one_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "some.voxview"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"some\.voxview.*not opened"):
        read_session(path)


def test_a_newer_session_says_what_to_do() -> None:
    with pytest.raises(InputError, match=r"newer VoxView.*update"):
        session_of_document(document() | {"voxview session": 2}, "s")


def test_a_file_that_is_missing_or_far_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_session(tmp_path / "none.voxview")
    with (tmp_path / "large.voxview").open("wb") as file:
        file.truncate(17_000_000)
    with pytest.raises(InputError, match="larger than"):
        read_session(tmp_path / "large.voxview")


def test_voxels_that_would_unpack_to_gigabytes_are_refused_before_they_do() -> None:
    bomb = zlib.compress(b"\0" * 5_000_000, 9)
    with pytest.raises(InputError, match="damaged"):
        grid_of_text(base64.b64encode(bomb).decode(), "s")


def test_what_is_not_known_is_left_out_and_the_rest_counts() -> None:
    aspects = {"rebuilt": True, "wild": {"a": 1}, "far": float("inf"), "many": list(range(20_000))}
    back = session_of_document(document() | {"aspects": aspects, "later": [1, 2]}, "s").state
    assert back.aspects == {"rebuilt": True}
    assert back.a == STATE.a and back.t == STATE.t


def test_half_of_what_is_said_of_a_picture_is_not_said() -> None:
    damaged = json.loads(json.dumps(document()))
    damaged["chairs"][-1]["details"]["unfamiliarity"] = "a little"
    chair = session_of_document(damaged, "s").state.imported[0]
    assert "picture" not in chair.details and np.array_equal(chair.read(), GRID)

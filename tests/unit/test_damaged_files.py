"""What fuzzing found, each kind by hand: claims of headers, odd lines, names that no system takes."""

from __future__ import annotations

import io
import json
import re
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voxview.engine.catalog.cache import IndexCache
from voxview.errors import InputError, VoxViewError
from voxview.evaluation.parts.labelled_clouds import read_labelled_clouds
from voxview.evaluation.pictures.photos import read_photos
from voxview.experiment.record import from_json as benchmark_from_json
from voxview.gui.context.settings import Settings
from voxview.gui.parts.feature import _are_hidden_parts
from voxview.gui.session.edit import is_plain_edit
from voxview.gui.session.look import Look, look_from_text
from voxview.gui.session.session_file import (
    Sources,
    read_session,
    session_document,
    session_of_document,
    write_session,
)
from voxview.gui.session.source_texts import source_text
from voxview.gui.session.state import State
from voxview.gui.sessions.opening import look_for
from voxview.model.weights import read_weights
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair
from voxview.shapes.io.arrays import read_npy
from voxview.shapes.io.latents import read_latent
from voxview.shapes.io.notices import listening, notice
from voxview.shapes.io.npy import ArrayError, read_arrays
from voxview.shapes.io.points import holds_points, read_points
from voxview.shapes.io.read import read_shape
from voxview.shapes.io.there import is_file
from voxview.shapes.points.clean import clean
from voxview.to_end import run_to_end
from voxview.training.csv_log import CsvLog
from voxview.training.parallel_bench.read import from_json as parallel_from_json

SAMPLES = sample_catalog()


def refusal(read: Callable[[Path], Any], path: Path) -> str:
    """Return the one short line with which a file is refused, and no warning beside it."""
    with warnings.catch_warnings(), pytest.raises(VoxViewError) as caught:
        warnings.simplefilter("error")
        read(path)
    assert str(caught.value).isprintable() and len(str(caught.value)) < 600
    return str(caught.value)


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


# ---- arrays -----------------------------------------------------------------------------------------


def array_of(header: str) -> bytes:
    """Return a NumPy file of this header, and few bytes behind it."""
    text = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + bytes(512)


def _points(path: Path) -> object:
    return run_to_end(read_points(path))


HUGE = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000, 3), }"
NO_HEADERS = (
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 3",
    "{'descr': '<f4', 'fortran_order': False, 'shape': \0(3, 3), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': " + "(" * 900 + ")" * 900 + ", }",
    "{'descr': '<U0', 'fortran_order': False, 'shape': (1000000000,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-3, 3), }",
)


@pytest.mark.parametrize("read", [read_npy, _points, read_latent])
@pytest.mark.parametrize("header", [HUGE, *NO_HEADERS])
def test_a_header_that_is_none_or_claims_a_terabyte_is_one_line(
    header: str, read: Callable[[Path], Any], tmp_path: Path
) -> None:
    path = written(tmp_path / "a.npy", array_of(header))
    assert str(path) in refusal(read, path)
    assert not (header in NO_HEADERS and holds_points(path))


def test_an_array_of_python_2_is_read_without_a_warning(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.npy", array_of("{'descr': '|b1', 'fortran_order': False, 'shape': (8L, 8L, 8L), }")
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_npy(path).shape == (8, 8, 8)


def test_what_is_read_in_an_archive_is_no_more_than_is_there(tmp_path: Path) -> None:
    for header in (HUGE, *NO_HEADERS):
        path, made = tmp_path / "a.npz", io.BytesIO()
        np.savez(made, probe=np.zeros((2, 8, 8), np.float32), stamps=["a"], ids=["a"], labels=[0], points=[0])
        with zipfile.ZipFile(made) as before, zipfile.ZipFile(path, "w") as after:
            for name in before.namelist():
                after.writestr(name, before.read(name))
            for name in ("words", "latents"):
                after.writestr(f"{name}.npy", array_of(header))
        assert IndexCache(path).load(np.zeros((2, 8, 8), np.float32)) == {}
        with zipfile.ZipFile(path, "w") as after:
            for name in ("ids", "points", "labels"):
                after.writestr(f"{name}.npy", array_of(header))
        assert "--clouds takes a .npz file" in refusal(read_labelled_clouds, path)


def test_arrays_of_an_archive_are_whole_or_refused(tmp_path: Path) -> None:
    path, made = tmp_path / "a.npz", io.BytesIO()
    np.save(made, np.zeros((1000, 1000)))
    empty = b"{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9223372036854775807), }\n"
    empty = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(empty)) + empty
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("whole.npy", made.getvalue())
        file.writestr("cut.npy", made.getvalue()[:-9])
        file.writestr("objects.npy", made.getvalue().replace(b"'<f8'", b"'|O' "))
        file.writestr("empty.npy", empty)
    assert read_arrays(path, ["whole"], 8_000_000)["whole"].shape == (1000, 1000)
    for name, most, words in (
        ("none", 8_000_000, "it holds no array 'none'"),
        ("whole", 7_999_999, "its array 'whole' claims 8,000,000 bytes"),
        ("cut", 8_000_000, "it ends after 7,999,991 of 8,000,000 bytes"),
        ("objects", 8_000_000, "objects are not read"),
        ("empty", 8_000_000, "not that of a NumPy array"),
    ):
        with pytest.raises(ArrayError, match=words):
            read_arrays(path, [name], most)
    written(path, path.read_bytes()[:-30])
    with pytest.raises(ArrayError, match="not a zip archive, or a damaged one"):
        read_arrays(path, ["whole"], 8_000_000)


def test_letters_that_unicode_has_not_are_no_ids_of_clouds(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    ids = np.frombuffer(struct.pack("<I", 0x7FFFFFFF), "<U1")
    np.savez(path, ids=ids, points=np.zeros((1, 2, 3)), labels=np.zeros((1, 2), int))
    assert "cannot read" in refusal(read_labelled_clouds, path)


# ---- points and text --------------------------------------------------------------------------------


def test_numbers_of_points_that_are_damage_give_no_warning(tmp_path: Path) -> None:
    points = np.random.default_rng(0).random((200, 3)).astype("<f4")
    points.view("<u4")[5, 1] = 0x7F800001  # a NaN of the kind that signals
    head = "ply\nformat binary_little_endian 1.0\nelement vertex 200\n"
    head += "".join(f"property float {axis}\n" for axis in "xyz") + "end_header\n"
    path = written(tmp_path / "a.ply", head.encode() + points.tobytes())
    far = np.array(np.nan_to_num(points), np.float64)
    far[7] = 1e200
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run_to_end(clean(run_to_end(read_points(path))))
        cleaned = run_to_end(clean(far[np.isfinite(far).all(axis=1)]))
    assert "1 point immeasurably far away left out" in cleaned.notes


def test_an_off_that_ends_with_its_first_word_holds_no_points(tmp_path: Path) -> None:
    assert not holds_points(written(tmp_path / "a.off", b"OFF 3"))


def test_messages_are_one_line_of_what_can_be_printed(tmp_path: Path) -> None:
    said: list[str] = []
    with listening(said.append):
        notice("of \x1b[31m\u202e")
    assert said == ["of \\x1b[31m\\u202e"] and str(InputError("a\nb")) == "a\\nb"
    ply = b"ply\nformat x\0\nelement vertex 0\nend_header\n"
    assert "its format is x\\x00" in refusal(read_shape, written(tmp_path / "a.ply", ply))
    pcd = b"FIELDS " + b"f " * 2000 + b"\nSIZE" + b" 4" * 2000 + b"\nTYPE" + b" F" * 2000
    pcd += b"\nPOINTS 1\nDATA ascii\n"
    assert "x, y and z are needed" in refusal(_points, written(tmp_path / "a.pcd", pcd))
    assert "is no number" in refusal(read_latent, written(tmp_path / "a.txt", b"9" * 5 + b"z" * 5000))


def test_a_reason_that_a_library_gives_is_cut(tmp_path: Path) -> None:
    header = json.dumps({"a": {"dtype": "y" * 5000, "shape": [0], "data_offsets": [0, 0]}}).encode()
    path = written(tmp_path / "w.safetensors", len(header).to_bytes(8, "little") + header)
    assert "is no complete .safetensors file" in refusal(read_weights, path)


def test_an_index_of_any_length_in_an_obj_names_its_line(tmp_path: Path) -> None:
    path = written(tmp_path / "a.obj", b"v 0 0 0\nf 1 1 " + b"9" * 30)
    assert "line 2 names a vertex that is not there" in refusal(read_shape, path)


# ---- records ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("read", [benchmark_from_json, parallel_from_json])
def test_a_number_of_400_digits_is_no_figure(read: Callable[[str, str], Any]) -> None:
    root = Path(__file__).parents[2] / "assets" / "benchmarks"
    name = "bench-h100.json" if read is benchmark_from_json else "parallel-h200.json"
    text = (root / name).read_text(encoding="utf-8")
    key = '"sm_mhz": ' if '"sm_mhz": ' in text else '"seconds": '
    at = text.index(key) + len(key)
    with pytest.raises(InputError):
        read(text[:at] + "1" * 400 + re.sub(r"^[\d.]+|^null", "", text[at:]), "it")


def test_a_table_of_photographs_with_a_short_row_is_one_line(tmp_path: Path) -> None:
    np.save(tmp_path / "photo-grids.npy", np.zeros((1, 32, 32, 32), bool))
    table = tmp_path / "photos.tsv"
    table.write_text("file\tmodel\tgrid\tname\tseen\na.png\tm\n")
    assert "lists no photograph" in refusal(read_photos, tmp_path)
    table.write_text("seen\tfile\tmodel\tgrid\tname\n1\ta.png\n")
    assert "lacks columns in row 1" in refusal(read_photos, tmp_path)
    table.write_text("seen\tfile\tmodel\tgrid\tname\n1\ta\0.png\tm\t0\tn\n")
    refusal(read_photos, tmp_path)


def test_a_damaged_table_of_a_run_goes_on_without_its_damaged_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.log.csv"
    path.write_bytes(
        b"step,seconds,loss,b,c\n1,2,3,4,5\n\xc2\xb2,2,3,4,5\n\xff,1,1,1,1\n" + b"9" * 5000 + b",1,1,1,1\n"
    )
    CsvLog(path, [], resumed_after=5)
    assert path.read_text() == "step,seconds,loss,b,c\n1,2,3,4,5\n"


def test_a_table_whose_header_was_cut_short_is_not_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "a.log.csv"
    path.write_text("step,sec\n1,2\n")
    with pytest.raises(InputError, match="is no table of a run: move it away"):
        CsvLog(path, [], resumed_after=5)
    assert path.read_text() == "step,sec\n1,2\n"


# ---- settings and sessions --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        *(r"@Variant(\0\0\0\t\x10\0\0\0)", r'"@Variant(\0)"', r"\x40Variant(\0)", r"\100Variant(\0)"),
        *(
            "@Va\\\nriant(\\0)",
            r"a, @Variant(\0)",
            r"@\x56ariant(\0)",
            '@Va"riant("x',
            "@DateTime(x)",
            "a\\\\\nfolder=@Variant(x",
            'a"\nb=", @Variant(\\0)',
        ),
    ],
)
def test_settings_of_types_that_qt_would_unpack_are_set_aside(value: str, tmp_path: Path) -> None:
    file = tmp_path / "voxview.ini"
    file.write_text(f"[General]\nlook={value}\n")
    assert Settings(file).damaged == tmp_path / "voxview.ini.damaged"
    assert "look" in (tmp_path / "voxview.ini.damaged").read_text()


def test_settings_that_the_program_writes_are_kept(tmp_path: Path) -> None:
    from PySide6.QtCore import QByteArray

    file = tmp_path / "voxview.ini"
    settings = Settings(file)
    texts = {
        "folder": "/run/user/me@host/a=@b",
        "export_folder": "@here, @Variant(there)",
        "look": '{"@": "\\x40"}',
    }
    for name, text in texts.items():
        settings.remember(name, text)
    settings.remember_layout("window", QByteArray(bytes(range(256))))
    settings.save()
    again = Settings(file)
    assert again.damaged is None and {name: again.text(name) for name in texts} == texts
    assert again.layout("window") == QByteArray(bytes(range(256)))


def test_names_that_no_system_takes_name_nothing(tmp_path: Path) -> None:
    file = tmp_path / "voxview.ini"
    file.write_text(f"[General]\nfolder=/{'a' * 300}\n=1\n")
    assert Settings(file).folder == Path.home()
    assert is_file(file) and not is_file("/" + "a" * 300) and not is_file("a\0")
    state = State(SAMPLES[0], SAMPLES[1], 0.5, None, "x" * 3000)
    write_session(tmp_path / "s.voxview", session_document(state, Sources(("/" + "b" * 3000,), "samples")))
    opened = look_for(read_session(tmp_path / "s.voxview"), [], {}, tmp_path)
    assert [one.kind for one in opened.missing] == ["folder", "weights"]


def test_a_chair_whose_path_is_no_utf8_is_in_a_session(tmp_path: Path) -> None:
    chair = Chair("caf\udce9.obj", "A", "caf\udce9.obj", SAMPLES[0].read, {"path": "caf\udce9.obj"})
    state = State(chair, SAMPLES[1], 0.5, None, "chairs", (chair,))
    write_session(tmp_path / "s.voxview", session_document(state, Sources((), "samples")))
    assert read_session(tmp_path / "s.voxview").state.a == chair


def test_half_of_what_is_said_of_a_picture_is_left_out() -> None:
    picture = {"picture": "a.jpg", "unfamiliarity": 0.5, "autoencoder": "chairs"}
    chair = Chair("a.jpg", "A", "a.jpg", SAMPLES[0].read, picture)
    document = session_document(State(chair, SAMPLES[1], 0.5), Sources((), "samples"))
    read = session_of_document(document, "it").state.a
    assert read is not None and source_text(read) == ""


def test_values_that_make_no_sense_are_left_out() -> None:
    assert look_from_text('{"self": 1, "changes": 2, "ghost": true}') == Look(ghost=True)
    document = session_document(State(SAMPLES[0], SAMPLES[1], 0.5), Sources((), "samples"))
    document["aspects"] = {"edit": [[[0, 10**400]], [], ""], "parts": [1]}
    assert session_of_document(document, "it").state.aspects == {"parts": (1,)}
    assert not is_plain_edit((((0, 10**400),), (), "")) and not is_plain_edit((((0, 1e35),), (), ""))
    assert not _are_hidden_parts((1.0,)) and not _are_hidden_parts((True,)) and _are_hidden_parts((1,))

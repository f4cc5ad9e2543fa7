"""What a person changes about the chairs of a folder is so next time, and nothing of the folder is lost."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from voxview.errors import InputError
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.change import Change
from voxview.shapes.catalogs.changed import changed_catalog, key_of
from voxview.shapes.catalogs.open import open_catalog
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.catalogs.sidecar import SIDECAR, own_file, read_sidecar, write_changes
from voxview.shapes.catalogs.single import read_one
from voxview.shapes.io.atomic import write_atomically
from voxview.shapes.io.notices import listening
from voxview.shapes.orient import Orientation, rotate_grid

CHAIR = sample_catalog()[5].read()


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a data folder of its own."""
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path / "own data")
    return tmp_path / "own data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of 22 chairs, some of them further down."""
    folder = tmp_path / "mine"
    (folder / "deep").mkdir(parents=True)
    for number in range(22):
        np.save(folder / f"{'deep/' if number % 2 else ''}chair {number:02d}.npy", CHAIR)
    return folder


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[Path]:
    """The same where nothing can be written: tests may run as root, who may write everywhere."""

    def refuse(path: Path):  # type: ignore[no-untyped-def]
        if Path(path).parent == folder:
            raise InputError(f"cannot write {path}: no permission in {folder}; choose another folder")
        return write_atomically(path)

    monkeypatch.setattr("voxview.shapes.catalogs.sidecar.write_atomically", refuse)
    yield folder


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def opened(folder: Path) -> tuple[Catalog, list[str]]:
    """Return the catalog of a folder, and what was said."""
    said: list[str] = []
    with listening(said.append):
        return open_catalog(folder), said


def test_four_turned_one_renamed_one_removed_are_so_next_time_and_only_the_sidecar_is_written(
    folder: Path,
) -> None:
    before = snapshot(folder)
    turned = [f"deep/chair {number:02d}.npy" for number in (1, 3, 5, 7)]
    write_changes(folder, {key: Change(up="z", turn=90) for key in turned})
    write_changes(folder, {"chair 00.npy": Change("Grandmother's"), "chair 02.npy": Change(removed=True)})
    catalog, said = opened(folder)
    assert said == [] and len(catalog) == 21 and [chair.id for chair in catalog.removed] == ["chair 02"]
    assert catalog.find("Grandmother's").id == "chair 00"
    stands = rotate_grid(CHAIR, Orientation("z", 90).matrix)
    for key in turned:
        chair = catalog.find(key.removesuffix(".npy"))
        assert key_of(chair) == key and chair.details["up"] == "z"
        assert np.array_equal(chair.read(), stands)
        assert np.array_equal(read_one(str(folder), chair.id), stands), "as a session reads it"
    assert np.array_equal(catalog.find("chair 04").read(), CHAIR)
    after = snapshot(folder)
    assert after.pop(SIDECAR) and after == before


def test_a_changed_chair_is_another_one_for_what_is_kept_of_chairs(folder: Path) -> None:
    files, _ = opened(folder)
    first = changed_catalog(files, {"chair 00.npy": Change(up="z")})[0]
    assert (
        first != files[0]
        and first.is_same(files[0])
        and first in changed_catalog(files, {"chair 00.npy": Change(up="z")})
    )
    assert changed_catalog(files, {}, {"chair 00.npy": "content 2"})[0] != files[0]
    assert changed_catalog(files, {"gone.npy": Change("Gone")})[0] == files[0]


def test_what_is_kept_of_files_that_are_gone_stays_and_without_changes_the_sidecar_goes(folder: Path) -> None:
    write_changes(folder, {"gone.npy": Change("Still known"), "chair 00.npy": Change("Mine")})
    write_changes(folder, {"chair 00.npy": Change()})
    assert read_sidecar(folder).changes == {"gone.npy": Change("Still known")}
    write_changes(folder, {"gone.npy": Change()})
    assert not (folder / SIDECAR).exists()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ("[]", "none of VoxView's"),
        ('{"voxview chairs": 2, "chairs": {}}', "newer VoxView: update this one"),
        ('{"voxview chairs": 1}', "it has no chairs"),
        ('{"voxview chairs": 1, "chairs": {"../other.npy": {}}}', "no file in the folder"),
        ('{"voxview chairs": 1, "chairs": {"/etc/passwd": {}}}', "no file in the folder"),
        ('{"voxview chairs": 1, "chairs": {"a.npy": {"turn": 45}}}', "makes no sense"),
        ('{"voxview chairs": 1, "chairs": {"a.npy": {"up": ["y"]}}}', "makes no sense"),
        ('{"voxview chairs": 1, "chairs": {"a.npy": 3}}', "is nothing"),
    ],
)
def test_a_sidecar_that_cannot_be_used_is_said_in_one_line_and_set_aside_before_another_is_written(
    folder: Path, text: str, why: str
) -> None:
    (folder / SIDECAR).write_text(text)
    catalog, said = opened(folder)
    assert len(catalog) == 22 and len(said) == 1 and why in said[0] and "\n" not in said[0]
    assert catalog.notice == said[0] and (folder / SIDECAR).read_text() == text, "reading changes nothing"
    kept = write_changes(folder, {"chair 00.npy": Change("Mine")})
    assert [path.read_text() for path in kept.aside] == [text]
    (folder / SIDECAR).write_text(text)
    assert write_changes(folder, {"chair 01.npy": Change("Mine")}).aside != kept.aside, "never onto another"


def test_where_the_folder_cannot_be_written_the_persons_own_folder_has_it(
    read_only: Path, own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(read_only)
    kept = write_changes(read_only, {"chair 00.npy": Change("Mine")})
    assert not kept.is_beside and kept.file.is_relative_to(own_data) and snapshot(read_only) == before
    assert opened(read_only)[0].find("Mine").id == "chair 00"
    monkeypatch.undo()
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: own_data)
    assert write_changes(read_only, {"chair 01.npy": Change("Other")}).is_beside
    assert not own_file(read_only).exists() and len(read_sidecar(read_only).changes) == 2


def test_names_are_plain_and_names_of_files_of_any_bytes_are_kept(folder: Path) -> None:
    odd = "\udcff.npy"
    write_changes(folder, {odd: Change(removed=True)})
    assert read_sidecar(folder).changes == {odd: Change(removed=True)}
    document = {"voxview chairs": 1, "chairs": {"chair 00.npy": {"name": "a\x1b[31m\nb\u202e" + "x" * 999}}}
    (folder / SIDECAR).write_text(json.dumps(document))
    name = opened(folder)[0][0].name
    assert name.startswith("a\\x1b[31m b\\u202ex") and name.isprintable() and len(name) == 120


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
@pytest.mark.parametrize("odd", ["1: oak.obj", "a\\b.npy"])
def test_what_was_written_of_a_file_of_any_name_is_read_again(folder: Path, odd: str) -> None:
    write_changes(folder, {"chair 00.npy": Change("Kept")})
    write_changes(folder, {odd: Change("Oak")})
    kept = read_sidecar(folder)
    assert not kept.fault and {change.name for change in kept.changes.values()} == {"Kept", "Oak"}


def test_a_sidecar_is_not_lost_where_the_persons_own_file_counts_before_it(
    folder: Path, own_data: Path
) -> None:
    write_changes(folder, {"chair 00.npy": Change("Beside")})
    own = own_file(folder)
    own.parent.mkdir(parents=True)
    own.write_text('{"voxview chairs": 1, "chairs": {"chair 02.npy": {"name": "Own"}}}')
    write_changes(folder, {"chair 04.npy": Change("New")})
    names = {change.name for change in read_sidecar(folder).changes.values()}
    assert names == {"Beside", "Own", "New"} and not own.exists()


def test_a_name_that_two_chairs_have_is_refused_with_their_ids(folder: Path) -> None:
    write_changes(folder, {"chair 00.npy": Change("Mine"), "chair 02.npy": Change("Mine")})
    with pytest.raises(InputError, match=r"2 chairs .* give an id, as 'chair 00', 'chair 02'"):
        open_catalog(folder).find("Mine")

"""Folders become catalogs: every layout is recognised, listing opens nothing, bad folders are said to be."""

from __future__ import annotations

import builtins
import io
import os
from pathlib import Path

import numpy as np
import pytest
import trimesh

from voxview.errors import InputError
from voxview.shapes.catalogs import folder as folder_module
from voxview.shapes.catalogs.open import open_catalog
from voxview.shapes.io.arrays import write_npy
from voxview.shapes.io.binvox import SHAPENETVOX32_HEADER, write_binvox
from voxview.shapes.io.notices import listening
from voxview.shapes.io.read import read_shape
from voxview.shapes.orient import rotate_grid, rotation_matrix

_GRID = np.zeros((32, 32, 32), bool)
_GRID[6:26, :, 22:26] = _GRID[6:26, 14:18, 6:26] = True

_SYNSET = "03001627"


def _write_obj(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    seat = trimesh.creation.box((1, 0.1, 1))
    back = trimesh.creation.box((1, 1, 0.1)).apply_translation((0, 0.5, 0.45))
    trimesh.util.concatenate([seat, back]).export(path)


def _write_vox32(synset: Path, *ids: str) -> None:
    for chair_id in ids:
        (synset / chair_id).mkdir(parents=True)
        runs = bytes([1, 255]) * 128 + bytes([1, 128])
        (synset / chair_id / "model.binvox").write_bytes(SHAPENETVOX32_HEADER + runs)


@pytest.mark.parametrize("above", ["", _SYNSET, f"ShapeNetVox32/{_SYNSET}", f"data/ShapeNetVox32/{_SYNSET}"])
def test_shapenetvox32_is_found_at_the_synset_and_above(tmp_path: Path, above: str) -> None:
    _write_vox32(tmp_path / above, "bbb0", "aaa0", "ccc0")
    (tmp_path / above / ".hidden").mkdir()
    (tmp_path / above / "notes.txt").touch()
    catalog = open_catalog(tmp_path)
    assert catalog.name == "ShapeNetVox32" and catalog.source == str(tmp_path / above)
    assert [chair.id for chair in catalog] == ["aaa0", "bbb0", "ccc0"]
    assert catalog[0].read().all() and catalog[0].name == "chair aaa0"


def test_core_v2_prefers_the_voxels_and_takes_the_mesh_where_there_are_none(tmp_path: Path) -> None:
    root = tmp_path / "ShapeNetCore.v2" / _SYNSET
    for chair_id in ("a1", "b2", "c3"):
        _write_obj(root / chair_id / "models" / "model_normalized.obj")
    write_binvox(root / "a1" / "models" / "model_normalized.solid.binvox", _GRID)
    (root / "c3" / "models" / "model_normalized.obj").unlink()
    catalog = open_catalog(tmp_path)
    assert catalog.name == "ShapeNetCore v2" and len(catalog) == 3
    assert (catalog.find("a1").read() == _GRID).all()
    assert catalog.find("b2").read().any()
    with pytest.raises(InputError, match="chair c3 has no shape"):
        catalog.find("c3").read()


def test_a_chair_whose_whole_folder_is_gone_says_so_and_one_without_a_shape_names_what_it_lacks(
    tmp_path: Path,
) -> None:
    synset = tmp_path / _SYNSET
    _write_vox32(synset, "aaa0", "bbb0")
    chairs = open_catalog(tmp_path)
    (synset / "aaa0" / "model.binvox").unlink()
    with pytest.raises(InputError, match=f"chair aaa0 has no shape: no model.binvox in {synset / 'aaa0'}$"):
        chairs[0].read()
    synset.rename(tmp_path / "unplugged")
    with pytest.raises(InputError, match=f"its folder {synset} is not there any more; bring it back"):
        chairs[1].read()


def test_core_v1_is_turned_so_that_its_front_is_at_minus_z(tmp_path: Path) -> None:
    path = tmp_path / "ShapeNetCore.v1" / _SYNSET / "a1" / "model.obj"
    _write_obj(path)
    catalog = open_catalog(tmp_path / "ShapeNetCore.v1")
    assert catalog.name == "ShapeNetCore v1"
    assert (catalog[0].read() == rotate_grid(read_shape(path), rotation_matrix("y", 90))).all()


def test_of_several_collections_the_largest_is_opened(tmp_path: Path) -> None:
    _write_vox32(tmp_path / "z" / _SYNSET, "a1", "a2", "a3")
    _write_obj(tmp_path / "a" / _SYNSET / "x1" / "models" / "model_normalized.obj")
    assert open_catalog(tmp_path).name == "ShapeNetVox32"


def test_a_folder_of_shape_files_is_sorted_and_named_after_them(tmp_path: Path) -> None:
    (tmp_path / "more" / ".hidden").mkdir(parents=True)
    for name in ("b.npy", "more/a_tall-chair.npy", ".c.npy", "more/.hidden/d.npy"):
        write_npy(tmp_path / name, _GRID)
    _write_obj(tmp_path / "twice.obj")
    _write_obj(tmp_path / "twice.stl")
    (tmp_path / "README.txt").touch()
    catalog = open_catalog(str(tmp_path))
    assert [chair.id for chair in catalog] == ["b", "more/a_tall-chair", "twice.obj", "twice.stl"]
    assert catalog[1].name == "A tall chair" and catalog.name == tmp_path.name
    assert (catalog[0].read() == _GRID).all() and catalog[3].read().any()


def test_links_to_a_folder_above_are_skipped_and_others_are_listed(tmp_path: Path) -> None:
    (tmp_path / "open" / "deep").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    write_npy(tmp_path / "open" / "deep" / "a.npy", _GRID)
    write_npy(tmp_path / "elsewhere" / "b.npy", _GRID)
    (tmp_path / "open" / "deep" / "loop").symlink_to(tmp_path / "open")
    (tmp_path / "open" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "open" / "broken").symlink_to(tmp_path / "nowhere")
    assert [chair.id for chair in open_catalog(tmp_path / "open")] == ["deep/a", "link/b"]


def test_chairs_of_one_file_name_have_their_place_in_their_name(tmp_path: Path) -> None:
    for folder in ("oak", "steel"):
        (tmp_path / folder).mkdir()
        write_npy(tmp_path / folder / "chair.npy", _GRID)
    write_npy(tmp_path / "stool.npy", _GRID)
    names = [chair.name for chair in open_catalog(tmp_path)]
    assert names == ["Chair (oak/chair)", "Chair (steel/chair)", "Stool"]


def test_ids_stay_apart_whatever_the_names(tmp_path: Path) -> None:
    for name in ("x.obj.npy", "x.obj", "x.stl", "x.npy.npy", "x.npy"):
        (tmp_path / name).touch()
    ids = [chair.id for chair in open_catalog(tmp_path)]
    assert len(set(ids)) == 5


def test_bad_folders_are_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.obj").touch()
    for name, reason in [
        ("empty", "no chairs in .*03001627.*\\.binvox"),
        ("missing", "there is no folder"),
        ("file.obj", "is a file"),
        ("nul\0", "nul|null"),
    ]:
        with pytest.raises(InputError, match=reason) as caught:
            open_catalog(tmp_path / name)
        assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everywhere")
def test_a_folder_that_may_not_be_read_is_said_to_be(tmp_path: Path) -> None:
    tmp_path.chmod(0o000)
    with pytest.raises(InputError, match="no permission"):
        open_catalog(tmp_path)
    tmp_path.chmod(0o700)


def test_listing_opens_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synset = tmp_path / _SYNSET
    _write_vox32(synset, f"{0:032x}")
    for number in range(1, 678):
        (synset / f"{number:032x}").mkdir()

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError(f"opened {args}")

    monkeypatch.setattr(io, "open", refuse)  # what pathlib calls
    monkeypatch.setattr(builtins, "open", refuse)
    catalog = open_catalog(tmp_path)
    monkeypatch.undo()
    assert len(catalog) == 678
    with pytest.raises(InputError, match="has no shape"):
        catalog[1].read()


def test_the_real_collections_open(real_data: Path) -> None:
    for path, name, count in [
        (real_data, "ShapeNetVox32", 5778),
        (real_data / "ShapeNetVox32" / _SYNSET, "ShapeNetVox32", 5778),
        (real_data / "ShapeNetCore.v2", "ShapeNetCore v2", 8),
        (real_data / "open-chairs", "open-chairs", 22),
    ]:
        catalog = open_catalog(path)
        assert (catalog.name, len(catalog)) == (name, count)
        assert catalog[count // 2].read().any()


def _forbid(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Answer as the system does to a user who may not enter `folder`: root, who runs tests too, may."""
    stat = Path.stat

    def refusing(path: Path, **options: bool) -> os.stat_result:
        if folder in path.parents:
            raise PermissionError(13, "Permission denied", str(path))
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", refusing)


def test_a_chair_that_may_not_be_read_does_not_take_the_others_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write_vox32(tmp_path / _SYNSET, "aaa0", "bbb0")
    _forbid(monkeypatch, tmp_path / _SYNSET / "aaa0")
    catalog = open_catalog(tmp_path)
    assert [chair.id for chair in catalog] == ["aaa0", "bbb0"]
    assert catalog[1].read().all()
    with pytest.raises(InputError, match="aaa0"):
        catalog[0].read()


def test_a_rewritten_header_does_not_turn_a_chair_of_shapenetvox32(tmp_path: Path) -> None:
    runs = bytes([1, 200]) + bytes([0, 255]) * 127 + bytes([0, 183])
    for chair_id, header in [
        ("aaa0", SHAPENETVOX32_HEADER),
        ("bbb0", SHAPENETVOX32_HEADER.replace(b"\n", b"\r\n")),
    ]:
        (tmp_path / _SYNSET / chair_id).mkdir(parents=True)
        (tmp_path / _SYNSET / chair_id / "model.binvox").write_bytes(header + runs)
    first, second = open_catalog(tmp_path)
    assert (first.read() == second.read()).all()


def test_a_link_to_the_root_is_skipped(tmp_path: Path) -> None:
    write_npy(tmp_path / "a.npy", _GRID)
    (tmp_path / "everything").symlink_to("/")
    assert [chair.id for chair in open_catalog(tmp_path)] == ["a"]


@pytest.mark.parametrize("path", [7, ["a"], b"a", "a\0b"])
def test_what_is_no_path_is_no_folder(path: object) -> None:
    with pytest.raises(InputError, match=r"expected a path, but|nul character"):
        open_catalog(path)


def test_links_to_what_is_listed_anyway_list_no_chair_twice(tmp_path: Path) -> None:
    folder, outside = tmp_path / "open", tmp_path / "outside"
    for parent, name in ((folder / "z" / "deep", "a.npy"), (outside, "b.npy")):
        parent.mkdir(parents=True)
        write_npy(parent / name, _GRID)
    (folder / "again").symlink_to(folder / "z" / "deep")
    (folder / "again.npy").symlink_to(folder / "z" / "deep" / "a.npy")
    (folder / "m").symlink_to(outside)
    (folder / "n").symlink_to(outside)
    (folder / "n.npy").symlink_to(outside / "b.npy")
    (outside / "back").symlink_to(folder)
    assert [chair.id for chair in open_catalog(folder)] == ["m/b", "z/deep/a"]


def test_links_in_a_shapenet_folder_list_neither_a_neighbour_nor_a_chair_twice(tmp_path: Path) -> None:
    for place, ids in (("mine/Vox", ("aaa0",)), ("neighbour", ("bbb0", "ccc0"))):
        for chair_id in ids:
            (tmp_path / place / _SYNSET / chair_id).mkdir(parents=True)
            (tmp_path / place / _SYNSET / chair_id / "model.binvox").touch()
    (tmp_path / "mine" / "up").symlink_to(tmp_path)
    (tmp_path / "mine" / "Vox" / _SYNSET / "again").symlink_to("aaa0")
    assert [chair.id for chair in open_catalog(tmp_path / "mine")] == ["aaa0"]


def test_a_folder_of_too_many_files_says_that_it_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.npy", "b.npy", "c.npy"):
        (tmp_path / name).touch()
    assert open_catalog(tmp_path).notice == ""
    monkeypatch.setattr(folder_module, "_MAX_FILES", 2)
    said: list[str] = []
    with listening(said.append):
        catalog = open_catalog(tmp_path)
    assert len(catalog) == 2 and said == [catalog.notice] and "the first 2 shape files" in said[0]

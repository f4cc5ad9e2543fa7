"""Meshes that are small on disk take little memory, however often their parts are named or placed."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from shape_files import Gltf, gltf_chair, threemf

from voxview.errors import InputError
from voxview.shapes.io import points
from voxview.shapes.io.mesh import read_mesh
from voxview.shapes.io.read import read_shape

MIB = 1 << 20


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


def test_many_accessors_of_one_view_do_not_copy_it(traced: None, tmp_path: Path) -> None:
    file = Gltf()
    file.accessor(np.zeros((1, 3), np.float32))  # the view is not all of the buffer, which is never copied
    position = file.accessor(np.zeros((80_000, 3), np.float32))  # 0.9 MiB
    view = file.tree["accessors"][position]["bufferView"]
    for place in range(200):
        entry = dict(file.tree["accessors"][position], bufferView=view, byteOffset=36 * place, count=3)
        file.tree["accessors"].append(entry)
        file.mesh({"attributes": {"POSITION": len(file.tree["accessors"]) - 1}})
    path = tmp_path / "many.glb"
    path.write_bytes(file.glb())
    vertices, faces = read_mesh(path)
    assert (vertices.shape, faces.shape) == ((600, 3), (200, 3))
    assert tracemalloc.get_traced_memory()[1] < 20 * MIB


def test_vertices_that_no_face_names_are_not_copied_to_each_place(traced: None, tmp_path: Path) -> None:
    file = gltf_chair()
    corners = file.tree["meshes"][0]["primitives"][0]["attributes"]["POSITION"]
    del file.tree["accessors"][corners]["bufferView"]
    file.tree["accessors"][corners]["count"] = 100_000
    for _ in range(300):
        file.tree["nodes"].append(dict(file.tree["nodes"][0]))
        file.tree["scenes"][0]["nodes"].append(len(file.tree["nodes"]) - 1)
    path = tmp_path / "many.glb"
    path.write_bytes(file.glb())
    assert len(read_mesh(path)[0]) == 301 * 24
    assert tracemalloc.get_traced_memory()[1] < 30 * MIB


def test_elements_that_say_nothing_of_the_shape_are_not_kept(traced: None, tmp_path: Path) -> None:
    path, plain = tmp_path / "many.3mf", tmp_path / "plain.3mf"
    plain.write_bytes(threemf())
    empty = '<a b=""/>' * 40_000  # 10 MiB as a tree
    path.write_bytes(threemf(f'<object id="2">{empty}</object>'))
    chair = read_shape(plain)
    usual = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    assert np.array_equal(read_shape(path), chair)
    assert tracemalloc.get_traced_memory()[1] < usual + 3 * MIB


def test_entities_in_wider_letters_are_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "wide.3mf"
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><model>&b;</model>'
    path.write_bytes(threemf(models={"3D/a.model": text.encode("utf-16")}))  # type: ignore[dict-item]
    with pytest.raises(InputError, match="export it again as UTF-8"):
        read_shape(path)


def test_a_cloud_of_vertices_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cloud.obj"
    path.write_text("v 0 0 0\n" * 100)
    monkeypatch.setattr(points, "_MAX_WHOLE_BYTES", 100)
    with pytest.raises(InputError, match="and of this format up to"):
        list(points.read_points(path))

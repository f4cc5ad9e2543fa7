"""Points are read from every format and dialect in use, or refused in one line that says what to do."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from voxview.errors import InputError
from voxview.shapes.io import point_text, records
from voxview.shapes.io.points import holds_points, read_points
from voxview.to_end import run_to_end

POINTS = np.array([[0.5, -1.25, 2.0], [1e3, 0.125, -3.0], [0.0, 4.5, 0.25]])
ROWS = [f"{x} {y} {z}" for x, y, z in POINTS]


def read(path: Path) -> np.ndarray:
    return run_to_end(read_points(path))


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


PLY = "ply\nformat {} 1.0\ncomment made by hand\nelement vertex 3\n{}end_header\n"
XYZ = "property float x\nproperty float y\nproperty float z\n"
PCD = (
    "# .PCD v0.7\nVERSION 0.7\nFIELDS {}\nSIZE {}\nTYPE {}\nCOUNT {}\nWIDTH 3\nHEIGHT 1\nPOINTS 3\nDATA {}\n"
)

FILES: dict[str, str | bytes] = {
    "numbers alone.xyz": "\n".join(ROWS),
    "a header and further columns.txt": "//X Y Z R\n" + "\n".join(row + " 255" for row in ROWS),
    "numbers alone.asc": "\n".join(ROWS),
    "a count in the first line.pts": "3\n" + "\n".join(row + " -1200 10 20 30" for row in ROWS),
    "columns in any order that a header names.csv": "id,red,z,y,x\n"
    + "\n".join(f"p{i},7,{z},{y},{x}" for i, (x, y, z) in enumerate(POINTS)),
    "commas with spaces.csv": "\n".join(row.replace(" ", ", ") for row in ROWS) + "\n",
    "semicolons and CRLF.csv": "x;y;z\r\n" + "\r\n".join(row.replace(" ", ";") for row in ROWS),
    "decimal commas.csv": "\n".join(row.replace(" ", ";").replace(".", ",") for row in ROWS),
    "tabs and decimal commas.xyz": "\n".join(row.replace(" ", "\t").replace(".", ",") for row in ROWS),
    "a byte-order mark, comments and empty lines.txt": b"\xef\xbb\xbf# by a scanner\n\n"
    + "\n".join(ROWS).encode(),
    "text with further properties.ply": PLY.format("ascii", "property uchar red\n" + XYZ)
    + "\n".join("9 " + row for row in ROWS),
    "binary.ply": PLY.format("binary_little_endian", XYZ + "property uchar red\n").encode()
    + b"".join(struct.pack("<3fB", *row, 7) for row in POINTS),
    "binary with the big end first.ply": PLY.format(
        "binary_big_endian", XYZ.replace("float", "double")
    ).encode()
    + b"".join(struct.pack(">3d", *row) for row in POINTS),
    "text.pcd": PCD.format("rgb x y z", "4 4 4 4", "U F F F", "1 1 1 1", "ascii")
    + "\n".join("5 " + row for row in ROWS),
    "binary with further fields.pcd": PCD.format(
        "x y z normal", "4 8 4 4", "F F F F", "1 1 1 3", "binary"
    ).encode()
    + b"".join(struct.pack("<fdf3f", *row, 0, 0, 1) for row in POINTS),
    "vertices without faces.off": "OFF\n3 0 0\n" + "\n".join(ROWS),
    "vertices without faces and with colours.obj": "# cloud\n"
    + "\n".join("v " + row + " 0.5 0.5 0.5" for row in ROWS)
    + "\n",
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_points_is_read_in_its_own_axes_and_units(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, name, FILES[name])
    assert holds_points(path)
    assert np.array_equal(read(path), POINTS)


def test_an_array_of_points_is_read_and_a_grid_is_not(tmp_path: Path) -> None:
    np.save(tmp_path / "points.npy", np.column_stack([POINTS, POINTS]).astype(np.float32))
    np.save(tmp_path / "grid.npy", np.ones((4, 4, 4), bool))
    assert np.array_equal(read(tmp_path / "points.npy"), POINTS)
    assert not holds_points(tmp_path / "grid.npy")
    with pytest.raises(InputError, match=r"bool \(4, 4, 4\), and points are"):
        read(tmp_path / "grid.npy")


def test_a_file_with_faces_is_a_mesh(tmp_path: Path) -> None:
    faces = PLY.format("ascii", XYZ + "element face 1\nproperty list uchar int vertex_indices\n")
    assert not holds_points(written(tmp_path, "a.ply", faces + "\n".join(ROWS) + "\n3 0 1 2\n"))
    assert not holds_points(written(tmp_path, "a.off", "OFF 3 1 0\n" + "\n".join(ROWS) + "\n3 0 1 2\n"))
    assert not holds_points(written(tmp_path, "a.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"))
    assert not holds_points(tmp_path / "missing.ply")


def test_not_a_number_is_kept_for_the_cleaning_to_say(tmp_path: Path) -> None:
    assert np.isnan(read(written(tmp_path, "nan.xyz", ROWS[0] + "\nnan nan nan\n"))[1]).all()


def test_large_files_are_read_in_chunks_with_progress(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(point_text, "CHUNK", 2)
    monkeypatch.setattr(records, "CHUNK", 2)
    for name in ("a header and further columns.txt", "binary.ply", "text.pcd"):
        shares = list(read_points(written(tmp_path, name, FILES[name])))
        assert len(shares) >= 2 and shares == sorted(shares) and shares[0] > 0 and shares[-1] == 1.0
        assert np.array_equal(read(tmp_path / name), POINTS)


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "words.txt": ("a letter\nto a friend\n", "no rows of three numbers"),
    "nothing.xyz": ("", "no rows of three numbers"),
    "rows that are too short.xyz": (ROWS[0] + "\n1 2\n", "near line 2"),
    "decimal commas in some rows.xyz": (ROWS[0] + "\n1,5 2,5 3,5\n", "decimal commas"),
    "cut off.ply": (PLY.format("binary_little_endian", XYZ).encode() + b"\0" * 30, "ends after"),
    "too few rows.ply": (PLY.format("ascii", XYZ) + ROWS[0], "fewer than the 3 rows"),
    "vertices without z.ply": (
        PLY.format("ascii", XYZ.replace("z", "w")) + ROWS[0],
        "no vertex with x, y and z",
    ),
    "too many points.ply": (PLY.replace("3", "99999999").format("ascii", XYZ), "up to 20,000,000"),
    "binary_compressed.pcd": (
        PCD.format("x y z", "4 4 4", "F F F", "1 1 1", "binary_compressed"),
        "compressed",
    ),
    "a broken header.pcd": ("FIELDS x y z\nSIZE 4\nTYPE F F F\nDATA ascii\n", "header cannot be understood"),
    "no vertices.obj": ("# nothing\n", "holds no points"),
    "points.doc": ("0 0 0", "suffix is not one of"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_file_gets_one_line(name: str, tmp_path: Path) -> None:
    content, words = REFUSED[name]
    with pytest.raises(InputError, match=words) as error:
        read(written(tmp_path, name, content))
    assert "\n" not in str(error.value) and name in str(error.value)


def test_a_missing_file_gets_one_line(tmp_path: Path) -> None:
    for name in ("a.xyz", "a.ply", "a.pcd", "a.npy", "a.obj"):
        with pytest.raises(InputError, match="No such file"):
            read(tmp_path / name)

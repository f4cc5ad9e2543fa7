"""NumPy files as grids: what is read, what is refused, and that nothing is unpickled or blown up."""

from __future__ import annotations

import pickle
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from voxview.errors import InputError
from voxview.shapes.io.arrays import read_npy, read_npz, write_npy

_CUBE = np.random.default_rng(0).random((32, 32, 32)) < 0.3


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    write_npy(tmp_path / "a.npy", _CUBE)
    assert (np.load(tmp_path / "a.npy") == _CUBE).all()
    assert (read_npy(tmp_path / "a.npy") == _CUBE).all()


@pytest.mark.parametrize("dtype", ["?", "u1", "i8", ">i4", "f2", "f4", "f8", ">f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_every_number_type_and_order_is_read(tmp_path: Path, dtype: str, order: str) -> None:
    np.save(tmp_path / "a.npy", np.asarray(_CUBE.astype(dtype), order=order))
    assert (read_npy(tmp_path / "a.npy") == _CUBE).all()


def test_above_a_half_is_occupied(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([0.0, 0.5, 0.50001, 1, -1, np.inf, 0, 0]).reshape(2, 2, 2))
    assert np.flatnonzero(read_npy(tmp_path / "a.npy")).tolist() == [2, 3, 5]


def test_npz_takes_the_member_grid_or_the_only_array(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", anything=_CUBE)
    np.savez(tmp_path / "b.npz", grid=_CUBE, other=np.zeros(3))
    np.savez(tmp_path / "c.npz", one=_CUBE, two=_CUBE)
    assert (read_npz(tmp_path / "a.npz") == _CUBE).all()
    assert (read_npz(tmp_path / "b.npz") == _CUBE).all()
    with pytest.raises(InputError, match="holds 2 arrays"):
        read_npz(tmp_path / "c.npz")


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (np.zeros((2, 2)), "its shape is"),
        (np.zeros((2, 2, 3)), "its shape is"),
        (np.zeros((0, 0, 0)), "its shape is"),
        (np.zeros((2, 2, 2, 2)), "a batch of 2 grids; save one of them"),
        (np.zeros((1, 2, 2, 3)), "its shape is"),
        (np.full((2, 2, 2), np.nan), "NaN"),
        (np.zeros((2, 2, 2), complex), "complex128"),
        (np.full((2, 2, 2), "a"), "its values are"),
    ],
)
def test_other_arrays_are_refused(tmp_path: Path, array: np.ndarray, reason: str) -> None:
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(InputError, match=reason):
        read_npy(tmp_path / "a.npy")


class _Bomb:
    def __reduce__(self) -> tuple:
        return (Path("pwned").touch, ())


def test_nothing_is_unpickled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("a.npy", np.full((2, 2, 2), _Bomb(), object), allow_pickle=True)
    Path("b.npy").write_bytes(pickle.dumps(_Bomb()))
    for name in ("a.npy", "b.npy"):
        with pytest.raises(InputError):
            read_npy(name)
    assert not Path("pwned").exists()


def _header(shape: str, descr: str = "'|b1'") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".ljust(117).encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize("shape", ["(100000, 100000, 100000)", "(-1, -1, -1)", "(True, 1, 1)", "[2]"])
def test_a_header_is_checked_before_anything_is_allocated(tmp_path: Path, shape: str) -> None:
    (tmp_path / "a.npy").write_bytes(_header(shape) + b"\x01" * 100)
    tracemalloc.start()
    with pytest.raises(InputError):
        read_npy(tmp_path / "a.npy")
    assert tracemalloc.get_traced_memory()[1] < 2e6
    tracemalloc.stop()


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.npy").write_bytes(_header("(8, 8, 8)") + b"\x01" * 511)
    with pytest.raises(InputError, match="511 of 512 bytes"):
        read_npy(tmp_path / "a.npy")


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("grid.npy", "w", force_zip64=True) as member,
    ):
        member.write(_header("(2048, 2048, 2048)", "'<f8'"))
        for _ in range(64):
            member.write(bytes(1 << 20))
    tracemalloc.start()
    with pytest.raises(InputError, match="more than 128 MiB"):
        read_npz(tmp_path / "a.npz")
    assert tracemalloc.get_traced_memory()[1] < 4e6
    tracemalloc.stop()


def test_a_wrong_grid_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"float64 \(2, 2, 2\)"):
        write_npy(tmp_path / "a.npy", np.zeros((2, 2, 2)))
    assert list(tmp_path.iterdir()) == []


def test_a_header_that_claims_gigabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    content = b"\x93NUMPY\x02\x00" + (0x60000000).to_bytes(4, "little")
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("grid.npy", content + bytes(64 << 20))
    with (tmp_path / "a.npy").open("wb") as file:
        file.write(content)
        file.truncate(1 << 30)  # sparse: it takes no room on the disk
    for name, read in [("a.npz", read_npz), ("a.npy", read_npy)]:
        tracemalloc.start()
        with pytest.raises(InputError, match="its header claims"):
            read(tmp_path / name)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 10e6, name

"""Pictures are read by their content, upright, in 8 bits; what cannot be read is one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, features

from voxview.errors import InputError
from voxview.pictures.read import PICTURE_SUFFIXES, is_picture_name, picture_from_array, read_picture

SIZE = (40, 24)  # width, height


@pytest.fixture
def rgb() -> np.ndarray:
    """A smooth picture with a red top left, a green top right and a blue bottom, `(24, 40, 3)`."""
    width, height = SIZE
    across, down = np.linspace(0, 1, width), np.linspace(0, 1, height)[:, None]
    red, green, blue = (1 - across) * (1 - down), across * (1 - down), down + 0 * across
    return np.rint(255 * np.stack([red, green, blue], axis=2)).astype(np.uint8)


def difference(a: np.ndarray, b: np.ndarray) -> float:
    assert a.shape == b.shape
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


@pytest.mark.parametrize("suffix", PICTURE_SUFFIXES)
def test_each_format_is_read(tmp_path: Path, rgb, suffix: str) -> None:
    if suffix == ".avif" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    if suffix in (".heic", ".heif"):
        import pillow_heif

        pillow_heif.register_heif_opener()
    Image.fromarray(rgb).save(tmp_path / f"chair{suffix}")
    picture = read_picture(tmp_path / f"chair{suffix}")
    assert picture.pixels.dtype == np.uint8 and picture.alpha is None and picture.remarks == ()
    assert difference(picture.pixels, rgb) < 8
    assert is_picture_name(f"chair{suffix.upper()}")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_are_applied(tmp_path: Path, rgb, orientation: int) -> None:
    turns = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a),  # so that a turn to the right brings it upright
        7: lambda a: a.transpose(1, 0, 2)[::-1, ::-1],
        8: lambda a: np.rot90(a, -1),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(turns[orientation](rgb)))
    stored.save(tmp_path / "turned.jpg", exif=exif, quality=95, subsampling=0)
    assert difference(read_picture(tmp_path / "turned.jpg").pixels, rgb) < 4


def test_alpha_is_kept_and_an_opaque_one_is_none(tmp_path: Path, rgb) -> None:
    alpha = np.zeros(rgb.shape[:2], np.uint8)
    alpha[4:20, 5:30] = 200
    Image.fromarray(np.dstack([rgb, alpha])).save(tmp_path / "alpha.png")
    assert np.array_equal(read_picture(tmp_path / "alpha.png").alpha, alpha)
    Image.fromarray(np.dstack([rgb, np.full_like(alpha, 255)])).save(tmp_path / "opaque.png")
    assert read_picture(tmp_path / "opaque.png").alpha is None


@pytest.mark.parametrize(
    ("mode", "suffix", "within"),
    [("P", "png", 30), ("CMYK", "jpg", 8), ("CMYK", "tif", 8), ("YCbCr", "tif", 8), ("1", "png", 255)],
)
def test_other_colour_modes_are_converted(tmp_path: Path, rgb, mode: str, suffix: str, within: float) -> None:
    Image.fromarray(rgb).convert(mode).save(tmp_path / f"chair.{suffix}")
    assert difference(read_picture(tmp_path / f"chair.{suffix}").pixels, rgb) < within


def test_a_palette_with_a_transparent_colour_has_alpha(tmp_path: Path) -> None:
    image = Image.new("P", SIZE, 0)
    image.putpalette([255, 255, 255, 200, 30, 40])
    image.paste(1, (10, 5, 30, 20))
    image.save(tmp_path / "palette.png", transparency=0)
    picture = read_picture(tmp_path / "palette.png")
    assert picture.alpha is not None and picture.alpha[0, 0] == 0 and picture.alpha[10, 15] == 255
    assert picture.pixels[10, 15].tolist() == [200, 30, 40]


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_16_bit_grey_spans_black_to_white(tmp_path: Path, suffix: str) -> None:
    ramp = np.tile(np.linspace(0, 65535, 40).astype(np.uint16), (24, 1))
    Image.fromarray(ramp).save(tmp_path / f"deep.{suffix}")
    pixels = read_picture(tmp_path / f"deep.{suffix}").pixels
    assert difference(pixels[..., 0], np.rint(ramp / 257)) < 0.51 and pixels[0, -1].tolist() == [255] * 3


def test_16_bit_rgb_is_scaled_not_cut(tmp_path: Path) -> None:
    """Written by hand, because Pillow writes none: a PNG of 16 bits a channel."""
    import struct
    import zlib

    width, height = 40, 24
    row = b"\0" + struct.pack(">3H", 65535, 32896, 257) * width
    chunks = [
        (b"IHDR", struct.pack(">2I5B", width, height, 16, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(row * height)),
    ]
    content = b"\x89PNG\r\n\x1a\n"
    for name, body in [*chunks, (b"IEND", b"")]:
        content += struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    (tmp_path / "deep.png").write_bytes(content)
    assert read_picture(tmp_path / "deep.png").pixels[3, 3].tolist() == [255, 128, 1]


def test_real_numbers_are_shares_of_white_or_stretched_with_a_remark(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 1, 40, dtype=np.float32), (24, 1))
    for name, values in (("share", ramp), ("heights", 1e5 * ramp - 3)):
        Image.fromarray(values).save(tmp_path / f"{name}.tif")
        pixels = read_picture(tmp_path / f"{name}.tif").pixels
        assert difference(pixels[..., 1], np.rint(255 * ramp)) < 0.1
    assert "stretched" in read_picture(tmp_path / "heights.tif").remarks[0]


@pytest.mark.parametrize("suffix", ["png", "webp", "tif"])
def test_of_several_frames_the_first_is_read_with_a_remark(tmp_path: Path, rgb, suffix: str) -> None:
    frames = [Image.fromarray(np.roll(rgb, shift, axis=1)) for shift in (0, 9, 18)]
    options = {"lossless": True} if suffix == "webp" else {}
    frames[0].save(tmp_path / f"moving.{suffix}", save_all=True, append_images=frames[1:], **options)
    picture = read_picture(tmp_path / f"moving.{suffix}")
    assert difference(picture.pixels, rgb) < 1
    assert picture.remarks == (f"the first of 3 {'pages' if suffix == 'tif' else 'frames'}",)


def test_the_content_counts_not_the_suffix(tmp_path: Path, rgb) -> None:
    Image.fromarray(rgb).save(tmp_path / "chair.png")
    (tmp_path / "chair.png").rename(tmp_path / "chair.jpg")
    assert np.array_equal(read_picture(tmp_path / "chair.jpg").pixels, rgb)


def write_bad(folder: Path, name: str, rgb: np.ndarray) -> Path:
    path = folder / name
    if name == "folder.png":
        path.mkdir()
    elif name == "tiny.png":
        Image.new("RGB", (1, 1)).save(path)
    elif name == "glass.png":
        Image.new("RGBA", SIZE, (9, 9, 9, 0)).save(path)
    elif name == "empty.png":
        path.touch()
    elif name == "letter.jpg":
        path.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(200))
    elif name == "page.png":
        path.write_text("<!doctype html><html></html>")
    elif name == "phone.heic":
        path.write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    elif name == "noise.png":
        path.write_bytes(np.random.default_rng(0).bytes(500))
    elif name.startswith("cut."):
        Image.fromarray(np.tile(rgb, (8, 8, 1))).save(path)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.png", "there is no file"),
        ("folder.png", "is a folder"),
        ("empty.png", "is empty"),
        ("tiny.png", "1×1 pixels"),
        ("glass.png", "transparent"),
        ("letter.jpg", "a PDF document: save its page as"),
        ("page.png", "a web page"),
        ("noise.png", "is no picture that can be read"),
        ("cut.jpg", "cut off"),
        ("cut.png", "cut off"),
        ("cut.webp", "damaged"),
        ("cut.tif", "cut off"),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, rgb, name: str, words: str) -> None:
    path = write_bad(tmp_path, name, rgb)
    with pytest.raises(InputError, match=words) as raised:
        read_picture(path)
    assert str(path) in str(raised.value) and "\n" not in str(raised.value)


def test_heic_without_its_library_says_what_to_install(tmp_path: Path, rgb) -> None:
    if ".heic" in PICTURE_SUFFIXES:
        pytest.skip("pillow-heif is installed")
    assert is_picture_name("phone.HEIC")
    with pytest.raises(InputError, match="install pillow-heif"):
        read_picture(write_bad(tmp_path, "phone.heic", rgb))


@pytest.mark.parametrize("times", [1.5, 3])
def test_more_pixels_than_pillow_allows_are_refused(tmp_path: Path, rgb, monkeypatch, times: float) -> None:
    """Pillow warns above its limit and refuses above twice that; both are refused here."""
    Image.fromarray(rgb).save(tmp_path / "large.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", int(SIZE[0] * SIZE[1] / times))
    with pytest.raises(InputError, match="save it smaller"):
        read_picture(tmp_path / "large.png")


def test_arrays_are_pictures_too(rgb) -> None:
    assert np.array_equal(picture_from_array(rgb).pixels, rgb)
    alpha = np.full((*rgb.shape[:2], 1), 7, np.uint8)
    assert picture_from_array(np.dstack([rgb, alpha])).alpha.max() == 7


@pytest.mark.parametrize(
    "wrong",
    [np.zeros((24, 40), np.uint8), np.zeros((24, 40, 3)), np.zeros((24, 40, 2), np.uint8), [[1]], None,
     np.zeros((0, 40, 3), np.uint8), np.zeros((1, 1, 3), np.uint8), np.zeros((24, 40, 4), np.uint8)],
)  # fmt: skip
def test_other_arrays_are_a_value_error(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"uint8 \(height, width, 3\)|pixels|transparent"):
        picture_from_array(wrong)

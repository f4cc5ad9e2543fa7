"""Latents leave and come back bit for bit; what is no latent is one line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from voxview.cli import main
from voxview.engine.engine import Engine
from voxview.engine.unusual_latent import far_numbers_text
from voxview.errors import InputError
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.io.latents import latent_numbers, latent_text, parse_latent, read_latent, write_latent

SAMPLE = sample_catalog()[0]
RNG = np.random.default_rng(5)
LATENT = (RNG.normal(size=(8, 8)) * 10.0 ** RNG.integers(-30, 30, (8, 8))).astype(np.float32)
LATENT[0, 0] = -0.0


def same(a: np.ndarray, b: np.ndarray) -> bool:
    return a.dtype == b.dtype == np.float32 and a.tobytes() == b.tobytes()


# ---- files and text ---------------------------------------------------------------------------------


def test_text_comes_back_bit_for_bit_with_its_weights() -> None:
    written = parse_latent(latent_text(LATENT, ("chair: one", "weights: study")))
    assert same(written.latent, LATENT) and written.weights == "study"


def test_json_and_npy_come_back_bit_for_bit(tmp_path: Path) -> None:
    file = tmp_path / "latent.npy"
    write_latent(file, LATENT)
    assert same(read_latent(file).latent, LATENT) and same(np.load(file), LATENT)
    file = tmp_path / "latent.json"
    file.write_text(json.dumps({"latent": latent_numbers(LATENT), "weights": "chairs"}), encoding="utf-8")
    written = read_latent(file)
    assert same(written.latent, LATENT) and written.weights == "chairs"


@pytest.mark.parametrize("show", [str, repr, lambda z: json.dumps(z.tolist())])
def test_what_numpy_prints_can_be_pasted(show) -> None:
    latent = np.arange(-32, 32, dtype=np.float32).reshape(8, 8) / 4
    assert same(parse_latent(show(latent)).latent, latent)


def test_commas_semicolons_and_other_precisions_are_read(tmp_path: Path) -> None:
    rows = [",".join(map(str, range(8)))] * 4 + ["; ".join(map(str, range(8)))] * 4
    assert parse_latent("\n\n".join(rows)).latent.tolist() == [list(range(8))] * 8
    file = tmp_path / "double.npy"
    np.save(file, np.full((8, 8), 0.1))
    assert same(read_latent(file).latent, np.full((8, 8), 0.1, np.float32))


BAD = {
    "7 rows": ("0 1 2 3 4 5 6 7\n" * 7, "7 rows of 8 came"),
    "4 rows of 16": (("0 " * 16 + "\n") * 4, "4 rows of 16 came"),
    "ragged": ("0 1 2\n3 4\n", "5 in rows of several lengths came"),
    "words": ("a b c d e f g h\n" * 8, "'a' is no number"),
    "NaN": ("0 0 0 0 0 0 0 0\n" * 7 + "0 0 nan 0 0 0 0 0\n", r"\(row 7, column 2\) is nan"),
    "too large": ("0 0 0 0 0 0 0 0\n" * 7 + "0 0 1e39 0 0 0 0 0\n", "is 1e[+]39: all have to be finite"),
    "nothing": ("", "0 in rows of several lengths came"),
    "other JSON": ('{"numbers": [1]}', 'the entry "latent"'),
    "deep JSON": ('{"latent": ' + "[" * 100_000, 'the entry "latent"'),
    "JSON with words": ('{"latent": [["a"]]}', 'the entry "latent"'),
}


@pytest.mark.parametrize("case", BAD)
def test_a_text_that_is_no_latent_is_one_line(case: str) -> None:
    text, said = BAD[case]
    with pytest.raises(InputError, match=said) as raised:
        parse_latent(text)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_no_latent_is_one_line_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / "z.npy"
    contents = {
        "floating-point": lambda: np.save(file, np.array([[b"x"] * 8] * 8)),
        "8 rows of 9 came": lambda: np.save(file, np.zeros((8, 9))),
        r"float64 \(1, 8, 8\) came": lambda: np.save(file, np.zeros((1, 8, 8))),
        "finite": lambda: np.save(file, np.full((8, 8), np.inf)),
        "no complete NumPy array": lambda: file.write_bytes(b"\x93NUMPY\x01\x00v\x00{'descr': '<f4'"),
        "no text and no NumPy array": lambda: file.write_bytes(b"\xff\xfe\x00\xd8\xd8"),
        "too large for 64 numbers": lambda: file.write_bytes(bytes((1 << 20) + 1)),
        "cannot read": lambda: file.unlink(),
    }
    for said, make in contents.items():
        make()
        with pytest.raises(
            InputError, match=f"{re.escape(str(file))}.*{said}|{said}.*{re.escape(str(file))}"
        ):
            read_latent(file)


# ---- commands ---------------------------------------------------------------------------------------


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    status = main([*map(str, words)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_a_chairs_numbers_in_three_forms_decode_to_one_chair(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("latent", SAMPLE.id, "--weights", "study")
    text, as_json, as_npy = tmp_path / "z.txt", tmp_path / "z.json", tmp_path / "z.npy"
    text.write_text(run(capsys, *given)[1], encoding="utf-8")
    as_json.write_text(run(capsys, *given, "--json")[1], encoding="utf-8")
    assert run(capsys, *given, "--npy", as_npy) == (0, f"wrote {as_npy}\n", "")
    entry = json.loads(as_json.read_text(encoding="utf-8"))
    assert (entry["chair"], entry["weights"], entry["odd_numbers"]) == (SAMPLE.id, "study", 0)
    grids = []
    for file, more in ((text, ()), (as_json, ()), (as_npy, ("--weights", "study"))):
        out = tmp_path / f"{file.suffix[1:]}-chair.npy"
        assert run(capsys, "decode", file, "--out", out, *more) == (0, f"wrote {out}\n", "")
        grids.append(np.load(out))
    assert (grids[0] == grids[1]).all() and (grids[0] == grids[2]).all()
    assert (grids[0] & SAMPLE.read()).sum() > 0.5 * (grids[0] | SAMPLE.read()).sum()


def test_numbers_of_other_weights_are_decoded_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "z.txt", tmp_path / "chair.obj"
    far = np.zeros((8, 8), np.float32)
    far[2, 3] = 1e4
    file.write_text(latent_text(far, ("weights: chairs",)), encoding="utf-8")
    status, _, said = run(capsys, "decode", file, "--out", out, "--weights", "study")
    assert status in (0, 2)  # it may be empty
    assert "of the weights 'chairs', and 'study' decodes them" in said
    assert "far outside what chairs have, most of all (row 2, column 3): 1e+04" in said


def test_chairs_own_numbers_are_not_far(capsys: pytest.CaptureFixture[str]) -> None:
    engine = Engine("study", "cpu")
    chairs = np.stack([chair.read() for chair in list(sample_catalog())[3::40]])
    latents = engine.encode_unrefined(chairs, "cpu")
    assert [far_numbers_text(z, engine) for z in latents] == [""] * len(latents)
    assert far_numbers_text(latents[0] * 20, engine)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("latent", "no-such-chair"), "no-such-chair"),
        (("latent", SAMPLE.id, "--npy", "z.txt"), "has to end in .npy"),
        (("decode", "gone.npy", "--out", "x.obj"), "cannot read gone.npy"),
        (("decode", "gone.npy", "--out", "x.png"), "has to end in"),
        (("latent", SAMPLE.id, "--json", "--npy", "z.npy"), "not allowed with"),
    ],
)
def test_what_cannot_be_is_one_line(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, error = run(capsys, *words)
    assert status == 2 and said in error and error.count("\n") == 1

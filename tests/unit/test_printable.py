"""Names from files are one line that moves nothing, wherever they are shown."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from jinja2 import Environment

from voxview.errors import InputError
from voxview.evaluation.names import add_names
from voxview.model.weights import read_weights
from voxview.model.weights_card import find_weights, read_card
from voxview.printable import printable, printable_lines
from voxview.shapes.catalogs.folder import find_shape_files
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.io.arrays import write_npy

HOSTILE = "a\x1b[2Jb\nvoxview: c\u202egpj.exe\r\x85\u2028\u2066"
ESCAPED = "a\\x1b[2Jb\\nvoxview: c\\u202egpj.exe\\r\\x85\\u2028\\u2066"


def test_what_moves_or_hides_other_text_is_escaped() -> None:
    assert printable(HOSTILE) == ESCAPED
    assert printable("\udcff") == "\\udcff", "a byte of a name that is no UTF-8"
    assert printable_lines("one\ntwo\x07") == "one\ntwo\\x07"


def test_what_people_write_stays_as_it_is() -> None:
    for name in ("Fauteuil n° 3", "שלום", "کتاب\u200cها", "👩\u200d🎨", "at 10.15\u202fAM", "<b>&amp;"):
        assert printable(name) == name


def test_a_number_of_hundreds_of_digits_leaves_its_message_readable_and_paths_whole() -> None:
    path = "/" + "/".join(["folder" * 30] * 12)
    line = str(InputError(f"{path}/x.obj names vertex {'9' * 4000} of 8"))
    assert path in line and line.endswith("9… of 8") and len(line) < len(path) + 120


def test_names_of_chairs_and_folders_are_printable_and_their_ids_find_them(tmp_path: Path) -> None:
    folder = tmp_path / HOSTILE
    folder.mkdir()
    write_npy(folder / f"{HOSTILE}.npy", sample_catalog()[0].read())
    catalog = find_shape_files(folder)
    assert catalog is not None and catalog.name == ESCAPED
    (chair,) = catalog
    assert chair.name.isprintable() and "\\u202e" in chair.name
    assert np.array_equal(catalog.find(HOSTILE).read(), sample_catalog()[0].read())


def test_names_and_notes_of_weights_are_printable(tmp_path: Path) -> None:
    path = with_metadata(tmp_path / f"{HOSTILE}.safetensors", {"name": HOSTILE, "terms": HOSTILE})
    weights, card = read_weights(path), read_card(path)
    assert weights.name == ESCAPED and weights.notes["terms"] == ESCAPED
    assert card.title == ESCAPED and card.line.endswith(ESCAPED)
    assert all(line.isprintable() for line in card.text().split("\n"))


def test_a_page_gives_names_a_direction_of_their_own() -> None:
    page = add_names(Environment(autoescape=True)).from_string("‘{{ x | name }}’").render(x="<b>\u202e")
    assert page == "‘<bdi>&lt;b&gt;\\u202e</bdi>’"


def with_metadata(path: Path, entries: dict[str, str]) -> Path:
    """Write the study's weights with other entries in their header."""
    data = find_weights("study").read_bytes()
    end = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:end])
    header["__metadata__"] |= entries
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data[end:])
    return path

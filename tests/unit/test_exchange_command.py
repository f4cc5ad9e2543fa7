"""`voxview mix --parts` puts parts of several chairs together, and names what it cannot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voxview.cli import main
from voxview.engine.exchange import exchanged_chair
from voxview.engine.parts import PartsReader
from voxview.errors import InputError
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.io.read import read_shape
from voxview.shapes.part_rules import label_grid_by_rules
from voxview.shapes.parts import ARM, BACK, LEG, SEAT

SAMPLES = sample_catalog()
CHAIR, STOOL, ARMCHAIR = SAMPLES[0], SAMPLES[4], SAMPLES[6]


@pytest.fixture
def labelled_by_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PartsReader, "read", lambda self, grid: label_grid_by_rules(grid))


def test_the_first_chair_gives_what_is_not_named() -> None:
    chair = exchanged_chair({BACK: ARMCHAIR, LEG: STOOL}, label_grid_by_rules)
    assert dict(chair.details) == {
        "seat": ARMCHAIR.name,
        "back": ARMCHAIR.name,
        "leg": STOOL.name,
        "arm": ARMCHAIR.name,
    }
    assert chair.read().dtype == np.bool_ and chair.read().any()


def test_a_part_can_be_left_out() -> None:
    chair = exchanged_chair({SEAT: ARMCHAIR, ARM: None}, label_grid_by_rules)
    assert set(chair.details) == {"seat", "back", "leg"}


def test_each_chair_is_labelled_once() -> None:
    calls: list[np.ndarray] = []

    def label(grid: np.ndarray) -> np.ndarray:
        calls.append(grid)
        return label_grid_by_rules(grid)

    exchanged_chair({BACK: CHAIR, SEAT: CHAIR, LEG: STOOL}, label)
    assert len(calls) == 2


@pytest.mark.usefixtures("labelled_by_rules")
def test_an_exchange_is_written_with_its_parts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new.npz"
    parts = [f"back={CHAIR.id}", f"legs={STOOL.id}"]
    assert main(["mix", "--parts", *parts, "--out", str(out), "--weights", "study"]) == 0
    said = capsys.readouterr().out
    assert STOOL.name in said and CHAIR.name in said and "in one piece" in said
    with np.load(out) as file:
        assert np.array_equal(file["parts"] != 255, file["grid"])
    assert read_shape(out).any()


@pytest.mark.usefixtures("labelled_by_rules")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--parts", "wheel=x"], "names no part: write seat="),
        (["--parts", f"back={CHAIR.id}", f"back={STOOL.id}"], "comes twice"),
        (["--parts", "arms=none"], "no chair is named"),
        (["--parts", f"back={STOOL.id}"], "back has none"),
        ([CHAIR.id, "--parts", f"back={CHAIR.id}"], "or else parts"),
        ([], "or else parts"),
    ],
)
def test_what_cannot_be_exchanged_gets_one_line(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["mix", *arguments, "--out", str(tmp_path / "a.obj"), "--weights", "study"]) == 2
    error = capsys.readouterr().err
    assert words in error and error.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_no_chair_is_an_input_error() -> None:
    with pytest.raises(InputError, match="no chair is named"):
        exchanged_chair({}, label_grid_by_rules)

"""The files of a training run: its config, its checkpoint and its log, those of older versions too."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, fields, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from voxview.cli.parser import parser_for
from voxview.errors import InputError
from voxview.model.weights import find_weights, read_weights
from voxview.resources import asset
from voxview.shapes.bits import pack_bytes
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.training.checkpoint import Checkpoint, check_same_run, read_checkpoint, write_checkpoint
from voxview.training.config import TrainConfig, explanations
from voxview.training.config_check import check_config
from voxview.training.config_file import read_config, write_config
from voxview.training.csv_log import CsvLog
from voxview.training.data import TrainingData
from voxview.training.loop import TrainingStep
from voxview.training.notes import result_notes
from voxview.training.validation import HeldOutMetrics


@pytest.fixture(scope="module")
def grids() -> np.ndarray:
    return np.stack([chair.read() for chair in sample_catalog()[:8]])


def procedural(grids: np.ndarray) -> TrainingData:
    return TrainingData(pack_bytes(grids[:0]), pack_bytes(grids))


def test_a_written_config_is_read_as_it_was_and_explains_itself(tmp_path: Path) -> None:
    config = TrainConfig("study", steps=7, critic=0.0, channels_last=True, learning_rate=1e-5, device="cpu")
    write_config(tmp_path / "c.toml", config)
    assert TrainConfig(**read_config(tmp_path / "c.toml")) == config
    assert "# steps, but at most a fifth of them" in (tmp_path / "c.toml").read_text()


def test_every_option_is_explained() -> None:
    assert set(explanations()) == {field.name for field in fields(TrainConfig)}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("stepps = 3", "stepps"),
        ("steps = 3.5", "whole number"),
        (f"learning_rate = 0x{'f' * 6000}", "too large"),
        (f"learning_rate = {'9' * 400}", "too large"),
        ("steps = true", "whole number"),
        ("compile = 1", "true or false"),
        ("steps 3", "no TOML"),
    ],
)
def test_a_wrong_config_is_refused_by_name(tmp_path: Path, text: str, word: str) -> None:
    (tmp_path / "c.toml").write_text(text)
    with pytest.raises(InputError, match=word):
        read_config(tmp_path / "c.toml")


def test_fields_of_older_versions_are_read_as_the_ones_they_became(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text('start_from = "chairs"\nmending = 0.6\nstay = 0.5\n')
    assert read_config(file) == {"start_from": "chairs", "connectivity": 0.6, "interpolate_start": 0.5}
    write_config(file, TrainConfig(**read_config(file)))
    assert "connectivity = 0.6" in file.read_text() and "mending" not in file.read_text()
    file.write_text("connectivity = 0.3\nmending = 0.6\n")
    with pytest.raises(InputError, match="sets connectivity twice"):
        read_config(file)


def test_options_of_older_versions_work_and_are_not_listed(capsys: pytest.CaptureFixture[str]) -> None:
    parser = parser_for(["train"])
    options = parser.parse_args(["train", "--out", "w.safetensors", "--mending", "0.6", "--stay", "0.5"])
    assert (options.connectivity, options.interpolate_start) == (0.6, 0.5)
    with pytest.raises(SystemExit):
        parser.parse_args(["train", "--help"])
    listed = capsys.readouterr().out
    assert "--connectivity" in listed and "--interpolate-start" in listed
    assert "--mending" not in listed and "--stay" not in listed


def test_weights_keep_the_notes_of_the_version_that_wrote_them(tmp_path: Path) -> None:
    old = tmp_path / "old.safetensors"
    header = {"format": "voxview-weights-1", "architecture": "study", "mending": "0.6", "stay": "0.5"}
    save_file(load_file(find_weights("study")), old, metadata=header)
    notes = read_weights(old).notes
    assert notes["mending"] == "0.6" and notes["stay"] == "0.5"


def test_a_checkpoint_of_an_older_version_is_resumed(grids: np.ndarray, tmp_path: Path) -> None:
    config, identity = TrainConfig(connectivity=0.6, interpolate_start=0.5), procedural(grids).identity
    file = tmp_path / "w.checkpoint.safetensors"
    write_checkpoint(file, Checkpoint(config, identity, 1, 3, 1.0, {"network.a": torch.zeros(1)}))
    with safe_open(file, framework="pt") as opened:
        header = dict(opened.metadata())
    values = asdict(config)
    values["mending"], values["stay"] = values.pop("connectivity"), values.pop("interpolate_start")
    save_file(load_file(file), file, metadata=header | {"config": json.dumps(values)})
    checkpoint = read_checkpoint(file)
    assert checkpoint.config == config
    check_same_run(checkpoint, config, identity, 1)
    with pytest.raises(InputError, match=r"connectivity was 0\.6, and is 0\.1 now"):
        check_same_run(checkpoint, replace(config, connectivity=0.1), identity, 1)


def row(step: int, terms: dict[str, float], **held_out: HeldOutMetrics) -> TrainingStep:
    return TrainingStep(step, 4, 1.0, terms, 1e-3, 9.0, 1.0, held_out)


def test_a_table_of_an_older_version_is_continued_under_the_present_names(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(
        "step,seconds,images_per_second,learning_rate,loss,"
        "loss: mending,loss: critic,IoU: a b,one piece: a b\n"
        "1,1.0,9.0,0.001,1.000000,0.300000,0.700000,,\n2,1.0,9.0,0.001,1.000000,0.250000,0.750000,,\n"
    )
    log = CsvLog(path, ["a b"], resumed_after=1)
    # The terms may come in another order: values are written below their own names.
    log.add(row(2, {"critic": 0.75, "connectivity": 0.25}, **{"a b": HeldOutMetrics(0.5, 1.0)}))
    rows = list(csv.DictReader(path.open()))
    assert [found["loss: connectivity"] for found in rows] == ["0.300000", "0.250000"]
    assert rows[1]["loss: critic"] == "0.750000" and rows[1]["IoU: a b"] == "0.50000"
    assert "loss: mending" not in rows[0]


def test_a_resumed_table_has_each_step_once(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    log = CsvLog(path, ["x"])
    for step in (1, 2, 3):
        log.add(row(step, {"part": 1.0}))
    with path.open("a") as file:
        file.write("4,0.")  # a kill cuts a row short
    log = CsvLog(path, ["x"], resumed_after=2)
    for step in (3, 4):
        log.add(row(step, {"part": 1.0}, x=HeldOutMetrics(0.5, 1.0)))
    rows = list(csv.DictReader(path.open()))
    assert [row["step"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[-1]["IoU: x"] == "0.50000" and rows[0]["IoU: x"] == ""


def test_of_one_held_out_chair_nothing_is_said_of_blends(tmp_path: Path) -> None:
    alone = {"mine": HeldOutMetrics(0.5, float("nan"))}
    CsvLog(tmp_path / "log.csv", ["mine"]).add(row(1, {}, **alone))
    (found,) = csv.DictReader((tmp_path / "log.csv").open())
    assert (found["IoU: mine"], found["one piece: mine"]) == ("0.50000", "")
    notes = result_notes(TrainConfig(), 1, alone)
    assert notes["held-out IoU, mine"] == "0.5000" and "nan" not in notes.values()


def test_what_cannot_be_resumed_is_refused_by_name(grids: np.ndarray) -> None:
    config, data = TrainConfig("study", batch=8), procedural(grids)
    saved = Checkpoint(config, data.identity, 1, 10, 1.0, {})
    check_same_run(saved, replace(config, device="cpu", evaluate_every=7), data.identity, 1)
    for changed, word in (({"learning_rate": 1e-4}, "learning-rate was 0.002"), ({"seed": 1}, "seed")):
        with pytest.raises(InputError, match=word):
            check_same_run(saved, replace(config, **changed), data.identity, 1)
    with pytest.raises(InputError, match="not those that the run began with"):
        check_same_run(saved, config, procedural(grids[::-1]).identity, 1)
    with pytest.raises(InputError, match="1 processes, and has 2"):
        check_same_run(saved, config, data.identity, 2)


def test_a_checkpoint_is_never_mistaken(tmp_path: Path) -> None:
    foreign = tmp_path / "x.checkpoint.safetensors"
    with pytest.raises(InputError, match="to resume"):
        read_checkpoint(foreign)
    for content in (b"", b"no tensors", asset("weights", "study.safetensors").read_bytes()):
        foreign.write_bytes(content)
        with pytest.raises(InputError, match="no checkpoint of this version"):
            read_checkpoint(foreign)


NUMBERS = [field.name for field in fields(TrainConfig) if type(field.default) in (int, float)]


@pytest.mark.parametrize("name", NUMBERS)
def test_every_number_of_a_config_has_a_range(name: str) -> None:
    with pytest.raises(InputError, match=name.replace("_", "-")):
        check_config(replace(TrainConfig(start_from="chairs"), **{name: -1}))

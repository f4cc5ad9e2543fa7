"""A pair's path at even pace: from what is decoded ahead, and as files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voxview.engine.engine import Engine
from voxview.engine.export.options import ExportOptions
from voxview.engine.morph import ExportedMorph, export_morph
from voxview.engine.request import PATH_STEPS, BlendRequest
from voxview.model.arc_length import EVEN_PACE
from voxview.model.metrics import largest_over_mean, path_steps
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.chair import Chair

A, B = sample_catalog()[0], sample_catalog()[1]
REQUEST = BlendRequest(A, B, 0.5)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine("study", device="cpu")


def exported(engine: Engine, out: Path, a: Chair = A, b: Chair = B, steps: int = 11) -> ExportedMorph:
    work = export_morph(
        engine,
        a,
        b,
        steps=steps,
        out=out,
        options=ExportOptions(("npy",)),
        backend="numpy",
        device="cpu",
        pace="even",
    )
    while True:
        try:
            next(work)
        except StopIteration as end:
            morph: ExportedMorph = end.value
            return morph


def test_the_arc_length_comes_with_the_whole_path_and_is_that_of_its_blends(engine: Engine) -> None:
    *_, before, last = engine.decode_ahead(REQUEST)
    assert before.scores is not None and before.scores.arc_length is None
    assert last.scores is not None and last.scores.arc_length is not None
    arc = last.scores.arc_length
    positions = [step / (PATH_STEPS - 1) for step in range(PATH_STEPS)]
    grids = np.concatenate(list(engine.grids(REQUEST, positions)))
    lengths = path_steps(grids)
    expected = np.concatenate([[0], np.cumsum(lengths)]) / lengths.sum()
    assert [arc.share_at(t) for t in positions] == pytest.approx(expected, abs=1e-4)

    back = next(iter(engine.decode_ahead(replace(REQUEST, a=B, b=A)))).scores
    assert back is not None and back.arc_length is not None
    assert [1 - back.arc_length.share_at(1 - t) for t in positions] == pytest.approx(expected, abs=1e-4)


def test_the_grids_of_many_positions_are_those_of_their_blends(engine: Engine) -> None:
    request = replace(REQUEST, remove_small_components=True)
    positions = [0.0, 0.31, 0.5, 0.734, 0.9, 1.0]
    grids = np.concatenate(list(engine.grids(request, positions)))
    blends = list(engine.morph(request, positions))
    assert np.array_equal(grids, [blend.grid for blend in blends])
    assert sum(blend.removed_voxels for blend in blends) > 0


def test_a_morph_at_even_pace_says_how_even_its_files_are(engine: Engine, tmp_path: Path) -> None:
    morph = exported(engine, tmp_path)
    record = json.loads((tmp_path / "morph.json").read_text())
    files = sorted(tmp_path.glob("*.npy"))
    largest = largest_over_mean(path_steps(np.stack([np.load(path) for path in files])))
    assert largest <= EVEN_PACE
    assert record["pace"] == "even" and record["largest_step_over_mean"] == pytest.approx(largest, abs=1e-4)
    ts = [blend["t"] for blend in record["blends"]]
    assert ts == morph.placement.t.tolist() and (ts[0], ts[-1]) == (0.0, 1.0)
    assert [float(path.stem.split("_t")[1]) for path in files] == pytest.approx(ts, abs=5e-5)
    assert morph.pace_text == f"even pace: the largest step is {largest:.2f} × the mean"


def test_a_chair_and_itself_have_a_linear_morph(engine: Engine, tmp_path: Path) -> None:
    morph = exported(engine, tmp_path, A, A, steps=5)
    assert morph.placement.t.tolist() == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert morph.pace_text == "even pace: the largest step is 1.00 × the mean"

"""Opening a session where its data is, has moved to, or is gone from."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from voxview.engine.mix import MixRequest
from voxview.gui.session.session_file import (
    SavedSession,
    Sources,
    read_session,
    session_document,
    write_session,
)
from voxview.gui.session.state import State
from voxview.gui.sessions.opening import look_for, without_missing
from voxview.shapes.catalogs.open import open_catalog
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.io.binvox import write_binvox

SAMPLES = sample_catalog()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a folder of two chairs."""
    folder = tmp_path / "home" / "chairs"
    folder.mkdir(parents=True)
    for name, number in (("one", 5), ("two", 6)):
        write_binvox(folder / f"{name}.binvox", SAMPLES[number].read())
    return folder


def saved(folder: Path, path: Path, weights: str = "chairs") -> SavedSession:
    """Return a session of the folder's chairs as it is read again."""
    catalog = open_catalog(folder)
    a, b = catalog
    state = State(a, b, 0.25, MixRequest((a, SAMPLES[0]), (0.5, 0.5)), weights)
    write_session(path, session_document(state, Sources((str(folder),), str(folder))))
    return read_session(path)


def test_a_session_whose_data_is_there_lacks_nothing(data: Path, tmp_path: Path) -> None:
    session = saved(data, tmp_path / "s.voxview")
    opened = look_for(session, [], {}, tmp_path)
    assert opened.missing == () and opened.changed == ()
    assert opened.state == session.state and opened.listed == str(data)
    assert [catalog.source for catalog in opened.catalogs] == [str(data)]


def test_a_catalog_that_is_open_is_not_opened_again(data: Path, tmp_path: Path) -> None:
    assert look_for(saved(data, tmp_path / "s.voxview"), [open_catalog(data)], {}).catalogs == ()


def test_data_that_is_gone_is_listed_and_found_where_a_person_points(data: Path, tmp_path: Path) -> None:
    session = saved(data, tmp_path / "s.voxview")
    elsewhere = tmp_path / "elsewhere" / "other name"
    shutil.move(data, elsewhere)
    gone = look_for(session, [], {}, tmp_path).missing
    assert [(one.kind, one.path, len(one.chairs)) for one in gone] == [("folder", str(data), 2)]
    assert gone[0].reason == "it is not there"
    opened = look_for(session, [], {str(data): elsewhere}, tmp_path)
    assert opened.missing == () and opened.listed == str(elsewhere)
    assert opened.state.a is not None and opened.state.a.source == str(elsewhere)
    assert np.array_equal(opened.state.a.read(), SAMPLES[5].read())
    assert opened.state.mix is not None and opened.state.mix.chairs == (opened.state.a, SAMPLES[0])


def test_a_folder_that_moved_with_the_session_is_found_beside_it(data: Path, tmp_path: Path) -> None:
    session = saved(data, data.parent / "s.voxview")
    shutil.move(data.parent, tmp_path / "other home")
    opened = look_for(session, [], {}, tmp_path / "other home")
    assert opened.missing == () and opened.listed == str(tmp_path / "other home" / "chairs")


def test_the_same_data_that_is_open_from_elsewhere_will_do(data: Path, tmp_path: Path) -> None:
    session = saved(data, tmp_path / "s.voxview")
    shutil.move(data, tmp_path / "elsewhere")
    assert look_for(session, [open_catalog(tmp_path / "elsewhere")], {}).missing == ()


def test_a_folder_without_the_chairs_is_refused_with_the_chair(data: Path, tmp_path: Path) -> None:
    session = saved(data, tmp_path / "s.voxview")
    (tmp_path / "wrong").mkdir()
    write_binvox(tmp_path / "wrong" / "three.binvox", SAMPLES[7].read())
    missing = look_for(session, [], {str(data): tmp_path / "wrong"}).missing
    assert len(missing) == 1 and missing[0].reason == "One is not in it, nor 1 other"


def test_a_chair_that_has_changed_since_is_reported(data: Path, tmp_path: Path) -> None:
    session = saved(data, tmp_path / "s.voxview")
    write_binvox(data / "one.binvox", SAMPLES[8].read())
    opened = look_for(session, [], {}, tmp_path)
    assert [chair.id for chair in opened.changed] == ["one"] and opened.missing == ()


def test_weights_that_are_gone_are_listed(data: Path, tmp_path: Path) -> None:
    session = saved(data, tmp_path / "s.voxview", weights="/nowhere/mine.safetensors")
    missing = look_for(session, [], {}, tmp_path).missing
    assert [(one.kind, one.path) for one in missing] == [("weights", "/nowhere/mine.safetensors")]
    opened = look_for(session, [], {"/nowhere/mine.safetensors": Path("study")})
    assert opened.missing == () and opened.state.weights == "study"


def test_without_what_is_missing_the_present_chairs_stay(data: Path, tmp_path: Path) -> None:
    session = saved(data, tmp_path / "s.voxview", weights="/nowhere/mine.safetensors")
    shutil.rmtree(data)
    present = State(SAMPLES[1], SAMPLES[2], 0.5, weights="study")
    state = without_missing(look_for(session, [], {}), present)
    assert (state.a, state.b, state.mix, state.weights) == (SAMPLES[1], SAMPLES[2], None, "study")
    assert state.t == 0.25

"""A window whose folder of chairs goes while thumbnails are drawn, and whose settings cannot be written."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from looking import WAIT_MS, selection_of, shown_in
from pytestqt.qtbot import QtBot

from voxview.gui.context import thumbnails
from voxview.gui.context.settings import Settings
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.io.binvox import write_binvox


def test_a_folder_that_goes_and_comes_back_costs_nothing_but_its_pictures_meanwhile(
    open_window: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, away = tmp_path / "chairs", tmp_path / "unplugged"
    data.mkdir()
    for number in range(20):
        write_binvox(data / f"chair-{number:02}.binvox", sample_catalog()[number].read())
    draw = thumbnails._draw
    monkeypatch.setattr(thumbnails, "_draw", lambda chair, side: (time.sleep(0.02), draw(chair, side))[1])
    monkeypatch.setattr(thumbnails, "_AGAIN_SECONDS", 0.5)
    monkeypatch.setattr(Settings, "is_kept", property(lambda _: False))
    window = open_window(data=data, flat=True)
    said: list[str] = []
    window.context.notifications.error_raised.connect(said.append)
    pictures = window.context.thumbnails

    qtbot.waitUntil(lambda: len(window.context.listing.catalogs) == 2, timeout=WAIT_MS)
    chairs = list(window.context.listing.catalog or [])
    assert len(chairs) == 20
    qtbot.waitUntil(lambda: any(pictures.picture(chair) for chair in chairs), timeout=WAIT_MS)
    data.rename(away)
    for chair in chairs:
        pictures.picture(chair)
    qtbot.waitUntil(lambda: pictures.is_idle, timeout=WAIT_MS)
    assert any(pictures._pictures[chair].isNull() for chair in chairs if chair in pictures._pictures)
    assert said == [], "a list that is drawn says nothing: it would say it for each chair"

    before = shown_in(window).pair
    selection_of(window).choose(a=chairs[19])
    qtbot.waitUntil(lambda: len(said) == 1, timeout=WAIT_MS)
    assert "chair-19" in said[0] and "\n" not in said[0]
    assert shown_in(window).pair == before

    away.rename(data)
    qtbot.waitUntil(
        lambda: all((found := pictures.picture(chair)) and not found.isNull() for chair in chairs),
        timeout=WAIT_MS,
    )
    selection_of(window).choose(a=chairs[19])
    qtbot.waitUntil(lambda: shown_in(window).pair != before, timeout=WAIT_MS)
    assert len(said) == 1


def test_a_window_that_can_keep_nothing_says_so_once(
    open_window: Callable[..., MainWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "is_kept", property(lambda _: False))
    window = open_window(start=False)
    said: list[str] = []
    window.context.notifications.noted.connect(said.append)
    window.startup.say_what_is_not_kept()
    assert len(said) == 1 and "cannot be written" in said[0] and "\n" not in said[0]

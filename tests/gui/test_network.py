"""The page of networks: layers with their arithmetic, the calculator, and what a layer sees of the chairs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from looking import WAIT_MS, selection_of, shown_in, wait_for_position
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from voxview.engine.points_request import SeenCloud
from voxview.engine.request import Position
from voxview.gui.appearance.feature import AppearanceFeature
from voxview.gui.network.controller import NetworkController
from voxview.gui.network.feature import NetworkFeature
from voxview.gui.window import MainWindow
from voxview.shapes.catalogs.samples import sample_catalog

LAYERS, INSIDE, WHAT_IF = range(3)


@pytest.fixture
def window(flat: MainWindow) -> MainWindow:
    """Return a window with pictures instead of the 3D view, which nothing here looks at."""
    return flat


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> NetworkController:
    """Return what stands behind the page, opened, with the study's layers counted."""
    window.qactions["show_network"].trigger()
    found = window.feature(NetworkFeature).controller
    assert isinstance(found, NetworkController)
    qtbot.waitUntil(lambda: found.panel.network is not None, timeout=WAIT_MS)
    return found


def settled(qtbot: QtBot, page: NetworkController, said: str) -> str:
    """Wait until what is said of the channel begins so, and return all of it."""
    about = page.panel.inside.about
    qtbot.waitUntil(lambda: about.isVisible() and about.text().startswith(said), timeout=WAIT_MS)
    return about.text()


def show(qtbot: QtBot, page: NetworkController, name: str) -> None:
    """Choose a network, and wait until its layers are counted."""
    page.panel.choose(name)
    page.panel.network_chosen.emit(name)
    qtbot.waitUntil(
        lambda: page.panel.network is not None and page.panel.network.name == name, timeout=WAIT_MS
    )


def test_layers_unfold_are_timed_and_saved(
    window: MainWindow, page: NetworkController, qtbot: QtBot, tmp_path: Path
) -> None:
    panel, layers = page.panel, page.panel.layers
    assert panel.chosen == "study", "the weights in use come first"
    tree = layers.tree
    assert tree.topLevelItemCount() == 6 and "168,105 parameters" in layers.totals.text()

    block = layers.picture.shown_blocks()[2]  # after the input and the first layer
    middle = QPoint(round(block.left + block.width / 2), round(block.top + block.height / 2))
    QTest.mouseClick(layers.picture, Qt.MouseButton.LeftButton, pos=middle)
    item = tree.topLevelItem(1)
    assert item is not None and tree.row == 1 and item.isExpanded()
    lines = [item.child(place).text(0) for place in range(item.childCount())]
    place = lines.index("parameters: filters × (F·F·F·C + 1)")
    assert lines[place + 1].strip() == "= 16 × (5·5·5·32 + 1) = 64,016"
    QTest.keyClick(layers.picture, Qt.Key.Key_Right)
    QTest.keyClick(layers.picture, Qt.Key.Key_Right)
    assert tree.row == 3 and "transposed" in layers.picture.accessibleDescription()
    tree.setFocus()
    QTest.keyClick(tree, Qt.Key.Key_Up)
    assert tree.row == 2 and "2³×8" in layers.picture.accessibleDescription()

    page.measure()
    assert layers.button.text() == "Cancel"
    qtbot.waitUntil(lambda: layers.button.text() != "Cancel", timeout=WAIT_MS)
    heading = tree.headerItem()
    assert heading.text(2) == "ms, CPU" and "thread" in heading.toolTip(2)
    first = tree.topLevelItem(0)
    assert first is not None and float(first.text(2)) > 0 and tree.row == 2
    assert "ms for the whole network" in layers.totals.text()

    for suffix, begins in ((".svg", b"<?xml"), (".png", b"\x89PNG"), (".csv", b"layer,kind,output")):
        path = tmp_path / f"study{suffix}"
        page.save_to(path)
        qtbot.waitUntil(lambda path=path: str(path) in window.messages.text, timeout=WAIT_MS)
        assert path.read_bytes().startswith(begins)
    assert b"milliseconds (CPU" in (tmp_path / "study.csv").read_bytes()
    assert b"16" in (tmp_path / "study.svg").read_bytes()
    page.save_to(tmp_path / "study.doc")
    assert "written as .svg, .png, .csv, and study.doc is none of these" in window.messages.text
    assert not (tmp_path / "study.doc").exists()


def test_a_network_that_was_described_opens_at_once_and_the_calculator_takes_its_layers(
    page: NetworkController, qtbot: QtBot
) -> None:
    panel, box = page.panel, page.panel.what_if
    show(qtbot, page, "alexnet")
    assert "the parameters and 91.9 % of the work" in panel.layers.totals.text()
    panel.layers.tree.select(3)
    panel.layers.tree.row_selected.emit(3)
    begin = time.perf_counter()
    show(qtbot, page, "study")
    show(qtbot, page, "alexnet")
    QApplication.processEvents()
    assert time.perf_counter() - begin < 0.6, "two networks, 0.3 s each"

    panel.layers.select(3)  # conv2: two groups
    panel.switch.setCurrentIndex(WHAT_IF)
    box.layer.click()
    assert box.convolution.groups == 2 and "307,456 numbers to store" in box.outcome.text()
    assert box.example.currentText() == "AlexNet's second, two groups"
    for name, value, said in (
        ("stride", 0, "the stride is 1 or more, but 0 came"),
        ("kernel", 999, "the filter is 999 long and the padded input 31"),
        ("groups", 7, "7 groups cannot share 96 channels"),
    ):
        before = box.boxes[name].value()
        box.boxes[name].setValue(value)
        assert said in box.error.text() and "\n" not in box.error.text() and box.outcome.isHidden()
        assert box.example.currentText() == "Other numbers"
        box.boxes[name].setValue(before)
    assert box.error.isHidden() and not box.outcome.isHidden()
    panel.switch.setCurrentIndex(INSIDE)
    assert "no trained weights" in panel.inside.reason.text()


def test_what_a_layer_sees_is_that_of_the_shape_and_comes_when_the_slider_rests(
    window: MainWindow, page: NetworkController, qtbot: QtBot
) -> None:
    panel, box = page.panel, page.panel.inside
    requests = _watch_questions(window)
    selection_of(window).move(Position(0.7))
    wait_for_position(qtbot, window, 0.7)
    qtbot.wait(300)
    assert "network" not in requests, "nothing is looked at while nobody sees it"

    panel.switch.setCurrentIndex(INSIDE)
    before = settled(qtbot, page, "encoder.0, channel 1 of 32")
    assert box.sheet.count == 32 and box.filters.count == 32 and box.slices.count == 16
    QTest.mouseClick(box.sheet, Qt.MouseButton.LeftButton, pos=box.sheet.room_of(4).center())
    settled(qtbot, page, "encoder.0, channel 5 of 32")
    QTest.keyClick(box.sheet, Qt.Key.Key_Left)
    settled(qtbot, page, "encoder.0, channel 4 of 32")
    assert box.sheet.tile == 3
    QTest.keyClick(box.sheet, Qt.Key.Key_Home)  # goes nowhere
    box.layer.setCurrentIndex(5)
    box.layer.activated.emit(5)
    settled(qtbot, page, "decoder.2, channel 1 of 1")
    assert panel.layers.row == 5 and box.filters.isHidden() and box.slices.count == 32
    panel.layers.select(0)
    settled(qtbot, page, "encoder.0, channel 1 of 32")

    selection_of(window).move(Position(0.0))
    qtbot.waitUntil(lambda: box.about.text() != before, timeout=WAIT_MS)
    box.place.setCurrentIndex(2)
    box.view.setCurrentIndex(1)
    qtbot.waitUntil(lambda: "from the right" in box.slices_title.text(), timeout=WAIT_MS)
    window.feature(AppearanceFeature).set_theme("dark")
    window.qactions["show_network"].trigger()
    assert not box.isVisible()
    count = len(requests)
    selection_of(window).move(Position(0.4))
    wait_for_position(qtbot, window, 0.4)
    qtbot.wait(300)
    assert "network" not in requests[count:]


def test_a_picture_and_a_cloud_that_chairs_came_from_are_looked_at(
    window: MainWindow, page: NetworkController, qtbot: QtBot
) -> None:
    panel, box = page.panel, page.panel.inside
    panel.switch.setCurrentIndex(INSIDE)
    show(qtbot, page, "picture")
    assert "Neither chair came from a picture" in box.reason.text()
    samples = sample_catalog()
    pixels = np.random.default_rng(0).integers(0, 255, (227, 227, 3), np.uint8)
    points = np.random.default_rng(1).normal(size=(300, 3))
    cloud = SeenCloud(points.astype(np.float32), points / 6)
    a = replace(samples[2], details={"thumbnail": pixels, "path": "a"})
    b = replace(samples[3], details={"cloud": cloud, "path": "b"})
    selection_of(window).choose(a=a, b=b)
    qtbot.waitUntil(lambda: shown_in(window).chairs == (a, b), timeout=WAIT_MS)
    show(qtbot, page, "study")
    show(qtbot, page, "picture")
    assert box.place.currentIndex() == 0, "the one of both that came from a picture"
    settled(qtbot, page, "conv1, channel 1 of 64")
    assert (box.sheet.count, box.filters.count) == (64, 64) and box.view.isHidden()

    show(qtbot, page, "pointnet2")
    qtbot.waitUntil(lambda: not box.cloud.isHidden(), timeout=WAIT_MS)
    assert box.place.currentIndex() == 2 and box.cloud.kinds.count() == 3
    assert "of 64 centres of the second level hold all" in box.cloud.text.text()
    box.cloud.kinds.setCurrentIndex(1)
    QTest.keyClick(box.cloud.picture, Qt.Key.Key_Left)
    assert box.cloud.view.azimuth == 22.0
    box.cloud.centre.setValue(7)
    assert "Centre 7 takes of the cloud" in box.cloud.text.text()
    box.place.setCurrentIndex(0)
    assert box.reason.text() == "This shape did not come from points: choose B."
    show(qtbot, page, "parts")
    assert "View, Parts" in box.reason.text()


def _watch_questions(window: MainWindow) -> list[str]:
    """Return the topics of the questions that the engine is asked from now on."""
    client, topics = window.context.session.engine, []
    ask: Callable[..., Any] = client.ask

    def watched(work: Callable[..., object], topic: str = "") -> int | None:
        topics.append(topic)
        return ask(work, topic)

    client.ask = watched  # type: ignore[method-assign]
    return topics

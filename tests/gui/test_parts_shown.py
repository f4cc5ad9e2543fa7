"""Parts: at rest the chairs are coloured by part, with shares that are theirs; a part can be hidden."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import trimesh
from looking import (
    WAIT_MS,
    change_weights,
    mix_page,
    selection_of,
    shown_in,
    shown_vertices,
    transport,
    view,
    wait_for_position,
)
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from random_points_weights import write_random_parts_weights
from rules_labeller import are_parts_shown, check_parts, face_colours, label_by_rules
from whole_layout import faults, say_everything, settle, show_page

from voxview.engine.engine import Engine
from voxview.engine.exchange import exchanged_chair
from voxview.engine.latent_request import LatentRequest
from voxview.engine.request import Position
from voxview.errors import VoxViewError
from voxview.gui import theme
from voxview.gui.blend.first_pictures import FirstPictures
from voxview.gui.blend.subplots import BLEND, A, B, Shape
from voxview.gui.context.settings import Settings
from voxview.gui.files.feature import FilesFeature
from voxview.gui.mix.controller import MixController
from voxview.gui.parts.feature import PartsFeature
from voxview.gui.parts.legend import Legend
from voxview.gui.session.at_rest import CalledOffError
from voxview.gui.session.labelling import Labelling
from voxview.gui.session.shown_parts import Parts
from voxview.gui.window import MainWindow
from voxview.model.weights_card import find_weights
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.shapes.io.read import read_shape
from voxview.shapes.part_rules import label_grid_by_rules
from voxview.shapes.parts import ARM, BACK, LEG, PART_COLOURS, SEAT

CHAIRS = sample_catalog()
ARMCHAIR, STOOL = CHAIRS[6], CHAIRS[4]
NO_WEIGHTS = (
    "No parts weights are installed: train some with 'voxview train --network parts', and give the file"
)
_EXCHANGE = 4
"""The place of the exchange among the kinds of mixes."""


@pytest.fixture
def without_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the parts weights, those that come with the program and one's own."""
    monkeypatch.delenv("VOXVIEW_PARTS_WEIGHTS", raising=False)
    monkeypatch.setattr("voxview.model.shipped_encoders.is_installed", lambda _: False)


def legend(window: MainWindow) -> Legend:
    return window.feature(PartsFeature).legend


def _wait(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until all three shapes are coloured by part."""
    qtbot.waitUntil(lambda: are_parts_shown(window), timeout=WAIT_MS)


def _choose_armchair_and_stool(window: MainWindow, qtbot: QtBot) -> None:
    selection_of(window).choose(a=ARMCHAIR, b=STOOL)
    qtbot.waitUntil(lambda: shown_in(window).path is not None, timeout=WAIT_MS)  # refined: it stays


def test_parts_are_coloured_at_rest_dropped_by_the_slider_and_never_in_its_way(
    window: MainWindow, qtbot: QtBot
) -> None:
    labeller = label_by_rules(window)
    _choose_armchair_and_stool(window, qtbot)
    assert not legend(window).isVisible() and face_colours(window, A) is None, "parts are off at first"
    window.qactions["parts"].trigger()
    _wait(window, qtbot)
    check_parts(window)
    seat = legend(window).boxes[SEAT]
    assert legend(window).isVisible() and seat.share in seat.accessibleName()
    own = label_grid_by_rules(ARMCHAIR.read())
    assert f"A {(own == SEAT).sum() / (own < 255).sum():.0%}".replace("%", " %") in seat.toolTip()
    # A labelling is under way, and the slider moves: its picture does not wait for the gate.
    labeller.gate.clear()
    transport(window).slider.setValue(30)
    wait_for_position(qtbot, window, 0.3)
    assert face_colours(window, BLEND) is None and face_colours(window, A) is not None
    assert seat.share == "–", "a share of a blend that is gone"
    labeller.begun.clear()
    qtbot.waitUntil(labeller.begun.is_set, timeout=WAIT_MS)
    transport(window).slider.setValue(62)
    wait_for_position(qtbot, window, 0.62)
    assert not labeller.gate.is_set() and face_colours(window, BLEND) is None
    labeller.gate.set()
    _wait(window, qtbot)
    check_parts(window)
    assert labeller.times(ARMCHAIR.read()) == labeller.times(STOOL.read()) == 1, "A and B are labelled once"


def test_a_part_is_hidden_in_all_three_views_by_the_keyboard_and_comes_back(
    window: MainWindow, qtbot: QtBot
) -> None:
    label_by_rules(window)
    _choose_armchair_and_stool(window, qtbot)
    whole = [shown_vertices(window, place) for place in (A, BLEND, B)]
    window.qactions["parts"].trigger()
    _wait(window, qtbot)
    for place in (A, BLEND, B):
        assert np.array_equal(shown_vertices(window, place), whole[place]), "the colours change the surface"
    box = legend(window).boxes[LEG]
    box.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert not box.isChecked() and not window.context.playback.playing
    for place in (A, BLEND, B):
        colours = face_colours(window, place)
        assert colours is not None and not (colours == PART_COLOURS[LEG]).all(1).any()
        assert shown_vertices(window, place)[:, 1].min() > whole[place][:, 1].min() + 0.1, "there are legs"
    transport(window).slider.setValue(40)
    wait_for_position(qtbot, window, 0.4)
    _wait(window, qtbot)
    assert shown_vertices(window, BLEND)[:, 1].min() > whole[BLEND][:, 1].min() + 0.1, "they stay hidden"
    window.qactions["parts"].trigger()
    assert not legend(window).isVisible() and face_colours(window, BLEND) is None
    assert np.array_equal(shown_vertices(window, A), whole[A]), "they come back when parts are switched off"
    window.qactions["parts"].trigger()
    _wait(window, qtbot)
    assert all(one.isChecked() for one in legend(window).boxes)
    check_parts(window)


def test_parts_are_of_whatever_is_shown(
    window: MainWindow, new_engine: Callable[[str], Engine], qtbot: QtBot, tmp_path: Path
) -> None:
    label_by_rules(window)
    latent = new_engine("study").encode_unrefined(ARMCHAIR.read()[None], device="cpu")[0]
    window.qactions["parts"].trigger()

    def check() -> None:
        qtbot.wait(30)
        check_parts(window)  # at once: nothing is of what was there before
        _wait(window, qtbot)
        check_parts(window)

    selection_of(window).choose(a=CHAIRS[14], b=CHAIRS[15], position=Position(0.2))
    wait_for_position(qtbot, window, 0.2)
    check()
    window.qactions["swap"].trigger()
    wait_for_position(qtbot, window, 0.8)
    check()
    window.qactions["show_rebuilt"].trigger()
    check()
    window.qactions["show_mix"].trigger()
    qtbot.waitUntil(lambda: shown_in(window).mix is not None, timeout=WAIT_MS)
    check()
    selection_of(window).point_at(LatentRequest(latent, "a place"))
    qtbot.waitUntil(lambda: view(window).headings.blend.title == "On the map", timeout=WAIT_MS)
    check()
    other = tmp_path / "other.safetensors"  # the study's again: those of the program take long to decode with
    other.write_bytes(find_weights("study").read_bytes())
    change_weights(qtbot, window, str(other))
    qtbot.waitUntil(lambda: shown_in(window).mix is not None, timeout=WAIT_MS)
    check()
    selection_of(window).set_surface_resolution(64)
    qtbot.waitUntil(lambda: shown_in(window).result.surface.resolution == 64, timeout=WAIT_MS)  # type: ignore[union-attr]
    check()


def test_exports_carry_parts_while_they_are_shown(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    label_by_rules(window)
    files = window.feature(FilesFeature)

    def export(name: str) -> Path:
        path = tmp_path / name
        files.export_to(path)
        qtbot.waitUntil(lambda: name in window.messages.text, timeout=WAIT_MS)
        return path

    assert "\ng " not in export("plain.obj").read_text()
    window.qactions["parts"].trigger()  # no rest is waited for: the export has them labelled itself
    assert "\ng seat\n" in export("parts.obj").read_text() and "its parts" in window.messages.text
    blend = shown_in(window).blend
    assert blend is not None
    with np.load(export("parts.npz")) as saved:
        assert np.array_equal(saved["parts"], label_grid_by_rules(blend.grid))
    for suffix in ("ply", "glb"):
        mesh = trimesh.load(export(f"parts.{suffix}"), force="mesh")
        colours = {tuple(int(c) for c in one[:3]) for one in mesh.visual.vertex_colors}
        assert set(PART_COLOURS[:3]) <= colours <= set(PART_COLOURS)
    assert np.array_equal(read_shape(export("parts.binvox")), blend.grid)


def test_a_chair_of_exchanged_parts_is_that_of_the_command_line(window: MainWindow, qtbot: QtBot) -> None:
    labeller = label_by_rules(window)
    window.qactions["show_mix"].trigger()
    page = mix_page(window)
    panel, exchange = page.panel, page.panel.exchange
    qtbot.waitUntil(lambda: shown_in(window).mix is not None, timeout=WAIT_MS)
    exchange.fill([ARMCHAIR, CHAIRS[0], STOOL])
    panel.switch.setCurrentIndex(_EXCHANGE)

    def wait_for_chair() -> None:
        def is_shown() -> bool:
            mix, request = shown_in(window).mix, exchange.request()
            return mix is not None and request is not None and mix.request.chairs == request.chairs

        qtbot.waitUntil(is_shown, timeout=WAIT_MS)

    wait_for_chair()
    mix, heading = shown_in(window).mix, view(window).headings.blend
    named = {SEAT: ARMCHAIR, BACK: CHAIRS[0], LEG: ARMCHAIR, ARM: ARMCHAIR}
    expected = exchanged_chair(named, label_grid_by_rules)
    assert mix is not None and np.array_equal(mix.request.chairs[0].read(), expected.read())
    assert heading.title == "Exchange" and f"back of {CHAIRS[0].name}" in heading.below
    assert (
        panel.state.text().startswith("The new chair is")
        and "fitted to the seat" in exchange.note.text().lower()
    )
    exchange.choose({BACK: "none", LEG: "R", ARM: "R"})
    assert panel.state.text().startswith("Putting"), "what is said of the chair before is gone"
    wait_for_chair()
    assert "R has no arms" in exchange.note.text() and "left out" in exchange.names[BACK].text()
    assert set(shown_in(window).mix.request.chairs[0].details) == {"seat", "leg"}  # type: ignore[union-attr]
    assert labeller.times(ARMCHAIR.read()) == 1
    QTest.mouseClick(exchange.plain_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: heading.title == "Mix of 4", timeout=WAIT_MS)
    panel.switch.setCurrentIndex(_EXCHANGE)
    qtbot.waitUntil(lambda: heading.title == "Exchange", timeout=WAIT_MS)
    _check_leaving(window, qtbot, page)
    panel.switch.setCurrentIndex(3)
    assert panel.attributes.start.currentText() == "The blend of A and B"


def _check_leaving(window: MainWindow, qtbot: QtBot, page: MixController) -> None:
    """A slider that moves while parts are put together has the last word."""
    labeller = label_by_rules(window)
    labeller.gate.clear()
    page.panel.exchange.choose({BACK: "Q"})
    qtbot.waitUntil(labeller.begun.is_set, timeout=WAIT_MS)
    transport(window).slider.setValue(20)
    wait_for_position(qtbot, window, 0.2)
    labeller.gate.set()
    qtbot.wait(300)
    assert shown_in(window).blend is not None and not page.panel.back_button.isEnabled()


def test_an_empty_place_and_a_seat_that_is_not_there_are_said(unstarted: MainWindow) -> None:
    show_page(unstarted, "mix")
    page = mix_page(unstarted)
    page.panel.switch.setCurrentIndex(_EXCHANGE)
    page.panel.exchange.slots[1].put(None)
    page.panel.exchange.choose({BACK: "Q"})
    assert "empty place" in page.panel.state.text()
    for selector in page.panel.exchange.selectors:
        assert selector.focusPolicy() & Qt.FocusPolicy.TabFocus and selector.accessibleName()


@pytest.mark.usefixtures("without_weights")
def test_without_weights_one_line_says_why_and_nothing_else_changes(
    unstarted: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    unstarted.qactions["parts"].trigger()
    assert unstarted.messages.text == NO_WEIGHTS
    assert not unstarted.qactions["parts"].isChecked() and not legend(unstarted).isVisible()
    assert not Settings(tmp_path / "voxview.ini").flag("parts")
    show_page(unstarted, "mix")
    panel = mix_page(unstarted).panel
    panel.switch.setCurrentIndex(_EXCHANGE)
    assert panel.state.text() == NO_WEIGHTS and theme.palette().bad in panel.state.styleSheet()
    panel.switch.setCurrentIndex(0)
    assert NO_WEIGHTS not in panel.state.text()


def test_where_there_is_no_engine_or_its_labeller_fails_parts_go_off_with_a_line(
    open_window: Callable[..., MainWindow], window: MainWindow, qtbot: QtBot
) -> None:
    def fail(*_: object) -> Engine:
        raise VoxViewError("the weights file is broken: install VoxView again")

    window.context.session.parts.labelling = Labelling(fail)  # type: ignore[arg-type]
    window.qactions["parts"].trigger()
    qtbot.waitUntil(lambda: "broken" in window.messages.text, timeout=WAIT_MS)
    assert not window.qactions["parts"].isChecked() and face_colours(window, A) is None
    other = open_window(build_engine=fail, wait=False)
    label_by_rules(other)
    qtbot.waitUntil(lambda: "broken" in other.messages.text, timeout=WAIT_MS)
    other.messages.clear()
    other.qactions["parts"].trigger()
    qtbot.waitUntil(lambda: "broken" in other.messages.text, timeout=WAIT_MS)
    assert not other.qactions["parts"].isChecked() and not legend(other).isVisible()


@pytest.mark.parametrize("size", [(640, 480), (800, 600), (1600, 1000)])
def test_the_legend_is_remembered_whole_and_shows_the_focus(
    open_window: Callable[..., MainWindow],
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int],
) -> None:
    Settings(tmp_path / "voxview.ini").remember("parts", True)
    monkeypatch.setattr(Labelling, "require", lambda _: None)
    window = open_window(size=size, start=False)
    qtbot.waitUntil(legend(window).isVisible, timeout=WAIT_MS)
    assert window.qactions["parts"].isChecked()
    say_everything(window)
    legend(window).show_shares({0: 1.0, 1: 0.0, 2: 0.001, 3: 0.5}, {}, {})
    for page in (None, "timings", "map", "mix"):
        show_page(window, page)
        settle()
        assert faults(window) == [], page
    boxes = legend(window).boxes
    assert [box.share for box in boxes] == ["100 %", "0 %", "< 1 %", "50 %"]
    at_back, without = boxes[BACK], boxes[BACK].grab().toImage()
    at_back.setFocus(Qt.FocusReason.TabFocusReason)
    assert at_back.grab().toImage() != without
    QTest.keyClick(at_back, Qt.Key.Key_Tab)
    assert boxes[LEG].hasFocus(), "Tab goes from part to part"


def test_the_first_pictures_are_coloured_by_part_as_well(qtbot: QtBot) -> None:
    pictures, grid = FirstPictures(), ARMCHAIR.read()
    qtbot.addWidget(pictures)
    pictures.resize(360, 120)
    pictures.show()
    labels = label_grid_by_rules(grid)
    seen = []
    for parts in (None, Parts(labels), Parts(labels, frozenset({LEG}))):
        with qtbot.waitSignal(pictures.drawn, timeout=WAIT_MS):
            pictures.put({A: Shape(grid, None, theme.AMBER, parts)}, lambda: None)
        pixels = pictures.pixels(A)
        assert pixels is not None
        seen.append(pixels.astype(int))
    green = [int((one[..., 1] > one[..., 0] + 40).sum()) for one in seen]
    assert green[1] > green[2] > green[0] == 0, "legs are green, and a blue seat is a little"
    pictures.stop()


def test_a_labelling_by_the_network_is_called_off_between_two_layers(
    new_engine: Callable[[str], Engine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "VOXVIEW_PARTS_WEIGHTS", str(write_random_parts_weights(tmp_path / "parts.safetensors"))
    )
    engine, labelling, grid = new_engine("study"), Labelling(), ARMCHAIR.read()
    labelling.require()
    looks: list[None] = []

    def check() -> None:
        looks.append(None)
        if len(looks) == 8:
            raise CalledOffError

    with pytest.raises(CalledOffError):
        labelling.label(engine, grid, check)
    assert labelling.known(grid) is None
    labels = labelling.label(engine, grid)
    assert len(looks) == 8 and np.array_equal(labels < 255, grid)
    assert labelling.known(grid) is labels and labelling.label(engine, grid, check) is labels


# ---- colours ----------------------------------------------------------------------------------------

_SEEN_WITH = {
    "all cones": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritanopia": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
"""Linear RGB as it is seen (Machado et al. 2009, severity 1)."""
_TO_XYZ = np.array([[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]])
_WHITE = np.array([0.9505, 1.0, 1.0888])


def _lab(rgb: tuple[int, ...], eye: str) -> np.ndarray:
    """Return a colour as an eye sees it, in CIELAB: a difference of 2.3 is just noticed."""
    value = np.array(rgb) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    xyz = _TO_XYZ @ np.clip(np.array(_SEEN_WITH[eye]) @ linear, 0, 1) / _WHITE
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("eye", _SEEN_WITH)
def test_the_colours_are_told_from_each_other_and_from_both_backgrounds_by_every_eye(eye: str) -> None:
    seen = [_lab(colour, eye) for colour in PART_COLOURS]
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) > 15
    for palette in (theme.LIGHT, theme.DARK):
        scene = _lab(QColor(palette.scene).getRgb()[:3], eye)  # type: ignore[index]
        assert min(np.linalg.norm(one - scene) for one in seen) > 29

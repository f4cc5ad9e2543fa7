"""The features: what they announce is in the window, and none of them holds the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import BuiltinMethodType, FunctionType, MethodType

import pytest
from looking import WAIT_MS
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from voxview.gui import features
from voxview.gui.context.actions import MENUS, ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import Feature, PageFeature, PageSpec
from voxview.gui.window import MainWindow


@pytest.fixture
def bare(open_window: Callable[..., MainWindow]) -> MainWindow:
    """Return a window before it has an engine and a 3D view."""
    return open_window(start=False, wait=False)


def _own_actions(window: MainWindow) -> list[ActionSpec]:
    """Return the actions of the window itself: neither a feature's nor the side panel's."""
    others = {spec.name for feature in window.features for spec in feature.actions}
    others |= {spec.name for spec in window.side.actions}
    return [spec for spec in window.action_specs if spec.name not in others]


def _specs(window: MainWindow) -> list[ActionSpec]:
    """Return every action: of the features, of the side panel, of the window itself."""
    of_features = [spec for feature in window.features for spec in feature.actions]
    return [*of_features, *window.side.actions, *_own_actions(window)]


def _pages(window: MainWindow) -> list[PageSpec]:
    return [feature.page for feature in window.features if feature.page is not None]


def _menu(window: MainWindow, text: str) -> QMenu:
    action = next(one for one in window.menuBar().actions() if one.text() == text)
    menu = action.menu()
    assert isinstance(menu, QMenu)
    return menu


# ---- actions ----------------------------------------------------------------------------------------


def test_every_action_has_a_text_a_tip_and_something_to_call(bare: MainWindow) -> None:
    for spec in _specs(bare):
        action = bare.qactions[spec.name]
        assert action.text() == spec.text and spec.plain_text, spec.name
        assert action.toolTip() and action.isCheckable() is spec.checkable, spec.name
        assert callable(spec.call), spec.name
        assert not spec.icon or not action.icon().isNull(), spec.icon


def test_every_action_is_in_the_menu_that_it_names(bare: MainWindow) -> None:
    for spec in _specs(bare):
        assert spec.menu in MENUS
        menu = _menu(bare, spec.menu)
        if spec.submenu:
            menu = next(one.menu() for one in menu.actions() if one.text() == spec.submenu)
        assert bare.qactions[spec.name] in menu.actions(), spec.name


def test_no_two_actions_share_a_key_or_a_name(bare: MainWindow) -> None:
    specs = _specs(bare)
    keys = [keys for spec in specs for keys in (spec.keys, *spec.more_keys) if keys]
    assert len(keys) == len(set(keys)), sorted(key for key in keys if keys.count(key) > 1)
    assert len({spec.name for spec in specs}) == len(specs)
    assert bare.qactions.keys() == {spec.name for spec in specs}


def test_no_two_entries_of_a_menu_share_an_underlined_letter(bare: MainWindow) -> None:
    menus = bare.menuBar().findChildren(QMenu)
    assert {menu.title() for menu in menus} >= set(MENUS)
    for menu in menus:
        texts = [action.text() for action in menu.actions() if not action.isSeparator()]
        letters = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
        assert len(letters) == len(set(letters)), f"{menu.title()}: {sorted(letters)}"


def test_a_key_works_in_the_window_even_where_the_menu_bar_is_hidden(bare: MainWindow) -> None:
    for spec in _specs(bare):
        assert bare.qactions[spec.name] in bare.actions(), spec.name
        assert bare.qactions[spec.name].shortcut().toString() == spec.keys


# ---- pages ------------------------------------------------------------------------------------------


def test_every_page_has_a_tab_a_key_and_an_action(bare: MainWindow) -> None:
    tabs, pages = bare.side.panel.tabs, _pages(bare)
    assert [tabs.tabText(place) for place in range(tabs.count())] == [page.title for page in pages]
    assert len({page.name for page in pages}) == len(pages)
    for page in pages:
        action = bare.qactions[f"show_{page.name}"]
        assert action.isCheckable() and action.shortcut().toString() == page.keys, page.name


def test_every_page_opens_and_is_made_when_it_is_first_opened(bare: MainWindow) -> None:
    pages = _pages(bare)
    made = {feature.page.name: feature for feature in bare.features if isinstance(feature, PageFeature)}  # type: ignore[union-attr]
    assert all(feature.controller is None for feature in made.values()), "the bare window waits for a page"
    for place, page in enumerate(pages):
        bare.qactions[f"show_{page.name}"].setChecked(True)
        assert (bare.side.page, bare.side.panel.tabs.currentIndex()) == (page.name, place)
        if page.name in made:
            assert made[page.name].controller is not None


# ---- no hub -----------------------------------------------------------------------------------------


def _held(thing: object, own: set[str]) -> Iterator[tuple[str, object]]:
    """Yield what a thing refers to: attributes, elements, what a callable is bound to and closes over.

    Left out are the one reference that is meant, and the calls of the actions in `own`: whatever lists the
    window's own actions, such as the shortcuts under Help, lists these, too.
    """
    if isinstance(thing, dict):
        yield from ((f"[{key!r}]", value) for key, value in thing.items())
    elif isinstance(thing, list | tuple | set | frozenset):
        yield from ((f"[{place}]", value) for place, value in enumerate(thing))
    elif isinstance(thing, partial):
        yield from ((".func", thing.func), (".args", thing.args), (".keywords", thing.keywords))
    elif isinstance(thing, MethodType | BuiltinMethodType):
        yield ".__self__", thing.__self__
    elif isinstance(thing, FunctionType):
        yield from (
            (f".<{name}>", cell.cell_contents)
            for name, cell in zip(thing.__code__.co_freevars, thing.__closure__ or (), strict=True)
        )
    elif type(thing).__module__.split(".")[0] in ("voxview", __name__):
        for name, value in getattr(thing, "__dict__", {}).items():
            is_meant = isinstance(thing, AppContext) and name == "dialog_parent"
            is_own = isinstance(thing, ActionSpec) and thing.name in own and name == "call"
            if not is_meant and not is_own:
                yield f".{name}", value


def _ways_to(kind: type, start: object, name: str, own: set[str]) -> list[str]:
    """Return every way along references from `start` to an instance of `kind`, the first to each."""
    found, seen, waiting = [], {id(start)}, [(name, start)]
    while waiting:
        path, thing = waiting.pop()
        for step, other in _held(thing, own):
            if isinstance(other, kind):
                found.append(path + step)
            elif id(other) not in seen:
                seen.add(id(other))
                waiting.append((path + step, other))
    return found


def test_no_feature_holds_the_window(window: MainWindow) -> None:
    for page in _pages(window):
        window.qactions[f"show_{page.name}"].setChecked(True)  # with everything that is made later
    own = {spec.name for spec in _own_actions(window)}
    for feature in window.features:
        assert _ways_to(MainWindow, feature, type(feature).__name__, own) == []


def test_a_feature_that_held_the_window_would_be_found(bare: MainWindow) -> None:
    for hold in (bare, [bare], {"window": bare}, bare.close, partial(print, bare), lambda: bare):
        feature = Feature(bare.context)
        feature.hidden = hold  # type: ignore[attr-defined]
        assert len(_ways_to(MainWindow, feature, "feature", set())) == 1


def test_features_share_one_context_whose_parts_cannot_be_exchanged(bare: MainWindow) -> None:
    assert all(feature.context is bare.context for feature in bare.features)
    with pytest.raises(AttributeError):
        bare.context.playback = None  # type: ignore[misc, assignment]


# ---- a new one --------------------------------------------------------------------------------------


class NotesFeature(Feature):
    """A page and an action that the program does not have."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.events: list[object] = []

    @property
    def actions(self) -> Sequence[ActionSpec]:
        return (
            ActionSpec("count", "&Blend", 9, "&Count", lambda: self.events.append("count"), "Ctrl+Alt+C"),
            ActionSpec("ring", "&View", 9, "&Ring", self.events.append, checkable=True, tip="Ring a bell"),
        )

    @property
    def page(self) -> PageSpec:
        return PageSpec(
            "notes",
            "Notes",
            self.build,
            "Ctrl+Alt+N",
            "N&otes",
            on_shown=lambda: self.events.append("shown"),
        )

    def build(self) -> QWidget:
        self.events.append("built")
        return QLabel("nothing is noted yet")

    def apply_theme(self) -> None:
        self.events.append("palette")

    def remember(self) -> None:
        self.events.append("remember")

    def stop(self) -> None:
        self.events.append("stop")


@pytest.fixture
def with_notes(open_window: Callable[..., MainWindow], monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """Return a window with one more feature; nothing else was changed."""
    monkeypatch.setattr(features, "FEATURES", (*features.FEATURES, NotesFeature))
    return open_window(start=False, wait=False)


def test_a_new_feature_s_page_appears(with_notes: MainWindow) -> None:
    side, notes = with_notes.side, with_notes.feature(NotesFeature)
    tabs = side.panel.tabs
    assert tabs.tabText(tabs.count() - 1) == "Notes" and "built" not in notes.events
    notes.open_page.emit("notes")
    assert side.page == "notes" and notes.events[-2:] == ["built", "shown"]
    label = next(one for one in side.panel.findChildren(QLabel) if one.text() == "nothing is noted yet")
    assert label.isVisible()
    with_notes.qactions["show_notes"].trigger()
    with_notes.qactions["show_notes"].trigger()
    assert side.page == "notes" and notes.events.count("built") == 1 and notes.events.count("shown") == 2


def test_a_new_feature_s_actions_appear(with_notes: MainWindow) -> None:
    notes = with_notes.feature(NotesFeature)
    assert with_notes.qactions["count"] in _menu(with_notes, "&Blend").actions()
    notes.events.clear()
    with_notes.qactions["count"].trigger()
    with_notes.qactions["ring"].trigger()
    with_notes.qactions["ring"].trigger()
    assert notes.events == ["count", True, False]
    assert with_notes.qactions["ring"].toolTip() == "Ring a bell"


def test_a_new_feature_s_key_works(with_notes: MainWindow, qtbot: QtBot) -> None:
    with_notes.activateWindow()
    qtbot.waitUntil(with_notes.isActiveWindow, timeout=WAIT_MS)
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    QTest.keyClick(with_notes, Qt.Key.Key_C, modifiers)
    assert with_notes.feature(NotesFeature).events[-1] == "count"


def test_a_new_feature_takes_part_in_the_window_s_life(with_notes: MainWindow) -> None:
    notes = with_notes.feature(NotesFeature)
    assert notes.events == ["palette"], "its colours come with the window"
    notes.theme_changed.emit()
    assert notes.events == ["palette", "palette"]
    with_notes.close()
    assert notes.events[2:] == ["remember", "stop"]

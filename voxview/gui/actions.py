"""Everything that can be done in the window: one table of text, shortcut, icon and what it calls."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from voxview.gui import theme

if TYPE_CHECKING:
    from voxview.gui.window import MainWindow


@dataclass(frozen=True)
class Spec:
    """One action. `calls` is a path from the window to a method; a checkable one gets its new state."""

    name: str
    menu: str
    text: str
    calls: str
    keys: str = ""
    icon: str = ""
    checkable: bool = False
    separate: bool = False
    """A line above it in the menu."""
    tip: str = ""


TABLE = (
    Spec("open_folder", "&File", "&Open data folder…", "files.open_folder", "Ctrl+O", "open-folder"),
    Spec("import_shape", "&File", "&Import a shape…", "files.import_shape", "Ctrl+I", "import"),
    Spec("export_blend", "&File", "&Export blend…", "files.export_blend", "Ctrl+E", "export", separate=True),
    Spec("export_morph", "&File", "Export &morph…", "files.export_morph", "Ctrl+Shift+E", "morph"),
    Spec("screenshot", "&File", "&Save screenshot…", "files.save_screenshot", "Ctrl+P", "screenshot"),
    Spec("quit", "&File", "&Quit", "close", "Ctrl+Q", separate=True),
    Spec("set_a", "&Blend", "Set &A", "commands.set_a", "A", "letter-a", tip="Take the selected chair as A"),
    Spec("set_b", "&Blend", "Set &B", "commands.set_b", "B", "letter-b", tip="Take the selected chair as B"),
    Spec("swap", "&Blend", "S&wap A and B", "session.swap", "S", "swap", tip="Exchange A and B"),
    Spec(
        "random_pair", "&Blend", "&Random pair", "commands.random_pair", "D", "shuffle", tip="Two by chance"
    ),
    Spec("surprise", "&Blend", "S&urprise me", "side.surprise", "U", "spark", tip="Go to a good in-between"),
    Spec("play", "&Blend", "&Play", "commands.play", "Space", "play", checkable=True, separate=True),
    Spec("loop", "&Blend", "&Loop", "commands.set_loop", "L", "loop", checkable=True, tip="Play for ever"),
    Spec("back", "&Blend", "Towards A", "commands.nudge_to_a", ",", separate=True),
    Spec("forth", "&Blend", "Towards B", "commands.nudge_to_b", "."),
    Spec("at_a", "&Blend", "Go to A", "commands.go_to_a", "Ctrl+1"),
    Spec("halfway", "&Blend", "Go halfway", "commands.go_halfway", "Ctrl+2"),
    Spec("at_b", "&Blend", "Go to B", "commands.go_to_b", "Ctrl+3"),
    Spec(
        "nearest_good",
        "&Blend",
        "Go to the nearest &whole blend",
        "commands.go_to_nearest_good",
        "W",
        tip="Go to the nearest blend that is in one piece and stands",
    ),
    Spec("find", "&View", "&Find a chair", "commands.find", "Ctrl+F", "search"),
    Spec("reset_view", "&View", "&Reset view", "trio.reset_view", "R", "reset-view"),
    Spec("link_cameras", "&View", "&Link cameras", "commands.link_cameras", "K", checkable=True),
    Spec(
        "show_rebuilt",
        "&View",
        "Show reco&nstructions",
        "trio.show_rebuilt",
        "E",
        checkable=True,
        tip="Show A and B as their 64 numbers give them back, or as they are",
    ),
    Spec(
        "remove_crumbs",
        "&View",
        "Re&move crumbs",
        "commands.remove_crumbs",
        "Ctrl+Shift+C",
        checkable=True,
        tip="Leave loose pieces of under 1 % of the voxels out of the blend that is shown and exported",
    ),
    Spec("show_chairs", "&View", "&Chairs", "commands.show_browser", "Ctrl+B", checkable=True, separate=True),
    Spec("show_timings", "&View", "&Timings", "side.show_timings", "Ctrl+T", checkable=True),
    Spec("show_all_pairs", "&View", "All &pairs", "side.show_all_pairs", "Ctrl+M", checkable=True),
    Spec("show_map", "&View", "&Map", "side.show_map", "Ctrl+N", checkable=True, tip="The catalog as a map"),
    Spec("show_mix", "&View", "&Mix", "side.show_mix", "Ctrl+Shift+X", checkable=True),
    Spec("show_benchmark", "&View", "&Benchmark", "side.show_benchmark", "Ctrl+Shift+B", checkable=True),
    Spec("full_screen", "&View", "F&ull screen", "commands.show_full_screen", "F11", checkable=True),
    Spec("cancel", "&View", "Cancel what is running", "commands.cancel", "Esc", "cancel", separate=True),
    Spec("shortcuts", "&Help", "&Keyboard shortcuts", "commands.show_shortcuts", "F1"),
    Spec("about", "&Help", "&About VoxView", "commands.show_about", "", "info"),
)


def add_actions(window: MainWindow) -> tuple[dict[str, QAction], dict[str, QMenu]]:
    """Make the actions and their menus; the results find them by name."""
    actions: dict[str, QAction] = {}
    menus: dict[str, QMenu] = {}
    for spec in TABLE:
        action = QAction(spec.text, window, checkable=spec.checkable)
        action.setIconVisibleInMenu(False)
        action.setAutoRepeat(not spec.checkable)  # a key that is held down would switch to and fro
        if spec.keys:
            action.setShortcut(QKeySequence(spec.keys))
        action.setToolTip(_tip(spec))
        signal = action.toggled if spec.checkable else action.triggered
        signal.connect(_caller(window, spec))
        window.addAction(action)  # its key works while the menu bar is hidden, too
        if spec.menu not in menus:
            menus[spec.menu] = window.menuBar().addMenu(spec.menu)
        if spec.separate:
            menus[spec.menu].addSeparator()
        menus[spec.menu].addAction(action)
        actions[spec.name] = action
    return actions, menus


def draw_icons(actions: dict[str, QAction]) -> None:
    """Draw the icons in the theme's colour."""
    for spec in TABLE:
        if spec.icon:
            actions[spec.name].setIcon(theme.icon(spec.icon))


def keys_text(spec: Spec) -> str:
    """The shortcut as this system writes it."""
    return QKeySequence(spec.keys).toString(QKeySequence.SequenceFormat.NativeText)


def plain_text(spec: Spec) -> str:
    """The text without its underlined letter."""
    return spec.text.replace("&", "").rstrip("…")


def _tip(spec: Spec) -> str:
    text = spec.tip or plain_text(spec)
    return f"{text} ({keys_text(spec)})" if spec.keys else text


def _caller(window: MainWindow, spec: Spec):  # type: ignore[no-untyped-def]
    """The method is looked up when it is called: what it belongs to may not be there yet."""
    if spec.checkable:
        return lambda on: attrgetter(spec.calls)(window)(on)
    return lambda _checked=False: attrgetter(spec.calls)(window)()

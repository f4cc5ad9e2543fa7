"""A feature of the window: what it offers, and what it may request of the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from voxview.gui.context.actions import ActionSpec, make_action
from voxview.gui.context.app_context import AppContext


class Area(Enum):
    """Where the window places a feature's widget."""

    LEFT = "left"
    CENTER = "center"
    BELOW = "below"
    """Below the center, as wide as it."""
    LEGEND = "legend"
    """Between the two."""
    STATUS = "status"
    """At the left end of the status bar."""
    STATUS_END = "status end"
    """At its right end."""


@dataclass(frozen=True)
class PageSpec:
    """A page of the side panel."""

    name: str
    """What `open_page` calls it: "map"."""
    title: str
    """The text of its tab."""
    build: Callable[[], QWidget]
    """Makes the page when it is first opened: the bare window waits for nothing."""
    keys: str
    text: str = ""
    """The action's text with an underlined letter; the title if empty."""
    tip: str = ""
    is_wide: bool = False
    """Whether it takes more room than a narrow page, in a narrow window that of the list of chairs."""
    on_shown: Callable[[], None] = lambda: None
    """Called each time that the page is opened."""


@dataclass(frozen=True)
class MenuSpec:
    """A submenu."""

    menu: str
    """The text of the menu that it belongs to: "&View"."""
    submenu: QMenu
    before: str = ""
    """The name of the action that it stands before; empty: at the menu's end."""


@dataclass(frozen=True)
class Destination:
    """Something to go to beside the actions, such as a bookmark."""

    kind: str
    """What it is: "Bookmark"."""
    text: str
    call: Callable[[], object]
    tip: str = ""
    """What is said of it; empty: that one goes there."""


class Feature(QObject):
    """Base class of all features. A feature uses its context, emits what it wants, and knows no window."""

    open_page = Signal(str)
    """The name of the page that the side panel shall show."""
    reveal = Signal(object)
    """A `Chair` that the list shall select and scroll to."""
    theme_changed = Signal()
    """Another theme is in use: everything that is painted has to be painted again."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.session)
        self.context = context

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """The actions that it adds to the menus."""
        return ()

    @cached_property
    def qactions(self) -> dict[str, QAction]:
        """Its actions as Qt has them, by name."""
        return {spec.name: make_action(spec, self) for spec in self.actions}

    @property
    def menus(self) -> Sequence[MenuSpec]:
        """The submenus that it adds."""
        return ()

    @property
    def page(self) -> PageSpec | None:
        """Its page of the side panel."""
        return None

    def destinations(self) -> Sequence[Destination]:
        """Return what else the command palette lists of it; called each time that this is opened."""
        return ()

    @property
    def widgets(self) -> dict[Area, QWidget]:
        """The widgets that the window places elsewhere."""
        return {}

    @property
    def tab_order(self) -> Sequence[QWidget]:
        """Its widgets outside of its page, in the order in which Tab visits them."""
        return ()

    def apply_theme(self) -> None:
        """Take on the theme's colours."""

    def remember(self) -> None:
        """Write into the settings what the next start shall find."""

    def stop(self) -> None:
        """Cancel what is running, wait for it, and release what outlives a widget."""


class PageController(QObject):
    """Base class of what stands behind a page: made with it, when the page is first opened."""

    reveal = Signal(object)
    """See `Feature`."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context.session)
        self.context = context

    def on_shown(self) -> None:
        """Do what is needed each time that the page is opened."""

    def apply_theme(self) -> None:
        """Take on the theme's colours."""

    def stop(self) -> None:
        """Cancel what is running, and wait for it."""


class PageFeature(Feature):
    """A feature that is a page of the side panel; its controller is imported when it is first opened.

    A subclass sets the class attributes, which are the fields of `PageSpec`, and `make_controller`.
    """

    name: str
    title: str
    keys: str
    text: str = ""
    tip: str = ""
    is_wide: bool = False

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.controller: PageController | None = None
        """None before the page was opened."""

    @property
    def page(self) -> PageSpec:
        """The page; its controller hears each time that it is opened."""
        return PageSpec(
            self.name,
            self.title,
            self._build_page,
            self.keys,
            self.text,
            self.tip,
            self.is_wide,
            self._page_shown,
        )

    def make_controller(self) -> tuple[PageController, QWidget]:
        """Import and make the controller; return it with its page."""
        raise NotImplementedError

    def _build_page(self) -> QWidget:
        self.controller, panel = self.make_controller()
        self.controller.reveal.connect(self.reveal)
        return panel

    def _page_shown(self) -> None:
        if self.controller is not None:
            self.controller.on_shown()

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        if self.controller is not None:
            self.controller.apply_theme()

    def stop(self) -> None:
        """Cancel what the page has at work, and wait for it."""
        if self.controller is not None:
            self.controller.stop()

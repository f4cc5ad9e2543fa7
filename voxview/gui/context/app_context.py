"""What every feature is given, and all that it may use of the rest of the window."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from voxview.gui.context.background import BackgroundTasks
from voxview.gui.context.chair_changes import ChairChanges
from voxview.gui.context.keeping import Keeper
from voxview.gui.context.listing import Listing
from voxview.gui.context.notifications import Notifications
from voxview.gui.context.playback import Playback
from voxview.gui.context.settings import Settings
from voxview.gui.context.thumbnails import Thumbnails
from voxview.gui.context.works import Works
from voxview.gui.session.session import Session


@dataclass(frozen=True)
class AppContext:
    """Services that are there for as long as the window; no widgets of other features among them."""

    session: Session
    """The engine, what is selected, what is shown, long tasks."""
    notifications: Notifications
    """One line to the person, an error or a note."""
    background: BackgroundTasks
    """Work that belongs to neither Qt nor the engine, on a thread of its own."""
    settings: Settings
    playback: Playback
    listing: Listing
    """The catalogs that are open, the chairs that are listed, and those that are selected in the list."""
    thumbnails: Thumbnails
    keeper: Keeper
    """What is selected as one value: its steps, and putting one back."""
    works: Works
    """Everything that runs or waits, of all queues."""
    changes: ChairChanges
    """What the person changes about chairs: names, turns, which are listed."""
    dialog_parent: QWidget
    """For dialogs to stand on, and for nothing else."""

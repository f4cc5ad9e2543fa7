"""Showing a file in the system's own window of its folder."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QProcess, QUrl
from PySide6.QtGui import QDesktopServices


def show_in_folder(path: Path) -> bool:
    """Show a file or folder, selected where the system can; return whether something was there to show it."""
    if sys.platform == "win32":
        return _started("explorer", ["/select,", str(path)])
    if sys.platform == "darwin":
        return _started("open", ["-R", str(path)])
    return _shown_by_file_manager(path) or QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def _started(program: str, words: list[str]) -> bool:
    return bool(QProcess.startDetached(program, words)[0])


def _shown_by_file_manager(path: Path) -> bool:
    """Have the desktop's file manager select the file, as freedesktop.org's interface for them says."""
    try:
        from PySide6.QtDBus import QDBusConnection, QDBusMessage
    except ImportError:
        return False
    bus = QDBusConnection.sessionBus()
    name = "org.freedesktop.FileManager1"
    if not bus.isConnected():
        return False
    message = QDBusMessage.createMethodCall(name, "/org/freedesktop/FileManager1", name, "ShowItems")
    message.setArguments(
        [[QUrl.fromLocalFile(str(path)).toString(QUrl.ComponentFormattingOption.FullyEncoded)], ""]
    )
    answer = bus.call(message, timeout=1000)
    return bool(answer.type() == QDBusMessage.MessageType.ReplyMessage)

"""Entry point of the window: checks before Qt is imported, then the window, then heavy imports."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from voxview.gui import crash_report, preflight

_PAINTED_AT_LAST_MS = 1500
_COLLECT_AFTER = 20_000
"""New containers until Python looks for cycles among them; its own default is 700."""

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from voxview.gui.window import MainWindow


def run(files: list[Path], data: Path | None, weights: str | None = None) -> NoReturn:
    """Open the window and stay until it is closed; then the process ends with the exit status.

    `files`: shapes to import, the first as A and the second as B. `data`: a folder of chairs to list.
    `weights`: a shipped name or a file, for this time; None: those that were chosen last.
    Raises `VoxViewError` where no window can be opened: no display, or system libraries are missing.
    """
    preflight.prepare_environment()
    preflight.check()
    # What is imported stays: to look through all of it again and again takes 5 % of the start.
    gc.set_threshold(_COLLECT_AFTER)
    app = make_application()
    window = make_window(app)
    crash_report.watch(window.context.settings.state_folder / crash_report.FOLDER)
    window.show()
    window.welcome()
    after_first_paint(window, lambda: window.startup.start(files, data, weights=weights))
    # Ctrl-C in the terminal ends the program at once: nothing that is written is ever half there.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    status = app.exec()
    _end_process(status)


def _end_process(status: int) -> NoReturn:
    """End the process as it is, with everything written that was to be written.

    Python's own end frees each of a million objects, which takes a second and more after the window is
    closed; and it may crash beside an import of PyTorch, which cannot be stopped.
    """
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(status)


def make_application() -> QApplication:
    """Return Qt's application, named, in Fusion's style: the same everywhere, and it can be dark.

    Labels and tooltips show plain text, as names come from files.
    """
    from PySide6.QtGui import QSurfaceFormat
    from PySide6.QtWidgets import QApplication

    from voxview import __version__
    from voxview.gui.plain_style import PlainTextStyle

    # Qt wants the format before the first window; it is the one that pyvistaqt asks for.
    form = QSurfaceFormat()
    form.setRenderableType(QSurfaceFormat.RenderableType.OpenGL)
    form.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    form.setVersion(3, 2)
    form.setAlphaBufferSize(8)
    form.setDepthBufferSize(8)
    QSurfaceFormat.setDefaultFormat(form)
    app = QApplication.instance() or _connected_application()
    assert isinstance(app, QApplication)
    app.setApplicationName("voxview")
    app.setApplicationDisplayName("VoxView")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("voxview")
    app.setStyle(PlainTextStyle())
    return app


def _connected_application() -> QApplication:
    """Return Qt's application; where Qt would abort the process, end it with one line and exit status 1.

    That is for what `preflight` does not look at, such as a QT_QPA_PLATFORM that Qt has not.
    """
    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    warnings: list[str] = []

    def take(kind: QtMsgType, _: QMessageLogContext, message: str) -> None:
        if kind != QtMsgType.QtFatalMsg:
            warnings.append(message)
            return
        reason = (warnings or [message])[0].strip()
        print(f"voxview: the window cannot open: {reason}; {preflight.INSTEAD}", file=sys.stderr, flush=True)
        os._exit(1)  # after this Qt aborts

    before = qInstallMessageHandler(take)
    app = QApplication(sys.argv[:1])
    qInstallMessageHandler(before)
    for warning in warnings:
        print(warning, file=sys.stderr)
    return app


def make_window(app: QApplication) -> MainWindow:
    """Return the window in the person's theme, not shown yet."""
    from voxview.gui import theme
    from voxview.gui.context.settings import Settings
    from voxview.gui.window import MainWindow

    settings = Settings()
    theme.apply_theme(settings.text("theme"))
    app.setWindowIcon(theme.app_icon())
    window = MainWindow(settings)
    app.aboutToQuit.connect(window.close_down)
    return window


def after_first_paint(window: MainWindow, start: Callable[[], None]) -> None:
    """Call `start` once the bare window is on screen, so that nothing heavy delays it."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    painted = window.centralWidget()
    assert painted is not None

    class FirstPaint(QObject):
        """Event filter that waits for the first paint: zero timers alone come before it is on screen."""

        started = False

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                watched.removeEventFilter(self)
                QTimer.singleShot(0, self.start_once)
            return False

        def start_once(self) -> None:
            if not self.started:
                self.started = True
                start()

    first = FirstPaint(window)
    painted.installEventFilter(first)
    QTimer.singleShot(_PAINTED_AT_LAST_MS, window, first.start_once)  # it may have opened minimised

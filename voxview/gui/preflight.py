"""Checks before Qt is imported: where they fail Qt would not raise but abort."""

from __future__ import annotations

import ctypes
import os
import sys

from voxview.errors import VoxViewError

_PACKAGES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
"""Libraries that Qt and VTK load from the system, and the Debian and Ubuntu packages that hold them."""


def prepare_environment() -> None:
    """Set what has to be set before Qt and torch are imported, unless the person has set it."""
    # OpenMP's threads would otherwise spin between decodes and take the core that draws (measured: 51 → 59
    # pictures a second on two cores).
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # pyvistaqt goes through qtpy, which takes whichever binding it finds first.
    os.environ.setdefault("QT_API", "pyside6")
    on_wayland = "WAYLAND_DISPLAY" in os.environ or os.environ.get("XDG_SESSION_TYPE") == "wayland"
    if on_wayland and os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "xcb")


def check() -> None:
    """Raise `VoxViewError`, one line with what to do, if a window cannot be opened here."""
    if not sys.platform.startswith("linux"):
        return
    missing = [package for library, package in _PACKAGES.items() if not _loads(library)]
    if missing:
        raise VoxViewError(
            f"system libraries are missing for the window; run: sudo apt install {' '.join(missing)}"
        )
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform in ("", "xcb") and not (platform == "" and os.environ.get("WAYLAND_DISPLAY")):
        _check_display()


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _check_display() -> None:
    """Raise unless the X server answers: Qt aborts the process where it does not."""
    display = os.environ.get("DISPLAY")
    instead = "use 'voxview morph', which needs no screen, or 'xvfb-run -a voxview'"
    if not display:
        raise VoxViewError(f"there is no display for a window (DISPLAY is not set): {instead}")
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return  # Qt brings no other; its own message has to do
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    if failed:
        raise VoxViewError(f"the display '{display}' does not answer: {instead}")

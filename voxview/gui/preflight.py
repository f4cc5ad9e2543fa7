"""Checks before Qt is imported: where they fail Qt would not raise but abort."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

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

INSTEAD = "use 'voxview morph', which needs no screen, or 'xvfb-run -a voxview'"


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
    problems = [_problem_of(platform) for platform in _platforms()]
    if all(problems):  # Qt takes the first platform that answers
        raise VoxViewError(f"{problems[0]}: {INSTEAD}")


def _platforms() -> list[str]:
    """Return the names of the platforms that Qt would try, in its order."""
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    if chosen:
        return [name.partition(":")[0] for name in chosen.split(";")]
    return ["wayland", "xcb"] if os.environ.get("WAYLAND_DISPLAY") else ["xcb"]


def _problem_of(platform: str) -> str | None:
    """Return why there can be no window on a platform, or None if it answers or is neither X nor Wayland."""
    if platform == "xcb":
        return _x_problem()
    return _wayland_problem() if platform.startswith("wayland") else None


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _wayland_problem() -> str | None:
    """Return why the Wayland compositor cannot be reached; None if it answers."""
    if "WAYLAND_SOCKET" in os.environ:
        return None  # a connection that the compositor itself has opened for this process
    name = os.environ.get("WAYLAND_DISPLAY") or "wayland-0"
    path = Path(os.environ.get("XDG_RUNTIME_DIR", ""), name)  # the name may be a whole path
    if not path.is_absolute():
        return f"the Wayland display '{name}' cannot be found (XDG_RUNTIME_DIR is not set)"
    import socket

    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(path))
        except OSError:
            return f"the Wayland display '{name}' does not answer"
    return None


def _x_problem() -> str | None:
    """Return why the X server cannot be reached; None if it answers."""
    display = os.environ.get("DISPLAY")
    if not display:
        return "there is no display for a window (DISPLAY is not set)"
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return None  # Qt brings no other; its own message has to do
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return f"the display '{display}' does not answer" if failed else None

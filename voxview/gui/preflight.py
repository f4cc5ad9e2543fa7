"""Checks before Qt is imported: where they fail Qt would not raise but abort."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from voxview.engine.doctor.display import INSTEAD as INSTEAD
from voxview.engine.doctor.display import NATIVE, NO_GL, DisplayFacts, window_use
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

_FORCES_SOFTWARE = {
    "LIBGL_ALWAYS_SOFTWARE": ("1", "true", "yes"),
    "GALLIUM_DRIVER": ("llvmpipe", "softpipe"),
    "MESA_LOADER_DRIVER_OVERRIDE": ("swrast", "llvmpipe"),
}
"""Settings that have OpenGL drawn on the CPU."""


_ASK_RENDERER = ("-m", "voxview.gui.renderer")
_PATIENCE = 30
"""Seconds to wait for that."""
_X_TRIES = 3
"""A bare X server begins anew when its last client has left, and does not answer meanwhile."""


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
    use, problem = window_use(find_display_facts())
    if use == "none" and problem is not None:
        raise VoxViewError(f"{problem.cause}: {problem.remedy}")


def flat_reason() -> str:
    """Return why Qt finds no OpenGL here, and what to do, in a sentence."""
    _, problem = window_use(replace(find_display_facts(), is_tried=True, renderer=None))
    return problem.sentence() if problem is not None else "OpenGL cannot be used here"


def find_display_facts(*, with_opengl: bool = False) -> DisplayFacts:
    """Return what is known of this display; `with_opengl` has Qt try that, in a process of its own."""
    if not sys.platform.startswith("linux"):
        return DisplayFacts(
            platforms=(NATIVE,),
            has_glx=None,
            is_tried=with_opengl,
            renderer=_renderer() if with_opengl else None,
        )
    missing = tuple(package for library, package in _PACKAGES.items() if not _loads(library))
    if missing:
        return DisplayFacts(missing=missing)
    platforms = tuple(_platforms())
    facts = DisplayFacts(
        platforms=platforms,
        silent={name: problem for name in platforms if (problem := _problem_of(name))},
        setting=_gl_setting(),
    )
    if facts.platform is None or not with_opengl:
        return facts
    has_glx = None
    for _ in range(_X_TRIES if facts.platform == "xcb" else 0):
        if (has_glx := _has_glx()) is not None:
            break
        time.sleep(0.1)
    return replace(facts, has_glx=has_glx, is_tried=True, renderer=_renderer())


def _gl_setting() -> str | None:
    """Return the first setting of the environment that turns OpenGL off, or has the CPU do it."""
    if os.environ.get("QT_XCB_GL_INTEGRATION") == "none":
        return NO_GL
    for name, values in _FORCES_SOFTWARE.items():
        if os.environ.get(name, "").lower() in values:
            return f"{name}={os.environ[name]}"
    return None


def _renderer() -> str | None:
    """Return what draws with OpenGL here, such as llvmpipe; None where Qt can make no context."""
    try:
        done = subprocess.run(
            [sys.executable, *_ASK_RENDERER], capture_output=True, text=True, timeout=_PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = done.stdout.splitlines()
    return lines[-1].strip() if done.returncode == 0 and lines and lines[-1].strip() else None


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
    with _x_connection() as (xcb, connection):
        if xcb is None:
            return None  # Qt brings no other; its own message has to do
        failed = xcb.xcb_connection_has_error(connection)
    return f"the display '{display}' does not answer" if failed else None


def _has_glx() -> bool | None:
    """Return whether the X server has the extension GLX; None if it does not say."""
    with _x_connection() as (xcb, connection):
        if xcb is None or xcb.xcb_connection_has_error(connection):
            return None
        name = b"GLX"
        cookie = xcb.xcb_query_extension(connection, len(name), name)
        reply = xcb.xcb_query_extension_reply(connection, cookie, None)
        if not reply:
            return None
        try:
            return bool(ctypes.string_at(reply, 12)[8])  # `present`, after 8 bytes that all replies have
        finally:
            _free(reply)


@contextmanager
def _x_connection() -> Iterator[tuple[ctypes.CDLL | None, int | None]]:
    """Yield libxcb and a connection, which may have failed; without the library None and None."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        yield None, None
        return
    xcb.xcb_connect.restype = xcb.xcb_query_extension_reply.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    xcb.xcb_query_extension.argtypes = [ctypes.c_void_p, ctypes.c_uint16, ctypes.c_char_p]
    xcb.xcb_query_extension.restype = ctypes.c_uint
    xcb.xcb_query_extension_reply.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    for _ in range(_X_TRIES):
        if not xcb.xcb_connection_has_error(connection):
            break
        xcb.xcb_disconnect(connection)
        time.sleep(0.1)
        connection = xcb.xcb_connect(None, None)
    try:
        yield xcb, connection
    finally:
        xcb.xcb_disconnect(connection)


def _free(pointer: int) -> None:
    """Give back what libxcb has allocated."""
    free = ctypes.CDLL(None).free
    free.argtypes = [ctypes.c_void_p]
    free(pointer)

"""What kind of window a display allows: facts → what is used, and the problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from voxview.engine.doctor.problem import Problem

INSTEAD = "use 'voxview morph', which needs no screen, or 'xvfb-run -a voxview'"
"""What to do where there can be no window."""

NATIVE = "native"
"""The platform of systems that have one only."""

NO_GL = "QT_XCB_GL_INTEGRATION=none"
_SOFTWARE = ("llvmpipe", "softpipe", "swrast", "software")
"""Words in the names of what draws on the CPU."""

WindowUse = Literal["3D", "pictures", "none"]
"""A window with the 3D view, a window with still pictures in its place, or no window."""


@dataclass(frozen=True)
class DisplayFacts:
    """What is known of the display; the defaults are an X server with GLX."""

    missing: tuple[str, ...] = ()
    """Debian's packages of the libraries that Qt and VTK need and the system has not."""
    platforms: tuple[str, ...] = ("xcb",)
    """Qt's platforms, in the order in which it tries them."""
    silent: Mapping[str, str] = field(default_factory=dict)
    """Why one does not answer."""
    has_glx: bool | None = True
    """Whether the X server has GLX; None: that is not known."""
    is_tried: bool = False
    """Whether an OpenGL context was tried; a window tries one itself."""
    renderer: str | None = None
    """What draws with OpenGL, as it calls itself; None: there is no OpenGL, where it was tried."""
    setting: str | None = None
    """The setting that turns OpenGL off or has the CPU do it, such as LIBGL_ALWAYS_SOFTWARE=1."""

    @property
    def platform(self) -> str | None:
        """The platform that Qt takes: the first that answers; None if none does."""
        return next((name for name in self.platforms if name not in self.silent), None)


def window_use(facts: DisplayFacts) -> tuple[WindowUse, Problem | None]:
    """Return what window there can be, and what keeps it from more or makes it slow."""
    if facts.missing:
        return "none", _window(
            "system libraries are missing for the window", f"run: sudo apt install {' '.join(facts.missing)}"
        )
    if facts.platform is None:
        return "none", _window(facts.silent[facts.platforms[0]], INSTEAD)
    if facts.platform not in ("xcb", "wayland", NATIVE):
        return "pictures", _window(
            f"Qt's platform '{facts.platform}' shows no 3D view", "unset QT_QPA_PLATFORM, or set it to xcb"
        )
    if facts.setting == NO_GL:
        return "pictures", _window(f"{NO_GL} keeps the window from OpenGL", f"unset {_name(NO_GL)}")
    if facts.is_tried and facts.renderer is None:
        return "pictures", _no_opengl(facts)
    return "3D", _slow_opengl(facts)


def _no_opengl(facts: DisplayFacts) -> Problem:
    if facts.platform == "xcb" and facts.has_glx is False:
        return _window(
            "the X server has no GLX, and OpenGL cannot be used through EGL either",
            "start the server with GLX (Xvfb: +extension GLX), or install libgl1-mesa-dri and libegl-mesa0",
        )
    return _window(
        "OpenGL cannot be used on this display", "check the graphics driver, or install libgl1-mesa-dri"
    )


def _slow_opengl(facts: DisplayFacts) -> Problem | None:
    if facts.setting:
        return _window(
            f"{facts.setting} has the 3D view drawn on the CPU, which is slower",
            f"unset {_name(facts.setting)} where the graphics driver works",
        )
    if facts.renderer and any(name in facts.renderer.lower() for name in _SOFTWARE):
        return Problem(
            "window",
            f"the 3D view is drawn on the CPU ({facts.renderer}), which is slower",
            "nothing is missing where there is no graphics card; where there is one, install its driver",
            is_harmless=True,
        )
    return None


def _window(cause: str, remedy: str) -> Problem:
    return Problem("window", cause, remedy)


def _name(setting: str) -> str:
    return setting.partition("=")[0]

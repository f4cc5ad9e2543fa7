"""What the bundle of PyInstaller runs: the command `voxview`, and the processes that it starts of itself.

In a bundle `sys.executable` is this program and no Python. So what starts `sys.executable -m voxview …`, or
`-m torch.distributed.run` (`torchrun`), comes here with these words and is given what it wants; children of
`multiprocessing` come with words of their own, which `freeze_support` answers.
"""

import os
import runpy
import sys
from multiprocessing import freeze_support

MODULES = ("voxview", "voxview.gui.renderer", "torch.distributed.run")
"""What `-m` runs; a bundle is no Python for other programs."""
_FLAGS = ("-u", "-I", "-s", "-E", "-P")
"""Options of Python that come before `-m` and have no meaning here."""


def requested_module(arguments: list[str]) -> tuple[str | None, list[str]]:
    """Return the module that Python's `-m` names and the arguments behind it; without it None and all."""
    at = 0
    while at < len(arguments) and arguments[at] in _FLAGS:
        at += 1
    if arguments[at : at + 1] == ["-m"] and arguments[at + 1 : at + 2]:
        return arguments[at + 1], arguments[at + 2 :]
    return None, arguments


def restore_library_path() -> None:
    """Give other programs (ffmpeg, nvidia-smi, a file manager) the system's libraries, not the bundle's.

    PyInstaller's start sets `LD_LIBRARY_PATH`, which this process has read already, and keeps what was there.
    """
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    elif getattr(sys, "frozen", False):
        os.environ.pop("LD_LIBRARY_PATH", None)


def main() -> int:
    """Run the command, or the module that `-m` names."""
    module, arguments = requested_module(sys.argv[1:])
    if module is not None and module not in MODULES:
        print(
            f"voxview: this program has no module {module}: it runs {' and '.join(MODULES)}", file=sys.stderr
        )
        return 2
    sys.argv[1:] = arguments
    if module not in (None, "voxview"):
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return 0
    from voxview.cli import main as command

    return command()


if __name__ == "__main__":
    freeze_support()
    restore_library_path()
    sys.exit(main())

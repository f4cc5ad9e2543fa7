"""The window, and what a bug report needs."""

from __future__ import annotations

import argparse

from voxview.cli.common import say
from voxview.errors import InputError


def window(options: argparse.Namespace) -> int:
    """Open the window, once what it was given has been looked at."""
    from voxview.gui.app import run

    if options.data is not None and not options.data.is_dir():
        raise InputError(f"there is no folder {options.data}: check --data and VOXVIEW_DATA")
    if options.files:
        from voxview.shapes.read import chair_from_file

        for file in options.files:
            chair_from_file(file)  # the window tells what is wrong inside a file, but not that there is none
    if options.weights is not None:
        from voxview.model.shipped import read_card

        read_card(options.weights)  # refused here, before there is a window
    return run(options.files, options.data, options.weights)


def info(_: argparse.Namespace) -> None:
    """Say what a bug report needs."""
    from voxview.engine.device import find_devices
    from voxview.engine.diagnostics import diagnostics
    from voxview.model.shipped import find_weights

    say(diagnostics(find_devices(), str(find_weights(None))))

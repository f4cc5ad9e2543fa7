"""`voxview [FILE …]`: the window."""

from __future__ import annotations

import argparse

from voxview.errors import InputError


def open_window(options: argparse.Namespace) -> None:
    """Open the window; the process ends when it is closed.

    Raises `InputError` before there is one for files, folders and weights that are not there.
    """
    from voxview.gui.app import run

    if options.data is not None and not options.data.is_dir():
        raise InputError(f"there is no folder {options.data}: check --data and VOXVIEW_DATA")
    sessions = [file for file in options.files if file.suffix.lower() == ".voxview"]
    for session in sessions:
        if not session.is_file():
            raise InputError(f"there is no session {session}: check its name")
    if len(sessions) > 1 or len(options.files) > len(sessions) > 0:
        raise InputError(f"give one session, {sessions[0]}, and no other file with it")
    if options.files and not sessions:
        from voxview.pictures.read import is_picture_name
        from voxview.shapes.io.points import holds_points
        from voxview.shapes.io.read import chair_from_file

        # The window shows what is wrong inside a file, but not that there is none.
        for file in options.files:
            is_picture = is_picture_name(file)
            if not is_picture and not holds_points(file):
                chair_from_file(file)
            elif not file.is_file():
                what = "picture" if is_picture else "file of points"
                raise InputError(f"there is no {what} {file}: check its name")
    if options.weights is not None:
        from voxview.model.weights_card import read_card

        read_card(options.weights)  # refused here, before there is a window
    run(options.files, options.data, options.weights)

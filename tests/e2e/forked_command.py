"""What a forked process runs. A file of its own: the process finds the function by the name of its module."""

from __future__ import annotations

import os
import runpy
import sys
from pathlib import Path


def run_command(words: list[str], folder: str, environment: dict[str, str], streams: str) -> None:
    """Run the command line in the forked process, which ends with its exit status."""
    _begin(folder, environment, streams)

    from voxview.cli import main
    from voxview.training import validation

    validation.MOST_CHAIRS = 8  # of the 240 samples, whose validation takes longer than a short run's steps
    sys.exit(main(words))


def run_script(words: list[str], folder: str, environment: dict[str, str], streams: str) -> None:
    """Run a Python file of the folder in the forked process; the other words are its arguments."""
    _begin(folder, environment, streams)
    sys.argv = words
    runpy.run_path(words[0], run_name="__main__")


def _begin(folder: str, environment: dict[str, str], streams: str) -> None:
    """Send what is printed to files, and enter the folder with this environment alone."""
    for descriptor, name in ((1, "out"), (2, "errors")):
        file = os.open(Path(streams, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, descriptor)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)

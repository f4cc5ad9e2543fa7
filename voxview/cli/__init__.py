"""VoxView's command line: the window's work without the window.

voxview [FILE …] [--data DIR]      the window
voxview morph four-legs-slatted-001 block-solid-004 --out blends

`parser.py` lists the verbs, and each file of `verbs/` is one of them: its options and what it does. These
files import what is heavy inside their functions, so that `--help` is quick.
"""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Sequence

from voxview.cli.parser import parser_for
from voxview.cli.terminal import printable
from voxview.errors import GpuLostError, VoxViewError
from voxview.shapes.io.notices import Listener, listening_everywhere


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 failed, 2 bad input.

    Errors are one line on stderr.
    """
    arguments = _join_axis_values(list(sys.argv[1:] if arguments is None else arguments))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name need not fit the terminal's encoding
    debugging = bool(os.environ.get("VOXVIEW_DEBUG"))
    logging.basicConfig(format="voxview: %(message)s", level=logging.DEBUG if debugging else logging.WARNING)
    try:
        options = parser_for(arguments).parse_args(arguments)
        with listening_everywhere(_say_once()):
            return int(options.run(options) or 0)
    except VoxViewError as error:
        print(f"voxview: {printable(str(error))}", file=sys.stderr)
        if isinstance(error, GpuLostError):
            _say_no_more()
        return error.exit_status
    except KeyboardInterrupt:
        print("voxview: stopped", file=sys.stderr)
        return 130
    except MemoryError:
        print("voxview: there is not enough memory for that: close other programs", file=sys.stderr)
        return 1
    except Exception as error:
        if debugging:
            raise
        message = str(error).splitlines()[0] if str(error) else "no message"
        print(
            f"voxview: something failed that should not: {type(error).__name__}: {printable(message)}; "
            "please report it with the output of 'voxview info' (VOXVIEW_DEBUG=1 shows where)",
            file=sys.stderr,
        )
        return 1


def _say_once() -> Listener:
    """Return what prints each notice of reading files once, on stderr: a file may be read several times."""
    said: set[str] = set()

    def say(notice: str) -> None:
        if notice not in said:
            said.add(notice)
            print(f"voxview: {printable(notice)}", file=sys.stderr)

    return say


def _say_no_more() -> None:
    """Close stderr: what CuPy compiled cannot be unloaded from a lost GPU, and says so with tracebacks."""
    sys.stderr.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _join_axis_values(arguments: list[str]) -> list[str]:
    """Return the arguments with `--up -x` as `--up=-x`: argparse would take -x for an option."""
    joined: list[str] = []
    for argument in arguments:
        if joined and joined[-1] == "--up" and argument in ("-x", "-y", "-z"):
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined

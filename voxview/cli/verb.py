"""A verb of the command line, and the command that repeats one."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    """`voxview NAME …`: what its parser and its help need, and what it runs."""

    name: str
    description: str
    """One sentence, for `--help`."""
    add_options: Callable[[argparse.ArgumentParser], None]
    """Adds the verb's arguments and options to its parser."""
    run: Callable[[argparse.Namespace], int | None]
    """Does the work; returns an exit status, None for 0."""


def command_line(verb: Verb, options: argparse.Namespace) -> str:
    """Return the command that gives these options again, for a report; defaults are left out.

    `verb` has to work without arguments: its defaults are those that an empty command line gives.
    """
    parser = argparse.ArgumentParser()
    verb.add_options(parser)
    defaults = vars(parser.parse_args([]))
    words = ["voxview", verb.name]
    for name, value in vars(options).items():
        if name == "run" or value is None or (value == defaults.get(name) and name != "data"):
            continue
        flag = f"--{name.replace('_', '-')}" if value is not False else f"--no-{name}"
        words += [flag] if isinstance(value, bool) else [flag, str(value)]
    return shlex.join(words)

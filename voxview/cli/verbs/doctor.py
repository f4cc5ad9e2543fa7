"""`voxview doctor`: what this machine gives, and what to do to get more."""

from __future__ import annotations

import argparse

from voxview.cli.terminal import print_output, printable
from voxview.cli.verb import Verb


def run(options: argparse.Namespace) -> None:
    """Print what was found, what is used, and for every problem its cause and its remedy."""
    from voxview.engine.examination import examine
    from voxview.gui import preflight

    preflight.prepare_environment()
    examination = examine(preflight.find_display_facts(with_opengl=True))
    if options.json:
        import json

        print_output(json.dumps(examination.record(), indent=1, ensure_ascii=False))
    else:
        print_output("\n".join(map(printable, examination.text().split("\n"))))


def _add_options(parser: argparse.ArgumentParser) -> None:
    """Add `--json`."""
    parser.add_argument("--json", action="store_true", help="print the same as JSON")


VERB = Verb(
    "doctor",
    "What this machine gives: GPU, driver, packages, display, and how to get more.",
    _add_options,
    run,
)

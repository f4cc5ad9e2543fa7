"""`voxview info`: what a bug report needs."""

from __future__ import annotations

import argparse

from voxview.cli.terminal import print_output
from voxview.cli.verb import Verb


def run(_: argparse.Namespace) -> None:
    """Print versions, devices and drivers."""
    from voxview.engine.device import find_devices
    from voxview.engine.diagnostics import diagnostics
    from voxview.model.weights_card import find_weights

    print_output(diagnostics(find_devices(), str(find_weights(None))))


def _add_options(_: argparse.ArgumentParser) -> None:
    """Add nothing: it has no options."""


VERB = Verb("info", "Versions, devices and drivers: what a bug report needs.", _add_options, run)

"""Prints for which CUDA `setup.sh` installs PyTorch and CuPy: the extra's name, then why, a line each.

Uses the standard library only, as nothing is installed yet. Both lines are empty where there is no NVIDIA
driver.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from voxview.engine.doctor.collect import find_cards, smi_output
from voxview.engine.doctor.drivers import choose


def main() -> None:
    """Print the choice."""
    output = smi_output("nvidia-smi")
    choice = None if output is None else choose(output, find_cards())
    sys.stdout.write(f"cuda{choice.cuda}\n" if choice and choice.cuda else "\n")
    sys.stdout.write(f"{choice.reason}\n" if choice else "\n")


main()

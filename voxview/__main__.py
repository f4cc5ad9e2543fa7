"""`python -m voxview`, the same as the command `voxview`."""

import sys

from voxview.cli import main

if __name__ == "__main__":
    sys.exit(main())

"""`python -m voxview` is `voxview`."""

import sys

from voxview.cli import main

if __name__ == "__main__":
    sys.exit(main())

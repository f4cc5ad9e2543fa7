"""Fuzzing: every kind of file that the program reads is damaged at random, and read as the program does.

`make fuzz` runs it; `run.py` has the options. Each file is made of a target's name and a seed alone.
"""

import os

for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    # Before NumPy and torch are imported: there is a process for each core.
    os.environ.setdefault(_name, "1")

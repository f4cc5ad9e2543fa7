"""Leaves the files that `voxview train` does, in a second and without torch: for what watches such a run.

As `--architecture`: "slow" waits at step 12 until it is requested to stop, "stubborn" does not listen, "gone"
fails.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from pathlib import Path

STEPS = 40
words = dict(word.lstrip("-").partition("=")[::2] for word in sys.argv[2:])
out = Path(words["out"])
log, checkpoint = (out.with_name(out.stem + end) for end in (".log.csv", ".checkpoint.safetensors"))
mode = words.get("architecture", "study")
stops: list[int] = []
signal.signal(
    signal.SIGTERM, signal.SIG_IGN if mode == "stubborn" else lambda number, _: stops.append(number)
)
first = int(checkpoint.read_text()) + 1 if "resume" in words else 1
if mode == "gone":
    sys.exit("voxview: there is no folder X: check --data")
if first == 1:
    log.write_text("step,seconds,loss,IoU: real\n")
for step in range(first, STEPS + 1):
    time.sleep(0.01)
    if step % 10 == 0:  # a validation, with which weights are written
        shutil.copy(os.environ.get("PRETENDED_WEIGHTS", __file__), out)
    half = checkpoint.with_suffix(".half")
    half.write_text(str(step))
    half.replace(checkpoint)
    with log.open("a") as rows:
        rows.write(f"{step},{step / 10},{8 / step},{0.5 if step % 10 == 0 else ''}\n")
    print(f"step {step}/{STEPS}  loss", flush=True)
    while mode in ("slow", "stubborn") and step == 12 and not stops:
        time.sleep(0.01)
    if stops:
        sys.exit(f"voxview: stopped after step {step} of {STEPS}: --resume goes on from there")
checkpoint.unlink()
print(f"wrote {out}")

"""How long a person waits for the window. Not part of `make test`: other work on the machine counts here.

make benchmarks
"""

from __future__ import annotations

import subprocess
import sys

from voxview.gui import preflight

BARE = """
import os
import time
from voxview.gui import preflight
preflight.prepare_environment()
preflight.check()
from voxview.gui import app as program
app = program.make_application()
window = program.make_window(app)
window.show()
def painted():
    ticks = int(open("/proc/self/stat").read().split()[21])
    age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    print(f"{age:.3f}")
    window.close()
    app.quit()
program.after_first_paint(window, painted)
app.exec()
"""


def test_the_bare_window_is_on_screen_within_a_second() -> None:
    preflight.check()
    runs = [
        subprocess.run([sys.executable, "-c", BARE], capture_output=True, text=True, timeout=60, check=True)
        for _ in range(3)
    ]
    best = min(float(run.stdout) for run in runs)
    print(f"bare window {best:.3f} s after the process started")
    assert best < 1.0  # 0.35 s where this was measured; other work on the machine may double it

"""Measure parallel training on all GPUs of a host, or on as many as are given, in one go.

python assets/benchmarks/parallel.py --out runs/parallel                    # on all GPUs
python assets/benchmarks/parallel.py --out runs/parallel --processes 2 --small   # to try it, on the CPU too
python assets/benchmarks/parallel.py --out runs/parallel --only slower-link      # one part of it

bench        AlexNet in one tower on 1, 2, 4 … processes: `voxview bench --parallel`, record and tables.
slower-link  The same, weak scaling only, with NCCL_P2P_DISABLE=1: GPUs then send through the host's memory.
autoencoder  An autoencoder's training, data parallel, on 1, 2, 4 … processes: chairs a second.
killed       A picture encoder's training, hybrid-c, of which one process is killed; it is resumed on half as
             many, and has to end.

NVLink multicast stays off. A process that is left out is no slower one: GPUs that a part does not use idle.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch

PARTS = ("bench", "slower-link", "autoencoder", "killed")
SMALL_BENCH = ("--side", "63", "--hidden", "16", "--outputs", "10", "--batch", "4", "--steps", "2")
SMALL_AUTOENCODER = (
    "--architecture", "study", "--samples", "24", "--evenness", "0", "--curvature-chairs", "2",
)  # fmt: skip
PICTURES = ("--network", "picture", "--parallel", "hybrid-c", "--autoencoder")
SMALL_PICTURES = (
    "study", "--samples", "4", "--refine", "0", "--hidden", "16", "--rendered-side", "32", "--reuse", "1",
)  # fmt: skip
PATIENCE = 900
"""Seconds for one command."""


def main() -> int:
    """Run the parts that are wanted; return 1 if one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="a folder for records and logs")
    parser.add_argument("--processes", type=int, help="default: the GPUs that there are, or 2")
    parser.add_argument("--small", action="store_true", help="tiny networks and few steps")
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    processes = options.processes or torch.cuda.device_count() or 2
    made = {
        "bench": lambda: bench(options.out / "parallel", processes, options.small, {}),
        "slower-link": lambda: bench(
            options.out / "parallel-slower-link", processes, options.small, {"NCCL_P2P_DISABLE": "1"}
        ),
        "autoencoder": lambda: autoencoder(options.out, processes, options.small),
        "killed": lambda: killed(options.out, processes, options.small),
    }
    failed = [part for part in PARTS if options.only in (None, part) and not made[part]()]
    print(f"failed: {', '.join(failed)}" if failed else "all parts ended well", flush=True)
    return 1 if failed else 0


def torchrun(processes: int, *words: object) -> list[str]:
    """Return the command that runs `voxview` in so many processes of this host."""
    start = (sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}")
    return [str(word) for word in (*start, "-m", "voxview", *words)]


def environment(**given: str) -> dict[str, str]:
    """Return this process's environment, with NVLink multicast off and one thread a process."""
    return {**os.environ, "NCCL_NVLS_ENABLE": "0", "OMP_NUM_THREADS": "1", **given}


def run(command: list[str], log: Path, **given: str) -> bool:
    """Run a command with its output in a log; return whether it ended well."""
    with log.open("w", encoding="utf-8") as file:
        done = subprocess.run(
            command, stdout=file, stderr=subprocess.STDOUT, env=environment(**given), timeout=PATIENCE
        )
    if done.returncode:
        print(f"exit status {done.returncode}: see {log}", flush=True)
    return done.returncode == 0


def bench(out: Path, processes: int, small: bool, given: dict[str, str]) -> bool:
    """Write `OUT.json` and `OUT.txt`; a slower link is measured without strong scaling and the batch axis."""
    words = (*(SMALL_BENCH if small else ()), *(("--quick",) if given or small else ()))
    command = torchrun(processes, "bench", "--parallel", *words, "--json", out.with_suffix(".json"))
    return run(command, out.with_suffix(".txt"), **given)


def autoencoder(out: Path, processes: int, small: bool) -> bool:
    """Write `autoencoder.json`: chairs a second by processes, and the efficiency, each with its own batch."""
    rates: dict[int, float] = {}
    for size in [2**i for i in range(processes.bit_length()) if 2**i <= processes]:
        weights = out / f"autoencoder-{size}.safetensors"
        clear(weights)
        words = (
            (*SMALL_AUTOENCODER, "--steps", 8)
            if small
            else ("--samples", 8_000, "--steps", 240, "--evaluate-every", 240)
        )
        batch = (4 if small else 256) * size
        command = torchrun(size, "train", *words, "--batch", batch, "--out", weights)
        if not run(command, out / f"autoencoder-{size}.txt"):
            return False
        with weights.with_suffix(".log.csv").open() as file:
            speeds = [float(row["images_per_second"]) for row in csv.DictReader(file)]
        rates[size] = statistics.median(speeds[len(speeds) // 2 :])  # the first half warms up
    table = {n: {"chairs_per_second": r, "efficiency": r / n / rates[1]} for n, r in rates.items()}
    (out / "autoencoder.json").write_text(json.dumps(table, indent=1) + "\n")
    print(json.dumps(table), flush=True)
    return True


def killed(out: Path, processes: int, small: bool) -> bool:
    """Kill the last rank after the first checkpoint; resume on half of the processes, to the end."""
    weights = out / "killed.safetensors"
    checkpoint = weights.with_suffix(".checkpoint.safetensors")
    clear(weights)
    few = (
        SMALL_PICTURES if small else ("chairs", "--samples", "2000", "--hidden", "4096", "--optimiser", "sgd")
    )
    steps = 20 if small else 400
    batch = 2 * processes**2 if small else 64 * processes
    words = ("train", *PICTURES, *few, "--steps", steps, "--evaluate-every", steps // 4, "--batch", batch)
    with (out / "killed.txt").open("w", encoding="utf-8") as log:
        launch = subprocess.Popen(
            torchrun(processes, *words, "--out", weights),
            stdout=log, stderr=subprocess.STDOUT, env=environment(),
        )  # fmt: skip
        deadline = time.monotonic() + PATIENCE
        while not checkpoint.exists() and launch.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        children = Path(f"/proc/{launch.pid}/task/{launch.pid}/children").read_text().split()
        if not children:
            print(f"the run ended before a process was killed: see {log.name}", flush=True)
            return False
        began = time.monotonic()
        os.kill(int(children[-1]), signal.SIGKILL)
        launch.wait(PATIENCE)
    line = next((w for w in (out / "killed.txt").read_text().splitlines() if "is gone" in w), "")
    print(f"{line or 'no line'}; over after {time.monotonic() - began:.0f} s", flush=True)
    resumed = torchrun(max(1, processes // 2), *words, "--resume", "--out", weights)
    return bool(line) and run(resumed, out / "resumed.txt") and weights.exists()


def clear(weights: Path) -> None:
    """Remove what an earlier run left beside these weights."""
    for file in weights.parent.glob(f"{weights.stem}.*"):
        file.unlink()


if __name__ == "__main__":
    sys.exit(main())

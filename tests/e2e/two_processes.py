"""Commands in processes of one group, with what `torchrun` would give them or gives: quicker than starting an
interpreter for each.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Command

# Several commands a process, each with a process group of its own: a port each.
_SCRIPT = """
import json, os, sys
from voxview.cli import main
for port, words in json.load(open("commands.json")):
    os.environ["MASTER_PORT"] = str(port)
    try:
        status = main(words)
    except SystemExit as end:
        status = end.code
    print(f"exit status {status}", file=sys.stderr, flush=True)
"""


def free_ports(count: int) -> list[int]:
    """Return ports of this machine that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def run_in_two(
    start_voxview: Callable[..., Command], folder: Path, *commands: tuple[object, ...]
) -> list[tuple[str, str]]:
    """Run commands in the same two processes; return what each process printed, and its errors.

    After each command's errors stands its exit status.
    """
    words = [[str(word) for word in command] for command in commands]
    ports = free_ports(len(words))
    (folder / "commands.json").write_text(json.dumps(list(zip(ports, words, strict=True))))
    (folder / "commands.py").write_text(_SCRIPT)
    group = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "OMP_NUM_THREADS": "1"}
    started = [start_voxview("commands.py", **group, RANK=rank, LOCAL_RANK=rank) for rank in ("0", "1")]
    ended = [command.wait() for command in started]
    return [(done.stdout, done.stderr) for done in ended]


# What torchrun starts: it leaves its environment in a file, and stays until the run is over.
_RELAY = """
env -0 > "$RANK.part" && mv "$RANK.part" "$RANK.environment"
until [ -e over ]; do sleep 0.1; done
"""
_TORCHRUN = "import sys; from torch.distributed.run import main; main(sys.argv[1:])"


def run_by_torchrun(
    start_voxview: Callable[..., Command], folder: Path, hosts: int, *words: object
) -> list[subprocess.CompletedProcess[str]]:
    """Run a command in two processes a host, whose launches of torchrun, here on one host, make one group.

    Each has the environment of one that torchrun started, and finds the others through torchrun's store.
    """
    (folder / "relay.sh").write_text(_RELAY)
    (folder / "torchrun.py").write_text(_TORCHRUN)
    (port,) = free_ports(1)
    torchrun = [f"--nnodes={hosts}", "--nproc-per-node=2", "--rdzv-backend=c10d"]
    torchrun += [f"--rdzv-endpoint=127.0.0.1:{port}", "--no-python", "sh", "relay.sh"]
    launches = [start_voxview("torchrun.py", *torchrun) for _ in range(hosts)]
    try:
        deadline = time.monotonic() + 200
        while len(given := sorted(folder.glob("*.environment"))) < 2 * hosts:
            failed = [launch.errors for launch in launches if launch.process.exitcode is not None]
            assert time.monotonic() < deadline and not failed, failed
            time.sleep(0.05)
        started = [start_voxview(*words, **_given_by_torchrun(file)) for file in given]
        ended = [command.wait() for command in started]
    finally:
        (folder / "over").touch()
        launched = [launch.wait() for launch in launches]
    assert [launch.returncode for launch in launched] == [0] * hosts, launched
    return ended


def _given_by_torchrun(file: Path) -> dict[str, str]:
    """Return the variables of a relay that torchrun added to this process's."""
    variables = (line.partition("=") for line in file.read_text().rstrip("\0").split("\0"))
    return {name: value for name, _, value in variables if os.environ.get(name) != value}

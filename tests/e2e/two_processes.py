"""Commands in two processes of one group, with what `torchrun` would give them: quicker than `torchrun`."""

from __future__ import annotations

import json
import socket
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

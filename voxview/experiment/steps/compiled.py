"""`torch.compile` of the blend: the code that PyTorch makes for one size of the problem, on either device.

It takes seconds to compile, so that a caller that has something else to do, as the window has, goes on with
it meanwhile.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from voxview.engine.request import Device
from voxview.errors import VoxViewError
from voxview.experiment.clock import Interruptible
from voxview.resources import is_bundled

if TYPE_CHECKING:
    import torch


class CompileError(VoxViewError):
    """What `torch.compile` ended with, in one line: its figure is left out, and the run goes on."""


COMPILED_SUBJECTS = ("torch.compile cuda", "torch.compile cpu")

_POLL_SECONDS = 0.01


@functools.cache
def compile_problem(device: Device) -> str | None:
    """Return why `torch.compile` cannot work here, as a sentence; None where nothing speaks against it."""
    if is_bundled():
        return "torch.compile was left out: the packaged program has no headers; install VoxView by pip"
    compilers = (os.environ.get("CXX", ""), "g++", "clang++", "cl")
    if not any(name and shutil.which(name) for name in compilers):
        return "torch.compile was left out: it needs a C++ compiler, such as g++, on the PATH"
    if device == "cuda" and importlib.util.find_spec("triton") is None:
        return "torch.compile on the GPU was left out: it needs Triton, which comes with PyTorch for CUDA"
    return None


def compiled_lerp() -> Callable[[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor], None]:
    """Return `torch.lerp` of a, b and t into `out`, to be compiled for the shapes that it is called with.

    What was compiled for other shapes is forgotten. PyTorch would else compile for any shape, which is
    slower, and after eight of them not at all.
    """
    import torch

    torch.compiler.reset()
    compiled: Callable[..., None] = torch.compile(_lerp, fullgraph=True, dynamic=False)
    return compiled


def _lerp(a: torch.Tensor, b: torch.Tensor, t: torch.Tensor, out: torch.Tensor) -> None:
    import torch

    out.copy_(torch.lerp(a, b, t))  # compiled, this is one kernel that writes to `out`


def call_aside(call: Callable[[], Any]) -> Interruptible[None]:
    """Call what compiles at its first call, on a thread of its own; yield until it returns.

    Raises `CompileError` if that fails, and what says that memory does not suffice as it comes.
    """
    import torch

    failures: list[Exception] = []
    threads = torch.get_num_threads()

    def run() -> None:
        try:
            torch.set_num_threads(threads)  # each thread has its own number, and code is compiled for it
            call()
        except Exception as failure:  # of any compiler below
            failures.append(failure)

    thread = threading.Thread(target=run, name="voxview-torch-compile", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_POLL_SECONDS)
        yield
    if not failures:
        return
    if isinstance(failures[0], torch.OutOfMemoryError | MemoryError):
        raise failures[0]
    reason = str(failures[0]).strip() or type(failures[0]).__name__
    raise CompileError(f"torch.compile failed ({reason.splitlines()[0]})") from failures[0]

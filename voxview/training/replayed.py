"""Functions that a CUDA graph records and replays: a training step is thousands of short kernels.

Launching them one by one takes the host longer than the GPU needs for them.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

EAGER_CALLS = 3
"""Calls before the recording: until then libraries choose algorithms and take memory of their own."""


class Replayed:
    """A function of no arguments on a GPU, which from its fourth call on is replayed as a CUDA graph.

    What it reads and writes must keep its place in memory, and its Python runs no more: numbers that change
    are tensors. `generator` is a GPU's, if it draws from one, and may be seeded anew before each call.
    """

    def __init__(
        self, function: Callable[[], None], generator: torch.Generator | None, stream: torch.cuda.Stream
    ) -> None:
        self._function, self._generator, self._stream = function, generator, stream
        self._graph: torch.cuda.CUDAGraph | None = None
        self._calls = 0

    def __call__(self) -> None:
        """Run the function, or replay it, in the order of the current stream of its GPU."""
        self._calls += 1
        if self._calls <= EAGER_CALLS:
            current = torch.cuda.current_stream(self._stream.device)
            self._stream.wait_stream(current)
            with torch.cuda.stream(self._stream):
                self._function()
            current.wait_stream(self._stream)
            return
        # The seeds of a recorded generator lie on the current device, whichever it is.
        with torch.cuda.device(self._stream.device):
            if self._graph is None:
                self._graph = self._record()
            self._graph.replay()

    def forget(self) -> None:
        """Free the recording: the next call records anew, with what the function does by then."""
        if self._graph is not None:
            torch.cuda.synchronize(self._stream.device)
            self._graph.reset()
            self._graph = None

    def _record(self) -> torch.cuda.CUDAGraph:
        graph = torch.cuda.CUDAGraph()
        if self._generator is not None:
            graph.register_generator_state(self._generator)
        # Other threads, such as the one that watches over NCCL, may use the GPU meanwhile.
        with torch.cuda.graph(graph, stream=self._stream, capture_error_mode="thread_local"):
            self._function()
        return graph

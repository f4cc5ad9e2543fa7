"""The graphs that encode few chairs: one that could not be captured for want of memory is tried again."""

from __future__ import annotations

import pytest
import torch

from voxview.engine.fallback import GpuOutOfMemoryError, gpu_error
from voxview.engine.pipelines import cuda
from voxview.engine.pipelines.cuda import CudaPipeline
from voxview.engine.pipelines.graph import capture
from voxview.model.autoencoder import load_autoencoder


class Graph:
    """Stands in for a captured graph; fails as it was told to."""

    failure: Exception | None = None

    def __init__(self, *_: object) -> None:
        if self.failure is not None:
            raise self.failure


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> CudaPipeline:
    monkeypatch.setattr(cuda, "EncodeGraph", Graph)
    monkeypatch.setattr(Graph, "failure", None)
    return CudaPipeline(load_autoencoder("chairs", "cpu"), kernels=False)


def test_a_graph_that_lacked_memory_is_captured_once_there_is_some(
    pipeline: CudaPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Graph, "failure", torch.OutOfMemoryError("CUDA out of memory."))
    assert pipeline._encode_graph(2) is None
    monkeypatch.setattr(Graph, "failure", None)
    assert isinstance(pipeline._encode_graph(2), Graph)


def test_nothing_is_captured_where_hardly_any_memory_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (2**22, 2**36))
    begun: list[str] = []
    with pytest.raises(torch.OutOfMemoryError) as raised:
        capture(lambda: begun.append("work"))
    assert not begun and isinstance(gpu_error(raised.value), GpuOutOfMemoryError)


def test_a_graph_that_cannot_be_captured_is_not_tried_again(
    pipeline: CudaPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Graph, "failure", RuntimeError("operation not permitted when stream is capturing"))
    assert pipeline._encode_graph(2) is None
    monkeypatch.setattr(Graph, "failure", None)
    assert pipeline._encode_graph(2) is None and pipeline._encode_graphs == {2: None}

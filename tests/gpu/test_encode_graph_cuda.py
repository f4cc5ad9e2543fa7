"""Chairs that are encoded by a captured graph are the chairs that are encoded step by step."""

from __future__ import annotations

import gc

import numpy as np
import pytest

pytestmark = pytest.mark.gpu

torch = pytest.importorskip("torch")

from voxview.engine.pipelines.cuda import CudaPipeline  # noqa: E402
from voxview.engine.pipelines.encode_graph import MOST_CHAIRS, EncodeGraph  # noqa: E402
from voxview.engine.timings import Stage  # noqa: E402
from voxview.model.autoencoder import Autoencoder, full_precision, load_autoencoder  # noqa: E402
from voxview.model.metrics import intersection_over_union  # noqa: E402
from voxview.model.refine import refine  # noqa: E402
from voxview.shapes.catalogs.samples import sample_catalog  # noqa: E402

GRIDS = np.stack([chair.read() for chair in sample_catalog()[::7]])


@pytest.fixture(scope="module")
def autoencoder() -> Autoencoder:
    return load_autoencoder("chairs", "cuda")


def step_by_step(autoencoder: Autoencoder, grids: np.ndarray) -> torch.Tensor:
    """Return the latents as the same network makes them, launched from Python one kernel after another."""
    network, metric = autoencoder.network_of_few, autoencoder.metric
    assert metric is not None
    with torch.no_grad(), full_precision():
        occupancy = torch.from_numpy(grids).cuda()[:, None].float()
        return refine(network, network.encode(occupancy), occupancy, metric)


@pytest.mark.parametrize("n", range(1, MOST_CHAIRS + 1))
def test_a_captured_encoding_is_the_one_that_is_launched_step_by_step(
    autoencoder: Autoencoder, n: int
) -> None:
    pipeline = CudaPipeline(autoencoder, kernels=True)
    for start in range(0, 20, n):
        grids = GRIDS[start : start + n]
        z, timings = pipeline.encode(grids)
        assert (z - step_by_step(autoencoder, grids)).abs().max() < 1e-4
        assert set(timings) == {Stage.UPLOAD, Stage.ENCODE}
    assert isinstance(pipeline._encode_graphs[n], EncodeGraph)  # none of it fell back


def test_chairs_that_are_far_off_are_refined_again(autoencoder: Autoencoder) -> None:
    grids = np.zeros((2, 32, 32, 32), bool)
    grids[0] = GRIDS[0]
    grids[1, 4:28, 4:28, 15] = grids[1, 15, 2:30, 2:30] = True  # two crossed walls are no chair
    graph = EncodeGraph(autoencoder.network_of_few, autoencoder.metric, 2)
    z = graph.run(torch.from_numpy(grids).cuda())
    assert graph._is_far_off.tolist() == [False, True]
    assert torch.equal(z[0].flatten(), graph._refined[0])  # the other chair stays as it was
    # Alone, it is rounded otherwise, which grows over a dozen steps far from any chair.
    assert (z - step_by_step(autoencoder, grids)).abs().max() < 1e-2
    graph._encode()  # launched step by step, both together
    graph._refine_again()
    assert (z.flatten(1) - graph._refined_again).abs().max() < 1e-4


def test_an_answer_stays_as_it_was_while_others_are_encoded(autoencoder: Autoencoder) -> None:
    pipeline = CudaPipeline(autoencoder, kernels=True)
    first, _ = pipeline.encode(GRIDS[:2])
    kept = first.clone()
    again = [pipeline.encode(GRIDS[i : i + 2])[0] for i in range(2, 10)]
    torch.cuda.empty_cache()
    assert torch.equal(first, kept)
    assert torch.equal(pipeline.encode(GRIDS[:2])[0], kept)  # and comes again, bit for bit
    assert len(again) == 8


def test_graphs_of_weights_that_are_gone_leave_the_next_ones_alone() -> None:
    for name in ("chairs", "chairs-free", "chairs"):
        autoencoder = load_autoencoder(name, "cuda")
        pipeline = CudaPipeline(autoencoder, kernels=True)
        z, _ = pipeline.encode(GRIDS[:2])
        filler = [torch.full((1 << 20,), 7.0, device="cuda") for _ in range(64)]
        assert (pipeline.encode(GRIDS[:2])[0] - z).abs().max() == 0
        assert (z - step_by_step(autoencoder, GRIDS[:2])).abs().max() < 1e-4
        del autoencoder, pipeline, filler
        gc.collect()
        torch.cuda.empty_cache()


def test_what_cannot_be_captured_is_launched_step_by_step(
    autoencoder: Autoencoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_in_the_middle(self: EncodeGraph) -> None:
        torch.ones(1, device="cuda").item()  # waits for the device, which no capture may

    monkeypatch.setattr(EncodeGraph, "_encode", fail_in_the_middle)
    pipeline, before = CudaPipeline(autoencoder, kernels=True), torch.cuda.current_stream()
    z, _ = pipeline.encode(GRIDS[:2])
    assert pipeline._encode_graphs == {2: None}
    assert torch.cuda.current_stream() == before
    assert torch.equal(z, autoencoder.encode_tensor(torch.from_numpy(GRIDS[:2]).cuda()))
    assert torch.isfinite(torch.ones(1 << 20, device="cuda").sum()).item()  # the device still works


def test_a_batch_has_no_graph(autoencoder: Autoencoder) -> None:
    pipeline = CudaPipeline(autoencoder, kernels=True)
    z, _ = pipeline.encode(GRIDS[: MOST_CHAIRS + 1])
    assert z.shape == (MOST_CHAIRS + 1, 8, 8) and not pipeline._encode_graphs


def test_the_graph_reconstructs_as_well_as_the_batch(autoencoder: Autoencoder) -> None:
    pipeline = CudaPipeline(autoencoder, kernels=True)
    pairs = torch.cat([pipeline.encode(GRIDS[i : i + 2])[0] for i in range(0, 32, 2)])
    batch = autoencoder.encode_tensor(torch.from_numpy(GRIDS[:32]).cuda())
    ious = [
        intersection_over_union(GRIDS[:32], (autoencoder.decode_tensor(z) > 0.5).cpu().numpy()).mean()
        for z in (pairs, batch)
    ]
    assert abs(ious[0] - ious[1]) < 2e-3


def test_few_and_many_latents_are_decoded_alike(autoencoder: Autoencoder) -> None:
    z = autoencoder.encode_tensor(torch.from_numpy(GRIDS[:24]).cuda(), 0)
    many = autoencoder.decode_tensor(z)
    few = torch.cat([autoencoder.decode_tensor(part) for part in z.split(8)])
    assert (few - many).abs().max() < 1e-4

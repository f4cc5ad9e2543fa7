"""The captured encoding is that of `refine`: here with a graph that calls what it was given, on the CPU."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from voxview.engine.pipelines import encode_graph
from voxview.engine.pipelines.encode_graph import EncodeGraph
from voxview.model.autoencoder import Autoencoder, load_autoencoder
from voxview.model.refine import refine
from voxview.shapes.catalogs.samples import sample_catalog

CHAIR = sample_catalog()[3].read()


@pytest.fixture(scope="module")
def autoencoder() -> Autoencoder:
    return load_autoencoder("chairs", device="cpu")


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of what was launched, in order."""
    names: list[str] = []

    class Graph:
        def __init__(self, work: Callable[[], None]) -> None:
            self._work = work
            work()

        def replay(self) -> None:
            names.append(self._work.__name__)
            self._work()

    monkeypatch.setattr(encode_graph, "capture", lambda work, warm_up_runs: Graph(work))
    return names


def crossed_walls() -> np.ndarray:
    grid = np.zeros((32, 32, 32), bool)
    grid[4:28, 4:28, 15] = grid[15, 2:30, 2:30] = True
    return grid


def captured(autoencoder: Autoencoder, grids: np.ndarray) -> torch.Tensor:
    assert autoencoder.metric is not None
    # The layers that are faster here than those which the GPU has.
    graph = EncodeGraph(autoencoder.network_of_few, autoencoder.metric, len(grids))
    return graph.run(torch.from_numpy(grids))


def both_ways(autoencoder: Autoencoder, grids: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    metric = autoencoder.metric
    assert metric is not None
    z = captured(autoencoder, grids)
    with torch.no_grad():
        occupancy = torch.from_numpy(grids)[:, None].float()
        encoded = autoencoder.network_of_few.encode(occupancy)
        return z, refine(autoencoder.network_of_few, encoded, occupancy, metric)


def test_chairs_that_are_held_well_are_refined_once(autoencoder: Autoencoder, launched: list[str]) -> None:
    z, wanted = both_ways(autoencoder, np.stack([CHAIR, CHAIR[:, :, ::-1]]))
    assert launched == ["_encode"]
    torch.testing.assert_close(z, wanted, atol=1e-5, rtol=0)


def test_only_the_one_that_is_far_off_is_refined_again(autoencoder: Autoencoder, launched: list[str]) -> None:
    grids = np.stack([CHAIR, crossed_walls()])
    z, wanted = both_ways(autoencoder, grids)
    assert launched == ["_encode", "_refine_again"]
    torch.testing.assert_close(z, wanted, atol=1e-2, rtol=0)
    alone = captured(autoencoder, grids[[0, 0]])
    torch.testing.assert_close(z[0], alone[0], atol=1e-4, rtol=0)

"""The GPU's scores are those of NumPy and SciPy, and all pairs are scored alike on both devices."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

pytestmark = pytest.mark.gpu

torch = pytest.importorskip("torch")

from voxview.engine.all_pairs import score_all_pairs  # noqa: E402
from voxview.engine.engine import Engine  # noqa: E402
from voxview.engine.scores.pair_scores import PairScores  # noqa: E402
from voxview.errors import InputError  # noqa: E402
from voxview.experiment.steps.scoring import changed_verdicts  # noqa: E402
from voxview.model.autoencoder import load_autoencoder  # noqa: E402
from voxview.model.metrics import is_stable, largest_iou, stands, symmetry  # noqa: E402
from voxview.model.metrics_cuda import score_on_device  # noqa: E402
from voxview.shapes.bits import pack_rows  # noqa: E402
from voxview.shapes.catalogs.samples import sample_catalog  # noqa: E402
from voxview.shapes.components import largest_component, largest_component_share  # noqa: E402
from voxview.to_end import run_to_end  # noqa: E402


def floors_of(fields: NDArray[np.float32]) -> NDArray[np.int32]:
    return (np.arange(len(fields)) % 5).astype(np.int32)


def scored(fields: NDArray[np.float32], chairs: NDArray[np.bool_], level: float = 0.5) -> NDArray[np.float32]:
    scores = torch.full((7, len(fields)), float("nan"), device="cuda")
    on_device = torch.from_numpy(fields).cuda()
    stream = torch.cuda.current_stream().cuda_stream
    on_floors, on_chairs = (
        torch.from_numpy(array).cuda() for array in (floors_of(fields), pack_rows(chairs))
    )
    score_on_device(on_device, on_chairs, on_floors, scores, level=level, stream=stream)
    return scores.cpu().numpy()


def expected(
    fields: NDArray[np.float32], chairs: NDArray[np.bool_], level: float = 0.5
) -> NDArray[np.float32]:
    grids = fields > level
    largest, sizes = zip(*(largest_component(grid) for grid in grids), strict=True)
    stable = [is_stable(piece, floor) for piece, floor in zip(largest, floors_of(fields), strict=True)]
    pieces, loose = [len(of) for of in sizes], [of.sum() - of.max(initial=0) for of in sizes]
    whole = [largest_component_share(grid) for grid in grids]
    standing = [stands(grid, floor) for grid, floor in zip(grids, floors_of(fields), strict=True)]
    novelty = 1 - largest_iou(grids.reshape(len(grids), -1), chairs.reshape(len(chairs), -1))
    symmetries = [symmetry(grid) for grid in grids]
    return np.array([whole, standing, novelty, pieces, loose, stable, symmetries], np.float32)


@pytest.mark.parametrize("share", [0.001, 0.02, 0.05, 0.08, 0.1, 0.15, 0.3, 0.7, 1.0])
@pytest.mark.parametrize("n", [1, 31, 50])
def test_random_grids_of_any_density_score_as_in_scipy(share: float, n: int) -> None:
    rng = np.random.default_rng(int(1000 * share) + n)
    fields = (rng.random((40, 32, 32, 32)) < share).astype(np.float32)
    chairs = rng.random((n, 32, 32, 32)) < share
    assert np.array_equal(scored(fields, chairs), expected(fields, chairs))


def test_chairs_score_as_in_scipy() -> None:
    grids = np.stack([chair.read() for chair in sample_catalog()[:60]])
    noisy = grids ^ (np.random.default_rng(0).random(grids.shape) < 0.002)
    assert np.array_equal(scored(noisy.astype(np.float32), grids), expected(noisy.astype(np.float32), grids))


@pytest.mark.parametrize("moved", [-2, -1, 0, 1, 2])
def test_symmetric_shapes_are_so_by_a_whole_voxel_beside_the_middle_and_no_further(moved: int) -> None:
    fields = np.zeros((3, 32, 32, 32), np.float32)
    fields[0, 8 + moved : 24 + moved] = 1
    fields[1, 8 + moved : 23 + moved] = 1  # its middle is in a layer of voxels
    fields[2, 30 + moved : 32] = 1  # at the wall: empty layers come in where others are lost
    chairs = np.zeros((1, 32, 32, 32), bool)
    scores = scored(fields, chairs)
    assert np.array_equal(scores, expected(fields, chairs))
    assert (scores[6, :2] == 1).tolist() == [moved == 0, moved in (0, 1)] and scores[6, 2] < 1


def test_a_labyrinth_of_one_piece_is_one_piece() -> None:
    """A snake through the whole grid: the longest way that a flood can have."""
    snake = np.zeros((32, 32, 32), np.float32)
    snake[::2, ::2, :] = 1
    for i in range(0, 30, 2):
        snake[i + 1, 0 if i % 4 else 30, 0] = 1
    for j in range(0, 30, 2):
        snake[::2, j + 1, 31 if j % 4 else 0] = 1
    fields = np.stack([snake, np.rot90(snake, axes=(0, 2)), np.rot90(snake, axes=(1, 2))])
    fields = np.ascontiguousarray(fields)
    chairs = np.zeros((1, 32, 32, 32), bool)
    assert np.array_equal(scored(fields, chairs), expected(fields, chairs))


def test_empty_fields_have_no_piece_and_corners_touch() -> None:
    fields = np.zeros((3, 32, 32, 32), np.float32)
    fields[1, 0, 0, 0] = fields[1, 1, 1, 1] = 1  # joined at a corner
    fields[2, 31, 31, 31] = fields[2, 0, 0, 0] = 1  # opposite ends: two pieces, nothing wraps round
    chairs = np.zeros((2, 32, 32, 32), bool)
    scores = scored(fields, chairs)
    assert scores[0].tolist() == [0, 1, 0.5]
    assert scores[1].tolist() == [0, 1, 1]
    assert scores[3].tolist() == [0, 1, 2]
    assert scores[4].tolist() == [0, 0, 1]
    assert scores[5].tolist() == [0, 1, 1]  # of the third, the first of two equally large pieces
    assert scores[6].tolist() == [0, 0, 0]  # the second has no mirror image that touches it
    assert scores[2, 0] == 0  # an empty blend is just like an empty chair


def test_other_arrays_are_refused() -> None:
    fields = torch.zeros((2, 32, 32, 32), device="cuda")
    chairs = torch.zeros((1, 32, 32), dtype=torch.int32, device="cuda")
    floors = torch.zeros(2, dtype=torch.int32, device="cuda")
    scores = torch.zeros((7, 2), device="cuda")
    for wrong in (
        {"fields": fields.half()},
        {"chairs": chairs.float()},
        {"floors": floors[:1]},
        {"scores": scores[:, :1]},
    ):
        with pytest.raises(InputError, match=f"{next(iter(wrong))} is contiguous"):
            score_on_device(
                **{"fields": fields, "chairs": chairs, "floors": floors, "scores": scores, **wrong},
                level=0.5,
                stream=None,
            )


def all_scores(engine: Engine, device: str, backend: str, n: int, *, tf32: bool = False) -> PairScores:
    steps = score_all_pairs(engine, sample_catalog()[:n], 5, backend, device, tf32=tf32)  # type: ignore[arg-type]
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            assert step.done == step.total
            return end.value


@pytest.mark.parametrize("backend", ["cuda-shared", "cuda-global"])
def test_all_pairs_score_alike_on_both_devices(backend: str) -> None:
    engine = Engine()
    on_gpu, on_cpu = all_scores(engine, "cuda", backend, 8), all_scores(engine, "cpu", "numpy", 8)
    assert on_gpu.device == "cuda" and not np.isnan(on_gpu.whole).any()
    # A voxel at 0.5 may fall either way, since the two devices round differently.
    for score in ("whole", "standing", "symmetry", "novelty", "stable"):
        different = np.abs(on_gpu.of(score) - on_cpu.of(score))  # type: ignore[arg-type]
        assert np.mean(different > 0.01) < 0.01, score


def test_batches_that_go_over_the_ends_of_rows_score_as_single_pairs_do() -> None:
    engine = Engine()
    chairs = tuple(sample_catalog()[:8])
    scorer = engine.scorer(chairs, "cuda-shared", "cuda")
    pairs, t = np.stack(np.triu_indices(8, 1), axis=1), np.array([0.25, 0.5, 0.75], np.float32)
    together = run_to_end(scorer.between(pairs, t))
    assert together.shape == (7, 28, 3)
    alone = np.concatenate([run_to_end(scorer.between(pair[None], t)) for pair in pairs], axis=1)
    # Of another batch size, for which cuDNN adds up in another order.
    assert np.mean(np.abs(together - alone) > 0.01) < 0.01


def test_tf32_is_taken_on_request_and_changes_few_voxels_and_verdicts() -> None:
    engine = Engine()
    full, fast = (all_scores(engine, "cuda", "cuda-shared", 16, tf32=tf32) for tf32 in (False, True))
    assert not full.tf32 and fast.tf32
    changed = changed_verdicts(full, fast)
    z = torch.from_numpy(load_autoencoder(device="cuda").encode(grids_of(16))).cuda()
    flips = engine.pipelines["cuda"].tf32_flips(z.repeat(8, 1, 1))  # type: ignore[attr-defined]
    print(f"\nTF32: {flips} of {128 * 32**3:,} voxels of 128 chairs flip; verdicts that change: {changed}")
    assert 0 < flips < 1e-3 * 128 * 32**3, "either nothing was decoded in TF32, or it was decoded badly"
    assert sum(changed.values()) < 0.05 * 3 * (16 + 120 * 3)


def grids_of(n: int) -> NDArray[np.bool_]:
    return np.stack([chair.read() for chair in sample_catalog()[:n]])

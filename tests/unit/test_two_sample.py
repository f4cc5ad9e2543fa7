"""The two-sample test tells what differs, and cannot tell what does not."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import torch

from voxview.evaluation import two_sample
from voxview.evaluation.catalog import evaluate_on_catalog
from voxview.evaluation.results import Plan
from voxview.evaluation.two_sample import Halves, accuracy, two_sample_test
from voxview.model.autoencoder import load_autoencoder
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.catalogs.samples import sample_catalog
from voxview.to_end import run_to_end as last


@pytest.fixture(scope="module")
def chairs() -> torch.Tensor:
    return torch.from_numpy(np.stack([chair.read() for chair in sample_catalog()[:96]]))[:, None]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """Sizes of what each fresh network would learn on and be measured on; none is trained."""
    sizes: list[tuple[int, ...]] = []

    def remember(ones: Halves, others: Halves, seed: int) -> float:
        sizes.append((seed, *(len(part) for kind in (ones, others) for part in kind)))
        return 0.5

    monkeypatch.setattr(two_sample, "accuracy", remember)
    monkeypatch.setattr(two_sample, "BLENDS", 5)
    return sizes


def test_chairs_without_legs_are_told_from_chairs_and_chairs_from_chairs_are_not(
    chairs: torch.Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(two_sample, "_STEPS", 60)
    monkeypatch.setattr(two_sample, "_BATCH", 8)
    legless = chairs[:, :, ::2, ::2, ::2].clone()  # every other voxel, for speed: the network takes any side
    whole = legless.clone()
    legless[:, :, :, :6] = False
    learn, unseen = slice(0, 48), slice(48, 96)
    network = two_sample._fresh_network

    def of_side(side: int) -> torch.nn.Sequential:
        layers = list(network())
        layers[-1] = torch.nn.Linear(128 * (side // 8) ** 3, 1)
        return torch.nn.Sequential(*layers)

    monkeypatch.setattr(two_sample, "_fresh_network", partial(of_side, 16))
    assert accuracy((whole[learn], whole[unseen]), (legless[learn], legless[unseen]), seed=1) > 0.8
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    monkeypatch.setattr(two_sample, "_fresh_network", partial(of_side, 8))
    whole = whole[:, :, ::2, ::2, ::2]
    halves = (whole[0:24], whole[48:72]), (whole[24:48], whole[72:96])
    first = accuracy(*halves, seed=1)
    assert 0.3 < first < 0.7
    assert torch.equal(torch.rand(1), expected), "other random numbers stay as they were"
    assert accuracy(*halves, seed=1) == first


def test_a_fresh_network_takes_grids(chairs: torch.Tensor) -> None:
    assert two_sample._fresh_network()(chairs[:2].float()).shape == (2, 1)


def test_halves_are_by_chair_or_the_learnt_ones_are_given(told: list[tuple[int, ...]]) -> None:
    autoencoder = load_autoencoder("study", "cpu")
    grids = np.stack([chair.read() for chair in sample_catalog()[:9]])
    halves = last(two_sample_test(autoencoder, grids))
    assert (halves.chairs, halves.learnt_on_trained) == (9, False)
    assert told == [(1, 4, 5, 5, 5), (1, 4, 5, 4, 5), (2, 4, 5, 5, 5), (2, 4, 5, 4, 5)]
    told.clear()
    powerful = last(two_sample_test(autoencoder, grids[:3], learn_on=grids[3:]))
    assert (powerful.chairs, powerful.learnt_on_trained) == (9, True)
    assert told[:2] == [(1, 6, 3, 5, 5), (1, 6, 3, 6, 3)]


@pytest.mark.parametrize(
    ("requested", "runs", "remark"), [(None, 0, "--two-sample runs it"), (True, 1, ""), (False, 0, "")]
)
def test_an_evaluation_on_the_cpu_leaves_it_out_with_a_word_unless_requested(
    told: list[tuple[int, ...]], requested: bool | None, runs: int, remark: str
) -> None:
    some = Catalog("some", "some", sample_catalog()[:20])
    plan = Plan(pairs=1, morphs=1)
    evaluated = evaluate_on_catalog("study", some, "cpu", baselines=False, two_sample=requested, plan=plan)
    result = last(evaluated)
    assert len(result.evaluation.two_sample) == runs and bool(told) == bool(runs)
    assert remark in " ".join(result.setting.remarks)


def test_of_few_chairs_it_is_said_that_they_are_too_few(told: list[tuple[int, ...]]) -> None:
    few = Catalog("few", "few", sample_catalog()[:3])
    plan = Plan(pairs=1, morphs=1)
    result = last(evaluate_on_catalog("study", few, "cpu", baselines=False, two_sample=True, plan=plan))
    assert not told and "it takes 20 chairs" in " ".join(result.setting.remarks)

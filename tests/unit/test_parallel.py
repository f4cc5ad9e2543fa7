"""Parallel training gives one process's weights, whatever is split; over gloo, as several processes."""

from __future__ import annotations

import math
import multiprocessing
import signal
from contextlib import nullcontext
from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

import parallel_worker as worker
import pytest
import torch
from parallel_worker import BATCH, CONFIG, FEATURES, HIDDEN, RATE, STEPS, make_network, whole_batch
from torch import Tensor, nn
from torch.nn import functional as F

from voxview.errors import InputError
from voxview.model.picture_network import PictureNetwork, PictureOutput
from voxview.training.checkpoint import Checkpoint, check_same_run
from voxview.training.parallel.deferred_weights import DeferredWeights
from voxview.training.parallel.keyed_dropout import keyed_dropout
from voxview.training.pictures.config_check import resolve_picture_config
from voxview.training.pictures.objective import picture_losses
from voxview.training.pictures.parallel_learner import ParallelLearner
from voxview.training.process_group import ProcessGroup

SCHEMES = ("data", "model", "hybrid-a", "hybrid-c")
ALL_RUNS = [
    *((scheme, {"parallel": scheme}) for scheme in SCHEMES),
    ("each round", {"parallel": "hybrid-c", "update_each_round": True}),
    ("normalised", {"parallel": "hybrid-a", "batch_norm": True}),
    ("unclipped", {"parallel": "hybrid-a", "clip": 1e9}),
    ("averaged", {"parallel": "hybrid-a", "clip": 1e9, "wrong": "averaged"}),
    ("local mean", {"parallel": "hybrid-a", "clip": 1e9, "wrong": "local mean"}),
]


class Written(NamedTuple):
    """What the processes of one number left, by the name of the run."""

    states: dict[str, dict[str, Tensor]]
    sent: dict[str, dict[str, int]]
    errors: list[str]
    """By rank, since one of them was killed."""


@dataclass(frozen=True)
class Started:
    """Processes that train, each all of the runs, and then lose the last one of them."""

    folder: Path
    runs: list[tuple[str, dict[str, object]]]
    processes: list[BaseProcess]

    def wait(self) -> Written:
        """Return the tensors and the bytes of each run, when all processes have ended."""
        for process in self.processes:
            process.join(60)
        size = len(self.processes)
        assert [process.exitcode for process in self.processes] == [*[1] * (size - 1), -signal.SIGKILL]
        written = {name: torch.load(self.folder / f"{name}.pt") for name, _ in self.runs}
        errors = [(self.folder / f"errors-{rank}").read_text() for rank in range(size)]
        return Written({k: v[0] for k, v in written.items()}, {k: v[1] for k, v in written.items()}, errors)


def start_processes(size: int, folder: Path, runs: list[tuple[str, dict[str, object]]]) -> Started:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch._dynamo", "parallel_worker"])
    processes = [context.Process(target=worker.run, args=(r, size, folder, runs)) for r in range(size)]
    for process in processes:
        process.start()
    return Started(folder, runs, list(processes))


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Started]:
    """Begin first: both numbers of processes train while this one computes what they should come to."""
    hosts = [(f"2 × 2, {s}", {"parallel": s, "local": 2}) for s in ("model", "hybrid-a", "hybrid-c")]
    runs = {2: ALL_RUNS, 4: [*ALL_RUNS[:5], *hosts]}
    return {size: start_processes(size, tmp_path_factory.mktemp("group"), runs[size]) for size in runs}


@pytest.fixture(scope="module")
def two(started: dict[int, Started]) -> Written:
    return started[2].wait()


@pytest.fixture(scope="module")
def four(started: dict[int, Started]) -> Written:
    return started[4].wait()


# ---- one process's weights --------------------------------------------------------------------------


def plain_outputs(network: PictureNetwork, features: Tensor, examples: Tensor, key: int) -> PictureOutput:
    """AlexNet's last layers with dropout by example and unit, and nothing of parallel training."""
    alexnet = network.alexnet
    x = keyed_dropout(F.relu(alexnet.fc6(features)), 0.5, 2 * key, examples, 0, HIDDEN)
    x = F.relu(alexnet.fc7(x))
    y = alexnet.fc8(keyed_dropout(x, 0.5, 2 * key + 1, examples, 0, HIDDEN))
    return PictureOutput(y[:, :64], y[:, 64:], x)


def plain_run(
    clip: float, rounds: int = 1, processes: int = 1, each_round: bool = False
) -> dict[str, Tensor]:
    """The weights of one process with the whole batch; in rounds, as many processes' parts of each."""
    network = make_network().train()
    momenta: dict[nn.Parameter, Tensor] = {}

    def descend() -> None:
        """Take a step of gradient descent with momentum 0.9, as its definition has it."""
        for p in network.parameters():
            if p.grad is not None:
                decayed = p.grad + (CONFIG.weight_decay if p.ndim > 1 else 0.0) * p.detach()
                momenta[p] = 0.9 * momenta.get(p, torch.zeros_like(p)) + decayed
                p.data -= RATE * momenta[p]
                p.grad = None

    last = [p for name, p in network.alexnet.named_parameters() if name.startswith("fc")]
    for step in range(1, STEPS + 1):
        batch = whole_batch(step)
        key = (CONFIG.seed * 1_000_003 + step) % 2**31
        scaled = (batch.pixels - 0.5) / network.colour_scale[:, None, None]
        features = network.alexnet.features(scaled).flatten(1)
        leaf = features.detach().requires_grad_()
        by_process = torch.arange(BATCH).reshape(processes, rounds, -1)
        for i in range(rounds):
            rows = by_process[:, i].flatten()
            output = plain_outputs(network, leaf[rows], rows, key)
            terms = picture_losses(output, batch[rows], network, None, torch.eye(64), CONFIG, step)  # type: ignore[arg-type,index]
            sum(terms.values(), torch.zeros(())).backward()
            if each_round:
                nn.utils.clip_grad_norm_(last, clip)
                descend()
        assert leaf.grad is not None
        features.backward(leaf.grad / rounds)
        norm = nn.utils.clip_grad_norm_(network.parameters(), clip)
        assert each_round or clip > 1e6 or norm > clip  # so that clipping is part of what is compared
        descend()
    return {f"network.{name}": tensor.detach() for name, tensor in network.state_dict().items()}


def largest_difference(state: dict[str, Tensor], wanted: dict[str, Tensor], part: str = "") -> float:
    names = [name for name in wanted if part in name]
    assert names and all(state[name].shape == wanted[name].shape for name in names)
    return max(float((state[name] - wanted[name]).abs().max()) for name in names)


@pytest.fixture(scope="module")
def one(started: dict[int, Started]) -> dict[str, Tensor]:
    state = plain_run(CONFIG.clip)
    initial = {f"network.{name}": tensor for name, tensor in make_network().state_dict().items()}
    for part in ("conv", "fc"):
        assert largest_difference(state, initial, part) > 5e-4  # far more than may differ
    return state


@pytest.mark.parametrize("scheme", SCHEMES)
def test_two_processes_come_to_one_processs_weights(
    scheme: str, one: dict[str, Tensor], two: Written
) -> None:
    assert largest_difference(two.states[scheme], one) < 1e-5


@pytest.mark.parametrize("scheme", [*SCHEMES, "2 × 2, model", "2 × 2, hybrid-a", "2 × 2, hybrid-c"])
def test_four_processes_come_to_one_processs_weights(
    scheme: str, one: dict[str, Tensor], four: Written
) -> None:
    assert largest_difference(four.states[scheme], one) < 1e-5


@pytest.mark.parametrize("size", [2, 4])
def test_updates_in_each_round_are_of_smaller_batches(size: int, request: pytest.FixtureRequest) -> None:
    written: Written = request.getfixturevalue({2: "two", 4: "four"}[size])
    wanted = plain_run(CONFIG.clip, size, size, each_round=True)
    assert largest_difference(written.states["each round"], wanted) < 1e-5
    assert largest_difference(written.states["hybrid-c"], wanted) > 1e-4


def test_running_statistics_are_averaged_and_whole(two: Written) -> None:
    state = two.states["normalised"]
    for layer, units in (("conv1", 8), ("conv5", FEATURES), ("fc6", HIDDEN)):
        assert state[f"network.alexnet.{layer}.1.running_mean"].shape == (units,)
        assert float(state[f"network.alexnet.{layer}.1.running_var"].sub(1).abs().max()) > 1e-3


def test_a_wrong_factor_would_be_found(two: Written) -> None:
    """DDP's mean makes the convolutions learn N times too slowly; local means make shards learn too fast."""
    right = plain_run(1e9)
    assert largest_difference(two.states["unclipped"], right) < 1e-5
    assert largest_difference(two.states["averaged"], right, "conv") > 1e-4
    assert largest_difference(two.states["local mean"], right, "fc6") > 1e-4


# ---- bytes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [2, 4])
def test_bytes_are_those_of_the_formula(size: int, request: pytest.FixtureRequest) -> None:
    written: Written = request.getfixturevalue({2: "two", 4: "four"}[size])
    network = make_network()
    whole = sum(p.numel() for p in network.parameters())
    convolutions = sum(p.numel() for n, p in network.named_parameters() if "conv" in n) + 67
    ring, others = 2 * (size - 1) / size, (size - 1) * BATCH // size
    wanted = {
        "data": ring * whole,
        "hybrid-a": others * 2 * (FEATURES + HIDDEN + 67) + ring * convolutions,
        "hybrid-c": others * 2 * (FEATURES + HIDDEN + 67) + ring * convolutions,
    }
    for scheme, numbers in wanted.items():
        sent = sum(n for name, n in written.sent[scheme].items() if name != "norms")
        assert sent == pytest.approx(STEPS * 4 * numbers, rel=1e-4), scheme


# ---- checkpoints ------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_state_of_four_processes_is_loaded_by_one(scheme: str, four: Written) -> None:
    config = replace(CONFIG, parallel="hybrid-a")
    learner = ParallelLearner(config, ProcessGroup(), make_network())
    state = four.states[scheme]
    learner.load_state_dict(state)
    again = learner.state_dict()
    assert again.keys() == state.keys()
    for name, tensor in state.items():
        assert torch.equal(again[name], tensor), name


def test_another_number_of_processes_may_go_on_with_whole_state() -> None:
    for parallel, refused in (("hybrid-a", False), ("", True)):
        config = replace(CONFIG, parallel=parallel)
        checkpoint = Checkpoint(config, "chairs", 4, 1, 0.0, {})
        with pytest.raises(InputError, match="had 4 processes") if refused else nullcontext():
            check_same_run(checkpoint, config, "chairs", 2)


@pytest.mark.parametrize("size", [2, 4])
def test_a_killed_process_is_named_once_with_the_way_to_go_on(
    size: int, request: pytest.FixtureRequest
) -> None:
    written: Written = request.getfixturevalue({2: "two", 4: "four"}[size])
    line = (
        f"rank {size - 1} of {size} is gone: the same command with --resume goes on from the last checkpoint"
    )
    assert written.errors == [f"voxview: {line}\n", *[""] * (size - 1)]


# ---- dropout ----------------------------------------------------------------------------------------


def test_deferred_weights_get_the_gradients_of_all_rounds() -> None:
    torch.manual_seed(0)
    x, first, second = torch.randn(12, 7), nn.Linear(7, 5), nn.Linear(5, 3, bias=False)
    second(F.relu(first(x))).square().sum().backward()
    wanted = [p.grad for p in (*first.parameters(), *second.parameters())]
    nn.ModuleList([first, second]).zero_grad()
    deferred = DeferredWeights()
    for part in x.split(4):
        hidden = deferred.linear(part.requires_grad_(), first.weight, first.bias)
        deferred.linear(F.relu(hidden), second.weight).square().sum().backward()
    assert first.weight.grad is None
    deferred.finish()
    found = [p.grad for p in (*first.parameters(), *second.parameters())]
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, other)


def test_masks_are_of_the_example_and_the_unit_wherever_they_are() -> None:
    x, rows = torch.ones(64, 256), torch.arange(64)
    whole = keyed_dropout(x, 0.25, 7, rows, 0, 256)
    part = keyed_dropout(x[10:20, :64], 0.25, 7, rows[10:20], 128, 256)
    assert torch.equal(part, whole[10:20, 128:192])
    assert float((whole == 0).float().mean()) == pytest.approx(0.25, abs=0.01)
    assert float(whole.mean()) == pytest.approx(1, abs=0.02)
    other = keyed_dropout(x, 0.25, 8, rows, 0, 256)
    both = float(((whole == 0) & (other == 0)).float().mean())
    assert both == pytest.approx(0.25**2, abs=0.01)  # independent
    for axis in (0, 1):
        spread = (whole == 0).float().mean(axis).std()
        assert float(spread) == pytest.approx(math.sqrt(0.25 * 0.75 / whole.shape[axis]), rel=0.3)


# ---- bad input --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "processes", "text"),
    [
        ({"parallel": "hybrid-a", "batch": 6}, 3, "hybrid-a cannot divide 8 hidden numbers by 3 processes"),
        (
            {"parallel": "model", "hidden": 64, "batch": 128},
            64,
            "cannot divide 96 channels by 64 processes",
        ),
        ({"parallel": "hybrid-c", "batch": 6}, 2, "batch of 6 does not go to 2 processes in 2 rounds evenly"),
        ({"parallel": "model", "optimiser": "muon"}, 2, "muon needs whole kernels"),
        ({"parallel": "data", "compile": True}, 2, "--compile is not for --parallel"),
        ({"parallel": "tensor"}, 2, "parallel cannot be tensor"),
        ({"parallel": "data", "update_each_round": True}, 2, "is for --parallel hybrid-c"),
        ({"parallel": "data", "batch": 5}, 2, "batch of 5 does not go to 2 processes evenly"),
    ],
)
def test_what_cannot_be_split_is_refused(given: dict[str, object], processes: int, text: str) -> None:
    with pytest.raises(InputError, match=text):
        resolve_picture_config(replace(CONFIG, **given), ProcessGroup(0, processes))  # type: ignore[arg-type]

"""Other weights while the program runs: nothing of the old ones is left; a broken file changes nothing."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from voxview.engine import events
from voxview.engine.engine import Engine
from voxview.engine.request import BlendRequest
from voxview.engine.thread import EngineThread
from voxview.errors import InputError
from voxview.model.autoencoder import load_autoencoder
from voxview.model.network import Network
from voxview.model.study import StudyNetwork
from voxview.model.weights import write_weights
from voxview.model.weights_card import SHIPPED, WeightsCard, find_weights, read_card
from voxview.shapes.catalogs.samples import sample_catalog

A, B = sample_catalog()[0], sample_catalog()[1]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Weights that nobody ships: the study's network with other, random numbers."""
    import torch

    torch.manual_seed(5)
    network: Network = StudyNetwork()
    path = tmp_path / "mine.safetensors"
    write_weights(path, network, "study", "mine", {"terms": "do what you like"})
    return path


@pytest.fixture
def received() -> queue.Queue[events.Event]:
    return queue.Queue()


@pytest.fixture
def thread(received: queue.Queue[events.Event]) -> Iterator[EngineThread]:
    thread = EngineThread(lambda: Engine("study", device="cpu"), received.put)
    thread.start()
    yield thread
    assert thread.stop(), "the engine thread outlived its test"


def until(received: queue.Queue[events.Event], wanted: Callable[[events.Event], bool]) -> list[events.Event]:
    """The events up to the first that is wanted, which comes last."""
    heard, end = [], time.monotonic() + 60
    while True:
        heard.append(received.get(timeout=max(0.01, end - time.monotonic())))
        if wanted(heard[-1]):
            return heard


def is_blend(event: events.Event) -> bool:
    return isinstance(event, events.Blended)


def expected(weights: Path | str, t: float) -> np.ndarray:
    autoencoder = load_autoencoder(weights, "cpu")
    z = autoencoder.encode(np.stack([A.read(), B.read()]))
    return autoencoder.decode((1 - np.float32(t)) * z[:1] + np.float32(t) * z[1:])[0]


def test_an_engine_with_other_weights_remembers_nothing_of_the_old_ones(own: Path) -> None:
    engine = Engine("study", device="cpu")
    for _ in engine.decode_ahead(BlendRequest(A, B, 0.5)):
        pass
    other = engine.with_weights(own)
    assert (other.weights, other.card.title, engine.weights) == ("mine", "mine", "study")
    result = other.blend(BlendRequest(A, B, 0.5))
    assert not result.decoded_ahead
    assert np.allclose(result.field, expected(own, 0.5), atol=1e-5)
    assert other.grid(A) is engine.grid(A), "a chair's file need not be read again"


def test_the_thread_goes_on_with_the_new_weights_and_loads_the_pair_again(
    thread: EngineThread, received: queue.Queue[events.Event], own: Path
) -> None:
    thread.blend(BlendRequest(A, B, 0.3))
    until(received, is_blend)
    number = thread.use_weights("Loading", str(own))
    changed = until(received, lambda e: isinstance(e, events.WeightsChanged))[-1]
    assert isinstance(changed, events.WeightsChanged) and changed.card.choice == str(own)
    after = until(received, lambda e: isinstance(e, events.TaskDone))
    assert after[-1] == events.TaskDone(number, "Loading", None)
    thread.blend(BlendRequest(A, B, 0.3))
    later = until(received, is_blend)
    assert any(isinstance(event, events.PairLoaded) for event in later)
    of_the_path = (events.DecodedAhead, events.Measured)
    before_the_pair = later[: [type(event) for event in later].index(events.PairLoaded)]
    assert not any(isinstance(event, of_the_path) for event in [*after, *before_the_pair])
    assert isinstance(later[-1], events.Blended)
    assert np.allclose(later[-1].result.field, expected(own, 0.3), atol=1e-5)


def test_a_task_that_runs_keeps_its_weights_to_its_end(
    thread: EngineThread, received: queue.Queue[events.Event], own: Path
) -> None:
    def work(engine: Engine) -> Iterator[tuple[int, int]]:
        for step in range(20):
            time.sleep(0.01)
            yield step, 20
        return engine.weights  # type: ignore[return-value]

    thread.run("first", work)  # type: ignore[arg-type]
    thread.use_weights("Loading", str(own))
    thread.run("second", work)  # type: ignore[arg-type]
    values = []
    while len(values) < 3:
        done = until(received, lambda e: isinstance(e, events.TaskDone))[-1]
        assert isinstance(done, events.TaskDone)
        values.append(done.value)
    assert values == ["study", None, "mine"]


def test_a_broken_file_is_one_clear_line_and_the_old_weights_stay(
    thread: EngineThread, received: queue.Queue[events.Event], own: Path, tmp_path: Path
) -> None:
    short = tmp_path / "short.safetensors"
    short.write_bytes(own.read_bytes()[:-100])
    thread.use_weights("Loading", str(short))
    failed = until(received, lambda e: isinstance(e, events.TaskFailed))[-1]
    assert isinstance(failed, events.TaskFailed)
    assert "short.safetensors" in failed.message and "\n" not in failed.message
    thread.blend(BlendRequest(A, B, 0.3))
    result = until(received, is_blend)[-1]
    assert isinstance(result, events.Blended)
    assert np.allclose(result.result.field, expected("study", 0.3), atol=1e-5)


def test_a_card_names_a_shipped_set_and_its_terms() -> None:
    card = read_card("study")
    assert (card.title, card.architecture, card.line) == ("study", "study", SHIPPED["study"])
    assert "ShapeNet's terms" in card.text() and "real chairs trained on: 5048" in card.text()


def test_a_card_of_a_file_says_whose_terms_apply_or_that_it_does_not_say(own: Path) -> None:
    assert read_card(own).line == "your own file; its terms: do what you like"
    assert str(own) in read_card(own).text()
    assert "not stated" in WeightsCard("/somewhere/w.safetensors").line


@pytest.mark.parametrize("content", [b"", b"\x08\0\0\0\0\0\0\0{}", b"\xff" * 64, b"\x04\0\0\0\0\0\0\0null"])
def test_a_file_without_our_header_has_no_card(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(InputError, match=r"w\.safetensors"):
        read_card(tmp_path / "w.safetensors")


def test_reading_a_card_needs_no_torch() -> None:
    import subprocess
    import sys

    code = "import sys; from voxview.model.weights_card import read_card; read_card('study'); "
    code += "print([m for m in ('torch', 'numpy', 'safetensors') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert find_weights("study").is_file()

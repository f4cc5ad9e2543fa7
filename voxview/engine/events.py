"""The events of the engine's thread: frozen dataclasses that may cross threads."""

from __future__ import annotations

from dataclasses import dataclass

from voxview.engine.device import DeviceReport
from voxview.engine.latent_request import LatentRequest, LatentResult
from voxview.engine.mix import MixRequest, MixResult
from voxview.engine.request import BlendRequest, BlendResult, Device, LoadedChair
from voxview.engine.scores.path_scores import PathScores
from voxview.engine.timings import Timings
from voxview.model.weights_card import WeightsCard


@dataclass(frozen=True)
class Ready:
    """The engine's start: the weights are loaded, and blends will be answered."""

    report: DeviceReport
    weights: str
    card: WeightsCard | None = None
    """What the weights are, where the engine reports it."""


@dataclass(frozen=True)
class WeightsChanged:
    """The change to other weights; what was computed before belongs to those before."""

    weights: str
    card: WeightsCard


@dataclass(frozen=True)
class WeightsRefused:
    """Weights that cannot be used, and why in one line; the default ones answer instead."""

    message: str


@dataclass(frozen=True)
class EngineFailed:
    """An engine that cannot start, without weights for example, and why; nothing will be answered."""

    message: str


@dataclass(frozen=True)
class PairLoaded:
    """A pair that was read and encoded, or whose latents were refined; a blend of it comes next."""

    a: LoadedChair
    b: LoadedChair


@dataclass(frozen=True)
class Blended:
    """A request's answer."""

    result: BlendResult


@dataclass(frozen=True)
class Decoded:
    """The chair at a place in the latent space that was requested."""

    result: LatentResult


@dataclass(frozen=True)
class BlendRefused:
    """A blend that cannot be made, and why in one line."""

    request: BlendRequest
    message: str


@dataclass(frozen=True)
class Mixed:
    """A mix's answer."""

    result: MixResult


@dataclass(frozen=True)
class MixRefused:
    """A mix that cannot be made, and why in one line."""

    request: MixRequest
    message: str


@dataclass(frozen=True)
class EditRefused:
    """Changed numbers that cannot be decoded, and why in one line."""

    request: LatentRequest
    message: str


@dataclass(frozen=True)
class Answered:
    """The answer to a short piece of work: its value, or why there is none in one line."""

    number: int
    value: object
    message: str = ""


@dataclass(frozen=True)
class DecodedAhead:
    """The part of the current pair's path that is ready."""

    done: int
    total: int
    scores: PathScores | None = None
    """The scores of the path's blends so far; None if there are no new ones."""


@dataclass(frozen=True)
class Measured:
    """One live run of the whole path on one device, made while nobody waited for a picture."""

    device: Device
    timings: Timings


@dataclass(frozen=True)
class TaskProgress:
    """One step of a long task."""

    task: int
    title: str
    done: int
    total: int
    value: object = None
    """What there is so far, where the task shows it before its end."""
    unit: str = ""
    """What is counted."""
    share: float | None = None
    """The share of the cost that is done; None where every step costs the same."""


@dataclass(frozen=True)
class TaskDone:
    """The end of a long task; `value` is what it returned."""

    task: int
    title: str
    value: object


@dataclass(frozen=True)
class TaskFailed:
    """A long task that failed, and why in one line."""

    task: int
    title: str
    message: str


@dataclass(frozen=True)
class TaskCancelled:
    """A long task that was stopped on demand; whatever it had finished is complete."""

    task: int
    title: str


Event = (
    Ready
    | WeightsChanged
    | WeightsRefused
    | EngineFailed
    | PairLoaded
    | Blended
    | Decoded
    | BlendRefused
    | Mixed
    | MixRefused
    | EditRefused
    | Answered
    | DecodedAhead
    | Measured
    | TaskProgress
    | TaskDone
    | TaskFailed
    | TaskCancelled
)

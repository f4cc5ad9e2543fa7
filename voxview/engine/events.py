"""What the engine thread tells: each event is a frozen dataclass that may cross threads."""

from __future__ import annotations

from dataclasses import dataclass

from voxview.engine.device import DeviceReport
from voxview.engine.latent_request import LatentResult
from voxview.engine.mix import MixRequest, MixResult
from voxview.engine.path_scores import PathScores
from voxview.engine.request import BlendRequest, BlendResult, Device, LoadedChair
from voxview.engine.timings import Timings
from voxview.model.shipped import WeightsCard


@dataclass(frozen=True)
class Ready:
    """The weights are loaded; blends will be answered."""

    report: DeviceReport
    weights: str
    card: WeightsCard | None = None
    """What the weights are, where the engine says so."""


@dataclass(frozen=True)
class WeightsChanged:
    """Other weights answer from now on; what was computed before belongs to those before."""

    weights: str
    card: WeightsCard


@dataclass(frozen=True)
class WeightsRefused:
    """Weights that cannot be used, and why in one line; the default ones answer instead."""

    message: str


@dataclass(frozen=True)
class Broken:
    """The engine cannot start: no weights, say. Nothing will be answered."""

    message: str


@dataclass(frozen=True)
class PairLoaded:
    """A new pair was read and encoded, or the same pair's latents were refined; a blend of it follows."""

    a: LoadedChair
    b: LoadedChair


@dataclass(frozen=True)
class Blended:
    """A request's answer."""

    result: BlendResult


@dataclass(frozen=True)
class Decoded:
    """What is at a place in the latent space that was pointed at."""

    result: LatentResult


@dataclass(frozen=True)
class Refused:
    """A request that cannot be answered, and why in one line."""

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
class DecodedAhead:
    """How much of the current pair's path is ready."""

    done: int
    total: int
    scores: PathScores | None = None
    """What is known of the path's blends; None while nothing new is."""


@dataclass(frozen=True)
class Measured:
    """One live run of the whole path on one device, made while nobody waited for a picture."""

    device: Device
    timings: Timings


@dataclass(frozen=True)
class TaskProgress:
    """A long task went one step on."""

    task: int
    title: str
    done: int
    total: int
    value: object = None
    """What there is so far, where the task shows it before its end."""


@dataclass(frozen=True)
class TaskDone:
    """A long task ended; `value` is what it returned."""

    task: int
    title: str
    value: object


@dataclass(frozen=True)
class TaskFailed:
    """A long task failed, and why in one line."""

    task: int
    title: str
    message: str


@dataclass(frozen=True)
class TaskCancelled:
    """A long task was stopped on demand; whatever it had finished is whole."""

    task: int
    title: str


Event = (
    Ready
    | WeightsChanged
    | WeightsRefused
    | Broken
    | PairLoaded
    | Blended
    | Decoded
    | Refused
    | Mixed
    | MixRefused
    | DecodedAhead
    | Measured
    | TaskProgress
    | TaskDone
    | TaskFailed
    | TaskCancelled
)

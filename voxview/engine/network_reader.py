"""What reads something by networks on a device: loaded once, and on the CPU where the GPU fails."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from voxview.engine.fallback import GpuError, GpuOutOfMemoryError, gpu_error, release_memory
from voxview.errors import InputError
from voxview.model.autoencoder import Autoencoder, choose_device
from voxview.model.weight_fingerprint import weight_fingerprint
from voxview.model.weights import SHIPPED, build_network, find_weights, read_weights

log = logging.getLogger(__name__)

Networks = TypeVar("Networks")
Input = TypeVar("Input")
Result = TypeVar("Result")


class NetworkReader(ABC, Generic[Networks, Input, Result]):
    """Networks that are loaded when they are first needed, on one device."""

    what: str
    """What is read, for a notice, such as `the picture`."""

    def __init__(self, device: str | None) -> None:
        """Take the device (None: CUDA if it can be used)."""
        self._device = device
        self._networks: dict[str, Networks] = {}
        self.notice: str | None = None
        """What a person should know: that the GPU failed, and the CPU answered."""

    def load(self) -> None:
        """Load the networks, if they are not. Raises as `read`."""
        self._on(self._chosen_device())

    def read(self, given: Input) -> Result:
        """Return what comes out; from the CPU, with a `notice`, where the GPU fails.

        Raises `InputError` for weights that cannot be used or do not fit the autoencoder that is installed,
        and `VoxViewError` where none are installed.
        """
        device = self._chosen_device()
        outcome = self._attempt(given, device)
        if not isinstance(outcome, GpuError):
            return outcome
        self._leave(outcome)
        return self._read(given, "cpu")

    @abstractmethod
    def _check_weights(self) -> None:
        """Raise as `read` where there are no weights; before PyTorch looks for a GPU."""

    @abstractmethod
    def _load(self, device: str) -> Networks:
        """Return the networks, on a device."""

    @abstractmethod
    def _read(self, given: Input, device: str) -> Result:
        """Return what comes out, on a device."""

    def _chosen_device(self) -> str:
        if self._device is None:
            self._check_weights()
            self._device = choose_device(None)
        return self._device

    def _attempt(self, given: Input, device: str) -> Result | GpuError:
        """Return what came out, or the failure of the GPU: without its traceback, which keeps its memory."""
        try:
            return self._read(given, device)
        except Exception as error:
            failure = gpu_error(error) if device != "cpu" else None
            if failure is None:
                raise
            log.debug("the GPU failed", exc_info=True)
            return failure

    def _leave(self, failure: GpuError) -> None:
        """Let go of what is on the GPU; for good, unless its memory was full."""
        self._networks = {device: both for device, both in self._networks.items() if device == "cpu"}
        release_memory()
        if not isinstance(failure, GpuOutOfMemoryError):
            self._device = "cpu"
        self.notice = f"the GPU failed ({failure}), so the CPU read {self.what}"

    def _on(self, device: str) -> Networks:
        if device not in self._networks:
            self._networks[device] = self._load(device)
        return self._networks[device]


class Encoder(Protocol):
    """What predicts the latents of one autoencoder."""

    name: str
    autoencoder: str
    autoencoder_fingerprint: str


E = TypeVar("E", bound=Encoder)


@dataclass(frozen=True)
class EncoderNetworks(Generic[E]):
    """An encoder and its autoencoder."""

    encoder: E
    autoencoder: Autoencoder


class EncoderReader(NetworkReader[EncoderNetworks[E], Input, Result]):
    """An encoder and its autoencoder, loaded once when something is first read."""

    kind: str
    """What `--network` trains such an encoder by."""

    def __init__(
        self,
        device: str | None = None,
        weights: str | Path | None = None,
        autoencoder: str | Path | None = None,
    ) -> None:
        """Take the device (None: CUDA if it can be used) and the encoder's weights (None: shipped).

        `autoencoder` is a set of weights that may be those it was trained for, if these are not shipped.
        """
        super().__init__(device)
        self._weights = weights
        self._autoencoder = autoencoder

    @abstractmethod
    def _encoder(self, weights: str | Path | None, device: str) -> E:
        """Return the encoder of weights, on a device."""

    def _load(self, device: str) -> EncoderNetworks[E]:
        encoder = self._encoder(self._weights, device)
        return EncoderNetworks(encoder, load_autoencoder_of(encoder, self._autoencoder, device, self.kind))


def load_autoencoder_of(encoder: Encoder, other: str | Path | None, device: str, kind: str) -> Autoencoder:
    """Load the encoder's autoencoder: the shipped one of that name, or the other one.

    `kind` is what `--network` trains such an encoder by. Raises `InputError` where neither are the very
    weights that it was trained for.
    """
    candidates = [other] if other is not None else []
    if encoder.autoencoder in SHIPPED:
        candidates.append(encoder.autoencoder)
    for candidate in candidates:
        path = find_weights(candidate)
        weights = read_weights(path)
        if weight_fingerprint(weights.tensors) == encoder.autoencoder_fingerprint:
            return Autoencoder(build_network(weights, path), weights, device)
    raise InputError(
        f"the {kind} weights '{encoder.name}' were trained for an autoencoder '{encoder.autoencoder}' that "
        f"is not installed: give its file as the weights, or run 'voxview train --network {kind}' again"
    )

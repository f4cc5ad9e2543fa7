"""Whether a run can be split over its processes as `--parallel` says."""

from __future__ import annotations

from voxview.errors import InputError
from voxview.training.parallel.schemes import DATA, HYBRID_C, MODEL, shard_count
from voxview.training.picture_config import PictureConfig

CHANNELS = (96, 256, 384)
"""Of the convolutions, which pure model parallelism divides."""


def check_splits(config: PictureConfig, processes: int) -> None:
    """Raise `InputError` unless the processes can divide the batch and the layers; `config` has its batch."""
    scheme = config.parallel
    if scheme and config.compile:
        raise InputError("--compile is not for --parallel: exchanges start in the middle of a step")
    if not scheme or processes == 1:
        return
    shards = shard_count(scheme, processes)
    _check_divisible(scheme, config.hidden, shards)
    if scheme == HYBRID_C and config.batch % (processes * shards):
        raise InputError(
            f"a batch of {config.batch} does not go to {processes} processes in {shards} rounds evenly: "
            f"give --batch a multiple of {processes * shards}"
        )
    if scheme == MODEL and config.optimiser == "muon":
        raise InputError("muon needs whole kernels, which --parallel model splits: give --optimiser adamw")


def _check_divisible(scheme: str, hidden: int, shards: int) -> None:
    """Raise `InputError` unless this many processes can divide the layers that the scheme divides."""
    wide: dict[str, tuple[int, ...]] = {"hidden numbers": (hidden,)} if scheme != DATA else {}
    if scheme == MODEL:
        wide["channels"] = CHANNELS
    for what, widths in wide.items():
        for width in widths:
            if width % shards:
                raise InputError(
                    f"--parallel {scheme} cannot divide {width} {what} by {shards} processes: "
                    "take a number of processes that divides them, or --parallel data"
                )

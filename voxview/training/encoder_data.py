"""What the tasks of encoders have in common: their autoencoder, their targets, and where both come from."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

from voxview.counts import counted
from voxview.errors import InputError
from voxview.model.autoencoder import Autoencoder, load_autoencoder
from voxview.model.weight_fingerprint import weight_fingerprint
from voxview.model.weights import find_weights, read_weights
from voxview.model.weights_file import EncoderWeights
from voxview.shapes.bits import fingerprint
from voxview.training.batches import fingerprints, seed_generator
from voxview.training.configs import EncoderConfig
from voxview.training.data import NO_DATA, VALIDATION, GatheredData, TrainingData, gather_data
from voxview.training.process_group import ProcessGroup
from voxview.training.targets import COPIES_RANK, Targets, make_targets


class EncoderData(NamedTuple):
    """The frozen autoencoder, and the chairs with their latents."""

    autoencoder: Autoencoder
    targets: Targets


def gather_for_encoder(
    config: EncoderConfig, folder: Path | None, held_out_ids: Path | None
) -> Generator[str, None, GatheredData]:
    """Gather as `gather_data` does; chairs that the autoencoder was trained on are not measured."""
    known = read_weights(find_weights(config.autoencoder)).trained_on
    gathered = yield from gather_data(config, folder, held_out_ids, known)
    chairs = len(gathered.data.real) * (1 + config.copies) + len(gathered.data.procedural)
    yield f"encoding {counted(chairs, 'chair')} with {config.autoencoder}, copies included"
    return gathered


def prepare_encoder_data(
    config: EncoderConfig,
    data: TrainingData,
    group: ProcessGroup,
    sources: Sequence[Tensor] | None,
    generator: torch.Generator,
) -> EncoderData:
    """Load the autoencoder, copy and encode the chairs; raise `InputError` where there are none.

    `sources` are as in `TrainedNetwork.task`; without them those of `data` are taken. The copies are the same
    in every process.
    """
    if sources is None:
        sources = [torch.from_numpy(packed).to(group.device) for packed in (data.real, data.procedural)]
    if not any(len(packed) for packed in sources):
        raise InputError(NO_DATA)
    autoencoder = load_autoencoder(config.autoencoder, group.device)
    seed_generator(generator, config.seed, COPIES_RANK, 0)
    return EncoderData(autoencoder, make_targets(autoencoder, sources, config, generator))


def origin(config: EncoderConfig, data: TrainingData, also: frozenset[int] = frozenset()) -> dict[str, Any]:
    """Return the arguments of `write_picture_weights`, or of points, that say what weights come from.

    `also` are fingerprints of further chairs that they were trained on.
    """
    weights = read_weights(find_weights(config.autoencoder))
    measured = map(fingerprint, data.held_out.get(VALIDATION, ()))
    return {
        "autoencoder": weights.name,
        "autoencoder_fingerprint": weight_fingerprint(weights.tensors),
        "trained_on": weights.trained_on.union(fingerprints(data.real), also),
        "validated_on": weights.validated_on.union(measured),
    }


def check_latents(path: Path, weights: EncoderWeights[Any], autoencoder: str) -> None:
    """Raise `InputError` unless weights to start from, of `path`, predict latents of this autoencoder."""
    learnt = read_weights(find_weights(autoencoder))
    if weights.autoencoder_fingerprint != weight_fingerprint(learnt.tensors):
        raise InputError(f"{path} predicts latents of '{weights.autoencoder}', not of '{autoencoder}'")


def with_terms_of(start: EncoderWeights[Any] | None, notes: Mapping[str, str]) -> dict[str, str]:
    """Return notes whose terms of use are those of the weights at the start, too."""
    terms = [notes.get("terms", ""), start.notes.get("terms", "") if start else ""]
    if not start or not terms[1] or terms[1] in terms[0]:
        return dict(notes)
    return {**notes, "terms": f"{terms[0]}; those of the weights '{start.name}': {terms[1]}"}


def without(notes: Mapping[str, str], entries: Sequence[str]) -> dict[str, str]:
    """Return notes without the entries that a header of weights has already, as what was made."""
    return {key: text for key, text in notes.items() if key not in entries}

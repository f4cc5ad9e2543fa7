"""Training a picture encoder: its options, its data, its steps and what is written."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import torch
from torch import Tensor

from voxview.errors import InputError
from voxview.model.picture_card import find_picture_weights
from voxview.model.picture_network import ALEXNET, PictureNetwork
from voxview.model.picture_weights import PictureWeights, read_picture_weights, write_picture_weights
from voxview.training.configs import Config
from voxview.training.data import GatheredData, TrainingData
from voxview.training.encoder_data import (
    check_latents,
    gather_for_encoder,
    origin,
    prepare_encoder_data,
    with_terms_of,
    without,
)
from voxview.training.notes import result_notes
from voxview.training.picture_config import PictureConfig
from voxview.training.pictures import preview as sheet
from voxview.training.pictures.batch import (
    PictureRenderer,
    augment_pictures,
    colour_components,
)
from voxview.training.pictures.batch_source import BatchSource
from voxview.training.pictures.config_check import resolve_picture_config
from voxview.training.pictures.learner import PictureLearner
from voxview.training.pictures.parallel_learner import ParallelLearner
from voxview.training.pictures.validation import (
    COLUMNS,
    Predicted,
    RenderedSet,
    features_and_views,
    measure_pictures,
    predict,
    render_set,
    to_host,
)
from voxview.training.process_group import ProcessGroup
from voxview.training.targets import learnt_metric, odd_numbers, training_mean
from voxview.training.task import TrainedNetwork, Validation

FAMILIAR_PICTURES = {"cuda": 4096, "cpu": 32}
"""Pictures of training chairs that say what is familiar, and which colours there are, by device."""


def make_renderer(config: PictureConfig) -> PictureRenderer:
    """Return the renderer of the pictures that a run learns from and is measured on."""
    from voxview.training.pictures.renderer import RenderConfig, Renderer

    return Renderer(RenderConfig(rendered_side=config.rendered_side))


class TrainedPicture(TrainedNetwork):
    """See `task.TrainedNetwork`."""

    unit = "picture"
    columns = COLUMNS

    def __init__(self, renderer: Callable[[PictureConfig], PictureRenderer] = make_renderer) -> None:
        self._renderer = renderer

    def resolve(self, config: Config, group: ProcessGroup) -> PictureConfig:
        """Return the config with a batch size and a validation interval."""
        return resolve_picture_config(cast(PictureConfig, config), group)

    def gather(
        self, config: Config, folder: Path | None, held_out_ids: Path | None
    ) -> Generator[str, None, GatheredData]:
        """Read and draw the chairs; those that the autoencoder was trained on are not measured."""
        return (yield from gather_for_encoder(cast(PictureConfig, config), folder, held_out_ids))

    def task(
        self,
        config: Config,
        data: TrainingData,
        group: ProcessGroup,
        sources: Sequence[Tensor] | None,
        out: Path,
        notes: Mapping[str, str],
    ) -> PictureTask:
        """Return what learns from pictures of the chairs."""
        config = cast(PictureConfig, config)
        return PictureTask(config, data, group, sources, out, notes, self._renderer(config))


class PictureTask:
    """See `task.Task`: the learner, its chairs, and what renders them."""

    def __init__(
        self,
        config: PictureConfig,
        data: TrainingData,
        group: ProcessGroup,
        sources: Sequence[Tensor] | None,
        out: Path,
        notes: Mapping[str, str],
        renderer: PictureRenderer,
    ) -> None:
        """Prepare a run: encode the chairs, look at some pictures, make the network."""
        torch.backends.cudnn.benchmark = group.device != "cpu"  # shapes never change: find the fastest once
        self._config, self._group, self._renderer = config, group, renderer
        self._data, self._out, self._notes = data, out, notes
        generator = torch.Generator(group.device)
        self._start = starting_weights(config)
        self._autoencoder, self.targets = prepare_encoder_data(config, data, group, sources, generator)
        self._odd = odd_numbers(self._autoencoder)
        familiar = FAMILIAR_PICTURES[torch.device(group.device).type]
        some, _ = self.targets.draw(familiar, config.real_share, generator)
        self._source = BatchSource(renderer, self.targets, config, group)
        self._familiar = render_set(renderer, some, group.device, config.seed, most=familiar)
        network = self._new_network()
        chairs = self.targets.latents[: self.targets.with_copies or None]
        self._metric = learnt_metric(self._autoencoder, chairs, network.latent_mean, config.curvature)
        kind = ParallelLearner if config.parallel else PictureLearner
        self._learner: PictureLearner | ParallelLearner = kind(config, group, network)
        if self._start is not None:
            self._learner.start_from(self._familiar.pixels[: config.batch].float() / 255)
        self._sets: dict[str, RenderedSet] = {}
        self.state_dict = self._learner.state_dict
        self.load_state_dict = self._learner.load_state_dict

    def _new_network(self) -> PictureNetwork:
        """Return a network with initial weights and the statistics of the training pictures and latents.

        One that starts from weights has theirs.
        """
        torch.manual_seed(self._config.seed)
        colours = self._familiar.pixels[:: max(1, len(self._familiar.pixels) // 512)].float() / 255
        self._colours = colour_components(colours)
        if self._start is not None:
            network = self._start.network.requires_grad_(True).to(self._group.device)
            network.layers.dropout.p = self._config.dropout
            return network
        config = self._config
        network = PictureNetwork(config.hidden, config.groups, config.dropout, config.encoder)
        if config.initial == "published":
            network.alexnet.initialise_as_published()
        else:
            network.layers.initialise_for_relu()
        network.to(self._group.device)
        network.set_colour_statistics(colours)
        network.set_latent_statistics(self.targets.latents[: self.targets.with_copies or None], self._odd)
        return network

    def learn(self, step: int, rate: float) -> tuple[Tensor, dict[str, Tensor]]:
        """Render pictures of random chairs, this process's part of the batch, and take one step on them."""
        rendered, generator = self._source.render(step)
        torch.manual_seed(generator.initial_seed())  # of dropout, which takes no generator
        batch = rendered.repeated(self._config.reuse)
        batch = augment_pictures(batch, self._colours, self._config, self._odd, generator)
        return self._learner.learn(batch, self._autoencoder.network, self._metric, step, rate)

    def validate(self, step: int) -> Validation:
        """Measure the averaged weights and write them; return their metrics and a preview."""
        network, decoder = self._learner.result(), self._autoencoder.network
        if not self._sets:  # rendered once, and only where they are measured
            for name, grids in self._data.held_out.items():
                self._sets[name] = render_set(self._renderer, grids, self._group.device)
            self._mean = training_mean(self.targets)
        predicted = {name: predict(network, decoder, some.pixels) for name, some in self._sets.items()}
        metrics = {
            name: measure_pictures(predicted[name], some, self.targets, self._metric, self._mean)
            for name, some in self._sets.items()
        }
        familiar, views = features_and_views(network, self._familiar.pixels)
        unseen = predicted[next(reversed(predicted))] if predicted else None
        network.set_familiar(familiar, *((unseen.features, unseen.view) if unseen else (familiar, views)))
        self._write(network, {**self._notes, **result_notes(self._config, step, metrics)})
        last = next(reversed(self._sets), None)
        return Validation(metrics, _preview(predicted[last], self._sets[last]) if last else None)

    def _write(self, network: PictureNetwork, notes: Mapping[str, str]) -> None:
        also = self._start.trained_on if self._start else frozenset()
        write_picture_weights(
            self._out,
            network,
            self._out.stem,
            odd=self._odd,
            notes=without(with_terms_of(self._start, notes), OWN_ENTRIES),
            **origin(self._config, self._data, also),
        )


def starting_weights(config: PictureConfig) -> PictureWeights | None:
    """Return the weights that a run starts from, if any; raise `InputError` where they do not fit it."""
    if not config.start_from:
        return None
    path = find_picture_weights(config.start_from)
    weights = read_picture_weights(path)
    check_latents(path, weights, config.autoencoder)
    network = weights.network
    needed = f"--encoder {network.encoder} --hidden {network.layers.hidden}"
    fits = (network.encoder, network.layers.hidden) == (config.encoder, config.hidden)
    if network.encoder == ALEXNET:
        needed += f" --groups {network.alexnet.groups}"
        fits = fits and network.alexnet.groups == config.groups
    if not fits:
        raise InputError(f"{path} has a network of another size or kind: give {needed}")
    return weights


OWN_ENTRIES = ("autoencoder", "encoder", "hidden", "groups")
"""Options that the header holds already, as what was made."""


def _preview(predicted: Predicted, rendered: RenderedSet) -> sheet.PicturePreview:
    """Return pictures from all over a set, and what came out."""
    count = min(sheet.COLUMNS, len(rendered.grids))
    chosen = np.linspace(0, len(rendered.grids) - 1, count).round().astype(int).tolist()
    views = torch.stack([rendered.azimuth, rendered.elevation], 1)[chosen]
    return sheet.PicturePreview(
        rendered.pixels[chosen].permute(0, 2, 3, 1).cpu().numpy(),
        to_host(predicted.fields[chosen]),
        rendered.grids[chosen].cpu().numpy(),
        to_host(views),
    )

"""`voxview train`: weights of one's own."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

from voxview.cli.options import add_data, decimal
from voxview.cli.terminal import print_output
from voxview.cli.verb import Verb
from voxview.errors import InputError


def run(options: argparse.Namespace) -> None:
    """Train, printing the progress."""
    from voxview.training.config_file import read_config, read_network
    from voxview.training.configs import AUTOENCODER

    network = options.network
    if options.config:
        of_file = read_network(options.config)
        if network not in (None, of_file):
            raise InputError(f"{options.config} is of --network {of_file}, and not of {network}")
        network = of_file
    if network is None and options.resume:
        network = _network_of_checkpoint(options.out)
    network = network or AUTOENCODER
    given = read_config(options.config, network) if options.config else {}
    given |= _given_options(options, network)

    from voxview.training.run import RunOptions, run_training

    run_options = RunOptions(options.out, given, options.data, options.held_out_ids, options.resume, network)
    for line in run_training(run_options):
        print_output(line)


def _network_of_checkpoint(out: Path) -> str | None:
    """Return which network the checkpoint beside `out` is of; None where there is none to read."""
    from voxview.training.checkpoint import read_checkpoint
    from voxview.training.configs import network_of
    from voxview.training.run_files import RunFiles

    return network_of(read_checkpoint(RunFiles(out).checkpoint).config)


def _given_options(options: argparse.Namespace, network: str) -> dict[str, object]:
    """Return the given fields of a network's config; `InputError` for one of another network alone."""
    from voxview.training.configs import CONFIGS, config_class

    own = {option.name for option in fields(config_class(network))}
    for name, config in CONFIGS.items():
        for option in fields(config):
            if hasattr(options, option.name) and option.name not in own:
                flag = option.name.replace("_", "-")
                raise InputError(f"--{flag} is an option of --network {name}, and not of {network}")
    return {name: getattr(options, name) for name in own if hasattr(options, name)}


def _add_options(parser: argparse.ArgumentParser) -> None:
    """Add the files, and an option for each field of the networks' configs, in groups."""
    from voxview.training.config import TrainConfig, explanations
    from voxview.training.configs import AUTOENCODER, CONFIGS
    from voxview.training.former_names import FORMER_FIELDS

    add_data(parser, otherwise="procedural chairs alone")
    parser.add_argument("--out", type=Path, required=True, help="the .safetensors file to write")
    parser.add_argument(
        "--network",
        choices=tuple(CONFIGS),
        help="what is trained: an autoencoder of chairs, what encodes pictures or points, or what labels "
        f"parts (default {AUTOENCODER})",
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="a .toml file with the options below")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint beside OUT")
    parser.add_argument(
        "--held-out-ids",
        type=Path,
        metavar="FILE",
        help="ids of --data that are never trained on, one a line (default: a tenth, by a hash of the id)",
    )
    comments = {name: explanations(config) for name, config in CONFIGS.items()}
    for networks, names in _option_groups().items():
        of = "every network" if len(networks) == len(CONFIGS) else f"--network {', '.join(networks)}"
        _add_group(parser, f"options of {of}", names, {name: comments[name] for name in networks})
    for former, current in FORMER_FIELDS.items():  # commands of older versions keep working
        kind = type(getattr(TrainConfig, current))
        parser.add_argument(
            f"--{former}", dest=current, type=kind, default=argparse.SUPPRESS, help=argparse.SUPPRESS
        )


def _option_groups() -> dict[tuple[str, ...], list[str]]:
    """Return the options by the networks that have them: those of all first, then those of fewer."""
    from voxview.training.configs import CONFIGS

    names = dict.fromkeys(option.name for config in CONFIGS.values() for option in fields(config))
    groups: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        having = tuple(
            network
            for network, config in CONFIGS.items()
            if any(option.name == name for option in fields(config))
        )
        groups.setdefault(having, []).append(name)
    return dict(sorted(groups.items(), key=lambda group: -len(group[0])))


def _add_group(
    parser: argparse.ArgumentParser, title: str, names: list[str], comments: Mapping[str, Mapping[str, str]]
) -> None:
    """Add a group with these options, with the default of each; `comments` has theirs by the network."""
    group = parser.add_argument_group(title)
    for option in names:
        of = {network: _field(network, option) for network in comments}
        kind = type(next(iter(of.values())).default)
        words = _by_network({network: own.get(option, "") for network, own in comments.items()}, "; ")
        default = _by_network({network: _default_text(found) for network, found in of.items()}, ", ")
        group.add_argument(
            f"--{option.replace('_', '-')}",
            default=argparse.SUPPRESS,  # what is not given must not override a file's or a checkpoint's
            help=f"{words.replace('%', '%%')} (default {default})".strip(),
            **(
                {"action": argparse.BooleanOptionalAction}
                if kind is bool
                else {"type": decimal if kind is float else kind}
            ),
        )


def _by_network(texts: dict[str, str], separator: str) -> str:
    """Return a text that is the same of all networks, or each one after the networks that it is of."""
    networks: dict[str, list[str]] = {}
    for name, text in texts.items():
        networks.setdefault(text, []).append(name)
    if len(networks) == 1:
        return next(iter(networks))
    return separator.join(f"{' and '.join(names)}: {text}" for text, names in networks.items())


def _field(network: str, name: str) -> Field[Any]:
    from voxview.training.configs import CONFIGS

    return next(option for option in fields(CONFIGS[network]) if option.name == name)


def _default_text(option: Field[Any]) -> str:
    if isinstance(option.default, bool):
        return "on" if option.default else "off"
    return repr(option.default)


VERB = Verb(
    "train",
    "Train an autoencoder on procedural chairs, and on real ones if given; or a network that encodes "
    "pictures or points, or labels parts.",
    _add_options,
    run,
)

"""Which words the command line knows."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from voxview import __version__
from voxview.cli import chairs as on_chairs
from voxview.cli import program, runs
from voxview.errors import InputError

VERBS = ("chairs", "nearest", "morph", "mix", "convert", "train", "evaluate", "bench", "info")


class OneLineParser(argparse.ArgumentParser):
    """argparse, but an error is one line, and ours."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; '{self.prog} --help' shows how it is called")


def parser_for(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The window's parser, unless the first word is a verb: then a file could never be called that."""
    if arguments and arguments[0] in VERBS:
        return verbs_parser()
    parser = OneLineParser(
        prog="voxview",
        description="Slide from one 3D chair to another. Without a verb: the window.",
        epilog="verbs: " + ", ".join(VERBS) + "; 'voxview VERB --help' tells more",
    )
    parser.add_argument("--version", action="version", version=f"voxview {__version__}")
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="up to two shapes: chairs A and B"
    )
    _add_data(parser)
    _add_weights(parser)
    parser.set_defaults(run=program.window)
    return parser


def verbs_parser() -> argparse.ArgumentParser:
    """One parser for each verb."""
    parser = OneLineParser(prog="voxview")
    verbs = parser.add_subparsers(parser_class=OneLineParser, required=True)

    def verb(
        name: str, run: Callable[[argparse.Namespace], int | None], text: str
    ) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    chairs = verb("chairs", on_chairs.list_chairs, "List what the catalog holds.")
    _add_data(chairs)
    chairs.add_argument("--json", action="store_true", help="as JSON: id, name, source and details of each")

    near = verb(
        "nearest",
        on_chairs.nearest_chairs,
        "The catalog's chairs that are most like a shape, with their IoU.",
    )
    near.add_argument("shape", metavar="SHAPE", help="a catalog id, the start of one, or a shape file")
    near.add_argument("-k", type=int, default=8, metavar="K", help="how many (default 8)")
    near.add_argument("--json", action="store_true", help="as JSON: id, name, source and IoU of each")
    _add_data(near)

    morph = verb("morph", on_chairs.morph, "Write the whole way from chair A to chair B.")
    morph.add_argument(
        "a",
        metavar="A",
        nargs="?",
        help="a catalog id, the start of one, or a shape file (default: the first)",
    )
    morph.add_argument("b", metavar="B", nargs="?", help="likewise (default: the catalog's second chair)")
    morph.add_argument("--steps", type=int, default=11, help="blends, both ends included (default 11)")
    morph.add_argument("--out", type=Path, default=Path("morph"), help="folder (default ./morph)")
    morph.add_argument(
        "--formats",
        default="obj,binvox,png",
        help="of obj,stl,ply,glb,binvox,npy,png,strip (default obj,binvox,png)",
    )
    _add_data(morph)
    morph.add_argument(
        "--backend",
        choices=("auto", "numpy", "cuda-global", "cuda-shared"),
        default="auto",
        help="where the interpolation runs (default: the GPU if there is one)",
    )
    _add_weights(morph)
    morph.add_argument(
        "--remove-crumbs",
        action="store_true",
        help="leave loose pieces of under 1 %% of a blend's voxels out of what is written",
    )

    mix = verb(
        "mix", on_chairs.mix, "Write a mix of up to eight chairs, or A − B + C; say what was measured on it."
    )
    mix.add_argument(
        "chairs",
        nargs="+",
        metavar="ID[:WEIGHT]",
        help="a catalog id, the start of one, or a shape file; weights are taken as they are and may be "
        "negative (default: all alike, summing to 1; beside others that have one: 1)",
    )
    mix.add_argument("--out", type=Path, required=True, metavar="FILE", help="of any writable kind")
    _add_data(mix)
    _add_weights(mix)

    convert = verb(
        "convert", on_chairs.convert, "Turn any readable shape into any writable one, as a 32³ chair."
    )
    convert.add_argument("source", metavar="IN", type=Path)
    convert.add_argument("target", metavar="OUT", type=Path)
    convert.add_argument(
        "--up", choices=("x", "y", "z", "-x", "-y", "-z"), default="y", help="IN's upward axis"
    )
    convert.add_argument(
        "--turn", type=int, choices=(0, 90, 180, 270), default=0, help="then, about the upward axis"
    )

    _add_train(
        verb("train", runs.train, "Train an autoencoder on procedural chairs, and on real ones if given.")
    )

    _add_evaluate(verb("evaluate", runs.evaluate, "Measure weights on chairs they were not trained on."))

    _add_bench(
        verb("bench", runs.bench, "Run the study's experiment on this machine: its tables, and its figure.")
    )
    verb("info", program.info, "Versions, devices and drivers: what a bug report needs.")
    return parser


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        default=os.environ.get("VOXVIEW_DATA") or None,  # argparse makes a path of it
        help="ShapeNetCore, ShapeNetVox32 or a folder of shapes (default: $VOXVIEW_DATA, else the samples)",
    )


def _add_weights(parser: argparse.ArgumentParser) -> None:
    from voxview.model.shipped import DEFAULT_WEIGHTS, SHIPPED

    parser.add_argument(
        "--weights",
        metavar="NAME|FILE",
        help=f"{', '.join(SHIPPED)} or a .safetensors file (default {DEFAULT_WEIGHTS})",
    )


def _add_bench(bench: argparse.ArgumentParser) -> None:
    bench.add_argument("--json", type=Path, metavar="FILE", help="write the results there")
    bench.add_argument("--csv", type=Path, metavar="FILE", help="write a row a measurement there")
    bench.add_argument("--chart", type=Path, metavar="FILE", help="draw Figure 5 there, as .png or .svg")
    bench.add_argument("--quick", action="store_true", help="fewer sizes and runs: some seconds")
    bench.add_argument("--device", choices=("cpu", "cuda"), help="cpu leaves a GPU alone")
    _add_weights(bench)


def _add_evaluate(evaluate: argparse.ArgumentParser) -> None:
    _add_data(evaluate)
    _add_weights(evaluate)
    evaluate.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    evaluate.add_argument("--report", type=Path, metavar="FILE", help="write a page with pictures, .html")
    evaluate.add_argument("--pairs", type=int, default=300, help="random pairs to blend (default 300)")
    evaluate.add_argument("--seed", type=int, default=0, help="that draws the pairs (default 0)")
    evaluate.add_argument(
        "--crumbs",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="remove loose pieces below this share of a decoded shape's voxels first (default 0: none)",
    )
    evaluate.add_argument(
        "--all", action="store_true", help="also the chairs that these weights were trained on"
    )
    evaluate.add_argument(
        "--no-baselines",
        dest="baselines",
        action="store_false",
        help="without PCA, nearest neighbours, distance blends and the study's network: quicker",
    )
    evaluate.add_argument("--device", choices=("cpu", "cuda"))


def _add_train(parser: argparse.ArgumentParser) -> None:
    from dataclasses import fields

    from voxview.model.config import TrainConfig, explanations

    _add_data(parser)
    parser.add_argument("--out", type=Path, required=True, help="the .safetensors file to write")
    parser.add_argument("--config", type=Path, metavar="FILE", help="a .toml file with the options below")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint beside OUT")
    parser.add_argument(
        "--held-out-ids",
        type=Path,
        metavar="FILE",
        help="ids of --data that are never trained on, one a line (default: a tenth, by a hash of the id)",
    )
    said = explanations()
    for option in fields(TrainConfig):
        kind = type(option.default)
        default = ("on" if option.default else "off") if kind is bool else repr(option.default)
        parser.add_argument(
            f"--{option.name.replace('_', '-')}",
            default=argparse.SUPPRESS,  # what is not given must not override a file's or a checkpoint's
            help=f"{said.get(option.name, '').replace('%', '%%')} (default {default})".strip(),
            **({"action": argparse.BooleanOptionalAction} if kind is bool else {"type": kind}),
        )


def command_line(verb: str, options: argparse.Namespace) -> str:
    """The command that gives these options again, for a report; what nobody set is left out."""
    import shlex

    words = ["voxview", verb]
    defaults = vars(verbs_parser().parse_args([verb]))
    for name, value in vars(options).items():
        if name == "run" or value is None or (value == defaults.get(name) and name != "data"):
            continue
        flag = f"--{name.replace('_', '-')}" if value is not False else f"--no-{name}"
        words += [flag] if isinstance(value, bool) else [flag, str(value)]
    return shlex.join(words)

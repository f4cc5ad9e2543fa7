"""VoxView's command line: the window's work without the window.

voxview [FILE …] [--data DIR]      the window
voxview morph four-legs-001 sofa-002 --out blends
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import sys
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from voxview import __version__
from voxview.errors import InputError, VoxViewError

if TYPE_CHECKING:
    from voxview.engine.mix import MixResult
    from voxview.experiment.results import Benchmark
    from voxview.shapes.catalog import Catalog
    from voxview.shapes.chair import Chair

T = TypeVar("T")

VERBS = ("chairs", "nearest", "morph", "mix", "convert", "train", "evaluate", "bench", "info")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status: 0 done, 1 failed, 2 bad input. Errors are one line on stderr."""
    arguments = _with_values_joined(list(sys.argv[1:] if arguments is None else arguments))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name need not fit the terminal's encoding
    debugging = bool(os.environ.get("VOXVIEW_DEBUG"))
    logging.basicConfig(format="voxview: %(message)s", level=logging.DEBUG if debugging else logging.WARNING)
    try:
        options = _parser(arguments).parse_args(arguments)
        return int(options.run(options) or 0)
    except VoxViewError as error:
        print(f"voxview: {_printable(str(error))}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        print("voxview: stopped", file=sys.stderr)
        return 130
    except Exception as error:
        if debugging:
            raise
        what = str(error).splitlines()[0] if str(error) else "no message"
        print(
            f"voxview: something failed that should not: {type(error).__name__}: {_printable(what)}; "
            "please report it with the output of 'voxview info' (VOXVIEW_DEBUG=1 shows where)",
            file=sys.stderr,
        )
        return 1


class _OneLineParser(argparse.ArgumentParser):
    """argparse, but an error is one line, and ours."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; '{self.prog} --help' shows how it is called")


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The window's parser, unless the first word is a verb: then a file could never be called that."""
    if arguments and arguments[0] in VERBS:
        return _verbs_parser()
    parser = _OneLineParser(
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
    parser.set_defaults(run=_window)
    return parser


def _verbs_parser() -> argparse.ArgumentParser:
    parser = _OneLineParser(prog="voxview")
    verbs = parser.add_subparsers(parser_class=_OneLineParser, required=True)

    def verb(
        name: str, run: Callable[[argparse.Namespace], int | None], text: str
    ) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        return added

    chairs = verb("chairs", _chairs, "List what the catalog holds.")
    _add_data(chairs)
    chairs.add_argument("--json", action="store_true", help="as JSON: id, name, source and details of each")

    near = verb("nearest", _nearest, "The catalog's chairs that are most like a shape, with their IoU.")
    near.add_argument("shape", metavar="SHAPE", help="a catalog id, the start of one, or a shape file")
    near.add_argument("-k", type=int, default=8, metavar="K", help="how many (default 8)")
    near.add_argument("--json", action="store_true", help="as JSON: id, name, source and IoU of each")
    _add_data(near)

    morph = verb("morph", _morph, "Write the whole way from chair A to chair B.")
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

    mix = verb("mix", _mix, "Write a mix of up to eight chairs, or A − B + C; say what was measured on it.")
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

    convert = verb("convert", _convert, "Turn any readable shape into any writable one, as a 32³ chair.")
    convert.add_argument("source", metavar="IN", type=Path)
    convert.add_argument("target", metavar="OUT", type=Path)
    convert.add_argument(
        "--up", choices=("x", "y", "z", "-x", "-y", "-z"), default="y", help="IN's upward axis"
    )
    convert.add_argument(
        "--turn", type=int, choices=(0, 90, 180, 270), default=0, help="then, about the upward axis"
    )

    _add_train(verb("train", _train, "Train an autoencoder on procedural chairs, and on real ones if given."))

    _add_evaluate(verb("evaluate", _evaluate, "Measure weights on chairs they were not trained on."))

    _add_bench(
        verb("bench", _bench, "Run the study's experiment on this machine: its tables, and its figure.")
    )
    verb("info", _info, "Versions, devices and drivers: what a bug report needs.")
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


# ---- the commands --------------------------------------------------------------------------------


def _window(options: argparse.Namespace) -> int:
    from voxview.gui.app import run

    if options.data is not None and not options.data.is_dir():
        raise InputError(f"there is no folder {options.data}: check --data and VOXVIEW_DATA")
    if options.files:
        from voxview.shapes.read import chair_from_file

        for file in options.files:
            chair_from_file(file)  # the window tells what is wrong inside a file, but not that there is none
    if options.weights is not None:
        from voxview.model.shipped import read_card

        read_card(options.weights)  # refused here, before there is a window
    return run(options.files, options.data, options.weights)


def _chairs(options: argparse.Namespace) -> None:
    catalog = _catalog(options.data)
    if options.json:
        chairs = [
            {"id": c.id, "name": c.name, "source": c.source, "details": dict(c.details)} for c in catalog
        ]
        _say(json.dumps(chairs, indent=1, default=str))
        return
    width = max(len(chair.id) for chair in catalog)
    _say("\n".join(f"{_printable(chair.id):<{width}}  {_printable(chair.name)}" for chair in catalog))
    print(f"{len(catalog)} chairs in {catalog.name}", file=sys.stderr)


def _nearest(options: argparse.Namespace) -> None:
    from voxview.shapes.retrieval import count_voxels, nearest, pack_catalog

    if options.k < 1:
        raise InputError(f"-k is 1 or more, but {options.k} was asked for")
    catalog = _catalog(options.data)
    grid = _chair(options.shape, catalog).read()
    chairs, words, left_out = _follow(pack_catalog(catalog), "reading")
    for line in left_out:
        print(f"voxview: left out: {_printable(line)}", file=sys.stderr)
    places, ious = nearest(grid, words, count_voxels(words), options.k)
    found = [(chairs[place], float(iou)) for place, iou in zip(places, ious, strict=True)]
    if options.json:
        rows = [{"id": c.id, "name": c.name, "source": c.source, "iou": round(iou, 6)} for c, iou in found]
        _say(json.dumps(rows, indent=1))
        return
    if not found:
        raise InputError(f"no chair of {catalog.name} can be read: open another folder")
    width = max(len(chair.id) for chair, _ in found)
    _say("\n".join(f"{iou:6.1%}  {_printable(c.id):<{width}}  {_printable(c.name)}" for c, iou in found))


def _morph(options: argparse.Namespace) -> None:
    from voxview.engine.engine import Engine
    from voxview.engine.morph import check_morph, export_morph, prepare_folder

    formats = check_morph(options.steps, options.formats.split(","))
    catalog = _catalog(options.data)
    a = catalog[0] if options.a is None else _chair(options.a, catalog)
    b = catalog[min(1, len(catalog) - 1)] if options.b is None else _chair(options.b, catalog)
    engine = Engine(options.weights, None if options.backend in ("auto", "numpy") else "cuda")
    backend = engine.report.best_backend if options.backend == "auto" else options.backend
    if backend not in engine.report.backends:
        raise VoxViewError(
            f"backend {backend} cannot run here: {engine.report.kernel_problem}; use --backend numpy"
        )
    device = engine.devices[-1] if backend != "numpy" or options.backend == "auto" else "cpu"
    for chair in (a, b):
        engine.grid(chair)  # refuse a broken file before a folder is made
    prepare_folder(options.out)
    _say(engine.report.sentence())
    export = export_morph(
        engine,
        a,
        b,
        steps=options.steps,
        out=options.out,
        formats=formats,
        backend=backend,
        device=device,
        remove_crumbs=options.remove_crumbs,
    )
    files = _follow(export, f"{a.name} → {b.name}")
    _say(f"{len(files)} files in {options.out}")


def _mix(options: argparse.Namespace) -> None:
    from voxview.experiment.files import check_output
    from voxview.surface.write import WRITABLE_SUFFIXES, write_shape

    check_output(options.out, WRITABLE_SUFFIXES)  # before the weights are loaded

    from voxview.engine.engine import Engine
    from voxview.engine.mix import MixRequest

    catalog = _catalog(options.data)
    parts = [_weighted(text, catalog) for text in options.chairs]
    if all(weight is None for _, weight in parts):
        parts = [(chair, 1 / len(parts)) for chair, _ in parts]
    chairs = tuple(chair for chair, _ in parts)
    weights = tuple(1.0 if weight is None else weight for _, weight in parts)
    engine = Engine(options.weights)
    backend, device = engine.report.best_backend, engine.devices[-1]
    result = engine.mix(MixRequest(chairs, weights, (), backend, device))
    is_voxels = options.out.suffix.lower() in (".binvox", ".npy")
    write_shape(options.out, result.grid if is_voxels else result.surface)
    for chair, weight in zip(chairs, weights, strict=True):
        _say(f"{weight:+.3f}  {_printable(chair.name)}")
    _say("\n".join(_mix_lines(result)))


def _mix_lines(result: MixResult) -> list[str]:
    """What is known of a mix, a line each."""
    from voxview.engine.pair_scores import ONE_PIECE
    from voxview.model.attributes import ATTRIBUTES

    whole = "yes" if result.whole >= ONE_PIECE else "no"
    lines = [
        f"{'in one piece':<14}{whole} ({result.whole:.1%} of the voxels are in the largest)",
        f"{'stands':<14}{'yes' if result.stands else 'no'}",
    ]
    for name in ATTRIBUTES:
        value = result.attributes.of(name)
        shown = "none" if value is None else f"{value:.1f}°" if name == "back_tilt" else f"{value:.3f}"
        lines.append(f"{name.replace('_', ' '):<14}{shown}")
    return [*lines, "lengths are shares of the cube's edge, which the longest side of a chair fills"]


def _weighted(text: str, catalog: Catalog) -> tuple[Chair, float | None]:
    """`ID:WEIGHT` or `ID`; None is no weight."""
    name, colon, tail = text.rpartition(":")
    try:
        weight = float(tail)
    except ValueError:
        colon = ""
    return (_chair(name, catalog), weight) if colon and name else (_chair(text, catalog), None)


def _convert(options: argparse.Namespace) -> None:
    from voxview.shapes.read import read_shape
    from voxview.surface.write import write_shape

    write_shape(options.target, read_shape(options.source, up=options.up, turn=options.turn))


def _train(options: argparse.Namespace) -> None:
    from dataclasses import fields

    from voxview.experiment.training import Order, training
    from voxview.model.config import TrainConfig
    from voxview.model.config_file import read_config

    given = read_config(options.config) if options.config else {}
    names = [option.name for option in fields(TrainConfig)]
    given |= {name: getattr(options, name) for name in names if hasattr(options, name)}
    order = Order(options.out, given, options.data, options.held_out_ids, options.resume)
    for line in training(order):
        _say(line)


def _evaluate(options: argparse.Namespace) -> None:
    from voxview.experiment.report_files import check_report_files, write_evaluation

    check_report_files(options.json, options.report)  # before minutes of work

    from voxview.experiment.report_text import terminal_report
    from voxview.model.evaluate import Plan
    from voxview.model.evaluate_catalog import evaluate_on_catalog

    plan = Plan(pairs=options.pairs, seed=options.seed, crumbs=options.crumbs)
    measured = _follow(
        evaluate_on_catalog(
            options.weights,
            _catalog(options.data),
            options.device,
            everything=options.all,
            baselines=options.baselines,
            plan=plan,
        ),
        "evaluating",
    )
    command = _command_line("evaluate", options)
    record = write_evaluation(measured, command, json=options.json, report=options.report)
    _say(terminal_report(record))


def _bench(options: argparse.Namespace) -> int:
    from voxview.experiment.files import check_output, recorded_benchmarks, write_benchmark

    outputs = {options.json: (".json",), options.csv: (".csv",), options.chart: (".png", ".svg")}
    outputs.pop(None, None)
    for file, suffixes in outputs.items():
        check_output(file, suffixes)  # before a minute of work

    from voxview.engine.engine import Engine
    from voxview.experiment.bench import benchmark
    from voxview.experiment.tables import report

    engine = Engine(options.weights, device=options.device)
    _say(engine.report.sentence() if options.device != "cpu" else f"CPU: {engine.report.cpu}, as asked for")
    results: Benchmark | None = None

    def steps() -> Generator[tuple[int, int], None, None]:
        nonlocal results
        for done, total, so_far in benchmark(engine, quick=options.quick):
            results = so_far
            yield done, total

    stopped = False
    try:
        _follow(steps(), "measuring")
    except KeyboardInterrupt:
        stopped = True
    if results is None or not results.measurements:
        raise KeyboardInterrupt  # nothing to tell
    for file in outputs:
        write_benchmark(file, results)
    if results.machine.gpu is None and not options.quick and not stopped:
        for recorded in recorded_benchmarks():
            _say(f"\n==== Recorded on another machine, {recorded.machine.date} ====\n\n{report(recorded)}")
        _say("\n==== This machine ====")
    _say(f"\n{report(results)}")
    if outputs:
        _say(f"\nwritten: {', '.join(str(file) for file in outputs)}")
    return 130 if stopped else 0


def _info(_: argparse.Namespace) -> None:
    from voxview.engine.device import find_devices
    from voxview.engine.diagnostics import diagnostics
    from voxview.model.shipped import find_weights

    _say(diagnostics(find_devices(), str(find_weights(None))))


# ---- what they share -----------------------------------------------------------------------------


def _catalog(data: Path | None) -> Catalog:
    from voxview.shapes.open import open_catalog

    return open_catalog(data)


def _chair(name: str, catalog: Catalog) -> Chair:
    """The catalog's chair of that id, a shape file, or the catalog's only id that starts so."""
    from voxview.shapes.read import READABLE_SUFFIXES, chair_from_file

    exact = catalog.get(name)  # first, because a folder's ids may look like files: `office/one`
    if exact is not None:
        return exact
    if Path(name).suffix.lower() in READABLE_SUFFIXES or os.sep in name:
        return chair_from_file(Path(name))
    return catalog.find(name)


def _say(text: str) -> None:
    """Print; if the reader has left, as `head` does, the work goes on in silence."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise VoxViewError(f"cannot write the output ({error.strerror}): send it elsewhere") from error


def _printable(text: str) -> str:
    """A file's name may hold line ends and worse: show those as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _command_line(verb: str, options: argparse.Namespace) -> str:
    """The command that gives these options again, for a report; what nobody set is left out."""
    import shlex

    words = ["voxview", verb]
    defaults = vars(_verbs_parser().parse_args([verb]))
    for name, value in vars(options).items():
        if name == "run" or value is None or (value == defaults.get(name) and name != "data"):
            continue
        flag = f"--{name.replace('_', '-')}" if value is not False else f"--no-{name}"
        words += [flag] if isinstance(value, bool) else [flag, str(value)]
    return shlex.join(words)


def _with_values_joined(arguments: list[str]) -> list[str]:
    """`--up -x` → `--up=-x`: argparse would take -x for an option."""
    joined: list[str] = []
    for argument in arguments:
        if joined and joined[-1] == "--up" and argument in ("-x", "-y", "-z"):
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def _follow(steps: Generator[tuple[int, int, *tuple[Any, ...]], None, T], title: str) -> T:
    """Run a task to its end with a progress line on a terminal; its value comes back.

    A step is (done, total) and whatever else the task has to show to others; a text says what it does.
    """
    shown = sys.stderr.isatty()
    try:
        while True:
            try:
                done, total, *rest = next(steps)
            except StopIteration as end:
                return end.value
            if shown:
                what = f"{rest[0]:<60}" if rest and isinstance(rest[0], str) else ""  # over a longer one
                print(f"\r{title}: {done} of {total} {what}", end="", file=sys.stderr, flush=True)
    finally:
        if shown:
            print(file=sys.stderr)  # whatever is said next, an error too, has a line of its own

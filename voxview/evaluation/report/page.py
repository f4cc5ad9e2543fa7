"""The report of an evaluation: one HTML page with its pictures inside, for a screen and for paper."""

from __future__ import annotations

import os
from html import escape

from voxview.evaluation.report.histogram import iou_histogram
from voxview.evaluation.report.pictures import morph_strips, worst_cards
from voxview.evaluation.report.record import CHAIRS, Record, method_title
from voxview.evaluation.report.style import STYLE
from voxview.evaluation.results import Evaluation
from voxview.shapes.io.atomic import write_atomically


def write_report(path: str | os.PathLike[str], record: Record, evaluation: Evaluation) -> None:
    """Write the page, atomically; `record` has the figures of `evaluation`, which has the shapes."""
    page = html_report(record, evaluation)
    with write_atomically(path) as temporary:
        temporary.write_text(page, encoding="utf-8")


def html_report(record: Record, evaluation: Evaluation) -> str:
    """Return the whole page as text."""
    title = f"VoxView: how good are the weights ‘{record['weights']}’?"
    sections = [
        _head(record, title),
        _tiles(record),
        *_remarks(record),
        _reconstructions(record, evaluation),
        *(_between(record, evaluation) if evaluation.in_betweens else [_alone()]),
        _worst(evaluation),
        _definitions(record),
        _limits(record),
        _setting(record),
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(sections)
        + "\n</body>\n</html>\n"
    )


# ---- the sections --------------------------------------------------------------------------------


def _head(record: Record, title: str) -> str:
    setting = record["setting"]
    left = [
        f"{setting['left_out']:,} more left out: networks compared here were trained on them"
        if setting["left_out"]
        else "none left out"
    ]
    left += [f"{setting['duplicates']:,} exact copies"] if setting["duplicates"] else []
    left += [f"{setting['unreadable']:,} unreadable"] if setting["unreadable"] else []
    return (
        f"<h1>{escape(title)}</h1>\n<p class='quiet'>Measured on {record['chairs']:,} chairs of "
        f"{escape(record['catalog'])} ({'; '.join(left)}), {escape(record['machine']['date'])}.</p>"
    )


def _tiles(record: Record) -> str:
    ours = record["methods"][0]
    again = record["reconstruction"][ours]
    tiles = [("mean IoU", _number(again["iou_mean"]), _interval(again["iou_mean"]))]
    if record["in_betweens"]:
        half, morphs = record["in_betweens"][ours]["0.5"], record["morphs"].get(ours)
        tiles += [
            ("in-betweens at t = 0.5 in one piece", _percent(half["one_piece"]), _rates(half["one_piece"])),
            ("of them stand", _percent(half["stands"]), _rates(half["stands"])),
            ("symmetric, IoU with the mirror", _number(half["symmetry"]), _interval(half["symmetry"])),
        ]
        if morphs:
            largest = f"worst {morphs['largest_over_mean_worst']:.2f}"
            tiles.append(
                ("largest step of a morph over its mean", f"{_number(morphs['largest_over_mean'])}×", largest)
            )
    cells = "".join(
        f'<div class="tile"><b>{value}</b><span>{label}<br>{below}</span></div>'
        for label, value, below in tiles
    )
    return f'<div class="tiles">{cells}</div>'


def _remarks(record: Record) -> list[str]:
    setting = record["setting"]
    remarks = setting["remarks"]
    if not setting["trained_on_among_evaluated"]:
        return [f"<p>{escape(text)}</p>" for text in remarks]
    first, *others = remarks
    return [f'<p class="warning">{escape(first)}</p>', *(f"<p>{escape(text)}</p>" for text in others)]


def _reconstructions(record: Record, evaluation: Evaluation) -> str:
    heads = ["", "mean IoU", "median", "5th perc.", "lowest", "one piece", "stands", "y < 3", "symmetry"]
    rows = []
    for name, again in record["reconstruction"].items():
        ious = [_measure(again[key]) for key in ("iou_mean", "iou_median", "iou_p5")]
        cells = [_title(record, name), *ious, f"{again['iou_lowest']:.3f}", *_shape_cells(again)]
        rows.append(_row(cells, "ours" if name == record["methods"][0] else ""))
    rows.append(_row([CHAIRS, "", "", "", "", *_shape_cells(record["yardstick"])], "yardstick"))
    return (
        "<h2>Reconstructions</h2>\n<p>Each chair is given back from what the method keeps of it: "
        "64 numbers of the networks, as many principal components, or the nearest chair of the reference."
        f"</p>\n{_table(heads, rows)}\n{iou_histogram(evaluation)}"
    )


def _between(record: Record, evaluation: Evaluation) -> list[str]:
    heads = ["", "one piece", "stands", "y < 3", "symmetry", "novelty"]
    ours = record["methods"][0]
    rows = []
    for t in next(iter(record["in_betweens"].values())):
        rows.append(f'</tbody><tbody><tr class="group"><td colspan="{len(heads)}">t = {t}</td></tr>')
        for name, blends in record["in_betweens"].items():
            cells = [_title(record, name), *_shape_cells(blends[t]), _measure(blends[t]["novelty"])]
            rows.append(_row(cells, "ours" if name == ours else ""))
    rows.append(f'</tbody><tbody><tr class="group"><td colspan="{len(heads)}">To compare with</td></tr>')
    rows.append(
        _row(["each pair’s parents, mean", "", "", "", _measure(record["parents_symmetry"]), ""], "yardstick")
    )
    rows.append(
        _row(
            [CHAIRS, *_shape_cells(record["yardstick"]), _measure(record["yardstick"]["novelty"])],
            "yardstick",
        )
    )
    rows.append(
        _row(["their reconstructions", *_shape_cells(record["reconstruction"][ours]), ""], "yardstick")
    )
    text = (
        f"<h2 class='new-page'>In-betweens</h2>\n<p>{record['pairs']:,} random pairs of the evaluated chairs "
        f"(seed {record['setting']['seed']}), the same for every method.</p>"
    )
    return [
        f"{text}\n{_table(heads, rows)}",
        *([_smoothness(record), _strips(record, evaluation)] if evaluation.morphs else []),
    ]


def _alone() -> str:
    return "<h2>In-betweens</h2>\n<p>None: they take two chairs, and there is one.</p>"


def _smoothness(record: Record) -> str:
    heads = ["", "largest ÷ mean step", "worst morph", "within 3×", "within 2×", "largest ÷ path"]
    rows = []
    for name, m in record["morphs"].items():
        cells = [
            _title(record, name),
            _measure(m["largest_over_mean"], 2),
            f"{m['largest_over_mean_worst']:.2f}",
            *(_rate(m[key]) for key in ("within_3", "within_2")),
            _measure(m["largest_over_path"]),
        ]
        rows.append(_row(cells, "ours" if name == record["methods"][0] else ""))
    count = next(iter(record["morphs"].values()))["morphs"]
    return (
        f"<h2>Smoothness</h2>\n<p>The first {count} of these pairs, all the way in 11 shapes. Even steps "
        f"alone are no merit: read it beside the table above.</p>\n{_table(heads, rows)}"
    )


def _strips(record: Record, evaluation: Evaluation) -> str:
    strips = morph_strips(evaluation, [record["methods"][0], "voxel blend", "distance blend"])
    return (
        f"<h2>Morphs</h2>\n<p>The first {len(strips)} pairs that the seed gives, not chosen by anyone. A and "
        "B are the chairs themselves; between them the grids that were measured.</p>\n" + "\n".join(strips)
    )


def _worst(evaluation: Evaluation) -> str:
    cards = "\n".join(worst_cards(evaluation))
    return (
        f"<h2>The worst {len(evaluation.worst)} reconstructions</h2>\n"
        f"<p>Of {len(evaluation.grids):,} chairs, with their IoU and id: "
        "the chair on the left, what came back on the right.</p>\n"
        f'<div class="grid">{cards}</div>'
    )


def _definitions(record: Record) -> str:
    items = "\n".join(
        f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in record["definitions"].items()
    )
    return f"<h2>What the words mean</h2>\n<dl>{items}</dl>"


def _limits(record: Record) -> str:
    limits = [
        "Only exact copies of training chairs are recognised: a near copy under another id counts as new.",
        "One piece, standing and symmetry say what a chair has to have, not that it looks like one: a box "
        "has all three. The pictures are for the rest.",
        "The figures hold for chairs like these: IoU depends on how a catalog was voxelised.",
    ]
    if record["chairs"] < 100:
        limits.append(
            f"{record['chairs']} chairs are few. The pairs repeat the same chairs many times, so the "
            "intervals of in-betweens and morphs are much too narrow: they hold for these chairs only."
        )
    return "<h2>Limits</h2>\n<ul>" + "".join(f"<li>{text}</li>" for text in limits) + "</ul>"


def _setting(record: Record) -> str:
    setting, machine = record["setting"], record["machine"]
    notes = "; ".join(f"{name} {value}" for name, value in sorted(setting["notes"].items()))
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    entries = {
        "Weights": f"{record['weights']}, architecture ‘{record['architecture']}’",
        "Trained with": notes or "the file does not say",
        "Catalog": f"{record['catalog']}: {setting['listed']:,} listed, {record['chairs']:,} evaluated",
        "Chance": f"seed {setting['seed']}, {record['pairs']} pairs, {setting['morphs']} morphs",
        "Machine": f"{machine['gpu'] or machine['cpu']}, {machine['system']}",
        "Software": versions + (f", commit {machine['commit']}" if machine["commit"] else ""),
        "Date": machine["date"],
    }
    items = "\n".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in entries.items())
    command = f"<dt>Command</dt><dd><code>{escape(record['command'])}</code></dd>"
    return f"<h2>How it was measured</h2>\n<dl>{items}\n{command}</dl>"


# ---- the cells -----------------------------------------------------------------------------------


def _table(heads: list[str], rows: list[str]) -> str:
    top = "".join(f"<th>{escape(head)}</th>" for head in heads)
    body = "\n".join(rows)
    return (
        f'<div class="scroll"><table class="figures"><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _title(record: Record, method: str) -> str:
    return escape(method_title(method, record["methods"][0]))


def _row(cells: list[str], kind: str = "") -> str:
    inner = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr class="{kind}">{inner}</tr>' if kind else f"<tr>{inner}</tr>"


def _shape_cells(metrics: Record) -> list[str]:
    return [
        *(_rate(metrics[key]) for key in ("one_piece", "stands", "on_the_floor")),
        _measure(metrics["symmetry"]),
    ]


def _measure(value: Record, digits: int = 3) -> str:
    return f"{value['value']:.{digits}f}<small>{_interval(value, digits)}</small>"


def _rate(value: Record) -> str:
    return f"{_percent(value)}<small>{_rates(value)}</small>"


def _number(value: Record) -> str:
    return f"{value['value']:.3f}" if value["value"] < 1 else f"{value['value']:.2f}"


def _interval(value: Record, digits: int = 3) -> str:
    return f"{value['low']:.{digits}f}–{value['high']:.{digits}f}"


def _percent(value: Record) -> str:
    return f"{100 * value['value']:.1f} %"


def _rates(value: Record) -> str:
    return f"{100 * value['low']:.1f}–{100 * value['high']:.1f} %"

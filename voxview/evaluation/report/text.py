"""An evaluation on a terminal, within 80 columns."""

from __future__ import annotations

from textwrap import wrap

from voxview.evaluation.report.record import CHAIRS, Record, method_title

WIDTH = 80


def terminal_report(record: Record) -> str:
    """Return three short tables and what one has to know to read them."""
    setting = record["setting"]
    head = (
        f"weights {record['weights']} on {record['chairs']:,} chairs of {record['catalog']} "
        f"({setting['left_out']:,} left out as trained on, {setting['duplicates']:,} exact copies)"
    )
    parts = [*wrap(head, WIDTH), "", *_reconstructions(record), "", *_in_betweens(record)]
    if record["morphs"]:
        parts += ["", *_morphs(record)]
    remarks = [line for remark in setting["remarks"] for line in wrap(remark, WIDTH)]
    return "\n".join([*parts, "", *remarks] if remarks else parts)


def _reconstructions(record: Record) -> list[str]:
    lines = [
        _row(["reconstructions", "mean IoU", "95 %", "median", "5th %", "one piece", "stands"], _FIRST),
    ]
    for name, figures in record["reconstruction"].items():
        mean = figures["iou_mean"]
        cells = [
            method_title(name, record["methods"][0]),
            f"{mean['value']:.3f}",
            f"{mean['low']:.3f}–{mean['high']:.3f}",
            f"{figures['iou_median']['value']:.3f}",
            f"{figures['iou_p5']['value']:.3f}",
            _percent(figures["one_piece"]),
            _percent(figures["stands"]),
        ]
        lines.append(_row(cells, _FIRST))
    yardstick = record["yardstick"]
    cells = [CHAIRS, "", "", "", "", _percent(yardstick["one_piece"]), _percent(yardstick["stands"])]
    return [*lines, _row(cells, _FIRST)]


_FIRST = (8, 12, 7, 7, 10, 8)
_SECOND = (10, 10, 8, 8, 10, 9)


def _in_betweens(record: Record) -> list[str]:
    if not record["in_betweens"]:
        return ["in-betweens: none, for they take two chairs"]
    title = f"{record['pairs']} pairs at t = 0.5"
    lines = [_row([title, "one piece", "95 %", "stands", "y < 3", "symmetry", "novelty"], _SECOND)]
    for name, blends in record["in_betweens"].items():
        lines.append(_in_between(method_title(name, record["methods"][0]), blends["0.5"]))
    return [*lines, _in_between(CHAIRS, record["yardstick"])]


def _in_between(name: str, figures: Record) -> str:
    whole = figures["one_piece"]
    cells = [
        name,
        _percent(whole),
        f"{100 * whole['low']:.0f}–{100 * whole['high']:.0f}",
        _percent(figures["stands"]),
        _percent(figures["on_the_floor"]),
        f"{figures['symmetry']['value']:.3f}",
        f"{figures['novelty']['value']:.3f}",
    ]
    return _row(cells, _SECOND)


def _morphs(record: Record) -> list[str]:
    count = next(iter(record["morphs"].values()))["morphs"]
    widths = (14, 10, 12, 12)
    title = f"{count} morphs, largest step:"
    lines = [_row([title, "÷ mean step", "worst", "within 3×", "within 2×"], widths)]
    for name, figures in record["morphs"].items():
        cells = [
            method_title(name, record["methods"][0]),
            f"{figures['largest_over_mean']['value']:.2f}",
            f"{figures['largest_over_mean_worst']:.2f}",
            _percent(figures["within_3"]),
            _percent(figures["within_2"]),
        ]
        lines.append(_row(cells, widths))
    return lines


def _row(cells: list[str], widths: tuple[int, ...]) -> str:
    first, *others = cells
    room = WIDTH - sum(widths)
    title = first if len(first) <= room else first[: room - 1] + "…"
    return (f"{title:<{room}}" + "".join(f"{c:>{w}}" for c, w in zip(others, widths, strict=True))).rstrip()


def _percent(rate: Record) -> str:
    return f"{100 * rate['value']:.1f} %"

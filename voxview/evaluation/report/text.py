"""An evaluation's summary: three short tables, and what one has to know to read them."""

from __future__ import annotations

from voxview.conventions import ONE_PIECE
from voxview.counts import counted
from voxview.evaluation.report.record import CHAIRS, Record, method_title
from voxview.table import Column, Report, Table

_RULE = (
    f"one piece: at least {ONE_PIECE:.0%} of the voxels are one 26-connected component, others are loose\n"
    "stands: a voxel in y < 3; like chairs: down to where the higher-standing of its two does\n"
    "even: no step of a morph is above twice the mean step"
)


def summary(record: Record) -> Report:
    """Return the setting, the tables of reconstructions, in-betweens and morphs, and remarks."""
    setting = record["setting"]
    others = "left out as trained on" if setting["split"] == "test" else "not in the validation split"
    head = (
        f"weights {record['weights']} on {counted(record['chairs'], 'chair')} of {record['catalog']} "
        f"({setting['left_out']:,} {others}, {setting['duplicates']:,} exact copies)"
    )
    parts: list[Table | str] = [head, _reconstructions(record), _in_betweens(record)]
    if record["morphs"]:
        parts.append(_morphs(record))
    if record["even_pace"]:
        parts.append(_even_pace(record["even_pace"]))
    parts += [_two_sample(test) for test in record["two_sample"]]
    parts.append(_RULE)
    if setting["remarks"]:
        parts.append("\n".join(setting["remarks"]))
    return tuple(parts)


def _reconstructions(record: Record) -> Table:
    headings = ("reconstructions", "mean IoU", "95 %", "median", "5th %", "one piece", "stands")
    rows = []
    for name, figures in record["reconstruction"].items():
        mean = figures["iou_mean"]
        rows.append(
            (
                method_title(name, record["methods"][0]),
                f"{mean['value']:.3f}",
                f"{mean['low']:.3f}–{mean['high']:.3f}",
                f"{figures['iou_median']['value']:.3f}",
                f"{figures['iou_p5']['value']:.3f}",
                _percent(figures["one_piece"]),
                _percent(figures["stands"]),
            )
        )
    yardstick = record["yardstick"]
    rows.append((CHAIRS, "", "", "", "", _percent(yardstick["one_piece"]), _percent(yardstick["stands"])))
    return Table(_columns(headings), tuple(rows))


def _in_betweens(record: Record) -> Table | str:
    if not record["in_betweens"]:
        return "in-betweens: none, for they take two chairs"
    title = f"{counted(record['pairs'], 'pair')} at t = 0.5"
    headings = (title, "one piece", "95 %", "stands", "like chairs", "symmetry", "novelty")
    rows = [
        _in_between(method_title(name, record["methods"][0]), blends["0.5"])
        for name, blends in record["in_betweens"].items()
    ]
    return Table(_columns(headings), (*rows, _in_between(CHAIRS, record["yardstick"])))


def _in_between(name: str, figures: Record) -> tuple[str, ...]:
    whole = figures["one_piece"]
    return (
        name,
        _percent(whole),
        f"{100 * whole['low']:.0f}–{100 * whole['high']:.0f}",
        _percent(figures["stands"]),
        _percent(figures["stands_like_its_chairs"]),
        f"{figures['symmetry']['value']:.3f}",
        f"{figures['novelty']['value']:.3f}",
    )


def _morphs(record: Record) -> Table:
    count = next(iter(record["morphs"].values()))["morphs"]
    headings = (f"{count} morphs, largest step:", "÷ mean step", "worst", "even", "within 3×")
    rows = [
        (
            method_title(name, record["methods"][0]),
            f"{figures['largest_over_mean']['value']:.2f}",
            f"{figures['largest_over_mean_worst']:.2f}",
            _percent(figures["even"]),
            _percent(figures["within_3"]),
        )
        for name, figures in record["morphs"].items()
    ]
    return Table(_columns(headings), tuple(rows))


def _two_sample(test: Record) -> str:
    learnt = "the chairs that were left out" if test["learnt_on_trained"] else "half of the chairs"
    blends, decoded = 100 * test["blends_accuracy"], 100 * test["decoded_accuracy"]
    return (
        f"two-sample test, learnt on {learnt}: a fresh network tells blends from decoded chairs\n"
        f"in {blends:.0f} %, and decoded chairs from chairs in {decoded:.0f} % (50 % would be chance)"
    )


def _even_pace(figures: Record) -> str:
    mean, worst = figures["largest_over_mean"]["value"], figures["largest_over_mean_worst"]
    return (
        f"at even pace: {figures['within_limit']} of {counted(figures['morphs'], 'morph')} have no step "
        f"above {figures['limit']} × their mean step; {mean:.2f} × on average, {worst:.2f} × at worst"
    )


_NARROW_HEADINGS = {
    "mean IoU": "mean\nIoU",
    "one piece": "one\npiece",
    "like chairs": "like\nchairs",
    "÷ mean step": "÷ mean\nstep",
}


def _columns(headings: tuple[str, ...]) -> tuple[Column, ...]:
    first, *others = headings
    columns = (Column(heading, narrow=_NARROW_HEADINGS.get(heading, "")) for heading in others)
    return (Column(first, "label"), *columns)


def _percent(rate: Record) -> str:
    return f"{100 * rate['value']:.1f} %"

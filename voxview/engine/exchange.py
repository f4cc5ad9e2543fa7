"""A chair of parts of several ones, as a chair that can be encoded, decoded and blended as any other."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voxview.engine.mix import EXCHANGE
from voxview.errors import InputError
from voxview.shapes.chair import Chair
from voxview.shapes.exchange import exchange_parts
from voxview.shapes.frame import Grid
from voxview.shapes.parts import NO_PART, PARTS, Labels


def exchanged_chair(named: Mapping[int, Chair | None], label: Callable[[Grid], Labels]) -> Chair:
    """Return a chair whose parts come from others, by part; `label` labels a grid, as `PartsReader.read`.

    Its details are the names of the chairs by part. The first chair gives what is not named, if it has it;
    None leaves a part out. Raises `InputError` as `exchange_parts`, and if no chair is named.
    """
    labels: dict[Chair, Labels] = {}
    for chair in named.values():
        if chair is not None and chair not in labels:
            labels[chair] = label(chair.read())
    if not labels:
        raise InputError("no chair is named: give one for a part at least, such as back=ID")
    first = next(iter(labels))
    sources = {part: chair for part, chair in named.items() if chair is not None}
    for part in range(len(PARTS)):
        if part not in named and (labels[first] == part).any():
            sources[part] = first
    grid = exchange_parts({part: labels[chair] for part, chair in sources.items()}) != NO_PART
    said = sorted(sources.items())
    names = {PARTS[part]: chair.name for part, chair in said}
    chair_id = "+".join(f"{PARTS[part]}={chair.id}" for part, chair in said)
    # Ids are of their catalogs alone: the same ones of other catalogs make another chair.
    source = " ".join((EXCHANGE, *dict.fromkeys(chair.source for _, chair in said)))
    return Chair(chair_id, "Exchanged parts", source, lambda: grid, names)

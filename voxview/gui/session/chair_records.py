"""Chairs as a session file has them: by source and id, or, of those that are in no catalog, as they are."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from voxview.errors import InputError, VoxViewError
from voxview.gui.session.source_texts import is_from_picture
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from voxview.shapes.frame import Grid
    from voxview.shapes.known_latent import KnownLatent

SAMPLES = "samples"
_LONGEST_TEXT = 4096
_LONGEST_PICTURE = 200_000
"""Characters of a picture's thumbnail."""
_THUMBNAIL = 104
"""Pixels along a side, twice those of the list."""
_PLAIN_DETAILS = (
    *(
        "path",
        "up",
        "turn",
        "level",
        "below",
        "axis_order",
        "fingerprint",
        "picture",
        "crop",
        "unfamiliarity",
        "autoencoder",
    ),
    *("points", "stands", "distance"),
    *("seat", "back", "leg", "arm"),
)
"""Details that are numbers and texts: what is said of a chair, and how it was read."""


def chair_record(chair: Chair, *, is_listed: bool, with_grid: bool = False) -> dict[str, Any]:
    """Return the record of a chair.

    Of one that a catalog lists it is source, id and the grid's fingerprint, and with `with_grid` the grid,
    for files that stay on this machine; any other is held with its grid and latent. Reads the grid, which may
    take a moment: not on the GUI thread.
    """
    record: dict[str, Any] = {"id": chair.id, "name": chair.name, "source": chair.source}
    if chair.version:
        record["version"] = chair.version
    try:
        grid = chair.read()
    except VoxViewError:
        return record  # where its file is gone, what is known of it still counts
    from voxview.shapes.bits import fingerprint, fingerprint_text

    record["fingerprint"] = fingerprint_text(fingerprint(grid))
    if not is_listed or (with_grid and chair.source != SAMPLES):
        record["grid"] = packed_text(grid)
    if not is_listed:
        record["held"] = True
        record |= _made_of(chair)
    return record


def chair_of_record(record: Mapping[str, Any], name: str) -> Chair:
    """Return the chair of a record; `name` is the session's, for messages.

    A chair of a folder is read when its grid is wanted, from its own file first. Raises `InputError` for a
    record that is damaged.
    """
    chair_id, source = text_of(record, "id", name), text_of(record, "source", name)
    shown = text_of(record, "name", name)
    version = text_of(record, "version", name) if "version" in record else ""
    grid = grid_of_text(record["grid"], name) if "grid" in record else None
    if record.get("held"):
        if grid is None:
            raise damaged(name, f"the chair '{shown}' has no voxels")
        return Chair(chair_id, shown, source, lambda: grid, _details(record, grid, name), version)
    if source == SAMPLES:
        from voxview.shapes.catalogs.samples import sample_catalog

        sample = sample_catalog().get(chair_id)
        if sample is None:
            raise InputError(f"{name} has a sample chair '{chair_id[:60]}' that this version does not have")
        return sample
    details = {"path": f"{source}/{chair_id}"}
    return Chair(chair_id, shown, source, partial(read_or_kept, source, chair_id, grid), details, version)


def kept_grid(chair: Chair) -> Grid | None:
    """Return the grid that was kept of a chair, which its file may have replaced since; None without one."""
    is_restored = isinstance(chair.read, partial) and chair.read.func is read_or_kept
    return chair.read.args[2] if is_restored and isinstance(chair.read, partial) else None


def packed_text(grid: Grid) -> str:
    """Return a grid as text: packed to bits, compressed, base64."""
    from voxview.shapes.bits import pack_bytes

    return base64.b64encode(zlib.compress(pack_bytes(grid[None]).tobytes(), 9)).decode()


def grid_of_text(text: object, name: str) -> Grid:
    """Return the grid of a text by `packed_text`; `InputError` for any other."""
    import numpy as np

    from voxview.shapes.bits import PACKED_SIZE, unpack_bytes

    data = _decoded(text, name, 2 * PACKED_SIZE)
    try:
        unpacker = zlib.decompressobj()
        raw = unpacker.decompress(data, PACKED_SIZE + 1)  # no more, whatever it would unpack to
    except zlib.error as error:
        raise damaged(name, "the voxels of a chair cannot be unpacked") from error
    if len(raw) != PACKED_SIZE:
        raise damaged(name, "the voxels of a chair are not 32×32×32")
    return unpack_bytes(np.frombuffer(raw, np.uint8)[None])[0]


def text_of(record: Mapping[str, Any], key: str, name: str) -> str:
    """Return a short text of a record; `InputError` for anything else."""
    value = record.get(key)
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT or "\0" in value:
        raise damaged(name, f"'{key}' of a chair is no text")
    return value


def damaged(name: str, what: str) -> InputError:
    """Return the error of a session that cannot be read."""
    return InputError(f"{name} is damaged and was not opened: {what}")


# ---- chairs that were made -----------------------------------------------------------------------------


def _made_of(chair: Chair) -> dict[str, Any]:
    """Return what else there is to keep of a chair that was imported or made."""
    from voxview.pictures.view import View
    from voxview.shapes.known_latent import known_latent

    details: dict[str, object] = {
        key: value for key in _PLAIN_DETAILS if isinstance(value := chair.details.get(key), str | int | float)
    }
    made: dict[str, Any] = {"details": details}
    view, known = chair.details.get("view"), known_latent(chair)
    if isinstance(view, View):
        details["view"] = [view.azimuth, view.elevation]
    if known is not None:
        made["latent"] = _latent_record(known)
    if "thumbnail" in chair.details:
        made["thumbnail"] = _png_text(chair.details["thumbnail"])
    return made


def _latent_record(known: KnownLatent) -> dict[str, Any]:
    import numpy as np

    numbers = np.ascontiguousarray(known.latent, "<f4").tobytes()
    return {"numbers": base64.b64encode(numbers).decode(), "weights": known.weights}


def _details(record: Mapping[str, Any], grid: Grid, name: str) -> dict[str, object]:
    """Return the details of a chair that was made; what makes no sense is left out."""
    given = record.get("details")
    given = given if isinstance(given, dict) else {}
    details: dict[str, object] = {key: given[key] for key in _PLAIN_DETAILS if _is_plain(given.get(key))}
    view = given.get("view")
    if isinstance(view, list) and len(view) == 2 and all(map(_is_angle, view)):
        from voxview.pictures.view import View

        details["view"] = View(float(view[0]), float(view[1]))
    _leave_out_halves(details)
    if isinstance(record.get("latent"), dict):
        details |= _known(record["latent"], grid, name).details()
    if is_from_picture(Chair("", "", "", lambda: grid, details)) and isinstance(record.get("thumbnail"), str):
        details["thumbnail"] = _pixels_of(record["thumbnail"], name)
    return details


def _leave_out_halves(details: dict[str, object]) -> None:
    """Leave out what is said of pictures and points where something of it is missing or of another kind."""
    wanted = {
        "picture": {"picture": str, "unfamiliarity": float, "autoencoder": str, "view": object},
        "points": {"points": str, "stands": str, "distance": float, "autoencoder": str},
    }
    for key, parts in wanted.items():
        is_whole = all(one in details and isinstance(details[one], kind) for one, kind in parts.items())
        if key in details and not is_whole:
            del details[key]


def _known(record: Mapping[str, Any], grid: Grid, name: str) -> KnownLatent:
    import numpy as np

    from voxview.shapes.bits import fingerprint
    from voxview.shapes.known_latent import KnownLatent

    numbers = _decoded(record.get("numbers"), name, 256)
    if len(numbers) != 256:
        raise damaged(name, "the latent of a chair has not 64 numbers")
    latent = np.frombuffer(numbers, "<f4").reshape(8, 8).astype(np.float32)
    if not np.isfinite(latent).all():
        raise damaged(name, "the latent of a chair has numbers that are none")
    return KnownLatent(latent, text_of(record, "weights", name), fingerprint(grid))


def _is_plain(value: object) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and len(value) <= _LONGEST_TEXT)


def _is_angle(value: object) -> bool:
    return isinstance(value, int | float) and -360 <= value <= 360


def _png_text(pixels: Any) -> str:
    from io import BytesIO

    from PIL import Image

    image = Image.fromarray(pixels).convert("RGB").resize((_THUMBNAIL, _THUMBNAIL))
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def _pixels_of(text: str, name: str) -> NDArray[np.uint8]:
    from io import BytesIO

    import numpy as np
    from PIL import Image

    data = _decoded(text, name, _LONGEST_PICTURE)
    size = [int.from_bytes(data[at : at + 4], "big") for at in (16, 20)]  # a PNG begins so
    if max(size) > 4 * _THUMBNAIL or size[0] != size[1]:
        raise damaged(name, "the picture of a chair has another size")
    try:
        with Image.open(BytesIO(data), formats=("PNG",)) as image:
            return np.asarray(image.convert("RGB"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise damaged(name, "the picture of a chair cannot be read") from error


def _decoded(text: object, name: str, most: int) -> bytes:
    if not isinstance(text, str) or len(text) > 2 * most:
        raise damaged(name, "the data of a chair is missing or too long")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise damaged(name, "the data of a chair cannot be read") from error


def read_or_kept(source: str, chair_id: str, grid: Grid | None) -> Grid:
    """Read a chair of a folder; where that is gone, return what was kept of it."""
    from voxview.shapes.catalogs.single import read_one

    try:
        return read_one(source, chair_id)
    except InputError:
        if grid is None:
            raise
        return grid

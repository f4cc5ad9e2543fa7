"""The measures of in-betweens on a CUDA device: the definitions of `metrics`, for many blends at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from voxview.cuda.views import check, length, views_on_stream
from voxview.shapes.frame import RESOLUTION

_ROWS = RESOLUTION**2


def packed(grids: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Grids `(n, 32, 32, 32)` → `(n, 32, 32)`: bit k of word [i, j] is voxel [i, j, k]."""
    return np.packbits(grids, axis=-1, bitorder="little").view("<i4")[..., 0]


def score_on_device(
    fields: Any, chairs: Any, floors: Any, scores: Any, *, level: float, stream: int | None
) -> None:
    """Write what is known of each field: whole, standing and novelty, as `engine.pair_scores` defines them.

    `fields` is float32 (m, 32, 32, 32), `chairs` int32 (n, 32, 32) from `packed`, `floors` int32 (m,) as
    `stands` takes them, `scores` float32 (3, m): contiguous, DLPack-capable, on one CUDA device. A voxel is
    occupied above `level`. The work is queued on `stream` (a handle; None is CuPy's current one) and nothing
    is waited for. Raises `InputError` for arrays of another kind.
    """
    from voxview.cuda.compiled import kernel  # it needs CuPy when it is imported

    arrays = {"fields": fields, "chairs": chairs, "floors": floors, "scores": scores}
    with views_on_stream(arrays, stream) as views:
        m, n = length("fields", views["fields"]), length("chairs", views["chairs"])
        check(views, fields=(m, *(RESOLUTION,) * 3), scores=(3, m))
        check(views, np.int32, chairs=(n, RESOLUTION, RESOLUTION), floors=(m,))
        if m:
            score = kernel("score.cu", "score_blends")
            score((m,), (_ROWS,), (*views.values(), np.float32(level), np.int32(n)))

"""Metrics of blends on a CUDA device: the definitions of `metrics`, for many fields at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from voxview.conventions import RESOLUTION
from voxview.cuda.views import check_views, leading_length, views_on_stream

_ROWS = RESOLUTION**2


def score_on_device(
    fields: Any, chairs: Any, floors: Any, scores: Any, *, level: float, stream: int | None
) -> None:
    """Write each field's scores: whole, standing, novelty, components, loose, stable, symmetry.

    `fields` is float32 (m, 32, 32, 32), `chairs` int32 (n, 32, 32) from `pack_rows`, `floors` int32 (m,) as
    `stands` takes them, `scores` float32 (7, m): contiguous, DLPack-capable, on one CUDA device. A voxel is
    occupied above `level`. The call is asynchronous: the work is queued on `stream` (a handle; None is CuPy's
    current one). Raises `InputError` for arrays of another dtype, shape, layout or device.
    """
    from voxview.cuda.compiled import kernel  # it needs CuPy when it is imported

    arrays = {"fields": fields, "chairs": chairs, "floors": floors, "scores": scores}
    with views_on_stream(arrays, stream) as views:
        m, n = leading_length("fields", views["fields"]), leading_length("chairs", views["chairs"])
        check_views(views, fields=(m, *(RESOLUTION,) * 3), scores=(7, m))
        check_views(views, np.int32, chairs=(n, RESOLUTION, RESOLUTION), floors=(m,))
        if m:
            score = kernel("score.cu", "score_blends")
            score((m,), (_ROWS,), (*views.values(), np.float32(level), np.int32(n)))

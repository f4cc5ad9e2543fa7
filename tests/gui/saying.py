"""Comparison of every figure, name and hint on screen with what an engine of its own says of the picture."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from looking import all_pairs_page, map_page, mix_page, shown_in, shown_vertices, transport, view

from voxview.conventions import ONE_PIECE
from voxview.engine.engine import Engine
from voxview.engine.latent_request import LatentRequest, LatentResult
from voxview.engine.mix import MixRequest
from voxview.engine.request import BlendRequest, LoadedChair
from voxview.engine.shape_quality import LESS_SYMMETRIC
from voxview.gui.blend.headings import Heading
from voxview.gui.blend.subplots import BLEND, A, B
from voxview.gui.session.quality_texts import short_text
from voxview.gui.session.shown import Result
from voxview.gui.window import MainWindow
from voxview.model.metrics import intersection_over_union, symmetry
from voxview.shapes.components import component_sizes, largest_component_share

_NEAR = 1e-3
"""Of a voxel: decoded alone or in a batch, refined in one go or in steps."""
_POINT = 0.0101
"""Of a symmetry that is said in whole per cent."""


def check_window(window: MainWindow, engine: Engine) -> None:
    """Assert that whatever stands in the window belongs to what is drawn in it.

    `engine` has the weights of the window's, and computes everything anew.
    """
    shown = shown_in(window)
    assert shown.pair is not None and shown.result is not None and not shown.is_waiting
    _check_pair(window, engine)
    _check_middle(window, engine)
    _check_bar(window)
    _check_quality(window, engine)
    _check_pages(window)


def _check_pair(window: MainWindow, engine: Engine) -> None:
    pair = shown_in(window).pair
    assert pair is not None
    a, b = (loaded.chair for loaded in pair)
    headings = view(window).headings
    own = engine.load_pair(a, b)
    for place, heading, loaded in ((A, headings.a, own[0]), (B, headings.b, own[1])):
        _check_chair(heading, loaded, shown_vertices(window, place))
    said = re.fullmatch(r"A IoU (.*) · B IoU (.*)", window.status.iou.text())
    assert said is not None and [float(text) for text in said.groups()] == [round(one.iou, 2) for one in own]


def _check_chair(heading: Heading, own: LoadedChair, drawn: np.ndarray) -> None:
    is_rebuilt = "rebuilt" in heading.title
    surface = own.rebuilt if is_rebuilt else own.surface
    assert _same(drawn, surface.vertices), (
        f"what is below “{heading.title}: {heading.below}” is another chair"
    )
    assert heading.below == own.chair.name and heading.title.endswith(f"IoU {own.iou:.2f}")


def _check_middle(window: MainWindow, engine: Engine) -> None:
    result, headings = shown_in(window).result, view(window).headings
    assert result is not None
    own = _computed(engine, result)
    assert _same(shown_vertices(window, BLEND), own.surface.vertices), "another chair is drawn in the middle"
    size = f"{own.voxels:,} voxels" + (
        f" ({own.removed_voxels} in small pieces removed)" if own.removed_voxels else ""
    )
    assert window.status.size_text.text() == f"{size} · {len(own.surface.faces):,} triangles"
    heading, request = headings.blend, result.request
    if isinstance(request, BlendRequest):
        assert heading.title == "Blend", heading.title
        assert float(heading.below.split()[2]) == round(request.t, 3)
    elif isinstance(request, MixRequest):
        assert heading.title not in ("Blend", "On the map")
    else:
        assert (heading.title, heading.below.split(" · ")[0]) == ("On the map", request.name)


def _computed(engine: Engine, result: Result) -> Result:
    request = result.request
    if isinstance(request, LatentRequest):
        return engine.decode_latent(request)
    return engine.blend(request) if isinstance(request, BlendRequest) else engine.mix(request)


def _check_bar(window: MainWindow) -> None:
    """Slider, number and quality bar are of the blend that is shown, or greyed and empty."""
    shown, bar = shown_in(window), transport(window)
    assert bar.slider.is_shown == (shown.blend is not None)
    if shown.blend is None:
        assert bar.quality_bar.scores is None and bar.summary.text == ""
        assert "No blend of A and B is shown" in bar.quality_bar.accessibleDescription()
        return
    request = shown.blend.request
    assert bar.number.value() == round(request.t, 3) and bar.slider.value() == request.position.step
    scores = bar.quality_bar.scores
    if scores is None:
        return
    assert (scores.request.a, scores.request.b) == shown.chairs
    step = request.position.step
    if scores.is_known(step) and not request.remove_small_components and request.t == step / 100:
        share = largest_component_share(shown.blend.grid)
        assert (scores.whole[step] >= ONE_PIECE) == (share >= ONE_PIECE)
        assert abs(scores.symmetry[step] - symmetry(shown.blend.grid)) < _POINT
        assert scores.chairs_symmetry == min(symmetry(chair.read()) for chair in shown.chairs or ())


def _check_quality(window: MainWindow, engine: Engine) -> None:
    """The two words beside the slider are of what is drawn, measured as it was decoded."""
    result, here = shown_in(window).result, transport(window).here.text
    assert result is not None
    request = result.request
    if isinstance(request, BlendRequest):
        step, scores = request.position.step, transport(window).quality_bar.scores
        if request.t == step / 100 and scores is not None and scores.is_known(step):
            own = engine.blend(replace(request, remove_small_components=False)).grid
            is_one = len(component_sizes(own)) == 1
            assert here.endswith(" new") == is_one or here in ("falls over", "floats", "lopsided")
            less = min(symmetry(chair.read()) for chair in (request.a, request.b)) - symmetry(own)
            assert here != "lopsided" or less > LESS_SYMMETRIC - _POINT
            assert not here.endswith(" new") or less < LESS_SYMMETRIC + _POINT
            _check_symmetry(window, own)
        else:
            assert here == ""
    else:
        computed = _computed(engine, result)
        quality = computed.quality  # type: ignore[union-attr]
        assert here == (
            short_text(quality) or ("" if quality.novelty is None else f"{quality.novelty:.0%} new")
        )
        if not request.remove_small_components:
            _check_symmetry(window, computed.grid)


def _check_symmetry(window: MainWindow, own: np.ndarray) -> None:
    """The tip of the two words says how symmetric a shape is, as does the page of mixes of its mix."""
    said = re.search(r"(\d+)% symmetric", transport(window).here.toolTip())
    assert said is not None and abs(int(said[1]) / 100 - symmetry(own)) < _POINT
    if window.side.page == "mix" and shown_in(window).mix is not None:
        assert said[0] in mix_page(window).panel.state.text()


def _check_pages(window: MainWindow) -> None:
    if window.side.page == "map":
        _check_map(window)
    elif window.side.page == "all_pairs":
        _check_all_pairs(window)
    elif window.side.page == "mix":
        panel = mix_page(window).panel
        assert panel.back_button.isEnabled() == (shown_in(window).mix is not None)
        assert ("The blend of A and B is shown" in panel.state.text()) == (shown_in(window).blend is not None)


def _check_map(window: MainWindow) -> None:
    shown, panel = shown_in(window), map_page(window).panel
    assert shown.result is not None and panel.nearest.found
    what = "the blend" if shown.blend else "what is pointed at"
    if shown.mix is not None:
        what = "the new chair" if shown.mix.request.is_exchange else "the mix"
    elif isinstance(shown.result, LatentResult) and shown.result.request.is_edit:
        what = "the edited blend"
    assert panel.heading.text() == f"Most like {what}"
    for chair, similarity in panel.nearest.found:
        assert abs(similarity - _iou(shown.result.grid, chair.read())) < 1e-6


def _check_all_pairs(window: MainWindow) -> None:
    """The line below the heat map describes the picture, unless a cell is pointed at."""
    shown, panel = shown_in(window), all_pairs_page(window).panel
    scores = panel.scores
    if scores is None or panel.map.at is not None or not panel.line.isVisible():
        return
    assert shown.chairs is not None and set(shown.chairs) <= set(scores.chairs)
    assert panel.map.pair == tuple(scores.chairs.index(chair) for chair in shown.chairs)
    i, j = (scores.chairs.index(chair) for chair in shown.chairs)
    t = shown.blend.request.t if shown.blend else None
    steps = [step for step, one in enumerate(scores.t) if t is not None and abs(float(one) - t) < 1e-5]
    assert ("which is shown" in panel.line.what.text()) == bool(steps and i != j)
    if steps and i != j and not np.isnan(scores.novelty[i, j, steps[0]]):
        assert shown.blend is not None
        own = 1 - max(_iou(shown.blend.grid, chair.read()) for chair in scores.chairs)
        assert f"novelty {own:.2f} among" in panel.line.scores.text()
        said = re.search(r"symmetry (\d\.\d\d),", panel.line.scores.text())
        assert said is not None and abs(float(said[1]) - symmetry(shown.blend.grid)) < _POINT


def _same(drawn: np.ndarray, own: np.ndarray) -> bool:
    return drawn.shape == own.shape and bool(np.allclose(drawn, own, atol=_NEAR))


def _iou(a: np.ndarray, b: np.ndarray) -> float:
    return float(intersection_over_union(a[None], b[None])[0])

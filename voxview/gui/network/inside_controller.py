"""Controller of what layers see: looks inside when what is shown rests, and draws what comes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor

from voxview.gui import theme
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.newest import NewestTask
from voxview.gui.network.cloud_box import SIDE
from voxview.gui.network.cloud_drawing import CloudColours, centre_at, draw_cloud
from voxview.gui.network.inside_box import InsideBox
from voxview.gui.network.inside_drawing import Drawn, draw
from voxview.gui.network.inside_sources import Source, first_place, source_of
from voxview.gui.network.inside_texts import WAITING, critical_text, level_text
from voxview.gui.session.at_rest import AtRest
from voxview.gui.widgets.images import image_of
from voxview.model.layers.rows import LayerRow, NetworkRows

if TYPE_CHECKING:
    from voxview.engine.engine import Engine
    from voxview.engine.inside import InsideReader
    from voxview.engine.points_request import SeenCloud
    from voxview.model.layers.cloud_inside import CloudInside
    from voxview.surface.picture import Image

_FOLDED = "batch normalisation"
"""Inference makes these a part of the layer before."""
_WITHOUT = ("grouping", "interpolation")


class InsideController(QObject):
    """Owns the reader of activations, and what is wanted of it. While nobody looks it wants nothing."""

    def __init__(self, context: AppContext, box: InsideBox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._box = context, box
        self._network: NetworkRows | None = None
        self._row = 0
        self._channel = 0
        self._reader: InsideReader | None = None
        self._cloud: tuple[SeenCloud, CloudInside] | None = None
        self._wanted: Source | str | None = None
        """What is looked at: a drawing of something else comes too late."""
        session = context.session
        self._at_rest = AtRest(session.engine, session.selection, "network", self)
        self._drawing = NewestTask("Drawing activations", self._show, self._say, self)
        box.came.connect(self.look)
        box.went.connect(self._at_rest.drop)
        box.changed.connect(partial(self.look, at_once=True))
        box.channel_chosen.connect(self._choose_channel)
        box.cloud.changed.connect(self._draw_cloud)
        box.cloud.picture.clicked.connect(self._choose_centre)
        session.shown.changed.connect(self._shape_changed)
        session.shown.pair_changed.connect(self._shape_changed)
        session.engine.weights_changed.connect(self._shape_changed)

    def show_network(self, network: NetworkRows | None, row: int | None) -> None:
        """Look into another network, or into another one of its layers."""
        is_other = network is not self._network
        if is_other or (row is not None and row != self._row):
            self._channel = 0
        self._network, self._row = network, row or 0
        has_volumes = network is not None and network.unit == "voxel"
        self._box.offer_layers(_offered(network), self._row, has_volumes=has_volumes)
        if is_other and network is not None:
            self._go_where_something_is(network)
        self.look(at_once=True)

    def look(self, *, at_once: bool = False) -> None:
        """Look inside if anybody sees it, once nothing moves."""
        network = self._network
        if network is None or not self._box.isVisible():
            return
        found = self._wanted = self._source(network)
        if isinstance(found, str):
            self._at_rest.drop()
            self._say(found)
            return
        if found.cloud is not None:
            work, take = self._cloud_work(network.name, found.cloud), self._take_cloud(found.cloud)
        else:
            work, take = self._layer_work(network, found), self._take_layer(found)
        if self._box.is_empty:
            self._say(WAITING)
        self._at_rest.want(work, take, self._say, at_once=at_once)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.look(at_once=True)

    def stop(self) -> None:
        """Drop what is wanted and drawn."""
        self._at_rest.drop()
        self._drawing.stop()

    def _go_where_something_is(self, network: NetworkRows) -> None:
        """Go to the chair that came from a picture or from points, where a network is of these."""
        place = first_place(network, self._context.session.shown)
        if place is not None and isinstance(self._source(network), str):
            self._box.place.setCurrentIndex(place)

    def _source(self, network: NetworkRows) -> Source | str:
        """Return what the network is shown of the chosen shape, or why there is nothing."""
        session, place = self._context.session, self._box.place.currentIndex()
        return source_of(network, session.shown, place, session.engine.weights, session.selection.device)

    # ---- what is wanted -------------------------------------------------------------------------

    def _shape_changed(self) -> None:
        self.look()

    def _choose_channel(self, channel: int) -> None:
        self._channel = channel
        self.look(at_once=True)

    def _layer_work(self, network: NetworkRows, source: Source) -> Callable[..., object]:
        layers, channel, name = looked_at(network, self._row), self._channel, network.name

        def work(engine: Engine, check: Callable[[], None]) -> object:
            from voxview.engine.inside import InsideRequest

            if source.picture is not None:
                request = InsideRequest(name, layers, channel, source.picture)
            else:
                assert source.grid is not None
                request = InsideRequest(name, layers, channel, source.grid(), source.latent(engine))
            return request.given, self._made_reader().look(engine, request, check)

        return work

    def _cloud_work(self, name: str, cloud: SeenCloud) -> Callable[..., object]:
        def work(_: Engine, check: Callable[[], None]) -> object:
            return self._made_reader().look_at_cloud(name, cloud.points, check)

        return work

    def _made_reader(self) -> InsideReader:
        """Return the reader; made on the engine's thread, where PyTorch is."""
        if self._reader is None:
            from voxview.engine.inside import InsideReader

            self._reader = InsideReader()
        return self._reader

    # ---- what came ------------------------------------------------------------------------------

    def _take_layer(self, source: Source) -> Callable[[object], None]:
        view, dark = self._box.chosen_view, theme.palette() is theme.DARK

        def take(answer: object) -> None:
            assert isinstance(answer, tuple)
            given, activations = answer
            self._channel = activations.answering.channel
            self._drawing.run(lambda: (source, draw(activations, given, view, dark)))

        return take

    def _take_cloud(self, cloud: SeenCloud) -> Callable[[object], None]:
        def take(inside: object) -> None:
            self._cloud = cloud, inside  # type: ignore[assignment]
            self._box.show_cloud()
            self._box.cloud.offer(tuple(len(level.centres) for level in inside.levels))  # type: ignore[attr-defined]

        return take

    def _draw_cloud(self) -> None:
        if self._cloud is None or self._network is None:
            return
        (cloud, inside), view, box = self._cloud, self._box.cloud.view, self._box.cloud
        if view.level is None:
            text = critical_text(inside, len(cloud.points), self._network.name == "pointnet")
        else:
            text = level_text(inside, view.level, view.centre)
        box.text.setText(text)
        wanted, colours = self._wanted, _cloud_colours()
        self._drawing.run(lambda: (wanted, draw_cloud(cloud, inside, view, SIDE, colours)))

    def _choose_centre(self, x: float, y: float) -> None:
        if self._cloud is not None:
            centre = centre_at(*self._cloud, self._box.cloud.view, SIDE, (x, y))
            if centre is not None:
                self._box.cloud.choose_centre(centre)

    def _show(self, value: tuple[Source, Drawn | Image]) -> None:
        source, drawn = value
        if source is not self._wanted or not self._box.isVisible():
            return
        if isinstance(drawn, Drawn):
            self._box.show_drawn(drawn)
        else:
            self._box.cloud.picture.show_image(image_of(drawn))

    def _say(self, line: str) -> None:
        self._box.say(line)


def looked_at(network: NetworkRows, row: int) -> tuple[str, ...]:
    """Return the names under which a row can be found: of a norm, also the layer that it is a part of."""
    names = [network.rows[row].name]
    if network.rows[row].kind == _FOLDED and row:
        names.append(network.rows[row - 1].name)
    return tuple(names)


def _offered(network: NetworkRows | None) -> list[tuple[str, int]]:
    """Return the layers that can be looked at, with their rows; of points networks all are seen at once."""
    if network is None or network.unit == "point" or network.name.startswith("alexnet"):
        return []
    return [(row.name, number) for number, row in enumerate(network.rows) if _has_values(row)]


def _has_values(row: LayerRow) -> bool:
    return row.kind not in _WITHOUT


def _cloud_colours() -> CloudColours:
    palette = theme.palette()
    middle = theme.blend_colour(0.5)
    return CloudColours(
        _rgb(QColor(palette.quiet)),
        _rgb(theme.AMBER),
        _rgb(theme.BLUE),
        _rgb(middle.darker(120)),
        _rgb(middle),
    )


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()

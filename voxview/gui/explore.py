"""Between the map's page and the engine: maps a catalog, decodes what is pointed at, finds what is alike."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer

from voxview.engine.catalog_index import CatalogIndex, index_catalog
from voxview.engine.index_cache import IndexCache
from voxview.engine.latent_request import LatentRequest, LatentResult
from voxview.engine.request import BlendResult
from voxview.gui.background import Background
from voxview.gui.durations import duration_text
from voxview.gui.map_panel import MapPanel
from voxview.gui.map_view import Spot
from voxview.gui.nearest_view import COUNT
from voxview.latent.map_weights import weighted_latent, weights_at
from voxview.latent.neighbour_map import STEPS, neighbour_map
from voxview.latent.projection import Points, principal_plane
from voxview.shapes.catalog import Catalog
from voxview.shapes.chair import Chair
from voxview.shapes.frame import Grid

if TYPE_CHECKING:
    from voxview.engine.engine import Engine
    from voxview.engine.worker import Step
    from voxview.gui.window import MainWindow

_SECONDS_A_CHAIR = {"cpu": 0.014, "cuda": 0.002}
"""Read and encoded, before anything was measured here: the CPU's on two cores."""
_FIND_EVERY_MS = 120
"""Between two searches for what is alike, while the slider moves."""
_SHOWN_STEPS = 5
"""Steps of laying out between two pictures."""


class Explore(QObject):
    """Holds the maps of the catalogs that were mapped with the engine's weights."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._indexes: dict[str, CatalogIndex] = {}
        self._places: dict[Chair, int] = {}
        self._layouts: dict[tuple[str, str], Points] = {}
        self._layout = "pca"
        self._weights = window.session.weights
        self._catalog: Catalog | None = None
        self._building: int | None = None
        self._laying_out: int | None = None
        self._seconds_a_chair: float | None = None
        self._near: tuple[Chair, str] | None = None
        """The chair nearest to what is pointed at, and what is said of it."""
        self._pointing = False
        self._grid: Grid | None = window.session.result.grid if window.session.result else None
        self._finding = False
        self._finder = Background(self)
        self._soon = QTimer(self, singleShot=True, interval=_FIND_EVERY_MS)
        self._soon.timeout.connect(self._find)
        self.panel = MapPanel(window.thumbnails)
        self._connect()
        self._show_catalog()

    @property
    def index(self) -> CatalogIndex | None:
        """What is known of the catalog that is listed, unless chairs came to it since."""
        index = self._indexes.get(self._catalog.source) if self._catalog is not None else None
        return index if index is not None and index.total == len(self._catalog or ()) else None

    def stop(self) -> None:
        """Wait for the search that is running."""
        self._soon.stop()
        self._finder.stop()

    # ---- mapping --------------------------------------------------------------------------------

    def build(self) -> None:
        """Map the catalog that is listed; while that runs, stop it: what is known stays."""
        session, catalog = self._window.session, self._catalog
        if self._building is not None:
            session.cancel(self._building)
            return
        if catalog is None or session.report is None:
            self._window.messages.note("the engine has not started yet: try again in a moment")
            return
        device = session.blending.device

        def work(engine: Engine) -> Generator[Step, None, object]:
            return index_catalog(engine, catalog, device)

        self._building = session.run(f"Mapping {catalog.name}", work, self._take_index, self._take_index)
        self._describe()

    def choose_layout(self, name: str) -> None:
        """Lay the map out as "pca" or "neighbours"."""
        self._layout = name
        self._show_points()

    # ---- inside: the catalog and its map --------------------------------------------------------

    def _connect(self) -> None:
        panel, session, window = self.panel, self._window.session, self._window
        panel.build.connect(self.build)
        panel.layout_chosen.connect(self.choose_layout)
        panel.searched.connect(self._search)
        panel.map.pointed.connect(self._point)
        panel.map.chosen.connect(self._choose)
        panel.nearest.selected.connect(self._select)
        panel.nearest.chosen.connect(window.commands.choose)
        panel.take.connect(self._take_selected)
        window.browser.model.modelReset.connect(self._show_catalog)
        window.timings.device_chosen.connect(lambda _: self._describe())
        session.ready.connect(self._engine_is_ready)
        session.weights_changed.connect(lambda card: self._engine_is_ready(None, session.weights))
        session.task_ended.connect(self._ended)
        session.pair_changed.connect(self._show_pair)
        session.position_changed.connect(lambda _: self._show_pair())
        session.blended.connect(self._blend_is_shown)
        session.decoded.connect(self._show_decoded)
        window.thumbnails.drawn.connect(self._thumbnail_came)

    def _engine_is_ready(self, _report: object, weights: str) -> None:
        """Latents of other weights make another map."""
        if weights != self._weights:
            self._weights = weights
            self._indexes.clear()
            self._layouts.clear()
        self._catalog = None
        self._show_catalog()

    def _show_catalog(self) -> None:
        """Another catalog may be listed."""
        catalog = self._window.browser.catalog
        if catalog is self._catalog:
            return
        self._catalog = catalog
        self._show_points()
        self._describe()
        kept = catalog is not None and IndexCache.of(catalog.source, self._weights).there
        if kept and self.index is None and self._building is None and self._window.session.report is not None:
            self.build()  # a second's work

    def _take_index(self, index: object) -> None:
        """An index came, whole or so far."""
        if isinstance(index, CatalogIndex):
            self._indexes[index.source] = index
            self._seconds_a_chair = index.seconds_a_chair or self._seconds_a_chair
            self._layouts = {key: value for key, value in self._layouts.items() if key[0] != index.source}
            if self._catalog is not None and index.source == self._catalog.source:
                self._show_points(stay=True)
                self._describe()

    def _ended(self, task: int) -> None:
        if task == self._building:
            self._building = None
            self._show_points(stay=True)
            self._show_catalog()
            self._describe()
        elif task == self._laying_out:
            self._laying_out = None

    def _show_points(self, *, stay: bool = False) -> None:
        index = self.index
        enough = index is not None and len(index.chairs) > 0
        self.panel.show_map(enough)
        if index is None or not enough:
            return
        self._places = {chair: place for place, chair in enumerate(index.chairs)}
        plane = principal_plane(index.latents)
        as_pca = self._layout == "pca" or self._building is not None
        self.panel.show_layout("pca" if as_pca else self._layout)
        self.panel.layouts.setTabEnabled(1, self._building is None)
        points = plane.place(index.latents)
        laid_out = self._layouts.get((index.source, self._layout))
        if as_pca:
            self.panel.share.setText(
                f"{len(index.chairs):,} chairs. These two directions hold {plane.share:.0%} of the variance."
            )
        else:
            self.panel.share.setText(
                f"{len(index.chairs):,} chairs. Near means alike; how far apart groups lie means little."
            )
            if laid_out is None:
                self._lay_out(index, points)
            else:
                points = laid_out
        self.panel.map.show_points(points, stay=stay)
        self._search(self.panel.search.text())
        self._show_pair()
        self._find_soon()

    def _lay_out(self, index: CatalogIndex, start: Points) -> None:
        if self._laying_out is not None:
            return

        def work(_: Engine) -> Generator[Step, None, object]:
            points = start
            for step, points in enumerate(neighbour_map(index.latents, start), start=1):
                yield step, STEPS, points if step % _SHOWN_STEPS == 0 else None
            return points

        def show(points: object) -> None:
            if index is self.index and self._layout == "neighbours":
                self.panel.map.show_points(np.asarray(points))
                self._show_pair()

        def keep(points: object) -> None:
            self._layouts[index.source, "neighbours"] = np.asarray(points)
            show(points)

        self._laying_out = self._window.session.run("Laying out neighbours", work, keep, show)

    def _describe(self) -> None:
        """What the button does, and how long it will take."""
        catalog, index = self._catalog, self.index
        total = len(catalog or ())
        self.panel.button.setText("Stop" if self._building is not None else "Map this catalog")
        for widget in (self.panel.button, self.panel.about):
            widget.setVisible(self._building is not None or index is None or not index.complete)
        self.panel.button.setEnabled(total > 0 and self._window.session.report is not None)
        known = len(index.chairs) if index is not None else 0
        if index is not None and known and self._building is None and not index.complete:
            self.panel.button.setText("Go on")
        self.panel.about.setText(self._about(total, index))
        left_out = index.left_out if index is not None else ()
        self.panel.left_out.setVisible(bool(left_out))
        if left_out:
            more = f" {len(left_out)} chairs are left out; this is the first." if len(left_out) > 1 else ""
            self.panel.left_out.setText(f"Left out: {left_out[0]}.{more}")

    def _about(self, total: int, index: CatalogIndex | None) -> str:
        if self._window.session.report is None:
            return "The engine is starting…"
        if not total:
            return "No chairs are listed: open a folder."
        device = self._window.session.blending.device
        seconds = self._seconds_a_chair or _SECONDS_A_CHAIR[device]
        where = "GPU" if device == "cuda" else "CPU"
        if index is None:
            return f"{total:,} chairs: {duration_text(total * seconds)} on the {where}."
        rest = total - len(index.chairs) - len(index.left_out)
        done = f"{len(index.chairs):,} of {total:,} chairs; the rest"
        return f"{done}: {duration_text(rest * seconds)} on the {where}."

    def _search(self, text: str) -> None:
        index, words = self.index, text.lower().split()
        if index is None:
            return
        texts = (f"{chair.name} {chair.id}".lower() for chair in index.chairs)
        found = np.array([all(word in one for word in words) for one in texts]) if words else None
        self.panel.map.show_found(found)

    # ---- inside: pointing and choosing ----------------------------------------------------------

    def _point(self, spot: Spot | None) -> None:
        """Decode what is there, or go back to the pair's blend."""
        index, session = self.index, self._window.session
        if spot is None or index is None:
            self._near = None
            self.panel.say_pointed("")
            if self._pointing:
                self._pointing = False
                session.point_at(None)
            return
        alone = spot.chair is not None
        places, weights = weights_at(self.panel.map.points, (spot.x, spot.y), 1 if alone else 3)
        chairs = [index.chairs[place] for place in places]
        shares = [f"{weight:.0%} {chair.name}" for chair, weight in zip(chairs, weights, strict=True)]
        self._near = chairs[0], chairs[0].id if alone else f"nearest, {weights[0]:.0%} of the blend"
        self._show_bubble()
        self.panel.map.show_parts([] if alone else [int(place) for place in places])
        self.panel.say_pointed(
            f"{chairs[0].name}, {chairs[0].id}" if alone else f"Between {', '.join(shares)}"
        )
        name = chairs[0].name if alone else ", ".join(shares)
        if self._window.playback.playing:
            return  # the blend that is on its way is what the person wants to see
        self._pointing = True
        latent = weighted_latent(index.latents[places], weights)
        session.point_at(LatentRequest(latent, name, session.blending.device))

    def _show_bubble(self) -> None:
        if self._near is not None:
            chair, below = self._near
            self.panel.map.show_bubble(chair.name, below, self._window.thumbnails.picture(chair))

    def _thumbnail_came(self, chair: Chair) -> None:
        if self.panel.map.spot is not None and self._near is not None and self._near[0] == chair:
            self._show_bubble()

    def _choose(self, place: int, letter: str) -> None:
        if self.index is not None:
            self._pointing = False
            chair = self.index.chairs[place]
            self._window.commands.choose(letter, chair)
            self._window.browser.reveal(chair)

    def _select(self, chair: Chair) -> None:
        self._window.browser.reveal(chair)
        for button in self.panel.buttons.values():
            button.setEnabled(True)

    def _take_selected(self, letter: str) -> None:
        chair = self.panel.nearest.selected_chair()
        if chair is None:
            self._window.messages.note("select one of the chairs below the map first")
        else:
            self._window.commands.choose(letter, chair)

    # ---- inside: what is shown ------------------------------------------------------------------

    def _show_pair(self) -> None:
        blending = self._window.session.blending
        a, b = (self._places.get(chair) if chair is not None else None for chair in (blending.a, blending.b))
        known = self.index is not None
        self.panel.map.show_pair(a if known else None, b if known else None, blending.t)
        self.panel.nearest.show_pair(blending.a, blending.b)

    def _blend_is_shown(self, result: BlendResult) -> None:
        self.panel.heading.setText("Most like the blend")
        self._show_grid(result.grid)

    def _show_decoded(self, result: LatentResult) -> None:
        if not self._pointing:
            return
        self._window.trio.show_decoded(result)
        self.panel.heading.setText("Most like what is pointed at")
        self._show_grid(result.grid)

    def _show_grid(self, grid: Grid) -> None:
        self._grid = grid
        self._find_soon()

    def _find_soon(self) -> None:
        """The first search at once, then the newest grid's every now and then."""
        if not self._soon.isActive() and not self._finding:
            self._find()

    def _find(self) -> None:
        index, grid = self.index, self._grid
        if grid is None or index is None or not len(index.chairs) or not self.panel.isVisible():
            return
        self._finding = True

        def take(found: list[tuple[Chair, float]]) -> None:
            self._finding = False
            self.panel.nearest.show_found(found)
            self.panel.buttons["A"].setEnabled(self.panel.nearest.selected_chair() is not None)
            self.panel.buttons["B"].setEnabled(self.panel.nearest.selected_chair() is not None)
            if self._grid is not grid or self.index is not index:
                self._soon.start()

        self._finder.run("Finding", lambda: index.nearest(grid, COUNT), take, self._window.messages.error)

"""Controller of the page of the map: maps a catalog, decodes the place that is pointed at."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np

from voxview.engine.catalog.cache import IndexCache
from voxview.engine.catalog.index import CatalogIndex, index_catalog
from voxview.engine.latent_request import LatentRequest
from voxview.engine.step import Step
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.feature import PageController
from voxview.gui.map.panel import MapPanel
from voxview.gui.map.similar import SimilarChairs
from voxview.gui.map.texts import estimate_text, layout_text, left_out_text, unmarked_text
from voxview.gui.map.view import Spot
from voxview.gui.session.tasks import NOT_STARTED
from voxview.latent.map.neighbour_map import STEPS, neighbour_map, preparation_steps
from voxview.latent.map.projection import Points, principal_plane
from voxview.latent.map.weights import weighted_latent, weights_at
from voxview.shapes.catalogs.catalog import Catalog
from voxview.shapes.chair import Chair

if TYPE_CHECKING:
    from voxview.engine.engine import Engine

_SHOWN_STEPS = 5
"""Steps of laying out between two pictures."""
_SEARCH_COST = 2.5
"""What a step of the search for neighbours costs, in steps of the layout."""


class MapController(PageController):
    """Owns the indexes of the catalogs that were mapped with the weights in use, and their layouts."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._indexes: dict[str, CatalogIndex] = {}
        self._places: dict[Chair, int] = {}
        self._layouts: dict[tuple[str, str], Points] = {}
        self._layout = "pca"
        self._weights = context.session.engine.weights
        self._card = context.session.engine.card
        self._catalog: Catalog | None = None
        self._building: int | None = None
        self._laying_out: int | None = None
        self._seconds_a_chair: float | None = None
        self._has_said = False
        """Whether it was said that indexes cannot be kept: once is enough."""
        self._near: tuple[Chair, str] | None = None
        """The chair nearest to what is pointed at, and the line below its name."""
        self.panel = MapPanel(context.thumbnails)
        self._similar = SimilarChairs(context, self.panel, self)
        self._connect()
        self._show_catalog()

    @property
    def index(self) -> CatalogIndex | None:
        """What is known of the catalog that is listed, unless chairs came to it since."""
        index = self._indexes.get(self._catalog.source) if self._catalog is not None else None
        return index if index is not None and index.total == len(self._catalog or ()) else None

    @property
    def is_mapping(self) -> bool:
        """Whether a catalog is being mapped."""
        return self._building is not None

    @property
    def is_laying_out(self) -> bool:
        """Whether neighbours are being laid out."""
        return self._laying_out is not None

    def on_shown(self) -> None:
        """Search for what is shown now: nothing was searched for while the page was hidden."""
        self._similar.forget()
        self._similar.find(self.index)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self.panel.apply_theme()

    def stop(self) -> None:
        """Wait for the search that is running."""
        self._similar.stop()

    # ---- mapping --------------------------------------------------------------------------------

    def build(self) -> None:
        """Map the catalog that is listed; while that runs, stop it: what is known stays."""
        session, catalog = self.context.session, self._catalog
        if self._building is not None:
            session.tasks.cancel(self._building)
            return
        if catalog is None or not session.engine.is_ready:
            self.context.notifications.note(NOT_STARTED)
            return
        device, begun = session.selection.device, self.index

        def work(engine: Engine) -> Generator[Step, None, object]:
            return index_catalog(engine, catalog, device, begun=begun)

        title = f"Mapping {catalog.name}"
        self._building = session.tasks.run(title, work, self._take_index, self._take_index, self._kept_text)
        self._describe()

    def _kept_text(self) -> str:
        """Return what stays of a map that was cancelled."""
        some = self.index is not None and len(self.index.chairs) > 0
        return "the chairs that it had read stay on the map" if some else "no chair was on the map yet"

    def choose_layout(self, name: str) -> None:
        """Lay the map out as "pca" or "neighbours"."""
        self._layout = name
        self._show_points()

    # ---- inside: the catalog and its map --------------------------------------------------------

    def _connect(self) -> None:
        panel, context = self.panel, self.context
        session = context.session
        panel.build.connect(self.build)
        panel.layout_chosen.connect(self.choose_layout)
        panel.searched.connect(self._search)
        panel.map.pointed.connect(self._point)
        panel.map.chosen.connect(self._choose)
        self._similar.selected.connect(self.reveal)
        self._similar.taken.connect(self._take)
        context.listing.changed.connect(self._show_catalog)
        context.thumbnails.drawn.connect(self._thumbnail_came)
        context.playback.playing_changed.connect(self._end_pointing)
        session.selection.computing_changed.connect(self._describe)
        session.selection.pair_changed.connect(self._show_pair)
        session.engine.ready.connect(self._use_weights)
        session.engine.weights_changed.connect(self._use_weights)
        session.tasks.stopped.connect(self._drop_layout)
        session.tasks.ended.connect(self._end)
        session.shown.changed.connect(self._show_result)

    def _use_weights(self) -> None:
        """Forget what was computed with other weights: their latents make another map."""
        engine = self.context.session.engine
        if (engine.weights, engine.card) != (self._weights, self._card):  # two files may have one name
            self._weights, self._card = engine.weights, engine.card
            self._indexes.clear()
            self._layouts.clear()
        self._catalog = None
        self._show_catalog()

    def _show_catalog(self) -> None:
        """Show the catalog that is listed, if it is another one."""
        catalog = self.context.listing.catalog
        if catalog is self._catalog:
            return
        self._catalog = catalog
        known = None if catalog is None else self._indexes.get(catalog.source)
        if catalog is not None and known is not None and not known.fits(catalog):
            del self._indexes[catalog.source]
        self._show_points()
        self._describe()
        is_kept = catalog is not None and IndexCache.of(catalog.source, self._weights).there
        if is_kept and self.index is None and self._building is None and self.context.session.engine.is_ready:
            self.build()  # a second's work

    def _take_index(self, index: object) -> None:
        """Take over an index, whole or so far."""
        if not isinstance(index, CatalogIndex) or self._is_shorter(index):
            return
        if self._catalog is None or index.fits(self._catalog):
            self._indexes[index.source] = index
            if index.notice and not self._has_said:
                self._has_said = True
                self.context.notifications.note(index.notice)
            self._seconds_a_chair = index.seconds_a_chair or self._seconds_a_chair
            self._layouts = {key: value for key, value in self._layouts.items() if key[0] != index.source}
            if self._catalog is not None and index.source == self._catalog.source:
                self._show_points(stay=True)
                self._describe()

    def _is_shorter(self, index: CatalogIndex) -> bool:
        """Return whether it is a part of what is on the map: a run that goes on begins with what is kept."""
        before = self._indexes.get(index.source)
        if before is None or index.complete or index.total != before.total:
            return False
        return len(index.chairs) < len(before.chairs)

    def _end(self, task: int) -> None:
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
        self.panel.share.setText(layout_text(index, plane.share if as_pca else None))
        points = plane.project(index.latents)
        if not as_pca:
            laid_out = self._layouts.get((index.source, self._layout))
            if laid_out is None:
                self._lay_out(index, points)
            else:
                points = laid_out
        self.panel.map.show_points(points, stay=stay)
        self._search(self.panel.search.text())
        self._show_pair()
        self._similar.find(self.index)

    def _lay_out(self, index: CatalogIndex, start: Points) -> None:
        if self._laying_out is not None:
            return

        def work(_: Engine) -> Generator[Step, None, object]:
            points, before = start, preparation_steps(len(start))
            cost = before * _SEARCH_COST + STEPS
            yield Step(0, STEPS, None, "steps", 0.0)
            for step, points in enumerate(neighbour_map(index.latents, start), start=1):
                done = max(0, step - before)
                share = (min(step, before) * _SEARCH_COST + done) / cost
                yield Step(done, STEPS, points if done and done % _SHOWN_STEPS == 0 else None, "steps", share)
            return points

        def show(points: object) -> None:
            if index is self.index and self._layout == "neighbours":
                self.panel.map.show_points(np.asarray(points))
                self._show_pair()

        def keep(points: object) -> None:
            self._layouts[index.source, "neighbours"] = np.asarray(points)
            show(points)

        self._laying_out = self.context.session.tasks.run("Laying out neighbours", work, keep, show)

    def _drop_layout(self, task: int) -> None:
        """Go back to the plane: a layout that was not finished says nothing of what is near."""
        if task == self._laying_out:
            self._laying_out = None
            self.choose_layout("pca")

    def _describe(self) -> None:
        """Say what the button does, and how long it will take."""
        index, total, panel = self.index, len(self._catalog or ()), self.panel
        is_building, is_ready = self._building is not None, self.context.session.engine.is_ready
        for widget in (panel.button, panel.about):
            widget.setVisible(is_building or index is None or not index.complete)
        panel.button.setEnabled(total > 0 and is_ready)
        begun = index is not None and len(index.chairs) > 0 and not index.complete
        panel.button.setText("Stop" if is_building else "Go on" if begun else "Map this catalog")
        if not is_ready:
            panel.about.setText("The engine is starting…")
        elif not total:
            panel.about.setText("No chairs are listed: open a folder.")
        else:
            device = self.context.session.selection.device
            panel.about.setText(estimate_text(total, index, device, self._seconds_a_chair))
        panel.left_out.setText(left_out_text(index))
        panel.left_out.setVisible(bool(panel.left_out.text()))

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
        index, selection = self.index, self.context.session.selection
        if spot is None or index is None:
            self._near = None
            self.panel.show_pointed("")
            selection.stop_pointing()
            return
        alone = spot.chair is not None
        places, weights = weights_at(self.panel.map.points, (spot.x, spot.y), 1 if alone else 3)
        chairs = [index.chairs[place] for place in places]
        shares = [f"{weight:.0%} {chair.name}" for chair, weight in zip(chairs, weights, strict=True)]
        self._near = chairs[0], chairs[0].id if alone else f"nearest, {weights[0]:.0%} of what is here"
        self._show_bubble()
        self.panel.map.show_parts([] if alone else [int(place) for place in places])
        self.panel.show_pointed(
            f"{chairs[0].name}, {chairs[0].id}" if alone else f"Between {', '.join(shares)}"
        )
        name = chairs[0].name if alone else ", ".join(shares)
        if self.context.playback.playing or not self.context.session.engine.is_ready:
            return  # the blend that is on its way is what the person wants to see
        latent = weighted_latent(index.latents[places], weights)
        selection.point_at(LatentRequest(latent, name, selection.device, floor=index.floor_of(places)))

    def _end_pointing(self) -> None:
        """Say no more what is pointed at, once something else is shown."""
        if not self.context.session.selection.is_pointing and not self.context.playback.playing:
            self._near = None
            self.panel.map.forget_bubble()
            self.panel.show_pointed("")

    def _show_bubble(self) -> None:
        if self._near is not None:
            chair, below = self._near
            self.panel.map.show_bubble(chair.name, below, self.context.thumbnails.picture(chair))

    def _thumbnail_came(self, chair: Chair) -> None:
        if self.panel.map.spot is not None and self._near is not None and self._near[0] == chair:
            self._show_bubble()

    def _take(self, letter: str, chair: Chair) -> None:
        """Take a chair as "A" or "B"."""
        self.context.notifications.clear()
        self.context.session.selection.take(letter, chair)

    def _choose(self, place: int, letter: str) -> None:
        if self.index is not None:
            chair = self.index.chairs[place]
            self._take(letter, chair)
            self.reveal.emit(chair)

    # ---- inside: what is shown ------------------------------------------------------------------

    def _show_pair(self) -> None:
        selection = self.context.session.selection
        is_known = self.index is not None
        a, b = (self._places.get(chair) if chair and is_known else None for chair in selection.pair)
        shown = self.context.session.shown
        is_blend = shown.blend is not None and not shown.is_waiting
        self.panel.map.show_pair(a, b, shown.blend.request.t if shown.blend and is_blend else None)
        self.panel.show_unmarked(unmarked_text(a is not None, b is not None))
        self.panel.nearest.show_pair(selection.a, selection.b)

    def _show_result(self) -> None:
        self._end_pointing()
        self._show_pair()
        self._similar.find(self.index)

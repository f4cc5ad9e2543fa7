"""The pair and its blend: the 3D view in the middle, the slider below it, and what moves it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from voxview.engine.request import BlendResult, Position
from voxview.errors import VoxViewError
from voxview.gui import theme
from voxview.gui.blend.speaker import Speaker
from voxview.gui.blend.steps import PLACES, STEPS
from voxview.gui.blend.ticks import Ticks
from voxview.gui.blend.transport import Transport
from voxview.gui.blend.view import ChairsView
from voxview.gui.context.actions import ActionSpec
from voxview.gui.context.app_context import AppContext
from voxview.gui.context.aspects import flag_aspect
from voxview.gui.context.feature import Area, Feature
from voxview.gui.context.playback import SPEEDS
from voxview.gui.context.save_folder import suggested_folder
from voxview.gui.session.shown import Result
from voxview.gui.widgets.save_path import ask_save_path

_WAITING_MS = 200
"""Most pairs are on screen before that: a word that comes and goes would only flicker."""


class BlendFeature(Feature):
    """Connects slider, playback and view to the selection and to what is shown."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.view = ChairsView(views=context.session.views)
        self.view.add_reset_button(self.qactions["reset_view"])
        self.speaker = Speaker(self.view, context.session.shown)
        self.transport = Transport()
        self._buttons = self.transport.add_buttons([self.qactions[name] for name in ("play", "loop", "swap")])
        self._waiting = QTimer(self, singleShot=True, interval=_WAITING_MS)
        self._waiting.timeout.connect(self._show_waiting)
        self._connect()
        self._restore()
        self._register_aspects()

    @property
    def actions(self) -> Sequence[ActionSpec]:
        """Moving between A and B, and looking at them."""
        return (*self._moves(), *self._views())

    @property
    def widgets(self) -> dict[Area, QWidget]:
        """The 3D view, and the slider below it."""
        return {Area.CENTER: self.view, Area.BELOW: self.transport}

    @property
    def tab_order(self) -> Sequence[QWidget]:
        """What moves the slice, the buttons, the speed, the slider, the number."""
        return (*self.view.slice_bar.tab_order, *self._buttons, *self.transport.tab_order)

    def apply_theme(self) -> None:
        """Take on the theme's colours."""
        self._show_playing(self.context.playback.playing)
        self.view.apply_theme()
        self.transport.apply_theme()

    def stop(self) -> None:
        """Stop playing, and release VTK."""
        self.context.playback.pause()
        self.view.close_scene()

    # ---- what the person does -------------------------------------------------------------------

    def move_by_hand(self, position: Position) -> None:
        """Move, and stop playing: the person has taken over."""
        self.context.playback.pause()
        self.context.session.selection.move(position)

    def nudge(self, by: float) -> None:
        """Move by a little."""
        self.move_by_hand(self.context.session.selection.position.moved(by))

    def go_to(self, t: float) -> None:
        """Move to t."""
        self.move_by_hand(Position(t))

    def go_to_nearest_good(self) -> None:
        """Move to the nearest of the slider's positions whose blend is in one piece and stands."""
        session = self.context.session
        scores = session.shown.path
        t = scores.nearest_good(session.selection.position.t) if scores is not None else None
        if t is None:
            self.context.notifications.note(
                "no blend of these two that is in one piece and stands is known yet"
            )
        else:
            self.go_to(t)

    def play(self, on: bool) -> None:
        """Play or pause."""
        if on:
            self.context.playback.play(self.context.session.selection.position)
        else:
            self.context.playback.pause()

    def set_loop(self, on: bool) -> None:
        """Play for ever, or there and back once."""
        self.context.playback.loop = on
        self.context.settings.remember("loop", on)

    def set_speed(self, text: str) -> None:
        """Play faster or slower."""
        self.context.playback.speed = SPEEDS[text]
        self.context.settings.remember("speed", text)

    def set_even_pace(self, on: bool) -> None:
        """Play and draw the slider's ticks by equal changes of the shape, or by equal steps of t."""
        self.context.settings.remember("even_pace", on)
        self._show_pace()

    def remove_small_components(self, on: bool) -> None:
        """Leave small components out of the blend that is shown and exported."""
        self.context.session.selection.set_remove_small_components(on)
        self.context.settings.remember("remove_small_components", on)

    def save_screenshot(self) -> None:
        """Ask for a file, and write the view as it is."""
        suggested = suggested_folder(self.context.settings, self.context.listing) / "voxview.png"
        path = ask_save_path(self.view, "Save screenshot", suggested, {".png": "Picture"})
        if path is not None:
            self.screenshot_to(path)

    def screenshot_to(self, path: Path) -> None:
        """Write the view as it is to a `.png` file."""
        try:
            self.view.save_picture(path)
        except VoxViewError as error:
            self.context.notifications.error(str(error))
        else:
            self.context.notifications.note(f"the screenshot is in {path}")

    def copy_picture(self) -> None:
        """Copy the view as it is to the clipboard, as a picture."""
        image = self.view.picture()
        if image.isNull():
            self.context.notifications.note("there is no picture yet: wait until the chairs are shown")
            return
        QGuiApplication.clipboard().setImage(image)
        self.context.notifications.note(f"the picture is copied: {image.width()} × {image.height()} pixels")

    # ---- inside ---------------------------------------------------------------------------------

    def _moves(self) -> Sequence[ActionSpec]:
        swap = self.context.session.selection.swap
        return (
            ActionSpec("swap", "&Blend", 0, "S&wap A and B", swap, "S", "swap", tip="Exchange A and B"),
            ActionSpec(
                "play",
                "&Blend",
                1,
                "&Play",
                self.play,
                "Space",
                "play",
                checkable=True,
                tip="Move from A to B by itself, or stop",
            ),
            ActionSpec(
                "loop", "&Blend", 1, "&Loop", self.set_loop, "L", "loop", checkable=True, tip="Play for ever"
            ),
            ActionSpec(
                "even_pace",
                "&Blend",
                1,
                "E&ven pace",
                self.set_even_pace,
                "P",
                checkable=True,
                tip="Play, ticks and exported morphs by equal changes of the shape, or by equal steps of t",
            ),
            *(
                ActionSpec(name, "&Blend", 2, text, partial(self.nudge, step), keys, tip=tip)
                for name, text, step, keys, tip in STEPS
            ),
            *(
                ActionSpec(name, "&Blend", 2, text, partial(self.go_to, t), keys, tip=tip)
                for name, text, t, keys, tip in PLACES
            ),
            ActionSpec(
                "nearest_good",
                "&Blend",
                2,
                "Go to the &nearest whole blend",
                self.go_to_nearest_good,
                "W",
                tip="Go to the nearest blend that is in one piece (99 % of the voxels) and stands",
            ),
        )

    def _views(self) -> Sequence[ActionSpec]:
        return (
            ActionSpec(
                "screenshot",
                "&File",
                1,
                "&Save screenshot…",
                self.save_screenshot,
                "Ctrl+P",
                "screenshot",
                tip="Save the view as a picture",
            ),
            ActionSpec(
                "copy_picture",
                "&File",
                1,
                "&Copy picture",
                self.copy_picture,
                "Ctrl+Alt+P",
                tip="Copy the view as it is to the clipboard",
            ),
            ActionSpec(
                "reset_view",
                "&View",
                0,
                "&Reset view",
                self.context.session.views.reset,
                "R",
                "reset-view",
                tip="See the chairs from where the first view was",
            ),
            ActionSpec(
                "remove_small_components",
                "&View",
                0,
                "Remove small p&ieces",
                self.remove_small_components,
                "Ctrl+Shift+C",
                checkable=True,
                tip="Leave pieces of under 1 % of the voxels out of what is shown and exported",
            ),
        )

    def _register_aspects(self) -> None:
        self.context.keeper.register(
            flag_aspect(
                "remove_small_components",
                self.qactions["remove_small_components"],
                "Remove small pieces",
                "Show small pieces",
            )
        )

    def _connect(self) -> None:
        session, playback, transport = self.context.session, self.context.playback, self.transport
        selection, shown = session.selection, session.shown
        transport.moved.connect(playback.pause)
        transport.moved.connect(selection.move)
        transport.speed_changed.connect(self.set_speed)
        playback.moved.connect(selection.move)
        playback.playing_changed.connect(self._show_playing)
        selection.pair_changed.connect(lambda: transport.show_position(selection.position))
        selection.position_changed.connect(transport.show_position)
        shown.chairs_read.connect(self.view.show_read)
        shown.pair_changed.connect(self._show_pair)
        shown.changed.connect(self._show_result)
        shown.scores_changed.connect(transport.show_scores)
        shown.quality_changed.connect(transport.show_quality)
        shown.path_changed.connect(self._show_pace)
        shown.waiting_changed.connect(self._waiting_changed)
        selection.pair_changed.connect(self._show_selected)
        session.error.connect(lambda _: self._show_nothing_yet())
        self.view.shapes_put.connect(session.parts.show)
        session.parts.changed.connect(lambda place: self.view.show_parts(place, session.parts.of(place)))
        self.view.drawn.connect(self._picture_is_up)
        self.view.rendered.connect(session.latency.rendered)

    def _restore(self) -> None:
        settings = self.context.settings
        self.qactions["loop"].setChecked(settings.flag("loop"))
        self.qactions["remove_small_components"].setChecked(settings.flag("remove_small_components"))
        self.qactions["even_pace"].setChecked(settings.flag("even_pace"))
        self.set_loop(settings.flag("loop"))
        if settings.text("speed") in SPEEDS:
            self.transport.speed.setCurrentText(settings.text("speed"))

    def _show_selected(self) -> None:
        """Name the selected pair where nothing is shown yet; otherwise the headings wait for the picture."""
        if self.context.session.shown.chairs is None:
            names = (chair.name if chair else "" for chair in self.context.session.selection.pair)
            self.view.headings.show_names(*names)
        self._waiting.start()

    def _show_pace(self) -> None:
        """Walk and draw ticks along the path's arc length, once it is decoded, if that is wanted."""
        path = self.context.session.shown.path
        is_even = self.qactions["even_pace"].isChecked()
        arc_length = path.arc_length if path is not None and is_even else None
        self.context.playback.arc_length = arc_length
        self.transport.slider.show_ticks(Ticks.of(arc_length))

    def _show_pair(self) -> None:
        pair = self.context.session.shown.pair
        if pair is not None:
            self.view.show_pair(*pair)
        else:
            self.view.forget_pair()

    def _show_result(self, result: Result) -> None:
        self.view.show_result(result)
        self.transport.set_shown(isinstance(result, BlendResult))
        self.transport.paint_now()

    def _waiting_changed(self, on: bool) -> None:
        if on:
            self._waiting.start()
        else:
            self._show_waiting()

    def _show_waiting(self) -> None:
        """Say which chairs are on their way to the screen, where that takes longer than a blink."""
        shown, selected = self.context.session.shown, self.context.session.selection.pair
        a, b = (
            shown.is_waiting and (shown.pair is None or chair != one)
            for chair, one in zip(shown.chairs or (None, None), selected, strict=True)
        )
        self.view.headings.show_waiting(a=a, b=b)

    def _picture_is_up(self) -> None:
        result = self.context.session.shown.result
        if result is None:
            return
        moved_to = result.request.t if isinstance(result, BlendResult) else result.request
        self.context.session.latency.stop(moved_to, result)
        self.context.session.latency.renderer = self.view.renderer
        if not self.view.is_starting:  # thumbnails would take the processor from what it needs
            self.context.thumbnails.scale = self.view.devicePixelRatioF()
            self.context.thumbnails.start()

    def _show_playing(self, playing: bool) -> None:
        self.qactions["play"].setChecked(playing)
        self.qactions["play"].setIcon(theme.icon("pause" if playing else "play"))

    def _show_nothing_yet(self) -> None:
        if self.context.session.shown.result is None:
            self.view.say("No blend yet")
